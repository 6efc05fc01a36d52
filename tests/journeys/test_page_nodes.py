"""The page's own nodes stay the page's: none is replaced, and what a page copies, moves or changes goes on working."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.deadline import wait_until
from tests.journeys.control import open_choices, withdraw
from tests.journeys.host import Visit, wait_until_scanned

WAITS = 'type="text/plain" data-forecourt-purpose="analytics"'
ALWAYS = re.compile("Always allow .*Marketing")
COUNT = "window.count = (window.count ?? 0) + 1"
MAKERS = {
    "parsed": "",
    "set as markup": "box.innerHTML = markup",
    # React makes scripts like this, so that they do not run by themselves.
    "taken out of markup": (
        "const outer = document.createElement('div'); outer.innerHTML = markup; box.append(outer.firstChild)"
    ),
    "made": """const made = document.createElement("script");
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        made.textContent = text; box.append(made);""",
}
RAN = "(window.count ?? 0) + (window.loaded ?? 0)"


def film_frame(visit: Visit, path: str = "film", attributes: str = "") -> str:
    waits = f'data-forecourt-purpose="marketing" data-src="{visit.host.third}/{path}" title="Our film"'
    return f'<iframe {waits} width="400" height="300" {attributes}></iframe>'


def serve_films(visit: Visit) -> None:
    for name in ("film", "other"):
        visit.host.file(f"/{name}", f"<p>The {name}</p>")


def decide(page: Page, name: str) -> None:
    page.locator(f"#forecourt-{name}").click()
    expect(page.locator("#forecourt-banner")).to_be_hidden()


@pytest.mark.parametrize("source", ["inline", "src", "async src"])
@pytest.mark.parametrize("maker", MAKERS)
def test_a_script_that_ran_is_the_node_that_the_page_put_there(
    visit: Visit, complaints: list[str], maker: str, source: str
) -> None:
    visit.host.file("/a.js", COUNT)
    src = f'src="{visit.host.third}/a.js"' if "src" in source else ""
    text = "" if src else COUNT
    markup = f'<script {WAITS} {src} {"async" if "async" in source else ""} onload="window.loaded = 1">{text}</script>'
    page = visit.open(f'<div id="box">{markup if maker == "parsed" else ""}</div>')
    page.evaluate(
        f"""([markup, text]) => {{
          const attributes = Object.fromEntries(
            [...new DOMParser().parseFromString(markup, "text/html").querySelector("script").attributes]
              .map(({{ name, value }}) => [name, value]));
          const box = document.querySelector("#box");
          {MAKERS[maker]}
          window.node = box.firstChild; window.before = node.outerHTML;
        }}""",
        [markup, text],
    )
    decide(page, "accept")
    page.wait_for_function(f"{RAN} === {2 if src else 1}")
    wait_until_scanned(page)
    # An application that keeps the node removes it with its next page.
    assert page.evaluate("[box.childNodes.length, box.firstChild === node, node.outerHTML === before]") == [
        1,
        True,
        True,
    ]
    page.evaluate("box.removeChild(node)")
    assert page.evaluate("window.count") == 1
    assert complaints == []


COPY = "document.body.innerHTML += '<p>More</p>'"


def test_a_body_that_is_copied_asks_once_and_what_it_shows_works(visit: Visit, complaints: list[str]) -> None:
    serve_films(visit)
    page = visit.open(film_frame(visit) + f'<div data-forecourt="contact"></div><script {WAITS}>{COUNT}</script>')
    cover = page.get_by_role("group", name="Our film")
    expect(cover).to_be_visible()
    box = cover.bounding_box()
    page.evaluate(COPY)
    expect(page.locator("#forecourt-banner")).to_have_count(1)
    expect(page.locator("[data-forecourt-cover]")).to_have_count(1)
    wait_until(lambda: cover.bounding_box() == box)
    decide(page, "reject")
    page.evaluate(COPY)
    expect(page.locator("#forecourt-control")).to_have_count(1)
    open_choices(page)
    decide(page, "accept")
    page.wait_for_function("window.count === 1")
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    page.evaluate(COPY)
    expect(page.locator("#forecourt-control")).to_have_count(1)
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    assert page.locator("iframe").bounding_box() == box
    withdraw(page)
    expect(cover.get_by_role("button", name=ALWAYS)).to_be_visible()
    wait_until_scanned(page)
    assert page.locator("iframe").get_attribute("src") is None
    assert page.evaluate("window.count") == 1
    assert complaints == []


def test_a_body_that_is_copied_as_the_page_comes_to_rest_loses_nothing(visit: Visit) -> None:
    visit.page.add_init_script("const set = setTimeout; setTimeout = (act, ms) => ms === 1000 || set(act, ms)")
    page = visit.open("")  # at rest with the first key, and not after a second
    page.evaluate(f"{COPY}; dispatchEvent(new KeyboardEvent('keydown'))")
    expect(page.locator("#forecourt-banner")).to_have_count(1)
    decide(page, "accept")
    expect(page.locator("#forecourt-preferences")).to_be_visible()


def test_a_script_that_is_rendered_again_runs_again(visit: Visit) -> None:
    """A route that comes back is a new one, unlike markup that is copied while it stands there."""
    page = visit.open('<div id="box"></div>')
    decide(page, "accept")
    for times in (1, 2):
        page.evaluate("html => { box.innerHTML = html }", f"<script {WAITS}>{COUNT}</script>")
        page.wait_for_function(f"window.count === {times}")
        page.evaluate("box.innerHTML = ''")
        wait_until_scanned(page)


def test_a_part_with_a_covered_frame_that_is_copied_has_a_cover_that_opens(visit: Visit) -> None:
    serve_films(visit)
    page = visit.open(f"<main>{film_frame(visit)}</main>")
    cover = page.get_by_role("group", name="Our film")
    expect(cover).to_be_visible()
    # What a cache of pages keeps, and puts in again.
    page.evaluate(
        "window.kept = document.querySelector('main').innerHTML; document.querySelector('main').innerHTML = ''"
    )
    expect(cover).to_have_count(0)
    page.evaluate("document.querySelector('main').innerHTML = kept")
    cover.get_by_role("button", name=ALWAYS).click()
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    assert page.locator("iframe").bounding_box()


def test_a_cover_that_is_taken_out_or_left_behind_stands_at_its_frame_again(visit: Visit) -> None:
    page = visit.open(f'<p id="first">{film_frame(visit)}</p><p id="second"></p>')
    cover = page.get_by_role("group", name="Our film")
    expect(cover).to_be_visible()
    cover.evaluate("cover => cover.remove()")
    expect(cover).to_be_visible()
    page.evaluate("second.append(document.querySelector('iframe'))")
    expect(page.locator("#second > [data-forecourt-cover]")).to_be_visible()
    expect(page.locator("#first > *")).to_have_count(0)
    # A framework that writes a style anew shows no empty frame.
    page.evaluate("document.querySelector('iframe').style.cssText = 'display: block'")
    wait_until_scanned(page)
    expect(page.locator("iframe")).to_be_hidden()


def test_an_application_that_changes_data_src_gets_the_new_film(visit: Visit) -> None:
    serve_films(visit)
    page = visit.open(film_frame(visit))
    cover = page.get_by_role("group", name="Our film")
    expect(cover.get_by_text("third.localhost")).to_be_visible()
    change = "address => { document.querySelector('iframe').dataset.src = address }"
    page.evaluate(change, "https://films.example/42")
    expect(cover.get_by_text("films.example")).to_be_visible()
    page.evaluate(change, f"{visit.host.third}/film")
    cover.get_by_role("button", name=ALWAYS).click()
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    page.evaluate(change, f"{visit.host.third}/other")
    expect(page.frame_locator("iframe").get_by_text("The other")).to_be_visible()
    # What the page itself does with an open frame is left to it.
    page.evaluate("address => { document.querySelector('iframe').src = address }", f"{visit.host.third}/film")
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    wait_until_scanned(page)
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    withdraw(page)
    expect(cover).to_be_visible()
    visit.host.fetched.clear()
    page.evaluate(change, f"{visit.host.third}/other")
    wait_until_scanned(page)
    assert visit.host.fetched == []


LAZY_LOADER = """
  const load = () => late.setAttribute("src", late.dataset.src);
  new IntersectionObserver(([entry]) => entry.isIntersecting && load()).observe(late);
