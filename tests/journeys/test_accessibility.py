"""axe-core finds nothing in the widget, the hosted pages, the console and the mails, in light and in dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import OUTPUT, watched
from tests.journeys.words import Said, place, unlock
from tests.served import Served

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 812}}
HOSTED = ["main/nb/", "main/nb/privacy", "main/en/", "main/nb/confirm/unknown"]


def assert_accessible(page: Page, name: str) -> None:
    """Leaves a screenshot in test-output, for people to look at."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    told = [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]
    assert told == []


def assert_no_sideways_scrolling(page: Page) -> None:
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=sorted(SIZES))
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, scheme: Any, size: str, complaints: list[str]) -> Any:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme, locale="nb-NO", reduced_motion="reduce")  # type: ignore[arg-type] # plain dicts
    yield watched(context.new_page(), complaints)
    context.close()


@pytest.fixture(scope="module", params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """What is seen does not depend on the database."""
    return str(request.param)


def test_the_widget(demo: Served, page: Page, scheme: str, size: str) -> None:
    said = Said("nb")
    page.goto(f"{demo.marketing}?lang=nb")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    assert_accessible(page, f"banner-{size}-{scheme}")
    page.locator("#forecourt-choose").click()
    assert_accessible(page, f"preferences-{size}-{scheme}")
    page.locator("#forecourt-reject").click()
    assert_accessible(page, f"locked-{size}-{scheme}")
    at = unlock(page, "contact", said)
    unlock(page, "newsletter", said)
    at.get_by_role("button", name=said("contact.send")).click()
    expect(at.locator("[aria-invalid=true]")).to_have_count(4)
    box = place(page, "chat").get_by_label(said("chat.message"))
    box.fill("Hei, hvor finner jeg fakturaen?")
    box.press("Enter")
    expect(place(page, "chat").get_by_role("log").get_by_text("Hei, hvor finner jeg fakturaen?")).to_be_visible()
    assert_no_sideways_scrolling(page)
    tables = place(page, "policy").locator("table")
    assert tables.evaluate_all("all => all.every(each => each.offsetWidth <= each.parentElement.clientWidth + 1)")
    assert_accessible(page, f"unlocked-{size}-{scheme}")


@pytest.mark.parametrize("path", HOSTED)
def test_the_hosted_pages(demo: Served, page: Page, scheme: str, size: str, path: str) -> None:
    page.goto(f"{demo.forecourt}/{path}")
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"hosted-{path.strip('/').replace('/', '-')}-{size}-{scheme}")


def test_the_console_and_the_mails(demo: Served, page: Page, scheme: str, size: str) -> None:
    page.goto(f"{demo.forecourt}/console/sign-in")
    assert_accessible(page, f"console-sign-in-{size}-{scheme}")
    page.goto(demo.new_link())
    page.get_by_role("button").first.click()
    page.wait_for_url("**/console/")
    assert_no_sideways_scrolling(page)
    assert_accessible(page, f"console-inbox-{size}-{scheme}")
    if page.get_by_role("listitem").count():
        page.get_by_role("listitem").first.get_by_role("link").first.click()
        assert_no_sideways_scrolling(page)
        assert_accessible(page, f"console-thread-{size}-{scheme}")
    page.goto(demo.mails)
    assert_accessible(page, f"mails-{size}-{scheme}")
