"""This module writes the list as JSON-LD (schema.org) for search engines: who publishes it, and who is on it."""

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from forecourt import clock
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import EngagementStatus, Entity

_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def encode_json_ld(edition: LocalizedEdition, url: str) -> Markup:
    """Returns JSON that cannot close the `<script type="application/ld+json">` around it.

    `url` is the page's address, absolute.
    """
    release, facts = edition.release, edition.facts
    items = [*_items(edition)]
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "name": str(edition.title),
        "inLanguage": edition.locale,
        "dateModified": facts.updated.isoformat(),
        "datePublished": clock.iso(release.published_at),
        "version": release.number,
        "publisher": _organization(facts.entity(facts.processor.entity)),
        "mainEntity": {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items},
    }
    return Markup(msgspec.json.encode(page).decode().translate(_ESCAPES))  # noqa: S704 - nothing in it ends a script


def _items(edition: LocalizedEdition) -> Iterator[dict[str, object]]:
    """Yields each company that is engaged, once. One that is only proposed is not on the list."""
    entries = [entry for entry in edition.entries if entry.status is not EngagementStatus.PROPOSED]
    entities = {entry.engagement.entity: edition.for_entry(entry).entity(entry.engagement) for entry in entries}
    for position, entity in enumerate(entities.values(), 1):
        yield {"@type": "ListItem", "position": position, "item": _organization(entity)}


def _organization(entity: Entity) -> dict[str, object]:
    """Leaves out what is not stated, and what is only assumed, because a search engine shows no mark beside it."""
    parts = {"streetAddress": entity.address, "addressCountry": entity.country}
    stated_parts = {name: text for name, text in parts.items() if text}
    is_known = stated_parts and not {"address", "country"} & set(entity.illustrative)
    name = {"@type": "Organization", "name": entity.legal_name, "legalName": entity.legal_name}
    return name | ({"address": {"@type": "PostalAddress"} | stated_parts} if is_known else {})
