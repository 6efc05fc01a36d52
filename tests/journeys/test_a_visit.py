"""Follows a visit from end to end: accept, write, chat, subscribe, be answered, come back, withdraw."""

import json
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.deadline import wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import WITHOUT_LONG_TIMERS
from tests.journeys.control import withdraw
from tests.journeys.host import wait_until_scanned
from tests.journeys.words import WidgetWords, pattern, place, unlock

widget_words = WidgetWords("nb")
# Without heartbeats no stream looks for messages by itself: what arrives was pushed.
WITHOUT_HEARTBEATS = [
    sys.executable,
    "-c",
    "from forecourt import __main__; from forecourt.web import sse; sse.HEARTBEAT = 3600; exit(__main__.main())",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def program() -> list[str]:
    return WITHOUT_HEARTBEATS


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Opens a visitor's browser in which the chat does not connect again after a silence."""
    context.add_init_script(WITHOUT_LONG_TIMERS)
    return context


@pytest.fixture
def agents_context(agents_context: BrowserContext) -> BrowserContext:
    """Opens an agent's browser in which nothing is fetched every so many seconds."""
    agents_context.add_init_script(WITHOUT_LONG_TIMERS)
    return agents_context


@pytest.fixture
def visitor_in_chat(at_home: Page) -> Page:
    """Accepts the banner and opens the chat, which unlocks the contact form too, since both need the same."""
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "chat", widget_words)
    expect(place(at_home, "chat").get_by_label(widget_words("chat.message"))).to_be_visible()
    return at_home


