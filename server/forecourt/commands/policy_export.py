"""`forecourt policy export`: a release, or the editors' draft, as a folder for git."""

import argparse
from pathlib import Path

from sqlalchemy import Connection

from forecourt.commands.command import command, refuse_unknown, settings_of, with_database
from forecourt.errors import NotFound
from forecourt.policy import actions, drafts, store
from forecourt.policy.files import folder_writer
from forecourt.policy.model import Policy
from forecourt.settings.server import Settings


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = command(commands, "export", _export, "write a site's policy from the database into a folder")
    made.add_argument("site", help="the site's name in the settings")
    made.add_argument("folder", type=Path, help="where to; a policy that is there is written over")
    which = made.add_mutually_exclusive_group()
    which.add_argument("--release", type=int, metavar="N", help="this release; the standing one when not given")
    which.add_argument("--draft", action="store_true", help="what editors have made of it since")
    made.add_argument("--force", action="store_true", help="also into a folder that holds something else")


def _export(options: argparse.Namespace) -> None:
    at = settings_of(options)
    if not options.force:
        folder_writer.refuse_foreign_folder(options.folder)
    what, policy = with_database(at, lambda database: database.read(lambda c: _chosen(c, at, options)))
    files = folder_writer.to_files(policy)
    folder_writer.write_files(files, options.folder)
    print(f"{what} of {options.site} is in {options.folder}: {', '.join(files)}.")
    if strays := folder_writer.find_foreign_files(files, options.folder):
        print(f"Left there, and no part of it: {', '.join(strays)}. Remove what should not come back.")


def _chosen(connection: Connection, at: Settings, options: argparse.Namespace) -> tuple[str, Policy]:
    refuse_unknown(at, connection, options.site)
    if options.draft:
        if draft := drafts.read(connection, options.site):
            return f"The draft since release {draft.base}", draft.policy
        raise NotFound(f"{options.site} has no draft")
    if options.release is None:
        release = actions.standing(connection, options.site)
    elif (found := store.by_number(connection, options.site, options.release)) is None:
        raise NotFound(f"{options.site} has no release {options.release}")
    else:
        release = found
    return f"Release {release.number}", release.policy
