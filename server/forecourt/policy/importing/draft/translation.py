"""Reads the page in another language. Its words go to the same places; where its facts differ, that is listed."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from forecourt.policy.importing.draft.braces import keep_braces, list_braces
from forecourt.policy.importing.draft.existing_draft import DraftEngagement, ExistingDraft
from forecourt.policy.importing.draft.outline import Outline, Section
from forecourt.policy.importing.keys import to_letters
from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.tables.rows import ImportedRow
from forecourt.policy.model import Translation, TranslationState
from forecourt.policy.word_keys import source_hash


@dataclass
class ImportedTranslation:
    """Gathers the words of the page. `differing` lists facts that the draft has otherwise; the draft keeps its own."""

    words: dict[str, str] = field(default_factory=dict)
    unplaced: list[UnplacedContent] = field(default_factory=list)
    differing: list[UnplacedContent] = field(default_factory=list)

    def translations(self, texts: dict[str, str]) -> dict[str, Translation]:
        """Returns how each text came about. Nobody has compared them with the source's `texts`: none is reviewed."""
        return {
            key: Translation(TranslationState.MACHINE, source_hash(texts[key])) for key in self.words if key in texts
        }

    def place(self, place: PagePlace, key: str, text: str) -> None:
        if text and self.words.setdefault(key, text) != text:
            self.miss(place, remark(RemarkKind.WORD_DIFFERS, text=text, other=self.words[key]))

    def miss(self, place: PagePlace, why: Remark) -> None:
        self.unplaced.append(UnplacedContent(place, why))

    def compare(self, place: PagePlace, fact: str, own_value: object, other_value: object) -> None:
        """Lists a difference, unless the page says nothing there. `fact` is what the remark has a text for."""
        if own_value and own_value != other_value:
            why = remark(RemarkKind.FACT_BLANK, fact, text=str(own_value))
            if other_value:
                why = remark(RemarkKind.FACT_DIFFERS, fact, text=str(own_value), other=str(other_value))
            self.differing.append(UnplacedContent(place, why))


def to_translation(page: Outline, draft: ExistingDraft) -> ImportedTranslation:
    translation = ImportedTranslation(unplaced=list(page.unplaced))
    whole_page = PagePlace(PagePart.PAGE)
    translation.place(whole_page, "title", page.title)
    translation.place(whole_page, "summary", page.summary)
    translation.compare(whole_page, "updated", page.updated, draft.facts.updated)
    _translate_sections(page.sections, draft, translation)
    if len(page.tables) != len(draft.record.tables):
        counts = {"here": len(page.tables), "there": len(draft.record.tables)}
        translation.miss(whole_page, remark(RemarkKind.TABLE_COUNT, **counts))
    for ids, rows in zip(draft.record.tables, page.tables, strict=False):
        _translate_table(ids, rows, draft, translation)
    translation.unplaced += list_braces(translation.words)
    translation.words = keep_braces(translation.words)
    return translation


def _translate_sections(sections: Sequence[Section], draft: ExistingDraft, translation: ImportedTranslation) -> None:
    """Pairs the sections in order. Where their numbers differ, the ones with tables keep the others in place."""
    keys, kinds = draft.record.sections, {each.kind for each in draft.facts.engagements.values()}
    pairs = dict(_align([bool(each.tables) for each in sections], [key in kinds for key in keys]))
    for index, section in enumerate(sections):
        if index in pairs:
            _translate_section(keys[pairs[index]], section, translation)
        else:
            section_place = PagePlace(PagePart.SECTION, section.title)
            translation.miss(section_place, remark(RemarkKind.COUNTERPART_MISSING, "in_draft"))
    for index in sorted(set(range(len(keys))) - set(pairs.values())):
        place = PagePlace(PagePart.SECTION_OF_DRAFT, keys[index])
        translation.miss(place, remark(RemarkKind.COUNTERPART_MISSING, "on_page"))


