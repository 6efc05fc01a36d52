"""Checks what happens while an agent reads and types in a thread of the console."""

import re
from typing import Any

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import WITHOUT_LONG_TIMERS, new_context
from tests.journeys.looks import assert_accessible
from tests.journeys.sign_in import sign_in
from tests.page import EVERYTHING


@pytest.fixture
def agents_context(agents_context: BrowserContext) -> BrowserContext:
    agents_context.add_init_script(WITHOUT_LONG_TIMERS)
    return agents_context


class ChatVisitor:
    """Acts as a visitor in the chat, without a page."""

    def __init__(self, request: APIRequestContext, demo: ForecourtProcess):
        self._request, self._base, self._count = request, f"{demo.forecourt}/v1/sites/main/", 0
        self._headers = {"origin": demo.marketing.rstrip("/")}
        consent = request.get(f"{self._base}boot?locale=en").json()["consent"]
        answer = {"purposes": EVERYTHING, "privacy_policy": True, "locale": "en", "source": "banner"}
        token = self._post("consents", answer | {"gesture": "trusted", "notice_hash": consent["notice_hash"]})["token"]
        self._headers["authorization"] = f"Bearer {token}"
        self.conversation = self._post("conversations", {})["id"]

    def say(self, text: str) -> None:
        self._count += 1
        self._post(f"conversations/{self.conversation}/messages", {"key": f"v{self._count}", "body": text})

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = self._request.post(self._base + path, data=body, headers=self._headers)
        assert response.ok, response.text()
        return response.json()


@pytest.fixture
def chat_visitor(context: BrowserContext, demo: ForecourtProcess) -> ChatVisitor:
    return ChatVisitor(context.request, demo)


@pytest.fixture
def thread(agent: Page, chat_visitor: ChatVisitor, demo: ForecourtProcess) -> Page:
    """Opens a conversation that is longer than the window."""
    for number in range(20):
        chat_visitor.say(f"Message {number}\nwith\nfour\nlines")
    agent.goto(f"{demo.forecourt}/console/conversations/{chat_visitor.conversation}")
    expect(message(agent, "Message 19")).to_be_in_viewport()
    return agent


def message(page: Page, text: str) -> Locator:
    return page.get_by_role("log").get_by_text(text)


def test_who_reads_further_up_stays_there_and_is_told_what_came(thread: Page, chat_visitor: ChatVisitor) -> None:
    thread.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    chat_visitor.say("One more")
    expect(thread.get_by_role("button", name="1 new message")).to_be_visible()
    chat_visitor.say("And another")
    button = thread.get_by_role("button", name="2 new messages")
    expect(button).to_be_visible()
    assert thread.evaluate("scrollY") == 0
    button.click()
    expect(message(thread, "And another")).to_be_in_viewport()
    expect(button).to_be_hidden()
    chat_visitor.say("Seen at once")
    expect(message(thread, "Seen at once")).to_be_in_viewport()


def test_an_answer_of_ones_own_is_in_sight(thread: Page) -> None:
    thread.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    thread.get_by_role("textbox").fill("Here is the answer")
    thread.get_by_role("button", name="Send", exact=True).click()
    expect(message(thread, "Here is the answer")).to_be_in_viewport()
    expect(thread.get_by_role("textbox")).to_have_value("")


def test_an_answer_waits_until_its_writer_knows_what_came(thread: Page, chat_visitor: ChatVisitor) -> None:
    thread.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    chat_visitor.say("Never mind, it works now")
    expect(thread.get_by_role("button", name="1 new message")).to_be_visible()
    field = thread.get_by_role("textbox")
    field.fill("We are looking into it")
    thread.get_by_role("button", name="Send", exact=True).click()
    alert = thread.get_by_role("alert")
    expect(alert).to_contain_text("The visitor wrote just now.")
    expect(alert).to_contain_text("Never mind, it works now")
    expect(field).to_have_value("We are looking into it")
    expect(message(thread, "We are looking into it")).to_have_count(0)
    alert.get_by_role("button", name="Send anyway").click()
    expect(message(thread, "We are looking into it")).to_be_in_viewport()
    expect(field).to_have_value("")
    expect(alert).to_be_empty()


def test_a_note_is_plain_to_see_and_no_answer(thread: Page, chat_visitor: ChatVisitor) -> None:
    thread.get_by_role("radio", name="Answer", exact=True).focus()
    thread.keyboard.press("ArrowRight")
    expect(thread.get_by_role("radio", name="Note", exact=True)).to_be_checked()
    field = thread.get_by_role("textbox", name="Note, only agents see this")
    field.fill("Ask the boss first")
    expect(thread.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    thread.reload()
    expect(field).to_have_value("Ask the boss first")  # a note that comes back is no answer
    thread.get_by_role("button", name="Save note").click()
    expect(thread.locator(".note-entry")).to_contain_text("Ask the boss first")
    expect(field).to_have_value("")
    assert_accessible(thread, "conversation-with-note")


def test_the_enter_that_ends_a_composition_sends_nothing(thread: Page) -> None:
    field = thread.get_by_role("textbox")
    field.fill("日本")
    press = """(field, [before, options]) => {
      for (const name of before) field.dispatchEvent(new CompositionEvent(name, { bubbles: true }));
      const enter = { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
      field.dispatchEvent(new KeyboardEvent("keydown", { ...enter, ...options }));
    }"""
    for events, options in (
        (["compositionstart"], {"keyCode": 13}),
        (["compositionend"], {"keyCode": 229, "isComposing": False}),
        ([], {"keyCode": 13, "isComposing": True}),
    ):
        field.evaluate(press, [events, options])
    expect(field).to_have_value("日本")
    with thread.expect_request("**/answers") as requests:
        field.evaluate(press, [[], {"keyCode": 13}])
    assert "日本".encode() in (requests.value.post_data_buffer or b"")
    expect(message(thread, "日本")).to_have_count(1)


def test_addresses_are_links(thread: Page, chat_visitor: ChatVisitor) -> None:
    chat_visitor.say("See <b>https://example.com/a_(b)</b>, or javascript:alert(1)")
    link = message(thread, "See").get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.com/a_(b)")
    expect(link).to_have_attribute("rel", "noopener nofollow ugc")
    expect(message(thread, "See")).to_have_text("See <b>https://example.com/a_(b)</b>, or javascript:alert(1)")


@pytest.mark.parametrize(("locale", "clock"), [("en-GB", r"\d\d:\d\d"), ("en-US", r"\d?\d:\d\d\s[AP]M")])
def test_times_are_in_the_readers_own_clock(
    browser: Browser, demo: ForecourtProcess, chat_visitor: ChatVisitor, locale: str, clock: str
) -> None:
    chat_visitor.say("What time is it?")
    context = new_context(browser, locale=locale)
    page = context.new_page()
    sign_in(page, demo.new_link())
    page.goto(f"{demo.forecourt}/console/conversations/{chat_visitor.conversation}")
    expect(page.get_by_role("log").locator("time")).to_have_text(re.compile(f"^{clock}$"))
    context.close()
