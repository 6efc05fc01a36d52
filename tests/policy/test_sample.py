"""The sample carries every fact of the page it is built on, in every language, from facts written once."""

import re
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt import i18n
from forecourt.policy.edition import Edition
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import REGIONS, Audience, Policy
from forecourt.policy.word_keys import required_word_keys
from tests.policy.markup import ParsedPage, parse_page
from tests.policy.outputs.sample import next_edition
from tests.policy.page_samples import fragment
from tests.policy.sample import FOLDER, LANGUAGES, localized_sample, policy
from tests.policy.strategies import DAYS, policies

# id: entity, country, audience, address, contact, mechanism
TABLE = {
    "linode-eu": ("Linode, LLC", "DE", "EU", "Philadelphia, Pennsylvania, US", "privacy@linode.example", "none"),
    "linode-uk": ("Linode, LLC", "GB", "UK", "Philadelphia, Pennsylvania, US", "privacy@linode.example", "adequacy"),
    "linode-us": ("Linode, LLC", "US", "US", "Philadelphia, Pennsylvania, US", "privacy@linode.example", "dpf"),
    "linode-sg": ("Linode, LLC", "SG", "APAC", "Philadelphia, Pennsylvania, US", "privacy@linode.example", "scc"),
    "aws-us": ("Amazon Web Services, LLC", "US", "US", "Seattle, Washington, US", "privacy@aws.example", "dpf"),
    "aws-sg": ("Amazon Web Services, LLC", "SG", "APAC", "Seattle, Washington, US", "privacy@aws.example", "scc"),
    "websupport": ("Websupport, s.r.o.", "SK", "EU", "Bratislava, SK", "privacy@websupport.example", "none"),
    "qu-llc": ("Quality Unit, LLC", "US", "all", "New York, US", "privacy@qualityunit.example", "scc"),
    "qu-ukraine": ("Quality Unit Ukraine", "UA", "all", "Kyiv, UA", "privacy@qualityunit.example", "scc"),
    "twilio": ("Twilio, Inc.", "US", "all", "San Francisco, California, US", "privacy@twilio.example", "dpf"),
}
IN_PAGE_ORDER = [TABLE[key] for key in ("aws-sg", "linode-eu", "websupport", "qu-llc", "qu-ukraine", "twilio")]
HOSTED: dict[str, tuple[str, ...]] = {"en": ("Account data", "Messages and attachments", "Contact details"),
          "nb": ("Kontoopplysninger", "Meldinger og vedlegg", "Kontaktopplysninger")}  # fmt: skip
CASE: dict[str, tuple[str, ...]] = {"en": ("What a support case shows",), "nb": ("Det som framgår av en støttesak",)}
CALLS: dict[str, tuple[str, ...]] = {
    "en": ("Telephone numbers", "Call data", "Recordings"),
    "nb": ("Telefonnumre", "Samtaledata", "Opptak"),
}
DATA = {"qu-llc": CASE, "qu-ukraine": CASE, "twilio": CALLS}
ASSUMED_COUNTRY = {"linode-eu", "websupport", "qu-llc", "qu-ukraine", "twilio"}

FACTS_IN_PROSE = {
    "en": (
        "third party", "data processor", "service data", "personal data", "Due diligence", "commercially reasonable",
        "security, privacy and confidentiality", "at least equal", "documented instructions", "in writing",
        "reliable people", "train those people regularly", "technical and organisational measures",
        "actual or potential breach at once", "controllers, data subjects or authorities", "further rights",
        "not a binding agreement", "co-location", "Germany, Singapore, Slovakia, United Kingdom and United States",
        "stays in that region", "from one data centre to another", "performance and availability", "Tier III+ or IV",
        "PCI DSS, SSAE 16", "ISO 27001", "redundant", "UPS", "backup generators", "Northern California",
        "European Union", "around the clock", "subcontractors", "security guidelines", "consented beforehand",
        "same group", "(VoIP)", "This is a sample", "illustrative",
    ),
    "nb": (
        "tredjepart", "databehandler", "tjenestedata", "personopplysninger", "aktsomhetsvurdering",
        "forretningsmessig rimelig", "sikkerhet, personvern og konfidensialitet", "minst svarer til",
        "dokumenterte instrukser", "skriftlig", "pålitelige personer", "jevnlig opplæring",
        "tekniske og organisatoriske tiltak", "straks", "faktisk eller mulig sikkerhetsbrudd",
        "behandlingsansvarlige, registrerte eller myndigheter", "ingen ytterligere rettigheter",
        "ikke en bindende avtale", "samlokaliserte datasentre", "Singapore, Slovakia, Storbritannia, Tyskland og USA",
        "blir i den regionen", "fra ett datasenter til et annet", "ytelse og tilgjengelighet", "Tier III+ eller IV",
        "PCI DSS, SSAE 16 eller ISO 27001", "redundant", "UPS", "nødstrømsaggregater", "Nord-California", "EU",
        "døgnet rundt", "underleverandører", "retningslinjer for sikkerhet", "samtykket på forhånd", "samme konsern",
        "(VoIP)", "Dette er et eksempel", "antatt",
    ),
}  # fmt: skip


