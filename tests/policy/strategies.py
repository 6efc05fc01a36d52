"""Makes policies with hypothesis: the sample with engagements, entities and words added, changed and removed."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from forecourt.policy.model import (
    AiUse,
    Audience,
    Basis,
    Engagement,
    Entity,
    Facts,
    Level,
    Location,
    Mechanism,
    Policy,
    Processor,
    Relation,
    Role,
    SubSubprocessor,
    Translation,
    TranslationState,
)
from tests.policy.sample import policy

DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
KEYS = st.sampled_from(("one", "two", "three", "four"))


def keys(least: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(KEYS, min_size=least, max_size=3, unique=True).map(lambda engagements: tuple(sorted(engagements)))


LOCATIONS = st.builds(Location, st.sampled_from(("DE", "FR", "US", "SG")), st.none() | KEYS, role=st.sampled_from(Role))
ENTITIES = st.builds(
    Entity, KEYS, TEXTS, TEXTS, st.sampled_from(("DE", "US")), st.just("privacy@example.com"), st.just(())
)
ENGAGEMENTS = st.builds(
    Engagement,
    id=st.sampled_from([f"e{number}" for number in range(8)]),
    service=KEYS,
    purpose=KEYS,
    entity=KEYS,
    kind=st.sampled_from(("infrastructure", "support")),
    relation=st.sampled_from(Relation),
    audiences=st.lists(st.sampled_from(Audience), min_size=1, max_size=3, unique=True).map(tuple),
    locations=st.lists(LOCATIONS, min_size=1, max_size=3).map(tuple),
    data=keys(),
    subjects=keys(),
    mechanism=st.builds(Mechanism, st.sampled_from(Basis), st.none() | TEXTS),
    effective=DAYS,
    objection_until=st.none() | DAYS,
    removed=st.none() | DAYS,
    certificates=keys(0),
    chain=st.lists(st.builds(SubSubprocessor, TEXTS, st.just("DE")), max_size=2).map(tuple),
    chain_link=st.none() | st.just("https://example.com/chain"),
    products=keys(0),
    optional=st.booleans(),
    ai=st.sampled_from(AiUse),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draws policies of the right types, sorted as files are read. Not all of them are fit to release."""
    engagements = draw(st.lists(ENGAGEMENTS, max_size=6, unique_by=lambda each: each.id))
    entities_by_id = draw(st.fixed_dictionaries(dict.fromkeys(("one", "two", "three", "four"), ENTITIES)))
    entities = [replace(each, id=key) for key, each in entities_by_id.items()]
    facts: Facts = replace(
        policy().facts,
        updated=draw(DAYS),
        entities=tuple(sorted([*entities, policy().facts.entity("quality-unit")], key=lambda each: each.id)),
        engagements=tuple(sorted(engagements, key=lambda each: each.id)),
        products=draw(keys(0)),
        notice_days=draw(st.integers(0, 60)),
    )
    languages = draw(st.lists(st.sampled_from(("en", "nb", "de")), unique=True))
    words = {language: draw(st.dictionaries(KEYS, TEXTS, max_size=4)) for language in languages}
    fields = {
        language: draw(
            st.dictionaries(KEYS, st.builds(Translation, st.sampled_from(TranslationState), st.just("0" * 16)))
        )
        for language in languages
    }
    return Policy(facts, words, fields)


_MISSING = st.sets(st.sampled_from(["service", "relation", "audiences", "data", "subjects", "mechanism", "effective"]))
_BLANKS = {"service": "", "relation": None, "mechanism": None, "effective": None}


@st.composite
def listed_policies(draw: st.DrawFn) -> Policy:
    """Draws policies of the level `listed` that lack any of what they need not state."""
    complete = draw(policies())
    engagements, entities = [], []
    for engagement in complete.facts.engagements:
        blanks: dict[str, Any] = {name: _BLANKS.get(name, ()) for name in draw(_MISSING)}
        places: dict[str, Any] = draw(st.sampled_from([{}, {"locations": (), "locations_not_stated": True}]))
        engagements.append(replace(engagement, **blanks, **places))
    for entity in complete.facts.entities:
        names = draw(st.sets(st.sampled_from(["address", "country", "contact"])))
        details: dict[str, Any] = dict.fromkeys(names, "")
        entities.append(replace(entity, **details))
    processor = Processor("quality-unit")
    facts = replace(
        complete.facts,
        level=Level.LISTED,
        engagements=tuple(engagements),
        entities=tuple(entities),
        processor=processor,
    )
    return replace(complete, facts=facts)
