"""Asks a new owner at the terminal what no flag has said."""

import argparse
import getpass
from urllib.parse import urlsplit

from forecourt import i18n
from forecourt.characters import to_printable
from forecourt.errors import SettingsBroken
from forecourt.new_site.answers import SiteAnswers
from forecourt.policy.importing.tables.purpose_column import PurposeQuestion

_QUESTIONS = {
    "origin": "The address of your website, as in https://www.example.com",
    "controller": "The legal name of your company, as visitors read it",
    "email": "The e-mail address that visitors can write to",
    "source": "Your list of subprocessors: a file, an https address, or the word sample; nothing for an empty one",
    "language": "The language of that list, as in en or nb",
    "user": "Who signs in to the console first, by e-mail address",
}
_REQUIRED = ("origin", "controller", "email")


def ask_missing(options: argparse.Namespace) -> None:
    """Fills in the options that no flag gave. An empty line takes what stands in brackets."""
    for name in _REQUIRED:
        while not getattr(options, name):
            answer = _ask(_QUESTIONS[name], "")
            setattr(options, name, [answer] if name == "origin" and answer else answer)
    if options.source is None:
        options.source = _ask(_QUESTIONS["source"], "")
    options.language = options.language or _ask(_QUESTIONS["language"], i18n.SOURCE)
    options.user = options.user or _ask(_QUESTIONS["user"], options.email)


def ask_password() -> str:
    """Returns the first user's password; empty where they want a link that signs them in once."""
    return getpass.getpass("Their password, or nothing for a link that signs them in once: ")


def ask_purpose_column(question: PurposeQuestion) -> str:
    """Returns the heading of the column that says what each company does; blank where there is none."""
    headings = [each.heading for each in question.columns]
    print("No heading of your list asks for the purpose. Which column says what each company does?")
    for number, column in enumerate(question.columns, 1):
        print(to_printable(f"  {number}  {column.heading}" + (f", as in: {column.example}" if column.example else "")))
    print("  0  None of them")
    default = str(headings.index(question.guess) + 1) if question.guess else "0"
    numbers = [str(number) for number in range(len(headings) + 1)]
    while (answer := _ask("Its number", default)) not in numbers:
        print(f"Give a number from 0 to {len(headings)}.")
    return ["", *headings][int(answer)]


def take_guess(_: PurposeQuestion) -> None:
    """Answers nothing, so that import guesses where nobody can be asked."""


def require_answers(options: argparse.Namespace) -> None:
    """Raises `SettingsBroken` with the flags that are missing."""
    if missing := [f"--{name}" for name in _REQUIRED if not getattr(options, name)]:
        raise SettingsBroken(f"{', '.join(missing)} is missing. Without --yes, forecourt init asks in a terminal.")


def to_answers(options: argparse.Namespace) -> SiteAnswers:
    """Returns the answers, with languages where none was chosen: the policy's own, where Forecourt speaks it."""
    language = options.language or i18n.SOURCE
    default_locales = [language] if language in i18n.shipped_locales() else [i18n.SOURCE]
    return SiteAnswers(
        options.site,
        tuple(map(_to_origin, options.origin)),
        options.controller,
        options.email,
        language,
        tuple(options.locales or default_locales),
        options.port,
        options.purpose_column,
    )


def _to_origin(text: str) -> str:
    """Returns scheme, host and port of what was typed: `https://www.example.com` of `www.Example.com/about`."""
    address = text if "://" in text else f"https://{text}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _ask(question: str, default: str) -> str:
    return input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
