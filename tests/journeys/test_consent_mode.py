"""Checks that consent mode, the data layer and GPC follow the choice, and grant nothing without one."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from forecourt.commands.snippet import render_google_snippet
from forecourt.settings.loading import load_settings
from tests.deadline import DEADLINE, wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.control import open_choices
from tests.journeys.host import Host, Visit, wait_until_scanned

COMMANDS = "dataLayer.filter((entry) => entry[0] === 'consent').map((entry) => [...entry])"
EVENTS = "dataLayer.filter((entry) => entry.event)"
WAITS = '<script type="text/plain" data-forecourt-purpose="analytics">{0}</script>'
TYPES = ("analytics_storage", "ad_storage", "ad_user_data", "ad_personalization")


@pytest.fixture
def defaults(folder: Path, shop_server: ForecourtProcess) -> str:
    """Returns the script that `forecourt snippet shop --google` puts before everything."""
    return render_google_snippet("shop", load_settings(folder / "forecourt.toml").sites["shop"])


@pytest.fixture
def visit_with_gpc(
    host: Host, shop_server: ForecourtProcess, browser: Browser, complaints: list[str]
) -> Iterator[Visit]:
    """Visits the shop with a browser that sends Global Privacy Control."""
    context = new_context(browser, locale="en-GB")
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    yield Visit(host, shop_server, watch_console(context.new_page(), complaints))
    context.close()


def storage_states(command: list[Any]) -> tuple[str, ...]:
    return tuple(command[2].get(name) for name in TYPES)


def test_the_defaults_deny_before_anything_and_a_choice_updates_them(visit: Visit, defaults: str) -> None:
    page = visit.open("", head=defaults)
    expect(page.locator("#forecourt-accept")).to_be_visible()
    (default,) = page.evaluate(COMMANDS)
    assert default[:2] == ["consent", "default"]
    assert storage_states(default) == ("denied",) * 4
    assert default[2]["security_storage"] == "granted"
    assert page.evaluate(EVENTS) == []

    visit.choose("analytics")
    page.wait_for_function("dataLayer.some((entry) => entry[1] === 'update')")
    default, update = page.evaluate(COMMANDS)
    assert update[:2] == ["consent", "update"]
    assert storage_states(update) == ("granted", "denied", "denied", "denied")

    visit.choose("analytics", "marketing")
    page.wait_for_function("dataLayer.filter((entry) => entry[1] === 'update').length === 2")
    page.evaluate("forecourt('withdraw')")
    page.wait_for_function("dataLayer.filter((entry) => entry[1] === 'update').length === 3")
    assert [storage_states(each) for each in page.evaluate(COMMANDS)[2:]] == [("granted",) * 4, ("denied",) * 4]


def test_a_standing_choice_is_told_at_the_start_before_scripts_that_waited(visit: Visit, defaults: str) -> None:
    page = visit.open(WAITS.format("window.known = dataLayer.some((entry) => entry[1] === 'update')"), head=defaults)
    page.locator("#forecourt-accept").click()
    page.wait_for_function("window.known")
    page.reload()
    page.wait_for_function("window.known === true")
    assert storage_states(page.evaluate(COMMANDS)[1]) == ("granted",) * 4


class TestTheSnippetAlone:
    """What somebody agreed to earlier is told before the network answers anything."""

    def reload_without_the_widget(self, page: Page) -> list[Any]:
        page.route("**/embed.js*", lambda route: route.abort())
        page.reload()
        commands: list[Any] = page.evaluate(COMMANDS)
        return commands

    def test_a_grant_is_told_by_the_page_itself(self, visit: Visit, defaults: str) -> None:
        page = visit.open("", head=defaults)
        visit.choose("analytics")
        default, update = self.reload_without_the_widget(page)
        assert storage_states(default) == ("denied",) * 4
        assert update[:2] == ["consent", "update"]
        assert storage_states(update) == ("granted", "denied", "denied", "denied")

    @pytest.mark.parametrize(
        "change",
        [
            "stored.choice = 'refused'",
            "stored.choice = 'withdrawn'; stored.purposes = {}",
            "stored.expires_at = '2020-01-01T00:00:00Z'",
            "delete stored.expires_at",
            "delete stored.purposes",
            "stored = null",
        ],
    )
    def test_nothing_else_that_is_stored_grants(self, visit: Visit, defaults: str, change: str) -> None:
        page = visit.open("", head=defaults)
        page.locator("#forecourt-accept").click()
        page.locator("#forecourt-banner").wait_for(state="hidden")
        page.evaluate(
            f"let stored = JSON.parse(localStorage['forecourt:shop']); {change};"
            " localStorage['forecourt:shop'] = JSON.stringify(stored)"
        )
        commands = self.reload_without_the_widget(page)
        assert not [each for each in commands if "granted" in storage_states(each)]

    def test_the_browsers_signal_outweighs_a_grant(self, visit: Visit, defaults: str) -> None:
        page = visit.open("", head=defaults)
        page.locator("#forecourt-accept").click()
        page.locator("#forecourt-banner").wait_for(state="hidden")
        page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
        assert storage_states(self.reload_without_the_widget(page)[1]) == ("granted", "denied", "denied", "denied")

    def test_it_runs_under_a_policy_with_the_hash_that_is_printed_with_it(
        self, visit: Visit, defaults: str, complaints: list[str]
    ) -> None:
        (source,) = re.findall(r"'sha256-[^']+'", defaults)
        policy = f"default-src 'none'; script-src {source} {visit.forecourt}; connect-src {visit.forecourt}"
        page = visit.open("", head=defaults, content_security_policy=policy)
        visit.choose("analytics")
        wait_until(lambda: len(page.evaluate(COMMANDS)) == 2)
        assert complaints == []


def test_a_data_layer_of_another_name_is_told(visit: Visit, folder: Path) -> None:
    """As the server's settings name it; the answer is changed here, to need no second server."""
    page = visit.page

    def rename(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"google_data_layer": "shopLayer"})

    page.route("**/boot?*", rename)
    site = replace(load_settings(folder / "forecourt.toml").sites["shop"], google_data_layer="shopLayer")
    visit.open("", head=render_google_snippet("shop", site))
    visit.choose("analytics")
    page.wait_for_function("shopLayer.some((entry) => entry.event)")
    assert page.evaluate("shopLayer.filter((entry) => entry[0] === 'consent').length") == 2
    assert page.evaluate("typeof dataLayer") == "undefined"


