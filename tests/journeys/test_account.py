"""An agent signs in by password on two devices, ends a session, and changes the password."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from forecourt import i18n
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import hash_password
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling

EMAIL, OLD, NEW = "kari@example.com", "correct horse battery", "fjord traktor sokk"
words, english = i18n.words("nb"), i18n.words("en")


@pytest.fixture(scope="module")
def account(demo: ForecourtProcess) -> str:
    with demo.engine.begin() as connection:
        save_agent(connection, EMAIL, "Kari Nordmann-Øverland", hash_password(OLD))
    return EMAIL


@pytest.fixture
def laptop(demo: ForecourtProcess, account: str, browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = new_context(browser, locale="en-GB")
    page = watch_console(context.new_page(), complaints)
    sign_in(demo, page, OLD)
    yield page
    context.close()


def sign_in(demo: ForecourtProcess, page: Page, password: str) -> None:
    page.goto(f"{demo.forecourt}/console/sign-in")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/console/")


def test_an_agent_finds_a_session_ends_it_and_changes_the_password(
    demo: ForecourtProcess, laptop: Page, browser: Browser, complaints: list[str]
) -> None:
    elsewhere = new_context(browser, locale="en-GB")
    phone = watch_console(elsewhere.new_page(), complaints)
    sign_in(demo, phone, OLD)
    laptop.get_by_role("link", name="Kari Nordmann-Øverland").click()
    expect(laptop.get_by_role("listitem")).to_have_count(2)
    laptop.get_by_role("button", name=english("console.sessions.end_others")).click()
    expect(laptop.get_by_role("listitem")).to_have_count(1)
    phone.reload()
    phone.wait_for_url("**/console/sign-in**")
    laptop.get_by_role("link", name=english("console.password"), exact=True).click()
    laptop.get_by_label(english("console.password.current")).fill(OLD)
    laptop.get_by_label(english("console.password.new")).fill("Password2026!")
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("alert")).to_have_text(english("error.field.password_common"))
    expect(laptop.get_by_label(english("console.password.new"))).to_be_focused()
    laptop.get_by_label(english("console.password.current")).fill(OLD)
    laptop.get_by_label(english("console.password.new")).fill(NEW)
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("status").filter(has_text=english("console.password.changed"))).to_be_visible()
    laptop.get_by_role("button", name=english("console.sign_out")).click()
    sign_in(demo, laptop, NEW)
    # Chromium reports the 422 of the refused password as an error of the network.
    assert [complaint for complaint in complaints if "422" not in complaint] == []
    with demo.engine.begin() as connection:
        save_agent(connection, EMAIL, "Kari Nordmann-Øverland", hash_password(OLD))
    elsewhere.close()


def test_axe_finds_nothing(demo: ForecourtProcess, account: str, browser: Browser, page: Page, look: str) -> None:
    contexts = [new_context(browser, locale="nb-NO") for _ in range(2)]
    for context in contexts:
        sign_in(demo, context.new_page(), OLD)
    sign_in(demo, page, OLD)
    page.get_by_role("link", name="Kari Nordmann-Øverland").click()
    page.wait_for_url("**/console/sessions")
    _look(page, f"console-sessions-{look}")
    page.get_by_role("link", name=words("console.password"), exact=True).click()
    _look(page, f"console-password-{look}")
    page.locator("#current").fill(OLD)
    page.locator("#new").fill("passordpassord")
    page.locator("#new").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    _look(page, f"console-password-refused-{look}")
    for context in contexts:
        context.close()


def _look(page: Page, name: str) -> None:
    assert_no_sideways_scrolling(page)
    assert_accessible(page, name)
