"""axe-core finds nothing in the pages of objecting, in light and in dark, on a desk and on a phone."""

from playwright.sync_api import Page, expect

from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.test_objecting import ANSWER, REASON, open_form, proposal, words
from tests.served import Served

__all__ = ["proposal"]  # the fixture


def test_every_page_of_it_is_accessible(demo: Served, proposal: str, page: Page, look: str) -> None:
    name = f"{look}"
    officer = f"{name}@kommune.example"
    open_form(page, demo)
    _look(page, f"objection-form-{name}")
    page.get_by_role("button", name=words("page.objection.send")).click()
    _look(page, f"objection-wrong-{name}")
    for key, typed in (("page.form.name", "Ola"), ("page.form.email", officer), ("page.objection.reason", REASON)):
        page.get_by_label(words(key)).fill(typed)
    page.get_by_role("button", name=words("page.objection.send")).click()
    page.wait_for_url("**/objection/*")
    _look(page, f"objection-receipt-{name}")
    page.goto(demo.new_link())
    page.get_by_role("button").first.click()
    page.wait_for_url("**/console/")
    page.goto(f"{demo.forecourt}/console/objections")
    _look(page, f"console-objections-{name}")
    page.locator(".row a").first.click()
    _look(page, f"console-objection-{name}")
    page.get_by_role("textbox").fill(ANSWER)
    page.get_by_role("button", name=words("console.objection.resolve")).click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    _look(page, f"console-objection-resolved-{name}")
    page.goto(f"{demo.forecourt}/main/nb/objection/unknown")
    _look(page, f"objection-gone-{name}")


def _look(page: Page, name: str) -> None:
    assert_no_sideways_scrolling(page)
    assert_accessible(page, name)
