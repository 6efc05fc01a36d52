"""Finds and adds the texts of a policy by what they say, in every language of the site, and makes their keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from forecourt.console.policy.draft_session import DraftState
from forecourt.console.policy.forms.form_fields import Fields, first_value
from forecourt.console.policy.forms.lenses import EditedText, text_lens
from forecourt.policy.importing.keys import KeyMaker
from forecourt.policy.localization.word_keys import source_hash
from forecourt.policy.model import Policy, Translation, TranslationState

Texts = Mapping[str, str]


@dataclass(frozen=True)
class WordChoice:
    """Holds one text of a kind by its key. `texts`: language -> text."""

    key: str
    texts: Texts


@dataclass
class NewWords:
    """Collects the texts that a form adds: key of the policy's words -> language -> text."""

    by_key: dict[str, dict[str, str]] = field(default_factory=dict)

    def put_into(self, policy: Policy) -> Policy:
        """Returns the policy with these texts. Whoever typed a translation stands behind it."""
        source = policy.facts.source_language
        for key, texts in self.by_key.items():
            source_text = texts.get(source) or policy.words.get(source, {}).get(key, "")
            for language, text in texts.items():
                translation = Translation(TranslationState.REVIEWED, source_hash(source_text))
                edited = EditedText(text, None if language == source else translation)
                policy = text_lens(language, key).put(policy, edited)
        return policy


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
    """Finds the keys of the texts that a form names, and makes those of texts that are new."""

    def __init__(self, state: DraftState):
        self._state, self.new_words = state, NewWords()
        self._languages = site_languages(state)
        self._makers: dict[str, KeyMaker] = {}

    def resolve(self, kind: str, posted_fields: Fields, name: str, current_key: str | None = None) -> str:
        """Returns the key of the text that `name.LANGUAGE` has; empty where nothing was typed.

        `current_key` is preferred where two texts read alike. A text that is there in one language gets what was typed
        in another. A text that is new in the source language is another text, with a key of its own.
        """
        typed_texts = {
            language: _one_line(first_value(posted_fields, f"{name}.{language}")) for language in self._languages
        }
        typed_texts = {language: text for language, text in typed_texts.items() if text}
        if not typed_texts:
            return ""
        choice = self._find_choice(kind, typed_texts, current_key)
        if choice is None:
            return self._add(kind, typed_texts)
        changed = {
            language: text
            for language, text in typed_texts.items()
            if _fold(choice.texts.get(language, "")) != _fold(text)
        }
        if changed:
            self.new_words.by_key.setdefault(f"{kind}.{choice.key}", {}).update(changed)
        return choice.key

    def resolve_rows(self, kind: str, posted_fields: Fields, name: str) -> Iterator[str]:
        """Yields the keys of the texts in rows `name.0.LANGUAGE`, `name.1.LANGUAGE`."""
        rows = {key.split(".")[1] for key in posted_fields if key.startswith(f"{name}.") and key.count(".") == 2}
        for row in sorted(rows, key=lambda number: (len(number), number)):
            if key := self.resolve(kind, posted_fields, f"{name}.{row}"):
                yield key

    def is_without_source(self, kind: str, key: str) -> bool:
        """Checks whether a new text lacks the source language, which every text has to have."""
        texts = self.new_words.by_key.get(f"{kind}.{key}")
        is_known = f"{kind}.{key}" in self._state.policy.words.get(self._state.source, {})
        return texts is not None and self._state.source not in texts and not is_known

    def _find_choice(self, kind: str, typed_texts: Texts, current_key: str | None) -> WordChoice | None:
        choices = list_choices(self._state, kind)
        choices.sort(key=lambda choice: choice.key != current_key)
        source = self._state.source
        languages: Sequence[str] = [source] if source in typed_texts else list(typed_texts)
        return next((choice for choice in choices if _reads_alike(choice, typed_texts, languages)), None)

    def _add(self, kind: str, typed_texts: Texts) -> str:
        name = typed_texts.get(self._state.source) or next(iter(typed_texts.values()))
        maker = self._makers.setdefault(kind, KeyMaker(_used_keys(self._state.policy, kind)))
        key = maker.key_of(name, kind)
        self.new_words.by_key.setdefault(f"{kind}.{key}", {}).update(typed_texts)
        return key


def _reads_alike(choice: WordChoice, typed_texts: Texts, languages: Sequence[str]) -> bool:
    return any(_fold(choice.texts.get(language, "")) == _fold(typed_texts[language]) for language in languages)


def _used_keys(policy: Policy, kind: str) -> set[str]:
    prefix = f"{kind}."
    return {key.removeprefix(prefix) for texts in policy.words.values() for key in texts if key.startswith(prefix)}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fold(text: str) -> str:
    return _one_line(text).casefold()
