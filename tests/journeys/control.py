"""Uses the control as visitors do: one button, and a menu behind it."""

from playwright.sync_api import Frame, Page, expect


def open_menu(page: Page | Frame) -> None:
    change = page.locator("#forecourt-change")
    if not change.is_visible():
        page.locator("#forecourt-preferences").click()
    expect(change).to_be_visible()


def open_choices(page: Page | Frame) -> None:
    """Opens the second layer of the banner."""
    open_menu(page)
    page.locator("#forecourt-change").click()
    expect(page.locator("#forecourt-save")).to_be_visible()


def withdraw(page: Page | Frame) -> None:
    open_menu(page)
    page.locator("#forecourt-withdraw").click()
    expect(page.locator("#forecourt-withdraw")).to_have_count(0)
