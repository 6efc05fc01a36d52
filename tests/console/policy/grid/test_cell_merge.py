"""Two agents fill in one grid: nothing is overwritten unasked, and nothing that was typed is lost."""

import re
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any

import httpx
import pytest

from forecourt.policy.model import Location, Policy
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft
from tests.console.policy.forms import BASE, fields_of

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]
GRID = f"{BASE}grid?all=1"
PURPOSE = "cell.northwind-hosting.purpose"
ADDRESS = "cell.northwind-hosting.address"


async def open_grid(browser: Browser) -> dict[str, Any]:
    return fields_of((await browser.get(GRID)).text)


async def save(browser: Browser, fields: dict[str, Any], **changes: str) -> httpx.Response:
    return await browser.post(GRID, fields | {name.replace("__", "."): text for name, text in changes.items()})


async def save_theirs(browser: Browser, cells: dict[str, str]) -> None:
    """Saves cells as somebody else does, in a form of their own."""
    answer = await browser.post(GRID, await open_grid(browser) | cells)
    assert answer.status_code == 303


async def remove_row(browser: Browser, row: str) -> None:
    path = f"{BASE}engagements/{row}/remove"
    assert (await browser.post(path, fields_of((await browser.get(path)).text))).status_code == 303


def find_choices(answer: httpx.Response, name: str) -> list[str]:
    """Returns the values that the page offers, mine first."""
    return [unescape(value) for value in re.findall(f'name="choice.{re.escape(name)}" value="([^"]+)"', answer.text)]


