"""A data-protection officer objects to a planned change from its page; an agent answers; the officer reads it there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from forecourt import clock, i18n
from forecourt.db.tables import objections
from tests.followers.follow_steps import relocated
from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.test_following import link_in, plain_text, wait_for_mail
from tests.policy import sample

words, english = i18n.words("nb"), i18n.words("en")
DAYS = 40
REASON = "Vi kan ikke ha data i Sverige.\nDet står i avtalen vår."
ANSWER = "Dataene deres blir i Tyskland."


@pytest.fixture(scope="module")
def last_objection_day(demo: ForecourtProcess) -> str:
    """Publishes the move of `linode-eu`, and returns the last day on which one may object to it."""
    with demo.engine.begin() as connection:
        sample.publish(connection, relocated("linode-eu", "SE", DAYS), clock.now())
    demo.wait_until_live(2)
    return i18n.long_date(clock.now().date() + timedelta(days=DAYS), "nb")


def objection_states(demo: ForecourtProcess, email: str) -> list[str]:
    with demo.engine.begin() as connection:
        return list(connection.execute(select(objections.c.state).where(objections.c.email == email)).scalars())


def open_form(page: Page, demo: ForecourtProcess) -> None:
    """Opens the form from the proposal on the policy's page."""
    page.goto(f"{demo.forecourt}/main/nb/")
    page.locator(".fc-object").first.click()
    page.wait_for_url("**/objection?engagement=linode-eu")


def test_an_officer_objects_and_reads_the_answer(
    demo: ForecourtProcess,
    last_objection_day: str,
    visitor: Page,
    context: BrowserContext,
    agent: Page,
    rows: Callable[[], dict[str, int]],
    complaints: list[str],
) -> None:
    officer = "ombud@kommune.example"
    open_form(visitor, demo)
    expect(visitor.get_by_label(words("page.objection.engagement"))).to_have_value("linode-eu")
    expect(visitor.locator("#chosen")).to_contain_text(last_objection_day)
    expect(visitor.locator("#chosen")).to_contain_text("Sverige")

    visitor.get_by_label(words("page.objection.reason")).fill(REASON)
    visitor.get_by_role("button", name=words("page.objection.send")).click()
    expect(visitor.get_by_text(words("error.field.required"))).to_have_count(2)
    expect(visitor.get_by_label(words("page.form.name"))).to_be_focused()
    expect(visitor.get_by_label(words("page.objection.reason"))).to_have_value(REASON)
    complaints.clear()  # Chromium notes the form's 422

    visitor.get_by_label(words("page.form.name")).fill("Ola Nordmann")
    visitor.get_by_label(words("page.form.email")).fill(officer)
    visitor.get_by_label(words("page.form.company")).fill("Kommunen")
    visitor.get_by_role("button", name=words("page.objection.send")).click()
    expect(visitor.get_by_role("heading", name=words("page.objection.open.title"))).to_be_focused()
    visitor.reload()
    expect(visitor.get_by_text("Det står i avtalen vår.")).to_be_visible()
    assert objection_states(demo, officer) == ["open"]

    receipt = wait_for_mail(visitor, demo.engine, "objection_receipt", officer)
    assert "Det står i avtalen vår." not in plain_text(receipt)
    visitor.goto(link_in(receipt, "/objection/"))
    visitor.get_by_role("button", name=words("page.objection.receipt.button")).click()
    expect(visitor.get_by_role("button", name=words("page.objection.withdraw"))).to_be_visible()

    agent.get_by_role("link", name=english("console.objections")).click()
    agent.get_by_role("link", name="Ola Nordmann, Kommunen").click()
    expect(agent.get_by_text("Det står i avtalen vår.")).to_be_visible()
    agent.get_by_role("textbox").fill(ANSWER)
    agent.get_by_role("button", name=english("console.objection.resolve")).click()
    expect(agent.get_by_role("button", name=english("console.reopen"))).to_be_visible()
    assert objection_states(demo, officer) == ["resolved"]

    assert ANSWER in plain_text(wait_for_mail(visitor, demo.engine, "objection_answer", officer))
    visitor.reload()
    expect(visitor.get_by_role("heading", name=words("page.objection.resolved.title"))).to_be_visible()
    expect(visitor.get_by_text(ANSWER)).to_be_visible()

    rows_before = rows()
    assert (rows_before["visitors"], rows_before["consents"]) == (0, 0)
    assert context.cookies() == []
    assert complaints == []


def test_objecting_and_taking_it_back_by_keyboard_without_javascript(
    demo: ForecourtProcess, last_objection_day: str, browser: Browser
) -> None:
    officer = "tastatur@kommune.example"
    context = new_context(browser, java_script_enabled=False, locale="nb-NO")
    page = context.new_page()
    page.goto(f"{demo.forecourt}/main/nb/objection?engagement=linode-eu")
    _tab_to(page, "engagement")
    for text in ("Kari", officer, "", "Fordi."):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=words("page.objection.open.title"))).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.get_by_role("button", name=words("page.objection.withdraw")).and_(page.locator(":focus")).count():
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=words("page.objection.withdrawn.title"))).to_be_focused()
    assert objection_states(demo, officer) == ["withdrawn"]
    context.close()


def _tab_to(page: Page, identity: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(f"#{identity}:focus").count():
            return
    raise AssertionError(f"no Tab leads to {identity}")
