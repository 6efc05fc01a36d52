"""What one may object to: what is proposed, and what is in force."""

from collections.abc import Iterable

from forecourt import i18n
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.model import EngagementStatus, Location
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.reading import Reading
from forecourt.policy.reading.words import listed


def choices(edition: Edition) -> dict[str, EditionEntry]:
    """By engagement; proposals first, the nearest before the rest. One with a change to come is its proposal."""
    proposed = [EditionEntry(each, edition.release, EngagementStatus.PROPOSED) for each in edition.proposals()]
    standing = [
        each for each in edition.entries if each.status is not EngagementStatus.PROPOSED and each.coming is None
    ]
    return {each.engagement.id: each for each in (*proposed, *standing)}


def subject(reading: Reading, entry: EditionEntry) -> str:
    """`Linode, LLC: Servers (Germany)`"""
    teller, engagement = reading.told_by(entry), entry.engagement
    service = teller.word(f"service.{engagement.service}")
    return f"{teller.entity(engagement).legal_name}: {service} ({_places(engagement.locations, reading.locale)})"


def change(reading: Reading, entry: EditionEntry) -> str:
    """What would become different, in sentences; empty for what is in force."""
    if entry.status is not EngagementStatus.PROPOSED:
        return ""
    return " ".join(told.sentence for told in change_sentences.coming(reading, entry.engagement))


def _places(locations: Iterable[Location], locale: str) -> str:
    return listed(dict.fromkeys(i18n.country(each.country, locale) for each in locations), locale)
