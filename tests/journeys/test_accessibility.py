"""axe-core finds nothing in the widget, the hosted pages, the console and the mails, in light and in dark."""

import pytest
from playwright.sync_api import Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
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
    box = place(page, "chat").get_by_label(widget_words("chat.message"))
    box.fill("Hei, hvor finner jeg fakturaen?")
    box.press("Enter")
    expect(place(page, "chat").get_by_role("log").get_by_text("Hei, hvor finner jeg fakturaen?")).to_be_visible()
    assert_no_sideways_scrolling(page)
    tables = place(page, "policy").locator("table")
    assert tables.evaluate_all("all => all.every(each => each.offsetWidth <= each.parentElement.clientWidth + 1)")
    assert_accessible(page, f"unlocked-{look}")


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
    page.goto(demo.new_link())
    page.get_by_role("button").first.click()
    page.wait_for_url("**/console/")
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
