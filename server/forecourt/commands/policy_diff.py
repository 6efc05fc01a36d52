"""`forecourt policy diff`: prints what a release, or the folder that is to become one, changes for customers."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from forecourt import clock, site_loader
from forecourt.commands.database import require_site, run_with_database
from forecourt.commands.settings import find_site, load_command_settings
from forecourt.db.database import Database
from forecourt.english_plural import pluralize
from forecourt.errors import SettingsBroken
from forecourt.i18n import SOURCE
from forecourt.policy import actions, comparison
from forecourt.policy.localization.localized_edition import localize_release
from forecourt.policy.model import Policy, Release
from forecourt.policy.outputs import release_changes
from forecourt.policy.outputs.responses import FullChangeResponse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument(
        "releases",
        type=int,
        nargs="*",
        metavar="N",
        help="two releases to compare; without them, the folder with the latest release",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--exit-code", action="store_true", help="exit with status 1 if anything differs")


def run(options: argparse.Namespace) -> int:
    if len(options.releases) not in (0, 2):
        raise SettingsBroken("Give two releases to compare, or none for the folder.")
    settings = load_command_settings(options)

    async def read_releases(database: Database) -> tuple[Release, Release]:
        await database.read(lambda c: require_site(settings, c, options.site))
        return await _read_releases(database, options.site, options.releases)

    if options.releases:
        before, after = run_with_database(settings, read_releases)
        target = f"release {after.number}"
    else:
        site = find_site(settings, options.site)
        policy = site_loader.load_policies(options.site, site)[1]
        before, after = run_with_database(settings, lambda database: _read_next(database, options.site, policy))
        target = f"the folder {site.policy}"
    changes = _changes(before, after)
    output = _to_json(options.site, before, target, changes) if options.json else _to_text(before, target, changes)
    print(output)
    return int(options.exit_code and bool(changes))


async def _read_releases(database: Database, site: str, numbers: Sequence[int]) -> tuple[Release, Release]:
    first, last = numbers
    before, after, _ = await database.read(lambda c: actions.compare_releases(c, site, first, last))
    return before, after


async def _read_next(database: Database, site: str, policy: Policy) -> tuple[Release, Release]:
    """Returns the latest release, and the one that `policy` would become if it were published now."""
    latest = await database.read(lambda c: actions.get_latest_release(c, site))
    return latest, replace(latest, number=latest.number + 1, policy=policy, published_at=clock.now())


def _changes(before: Release, after: Release) -> list[FullChangeResponse]:
    """Returns what changed, what customers must be given notice of first."""
    changes = comparison.difference(before.policy, after.policy, after.published_at.date()).changes
    ordered = tuple(sorted(changes, key=lambda change: not change.is_material))
    return release_changes.full_changes(ordered, localize_release(before, SOURCE), localize_release(after, SOURCE))


def _to_text(before: Release, target: str, changes: list[FullChangeResponse]) -> str:
    return "\n".join(_lines(before, target, changes))


def _lines(before: Release, target: str, changes: list[FullChangeResponse]) -> Iterator[str]:
    if not changes:
        yield f"Nothing differs between release {before.number} and {target}."
        return
    material = sum(change.material for change in changes)
    count, notice = pluralize(len(changes), "change", "changes"), pluralize(material, "calls", "call")
    yield f"From release {before.number} to {target}: {count}, of which {notice} for notice."
    for change in changes:
        yield f"\n{'!' if change.material else '-'} {change.title}"
        yield f"  {change.sentence}"
        if change.effective:
            deadline = f"; one may object until {change.deadline}." if change.deadline else "."
            yield f"  From {change.effective}{deadline}"


def _to_json(site: str, before: Release, target: str, changes: list[FullChangeResponse]) -> str:
    rows = msgspec.to_builtins(changes)
    difference = {"site": site, "from": f"release {before.number}", "to": target, "changes": rows}
    return json.dumps(difference, indent=2, ensure_ascii=False)
