"""A newer page of the owner's changes the draft in time, another language adds its texts, and neither loses a fact."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest

from forecourt import i18n
from forecourt.app import Application
from forecourt.policy import drafts
from forecourt.policy.model import Policy, TranslationState
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft, ReadRelease
from tests.console.policy.forms import BASE, fields_of, save_form

from .conftest import PAGE, import_page, send_page

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
COMPLETE_PAGE = PAGE.replace("| EU |", "| Ireland |")
NORWEGIAN_PAGE = """# Underdatabehandlerne våre

| Selskap | Formål | Land | Data |
| --- | --- | --- | --- |
| Litware AS | Sikkerhetskopier | Norge | Kontoopplysninger |
| Northwind Hosting GmbH | Drift av servere | Tyskland | Kontoopplysninger |
| Ukjent AS | Annet | Norge | Navn |
"""


@pytest.fixture
async def released(application: Application, signed_in: Browser) -> Browser:
    """Returns the browser of an agent whose page of five rows is published."""
    await import_page(signed_in, COMPLETE_PAGE)
    await save_form(signed_in, "publish")
    await application.site_loader.refresh()
    return signed_in


async def test_a_newer_page_changes_what_it_says_otherwise_on_the_first_lawful_day(
    released: Browser, read_draft: ReadDraft, read_release: ReadRelease, first_day: date
) -> None:
    newer = COMPLETE_PAGE.replace("| Backups | Norway |", "| Backups at night | Sweden |")
    newer = "\n".join(line for line in newer.splitlines() if "Fabrikam" not in line)
    await import_page(released, f"{newer}\n| Adatum AS | Search | Norway | Account data |\n")
    draft = await read_draft()
    assert draft is not None
    facts, words = draft.policy.facts, draft.policy.words["en"]
    litware = facts.engagement("litware")
    assert ([location.country for location in litware.locations], litware.effective) == (["SE"], first_day)
    assert words[f"purpose.{litware.purpose}"] == "Backups at night"
    adatum = facts.engagement("adatum")
    assert (facts.entity(adatum.entity).legal_name, adatum.kind, adatum.effective) == (
        "Adatum AS",
        litware.kind,
        first_day,
    )
    assert facts.engagement("stripe") == (await read_release()).policy.facts.engagement("stripe")
    assert [note.engagement for note in draft.notes] == ["fabrikam-mail"]
    assert draft.notes[0].sentence(i18n.words("nb")).startswith("står ikke på den nyere siden;")
    overview = (await released.get(BASE)).text
    assert "Customers are notified" in overview
    assert "take effect before" not in overview
    await save_form(released, "publish")
    assert (await read_release()).number == 2


async def test_the_same_page_again_changes_nothing(released: Browser, read_draft: ReadDraft) -> None:
    await import_page(released, COMPLETE_PAGE)
    assert await read_draft() is None
    assert "The page says what the policy says." in (await released.get(f"{BASE}?done=nothing_new")).text


async def test_a_document_stays_where_a_newer_page_states_the_same_basis_for_transfer(
    signed_in: Browser, read_draft: ReadDraft
) -> None:
    page = PAGE.replace(" |\n", " | SCC |\n").replace("Data | SCC", "Data | Transfer").replace("--- | SCC", "--- | ---")
    await import_page(signed_in, page)
    fields = fields_of((await signed_in.get(f"{BASE}grid?all=1")).text)
    typed = {"cell.stripe.mechanism": "SCC; https://stripe.com/legal/dpa"}
    assert (await signed_in.post(f"{BASE}grid?all=1", fields | typed)).status_code == 303
    await import_page(signed_in, page.replace("Payments", "Cards"))
    draft = await read_draft()
    assert draft is not None
    engagements = draft.policy.facts.engagements
    documents = {each.id: each.mechanism and each.mechanism.document for each in engagements}
    assert documents == dict.fromkeys(documents) | {"stripe": "https://stripe.com/legal/dpa"}
    purposes = [draft.policy.words["en"][f"purpose.{each.purpose}"] for each in engagements]
    assert "Cards" in purposes


async def test_another_language_adds_its_texts_by_company_and_lists_what_has_no_place(
    released: Browser, read_draft: ReadDraft, read_release: ReadRelease
) -> None:
    await import_page(released, NORWEGIAN_PAGE, "nb")
    draft = await read_draft()
    assert draft is not None
    policy = draft.policy
    texts = policy.words["nb"]
    purposes = {each.id: texts.get(f"purpose.{each.purpose}") for each in policy.facts.engagements}
    assert purposes["litware"] == "Sikkerhetskopier"
    assert purposes["northwind-hosting"] == "Drift av servere"
    assert purposes["stripe"] is None
    assert {each.state for each in policy.translations["nb"].values()} == {TranslationState.MACHINE}
    assert policy.facts == (await read_release()).policy.facts
    assert any("Ukjent AS" in note.sentence(i18n.words("nb")) for note in draft.notes)
    assert "Ukjent AS" in (await released.get(f"{BASE}import")).text


@pytest.mark.parametrize(
    ("text", "language", "page"),
    [
        (NORWEGIAN_PAGE, "nb", "import?done=imported"),  # which shows what has no place
        ("Selskap\tFormål\nLitware AS\tKopier", "nb", "words/nb?only=todo&done=imported"),
        (PAGE.replace("Backups", "Copies"), "en", "?done=imported"),
    ],
)
async def test_an_import_leads_to_what_it_brought(released: Browser, text: str, language: str, page: str) -> None:
    answer = await send_page(released, text=text, language=language)
    assert answer.headers["location"] == BASE + page
    assert "The page was read into the draft." in (await released.get(BASE + page)).text


async def test_the_overview_counts_what_somebody_has_to_look_at(released: Browser) -> None:
    await import_page(released, COMPLETE_PAGE.replace("| Stripe | Payments | Ireland | Billing details |\n", ""))
    overview = (await released.get(BASE)).text
    assert "Import left 1 mark for somebody to look at" in overview


async def test_a_text_that_the_language_has_stays(
    application: Application, released: Browser, read_draft: ReadDraft
) -> None:
    await import_page(released, NORWEGIAN_PAGE, "nb")
    draft = await read_draft()
    assert draft is not None
    key = f"purpose.{draft.policy.facts.engagement('litware').purpose}"
    corrected_texts = draft.policy.words["nb"] | {key: "Kopier"}
    policy = replace(draft.policy, words=draft.policy.words | {"nb": corrected_texts})
    corrected = draft.with_policy(policy, "kari", draft.edited_at)
    await application.database.write(lambda c: drafts.save_draft(c, corrected, draft.edited_at))
    await import_page(released, NORWEGIAN_PAGE, "nb")
    newest = await read_draft()
    assert newest is not None
    assert newest.policy.words["nb"][key] == "Kopier"
