"""Lists the commands of the command line. A command's module is imported when that command is typed, and not before."""

import argparse
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from forecourt import __version__


class CommandModule(Protocol):
    """Describes a module that carries out one command."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's own arguments."""

    def run(self, options: argparse.Namespace) -> int | None:
        """Carries the command out. Returns the exit status; None stands for 0."""


@dataclass(frozen=True, slots=True)
class Command:
    """Describes one command: the words typed after `forecourt`, what they do, and its module in `commands/`."""

    words: tuple[str, ...]
    summary: str
    module: str

    def load(self) -> CommandModule:
        """Imports the command's module. Garbage collections, which take a tenth of that time and find nothing, wait."""
        gc.disable()
        try:
            return cast(CommandModule, import_module(f"forecourt.commands.{self.module}"))
        finally:
            gc.freeze()
            gc.enable()

    def parser(self, module: CommandModule) -> argparse.ArgumentParser:
        """Returns the parser of what follows the command's words."""
        parser = argparse.ArgumentParser(" ".join(("forecourt", *self.words)), description=_sentence(self.summary))
        add_common_arguments(parser)
        module.add_arguments(parser)
        return parser


GROUPS = {
    "policy": "the subprocessor policy",
    "vendors": "the shipped directory of vendors",
    "consent": "the log of consents",
    "newsletter": "who gets the newsletter",
    "contact": "the messages of the contact form",
    "user": "who may use the console",
}

COMMANDS = (
    Command(("init",), "begin a site: write its settings, policy, privacy policy and first user", "init"),
    Command(("serve",), "serve the sites of the settings", "serve"),
    Command(("migrate",), "bring the database's schema up to date", "migrate"),
    Command(("check",), "check settings, policies and translations, and say what is wrong", "check"),
    Command(("settings",), "show every setting with its value and where that comes from", "settings_list"),
    Command(("policy", "publish"), "publish a site's policy folder as its next release", "policy_publish"),
    Command(
        ("policy", "import"),
        "import a page or a sheet into a draft policy folder, and list what could not be placed",
        "policy_import",
    ),
    Command(("policy", "export"), "write a site's policy from the database into a folder", "policy_export"),
    Command(("policy", "diff"), "show what a policy folder changes, or how two releases differ", "policy_diff"),
    Command(("policy", "schema"), "print the JSON Schema of one of a policy's files", "policy_schema"),
    Command(("policy", "evidence"), "export who was notified of which change, and when", "policy_evidence"),
    Command(("vendors", "stale"), "list the facts of the directory that were read long ago", "vendors_stale"),
    Command(
        ("consent", "verify"), "compute the log again and report the records that do not match it", "consent_verify"
    ),
    Command(
        ("consent", "export"), "export records with their proofs and a verifier that needs no server", "consent_export"
    ),
    Command(("consent", "rotate-key"), "seal with a new key from now on", "consent_rotate_key"),
    Command(("newsletter", "export"), "export a site's subscribers with their proof of opt-in", "newsletter_export"),
    Command(("contact", "export"), "export contact messages with their answers, as CSV or JSON", "contact_export"),
    Command(("backup",), "write database, keys and mails into one file, while a server may run", "backup"),
    Command(("restore",), "restore a backup into an empty data folder, and an empty PostgreSQL database", "restore"),
    Command(("retention",), "delete the data whose retention period is over", "retention"),
    Command(("snippet",), "print the script tag for a site's pages", "snippet"),
    Command(("doctor",), "open a page as a visitor who refuses, and say what it stores and contacts", "doctor"),
    Command(("user", "list"), "list the agents, with their roles and the ids that the security log names", "user_list"),
    Command(("user", "remove"), "remove an agent, and end their sessions", "user_remove"),
    Command(("user", "two-step-off"), "let an agent sign in who lost phone and recovery codes", "user_two_step_off"),
    Command(("user", "add"), "add an agent, or change an agent's password and role", "user_add"),
)


def find_command(words: Sequence[str]) -> Command | None:
    """Returns the command whose words the command line begins with."""
    return next((command for command in COMMANDS if tuple(words[: len(command.words)]) == command.words), None)


def overview_parser() -> argparse.ArgumentParser:
    """Returns a parser of the commands' names alone, for `--help`, `--version` and unknown commands."""
    parser = argparse.ArgumentParser("forecourt", description="The space in front of a support site.")
    parser.add_argument("--version", action="version", version=f"forecourt {__version__}")
    names = parser.add_subparsers(required=True, metavar="COMMAND")
    groups = {"": names}
    for command in COMMANDS:
        group, name = command.words if len(command.words) == 2 else ("", *command.words)
        if group not in groups:
            group_parser = names.add_parser(group, help=GROUPS[group])
            groups[group] = group_parser.add_subparsers(required=True, metavar="ACTION")
        groups[group].add_parser(name, help=command.summary)
    return parser


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options that every command takes."""
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="the settings file (./forecourt.toml, if there is one)"
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="the folder of database, key and mails")


def _sentence(summary: str) -> str:
    return f"{summary[0].upper()}{summary[1:]}."