def parse_sample_page(language: str) -> ParsedPage:
    return parse_page(fragment(localized_sample(language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_six_companies_have_one_row_each_and_the_ten_engagements_stand_in_them(language: str) -> None:
    page = parse_sample_page(language)
    assert [cells[0].strip() for cells in page.rows.values()] == list(dict.fromkeys(row[0] for row in IN_PAGE_ORDER))
    assert page.places.keys() == TABLE.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("engagement", TABLE)
def test_a_row_says_who_where_for_whom_and_on_what_basis(engagement: str, language: str) -> None:
    name, country, region, address, contact, mechanism = TABLE[engagement]
    page, words = parse_sample_page(language), i18n.words(language)
    entity, _, locations, audiences, details = page.rows[page.company_of[engagement]]
    assert entity.strip() == name
    assert i18n.country(country, language) in locations
    assert words(f"policy.region.{region}") in audiences
    place = page.places[engagement]
    assert i18n.country(country, language) in place
    assert (f"{i18n.country(country, language)} *" in place or "European Union *" in place or "EU *" in place) is (
        engagement in ASSUMED_COUNTRY
    )
    assert words(f"policy.region.{region}") in place
    assert words(f"policy.mechanism.{mechanism}") in place
    assert address in details
    assert contact in details.replace(" @", "@")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("engagement", TABLE)
def test_a_row_says_which_data_and_that_it_is_illustrative(engagement: str, language: str) -> None:
    page, data = parse_sample_page(language), DATA.get(engagement, HOSTED)[language]
    details = page.rows[page.company_of[engagement]][4]
    assert all(f"{each} *" in details for each in data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prose_tells_every_fact_of_the_page(language: str) -> None:
    text = parse_sample_page(language).text
    assert [fact for fact in FACTS_IN_PROSE[language] if fact not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_on_whose_facts_and_of_which_day_it_is_built(language: str) -> None:
    page = parse_sample_page(language)
    assert page.times == ["2019-10-28"]
    assert f"LiveAgent {'published' if language == 'en' else 'publiserte'}" in page.text
    assert i18n.long_date(policy().facts.updated, language) in page.text
    assert "Quality Unit, s. r. o." in page.text
    assert "*.ladesk.com" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_customer_learns_whom_to_write_to_for_the_agreement(language: str) -> None:
    assert "mailto:privacy@qualityunit.example" in parse_sample_page(language).links


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_of_the_infrastructure_is_in_its_prose(language: str) -> None:
    prose = parse_sample_page(language).text.split(policy().words[language]["table.infrastructure"])[0]
    rows = policy().facts.of_kind("infrastructure")
    assert all(i18n.country(place.country, language) in prose for row in rows for place in row.locations)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_repeats_a_name_an_address_or_a_country_of_the_facts(language: str) -> None:
    facts, texts = policy().facts, "\n".join(policy().words[language].values())
    names = {entity.legal_name for entity in facts.entities} | {entity.contact for entity in facts.entities}
    names |= {i18n.country(place.country, language) for each in facts.engagements for place in each.locations}
    names |= {facts.processor.service, *facts.facilities.certificates}
    assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", texts)] == []


def test_bokmal_has_one_word_for_each_term() -> None:
    texts = "\n".join(policy().words["nb"].values()).lower()
    for other_word in ("subprosessor", "underbehandler", "underleverandørbehandler", "dataansvarlig", "kontrollør"):
        assert other_word not in texts


def test_the_files_hold_exactly_the_words_the_facts_ask_for() -> None:
    for language in LANGUAGES:
        table = tomllib.loads((FOLDER / "words" / f"{language}.toml").read_text("utf-8"))
        assert table["title"]
        assert policy().words[language].keys() == required_word_keys(policy().facts)


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_shows_what_applies_there_and_what_applies_everywhere(region: Audience) -> None:
    engagement_ids = parse_page(fragment(localized_sample("en", region))).places.keys()
    assert engagement_ids == {name for name, row in TABLE.items() if row[2] in (region, "all")}


def facts_of_page(page: ParsedPage) -> tuple[object, ...]:
    """Returns everything of a page that has no language. `tags` shows that pages have the same parts in one order."""
    links = [re.sub(r"(main/|locale=)(en|nb)", r"\1LANGUAGE", each) for each in page.links]
    return (page.company_of, page.names, links, page.times, page.marks, page.tags, page.data)


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    """Draws editions of two releases with any facts, whose words are complete in every language."""
    return next_edition(_with_all_words(draw(policies())), _with_all_words(draw(policies())), draw(DAYS))


def _with_all_words(policy: Policy) -> Policy:
    facts = replace(
        policy.facts, notes=(), sections=("infrastructure", "support"), products=("four", "one", "three", "two")
    )
    return Policy(
        facts, {language: {key: f"{key} {language}" for key in required_word_keys(facts)} for language in LANGUAGES}
    )


@settings(deadline=None, max_examples=60)
@given(editions(), st.sampled_from([None, *REGIONS]), st.booleans())
def test_all_languages_carry_the_same_facts_of_the_same_release(
    edition: Edition, region: Audience | None, is_today: bool
) -> None:
    """Statuses, proposals and their dates included: what is new, what changes and what ends, on any day."""
    pages = [fragment(LocalizedEdition(edition, language, region), is_today) for language in LANGUAGES]
    first_facts, *other_facts = (facts_of_page(parse_page(html)) for html in pages)
    assert other_facts == [first_facts] * len(other_facts)


@settings(deadline=None, max_examples=40)
@given(editions(), st.sampled_from([None, *REGIONS]))
def test_a_page_shows_each_engagement_of_its_day_once_and_each_proposal_with_its_dates(
    edition: Edition, region: Audience | None
) -> None:
    html = fragment(LocalizedEdition(edition, "en", region))
    engagement_ids = [each.engagement.id for each in edition.entries if each.engagement.concerns(region)]
    assert sorted(re.findall('<li id="fc-([^"]+)"', html)) == sorted(engagement_ids)
    proposals = [(each.id, str(each.deadline), str(each.effective)) for each in edition.proposals(region)]
    dates = 'id="fc-proposal-([^"]+)" data-engagement="[^"]+" data-deadline="([^"]+)" data-effective="([^"]+)"'
    assert re.findall(dates, html) == proposals
