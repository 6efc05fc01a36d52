"""`forecourt settings`: prints every setting with its value and where that comes from."""

import argparse
from dataclasses import replace
from pathlib import Path

import msgspec

from forecourt.characters import to_printable
from forecourt.settings.inventory import ListedSetting, list_settings
from forecourt.settings.loading import load_with_origins
from forecourt.settings.server import override


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", default="", help="only the settings whose key begins with this")
    parser.add_argument("--json", action="store_true", help="print JSON: key, value, origin, source, restart")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where no key begins as asked."""
    loaded = load_with_origins(options.settings)
    if options.data:
        loaded = replace(loaded, settings=override(loaded.settings, data=options.data), options={"data": "--data"})
    rows = [row for row in list_settings(loaded) if row.key.startswith(options.key)]
    if options.json:
        print(msgspec.json.format(msgspec.json.encode([_to_json(row) for row in rows])).decode())
    else:
        _print_table(rows)
    return int(not rows)


def _print_table(rows: list[ListedSetting]) -> None:
    width = max((len(row.key) for row in rows), default=0)
    for row in rows:
        origin = f"{row.origin} {row.source}".strip()
        print(to_printable(f"{row.key:<{width}}  {_show(row)}  ({origin})"))
    if not rows:
        print("No setting has such a key.")


def _show(row: ListedSetting) -> str:
    if row.is_secret:
        return "set, hidden" if row.is_set else "not set"
    return msgspec.json.encode(_plain(row.value)).decode()


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _to_json(row: ListedSetting) -> dict[str, object]:
    hidden = {"hidden": True, "set": row.is_set} if row.is_secret else {}
    value = _plain(row.value)
    context = {"origin": row.origin, "source": row.source, "restart": row.needs_restart}
    return {"key": row.key, "value": value} | hidden | context
