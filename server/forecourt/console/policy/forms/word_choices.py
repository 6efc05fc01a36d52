"""Finds and adds the texts of a policy by what they say, in every language of the site, and makes their keys."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.forms.form_fields import Fields, first_value
from forecourt.errors import Fault
from forecourt.policy.importing.keys import KeyMaker
from forecourt.policy.model import Policy, Translation, TranslationState
from forecourt.policy.word_keys import source_hash

T = TypeVar("T")
Texts = Mapping[str, str]


@dataclass(frozen=True)
class WordChoice:
    """Holds one text of a kind by its key. `texts`: language -> text."""

    key: str
    texts: Texts


@dataclass
class NewWords:
    """Collects the texts that a form changes: key of the policy's words -> language -> text, empty where removed."""

    by_key: dict[str, dict[str, str]] = field(default_factory=dict)

    def merge_with(self, policy: Policy, keys: Iterable[str] = ()) -> dict[str, Texts]:
        """Returns what these keys and the changed ones say, in every language, once the form is saved."""
        texts_by_key = texts_of_keys(policy, {*keys, *self.by_key})
        merged = {key: texts | self.by_key.get(key, {}) for key, texts in texts_by_key.items()}
        return {key: {language: text for language, text in texts.items() if text} for key, texts in merged.items()}

    def put_into(self, policy: Policy) -> Policy:
        return put_texts(policy, self.merge_with(policy))