"""
LOAD = "for (const frame of document.querySelectorAll('iframe.lazy')) frame.setAttribute('src', frame.dataset.src)"


def test_a_lazy_loader_opens_no_frame_that_waits_and_a_refusal_closes_it(visit: Visit) -> None:
    serve_films(visit)
    warnings: list[str] = []
    visit.page.on("console", lambda line: warnings.append(line.text) if line.type == "warning" else None)
    # The first was there before the widget, which nobody can take back. The other comes into sight later.
    early = film_frame(visit, "film", 'class="lazy"')
    late = f'<div style="height: 2000px"></div>{film_frame(visit, "other", "id=late")}'
    page = visit.open(f"{early}{late}<script>{LOAD}; {LAZY_LOADER}</script>")
    covers = page.get_by_role("group", name="Our film")
    expect(covers).to_have_count(2)
    visit.host.fetched.clear()
    page.locator("#late").evaluate("frame => frame.nextSibling.scrollIntoView()")
    wait_until_scanned(page)
    expect(page.locator("iframe[src]")).to_have_count(0)
    decide(page, "reject")
    page.evaluate("load()")  # one that asks nobody
    expect(page.locator("iframe[src]")).to_have_count(0)
    wait_until_scanned(page)
    expect(covers).to_have_count(2)
    assert {frame.url for frame in page.frames[1:]} <= {"", "about:blank"}
    assert "/film" not in visit.host.fetched
    assert [line for line in warnings if "may have been loaded" in line]


def test_srcdoc_fetches_nothing_before_consent_and_the_film_opens_after_it(visit: Visit) -> None:
    serve_films(visit)
    page = visit.open("")
    preview = f"srcdoc=\"<img src='{visit.host.third}/thumbnail'>\""
    page.evaluate("html => { document.body.insertAdjacentHTML('afterbegin', html) }", film_frame(visit))
    cover = page.get_by_role("group", name="Our film")
    expect(cover).to_be_visible()
    page.evaluate(
        "html => { document.querySelector('iframe').srcdoc = html }", f"<img src='{visit.host.third}/thumbnail'>"
    )
    wait_until_scanned(page)
    assert visit.host.fetched == []
    cover.get_by_role("button", name=ALWAYS).click()
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    assert visit.host.fetched == ["/film"]
    # In markup it is loaded with the page, which nobody can take back: the film opens all the same.
    withdraw(page)
    page = visit.open(film_frame(visit, attributes=preview))
    page.get_by_role("group", name="Our film").get_by_role("button", name=ALWAYS).click()
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()


@pytest.mark.parametrize("name", ["", 'name="theirs"'])
def test_the_browsers_history_does_not_bring_back_a_film_that_was_withdrawn(visit: Visit, name: str) -> None:
    """Chromium restores the documents of a page's frames when one goes back, although they have no `src`."""
    visit.host.serve("/film", "<p>The film</p>", **{"cache-control": "no-store"})
    embed = f'<script async src="{visit.forecourt}/embed.js" data-site="shop"></script>'
    visit.host.serve("/next", f"<!doctype html><title>Next</title>{embed}<body>")
    page = visit.open(film_frame(visit, attributes=name))
    decide(page, "accept")
    expect(page.frame_locator("iframe").get_by_text("The film")).to_be_visible()
    assert page.locator("iframe").get_attribute("name") == ((name and "theirs") or None)
    page.goto(f"{visit.host.origin}/next")
    page.locator("#forecourt-preferences").wait_for()
    page.evaluate("forecourt('withdraw')")
    page.wait_for_function("JSON.parse(localStorage['forecourt:shop']).choice === 'withdrawn'")
    visit.host.fetched.clear()
    page.evaluate("setTimeout(() => history.back())")
    expect(page.get_by_role("group", name="Our film")).to_be_visible()
    wait_until_scanned(page)
    assert visit.host.fetched == []
    assert {frame.url for frame in page.frames[1:]} <= {"", "about:blank"}


