"""This module writes `/sitemap.xml`: the hosted pages of all sites, each with its other languages (sitemaps.org)."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from forecourt.policy.live_site import LiveSite

MEDIA_TYPE = "application/xml; charset=utf-8"
_PAGES = ("", "releases/", "privacy")


def encode_sitemap(sites: Iterable[LiveSite], address: str) -> bytes:
    """Writes the sitemap. `address` is where browsers reach Forecourt."""
    root = Element(
        "urlset",
        {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"},
    )
    for site in sites:
        for path in _PAGES if site.published else ("privacy",):
            _add_page(root, site, path, f"{address}/{site.name}")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root)


def _add_page(root: Element, site: LiveSite, path: str, base: str) -> None:
    """Adds an entry for each language; each names all languages, itself included (hreflang)."""
    alternates = {locale: f"{base}/{locale}/{path}" for locale in _locales(site, path)}
    default = f"{base}/{site.settings.locale}/{path}" if path else f"{base}/"
    for address in alternates.values():
        url = SubElement(root, "url")
        SubElement(url, "loc").text = address
        if path != "privacy":
            SubElement(url, "lastmod").text = site.release.published_at.date().isoformat()
        for locale, href in [*alternates.items(), ("x-default", default)]:
            SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": locale, "href": href})


def _locales(site: LiveSite, path: str) -> list[str]:
    """Leaves out a language into which the policy is not translated yet."""
    words = site.published.release.policy.words if site.published else {}
    return [locale for locale in site.settings.locales if path == "privacy" or locale in words]