def send_chat_message(page: Page, text: str) -> None:
    box = place(page, "chat").get_by_label(widget_words("chat.message"))
    box.fill(text)
    box.press("Enter")
    expect(place(page, "chat").get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def open_conversation(agent: Page, text: str) -> None:
    agent.get_by_role("listitem").filter(has_text=text).get_by_role("link").first.click()
    expect(agent.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def answer_chat(agent: Page, text: str) -> None:
    agent.get_by_role("textbox").first.fill(text)
    agent.get_by_role("button", name="Send").click()
    expect(agent.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def test_accepting_keeps_a_record_and_a_reload_asks_nothing(
    at_home: Page, context: BrowserContext, rows: Callable[[], dict[str, int]]
) -> None:
    rows_before = rows()
    at_home.locator("#forecourt-accept").click()
    expect(at_home.locator("#forecourt-accept")).to_be_hidden()
    assert rows()["consents"] == rows_before["consents"] + 1
    assert context.cookies() == []
    at_home.reload()
    expect(place(at_home, "preferences").get_by_role("button")).to_be_visible()
    expect(at_home.locator("#forecourt-preferences")).to_be_visible()
    wait_until_scanned(at_home)
    expect(at_home.locator("#forecourt-accept")).to_be_hidden()


def test_rejecting_is_remembered_without_an_identifier(at_home: Page, rows: Callable[[], dict[str, int]]) -> None:
    rows_before = rows()
    at_home.locator("#forecourt-reject").click()
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()
    assert rows()["consents"] == rows_before["consents"] + 1
    assert "token" not in at_home.evaluate("JSON.stringify(localStorage)")
    at_home.reload()
    expect(at_home.locator("#forecourt-preferences")).to_be_visible()
    wait_until_scanned(at_home)
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()
    expect(place(at_home, "contact").get_by_role("link", name="support@qualityunit.example")).to_be_visible()


def test_one_consent_step_leaves_a_tick_to_the_locks_and_the_tick_counts_in_all_places(
    at_home: Page, rows: Callable[[], dict[str, int]]
) -> None:
    contact, chat, newsletter = (place(at_home, kind) for kind in ("contact", "chat", "newsletter"))
    contact.get_by_role("button", name=widget_words("lock.accept")).click()
    expect(contact.get_by_text(widget_words("lock.unread"))).to_be_visible()
    expect(contact.get_by_role("checkbox")).to_be_focused()
    contact.get_by_role("checkbox").check()
    expect(contact.get_by_text(widget_words("lock.unread"))).to_have_count(0)
    expect(chat.get_by_role("checkbox")).to_be_checked()
    at_home.locator("#forecourt-choose").click()
    # Each purpose is in view as a whole, with no scrolling: the last one's description as well.
    for name in ("necessary", "support", "newsletter", "analytics", "marketing", "marketing0", "privacy_policy"):
        expect(at_home.locator(f"#forecourt-purpose-{name}")).to_be_in_viewport(ratio=1)
    at_home.locator("#forecourt-purpose-privacy_policy").uncheck()
    expect(chat.get_by_role("checkbox")).not_to_be_checked()
    at_home.locator("#forecourt-accept").click()

    last_step = pattern(widget_words("lock.one_step"))
    expect(contact.get_by_text(last_step)).to_be_visible()
    expect(newsletter.get_by_text(widget_words("newsletter.locked"))).to_be_visible()
    expect(contact.get_by_text(widget_words("lock.stores"))).to_have_count(0)  # it was said, and accepted
    newsletter.get_by_role("checkbox").check()
    expect(contact.get_by_role("checkbox")).to_be_checked()
    chat.get_by_role("button", name=widget_words("lock.open"), exact=True).click()
    for feature in (chat, contact):
        expect(feature.get_by_role("textbox").first).to_be_visible()
    expect(newsletter.get_by_role("checkbox")).to_have_count(0)

    contact.get_by_label(widget_words("contact.name")).fill("Kari")
    token, rows_before = at_home.evaluate(TOKEN), rows()
    withdraw(at_home)
    expect(contact.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    expect(contact.get_by_role("checkbox")).not_to_be_checked()
    at_home.locator("#forecourt-undo").click()
    expect(contact.get_by_label(widget_words("contact.name"))).to_have_value("Kari")
    expect(at_home.locator("#forecourt-undo")).to_have_count(0)
    assert at_home.evaluate(TOKEN) == token
    assert rows()["consents"] == rows_before["consents"] + 2  # a withdrawal, and a grant of its own
    assert rows()["visitors"] == rows_before["visitors"]


TOKEN = "JSON.parse(localStorage['forecourt:main']).token.split('.')[0]"


def test_a_contact_message_reaches_the_console_and_is_answered_by_mail(
    demo: ForecourtProcess, at_home: Page, agent: Page, context: BrowserContext, complaints: list[str]
) -> None:
    contact = unlock(at_home, "contact", widget_words)
    contact.get_by_role("button", name=widget_words("contact.send")).click()
    expect(contact.locator("[aria-invalid=true]")).to_have_count(4)
    expect(contact.get_by_text(widget_words("form.required")).first).to_be_visible()
    contact.get_by_label(widget_words("contact.name")).fill("Kari Nordmann")
    contact.get_by_label(widget_words("contact.email")).fill("kari@example.com")
    contact.get_by_label(widget_words("contact.topic")).select_option("dpa")
    contact.get_by_label(widget_words("contact.message"), exact=True).fill("Kan dere sende databehandleravtalen?")
    contact.get_by_role("button", name=widget_words("contact.send")).click()
    expect(contact.get_by_text(widget_words("contact.sent_title"))).to_be_visible()
    open_conversation(agent, "Kan dere sende databehandleravtalen?")

    answer_chat(agent, "Den er på vei.")
    mails = context.new_page()
    mails.goto(demo.mails)
    expect(mails.get_by_text("kari@example.com").first).to_be_visible()
    expect(mails.get_by_text("support@qualityunit.example").first).to_be_visible()
    assert complaints == []


def test_the_newsletter_is_confirmed_by_a_button_in_a_mails_link(
    demo: ForecourtProcess, at_home: Page, context: BrowserContext
) -> None:
    newsletter = unlock(at_home, "newsletter", widget_words)
    newsletter.get_by_label(widget_words("newsletter.email")).fill("nyheter@example.com")
    newsletter.get_by_role("button", name=widget_words("newsletter.subscribe")).click()
    expect(newsletter.get_by_text(widget_words("newsletter.sent_text"))).to_be_visible()
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
        addresses = connection.exec_driver_sql("SELECT email FROM subscribers").scalars().all()
    assert "nyheter@example.com" in addresses


def test_a_chat_is_pushed_to_both_sides_and_resumes_after_a_reload(
    visitor_in_chat: Page, agent: Page, complaints: list[str]
) -> None:
    send_chat_message(visitor_in_chat, "Er noen der?")
    expect(agent.get_by_text("Er noen der?").first).to_be_visible()
    open_conversation(agent, "Er noen der?")
    answer_chat(agent, "Ja, hva gjelder det?")
    log = place(visitor_in_chat, "chat").get_by_role("log")
    expect(log.get_by_text("Ja, hva gjelder det?", exact=True)).to_have_count(1)
    visitor_in_chat.reload()
    for text in ("Er noen der?", "Ja, hva gjelder det?"):
        expect(log.get_by_text(text, exact=True)).to_have_count(1)
    send_chat_message(visitor_in_chat, "Det gjelder prisen.")
    expect(agent.get_by_role("log").get_by_text("Det gjelder prisen.", exact=True)).to_have_count(1)
    assert complaints == []


def test_a_cut_connection_resumes_without_a_gap_or_a_double(
    visitor_in_chat: Page, agent: Page, context: BrowserContext
) -> None:
    send_chat_message(visitor_in_chat, "Før bruddet")
    open_conversation(agent, "Før bruddet")
    context.set_offline(True)
    answer_chat(agent, "Mens du var borte 1")
    answer_chat(agent, "Mens du var borte 2")
    box = place(visitor_in_chat, "chat").get_by_label(widget_words("chat.message"))
    box.fill("Skrevet uten nett")
    with visitor_in_chat.expect_event("requestfailed", lambda request: request.url.endswith("/messages")):
        box.press("Enter")
    context.set_offline(False)
    log = place(visitor_in_chat, "chat").get_by_role("log")
    for text in ("Før bruddet", "Mens du var borte 1", "Mens du var borte 2", "Skrevet uten nett"):
        expect(log.get_by_text(text, exact=True)).to_have_count(1)
    expect(agent.get_by_role("log").get_by_text("Skrevet uten nett", exact=True)).to_have_count(1)


def test_a_conversation_that_is_closed_says_so(visitor_in_chat: Page, agent: Page) -> None:
    send_chat_message(visitor_in_chat, "Takk for hjelpen")
    open_conversation(agent, "Takk for hjelpen")
    agent.get_by_role("button", name="Close").click()
    expect(place(visitor_in_chat, "chat").get_by_text(widget_words("chat.closed"))).to_be_visible()
    place(visitor_in_chat, "chat").get_by_role("button", name=widget_words("chat.new_conversation")).click()
    send_chat_message(visitor_in_chat, "En ting til")


def test_withdrawing_locks_at_once_and_keeps_what_was_typed(visitor_in_chat: Page) -> None:
    contact = place(visitor_in_chat, "contact")
    contact.get_by_label(widget_words("contact.message"), exact=True).fill("Ikke mist dette")
    place(visitor_in_chat, "chat").get_by_label(widget_words("chat.message")).fill("Heller ikke dette")
    place(visitor_in_chat, "preferences").get_by_role("button").first.click()
    visitor_in_chat.locator("#forecourt-banner #forecourt-reject").click()
    expect(contact.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    expect(place(visitor_in_chat, "chat").get_by_role("textbox")).to_have_count(0)
    unlock(visitor_in_chat, "contact", widget_words)
    expect(contact.get_by_label(widget_words("contact.message"), exact=True)).to_have_value("Ikke mist dette")
    expect(place(visitor_in_chat, "chat").get_by_label(widget_words("chat.message"))).to_have_value("Heller ikke dette")


def test_two_decisions_on_a_slow_line_both_count(
    at_home: Page, context: BrowserContext, demo: ForecourtProcess
) -> None:
    line = context.new_cdp_session(at_home)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 800, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "newsletter", widget_words)
    expect(place(at_home, "newsletter").get_by_label(widget_words("newsletter.email"))).to_be_visible()
    stored_consent = at_home.evaluate("JSON.parse(localStorage['forecourt:main'])")
    assert set(stored_consent["purposes"].values()) == {True}
    with demo.engine.begin() as connection:
        last_records = connection.exec_driver_sql(
            "SELECT visitor, action FROM consents WHERE kind = 'consent' ORDER BY seq DESC LIMIT 2"
        ).all()
    assert [action for _, action in last_records] == ["change", "grant"]
    assert last_records[0].visitor == last_records[1].visitor


def test_a_double_click_is_one_decision(at_home: Page, rows: Callable[[], dict[str, int]]) -> None:
    count_before, sent_bodies = rows()["consents"], list[str]()
    at_home.on(
        "request", lambda request: sent_bodies.append(request.post_data or "") if request.method == "POST" else None
    )
    at_home.locator("#forecourt-reject").dblclick()
    expect(at_home.locator("#forecourt-reject")).to_be_hidden()
    # Decisions are stored one after the other: with the page's own, all that came before it are.
    with at_home.expect_response(lambda answer_chat: "inline" in (answer_chat.request.post_data or "")):
        at_home.evaluate("forecourt('set', { analytics: false })")
    assert [json.loads(each)["source"] for each in sent_bodies] == ["banner", "inline"]
    assert rows()["consents"] == count_before + 2


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
    rows_before = rows()
    with at_home.expect_response("**/consents") as response_info:
        at_home.evaluate("document.querySelector('#forecourt-accept').click()")
    assert (response_info.value.status, response_info.value.json()["code"]) == (403, "gesture_required")
    wait_until_scanned(at_home)
    assert rows() == rows_before
    expect(at_home.locator("#forecourt-accept")).to_be_visible()
