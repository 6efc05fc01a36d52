"""Who agreed earlier, with an empty cache and 150 ms away from the server: what waits for consent waits for little."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from forecourt.commands.snippet import render_google_snippet
from forecourt.settings.loading import load_settings
from tests.deadline import wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.host import PLACE, Visit
from tests.slow_line import SlowLine

UPDATES = "dataLayer.filter((entry) => entry[0] === 'consent' && entry[1] === 'update').map((entry) => entry[2])"
DEFAULTS = """<script>
window.dataLayer = [];
function gtag() { dataLayer.push(arguments); }
gtag("consent", "default", { analytics_storage: "denied", wait_for_update: 500 });
</script>"""


@pytest.fixture
def line(shop_server: ForecourtProcess) -> Iterator[SlowLine]:
    with SlowLine(shop_server.forecourt) as line:
        yield line


@pytest.fixture
def visit_with_grant(visit: Visit, context: BrowserContext, browser: Browser, complaints: list[str]) -> Iterator[Visit]:
    """A visitor who agreed earlier comes back with an empty cache: in a new context with the storage of the old one."""
    page = visit.open("")
    visit.choose("analytics")
    page.wait_for_function("localStorage['forecourt:shop']")
    later = new_context(browser, locale="en-GB", storage_state=context.storage_state())
    visit.page = watch_console(later.new_page(), complaints)
    yield visit
    later.close()


def open_page(visit: Visit, line: SlowLine, head: str) -> Page:
    """Opens the page over the line. The page itself is the shop's own, and near."""
    embed = f'<script async src="{line.address}/embed.js" data-site="shop"></script>'
    visit.host.show(f'<!doctype html><html lang="en"><title>Shop</title>{head}{embed}<body>{PLACE}', {})
    visit.page.goto(f"{visit.host.origin}/", wait_until="commit")
    return visit.page


def chunk_names(paths: list[str]) -> set[str]:
    return {chunk[1] if (chunk := re.match(r"/assets/([\w-]+)-", path)) else path.partition("?")[0] for path in paths}


def test_the_printed_snippet_grants_before_the_server_has_answered_anything(
    visit_with_grant: Visit, line: SlowLine, folder: Path
) -> None:
    line.hold(lambda path: True)
    snippet = render_google_snippet("shop", load_settings(folder / "forecourt.toml").sites["shop"])
    page = open_page(visit_with_grant, line, snippet)
    page.wait_for_function("window.dataLayer")
    (update,) = page.evaluate(UPDATES)
    assert (update["analytics_storage"], update["ad_storage"]) == ("granted", "denied")


def test_without_it_the_update_is_two_answers_away(visit_with_grant: Visit, line: SlowLine) -> None:
    """`embed.js` is the first. What the update needs is then asked for at once: no answer waits for another."""
    line.hold(lambda path: "/embed.js" not in path)
    page = open_page(visit_with_grant, line, DEFAULTS)
    needed = {"/embed.js", "/v1/sites/shop/boot", "choice", "host-page"}
    wait_until(lambda: page.evaluate("true") and needed <= chunk_names(line.asked))
    assert page.evaluate(UPDATES) == []
    first_two = len(line.asked)
    line.hold(lambda path: False)
    page.wait_for_function(f"{UPDATES}.length")
    assert page.evaluate(UPDATES)[0]["analytics_storage"] == "granted"
    assert (
        chunk_names(line.asked[:first_two]) - {"control"} == needed
    )  # which is asked for beside them, and not awaited
