"""The list as JSON-LD (schema.org), for the hosted page: who publishes it, in which language, and who is on it."""

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from forecourt import clock
from forecourt.policy.model import EngagementStatus, Entity
from forecourt.policy.reading.reading import Reading

_UNSAFE = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}


def data(reading: Reading, url: str) -> Markup:
    """JSON that cannot close the `<script type="application/ld+json">` it stands in. `url`: the page's, absolute."""
    release, facts = reading.release, reading.facts
    listed = [*_items(reading)]
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": url,
        "url": url,
        "name": str(reading.word("title")),
        "inLanguage": reading.locale,
        "dateModified": facts.updated.isoformat(),
        "datePublished": clock.iso(release.published_at),
        "version": release.number,
        "publisher": _organization(facts.entity(facts.processor.entity)),
        "mainEntity": {"@type": "ItemList", "numberOfItems": len(listed), "itemListElement": listed},
    }
    return Markup(msgspec.json.encode(page).decode().translate(_UNSAFE))  # noqa: S704 - nothing in it ends a script


def _items(reading: Reading) -> Iterator[dict[str, object]]:
    """Each company that is engaged, once. One that is only proposed is not on the list."""
    engaged = [each for each in reading.entries if each.status is not EngagementStatus.PROPOSED]
    entities = {each.engagement.entity: reading.told_by(each).entity(each.engagement) for each in engaged}
    for position, entity in enumerate(entities.values(), 1):
        yield {"@type": "ListItem", "position": position, "item": _organization(entity)}


def _organization(entity: Entity) -> dict[str, object]:
    """What is only assumed is left out: a search engine shows no mark beside it."""
    address = {"@type": "PostalAddress", "streetAddress": entity.address, "addressCountry": entity.country}
    is_known = not {"address", "country"} & set(entity.illustrative)
    name = {"@type": "Organization", "name": entity.legal_name, "legalName": entity.legal_name}
    return name | ({"address": address} if is_known else {})
