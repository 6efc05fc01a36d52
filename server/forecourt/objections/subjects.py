"""Says what somebody can object to: proposed changes and what is in force, and puts each into words."""

from collections.abc import Iterable

from forecourt import i18n
from forecourt.policy.edition import Edition, EditionEntry
from forecourt.policy.localization import change_sentences
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import EngagementStatus, Location


def find_subjects(edition: Edition) -> dict[str, EditionEntry]:
    """Returns by engagement what can be objected to: proposals first, the next to take effect before the others.

    An engagement in force that is about to change appears once, as its proposal.
    """
    proposals = [
        EditionEntry(engagement, edition.release, EngagementStatus.PROPOSED) for engagement in edition.proposals()
    ]
    in_force = [
        entry for entry in edition.entries if entry.status is not EngagementStatus.PROPOSED and entry.coming is None
    ]
    return {entry.engagement.id: entry for entry in (*proposals, *in_force)}


def describe_subject(edition: LocalizedEdition, entry: EditionEntry) -> str:
    """Returns for example `Linode, LLC: Servers (Germany)`."""
    edition_of_entry, engagement = edition.for_entry(entry), entry.engagement
    service = edition_of_entry.work_name(engagement)
    entity = edition_of_entry.entity(engagement).legal_name
    countries = _countries(engagement.locations, edition.locale)
    return f"{entity}: {service} ({countries})" if countries else f"{entity}: {service}"


def describe_change(edition: LocalizedEdition, entry: EditionEntry) -> str:
    """Returns in sentences what a proposal would change, or nothing for what is in force."""
    if entry.status is not EngagementStatus.PROPOSED:
        return ""
    return " ".join(change.sentence for change in change_sentences.describe_proposal(edition, entry.engagement))


def _countries(locations: Iterable[Location], locale: str) -> str:
    return i18n.format_list(dict.fromkeys(i18n.country(location.country, locale) for location in locations), locale)
