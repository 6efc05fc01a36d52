"""In a browser older than those of docs/embed.md no place stays blank: it has a sentence, or what the page wrote."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.deadline import wait_until
from tests.journeys.host import Visit
from tests.journeys.words import place

# What each lacks, newest first. What runs before the widget makes Chromium one of them.
OLD_BROWSERS = {
    "Safari 16.3, Firefox 100": (
        "delete Document.prototype.adoptedStyleSheets; delete ShadowRoot.prototype.adoptedStyleSheets"
    ),
    "Chrome 98, which has them as a list that nobody can change": (
        "for (const { prototype } of [Document, ShadowRoot])"
        " Object.defineProperty(prototype, 'adoptedStyleSheets', { get: () => Object.freeze([]) })"
    ),
    "Safari 15": "delete CSSStyleSheet.prototype.replaceSync; delete AbortSignal.timeout; delete Object.hasOwn",
    "Safari 14": "delete Array.prototype.at; window.CSSStyleSheet = undefined; delete window.reportError",
    "without shadow roots": "delete Element.prototype.attachShadow; delete window.ShadowRoot",
}
OWN_WORDS = '<a href="mailto:post@shop.example">Write to post@shop.example</a>'
BODY = f'<main>Goods</main><div data-forecourt="contact">{OWN_WORDS}</div><p data-forecourt="policy"></p>'


def open_shop(visit: Visit, body: str = BODY, language: str = "en") -> Page:
    embed = f'<script async src="{visit.forecourt}/embed.js" data-site="shop"></script>'
    visit.host.show(f'<!doctype html><html lang="{language}"><title>Shop</title>{embed}<body>{body}', {})
    visit.page.goto(f"{visit.host.origin}/")
    return visit.page


@pytest.mark.parametrize("browser_name", OLD_BROWSERS)
def test_each_place_says_that_it_cannot_be_shown_and_leads_to_a_page_that_needs_no_script(
    visit: Visit, complaints: list[str], browser_name: str
) -> None:
    visit.page.add_init_script(OLD_BROWSERS[browser_name])
    page = open_shop(visit)
    policy = place(page, "policy")
    expect(policy.get_by_text("This part cannot be shown in your browser.")).to_be_visible()
    expect(policy.get_by_text("This part cannot be shown in your browser.")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Write to post@shop.example")).to_be_visible()
    assert place(page, "contact").get_by_text("cannot be shown").count() == 0
    assert page.locator("#forecourt-banner").count() == 0
    assert page.evaluate("localStorage.length") == 0
    assert [line for line in complaints if line.startswith("forecourt: not started. This browser may be too old.")]
    policy.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.startswith(f"{visit.forecourt}/shop/")


def test_a_page_without_places_says_it_in_norwegian_where_the_policy_would_be(visit: Visit) -> None:
    visit.page.add_init_script(OLD_BROWSERS["Safari 15"])
    page = open_shop(visit, "<main>Varer</main>", "nb-NO")
    expect(place(page, "policy").get_by_text("Denne delen kan ikke vises i nettleseren din.")).to_be_visible()


def test_what_the_page_wrote_in_a_place_stands_there_until_the_widget_does(
    visit: Visit, context: BrowserContext, complaints: list[str]
) -> None:
    """Also where the syntax of `embed.js` is too new, or a blocker takes it away."""
    context.route("**/embed.js", lambda route: route.fulfill(content_type="text/javascript", body="class A { ¿ }"))
    page = open_shop(visit)
    wait_until(lambda: page.evaluate("true") and complaints)
    expect(page.get_by_text("Write to post@shop.example")).to_be_visible()
    context.unroute("**/embed.js")
    page = open_shop(visit)
    expect(place(page, "contact").get_by_role("checkbox")).to_be_visible()
    expect(page.get_by_text("Write to post@shop.example")).to_be_hidden()
