"""Adds the texts of a page in another language to a policy. The facts stay; where the page's differ, a note says so."""

from dataclasses import replace
from itertools import chain

from forecourt.console.policy.importing.row_matching import match_rows
from forecourt.policy.importing.draft.existing_draft import (
    DraftEngagement,
    DraftEntity,
    DraftFacts,
    DraftMechanism,
    DraftPlace,
    ExistingDraft,
    ImportRecord,
)
from forecourt.policy.importing.draft.outline import Outline
from forecourt.policy.importing.draft.translation import to_translation
from forecourt.policy.importing.imported_policy import ImportedPolicy, limit_notes, to_note
from forecourt.policy.model import Engagement, Policy


def add_language(page: Outline, policy: Policy) -> ImportedPolicy:
    """Returns the policy with the texts of the page. A text that the language has already stays as it is."""
    translation = to_translation(page, _to_existing_draft(page, policy))
    source_texts = policy.words.get(policy.facts.source_language, {})
    old_texts, old_translations = policy.words.get(page.language, {}), policy.translations.get(page.language, {})
    new_texts = {key: text for key, text in translation.words.items() if key in source_texts and key not in old_texts}
    origins = {key: value for key, value in translation.translations(source_texts).items() if key in new_texts}
    words = policy.words | {page.language: dict(sorted((old_texts | new_texts).items()))}
    translations = policy.translations | {page.language: dict(sorted((old_translations | origins).items()))}
    notes = [*map(to_note, chain(translation.differing, translation.unplaced))]
    return ImportedPolicy(replace(policy, words=words, translations=translations), limit_notes(notes))


def _to_existing_draft(page: Outline, policy: Policy) -> ExistingDraft:
    """Returns the policy as import knows a draft, with its engagements in the order of the page's rows."""
    facts = policy.facts
    entities = {
        entity.id: DraftEntity(entity.legal_name, entity.address, entity.country, entity.contact)
        for entity in facts.entities
    }
    engagements = {each.id: _to_draft_engagement(each) for each in facts.engagements}
    record = ImportRecord(list(facts.sections), match_rows(page.tables, facts))
    return ExistingDraft(DraftFacts(facts.source_language, facts.updated, entities, engagements), record, policy.words)


def _to_draft_engagement(engagement: Engagement) -> DraftEngagement:
    return DraftEngagement(
        service=engagement.service or None,
        purpose=engagement.purpose or None,
        entity=engagement.entity,
        kind=engagement.kind,
        audiences=list(engagement.audiences),
        locations=[DraftPlace(location.country, location.place) for location in engagement.locations],
        data=list(engagement.data),
        subjects=list(engagement.subjects),
        mechanism=DraftMechanism(engagement.mechanism.kind if engagement.mechanism else ""),
        effective=engagement.effective,
    )
