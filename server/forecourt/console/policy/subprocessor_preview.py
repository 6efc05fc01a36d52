"""Renders a subprocessor's row as the page would show it, while the form about it is still being filled in."""

import re
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from forecourt import clock, i18n
from forecourt.console.policy.draft_review import draft_edition
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.forms.form_fields import decode_fields, first_value
from forecourt.console.policy.forms.word_choices import NewWords, site_languages
from forecourt.console.policy.subprocessor import Subprocessor, SubprocessorReader, subprocessor_lens
from forecourt.console.policy.text_labels import ELLIPSIS
from forecourt.email_address import to_mailbox
from forecourt.errors import Invalid
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.hosted import policy_page
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Engagement, Entity, Level

_BLANK = "blank"  # the key of a text that is not written yet
_NEEDED_ALWAYS = dict.fromkeys(("purpose", "kind", "entity"), _BLANK)
_NEEDED_WHEN_COMPLETE = {
    "service": _BLANK,
    "relation": "third_party",
    "mechanism.kind": "none",
    "audiences": "all",
}


@dataclass(frozen=True)
class PreviewRow:
    """Holds the row in one language. `day`: from which it reads so, where that is to come."""

    language: str
    direction: str
    html: Markup
    day: date | None


def render_rows(state: DraftState, reader: SubprocessorReader) -> list[PreviewRow]:
    """Returns the row in each language of the site; none where nothing is typed that could be shown."""
    if not reader.has_text:
        return []
    value = _read_what_is_there(state, reader)
    if value is None:
        return []
    policy, now = subprocessor_lens(value.id).put(state.policy, value), clock.now()
    draft = (state.draft or PolicyDraft.from_release(state.release, "", now)).with_policy(policy, "", now)
    edition = draft_edition(replace(state, draft=draft))
    if day := _day_of_change(state, value.engagement):
        edition = replace(edition, day=day)
    rows = [(each, _render_row(LocalizedEdition(edition, each), value.id)) for each in site_languages(state)]
    return [PreviewRow(language, i18n.direction(language), html, day) for language, html in rows if html]


def _day_of_change(state: DraftState, engagement: Engagement) -> date | None:
    """Returns the day from which a published service reads so; until then, the page shows the version in force."""
    is_published = engagement.id in {each.id for each in state.release.policy.facts.engagements}
    return engagement.first_day if is_published and engagement.first_day > state.edition.day else None


def _render_row(edition: LocalizedEdition, engagement: str) -> Markup:
    """Renders the row unfolded, without the ids that the same row has in another language; empty where it has ended."""
    html = policy_page.render_company(edition, engagement)
    unfolded = re.sub(r' id="[^"]*"', "", html).replace("<details>", "<details open>")
    return Markup(unfolded)  # noqa: S704 - our template's


def _read_what_is_there(state: DraftState, reader: SubprocessorReader) -> Subprocessor | None:
    """Returns the form's value, with what is missing or wrong left blank."""
    fields, company = reader.resolve()
    fields = _without_unknown_countries(fields)
    fields["products"] = [name for name in fields.get("products", []) if name in state.policy.facts.products]
    fields |= {name: [default] for name, default in _defaults(state).items() if not first_value(fields, name)}
    entity = first_value(fields, "entity")
    if company is None and entity not in {each.id for each in state.policy.facts.entities}:
        address, contact = reader.company_field("address"), to_mailbox(reader.company_field("contact")) or ""
        company = Entity(entity, reader.company_name or ELLIPSIS, address or ELLIPSIS, "", contact)
    engagement = _decode_what_is_right(fields, state)
    if engagement is None:
        return None
    return Subprocessor.from_engagement(state.policy, engagement, _fill_blanks(state, reader.new_words), company)


def _decode_what_is_right(fields: dict[str, list[str]], state: DraftState) -> Engagement | None:
    """Returns the engagement, with a default in place of each field that is wrong."""
    try:
        return decode_fields(fields, Engagement)
    except Invalid as error:
        wrong_paths = tuple(fault.path for fault in error.faults if fault.path)
    right_fields = {name: texts for name, texts in fields.items() if not name.startswith(wrong_paths)}
    try:
        return decode_fields(_complete(right_fields, state), Engagement)
    except Invalid:
        return None


def _without_unknown_countries(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Returns the fields without the rows whose country has no name that could be shown."""
    countries = [name for name in fields if name.startswith(("locations.", "chain.")) and name.endswith(".country")]
    unknown = [name for name in countries if first_value(fields, name) not in country_codes()]
    rows = tuple(name.removesuffix("country") for name in unknown)
    return {name: texts for name, texts in fields.items() if not name.startswith(rows)}


def _complete(fields: dict[str, list[str]], state: DraftState) -> dict[str, list[str]]:
    """Returns the fields with a default in place of each that is missing."""
    defaults = _defaults(state)
    if state.policy.facts.level is Level.COMPLETE:
        defaults["effective"] = state.edition.day.isoformat()
    return {name: [default] for name, default in defaults.items()} | fields


def _defaults(state: DraftState) -> dict[str, str]:
    """Returns what stands for a field that is not filled in: for all that the policy has to state at its level."""
    return _NEEDED_ALWAYS | (_NEEDED_WHEN_COMPLETE if state.policy.facts.level is Level.COMPLETE else {})


def _fill_blanks(state: DraftState, words: NewWords) -> NewWords:
    """Returns the texts that were typed, with dots where one is missing that the row shows."""
    dots = dict.fromkeys(site_languages(state), ELLIPSIS)
    blanks = {f"{kind}.{_BLANK}": dots for kind in ("service", "purpose")}
    source_texts = state.policy.words.get(state.source, {})
    typed_texts = {
        key: texts if key in source_texts or state.source in texts else {state.source: ELLIPSIS, **texts}
        for key, texts in words.by_key.items()
    }
    return NewWords({**blanks, **typed_texts})
