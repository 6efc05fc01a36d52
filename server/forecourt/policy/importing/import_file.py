"""Importing one file into a folder: the first page makes the draft, each page after that one more language of it."""

from dataclasses import dataclass
from pathlib import Path

from forecourt.errors import PolicyBroken
from forecourt.policy.check.finding import FACTS_FILE
from forecourt.policy.files import folder_writer
from forecourt.policy.files.folder_reader import WORDS_FOLDER, is_language
from forecourt.policy.importing import file_types
from forecourt.policy.importing.draft import to_draft
from forecourt.policy.importing.existing_draft import load_existing_draft
from forecourt.policy.importing.outline import Outline, to_outline
from forecourt.policy.importing.page import Unplaced
from forecourt.policy.importing.translation import to_translation


@dataclass(frozen=True)
class ImportResult:
    """What was written, and what somebody has to look at."""

    wrote: tuple[str, ...]
    placed: str
    unplaced: tuple[Unplaced, ...]
    differing: tuple[Unplaced, ...] = ()


def import_into(to: Path, file: Path, language: str, kind: str = "") -> ImportResult:
    """Raises `PolicyBroken` where the file cannot be read, says nothing of a policy, or `to` holds something else."""
    if not is_language(language):
        raise PolicyBroken([f"{language} is no language; write its tag, as in nb or pt-BR."])
    page = to_outline(file_types.read_page(file), language)
    if not page.sections:
        raise PolicyBroken([f"{file}: there is neither a heading nor a table of subprocessors in it."])
    return _import_next_language(to, page) if (to / FACTS_FILE).exists() else _import_first_page(to, page, kind)


def _import_first_page(to: Path, page: Outline, kind: str) -> ImportResult:
    folder_writer.refuse_foreign_folder(to)
    made = to_draft(page, kind)
    wrote = made.files()
    folder_writer.write_files(wrote, to)
    counts = ((made.facts["sections"], "sections"), (made.facts["engagements"], "engagements"))
    placed = ", ".join(f"{len(each)} {name}" for each, name in (*counts, (made.facts["entities"], "entities")))
    return ImportResult(tuple(wrote), placed, made.unplaced)


def _import_next_language(to: Path, page: Outline) -> ImportResult:
    held = load_existing_draft(to)
    if page.language in held.words:
        name = f"{WORDS_FOLDER}/{page.language}.toml"
        raise PolicyBroken([f"{to} has {name} already; remove it to import it anew, or give another --language."])
    made = to_translation(page, held)
    said = folder_writer.to_words_toml(made.words, made.translations(held.words.get(held.facts.source_language, {})))
    wrote = {f"{WORDS_FOLDER}/{page.language}.toml": said}
    folder_writer.write_files(wrote, to)
    return ImportResult(tuple(wrote), f"{len(made.words)} texts", tuple(made.unplaced), tuple(made.differing))
