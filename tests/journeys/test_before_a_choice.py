"""Before a choice: readable, and nothing stored, set or connected to but the script and boot (law: L1, L4, L11)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.words import Said, place
from tests.served import Served

STORAGES = """async () => ({
  cookies: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
})"""
NOTHING = {"cookies": "", "local": 0, "session": 0, "databases": 0, "caches": 0}


def look_around(page: Page) -> None:
    """All that is no choice: scrolling, typing about, Esc, waiting."""
    page.mouse.wheel(0, 3000)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.mouse.click(5, 300)
    page.wait_for_timeout(700)


def test_nothing_is_stored_and_nothing_connects(
    demo: Served, visitor: Page, context: BrowserContext, rows: Callable[[], dict[str, int]], complaints: list[str]
) -> None:
    before, asked = rows(), list[str]()
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.goto(demo.marketing)
    expect(visitor.locator("#forecourt-accept")).to_be_visible()
    look_around(visitor)
    assert visitor.evaluate(STORAGES) == NOTHING
    assert context.cookies() == []
    foreign = [url.partition("?")[0] for url in asked if not url.startswith(demo.marketing)]
    assert foreign == [f"{demo.forecourt}/embed.js", f"{demo.forecourt}/v1/sites/main/boot"]
    assert rows() == before
    expect(visitor.locator("#forecourt-accept")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize(("lang", "title"), [("en", "Subprocessors"), ("nb", "Underdatabehandlere")])
def test_the_policy_can_be_read_in_the_pages_language(demo: Served, visitor: Page, lang: str, title: str) -> None:
    visitor.goto(f"{demo.marketing}?lang={lang}")
    policy = place(visitor, "policy")
    expect(policy.get_by_role("heading", name=title).first).to_be_visible()
    for name in (
        "Linode, LLC",
        "Amazon Web Services, LLC",
        "Websupport, s.r.o.",
        "Quality Unit Ukraine",
        "Twilio, Inc.",
    ):
        expect(policy.get_by_text(name).first).to_be_visible()
    assert policy.locator("time").first.get_attribute("datetime") == "2019-10-28"


MARK_SCRIPT = """new MutationObserver(() => {
  const script = document.querySelector("script[data-site]");
  if (script && !script.dataset.locale) script.dataset.locale = "nb";
}).observe(document, { childList: true, subtree: true });"""


def test_an_explicit_language_beats_the_pages(demo: Served, visitor: Page) -> None:
    visitor.add_init_script(MARK_SCRIPT)
    visitor.goto(f"{demo.marketing}?lang=en")
    expect(place(visitor, "policy").get_by_role("heading", name="Underdatabehandlere").first).to_be_visible()


@pytest.mark.parametrize("kind", ["contact", "chat", "newsletter"])
def test_each_feature_says_what_it_would_store_and_how_to_do_without(demo: Served, visitor: Page, kind: str) -> None:
    said = Said("nb")
    visitor.goto(f"{demo.marketing}?lang=nb")
    at = place(visitor, kind)
    for key in ("lock.stores", "lock.seen_by", "lock.without"):
        expect(at.get_by_text(said(key))).to_be_visible()
    expect(at.get_by_role("link", name="support@qualityunit.example")).to_be_visible()
    expect(at.get_by_role("checkbox")).not_to_be_checked()
    expect(at.get_by_role("textbox")).to_have_count(0)


def test_refusing_is_as_easy_as_accepting(demo: Served, visitor: Page) -> None:
    visitor.goto(demo.marketing)
    accept, reject = visitor.locator("#forecourt-accept"), visitor.locator("#forecourt-reject")
    expect(accept).to_be_visible()
    style = "e => (s => [s.color, s.backgroundColor, s.fontSize, s.fontWeight, s.borderColor])(getComputedStyle(e))"
    assert accept.evaluate(style) == reject.evaluate(style)
    sizes = [
        box and (round(box["width"]), round(box["height"])) for box in (accept.bounding_box(), reject.bounding_box())
    ]
    assert sizes[0] == sizes[1]


def test_nothing_is_ticked_beforehand(demo: Served, visitor: Page) -> None:
    visitor.goto(demo.marketing)
    visitor.locator("#forecourt-choose").click()
    boxes = visitor.locator("input[type=checkbox]:enabled")
    assert boxes.count() >= 3
    assert [box.is_checked() for box in boxes.all()] == [False] * boxes.count()


def test_the_privacy_policy_is_a_hosted_page_with_a_version(demo: Served, visitor: Page, complaints: list[str]) -> None:
    visitor.goto(f"{demo.forecourt}/main/nb/privacy")
    expect(visitor.get_by_text("2026-11-23").first).to_be_visible()
    visitor.goto(f"{demo.forecourt}/main/nb/")
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    assert complaints == []
