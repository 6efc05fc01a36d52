"""Runs `python -m bench`: prints the table while it measures, then where time goes on PostgreSQL, then JSON lines.

It measures and says what was missed; only what keeps it from measuring makes it fail.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import (
    banner_cost,
    cached_responses,
    chat_latency,
    consent_posts,
    inbox,
    policy_cost,
    postgres_profile,
    result_row,
    search,
    start_time,
    stream_memory,
    table_growth,
    widget_sizes,
    wrk_load,
)
from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow


def main() -> int:
    try:
        wrk_load.require_wrk()
        with tempfile.TemporaryDirectory(prefix="forecourt-bench-") as folder:
            _run(Path(folder))
    except BenchmarkBroken as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


def _run(scratch: Path) -> None:
    rows = []
    print(result_row.table_header())
    for each in _rows(scratch):
        rows.append(each)
        print(result_row.table_line(each), flush=True)
    print(f"\n{postgres_profile.profile_postgres(scratch)}\n")
    print("\n".join(result_row.to_json(each) for each in rows))
    if missed_rows := [each.row for each in rows if each.ok is False]:
        print(f"Missed: {'; '.join(missed_rows)}.")


def _rows(scratch: Path) -> Iterator[ResultRow]:
    yield from start_time.measure_starts(scratch)
    yield from widget_sizes.measure_sizes()
    yield from cached_responses.measure_cached_responses(scratch)
    yield from policy_cost.measure_large_policy(scratch)
    yield from banner_cost.measure_banner(scratch)
    yield from consent_posts.measure_consents(scratch)
    yield from table_growth.measure_growth(scratch)
    yield from inbox.measure_inbox(scratch)
    yield from chat_latency.measure_chat(scratch)
    yield from search.measure_search(scratch)
    yield from stream_memory.measure_stream_memory(scratch)


if __name__ == "__main__":
    sys.exit(main())
