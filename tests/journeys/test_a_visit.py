"""The main job, end to end: accept, write, chat, subscribe, be answered, come back, withdraw."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.deadline import wait_until
from tests.journeys.host import looked_through
from tests.journeys.words import Said, place, unlock
from tests.served import Served

said = Said("nb")
PUSHED = 15_000  # milliseconds; what waits for the next heartbeat instead comes 20 s after the last event


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def accepted(at_home: Page) -> Page:
    """The banner answered, the chat opened; the contact form with it, since both need the same."""
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "chat", said)
    expect(place(at_home, "chat").get_by_label(said("chat.message"))).to_be_visible()
    return at_home


def say(page: Page, text: str) -> None:
    box = place(page, "chat").get_by_label(said("chat.message"))
    box.fill(text)
    box.press("Enter")
    expect(place(page, "chat").get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def open_conversation(agent: Page, text: str) -> None:
    agent.get_by_role("listitem").filter(has_text=text).get_by_role("link").first.click()
    expect(agent.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def answer(agent: Page, text: str) -> None:
    agent.get_by_role("textbox").first.fill(text)
    agent.get_by_role("button", name="Send").click()
    expect(agent.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def test_accepting_keeps_a_record_and_a_reload_asks_nothing(
    at_home: Page, context: BrowserContext, rows: Callable[[], dict[str, int]]
) -> None:
    before = rows()
    at_home.locator("#forecourt-accept").click()
    expect(at_home.locator("#forecourt-accept")).to_be_hidden()
    assert rows()["consents"] == before["consents"] + 1
    assert context.cookies() == []
    at_home.reload()
    expect(place(at_home, "preferences").get_by_role("button")).to_be_visible()
    expect(at_home.locator("#forecourt-withdraw")).to_be_visible()
    looked_through(at_home)
    expect(at_home.locator("#forecourt-accept")).to_be_hidden()


def test_rejecting_is_remembered_without_an_identifier(at_home: Page, rows: Callable[[], dict[str, int]]) -> None:
    before = rows()
    at_home.locator("#forecourt-reject").click()
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()
    assert rows()["consents"] == before["consents"] + 1
    assert "token" not in at_home.evaluate("JSON.stringify(localStorage)")
    at_home.reload()
    expect(at_home.locator("#forecourt-preferences")).to_be_visible()
    looked_through(at_home)
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()
    expect(place(at_home, "contact").get_by_role("link", name="support@qualityunit.example")).to_be_visible()


def test_the_lock_wants_the_privacy_policy_read(at_home: Page) -> None:
    at = place(at_home, "contact")
    at.get_by_role("button", name=said("lock.accept")).click()
    expect(at.get_by_text(said("lock.unread"))).to_be_visible()
    expect(at.get_by_role("checkbox")).to_be_focused()


def test_a_contact_message_reaches_the_console_and_is_answered_by_mail(
    demo: Served, at_home: Page, agent: Page, context: BrowserContext, complaints: list[str]
) -> None:
    at = unlock(at_home, "contact", said)
    at.get_by_role("button", name=said("contact.send")).click()
    expect(at.locator("[aria-invalid=true]")).to_have_count(4)
    expect(at.get_by_text(said("form.required")).first).to_be_visible()
    at.get_by_label(said("contact.name")).fill("Kari Nordmann")
    at.get_by_label(said("contact.email")).fill("kari@example.com")
    at.get_by_label(said("contact.topic")).select_option("dpa")
    at.get_by_label(said("contact.message"), exact=True).fill("Kan dere sende databehandleravtalen?")
    at.get_by_role("button", name=said("contact.send")).click()
    expect(at.get_by_text(said("contact.sent"))).to_be_visible()
    open_conversation(agent, "Kan dere sende databehandleravtalen?")

    answer(agent, "Den er på vei.")
    mails = context.new_page()
    mails.goto(demo.mails)
    expect(mails.get_by_text("kari@example.com").first).to_be_visible()
    expect(mails.get_by_text("support@qualityunit.example").first).to_be_visible()
    assert complaints == []


def test_the_newsletter_is_confirmed_by_a_button_in_a_mails_link(
    demo: Served, at_home: Page, context: BrowserContext
) -> None:
    at = unlock(at_home, "newsletter", said)
    at.get_by_label(said("newsletter.email")).fill("nyheter@example.com")
    at.get_by_role("button", name=said("newsletter.subscribe")).click()
    expect(at.get_by_text(said("newsletter.look"))).to_be_visible()
    mails = context.new_page()

    def has_come() -> bool:
        mails.goto(demo.mails)
        return mails.get_by_text("nyheter@example.com").count() > 0

    wait_until(has_come)
    mails.get_by_role("listitem").filter(has_text="nyheter@example.com").get_by_role("link").click()
    mails.locator('a[href*="/confirm/"]').first.click()
    target = context.pages[-1]
    target.wait_for_url("**/confirm/**")
    target.get_by_role("button").click()
    expect(target.get_by_role("button")).to_have_count(0)
    with demo.engine.begin() as connection:
        state = connection.exec_driver_sql("SELECT state FROM subscribers WHERE email = 'nyheter@example.com'").scalar()
    assert state == "confirmed"


def test_a_chat_is_answered_and_resumes_after_a_reload(accepted: Page, agent: Page, complaints: list[str]) -> None:
    say(accepted, "Er noen der?")
    expect(agent.get_by_text("Er noen der?").first).to_be_visible(timeout=PUSHED)
    open_conversation(agent, "Er noen der?")
    answer(agent, "Ja, hva gjelder det?")
    log = place(accepted, "chat").get_by_role("log")
    expect(log.get_by_text("Ja, hva gjelder det?", exact=True)).to_have_count(1, timeout=PUSHED)
    accepted.reload()
    for text in ("Er noen der?", "Ja, hva gjelder det?"):
        expect(log.get_by_text(text, exact=True)).to_have_count(1)
    say(accepted, "Det gjelder prisen.")
    expect(agent.get_by_role("log").get_by_text("Det gjelder prisen.", exact=True)).to_have_count(1, timeout=PUSHED)
    assert complaints == []


def test_a_cut_connection_resumes_without_a_gap_or_a_double(
    accepted: Page, agent: Page, context: BrowserContext
) -> None:
    say(accepted, "Før bruddet")
    open_conversation(agent, "Før bruddet")
    context.set_offline(True)
    answer(agent, "Mens du var borte 1")
    answer(agent, "Mens du var borte 2")
    box = place(accepted, "chat").get_by_label(said("chat.message"))
    box.fill("Skrevet uten nett")
    with accepted.expect_event("requestfailed", lambda request: request.url.endswith("/messages")):
        box.press("Enter")
    context.set_offline(False)
    log = place(accepted, "chat").get_by_role("log")
    for text in ("Før bruddet", "Mens du var borte 1", "Mens du var borte 2", "Skrevet uten nett"):
        expect(log.get_by_text(text, exact=True)).to_have_count(1)
    expect(agent.get_by_role("log").get_by_text("Skrevet uten nett", exact=True)).to_have_count(1)


def test_a_conversation_that_is_closed_says_so(accepted: Page, agent: Page) -> None:
    say(accepted, "Takk for hjelpen")
    open_conversation(agent, "Takk for hjelpen")
    agent.get_by_role("button", name="Close").click()
    expect(place(accepted, "chat").get_by_text(said("chat.closed"))).to_be_visible()
    place(accepted, "chat").get_by_role("button", name=said("chat.new")).click()
    say(accepted, "En ting til")


def test_withdrawing_locks_at_once_and_keeps_what_was_typed(accepted: Page) -> None:
    at = place(accepted, "contact")
    at.get_by_label(said("contact.message"), exact=True).fill("Ikke mist dette")
    place(accepted, "chat").get_by_label(said("chat.message")).fill("Heller ikke dette")
    place(accepted, "preferences").get_by_role("button").first.click()
    accepted.locator("#forecourt-withdraw").click()
    expect(at.get_by_role("button", name=said("lock.accept"))).to_be_visible()
    expect(place(accepted, "chat").get_by_role("log")).to_have_count(0)
    unlock(accepted, "contact", said)
    expect(at.get_by_label(said("contact.message"), exact=True)).to_have_value("Ikke mist dette")
    expect(place(accepted, "chat").get_by_label(said("chat.message"))).to_have_value("Heller ikke dette")


def test_two_decisions_on_a_slow_line_both_count(at_home: Page, context: BrowserContext, demo: Served) -> None:
    line = context.new_cdp_session(at_home)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 800, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "newsletter", said)
    expect(place(at_home, "newsletter").get_by_label(said("newsletter.email"))).to_be_visible()
    unlocked = at_home.evaluate("JSON.parse(localStorage['forecourt:main'])")
    assert set(unlocked["purposes"].values()) == {True}
    with demo.engine.begin() as connection:
        last = connection.exec_driver_sql(
            "SELECT visitor, action FROM consents WHERE kind = 'consent' ORDER BY seq DESC LIMIT 2"
        ).all()
    assert [action for _, action in last] == ["change", "grant"]
    assert last[0].visitor == last[1].visitor


def test_a_double_click_is_one_decision(at_home: Page, rows: Callable[[], dict[str, int]]) -> None:
    before, sent = rows()["consents"], list[str]()
    at_home.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    at_home.locator("#forecourt-reject").dblclick()
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()
    # Decisions are stored one after the other: with the page's own, all that came before it are.
    with at_home.expect_response(lambda answer: "inline" in (answer.request.post_data or "")):
        at_home.evaluate("forecourt('set', { analytics: false })")
    assert [json.loads(each)["source"] for each in sent] == ["banner", "inline"]
    assert rows()["consents"] == before + 2


def test_the_page_can_be_told_and_can_ask(at_home: Page) -> None:
    at_home.evaluate("window.heard = []; forecourt('on', 'consent', e => heard.push(1))")
    at_home.locator("#forecourt-accept").click()
    at_home.wait_for_function("heard.length === 1")
    at_home.evaluate("forecourt('preferences')")
    expect(at_home.locator("#forecourt-save")).to_be_visible()
    at_home.evaluate("forecourt('locale', 'en')")
    expect(place(at_home, "contact").get_by_role("heading", name="Write to us")).to_be_visible()


def test_the_whole_banner_can_be_answered_by_keyboard(at_home: Page) -> None:
    for _ in range(60):
        at_home.keyboard.press("Tab")
        if at_home.evaluate("document.activeElement?.id") == "forecourt-reject":
            break
    at_home.keyboard.press("Enter")
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()


def test_a_click_made_by_a_script_grants_nothing(at_home: Page, rows: Callable[[], dict[str, int]]) -> None:
    before = rows()
    with at_home.expect_response("**/consents") as answered:
        at_home.evaluate("document.querySelector('#forecourt-accept').click()")
    assert (answered.value.status, answered.value.json()["code"]) == (403, "gesture_required")
    looked_through(at_home)
    assert rows() == before
    expect(at_home.locator("#forecourt-accept")).to_be_visible()
