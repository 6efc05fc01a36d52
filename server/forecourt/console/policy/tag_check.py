"""Looks for the widget's tag in a page's HTML, and says what is in its way."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from forecourt.embed_tag import EMBED_PATH
from forecourt.settings.site import SiteSettings
from forecourt.web.csrf import origin_of

Attributes = dict[str, str]
_INERT = ("textarea", "title", "template", "noscript")  # where no script runs
_POLICY, _PLACE = "policy", "data-forecourt"


@dataclass(frozen=True)
class TagReport:
    """Says what was seen: `verdict` is a key of `console.snippet.verdict`, and `detail` is what it is about.

    `has_policy_place`: the page says where the policy stands. `unknown_origin`: the page's, where the settings lack it.
    """

    verdict: str
    detail: str = ""
    has_policy_place: bool = False
    unknown_origin: str = ""

    @property
    def is_good(self) -> bool:
        return self.verdict == "present" and not self.unknown_origin


class _TagFinder(HTMLParser):
    """Collects the widget's tags of a page, and the names of its places."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Attributes] = []
        self.places: set[str] = set()
        self._inert_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Implements `HTMLParser.handle_starttag`. Of an attribute that is repeated, the first counts."""
        attributes = {name: value or "" for name, value in reversed(attrs)}
        self._inert_depth += tag in _INERT
        if self._inert_depth:
            return
        if tag == "script" and _is_embed_script(attributes.get("src", "")):
            self.tags.append(attributes)
        elif _PLACE in attributes:
            self.places.add(attributes[_PLACE])

    def handle_endtag(self, tag: str) -> None:
        """Implements `HTMLParser.handle_endtag`."""
        self._inert_depth = max(0, self._inert_depth - (tag in _INERT))


def _is_embed_script(src: str) -> bool:
    try:
        return urlsplit(src).path.endswith(EMBED_PATH)
    except ValueError:
        return False


def check_tag(html: str, url: str, address: str, site_name: str, site: SiteSettings) -> TagReport:
    """Returns what the page at `url` has of the widget of this site, which is served at `address`."""
    finder = _TagFinder()
    finder.feed(html)
    verdict, detail = _judge(finder.tags, url, address, site_name)
    origin = origin_of(url)
    unknown_origin = "" if origin in site.origins else origin
    return TagReport(verdict, detail, _POLICY in finder.places, unknown_origin)


def _judge(tags: list[Attributes], url: str, address: str, site_name: str) -> tuple[str, str]:
    """Returns the verdict about the tag that comes nearest."""
    ours = [tag for tag in tags if urljoin(url, tag["src"]).partition("?")[0] == address + EMBED_PATH]
    if not tags:
        return "absent", ""
    if not ours:
        return "other_server", urljoin(url, tags[0]["src"])[:300]
    if any(tag.get("data-site") == site_name for tag in ours):
        return "present", ""
    return ("other_site", ours[0]["data-site"][:100]) if ours[0].get("data-site") else ("no_site", "")
