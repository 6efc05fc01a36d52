"""Starts real Chromium and a real demo of two origins, on each engine."""

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, expect, sync_playwright
from sqlalchemy import text

from forecourt.db import postgres, sqlite
from forecourt.db.tables import metadata
from tests.conftest import execute, with_database
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.journeys.context import new_context
from tests.journeys.host import SETTINGS, Host, Visit, serve_shop
from tests.journeys.looks import LOOKS, new_context_for_look
from tests.journeys.sign_in import sign_in

# The two pages of its address bar, which every context would load beside its own: they take more time than ours.
UNUSED_PAGES = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"]
# What Playwright turns off. Chromium reads only the last such list, which is ours.
UNUSED_BY_PLAYWRIGHT = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
ARGUMENTS = [
    f"--disable-features={','.join([*UNUSED_BY_PLAYWRIGHT, *UNUSED_PAGES])}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_WHOLE = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
_numbers = itertools.count()


@pytest.fixture(scope="package", autouse=True)
def leave_servers_unmeasured() -> Iterator[None]:
    """Leaves servers unmeasured: coverage doubles the time in which each starts, and counts little more with them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


@pytest.fixture(scope="package")
def chromium() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="package")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    browser = chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    yield browser
    browser.close()


def chromium_path() -> str:
    """Returns Debian's Chromium without a window where there is one: it costs a quarter less for the same pages."""
    shell = None if os.environ.get("CHROMIUM") else shutil.which("chromium-headless-shell")
    return shell or whole_chromium_path()


def whole_chromium_path() -> str:
    """Returns a Chromium that has settings and a back/forward cache as a visitor's has."""
    return next(path for name in _WHOLE if name and (path := shutil.which(name)))


@pytest.fixture(scope="module", params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """Returns SQLite, since pages do not depend on the database. A module that stores everything asks for both."""
    return str(request.param)


@pytest.fixture(scope="module")
def program() -> list[str]:
    """Returns the command that starts the demo."""
    return PROGRAM


@pytest.fixture(scope="module")
def demo(
    engine: str, program: list[str], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ForecourtProcess]:
    """Serves the demo as `make run` does, on a migrated database. `demo.engine` reads its database from outside."""
    data = tmp_path_factory.mktemp("demo") / "data"
    data.mkdir(mode=0o700)
    url = ""
    if engine == "postgresql":
        name = f"demo_{next(_numbers)}"
        execute(request.getfixturevalue("postgres_url"), f"CREATE DATABASE {name} TEMPLATE template STRATEGY FILE_COPY")
        url = with_database(request.getfixturevalue("postgres_url"), name)
    else:
        shutil.copy(request.getfixturevalue("sqlite_template"), data / "forecourt.sqlite3")
    environment = {"FORECOURT_DATABASE_URL": url, "FORECOURT_LIMITS": "off"}
    with ForecourtProcess(program, data, environment) as process:
        process.engine = postgres.make_engine(url) if url else sqlite.make_engine(data / "forecourt.sqlite3")
        yield process
        process.engine.dispose()


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, look: str, complaints: list[str]) -> Iterator[Page]:
    """Opens a visitor's page in each look."""
    context = new_context_for_look(browser, look)
    yield watch_console(context.new_page(), complaints)
    context.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = new_context(browser, locale="nb-NO")
    yield context
    context.close()


@pytest.fixture
def complaints() -> list[str]:
    """Holds the errors of Chromium's console, violations of our own CSP among them."""
    return []


@pytest.fixture
def visitor(context: BrowserContext, complaints: list[str]) -> Page:
    return watch_console(context.new_page(), complaints)


@pytest.fixture
def at_home(demo: ForecourtProcess, visitor: Page) -> Page:
    """Opens the demo as a visitor who has chosen nothing yet."""
    visitor.goto(f"{demo.marketing}?lang=nb")
    expect(visitor.locator("#forecourt-accept")).to_be_visible()
    return visitor


@pytest.fixture(scope="package")
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="package")
def shop_server(host: Host, folder: Path) -> Iterator[ForecourtProcess]:
    """Serves the host's shop, with its settings in `folder`."""
    with serve_shop(host, folder) as process:
        yield process


@pytest.fixture
def visit(host: Host, shop_server: ForecourtProcess, visitor: Page) -> Visit:
    return Visit(host, shop_server, visitor)


@pytest.fixture
def agents_context(browser: Browser) -> Iterator[BrowserContext]:
    context = new_context(browser, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def agent(agents_context: BrowserContext, demo: ForecourtProcess, complaints: list[str]) -> Page:
    """Opens the console as an agent who signed in by a one-time link, in a browser of their own."""
    page = watch_console(agents_context.new_page(), complaints)
    sign_in(page, demo.new_link())
    return page


def watch_console(page: Page, complaints: list[str]) -> Page:
    def add_complaint(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", add_complaint)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


@pytest.fixture
def rows(demo: ForecourtProcess) -> Callable[[], dict[str, int]]:
    """Returns a function that counts each table's rows, but for the log's: those grow by themselves, seconds later."""

    def count_rows() -> dict[str, int]:
        with demo.engine.begin() as connection:
            tables = sorted(name for name in metadata.tables if not name.startswith("log_"))
            return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}

    return count_rows


@pytest.fixture
def empty_site(host: Host, tmp_path: Path) -> Iterator[ForecourtProcess]:
    """Serves a shop whose policy folder is empty. Its own page may be fetched from this machine."""
    (tmp_path / "policy").mkdir()
    settings = re.sub("(?m)^policy = .*$", 'policy = "policy"', SETTINGS.replace("ORIGIN", host.origin))
    (tmp_path / "forecourt.toml").write_text(f"allow_private_webhooks = true\n{settings}")
    with ForecourtProcess(PROGRAM, tmp_path / "data", {"FORECOURT_LIMITS": "off"}, tmp_path) as process:
        yield process
