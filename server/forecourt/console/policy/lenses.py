"""The parts of a policy that are edited one at a time: how each is found, and put back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Generic, TypeVar

from forecourt.policy.model import Engagement, Entity, Facilities, Facts, Policy, Processor, Translation

T = TypeVar("T")
_Row = TypeVar("_Row", Entity, Engagement)


@dataclass(frozen=True)
class Lens(Generic[T]):
    """`of`: the part, None where it is not there. `put`: the policy with another in its place; None removes it."""

    of: Callable[[Policy], T | None]
    put: Callable[[Policy, T | None], Policy]


@dataclass(frozen=True)
class PolicySettings:
    """What `Facts` says of the page as a whole. The language it is written in and the date are not edited."""

    notes: tuple[str, ...]
    sections: tuple[str, ...]
    processor: Processor
    facilities: Facilities
    notice_days: int
    products: tuple[str, ...]
    accepted: tuple[str, ...]


@dataclass(frozen=True)
class EditedText:
    """A text, and of a translation how it came about."""

    text: str
    made: Translation | None = None


def general() -> Lens[PolicySettings]:
    return Lens(_general, _with_general)


def entity(name: str) -> Lens[Entity]:
    def put(policy: Policy, value: Entity | None) -> Policy:
        return _with_facts(policy, entities=_rows(policy.facts.entities, name, value))

    return Lens(lambda policy: _row(policy.facts.entities, name), put)


def engagement(name: str) -> Lens[Engagement]:
    def put(policy: Policy, value: Engagement | None) -> Policy:
        return _with_facts(policy, engagements=_rows(policy.facts.engagements, name, value))

    return Lens(lambda policy: _row(policy.facts.engagements, name), put)


def word(language: str, key: str) -> Lens[EditedText]:
    return Lens(
        lambda policy: _word(policy, language, key), lambda policy, value: _with_word(policy, language, key, value)
    )


def _general(policy: Policy) -> PolicySettings:
    return PolicySettings(**{each.name: getattr(policy.facts, each.name) for each in fields(PolicySettings)})


def _with_general(policy: Policy, value: PolicySettings | None) -> Policy:
    kept = value or _general(policy)  # nothing removes it
    return _with_facts(policy, **{each.name: getattr(kept, each.name) for each in fields(PolicySettings)})


def _with_facts(policy: Policy, **values: object) -> Policy:
    facts: Facts = replace(policy.facts, **values)  # type: ignore[arg-type] # the names are those of Facts' own fields
    return replace(policy, facts=facts)


def _row(rows: Iterable[_Row], name: str) -> _Row | None:
    return next((each for each in rows if each.id == name), None)


def _rows(rows: Iterable[_Row], name: str, value: _Row | None) -> tuple[_Row, ...]:
    kept = {each.id: each for each in rows if each.id != name}
    if value is not None:
        kept[name] = value
    return tuple(kept[each] for each in sorted(kept))


def _word(policy: Policy, language: str, key: str) -> EditedText | None:
    text = policy.words.get(language, {}).get(key)
    return None if text is None else EditedText(text, policy.translations.get(language, {}).get(key))


def _with_word(policy: Policy, language: str, key: str, value: EditedText | None) -> Policy:
    """A language without a text is none of the policy's."""
    words = _with(policy.words, language, key, value.text if value else None)
    made = _with(policy.translations, language, key, value.made if value else None)
    return replace(policy, words=words, translations=made)


_Value = TypeVar("_Value")


def _with(
    kept: dict[str, dict[str, _Value]], language: str, key: str, value: _Value | None
) -> dict[str, dict[str, _Value]]:
    texts = {name: each for name, each in kept.get(language, {}).items() if name != key}
    if value is not None:
        texts[key] = value
    made = kept | {language: dict(sorted(texts.items()))}
    return {name: made[name] for name in sorted(made) if made[name]}
