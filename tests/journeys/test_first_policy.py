"""An owner with a page of five rows and no policy gets to their own policy on their own page, by the console alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.host import Host
from tests.journeys.looks import SIZES, assert_accessible, assert_no_sideways_scrolling
from tests.journeys.sign_in import sign_in

BASE = "/console/policy/shop/"
TABLE = """<table><tr><th>Company<th>Purpose<th>Location<th>Data
<tr><td>Northwind Hosting GmbH<td>Hosting of servers<td>Germany<td>Account data
<tr><td>Fabrikam Mail, Inc.<td>Sending of mail<td>United States<td>E-mail addresses
<tr><td>Contoso Support Ltd<td>Support desk<td>EU<td>Names
<tr><td>Litware AS<td>Backups<td>Norway<td>Account data
<tr><td>Stripe<td>Payments<td>Ireland<td>Billing details
</table>"""
STRIPE_LIST, STRIPE_AGREEMENT = "https://stripe.com/legal/service-providers", "https://stripe.com/legal/dpa"
FIVE = 5  # rows of the page
MOST_STEPS = 12  # of a person: a click or a filled field is one
QUESTION_LOOKS: dict[str, dict[str, Any]] = {
    "phone-dark": {"viewport": SIZES["phone"], "color_scheme": "dark", "locale": "nb-NO"},
    "narrow": {"viewport": {"width": 320, "height": 640}, "locale": "en-GB"},
}


class Owner:
    """Does what an owner does, and counts it."""

    def __init__(self, page: Page):
        self.page = page
        self.steps = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.steps += 1

    def fill(self, target: Locator, text: str) -> None:
        target.fill(text)
        self.steps += 1


@pytest.fixture
def owner(browser: Browser, empty_site: ForecourtProcess, complaints: list[str]) -> Iterator[Owner]:
    """Opens the console as somebody who has just signed in."""
    context = new_context(browser, locale="en-GB")
    page = watch_console(context.new_page(), complaints)
    sign_in(page, empty_site.console)
    yield Owner(page)
    context.close()


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True).or_(page.get_by_role("textbox", name=name, exact=True))


def paste(target: Locator, text: str) -> None:
    """Pastes as a spreadsheet's copy arrives."""
    target.evaluate(
        """(input, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          input.focus();
          input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def check_spreadsheet(page: Page) -> None:
    """Moves by keys, pastes a column with a gap in it, takes it back and does it again."""
    addresses = [
        cell(page, f"{name}: Address") for name in ("Contoso Support Ltd", "Fabrikam Mail, Inc.", "Litware AS")
    ]
    paste(addresses[0], "Dublin\nBoston\nOslo\n")
    for address, town in zip(addresses, ("Dublin", "Boston", "Oslo"), strict=True):
        expect(address).to_have_value(town)
    page.keyboard.press("ControlOrMeta+z")
    expect(addresses[1]).to_have_value("")
    page.keyboard.press("ControlOrMeta+Shift+z")
    expect(addresses[2]).to_have_value("Oslo")
    addresses[0].focus()
    page.keyboard.press("Enter")
    expect(addresses[1]).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "Contoso Support Ltd: Country")).to_be_focused()
    page.keyboard.type("Ireland")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, "Contoso Support Ltd: Country")).to_have_value("")


def bring_in(owner: Owner, host: Host, table: str) -> str:
    """Has the server read the owner's page. Returns its address."""
    page, address = owner.page, f"http://127.0.0.1:{host.origin.rpartition(':')[2]}/subprocessors"
    host.serve("/subprocessors", f"<!doctype html><title>Subprocessors</title><h1>Subprocessors</h1>{table}")
    assert_accessible(page, "inbox-unpublished")
    owner.click(page.get_by_role("link", name="Open the policy"))
    expect(page).to_have_url(re.compile("/import$"))
    assert_accessible(page, "import")
    owner.fill(page.get_by_label("The page's address"), address)
    owner.click(page.get_by_role("button", name="Read the page"))
    expect(page.get_by_text("The page was read into the draft.")).to_be_visible()
    return address


def test_from_an_empty_site_to_a_published_policy_of_five_rows(
    owner: Owner, host: Host, browser: Browser, complaints: list[str]
) -> None:
    page = owner.page
    address = bring_in(owner, host, TABLE)
    unsure = cell(page, "Contoso Support Ltd: Locations")
    expect(unsure).to_have_accessible_description(re.compile("region"))
    check_spreadsheet(page)
    assert_accessible(page, "grid")
    check_on_a_dark_phone(browser, page)
    owner.fill(unsure, "Ireland")
    owner.click(page.get_by_role("button", name="Save and preview"))
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Northwind Hosting GmbH").first).to_be_visible()
    owner.click(page.get_by_role("link", name="Publish"))
    expect(page.get_by_text("The first release, with 5 subprocessors.")).to_be_visible()
    owner.click(page.get_by_role("button", name="Publish"))
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    put_on_the_page(owner, host, address)
    assert owner.steps <= MOST_STEPS, owner.steps
    assert complaints == []


def test_what_a_vendor_publishes_is_offered_accepted_and_shown(
    owner: Owner, host: Host, browser: Browser, complaints: list[str]
) -> None:
    page = owner.page
    bring_in(owner, host, TABLE)
    own_list = page.get_by_role("checkbox", name=f"Accept: {STRIPE_LIST}")
    expect(own_list).not_to_be_checked()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    own_list.check()
    own_list.uncheck()  # a tick is taken back before it is saved
    page.get_by_role("button", name="Save", exact=True).click()
    expect(own_list).not_to_be_checked()
    own_list.check()
    cell(page, "Stripe: Basis for transfer").fill("SCC")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(own_list).to_have_count(0)
    expect(page.get_by_text(STRIPE_LIST, exact=True)).to_be_visible()
    check_on_a_dark_phone(browser, page)
    page.get_by_role("checkbox", name=f"Accept: Standard contractual clauses (SCC); {STRIPE_AGREEMENT}").check()
    page.get_by_role("button", name="Save and preview").click()
    frame = page.frame_locator("iframe")
    for address in (STRIPE_LIST, STRIPE_AGREEMENT):
        expect(frame.locator(f'a[href="{address}"]').first).to_be_attached()
    page.goto(f"{page.url.rpartition('/')[0]}/grid?all=1")
    cell(page, "Stripe: Link to its own list").fill("")  # what was accepted is taken out like any other text
    page.get_by_role("button", name="Save", exact=True).click()
    expect(own_list).not_to_be_checked()
    assert complaints == []


def put_on_the_page(owner: Owner, host: Host, address: str) -> None:
    """Copies the snippet, pastes it into the owner's page, and has the page checked."""
    page = owner.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.click(page.get_by_role("button", name="Copy"))
    expect(page.get_by_text("Copied.")).to_be_visible()
    snippet = page.evaluate("navigator.clipboard.readText()")
    host.serve("/subprocessors", f"<!doctype html><html lang=en><title>List</title><h1>List</h1>{snippet}")
    owner.fill(page.get_by_label("The page's address"), address)
    owner.click(page.get_by_role("button", name="Check my page"))
    expect(page.get_by_text("The tag is on the page.")).to_be_visible()
    assert_accessible(page, "snippet")
    reader = page.context.new_page()
    reader.goto(f"{host.origin}/subprocessors")
    expect(reader.get_by_text("Northwind Hosting GmbH").first).to_be_visible()
    assert reader.locator('[data-forecourt="policy"] tbody tr').count() >= FIVE
    reader.close()


def check_on_a_dark_phone(browser: Browser, page: Page) -> None:
    context = new_context(
        browser,
        locale="nb-NO",
        viewport=SIZES["phone"],
        color_scheme="dark",
        storage_state=page.context.storage_state(),
    )
    phone = context.new_page()
    for path in ("import", "grid"):
        phone.goto(page.url.replace(page.url.rpartition("/")[2], path))
        assert_no_sideways_scrolling(phone)
        assert_accessible(phone, f"{path}-phone-dark")
    context.close()


def test_a_file_that_asks_for_no_purpose_is_asked_about_and_stays_in_the_form(
    owner: Owner, browser: Browser, complaints: list[str], tmp_path: Path
) -> None:
    page = owner.page
    rows = TABLE.replace("<th>Purpose", "<th>Service")
    (tmp_path / "list.html").write_text(f"<h1>Subprocessors</h1>{rows}")
    page.goto(f"{page.url.partition('/console')[0]}{BASE}import")
    page.get_by_label("Or a file").set_input_files(tmp_path / "list.html")
    owner.click(page.get_by_role("button", name="Read the page"))
    question = page.get_by_role("combobox", name="Which column says what each company does?")
    expect(question).to_have_value("Service")
    expect(page.get_by_role("alert")).to_have_text("No heading of this page asks for a purpose.")
    assert_accessible(page, "import-question")
    for name, options in QUESTION_LOOKS.items():
        look_at_question(browser, page, name, options)
    owner.click(page.get_by_role("button", name="Go on"))
    expect(page.get_by_text("The page was read into the draft.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Northwind Hosting GmbH")).to_contain_text("Hosting of servers")
    assert complaints == []


def look_at_question(browser: Browser, page: Page, name: str, options: dict[str, Any]) -> None:
    """Sends the same list as pasted text from another window, so that the question stands there, too."""
    context = new_context(browser, storage_state=page.context.storage_state(), **options)
    window = context.new_page()
    window.goto(page.url)
    window.locator("#text").fill(f"<h1>Subprocessors</h1>{TABLE.replace('<th>Purpose', '<th>Service')}")
    window.locator("#import .form-actions button").click()
    expect(window.locator("#purpose_column")).to_have_value("Service")
    assert_no_sideways_scrolling(window)
    assert_accessible(window, f"import-question-{name}")
    context.close()
