"""In the widget: the receipt after a choice, everything held as a file, and its erasure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.words import Said, place, unlock
from tests.served import Served

said = Said("nb")


@pytest.fixture
def chosen(demo: Served, visitor: Page) -> Page:
    """Accepted, and a message sent."""
    visitor.goto(f"{demo.marketing}?lang=nb")
    visitor.locator("#forecourt-accept").click()
    at = unlock(visitor, "contact", said)
    at.get_by_label(said("contact.name")).fill("Kari Nordmann")
    at.get_by_label(said("contact.email")).fill("kari@example.com")
    at.get_by_label(said("contact.topic")).select_option("dpa")
    at.get_by_label(said("contact.message"), exact=True).fill("Hei fra Kari")
    at.get_by_role("button", name=said("contact.send")).click()
    expect(at.get_by_text(said("contact.sent"))).to_be_visible()
    return visitor


def preferences(page: Page) -> None:
    page.locator("#forecourt-preferences").click()
    expect(page.locator("#forecourt-download")).to_be_visible()


def test_the_receipt_is_in_reach_after_a_choice_and_opens(chosen: Page, context: BrowserContext) -> None:
    link = chosen.locator("#forecourt-control").get_by_role("link", name=said("held.receipt"))
    with context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    assert "/nb/receipt/" in opened.value.url
    chosen.reload()
    preferences(chosen)
    expect(chosen.locator("#forecourt-receipt")).to_have_attribute("href", opened.value.url.partition("#")[0])


def test_a_refusals_receipt_is_shown_and_not_kept(demo: Served, visitor: Page) -> None:
    visitor.goto(f"{demo.marketing}?lang=nb")
    visitor.locator("#forecourt-reject").click()
    expect(visitor.get_by_role("link", name=said("held.receipt"))).to_be_visible()
    assert "receipt" not in visitor.evaluate("JSON.stringify(localStorage)")
    visitor.reload()
    expect(visitor.locator("#forecourt-preferences")).to_be_visible()
    expect(visitor.get_by_role("link", name=said("held.receipt"))).to_have_count(0)


def test_everything_held_comes_as_a_file(chosen: Page, complaints: list[str]) -> None:
    preferences(chosen)
    with chosen.expect_download() as saved:
        chosen.locator("#forecourt-download").click()
    assert saved.value.suggested_filename == "main.json"
    text = Path(saved.value.path()).read_text("utf-8")
    assert json.loads(text)["consents"]
    assert "Hei fra Kari" in text
    assert complaints == []


def test_erasing_asks_first_and_then_leaves_nothing_behind(chosen: Page, rows: Callable[[], dict[str, int]]) -> None:
    before = rows()["contact_messages"]
    preferences(chosen)
    erase = chosen.locator("#forecourt-erase")
    erase.click()
    expect(chosen.locator("#forecourt-status")).to_have_text(said("held.sure"))
    expect(erase).to_have_text(said("held.yes"))
    expect(erase).to_be_in_viewport()
    assert rows()["contact_messages"] == before
    erase.click()
    expect(place(chosen, "contact").get_by_role("button", name=said("lock.accept"))).to_be_visible()
    assert rows()["contact_messages"] == before - 1
    kept = json.loads(chosen.evaluate("localStorage['forecourt:main']"))
    assert not {"token", "receipt", "conversation"} & set(kept)


def test_closing_takes_the_question_back(chosen: Page) -> None:
    preferences(chosen)
    chosen.locator("#forecourt-erase").click()
    chosen.locator("#forecourt-close").click()
    preferences(chosen)
    expect(chosen.locator("#forecourt-erase")).to_have_text(said("held.erase"))


def test_a_server_out_of_reach_is_said(chosen: Page, context: BrowserContext) -> None:
    preferences(chosen)
    context.set_offline(True)
    chosen.locator("#forecourt-download").click()
    expect(chosen.locator("#forecourt-status")).to_have_text(said("error.network"))
    context.set_offline(False)
