"""Checks pages as people see them, on a light desktop and a dark phone, with axe-core."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.deadline import wait_until
from tests.journeys.context import DESKTOP, new_context

OUTPUT = Path(__file__).parents[2] / "test-output"
SIZES = {"desktop": DESKTOP, "phone": {"width": 375, "height": 812}}
# All that it finds right as well takes a while to hand over.
VIOLATIONS = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]))"""
LOOKS = ["desktop-light", "phone-dark"]


def new_context_for_look(browser: Browser, look: str) -> BrowserContext:
    size, _, scheme = look.partition("-")
    options: Any = {"viewport": SIZES[size], "color_scheme": scheme, "locale": "nb-NO", "reduced_motion": "reduce"}
    return new_context(browser, **options)


def assert_accessible(page: Page, name: str) -> None:
    """Checks that axe-core finds nothing.

    Leaves a screenshot in test-output, for people to look at, where it finds something, and of every page with
    `SCREENSHOTS=1`: a whole page takes half as long as its check.
    """
    violations = find_violations(page)
    if violations or os.environ.get("SCREENSHOTS"):
        OUTPUT.mkdir(exist_ok=True)
        wait_until(lambda: _try_to_save_screenshot(page, OUTPUT / f"{name}.jpeg"))
    assert violations == []


def find_violations(page: Page) -> list[Any]:
    """Returns the rules of axe-core that the page breaks, each with the elements that break it."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE_SCRIPT)
    violations: list[Any] = page.evaluate(VIOLATIONS)
    return violations


def _try_to_save_screenshot(page: Page, path: Path) -> bool:
    """Returns False where a busy Chromium says that it cannot capture one."""
    try:
        page.screenshot(path=path, full_page=True, type="jpeg", quality=90)  # a PNG takes twice as long
    except Error as error:
        if "Unable to capture screenshot" not in error.message:
            raise
        return False
    return True


def assert_no_sideways_scrolling(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
