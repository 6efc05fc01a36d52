"""What the directory knows of a vendor is offered with its source, and is in the draft once somebody accepts it."""

from collections.abc import Awaitable, Callable

import pytest

from forecourt.policy.model import Policy
from forecourt.policy.vendor_directory.name_lookup import match_vendors
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft
from tests.console.policy.forms import BASE, fields_of

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
NAMES = [entity.legal_name.value for entity in match_vendors("Stripe")[0].vendor.entities]


async def save_accepted(browser: Browser, *accepted: str) -> None:
    fields = fields_of((await browser.get(f"{BASE}grid")).text)
    answer = await browser.post(f"{BASE}grid", fields | {"accept": list(accepted)})
    assert answer.status_code == 303


async def test_names_are_offered_with_source_and_day_and_nothing_is_filled_in(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    page = (await imported.get(f"{BASE}grid")).text
    for name in NAMES:
        assert f"Accept: {name}" in page
    source = match_vendors("Stripe")[0].vendor.entities[0].legal_name.source
    assert f'href="{source}"' in page
    assert "read on 1 December 2026" in page
    await save_accepted(imported)
    assert (await read_drafted_policy()).facts.entity("stripe").legal_name == "Stripe"


async def test_an_accepted_name_leads_to_what_is_known_of_that_company(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await save_accepted(imported, f"cell.stripe.legal_name.{NAMES.index('Stripe, LLC')}")
    assert (await read_drafted_policy()).facts.entity("stripe").legal_name == "Stripe, LLC"
    page = (await imported.get(f"{BASE}grid")).text
    assert "Accept: United States" in page
    await save_accepted(imported, "cell.stripe.country.0", "cell.stripe.mechanism.0")
    facts = (await read_drafted_policy()).facts
    mechanism = facts.engagement("stripe").mechanism
    assert facts.entity("stripe").country == "US"
    assert mechanism is not None
    assert mechanism.kind == "dpf"
    assert "Accept: United States" not in (await imported.get(f"{BASE}grid")).text


@pytest.mark.parametrize(
    "accepted", ["cell.stripe.country.0", "cell.stripe.legal_name.²", "cell.nobody.country.0", "x"]
)
async def test_what_is_not_offered_cannot_be_accepted(imported: Browser, read_draft: ReadDraft, accepted: str) -> None:
    before = await read_draft()
    await save_accepted(imported, accepted)
    assert await read_draft() == before
