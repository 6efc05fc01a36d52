"""On a phone, the console's links wait behind two buttons, which work by keyboard and without a script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible

PHONE = {"width": 375, "height": 740}
HIGHEST = 0.2  # of the screen, above the page's heading
POLICY = "/console/policy/main/"


def share_above_the_heading(page: Page) -> float:
    box = page.get_by_role("heading", level=1).bounding_box()
    assert box
    return box["y"] / PHONE["height"]


@pytest.mark.parametrize("has_script", [True, False])
def test_the_menus_of_a_phone(browser: Browser, demo: ForecourtProcess, agent: Page, has_script: bool) -> None:
    state = agent.context.storage_state()
    looks = {"viewport": PHONE, "color_scheme": "dark", "storage_state": state}
    context = new_context(browser, locale="en-GB", java_script_enabled=has_script, **looks)
    page = context.new_page()
    page.goto(f"{demo.forecourt}{POLICY}")
    assert share_above_the_heading(page) < HIGHEST
    objections = page.get_by_role("link", name="Objections")
    expect(objections).to_be_hidden()
    page.get_by_role("button", name="Overview").click()
    page.get_by_role("link", name="Grid", exact=True).click()
    page.wait_for_url(f"**{POLICY}grid")
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(objections).to_be_visible()
    if has_script:
        assert_accessible(page, "console-menu-phone-dark")
    page.keyboard.press("Escape")
    expect(objections).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Policy", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/objections")
    context.close()


def test_a_wide_screen_has_no_menu(demo: ForecourtProcess, agent: Page) -> None:
    agent.goto(f"{demo.forecourt}{POLICY}")
    expect(agent.get_by_role("button", name="Menu")).to_be_hidden()
    expect(agent.get_by_role("link", name="Objections")).to_be_visible()
