"""Checks pages that work against the widget: foreign rules, overwritten functions, sandboxes, and bad answers."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from forecourt import i18n
from tests.deadline import wait_until
from tests.journeys.control import open_choices, withdraw
from tests.journeys.host import Visit, wait_until_settled
from tests.journeys.words import WidgetWords

widget_words = WidgetWords("en")
PLACES = '<div data-forecourt="contact"></div><div data-forecourt="policy"></div>'


def decide(page: Page, name: str) -> None:
    page.locator(f"#forecourt-{name}").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()


LOOK = """() => ["#forecourt-banner", "#forecourt-title", "#forecourt-text", "#forecourt-accept", "#forecourt-reject"]
  .map((each) => document.querySelector(each))
  .map((e) => [getComputedStyle(e).fontSize, getComputedStyle(e).display, getComputedStyle(e).backgroundColor,
    getComputedStyle(e).position, e.offsetHeight])"""


def test_rules_of_the_page_change_nothing_about_the_question(visit: Visit) -> None:
    page = visit.open(PLACES)
    expect(page.locator("#forecourt-accept")).to_be_visible()
    original_look = page.evaluate(LOOK)
    rules = """<style>
      html { font-size: 6px } body { zoom: 1; letter-spacing: 1em; text-transform: uppercase }
      * { all: unset !important; font-size: 40px !important; display: none !important }
      #forecourt-reject { opacity: 0 !important; color: transparent !important; transform: scale(.1) !important }
      html, body, head { display: block !important }
    </style>"""
    page = visit.open(PLACES, head=rules)
    assert page.evaluate(LOOK) == original_look
    page.locator("#forecourt-reject").click()
    expect(page.locator("#forecourt-preferences")).to_be_visible()


# Each of them makes the body what `position: fixed` is relative to, or a box that cuts what is in it.
TRAPS = [
    "transform: translateY(3000px)",
    "filter: blur(0)",
    "perspective: 9px",
    "contain: paint",
    "contain: content",
    "will-change: transform",
    "backdrop-filter: blur(1px); overflow: clip; height: 9px",
]


def test_nothing_of_the_page_moves_or_covers_the_question(visit: Visit) -> None:
    page = visit.open(f"{PLACES}<dialog><button>Theirs</button></dialog>")
    banner, dialog = page.locator("#forecourt-banner"), page.locator("dialog")
    expect(page.locator("#forecourt-accept")).to_be_visible()

    def assert_in_place() -> None:
        assert banner.bounding_box() == box, trap
        reject = page.locator("#forecourt-reject")
        assert reject.evaluate(IS_ON_TOP), trap

    box = banner.bounding_box()
    assert box
    assert box["y"] + box["height"] == 900
    for wait in (lambda _: None, wait_until_settled):  # in the body, and where it stands later
        wait(page)
        for trap in TRAPS:
            page.evaluate("css => { document.body.style.cssText = css + '; margin: 0; padding: 8px' }", trap)
            assert_in_place()
    trap = "a modal dialog"
    dialog.evaluate("dialog => dialog.showModal()")
    page.wait_for_selector("dialog > #forecourt-banner")
    assert_in_place()
    page.locator("#forecourt-choose").click()
    page.locator("#forecourt-close").click()
    dialog.evaluate("dialog => dialog.close()")
    trap = "an inert body"
    page.evaluate("document.body.inert = true")
    page.wait_for_selector("html > #forecourt-banner")
    assert_in_place()
    decide(page, "reject")
    page.locator("#forecourt-preferences").click()
    expect(page.locator("#forecourt-change")).to_be_visible()


IS_ON_TOP = """element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) === element;
}"""


def test_below_30rem_of_height_nothing_of_ours_stays_while_the_page_scrolls(visit: Visit) -> None:
    page = visit.open(PLACES)
    wait_until_settled(page)
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024, enlarged four times
    for path in ([], ["choose"]):
        for name in path:
            page.locator(f"#forecourt-{name}").click()
        page.evaluate("scrollTo(0, 0)")
        banner = page.locator("#forecourt-banner").bounding_box()
        assert banner
        assert banner["y"] == 0
        first_place = page.locator('[data-forecourt="contact"]').bounding_box()
        assert first_place
        assert first_place["y"] >= banner["height"]  # nothing of the page is below it
        page.evaluate("scrollTo(0, 200)")
        scrolled = page.locator("#forecourt-banner").bounding_box()
        assert scrolled
        assert scrolled["y"] == -200
        content = page.locator("#forecourt-banner").locator(".content")
        assert content.evaluate("content => content.scrollHeight <= content.clientHeight")  # not in a sliver
    decide(page, "reject")
    control = page.locator("#forecourt-control")
    expect(control.get_by_text(widget_words("status.refused"))).to_be_in_viewport()
    page.mouse.click(319, 1)
    expect(control).to_have_css("position", "absolute")
    page.set_viewport_size({"width": 320, "height": 481})
    expect(control).to_have_css("position", "fixed")


@pytest.mark.parametrize(
    "late_script",
    [
        "window.fetch = () => { throw new Error('theirs') }",
        "window.fetch = () => undefined",
        "window.fetch = () => Promise.reject(new Error('theirs'))",
    ],
)
def test_a_page_that_breaks_fetch_breaks_one_answer_and_no_later_one(visit: Visit, late_script: str) -> None:
    page = visit.open(PLACES)
    page.evaluate("window.real = fetch")
    page.evaluate(f"{late_script}; 0")
    page.locator("#forecourt-reject").click()
    expect(page.locator("#forecourt-status")).to_have_text(widget_words("error.network"))
    page.evaluate("window.fetch = real")
    decide(page, "reject")


def test_overwritten_built_ins_do_no_harm(visit: Visit, complaints: list[str]) -> None:
    late_script = """<script>
      Array.prototype.toJSON = function () { return "[" + this.join() + "]" };
      Object.prototype.extra = function () {}; Object.prototype.more = "more";
      String.prototype.trim = function () { return "" + this };
      Array.prototype.last = function () { return this[this.length - 1] };
      Element.prototype.hide = function () {};
    </script>"""
    page = visit.open(PLACES, head=late_script)
    decide(page, "accept")
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    open_choices(page)
    page.locator("#forecourt-purpose-analytics").uncheck()
    decide(page, "save")
    withdraw(page)
    assert complaints == []


@pytest.mark.parametrize("status_", [500, 503, 429])
def test_a_server_that_fails_is_said_and_the_next_click_counts(
    visit: Visit, context: BrowserContext, status_: int
) -> None:
    def fail(route: Route) -> None:
        if route.request.method == "OPTIONS":
            return route.continue_()
        headers = {"access-control-allow-origin": "*", "access-control-expose-headers": "Retry-After"}
        headers |= {"retry-after": "7"} if status_ != 500 else {}
        return route.fulfill(status=status_, headers=headers, body="<h1>Oops</h1>")

    page = visit.open(PLACES)
    context.route("**/consents", fail)
    page.locator("#forecourt-accept").click()
    status = page.locator("#forecourt-status")
    expect(status).not_to_have_text(widget_words("saving"))
    expect(status).not_to_be_empty()
    assert page.evaluate("localStorage.length") == 0
    context.unroute("**/consents")
    decide(page, "reject")
    assert page.evaluate("JSON.parse(localStorage['forecourt:shop']).choice") == "refused"


def test_who_changes_their_mind_while_the_server_is_slow_has_the_last_word(visit: Visit) -> None:
    page = visit.open(PLACES)
    routes: list[Route] = []
    page.route("**/consents", lambda route: route.continue_() if routes else routes.append(route))
    with page.expect_request("**/consents"):
        page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-status")).to_have_text(widget_words("saving"))
    page.locator("#forecourt-reject").click()
    routes[0].continue_()
    page.wait_for_function("JSON.parse(localStorage['forecourt:shop'] ?? '{}').choice === 'refused'")
    expect(page.locator("#forecourt-banner")).to_be_hidden()


def test_without_a_network_a_choice_is_said_to_be_lost_and_counts_later(visit: Visit, context: BrowserContext) -> None:
    page = visit.open(PLACES)
    context.set_offline(True)
    page.locator("#forecourt-reject").click()
    expect(page.locator("#forecourt-status")).to_have_text(widget_words("error.network"))
    expect(page.locator("#forecourt-reject")).to_be_visible()
    context.set_offline(False)
    decide(page, "reject")


def test_an_answer_that_is_lost_on_its_way_is_asked_for_again_and_kept_once(visit: Visit) -> None:
    page = visit.open(PLACES)
    answers: list[tuple[int, str]] = []

    def lose_first_answer(route: Route) -> None:
        answer = route.fetch()
        answers.append((answer.status, answer.json()["consent_id"]))
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/consents", lose_first_answer)
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-status")).to_have_text(widget_words("error.network"))
    decide(page, "accept")
    (first_status, first_id), (second_status, second_id) = answers
    assert (first_status, second_status, first_id == second_id) == (201, 200, True)
    withdraw(page)
    open_choices(page)
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    assert answers[2][0] == 201
    assert answers[2][1] != first_id


def test_two_tabs_that_choose_at_once_agree_afterwards(visit: Visit, context: BrowserContext) -> None:
    page = visit.open(PLACES)
    other_page = context.new_page()
    other_page.goto(f"{visit.host.origin}/")
    expect(other_page.locator("#forecourt-reject")).to_be_visible()
    routes: list[Route] = []
    for browser_tab in (page, other_page):
        browser_tab.route("**/consents", lambda route: routes.append(route))
    page.locator("#forecourt-accept").click()
    other_page.locator("#forecourt-reject").click()
    wait_until(lambda: page.title() and len(routes) == 2)  # a route's handler runs while something is asked of a page
    for route in routes:
        route.continue_()
    for browser_tab in (page, other_page):
        expect(browser_tab.locator("#forecourt-banner")).to_be_hidden()

    def snapshot_in(tab: Page) -> Any:
        tab.evaluate("forecourt('get', (told) => { window.got = told })")
        return tab.evaluate("window.got")

    # One tab hears from the other by an event, which comes after the answer of its own request.
    wait_until(lambda: snapshot_in(page) == snapshot_in(other_page))
    stored_choice = page.evaluate("JSON.parse(localStorage['forecourt:shop']).choice")
    assert snapshot_in(page)["choice"] == stored_choice


def test_words_that_were_answered_too_late_are_asked_anew(visit: Visit) -> None:
    page = visit.page

    def answer_with_old_notice(route: Route) -> None:
        answer = route.fetch()
        boot = answer.json()
        boot["consent"]["notice_hash"] = "0" * 64
        route.fulfill(response=answer, json=boot)

    page.route("**/boot?*", answer_with_old_notice)
    visit.open(PLACES)
    page.unroute("**/boot?*")
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-status")).to_have_text(widget_words("error.stale"))
    assert page.evaluate("localStorage.length") == 0
    decide(page, "accept")


@pytest.mark.parametrize("shares", ["", "shop.localhost"])
def test_in_a_sandbox_without_storage_and_cookies_all_can_be_read_and_a_click_is_answered(
    visit: Visit, context: BrowserContext, shares: str
) -> None:
    def share_cookie(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"share_cookie_domain": shares})

    context.route("**/boot?*", share_cookie)
    embed = f'<script async src="{visit.forecourt}/embed.js" data-site="{visit.site}"></script>'
    visit.host.file("/inside", f'<!doctype html><html lang="en">{embed}<body>{PLACES}')
    box = f'<iframe id="box" sandbox="allow-scripts" src="{visit.host.third}/inside" width="800" height="700"></iframe>'
    visit.host.show(f"<!doctype html><title>Outside</title>{box}", {})
    visit.page.goto(f"{visit.host.origin}/")
    inside = visit.page.frame_locator("#box")
    expect(inside.locator('[data-forecourt="policy"]').get_by_text("Linode, LLC").first).to_be_visible()
    inside.locator("#forecourt-reject").click()
    expect(inside.locator("#forecourt-status")).to_have_text(i18n.words("en")("error.origin_refused"))


ANEW = """places => {
  document.open();
  document.write(`<html lang="en"><body><h1>Anew</h1>${places}`);
  document.close();
}"""


def test_a_page_that_writes_itself_anew_can_still_be_answered(visit: Visit, complaints: list[str]) -> None:
    page = visit.open(PLACES)
    page.evaluate(ANEW, PLACES)
    expect(page.locator("#forecourt-reject")).to_be_visible()
    decide(page, "accept")
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    page.evaluate(ANEW, PLACES)
    open_choices(page)
    page.locator("#forecourt-purpose-analytics").uncheck()
    decide(page, "save")
    withdraw(page)
    expect(page.locator('[data-forecourt="policy"]').get_by_text("Linode, LLC").first).to_be_visible()
    assert complaints == []


def test_a_page_that_lets_one_policy_of_trusted_types_be_made_once_shows_ours_after_each_route(
    visit: Visit, complaints: list[str]
) -> None:
    ours = visit.forecourt
    policy = (
        f"default-src 'none'; script-src {ours}; connect-src {ours};"
        " require-trusted-types-for 'script'; trusted-types forecourt"
    )
    page = visit.open('<main></main><div data-forecourt="policy"></div>', content_security_policy=policy)
    policies = page.locator('[data-forecourt="policy"]')
    expect(policies.get_by_text("Linode, LLC").first).to_be_visible()
    page.evaluate(
        """() => {
          const place = document.createElement("div");
          place.dataset.forecourt = "policy";
          document.querySelector("main").append(place);
        }"""
    )
    expect(policies.first.get_by_text("Linode, LLC").first).to_be_visible()
    assert complaints == []