def texts_of_keys(policy: Policy, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """Returns what these keys say: key of the policy's words -> language -> text."""
    return {key: {language: texts[key] for language, texts in policy.words.items() if key in texts} for key in keys}


def put_texts(policy: Policy, texts_by_key: Mapping[str, Texts]) -> Policy:
    """Returns the policy in which each key says just this. Whoever typed a translation stands behind it."""
    source = policy.facts.source_language
    words, translations = _copy_entries(policy.words), _copy_entries(policy.translations)
    for key, texts in texts_by_key.items():
        reviewed = Translation(TranslationState.REVIEWED, source_hash(texts.get(source, "")))
        for language in {*words, *texts}:
            text = texts.get(language, "")
            if text != words.get(language, {}).get(key, ""):
                _put_entry(words, language, key, text or None)
                _put_entry(translations, language, key, reviewed if text and language != source else None)
    return replace(policy, words=_sort_entries(words), translations=_sort_entries(translations))


def _copy_entries(by_language: Mapping[str, Mapping[str, T]]) -> dict[str, dict[str, T]]:
    return {language: dict(entries) for language, entries in by_language.items()}


def _put_entry(by_language: dict[str, dict[str, T]], language: str, key: str, value: T | None) -> None:
    entries = by_language.setdefault(language, {})
    if value is None:
        entries.pop(key, None)
    else:
        entries[key] = value


def _sort_entries(by_language: Mapping[str, Mapping[str, T]]) -> dict[str, dict[str, T]]:
    """Returns the entries in the order of languages and keys, without languages that have none."""
    return {language: dict(sorted(entries.items())) for language, entries in sorted(by_language.items()) if entries}


def site_languages(state: DraftState) -> tuple[str, ...]:
    """Returns the languages that a text is written in: the source language first, then the site's others."""
    return (state.source, *(locale for locale in state.site.locales if locale != state.source))


def list_choices(state: DraftState, kind: str) -> list[WordChoice]:
    """Returns the texts of one kind (`service`, `data`, ...), ordered by what they say in the source language."""
    words, prefix = state.policy.words, f"{kind}."
    languages = site_languages(state)
    keys = [key for key in words.get(state.source, {}) if key.startswith(prefix)]
    choices = [
        WordChoice(
            key.removeprefix(prefix),
            {language: words[language][key] for language in languages if key in words.get(language, {})},
        )
        for key in keys
    ]
    return sorted(choices, key=lambda choice: choice.texts.get(state.source, ""))


def text_fields(state: DraftState, kind: str, name: str, key: str | None) -> dict[str, list[str]]:
    """Returns the fields of a form that show the text with this key: `service.en`, `service.nb`."""
    words = state.policy.words
    texts = {language: words.get(language, {}).get(f"{kind}.{key}", "") for language in site_languages(state)}
    return {f"{name}.{language}": [text] for language, text in texts.items()} if key else {}


class WordResolver:
    """Finds the keys of the texts that a form names, and makes those of texts that are new.

    `faults` collects what is wrong with a text, each at the field that has it. `shared_keys` names the texts, by key of
    the policy's words, that others use too.
    """

    def __init__(self, state: DraftState, shared_keys: Collection[str]):
        self._state, self._shared_keys, self.new_words = state, shared_keys, NewWords()
        self.faults: list[Fault] = []
        self._languages = site_languages(state)
        self._makers: dict[str, KeyMaker] = {}
        self._choices: dict[str, list[WordChoice]] = {}

    def resolve(self, kind: str, posted_fields: Fields, name: str, current_key: str | None = None) -> str:
        """Returns the key of the text that `name.LANGUAGE` has; empty where nothing was typed.

        `current_key` is preferred where two texts read alike, and its translations may be typed anew where nothing else
        uses it. Of another text that is there, a form adds the languages that are missing. A text that is new in the
        source language is another text, with a key of its own.
        """
        typed_texts = {
            language: _one_line(first_value(posted_fields, f"{name}.{language}")) for language in self._languages
        }
        typed_texts = {language: text for language, text in typed_texts.items() if text}
        if not typed_texts:
            return ""
        choice = self._find_choice(kind, typed_texts, current_key)
        if choice is None:
            return self._add(kind, name, typed_texts)
        if choice.key == current_key:
            changes = self._changes_of_current(choice, posted_fields, name)
        else:
            changes = _changed_texts(choice, typed_texts)
        if choice.key != current_key or f"{kind}.{choice.key}" in self._shared_keys:
            changes = self._additions(name, choice, changes)
        if changes:
            self.new_words.by_key.setdefault(f"{kind}.{choice.key}", {}).update(changes)
        return choice.key

    def resolve_rows(self, kind: str, posted_fields: Fields, name: str) -> Iterator[str]:
        """Yields the keys of the texts in rows `name.0.LANGUAGE`, `name.1.LANGUAGE`."""
        rows = {key.split(".")[1] for key in posted_fields if key.startswith(f"{name}.") and key.count(".") == 2}
        for row in sorted(rows, key=lambda number: (len(number), number)):
            if key := self.resolve(kind, posted_fields, f"{name}.{row}"):
                yield key

    def _changes_of_current(self, choice: WordChoice, posted_fields: Fields, name: str) -> dict[str, str]:
        """Returns what was typed anew; empty for a translation that was cleared."""
        fields = {
            language: f"{name}.{language}" for language in self._languages if f"{name}.{language}" in posted_fields
        }
        texts = {language: _one_line(first_value(posted_fields, field)) for language, field in fields.items()}
        if texts.get(self._state.source) == "":
            self.faults.append(Fault(f"{name}.{self._state.source}", "source_language"))
        return {language: text for language, text in texts.items() if text != choice.texts.get(language, "")}

    def _additions(self, name: str, choice: WordChoice, changes: Texts) -> dict[str, str]:
        """Returns the translations that the text lacks. Another one is refused: it would change what others use."""
        for language in changes.keys() & choice.texts.keys():
            self.faults.append(Fault(f"{name}.{language}", "other_translation", {"text": choice.texts[language]}))
        return {language: text for language, text in changes.items() if language not in choice.texts}

    def _find_choice(self, kind: str, typed_texts: Texts, current_key: str | None) -> WordChoice | None:
        if kind not in self._choices:
            self._choices[kind] = list_choices(self._state, kind)
        choices = sorted(self._choices[kind], key=lambda choice: choice.key != current_key)
        source = self._state.source
        languages: Sequence[str] = [source] if source in typed_texts else list(typed_texts)
        return next((choice for choice in choices if _reads_alike(choice, typed_texts, languages)), None)

    def _add(self, kind: str, name: str, typed_texts: Texts) -> str:
        if self._state.source not in typed_texts:
            self.faults.append(Fault(f"{name}.{self._state.source}", "source_language"))
        text = typed_texts.get(self._state.source) or next(iter(typed_texts.values()))
        maker = self._makers.setdefault(kind, KeyMaker(_used_keys(self._state.policy, kind)))
        key = maker.key_of(text, kind)
        self.new_words.by_key.setdefault(f"{kind}.{key}", {}).update(typed_texts)
        return key


def _changed_texts(choice: WordChoice, texts: Texts) -> dict[str, str]:
    """Returns those of `texts` that read otherwise in the choice, or that it lacks."""
    return {tag: text for tag, text in texts.items() if _fold(choice.texts.get(tag, "")) != _fold(text)}


def _reads_alike(choice: WordChoice, typed_texts: Texts, languages: Sequence[str]) -> bool:
    return any(_fold(choice.texts.get(language, "")) == _fold(typed_texts[language]) for language in languages)


def _used_keys(policy: Policy, kind: str) -> set[str]:
    prefix = f"{kind}."
    return {key.removeprefix(prefix) for texts in policy.words.values() for key in texts if key.startswith(prefix)}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fold(text: str) -> str:
    return _one_line(text).casefold()
