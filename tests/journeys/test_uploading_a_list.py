"""An owner uploads a file with their list, and publishes it with the keyboard alone."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.sign_in import sign_in
from tests.journeys.test_adding_a_subprocessor import tab_to
from tests.policy.importing.workbooks import make_workbook

ROWS = (
    ("Company", "Purpose", "Location", "Data"),
    ("Northwind Hosting GmbH", "Hosting of servers", "Germany", "Account data"),
    ("Litware AS", "Backups", "Norway", "Account data"),
    ("Fabrikam Mail, Inc.", "Sending of mail", "United States", "E-mail addresses"),
)
COMPANIES = [company for company, *_ in ROWS[1:]]


def make_page() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{text}' for text in row)}" for row in ROWS)
    return f"<!doctype html><title>Subprocessors</title><h1>Subprocessors</h1><table>{rows}</table>".encode()


@pytest.fixture(params=["list.xlsx", "list.html"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    path.write_bytes(make_page() if path.suffix == ".html" else make_workbook(ROWS))
    return path


@pytest.fixture
def owner(agents_context: BrowserContext, empty_site: ForecourtProcess, complaints: list[str]) -> Page:
    """Opens the import page as somebody who has just signed in."""
    page = watch_console(agents_context.new_page(), complaints)
    sign_in(page, empty_site.console)
    page.goto(f"{empty_site.forecourt}/console/policy/shop/import")
    return page


def press(page: Page, target: Locator) -> None:
    tab_to(page, target)
    page.keyboard.press("Enter")


def test_a_file_becomes_a_policy_that_the_keyboard_alone_publishes(
    owner: Page, file: Path, complaints: list[str]
) -> None:
    with owner.expect_file_chooser() as chooser:
        press(owner, owner.get_by_label("Or a file"))
    chooser.value.set_files(file)
    press(owner, owner.get_by_role("button", name="Read the page"))
    expect(owner.get_by_text("The page was read into the draft.")).to_be_visible()
    for company in COMPANIES:
        expect(owner.get_by_role("rowheader", name=company)).to_be_visible()
    tab_to(owner, owner.get_by_label("Litware AS: Address"))
    owner.keyboard.type("Oslo")
    press(owner, owner.get_by_role("button", name="Save and preview"))
    for company in COMPANIES:
        expect(owner.frame_locator("iframe").get_by_text(company).first).to_be_visible()
    press(owner, owner.get_by_role("link", name="Publish"))
    expect(owner.get_by_text("The first release, with 3 subprocessors.")).to_be_visible()
    press(owner, owner.get_by_role("button", name="Publish"))
    expect(owner.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(owner, owner.get_by_role("button", name="Copy"))
    expect(owner.get_by_text("Copied.")).to_be_visible()
    assert 'data-forecourt="policy"' in owner.evaluate("navigator.clipboard.readText()")
    assert complaints == []
