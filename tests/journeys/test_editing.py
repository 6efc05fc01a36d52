"""An editor moves a service, mends a word, looks at it and publishes; two of them do not lose each other's work."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from forecourt import i18n
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.sign_in import sign_in

BASE = "/console/policy/main/"
FIRST_DAY = (datetime.now(UTC) + timedelta(days=30)).date()


@pytest.fixture
def colleague(browser: Browser, demo: ForecourtProcess, complaints: list[str]) -> Iterator[Page]:
    """A second editor, who reads Norwegian."""
    context = new_context(browser, locale="nb-NO")
    page = watch_console(context.new_page(), complaints)
    sign_in(page, demo.new_link())
    yield page
    context.close()


def unexpected(complaints: list[str]) -> list[str]:
    """Without the refusals that a test asked for: Chromium writes each answer of 4xx down."""
    return [each for each in complaints if "status of 422" not in each and "status of 409" not in each]


FOCUS = "box => new Promise(resolve => { box.focus(); setTimeout(resolve, 50); })"
HEAR_THE_END = """box => {
  const isAtEnd = () => {
    const { focusNode, focusOffset } = getSelection(), rest = document.createRange();
    rest.selectNodeContents(box);
    rest.setStart(focusNode, focusOffset);
    return rest.toString() === "";
  };
  window.atEnd = new Promise(resolve => {
    document.addEventListener("selectionchange", () => isAtEnd() && setTimeout(resolve));
  });
}"""


def go_to_end(box: Locator) -> None:
    """Puts the cursor at the end of the text. The editor puts it where it was a moment (20 ms) after it is focused, and
    learns of a move by an event, which may come after the next key."""
    box.evaluate(FOCUS)
    expect(box).to_be_focused()
    box.evaluate(HEAR_THE_END)
    box.press("ControlOrMeta+End")
    box.evaluate("() => window.atEnd")


@pytest.fixture
def open_at(demo: ForecourtProcess) -> Callable[[Page, str], None]:
    def opened(page: Page, path: str) -> None:
        page.goto(f"{demo.forecourt}{BASE}{path}")

    return opened


def test_a_click_on_a_service_is_not_lost_to_the_search(agent: Page) -> None:
    """Leaving the field searches no second time: a list that changes under a pressed mouse button loses the click."""
    agent.get_by_role("link", name="Policy").click()
    agent.get_by_role("link", name="Services").click()
    agent.get_by_role("searchbox", name="Search", exact=True).fill("linode-eu")
    expect(agent.locator("#list").get_by_role("listitem")).to_have_count(1)
    addresses: list[str] = []
    agent.on("request", lambda request: addresses.append(request.url))
    agent.locator("#list").get_by_role("link").first.hover()
    agent.mouse.down()
    agent.evaluate("() => fetch('/healthz')")  # goes out after whatever the pressed button asked for
    agent.mouse.up()
    agent.wait_for_url("**/engagements/linode-eu")
    assert addresses[0].endswith("/healthz")


def test_an_editor_moves_a_service_mends_a_word_and_publishes(
    demo: ForecourtProcess, agent: Page, visitor: Page, open_at: Callable[[Page, str], None], complaints: list[str]
) -> None:
    agent.get_by_role("link", name="Policy").click()
    agent.get_by_role("link", name="Services").click()
    agent.get_by_role("searchbox", name="Search", exact=True).fill("linode-eu")
    expect(agent.locator("#list").get_by_role("listitem")).to_have_count(1)
    agent.locator("#list").get_by_role("link").first.click()

    places = agent.get_by_role("group", name="Location 1")
    places.get_by_label("Country").select_option("FR")
    agent.get_by_role("textbox", name="Takes effect on").fill((FIRST_DAY - timedelta(days=20)).isoformat())
    agent.get_by_role("button", name="Save").click()
    expect(agent.get_by_role("textbox", name="Takes effect on")).to_have_attribute("aria-invalid", "true")
    agent.get_by_role("button", name=f"Use {i18n.long_date(FIRST_DAY, 'en')}").click()
    expect(agent.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    open_at(agent, "words/nb/section.limits.text")
    box = agent.get_by_role("textbox", name="Norwegian Bokmål")
    go_to_end(box)
    box.type(" Spør oss gjerne.")
    agent.get_by_role("checkbox").check()
    agent.get_by_role("button", name="Save", exact=True).click()

    open_at(agent, "")
    difference = agent.get_by_role("region", name="What the draft changes")
    expect(difference.get_by_text("New location")).to_be_visible()
    expect(difference.get_by_text("France").first).to_be_visible()
    expect(difference.get_by_text("Text changed").first).to_be_visible()
    expect(agent.get_by_text("No findings. The draft can be published.")).to_be_visible()

    agent.get_by_role("link", name="Preview").first.click()
    agent.get_by_label("Language").select_option("nb")
    expect(agent.frame_locator("iframe").get_by_text("Spør oss gjerne.")).to_be_visible()

    open_at(agent, "publish")
    expect(agent.get_by_text("Followers notified by e-mail: 0.")).to_be_visible()
    agent.get_by_role("button", name="Publish").click()
    expect(agent.get_by_role("status").filter(has_text="Published")).to_be_visible()

    demo.wait_until_live(2)
    visitor.goto(f"{demo.forecourt}/main/nb/")
    expect(visitor.get_by_text("Spør oss gjerne.")).to_be_visible()
    expect(visitor.get_by_text("Frankrike").first).to_be_visible()
    expect(visitor.locator("#fc-linode-eu")).to_contain_text("Tyskland")
    assert unexpected(complaints) == []


def test_a_second_editors_stale_save_is_told_and_loses_nothing(
    agent: Page, colleague: Page, open_at: Callable[[Page, str], None]
) -> None:
    for page in (agent, colleague):
        open_at(page, "words/nb/section.selection.title")
    agent.locator("#text").fill("Slik velger vi")
    agent.get_by_role("button", name="Save", exact=True).click()
    colleague.locator("#text").fill("Slik blir de valgt ut")
    colleague.get_by_role("button", name="Lagre", exact=True).click()
    expect(colleague.get_by_role("alert")).to_contain_text("Slik velger vi")
    expect(colleague.locator("#text")).to_have_value("Slik blir de valgt ut")
    colleague.get_by_role("button", name="Lagre min versjon").click()
    expect(colleague.get_by_role("status").filter(has_text="Lagret")).to_be_visible()
    open_at(agent, "words/nb/section.selection.title")
    expect(agent.locator("#text")).to_have_value("Slik blir de valgt ut")
    open_at(agent, "discard")
    agent.get_by_role("button", name="Discard the draft").click()


def test_rich_text_is_written_by_keyboard_and_kept_as_markdown(
    agent: Page, open_at: Callable[[Page, str], None], complaints: list[str]
) -> None:
    open_at(agent, "words/nb/section.limits.text")
    box = agent.get_by_role("textbox", name="Norwegian Bokmål")
    before = agent.locator("#text").input_value()
    go_to_end(box)
    box.press("Enter")
    box.press("ControlOrMeta+b")
    box.type("Viktig")
    box.press("ControlOrMeta+b")
    box.type(": {service}")
    box.press("Enter")
    box.type("- et punkt")
    written = f"{before.strip()}\n\n**Viktig**: {{service}}\n\n- et punkt"
    expect(agent.locator("#text")).to_have_value(written)
    agent.get_by_role("button", name="Undo").click()
    agent.get_by_role("button", name="Markdown").click()
    expect(agent.locator("#text")).to_be_visible()
    agent.locator("#text").fill("![bilde](https://example.com/a.png)")
    agent.get_by_role("button", name="Markdown").click()
    expect(agent.locator("#text")).to_be_visible()  # the editor cannot hold an image, and keeps the text
    assert unexpected(complaints) == []
