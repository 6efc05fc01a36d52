"""Checks what hosted pages have for search engines: JSON-LD and the sitemap."""

import json
from dataclasses import replace
from xml.etree import ElementTree as Xml

from forecourt import demo
from forecourt.policy.live_site import LiveSite
from forecourt.policy.outputs import json_ld
from forecourt.policy.outputs.sitemap import encode_sitemap
from forecourt.policy.privacy_policy import PrivacyPolicy
from tests.policy.outputs.sample import ADDRESS, PAGES, hostile, upcoming_edition
from tests.policy.sample import edition, localized_sample, policy

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def test_linked_data_says_whose_page_it_is_and_who_is_on_it() -> None:
    data = json.loads(json_ld.encode_json_ld(localized_sample("nb"), f"{PAGES}/nb/"))
    assert (data["@context"], data["@type"], data["url"]) == ("https://schema.org", "WebPage", f"{PAGES}/nb/")
    assert (data["name"], data["inLanguage"], data["dateModified"]) == ("Underdatabehandlere", "nb", "2019-10-28")
    assert data["publisher"]["legalName"] == "Quality Unit, s. r. o."
    items = data["mainEntity"]["itemListElement"]
    names = [each["item"]["name"] for each in items]
    assert data["mainEntity"]["numberOfItems"] == len(names) == len(set(names)) == 6
    assert [each["position"] for each in items] == [1, 2, 3, 4, 5, 6]


def test_linked_data_leaves_out_what_is_only_assumed() -> None:
    assumed = json_ld.encode_json_ld(localized_sample("en"), PAGES)
    assert "Philadelphia" not in assumed
    entities = tuple(replace(each, illustrative=()) for each in policy().facts.entities)
    assumed_policy = replace(policy(), facts=replace(policy().facts, entities=entities))
    assert "Philadelphia" in json_ld.encode_json_ld(localized_sample("en", of=assumed_policy), PAGES)


def test_linked_data_names_nobody_who_is_only_proposed() -> None:
    edition = upcoming_edition("en")
    assert len(json.loads(json_ld.encode_json_ld(edition, PAGES))["mainEntity"]["itemListElement"]) == 6


def test_linked_data_cannot_end_its_script() -> None:
    text = json_ld.encode_json_ld(localized_sample("en", of=hostile()), PAGES)
    assert not set("<>&\u2028\u2029") & set(text)
    assert "</script>" in json.loads(text)["name"]


def test_a_template_leaves_linked_data_as_it_is() -> None:
    assert json_ld.encode_json_ld(localized_sample("en"), PAGES).__html__() == json_ld.encode_json_ld(
        localized_sample("en"), PAGES
    )


def published(**languages: dict[str, str]) -> LiveSite:
    words = languages or policy().words
    return LiveSite("main", demo.demo_site(1), edition(replace(policy(), words=words)), PrivacyPolicy("1", {}))


def test_the_sitemap_names_every_page_with_its_other_languages() -> None:
    root = Xml.fromstring(encode_sitemap([published(), replace(published(), name="other")], ADDRESS))
    urls = {url.findtext(f"{MAP}loc"): url for url in root}
    paths = [f"{language}/{path}" for path in ("", "releases/", "privacy") for language in ("en", "nb")]
    assert [*urls] == [f"{ADDRESS}/{site}/{path}" for site in ("main", "other") for path in paths]
    first = urls[f"{PAGES}/nb/"]
    assert {each.attrib["hreflang"]: each.attrib["href"] for each in first.iter(LINK)} == {
        "en": f"{PAGES}/en/",
        "nb": f"{PAGES}/nb/",
        "x-default": f"{PAGES}/",
    }
    assert first.findtext(f"{MAP}lastmod") == "2026-11-23"
    privacy = urls[f"{PAGES}/nb/privacy"]
    assert [each.attrib["href"] for each in privacy.iter(LINK)][-1] == f"{PAGES}/en/privacy"


def test_the_sitemap_leaves_out_a_language_the_policy_is_not_in() -> None:
    text = encode_sitemap([published(en=policy().words["en"])], ADDRESS).decode()
    assert f"<loc>{PAGES}/nb/</loc>" not in text
    assert f"<loc>{PAGES}/nb/privacy</loc>" in text
