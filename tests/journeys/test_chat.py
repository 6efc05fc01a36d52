"""Checks what happens while people type, read and wait in the chat."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import WITHOUT_LONG_TIMERS, new_context
from tests.journeys.control import withdraw
from tests.journeys.words import WidgetWords, place, unlock

widget_words = WidgetWords("nb")
# A tab that is not looked at, which a browser without windows has none of.
HIDE = """hidden => {
  Object.defineProperty(Document.prototype, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.add_init_script(WITHOUT_LONG_TIMERS)
    return context


@pytest.fixture
def visitor_in_chat(at_home: Page) -> Page:
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "chat", widget_words)
    expect(field_of(at_home)).to_be_visible()
    return at_home


def field_of(page: Page) -> Locator:
    return place(page, "chat").get_by_label(widget_words("chat.message"))


def log_of(page: Page) -> Locator:
    return place(page, "chat").get_by_role("log")


def send(page: Page, text: str) -> None:
    field_of(page).fill(text)
    field_of(page).press("Enter")


def sent_messages(page: Page) -> Locator:
    """Returns the messages that are stored."""
    return log_of(page).locator("[data-seq]")


class Desk:
    """Answers as an agent does, without a page."""

    def __init__(self, agent: Page, demo: ForecourtProcess):
        self._agent, self._demo, self._count = agent, demo, 0

    def answer(self, visitor: Page, text: str) -> None:
        self._count += 1
        conversation = visitor.evaluate("JSON.parse(localStorage['forecourt:main']).conversation")
        response = self._agent.request.post(
            f"{self._demo.forecourt}/console/conversations/{conversation}/answers",
            form={"key": f"k{self._count}", "body": text, "seen": "999999999"},
            headers={"origin": self._demo.forecourt, "hx-request": "true"},
        )
        assert response.status == 204, response.text()


@pytest.fixture
def desk(agent: Page, demo: ForecourtProcess) -> Desk:
    return Desk(agent, demo)


def test_a_line_break_of_office_is_one_and_what_nobody_sees_refuses_nobody(visitor_in_chat: Page) -> None:
    send(visitor_in_chat, "\u200bHei,\x0bhvor er\u00ad dere?\ufeff")
    expect(sent_messages(visitor_in_chat)).to_have_count(1)
    visitor_in_chat.reload()
    expect(sent_messages(visitor_in_chat).locator("p")).to_have_text("Hei,\nhvor er dere?", use_inner_text=True)


def test_a_refused_message_says_why_and_comes_back_to_be_changed(visitor_in_chat: Page, complaints: list[str]) -> None:
    send(visitor_in_chat, "Hei, her\x07 er jeg")
    pending = log_of(visitor_in_chat).locator(".pending")
    expect(pending).to_contain_text("U+0007")
    expect(pending).to_contain_text("Hei, her")
    send(visitor_in_chat, "Den neste går likevel")
    expect(sent_messages(visitor_in_chat)).to_have_count(1)
    visitor_in_chat.reload()
    field_of(visitor_in_chat).fill("Noe mer")
    pending.get_by_role("button", name=widget_words("chat.edit")).click()
    expect(pending).to_have_count(0)
    expect(field_of(visitor_in_chat)).to_have_value("Hei, her\x07 er jeg\nNoe mer")
    expect(field_of(visitor_in_chat)).to_be_focused()
    send(visitor_in_chat, "Hei, her er jeg")
    expect(sent_messages(visitor_in_chat)).to_have_count(2)
    assert [text for text in complaints if "422" not in text] == []


def test_a_long_text_is_not_cut_and_not_sent_until_it_fits(visitor_in_chat: Page) -> None:
    field, feature = field_of(visitor_in_chat), place(visitor_in_chat, "chat")
    field.focus()
    visitor_in_chat.keyboard.insert_text("😀" * 4500)
    expect(field).to_have_value("😀" * 4500)
    expect(
        feature.get_by_text(re.compile("Dette er .500. tegn for langt. Her er det plass til høyst .4\\s000."))
    ).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    feature.get_by_role("button", name=widget_words("chat.send")).click()
    expect(field).to_have_value("😀" * 4500)
    expect(log_of(visitor_in_chat).locator("*")).to_have_count(0)
    field.fill("😀" * 4001)
    expect(feature.get_by_text(re.compile("Dette er .1. tegn for langt."))).to_be_visible()
    field.fill("\ufeff" + "😀" * 4000 + "\u00ad\n")
    expect(field).to_have_attribute("aria-invalid", "false")
    field.press("Enter")
    expect(sent_messages(visitor_in_chat)).to_have_count(1)


def test_the_enter_that_ends_a_composition_sends_nothing(visitor_in_chat: Page, context: BrowserContext) -> None:
    field, log = field_of(visitor_in_chat), log_of(visitor_in_chat)
    line = context.new_cdp_session(visitor_in_chat)
    field.focus()
    for text in ("に", "にほ", "にほん"):
        line.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    # The key as an input method hands it on: the field takes no line break from it.
    line.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    line.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "windowsVirtualKeyCode": 13})
    line.send("Input.insertText", {"text": "日本"})
    expect(field).to_have_value("日本")
    expect(log.locator("*")).to_have_count(0)
    visitor_in_chat.keyboard.press("Enter")
    expect(sent_messages(visitor_in_chat).locator("p")).to_have_text("日本")


