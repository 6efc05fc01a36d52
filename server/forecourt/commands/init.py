"""`forecourt init`: begins a site, from an empty folder to one that `forecourt serve` serves. It overwrites nothing."""

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from forecourt.characters import to_printable
from forecourt.commands.database import run_with_database
from forecourt.commands.init_questions import (
    ask_missing,
    ask_password,
    ask_purpose_column,
    require_answers,
    take_guess,
    to_answers,
)
from forecourt.commands.settings import load_command_settings
from forecourt.commands.user_add import hash_typed_password
from forecourt.console.passwords import hash_password
from forecourt.errors import SettingsBroken
from forecourt.link_secret import new_link_secret
from forecourt.logs.security_log import SecurityEvent, record_event
from forecourt.new_site.creation import SAMPLE_SOURCE, Creation, PolicyState, create_policy, create_privacy_policy
from forecourt.new_site.first_user import add_first_user
from forecourt.new_site.settings_file import write_settings
from forecourt.policy.importing.tables.purpose_column import PurposeQuestion
from forecourt.settings.server import Settings, public_address

_NOTES_AT_MOST = 30  # that are printed, of what an import was unsure about; `forecourt policy import` prints all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="ask nothing: take the flags, and defaults for the others")
    parser.add_argument("--origin", action="append", metavar="URL", help="the address of your pages; once for each")
    parser.add_argument("--controller", metavar="NAME", help="the legal name of your company")
    parser.add_argument("--email", help="the address that visitors can write to")
    parser.add_argument("--site", default="main", help="the site's name in the settings (main)")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--import", dest="source", metavar="PAGE", help="your list of subprocessors: a file or address")
    source.add_argument(
        "--sample", dest="source", action="store_const", const=SAMPLE_SOURCE, help="begin with the sample policy"
    )
    parser.add_argument(
        "--purpose-column",
        metavar="HEADING",
        help="the list's column of what each company does; an empty text for none",
    )
    parser.add_argument("--language", metavar="TAG", help="the language of the policy (en)")
    parser.add_argument("--locales", nargs="+", metavar="TAG", help="the site's languages (that of the policy)")
    parser.add_argument("--user", metavar="EMAIL", help="who may use the console (the address of --email)")
    parser.add_argument("--password-stdin", action="store_true", help="read the user's password from standard input")
    parser.add_argument("--port", type=int, help="the port to serve on, for the settings (8000)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> None:
    creation = Creation()
    settings = _create_settings(options, creation)
    is_asked = not options.yes and sys.stdin.isatty()
    choose_column = ask_purpose_column if is_asked else take_guess
    policy = create_policy(settings, to_answers(options), options.source or "", creation, choose_column)
    create_privacy_policy(settings, options.site, creation)
    link = _create_user(options, settings)
    report = (options, settings, creation, policy, link)
    print(_to_json(*report) if options.json else "\n".join(_lines(*report)))


def _create_settings(options: argparse.Namespace, creation: Creation) -> Settings:
    """Writes the settings, or reads those that are there: they answer what no flag says."""
    file = options.settings or Path("forecourt.toml")
    if file.exists():
        settings = load_command_settings(options)
        if options.site not in settings.sites:
            name = options.site
            raise SettingsBroken(f"{file} has no site {name}, and init changes no file; add [sites.{name}] to it.")
        site = settings.sites[options.site]
        options.origin, options.controller = list(site.origins), site.controller
        options.email, options.locales = site.email, list(site.locales)
        creation.kept.append(str(file))
        return settings
    if not options.yes and sys.stdin.isatty():
        ask_missing(options)
    require_answers(options)
    write_settings(file, to_answers(options))
    creation.wrote.append(str(file))
    return load_command_settings(options)


def _create_user(options: argparse.Namespace, settings: Settings) -> str:
    """Returns the address that signs the first user in once; empty where they are there, or have a password."""
    email = options.user or options.email
    password = _read_password(options)
    hashed = hash_typed_password(password, (email,)) if password else hash_password(new_link_secret())
    add = partial(add_first_user, email=email, password=hashed)
    user = run_with_database(settings, lambda database: database.write(add))
    if user is None:
        return ""
    record_event(SecurityEvent.USER_ADDED, user=user.agent)
    return "" if password else f"{public_address(settings)}/console/link/{user.link_secret}"


def _read_password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return sys.stdin.readline().strip()
    return ask_password() if not options.yes and sys.stdin.isatty() else ""


def _lines(
    options: argparse.Namespace, settings: Settings, creation: Creation, policy: PolicyState, link: str
) -> Iterator[str]:
    for title, paths in (("Wrote", creation.wrote), ("Kept", creation.kept)):
        if paths:
            yield f"{title} {to_printable(', '.join(paths))}."
    yield from _policy_lines(policy)
    user = to_printable(options.user or options.email)
    if link:
        yield f"{user} signs in here, once and within a day, while the server runs: {link}"
        yield f"A password for later: forecourt user add {user}"
    else:
        yield f"{user} may sign in to the console."
    yield "\nNext:"
    yield from (f"  {command:<34}{text}" for command, text in _next_steps(options, settings))


def _policy_lines(policy: PolicyState) -> Iterator[str]:
    if policy.fact_count:
        yield f"The policy is listed, with {policy.fact_count.stated_count} of {policy.fact_count.total} facts."
    notes = [*policy.notes]
    if notes:
        yield "Look at what the import was unsure about:"
        yield from (f"- {to_printable(note)}" for note in notes[:_NOTES_AT_MOST])
    if len(notes) > _NOTES_AT_MOST:
        yield f"- and {len(notes) - _NOTES_AT_MOST} more"
    if policy.purpose_question:
        yield to_printable(_describe_question(policy.purpose_question))
    if policy.faults:
        yield "Until this is mended, readers are told that the policy is being prepared:"
        yield from (f"- {finding}" for finding in policy.faults[:_NOTES_AT_MOST])


def _describe_question(question: PurposeQuestion) -> str:
    """Returns how to say which column has the purpose, where nobody did."""
    headings = ", ".join(f'"{each.heading}"' for each in question.columns)
    state = (
        f'"{question.guess}" was taken for what each company does'
        if question.guess
        else "No column was taken for what each company does"
    )
    way = f"remove the policy's folder, and run this again with --purpose-column and one of {headings}"
    return f"{state}. To take another, {way}."


def _next_steps(options: argparse.Namespace, settings: Settings) -> Iterator[tuple[str, str]]:
    site = settings.sites[options.site]
    yield "forecourt serve", f"serves it at {public_address(settings)}"
    yield f"forecourt snippet {options.site}", "prints the tag for your pages"
    yield "forecourt check", "says what is wrong, and which facts are missing"
    yield f"{site.privacy_policy}", "read the privacy policy, and add what else you do with personal data"


def _to_json(
    options: argparse.Namespace, settings: Settings, creation: Creation, policy: PolicyState, link: str
) -> str:
    count = policy.fact_count
    facts = {"stated": count.stated_count, "total": count.total} if count else None
    report = {
        "site": options.site,
        "address": public_address(settings),
        "wrote": creation.wrote,
        "kept": creation.kept,
        "policy": {
            "folder": str(settings.sites[options.site].policy),
            "can_be_published": not policy.faults,
            "listed": facts,
            "faults": [str(finding) for finding in policy.faults],
            "notes": [*policy.notes],
            "purpose_question": msgspec.to_builtins(policy.purpose_question),
        },
        "user": {"email": options.user or options.email, "link": link or None},
        "next": [command for command, _ in _next_steps(options, settings)],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)
