"""The page's own scripts and frames wait for their purposes, and what a dropped purpose left is cleared."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.deadline import wait_until
from tests.journeys.context import WITHOUT_LONG_TIMERS
from tests.journeys.control import open_choices, withdraw
from tests.journeys.host import Visit, wait_until_scanned

RAN = "window.ran ?? []"
SAY = "(window.ran ??= []).push('{0}');"


def waiting_script(text: str, purpose: str = "analytics", attributes: str = "") -> str:
    return f'<script type="text/plain" data-forecourt-purpose="{purpose}" {attributes}>{text}</script>'


def recording_script(name: str, purpose: str = "analytics", attributes: str = "") -> str:
    return waiting_script(SAY.format(name), purpose, attributes)


def assert_ran(page: Page, *names: str) -> None:
    """Checks that these scripts ran in this order, and no others."""
    # wait_for_function evaluates text again and again, which a strict policy forbids
    wait_until(lambda: len(page.evaluate(RAN)) >= len(names))
    wait_until_scanned(page)
    assert page.evaluate(RAN) == list(names)


def test_nothing_runs_loads_or_is_fetched_before_a_choice(visit: Visit) -> None:
    urls: list[str] = []
    visit.page.on("request", lambda request: urls.append(request.url))
    page = visit.open(recording_script("inline") + waiting_script("", attributes=f'src="{visit.host.third}/a.js"'))
    expect(page.locator("#forecourt-accept")).to_be_visible()
    assert_ran(page)
    assert visit.host.fetched == []
    assert not [url for url in urls if "/assets/" in url]
    page.locator("#forecourt-accept").click()
    assert_ran(page, "inline")
    assert visit.host.fetched == ["/a.js"]


def test_a_refusal_runs_nothing(visit: Visit) -> None:
    page = visit.open(recording_script("inline") + recording_script("needed", "necessary"))
    page.locator("#forecourt-reject").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    assert_ran(page, "needed")


def test_scripts_run_in_document_order_each_once(visit: Visit) -> None:
    visit.host.file("/slow.js", SAY.format("src"))
    visit.host.file("/module.js", SAY.format("module"))
    page = visit.open(
        recording_script("first")
        + waiting_script("", attributes=f'src="{visit.host.third}/slow.js"')
        + recording_script("after src")
        + waiting_script("", attributes=f'data-type="module" src="{visit.host.third}/module.js"')
        + recording_script("inline module", attributes='data-type="module"')
        + recording_script("last")
    )
    visit.choose("analytics")
    order = ("first", "src", "after src", "module", "last", "inline module")
    assert_ran(page, *order)
    visit.choose("analytics", "support")
    assert_ran(page, *order)
    page.reload()
    page.wait_for_function("window.ran?.length === 6")


def test_an_async_script_holds_nobody_up(visit: Visit) -> None:
    visit.page.add_init_script(WITHOUT_LONG_TIMERS)
    page = visit.open(
        waiting_script("", attributes=f'async src="{visit.host.third}/never.js"') + recording_script("next")
    )
    page.route(f"{visit.host.third}/never.js", lambda route: None)
    visit.choose("analytics")
    page.wait_for_function("window.ran?.includes('next')")


def test_a_script_that_fails_lets_the_next_one_run(visit: Visit) -> None:
    page = visit.open(waiting_script("", attributes=f'src="{visit.host.third}/blocked.js"') + recording_script("next"))
    page.route(f"{visit.host.third}/blocked.js", lambda route: route.abort())
    visit.choose("analytics")
    page.wait_for_function("window.ran?.includes('next')")


def test_a_script_runs_for_its_own_purpose_alone_and_for_all_of_several(visit: Visit) -> None:
    page = visit.open(
        recording_script("a") + recording_script("m", "marketing") + recording_script("both", "analytics  marketing")
    )
    visit.choose("analytics")
    assert_ran(page, "a")
    visit.choose("analytics", "marketing")
    assert_ran(page, "a", "m", "both")


def test_attributes_nonce_and_identity_are_kept_under_a_strict_policy(visit: Visit, complaints: list[str]) -> None:
    policy = (
        f"default-src 'none'; script-src 'nonce-abc' {visit.forecourt} {visit.host.third};"
        f" connect-src {visit.forecourt}; require-trusted-types-for 'script'; trusted-types forecourt"
    )
    visit.host.file("/a.js", SAY.format("src"))
    attributes = 'nonce="abc" id="mine" class="kept" crossorigin="anonymous" data-own="1"'
    page = visit.open(
        recording_script("inline", attributes=attributes)
        + recording_script("foreign", attributes='nonce="wrong"')
        + waiting_script("", attributes=f'nonce="abc" src="{visit.host.third}/a.js"'),
        content_security_policy=policy,
    )
    visit.choose("analytics")
    assert_ran(page, "inline", "src")
    mine = "(e => [e.nonce, e.className, e.crossOrigin, e.dataset.own, e.type])(document.querySelector('#mine'))"
    assert page.evaluate(mine) == ["abc", "kept", "anonymous", "1", "text/plain"]
    assert len(complaints) == 1, complaints  # the one with the wrong nonce


def test_integrity_is_checked(visit: Visit) -> None:
    visit.host.file("/a.js", SAY.format("tampered"))
    sri = f'src="{visit.host.third}/a.js" crossorigin="anonymous" integrity="sha384-{"A" * 64}"'
    page = visit.open(waiting_script("", attributes=sri) + recording_script("next"))
    visit.choose("analytics")
    assert_ran(page, "next")


def test_elements_that_come_later_are_seen(visit: Visit) -> None:
    page = visit.open("")
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    page.evaluate(
        """() => {
          const later = document.createElement("script");
          Object.assign(later, { type: "text/plain", textContent: "window.late = 1" });
          later.dataset.forecourtPurpose = "analytics";
          document.body.append(later);
        }"""
    )
    page.wait_for_function("window.late === 1")


def test_scripts_in_markup_that_is_set_later_run_in_order_each_once(visit: Visit) -> None:
    visit.host.file("/slow.js", SAY.format("src"))
    visit.host.file("/free.js", SAY.format("async"))
    html = (
        recording_script("first")
        + waiting_script("", attributes=f'src="{visit.host.third}/slow.js"')
        + recording_script("last")
        + waiting_script("", attributes=f'async src="{visit.host.third}/free.js"')
    )
    page = visit.open("")
    visit.choose("analytics")
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", html)
    page.wait_for_function("window.ran?.length === 4")
    ran = page.evaluate(RAN)
    assert [name for name in ran if name != "async"] == ["first", "src", "last"]
    visit.choose("analytics", "support")
    assert_ran(page, *ran)


def test_a_page_that_made_a_script_hears_that_it_loaded(visit: Visit) -> None:
    visit.host.file("/a.js", SAY.format("src"))
    page = visit.open("")
    visit.choose("analytics")
    page.evaluate(
        """src => {
          for (const async of [true, false]) {
            const made = document.createElement("script");
            made.async = async;
            Object.assign(made, { type: "text/plain", src, onload: () => (window.loaded = (window.loaded ?? 0) + 1) });
            made.dataset.forecourtPurpose = "analytics";
            document.body.append(made);
          }
        }""",
        f"{visit.host.third}/a.js",
    )
    page.wait_for_function("window.loaded === 2")
    assert_ran(page, "src", "src")


def test_a_script_that_writes_the_document_does_not_wipe_the_page(visit: Visit, complaints: list[str]) -> None:
    page = visit.open(
        "<h1>Shop</h1>" + waiting_script("document.write('gone'); document.writeln('gone');") + recording_script("next")
    )
    visit.choose("analytics")
    assert_ran(page, "next")
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()
    assert page.evaluate("document.write === Document.prototype.write")
    assert complaints == []


def test_an_unknown_purpose_never_runs_and_is_said_once(visit: Visit) -> None:
    warnings: list[str] = []
    visit.page.on("console", lambda line: warnings.append(line.text) if line.type == "warning" else None)
    page = visit.open(
        recording_script("x", "spying")
        + recording_script("y", "spying analytics")
        + recording_script("z", "")
        + recording_script("needed", "necessary")
    )
    page.locator("#forecourt-accept").click()
    assert_ran(page, "needed")
    assert len([line for line in warnings if "spying" in line]) == 1
    assert len(warnings) == 2  # the other names none at all


def film_frame(visit: Visit, style: str = "") -> str:
    waits = f'data-forecourt-purpose="marketing" data-src="{visit.host.third}/film" title="Our film"'
    size = f'style="{style}"' if style else 'width="400" height="300"'
    return f"<iframe {waits} {size}></iframe>"


@pytest.fixture
def cover(visit: Visit) -> Locator:
    """A page with a film that waits, and the cover in its place."""
    for path in ("/film", "/film?part=2"):
        visit.host.file(path, "<p>A film</p>")
    film_again = film_frame(visit).replace("Our film", "The same film")
    page = visit.open(film_frame(visit) + film_again + recording_script("a") + recording_script("m", "marketing"))
    return page.get_by_role("group", name="Our film")


def film_of(page: Page, title: str = "Our film") -> Locator:
    return page.frame_locator(f'iframe[title="{title}"]').get_by_text("A film")


def press(button: Locator) -> None:
    button.focus()
    button.page.keyboard.press("Enter")


def test_a_frame_says_whose_it_is_and_what_always_allowing_it_accepts(visit: Visit, cover: Locator) -> None:
    page = visit.page
    expect(cover.get_by_text("third.localhost")).to_be_visible()
    expect(cover.get_by_text(re.compile("It is for: .*Marketing"))).to_be_visible()
    expect(page.locator("#forecourt-preferences")).to_be_hidden()
    assert visit.host.fetched == []
    press(cover.get_by_role("button", name=re.compile("Always allow .*Marketing")))
    expect(film_of(page)).to_be_visible()
    expect(film_of(page, "The same film")).to_be_visible()
    assert_ran(page, "m")
    assert page.evaluate("document.activeElement.title") == "Our film"
    purposes = page.evaluate("JSON.parse(localStorage['forecourt:shop']).purposes")
    assert {name for name, is_granted in purposes.items() if is_granted} == {"necessary", "marketing"}


def test_a_frame_that_is_shown_once_opens_alone_and_nothing_is_stored(
    visit: Visit, cover: Locator, context: BrowserContext
) -> None:
    page = visit.page
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.removeprefix(visit.host.third)))
    once = cover.get_by_role("button", name="Show once")
    press(once)
    expect(film_of(page)).to_be_visible()
    assert page.evaluate("document.activeElement.title") == "Our film"
    wait_until_scanned(page)
    assert requests == ["/film"]
    assert page.evaluate("[localStorage.length, sessionStorage.length, !!window.ran]") == [0, 0, False]
    assert context.cookies() == []
    expect(page.get_by_role("group", name="The same film")).to_be_visible()
    expect(page.locator("#forecourt-banner")).to_be_visible()  # the question is still open
    # Another film of theirs may follow in it, one of somebody else's may not.
    page.locator("iframe").first.evaluate("frame => { frame.dataset.src += '?part=2' }")
    wait_until(lambda: page.evaluate("true") and "/film?part=2" in requests)
    expect(film_of(page)).to_be_visible()
    page.locator("iframe").first.evaluate("frame => { frame.dataset.src = 'https://films.example/' }")
    expect(cover.get_by_text("films.example")).to_be_visible()
    page.reload()
    expect(once).to_be_visible()


def test_a_frame_that_is_shown_once_stays_over_a_choice_about_others_and_closes_with_a_refusal(
    visit: Visit, cover: Locator
) -> None:
    page = visit.page
    once = cover.get_by_role("button", name="Show once")
    once.click()
    visit.choose("support")
    wait_until_scanned(page)
    expect(film_of(page)).to_be_visible()
    withdraw(page)
    expect(cover).to_be_visible()
    once.click()
    expect(film_of(page)).to_be_visible()
    open_choices(page)
    page.locator("#forecourt-reject").click()
    expect(cover).to_be_visible()
    assert page.locator("iframe[src]").count() == 0


def test_a_click_that_nobody_made_opens_no_frame(visit: Visit, cover: Locator) -> None:
    once, always = cover.get_by_role("button", name="Show once"), cover.get_by_role("button", name="Always allow")
    once.evaluate("button => button.click()")
    with visit.page.expect_response("**/consents") as response_info:
        always.evaluate("button => button.click()")
    refusal = response_info.value.json()
    assert refusal["code"] == "gesture_required"
    expect(cover.get_by_role("status")).to_have_text(refusal["detail"])
    wait_until_scanned(visit.page)
    expect(once).to_be_visible()
    assert visit.page.locator("iframe[src]").count() == 0
    assert visit.host.fetched == []


@pytest.mark.parametrize(
    ("style", "around"),
    [
        ("", ""),
        ("width:100%;aspect-ratio:16/9;height:auto;border:0", ""),
        ("position:absolute;inset:0;width:100%;height:100%;border:0", "position:relative;padding-top:56%"),
        ("flex:1;margin:7px 3px 5px", "display:flex;height:200px"),
        ("display:block;width:50%;float:right", ""),
    ],
)
def test_a_cover_takes_exactly_the_frames_room(visit: Visit, style: str, around: str) -> None:
    shifts = """() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const each of list.getEntries()) sum += each.value; })
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 200);
    })"""
    page = visit.open(f'<p>Above</p><div style="{around}">{film_frame(visit, style)}</div><p id="below">Below</p>')
    cover = page.get_by_role("group", name="Our film")
    expect(cover).to_be_visible()
    boxes = [cover.bounding_box(), page.locator("#below").bounding_box()]
    assert page.evaluate(shifts) == 0
    page.locator("#forecourt-accept").click()
    expect(cover).to_have_count(0)
    assert [page.locator("iframe").bounding_box(), page.locator("#below").bounding_box()] == boxes


LISTEN = """() => {
  window.heard = [];
  for (const name of ["change", "withdraw"]) forecourt("on", name, (told) => heard.push([name, told]));
}"""


def test_withdrawing_empties_frames_and_clears_what_the_purposes_left(visit: Visit, context: BrowserContext) -> None:
    visit.host.file("/film", "<p>A film</p>")
    leave = """
      document.cookie = "_ga=1;path=/"; document.cookie = "_ga_X1=1;path=/;domain=shop.localhost";
      document.cookie = "_fbp=1;path=/"; document.cookie = "basket=1;path=/";
      localStorage["stats.id"] = 1; sessionStorage.stats = 1; localStorage.basket = 1;
    """
    page = visit.open(waiting_script(leave) + film_frame(visit))
    page.evaluate(LISTEN)
    page.locator("#forecourt-accept").click()
    page.wait_for_function("localStorage['stats.id'] === '1'")
    expect(page.frame_locator("iframe").get_by_text("A film")).to_be_visible()
    assert {each["name"] for each in context.cookies()} == {"_ga", "_ga_X1", "_fbp", "basket"}

    visit.choose("marketing")
    page.wait_for_function("heard.length === 1")
    assert {each["name"] for each in context.cookies()} == {"_fbp", "basket"}
    assert page.evaluate("[localStorage['stats.id'], sessionStorage.stats, localStorage.basket]") == [None, None, "1"]
    expect(page.frame_locator("iframe").get_by_text("A film")).to_be_visible()

    entries = page.evaluate("history.length")
    page.evaluate("forecourt('withdraw')")
    expect(page.get_by_role("group", name="Our film")).to_be_visible()
    page.wait_for_function("heard.length === 2")
    assert {each["name"] for each in context.cookies()} == {"basket"}
    assert len(page.frames) == 2
    assert page.frames[1].url in ("", "about:blank")
    assert page.evaluate("history.length") == entries
    (change, change_detail), (withdraw, withdraw_detail) = page.evaluate("heard")
    assert (change, withdraw) == ("change", "withdraw")
    assert change_detail["purposes"] == {
        "necessary": True,
        "support": False,
        "newsletter": False,
        "analytics": False,
        "marketing": True,
    }
    assert change_detail["still_running"] == ["analytics"]
    assert not withdraw_detail["purposes"]["marketing"]
    page.reload()
    expect(page.get_by_role("group", name="Our film")).to_be_visible()
    assert page.evaluate("'stats.id' in localStorage") is False


def test_what_a_running_script_stores_after_a_withdrawal_goes_when_the_page_is_left(
    visit: Visit, context: BrowserContext
) -> None:
    page = visit.open(recording_script("a"))
    page.locator("#forecourt-accept").click()
    page.wait_for_function("window.ran?.length === 1")
    page.evaluate("document.cookie = '_ga=1;path=/'")
    page.evaluate("forecourt('withdraw')")
    page.wait_for_function("JSON.parse(localStorage['forecourt:shop']).choice === 'withdrawn'")
    page.wait_for_function("document.cookie === ''")
    page.evaluate("document.cookie = '_ga=2;path=/'")
    wait_until_scanned(page)
    assert page.evaluate("document.cookie") == "_ga=2"  # once cleared, nothing looks again while the page stands
    page.goto(f"{visit.host.third}/film")
    # The page that was left ends in a process of its own, and in its own time.
    wait_until(lambda: context.cookies() == [])


def test_cookies_on_the_pages_own_path_and_above_go_too(visit: Visit, context: BrowserContext) -> None:
    embed = f'<script async src="{visit.forecourt}/embed.js" data-site="shop"></script>'
    visit.host.file("/shop/cart/", f'<!doctype html><html lang="en">{embed}<body></body></html>')
    page = visit.page
    page.goto(f"{visit.host.origin}/shop/cart/")
    page.locator("#forecourt-accept").click()
    page.locator("#forecourt-banner").wait_for(state="hidden")
    page.evaluate(
        """() => {
          document.cookie = "_ga=1";
          for (const path of ["/shop", "/shop/", "/shop/cart", "/"])
            document.cookie = `_ga_${path.length}=1;path=${path}`;
          document.cookie = "_ga_x=1;path=/shop;domain=shop.localhost";
        }"""
    )
    assert len(context.cookies(f"{visit.host.origin}/shop/cart/")) == 6
    page.evaluate("forecourt('withdraw')")
    page.wait_for_function("!document.cookie")
    assert context.cookies(f"{visit.host.origin}/shop/cart/") == []


def test_a_frame_that_is_a_script_in_disguise_never_opens(visit: Visit) -> None:
    waits = 'data-forecourt-purpose="marketing" title="Trick"'
    page = visit.open(
        f'<iframe {waits} data-src="javascript:parent.ran=[1]"></iframe>' + recording_script("m", "marketing")
    )
    page.locator("#forecourt-accept").click()
    assert_ran(page, "m")
    assert page.locator("iframe").get_attribute("src") is None


def test_a_frame_taken_out_takes_its_cover_along(visit: Visit) -> None:
    page = visit.open(film_frame(visit))
    expect(page.get_by_role("group", name="Our film")).to_be_visible()
    page.evaluate("document.querySelector('iframe').remove()")
    expect(page.get_by_role("group", name="Our film")).to_have_count(0)


SET = "document.body.insertAdjacentHTML('beforeend', '<button id=own>Own</button>');"
ON_CLICK = "own.addEventListener('click', (event) => forecourt('set', { analytics: true }, event));"
HEAR = "window.faults = []; forecourt('on', 'error', (fault) => faults.push(fault.code));"


def test_the_pages_own_control_sets_with_a_real_click_only(visit: Visit) -> None:
    page = visit.open('<button id="own" style="position:fixed;top:0">Own</button>' + recording_script("a"))
    page.evaluate(HEAR + ON_CLICK)
    page.evaluate("own.click()")
    page.evaluate("forecourt('set', { analytics: true }, { isTrusted: true })")
    page.evaluate("forecourt('set', { analytics: true })")
    page.wait_for_function("faults.length === 3")
    assert page.evaluate("faults") == ["gesture_required"] * 3
    assert page.evaluate("localStorage.length") == 0
    page.locator("#own").click()
    page.wait_for_function("window.ran?.length === 1")
    page.evaluate("forecourt('get', (told) => { window.got = told })")
    page.wait_for_function("window.got")
    assert page.evaluate("[got.choice, got.purposes.analytics, got.purposes.marketing]") == ["granted", True, False]


def test_a_page_with_nothing_that_waits_fetches_nothing_for_it(visit: Visit) -> None:
    urls: list[str] = []
    visit.page.on("request", lambda request: urls.append(request.url))
    page = visit.open("<p>Plain</p>")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    wait_until_scanned(page)
    assert not [url for url in urls if "/assets/" in url]
    page.locator("#forecourt-reject").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()
    assert [url for url in urls if "/assets/" in url]  # so that is its name
