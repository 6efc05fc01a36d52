"""This module knows which facts a complete policy states (R1), and counts those that a listed one still lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forecourt.policy.model import Engagement, Entity, Facts, Level, Processor

PROCESSOR_FACTS = ("service", "host", "contact")
ENTITY_FACTS = ("legal_name", "address", "country", "contact")
ENGAGEMENT_FACTS = (
    *("service", "purpose", "relation", "audiences", "locations"),
    *("data", "subjects", "mechanism", "effective"),
)
_NEEDED_ALWAYS = frozenset({"legal_name", "purpose", "locations"})
_ADDED_LATER: dict[str, object] = {"locations_not_stated": False}  # fields that releases of before 0.4 do not have


@dataclass(frozen=True, slots=True)
class FactCount:
    """Counts the facts of R1. `missing` are the keys of those in `facts.toml` that are not stated."""

    total: int
    missing: tuple[str, ...]

    @property
    def stated_count(self) -> int:
        return self.total - len(self.missing)


def count_facts(facts: Facts) -> FactCount:
    keys = dict(_list_facts(facts))
    return FactCount(len(keys), tuple(key for key, value in keys.items() if not value))


def count_listed_facts(facts: Facts) -> FactCount | None:
    """Returns the count of a listed policy. A complete one states every fact, which its check sees to."""
    return count_facts(facts) if facts.level is Level.LISTED else None


def is_optional(facts: Facts, name: str) -> bool:
    """Checks whether the policy may leave the fact blank at its level."""
    return facts.level is Level.LISTED and name not in _NEEDED_ALWAYS


def without_missing(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Returns facts, as `msgspec.to_builtins` makes them, without what is not stated.

    A complete policy states all of it, so that its hash is what it was before there were levels.
    """
    complete = {"level": Level.COMPLETE.value}
    return {
        **{key: value for key, value in facts.items() if complete.get(key) != value},
        "processor": _drop_missing(facts["processor"], PROCESSOR_FACTS),
        "entities": [_drop_missing(entity, ENTITY_FACTS) for entity in facts["entities"]],
        "engagements": [without_missing_facts(engagement) for engagement in facts["engagements"]],
    }


def without_missing_facts(engagement: Mapping[str, Any]) -> dict[str, Any]:
    """Returns one engagement, as `msgspec.to_builtins` makes it, without what is not stated."""
    return _drop_missing(engagement, ENGAGEMENT_FACTS)


def _drop_missing(record: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {
        key: value
        for key, value in record.items()
        if (value or key not in names) and not (key in _ADDED_LATER and value == _ADDED_LATER[key])
    }


def _list_facts(facts: Facts) -> Iterator[tuple[str, object]]:
    """Yields the key of each fact of R1, and its value."""
    yield from _list_of_record("processor", facts.processor, PROCESSOR_FACTS)
    for entity in facts.entities:
        yield from _list_of_record(f"entities.{entity.id}", entity, ENTITY_FACTS)
    for engagement in facts.engagements:
        yield from _list_of_record(f"engagements.{engagement.id}", engagement, ENGAGEMENT_FACTS)


def _list_of_record(
    place: str, record: Processor | Entity | Engagement, names: tuple[str, ...]
) -> Iterator[tuple[str, object]]:
    return ((f"{place}.{name}", getattr(record, name)) for name in names)
