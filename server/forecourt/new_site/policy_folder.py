"""Writes the policy of a new site: empty, imported from the owner's page, or the sample."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecourt import clock, i18n
from forecourt.errors import PolicyBroken
from forecourt.new_site.answers import SiteAnswers
from forecourt.policy.check.finding import FACTS_FILE, Finding
from forecourt.policy.check.personal_mailboxes import is_personal
from forecourt.policy.files import folder_reader, folder_writer
from forecourt.policy.importing.import_file import ImportResult, import_into
from forecourt.policy.importing.keys import KeyMaker, find_or_make_company_id, to_company_slug
from forecourt.policy.model import Level
from forecourt.resources import SAMPLE

Table = dict[str, Any]  # of facts.toml: its values are texts, numbers, lists and tables


@dataclass(frozen=True)
class NewPolicy:
    """Says what was written, and what somebody has to look at.

    `places_not_stated` are the engagements of which the page names no country.
    """

    wrote: tuple[str, ...] = ()
    imported: ImportResult | None = None
    places_not_stated: tuple[str, ...] = ()


def write_empty_policy(folder: Path, answers: SiteAnswers) -> NewPolicy:
    """Writes a policy that says whose it is, and names no company yet."""
    table: Table = {"source_language": answers.language, "level": Level.LISTED.value}
    table |= {"notes": [], "sections": [], "processor": {}, "entities": {}, "engagements": {}}
    language = answers.language if answers.language in i18n.shipped_locales() else i18n.SOURCE
    words = {"title": i18n.words(language)("page.policy")}
    files = {
        FACTS_FILE: folder_writer.to_facts_toml(add_owner(table, answers)),
        f"{folder_reader.WORDS_FOLDER}/{answers.language}.toml": folder_writer.to_words_toml(words, {}),
    }
    folder_writer.write_files(files, folder)
    return NewPolicy(tuple(files))


def write_sample_policy(folder: Path) -> NewPolicy:
    shutil.copytree(SAMPLE / "policy", folder, dirs_exist_ok=True)
    return NewPolicy(tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.toml"))))


def import_policy(folder: Path, file: Path, answers: SiteAnswers) -> NewPolicy:
    """Imports the page, and completes what it does not say: whose policy it is, and the day.

    Raises `PolicyBroken` as the import does.
    """
    result = import_into(folder, file, answers.language, purpose_column=answers.purpose_column)
    findings: list[Finding] = []
    table = folder_reader.read_table(folder / FACTS_FILE, FACTS_FILE, findings)
    if table is None:
        raise PolicyBroken([f"{finding}." for finding in findings])
    without_place = [key for key, row in table["engagements"].items() if not row.get("locations")]
    facts = folder_writer.to_facts_toml(add_owner(table, answers))
    folder_writer.write_files({FACTS_FILE: facts}, folder)
    return NewPolicy(result.wrote, result, tuple(without_place))


def add_owner(table: Table, answers: SiteAnswers) -> Table:
    """Returns the facts with the owner's company, a day, and the declaration that a place is not stated."""
    entities = dict(table["entities"])
    base = to_company_slug(answers.controller) or "company"
    own_company = find_or_make_company_id(entities, answers.controller, KeyMaker(entities), base)
    entities.setdefault(own_company, {"legal_name": answers.controller})
    engagements = {
        key: row if row.get("locations") else {**row, "locations_not_stated": True}
        for key, row in table["engagements"].items()
    }
    head = {"updated": clock.now().date()} | {key: value for key, value in table.items() if key not in _ROWS}
    # One person's mailbox is no contact of a policy, and a listed one needs none.
    contact = {} if is_personal(answers.email) else {"contact": answers.email}
    processor = {"entity": own_company} | contact
    return head | {"processor": processor, "entities": entities, "engagements": engagements}


_ROWS = ("processor", "entities", "engagements")
