"""This module holds the facts about one recipient of personal data that a comparison looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecourt.policy.model import AiUse, Basis, Engagement, Facts, Mechanism


@dataclass(frozen=True, slots=True)
class Recipient:
    """Says which company receives which data where, for what and on which legal basis, without any language.

    `uses` holds keys of texts (`service.KEY`, `purpose.KEY`) and the kind of work (`kind.KEY`). `data` holds keys of
    texts too: `data.KEY` and `subject.KEY`. `seat` is the company's country. What a policy does not state is blank. A
    notice holds fewer facts than an engagement; what it lacks is blank too, and so never differs between two notices.
    """

    id: str
    legal_name: str
    countries: frozenset[str]
    uses: frozenset[str]
    data: frozenset[str]
    mechanism: Mechanism | None
    seat: str = ""
    ai: AiUse = AiUse.NONE

    @classmethod
    def from_engagement(cls, engagement: Engagement, facts: Facts) -> "Recipient":
        """Raises LookupError where `facts` lack the engagement's entity."""
        entity = facts.entity(engagement.entity)
        data = (f"data.{key}" for key in engagement.data)
        subjects = (f"subject.{key}" for key in engagement.subjects)
        service = (f"service.{engagement.service}",) if engagement.service else ()
        return cls(
            engagement.id,
            entity.legal_name,
            frozenset(location.country for location in engagement.locations),
            frozenset((*service, f"purpose.{engagement.purpose}", f"kind.{engagement.kind}")),
            frozenset((*data, *subjects)),
            engagement.mechanism,
            entity.country,
            engagement.ai,
        )

    @classmethod
    def from_notice(cls, content: Mapping[str, Any]) -> "Recipient":  # as JSON decodes it
        """Reads what `Facts.recipient` wrote into a notice."""
        return cls(
            content["id"],
            content["entity"],
            frozenset(content["countries"]),
            frozenset((f"purpose.{content['purpose']}",)),
            frozenset(f"data.{key}" for key in content["data"]),
            Mechanism(Basis(content["mechanism"])) if content["mechanism"] else None,
        )
