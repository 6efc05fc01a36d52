"""Names the parts of a policy that are edited one at a time, and says how each is read and replaced."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Generic, TypeVar

from forecourt.policy.model import Engagement, Entity, Facilities, Facts, Level, Policy, Processor, Translation

T = TypeVar("T")
_Row = TypeVar("_Row", Entity, Engagement)
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Lens(Generic[T]):
    """Reads and replaces one part.

    `get` returns it, or None where it is not there. `put` returns the policy with another value in its place; None
    removes it.
    """

    get: Callable[[Policy], T | None]
    put: Callable[[Policy, T | None], Policy]


@dataclass(frozen=True)
class PolicySettings:
    """Holds what `Facts` says of the page as a whole. The source language and the date are not edited."""

    level: Level
    notes: tuple[str, ...]
    sections: tuple[str, ...]
    processor: Processor
    facilities: Facilities
    notice_days: int
    products: tuple[str, ...]
    accepted: tuple[str, ...]


@dataclass(frozen=True)
class EditedText:
    """Holds a text; a translation also says how it came about."""

    text: str
    translation: Translation | None = None


def settings_lens() -> Lens[PolicySettings]:
    return Lens(_settings, _with_settings)


def entity_lens(name: str) -> Lens[Entity]:
    def put(policy: Policy, value: Entity | None) -> Policy:
        return _with_facts(policy, entities=_with_row(policy.facts.entities, name, value))

    return Lens(lambda policy: _row(policy.facts.entities, name), put)


def engagement_lens(name: str) -> Lens[Engagement]:
    def put(policy: Policy, value: Engagement | None) -> Policy:
        return _with_facts(policy, engagements=_with_row(policy.facts.engagements, name, value))

    return Lens(lambda policy: _row(policy.facts.engagements, name), put)


def text_lens(language: str, key: str) -> Lens[EditedText]:
    return Lens(
        lambda policy: _text(policy, language, key), lambda policy, value: _with_text(policy, language, key, value)
    )


def _settings(policy: Policy) -> PolicySettings:
    return PolicySettings(**{field.name: getattr(policy.facts, field.name) for field in fields(PolicySettings)})


def _with_settings(policy: Policy, value: PolicySettings | None) -> Policy:
    settings = value or _settings(policy)  # they cannot be removed
    return _with_facts(policy, **{field.name: getattr(settings, field.name) for field in fields(PolicySettings)})


def _with_facts(policy: Policy, **values: object) -> Policy:
    facts: Facts = replace(policy.facts, **values)  # type: ignore[arg-type] # the names are those of Facts' own fields
    return replace(policy, facts=facts)


def _row(rows: Iterable[_Row], name: str) -> _Row | None:
    return next((row for row in rows if row.id == name), None)


def _with_row(rows: Iterable[_Row], name: str, value: _Row | None) -> tuple[_Row, ...]:
    by_id = {row.id: row for row in rows if row.id != name}
    if value is not None:
        by_id[name] = value
    return tuple(by_id[key] for key in sorted(by_id))


def _text(policy: Policy, language: str, key: str) -> EditedText | None:
    text = policy.words.get(language, {}).get(key)
    return None if text is None else EditedText(text, policy.translations.get(language, {}).get(key))


def _with_text(policy: Policy, language: str, key: str, value: EditedText | None) -> Policy:
    """Replaces one text. A language without any text is removed from the policy."""
    words = _with_entry(policy.words, language, key, value.text if value else None)
    translations = _with_entry(policy.translations, language, key, value.translation if value else None)
    return replace(policy, words=words, translations=translations)


def _with_entry(
    by_language: dict[str, dict[str, _Value]], language: str, key: str, value: _Value | None
) -> dict[str, dict[str, _Value]]:
    entries = {name: entry for name, entry in by_language.get(language, {}).items() if name != key}
    if value is not None:
        entries[key] = value
    changed = by_language | {language: dict(sorted(entries.items()))}
    return {name: changed[name] for name in sorted(changed) if changed[name]}
