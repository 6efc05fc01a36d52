"""An agent sees what visitors chose today, opens a record with its notice as it looked, and takes the numbers along."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from forecourt import i18n
from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.sign_in import sign_in
from tests.journeys.words import place

words, english = i18n.words("nb"), i18n.words("en")
CONSENTS = "console/consents/main/"


@pytest.fixture(scope="module")
def banner(demo: ForecourtProcess, browser: Browser) -> list[str]:
    """What the banner said to the three who chose: one accepts, one refuses, one accepts and withdraws."""
    texts: list[str] = []
    for clicks in (["accept"], ["reject"], ["accept", "reject"]):
        context = new_context(browser, locale="nb-NO")
        page = context.new_page()
        page.goto(f"{demo.marketing}?lang=nb")
        texts = [page.locator(f"#forecourt-{name}").inner_text() for name in ("title", "text")]
        for index, name in enumerate(clicks):
            if index:
                place(page, "preferences").get_by_role("button").first.click()
            with page.expect_response("**/consents**"):
                page.locator(f"#forecourt-banner #forecourt-{name}").click()
        context.close()
    return [text.replace("\u2068", "").replace("\u2069", "") for text in texts]


def test_an_agent_follows_a_choice_from_the_numbers_to_its_notice(
    demo: ForecourtProcess, banner: list[str], agent: Page, complaints: list[str]
) -> None:
    agent.get_by_role("link", name=english("console.consents")).click()
    agent.wait_for_url(f"**/{CONSENTS}")
    expect(_numbers(agent).get_by_role("cell")).to_have_text(["2", "1", "0", "1", "4", "0"])
    with agent.expect_download() as saved:
        agent.get_by_role("link", name=english("console.consents.csv.days")).click()
    table = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
    assert [sum(int(row[name]) for row in table) for name in ("Accepted", "Refused", "Withdrawn")] == [2, 1, 1]
    _numbers(agent).get_by_role("link").click()
    agent.get_by_role("listitem").get_by_role("link", name=english("console.consents.action.refuse")).click()
    for text in banner:
        expect(agent.get_by_text(text, exact=True)).to_be_visible()
    expect(agent.get_by_text(english("console.consents.notice.unchanged"))).to_be_visible()
    assert complaints == []


def test_the_pages_work_by_keyboard_alone(demo: ForecourtProcess, banner: list[str], agent: Page) -> None:
    agent.goto(f"{demo.forecourt}/{CONSENTS}")
    agent.get_by_label(english("console.consents.filter.locale"), exact=True).focus()
    for key in ("End", "Tab", "Tab", "Enter"):
        agent.keyboard.press(key)
    agent.wait_for_url("**locale=nb**")
    expect(_numbers(agent).get_by_role("cell").first).to_have_text("2")


def test_axe_finds_nothing(demo: ForecourtProcess, banner: list[str], page: Page, look: str) -> None:
    sign_in(page, demo.new_link())
    for name, path in (("days", ""), ("again", "again"), ("records", "records"), ("wrong", "records?since=nonsense")):
        page.goto(f"{demo.forecourt}/{CONSENTS}{path}")
        _look(page, f"console-consents-{name}-{look}")
    page.goto(f"{demo.forecourt}/{CONSENTS}records?action=grant")
    page.locator(".row a").first.click()
    page.get_by_text(words("console.consents.seal.checkpoint"), exact=True).click()
    _look(page, f"console-consents-record-{look}")


def _look(page: Page, name: str) -> None:
    assert_no_sideways_scrolling(page)
    assert_accessible(page, name)


def _numbers(page: Page) -> Locator:
    """Of the one day on which something was chosen."""
    return page.get_by_role("row").filter(has=page.locator("time"))
