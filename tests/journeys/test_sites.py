"""Checks several sites of one server: each has its own theme, and sub-domains share a choice where settings say so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.journeys.control import open_menu, withdraw
from tests.journeys.host import SETTINGS, Host, Visit

ROOT = Path(__file__).parents[2]
LOOK = """[sites.shop.theme]
radius = 2
control_corner = "top-end"
control_label = "icon"
font = "Georgia"
[sites.shop.theme.light]
accent = "#5b2a86"
"""
PLACE = '<div data-forecourt="contact"></div>'
STYLE = "e => (s => [s.backgroundColor, s.borderTopLeftRadius, s.fontFamily])(getComputedStyle(e))"


def serve(folder: Path, settings: str) -> ForecourtProcess:
    (folder / "forecourt.toml").write_text(settings)
    return ForecourtProcess(PROGRAM, folder / "data", {"FORECOURT_LIMITS": "off"}, folder)


def test_a_site_has_its_own_look_and_control(host: Host, visitor: Page, tmp_path: Path) -> None:
    settings = SETTINGS.replace("ORIGIN", host.origin).replace(
        "[sites.shop]", '[sites.shop]\ncontrol = "without_place"'
    )
    with serve(tmp_path, settings + LOOK) as process:
        page = Visit(host, process, visitor).open(PLACE)
        theirs = ["rgb(91, 42, 134)", "2px", "Georgia"]
        assert page.locator("#forecourt-accept").evaluate(STYLE) == theirs
        assert page.locator('[data-forecourt="contact"]').get_by_role("button").evaluate(STYLE) == theirs
        assert_control_stands_without_place(page)


def assert_control_stands_without_place(page: Page) -> None:
    """Checks that the control stands at the top right as an icon, but only where the page has no place for it."""
    page.locator("#forecourt-reject").click()
    # What became of the choice is said in any case.
    expect(page.locator("#forecourt-control").get_by_text("Your refusal is saved.")).to_be_visible()
    button = page.locator("#forecourt-preferences")
    expect(button).to_be_hidden()
    page.evaluate("document.querySelector('[data-forecourt=preferences]').remove()")
    expect(button).to_be_visible()
    expect(button).to_have_accessible_name("Privacy choices")
    assert button.bounding_box() == {"x": 1280 - 12 - 44, "y": 12, "width": 44, "height": 44}


def test_a_control_that_is_left_to_the_page_stands_nowhere_but_says_what_became_of_a_choice(visit: Visit) -> None:
    def leave_to_page(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"control": {"shown": "never", "label": "text"}})

    visit.page.route("**/boot?*", leave_to_page)
    page = visit.open("<button onclick=\"forecourt('preferences')\">Privacy</button>")
    page.locator("#forecourt-accept").click()
    news = page.locator("#forecourt-control")
    expect(news.get_by_text("Your choice is saved.")).to_be_visible()
    expect(page.locator("#forecourt-preferences")).to_be_hidden()
    page.get_by_text("Privacy", exact=True).click()
    page.locator("#forecourt-reject").click()
    expect(news.get_by_text("You have withdrawn your consent.")).to_be_visible()
    page.locator("#forecourt-undo").click()
    expect(news.get_by_text("Your choice is saved.")).to_be_visible()


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


# What pages may set by the properties of docs/theme.md, and more than they should.
ODD_VALUES = {
    "accent": ["red", "nonsense"],
    "on-accent": ["#0008", "nonsense"],
    "text": ["currentcolor", "nonsense"],
    "background": ["linear-gradient(#fff, #eee)", "nonsense"],
    "radius": ["0", "999px", "50%", "nonsense"],
    "font": ["monospace", "'No such font', cursive", "1"],
    "inset": [
        "auto 16px 16px auto",
        "16px auto auto 16px",
        "0",
        "auto",
        "50% auto auto 50%",
        "0 0 auto auto",
        "nonsense",
    ],
    "width": ["0", "1em", "9999px", "100%", "none", "min-content", "nonsense"],
    "margin": ["auto", "0", "0 auto", "auto 0", "40px", "nonsense"],
    "control-block": ["auto", "0 auto", "auto 50%", "12px", "nonsense"],
    "control-inline": ["auto", "0 auto", "auto 50%", "12px", "nonsense"],
    "control-flow": ["row", "row-reverse", "column", "nonsense"],
    "control-align": ["center", "stretch", "baseline", "nonsense"],
    # of the launcher, which is not in this site's pages: banner and control must not mind
    "launcher-inline": ["auto", "0", "nonsense"],
    "banner-bottom": ["0px", "50vh", "nonsense"],
}
# Names what is not wholly in view, or cropped by its card.
CROPPED = """host => {
  const card = host.shadowRoot.querySelector(".root").getBoundingClientRect();
  const isOutside = (inner, outer) =>
    inner.left < outer.left - 1 || inner.top < outer.top - 1 ||
    inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1;
  const view = new DOMRect(0, 0, innerWidth, innerHeight);
  const parts = [...host.querySelectorAll("button, #forecourt-title")].map((part) => [part.id, part]);
  return [
    ...(isOutside(card, view) ? [`card ${JSON.stringify(card)}`] : []),
    ...parts.filter(([, part]) => isOutside(part.getBoundingClientRect(), card)).map(([id]) => id),
    ...parts.filter(([, part]) => part.scrollWidth > part.clientWidth + 1).map(([id]) => `${id}'s text`),
  ];
}"""


def find_cropped(page: Page, name: str) -> list[str]:
    """Returns which odd values leave something of ours out of view, where `name` stands."""
    host = page.locator(f"#forecourt-{name}")
    cropped = []
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 740})
        for suffix, values in ODD_VALUES.items():
            for value in values:
                host.evaluate(
                    "(host, [name, value]) => host.style.setProperty(name, value)", [f"--forecourt-{suffix}", value]
                )
                cropped += [f"{suffix}: {value} at {width}: {each}" for each in host.evaluate(CROPPED)]
            host.evaluate("(host, name) => host.style.removeProperty(name)", f"--forecourt-{suffix}")
    return cropped


def test_the_question_and_the_control_stand_in_view_whatever_a_page_sets(visit: Visit) -> None:
    listed = re.findall(r"^\| `--forecourt-([\w-]+)`", (ROOT / "docs" / "theme.md").read_text("utf-8"), re.MULTILINE)
    assert set(listed) == set(ODD_VALUES)
    page = visit.open("")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    assert find_cropped(page, "banner") == []
    page.locator("#forecourt-accept").click()
    open_menu(page)
    assert find_cropped(page, "control") == []


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


def test_a_site_without_a_policy_says_so_and_its_forms_work(host: Host, visitor: Page, tmp_path: Path) -> None:
    """A form that names a company stays shut, and says where to write; the others open as ever."""
    (tmp_path / "policy").mkdir()
    settings = SETTINGS.replace("ORIGIN", host.origin)
    settings = re.sub("(?m)^policy = .*$", 'policy = "policy"', settings)
    closed = '[sites.shop.chat]\npurposes = ["support"]\nengagements = ["linode-eu"]\n'
    with serve(tmp_path, settings + closed) as process:
        page = Visit(host, process, visitor).open(
            f'<div data-forecourt="policy"></div><div data-forecourt="chat"></div>{PLACE}'
        )
        sentence = "The list of subprocessors is being prepared."
        expect(page.locator('[data-forecourt="policy"]')).to_have_text(sentence)
        expect(page.locator('[data-forecourt="chat"]')).to_contain_text("Until then, write to post@shop.example")
        page.locator("#forecourt-accept").click()
        contact = page.locator('[data-forecourt="contact"]')
        contact.get_by_role("checkbox").check()
        contact.get_by_role("button").click()
        expect(contact.get_by_role("textbox").first).to_be_visible()
