"""This module writes changes as Atom (RFC 4287)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from forecourt import clock
from forecourt.characters import XML
from forecourt.policy.outputs.feed import Feed, FeedEntry

PATH = "policy.atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def encode_atom(feed: Feed) -> bytes:
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.locale})
    _add_text(root, "id", feed.tag_uri())
    title = _add_text(root, "title", feed.title)
    if feed.title.language != feed.locale:
        title.set("xml:lang", feed.title.language)
    _add_text(root, "updated", feed.updated_at)
    _add_text(SubElement(root, "author"), "name", feed.author)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.self_address(PATH)})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    for entry in feed.entries():
        _add_entry(root, entry)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root)


def _add_entry(root: Element, entry: FeedEntry) -> None:
    element = SubElement(root, "entry")
    _add_text(element, "id", entry.feed.tag_uri(entry.release))
    _add_text(element, "title", entry.title)
    published_at = clock.iso(entry.release.published_at)
    _add_text(element, "published", published_at)
    _add_text(element, "updated", published_at)
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.feed.page_of(entry.release)})
    for kind in dict.fromkeys(change.kind for change in entry.changes):
        SubElement(element, "category", {"term": kind})
    _add_text(element, "content", "\n".join(entry.lines)).set("type", "text")


def _add_text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = XML.remove_from(text)
    return element
