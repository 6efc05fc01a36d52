"""`forecourt check`: reads the settings and every site's policy, or one policy folder, and prints what is wrong."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from forecourt import site_loader
from forecourt.commands.check_report import PolicyFindings, gap_rows, message_of, print_report
from forecourt.commands.settings import load_command_settings
from forecourt.english_plural import pluralize
from forecourt.errors import ForecourtError, SettingsBroken
from forecourt.policy.check import Finding, remedy
from forecourt.policy.check.gaps import company_names
from forecourt.policy.files import folder_reader
from forecourt.policy.model import Policy
from forecourt.policy.stated_facts import FactCount, count_listed_facts
from forecourt.settings.reachability import reachability_warnings
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings
from forecourt.settings.way_back import way_back_warnings

_LINE_OF_ITS_OWN = re.compile(r"\n(?! )")  # a line that begins with a blank belongs to the sentence before
_SETTINGS_RULE = "settings"  # the rule of findings that are about the settings and not about the policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, help="a policy folder, to check it alone and without settings")
    parser.add_argument("--json", action="store_true", help="print JSON: ok, and the findings")
    parser.add_argument("--strict", action="store_true", help="let warnings fail, too")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where a finding is grave, or with --strict where there is any finding."""
    try:
        policies = _check_folder(options.folder) if options.folder else _check_settings(options)
    except SettingsBroken as error:
        if not options.json:
            raise
        policies = [PolicyFindings("site", "", _from_error(error))]
    findings = [finding for policy in policies for finding in policy.findings]
    has_failed = bool(findings) if options.strict else any(finding.grave for finding in findings)
    if options.json:
        print(_to_json(policies, is_ok=not has_failed))
    else:
        sites = pluralize(len(policies), "site", "sites")
        subject = f"{options.folder} is" if options.folder else f"Settings and {sites} are"
        print_report(policies)
        print(_summary(findings, subject))
    return int(has_failed)


def _check_folder(folder: Path) -> list[PolicyFindings]:
    policy, findings = folder_reader.read_policy(folder)
    return [
        PolicyFindings("folder", str(folder), findings, folder, _count_facts(policy), _name_companies(policy, folder))
    ]


def _check_settings(options: argparse.Namespace) -> list[PolicyFindings]:
    settings = load_command_settings(options)
    for warning in _server_warnings(settings):
        print(f"Warning: {warning}", file=sys.stderr if options.json else sys.stdout)
    return [_check_site(name, site) for name, site in settings.sites.items()]


def _check_site(name: str, settings: SiteSettings) -> PolicyFindings:
    policy, findings = folder_reader.read_policy(settings.policy)
    try:
        if policy:
            site_loader.load_privacy_policy(name, settings, policy)
    except ForecourtError as error:
        findings = [*findings, *_from_error(error)]
    folder = settings.policy
    return PolicyFindings("site", name, findings, folder, _count_facts(policy), _name_companies(policy, folder))


def _count_facts(policy: Policy | None) -> FactCount | None:
    return count_listed_facts(policy.facts) if policy else None


def _name_companies(policy: Policy | None, folder: Path) -> dict[str, str]:
    return company_names(policy.facts) if policy else folder_reader.read_company_names(folder)


def _from_error(error: ForecourtError) -> list[Finding]:
    return [
        Finding("", "", remedy("settings_fault", said=sentence.rstrip(".")), _SETTINGS_RULE)
        for sentence in _LINE_OF_ITS_OWN.split(str(error))
    ]


def _summary(findings: list[Finding], subject: str) -> str:
    grave = sum(finding.grave for finding in findings)
    if not findings:
        return f"{subject} in order."
    if not grave:
        return f"{subject} in order, with {pluralize(len(findings), 'warning', 'warnings')}."
    warnings = pluralize(len(findings) - grave, "warning", "warnings")
    return f"{pluralize(grave, 'fault', 'faults')}, {warnings}."


def _to_json(policies: list[PolicyFindings], is_ok: bool) -> str:
    findings = [
        {policy.kind: policy.where, **_to_row(policy, finding)} for policy in policies for finding in policy.findings
    ]
    levels = [_to_level(policy, count) for policy in policies if (count := policy.fact_count)]
    missing = [row for policy in policies for row in gap_rows(policy)]
    report = {"ok": is_ok, "findings": findings} | ({"missing": missing} if missing else {})
    report |= {"listed": levels} if levels else {}
    return msgspec.json.format(msgspec.json.encode(report)).decode()


def _to_level(policy: PolicyFindings, count: FactCount) -> dict[str, object]:
    return {policy.kind: policy.where, "stated": count.stated_count, "total": count.total, "missing": count.missing}


def _to_row(policy: PolicyFindings, finding: Finding) -> dict[str, object]:
    place = {"file": finding.file, "line": policy.line_of(finding.file, finding.key), "key": finding.key}
    return {"message": message_of(finding), **place, "rule": finding.rule, "grave": finding.grave}


def _server_warnings(settings: Settings) -> Iterator[str]:
    from forecourt.db.sqlite import SAFE_VERSION, VERSION  # a check of one folder needs no database
    from forecourt.web.connections.file_descriptors import low_file_limit_warning

    if not settings.database_url and VERSION < SAFE_VERSION:
        yield f"SQLite {'.'.join(map(str, VERSION))} can lose commits; install pysqlite3 or use PostgreSQL."
    if not settings.smtp.host:
        yield "no smtp.host is set: mails are written into a folder and reach nobody."
    if not settings.security_txt.contact:
        yield "no security_txt.contact is set: who finds a weakness is not told whom to write to."
    yield from _log_key_warnings(settings)
    if not settings.limits:
        yield "rate limits are off."
    yield from reachability_warnings(settings)
    yield from way_back_warnings(settings)
    if warning := low_file_limit_warning(settings.connections.maximum):
        yield warning


def _log_key_warnings(settings: Settings) -> Iterator[str]:
    """Yields why this host would not seal the log, where its database is there."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    from forecourt.consent.log.log_key import LogKeySource
    from forecourt.db.database import open_database

    if not settings.database_url and not (settings.data / "forecourt.sqlite3").exists():
        return
    engine = open_database(settings.database_url, settings.data).engine
    try:
        with engine.connect() as connection:
            if inspect(connection).has_table("log_keys"):
                fault = LogKeySource(settings.log_key, settings.data).find_fault(connection)
                yield from [f"the log is not sealed from here: {fault}."] if fault else []
    except SQLAlchemyError as error:
        yield f"the database cannot be read: {type(error).__name__}."
    finally:
        engine.dispose()