def test_pictures_media_and_style_sheets_wait_too(visit: Visit, complaints: list[str]) -> None:
    visit.host.file("/picture", '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>')
    third = visit.host.third
    waits = 'data-forecourt-purpose="marketing"'
    page = visit.open(
        f'<img {waits} data-src="{third}/picture" alt="A picture">'
        f'<picture><source {waits} data-srcset="{third}/source"><img alt="" src="data:,"></picture>'
        f'<video {waits} data-src="{third}/video" data-poster="{third}/poster"></video>'
        f'<link {waits} rel="stylesheet" data-href="{third}/style">'
        f'<img id="trick" {waits} data-src="javascript:window.ran=1" alt="">'
    )
    names = ("picture", "source", "video", "poster", "style")
    wait_until_scanned(page)
    assert visit.host.fetched == []
    decide(page, "accept")
    wait_until(lambda: page.evaluate("true") and {f"/{name}" for name in names} <= set(visit.host.fetched))
    assert page.locator("#trick").get_attribute("src") is None
    withdraw(page)
    expect(page.locator(f"[{waits}]:is([src], [srcset], [poster], [href])")).to_have_count(0)


def test_what_nothing_holds_back_is_named_on_the_console(visit: Visit) -> None:
    warnings: list[str] = []
    visit.page.on("console", lambda line: warnings.append(line.text) if line.type == "warning" else None)
    waits = 'data-forecourt-purpose="marketing"'
    page = visit.open(
        f'<a {waits} href="/">Out</a><img {waits} src="data:,"><img {waits} src="data:,">'
        f'<iframe {waits} src="about:blank"></iframe><script {waits}>window.ran = 1</script>'
    )
    expect(page.locator("#forecourt-accept")).to_be_visible()
    wait_until(lambda: page.evaluate("true") and len(warnings) >= 4)
    wait_until_scanned(page)
    assert sorted(line.partition("<")[2].split()[0] for line in warnings) == ["a", "iframe", "img", "script"]


