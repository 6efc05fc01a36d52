"""The list of companies stands above the prose, in few screens. It is a table or cards, is filtered, prints whole."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from forecourt import clock
from forecourt.policy.model import Location, Policy
from tests.deadline import DEADLINE, wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.words import place
from tests.policy.sample import policy, publish

SCREENS = [((1280, 900), 2), ((375, 740), 5)]
NAMES = ("Öland Data AB", "Île Hébergement", "Fjord Sky AS", "Donau Wolke GmbH", "Thames Host Ltd")
# How far below the top of the page, or of the widget's place, the prose begins.
PROSE_TOP = """([root, name]) => {
  const top = root ? root.host.getBoundingClientRect().top : -scrollY;
  return (root ?? document).querySelector(name).getBoundingClientRect().top - top;
}"""
PROSE = ".fc-note:not(.fc-partly, .fc-unreviewed, .fc-emergency), .fc-section"
COLUMNS = "row => getComputedStyle(row).gridTemplateColumns.split(' ').length"


@pytest.fixture(scope="module")
def demo_with_changes(demo: ForecourtProcess) -> ForecourtProcess:
    """Announces two changes, of a company that is there and of one more place of another."""
    day = clock.now().date() + timedelta(days=40)
    facts = policy().facts
    moves = replace(facts.engagement("linode-eu"), locations=(Location("FR", "eu"),), effective=day)
    calls = replace(facts.engagement("twilio"), id="twilio-ie", locations=(Location("IE"),), effective=day)
    engagements = [moves if each.id == moves.id else each for each in facts.engagements]
    publish_and_wait(demo, replace(policy(), facts=replace(facts, engagements=(*engagements, calls))), 2)
    return demo


@pytest.fixture(scope="module")
def demo_with_companies(demo_with_changes: ForecourtProcess) -> ForecourtProcess:
    """Adds five companies, so that there are eleven."""
    facts = policy().facts
    ids = [f"new-{position}" for position in range(len(NAMES))]
    added = replace(facts.engagement("linode-us"), effective=clock.now().date())
    companies = [replace(facts.entity("linode"), id=key, legal_name=name) for key, name in zip(ids, NAMES, strict=True)]
    engagements = [replace(added, id=key, entity=key) for key in ids]
    facts = replace(facts, entities=(*facts.entities, *companies), engagements=(*facts.engagements, *engagements))
    publish_and_wait(demo_with_changes, replace(policy(), facts=facts), 3, "A test")
    return demo_with_changes


def publish_and_wait(demo: ForecourtProcess, of: Policy, number: int, emergency: str = "") -> None:
    with demo.engine.begin() as connection:
        publish(connection, of, clock.now(), emergency)
    boot = f"{demo.forecourt}/v1/sites/main/boot"
    wait_until(lambda: httpx.get(boot, timeout=DEADLINE).json()["policy"]["release"] == number)


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, locale="en-GB", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def open_hosted(demo: ForecourtProcess, page: Page, path: str = "") -> Locator:
    page.goto(f"{demo.forecourt}/main/en/{path}")
    return page.locator(".fc-policy")


def open_widget(demo: ForecourtProcess, page: Page) -> Locator:
    page.goto(f"{demo.marketing}?lang=en")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    return place(page, "policy").locator(".fc-policy")


def assert_few_screens(demo: ForecourtProcess, page: Page, changes: int) -> None:
    for (width, height), screens in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for open_policy in (open_hosted, open_widget):
            section = open_policy(demo, page)
            expect(section.locator(".fc-proposal")).to_have_count(changes)
            root = section.evaluate_handle("each => each.getRootNode() === document ? null : each.getRootNode()")
            assert page.evaluate(PROSE_TOP, [root, PROSE]) <= screens * height


def test_the_sample_takes_two_screens_on_a_desktop_and_five_on_a_phone_before_its_prose(
    demo: ForecourtProcess, reader: Page
) -> None:
    assert_few_screens(demo, reader, 0)


def test_so_it_does_with_two_announced_changes(demo_with_changes: ForecourtProcess, reader: Page) -> None:
    assert_few_screens(demo_with_changes, reader, 2)


def test_its_own_width_makes_a_table_or_cards_of_it(demo_with_changes: ForecourtProcess, reader: Page) -> None:
    row = open_hosted(demo_with_changes, reader).locator(".fc-company").first
    for width, columns in ((1280, 4), (740, 4), (660, 1), (375, 1)):
        reader.set_viewport_size({"width": width, "height": 900})
        assert row.evaluate(COLUMNS) == columns, width
        assert_no_sideways_scrolling(reader)


def test_without_a_script_every_row_stands_and_an_address_opens_its_company(
    demo_with_companies: ForecourtProcess, browser: Browser
) -> None:
    context = new_context(browser, java_script_enabled=False)
    section = open_hosted(demo_with_companies, context.new_page(), "#fc-linode-uk")
    expect(section.locator(".fc-company")).to_have_count(11)
    expect(section.locator(".fc-company").last).to_be_visible()
    expect(section.locator(".fc-filter")).to_be_hidden()
    expect(section.locator("#fc-linode-uk")).to_be_visible()
    expect(section.locator("#fc-twilio")).to_be_hidden()
    section.page.emulate_media(media="print")
    expect(section.locator("#fc-twilio")).to_be_visible()
    expect(section.locator(".fc-regions")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("open_policy", [open_hosted, open_widget])
def test_the_list_is_filtered_by_keyboard_and_says_how_many_are_left(
    demo_with_companies: ForecourtProcess, reader: Page, open_policy: object
) -> None:
    assert callable(open_policy)
    section: Locator = open_policy(demo_with_companies, reader)
    rows, box = section.locator(".fc-company:visible"), section.get_by_role("searchbox", name="Filter the list")
    status = section.locator(".fc-left")
    section.locator(".fc-follow").focus()
    reader.keyboard.press("Tab")
    expect(box).to_be_focused()
    reader.keyboard.type("oland DATA")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Öland Data AB")
    expect(status).to_have_text("1 company of 11")
    box.fill("same group")
    expect(status).to_have_text("2 companies of 11")
    box.fill("nothing like it")
    expect(status).to_have_text("No company matches.")
    expect(rows).to_have_count(0)
    section.get_by_role("link", name="Twilio, Inc.").click()
    expect(section.locator("#fc-twilio")).to_be_visible()
    expect(box).to_have_value("")
    expect(rows).to_have_count(11)
    box.fill("Fjord")
    expect(rows).to_have_count(1)
    reader.emulate_media(media="print")
    expect(rows).to_have_count(11)


def test_what_is_filtered_and_unfolded_stays_so_over_another_region_and_language(
    demo_with_companies: ForecourtProcess, reader: Page, complaints: list[str]
) -> None:
    section = open_widget(demo_with_companies, reader)
    section.get_by_role("searchbox").fill("linode, llc")
    expect(section.locator(".fc-company:visible")).to_have_count(1)
    section.locator("[data-company=linode] summary").press("Enter")
    expect(section.locator("#fc-linode-us")).to_be_visible()
    section.locator("[data-forecourt-region=US]").click()
    expect(section.locator("[data-forecourt-region=US]")).to_have_attribute("aria-current", "true")
    expect(section.locator("#fc-linode-us")).to_be_visible()
    expect(section.locator(".fc-company:visible")).to_have_count(1)
    section.get_by_role("searchbox").focus()
    reader.evaluate("forecourt('locale', 'nb')")
    expect(section.get_by_role("searchbox", name="Filtrer listen")).to_be_focused()
    expect(section.locator(".fc-left")).to_have_text("1 selskap av 10")
    assert complaints == []


def test_the_unfolded_list_can_be_read_by_everybody(
    demo_with_companies: ForecourtProcess, page: Page, look: str
) -> None:
    section = open_hosted(demo_with_companies, page)
    section.get_by_role("searchbox").fill("Linode")
    section.locator("[data-company=linode] summary").click()
    expect(section.locator("#fc-linode-us")).to_be_visible()
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"policy-list-{look}")
