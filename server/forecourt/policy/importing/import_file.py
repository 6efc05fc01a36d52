"""Imports one file into a folder. The first page makes the draft; each page after that adds a language to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forecourt.policy.check.finding import FACTS_FILE
from forecourt.policy.files import folder_writer
from forecourt.policy.files.folder_reader import WORDS_FOLDER, is_language
from forecourt.policy.importing.draft.draft import to_draft
from forecourt.policy.importing.draft.existing_draft import ExistingDraft, load_existing_draft
from forecourt.policy.importing.draft.outline import Outline, to_outline
from forecourt.policy.importing.draft.translation import to_translation
from forecourt.policy.importing.formats import file_types
from forecourt.policy.importing.keys import to_letters
from forecourt.policy.importing.page import Page, UnplacedContent
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.importing.remark_values import shorten
from forecourt.policy.importing.tables.purpose_column import PurposeQuestion

_REASONS_AT_MOST = 20  # that a refusal names


@dataclass(frozen=True)
class ImportResult:
    """Holds what was written, and what somebody has to look at.

    `placed` counts what was taken, by its name in the facts. `assumed` was taken, each with how sure that is.
    """

    wrote: tuple[str, ...]
    placed: Mapping[str, int]
    unplaced: tuple[UnplacedContent, ...]
    assumed: tuple[UnplacedContent, ...] = ()
    differing: tuple[UnplacedContent, ...] = ()
    purpose_question: PurposeQuestion | None = None


def import_into(to: Path, file: Path, language: str, kind: str = "", purpose_column: str | None = None) -> ImportResult:
    """Imports `file`, which is written in `language`, into the folder `to`.

    `purpose_column` is the heading that a person named for the purpose, blank for none; None where nobody did.
    Raises `PolicyBroken` where the file cannot be read, has no section, or the folder holds something else.
    """
    if not is_language(language):
        raise PageRefused(remark(RemarkKind.NO_LANGUAGE, tag=language))
    draft = load_existing_draft(to) if (to / FACTS_FILE).exists() else None
    names = [entity.legal_name for entity in draft.facts.entities.values()] if draft else []
    page = _read_outline(file, language, names, purpose_column)
    return _import_next_language(to, page, draft) if draft else _import_first_page(to, page, kind)


def read_purpose_question(file: Path, language: str) -> PurposeQuestion | None:
    """Returns what to ask of the file before it is imported. Raises `PolicyBroken` where it cannot be read."""
    return _read_outline(file, language, [], None).purpose_question


def _read_outline(file: Path, language: str, known_companies: Sequence[str], purpose_column: str | None) -> Outline:
    page = file_types.read_page(file, language)
    try:
        return read_outline(page, language, known_companies, purpose_column)
    except PageRefused as error:
        raise error.with_file(file) from error


def read_outline(
    source_page: Page, language: str, known_companies: Sequence[str], purpose_column: str | None = None
) -> Outline:
    """Returns what the page says. Raises `PageRefused` where that is nothing, or too much."""
    page = to_outline(source_page, language, frozenset(map(to_letters, known_companies)), purpose_column)
    if not page.sections and not page.title:
        unread_text = [remark(RemarkKind.UNREAD_TEXT, text=shorten(page.summary))] if page.summary else []
        raise PageRefused(remark(RemarkKind.NO_LIST), *page.unplaced[:_REASONS_AT_MOST], *unread_text)
    return page


def _import_first_page(to: Path, page: Outline, kind: str) -> ImportResult:
    folder_writer.refuse_foreign_folder(to)
    draft = to_draft(page, kind)
    wrote = draft.to_files()
    folder_writer.write_files(wrote, to)
    placed = {name: len(draft.facts[name]) for name in ("sections", "engagements", "entities")}
    question = page.purpose_question
    return ImportResult(tuple(wrote), placed, draft.unplaced, page.assumed, purpose_question=question)


def _import_next_language(to: Path, page: Outline, draft: ExistingDraft) -> ImportResult:
    if page.language in draft.words:
        name = f"{WORDS_FOLDER}/{page.language}.toml"
        raise PageRefused(remark(RemarkKind.LANGUAGE_THERE, folder=str(to), file=name))
    translation = to_translation(page, draft)
    toml = folder_writer.to_words_toml(
        translation.words, translation.translations(draft.words.get(draft.facts.source_language, {}))
    )
    wrote = {f"{WORDS_FOLDER}/{page.language}.toml": toml}
    folder_writer.write_files(wrote, to)
    return ImportResult(
        tuple(wrote),
        {"texts": len(translation.words)},
        tuple(translation.unplaced),
        page.assumed,
        tuple(translation.differing),
    )
