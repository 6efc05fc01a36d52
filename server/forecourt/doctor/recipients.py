"""Says which companies a policy names, and which of them accounts for a host that a page contacts.

No engagement names hosts. A host is accounted for where its domain is that of the company's contact or of its own list,
or where it begins with the words of the company's or the service's name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

import msgspec

from forecourt import clock
from forecourt.doctor.http_answer import NoAnswer, ask
from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import TagMarkup
from forecourt.doctor.printable import host_of, printable
from forecourt.doctor.registrable_domain import registrable_domain
from forecourt.doctor.tag_address import server_address
from forecourt.policy.files import folder_reader
from forecourt.policy.model import Engagement, EngagementStatus, Facts

_IN_USE = (EngagementStatus.ACTIVE, EngagementStatus.RETIRING)
_SHORTEST_NAME = 3  # characters; shorter ones are in too many domains


class PublishedEntity(msgspec.Struct):
    """Describes a company in policy.json."""

    legal_name: str
    contact: str | None = None


class PublishedEngagement(msgspec.Struct):
    """Describes an engagement in policy.json."""

    id: str
    entity: PublishedEntity
    status: str = EngagementStatus.ACTIVE
    service: str | None = None
    chain_link: str | None = None


class PublishedPolicy(msgspec.Struct):
    """Holds what is read of policy.json."""

    engagements: list[PublishedEngagement]


@dataclass(frozen=True, slots=True)
class HostRecipient:
    """Holds an engagement in use, with what its hosts are known by."""

    engagement: str
    company: str
    domains: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class HostRecipients:
    """Holds the engagements in use of one policy."""

    recipients: tuple[HostRecipient, ...]

    @property
    def companies(self) -> int:
        return len({recipient.company for recipient in self.recipients})

    def find(self, host: str) -> HostRecipient | None:
        """Returns the engagement that accounts for a host: by its domain, or else by its name."""
        domain = registrable_domain(host)
        name = domain.partition(".")[0].replace("-", "")
        by_domain = (recipient for recipient in self.recipients if domain in recipient.domains)
        by_name = (recipient for recipient in self.recipients if name in recipient.names)
        return next(by_domain, None) or next(by_name, None)


async def read_published_recipients(tag: TagMarkup, limits: VisitLimits) -> HostRecipients | None:
    """Asks the tag's own server for the site's policy.json. Returns None where it has none."""
    url = f"{server_address(tag.src)}v1/sites/{quote(tag.site, safe='')}/policy.json"
    try:
        answer = await ask(url, seconds=limits.answer_seconds, max_bytes=limits.answer_bytes)
        policy = msgspec.json.decode(answer.body, type=PublishedPolicy)
    except (NoAnswer, msgspec.DecodeError, RecursionError):
        return None
    return to_recipients(policy.engagements)


def read_folder_recipients(folder: Path) -> HostRecipients:
    """Reads a policy folder. Raises `PolicyBroken`."""
    policy = folder_reader.load_policy(folder)
    facts, words = policy.facts, policy.words[policy.facts.source_language]
    return to_recipients(_publish(engagement, facts, words, clock.now().date()) for engagement in facts.engagements)


def _publish(engagement: Engagement, facts: Facts, words: Mapping[str, str], day: date) -> PublishedEngagement:
    entity = facts.entity(engagement.entity)
    service = words.get(f"service.{engagement.service}", "")
    published_entity = PublishedEntity(entity.legal_name, entity.contact)
    status = engagement.status(day)
    return PublishedEngagement(engagement.id, published_entity, status, service, engagement.chain_link)


def to_recipients(engagements: Iterable[PublishedEngagement]) -> HostRecipients:
    """Returns those of the engagements that are in use."""
    return HostRecipients(tuple(_to_recipient(each) for each in engagements if each.status in _IN_USE))


def _to_recipient(engagement: PublishedEngagement) -> HostRecipient:
    entity = engagement.entity
    hosts = ((entity.contact or "").rpartition("@")[2], host_of(engagement.chain_link or ""))
    return HostRecipient(
        printable(engagement.id),
        printable(entity.legal_name),
        frozenset(registrable_domain(host) for host in hosts if host),
        frozenset(_beginnings(entity.legal_name)) | frozenset(_beginnings(engagement.service or "")),
    )


def _beginnings(name: str) -> Iterable[str]:
    """Returns a name's first words, joined as a domain joins them: `google`, `googleanalytics`."""
    words = re.findall(r"[^\W_]+", name.lower())
    return (joined for joined in accumulate(words) if len(joined) >= _SHORTEST_NAME)
