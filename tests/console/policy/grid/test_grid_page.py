"""The grid asks for gaps and doubts first, takes each fact as people write it, and overwrites nobody in silence."""

import re
from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from forecourt.console.policy.grid.grid_columns import OWNER_ROW, cell_name
from forecourt.policy.model import Audience, Basis, Location, Mechanism, Policy, Relation
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft
from tests.console.policy.forms import BASE, fields_of
from tests.console.policy.importing.conftest import PAGE, import_page

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
NORTHWIND = "northwind-hosting"


async def type_cells(browser: Browser, cells: dict[str, str], path: str = "grid", **fields: str) -> int:
    """Opens the grid, fills in cells and sends it. Returns the status."""
    page = (await browser.get(BASE + path)).text
    names = {cell_name(*name.split(".")): text for name, text in cells.items()}
    assert not names.keys() - fields_of(page).keys()
    return (await browser.post(BASE + path, fields_of(page) | names | fields)).status_code


async def test_only_gaps_and_doubts_have_fields_and_the_facts_are_counted(imported: Browser) -> None:
    page = (await imported.get(f"{BASE}grid?done=imported")).text
    fields = fields_of(page)
    assert cell_name(NORTHWIND, "address") in fields
    assert cell_name(NORTHWIND, "purpose") not in fields
    assert cell_name("contoso-support", "locations") in fields
    assert "is a region" in page
    assert re.search(r"2\d of 72 facts", page), re.findall(r"\d+ of \d+ facts", page)
    everything = fields_of((await imported.get(f"{BASE}grid?all=1")).text)
    assert everything[cell_name(NORTHWIND, "locations")] == ["Germany"]
    assert everything[cell_name(OWNER_ROW, "legal_name")] == ["Example AS"]


async def test_each_fact_is_taken_as_people_write_it(imported: Browser, read_drafted_policy: ReadPolicy) -> None:
    cells = {
        "address": "Kaiserstr. 1, Frankfurt",
        "country": "germany",
        "contact": "privacy@northwind.example",
        "service": "Servers",
        "relation": "Third party",
        "audiences": "European Union; uk",
        "subjects": "Customers; Customers' staff",
        "mechanism": "scc; https://northwind.example/dpa",
        "effective": "30/12/2026",
    }
    named = {f"{NORTHWIND}.{column}": text for column, text in cells.items()}
    assert await type_cells(imported, named | {"contoso-support.locations": "Ireland; United States (Oregon)"}) == 303
    policy = await read_drafted_policy()
    entity, engagement = policy.facts.entity(NORTHWIND), policy.facts.engagement(NORTHWIND)
    assert (entity.address, entity.country, entity.contact) == (cells["address"], "DE", cells["contact"])
    assert (engagement.relation, engagement.audiences) == (Relation.THIRD_PARTY, (Audience.EU, Audience.UK))
    mechanism = Mechanism(Basis.SCC, "https://northwind.example/dpa")
    assert (engagement.mechanism, engagement.effective) == (mechanism, date(2026, 12, 30))
    words = policy.words["en"]
    assert [words[f"subject.{key}"] for key in engagement.subjects] == ["Customers", "Customers' staff"]
    assert words[f"service.{engagement.service}"] == "Servers"
    first, second = policy.facts.engagement("contoso-support").locations
    assert first == Location("IE")
    assert (second.country, words[f"place.{second.place}"]) == ("US", "Oregon")


async def test_a_filled_gap_needs_no_look_and_a_look_ends_the_doubt(imported: Browser, read_draft: ReadDraft) -> None:
    await type_cells(imported, {"contoso-support.locations": "Ireland"})
    draft = await read_draft()
    assert draft is not None
    assert not [note for note in draft.notes if note.engagement]
    assert "is a region" not in (await imported.get(f"{BASE}grid")).text


async def test_a_look_alone_ends_the_marks_of_a_row(imported: Browser, read_draft: ReadDraft) -> None:
    await type_cells(imported, {}, looked_at="contoso-support")
    draft = await read_draft()
    assert draft is not None
    assert not [note for note in draft.notes if note.engagement]


