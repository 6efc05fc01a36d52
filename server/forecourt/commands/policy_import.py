"""`forecourt policy import`: reads an existing page or sheet into a draft of a policy folder."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from forecourt.characters import to_printable
from forecourt.english_plural import pluralize
from forecourt.policy.importing.import_file import import_into
from forecourt.policy.importing.keys import to_slug
from forecourt.policy.importing.page import UnplacedContent

_ONE_OF = {"sections": "section", "engagements": "engagement", "entities": "entity", "texts": "text"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a CSV, XLSX, Markdown, HTML or text file")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="the draft's folder; an existing one gets a language"
    )
    parser.add_argument("--language", default="en", metavar="TAG", help="the language of the file (en)")
    parser.add_argument("--kind", type=_slug, help="the section of tables that are under no heading (subprocessors)")
    parser.add_argument(
        "--purpose-column",
        metavar="HEADING",
        help="the column that says what each company does; an empty text for none",
    )


def run(options: argparse.Namespace) -> None:
    result = import_into(options.to, options.file, options.language, options.kind or "", options.purpose_column)
    placed = ", ".join(pluralize(count, _ONE_OF[name], name) for name, count in result.placed.items())
    print(f"Wrote {', '.join(result.wrote)} into {options.to}: {placed}.")
    assumed = pluralize(len(result.assumed), "was", "were")
    _print_list(f"{assumed} read outside a table, or with a doubt; look at each:", result.assumed)
    _print_list(f"{len(result.unplaced)} could not be placed:", result.unplaced)
    differing = pluralize(len(result.differing), "fact differs", "facts differ")
    _print_list(f"{differing} between the languages; {options.to} keeps its own:", result.differing)
    print(f"Run `forecourt check {options.to}` to see what is still missing.")


def _slug(text: str) -> str:
    if text and to_slug(text) == text:
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no key; use small letters, digits and hyphens")


def _print_list(title: str, items: Sequence[UnplacedContent]) -> None:
    if items:
        print(title)
    for item in items:
        print(to_printable(f"- {item}"))
