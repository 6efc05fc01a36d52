"""A data-protection officer reads the policy, follows, is told of a change in time, and leaves; without consent."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, select

from forecourt import clock, i18n
from forecourt.db.tables import followers, outbox
from tests.deadline import wait_until
from tests.followers.follow_steps import relocated
from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import find_violations
from tests.policy import sample

words = i18n.words("nb")


def find_mail(engine: Engine, kind: str, recipient: str) -> EmailMessage | None:
    with engine.begin() as connection:
        query = select(outbox.c.payload).where(outbox.c.kind == kind, outbox.c.recipient == recipient)
        payload = connection.execute(query.order_by(outbox.c.created_at.desc())).scalars().first()
    return message_from_bytes(payload, EmailMessage, policy=default) if payload else None


def wait_for_mail(page: Page, engine: Engine, kind: str, recipient: str) -> EmailMessage:
    return wait_until(lambda: find_mail(engine, kind, recipient))


def plain_text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def link_in(mail: EmailMessage, part: str) -> str:
    return next(str(each) for each in re.findall(r"http://\S+", plain_text(mail)) if part in each)


def state_of(engine: Engine, recipient: str) -> str | None:
    with engine.begin() as connection:
        return connection.execute(select(followers.c.state).where(followers.c.email == recipient)).scalar_one_or_none()


def assert_clean(page: Page) -> None:
    """Checks that axe finds nothing, that nothing is wider than a phone, and that the browser stores nothing."""
    assert find_violations(page) == []
    page.set_viewport_size({"width": 375, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate("document.cookie + JSON.stringify({...localStorage, ...sessionStorage})") == "{}"


def test_an_officer_follows_is_told_in_their_language_and_leaves(
    demo: ForecourtProcess,
    visitor: Page,
    context: BrowserContext,
    rows: Callable[[], dict[str, int]],
    complaints: list[str],
) -> None:
    officer = "ombud@kommune.example"
    visitor.goto(f"{demo.forecourt}/main/nb/")
    visitor.get_by_role("link", name=words("page.follow"), exact=True).first.click()
    visitor.wait_for_url("**/nb/follow*")
    assert_clean(visitor)

    visitor.get_by_label(words("page.form.email")).fill("ombud")
    visitor.get_by_role("button", name=words("page.follow.send")).click()
    expect(visitor.get_by_text(words("error.field.email"))).to_be_visible()
    expect(visitor.get_by_label(words("page.form.email"))).to_have_value("ombud")
    complaints.clear()  # Chromium notes the form's 422
    visitor.get_by_label(words("page.form.email")).fill(officer)
    visitor.get_by_label(words("page.follow.region"), exact=True).select_option("EU")
    visitor.get_by_role("button", name=words("page.follow.send")).click()
    expect(visitor.get_by_role("heading", name=words("page.follow.requested.title"))).to_be_visible()

    visitor.goto(link_in(wait_for_mail(visitor, demo.engine, "follow_confirmation", officer), "/confirm/"))
    assert state_of(demo.engine, officer) is None
    assert_clean(visitor)
    visitor.get_by_role("button", name=words("page.follow.confirm.button")).click()
    expect(visitor.get_by_role("heading", name=words("page.follow.confirmed.title"))).to_be_focused()
    assert state_of(demo.engine, officer) == "confirmed"

    with demo.engine.begin() as connection:
        sample.publish(connection, relocated("linode-eu", "SE", 40), clock.now())
    notice = wait_for_mail(visitor, demo.engine, "change_notice", officer)
    day = i18n.long_date(clock.now().date() + timedelta(days=40), "nb")
    notice_text = plain_text(notice)
    assert words("policy.change.relocated") in str(notice["Subject"])
    assert "Linode" in str(notice["Subject"])
    assert "Sverige" in notice_text
    assert f"{words('mail.change_notice.effective')}: {day}" in notice_text
    assert f"{words('mail.change_notice.deadline')}: {day}" in notice_text

    for part in ("/objection?", "/releases/2"):
        answer = visitor.goto(link_in(notice, part))
        assert answer
        assert answer.status == 200
        expect(visitor.get_by_text("Linode").first).to_be_visible()

    visitor.goto(link_in(notice, "/manage/"))
    assert_clean(visitor)
    visitor.get_by_label(words("page.follow.region"), exact=True).select_option("UK")
    visitor.get_by_role("button", name=words("page.follow.save"), exact=True).click()
    expect(visitor.get_by_text(words("page.follow.saved"))).to_be_visible()
    visitor.get_by_role("button", name=words("page.follow.stop.button")).click()
    expect(visitor.get_by_role("heading", name=words("page.follow.stopped.title"))).to_be_focused()
    assert state_of(demo.engine, officer) == "left"

    rows_before = rows()
    assert (rows_before["visitors"], rows_before["consents"]) == (0, 0)
    assert context.cookies() == []
    assert complaints == []


def test_the_form_needs_no_javascript(demo: ForecourtProcess, browser: Any) -> None:
    context_without_javascript = new_context(browser, java_script_enabled=False, locale="en-GB")
    page = context_without_javascript.new_page()
    page.goto(f"{demo.forecourt}/main/en/follow?region=UK")
    expect(page.get_by_label("Your account's region", exact=True)).to_have_value("UK")
    page.get_by_label("E-mail").fill("plain@example.com")
    page.get_by_text(i18n.words("en")("page.follow.advanced")).click()
    page.get_by_label("Webhook address").fill("https://192.168.0.1/")
    page.get_by_role("button", name="Tell me about changes").click()
    expect(page.get_by_text(i18n.words("en")("error.field.webhook"))).to_be_visible()
    page.get_by_label("Webhook address").fill("")
    page.get_by_role("button", name="Tell me about changes").click()
    expect(page.get_by_role("heading", name="Thank you. Please check your inbox")).to_be_visible()
    context_without_javascript.close()
    assert find_mail(demo.engine, "follow_confirmation", "plain@example.com")
    assert state_of(demo.engine, "plain@example.com") is None
