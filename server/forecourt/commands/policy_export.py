"""`forecourt policy export`: writes a release, or the editors' draft, into a folder for git."""

import argparse
from pathlib import Path

from sqlalchemy import Connection

from forecourt.commands.database import require_site, run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.errors import NotFound
from forecourt.policy import actions, drafts, store
from forecourt.policy.files import folder_writer
from forecourt.policy.model import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", help="the site's name in the settings")
    parser.add_argument("folder", type=Path, help="the folder to write; a policy in it is overwritten")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--release", type=int, metavar="N", help="this release; the latest when not given")
    source.add_argument("--draft", action="store_true", help="the editors' draft instead of a release")
    parser.add_argument("--force", action="store_true", help="also into a folder that holds something else")


def run(options: argparse.Namespace) -> None:
    settings = load_command_settings(options)
    if not options.force:
        folder_writer.refuse_foreign_folder(options.folder)

    def read(connection: Connection) -> tuple[str, Policy]:
        require_site(settings, connection, options.site)
        if options.draft:
            return _read_draft(connection, options.site)
        return _read_release(connection, options.site, options.release)

    name, policy = run_with_database(settings, lambda database: database.read(read))
    files = folder_writer.to_files(policy)
    folder_writer.write_files(files, options.folder)
    print(f"{name} of {options.site} is in {options.folder}: {', '.join(files)}.")
    if foreign_files := folder_writer.find_foreign_files(files, options.folder):
        names = ", ".join(foreign_files)
        print(f"Other files in the folder were left as they are: {names}. Remove those that are no longer wanted.")


def _read_draft(connection: Connection, site: str) -> tuple[str, Policy]:
    draft = drafts.find_draft(connection, site)
    if draft is None:
        raise NotFound(f"{site} has no draft")
    return f"The draft since release {draft.base_release}", draft.policy


def _read_release(connection: Connection, site: str, number: int | None) -> tuple[str, Policy]:
    release = (
        actions.get_latest_release(connection, site)
        if number is None
        else store.find_by_number(connection, site, number)
    )
    if release is None:
        raise NotFound(f"{site} has no release {number}")
    return f"Release {release.number}", release.policy
