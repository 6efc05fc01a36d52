"""Changes as Atom (RFC 4287)."""

from xml.etree.ElementTree import Element, SubElement, tostring

from forecourt import clock
from forecourt.characters import XML
from forecourt.policy.outputs.feed import Feed, FeedEntry

PATH = "policy.atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def atom(feed: Feed) -> bytes:
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.locale})
    _text(root, "id", feed.id())
    title = _text(root, "title", feed.title)
    if feed.title.language != feed.locale:
        title.set("xml:lang", feed.title.language)
    _text(root, "updated", feed.updated)
    _text(SubElement(root, "author"), "name", feed.author)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.own(PATH)})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page})
    for entry in feed.entries():
        _entry(root, entry)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root)


def _entry(root: Element, entry: FeedEntry) -> None:
    made = SubElement(root, "entry")
    _text(made, "id", entry.feed.id(entry.step))
    _text(made, "title", entry.title)
    at = clock.iso(entry.step.published_at)
    _text(made, "published", at)
    _text(made, "updated", at)
    SubElement(made, "link", {"rel": "alternate", "type": "text/html", "href": entry.feed.link(entry.step)})
    for kind in dict.fromkeys(each.kind for each in entry.changes):
        SubElement(made, "category", {"term": kind})
    _text(made, "content", "\n".join(entry.lines)).set("type", "text")


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, name)
    made.text = XML.remove_from(text)
    return made
