"""What people see: on a desk in the light, and on a phone in the dark. axe-core finds nothing; a picture stays."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.journeys.context import DESKTOP, new_context

OUTPUT = Path(__file__).parents[2] / "test-output"
SIZES = {"desktop": DESKTOP, "phone": {"width": 375, "height": 812}}
LOOKS = ["desktop-light", "phone-dark"]


def browsing(browser: Browser, look: str) -> BrowserContext:
    size, _, scheme = look.partition("-")
    made: Any = {"viewport": SIZES[size], "color_scheme": scheme, "locale": "nb-NO", "reduced_motion": "reduce"}
    return new_context(browser, **made)


def assert_accessible(page: Page, name: str) -> None:
    """Leaves a screenshot in test-output, for people to look at."""
    OUTPUT.mkdir(exist_ok=True)
    _picture(page, OUTPUT / f"{name}.jpeg")
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    told = [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]
    assert told == []


def _picture(page: Page, path: Path, tries: int = 3) -> None:
    """Chromium on a busy machine sometimes says that it cannot capture one, and can the next moment."""
    try:
        page.screenshot(path=path, full_page=True, type="jpeg", quality=90)  # a PNG takes twice as long
    except Error as error:
        if tries == 1 or "Unable to capture screenshot" not in error.message:
            raise
        page.wait_for_timeout(500)
        _picture(page, path, tries - 1)


def assert_no_sideways_scrolling(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
