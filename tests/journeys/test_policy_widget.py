"""The policy in the widget: a region, following and objecting in place, before any choice and stored nowhere (L1)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import RowMapping, text

from forecourt import clock
from forecourt.policy.model import Location, Policy
from tests.deadline import DEADLINE, wait_until
from tests.journeys.conftest import watched
from tests.journeys.host import looked_through
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling, browsing
from tests.journeys.test_law import NOTHING, STORAGES
from tests.journeys.words import Said, place
from tests.policy.sample import policy, publish
from tests.served import Served

said, english = Said("nb"), Said("en")
MOVING = "linode-eu"
FOCUSED = "document.querySelector('[data-forecourt=policy]').shadowRoot.activeElement"


@pytest.fixture(scope="module")
def proposed(demo: Served) -> Served:
    """The demo once a move to France is announced, and served by the process that ran before it was."""
    now = clock.now()
    with demo.engine.begin() as connection:
        publish(connection, moving(policy(), days=40), now)
    boot = f"{demo.forecourt}/v1/sites/main/boot"
    wait_until(lambda: httpx.get(boot, timeout=DEADLINE).json()["policy"]["release"] == 2)
    return demo


def moving(of: Policy, days: int) -> Policy:
    """The sample with a place to come, and with two products."""
    engagement = of.facts.engagement(MOVING)
    places = (*engagement.locations, Location("FR"))
    coming = replace(engagement, locations=places, effective=clock.now().date() + timedelta(days=days))
    engagements = tuple(coming if each.id == MOVING else each for each in of.facts.engagements)
    facts = replace(of.facts, engagements=engagements, products=("calls", "desk"))
    named = {"product.calls": 'Voice & "calls" <b>', "product.desk": "Desk's"}
    return replace(of, facts=facts, words={language: {**words, **named} for language, words in of.words.items()})


@pytest.fixture
def reader(proposed: Served, visitor: Page) -> Page:
    """Somebody who has answered nothing."""
    return opened(proposed, visitor)


def opened(demo: Served, page: Page, query: str = "lang=nb") -> Page:
    page.goto(f"{demo.marketing}?{query}")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    return page


def region(page: Page, name: str) -> Locator:
    return place(page, "policy").locator(f'[data-forecourt-region="{name}"]')


def opener(page: Page, kind: str) -> Locator:
    return place(page, "policy").locator(f".fc-{kind}").first


def ask(page: Page) -> Locator:
    return place(page, "policy").locator(".fc-form")


def submit(page: Page, kind: str) -> None:
    ask(page).get_by_role("button", name=said(f"{kind}.send")).click()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        ask(page).locator(f"#{name}").fill(value)


def row(demo: Served, query: str, **values: str) -> RowMapping | None:
    with demo.engine.begin() as connection:
        return connection.execute(text(query), values).mappings().one_or_none()


def assert_nothing_is_kept(page: Page, context: BrowserContext) -> None:
    assert page.evaluate(STORAGES) == NOTHING
    assert context.cookies() == []
    expect(page.locator("#forecourt-accept")).to_be_visible()


def test_a_region_is_chosen_in_place_and_kept_in_the_address(reader: Page, context: BrowserContext) -> None:
    reader.goto(f"{reader.url}&q=a%20b&empty#subprocessors")
    reader.evaluate("history.replaceState({ theirs: 1 }, '')")
    before = reader.evaluate("history.length")
    region(reader, "UK").click()
    expect(region(reader, "UK")).to_have_attribute("aria-current", "true")
    expect(region(reader, "UK")).to_be_focused()
    expect(place(reader, "policy").get_by_role("status").filter(has_text="Storbritannia")).to_have_count(1)
    expect(place(reader, "policy").locator("#fc-linode-eu")).to_have_count(0)
    assert reader.url.endswith("?lang=nb&q=a%20b&empty&forecourt-region=UK#subprocessors")
    assert reader.evaluate("[history.state.theirs, history.length]") == [1, before]
    reader.reload()
    expect(region(reader, "UK")).to_have_attribute("aria-current", "true")
    region(reader, "").click()
    expect(region(reader, "")).to_have_attribute("aria-current", "true")
    assert reader.url.endswith("?lang=nb&q=a%20b&empty#subprocessors")
    assert_nothing_is_kept(reader, context)


def test_the_address_beats_the_pages_own_region_and_can_say_all(proposed: Served, visitor: Page) -> None:
    visitor.add_init_script("""new MutationObserver(() => {
      const script = document.querySelector("script[data-site]");
      if (script) script.dataset.region = "US";
    }).observe(document, { childList: true, subtree: true });""")
    opened(proposed, visitor)
    expect(region(visitor, "US")).to_have_attribute("aria-current", "true")
    region(visitor, "").click()
    expect(region(visitor, "")).to_have_attribute("aria-current", "true")
    visitor.reload()
    expect(region(visitor, "")).to_have_attribute("aria-current", "true")
    opened(proposed, visitor, "lang=nb&forecourt-region=EU")
    expect(region(visitor, "EU")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("chosen", ["XX", "EUR", "eu", "%22%3E%3Cimg%3E"])
def test_an_address_with_no_region_of_ours_shows_all(proposed: Served, visitor: Page, chosen: str) -> None:
    opened(proposed, visitor, f"lang=nb&forecourt-region={chosen}")
    expect(region(visitor, "")).to_have_attribute("aria-current", "true")


def test_a_region_can_be_opened_on_a_page_of_its_own(reader: Page, context: BrowserContext, proposed: Served) -> None:
    with context.expect_page() as hosted:
        region(reader, "EU").click(modifiers=["Control"])
    hosted.value.wait_for_url(f"{proposed.forecourt}/main/nb/?region=EU")
    assert "forecourt-region" not in reader.url


@pytest.mark.parametrize("lost", ["**/boot?*", "**/assets/policy-*"])
def test_where_it_cannot_be_done_in_place_the_link_is_followed_beside_it(
    reader: Page, context: BrowserContext, proposed: Served, lost: str
) -> None:
    reader.route(lost, lambda route: route.abort())
    with context.expect_page() as hosted:
        region(reader, "EU").click()
    hosted.value.wait_for_url(f"{proposed.forecourt}/main/nb/?region=EU")
    expect(region(reader, "")).to_have_attribute("aria-current", "true")
    assert "forecourt-region" not in reader.url
    reader.unroute(lost)
    region(reader, "EU").click()
    expect(region(reader, "EU")).to_have_attribute("aria-current", "true")


def test_the_last_region_chosen_is_the_one_that_shows(reader: Page) -> None:
    waiting = list[Any]()
    region(reader, "US").click()
    expect(region(reader, "US")).to_have_attribute("aria-current", "true")
    reader.route("**/boot?*region=EU*", lambda route: waiting.append(route))
    region(reader, "EU").click()
    region(reader, "UK").click()
    expect(region(reader, "UK")).to_have_attribute("aria-current", "true")
    with reader.expect_response("**/boot?*region=EU*") as late:
        for each in waiting:
            each.continue_()
    late.value.finished()
    looked_through(reader)
    expect(region(reader, "UK")).to_have_attribute("aria-current", "true")
    assert reader.url.endswith("forecourt-region=UK")


def test_following_needs_no_consent_and_stores_nothing_here(
    reader: Page, context: BrowserContext, proposed: Served, rows: Callable[[], dict[str, int]], complaints: list[str]
) -> None:
    before = rows()
    region(reader, "EU").click()
    expect(region(reader, "EU")).to_have_attribute("aria-current", "true")
    opener(reader, "follow").click()
    expect(ask(reader).get_by_role("heading", name=said("follow.title"))).to_be_focused()
    expect(ask(reader).get_by_label(said("follow.region"))).to_have_value("EU")
    ask(reader).get_by_label("Desk's").check()
    fill(reader, email="dpo@example.com")
    submit(reader, "follow")
    expect(ask(reader).get_by_role("heading", name=said("follow.sent"))).to_be_focused()
    found = row(proposed, "SELECT id, state FROM followers WHERE email = 'dpo@example.com'")
    assert found
    assert found["state"] == "unconfirmed"
    asked = row(
        proposed, "SELECT subject FROM one_time_links WHERE subject LIKE :follower", follower=f"%{found['id']}%"
    )
    assert asked
    wish = {"locale": "nb", "region": "EU", "products": ["desk"], "webhook": ""}
    assert json.loads(asked["subject"])["wish"] == wish
    now = rows()
    assert {name: now[name] - before[name] for name in ("followers", "consents", "visitors")} == {
        "followers": 1,
        "consents": 0,
        "visitors": 0,
    }
    assert_nothing_is_kept(reader, context)
    assert complaints == []


def test_what_is_wrong_is_said_at_its_field_here_and_by_the_server(reader: Page, complaints: list[str]) -> None:
    opener(reader, "object").click()
    submit(reader, "object")
    expect(ask(reader).locator("[aria-invalid=true]")).to_have_count(3)
    expect(ask(reader).locator("#name")).to_be_focused()
    fill(reader, name="Kari", email="kari..nordmann@example.com", reason="Nei")
    submit(reader, "object")
    expect(ask(reader).locator("#email")).to_be_focused()
    expect(ask(reader).locator("#email-error")).to_contain_text("navn@example.com")
    assert [each for each in complaints if "422" not in each] == []


def test_an_objection_survives_closing_and_another_language_and_is_sent(
    reader: Page, context: BrowserContext, proposed: Served, rows: Callable[[], dict[str, int]]
) -> None:
    before, reason = rows(), "Kundene våre krever at <b>alt</b> blir i Tyskland."
    opener(reader, "object").click()
    fill(reader, name="Kari Nordmann", email="kari@example.com", reason=reason)
    expect(opener(reader, "object")).to_have_attribute("aria-expanded", "true")
    ask(reader).get_by_role("button", name=said("banner.close")).click()
    expect(opener(reader, "object")).to_be_focused()
    expect(ask(reader)).to_have_count(0)
    opener(reader, "follow").click()
    expect(ask(reader).locator("#email")).to_have_value("")
    opener(reader, "object").click()
    ask(reader).locator("#reason").focus()
    reader.evaluate("forecourt('locale', 'en')")
    expect(ask(reader).get_by_label(english("object.reason"))).to_have_value(reason)
    expect(ask(reader).get_by_label(english("object.reason"))).to_be_focused()
    reader.evaluate("forecourt('locale', 'nb')")
    expect(ask(reader).get_by_label(said("object.reason"))).to_be_focused()
    submit(reader, "object")
    expect(ask(reader).get_by_role("heading", name=said("object.sent"))).to_be_focused()
    expect(ask(reader)).to_contain_text("kari@example.com")
    found = row(proposed, "SELECT * FROM objections WHERE reason = :reason", reason=reason)
    assert found
    assert (found["engagement"], found["email"], found["company"]) == (MOVING, "kari@example.com", "")
    assert rows()["consents"] == before["consents"]
    assert_nothing_is_kept(reader, context)
    ask(reader).get_by_role("button", name=said("banner.close")).click()
    opener(reader, "object").click()
    expect(ask(reader).locator("#reason")).to_have_value("")


def test_a_form_stays_open_over_a_change_of_region(reader: Page) -> None:
    opener(reader, "object").click()
    fill(reader, reason="Halvveis skrevet")
    region(reader, "US").click()
    expect(region(reader, "US")).to_be_focused()
    expect(ask(reader)).to_have_count(0)  # the change does not concern that region
    region(reader, "EU").click()
    expect(ask(reader).locator("#reason")).to_have_value("Halvveis skrevet")
    expect(region(reader, "EU")).to_be_focused()


def test_without_a_network_a_sentence_says_so_and_nothing_is_lost(reader: Page, context: BrowserContext) -> None:
    opener(reader, "object").click()
    fill(reader, name="Ola", email="ola@example.com", reason="Uten nett")
    context.set_offline(True)
    submit(reader, "object")
    expect(ask(reader).get_by_text(said("error.network"))).to_be_visible()
    expect(ask(reader).locator("#reason")).to_have_value("Uten nett")
    context.set_offline(False)
    submit(reader, "object")
    expect(ask(reader).get_by_role("heading", name=said("object.sent"))).to_be_visible()


def press_until(page: Page, selector: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(f"!!{FOCUSED}?.matches('{selector}')"):
            return
    raise AssertionError(f"the keyboard does not come to {selector}")


def test_objecting_takes_no_mouse(reader: Page) -> None:
    press_until(reader, ".fc-object")
    reader.keyboard.press("Enter")
    expect(ask(reader).get_by_role("heading")).to_be_focused()
    for name, typed in {"name": "Nina", "email": "nina@example.com", "company": "Fjord AS", "reason": "Nei"}.items():
        press_until(reader, f"#{name}")
        reader.keyboard.type(typed)
    press_until(reader, ".fc-form [type=submit]")
    reader.keyboard.press("Enter")
    expect(ask(reader).get_by_role("heading", name=said("object.sent"))).to_be_focused()
    press_until(reader, ".fc-form button")
    reader.keyboard.press("Enter")
    expect(opener(reader, "object")).to_be_focused()


def test_the_forms_can_be_read_by_everybody(
    proposed: Served, browser: Browser, look: str, complaints: list[str]
) -> None:
    context = browsing(browser, look)
    page = opened(proposed, watched(context.new_page(), complaints))
    page.locator("#forecourt-reject").click()
    opener(page, "object").click()
    submit(page, "object")
    expect(ask(page).locator("[aria-invalid=true]")).to_have_count(3)
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"object-{look}")
    opener(page, "follow").click()
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"follow-{look}")
    fill(page, email="alle@example.com")
    submit(page, "follow")
    expect(ask(page).get_by_role("heading", name=said("follow.sent"))).to_be_focused()
    assert_accessible(page, f"followed-{look}")
    assert complaints == []
    context.close()
