"""Checks several sites of one server: each has its own purposes, words and theme; sub-domains can share a choice."""

from dataclasses import replace

import pytest

from forecourt.app import Application
from forecourt.settings.server import Settings
from forecourt.settings.site import PurposeSettings, PurposeWords, SiteSettings
from forecourt.theme import ColourScheme, Theme
from tests.consent.restart import restart
from tests.page import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings, site: SiteSettings) -> Settings:
    words = {"en": PurposeWords("Maps", "Shows a map."), "nb": PurposeWords("Kart", "Viser et kart.")}
    maps = PurposeSettings(words=words, storage=("map-*",), cookies=("_map",), engagements=("twilio",), gpc=True)
    texts = {"en": {"banner.title": "Your choice"}, "nb": {"banner.title": "Ditt valg"}}
    other = replace(
        site,
        origins=("https://other.example", "https://shop.other.example"),
        purposes=site.purposes | {"maps": maps},
        text_overrides=texts,
        theme=Theme(light=ColourScheme(accent="#0b4f8a"), radius=0, position="corner", font="Inter"),
        share_cookie_domain="other.example",
    )
    return replace(settings, sites={"main": site, "other": other})


@pytest.fixture
def other(page: Page) -> Page:
    return Page(page.client, "other", "https://shop.other.example")


@pytest.mark.parametrize(
    ("locale", "title", "text"), [("en", "Maps", "Shows a map."), ("nb", "Kart", "Viser et kart.")]
)
async def test_a_purpose_of_a_site_is_asked_in_the_words_of_its_settings(
    other: Page, locale: str, title: str, text: str
) -> None:
    maps = (await other.boot(locale=locale))["consent"]["purposes"][-1]
    assert (maps["name"], maps["title"], maps["text"]) == ("maps", title, text)
    assert (maps["cookies"], maps["storage"], maps["gpc"], maps["google"]) == (["_map"], ["map-*"], True, [])
    assert [each.partition(" (")[0] for each in maps["recipients"]] == ["Twilio, Inc."]


async def test_a_purpose_of_one_site_is_unknown_to_another(page: Page, other: Page) -> None:
    assert (await other.choose({"maps": True})).json()["purposes"]["maps"] is True
    assert (await page.choose({"maps": True})).json()["errors"][0]["field"] == "purposes.maps"


async def test_each_site_has_its_texts(page: Page, other: Page) -> None:
    titles = [(await each.boot(locale="nb"))["strings"]["banner.title"] for each in (page, other)]
    assert titles[1] == "Ditt valg" != titles[0]


async def test_each_site_has_its_theme(page: Page, other: Page) -> None:
    plain, own_css = [(await each.boot(locale="en"))["theme"]["css"] for each in (page, other)]
    for line in ("radius:10px", "width:46em", "accent:#0b6b4f"):
        assert f"--forecourt-{line};" in plain
    assert "--forecourt-font" not in plain
    for line in ("radius:0px", "width:28em", 'font:"Inter"', "accent:#0b4f8a", "on-accent:#ffffff", "text:#17211d"):
        assert f"--forecourt-{line};" in own_css
    assert own_css.split("@media")[1] == plain.split("@media")[1]


async def test_a_choice_is_shared_only_where_the_settings_say_so(page: Page, other: Page) -> None:
    assert [(await each.boot())["share_cookie_domain"] for each in (page, other)] == ["", "other.example"]


async def test_every_origin_of_a_site_may_write_and_no_other(page: Page, other: Page, application: Application) -> None:
    for origin in application.settings.sites["other"].origins:
        other.origin = origin
        assert (await other.choose()).status_code == 201
    other.origin = page.origin
    assert (await other.choose()).json()["code"] == "origin_refused"


async def test_there_are_five_default_purposes_and_only_the_first_is_required(page: Page) -> None:
    purposes = (await page.boot())["consent"]["purposes"]
    assert [each["name"] for each in purposes] == ["necessary", "support", "newsletter", "analytics", "marketing"]
    assert [each["name"] for each in purposes if each["required"]] == ["necessary"]
    assert [each["name"] for each in purposes if each["gpc"]] == ["marketing"]
    assert {each["name"]: each["google"] for each in purposes if each["google"]} == {
        "analytics": ["analytics_storage"],
        "marketing": ["ad_storage", "ad_user_data", "ad_personalization"],
    }


async def test_the_controller_sees_data_that_no_engagement_sees(page: Page, application: Application) -> None:
    site = application.settings.sites["main"]
    assert site.newsletter.engagements
    alone = replace(site, newsletter=replace(site.newsletter, engagements=()))
    async with restart(application, page, alone) as new_page:
        assert (await new_page.boot())["features"]["newsletter"]["recipients"] == [site.controller]
