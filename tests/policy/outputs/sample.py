"""Makes readings for the outputs: announced changes, hostile words, and whatever hypothesis makes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from forecourt.policy import notice_period
from forecourt.policy.edition import Edition
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Location, Policy, Release
from forecourt.policy.word_keys import required_word_keys
from tests.policy.sample import policy, with_engagement, with_facts
from tests.policy.strategies import DAYS, TEXTS, policies

ADDRESS = "https://support.example.com"
PAGES = f"{ADDRESS}/main"
PUBLISHED = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = PUBLISHED.date()
EFFECT = date(2027, 2, 1)
DEADLINE = date(2027, 1, 15)
END = date(2027, 3, 1)
HOSTILE = "=1+1 | <img src=x onerror=alert(1)> </script> ` [x](javascript:alert(1))\r\n\n# b\u2028**\ufffe\x0b"


def announced_changes() -> Policy:
    """One moves, one is new, one ends."""
    moved = with_engagement(
        "linode-eu", locations=(Location("FR", "eu"),), effective=EFFECT, objection_until=DEADLINE
    ).facts
    ending = with_engagement("linode-sg", removed=END).facts.engagement("linode-sg")
    new = replace(moved.engagement("twilio"), id="twilio-two", effective=EFFECT)
    engagements = [ending if each.id == ending.id else each for each in moved.engagements]
    return with_facts(replace(moved, engagements=tuple(sorted([*engagements, new], key=lambda each: each.id))))


def upcoming_edition(locale: str, region: Audience | None = None) -> LocalizedEdition:
    return LocalizedEdition(next_edition(policy(), announced_changes()), locale, region)


def next_edition(before: Policy, policy: Policy, day: date = TODAY) -> Edition:
    """The second release, on `day`; both were published on `TODAY`."""
    first = Release("main", 1, "1" * 64, None, PUBLISHED, before.facts.updated, before)
    latest = Edition(first, PUBLISHED.date(), {})
    announced, engagements = (
        notice_period.announcement_days(latest, policy),
        notice_period.releases_in_force(latest, policy),
    )
    second = Release("main", 2, "2" * 64, "1" * 64, PUBLISHED, PUBLISHED.date(), policy, announced, engagements)
    return Edition(second, day, {1: first})


def hostile() -> Policy:
    """Every word and name is hostile."""
    facts = policy().facts
    entities = tuple(replace(each, legal_name=HOSTILE, address=HOSTILE) for each in facts.entities)
    words = dict.fromkeys(policy().words["en"], HOSTILE)
    return replace(with_facts(replace(facts, entities=entities)), words={"en": words}, translations={})


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """Two releases with all the words they need in the source language, and some of them in Norwegian."""
    before, now = (draw(policies().flatmap(worded)) for _ in range(2))
    return next_edition(before, now, draw(DAYS))


def worded(bare: Policy) -> st.SearchStrategy[Policy]:
    engagements: dict[str, Any] = {"notes": (), "sections": ("infrastructure", "support")}
    facts = replace(bare.facts, **engagements, products=("four", "one", "three", "two"))
    source = {key: f"{key} in English" for key in required_word_keys(facts)}
    keys = st.sampled_from(sorted(source))
    return st.dictionaries(keys, TEXTS).map(lambda some: Policy(facts, {"en": source, "nb": some}))
