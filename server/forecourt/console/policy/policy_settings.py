"""Edits what concerns the policy's page as a whole: whose it is, its notice period, the order of its sections."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.routing import Route

from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.forms import form_fields
from forecourt.console.policy.forms.edit_form import EditForm
from forecourt.console.policy.forms.form_fields import Fields, FormState
from forecourt.console.policy.forms.keys import is_key
from forecourt.console.policy.forms.lenses import Lens, PolicySettings, settings_lens
from forecourt.console.policy.forms.word_choices import NewWords
from forecourt.console.policy.text_labels import ELLIPSIS, excerpt
from forecourt.errors import Fault, Invalid
from forecourt.policy.importing.keys import KeyMaker
from forecourt.policy.model import Level, Policy
from forecourt.policy.stated_facts import PROCESSOR_FACTS

LONGEST_NOTICE = 365  # days
_TEXT_OF_KEY = {"notes": "note.{}", "sections": "section.{}.title", "products": "product.{}"}
"""Maps a list of keys to the text by which an editor knows each."""


@dataclass(frozen=True)
class EditedSettings:
    """Holds the settings, and the texts of what is new in their lists."""

    settings: PolicySettings
    words: NewWords = field(default_factory=NewWords)


class PolicySettingsEditForm(EditForm[EditedSettings]):
    template, tab, has_id, model = "policy_settings", "general", False, PolicySettings

    def routes(self) -> Sequence[Route]:
        return self._session.form_routes(self.tab, self.show, self.save)

    def lens(self, name: str) -> Lens[EditedSettings]:
        settings = settings_lens()

        def get(policy: Policy) -> EditedSettings | None:
            value = settings.get(policy)
            return EditedSettings(value) if value else None

        def put(policy: Policy, value: EditedSettings | None) -> Policy:
            return settings.put(value.words.put_into(policy), value.settings) if value else policy

        return Lens(get, put)

    def name_of(self, value: EditedSettings) -> str:
        return ""

    def options(self, state: DraftState, request: Request) -> Mapping[str, object]:
        facts = state.policy.facts
        return {"entities": facts.entities, "updated": facts.updated}

    def to_fields(self, value: EditedSettings, state: DraftState, request: Request) -> dict[str, list[str]]:
        """Shows the lists by what their texts say."""
        fields = form_fields.to_fields(value.settings)
        texts = state.policy.words.get(state.source, {})
        for name, template in _TEXT_OF_KEY.items():
            fields[name] = [excerpt(texts.get(template.format(key), key)) for key in fields.get(name, [])]
        return fields

    def read_entry(self, state: DraftState, request: Request, entry_fields: Fields) -> EditedSettings:
        """Finds the keys of the texts in the lists, and makes those of new ones."""
        words, fields = NewWords(), dict(entry_fields)
        for name, template in _TEXT_OF_KEY.items():
            fields[name] = _find_keys(state, FormState(fields).values(name), name, template, words)
        faults = [fault for name in _TEXT_OF_KEY for fault in _beginning_faults(name, fields[name], words)]
        if faults:
            raise Invalid(faults)
        return EditedSettings(form_fields.decode_fields(fields, PolicySettings), words)

    def faults(self, state: DraftState, value: EditedSettings, posted_fields: Fields) -> Iterator[Fault]:
        facts, settings = state.policy.facts, value.settings
        if settings.processor.entity not in {entity.id for entity in facts.entities}:
            yield Fault("processor.entity", "choice")
        if settings.level is Level.COMPLETE:
            missing_names = [name for name in PROCESSOR_FACTS if not getattr(settings.processor, name)]
            yield from (Fault(f"processor.{name}", "required") for name in missing_names)
        if settings.notice_days > LONGEST_NOTICE:
            yield Fault("notice_days", "at_most", {"limit": LONGEST_NOTICE})
        for name in _TEXT_OF_KEY:
            keys: tuple[str, ...] = getattr(settings, name)
            if not all(is_key(key) for key in keys):
                yield Fault(name, "key")
        if missing := sorted({engagement.kind for engagement in facts.engagements} - set(settings.sections)):
            titles = [state.label(f"section.{key}.title", state.source) for key in missing]
            yield Fault("sections", "section_used", {"names": ", ".join(titles)})


def _beginning_faults(name: str, keys: Sequence[str], words: NewWords) -> Iterator[Fault]:
    """Returns a fault for each new text that is the changed beginning of one that is there: the rest would be lost."""
    new_texts = [words.by_key.get(_TEXT_OF_KEY[name].format(key), {}) for key in keys]
    for text in (text for texts in new_texts for text in texts.values() if text.rstrip().endswith(ELLIPSIS)):
        yield Fault(name, "beginning_changed", {"text": text})


def _find_keys(state: DraftState, lines: Sequence[str], name: str, template: str, words: NewWords) -> list[str]:
    """Returns the key of each line: of the text that begins so, else a new one. A key stands for itself."""
    texts = state.policy.words.get(state.source, {})
    kind, _, part = template.partition(".{}")
    known_keys = {
        key.removeprefix(f"{kind}.").removesuffix(part)
        for key in texts
        if key.startswith(f"{kind}.") and key.endswith(part)
    } | set(getattr(state.policy.facts, name))
    key_by_text = {excerpt(texts.get(template.format(key), key)).casefold(): key for key in sorted(known_keys)}
    maker = KeyMaker(known_keys)
    keys = []
    for line in lines:
        key = key_by_text.get(excerpt(line).casefold()) or (line if line in known_keys else "")
        if not key:
            key = maker.key_of(line, kind)
            words.by_key[template.format(key)] = {state.source: line}
        keys.append(key)
    return list(dict.fromkeys(keys))
