"""Checks pages that make it hard for the widget: full or blocked storage, cached pages, strict policies."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, Route, expect

from tests.deadline import wait_until
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.journeys import words
from tests.journeys.conftest import ARGUMENTS, watch_console, whole_chromium_path
from tests.journeys.control import open_choices, withdraw
from tests.journeys.host import SETTINGS, Host, Visit, wait_until_scanned, wait_until_settled
from tests.journeys.words import WidgetWords

widget_words = WidgetWords("en")
TOKEN = "JSON.parse(localStorage['forecourt:shop']).token.split('.')[0]"
PLACES = '<div data-forecourt="contact"></div><div data-forecourt="policy"></div>'
# As Chromium's own sum (CLS) counts: what follows a click within half a second was asked for.
SHIFTED = """() => new Promise(resolve => {
  let sum = 0;
  const add = list => { for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value; };
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 200);
})"""


def decide(page: Page, name: str) -> None:
    page.locator(f"#forecourt-{name}").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()


def unlock(page: Page) -> None:
    contact = words.unlock(page, "contact", widget_words)
    expect(contact.get_by_label(widget_words("contact.name"))).to_be_visible()


def assert_scrolls(page: Page) -> None:
    """Checks that a mouse wheel scrolls the page."""
    page.evaluate("document.body.style.height = '4000px'")
    page.mouse.move(20, 20)
    page.mouse.wheel(0, 600)
    page.wait_for_function("scrollY > 0")


def test_a_withdrawal_taken_back_before_it_was_answered_keeps_who_the_visitor_is(visit: Visit, visitor: Page) -> None:
    visit.open(PLACES)
    decide(visitor, "accept")
    token = visitor.evaluate(TOKEN)
    routes: list[Route] = []
    visitor.route("**/consents/current", lambda route: routes.append(route))
    withdraw(visitor)
    visitor.locator("#forecourt-undo").click()
    wait_until(lambda: visitor.evaluate("1") and routes)
    with visitor.expect_response(lambda response: response.url.endswith("/consents")):
        routes[0].continue_()
    expect(visitor.locator("#forecourt-undo")).to_have_count(0)
    assert visitor.evaluate(TOKEN) == token


class TestABrowserOfItsOwn:
    """What a visitor sets in Chromium itself, and what its automation turns off, takes another start of it."""

    def test_it_works_where_the_browser_blocks_storage(
        self, chromium: BrowserType, host: Host, shop_server: ForecourtProcess, tmp_path: Path
    ) -> None:
        preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
        (tmp_path / "Default").mkdir()
        (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences))
        context = chromium.launch_persistent_context(tmp_path, executable_path=whole_chromium_path(), args=ARGUMENTS)
        complaints: list[str] = []
        page = Visit(host, shop_server, watch_console(context.new_page(), complaints)).open(PLACES)
        error_name = page.evaluate("(() => { try { localStorage } catch (fault) { return fault.name } })()")
        assert error_name == "SecurityError"
        decide(page, "accept")
        unlock(page)
        withdraw(page)
        expect(page.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
        assert complaints == []
        context.close()

    def test_a_page_that_comes_back_shows_what_stands_now(
        self, chromium: BrowserType, host: Host, shop_server: ForecourtProcess
    ) -> None:
        browser = chromium.launch(
            executable_path=whole_chromium_path(), args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
        )
        page = browser.new_page()
        Visit(host, shop_server, page).open(PLACES)
        page.evaluate("addEventListener('pageshow', ({ persisted }) => { window.came = persisted })")
        host.file("/other", "<!doctype html><title>Other</title><p>Other")
        page.goto(f"{host.origin}/other")
        stored_refusal = '{ "choice": "refused", "purposes": {}, "expires_at": "2099-01-01T00:00:00Z" }'
        page.evaluate("refused => localStorage['forecourt:shop'] = refused", stored_refusal)
        page.evaluate("history.back()")
        page.wait_for_function("window.came === true")
        expect(page.locator("#forecourt-banner")).to_be_hidden()
        expect(page.locator("#forecourt-preferences")).to_be_visible()
        browser.close()


def test_it_works_where_storage_is_full(visit: Visit, complaints: list[str]) -> None:
    page = visit.open(PLACES)
    page.evaluate(
        """() => {
          for (let size = 1 << 20; size; size >>= 1)
            try { for (;;) localStorage[`full-${Math.random()}`] = "x".repeat(size); } catch {}
        }"""
    )
    decide(page, "accept")
    unlock(page)
    withdraw(page)
    expect(page.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    assert page.evaluate("'forecourt:shop' in localStorage") is False
    assert complaints == []


def test_a_single_page_application_may_change_its_route(visit: Visit, complaints: list[str]) -> None:
    page = visit.open('<main><div data-forecourt="contact"></div></main>')
    decide(page, "accept")
    unlock(page)
    page.evaluate("""document.querySelector("main").innerHTML = '<div data-forecourt="newsletter"></div>'""")
    newsletter = page.locator('[data-forecourt="newsletter"]')
    expect(newsletter.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    page.evaluate(
        """document.querySelector("main").innerHTML =
             '<div data-forecourt="contact"></div><div data-forecourt="policy"></div>'"""
    )
    expect(page.locator('[data-forecourt="contact"]').get_by_label(widget_words("contact.name"))).to_be_visible()
    expect(page.locator('[data-forecourt="policy"]').get_by_text("Linode, LLC").first).to_be_visible()
    assert complaints == []


def test_a_place_that_is_put_back_is_what_it_was(visit: Visit) -> None:
    page = visit.open('<main><div data-forecourt="contact"></div></main>')
    page.evaluate("window.place = document.querySelector('main > div'); place.remove()")
    wait_until_scanned(page)
    page.evaluate("document.querySelector('main').append(place)")
    expect(page.locator('[data-forecourt="contact"]').get_by_role("checkbox")).to_have_count(1)
    decide(page, "accept")
    unlock(page)


@pytest.mark.parametrize(
    "swap",
    [
        "document.body = Object.assign(document.createElement('body'), { textContent: 'Another page' })",
        "document.body.innerHTML = 'Another page'",
    ],
)
def test_a_body_that_is_swapped_takes_the_banner_and_the_control_along(visit: Visit, swap: str) -> None:
    page = visit.open("")
    page.evaluate(swap)
    expect(page.locator("#forecourt-accept")).to_be_visible()
    decide(page, "accept")
    page.evaluate(swap)
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    assert page.locator("#forecourt-banner").count() == 1


def test_another_language_of_the_page_is_spoken_without_a_reload(visit: Visit) -> None:
    page = visit.open(PLACES)
    page.evaluate("document.documentElement.lang = 'nb'")
    expect(page.locator("#forecourt-reject")).to_have_text(WidgetWords("nb")("banner.reject"))
    expect(page.locator('[data-forecourt="contact"] h2')).to_have_text(WidgetWords("nb")("contact.title"))
    decide(page, "reject")
    page.evaluate("document.documentElement.lang = 'en'")
    expect(page.locator("#forecourt-preferences")).to_have_text(widget_words("preferences.title"))


def test_a_second_copy_of_the_tag_changes_nothing(visit: Visit, complaints: list[str]) -> None:
    second_tag = f'<script src="{visit.forecourt}/embed.js" data-site="shop"></script>'
    urls: list[str] = []
    visit.page.on("request", lambda request: urls.append(f"{request.method} {urlsplit(request.url).path}"))
    page = visit.open(PLACES + second_tag + second_tag)
    expect(page.locator("#forecourt-accept")).to_be_visible()
    wait_until_scanned(page)
    assert urls.count("GET /v1/sites/shop/boot") == 1  # a page that is loaded has run all its tags
    for name in ("banner", "accept", "reject"):
        assert page.locator(f"#forecourt-{name}").count() == 1
    decide(page, "reject")
    wait_until_scanned(page)
    assert [each for each in urls if each.startswith("POST")] == ["POST /v1/sites/shop/consents"]
    assert complaints == []


def test_it_works_under_a_policy_of_none_but_ours(visit: Visit, complaints: list[str]) -> None:
    ours = visit.forecourt
    policy = f"default-src 'none'; script-src {ours}; connect-src {ours}; require-trusted-types-for 'script'"
    page = visit.open(PLACES, content_security_policy=policy)
    accept = page.locator("#forecourt-accept")
    assert accept.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(11, 107, 79)"
    decide(page, "accept")
    unlock(page)
    expect(page.locator('[data-forecourt="policy"]').get_by_text("Linode, LLC").first).to_be_visible()
    open_choices(page)
    with page.expect_download() as download_info:
        page.locator("#forecourt-download").click()
    export = json.loads(Path(download_info.value.path()).read_text("utf-8"))
    assert len(export["consents"]) >= 2
    assert complaints == []


def test_a_banner_that_is_taken_away_stays_away_and_leaves_the_page_alone(visit: Visit, complaints: list[str]) -> None:
    page = visit.open(PLACES)
    wait_until_settled(page)
    page.evaluate("document.querySelector('#forecourt-banner').remove()")
    assert_scrolls(page)
    wait_until_scanned(page)
    assert page.locator("#forecourt-banner").count() == 0
    unlock(page)
    wait_until_scanned(page)
    assert page.locator("#forecourt-banner").count() == 0
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"
    assert complaints == []


def test_a_banner_that_is_hidden_locks_nothing(visit: Visit) -> None:
    page = visit.open(PLACES)
    # No style of the page's can; a blocker's, of the user's origin, wins like this one.
    hide = """host => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(":host { display: none !important }");
      host.shadowRoot.adoptedStyleSheets.push(sheet);
    }"""
    page.locator("#forecourt-banner").evaluate(hide)
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    assert_scrolls(page)
    unlock(page)


def test_a_blocked_boot_is_said_in_the_place_and_breaks_nothing(visit: Visit, context: BrowserContext) -> None:
    context.route("**/v1/sites/*/boot*", lambda route: route.abort())
    page = visit.page
    html = f'<!doctype html><html lang="en"><script async src="{visit.forecourt}/embed.js" data-site="shop"></script>'
    visit.host.show(f"{html}<body>{PLACES}", {})
    page.goto(f"{visit.host.origin}/")
    expect(page.get_by_role("alert").first).to_be_visible()
    assert_scrolls(page)
    context.unroute("**/v1/sites/*/boot*")
    page.get_by_role("button", name="Try again").first.click()
    expect(page.locator("#forecourt-accept")).to_be_visible()


def test_a_place_with_a_name_that_nobody_knows_stays_empty_and_the_console_names_those_there_are(
    visit: Visit, complaints: list[str]
) -> None:
    page = visit.open('<p data-forecourt="polcy"></p><p data-forecourt="chat"></p>')
    expect(page.get_by_text(widget_words("chat.locked"))).to_be_visible()
    wait_until(lambda: page.evaluate("true") and complaints)
    assert complaints == [
        'forecourt: data-forecourt="polcy" is none of policy, preferences, launcher, chat, contact, newsletter.'
    ]
    assert page.evaluate("document.querySelector('[data-forecourt=polcy]').shadowRoot.textContent") == ""


class TestWithoutTheChunk:
    """What is granted can be taken back, whatever became of the file that holds the control (law: L5)."""

    @pytest.fixture
    def returning_page(self, visit: Visit, context: BrowserContext) -> Page:
        """Opens the page as a visitor who agreed before, and whose browser can no longer load that file."""
        page = visit.open("")
        decide(page, "accept")
        expect(page.locator("#forecourt-preferences")).to_be_visible()
        context.route("**/assets/*.js", lambda route: route.abort())
        page.add_init_script("window.forecourt = function () { (forecourt.q = forecourt.q || []).push(arguments) }")
        page.add_init_script(
            "window.told = []; forecourt('on', 'withdraw', (now) => told.push(now.purposes.analytics))"
        )
        page.reload()
        expect(page.locator("#forecourt-reject")).to_be_visible()
        return page

    def stored_token(self, page: Page) -> str | None:
        error_name: str | None = page.evaluate("JSON.parse(localStorage['forecourt:shop']).token")
        return error_name

    def fetch_state(self, visit: Visit, token: str | None) -> str:
        url = f"{visit.forecourt}/v1/sites/shop/consents/current"
        return str(visit.page.request.get(url, headers={"authorization": f"Bearer {token}"}).json()["state"])

    def assert_withdrawn(self, page: Page, visit: Visit, token: str | None) -> None:
        page.wait_for_function("!JSON.parse(localStorage['forecourt:shop']).token")
        assert page.evaluate("told") == [False]
        assert page.evaluate("JSON.parse(localStorage['forecourt:shop']).purposes") == {}
        assert self.fetch_state(visit, token) == "withdrawn"

    def test_the_banner_withdraws_in_one_click(self, returning_page: Page, visit: Visit) -> None:
        token = self.stored_token(returning_page)
        returning_page.locator("#forecourt-reject").click()
        expect(returning_page.locator("#forecourt-banner")).to_be_hidden()
        self.assert_withdrawn(returning_page, visit, token)

    def test_the_page_can_withdraw(self, returning_page: Page, visit: Visit) -> None:
        token = self.stored_token(returning_page)
        returning_page.evaluate("forecourt('withdraw')")
        self.assert_withdrawn(returning_page, visit, token)

    def test_without_a_network_it_locks_at_once_and_the_server_hears_later(
        self, returning_page: Page, visit: Visit, context: BrowserContext
    ) -> None:
        token = self.stored_token(returning_page)
        returning_page.evaluate("forecourt('on', 'error', ({ code }) => (window.failed = code))")
        context.set_offline(True)
        returning_page.locator("#forecourt-reject").click()
        returning_page.wait_for_function("window.failed === 'withdrawal_pending'")
        assert returning_page.evaluate("told") == [False]
        context.set_offline(False)
        self.assert_withdrawn(returning_page, visit, token)


POSITIONS = ("bottom", "top", "corner")


@pytest.fixture(scope="module")
def server_with_positions(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForecourtProcess]:
    """Serves a site for each position of the banner."""
    folder = tmp_path_factory.mktemp("placed")
    sites = [
        SETTINGS.replace("ORIGIN", host.origin).replace("sites.shop", f"sites.{name}")
        + f'[sites.{name}.theme]\nposition = "{name}"\nradius = 0\n'
        for name in POSITIONS
    ]
    (folder / "forecourt.toml").write_text("".join(sites))
    with ForecourtProcess(PROGRAM, folder / "data", {"FORECOURT_LIMITS": "off"}, folder) as process:
        yield process


@pytest.mark.parametrize("position", POSITIONS)
def test_the_banner_shifts_nothing(
    visitor: Page, host: Host, server_with_positions: ForecourtProcess, position: str
) -> None:
    page = Visit(host, server_with_positions, visitor, position).open(
        "<h1>Shop</h1>" + "<p>Words, words, words.</p>" * 60
    )
    expect(page.locator("#forecourt-accept")).to_be_visible()
    box = page.locator("#forecourt-banner").bounding_box()
    assert box
    assert (box["y"] < 100) == (position == "top")
    assert (box["x"] > 700) == (position == "corner")
    wait_until_scanned(page)
    assert page.evaluate(SHIFTED) == 0
    decide(page, "accept")
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    page.reload()
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    assert page.evaluate(SHIFTED) == 0
