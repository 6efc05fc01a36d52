"""Checks several sites of one server: each has its own theme, and sub-domains share a choice where settings say so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.journeys.control import withdraw
from tests.journeys.host import SETTINGS, Host, Visit

LOOK = """[sites.shop.theme]
radius = 2
font = "Georgia"
[sites.shop.theme.light]
accent = "#5b2a86"
"""
PLACE = '<div data-forecourt="contact"></div>'
STYLE = "e => (s => [s.backgroundColor, s.borderTopLeftRadius, s.fontFamily])(getComputedStyle(e))"


def serve(folder: Path, settings: str) -> ForecourtProcess:
    (folder / "forecourt.toml").write_text(settings)
    return ForecourtProcess(PROGRAM, folder / "data", {"FORECOURT_LIMITS": "off"}, folder)


def test_a_site_has_its_own_colours_corners_and_font(host: Host, visitor: Page, tmp_path: Path) -> None:
    with serve(tmp_path, SETTINGS.replace("ORIGIN", host.origin) + LOOK) as process:
        page = Visit(host, process, visitor).open(PLACE)
        theirs = ["rgb(91, 42, 134)", "2px", "Georgia"]
        assert page.locator("#forecourt-accept").evaluate(STYLE) == theirs
        assert page.locator('[data-forecourt="contact"]').get_by_role("button").evaluate(STYLE) == theirs


def test_the_pages_own_look_comes_before_the_sites(visit: Visit) -> None:
    css = (
        "#forecourt-banner { --forecourt-accent: #112233; --forecourt-radius: 3px } ::part(card) { border-width: 5px }"
    )
    page = visit.open(PLACE, f"<style>{css}</style>")
    accept = page.locator("#forecourt-accept")
    expect(accept).to_be_visible()
    assert accept.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).borderRadius]") == [
        "rgb(17, 34, 51)",
        "3px",
    ]
    card = page.locator('[data-forecourt="contact"]').locator("section")
    assert card.evaluate("e => getComputedStyle(e).borderTopWidth") == "5px"


@pytest.fixture(scope="module")
def sharing_server(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForecourtProcess]:
    other_origin = host.origin.replace("www.", "blog.")
    shared_settings = f'ORIGIN", "{other_origin}"]\nshare_cookie_domain = "shop.localhost'
    settings = SETTINGS.replace('ORIGIN"]', f'{shared_settings}"').replace("ORIGIN", host.origin)
    with serve(tmp_path_factory.mktemp("sharing"), settings) as process:
        yield process


class TestSharing:
    """`share_cookie_domain`: the one cookie there is, on the domain above, after a choice alone."""

    @pytest.fixture
    def visit(self, host: Host, sharing_server: ForecourtProcess, visitor: Page) -> Visit:
        return Visit(host, sharing_server, visitor)

    def open_blog(self, visit: Visit) -> Page:
        visit.page.goto(visit.host.origin.replace("www.", "blog."))
        visit.page.wait_for_selector("#forecourt-banner", state="attached")
        return visit.page

    def cookies(self, context: BrowserContext) -> list[Any]:
        return [(each["name"], each["domain"], each["sameSite"]) for each in context.cookies()]

    def test_one_choice_holds_on_every_sub_domain(self, visit: Visit, context: BrowserContext) -> None:
        page = visit.open(PLACE)
        assert self.cookies(context) == []
        page.locator("#forecourt-accept").click()
        expect(page.locator("#forecourt-preferences")).to_be_visible()
        assert self.cookies(context) == [("forecourt_shop", ".shop.localhost", "Lax")]
        assert page.evaluate("localStorage.length") == 0
        page = self.open_blog(visit)
        expect(page.locator("#forecourt-preferences")).to_be_visible()
        expect(page.locator("#forecourt-banner")).to_be_hidden()

    def test_a_withdrawal_on_one_clears_it_for_all(self, visit: Visit, context: BrowserContext) -> None:
        visit.open(PLACE).locator("#forecourt-accept").click()
        expect(visit.page.locator("#forecourt-preferences")).to_be_visible()
        withdraw(self.open_blog(visit))
        assert self.cookies(context) == []
        page = visit.open(PLACE)
        expect(page.locator("#forecourt-accept")).to_be_visible()
        assert page.evaluate("localStorage.length") == 0

    def test_a_refusal_is_shared_without_an_identifier(self, visit: Visit, context: BrowserContext) -> None:
        visit.open(PLACE).locator("#forecourt-reject").click()
        expect(visit.page.locator("#forecourt-preferences")).to_be_visible()
        assert "token" not in context.cookies()[0]["value"]
        page = self.open_blog(visit)
        expect(page.locator("#forecourt-preferences")).to_be_visible()
        expect(page.locator("#forecourt-banner")).to_be_hidden()
