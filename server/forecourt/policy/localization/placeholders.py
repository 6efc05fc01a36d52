"""This module fills facts into a policy's texts, so that no name, date or country is written twice.

A text names a fact in braces: `{processor}`, `{updated}`, `{hosting_countries}`.
"""

import re
from collections.abc import Mapping, Sequence

from forecourt import i18n
from forecourt.policy.localization.markdown_escape import escape_markdown, markdown_mail_link
from forecourt.policy.localization.region_names import region_name
from forecourt.policy.model import REGIONS, Audience, Engagement, Facts, Policy

_PLACEHOLDER = re.compile(r"\{(\w+)\}(\.?)")
_FOR_EVERY_POLICY = ("processor", "service", "updated", "tiers", "certificates")


def available_placeholders(facts: Facts) -> set[str]:
    """Returns the names that texts may use."""
    source_date = {"source_date"} if facts.source_date else set()
    places = (_place_name(kind, noun) for kind in facts.kinds for noun in ("countries", "regions"))
    processor = facts.processor
    stated = (("host", processor.host), ("dpa_contact", processor.contact))
    return {*_FOR_EVERY_POLICY, *(name for name, text in stated if text), *source_date, *places}


def countries_placeholder(kind: str) -> str:
    """Returns the placeholder, with braces, for every country in which work of `kind` is done."""
    return f"{{{_place_name(kind, 'countries')}}}"


def find_placeholders(text: str) -> set[str]:
    return {name for name, _ in _PLACEHOLDER.findall(text)}


def fill(text: str, values: Mapping[str, str]) -> str:
    """Returns `text` with each `{name}` replaced. Braces in a value are not replaced again.

    A value that ends with a full stop, such as "s. r. o.", gets no second one.
    """

    def value_of(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            return match[0]
        return value if value.endswith(".") else value + match[2]

    return _PLACEHOLDER.sub(value_of, text)


def placeholder_values(policy: Policy, locale: str, engagements: Sequence[Engagement] | None = None) -> dict[str, str]:
    """Returns the value of each of `available_placeholders` as Markdown in `locale`.

    `engagements` are those whose places count: all of the policy's where it is None.
    """
    facts, processor = policy.facts, policy.facts.processor
    mark = "\\*" if "contact" in processor.illustrative else ""
    texts = {
        "processor": facts.entity(processor.entity).legal_name,
        "service": facts.service_name,
        **({"host": processor.host} if processor.host else {}),
        "updated": i18n.long_date(facts.updated, locale),
        "tiers": i18n.format_list(facts.facilities.tiers, locale, "or"),
        "certificates": i18n.format_list(facts.facilities.certificates, locale, "or"),
        **({"source_date": i18n.long_date(facts.source_date, locale)} if facts.source_date else {}),
        **_places(facts.kinds, facts.engagements if engagements is None else engagements, locale),
    }
    markdown = {name: escape_markdown(text) for name, text in texts.items()}
    contact = {"dpa_contact": markdown_mail_link(processor.contact) + mark} if processor.contact else {}
    return markdown | contact


def _place_name(kind: str, noun: str) -> str:
    return f"{kind.replace('-', '_')}_{noun}"


def _places(kinds: Sequence[str], engagements: Sequence[Engagement], locale: str) -> dict[str, str]:
    values = {}
    for kind in kinds:
        of_kind = [engagement for engagement in engagements if engagement.kind == kind]
        codes = {location.country for engagement in of_kind for location in engagement.locations}
        countries = sorted(i18n.country(code, locale) for code in codes)
        values[_place_name(kind, "countries")] = i18n.format_list(countries, locale)
        audiences = {audience for engagement in of_kind for audience in engagement.audiences}
        regions = REGIONS if Audience.ALL in audiences else [region for region in REGIONS if region in audiences]
        names = [region_name(region, locale) for region in regions]
        values[_place_name(kind, "regions")] = i18n.format_list(names, locale)
    return values
