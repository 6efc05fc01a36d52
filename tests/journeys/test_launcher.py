"""Walks the launcher: by keyboard, on a phone, before a choice, refused and after, beside banner and control."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.deadline import wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.host import SETTINGS, Host, Visit, wait_until_scanned, wait_until_settled
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.test_sites import serve
from tests.journeys.words import WidgetWords

widget_words = WidgetWords("en")
SHOWN = """
[[sites.shop.messengers.links]]
address = "https://wa.me/4712345678"
[sites.shop.launcher]
shown = true
"""
PHONE = {"width": 375, "height": 812}
STRICT = "default-src 'none'; script-src {0}; connect-src {0}; require-trusted-types-for 'script'"
HOSTILE = """<style>
  * { all: unset !important; font-size: 40px !important; display: none !important }
  html, body, head { display: block !important }
</style>"""
# Which of the widget's elements beside the page overlap.
OVERLAPS = """() => {
  const names = ["banner", "control", "launcher", "panel"];
  const boxes = names
    .map((name) => document.querySelector(`#forecourt-${name}`))
    .filter((host) => host && !host.hidden && !host.inert)
    .map((host) => [host.id, host.shadowRoot.querySelector(".root").getBoundingClientRect()]);
  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return boxes.flatMap(([id, box], i) =>
    boxes.slice(i + 1).filter(([, other]) => overlap(box, other)).map(([name]) => [id, name]));
}"""
IS_REACHED = """element => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.getRootNode().elementFromPoint(x + width / 2, y + height / 2) === element;
}"""


@pytest.fixture(scope="module")
def launcher_server(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForecourtProcess]:
    folder: Path = tmp_path_factory.mktemp("launcher")
    with serve(folder, SETTINGS.replace("ORIGIN", host.origin) + SHOWN) as process:
        yield process


@pytest.fixture
def shop(host: Host, launcher_server: ForecourtProcess, visitor: Page) -> Visit:
    return Visit(host, launcher_server, visitor)


def launcher(page: Page) -> Locator:
    return page.locator('[data-forecourt="launcher"]').get_by_role("button")


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name=widget_words("launcher.title"))


def in_panel(page: Page, key: str) -> Locator:
    return panel(page).get_by_role("button", name=widget_words(key))


def offer(page: Page, feature: str) -> Locator:
    """Returns the button that opens one of what the site offers."""
    return panel(page).get_by_role("button", name=re.compile(f"^{widget_words(f'{feature}.title')} "))


def assert_apart(page: Page) -> None:
    wait_until(lambda: page.evaluate(OVERLAPS) == [])


def test_the_keyboard_opens_a_lock_unlocks_it_and_returns(shop: Visit, complaints: list[str]) -> None:
    requests: list[str] = []
    shop.page.on("request", lambda request: requests.append(request.url))
    page = shop.open("<main><h1>Shop</h1></main>", content_security_policy=STRICT.format(shop.forecourt))
    button = launcher(page)
    expect(button).to_have_accessible_name(widget_words("launcher.title"))
    expect(button).to_have_attribute("aria-expanded", "false")
    wait_until_scanned(page)
    assert [url for url in requests if "/assets/" in url] == []
    assert_apart(page)
    button.focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", name=widget_words("launcher.title"))).to_be_focused()
    assert [url.split("/assets/")[1].split("-")[0] for url in requests if "/assets/" in url] == ["launcher"]
    expect(button).to_have_attribute("aria-expanded", "true")
    assert button.evaluate("e => e.ariaControlsElements.map(({ id }) => id)") == ["forecourt-panel"]
    expect(panel(page)).not_to_have_attribute("aria-modal", "true")
    assert_apart(page)
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Space")
    offer(page, "contact").focus()
    page.keyboard.press("Enter")
    expect(panel(page).get_by_text(widget_words("contact.locked"))).to_be_visible()
    expect(panel(page).get_by_role("heading", name=widget_words("contact.title"))).to_be_focused()
    assert_accessible(page, "launcher-locked")
    panel(page).get_by_role("checkbox").press("Space")
    in_panel(page, "lock.accept").press("Enter")
    expect(panel(page).get_by_label(widget_words("contact.name"))).to_be_visible()
    expect(panel(page).get_by_role("heading", name=widget_words("contact.title"))).to_be_focused()
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    assert_apart(page)
    assert_accessible(page, "launcher-unlocked")
    panel(page).get_by_label(widget_words("contact.message")).fill("A draft")
    in_panel(page, "launcher.close").press("Enter")
    expect(button).to_be_focused()
    page.reload()
    button.click()
    offer(page, "contact").click()
    expect(panel(page).get_by_label(widget_words("contact.message"))).to_have_value("A draft")
    assert complaints == []


def test_a_phones_panel_fills_the_screen_until_back_and_leaves_the_consent_in_reach(
    browser: Browser, host: Host, launcher_server: ForecourtProcess
) -> None:
    context = new_context(browser, viewport=PHONE, locale="en-GB", color_scheme="dark", has_touch=True)
    page = Visit(host, launcher_server, context.new_page()).open("<main><h1>Shop</h1></main>", HOSTILE)
    pops = page.evaluate_handle("(window.pops = [], addEventListener('popstate', (e) => pops.push(e.state)), pops)")
    wait_until_settled(page)
    assert_apart(page)
    launcher(page).tap()
    expect(panel(page)).to_have_attribute("aria-modal", "true")
    assert page.evaluate("document.body.inert")
    assert_apart(page)
    assert page.locator("#forecourt-reject").evaluate(IS_REACHED)
    page.locator("#forecourt-reject").tap()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    assert_apart(page)
    offer(page, "chat").tap()
    assert page.locator("#forecourt-preferences").evaluate(IS_REACHED)
    assert_accessible(page, "launcher-phone")
    page.go_back()
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    assert not page.evaluate("document.body.inert")
    length = page.evaluate("history.length")
    launcher(page).tap()
    expect(panel(page).get_by_text(widget_words("chat.locked"))).to_be_visible()  # where it was left
    in_panel(page, "launcher.close").tap()
    expect(panel(page)).to_be_hidden()
    page.wait_for_function("!history.state")
    assert page.evaluate("history.length") == length
    assert pops.json_value() == [None, None]  # its own state and address, twice
    page.set_viewport_size({"width": 320, "height": 256})
    launcher(page).tap()
    assert_apart(page)
    assert_no_sideways_scrolling(page)
    context.close()


def test_the_panel_and_a_place_of_the_page_agree_and_calls_of_the_page_open_what_it_has_no_place_for(
    shop: Visit,
) -> None:
    page = shop.open(
        '<main><h1>Shop</h1><div data-forecourt="contact"></div><div data-forecourt="launcher"></div></main>'
    )
    corner = page.locator("#forecourt-launcher")
    expect(corner).to_be_hidden()
    page.evaluate("forecourt('open', 'contact')")
    launcher(page).click()
    offer(page, "contact").click()
    panel(page).get_by_role("checkbox").check()
    in_panel(page, "lock.accept").click()
    fields = page.get_by_label(widget_words("contact.name"))
    expect(fields).to_have_count(2)
    page.evaluate("document.querySelector('div[data-forecourt=launcher]').remove()")
    expect(corner).to_be_visible()
    page.evaluate("forecourt('withdraw')")
    expect(fields).to_have_count(0)
    page.evaluate("forecourt('open', 'chat')")
    expect(panel(page).get_by_role("heading", name=widget_words("chat.title"))).to_be_focused()
    expect(panel(page).get_by_text(widget_words("chat.locked"))).to_be_visible()
    assert_apart(page)
    assert "wa.me" not in page.content()
    page.evaluate("forecourt('open', 'messengers')")
    panel(page).get_by_role("checkbox").locator("visible=true").check()
    in_panel(page, "lock.accept").locator("visible=true").click()
    link = panel(page).get_by_role("link", name="WhatsApp")
    expect(link).to_have_attribute("href", "https://wa.me/4712345678")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(panel(page).get_by_text("a service of \u2068Meta Platforms\u2069")).to_be_visible()
    assert_accessible(page, "launcher-messengers")
