"""Checks pages as people see them, on a light desktop and a dark phone, with axe-core, and keeps screenshots."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.deadline import wait_until
from tests.journeys.context import DESKTOP, new_context

OUTPUT = Path(__file__).parents[2] / "test-output"
SIZES = {"desktop": DESKTOP, "phone": {"width": 375, "height": 812}}
LOOKS = ["desktop-light", "phone-dark"]


def new_context_for_look(browser: Browser, look: str) -> BrowserContext:
    size, _, scheme = look.partition("-")
    options: Any = {"viewport": SIZES[size], "color_scheme": scheme, "locale": "nb-NO", "reduced_motion": "reduce"}
    return new_context(browser, **options)


def assert_accessible(page: Page, name: str) -> None:
    """Checks that axe-core finds nothing, and leaves a screenshot in test-output for people to look at."""
    OUTPUT.mkdir(exist_ok=True)
    wait_until(lambda: _try_to_save_screenshot(page, OUTPUT / f"{name}.jpeg"))
    report: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    violations = [(each["id"], [node["target"] for node in each["nodes"]]) for each in report["violations"]]
    assert violations == []


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