async def test_places_may_be_declared_not_stated(imported: Browser, read_drafted_policy: ReadPolicy) -> None:
    await type_cells(imported, {"contoso-support.locations": "Not stated"})
    engagement = (await read_drafted_policy()).facts.engagement("contoso-support")
    assert (engagement.locations, engagement.locations_not_stated) == ((), True)
    assert fields_of((await imported.get(f"{BASE}grid?all=1")).text)[cell_name("contoso-support", "locations")] == [
        "Not stated"
    ]


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("country", "Atlantis", "Write the name of a country."),
        ("contact", "nobody", "one e-mail address"),
        ("relation", "friend", "Please choose one of the options."),
        ("mechanism", "trust", "Please choose one of the options."),
        ("mechanism", "scc; http://northwind.example", "begins with https://"),
        ("chain_link", "northwind.example/list", "begins with https://"),
        ("audiences", "Mars", "Please choose one of the options."),
        ("effective", "soon", "Please write"),
        ("address", "x" * 1001, "too long"),
        ("address", "Oslo\u202e", "character"),
        ("locations", "EU", "Write countries, with a place in brackets"),
        ("purpose", "", "Please fill this in."),
        ("legal_name", " ", "Please fill this in."),
    ],
)
async def test_what_cannot_be_taken_is_named_at_its_cell_and_stays(
    imported: Browser, read_draft: ReadDraft, column: str, text: str, sentence: str
) -> None:
    before = await read_draft()
    page = (await imported.get(f"{BASE}grid?all=1")).text
    typed = {cell_name(NORTHWIND, column): text, cell_name("stripe", "address"): "Dublin"}
    answer = await imported.post(f"{BASE}grid?all=1", fields_of(page) | typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fields_of(answer.text)[cell_name("stripe", "address")] == ["Dublin"]
    assert answer.text.count('aria-invalid="true"') == 1
    assert await read_draft() == before


async def test_what_no_policy_needs_is_shown_where_there_is_something_to_show(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await import_page(signed_in, PAGE.replace("Stripe", "Adatum AS"))  # no vendor of the directory
    assert "Link to its own list" not in (await signed_in.get(f"{BASE}grid")).text
    link = "https://northwind.example/subprocessors"
    await type_cells(signed_in, {f"{NORTHWIND}.chain_link": link}, "grid?all=1")
    assert (await read_drafted_policy()).facts.engagement(NORTHWIND).chain_link == link
    page = (await signed_in.get(f"{BASE}grid")).text
    assert (link in page, "Link to its own list" in page) == (True, True)
    assert not [name for name in fields_of(page) if name.endswith(".chain_link")]
    await type_cells(signed_in, {f"{NORTHWIND}.chain_link": ""}, "grid?all=1")
    assert (await read_drafted_policy()).facts.engagement(NORTHWIND).chain_link is None


async def test_a_document_that_is_taken_out_of_the_cell_is_gone(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    for text, document in (("SCC; (EU) 2021/914; module 3", "(EU) 2021/914; module 3"), ("SCC", None)):
        await type_cells(imported, {f"{NORTHWIND}.mechanism": text}, "grid?all=1")
        assert (await read_drafted_policy()).facts.engagement(NORTHWIND).mechanism == Mechanism(Basis.SCC, document)


async def test_a_purpose_is_corrected_in_place_and_one_that_two_use_is_not(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await import_page(signed_in, PAGE.replace("Backups", "Payments"))
    await type_cells(signed_in, {f"{NORTHWIND}.purpose": "Hosting of our servers"}, "grid?all=1")
    await type_cells(signed_in, {"litware.purpose": "Backups"}, "grid?all=1")
    policy = await read_drafted_policy()
    purposes = {each.id: policy.words["en"][f"purpose.{each.purpose}"] for each in policy.facts.engagements}
    assert (purposes["stripe"], purposes["litware"], purposes[NORTHWIND]) == (
        "Payments",
        "Backups",
        "Hosting of our servers",
    )
    assert sum(key.startswith("purpose.") for key in policy.words["en"]) == 5


async def test_a_company_of_a_list_is_marked_only_where_import_is_not_sure(
    signed_in: Browser, read_draft: ReadDraft
) -> None:
    listed = "\n".join(f"- **{name}**: Hosting" for name in ("Fabrikam GmbH", "Adatum AS", "Northwind"))
    await import_page(signed_in, f"# Subprocessors\n\nWe use:\n\n{listed}\n")
    draft = await read_draft()
    assert draft is not None
    marked = {note.engagement for note in draft.notes if note.is_doubt}
    assert (len(draft.policy.facts.engagements), "fabrikam" in marked) == (3, False)


@pytest.mark.parametrize(
    "name", ["cell.stripe", "cell.stripe.id", "cell.stripe.purpose.x", "cell.stripe.host", "cell.owner:.purpose"]
)
async def test_what_is_no_cell_is_refused(imported: Browser, name: str) -> None:
    assert (await imported.post(f"{BASE}grid", {name: "x"})).status_code == 400


async def test_saving_can_lead_on_to_the_preview(imported: Browser) -> None:
    fields = fields_of((await imported.get(f"{BASE}grid")).text)
    answer = await imported.post(f"{BASE}grid", fields | {"next": "preview"})
    assert answer.headers["location"] == f"{BASE}preview"
    assert f'href="{BASE}publish"' in (await imported.get(f"{BASE}preview")).text


async def test_a_row_that_is_none_is_refused(imported: Browser) -> None:
    for text in ("", "[]", '{"purpose": 1}', '{"purpose": "\\ud800"}'):
        assert (await imported.post(f"{BASE}grid", {"row.stripe": text})).status_code == 400


async def test_fifty_rows_with_long_texts_can_be_saved(signed_in: Browser, read_drafted_policy: ReadPolicy) -> None:
    rows = "\n".join(f"| Adatum {number} AS | {'Hosting ' * 60}{number} | Norway | Names |" for number in range(50))
    table = f"| Company | Purpose | Location | Data |\n| --- | --- | --- | --- |\n{rows}\n"
    await import_page(signed_in, f"# Subprocessors\n\n{table}")
    assert await type_cells(signed_in, {"adatum-7.address": "Oslo"}, "grid?all=1") == 303
    assert (await read_drafted_policy()).facts.entity("adatum-7").address == "Oslo"
