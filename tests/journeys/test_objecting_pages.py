"""axe-core finds nothing in the pages of objecting, in light and in dark, on a desk and on a phone."""

from playwright.sync_api import Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.sign_in import sign_in
from tests.journeys.test_objecting import ANSWER, REASON, last_objection_day, open_form, words

__all__ = ["last_objection_day"]  # the fixture


def test_every_page_of_it_is_accessible(demo: ForecourtProcess, last_objection_day: str, page: Page, look: str) -> None:
    name = f"{look}"
    officer = f"{name}@kommune.example"
    open_form(page, demo)
    _check_page(page, f"objection-form-{name}")
    page.get_by_role("button", name=words("page.objection.send")).click()
    _check_page(page, f"objection-wrong-{name}")
    for key, text in (("page.form.name", "Ola"), ("page.form.email", officer), ("page.objection.reason", REASON)):
        page.get_by_label(words(key)).fill(text)
    page.get_by_role("button", name=words("page.objection.send")).click()
    page.wait_for_url("**/objection/*")
    _check_page(page, f"objection-receipt-{name}")
    sign_in(page, demo.new_link())
    page.goto(f"{demo.forecourt}/console/objections")
    _check_page(page, f"console-objections-{name}")
    page.locator(".row a").first.click()
    _check_page(page, f"console-objection-{name}")
    page.get_by_role("textbox").fill(ANSWER)
    page.get_by_role("button", name=words("console.objection.resolve")).click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    _check_page(page, f"console-objection-resolved-{name}")
    page.goto(f"{demo.forecourt}/main/nb/objection/unknown")
    _check_page(page, f"objection-gone-{name}")


def _check_page(page: Page, name: str) -> None:
    assert_no_sideways_scrolling(page)
    assert_accessible(page, name)
