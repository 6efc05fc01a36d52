"""Checks the policy in the widget: a region, following and objecting, before any choice and stored nowhere (L1)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import RowMapping, text

from forecourt import clock
from forecourt.policy.model import Location, Policy
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.host import wait_until_scanned
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling, new_context_for_look
from tests.journeys.test_law import NOTHING, STORAGES
from tests.journeys.words import WidgetWords, place
from tests.policy.sample import policy, publish

widget_words, english = WidgetWords("nb"), WidgetWords("en")
MOVING = "linode-eu"
FOCUSED = "document.querySelector('[data-forecourt=policy]').shadowRoot.activeElement"


@pytest.fixture(scope="module")
def demo_with_proposal(demo: ForecourtProcess) -> ForecourtProcess:
    """Announces a move to France, and waits until the running demo serves it."""
    moment = clock.now()
    with demo.engine.begin() as connection:
        publish(connection, with_move(policy(), days=40), moment)
    demo.wait_until_live(2)
    return demo


def with_move(of: Policy, days: int) -> Policy:
    """Returns the policy with a planned location in France, and with two products."""
    engagement = of.facts.engagement(MOVING)
    places = (*engagement.locations, Location("FR"))
    moved_engagement = replace(engagement, locations=places, effective=clock.now().date() + timedelta(days=days))
    engagements = tuple(moved_engagement if each.id == MOVING else each for each in of.facts.engagements)
    facts = replace(of.facts, engagements=engagements, products=("calls", "desk"))
    product_words = {"product.calls": 'Voice & "calls" <b>', "product.desk": "Desk's"}
    return replace(
        of, facts=facts, words={language: {**words, **product_words} for language, words in of.words.items()}
    )


@pytest.fixture
def reader(demo_with_proposal: ForecourtProcess, visitor: Page) -> Page:
    """Opens the page as somebody who has answered nothing."""
    return open_page(demo_with_proposal, visitor)


def open_page(demo: ForecourtProcess, page: Page, query: str = "lang=nb") -> Page:
    page.goto(f"{demo.marketing}?{query}")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    return page


def region_link(page: Page, name: str) -> Locator:
    return place(page, "policy").locator(f'[data-forecourt-region="{name}"]')


def opener(page: Page, kind: str) -> Locator:
    return place(page, "policy").locator(f".fc-{kind}").first


def form(page: Page) -> Locator:
    return place(page, "policy").locator(".fc-form")


def submit(page: Page, kind: str) -> None:
    form(page).get_by_role("button", name=widget_words(f"{kind}.send")).click()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        form(page).locator(f"#{name}").fill(value)


def find_row(demo: ForecourtProcess, query: str, **values: str) -> RowMapping | None:
    with demo.engine.begin() as connection:
        return connection.execute(text(query), values).mappings().one_or_none()


def assert_nothing_is_kept(page: Page, context: BrowserContext) -> None:
    assert page.evaluate(STORAGES) == NOTHING
    assert context.cookies() == []
    expect(page.locator("#forecourt-accept")).to_be_visible()


def test_a_region_is_chosen_in_place_and_kept_in_the_address(reader: Page, context: BrowserContext) -> None:
    reader.goto(f"{reader.url}&q=a%20b&empty#subprocessors")
    reader.evaluate("history.replaceState({ theirs: 1 }, '')")
    history_length = reader.evaluate("history.length")
    region_link(reader, "UK").click()
    expect(region_link(reader, "UK")).to_have_attribute("aria-current", "true")
    expect(region_link(reader, "UK")).to_be_focused()
    expect(place(reader, "policy").get_by_role("status").filter(has_text="Storbritannia")).to_have_count(1)
    expect(place(reader, "policy").locator("#fc-linode-eu")).to_have_count(0)
    assert reader.url.endswith("?lang=nb&q=a%20b&empty&forecourt-region=UK#subprocessors")
    assert reader.evaluate("[history.state.theirs, history.length]") == [1, history_length]
    reader.reload()
    expect(region_link(reader, "UK")).to_have_attribute("aria-current", "true")
    region_link(reader, "").click()
    expect(region_link(reader, "")).to_have_attribute("aria-current", "true")
    assert reader.url.endswith("?lang=nb&q=a%20b&empty#subprocessors")
    assert_nothing_is_kept(reader, context)


def test_the_address_beats_the_pages_own_region_and_can_say_all(
    demo_with_proposal: ForecourtProcess, visitor: Page
) -> None:
    visitor.add_init_script("""new MutationObserver(() => {
      const script = document.querySelector("script[data-site]");
      if (script) script.dataset.region = "US";
    }).observe(document, { childList: true, subtree: true });""")
    open_page(demo_with_proposal, visitor)
    expect(region_link(visitor, "US")).to_have_attribute("aria-current", "true")
    region_link(visitor, "").click()
    expect(region_link(visitor, "")).to_have_attribute("aria-current", "true")
    visitor.reload()
    expect(region_link(visitor, "")).to_have_attribute("aria-current", "true")
    open_page(demo_with_proposal, visitor, "lang=nb&forecourt-region=EU")
    expect(region_link(visitor, "EU")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("region", ["XX", "EUR", "eu", "%22%3E%3Cimg%3E"])
def test_an_address_with_no_region_of_ours_shows_all(
    demo_with_proposal: ForecourtProcess, visitor: Page, region: str
) -> None:
    open_page(demo_with_proposal, visitor, f"lang=nb&forecourt-region={region}")
    expect(region_link(visitor, "")).to_have_attribute("aria-current", "true")


def test_a_region_can_be_opened_on_a_page_of_its_own(
    reader: Page, context: BrowserContext, demo_with_proposal: ForecourtProcess
) -> None:
    with context.expect_page() as page_info:
        region_link(reader, "EU").click(modifiers=["Control"])
    page_info.value.wait_for_url(f"{demo_with_proposal.forecourt}/main/nb/?region=EU")
    assert "forecourt-region" not in reader.url


@pytest.mark.parametrize("lost", ["**/boot?*", "**/assets/policy-*"])
def test_where_it_cannot_be_done_in_place_the_link_is_followed_beside_it(
    reader: Page, context: BrowserContext, demo_with_proposal: ForecourtProcess, lost: str
) -> None:
    reader.route(lost, lambda route: route.abort())
    with context.expect_page() as page_info:
        region_link(reader, "EU").click()
    page_info.value.wait_for_url(f"{demo_with_proposal.forecourt}/main/nb/?region=EU")
    expect(region_link(reader, "")).to_have_attribute("aria-current", "true")
    assert "forecourt-region" not in reader.url
    reader.unroute(lost)
    region_link(reader, "EU").click()
    expect(region_link(reader, "EU")).to_have_attribute("aria-current", "true")


def test_the_last_region_chosen_is_the_one_that_shows(reader: Page) -> None:
    routes = list[Any]()
    region_link(reader, "US").click()
    expect(region_link(reader, "US")).to_have_attribute("aria-current", "true")
    reader.route("**/boot?*region=EU*", lambda route: routes.append(route))
    region_link(reader, "EU").click()
    region_link(reader, "UK").click()
    expect(region_link(reader, "UK")).to_have_attribute("aria-current", "true")
    with reader.expect_response("**/boot?*region=EU*") as response_info:
        for held_route in routes:
            held_route.continue_()
    response_info.value.finished()
    wait_until_scanned(reader)
    expect(region_link(reader, "UK")).to_have_attribute("aria-current", "true")
    assert reader.url.endswith("forecourt-region=UK")


def test_following_needs_no_consent_and_stores_nothing_here(
    reader: Page,
    context: BrowserContext,
    demo_with_proposal: ForecourtProcess,
    rows: Callable[[], dict[str, int]],
    complaints: list[str],
) -> None:
    rows_before = rows()
    region_link(reader, "EU").click()
    expect(region_link(reader, "EU")).to_have_attribute("aria-current", "true")
    opener(reader, "follow").click()
    expect(form(reader).get_by_role("heading", name=widget_words("follow.title"))).to_be_focused()
    expect(form(reader).get_by_label(widget_words("follow.region"))).to_have_value("EU")
    form(reader).get_by_label("Desk's").check()
    fill(reader, email="dpo@example.com")
    submit(reader, "follow")
    expect(form(reader).get_by_role("heading", name=widget_words("follow.sent_title"))).to_be_focused()
    follow_request = find_row(demo_with_proposal, "SELECT * FROM follow_requests WHERE email = 'dpo@example.com'")
    assert follow_request
    assert (follow_request["locale"], follow_request["region"], follow_request["webhook"]) == ("nb", "EU", "")
    assert json.loads(follow_request["products"]) == ["desk"]
    rows_after = rows()
    assert {
        name: rows_after[name] - rows_before[name] for name in ("follow_requests", "followers", "consents", "visitors")
    } == {"follow_requests": 1, "followers": 0, "consents": 0, "visitors": 0}
    assert_nothing_is_kept(reader, context)
    assert complaints == []


def test_what_is_wrong_is_said_at_its_field_here_and_by_the_server(reader: Page, complaints: list[str]) -> None:
    opener(reader, "object").click()
    submit(reader, "objection")
    expect(form(reader).locator("[aria-invalid=true]")).to_have_count(3)
    expect(form(reader).locator("#name")).to_be_focused()
    fill(reader, name="Kari", email="kari@-example.com", reason="Nei")
    submit(reader, "objection")
    expect(form(reader).locator("#email")).to_be_focused()
    expect(form(reader).locator("#email-wrong")).to_contain_text("navn@example.com")
    assert [each for each in complaints if "422" not in each] == []


def test_an_objection_survives_closing_and_another_language_and_is_sent(
    reader: Page, context: BrowserContext, demo_with_proposal: ForecourtProcess, rows: Callable[[], dict[str, int]]
) -> None:
    rows_before, reason = rows(), "Kundene våre krever at <b>alt</b> blir i Tyskland."
    opener(reader, "object").click()
    fill(reader, name="Kari Nordmann", email="kari@example.com", reason=reason)
    expect(opener(reader, "object")).to_have_attribute("aria-expanded", "true")
    form(reader).get_by_role("button", name=widget_words("banner.close")).click()
    expect(opener(reader, "object")).to_be_focused()
    expect(form(reader)).to_have_count(0)
    opener(reader, "follow").click()
    expect(form(reader).locator("#email")).to_have_value("")
    opener(reader, "object").click()
    form(reader).locator("#reason").focus()
    reader.evaluate("forecourt('locale', 'en')")
    expect(form(reader).get_by_label(english("objection.reason"))).to_have_value(reason)
    expect(form(reader).get_by_label(english("objection.reason"))).to_be_focused()
    reader.evaluate("forecourt('locale', 'nb')")
    expect(form(reader).get_by_label(widget_words("objection.reason"))).to_be_focused()
    submit(reader, "objection")
    expect(form(reader).get_by_role("heading", name=widget_words("objection.sent_title"))).to_be_focused()
    expect(form(reader)).to_contain_text("kari@example.com")
    objection = find_row(demo_with_proposal, "SELECT * FROM objections WHERE reason = :reason", reason=reason)
    assert objection
    assert (objection["engagement"], objection["email"], objection["company"]) == (MOVING, "kari@example.com", "")
    assert rows()["consents"] == rows_before["consents"]
    assert_nothing_is_kept(reader, context)
    form(reader).get_by_role("button", name=widget_words("banner.close")).click()
    opener(reader, "object").click()
    expect(form(reader).locator("#reason")).to_have_value("")


def test_a_form_stays_open_over_a_change_of_region(reader: Page) -> None:
    opener(reader, "object").click()
    fill(reader, reason="Halvveis skrevet")
    region_link(reader, "US").click()
    expect(region_link(reader, "US")).to_be_focused()
    expect(form(reader)).to_have_count(0)  # the change does not concern that region
    region_link(reader, "EU").click()
    expect(form(reader).locator("#reason")).to_have_value("Halvveis skrevet")
    expect(region_link(reader, "EU")).to_be_focused()


def test_without_a_network_a_sentence_says_so_and_nothing_is_lost(reader: Page, context: BrowserContext) -> None:
    opener(reader, "object").click()
    fill(reader, name="Ola", email="ola@example.com", reason="Uten nett")
    context.set_offline(True)
    submit(reader, "objection")
    expect(form(reader).get_by_text(widget_words("form.no_answer"))).to_be_visible()
    expect(form(reader).locator("#reason")).to_have_value("Uten nett")
    context.set_offline(False)
    submit(reader, "objection")
    expect(form(reader).get_by_role("heading", name=widget_words("objection.sent_title"))).to_be_visible()


def press_until(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"!!{FOCUSED}?.matches('{selector}')"):
            return
    raise AssertionError(f"the keyboard does not come to {selector}")


def test_objecting_takes_no_mouse(reader: Page) -> None:
    press_until(reader, ".fc-object")
    reader.keyboard.press("Enter")
    expect(form(reader).get_by_role("heading")).to_be_focused()
    for name, value in {"name": "Nina", "email": "nina@example.com", "company": "Fjord AS", "reason": "Nei"}.items():
        press_until(reader, f"#{name}")
        reader.keyboard.type(value)
    press_until(reader, ".fc-form [type=submit]")
    reader.keyboard.press("Enter")
    expect(form(reader).get_by_role("heading", name=widget_words("objection.sent_title"))).to_be_focused()
    press_until(reader, ".fc-form button")
    reader.keyboard.press("Enter")
    expect(opener(reader, "object")).to_be_focused()


def test_the_forms_can_be_read_by_everybody(
    demo_with_proposal: ForecourtProcess, browser: Browser, look: str, complaints: list[str]
) -> None:
    context = new_context_for_look(browser, look)
    page = open_page(demo_with_proposal, watch_console(context.new_page(), complaints))
    page.locator("#forecourt-reject").click()
    opener(page, "object").click()
    submit(page, "objection")
    expect(form(page).locator("[aria-invalid=true]")).to_have_count(3)
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"object-{look}")
    opener(page, "follow").click()
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"follow-{look}")
    fill(page, email="alle@example.com")
    submit(page, "follow")
    expect(form(page).get_by_role("heading", name=widget_words("follow.sent_title"))).to_be_focused()
    assert_accessible(page, f"followed-{look}")
    assert complaints == []
    context.close()
