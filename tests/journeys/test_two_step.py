"""An agent switches the second step on, signs in with it, with a recovery code, and an admin reads that in the log."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from forecourt import i18n
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import hash_password
from forecourt.db.tables import two_step_secrets
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling

PASSWORD = "fjord traktor sokk"
words, english = i18n.words("nb"), i18n.words("en")


def add_person(demo: ForecourtProcess, email: str) -> None:
    with demo.engine.begin() as connection:
        save_agent(connection, email, "Per Hansen", hash_password(PASSWORD))


def sign_in(demo: ForecourtProcess, page: Page, email: str) -> None:
    page.goto(f"{demo.forecourt}/console/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")


def app_code(demo: ForecourtProcess, secret: str) -> str:
    """What the app shows. The server takes it though it took one just now."""
    with demo.engine.begin() as connection:
        connection.execute(update(two_step_secrets).values(last_step=0))
    return pyotp.TOTP(secret).now()


def read_secret(page: Page) -> str:
    return page.locator(".secret code").inner_text().replace(" ", "")


def test_a_second_step_is_switched_on_used_and_read_in_the_log(
    demo: ForecourtProcess, agent: Page, browser: Browser, complaints: list[str]
) -> None:
    add_person(demo, "per@example.com")
    context = new_context(browser, locale="en-GB")
    per = watch_console(context.new_page(), complaints)
    sign_in(demo, per, "per@example.com")
    per.wait_for_url("**/console/")
    per.get_by_role("link", name="Per Hansen").click()
    per.get_by_role("link", name=english("console.two_step")).click()
    per.get_by_label(english("console.password.current")).fill(PASSWORD)
    per.keyboard.press("Enter")
    expect(per.get_by_role("img", name=english("console.two_step.picture"))).to_be_visible()
    secret = read_secret(per)
    per.get_by_label(english("console.two_step.app_code")).fill(app_code(demo, secret))
    per.keyboard.press("Enter")
    expect(per.locator(".recovery-codes li")).to_have_count(10)
    recovery_code = per.locator(".recovery-codes code").first.inner_text()
    for is_by_app in (True, False):
        per.get_by_role("button", name=english("console.sign_out")).click()
        sign_in(demo, per, "per@example.com")
        per.get_by_label(english("console.two_step.code")).fill(
            app_code(demo, secret) if is_by_app else recovery_code.upper()
        )
        per.keyboard.press("Enter")
        per.wait_for_url("**/console/")
    agent.goto(f"{demo.forecourt}/console/people")
    agent.get_by_role("link", name=english("console.audit_log")).click()
    expect(agent.get_by_text(english("console.audit_log.method.recovery_code"))).to_be_visible()
    agent.get_by_label(english("console.consents.filter.person")).select_option("Per Hansen")
    agent.get_by_label(english("console.consents.filter.action")).select_option(
        english("console.audit_log.action.two_step_on")
    )
    agent.get_by_role("button", name=english("console.consents.filter.show")).click()
    expect(agent.get_by_role("listitem")).to_have_count(1)
    with agent.expect_download() as download:
        agent.get_by_role("link", name=english("console.audit_log.csv")).click()
    assert re.fullmatch(r"audit-log-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    agent.goto(f"{demo.forecourt}/console/people")
    agent.get_by_role("link", name="Per Hansen").click()
    agent.get_by_role("button", name=english("console.two_step.switch_off")).click()
    expect(agent.get_by_text(english("console.people.done.two_step_off"))).to_be_visible()
    per.get_by_role("button", name=english("console.sign_out")).click()
    sign_in(demo, per, "per@example.com")
    per.wait_for_url("**/console/")
    assert complaints == []
    context.close()


@pytest.fixture
def admin(demo: ForecourtProcess, page: Page) -> Page:
    page.goto(demo.new_link())
    page.get_by_role("button").first.click()
    page.wait_for_url("**/console/")
    return page


def test_axe_finds_nothing(demo: ForecourtProcess, admin: Page, look: str) -> None:
    admin.goto(f"{demo.forecourt}/console/audit-log")
    _look(admin, f"console-audit-log-{look}")
    admin.goto(f"{demo.forecourt}/console/audit-log?since=yesterday")
    _look(admin, f"console-audit-log-refused-{look}")
    admin.get_by_role("button", name=words("console.sign_out")).click()
    add_person(demo, f"{look}@example.com")
    sign_in(demo, admin, f"{look}@example.com")
    admin.wait_for_url("**/console/")
    admin.goto(f"{demo.forecourt}/console/two-step")
    _look(admin, f"console-two-step-off-{look}")
    admin.locator("#begin-password").fill(PASSWORD)
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/confirm")
    _look(admin, f"console-two-step-setup-{look}")
    admin.locator("#code").fill(app_code(demo, read_secret(admin)))
    admin.keyboard.press("Enter")
    expect(admin.locator(".recovery-codes")).to_be_visible()
    _look(admin, f"console-recovery-codes-{look}")
    admin.goto(f"{demo.forecourt}/console/two-step")
    _look(admin, f"console-two-step-on-{look}")
    admin.get_by_role("button", name=words("console.sign_out")).click()
    sign_in(demo, admin, f"{look}@example.com")
    admin.wait_for_url("**/sign-in/code**")
    _look(admin, f"console-sign-in-code-{look}")


def _look(page: Page, name: str) -> None:
    assert_no_sideways_scrolling(page)
    assert_accessible(page, name)
