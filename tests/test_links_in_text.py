"""Addresses in what people write become links, and nothing else becomes an element."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecourt.links_in_text import link_addresses

# The widget is held to the same cases (tests/journeys/test_chat.py).
CASES: list[tuple[str, list[str]]] = [
    (text, addresses)
    for text, addresses in json.loads((Path(__file__).parent / "links_in_text.json").read_text("utf-8"))
]


class Elements(HTMLParser):
    """Collects the elements of a piece of HTML, and its text."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("text", "addresses"), CASES)
def test_exactly_the_addresses_are_links(text: str, addresses: list[str]) -> None:
    html = Elements(str(link_addresses(text)))
    assert html.text == text
    assert [(tag, attributes["href"]) for tag, attributes in html.elements] == [("a", address) for address in addresses]


def test_a_link_tells_its_site_nothing() -> None:
    ((_, attributes),) = Elements(str(link_addresses("https://example.com"))).elements
    assert set((attributes["rel"] or "").split()) == {"noopener", "nofollow", "ugc"}
    assert attributes["referrerpolicy"] == "no-referrer"
    assert (attributes["target"], attributes["dir"]) == ("_blank", "ltr")


@given(st.text(alphabet=st.sampled_from("https://a.b@c)(]'\"<>&;:, \n\u202e例é"), max_size=80))
def test_no_text_is_lost_and_no_other_element_made(text: str) -> None:
    html = str(link_addresses(text))
    assert unescape(re.sub(r"</?a\b[^>]*>", "", html)) == text
    for tag, attributes in Elements(html).elements:
        assert tag == "a"
        assert re.match(r"(https?://|mailto:)", attributes["href"] or "", re.IGNORECASE)


@pytest.mark.parametrize(
    "unit", ["a.", "a@", "https://a", "https://a.", "a.b@c", "(", ")", "https://a.aa/)", "@a.", "a-"]
)
def test_the_longest_text_is_read_to_its_end(unit: str) -> None:
    """A pattern that tries every length at every place would not come back from it."""
    text = (unit * 50_000)[:50_000]
    assert Elements(str(link_addresses(text))).text == text