def _translate_section(key: str, section: Section, translation: ImportedTranslation) -> None:
    place = PagePlace(PagePart.SECTION_OF_DRAFT, key)
    translation.place(place, f"section.{key}.title", section.title)
    translation.place(place, f"section.{key}.text", section.prose)
    if section.tables:
        translation.place(place, f"table.{key}", section.caption or section.title)


def _translate_table(
    ids: Sequence[str], rows: Sequence[ImportedRow], draft: ExistingDraft, translation: ImportedTranslation
) -> None:
    """Pairs the rows in order. Where their numbers differ, the companies' names decide: no language changes them."""
    engagements = [draft.facts.engagements.get(each, DraftEngagement()) for each in ids]
    names = [to_letters(draft.facts.entity_of(each).legal_name) for each in engagements]
    pairs = dict(_align([to_letters(row.entity) for row in rows], names))
    for index, row in enumerate(rows):
        if index in pairs:
            _translate_row(engagements[pairs[index]], row, draft, translation)
        else:
            translation.miss(row.where, remark(RemarkKind.ROW_UNMATCHED, text=row.entity or row.service))
    for index in sorted(set(range(len(ids))) - set(pairs.values())):
        place = PagePlace(PagePart.ROW_OF_DRAFT, ids[index])
        translation.miss(place, remark(RemarkKind.COUNTERPART_MISSING, "on_page"))


def _align(old_values: Sequence[Hashable], new_values: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    if len(old_values) == len(new_values):
        return ((offset, offset) for offset in range(len(old_values)))
    blocks = SequenceMatcher(None, old_values, new_values, autojunk=False).get_matching_blocks()
    return ((block.a + offset, block.b + offset) for block in blocks for offset in range(block.size))


def _translate_row(
    engagement: DraftEngagement, row: ImportedRow, draft: ExistingDraft, translation: ImportedTranslation
) -> None:
    if row.is_blank:
        return
    _translate_texts(engagement, _match_service(engagement, row), translation)
    entity = draft.facts.entity_of(engagement)
    for fact, own_value, other_value in (
        ("entity", row.entity, entity.legal_name),
        ("address", row.address, entity.address),
        ("seat", row.seat, entity.country),
        ("contact", row.contact, entity.contact),
        (
            "locations",
            _joined_codes(location.country for location in row.locations),
            _joined_codes(location.country for location in engagement.locations),
        ),
        ("audiences", _joined_codes(row.audiences), _joined_codes(engagement.audiences)),
        ("mechanism", row.mechanism or "", engagement.mechanism.kind),
        ("effective", row.effective, engagement.effective),
    ):
        translation.compare(row.where, fact, own_value, other_value)


def _match_service(engagement: DraftEngagement, row: ImportedRow) -> ImportedRow:
    """Returns the row with its service as the purpose, or the other way round, where the draft has it so.

    Whether a column of services says what is done is guessed by its words, and those differ between languages.
    """
    is_purpose = bool(engagement.purpose) and not engagement.service and row.service and not row.purpose
    is_service = bool(engagement.service) and not engagement.purpose and row.purpose and not row.service
    return replace(row, service=row.purpose, purpose=row.service) if is_purpose or is_service else row


def _translate_texts(engagement: DraftEngagement, row: ImportedRow, translation: ImportedTranslation) -> None:
    places_by_country = {each.country: each.place for each in engagement.locations}
    locations_with_place = [each for each in row.locations if each.place]
    for group, keys, texts in (
        ("service", [engagement.service], [row.service]),
        ("purpose", [engagement.purpose], [row.purpose]),
        ("data", engagement.data, row.data),
        ("subject", engagement.subjects, row.subjects),
        (
            "place",
            [places_by_country.get(each.country) for each in locations_with_place],
            [each.place for each in locations_with_place],
        ),
    ):
        if not any(texts):
            continue
        if len(keys) != len(texts) or None in keys:
            translation.miss(row.where, remark(RemarkKind.TEXTS_UNMATCHED, group, text="; ".join(texts)))
            continue
        for key, text in zip(keys, texts, strict=True):
            translation.place(row.where, f"{group}.{key}", text)


def _joined_codes(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))