ENTER = ("keydown", {"key": "Enter", "keyCode": 13})
# What each browser sends while 한 is typed and taken by Enter (UI Events, and what Safari does instead).
COMPOSITIONS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "Chrome": [
        ("keydown", {"key": "Process", "keyCode": 229}),
        ("compositionstart", {}),
        ("compositionupdate", {"data": "한"}),
        ("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True}),
        ("compositionend", {"data": "한"}),
        ("keyup", {"key": "Enter", "keyCode": 13}),
    ],
    "Firefox": [
        ("keydown", {"key": "Process", "keyCode": 229}),
        ("compositionstart", {}),
        ("compositionupdate", {"data": "한"}),
        ("keydown", {"key": "Enter", "keyCode": 13, "isComposing": True}),
        ("compositionend", {"data": "한"}),
        ("keyup", {"key": "Enter", "keyCode": 13}),
    ],
    "Safari": [
        ("compositionstart", {}),
        ("compositionupdate", {"data": "한"}),
        ("compositionend", {"data": "한"}),
        ("keydown", {"key": "Enter", "keyCode": 229, "isComposing": False}),
        ("keyup", {"key": "Enter", "keyCode": 13}),
    ],
    "an input method that sets no flag": [
        ("compositionstart", {}),
        ("compositionupdate", {"data": "한"}),
        ENTER,
        ("compositionend", {"data": "한"}),
        ("keyup", {"key": "Enter", "keyCode": 13}),
    ],
}
DISPATCH = """(field, [type, options]) => {
  const kind = type.startsWith("composition") ? CompositionEvent : KeyboardEvent;
  const event = new kind(type, { bubbles: true, composed: true, cancelable: true, ...options });
  return field.dispatchEvent(event);
}"""


def test_every_browsers_composition_is_recognized(visitor_in_chat: Page) -> None:
    field = field_of(visitor_in_chat)
    for number, (browser_name, events) in enumerate(COMPOSITIONS.items(), 1):
        field.fill("한")
        for event in events:
            assert field.evaluate(DISPATCH, event), f"{browser_name}: {event} was taken as a key that sends"
        expect(field).to_have_value("한")
        assert not field.evaluate(DISPATCH, ENTER)
        expect(sent_messages(visitor_in_chat)).to_have_count(number)


def test_who_reads_further_up_stays_there_and_is_told_what_came(visitor_in_chat: Page, desk: Desk) -> None:
    send(visitor_in_chat, "Første\n" + "linje\n" * 40)
    expect(sent_messages(visitor_in_chat)).to_have_count(1)
    log, feature = log_of(visitor_in_chat), place(visitor_in_chat, "chat")
    desk.answer(visitor_in_chat, "Svar 1")
    expect(log.get_by_text("Svar 1")).to_be_in_viewport()

    log.evaluate("log => log.scrollTo(0, 30)")
    desk.answer(visitor_in_chat, "Svar 2")
    newer = feature.get_by_role("button", name=re.compile("^.1. ny melding$"))
    expect(newer).to_be_visible()
    desk.answer(visitor_in_chat, "Svar 3")
    expect(feature.get_by_role("button", name=re.compile("^.2. nye meldinger$"))).to_be_visible()
    assert log.evaluate("log => log.scrollTop") == 30
    feature.get_by_role("button", name=re.compile("^.2. nye meldinger$")).click()
    expect(log.get_by_text("Svar 3")).to_be_in_viewport()
    expect(feature.get_by_role("button", name="meldinger")).to_have_count(0)

    log.evaluate("log => log.scrollTo(0, 30)")
    desk.answer(visitor_in_chat, "Svar 4")
    expect(newer).to_be_visible()
    send(visitor_in_chat, "Min egen")
    expect(log.get_by_text("Min egen")).to_be_in_viewport()
    expect(feature.get_by_role("button", name="melding")).to_have_count(0)


