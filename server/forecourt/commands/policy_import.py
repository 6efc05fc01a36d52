"""`forecourt policy import`: an existing page or sheet as a draft of a policy folder."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from forecourt.characters import to_printable
from forecourt.commands.command import command
from forecourt.policy.importing.import_file import import_into
from forecourt.policy.importing.keys import to_slug
from forecourt.policy.importing.page import Unplaced


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(commands, "import", _import, "read a page or a sheet into a draft, and list what is left over")
    made.add_argument("file", type=Path, help="a CSV, Markdown or HTML file, in UTF-8")
    made.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="the draft's folder; one that is there gets a language"
    )
    made.add_argument("--language", default="en", metavar="TAG", help="the file's language (en)")
    made.add_argument("--kind", type=_slug, help="the section of tables that stand under no heading (subprocessors)")


def _slug(text: str) -> str:
    if text and to_slug(text) == text:
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no key; use small letters, digits and hyphens")


def _import(options: argparse.Namespace) -> None:
    made = import_into(options.to, options.file, options.language, options.kind or "")
    print(f"Wrote {', '.join(made.wrote)} into {options.to}: {made.placed}.")
    _list(f"{len(made.unplaced)} could not be placed:", made.unplaced)
    _list(f"{len(made.differing)} facts differ between the languages; {options.to} keeps its own:", made.differing)
    print(f"What is missing yet, `forecourt check {options.to}` says.")


def _list(title: str, found: Sequence[Unplaced]) -> None:
    for line in (title, *(to_printable(f"- {each}") for each in found)) if found else ():
        print(line)
