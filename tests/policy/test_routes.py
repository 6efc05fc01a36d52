"""Checks the policy's API: lists of any day, releases, differences and feeds, all without consent or an account."""

import asyncio
import hashlib
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import icalendar
import jsonschema_rs
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.policy import actions
from forecourt.policy.merge_patch import apply_merge_patch
from forecourt.policy.model import Location, Policy
from forecourt.policy.outputs import release_changes
from tests.page import Page
from tests.policy.sample import policy, publish, with_engagement

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Returns SQLite only: what is rendered from a release does not depend on the database."""
    return "sqlite"


SITE = "/v1/sites/main"
LISTS = ("policy.json", "policy.html", "policy.csv", "policy.md")
FEEDS = ("policy.atom", "feed.json", "deadlines.ics")
RELEASES = ("releases", "releases/1", "releases/1...2")
EVERYTHING = [f"{SITE}/{each}" for each in (*LISTS, *FEEDS, *RELEASES, "releases/1/content")] + [
    "/.well-known/subprocessors.json",
    "/v1/policy.schema.json",
    "/sitemap.xml",
    "/robots.txt",
]
NO_DAYS = ["20261123", "2026-W48-1", "2026-13-01", "yesterday", "0000-01-01", "2026-11-23T00:00", "٢٠٢٦-11-23"]
NO_NUMBERS = ("0", "01", "-1", "x", "1.5", "9" * 30, "%D9%A1", "1%00")
NO_RELEASES = (
    *("3", "999999999", "3/content", "x/content", "1/content/"),
    *("1...", "...2", "1..2", "1...3", "0...1", "1...2...3"),
    *NO_NUMBERS,
)
FOUNDED = date(2019, 10, 28)  # since when the sample's engagements stand


def earliest_day() -> date:
    return clock.now().date() + timedelta(days=40)


def moving_policy() -> Policy:
    return with_engagement("linode-eu", locations=(Location("FR", "eu"),), effective=earliest_day())


@pytest.fixture
async def with_second_release(application: Application) -> Application:
    """Publishes a second release, in which Linode is about to move to France."""
    await actions.publish(application.database, "main", moving_policy())
    await application.site_loader.refresh()
    return application


async def get_json(page: Page, path: str, **query: str) -> Any:
    answer = await page.client.get(path if path.startswith("/") else f"{SITE}/{path}", params=query or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def countries_in(body: Any, engagement: str = "linode-eu") -> list[str]:
    row = next(each for each in body["engagements"] if each["id"] == engagement)
    return [each["country"] for each in row["locations"]]


async def test_everything_is_read_without_consent_and_checked_by_its_etag(
    with_second_release: Application, page: Page
) -> None:
    for path in EVERYTHING:
        response = await page.client.get(path)
        assert response.status_code == 200, response.text
        assert "set-cookie" not in response.headers
        head = await page.client.head(path)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", response.headers["etag"])
        second_response = await page.client.get(path, headers={"if-none-match": response.headers["etag"]})
        assert (second_response.status_code, second_response.content) == (304, b"")
        if path.startswith(("/v1/", "/.well-known/")):
            assert response.headers["access-control-allow-origin"] == "*"
            assert second_response.headers["access-control-allow-origin"] == "*"


async def test_a_region_that_is_none_is_refused_and_what_is_not_asked_is_ignored(
    with_second_release: Application, page: Page
) -> None:
    for path in (*LISTS, *FEEDS, *RELEASES):
        refusal = await page.client.get(f"{SITE}/{path}", params={"region": "EEA"})
        assert (refusal.status_code, refusal.json()["errors"][0]["field"]) == (422, "region")
        without_query = await page.client.get(f"{SITE}/{path}")
        with_unknown_query = await page.client.get(f"{SITE}/{path}", params={"utm_source": "x", "locale": "tlh"})
        assert (with_unknown_query.status_code, with_unknown_query.content) == (200, without_query.content)
        assert (await page.client.get(f"/v1/sites/none/{path}")).status_code == 404


@pytest.mark.parametrize("day", NO_DAYS)
async def test_a_day_that_is_none_is_refused(page: Page, day: str) -> None:
    for path in (*(f"{SITE}/{each}" for each in LISTS), "/.well-known/subprocessors.json"):
        answer = await page.client.get(path, params={"as_of": day})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "as_of")


async def test_any_day_answers_with_the_list_in_force(with_second_release: Application, page: Page) -> None:
    today = clock.now().date()
    for day, country in (
        (FOUNDED, "DE"),
        (today, "DE"),
        (earliest_day() - timedelta(1), "DE"),
        (earliest_day(), "FR"),
        (date.max, "FR"),
    ):
        body = await get_json(page, "policy.json", as_of=day.isoformat())
        assert countries_in(body) == [country], day
        assert body["as_of"] <= day.isoformat()
    assert "as_of" not in await get_json(page, "policy.json")


async def test_a_day_before_the_first_release_answers_by_its_dates(
    with_second_release: Application, page: Page
) -> None:
    policy_json = await get_json(page, "policy.json", as_of=(FOUNDED - timedelta(1)).isoformat())
    assert policy_json["release"] == 1
    assert {each["status"] for each in policy_json["engagements"]} <= {"proposed"}
    since = await get_json(page, "policy.json", as_of=FOUNDED.isoformat())
    assert {each["status"] for each in since["engagements"]} == {"active"}


async def test_every_list_answers_for_a_day(with_second_release: Application, page: Page) -> None:
    for path in LISTS:
        texts = [
            (await page.client.get(f"{SITE}/{path}", params={"as_of": day.isoformat(), "locale": "en"})).text
            for day in (FOUNDED, earliest_day())
        ]
        assert [("France" in text, "Germany" in text) for text in texts] == [(False, True), (True, False)], path


async def test_what_was_published_on_a_day_is_what_that_day_answers_with(application: Application, page: Page) -> None:
    """Ten releases, a day apart, from last month on."""
    start = clock.now() - timedelta(days=30)
    policies = [with_engagement("twilio", certificates=(f"ISO {number}",)) for number in range(10)]

    def publish_releases(connection: Any) -> None:
        for number, release_policy in enumerate(policies):
            publish(connection, release_policy, start + timedelta(days=number), site="elsewhere")

    await application.database.write(publish_releases)
    live_sites = application.context.live_sites
    live_sites.replace(replace(live_sites.get("main"), name="elsewhere"))
    for number in range(10):
        day = (start + timedelta(days=number)).date().isoformat()
        body = await get_json(page, "/v1/sites/elsewhere/policy.json", as_of=day)
        row = next(each for each in body["engagements"] if each["id"] == "twilio")
        assert (body["release"], row["certificates"]) == (number + 1, [f"ISO {number}"])


async def test_the_default_sites_policy_is_where_programs_look_for_it(page: Page) -> None:
    well_known = await page.client.get("/.well-known/subprocessors.json", params={"locale": "nb", "region": "EU"})
    usual = await page.client.get(f"{SITE}/policy.json", params={"locale": "nb", "region": "EU"})
    assert well_known.content == usual.content
    assert well_known.json()["site"] == "main"


async def test_the_schema_is_served_where_the_policy_says(with_second_release: Application, page: Page) -> None:
    body = await get_json(page, "policy.json", locale="nb")
    answer = await page.client.get(body["$schema"])
    assert answer.headers["content-type"] == "application/schema+json"
    jsonschema_rs.validator_for(answer.json(), validate_formats=True).validate(body)


async def test_releases_come_newest_first_and_say_what_they_changed(
    with_second_release: Application, page: Page
) -> None:
    release_list = await get_json(page, "releases", locale="nb")
    assert release_list["next"] is None
    newest, oldest = release_list["releases"]
    assert (newest["number"], oldest["number"], oldest["changes"], oldest["previous"]) == (2, 1, [], None)
    assert newest["previous"] == oldest["sha256"]
    assert newest["effective_at"] == earliest_day().isoformat()
    (change,) = newest["changes"]
    assert (change["kind"], change["engagement"], change["material"]) == ("relocated", "linode-eu", True)
    assert (change["gained"], change["lost"], change["regions"]) == (["FR"], ["DE"], ["EU"])
    assert change["entity"] == {"id": "linode", "legal_name": "Linode, LLC"}
    assert (change["effective"], change["deadline"]) == (earliest_day().isoformat(), earliest_day().isoformat())
    assert "Frankrike" in change["sentence"]
    assert await get_json(page, "releases/2", locale="nb") == newest


async def test_a_release_of_another_region_tells_that_regions_changes(
    with_second_release: Application, page: Page
) -> None:
    assert (await get_json(page, "releases/2", region="US"))["changes"] == []
    assert len((await get_json(page, "releases/2", region="EU"))["changes"]) == 1


async def test_a_sealed_release_can_be_proven_by_anybody(with_second_release: Application, page: Page) -> None:
    hashes: list[str | None] = [None]
    for number in (1, 2):
        release = await get_json(page, f"releases/{number}")
        answer = await page.client.get(release["content"])
        assert hashlib.sha256(answer.content).hexdigest() == release["sha256"]
        assert "immutable" in answer.headers["cache-control"]
        sealed_release = answer.json()
        assert (sealed_release["number"], sealed_release["previous"]) == (number, hashes[-1])
        hashes.append(release["sha256"])
    assert sealed_release["policy"]["facts"]["engagements"][2]["locations"][0]["country"] == "FR"


async def test_the_list_of_releases_goes_on_where_it_says(application: Application, page: Page) -> None:
    def publish_releases(connection: Any) -> None:
        for number in range(24):
            moment = clock.now() + timedelta(seconds=number)
            publish(connection, with_engagement("twilio", certificates=(f"ISO {number}",)), moment)

    await application.database.write(publish_releases)
    await application.site_loader.refresh()
    first_page = await get_json(page, "releases", locale="nb", region="EU", junk="<script>")
    assert "junk" not in first_page["next"]
    second_page = await get_json(page, first_page["next"].removeprefix(application.address))
    numbers = [each["number"] for each in (*first_page["releases"], *second_page["releases"])]
    assert numbers == list(range(25, 0, -1))
    assert second_page["next"] is None
    assert second_page["releases"][0]["changes"][0]["title"] == "Twilio, Inc.: Telefonsamtaler (VoIP)"


async def test_a_cursor_that_is_no_number_is_refused(page: Page) -> None:
    for cursor in NO_NUMBERS:
        answer = await page.client.get(f"{SITE}/releases?before={cursor}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "before")


async def test_a_release_that_is_none_is_not_found(with_second_release: Application, page: Page) -> None:
    for number in NO_RELEASES:
        answer = await page.client.get(f"{SITE}/releases/{number}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), number


async def test_the_difference_says_what_it_means_and_turns_one_policy_into_the_other(
    with_second_release: Application, page: Page
) -> None:
    body = await get_json(page, "releases/1...2")
    assert (body["from"], body["to"], body["material"]) == (1, 2, True)
    (change,) = body["changes"]
    assert change["sentence"] == "Moves from Germany to France."
    assert [change[side]["locations"][0]["country"] for side in ("before", "after")] == ["DE", "FR"]
    assert apply_merge_patch(policy(), body["patch"]) == moving_policy()


async def test_a_difference_can_be_taken_of_a_region_and_backwards(
    with_second_release: Application, page: Page
) -> None:
    elsewhere = await get_json(page, "releases/1...2", region="US")
    assert (elsewhere["material"], elsewhere["changes"]) == (False, [])
    backward_difference = await get_json(page, "releases/2...1")
    assert (backward_difference["changes"][0]["gained"], backward_difference["changes"][0]["lost"]) == (["DE"], ["FR"])
    empty_difference = await get_json(page, "releases/2...2")
    assert (empty_difference["material"], empty_difference["changes"], empty_difference["patch"]) == (False, [], {})


async def test_wording_alone_is_told_and_calls_for_no_notice(application: Application, page: Page) -> None:
    words = policy().words
    reworded_policy = replace(policy(), words=words | {"nb": words["nb"] | {"title": "Leverandører"}})
    await actions.publish(application.database, "main", reworded_policy)
    await application.site_loader.refresh()
    body = await get_json(page, "releases/1...2")
    assert (body["material"], [each["kind"] for each in body["changes"]]) == (False, ["wording"])
    assert (body["changes"][0]["engagement"], body["changes"][0]["entity"]) == (None, None)


async def test_feeds_tell_the_change_and_lead_to_its_page(with_second_release: Application, page: Page) -> None:
    atom = Xml.fromstring((await page.client.get(f"{SITE}/policy.atom", params={"locale": "nb"})).content)
    name = "{http://www.w3.org/2005/Atom}"
    (entry,) = atom.findall(f"{name}entry")
    (item,) = (await get_json(page, "feed.json", locale="nb"))["items"]
    assert entry.findtext(f"{name}content") == item["content_text"]
    assert "Flytter fra Tyskland til Frankrike." in item["content_text"]
    assert entry.findtext(f"{name}id") == item["id"]
    links = [each.attrib["href"] for each in atom.iter(f"{name}link")]
    for link in (*links, item["url"]):
        assert (await page.client.get(link)).status_code == 200, link


async def test_the_calendar_has_the_deadline_and_the_effect(with_second_release: Application, page: Page) -> None:
    answer = await page.client.get(f"{SITE}/deadlines.ics", params={"region": "EU"})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events: list[Any] = [*icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]
    assert [each["dtstart"].dt for each in events] == [earliest_day(), earliest_day()]
    assert (await page.client.get(str(events[0]["url"]).partition("#")[0])).status_code == 200


async def test_the_hosted_page_carries_linked_data_a_program_can_read(page: Page) -> None:
    html = (await page.client.get("/main/nb/")).text
    matches = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert [json.loads(each)["inLanguage"] for each in matches] == ["nb"]


async def test_every_page_of_the_sitemap_is_there(page: Page) -> None:
    matches = re.findall("<loc>([^<]+)</loc>", (await page.client.get("/sitemap.xml")).text)
    assert len(matches) == 2 * 2 * 3
    for address in matches:
        assert (await page.client.get(address)).status_code == 200, address


async def test_a_release_is_in_every_output_as_soon_as_it_is_live(application: Application, page: Page) -> None:
    for path in (*LISTS, *FEEDS, "releases"):
        await page.client.get(f"{SITE}/{path}")
    await actions.publish(application.database, "main", moving_policy())
    await application.site_loader.refresh()
    for path in (*LISTS, *FEEDS, "releases"):
        assert "France" in (await page.client.get(f"{SITE}/{path}")).text, path


async def test_all_languages_asked_for_at_once_read_each_release_once(
    with_second_release: Application, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared_numbers: list[int] = []
    compare_releases = release_changes.release_changes

    def count_comparison(before: Any, after: Any, locales: tuple[str, ...]) -> Any:
        compared_numbers.append(after.number)
        return compare_releases(before, after, locales)

    monkeypatch.setattr(release_changes, "release_changes", count_comparison)
    feeds = ("policy.atom", "feed.json", "releases")
    paths = [f"{SITE}/{feed}?locale={locale}" for feed in feeds for locale in ("en", "nb")]
    answers = await asyncio.gather(*(page.client.get(path) for path in paths))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(compared_numbers) == [1, 2]


async def test_the_csv_is_saved_under_a_name_of_its_own(page: Page) -> None:
    answer = await page.client.get(f"{SITE}/policy.csv", params={"locale": "nb"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == 'attachment; filename="main-subprocessors-1-nb.csv"'
    assert answer.headers["content-language"] == "nb"


async def test_what_is_text_is_compressed(with_second_release: Application, page: Page) -> None:
    for path in ("policy.csv", "policy.md", "policy.atom", "feed.json", "deadlines.ics", "releases/1/content"):
        answer = await page.client.get(f"{SITE}/{path}", headers={"accept-encoding": "br"})
        assert answer.headers["content-encoding"] == "br", path