def test_addresses_are_links_and_nothing_else_is_an_element(visitor_in_chat: Page) -> None:
    """By the same list as the console's (tests/test_links_in_text.py)."""
    cases = json.loads((Path(__file__).parents[1] / "links_in_text.json").read_text("utf-8"))
    for number, (text, addresses) in enumerate(cases, 1):
        send(visitor_in_chat, text)
        body = sent_messages(visitor_in_chat).nth(number - 1).locator("p")
        assert body.text_content() == text
        links = body.locator("*").evaluate_all("links => links.map(link => [link.tagName, link.getAttribute('href')])")
        assert links == [["A", address] for address in addresses], text
    rel = sent_messages(visitor_in_chat).first.locator("a").get_attribute("rel")
    assert set((rel or "").split()) == {"noopener", "nofollow", "ugc"}


def test_what_was_typed_is_back_after_another_page_and_gone_after_a_withdrawal(
    visitor_in_chat: Page, demo: ForecourtProcess
) -> None:
    contact = place(visitor_in_chat, "contact")
    contact.get_by_label(widget_words("contact.message"), exact=True).fill("Halvskrevet")
    field_of(visitor_in_chat).fill("Også dette")
    for address in (demo.mails, f"{demo.marketing}?lang=nb"):
        visitor_in_chat.goto(address)
        visitor_in_chat.goto(f"{demo.marketing}?lang=nb")
        expect(contact.get_by_label(widget_words("contact.message"), exact=True)).to_have_value("Halvskrevet")
        expect(field_of(visitor_in_chat)).to_have_value("Også dette")
    assert "Halvskrevet" in visitor_in_chat.evaluate("JSON.stringify(sessionStorage)")
    # A single-page application draws its route anew.
    visitor_in_chat.evaluate(
        "for (const old of document.querySelectorAll('[data-forecourt=chat]')) old.replaceWith(old.cloneNode())"
    )
    expect(field_of(visitor_in_chat)).to_have_value("Også dette")

    withdraw(visitor_in_chat)
    expect(contact.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    visitor_in_chat.wait_for_function("sessionStorage.length === 0")
    visitor_in_chat.reload()
    expect(contact.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    assert visitor_in_chat.evaluate("sessionStorage.length") == 0


def test_what_was_typed_outlives_a_question_that_is_asked_anew(visitor_in_chat: Page) -> None:
    field_of(visitor_in_chat).fill("Halvskrevet")
    visitor_in_chat.reload()
    expect(field_of(visitor_in_chat)).to_have_value("Halvskrevet")
    # Other words than were agreed to, and no answer to which of them changed: nothing is granted.
    visitor_in_chat.evaluate(
        "localStorage['forecourt:main'] = localStorage['forecourt:main'].replace(/_hash\":\"/g, '$&0')"
    )
    visitor_in_chat.route("**/consents/current*", lambda route: route.abort())
    visitor_in_chat.reload()
    expect(place(visitor_in_chat, "chat").get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    visitor_in_chat.wait_for_function("sessionStorage.length === 0")
    unlock(visitor_in_chat, "chat", widget_words)
    expect(field_of(visitor_in_chat)).to_have_value("Halvskrevet")


def test_an_empty_form_leaves_nothing_in_the_storage(visitor_in_chat: Page) -> None:
    visitor_in_chat.reload()
    expect(field_of(visitor_in_chat)).to_be_visible()
    assert visitor_in_chat.evaluate("sessionStorage.length") == 0


def test_a_hidden_tab_says_that_an_agent_has_answered(visitor_in_chat: Page, desk: Desk) -> None:
    title = visitor_in_chat.title()
    send(visitor_in_chat, "Er noen der?")
    expect(sent_messages(visitor_in_chat)).to_have_count(1)
    desk.answer(visitor_in_chat, "Ja")
    expect(sent_messages(visitor_in_chat)).to_have_count(2)
    assert visitor_in_chat.title() == title

    visitor_in_chat.evaluate(HIDE, True)
    desk.answer(visitor_in_chat, "Hva gjelder det?")
    expect(visitor_in_chat).to_have_title(f"(1 ny melding) {title}")
    desk.answer(visitor_in_chat, "Er du der?")
    expect(visitor_in_chat).to_have_title(f"(2 nye meldinger) {title}")
    visitor_in_chat.evaluate("document.title = document.title + '!'")
    visitor_in_chat.evaluate(HIDE, False)
    expect(visitor_in_chat).to_have_title(f"{title}!")


def test_a_hidden_tab_in_which_nobody_wrote_holds_no_connection(
    visitor_in_chat: Page, context: BrowserContext, desk: Desk, demo: ForecourtProcess
) -> None:
    send(visitor_in_chat, "Er noen der?")
    expect(sent_messages(visitor_in_chat)).to_have_count(1)
    other = context.new_page()
    with other.expect_response("**/events"):
        other.goto(f"{demo.marketing}?lang=nb")
    expect(sent_messages(other)).to_have_count(1)
    with other.expect_event("requestfailed", lambda request: request.url.endswith("/events")):
        other.evaluate(HIDE, True)
    title = other.title()
    desk.answer(visitor_in_chat, "Ja")
    expect(sent_messages(visitor_in_chat)).to_have_count(2)
    assert other.title() == title
    other.evaluate(HIDE, False)
    expect(sent_messages(other)).to_have_count(2)
    assert other.title() == title


@pytest.mark.parametrize(("locale", "clock"), [("en-GB", r"\d\d:\d\d"), ("en-US", r"\d?\d:\d\d\s[AP]M")])
def test_times_are_in_the_readers_own_clock(
    browser: Browser, demo: ForecourtProcess, locale: str, clock: str, rows: Callable[[], dict[str, int]]
) -> None:
    context = new_context(browser, locale=locale, timezone_id="Europe/London")
    page, words = context.new_page(), WidgetWords("en")
    page.goto(f"{demo.marketing}?lang=en")
    page.locator("#forecourt-accept").click()
    unlock(page, "chat", words)
    field = place(page, "chat").get_by_label(words("chat.message"))
    field.fill("What time is it?")
    field.press("Enter")
    expect(log_of(page).locator("time")).to_have_text(re.compile(f"^{clock}$"))
    context.close()


def test_answers_that_nobody_sees_are_counted_on_the_launcher_until_the_panel_shows_them(
    visitor_in_chat: Page, desk: Desk
) -> None:
    page = visitor_in_chat
    launcher = place(page, "launcher").get_by_role("button")
    launcher.click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("button", name=re.compile(f"^{widget_words('chat.title')}")).click()
    panel.get_by_label(widget_words("chat.message")).fill("Hei!")
    panel.get_by_label(widget_words("chat.message")).press("Enter")
    expect(panel.get_by_role("log").locator("[data-seq]")).to_have_count(1)
    panel.get_by_role("button", name=widget_words("launcher.close")).click()
    desk.answer(page, "Hei! Hva gjelder det? https://docs.example/en")
    title = widget_words("launcher.title")
    expect(launcher).to_have_accessible_name(re.compile(rf"^{title}, .*1.* nytt svar$"))
    expect(place(page, "launcher").locator(".unread")).to_have_text("1")
    launcher.click()
    expect(launcher).to_have_accessible_name(title)
    link = panel.get_by_role("link", name="https://docs.example/en")
    expect(link).to_have_attribute("rel", "noopener nofollow ugc")
    page.evaluate(HIDE, True)
    desk.answer(page, "Er du der?")
    expect(launcher).to_have_accessible_name(re.compile("nytt svar$"))
    page.evaluate(HIDE, False)
    expect(launcher).to_have_accessible_name(title)


def test_a_closed_chat_says_so_is_rated_and_opens_again_by_writing(
    visitor_in_chat: Page, agent: Page, demo: ForecourtProcess
) -> None:
    page, chat = visitor_in_chat, place(visitor_in_chat, "chat")
    send(page, "Hei!")
    expect(sent_messages(page)).to_have_count(1)
    conversation = page.evaluate("JSON.parse(localStorage['forecourt:main']).conversation")
    agent.goto(f"{demo.forecourt}/console/conversations/{conversation}")
    agent.get_by_role("button", name="Close", exact=True).click()
    expect(chat.get_by_text(widget_words("chat.closed"))).to_be_visible()
    chat.get_by_role("button", name=widget_words("chat.rating_helped"), exact=True).click()
    chat.get_by_label(widget_words("chat.rating_sentence")).fill("Raskt svar.")
    chat.get_by_role("button", name=widget_words("chat.rating_send")).click()
    expect(chat.get_by_text(widget_words("chat.rating_thanks"))).to_be_visible()
    expect(agent.get_by_text("Raskt svar.")).to_be_visible()
    send(page, "En ting til.")
    expect(sent_messages(page)).to_have_count(2)
    expect(chat.get_by_text(widget_words("chat.closed"))).to_have_count(0)
    expect(agent.locator("#thread").get_by_text("En ting til.")).to_be_visible()
