"""Checks the page before a choice: it is readable, in the right language, and each lock says what it would store."""

import pytest
from playwright.sync_api import Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.words import WidgetWords, place

MARK_SCRIPT = """new MutationObserver(() => {
  const script = document.querySelector("script[data-site]");
  if (script && !script.dataset.locale) script.dataset.locale = "nb";
}).observe(document, { childList: true, subtree: true });"""


def test_an_explicit_language_beats_the_pages(demo: ForecourtProcess, visitor: Page) -> None:
    visitor.add_init_script(MARK_SCRIPT)
    visitor.goto(f"{demo.marketing}?lang=en")
    expect(place(visitor, "policy").get_by_role("heading", name="Underdatabehandlere").first).to_be_visible()


@pytest.mark.parametrize("kind", ["contact", "chat", "newsletter"])
def test_each_feature_says_what_it_would_store_and_how_to_do_without(
    demo: ForecourtProcess, visitor: Page, kind: str
) -> None:
    widget_words = WidgetWords("nb")
    visitor.goto(f"{demo.marketing}?lang=nb")
    feature = place(visitor, kind)
    for key in ("lock.stores", "lock.seen_by", "lock.without"):
        expect(feature.get_by_text(widget_words(key))).to_be_visible()
    expect(feature.get_by_role("link", name="support@qualityunit.example")).to_be_visible()
    expect(feature.get_by_role("checkbox")).not_to_be_checked()
    expect(feature.get_by_role("textbox")).to_have_count(0)


def test_the_privacy_policy_is_a_hosted_page_with_a_version(
    demo: ForecourtProcess, visitor: Page, complaints: list[str]
) -> None:
    visitor.goto(f"{demo.forecourt}/main/nb/privacy")
    expect(visitor.get_by_text("2026-11-23").first).to_be_visible()
    visitor.goto(f"{demo.forecourt}/main/nb/")
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    assert complaints == []
