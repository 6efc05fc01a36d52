"""What the directory knows of a vendor is offered with its source, and is in the draft once somebody accepts it."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

import pytest

from forecourt import i18n
from forecourt.policy.model import Basis, Mechanism, Policy
from forecourt.policy.vendor_directory.directory_reader import load_directory
from forecourt.policy.vendor_directory.name_lookup import match_vendors
from forecourt.policy.vendor_directory.vendor import SourcedPage, Vendor
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft
from tests.console.policy.forms import BASE, fields_of
from tests.console.policy.importing.conftest import import_page

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
STRIPE = match_vendors("Stripe")[0].vendor
NAMES = [entity.legal_name.value for entity in STRIPE.entities]


def require_page(page: SourcedPage | None) -> SourcedPage:
    assert page
    return page


LIST, AGREEMENT = require_page(STRIPE.subprocessors), require_page(STRIPE.agreement)

PRIVACY_FRAMEWORK = i18n.words("en")("policy.mechanism.dpf")


async def save_accepted(browser: Browser, *accepted: str) -> None:
    fields = fields_of((await browser.get(f"{BASE}grid")).text)
    answer = await browser.post(f"{BASE}grid", fields | {"accept": list(accepted)})
    assert answer.status_code == 303, answer.text[-3000:]


async def test_names_are_offered_with_source_and_day_and_nothing_is_filled_in(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    page = (await imported.get(f"{BASE}grid")).text
    for name in NAMES:
        assert f"Accept: {name}" in page
    source = STRIPE.entities[0].legal_name.source
    assert f'href="{source}"' in page
    assert "read on 1 December 2026" in page
    await save_accepted(imported)
    assert (await read_drafted_policy()).facts.entity("stripe").legal_name == "Stripe"


async def test_an_accepted_name_leads_to_what_is_known_of_that_company(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await save_accepted(imported, "cell.stripe.legal_name=Stripe, LLC")
    assert (await read_drafted_policy()).facts.entity("stripe").legal_name == "Stripe, LLC"
    page = (await imported.get(f"{BASE}grid")).text
    assert "Accept: United States" in page
    await save_accepted(imported, "cell.stripe.country=United States", f"cell.stripe.mechanism={PRIVACY_FRAMEWORK}")
    facts = (await read_drafted_policy()).facts
    mechanism = facts.engagement("stripe").mechanism
    assert facts.entity("stripe").country == "US"
    assert mechanism is not None
    assert mechanism.kind == "dpf"
    assert "Accept: United States" not in (await imported.get(f"{BASE}grid")).text


async def test_the_vendor_s_own_list_is_offered_and_stored_as_the_link_to_it(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    page = (await imported.get(f"{BASE}grid")).text
    assert f"Accept: {LIST.value}" in page
    assert f'href="{LIST.source}"' in page
    await save_accepted(imported, f"cell.stripe.chain_link={LIST.value}")
    assert (await read_drafted_policy()).facts.engagement("stripe").chain_link == LIST.value
    assert f"Accept: {LIST.value}" not in (await imported.get(f"{BASE}grid")).text


async def test_an_agreement_is_offered_as_the_document_of_contractual_clauses_and_of_nothing_else(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    offer = f"Accept: Standard contractual clauses (SCC); {AGREEMENT.value}"
    await save_accepted(imported, "cell.stripe.legal_name=Stripe, LLC")
    await save_accepted(imported, f"cell.stripe.mechanism={PRIVACY_FRAMEWORK}")
    page = (await imported.get(f"{BASE}grid?all=1")).text
    assert AGREEMENT.value not in page  # a decision is the document of this basis
    await imported.post(f"{BASE}grid?all=1", fields_of(page) | {"cell.stripe.mechanism": "SCC"})
    page = (await imported.get(f"{BASE}grid")).text
    assert offer in page
    assert f'href="{AGREEMENT.source}"' in page
    await save_accepted(imported, f"cell.stripe.mechanism={offer.removeprefix('Accept: ')}")
    mechanism = (await read_drafted_policy()).facts.engagement("stripe").mechanism
    assert mechanism == Mechanism(Basis.SCC, AGREEMENT.value)
    assert offer not in (await imported.get(f"{BASE}grid")).text


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ("cell.stripe.country=Norway", 422),
        ("cell.stripe.legal_name=Adatum AS", 422),
        ("cell.nobody.country=Norway", 409),  # a row that somebody has removed
        ("cell.stripe.country", 303),
        ("cell.stripe.id=x", 400),
        ("x", 400),
    ],
)
async def test_what_is_not_offered_cannot_be_accepted(
    imported: Browser, read_draft: ReadDraft, accepted: str, status: int
) -> None:
    before = await read_draft()
    fields = fields_of((await imported.get(f"{BASE}grid")).text)
    answer = await imported.post(f"{BASE}grid", fields | {"accept": accepted})
    assert (answer.status_code, "no longer offered" in answer.text) == (status, status == 422)
    assert await read_draft() == before


SPELLINGS = {
    "AWS": "amazon-web-services",
    "Amazon Web Services EMEA SARL": "amazon-web-services",
    "Amazon SES": "amazon-web-services",
    "Google Cloud Platform (GCP)": "google-cloud",
    "Twilio SendGrid": "twilio",
    "SendGrid, Inc. (Twilio)": "twilio",
    "Intercom R&D Unlimited Company": "intercom",
    "Slack Technologies, LLC": "slack",
    "Functional Software, Inc. d/b/a Sentry": "sentry",
    "Sentry (Functional Software, Inc.)": "sentry",
    "Resend (Plus Five Five, Inc.)": "resend",
    "Stripe, Inc.": "stripe",
    "Stripe Payments Europe, Ltd.": "stripe",
    "Supabase, Inc.": "supabase",
    "Neon, Inc.": "neon",
    "Datadog": "datadog",
    "Hotjar Ltd.": "hotjar",
    "PayPal (Europe) S.à r.l. et Cie, S.C.A.": "paypal",
    "The Rocket Science Group LLC d/b/a Mailchimp": "mailchimp",
    "Microsoft Corporation (Azure)": "microsoft-azure",
    "salesforce.com, inc.": "salesforce",
    "Clerk AS": "",
    "Neon AS": "",
    "Notion AS": "",
    "Railway Ltd": "",
    "Sentry Page Protection": "",
    "Amazon": "",
}


def to_policy_values(vendor: Vendor) -> set[str]:
    companies = {entity.legal_name.value for entity in vendor.entities}
    addresses = {entity.address.value for entity in vendor.entities if entity.address}
    countries = {i18n.country(entity.country.value, "en") for entity in vendor.entities if entity.country}
    kinds = {entity.mechanism.value for entity in vendor.entities if entity.mechanism}
    pages = {page.value for page in (vendor.subprocessors, vendor.agreement) if page}
    return companies | addresses | countries | pages | {i18n.words("en")(f"policy.mechanism.{kind}") for kind in kinds}


async def test_names_as_lists_spell_them_are_offered_their_vendor_and_no_other(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    vendors = {vendor.id: vendor for vendor in load_directory()}
    rows = "".join(f"<tr><td>{name}<td>Hosting {number}<td>Ireland" for number, name in enumerate(SPELLINGS))
    head = "<tr><th>Subprocessor<th>Purpose<th>Location"
    await import_page(signed_in, f"<h1>Subprocessors</h1><table>{head}{rows}</table>")
    engagements = (await read_drafted_policy()).facts.engagements
    assert len(engagements) == len(SPELLINGS)
    offers: dict[str, set[str]] = {engagement.id: set() for engagement in engagements}
    for page in (1, 2):
        html = (await signed_in.get(f"{BASE}grid?page={page}")).text
        for row, text in re.findall(r'name="accept" value="cell\.([^."]+)\.[^"]+"> <span>Accept: ([^<]+)<', html):
            offers[row].add(unescape(text))
    purposes = (await read_drafted_policy()).words["en"]
    expected = [*SPELLINGS.items()]
    for engagement in engagements:
        name, vendor = expected[int(purposes[f"purpose.{engagement.purpose}"].removeprefix("Hosting "))]
        assert bool(offers[engagement.id]) == bool(vendor), (name, offers[engagement.id])
        if vendor:
            assert offers[engagement.id] <= to_policy_values(vendors[vendor]), name
