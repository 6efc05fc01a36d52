"""This module refuses a listed policy that no longer states what its last release did.

Otherwise a fact could be taken out in one release and come back changed in the next, and no customer would get notice
of the change: what was not stated before changes nothing when it is stated.
"""

from collections.abc import Iterable, Iterator

from forecourt.policy.check import FACTS_FILE, Finding, remedy
from forecourt.policy.model import Engagement, Entity, Policy, Release

# The facts whose change calls for notice.
_ENTITY_FACTS = ("country",)
_ENGAGEMENT_FACTS = ("audiences", "locations", "data", "subjects", "mechanism")


def find_withdrawn_facts(before: Release, policy: Policy) -> Iterator[Finding]:
    """Yields a finding for each fact that `before` states and `policy` leaves out."""
    old, new = before.policy.facts, policy.facts
    withdrawn = [
        *_find_in_rows("entities", old.entities, new.entities, _ENTITY_FACTS),
        *_find_in_rows("engagements", old.engagements, new.engagements, _ENGAGEMENT_FACTS),
    ]
    for key in withdrawn:
        yield Finding(FACTS_FILE, key, remedy("withdrawn_fact", number=before.number), "withdrawn-fact")


def _find_in_rows(
    table: str, before: Iterable[Entity | Engagement], after: Iterable[Entity | Engagement], names: Iterable[str]
) -> Iterator[str]:
    old_rows = {row.id: row for row in before}
    for row in after:
        for name in names if row.id in old_rows else ():
            if getattr(old_rows[row.id], name) and not getattr(row, name):
                yield f"{table}.{row.id}.{name}"