async def test_cells_that_only_one_changed_are_saved_and_blank_ones_overwrite_nothing(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    mine = await open_grid(imported)
    await save_theirs(imported, {ADDRESS: "Berlin", "cell.stripe.address": "Dublin", PURPOSE: "Servers"})
    assert (await imported.post(GRID, mine | {"cell.litware.address": "Oslo"})).status_code == 303
    policy = await read_drafted_policy()
    addresses = [policy.facts.entity(each).address for each in ("northwind-hosting", "stripe", "litware")]
    assert addresses == ["Berlin", "Dublin", "Oslo"]
    assert "Servers" in policy.words["en"].values()


@pytest.mark.parametrize(
    ("cell", "theirs", "mine", "sentence"),
    [
        (ADDRESS, "Berlin", "Hamburg", "somebody else saved: Berlin"),
        (PURPOSE, "Servers", "Hosting", "somebody else saved: Servers"),
        ("cell.northwind-hosting.data", "", "Names", "somebody else cleared this"),
        ("cell.northwind-hosting.data", "Names", "", "somebody else saved: Names"),
        ("cell.owner:.dpa_contact", "", "dpa@example.com", "somebody else cleared this"),
    ],
)
async def test_a_cell_that_both_changed_shows_both_texts_and_asks(
    imported: Browser, read_draft: ReadDraft, cell: str, theirs: str, mine: str, sentence: str
) -> None:
    form = await open_grid(imported)
    await save_theirs(imported, {cell: theirs})
    before = await read_draft()
    answer = await imported.post(GRID, form | {cell: mine, "cell.litware.address": "Oslo"})
    assert (answer.status_code, sentence in answer.text) == (409, True)
    fields = fields_of(answer.text)
    assert (fields[cell], fields["cell.litware.address"]) == ([mine], ["Oslo"])
    assert await read_draft() == before
    assert (await imported.post(GRID, fields)).status_code == 409  # nobody has chosen
    keep_mine, take_theirs = find_choices(answer, cell)
    assert (await imported.post(GRID, fields | {f"choice.{cell}": keep_mine})).status_code == 303
    assert (await open_grid(imported))[cell] == [mine]
    assert (await open_grid(imported))["cell.litware.address"] == ["Oslo"]

    await save_theirs(imported, {cell: theirs})
    assert (await imported.post(GRID, fields | {f"choice.{cell}": take_theirs})).status_code == 303
    assert (await open_grid(imported))[cell] == [theirs]


async def test_a_choice_over_one_text_is_none_over_a_later_one(imported: Browser) -> None:
    form = await open_grid(imported)
    await save_theirs(imported, {ADDRESS: "Berlin"})
    answer = await imported.post(GRID, form | {ADDRESS: "Hamburg"})
    choice = {f"choice.{ADDRESS}": find_choices(answer, ADDRESS)[0]}
    await save_theirs(imported, {ADDRESS: "Bremen"})
    answer = await imported.post(GRID, fields_of(answer.text) | choice)
    assert (answer.status_code, "somebody else saved: Bremen" in answer.text) == (409, True)


async def test_a_choice_stays_made_while_another_cell_is_corrected(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    form = await open_grid(imported)
    await save_theirs(imported, {ADDRESS: "Berlin"})
    answer = await imported.post(GRID, form | {ADDRESS: "Hamburg"})
    choice = {f"choice.{ADDRESS}": find_choices(answer, ADDRESS)[0]}
    answer = await imported.post(GRID, fields_of(answer.text) | choice | {"cell.stripe.contact": "nobody"})
    assert (answer.status_code, answer.text.count('aria-invalid="true"')) == (422, 1)
    answer = await imported.post(GRID, fields_of(answer.text) | {"cell.stripe.contact": "dpo@stripe.example"})
    assert answer.status_code == 303
    assert (await read_drafted_policy()).facts.entity("northwind-hosting").address == "Hamburg"


async def test_the_same_text_from_both_is_no_conflict(imported: Browser) -> None:
    form = await open_grid(imported)
    await save_theirs(imported, {ADDRESS: "Berlin"})
    assert (await imported.post(GRID, form | {ADDRESS: "Berlin"})).status_code == 303


async def test_a_row_that_somebody_removed_is_left_so_or_put_back_with_what_was_typed(
    imported: Browser, read_drafted_policy: ReadPolicy
) -> None:
    form = await open_grid(imported)
    await remove_row(imported, "stripe")
    answer = await imported.post(GRID, form | {"cell.stripe.service": "Cards", "cell.litware.address": "Oslo"})
    assert (answer.status_code, "Somebody removed this row" in answer.text) == (409, True)
    fields = fields_of(answer.text)
    assert (fields["cell.stripe.service"], fields["cell.litware.address"]) == (["Cards"], ["Oslo"])
    put_back, leave_removed = find_choices(answer, "stripe")

    assert (await imported.post(GRID, fields | {"choice.stripe": leave_removed})).status_code == 303
    facts = (await read_drafted_policy()).facts
    assert "stripe" not in {each.id for each in facts.engagements}
    assert facts.entity("litware").address == "Oslo"

    assert (await imported.post(GRID, fields | {"choice.stripe": put_back})).status_code == 303
    policy = await read_drafted_policy()
    stripe, texts = policy.facts.engagement("stripe"), policy.words["en"]
    assert texts[f"service.{stripe.service}"] == "Cards"
    assert texts[f"purpose.{stripe.purpose}"] == "Payments"
    assert (stripe.locations, policy.facts.entity(stripe.entity).legal_name) == ((Location("IE"),), "Stripe")


async def test_a_removed_row_in_which_nothing_was_typed_is_no_conflict(imported: Browser) -> None:
    form = await open_grid(imported)
    await remove_row(imported, "stripe")
    assert (await imported.post(GRID, form | {"cell.litware.address": "Oslo"})).status_code == 303


async def test_no_row_is_put_back_under_a_name_that_is_none(imported: Browser) -> None:
    cells = {"cell.No Row.purpose": "Hosting", "row.No Row": "{}", "choice.No Row": "mine"}
    assert (await imported.post(GRID, cells)).status_code == 400


async def test_a_suggestion_of_a_cell_that_somebody_filled_in_asks_too(imported: Browser) -> None:
    form = await open_grid(imported)
    await save_theirs(imported, {"cell.stripe.legal_name": "Stripe Ltd"})
    answer = await imported.post(GRID, form | {"accept": "cell.stripe.legal_name=Stripe, LLC"})
    assert (answer.status_code, "somebody else saved: Stripe Ltd" in answer.text) == (409, True)
    assert fields_of(answer.text)["cell.stripe.legal_name"] == ["Stripe, LLC"]
