"""An agent adds a subprocessor with one form, in few actions, with the keyboard alone, and without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.looks import SIZES, assert_accessible, assert_no_sideways_scrolling
from tests.journeys.test_editing import BASE, unexpected

MOST_ACTIONS = 15  # of a person, from the draft's page to the subprocessor in the draft
MOST_TABS = 80
COMPANY = "Only for a company that is not there yet"


class Person:
    """Does what a person does, and counts it: a click, a box, a choice or a filled field is one action."""

    def __init__(self, page: Page):
        self.page = page
        self.actions = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.actions += 1

    def fill(self, label: str, text: str, group: str = "") -> None:
        field_of(self.page, label, group).fill(text)
        self.actions += 1

    def choose(self, label: str, option: str, group: str = "") -> None:
        field_of(self.page, label, group).select_option(label=option)
        self.actions += 1

    def tick(self, label: str) -> None:
        self.page.get_by_role("checkbox", name=label).check()
        self.actions += 1


def field_of(page: Page, label: str, group: str = "") -> Locator:
    within = page.get_by_role("group", name=group, exact=True) if group else page
    plain, with_choices = (within.get_by_role(role, name=label, exact=True) for role in ("textbox", "combobox"))
    return plain.or_(with_choices)


@pytest.fixture
def overview(demo: ForecourtProcess, agent: Page) -> Iterator[Page]:
    """Opens the draft's page. What a test adds is discarded after it."""
    agent.goto(f"{demo.forecourt}{BASE}")
    yield agent
    agent.goto(f"{demo.forecourt}{BASE}discard")
    discard = agent.get_by_role("button", name="Discard the draft")
    if discard.count():
        discard.click()


def test_a_company_that_is_new_in_every_way_is_added_in_few_actions(overview: Page, complaints: list[str]) -> None:
    person = Person(overview)
    person.click(overview.get_by_role("link", name="Add a subprocessor"))
    person.fill("Company", "Acme Search, Inc.")
    person.fill("Address", "Boston, United States")
    person.choose("Country", "United States", COMPANY)
    person.fill("E-mail for data protection", "privacy@acme.example")
    for group, english, norwegian in (("Service", "Search", "Søk"), ("Purpose", "Finding messages", "Finne meldinger")):
        person.fill("English", english, group)
        person.fill("Norwegian Bokmål", norwegian, group)
    person.choose("Section", "Infrastructure")
    person.tick("Account data / Kontoopplysninger")
    person.tick("customers' staff / ansatte hos kundene")
    person.choose("Country", "United States", "Location 1")
    person.choose("Basis for transfer", "Standard contractual clauses (SCC)")
    preview = overview.get_by_role("complementary", name="Preview")
    for text in ("Finding messages", "Finne meldinger", "Account data", "Kontoopplysninger", "(EU) 2021/914"):
        expect(preview.get_by_text(text).first).to_be_visible()
    person.click(overview.get_by_role("button", name="Add", exact=True))
    expect(overview.get_by_role("status").filter(has_text="Added")).to_be_visible()
    assert person.actions <= MOST_ACTIONS
    expect(overview.get_by_role("link", name="Acme Search, Inc. Search")).to_be_visible()
    overview.get_by_role("link", name="Overview").click()
    expect(overview.get_by_text("No findings. The draft can be published.")).to_be_visible()
    assert unexpected(complaints) == []