def test_the_data_layer_hears_each_choice_once(visit: Visit) -> None:
    page = visit.open("", head="<script>window.dataLayer = []</script>")
    page.locator("#forecourt-reject").click()
    page.wait_for_function("dataLayer.some((entry) => entry.event)")
    wait_until_scanned(page)
    # Google's tags read nothing else as a command.
    assert page.evaluate("Object.prototype.toString.call(dataLayer[0])") == "[object Arguments]"
    (event,) = page.evaluate(EVENTS)
    assert event["event"] == "forecourt.consent"
    assert event["choice"] == "refused"
    assert event["purposes"] == {
        "necessary": True,
        "support": False,
        "newsletter": False,
        "analytics": False,
        "marketing": False,
    }


def test_a_page_without_them_gets_neither(visit: Visit) -> None:
    page = visit.open(WAITS.format("window.ran = 1"))
    page.locator("#forecourt-accept").click()
    page.wait_for_function("window.ran === 1")  # other tools are told before it runs
    assert page.evaluate("[typeof dataLayer, typeof gtag]") == ["undefined", "undefined"]


def test_a_data_layer_that_throws_breaks_nothing(visit: Visit) -> None:
    page = visit.open("", head="<script>window.dataLayer = { push() { throw new Error('theirs') } }</script>")
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()


def test_global_privacy_control_refuses_without_asking_and_says_so(visit_with_gpc: Visit) -> None:
    page = visit_with_gpc.open("")
    banner = page.locator("#forecourt-banner")
    expect(banner.get_by_text("Global Privacy Control")).to_be_visible()
    assert "Marketing" not in (page.locator("#forecourt-text").inner_text())
    page.locator("#forecourt-choose").click()
    box = page.locator("#forecourt-purpose-marketing")
    expect(box).not_to_be_checked()
    expect(box).to_be_disabled()
    expect(box).to_have_accessible_description(re.compile("Global Privacy Control"))


