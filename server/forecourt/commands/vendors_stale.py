"""`forecourt vendors stale`: lists the facts of the directory of vendors that somebody should read again."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from forecourt import clock
from forecourt.english_plural import pluralize
from forecourt.policy.vendor_directory.directory_reader import load_directory
from forecourt.policy.vendor_directory.vendor import SourcedFact, Vendor

_YEAR = 365  # days
_DAYS_AT_MOST = 36_500


@dataclass(frozen=True)
class StaleFact:
    """Holds a fact of a vendor's file, with its key there."""

    vendor: str
    key: str
    fact: SourcedFact


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--older-than-days", type=_parse_days, default=_YEAR, metavar="N", help="the age that counts as stale (365)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> None:
    days: int = options.older_than_days
    vendors = load_directory()
    stale = [*_stale_facts(vendors, clock.now().date() - timedelta(days=days))]
    print(_to_json(stale) if options.json else "\n".join(_lines(vendors, stale, days)))


def _parse_days(text: str) -> int:
    """Parses a number of days. Raises `ArgumentTypeError`."""
    if not text.isdecimal() or not text.isascii() or len(text) > len(str(_DAYS_AT_MOST)) or int(text) > _DAYS_AT_MOST:
        raise argparse.ArgumentTypeError(f"give a number of days from 0 to {_DAYS_AT_MOST}")
    return int(text)


def _stale_facts(vendors: Sequence[Vendor], oldest: date) -> Iterator[StaleFact]:
    """Yields what was read before `oldest`, the longest ago first."""
    facts = (StaleFact(vendor.id, key, fact) for vendor in vendors for key, fact in vendor.sourced_facts())
    yield from sorted((stale for stale in facts if stale.fact.read < oldest), key=lambda stale: stale.fact.read)


def _lines(vendors: Sequence[Vendor], stale: Sequence[StaleFact], days: int) -> Iterator[str]:
    for row in stale:
        yield f"{row.fact.read}  {row.vendor}  {row.key}  {row.fact.source}"
    count = sum(1 for vendor in vendors for _ in vendor.sourced_facts())
    facts, vendor_count = pluralize(count, "fact", "facts"), pluralize(len(vendors), "vendor", "vendors")
    age, verb = pluralize(days, "day", "days"), "was" if len(stale) == 1 else "were"
    yield f"{len(stale)} of {facts} about {vendor_count} {verb} read more than {age} ago."


def _to_json(stale: Sequence[StaleFact]) -> str:
    rows = [
        {
            "vendor": row.vendor,
            "key": row.key,
            "value": row.fact.value,
            "source": row.fact.source,
            "read": row.fact.read.isoformat(),
        }
        for row in stale
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
