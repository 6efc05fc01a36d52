"""The facts of the company whose policy it is are filled in where those of the others are."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from forecourt.app import Application
from forecourt.policy import drafts
from forecourt.policy.model import Level, Policy
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft
from tests.console.policy.forms import BASE, fields_of
from tests.console.policy.importing.conftest import PAGE, import_page

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
FACTS = {
    "address": "Storgata 1, Oslo",
    "country": "Norway",
    "contact": "privacy@example.com",
    "service_name": "Example Desk",
    "host": "*.example.com",
    "dpa_contact": "dpa@example.com",
}


async def type_facts(browser: Browser, **texts: str) -> tuple[int, str]:
    fields = fields_of((await browser.get(f"{BASE}grid?all=1")).text)
    cells = {f"cell.owner:.{name}": text for name, text in texts.items()}
    answer = await browser.post(f"{BASE}grid?all=1", fields | cells)
    return answer.status_code, answer.text


async def test_what_a_complete_policy_states_of_its_owner_is_asked_for_and_taken(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    page = (await imported.get(f"{BASE}grid")).text
    blanks = {name for name, (text, *_) in fields_of(page).items() if name.startswith("cell.owner:") and not text}
    assert blanks == {f"cell.owner:.{name}" for name in FACTS if name != "dpa_contact"}  # which the settings have
    assert (await type_facts(imported, **FACTS, legal_name="Example Group AS"))[0] == 303
    facts = (await read_drafted_policy()).facts
    owner, processor = facts.entity(facts.processor.entity), facts.processor
    assert (owner.legal_name, owner.address, owner.country) == ("Example Group AS", FACTS["address"], "NO")
    assert (owner.contact, processor.contact) == (FACTS["contact"], FACTS["dpa_contact"])
    assert (processor.service, processor.host) == (FACTS["service_name"], FACTS["host"])
    page = (await imported.get(f"{BASE}grid")).text
    assert not [name for name in fields_of(page) if name.startswith("cell.owner:")]
    assert FACTS["host"] in page


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("dpa_contact", "nobody", "one e-mail address"),
        ("contact", "nobody", "one e-mail address"),
        ("country", "Atlantis", "Write the name of a country."),
        ("legal_name", "", "Please fill this in."),
        ("service_name", "x" * 1001, "too long"),
    ],
)
async def test_what_cannot_be_taken_is_named(
    imported: Browser, read_draft: ReadDraft, column: str, text: str, sentence: str
) -> None:
    before = await read_draft()
    status, page = await type_facts(imported, **{column: text})
    assert (status, sentence in page, page.count('aria-invalid="true"')) == (422, True, 1)
    assert await read_draft() == before


async def test_an_owner_that_is_a_subprocessor_too_has_its_facts_in_one_place(signed_in: Browser) -> None:
    await import_page(signed_in, f"{PAGE}| Example AS | Support | Norway | Names |\n")
    fields = fields_of((await signed_in.get(f"{BASE}grid?all=1")).text)
    assert ("cell.example.service" in fields, "cell.example.address" in fields) == (True, False)
    assert fields["cell.owner:.legal_name"] == ["Example AS"]


async def test_a_complete_policy_needs_all_of_it(
    imported: Browser, application: Application, read_draft: ReadDraft
) -> None:
    draft = await read_draft()
    assert draft
    facts = replace(draft.policy.facts, level=Level.COMPLETE)
    complete = draft.with_policy(replace(draft.policy, facts=facts), draft.edited_by, draft.edited_at)
    await application.database.write(lambda c: drafts.save_draft(c, complete, draft.edited_at))
    page = (await imported.get(f"{BASE}grid")).text
    owner = page.partition("owner-cells")[2].partition("</section>")[0]
    assert owner.count('placeholder="Needed"') == len(FACTS) - 1


async def test_the_overview_leads_to_these_cells(imported: Browser) -> None:
    overview, grid = [(await imported.get(BASE + path)).text for path in ("", "grid")]
    for column in ("service_name", "host", "address"):
        assert f'href="{BASE}grid#cell.owner:.{column}"' in overview
        assert f'id="cell.owner:.{column}"' in grid
    assert f'href="{BASE}grid#cell.northwind-hosting.address"' in overview
