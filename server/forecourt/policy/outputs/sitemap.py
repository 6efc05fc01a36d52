"""`/sitemap.xml`: the hosted pages of all sites, each with its other languages (sitemaps.org, hreflang)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from forecourt.policy.live_site import LiveSite

MEDIA_TYPE = "application/xml; charset=utf-8"
_PAGES = ("", "releases/", "privacy")


def sitemap(sites: Iterable[LiveSite], address: str) -> bytes:
    """`address`: where browsers reach Forecourt."""
    root = Element(
        "urlset",
        {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"},
    )
    for at in sites:
        for path in _PAGES:
            _page(root, at, path, f"{address}/{at.name}")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root)


def _page(root: Element, at: LiveSite, path: str, base: str) -> None:
    """Each language is an entry, and names all of them, itself included."""
    alternates = {locale: f"{base}/{locale}/{path}" for locale in _languages(at, path)}
    default = f"{base}/{at.settings.locale}/{path}" if path else f"{base}/"
    for own in alternates.values():
        url = SubElement(root, "url")
        SubElement(url, "loc").text = own
        if path != "privacy":
            SubElement(url, "lastmod").text = at.release.published_at.date().isoformat()
        for locale, href in [*alternates.items(), ("x-default", default)]:
            SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": locale, "href": href})


def _languages(at: LiveSite, path: str) -> list[str]:
    """A policy that is not translated yet is no page in that language."""
    return [each for each in at.settings.locales if path == "privacy" or each in at.release.policy.words]
