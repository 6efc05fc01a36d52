"""A page loads what it uses, and what a stored choice will surely need is fetched beside boot, not after it."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from forecourt.resources import WIDGET
from tests.deadline import wait_until
from tests.journeys.host import Visit, wait_until_scanned
from tests.journeys.words import WidgetWords

widget_words = WidgetWords("en")
SCRIPT = '<script type="text/plain" data-forecourt-purpose="analytics">window.ran = true</script>'


class Requests:
    """The chunks that a page asks for, by name and in order."""

    def __init__(self, page: Page):
        self.chunks: list[str] = []
        self._page = page
        page.on("request", lambda request: self._add(request.url))

    def wait_for(self, *names: str) -> None:
        """Waits until these were asked for, and asserts that no others were."""
        # Playwright reports requests while it is asked something.
        wait_until(lambda: self._page.evaluate("true") and set(names) <= set(self.chunks))
        assert set(self.chunks) == set(names)

    def _add(self, url: str) -> None:
        chunk = re.search(r"/assets/([\w-]+)-[0-9a-f]{8}\.js$", url)
        self.chunks += [chunk[1]] if chunk else []


@pytest.fixture
def requests(visit: Visit) -> Requests:
    return Requests(visit.page)


@pytest.fixture
def held_routes(visit: Visit) -> Iterator[list[Route]]:
    """Requests that are answered only at the end."""
    routes: list[Route] = []
    yield routes
    for route in routes:
        route.continue_()


def decide(page: Page, name: str) -> None:
    page.locator(f"#forecourt-{name}").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    expect(page.locator("#forecourt-preferences")).to_be_visible()


def unlock_contact(page: Page) -> None:
    contact = page.locator('[data-forecourt="contact"]')
    contact.get_by_role("checkbox").check()
    contact.get_by_role("button", name=widget_words("lock.accept")).click()
    expect(contact.get_by_label(widget_words("contact.name"))).to_be_visible()


def reload_without_boot(page: Page, routes: list[Route]) -> None:
    """Loads the page again; nothing answers its boot."""
    page.route("**/boot?*", lambda route: routes.append(route))
    with page.expect_request("**/boot?*"):
        page.reload(wait_until="domcontentloaded")


def test_before_a_choice_no_chunk_is_fetched(visit: Visit, requests: Requests) -> None:
    page = visit.open(SCRIPT + '<div data-forecourt="contact"></div><div data-forecourt="chat"></div>')
    expect(page.locator("#forecourt-accept")).to_be_visible()
    wait_until_scanned(page)
    assert requests.chunks == []


def test_the_second_layer_the_contact_form_and_the_pages_scripts_are_fetched_when_used(
    visit: Visit, requests: Requests
) -> None:
    page = visit.open('<div data-forecourt="contact"></div>')
    page.locator("#forecourt-choose").click()
    expect(page.locator("#forecourt-save")).to_be_visible()
    requests.wait_for("preferences", "choice")
    unlock_contact(page)
    requests.wait_for("preferences", "choice", "control", "control-menu", "host-page", "contact", "form", "files")
    assert len(requests.chunks) == len(set(requests.chunks))  # each once


def test_a_stored_choice_fetches_its_control_beside_boot(
    visit: Visit, requests: Requests, held_routes: list[Route]
) -> None:
    page = visit.open("<p>Plain</p>")
    decide(page, "reject")
    requests.chunks.clear()
    reload_without_boot(page, held_routes)
    requests.wait_for("choice", "control", "host-page")


def test_a_granted_place_and_waiting_scripts_fetch_their_chunks_beside_boot(
    visit: Visit, requests: Requests, held_routes: list[Route]
) -> None:
    page = visit.open(SCRIPT + '<div data-forecourt="contact"></div><div data-forecourt="policy"></div>')
    unlock_contact(page)
    requests.chunks.clear()
    reload_without_boot(page, held_routes)
    requests.wait_for("choice", "control", "contact", "form", "host-page")  # and no files before the form is there


def test_a_refusal_fetches_no_feature_beside_boot(visit: Visit, requests: Requests, held_routes: list[Route]) -> None:
    page = visit.open('<div data-forecourt="contact"></div><div data-forecourt="chat"></div>')
    decide(page, "reject")
    requests.chunks.clear()
    reload_without_boot(page, held_routes)
    requests.wait_for("choice", "control", "host-page")


def test_the_region_filter_needs_one_chunk(visit: Visit, requests: Requests) -> None:
    page = visit.open('<div data-forecourt="policy"></div>')
    page.locator('[data-forecourt="policy"] [data-forecourt-region="EU"]').first.click()
    expect(page.locator('[data-forecourt="policy"] [data-forecourt-region="EU"]').first).to_have_attribute(
        "aria-current", "true"
    )
    assert requests.chunks == ["policy"]


@pytest.mark.parametrize("lost", ["choice", "form", "contact"])
def test_a_feature_whose_chunk_was_lost_is_tried_again(visit: Visit, lost: str) -> None:
    page = visit.open('<div data-forecourt="contact"></div>')
    unlock_contact(page)
    page.route(f"**/assets/{lost}-*.js", lambda route: route.abort())
    page.reload()
    contact = page.locator('[data-forecourt="contact"]')
    expect(contact.get_by_role("alert")).to_have_text(widget_words("placement.failed"))
    page.unroute(f"**/assets/{lost}-*.js")
    contact.get_by_role("button", name=widget_words("retry")).click()
    expect(contact.get_by_label(widget_words("contact.name"))).to_be_visible()


def test_calls_that_wait_for_a_chunk_are_carried_out_in_their_order(visit: Visit, held_routes: list[Route]) -> None:
    page = visit.open("")
    page.route("**/assets/page-calls-*.js", lambda route: held_routes.append(route))
    page.evaluate("""() => {
      window.order = [];
      for (let number = 0; number < 20; number++)
        forecourt("locale", { toString: () => (order.push(number), "en") });
    }""")
    wait_until(lambda: page.evaluate("true") and held_routes)
    held_routes.pop().continue_()
    page.wait_for_function("order.length === 20")
    assert page.evaluate("order") == list(range(20))


def test_a_tick_counts_although_its_chunk_was_lost(visit: Visit) -> None:
    page = visit.open('<div data-forecourt="contact"></div>')
    page.route("**/assets/choice-*.js", lambda route: route.abort())
    contact = page.locator('[data-forecourt="contact"]')
    with page.expect_event("requestfailed"):
        contact.get_by_role("checkbox").check()
    page.unroute("**/assets/choice-*.js")
    contact.get_by_role("button", name=widget_words("lock.accept")).click()
    expect(contact.get_by_label(widget_words("contact.name"))).to_be_visible()


def test_chunks_load_under_a_policy_of_nonces_and_strict_dynamic(visit: Visit, complaints: list[str]) -> None:
    ours = visit.forecourt
    policy = f"default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; connect-src {ours}"
    embed = f'<script async nonce="abc" src="{ours}/embed.js" data-site="shop"></script>'
    body = '<div data-forecourt="contact"></div>'
    visit.host.show(f'<!doctype html><html lang="en">{embed}<body>{body}', {"content-security-policy": policy})
    page = visit.page
    page.goto(f"{visit.host.origin}/")
    unlock_contact(page)
    page.reload()
    expect(page.locator('[data-forecourt="contact"]').get_by_label(widget_words("contact.name"))).to_be_visible()
    assert complaints == []


def test_embed_js_runs_with_its_integrity_checked(visit: Visit) -> None:
    integrity = json.loads((WIDGET / "manifest.json").read_text())["embed.js"]["integrity"]
    tag = f'crossorigin="anonymous" integrity="{integrity}"'
    embed = f'<script async {tag} src="{visit.forecourt}/embed.js" data-site="shop"></script>'
    visit.host.show(f'<!doctype html><html lang="en">{embed}<body>', {})
    visit.page.goto(f"{visit.host.origin}/")
    decide(visit.page, "reject")
