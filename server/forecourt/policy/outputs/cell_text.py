"""This module writes what stands in one cell of a row, as text in the reader's language, for CSV and Markdown."""

from collections.abc import Iterable

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.region_names import region_name
from forecourt.policy.model import AiUse, Engagement, EngagementStatus, Location, Role


def join_cells(texts: Iterable[str]) -> str:
    return "; ".join(texts)


def places(engagement: Engagement, edition: LocalizedEdition) -> list[str]:
    """Returns each place: `USA, Northern California (backup)`. The usual role, processing, is not named."""
    return [_place(location, edition) for location in engagement.locations]


def _place(location: Location, edition: LocalizedEdition) -> str:
    within = f", {edition.text(f'place.{location.place}')}" if location.place else ""
    name = i18n.country(location.country, edition.locale) + within
    if location.role is Role.PROCESSING:
        return name
    return f"{name} ({i18n.words(edition.locale)(f'policy.role.{location.role}')})"


def regions(engagement: Engagement, edition: LocalizedEdition) -> list[str]:
    return [region_name(audience, edition.locale) for audience in engagement.audiences]


def texts_of_keys(kind: str, keys: Iterable[str], edition: LocalizedEdition) -> list[str]:
    return [str(edition.text(f"{kind}.{key}")) for key in keys]


def mechanism_name(engagement: Engagement, edition: LocalizedEdition) -> str:
    """Returns the basis for the transfer; empty where it is not stated."""
    mechanism = engagement.mechanism
    return i18n.words(edition.locale)(f"policy.mechanism.{mechanism.kind}") if mechanism else ""


def document(engagement: Engagement) -> str:
    """Returns the decision or contract that the transfer rests on; empty where there is none."""
    return (engagement.mechanism.document if engagement.mechanism else None) or ""


def ai_use(engagement: Engagement, edition: LocalizedEdition) -> str:
    """Returns how AI models are used on personal data; empty where they are not."""
    return "" if engagement.ai is AiUse.NONE else i18n.words(edition.locale)(f"policy.ai.{engagement.ai}")


def subsubprocessors(engagement: Engagement, edition: LocalizedEdition) -> list[str]:
    return [f"{company.legal_name} ({i18n.country(company.country, edition.locale)})" for company in engagement.chain]


def upcoming_status(entry: EditionEntry, edition: LocalizedEdition) -> str:
    """Returns what will become of the entry, with the day; empty for what is in force and stays as it is."""
    words = i18n.words(edition.locale)
    if entry.status is EngagementStatus.PROPOSED:
        return words("policy.status.proposed", day=i18n.long_date(entry.engagement.first_day, edition.locale))
    if entry.coming:
        return words("policy.status.changes", day=i18n.long_date(entry.coming.first_day, edition.locale))
    if entry.engagement.removed:
        return words("policy.status.ends", day=i18n.long_date(entry.engagement.removed, edition.locale))
    return ""


def assumed_fields(engagement: Engagement, edition: LocalizedEdition) -> list[str]:
    """Returns what is illustrative, by the names of `policy.json`."""
    entity = [f"entity.{name}" for name in edition.entity(engagement).illustrative]
    locations = ["locations"] if any(location.illustrative for location in engagement.locations) else []
    return [*dict.fromkeys([*engagement.illustrative, *locations]), *entity]
