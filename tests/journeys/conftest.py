"""Real Chromium, a real demo of two origins, on each engine."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, expect, sync_playwright
from sqlalchemy import text

from forecourt.db import postgres, sqlite
from forecourt.db.tables import metadata
from tests.conftest import execute, named
from tests.journeys.context import new_context
from tests.journeys.host import Host, Visit, shop
from tests.journeys.looks import LOOKS, browsing
from tests.served import PROGRAM, Served

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
_numbers = itertools.count()


@pytest.fixture(scope="package", autouse=True)
def servers_unmeasured() -> Iterator[None]:
    """Coverage would double the time that each server takes to start, and counts next to nothing more with them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


@pytest.fixture(scope="package")
def chromium() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="package")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    launched = chromium.launch(executable_path=installed(), args=ARGUMENTS)
    yield launched
    launched.close()


def installed() -> str:
    return next(found for name in _NAMES if name and (found := shutil.which(name)))


@pytest.fixture(scope="module", params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """What is seen does not depend on the database. A module whose journeys store all there is asks for both."""
    return str(request.param)


@pytest.fixture(scope="module")
def demo(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo as `make run` serves it. `demo.engine` reads its database from outside."""
    data = tmp_path_factory.mktemp("demo") / "data"
    url = ""
    if engine == "postgresql":
        name = f"demo_{next(_numbers)}"
        execute(request.getfixturevalue("postgres_url"), f"CREATE DATABASE {name}")
        url = named(request.getfixturevalue("postgres_url"), name)
    given = {"FORECOURT_DATABASE_URL": url, "FORECOURT_LIMITS": "off"}
    with Served(PROGRAM, data, given) as served:
        served.engine = postgres.make_engine(url) if url else sqlite.make_engine(data / "forecourt.sqlite3")
        yield served
        served.engine.dispose()


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, look: str, complaints: list[str]) -> Iterator[Page]:
    """A visitor's page in each look."""
    context = browsing(browser, look)
    yield watched(context.new_page(), complaints)
    context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = new_context(browser, locale="nb-NO")
    yield made
    made.close()


@pytest.fixture
def complaints() -> list[str]:
    """What Chromium's console said against us, violations of our own CSP among them."""
    return []


@pytest.fixture
def visitor(context: BrowserContext, complaints: list[str]) -> Page:
    return watched(context.new_page(), complaints)


@pytest.fixture
def at_home(demo: Served, visitor: Page) -> Page:
    """A visitor of the demo who has chosen nothing yet."""
    visitor.goto(f"{demo.marketing}?lang=nb")
    expect(visitor.locator("#forecourt-accept")).to_be_visible()
    return visitor


@pytest.fixture(scope="package")
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="package")
def served(host: Host, folder: Path) -> Iterator[Served]:
    """The host's shop, with its settings in `folder`."""
    with shop(host, folder) as made:
        yield made


@pytest.fixture
def visit(host: Host, served: Served, visitor: Page) -> Visit:
    return Visit(host, served, visitor)


@pytest.fixture
def agent(browser: Browser, demo: Served, complaints: list[str]) -> Iterator[Page]:
    """An agent who came in by a one-time link, in a browser of their own."""
    made = new_context(browser, locale="en-GB")
    page = watched(made.new_page(), complaints)
    page.goto(demo.new_link())
    page.get_by_role("button").first.click()
    page.wait_for_url("**/console/")
    yield page
    made.close()


def watched(page: Page, complaints: list[str]) -> Page:
    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(said.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.fixture
def rows(demo: Served) -> Callable[[], dict[str, int]]:
    """How many rows each table has. The log's grow by themselves, seconds after what they seal."""

    def counted() -> dict[str, int]:
        with demo.engine.begin() as connection:
            tables = sorted(name for name in metadata.tables if not name.startswith("log_"))
            return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}

    return counted
