"""The policy as it is sent: a fragment for other pages, hosted pages, and JSON."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from forecourt.policy import pages, words
from forecourt.policy.model import Audience, Policy
from forecourt.resources import TEMPLATES
from tests.policy.markup import read
from tests.policy.sample import LANGUAGES, policy, reading, released, with_facts

HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **b** {host} \u202e\"'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fragment_names_its_language_release_and_hash(language: str) -> None:
    html = pages.fragment(reading(language))
    assert html.startswith(f'<section class="fc-policy" lang="{language}" dir="ltr">')
    assert released().sha256 in html
    assert {"en": "Release 1", "nb": "Utgave 1"}[language] in read(html).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hosted_page_is_whole_and_switches_language(language: str) -> None:
    html = pages.document(reading(language, Audience.EU), LANGUAGES)
    found = read(html.removeprefix("<!doctype html>"))
    assert html.startswith(f'<!doctype html>\n<html lang="{language}" dir="ltr">')
    assert {"/main/en/?region=EU", "/main/nb/?region=EU", f"/main/{language}/privacy", "#main"} <= set(found.links)
    assert found.tags.count("h1") == 1
    assert found.tags.count("main") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_inline_style_or_script(language: str) -> None:
    found = read(pages.document(reading(language), LANGUAGES).removeprefix("<!doctype html>"))
    assert not {"style", "script"} & set(found.tags)
    assert not {name for name in found.attributes if name == "style" or name.startswith("on")}


def test_headings_go_down_one_step_at_a_time() -> None:
    for html in (pages.fragment(reading("en")), pages.document(reading("en"), LANGUAGES)):
        steps = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert all(after - before <= 1 for before, after in pairwise(steps))


def test_every_table_has_a_caption_and_headed_rows_and_columns() -> None:
    html = pages.fragment(reading("en"))
    assert html.count("<table") == html.count("<caption") == 3
    assert html.count('scope="row"') == 10
    assert html.count('scope="col"') == 3 * 7
    assert html.count("data-label=") == 10 * 6


def test_no_template_trusts_a_text_as_html() -> None:
    for path in [*TEMPLATES.glob("embed/*.html"), *TEMPLATES.glob("public/*.html")]:
        text = path.read_text("utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text


def hostile() -> Policy:
    facts = policy().facts
    entities = tuple(replace(each, legal_name=HOSTILE, address=HOSTILE) for each in facts.entities)
    english = {key: f"{text} {HOSTILE}" for key, text in policy().words["en"].items()}
    return Policy(replace(facts, entities=entities), {"en": english})


def test_a_hostile_name_or_word_stays_text() -> None:
    found = read(pages.fragment(reading("en", of=hostile())))
    assert "img" not in found.tags
    assert not [link for link in found.links if not link.startswith("mailto:")]
    assert "onerror" not in found.attributes
    assert HOSTILE in found.names


def test_a_name_from_the_facts_is_never_read_for_braces_or_markdown() -> None:
    facts = policy().facts
    named = tuple(replace(each, legal_name="**{host}** _AS_ <b>") for each in facts.entities)
    text = read(pages.fragment(reading("en", of=with_facts(replace(facts, entities=named))))).text
    assert "**{host}** _AS_ <b> provides" in text


def test_the_facts_fill_every_placeholder_words_may_use() -> None:
    assert words.values(policy(), "nb").keys() == words.placeholders(policy().facts)


def test_a_language_without_words_falls_back_to_the_source_language_and_is_marked() -> None:
    shown = reading("nb", of=Policy(policy().facts, {"en": policy().words["en"]}))
    html = pages.fragment(shown)
    assert html.startswith('<section class="fc-policy" lang="nb"')
    assert '<h2 class="fc-title" lang="en" dir="ltr">Subprocessors</h2>' in html
    assert "Sist oppdatert" in html
    assert (shown.written, reading("nb").written) == (0, 100)
    assert 'lang="en"' not in pages.fragment(reading("nb"))


def test_a_region_without_engagements_of_a_kind_says_so() -> None:
    american = replace(policy().facts.engagement("twilio"), audiences=(Audience.US,))
    kept = tuple(american if each.id == "twilio" else each for each in policy().facts.engagements)
    html = pages.fragment(reading("en", Audience.UK, with_facts(replace(policy().facts, engagements=kept))))
    assert "Nobody for customers in this region." in html
    assert "Shown for customers in: United Kingdom" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_json_carries_the_engagements_of_a_region(language: str) -> None:
    told = json.loads(pages.as_json(reading(language, Audience.UK)))
    assert (told["site"], told["release"], told["locale"], told["region"]) == ("main", 1, language, "UK")
    assert (told["updated"], told["effective"]) == ("2019-10-28", "2019-10-28")
    assert told["sha256"] == released().sha256
    assert [each["id"] for each in told["engagements"]] == ["linode-uk", "qu-llc", "qu-ukraine", "twilio"]


def test_an_engagement_in_json_is_complete() -> None:
    told = json.loads(pages.as_json(reading("nb")))["engagements"][1]
    assert told == {
        "id": "aws-us",
        "status": "active",
        "kind": "infrastructure",
        "service": "Servere",
        "purpose": "Drift av serverne der kundenes kontoer og tjenestedata ligger",
        "entity": {
            "id": "aws",
            "legal_name": "Amazon Web Services, LLC",
            "address": "Seattle, Washington, US",
            "country": "US",
            "contact": "privacy@aws.example",
            "illustrative": ["address", "country", "contact"],
        },
        "relation": "third_party",
        "locations": [{"country": "US", "name": "USA", "place": "Nord-California", "illustrative": False}],
        "audiences": ["US"],
        "data": ["Kontoopplysninger", "Meldinger og vedlegg", "Kontaktopplysninger"],
        "subjects": ["ansatte hos kundene", "personer som skriver til kundene"],
        "mechanism": {
            "kind": "dpf",
            "name": "Personvernrammeverket mellom EU og USA (DPF)",
            "document": "(EU) 2023/1795",
        },
        "effective": "2019-10-28",
        "illustrative": ["data", "subjects", "mechanism", "effective"],
    }
