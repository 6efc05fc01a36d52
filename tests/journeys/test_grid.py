"""People fill in the grid: two at once, by keyboard alone, and without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import SIZES, assert_accessible, assert_no_sideways_scrolling
from tests.journeys.sign_in import sign_in
from tests.journeys.test_adding_a_subprocessor import tab_to

LIST = """Company\tPurpose\tLocation\tData
Northwind Hosting GmbH\tHosting\tGermany\tAccount data
Litware AS\tBackups\tNorway\tAccount data
Stripe\tPayments\tIreland\tBilling details
"""


@pytest.fixture
def base(empty_site: ForecourtProcess) -> str:
    return f"{empty_site.forecourt}/console/policy/shop/"


@pytest.fixture
def owner(agents_context: BrowserContext, empty_site: ForecourtProcess, base: str) -> Page:
    """Opens the grid as somebody who has just pasted a list."""
    page = agents_context.new_page()
    sign_in(page, empty_site.console)
    page.goto(f"{base}import")
    page.get_by_label("Or paste its text").fill(LIST)
    page.get_by_role("button", name="Read the page").click()
    expect(page.get_by_role("heading", name="Your own company")).to_be_visible()
    return page


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def phone(has_script: bool, browser: Browser, owner: Page) -> Iterator[Page]:
    """Opens the browser of the same person on a dark phone, with a script and without."""
    looks = {"viewport": SIZES["phone"], "color_scheme": "dark", "storage_state": owner.context.storage_state()}
    context = new_context(browser, locale="en-GB", java_script_enabled=has_script, **looks)
    yield context.new_page()
    context.close()


def cell(page: Page, name: str) -> Locator:
    return page.locator(f'[id="cell.{name}"]')


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def expect_saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="Saved in the draft.")).to_be_visible()


def test_two_who_type_at_once_choose_cell_by_cell(owner: Page, phone: Page, base: str, has_script: bool) -> None:
    for page in (owner, phone):
        page.goto(f"{base}grid?all=1")
    cell(owner, "northwind-hosting.purpose").fill("Servers")
    cell(owner, "litware.data").fill("")
    save(owner)
    expect_saved(owner)
    owner.goto(f"{base}engagements/stripe/remove")
    owner.get_by_role("button", name="Remove").click()
    expect(owner.get_by_role("status").filter(has_text="Removed from the draft.")).to_be_visible()

    cell(phone, "northwind-hosting.purpose").fill("Hosting of servers")
    cell(phone, "litware.data").fill("Backups of account data")
    cell(phone, "stripe.service").fill("Cards")
    cell(phone, "owner:.address").fill("Storgata 1, Oslo")
    save(phone)
    expect(phone.get_by_role("alert")).to_contain_text("Choose in 3 marked places")
    for name, text in (("northwind-hosting.purpose", "Hosting of servers"), ("owner:.address", "Storgata 1, Oslo")):
        expect(cell(phone, name)).to_have_value(text)
    assert_no_sideways_scrolling(phone)
    if has_script:  # which axe is
        assert_accessible(phone, "grid-conflict-phone-dark")
    save(phone)  # which the browser refuses until everything is chosen
    purpose = phone.get_by_role("group", name="somebody else saved: Servers")
    purpose.get_by_role("radio", name="Keep mine").check()
    phone.get_by_role("group", name="somebody else cleared this").get_by_role("radio", name="Take theirs").check()
    phone.get_by_role("group", name="Somebody removed this row").get_by_role("radio", name="Put it back").check()
    save(phone)
    expect_saved(phone)
    texts = {
        "northwind-hosting.purpose": "Hosting of servers",
        "litware.data": "",
        "stripe.service": "Cards",
        "stripe.purpose": "Payments",
        "owner:.address": "Storgata 1, Oslo",
    }
    for name, text in texts.items():
        expect(cell(phone, name)).to_have_value(text)


def test_a_plain_form_shows_no_button_that_does_nothing_and_keeps_what_is_wrong(
    phone: Page, base: str, has_script: bool
) -> None:
    phone.goto(f"{base}grid?all=1")
    expect(phone.get_by_role("button", name="Undo")).to_be_hidden()
    cell(phone, "northwind-hosting.country").fill("Atlantis")
    cell(phone, "litware.country").fill("norway")
    save(phone)
    expect(phone.get_by_role("alert")).to_contain_text("1 cell has to be corrected")
    expect(cell(phone, "northwind-hosting.country")).to_have_value("Atlantis")
    cell(phone, "northwind-hosting.country").fill("DE")
    phone.get_by_role("button", name="Save and preview").click()
    phone.wait_for_url("**/preview")
    phone.goto(f"{base}snippet")
    expect(phone.get_by_role("button", name="Copy")).to_be_visible(visible=has_script)


def test_a_phone_folds_away_what_may_stay_blank(phone: Page, base: str) -> None:
    phone.goto(f"{base}grid")
    address, country = cell(phone, "northwind-hosting.address"), cell(phone, "northwind-hosting.country")
    expect(phone.get_by_text("Northwind Hosting GmbH")).to_be_visible()
    expect(address).to_be_hidden()
    phone.get_by_role("link", name="Edit every cell").click()
    address.fill("Berlin")
    save(phone)
    expect_saved(phone)
    phone.goto(f"{base}grid#cell.northwind-hosting.country")  # as the overview's links do
    expect(country).to_be_in_viewport()
    expect(phone.get_by_text("Berlin")).to_be_visible()
    expect(cell(phone, "litware.country")).to_be_hidden()


def test_the_keyboard_alone_leads_from_what_is_missing_to_a_saved_cell(owner: Page, base: str) -> None:
    owner.goto(base)
    tab_to(owner, owner.get_by_role("link", name="Our service"))
    owner.keyboard.press("Enter")
    expect(owner.get_by_label("Our service")).to_be_focused()
    owner.keyboard.type("Shop Desk")
    owner.keyboard.press("Enter")
    expect(owner.get_by_label("Address at which it is used")).to_be_focused()
    owner.keyboard.type("*.shop.example")
    owner.keyboard.press("Control+z")
    expect(owner.get_by_label("Address at which it is used")).to_have_value("")
    tab_to(owner, owner.get_by_role("button", name="Save", exact=True))
    owner.keyboard.press("Enter")
    expect_saved(owner)
    owner.goto(base)
    expect(owner.get_by_role("heading", name="Policy of Shop Desk")).to_be_visible()
    expect(owner.get_by_role("link", name="Our service")).to_have_count(0)
