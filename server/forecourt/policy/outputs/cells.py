"""What stands in one cell of a row, as text in the reader's language. CSV and Markdown lay it out."""

from collections.abc import Iterator

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.model import AiUse, Engagement, EngagementStatus, Location, Role
from forecourt.policy.reading.reading import Reading


def joined(texts: Iterator[str] | list[str]) -> str:
    return "; ".join(texts)


def places(engagement: Engagement, reading: Reading) -> list[str]:
    """`USA, Northern California (backup)`. That data is processed there goes without saying."""
    return [_place(each, reading) for each in engagement.locations]


def _place(location: Location, reading: Reading) -> str:
    nearer = f", {reading.word(f'place.{location.place}')}" if location.place else ""
    name = i18n.country(location.country, reading.locale) + nearer
    if location.role is Role.PROCESSING:
        return name
    return f"{name} ({i18n.words(reading.locale)(f'policy.role.{location.role}')})"


def regions(engagement: Engagement, reading: Reading) -> list[str]:
    words = i18n.words(reading.locale)
    return [words(f"policy.region.{each}") for each in engagement.audiences]


def keyed(kind: str, keys: tuple[str, ...], reading: Reading) -> list[str]:
    return [str(reading.word(f"{kind}.{each}")) for each in keys]


def basis(engagement: Engagement, reading: Reading) -> str:
    return i18n.words(reading.locale)(f"policy.mechanism.{engagement.mechanism.kind}")


def use_of_ai(engagement: Engagement, reading: Reading) -> str:
    """Empty where personal data meets no model."""
    return "" if engagement.ai is AiUse.NONE else i18n.words(reading.locale)(f"policy.ai.{engagement.ai}")


def below(engagement: Engagement, reading: Reading) -> list[str]:
    return [f"{each.legal_name} ({i18n.country(each.country, reading.locale)})" for each in engagement.chain]


def status(entry: EditionEntry, reading: Reading) -> str:
    """What is to come of it, with its day; empty for what is in force and stays as it is."""
    words = i18n.words(reading.locale)
    if entry.status is EngagementStatus.PROPOSED:
        return words("policy.status.proposed", day=i18n.long_date(entry.engagement.effective, reading.locale))
    if entry.coming:
        return words("policy.status.changes", day=i18n.long_date(entry.coming.effective, reading.locale))
    if entry.engagement.removed:
        return words("policy.status.ends", day=i18n.long_date(entry.engagement.removed, reading.locale))
    return ""


def assumed(engagement: Engagement, reading: Reading) -> list[str]:
    """What is illustrative, by the names `policy.json` has for it."""
    entity = [f"entity.{each}" for each in reading.entity(engagement).illustrative]
    locations = ["locations"] if any(each.illustrative for each in engagement.locations) else []
    return [*dict.fromkeys([*engagement.illustrative, *locations]), *entity]
