"""Defines what is read of a page, and what is said about it. Every text of the page has been made printable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class OpenedWith(StrEnum):
    """Says how a page was opened."""

    CHROMIUM = "chromium"
    HTTP = "http"  # its HTML alone: no script ran


class Severity(StrEnum):
    """Says how grave a diagnosis is. Only a problem fails."""

    PROBLEM = "problem"
    NOTE = "note"
    FINE = "fine"


class Area(StrEnum):
    """Says which part of the report a diagnosis stands in. The order is the report's."""

    PAGE = "page"
    TAG = "tag"
    BEFORE = "before"
    AFTER = "after"
    HOSTS = "hosts"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Holds one sentence about the page. `rule` is its name for machines."""

    area: Area
    severity: Severity
    rule: str
    sentence: str


class StorageKind(StrEnum):
    """Says where a browser stores something for a page."""

    COOKIE = "cookie"
    LOCAL = "localStorage"
    SESSION = "sessionStorage"
    DATABASE = "IndexedDB"
    CACHE = "Cache Storage"
    WORKER = "service worker"


@dataclass(frozen=True, slots=True, order=True)
class StoredItem:
    """Names one thing that the browser stores. `owner` is a cookie's domain, or the origin that stores it."""

    kind: StorageKind
    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class PageState:
    """Holds what is stored at one moment, and how many requests each host got until then.

    With `is_complete` False the page kept back what it stores beside cookies.
    """

    stored: tuple[StoredItem, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class TagMarkup:
    """Holds a script tag whose address ends like Forecourt's. `src` is complete."""

    src: str
    site: str = ""
    in_head: bool = False
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class PlaceMarkup:
    """Holds an element with `data-forecourt`."""

    name: str
    is_form: bool = False


@dataclass(frozen=True, slots=True)
class Markup:
    """Holds what the page's elements say to the widget. `waiting` are the values of `data-forecourt-purpose`."""

    tags: tuple[TagMarkup, ...] = ()
    places: tuple[PlaceMarkup, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def tag(self) -> TagMarkup | None:
        """Returns the tag that the widget reads: the first that names a site, or else the first."""
        return next((tag for tag in self.tags if tag.site), next(iter(self.tags), None))


@dataclass(frozen=True, slots=True)
class TagRequest:
    """Says how the browser came to the script. `number` counts the page's requests from 1."""

    number: int
    is_in_html: bool
    is_after_parsing: bool


@dataclass(frozen=True, slots=True, order=True)
class CspBlock:
    """Holds what the page's Content Security Policy blocks: an address, or what the script of an address does."""

    directive: str
    blocked: str


@dataclass(frozen=True, slots=True)
class BootAnswer:
    """Holds what the tag's server answered. `status` is 0 where no answer came."""

    status: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class PageSnapshot:
    """Holds all that was read of one page.

    `refusal_status` is what the server answered to the refusal, None where none was sent. `faults` are sentences about
    what kept the page from being read to its end; with `is_open` False nothing of it was read.
    """

    url: str
    opened_with: OpenedWith
    is_open: bool = True
    browser: str = ""
    final_url: str = ""
    markup: Markup | None = None
    tag_request: TagRequest | None = None
    csp_blocks: tuple[CspBlock, ...] = ()
    boot: BootAnswer | None = None
    before: PageState = PageState()
    after: PageState | None = None
    has_question: bool = False
    refusal_status: int | None = None
    faults: tuple[str, ...] = ()
