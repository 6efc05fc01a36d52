"""Reads the HTML of a page that no browser opens: the tag, the places, and what a browser would load for certain."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from forecourt.doctor.model import Markup, PlaceMarkup, TagMarkup
from forecourt.doctor.printable import host_of, printable
from forecourt.doctor.tag_address import is_script, to_tag

_LOADED_LINKS = ["stylesheet", "preload", "modulepreload", "icon", "manifest", "prefetch"]
_LOADED = {
    "img": "src",
    "iframe": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "source": "src",
    "object": "data",
}
_IN_HEAD = ["html", "head", "title", "meta", "link", "style", "script", "base", "noscript", "template"]
_ITEMS_AT_MOST = 500  # of each kind


@dataclass(frozen=True, slots=True)
class HtmlSnapshot:
    """Holds the markup, the policies of `<meta>`, and how many addresses of each host the page loads."""

    markup: Markup
    csp: tuple[str, ...]
    hosts: dict[str, int]


def read_html(html: str, url: str) -> HtmlSnapshot:
    """Reads a page of that address. Nothing in it is an error."""
    parser = _PageParser(url)
    parser.feed(html)
    markup = Markup(tuple(parser.tags), tuple(parser.places), tuple(parser.waiting))
    return HtmlSnapshot(markup, tuple(parser.csp), parser.hosts)


class _PageParser(HTMLParser):
    """Collects from start tags what is asked for, and keeps nothing else."""

    def __init__(self, url: str):
        super().__init__()
        self._url, self._in_head = url, True
        self.tags: list[TagMarkup] = []
        self.places: list[PlaceMarkup] = []
        self.waiting: list[str] = []
        self.csp: list[str] = []
        self.hosts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}  # of two, the first counts
        self._in_head = self._in_head and tag in _IN_HEAD
        if "data-forecourt" in attributes and len(self.places) < _ITEMS_AT_MOST:
            self.places.append(PlaceMarkup(printable(attributes["data-forecourt"]), tag == "form"))
        if "data-forecourt-purpose" in attributes and len(self.waiting) < _ITEMS_AT_MOST:
            self.waiting.append(printable(attributes["data-forecourt-purpose"]))
        if tag == "meta" and attributes.get("http-equiv", "").lower() == "content-security-policy":
            self.csp.append(attributes.get("content", ""))
        if address := self._loaded_address(tag, attributes):
            self._add_address(tag, address, attributes)
        if tag == "base" and attributes.get("href"):
            self._url = self._complete(attributes["href"])

    def parse_html_declaration(self, i: int) -> int:
        """Leaves out a declaration as browsers do. Python's own way raises AssertionError where one makes no sense."""
        return self.parse_comment(i) if self.rawdata.startswith("<!--", i) else self.parse_bogus_comment(i)

    def _loaded_address(self, tag: str, attributes: dict[str, str]) -> str:
        """Returns the complete address of what a browser loads for this element; "" for nothing."""
        if tag == "script":
            address = "" if attributes.get("type", "").strip().lower() == "text/plain" else attributes.get("src", "")
        elif tag == "link":
            is_loaded = set(attributes.get("rel", "").lower().split()).intersection(_LOADED_LINKS)
            address = attributes.get("href", "") if is_loaded else ""
        else:
            address = attributes.get(_LOADED.get(tag, ""), "")
        return self._complete(address.strip()) if address.strip() else ""

    def _complete(self, address: str) -> str:
        try:
            return urljoin(self._url, address)
        except ValueError:
            return ""

    def _add_address(self, tag: str, address: str, attributes: dict[str, str]) -> None:
        host = host_of(address)
        if host and (host in self.hosts or len(self.hosts) < _ITEMS_AT_MOST):
            self.hosts[host] = self.hosts.get(host, 0) + 1
        if tag == "script" and is_script(address) and len(self.tags) < _ITEMS_AT_MOST:
            self.tags.append(
                to_tag(address, attributes.get("data-site", ""), self._in_head, attributes.get("nonce", ""))
            )
