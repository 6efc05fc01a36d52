"""Pages whose visitors can add markup: elements named like what the widget reads, and prototypes somebody extended.

Playwright itself reads `document` in the page, so the tests read it by `Document.prototype`, and click by the mouse.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.deadline import DEADLINE, wait_until
from tests.journeys.host import Visit

# Members of `document` that the widget uses, and others that a page expects to be there.
MEMBERS = """
    activeElement addEventListener baseURI body contains cookie createElement createRange currentScript defaultView
    documentElement getElementById head hidden implementation location nodeType querySelector querySelectorAll
    readyState removeEventListener title visibilityState write writeln
"""
# Globals that the widget uses.
GLOBALS = """
    AbortSignal CSS CSSStyleSheet CustomEvent DOMParser Document EventTarget JSON MutationObserver Object Promise Proxy
    Reflect URL URLSearchParams addEventListener console crypto customElements dataLayer fetch gtag history
    localStorage location navigator open reportError sessionStorage setTimeout trustedTypes
"""
NAMES_IN_IDS = """
    accept action banner change choose close control download erase link mail preferences privacy receipt recipients
    reject save status
    text title withdraw purpose-analytics purpose-marketing purpose-support purpose-privacy_policy
"""


def name_each(template: str, names: str) -> str:
    return "".join(template.replace("NAME", name) for name in names.split())


MARKUP = {
    "an image that says it is the script": '<img name="currentScript" data-site="shop" src="THIRD/picture.png">',
    "images": name_each('<img name="NAME" src="data:,">', MEMBERS),
    "forms": name_each('<form name="NAME" data-site="shop" src="THIRD/"></form>', MEMBERS),
    "frames": name_each('<iframe name="NAME" srcdoc=""></iframe>', MEMBERS),
    "embedded things": name_each('<embed name="NAME"><object name="NAME" id="NAME"></object>', MEMBERS),
    "two of each": name_each('<img name="NAME"><img name="NAME">', MEMBERS),
    "globals": name_each('<a id="NAME"></a>', GLOBALS),
    "collections as globals": name_each('<a id="NAME"></a><a id="NAME" name="push"></a>', GLOBALS),
    "forms as globals": name_each('<form id="NAME"><input name="push"><input name="createPolicy"></form>', GLOBALS),
    "frames as globals": name_each('<iframe name="NAME" srcdoc=""></iframe>', GLOBALS),
    "an element as the API": '<a id="forecourt"></a>',
    "two elements as the API": '<a id="forecourt"></a><a id="forecourt" name="ready"></a>',
    "a form as the API": '<form id="forecourt"><input name="ready"><input name="q"></form>',
    "a form with a queue": '<form id="forecourt"><select name="q"><option>1</select></form>',
    "a thing as the API": '<object id="forecourt"></object>',
    "a foreign frame as the API": '<iframe name="forecourt" src="THIRD/picture.html"></iframe>',
    "our ids": name_each('<input type="checkbox" id="forecourt-NAME" class="theirs">', NAMES_IN_IDS),
    "a placement that is none": '<div data-forecourt=""></div>'
    + name_each('<div data-forecourt="NAME"></div>', "constructor toString __proto__ ../embed nonsense"),
    "a form as a placement": (
        '<form data-forecourt="contact" lang="nb">'
        + name_each('<input name="NAME">', "closest dataset attachShadow appendChild lang matches")
        + "</form>"
    ),
    "an image's address for ours": '<base href="THIRD/">',
}

POLLUTION = {
    "attributes": {
        "onclick": "window.wasHacked = true",
        "onfocus": "window.wasHacked = true",
        "href": "javascript:window.wasHacked=true",
        "src": "THIRD/",
        "style": "display:none",
        "hidden": "hidden",
        "disabled": "disabled",
    },
    "a request": {
        "body": "THIRD",
        "headers": {"x-theirs": "1"},
        "integrity": "sha256-AAAA",
        "mode": "no-cors",
        "redirect": "error",
        "referrer": "THIRD/",
        "window": "THIRD",
    },
    "an answer": {
        "code": "consent_stale",
        "consent": {"purposes": []},
        "detail": "THIRD",
        "errors": [],
        "expires_at": "2000-01-01T00:00:00Z",
        "id": "x",
        "purposes": {"analytics": True},
    },
    "grants": {"analytics": "true", "marketing": "true", "support": "true", "privacy_policy": "true"},
    "features": {"contact": {"purposes": []}, "nonsense": {"purposes": []}, "policy": "theirs"},
}
ARRAYS = """
  Array.prototype.toJSON = function () { return "[" + this.join() + "]" };
  Array.prototype.extra = () => {}; String.prototype.extra = () => {};
