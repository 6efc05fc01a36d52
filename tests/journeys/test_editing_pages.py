"""axe-core finds nothing in the editor's pages, in light and in dark, on a desk and on a phone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling, new_context_for_look
from tests.journeys.sign_in import sign_in
from tests.journeys.test_editing import BASE, FIRST_DAY, unexpected

PAGES = {
    "overview": "",
    "services": "engagements",
    "service": "engagements/twilio",
    "new-service": "engagements/new",
    "companies": "entities",
    "company": "entities/new",
    "general": "general",
    "remove": "engagements/twilio/remove",
    "words": "words/nb?only=todo",
    "prose": "words/nb/section.guarantees.text",
    "preview": "preview?language=nb&scheme=dark",
    "publish": "publish",
    "discard": "discard",
}


@pytest.fixture
def editor(browser: Browser, demo: ForecourtProcess, look: str, complaints: list[str]) -> Iterator[Page]:
    context = new_context_for_look(browser, look)
    page = watch_console(context.new_page(), complaints)
    sign_in(page, demo.new_link())
    yield page
    page.goto(f"{demo.forecourt}{BASE}discard")
    page.get_by_role("button", name="Forkast utkastet").click()
    context.close()


def test_every_page_of_the_editor(demo: ForecourtProcess, editor: Page, look: str, complaints: list[str]) -> None:
    editor.goto(f"{demo.forecourt}{BASE}engagements/twilio")
    editor.get_by_role("group", name="Sted 1").get_by_label("Land").select_option("IE")
    editor.get_by_role("textbox", name="Trer i kraft").fill((FIRST_DAY - timedelta(days=3)).isoformat())
    editor.get_by_role("button", name="Lagre").click()
    assert_accessible(editor, f"editor-too-early-{look}")
    editor.get_by_role("button", name="Bruk").click()
    for name, path in PAGES.items():
        editor.goto(f"{demo.forecourt}{BASE}{path}")
        assert_no_sideways_scrolling(editor)
        assert_accessible(editor, f"editor-{name}-{look}")
    assert unexpected(complaints) == []


def test_what_two_editors_saved_stands_side_by_side(demo: ForecourtProcess, editor: Page, look: str) -> None:
    for path, field in (("entities/linode", "#f-address"), ("words/nb/section.selection.title", "#text")):
        editor.goto(f"{demo.forecourt}{BASE}{path}")
        other = editor.context.new_page()
        other.goto(editor.url)
        for page, text in ((other, "Cambridge, Massachusetts, US"), (editor, "Boston, Massachusetts, US")):
            page.locator(field).fill(f"{text} {look}")
            page.get_by_role("button", name="Lagre", exact=True).click()
            page.wait_for_load_state()
        other.close()
        assert_no_sideways_scrolling(editor)
        assert_accessible(editor, f"editor-clash-{path.partition('/')[0]}-{look}")
