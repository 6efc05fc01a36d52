"""axe-core finds nothing in the widget, the hosted pages, the console and the mails, in light and in dark."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.sign_in import sign_in
from tests.journeys.words import WidgetWords, place, unlock

IS_SEND_AT_THE_END = """row => {
  const [{ right }, button] = [row, row.querySelector("button")].map((each) => each.getBoundingClientRect());
  return Math.abs(right - button.right) < 1;
}"""
HOSTED = ["main/nb/", "main/nb/privacy", "main/en/", "main/nb/confirm/unknown"]


def test_the_widget(demo: ForecourtProcess, page: Page, look: str) -> None:
    widget_words = WidgetWords("nb")
    page.goto(f"{demo.marketing}?lang=nb")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    assert_accessible(page, f"banner-{look}")
    page.locator("#forecourt-choose").click()
    assert_accessible(page, f"preferences-{look}")
    page.locator("#forecourt-reject").click()
    assert_accessible(page, f"locked-{look}")
    contact = unlock(page, "contact", widget_words)
    unlock(page, "newsletter", widget_words)
    contact.get_by_role("button", name=widget_words("contact.send")).click()
    expect(contact.locator("[aria-invalid=true]")).to_have_count(4)
    expect(place(page, "chat").get_by_role("log")).to_have_count(0)  # no stop of the keyboard while it is empty
    box = place(page, "chat").get_by_label(widget_words("chat.message"))
    box.fill("Hei, hvor finner jeg fakturaen?")
    box.press("Enter")
    expect(place(page, "chat").get_by_role("log").get_by_text("Hei, hvor finner jeg fakturaen?")).to_be_visible()
    assert_no_sideways_scrolling(page)
    tables = place(page, "policy").locator("table")
    assert tables.evaluate_all("all => all.every(each => each.offsetWidth <= each.parentElement.clientWidth + 1)")
    assert_accessible(page, f"unlocked-{look}")


# Where what has the focus is, and whether one of ours covers a part of it, or all that can be seen of what is tall.
FOCUSED = """() => {
  let focused = document.activeElement;
  while (focused.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const isOurs = (host) => host.contains(document.activeElement);
  const overlap = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const rect = focused.getBoundingClientRect();
  const hosts = [...document.querySelectorAll("#forecourt-banner, #forecourt-control")].filter((host) => !host.hidden);
  const cards = hosts.filter((host) => !isOurs(host)).map((host) => host.shadowRoot.querySelector(".root"));
  const own = hosts.find(isOurs)?.shadowRoot.querySelector(".content")?.getBoundingClientRect();
  const isInContent = own && focused.assignedSlot?.matches(".content *");
  return {
    name: focused.id || focused.textContent.trim().slice(0, 40) || focused.tagName,
    isPage: focused === document.body,
    isInBanner: hosts.some((host) => isOurs(host) && host.id === "forecourt-banner"),
    isHidden: cards.some((card) => overlap(rect, card.getBoundingClientRect()))
      || rect.bottom < 1 || rect.top > innerHeight - 1
      || (isInContent && (rect.top < own.top - 1 || rect.bottom > own.bottom + 1)),
  };
}"""


def wait_until_drawn(page: Page) -> None:
    """Waits for a frame: with each, the page makes room for the banner, whose height another size has changed."""
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")


def walk(page: Page, key: str = "Tab") -> list[dict[str, Any]]:
    """Returns every stop of the keyboard, from the page's start until it has been all around."""
    wait_until_drawn(page)
    stops: list[dict[str, Any]] = []
    while len(stops) < 300:
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED)
        if stops and (stop["isPage"] or stop == stops[0]):
            return stops
        stops.append(stop)
    raise AssertionError("the keyboard never comes to an end")


@pytest.mark.parametrize("width", [375, 1280])
def test_the_keyboard_meets_the_banner_first_and_nothing_it_reaches_is_hidden(
    demo: ForecourtProcess, browser: Browser, width: int
) -> None:
    page = new_context(browser, viewport={"width": width, "height": 800}, reduced_motion="reduce").new_page()
    page.goto(f"{demo.marketing}?lang=en")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    stops = walk(page)
    banner = [stop["name"] for stop in stops if stop["isInBanner"]]
    assert [stop["name"] for stop in stops][: len(banner)] == banner
    assert banner[2:] == ["forecourt-accept", "forecourt-reject", "forecourt-choose"]
    assert len(stops) > 40  # it leads on into the page, to its end
    assert [stop["name"] for stop in stops if stop["isHidden"]] == []
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    back = walk(page, "Shift+Tab")
    assert [stop["name"] for stop in back if stop["isHidden"]] == []
    page.set_viewport_size({"width": 320, "height": 225})  # as on a desktop at 400%
    assert [stop["name"] for stop in walk(page) if stop["isHidden"]] == []
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("#forecourt-choose").click()
    expect(page.locator("#forecourt-title")).to_be_focused()
    assert [stop["name"] for stop in walk(page) if stop["isHidden"]] == []
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    stops = walk(page)
    # The control, or the page's own place for it where that is in view.
    assert {"forecourt-preferences", "Privacy choices"} & {stop["name"] for stop in stops}
    assert [stop["name"] for stop in stops if stop["isHidden"]] == []
    page.context.close()


@pytest.mark.parametrize("path", HOSTED)
def test_the_hosted_pages(demo: ForecourtProcess, page: Page, look: str, path: str) -> None:
    page.goto(f"{demo.forecourt}/{path}")
    assert_no_sideways_scrolling(page)
    cells = page.locator(".fc-table td")
    assert cells.evaluate_all("all => all.filter(each => each.scrollWidth > each.clientWidth).length") == 0
    assert_accessible(page, f"hosted-{path.strip('/').replace('/', '-')}-{look}")


def test_the_console_and_the_mails(demo: ForecourtProcess, page: Page, look: str) -> None:
    page.goto(f"{demo.forecourt}/console/sign-in")
    assert_accessible(page, f"console-sign-in-{look}")
    sign_in(page, demo.new_link())
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"console-inbox-{look}")
    bar, size = page.locator(".top-bar"), page.viewport_size
    assert size
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024, enlarged four times
    expect(bar).to_have_css("position", "static")
    page.set_viewport_size(size)
    expect(bar).to_have_css("position", "sticky")
    if page.get_by_role("listitem").count():
        page.get_by_role("listitem").first.get_by_role("link").first.click()
        assert_no_sideways_scrolling(page)
        assert_accessible(page, f"console-thread-{look}")
        assert page.locator(".answer-buttons").evaluate(IS_SEND_AT_THE_END)
        expect(page.locator(".keyboard-hint")).to_be_visible(visible=look.startswith("desktop"))
    page.goto(demo.mails)
    assert_accessible(page, f"mails-{look}")