def test_accepting_under_global_privacy_control_grants_the_rest_and_the_record_holds_the_signal(
    visit_with_gpc: Visit,
) -> None:
    page = visit_with_gpc.open("")
    with page.expect_request("**/consents") as request_info:
        page.locator("#forecourt-accept").click()
    body = json.loads(request_info.value.post_data or "")
    assert body["signals"] == {"gpc": True}
    assert body["purposes"]["marketing"] is False
    assert body["purposes"]["analytics"] is True
    page.locator("#forecourt-banner").wait_for(state="hidden")
    token = page.evaluate("JSON.parse(localStorage['forecourt:shop']).token")
    url = f"{visit_with_gpc.forecourt}/v1/sites/shop/consents/current"
    record = httpx.get(url, headers={"authorization": f"Bearer {token}"}, timeout=DEADLINE).json()
    assert record["purposes"]["marketing"] is False


def test_the_pages_own_control_grants_nothing_that_the_browser_refuses(visit_with_gpc: Visit) -> None:
    page = visit_with_gpc.open('<button id="own">Own</button>')
    page.evaluate("own.onclick = (event) => forecourt('set', { marketing: true, analytics: true }, event)")
    with page.expect_request("**/consents") as request_info:
        page.locator("#own").click()
    purposes = json.loads(request_info.value.post_data or "")["purposes"]
    assert (purposes["marketing"], purposes["analytics"]) == (False, True)


def test_a_frame_that_the_browser_refuses_says_so_and_has_no_button(visit_with_gpc: Visit) -> None:
    film = f'<iframe data-forecourt-purpose="marketing" data-src="{visit_with_gpc.host.third}/x" title="X"></iframe>'
    page = visit_with_gpc.open(film + WAITS.format("window.ran = 1"))
    cover = page.get_by_role("group", name="X")
    expect(cover.get_by_text("Global Privacy Control")).to_be_visible()
    expect(cover.get_by_role("button")).to_have_count(0)
    page.evaluate("forecourt('preferences')")
    page.locator("#forecourt-accept").click()
    page.wait_for_function("window.ran === 1")  # frames are opened before it runs
    wait_until_scanned(page)
    expect(cover).to_be_visible()
    assert page.locator("iframe").get_attribute("src") is None
    assert visit_with_gpc.host.fetched == []


def test_the_signal_outweighs_an_earlier_grant(visit: Visit) -> None:
    page = visit.open('<script type="text/plain" data-forecourt-purpose="marketing">window.ran = 1</script>')
    page.locator("#forecourt-accept").click()
    page.wait_for_function("window.ran === 1")
    page.evaluate("document.cookie = '_fbp=1;path=/'")
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    page.reload()
    page.wait_for_function("!document.cookie.includes('_fbp')")
    assert page.evaluate("window.ran") is None


def test_the_server_is_told_that_the_signal_refuses_what_was_granted(visit: Visit) -> None:
    page = visit.open("")
    page.locator("#forecourt-accept").click()
    page.locator("#forecourt-banner").wait_for(state="hidden")
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    with page.expect_response("**/consents") as response_info:
        page.reload()
    assert response_info.value.json()["purposes"] == {
        "necessary": True,
        "support": True,
        "newsletter": False,
        "analytics": True,
        "marketing": False,
    }
    body = json.loads(response_info.value.request.post_data or "")
    assert (body["source"], body["gesture"], body["signals"]) == ("gpc", "scripted", {"gpc": True})
    page.wait_for_function("JSON.parse(localStorage['forecourt:shop']).purposes.marketing === false")
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.method} {request.url.rpartition('/')[2]}"))
    page.reload()
    open_choices(page)
    expect(page.locator("#forecourt-banner").get_by_text("Global Privacy Control").first).to_be_visible()
    expect(page.locator("#forecourt-purpose-analytics")).to_be_checked()
    assert "POST consents" not in requests  # once is enough


def test_with_nothing_left_to_ask_no_banner_stands_there(visit_with_gpc: Visit) -> None:
    """Every optional purpose that is not asked for by itself is refused by the browser."""
    page = visit_with_gpc.page

    def offer_only_marketing(route: Route) -> None:
        answer = route.fetch()
        boot = answer.json()
        names = ("necessary", "newsletter", "marketing")
        boot["consent"]["purposes"] = [each for each in boot["consent"]["purposes"] if each["name"] in names]
        route.fulfill(response=answer, json=boot)

    page.route("**/boot?*", offer_only_marketing)
    visit_with_gpc.open("")
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0
    open_choices(page)
    expect(page.locator("#forecourt-purpose-marketing")).to_be_disabled()