"""

PLACES = """<div data-forecourt="contact" class="ours"></div><div data-forecourt="policy" class="ours"></div>
<script type="text/plain" data-forecourt-purpose="analytics">window.wasRun = (window.wasRun ?? 0) + 1</script>"""

# Reads the page as if nothing in it had a name.
LIBRARY = """
  const read = (name) => Reflect.get(Document.prototype, name, document);
  const find = (selector) => {
    const [outer, inner] = selector.split(" >>> ");
    const element = read("querySelector").call(document, outer);
    return inner ? element?.shadowRoot?.querySelector(inner) : element;
  };
  const stored = () => JSON.parse(localStorage["forecourt:shop"] ?? "{}");
"""
CENTRE = """(selector) => { %s
  const element = find(selector);
  element?.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = element?.getBoundingClientRect() ?? {};
  return width ? [x + width / 2, y + height / 2] : null;
}"""


class RawPage:
    """Acts as a visitor on a page in which `document` cannot be trusted."""

    def __init__(self, visit: Visit, page: Page):
        self.visit, self.page = visit, page

    def open(self, markup: str, head: str = "") -> None:
        """Opens a page with `markup` before the places, and our script at its end, which so finds the markup."""
        markup, head = (text.replace("THIRD", self.visit.host.third) for text in (markup, head))
        embed = f'<script src="{self.visit.forecourt}/embed.js" data-site="shop"></script>'
        html = f'<!doctype html><html lang="en"><title>Shop</title>{head}<body>{markup}{PLACES}{embed}</body></html>'
        self.visit.host.show(html, {})
        self.page.goto(f"{self.visit.host.origin}/")

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(f"() => {{ {LIBRARY} return {expression}; }}")

    def wait_for(self, expression: str) -> None:
        self.page.wait_for_function(f"() => {{ {LIBRARY} return {expression}; }}", timeout=DEADLINE * 1000)

    def click(self, selector: str) -> None:
        self.wait_for(f"find({json.dumps(selector)})?.getBoundingClientRect().width > 0")
        x, y = self.page.evaluate(CENTRE % LIBRARY, selector)
        self.page.mouse.click(x, y)


@pytest.fixture
def raw_page(visit: Visit, context: BrowserContext) -> RawPage:
    context.add_cookies([{"name": "_ga", "value": "1", "url": visit.host.origin}])
    return RawPage(visit, visit.page)


def choose_and_withdraw(raw_page: RawPage) -> None:
    """Accepts, unlocks the contact form and withdraws: each does all that it does on an ordinary page."""
    raw_page.click("#forecourt-accept:not(.theirs)")
    raw_page.wait_for("stored().choice === 'granted' && find('#forecourt-banner:not(.theirs)').hidden")
    raw_page.wait_for("window.wasRun === 1")
    raw_page.click(".ours[data-forecourt=contact] >>> #read")
    raw_page.click(".ours[data-forecourt=contact] >>> button.primary")
    raw_page.wait_for("find('.ours[data-forecourt=contact] >>> form')")
    raw_page.click("#forecourt-preferences:not(.theirs)")
    raw_page.click("#forecourt-withdraw:not(.theirs)")
    raw_page.wait_for("stored().choice === 'withdrawn' && !stored().token")
    raw_page.wait_for("find('.ours[data-forecourt=contact] >>> #read')")
    raw_page.wait_for("!read('cookie').includes('_ga')")
    assert "Linode, LLC" in raw_page.evaluate("find('.ours[data-forecourt=policy] >>> .root').textContent")


def foreign_requests(visit: Visit) -> list[str]:
    return [path for path in visit.host.fetched if not path.startswith("/picture")]


@pytest.mark.parametrize("markup", MARKUP.values(), ids=MARKUP)
def test_markup_with_names_of_what_the_widget_reads_changes_nothing(
    raw_page: RawPage, complaints: list[str], markup: str
) -> None:
    raw_page.open(markup)
    choose_and_withdraw(raw_page)
    assert foreign_requests(raw_page.visit) == []
    assert [complaint for complaint in complaints if "is none of policy, preferences" not in complaint] == []


@pytest.mark.parametrize("properties", POLLUTION.values(), ids=POLLUTION)
def test_what_somebody_adds_to_every_object_is_neither_an_attribute_nor_an_answer(
    raw_page: RawPage, complaints: list[str], properties: dict[str, object]
) -> None:
    raw_page.open("", f"<script>Object.assign(Object.prototype, {json.dumps(properties)})</script>")
    raw_page.click("#forecourt-reject")
    raw_page.wait_for("stored().choice === 'refused'")
    assert raw_page.evaluate("window.wasRun ?? 0") == 0
    raw_page.click("#forecourt-preferences")
    raw_page.click("#forecourt-change")
    raw_page.click("#forecourt-accept")
    raw_page.wait_for("stored().choice === 'granted'")
    raw_page.click("#forecourt-preferences")
    raw_page.click("#forecourt-withdraw")
    raw_page.wait_for("stored().choice === 'withdrawn' && !stored().token")
    assert raw_page.evaluate("window.wasHacked ?? false") is False
    assert raw_page.evaluate("find('#forecourt-banner').hasAttribute('onclick')") is False
    assert foreign_requests(raw_page.visit) == []
    assert complaints == []


def test_arrays_that_a_page_extended_are_no_part_of_a_choice(raw_page: RawPage, complaints: list[str]) -> None:
    raw_page.open("", f"<script>{ARRAYS}</script>")
    choose_and_withdraw(raw_page)
    assert complaints == []


def test_a_label_ticks_our_box_and_not_one_of_the_page_that_has_its_id(raw_page: RawPage) -> None:
    raw_page.open(MARKUP["our ids"])
    raw_page.click("#forecourt-choose:not(.theirs)")
    raw_page.click("label[for=forecourt-purpose-analytics]")
    box = "find('#forecourt-banner:not(.theirs)').querySelector('#forecourt-purpose-analytics')"
    assert raw_page.evaluate(f"{box}.checked") is True
    assert raw_page.evaluate("find('.theirs:checked')") is None
    raw_page.click("#forecourt-save:not(.theirs)")
    raw_page.wait_for("stored().purposes?.analytics === true")


def test_a_receipt_that_the_page_stored_is_no_link(raw_page: RawPage) -> None:
    raw_page.open("")
    raw_page.click("#forecourt-accept")
    raw_page.wait_for("stored().choice === 'granted'")
    script = (
        "localStorage['forecourt:shop'] = JSON.stringify({ ...stored(), receipt: 'javascript:window.wasHacked=1' })"
    )
    raw_page.evaluate(script)
    raw_page.page.reload()
    raw_page.click("#forecourt-preferences")
    raw_page.click("#forecourt-change")
    raw_page.wait_for("find('#forecourt-erase')")
    assert raw_page.evaluate("find('#forecourt-receipt')") is None


def test_consent_mode_is_told_by_the_data_layer_where_an_element_is_named_gtag(raw_page: RawPage) -> None:
    raw_page.open('<a id="gtag"></a>', "<script>window.dataLayer = []</script>")
    raw_page.click("#forecourt-accept")
    is_told = "dataLayer.some((entry) => entry[0] === 'consent' && entry[2].analytics_storage === 'granted')"
    raw_page.wait_for(is_told)


LOADER = """
  fetch("EMBED").then((response) => response.text()).then((text) => {
    document.head.append(Object.assign(document.createElement("script"), { text }));
  });
