"""Checks the policy as it is sent: as a fragment for other pages, and as hosted pages."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from forecourt.policy.edition import Edition
from forecourt.policy.hosted import policy_page
from forecourt.policy.localization import placeholders
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Location, Policy, Translation, TranslationState
from forecourt.resources import TEMPLATES
from tests.policy.hosted.test_proposals import MOVES
from tests.policy.markup import parse_page
from tests.policy.page_samples import (
    ADDRESS,
    DAY,
    document,
    fragment,
    frame,
    next_release,
    sample_release,
    second_edition,
    with_changes,
)
from tests.policy.sample import LANGUAGES, first_release, localized_sample, policy, with_facts

HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **b** {host} \u202e\"'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fragment_names_its_language_release_and_hash(language: str) -> None:
    html = fragment(localized_sample(language))
    assert html.startswith(f'<section class="fc-policy" lang="{language}" dir="ltr">')
    assert first_release().sha256 in html
    assert {"en": "Release 1", "nb": "Utgave 1"}[language] in parse_page(html).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hosted_page_is_whole_and_switches_language(language: str) -> None:
    html = document(localized_sample(language, Audience.EU))
    parsed = parse_page(html.removeprefix("<!doctype html>"))
    assert html.startswith(f'<!doctype html>\n<html lang="{language}" dir="ltr">')
    assert {"/main/en/?region=EU", "/main/nb/?region=EU", f"/main/{language}/privacy", "#main"} <= set(parsed.links)
    assert parsed.tags.count("h1") == 1
    assert parsed.tags.count("main") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_inline_style_or_script(language: str) -> None:
    html = document(localized_sample(language)).removeprefix("<!doctype html>")
    parsed = parse_page(html)
    assert "style" not in parsed.tags
    # A data block (HTML, section 4.12.1) is never run, and no CSP looks at it.
    scripts = re.findall("<script[^>]*>", html)
    assert '<script type="application/ld+json">' in scripts
    assert [re.sub('"[^"]*"', "", each) for each in scripts if "ld+json" not in each] == [
        "<script defer src= integrity= crossorigin>"
    ]
    assert not {name for name in parsed.attributes if name == "style" or name.startswith("on")}


def test_what_stands_in_lines_of_its_own_is_no_one_word_without_the_look() -> None:
    text = parse_page(fragment(localized_sample("en"))).text
    assert "Singapore storage" in " ".join(text.split())
    assert not re.search("</(?:span|dt)><(?:span|a|dd)[ >]", fragment(localized_sample("en")))


def test_headings_go_down_one_step_at_a_time() -> None:
    for html in (fragment(localized_sample("en")), document(localized_sample("en"))):
        steps = [int(level) for level in re.findall(r"<h([1-6])", html)]
        assert all(after - before <= 1 for before, after in pairwise(steps))


def test_the_table_has_a_caption_and_headed_rows_and_columns() -> None:
    html = fragment(localized_sample("en"))
    assert html.count("<table") == html.count("<caption") == 1
    assert html.count('scope="row"') == 6
    assert html.count('scope="col"') == 5
    assert html.count("data-label=") == 6 * 2
    assert html.count("<details>") == html.count("<summary") == 6
    assert "<caption><span>6 companies</span></caption>" in html


def test_the_table_stands_above_the_prose_and_below_the_region_and_the_way_to_follow() -> None:
    html = fragment(second_edition(MOVES))
    parts = ["data-forecourt-region", "fc-meta", "fc-follow", "fc-proposals", "fc-table", "fc-note", "fc-section"]
    positions = [html.index(f'class="{part}' if part[:2] == "fc" else part) for part in parts]
    assert positions == sorted(positions)


def many_companies(count: int) -> Policy:
    facts, ids = policy().facts, [f"other-{position}" for position in range(count)]
    entities = [replace(facts.entity("linode"), id=key, legal_name=key) for key in ids]
    engagements = [replace(facts.engagement("linode-us"), id=key, entity=key) for key in ids]
    return with_facts(
        replace(facts, entities=(*facts.entities, *entities), engagements=(*facts.engagements, *engagements))
    )


def test_ten_companies_get_a_box_that_filters_them_and_that_only_a_script_shows() -> None:
    assert "fc-filter" not in fragment(localized_sample("en", of=many_companies(3)))
    html = fragment(localized_sample("en", of=many_companies(4)))
    assert '<div class="fc-filter" role="search" hidden>' in html
    assert "maxlength" not in html  # it would cut what is typed
    assert 'data-one="{count} company of 10" data-other="{count} companies of 10"' in html


def test_a_company_that_does_two_kinds_of_work_has_one_row_and_is_named_with_each_kind() -> None:
    facts = policy().facts
    calls = replace(facts.engagement("twilio"), id="linode-calls", entity="linode", locations=(Location("DE"),))
    page = parse_page(
        fragment(localized_sample("en", of=with_facts(replace(facts, engagements=(*facts.engagements, calls)))))
    )
    assert "Servers" in page.rows["linode"][1]
    assert "Voice calls (VoIP)" in page.rows["linode"][1]
    assert {"#fc-linode-eu", "#fc-linode-calls"} <= set(page.links)
    assert "Who carries voice calls Linode, LLC Twilio, Inc." in page.text


def test_a_company_that_changes_its_name_has_a_row_for_each_name_until_the_change_is_in_force() -> None:
    facts = with_changes(linode_eu={"effective": date(2026, 12, 30)}).facts
    others = [entity for entity in facts.entities if entity.id != "linode"]
    entities = (*others, replace(facts.entity("linode"), legal_name="Akamai, Inc."))
    renamed = replace(next_release(policy()), policy=with_facts(replace(facts, entities=entities)))
    edition = Edition(replace(renamed, releases_in_force={"linode-eu": 1}), DAY, {1: sample_release()})
    rows = parse_page(fragment(LocalizedEdition(edition, "en"))).rows
    assert rows["linode"][0].startswith("Linode, LLC")
    assert rows["linode-linode-sg"][0].startswith("Akamai, Inc.")


def test_two_entities_with_one_name_and_seat_are_one_company() -> None:
    facts = policy().facts
    entities = tuple(replace(each, legal_name="Linode, LLC") if each.id == "aws" else each for each in facts.entities)
    page = parse_page(fragment(localized_sample("en", of=with_facts(replace(facts, entities=entities)))))
    assert len(page.rows) == 5
    assert "Seattle" in page.rows["aws"][4]
    assert "Philadelphia" in page.rows["aws"][4]


def test_no_template_trusts_a_text_as_html() -> None:
    for path in [*TEMPLATES.glob("embed/*.html"), *TEMPLATES.glob("public/*.html")]:
        text = path.read_text("utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text


def hostile(name: str = HOSTILE) -> Policy:
    facts = policy().facts
    entities = tuple(replace(each, legal_name=name, address=name) for each in facts.entities)
    english = {key: f"{text} {name}" for key, text in policy().words["en"].items()}
    return Policy(replace(facts, entities=entities), {"en": english})


def test_a_hostile_name_or_word_stays_text() -> None:
    parsed = parse_page(fragment(localized_sample("en", of=hostile())))
    assert "img" not in parsed.tags
    assert not [link for link in parsed.links if not link.startswith(("mailto:", ADDRESS, "#fc-"))]
    assert "onerror" not in parsed.attributes
    assert HOSTILE in parsed.names


def test_a_name_from_the_facts_is_never_read_for_braces_or_markdown() -> None:
    facts = policy().facts
    entities = tuple(replace(each, legal_name="**{host}** _AS_ <b>") for each in facts.entities)
    text = parse_page(fragment(localized_sample("en", of=with_facts(replace(facts, entities=entities))))).text
    assert "**{host}** _AS_ <b> provides" in text


def test_the_facts_fill_every_placeholder_words_may_use() -> None:
    assert placeholders.placeholder_values(policy(), "nb").keys() == placeholders.available_placeholders(policy().facts)


def test_a_language_without_words_falls_back_to_the_source_language_and_is_marked() -> None:
    edition = localized_sample("nb", of=Policy(policy().facts, {"en": policy().words["en"]}))
    html = fragment(edition)
    assert html.startswith('<section class="fc-policy" lang="nb"')
    assert '<h2 class="fc-title" lang="en" dir="ltr">Subprocessors</h2>' in html
    assert '<li lang="en" dir="ltr">Account data' in html
    assert '<span lang="en" dir="ltr">people who write to customers</span>' in html
    assert "Sist oppdatert" in html
    assert (edition.translated_percent, localized_sample("nb").translated_percent) == (0, 100)
    assert 'lang="en"' not in fragment(localized_sample("nb"))


def test_a_page_says_how_much_of_it_is_translated_and_whether_a_person_looked() -> None:
    names = {key: text for key, text in policy().words["nb"].items() if not key.startswith("section.")}
    of = replace(policy(), words={"en": policy().words["en"], "nb": names})
    text = parse_page(fragment(localized_sample("nb", of=of))).text
    assert (
        f"{localized_sample('nb', of=of).translated_percent} % av denne siden er oversatt; resten vises på engelsk."
        in text
    )
    assert "er oversatt" not in parse_page(fragment(localized_sample("nb"))).text
    translations = {"nb": {"title": Translation(TranslationState.MACHINE, "0" * 16)}}
    remark = "Denne oversettelsen er ikke gjennomgått av et menneske ennå."
    assert remark in parse_page(fragment(localized_sample("nb", of=replace(policy(), translations=translations)))).text
    checked = {"nb": {"title": Translation(TranslationState.REVIEWED, "0" * 16)}}
    assert remark not in parse_page(fragment(localized_sample("nb", of=replace(policy(), translations=checked)))).text


def test_the_head_tells_machines_of_languages_feeds_and_the_page_itself() -> None:
    html = document(localized_sample("nb", Audience.EU))
    assert f'<link rel="canonical" href="{ADDRESS}/main/nb/">' in html
    for language, address in (("en", "main/en/"), ("nb", "main/nb/"), ("x-default", "main/")):
        assert f'<link rel="alternate" hreflang="{language}" href="{ADDRESS}/{address}">' in html
    assert f'href="{ADDRESS}/v1/sites/main/policy.atom?locale=nb"' in html
    assert f'href="{ADDRESS}/v1/sites/main/feed.json?locale=nb"' in html
    assert '<meta name="description" content="Quality Unit, s. r. o. leverer LiveAgent' in html


def test_a_language_the_policy_has_no_words_in_is_no_alternate() -> None:
    assert 'hreflang="nb" href="https' not in policy_page.render_policy_page(
        localized_sample("en"), replace(frame("en"), policy_locales=("en",))
    )


def test_linked_data_cannot_close_its_element() -> None:
    html = document(localized_sample("en", of=hostile("</script><script>alert(1)</script>")))
    assert html.count("<script") == html.count("</script>") == 2


def test_the_fragment_leads_to_what_follows_from_it() -> None:
    links = parse_page(fragment(localized_sample("nb", Audience.UK))).links
    assert f"{ADDRESS}/main/nb/follow" in links
    assert f"{ADDRESS}/main/nb/releases/" in links
    assert f"{ADDRESS}/main/nb/releases/1" in links
    assert f"{ADDRESS}/v1/sites/main/policy.atom?region=UK&locale=nb" in links


def test_a_region_without_engagements_of_a_kind_says_so() -> None:
    american = replace(policy().facts.engagement("twilio"), audiences=(Audience.US,))
    engagements = tuple(american if each.id == "twilio" else each for each in policy().facts.engagements)
    html = fragment(localized_sample("en", Audience.UK, with_facts(replace(policy().facts, engagements=engagements))))
    assert "No subprocessors for customers in this region." in html
    assert "Shown for customers in: United Kingdom" in html
