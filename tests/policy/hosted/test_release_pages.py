"""Every release has a permanent address, any day answers with its list, two releases are compared on a page (R8)."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.db.sqlite import make_engine
from forecourt.i18n import long_date
from forecourt.policy.model import Location, Policy
from forecourt.settings.server import Settings
from tests.page import Page
from tests.policy.markup import ParsedPage, parse_page
from tests.policy.page_samples import with_changes
from tests.policy.sample import policy, publish

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """What a page says does not depend on the database; what it reads is tested on both by the releases."""
    return "sqlite"


TODAY = clock.now().date()
HTML = {"accept": "text/html", "accept-language": "en"}


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


MOVED_ON = on(-20)
MOVES = {"locations": (Location("FR", "eu"),), "effective": MOVED_ON}
WIDENED = {"data": ("account", "call-data", "recordings", "telephone"), "effective": on(-10)}


def second() -> Policy:
    return with_changes(linode_eu=MOVES)


def third() -> Policy:
    return with_changes(linode_eu=MOVES, twilio=WIDENED)


def fourth() -> Policy:
    changed_policy = with_changes(linode_eu=MOVES, twilio=WIDENED)
    return replace(changed_policy, facts=replace(changed_policy.facts, updated=on(-2)))


@pytest.fixture(scope="module")
def history(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four releases before today: one at the start, a move, an emergency, and a new date on the page."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("history")))
    now = clock.now()
    releases = [(policy(), 90, ""), (second(), 60, ""), (third(), 10, "A flood & a fire"), (fourth(), 2, "")]
    engine = make_engine(path)
    for policy_of_release, days, emergency in releases:
        with engine.begin() as connection:
            publish(connection, policy_of_release, now - timedelta(days=days), emergency)
    engine.dispose()
    return path


@pytest.fixture
def settings(settings: Settings, history: Path, tmp_path: Path) -> Settings:
    """The application opens on what was published before."""
    shutil.copy(history, tmp_path / "forecourt.sqlite3")
    return settings


async def got(page: Page, address: str, status: int = 200) -> ParsedPage:
    answer = await page.client.get(address, headers=HTML)
    assert answer.status_code == status, answer.text
    return parse_page(answer.text.removeprefix("<!doctype html>"))


async def test_the_list_names_every_release_with_its_day_hash_and_what_called_for_notice(page: Page) -> None:
    parsed = await got(page, "/main/en/releases/")
    assert [link for link in parsed.links if link.startswith("/main/en/releases/") and link[-1].isdigit()] == [
        "/main/en/releases/4", "/main/en/releases/3...4", "/main/en/releases/3", "/main/en/releases/2...3",
        "/main/en/releases/2", "/main/en/releases/1...2", "/main/en/releases/1",
    ]  # fmt: skip
    assert parsed.times == [str(on(-2)), str(on(-10)), str(on(-60)), str(on(-90))]
    assert "Linode, LLC: Servers Moves from Germany to France." in parsed.text
    assert "Also processes: Account data." in parsed.text
    assert "A flood & a fire" in parsed.text
    assert "Customers were not notified." in parsed.text
    assert "The first release." in parsed.text


async def test_the_list_goes_on_on_another_page(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecourt.policy.hosted.routes.RELEASES_PER_PAGE", 2)
    first = await got(page, "/main/en/releases/")
    assert "/main/en/releases/?before=3" in first.links
    then = await got(page, "/main/en/releases/?before=3")
    assert {"/main/en/releases/1", "/main/en/releases/2"} <= set(then.links)
    assert "/main/en/releases/3" not in then.links
    assert not [link for link in then.links if "before=" in link]


@pytest.mark.parametrize("before", ["0", "-1", "x", "1e3", "9" * 40])
async def test_a_place_in_the_list_that_is_none_is_refused(page: Page, before: str) -> None:
    await got(page, f"/main/en/releases/?before={before}", 422)


async def test_a_release_reads_for_ever_as_when_it_was_published(page: Page) -> None:
    parsed = await got(page, "/main/en/releases/2")
    assert "This is release 2 as it was when it was published on" in parsed.text
    assert "Germany" in parsed.places["linode-eu"]
    assert "Announced changes" in parsed.text
    assert " left to object" not in parsed.text
    assert "/main/en/" in parsed.links


async def test_an_emergency_gives_its_reason_on_its_own_page_only(page: Page) -> None:
    assert "A flood & a fire" in (await got(page, "/main/en/releases/3")).text
    assert "A flood & a fire" not in (await got(page, "/main/en/")).text


@pytest.mark.parametrize(
    ("day", "release", "country"),
    [
        (on(-400), 1, "Germany"),
        (on(-61), 1, "Germany"),
        (on(-60), 2, "Germany"),
        (MOVED_ON - timedelta(days=1), 2, "Germany"),
        (MOVED_ON, 2, "France"),
        (on(-10), 3, "France"),
        (TODAY, 4, "France"),
        (on(4000), 4, "France"),
    ],
)
async def test_any_day_answers_with_the_list_then_in_force(page: Page, day: date, release: int, country: str) -> None:
    parsed = await got(page, f"/main/en/?as_of={day}")
    assert f"Release {release} " in parsed.text
    assert country in parsed.places["linode-eu"]
    assert ("Show the current list" in parsed.text) is (day != TODAY)


async def test_a_page_of_another_day_says_which_days_it_is_true_of(page: Page) -> None:
    parsed = await got(page, f"/main/en/?as_of={on(-30)}")
    first, last = long_date(on(-60), "en"), long_date(MOVED_ON - timedelta(days=1), "en")
    assert f"This is the list as it was from {first} to {last}." in parsed.text
    ahead = await got(page, f"/main/en/?as_of={on(30)}")
    assert f"This is the list from {long_date(on(-2), 'en')} on, as far as is known today." in ahead.text


async def test_a_day_before_everything_has_an_empty_list_and_says_until_when(page: Page) -> None:
    parsed = await got(page, "/main/en/?as_of=0001-01-01")
    assert parsed.rows == {}
    assert "This is the list as it was until 27 October 2019." in parsed.text


@pytest.mark.parametrize("day", ["x", "2026-13-01", "20261123", "2026-W47-1", "2026-11-23T00:00", "٢٠٢٦-11-23"])
async def test_a_day_that_is_none_is_refused_by_name(page: Page, day: str) -> None:
    parsed = await got(page, f"/main/en/?as_of={day}", 422)
    assert "as_of: Please write a date, for example 2026-11-23." in parsed.text
    answer = await page.client.get("/main/en/", params={"as_of": day})
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("as_of", "date")]


async def test_a_thousand_days_are_remembered_as_the_few_lists_they_are(page: Page, application: Application) -> None:
    for days in range(-300, -60, 10):
        await got(page, f"/main/en/?as_of={on(days)}")
    assert len([key for key in application.context.response_cache._responses if "page" in key]) == 2  # type: ignore[operator] # keys are tuples


async def test_two_releases_are_compared_with_what_calls_for_notice_first(page: Page) -> None:
    parsed = await got(page, "/main/en/releases/1...3")
    assert "From release 1 to release 3" in parsed.text
    assert "New location Linode, LLC: Servers Moves from Germany to France." in parsed.text
    assert "More data Twilio, Inc.: Voice calls (VoIP) Also processes: Account data." in parsed.text
    assert {"/main/en/releases/1", "/main/en/releases/3", "/main/en/releases/1...3?region=UK"} <= set(parsed.links)


async def test_a_comparison_can_be_read_for_one_region(page: Page) -> None:
    parsed = await got(page, "/main/en/releases/1...3?region=APAC")
    assert "Linode, LLC" not in parsed.text
    assert "Twilio, Inc." in parsed.text
    assert (
        "Nothing has changed for customers in this region."
        in (await got(page, "/main/en/releases/1...2?region=US")).text
    )


async def test_a_comparison_the_wrong_way_round_leads_to_the_right_one(page: Page) -> None:
    answer = await page.client.get("/main/en/releases/3...1?region=EU")
    assert (answer.status_code, answer.headers["location"]) == (308, "1...3?region=EU")


@pytest.mark.parametrize("number", ["0", "5", "01", "-1", "x", "1...9", "1..2", "1...", "9" * 5000, "1...2...3", "¹"])
async def test_a_release_that_is_none_is_a_page_that_says_so(page: Page, number: str) -> None:
    parsed = await got(page, f"/main/en/releases/{number}", 404)
    assert parsed.tags.count("h1") == 1


async def test_a_language_the_site_has_not_is_not_found(page: Page) -> None:
    await got(page, "/main/xx/releases/", 404)
    await got(page, "/main/xx/releases/1", 404)


async def test_an_address_without_its_slash_leads_to_the_list_and_keeps_the_query(page: Page) -> None:
    answer = await page.client.get("/main/en/releases?before=2")
    assert (answer.status_code, answer.headers["location"]) == (308, "/main/en/releases/?before=2")


@pytest.mark.parametrize(
    "address", ["/main/en/", "/main/nb/releases/", "/main/en/releases/2", "/main/en/releases/1...2"]
)
async def test_what_has_not_changed_is_not_sent_again(page: Page, address: str) -> None:
    first = await page.client.get(address)
    second_response = await page.client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (second_response.status_code, second_response.content) == (304, b"")


async def test_the_pages_of_a_release_name_their_own_address(page: Page, application: Application) -> None:
    html = (await page.client.get("/main/nb/releases/2?region=EU")).text
    assert f'<link rel="canonical" href="{application.address}/main/nb/releases/2">' in html
    assert f'hreflang="x-default" href="{application.address}/main/en/releases/2"' in html
    past = (await page.client.get(f"/main/nb/?as_of={on(-70)}")).text
    assert '<meta name="robots" content="noindex">' in past
    assert 'rel="canonical"' not in past  # or it would say of today's page that it is not to be found


async def test_another_sites_releases_are_its_own(page: Page) -> None:
    parsed = await got(page, "/other/en/releases/")
    assert "/other/en/releases/1" in parsed.links
    await got(page, "/other/en/releases/2", 404)
