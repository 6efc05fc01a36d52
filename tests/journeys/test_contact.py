"""Checks that a contact message is stored once and never cut, and that what the page says of it is true."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.words import WidgetWords, unlock

widget_words = WidgetWords("nb")
POST = "**/v1/sites/main/contact"


@pytest.fixture
def contact(at_home: Page) -> Locator:
    """Opens the form, filled in."""
    feature = unlock(at_home, "contact", widget_words)
    feature.get_by_label(widget_words("contact.name")).fill("Kari Nordmann")
    feature.get_by_label(widget_words("contact.email")).fill("kari@example.com")
    feature.get_by_label(widget_words("contact.topic")).select_option("dpa")
    message_of(feature).fill("Hei fra Kari")
    return feature


def message_of(feature: Locator) -> Locator:
    return feature.get_by_label(widget_words("contact.message"), exact=True)


def press_send(feature: Locator) -> None:
    feature.get_by_role("button", name=widget_words("contact.send")).click()


def expect_thanks(feature: Locator) -> None:
    heading = feature.get_by_role("heading", name=widget_words("contact.sent_title"))
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


@pytest.fixture
def count_messages(rows: Callable[[], dict[str, int]]) -> Callable[[], int]:
    """Returns a function that counts the messages that came in since, and checks that each was mailed once."""
    before = rows()

    def count() -> int:
        now = rows()
        count = now["conversations"] - before["conversations"]
        assert now["outbox"] - before["outbox"] == count
        return count

    return count


class LostAnswers:
    """Lets requests reach the server, and loses so many of its answers."""

    def __init__(self, page: Page, count: int):
        self.count = count
        page.route(POST, self.lose)

    def lose(self, route: Route) -> None:
        response = route.fetch()
        if self.count:
            self.count -= 1
            route.abort()
        else:
            route.fulfill(response=response)


def test_one_lost_answer_is_made_good_without_a_word(
    at_home: Page, contact: Locator, count_messages: Callable[[], int]
) -> None:
    LostAnswers(at_home, 1)
    press_send(contact)
    expect_thanks(contact)
    assert count_messages() == 1


def test_without_an_answer_the_page_does_not_say_that_nothing_was_saved(
    at_home: Page, contact: Locator, demo: ForecourtProcess, count_messages: Callable[[], int]
) -> None:
    lost = LostAnswers(at_home, 2)
    press_send(contact)
    expect(contact.get_by_text(widget_words("form.no_answer"))).to_be_visible()
    assert (lost.count, count_messages()) == (0, 1)
    at_home.goto(demo.mails)
    at_home.goto(f"{demo.marketing}?lang=nb")
    expect(message_of(contact)).to_have_value("Hei fra Kari")
    press_send(contact)
    expect_thanks(contact)
    assert count_messages() == 1


def test_who_changes_a_message_meanwhile_learns_that_the_first_one_has_arrived(
    at_home: Page, contact: Locator, count_messages: Callable[[], int]
) -> None:
    LostAnswers(at_home, 2)
    press_send(contact)
    expect(contact.get_by_text(widget_words("form.no_answer"))).to_be_visible()
    message_of(contact).fill("Hei fra Kari, en gang til")
    press_send(contact)
    expect(contact.get_by_text(widget_words("contact.arrived_before"))).to_be_visible()
    assert count_messages() == 1
    press_send(contact)
    expect_thanks(contact)
    assert count_messages() == 2


def test_what_never_reached_the_server_is_sent_by_the_next_click(
    at_home: Page, contact: Locator, count_messages: Callable[[], int]
) -> None:
    at_home.context.set_offline(True)
    press_send(contact)
    expect(contact.get_by_text(widget_words("form.no_answer"))).to_be_visible()
    assert count_messages() == 0
    at_home.context.set_offline(False)
    press_send(contact)
    expect_thanks(contact)
    assert count_messages() == 1


def test_a_long_text_is_not_cut_and_not_sent_until_it_fits(
    at_home: Page, contact: Locator, count_messages: Callable[[], int]
) -> None:
    message, name = message_of(contact), contact.get_by_label(widget_words("contact.name"))
    message.fill("")
    message.focus()
    at_home.keyboard.insert_text("x" * 6000)
    expect(message).to_have_value("x" * 6000)
    expect(contact.get_by_text(re.compile(r"Dette er .1\s000. tegn for langt"))).to_be_visible()
    name.fill("Ł" * 101)
    press_send(contact)
    expect(contact.locator("[aria-invalid=true]")).to_have_count(2)
    expect(contact.get_by_text(re.compile("Dette er .1. tegn for langt")).first).to_be_visible()
    expect(name).to_be_focused()
    assert count_messages() == 0
    name.fill("\u202a" + "Ł" * 100 + "\u202c")
    message.fill("😀" * 5000)
    expect(contact.locator("[aria-invalid=true]")).to_have_count(0)
    press_send(contact)
    expect_thanks(contact)
    assert count_messages() == 1


def test_what_the_server_refuses_is_named_at_its_field(at_home: Page, contact: Locator) -> None:
    contact.get_by_label(widget_words("contact.email")).fill("kari＠example.com")
    press_send(contact)
    expect(contact.get_by_text("U+FF20").first).to_be_visible()
    contact.get_by_label(widget_words("contact.email")).fill("\u200bkari@example.com")
    press_send(contact)
    expect_thanks(contact)


def test_no_field_is_cut_by_the_browser(at_home: Page, contact: Locator, demo: ForecourtProcess) -> None:
    selector = "input[maxlength], textarea[maxlength]"
    expect(at_home.locator(selector)).to_have_count(0)
    for page in ("follow", "objection", "receipt"):
        at_home.goto(f"{demo.forecourt}/main/nb/{page}")
        expect(at_home.locator("form").first).to_be_visible()
        expect(at_home.locator(selector)).to_have_count(0)
