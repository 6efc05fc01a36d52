"""`python -m bench`: prints the table as it is measured, where time goes on PostgreSQL, and one JSON line a row.

It measures and says what was missed; only what keeps it from measuring makes it fail.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import banner, chat, consent, cost, growth, load, made_once, policy, row, sizes
from bench.process import Broken
from bench.row import Row


def main() -> int:
    try:
        load.ready()
        with tempfile.TemporaryDirectory(prefix="forecourt-bench-") as folder:
            _run(Path(folder))
    except Broken as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


def _run(scratch: Path) -> None:
    rows = []
    print(row.header())
    for each in _rows(scratch):
        rows.append(each)
        print(row.line(each), flush=True)
    print(f"\n{cost.report(scratch)}\n")
    print("\n".join(row.as_json(each) for each in rows))
    if missed := [each.row for each in rows if each.ok is False]:
        print(f"Missed: {'; '.join(missed)}.")


def _rows(scratch: Path) -> Iterator[Row]:
    yield from sizes.rows()
    yield from made_once.rows(scratch)
    yield from policy.rows(scratch)
    yield from banner.rows(scratch)
    yield from consent.rows(scratch)
    yield from growth.rows(scratch)
    yield from chat.rows(scratch)


if __name__ == "__main__":
    sys.exit(main())
