"""This module names regions in the reader's language."""

from collections.abc import Iterable

from forecourt import i18n
from forecourt.policy.model import REGIONS, Audience


def region_name(region: Audience, locale: str) -> str:
    return i18n.words(locale)(f"policy.region.{region}")


def list_regions(regions: Iterable[Audience], locale: str) -> str:
    """Returns `regions` as one list; the word for all of them where none is missing."""
    distinct = tuple(regions)
    shortest = (Audience.ALL,) if set(distinct) >= set(REGIONS) else distinct
    return i18n.format_list((region_name(region, locale) for region in shortest), locale)