def test_what_is_there_fills_in_the_rest_and_a_second_agent_overwrites_nothing_in_silence(
    overview: Page, demo: ForecourtProcess
) -> None:
    person = Person(overview)
    person.click(overview.get_by_role("link", name="Add a subprocessor"))
    person.fill("Company", "linode llc")
    expect(field_of(overview, "Address")).to_be_hidden()
    person.fill("Norwegian Bokmål", "Servere", "Service")
    expect(field_of(overview, "English", "Service")).to_have_value("Servers")
    purpose = "Drift av serverne der kundenes kontoer og tjenestedata ligger"
    expect(field_of(overview, "Norwegian Bokmål", "Purpose")).to_have_value(purpose)
    person.tick("Account data / Kontoopplysninger")
    person.tick("customers' staff / ansatte hos kundene")
    person.choose("Country", "Norway", "Location 1")
    person.click(overview.get_by_role("button", name="Add", exact=True))
    expect(overview.get_by_role("status").filter(has_text="Added")).to_be_visible()
    assert person.actions < MOST_ACTIONS / 2
    overview.get_by_role("link", name="Overview").click()
    expect(overview.get_by_text("No findings. The draft can be published.")).to_be_visible()

    other = overview.context.new_page()
    for page in (overview, other):
        page.goto(f"{demo.forecourt}{BASE}engagements/twilio")
    field_of(other, "Norwegian Bokmål", "Service").fill("Telefoni")
    other.get_by_role("button", name="Save").click()
    other.wait_for_url("**/engagements?done=saved")
    field_of(overview, "Norwegian Bokmål", "Purpose").fill("Drift")
    overview.get_by_role("button", name="Save").click()
    expect(overview.get_by_role("alert")).to_contain_text("Telefoni")
    expect(field_of(overview, "Norwegian Bokmål", "Purpose")).to_have_value("Drift")


def tab_to(page: Page, target: Locator) -> None:
    """Presses the Tab key until `target` has the focus."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{MOST_TABS} Tabs do not reach {target}")


@pytest.mark.usefixtures("overview")
def test_the_keyboard_alone_adds_one_on_a_dark_phone_and_an_error_keeps_what_was_typed(
    browser: Browser, demo: ForecourtProcess, agent: Page
) -> None:
    context = new_context(
        browser,
        locale="en-GB",
        viewport=SIZES["phone"],
        color_scheme="dark",
        storage_state=agent.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{demo.forecourt}{BASE}engagements/new")
    contact, norwegian = field_of(page, "E-mail for data protection"), field_of(page, "Norwegian Bokmål", "Service")
    texts = {
        field_of(page, "Company"): "Acme AS",
        field_of(page, "Address"): "Oslo, Norway",
        field_of(page, "Country", COMPANY): "Norway",
        contact: "nobody",
        field_of(page, "English", "Service"): "Search",
        norwegian: "Leting",
        field_of(page, "English", "Purpose"): "Finding",
        field_of(page, "Norwegian Bokmål", "Purpose"): "Finne",
        field_of(page, "Section"): "Infrastructure",
        page.get_by_role("checkbox", name="Account data"): " ",
        page.get_by_role("checkbox", name="customers' staff"): " ",
        field_of(page, "Country", "Location 1"): "Norway",
    }
    for target, text in texts.items():
        tab_to(page, target)
        page.keyboard.type(text)
    tab_to(page, page.get_by_role("button", name="Add", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Please fix:")
    expect(contact).to_have_attribute("aria-invalid", "true")
    expect(norwegian).to_have_value("Leting")
    expect(page.get_by_role("checkbox", name="Account data")).to_be_checked()
    assert_no_sideways_scrolling(page)
    assert_accessible(page, "subprocessor-errors-phone-dark")
    tab_to(page, page.get_by_role("alert").get_by_role("link"))
    page.keyboard.press("Enter")
    expect(contact).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("privacy@acme.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Added")).to_be_visible()
    context.close()


@pytest.mark.usefixtures("overview")
def test_without_a_script_a_button_shows_the_preview(browser: Browser, demo: ForecourtProcess, agent: Page) -> None:
    state = agent.context.storage_state()
    context = new_context(browser, locale="en-GB", java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{demo.forecourt}{BASE}engagements/new")
    person = Person(page)
    person.fill("Company", "Twilio, Inc.")
    for group, english, norwegian in (("Service", "Search", "Leting"), ("Purpose", "Finding", "Finne")):
        person.fill("English", english, group)
        person.fill("Norwegian Bokmål", norwegian, group)
    person.choose("Section", "Infrastructure")
    person.tick("Account data / Kontoopplysninger")
    person.tick("customers' staff / ansatte hos kundene")
    person.choose("Country", "Norway", "Location 1")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("complementary", name="Preview").get_by_text("Leting").first).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Added")).to_be_visible()
    context.close()
