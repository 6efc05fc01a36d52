"""What one may object to: what is proposed, and what is in force."""

from collections.abc import Iterable

from forecourt import i18n
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.localization import change_sentences
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import EngagementStatus, Location


def choices(edition: Edition) -> dict[str, EditionEntry]:
    """By engagement; proposals first, the nearest before the rest. One with a change to come is its proposal."""
    proposed = [EditionEntry(each, edition.release, EngagementStatus.PROPOSED) for each in edition.proposals()]
    standing = [
        each for each in edition.entries if each.status is not EngagementStatus.PROPOSED and each.coming is None
    ]
    return {each.engagement.id: each for each in (*proposed, *standing)}


def subject(reading: LocalizedEdition, entry: EditionEntry) -> str:
    """`Linode, LLC: Servers (Germany)`"""
    teller, engagement = reading.for_entry(entry), entry.engagement
    service = teller.text(f"service.{engagement.service}")
    return f"{teller.entity(engagement).legal_name}: {service} ({_places(engagement.locations, reading.locale)})"


def change(reading: LocalizedEdition, entry: EditionEntry) -> str:
    """What would become different, in sentences; empty for what is in force."""
    if entry.status is not EngagementStatus.PROPOSED:
        return ""
    return " ".join(told.sentence for told in change_sentences.describe_proposal(reading, entry.engagement))


def _places(locations: Iterable[Location], locale: str) -> str:
    return i18n.format_list(dict.fromkeys(i18n.country(each.country, locale) for each in locations), locale)
