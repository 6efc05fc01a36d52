"""Checks the receipt after a choice, the download of all data stored about the visitor, and its erasure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.control import open_choices, open_menu
from tests.journeys.words import WidgetWords, place, unlock

widget_words = WidgetWords("nb")


@pytest.fixture
def visitor_with_message(demo: ForecourtProcess, visitor: Page) -> Page:
    """Accepts, and sends a contact message."""
    visitor.goto(f"{demo.marketing}?lang=nb")
    visitor.locator("#forecourt-accept").click()
    contact = unlock(visitor, "contact", widget_words)
    contact.get_by_label(widget_words("contact.name")).fill("Kari Nordmann")
    contact.get_by_label(widget_words("contact.email")).fill("kari@example.com")
    contact.get_by_label(widget_words("contact.topic")).select_option("dpa")
    contact.get_by_label(widget_words("contact.message"), exact=True).fill("Hei fra Kari")
    contact.get_by_role("button", name=widget_words("contact.send")).click()
    expect(contact.get_by_text(widget_words("contact.sent_title"))).to_be_visible()
    return visitor


def open_preferences(page: Page) -> None:
    open_choices(page)
    expect(page.locator("#forecourt-download")).to_be_visible()


def test_the_receipt_is_in_reach_after_a_choice_and_opens(visitor_with_message: Page, context: BrowserContext) -> None:
    open_menu(visitor_with_message)
    link = visitor_with_message.locator("#forecourt-control").get_by_role(
        "link", name=widget_words("personal_data.receipt")
    )
    with context.expect_page() as page_info:
        link.click()
    expect(page_info.value.get_by_role("heading", level=1)).to_be_visible()
    assert "/nb/receipt/" in page_info.value.url
    visitor_with_message.reload()
    open_preferences(visitor_with_message)
    expect(visitor_with_message.locator("#forecourt-receipt")).to_have_attribute(
        "href", page_info.value.url.partition("#")[0]
    )


def test_a_refusals_receipt_is_shown_and_not_kept(demo: ForecourtProcess, visitor: Page) -> None:
    visitor.goto(f"{demo.marketing}?lang=nb")
    visitor.locator("#forecourt-reject").click()
    expect(visitor.get_by_role("link", name=widget_words("personal_data.receipt"))).to_be_visible()
    assert "receipt" not in visitor.evaluate("JSON.stringify(localStorage)")
    visitor.reload()
    expect(visitor.locator("#forecourt-preferences")).to_be_visible()
    expect(visitor.get_by_role("link", name=widget_words("personal_data.receipt"))).to_have_count(0)


def test_everything_held_comes_as_a_file(visitor_with_message: Page, complaints: list[str]) -> None:
    open_preferences(visitor_with_message)
    with visitor_with_message.expect_download() as download_info:
        visitor_with_message.locator("#forecourt-download").click()
    assert download_info.value.suggested_filename == "main.json"
    text = Path(download_info.value.path()).read_text("utf-8")
    assert json.loads(text)["consents"]
    assert "Hei fra Kari" in text
    assert complaints == []


def test_erasing_asks_first_and_then_leaves_nothing_behind(
    visitor_with_message: Page, rows: Callable[[], dict[str, int]]
) -> None:
    messages_before = rows()["conversations"]
    open_preferences(visitor_with_message)
    visitor_with_message.locator("#forecourt-erase").click()
    banner = visitor_with_message.locator("#forecourt-banner")
    expect(banner.get_by_text(widget_words("personal_data.erase_text"))).to_be_in_viewport()
    expect(banner.get_by_role("heading")).to_be_focused()
    confirm = visitor_with_message.locator("#forecourt-erase-confirmation")
    expect(confirm).to_be_in_viewport(ratio=1)
    assert rows()["conversations"] == messages_before
    look = "button => getComputedStyle(button).backgroundColor"
    assert confirm.evaluate(look) != visitor_with_message.locator("#forecourt-erase-refusal").evaluate(look)
    confirm.click()
    expect(banner.get_by_role("heading", name=widget_words("personal_data.erased_title"))).to_be_in_viewport()
    expect(
        place(visitor_with_message, "contact").get_by_role("button", name=widget_words("lock.accept"))
    ).to_be_visible()
    visitor_with_message.locator("#forecourt-close").click()
    expect(banner).to_be_hidden()
    open_menu(visitor_with_message)
    expect(visitor_with_message.locator("#forecourt-undo")).to_have_count(0)  # nothing comes back
    assert rows()["conversations"] == messages_before - 1
    stored_consent = json.loads(visitor_with_message.evaluate("localStorage['forecourt:main']"))
    assert not {"token", "receipt", "conversation"} & set(stored_consent)


@pytest.mark.parametrize("way_out", ["button", "key"])
def test_an_erasure_can_be_left_before_it_is_confirmed(visitor_with_message: Page, way_out: str) -> None:
    open_preferences(visitor_with_message)
    visitor_with_message.locator("#forecourt-erase").click()
    if way_out == "button":
        visitor_with_message.locator("#forecourt-erase-refusal").click()
    else:
        visitor_with_message.keyboard.press("Escape")
        expect(visitor_with_message.locator("#forecourt-preferences")).to_be_focused()
        open_preferences(visitor_with_message)
    expect(visitor_with_message.locator("#forecourt-erase")).to_have_text(widget_words("personal_data.erase"))


def test_a_server_out_of_reach_is_said(visitor_with_message: Page, context: BrowserContext) -> None:
    open_preferences(visitor_with_message)
    context.set_offline(True)
    visitor_with_message.locator("#forecourt-download").click()
    expect(visitor_with_message.locator("#forecourt-status")).to_have_text(widget_words("error.network"))
    context.set_offline(False)