COMPONENT = """
  customElements.define("shop-card", class extends HTMLElement {
    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" }).innerHTML = MARKUP;
      forecourt("scan", this.shadowRoot);
    }
  });
"""
QUEUE = "window.forecourt = window.forecourt || function () { (forecourt.q = forecourt.q || []).push(arguments) };"


def test_places_frames_and_scripts_of_a_component_that_is_scanned(visit: Visit, complaints: list[str]) -> None:
    serve_films(visit)
    inside = f'<div data-forecourt="contact"></div>{film_frame(visit)}<script {WAITS}>{COUNT}<\\/script>'
    page = visit.open(
        f"<main><shop-card></shop-card></main><script>{QUEUE}{COMPONENT.replace('MARKUP', '`' + inside + '`')}</script>"
    )
    contact = page.locator("shop-card [data-forecourt=contact]")
    expect(contact.get_by_role("checkbox")).to_be_visible()
    cover = page.locator("shop-card").get_by_role("group", name="Our film")
    expect(cover.get_by_text("third.localhost")).to_be_visible()
    expect(page.locator("shop-card iframe")).to_be_hidden()
    decide(page, "accept")
    expect(page.frame_locator("shop-card iframe").get_by_text("The film")).to_be_visible()
    page.wait_for_function("window.count === 1")
    page.evaluate("window.card = document.querySelector('shop-card'); card.remove()")
    wait_until_scanned(page)
    page.evaluate("forecourt('withdraw')")
    page.evaluate("document.querySelector('main').append(card)")
    expect(contact.get_by_role("checkbox")).to_have_count(1)
    expect(cover).to_be_visible()
    page.evaluate("card.shadowRoot.append(Object.assign(document.createElement('div'), { id: 'later' }))")
    page.evaluate("card.shadowRoot.querySelector('#later').dataset.forecourt = 'preferences'")
    page.evaluate("card.shadowRoot.append(document.createElement('p'))")
    expect(page.locator("shop-card #later").get_by_role("button")).to_be_visible()
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 250))")  # runs after the control's look at its places
    assert complaints == []
