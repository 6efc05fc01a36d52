"""Names the parts of a policy for people: a text by what it is for, a finding by the thing that it is about."""

from forecourt import i18n
from forecourt.characters import to_printable
from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.entities import engagement_label
from forecourt.i18n import Words
from forecourt.policy.check import FACTS_FILE, Finding
from forecourt.policy.files.folder_reader import TRANSLATIONS
from forecourt.policy.model import Engagement

ELLIPSIS = "…"
_EXCERPT_LENGTH = 60  # characters of a text that names it


def text_label(state: DraftState, key: str, words: Words) -> str:
    """Returns what a text is for: "Service", or "Text of the section “Infrastructure”"; `key` where that is unknown."""
    kind, _, rest = key.partition(".")
    if kind != "section":
        return words.under("console.words.kind.").get(kind, key)
    name, _, part = rest.partition(".")
    if part not in ("title", "text"):
        return key
    title = state.label(f"section.{name}.title", words.locale) if part == "text" else name
    return words(f"console.words.section.{part}", title=title)


def named_text_label(state: DraftState, key: str, words: Words) -> str:
    """Returns what a text is for, and how it begins: "Service: Servers"."""
    label = text_label(state, key, words)
    if key.partition(".")[0] in ("title", "summary", "section"):
        return label
    return words("console.words.named", kind=label, text=excerpt(state.label(key, words.locale)))


def excerpt(text: str) -> str:
    """Returns how a text begins, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_LENGTH else line[:_EXCERPT_LENGTH].rstrip() + ELLIPSIS


def finding_sentence(state: DraftState, finding: Finding, words: Words) -> str:
    """Returns what is wrong, with the name of the company, service or text where `forecourt check` names a file."""
    place, remedy = _place(state, finding, words), finding.remedy
    text = words.under("console.finding.").get(remedy.key) or remedy(words)
    return words("console.finding_sentence", place=place, remedy=text) if place else text


def _place(state: DraftState, finding: Finding, words: Words) -> str:
    key = to_printable(finding.key)
    if finding.file == FACTS_FILE:
        return _place_in_facts(state, key, words)
    if not finding.file.startswith("words/"):
        return words("console.words.glossary")
    language = language_of(finding.file, words)
    key = key.removeprefix(f"{TRANSLATIONS}.")
    name = _only_company_with(state, key)
    if name:
        return words(f"console.text_of.{key.partition('.')[0]}", name=name, language=language)
    return words("console.finding_place", part=language, field=named_text_label(state, key, words)) if key else language


def _only_company_with(state: DraftState, key: str) -> str:
    """Returns the legal name of the one company whose service, purpose or place the text is; else an empty text."""
    kind, _, name = key.partition(".")
    if kind not in ("service", "purpose", "place"):
        return ""
    facts = state.policy.facts
    entities = {each.entity for each in facts.engagements if name in _text_names(each, kind)}
    return facts.entity(entities.pop()).legal_name if len(entities) == 1 else ""


def _text_names(engagement: Engagement, kind: str) -> set[str | None]:
    if kind == "place":
        return {location.place for location in engagement.locations}
    return {engagement.service if kind == "service" else engagement.purpose}


def _place_in_facts(state: DraftState, key: str, words: Words) -> str:
    facts = state.policy.facts
    table, _, rest = key.partition(".")
    name, _, path = rest.partition(".")
    engagement = next((each for each in facts.engagements if table == "engagements" and each.id == name), None)
    entity = next((each for each in facts.entities if table == "entities" and each.id == name), None)
    if engagement:
        part = engagement_label(state, engagement, words.locale)
    elif entity:
        part = entity.legal_name
    else:
        part, path = words("console.policy.tab.general"), key
    field = field_label(path, words)
    return words("console.finding_place", part=part, field=field) if field else part


def language_of(file: str, words: Words) -> str:
    """Returns the name of the language whose texts the file holds."""
    return i18n.language_name(file.removeprefix("words/").removesuffix(".toml"), words.locale)


def field_label(path: str, words: Words) -> str:
    """Returns the form's own label of a field: of the last part of its path that has one."""
    labels = words.under("console.field.")
    names = [name for name in path.split(".") if name in labels]
    return labels[names[-1]] if names else path
