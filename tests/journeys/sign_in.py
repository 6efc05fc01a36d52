"""Signs an agent in, as a person does who was given a one-time link."""

from playwright.sync_api import Page


def sign_in(page: Page, link: str) -> None:
    """Opens the link, confirms on the page it shows, and waits for the console."""
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url("**/console/")
