"""`forecourt check`: settings and every site's policy, or one policy folder, for people and for CI."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from forecourt import i18n, site_loader
from forecourt.characters import to_printable
from forecourt.commands.command import command, settings_of
from forecourt.errors import ForecourtError, SettingsBroken
from forecourt.policy.check import Finding, remedy
from forecourt.policy.files import folder_reader
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings

_OUTSIDE = "settings"  # the rule of what is wrong beside the policy


@dataclass(frozen=True)
class Findings:
    """Of one policy. `of`: whether it is checked as a `site`'s or as a `folder`. `where`: that site or folder."""

    of: str
    where: str
    flaws: list[Finding]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = command(commands, "check", _check, "read settings, policies and languages, and say what is wrong")
    check.add_argument("folder", nargs="?", type=Path, help="a policy folder, to check it alone and without settings")
    check.add_argument("--json", action="store_true", help="print JSON: ok, and the findings")
    check.add_argument("--strict", action="store_true", help="let warnings fail, too")


def _check(options: argparse.Namespace) -> int:
    """The exit status: 1 where anything is grave, or with --strict where anything is found."""
    try:
        found = [_of_folder(options.folder)] if options.folder else [*_of_sites(settings_of(options), options.json)]
    except SettingsBroken as error:
        if not options.json:
            raise
        found = [Findings("site", "", _outside(error))]
    told = [flaw for each in found for flaw in each.flaws]
    failed = bool(told) if options.strict else any(flaw.grave for flaw in told)
    if options.json:
        print(_json(found, ok=not failed))
    else:
        _tell(found, _sum(told, f"{options.folder} is" if options.folder else f"Settings and {len(found)} site(s) are"))
    return int(failed)


def _of_folder(folder: Path) -> Findings:
    return Findings("folder", str(folder), folder_reader.read_policy(folder)[1])


def _of_sites(at: Settings, is_json: bool) -> Iterator[Findings]:
    for warning in _warnings(at):
        print(f"Warning: {warning}", file=sys.stderr if is_json else sys.stdout)
    for name, site in at.sites.items():
        yield Findings("site", name, _of_site(name, site))


def _of_site(name: str, site: SiteSettings) -> list[Finding]:
    policy, found = folder_reader.read_policy(site.policy)
    try:
        if policy:
            site_loader.load_privacy_policy(name, site, policy)
    except ForecourtError as error:
        found = [*found, *_outside(error)]
    return found


def _outside(error: ForecourtError) -> list[Finding]:
    return [
        Finding("", "", remedy("outside", said=sentence.rstrip(".")), _OUTSIDE) for sentence in str(error).splitlines()
    ]


def _tell(found: list[Findings], last: str) -> None:
    for each in found:
        if each.flaws:
            print(each.where)
        for flaw in sorted(each.flaws, key=lambda flaw: (not flaw.grave, flaw.file)):
            print(f"  {_line(flaw)}")
    print(last)


def _line(flaw: Finding) -> str:
    """With `RULE KEY` in it, as `accepted` of the facts wants it. What a file says can not drive the terminal."""
    warning = "" if flaw.grave else "warning"
    return to_printable(": ".join(part for part in (warning, flaw.file, flaw.name, _message(flaw)) if part))


def _message(flaw: Finding) -> str:
    return flaw.remedy(i18n.words(i18n.SOURCE))


def _sum(told: list[Finding], what: str) -> str:
    grave = sum(flaw.grave for flaw in told)
    if not told:
        return f"{what} in order."
    if not grave:
        return f"{what} in order, with {len(told)} warning(s)."
    return f"{grave} fault(s), {len(told) - grave} warning(s)."


def _json(found: list[Findings], ok: bool) -> str:
    findings = [{each.of: each.where, **_plain(flaw)} for each in found for flaw in each.flaws]
    return msgspec.json.format(msgspec.json.encode({"ok": ok, "findings": findings})).decode()


def _plain(flaw: Finding) -> dict[str, object]:
    where = {"file": flaw.file, "key": flaw.key, "rule": flaw.rule, "grave": flaw.grave}
    return {"message": _message(flaw), **where}


def _warnings(at: Settings) -> list[str]:
    from forecourt.db.sqlite import SAFE_VERSION, VERSION

    found = []
    if not at.database_url and VERSION < SAFE_VERSION:
        found.append(f"SQLite {'.'.join(map(str, VERSION))} can lose commits; install pysqlite3 or use PostgreSQL.")
    if not at.smtp.host:
        found.append("no smtp.host is set: mails are written into a folder and reach nobody.")
    if not at.limits:
        found.append("rate limits are off.")
    return found