"""
BLOB_LOADER = """
  fetch("EMBED").then((response) => response.blob()).then((copy) => {
    const tag = Object.assign(document.createElement("script"), { src: URL.createObjectURL(copy) });
    tag.dataset.site = "shop";
    document.head.append(tag);
  });
"""
TAGS = {
    "without a site": '<script src="EMBED"></script>',
    "a loader without a tag": f"<script>{LOADER}</script>",
    "a copy without a tag": f"<script>{BLOB_LOADER}</script>",
    "an import without a tag": '<script type="module">import "EMBED"</script>',
}


@pytest.mark.parametrize("tag", TAGS.values(), ids=TAGS)
def test_a_tag_that_says_too_little_is_refused_on_the_console(visit: Visit, complaints: list[str], tag: str) -> None:
    embed = tag.replace("EMBED", f"{visit.forecourt}/embed.js")
    visit.host.show(f"<!doctype html><title>Shop</title><body>{PLACES}{embed}", {})
    visit.page.goto(f"{visit.host.origin}/")
    wait_until(lambda: visit.page.title() and complaints)
    assert complaints == ["forecourt: no data-site or ?site="]


OTHER_TAGS = {
    "a module": '<script type="module" src="EMBED" data-site="shop"></script>',
    "its attributes dropped": '<script async src="EMBED?site=shop&locale=nb"></script>',
    "put in by a script": """<script>
        document.head.append(Object.assign(document.createElement("script"), { async: true, src: "EMBED?site=shop" }))
    </script>""",
    "hidden by a loader": f'<script type="held" src="EMBED" data-site="shop"></script><script>{LOADER}</script>',
    "copied by a loader": f'<script type="held" src="EMBED?site=shop"></script><script>{BLOB_LOADER}</script>',
    "an import beside it": (
        '<script type="held" src="EMBED?site=shop"></script><script type="module">import "EMBED"</script>'
    ),
}


@pytest.mark.parametrize("tag", OTHER_TAGS.values(), ids=OTHER_TAGS)
def test_a_tag_that_others_changed_works(visit: Visit, complaints: list[str], tag: str) -> None:
    embed = tag.replace("EMBED", f"{visit.forecourt}/embed.js")
    visit.host.show(f'<!doctype html><html lang="en"><title>Shop</title><body>{PLACES}{embed}', {})
    visit.page.goto(f"{visit.host.origin}/")
    visit.page.locator("#forecourt-accept").click()
    visit.page.wait_for_function("window.wasRun === 1")
    assert visit.page.locator("#forecourt-banner").get_attribute("lang") == ("nb" if "locale" in tag else "en")
    assert complaints == []
