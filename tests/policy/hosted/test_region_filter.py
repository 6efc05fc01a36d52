"""The region filter shows the list for customers in one region. It works without a script and stays in the address."""

import re

import pytest

from forecourt.policy.model import REGIONS, Audience
from tests.page import Page
from tests.policy.markup import parse_page
from tests.policy.page_samples import ADDRESS, document, fragment
from tests.policy.sample import LANGUAGES, localized_sample

pytestmark = pytest.mark.anyio
_LINK = re.compile(
    r'<a href="([^"]*)" data-act data-forecourt-region="([^"]*)"( aria-current="true")?>([^<]*) <small>(\d+)</small>'
)


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """What is shown has nothing to do with the database."""
    return str(request.param)


def links(html: str) -> dict[str, tuple[str, bool, str, int]]:
    """Region -> address, whether it is chosen, its name, how many apply there."""
    return {
        name: (address.replace("&amp;", "&"), bool(current), label, int(count))
        for address, name, current, label, count in _LINK.findall(html)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_link_for_every_region_and_one_for_all(language: str) -> None:
    links_by_region = links(fragment(localized_sample(language)))
    assert list(links_by_region) == ["", *REGIONS]
    assert links_by_region["EU"][0] == f"{ADDRESS}/main/{language}/?region=EU"
    assert links_by_region[""][0] == f"{ADDRESS}/main/{language}/"
    assert [name for name, (_, is_chosen, *_) in links_by_region.items() if is_chosen] == [""]


def test_each_link_says_how_many_apply_there_and_the_page_shows_as_many() -> None:
    counts = {name: count for name, (*_, count) in links(fragment(localized_sample("en"))).items()}
    assert counts == {"": 6, "EU": 5, "UK": 4, "US": 5, "APAC": 5}
    assert {name: len(parse_page(fragment(localized_sample("en", Audience(name)))).rows) for name in REGIONS} == {
        name: counts[name] for name in REGIONS
    }


def test_the_chosen_region_is_marked_and_named() -> None:
    html = fragment(localized_sample("nb", Audience.UK))
    assert [name for name, (_, is_chosen, *_) in links(html).items() if is_chosen] == ["UK"]
    assert "Vises for kunder i: Storbritannia" in parse_page(html).text


def test_a_page_of_another_day_keeps_its_day_in_the_links() -> None:
    html = document(localized_sample("en", Audience.EU), "Long ago.", query=(("as_of", "2026-03-01"),))
    assert links(html)["UK"][0] == "/main/en/?region=UK&as_of=2026-03-01"
    assert links(html)[""][0] == "/main/en/?as_of=2026-03-01"
    assert "/main/nb/?region=EU&as_of=2026-03-01" in parse_page(html.removeprefix("<!doctype html>")).links


async def test_following_a_link_shows_that_region(page: Page) -> None:
    first = await page.client.get("/main/en/")
    address = links(first.text)["APAC"][0]
    then = await page.client.get(address)
    assert parse_page(then.text.removeprefix("<!doctype html>")).places.keys() == {
        "linode-sg", "aws-sg", "qu-llc", "qu-ukraine", "twilio"
    }  # fmt: skip
    assert links(then.text)["APAC"][1]


@pytest.mark.parametrize("region", ["XX", "all", "EU,UK", "<script>"])
async def test_a_region_that_is_none_is_said_so_on_a_page(page: Page, region: str) -> None:
    answer = await page.client.get("/main/en/", params={"region": region}, headers={"accept": "text/html"})
    assert answer.status_code == 422
    assert "<code>region</code>: Please choose one of the options." in answer.text
