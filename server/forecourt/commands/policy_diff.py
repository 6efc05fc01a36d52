"""`forecourt policy diff`: what a release, or the folder that is to become one, changes for customers."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from forecourt import clock, site_loader
from forecourt.commands.command import command, refuse_unknown, settings_of, site_of, with_database
from forecourt.db.database import Database
from forecourt.errors import SettingsBroken
from forecourt.i18n import SOURCE
from forecourt.policy import actions, difference
from forecourt.policy.localization.localized_edition import localize_release
from forecourt.policy.model import Policy, Release
from forecourt.policy.outputs import release_changes
from forecourt.policy.outputs.responses import FullChangeResponse
from forecourt.settings.server import Settings


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(commands, "diff", _diff, "say what a policy's folder changes, or how two releases differ")
    made.add_argument("site", help="the site's name in the settings")
    made.add_argument("releases", type=int, nargs="*", metavar="N", help="two releases; else the folder is compared")
    made.add_argument("--json", action="store_true", help="as JSON")
    made.add_argument("--exit-code", action="store_true", help="exit with 1 where anything differs")


def _diff(options: argparse.Namespace) -> int:
    at = settings_of(options)
    if len(options.releases) not in (0, 2):
        raise SettingsBroken("Give two releases to compare, or none for the folder.")
    site = None if options.releases else site_of(at, options.site)
    policy = site_loader.load_policies(options.site, site)[1] if site else None
    before, after = with_database(at, lambda database: _pair(database, at, options, policy))
    found = _told(before, after)
    named = f"release {after.number}" if site is None else f"the folder {site.policy}"
    print(_json(options.site, before, named, found) if options.json else "\n".join(_lines(before, named, found)))
    return int(options.exit_code and bool(found))


async def _pair(
    database: Database, at: Settings, options: argparse.Namespace, policy: Policy | None
) -> tuple[Release, Release]:
    if policy is None:
        await database.read(lambda c: refuse_unknown(at, c, options.site))
        before, after, _ = await database.read(lambda c: actions.between(c, options.site, *options.releases))
        return before, after
    standing = await database.read(lambda c: actions.standing(c, options.site))
    return standing, replace(standing, number=standing.number + 1, policy=policy, published_at=clock.now())


def _told(before: Release, after: Release) -> list[FullChangeResponse]:
    """What calls for notice first."""
    found = difference.difference(before.policy, after.policy, after.published_at.date()).changes
    ordered = tuple(sorted(found, key=lambda each: not each.is_material))
    return release_changes.full_changes(ordered, localize_release(before, SOURCE), localize_release(after, SOURCE))


def _lines(before: Release, named: str, found: list[FullChangeResponse]) -> Iterator[str]:
    if not found:
        yield f"Nothing differs between release {before.number} and {named}."
        return
    calling = sum(each.material for each in found)
    yield f"From release {before.number} to {named}: {len(found)} changes, of which {calling} call for notice."
    for each in found:
        yield f"\n{'!' if each.material else '-'} {each.title}"
        yield f"  {each.sentence}"
        if each.effective:
            yield f"  From {each.effective}" + (f"; one may object until {each.deadline}." if each.deadline else ".")


def _json(site: str, before: Release, named: str, found: list[FullChangeResponse]) -> str:
    plain = {"site": site, "from": f"release {before.number}", "to": named, "changes": msgspec.to_builtins(found)}
    return json.dumps(plain, indent=2, ensure_ascii=False)
