"""A visit to pages as other people build them: both answers, another route and back, what waits, and the chat."""

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.deadline import wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.control import open_choices
from tests.journeys.host import Host, wait_until_scanned
from tests.journeys.host_pages import HOSTS, serve_host
from tests.journeys.words import WidgetWords

widget_words = WidgetWords("en")


# Of a waiting script with `async` nobody can know whether it counts as started, so a copy is tried first.
KNOWN = {
    "trusted-types": ("This document requires 'TrustedScriptURL' assignment. The action has been blocked.",),
}


class HostVisit:
    """Acts as a visitor. `frame` is the document with the widget, which is not always the page's own."""

    def __init__(self, host: Host, page: Page, address: str, is_framed: bool):
        self.host, self.page = host, page
        page.goto(address)
        self.frame: Frame = page.frames[1] if is_framed else page.main_frame
        self.banner = self.frame.locator("#forecourt-banner")
        self.cover = self.frame.get_by_role("group", name="Our film")
        self.chat = self.frame.locator("[data-forecourt=chat]")

    def go_on(self) -> None:
        self.frame.locator("#link").click()
        expect(self.frame.get_by_role("heading", name="Other")).to_be_visible()
        expect(self.frame.locator("iframe")).to_have_count(0)

    def go_back(self) -> None:
        self.frame.evaluate("setTimeout(() => history.back())")
        expect(self.frame.get_by_role("heading", name="Home")).to_be_visible()

    def expect_film(self) -> None:
        expect(self.cover).to_have_count(0)
        expect(self.frame.locator("iframe")).to_be_visible()
        # Not by a locator: in XHTML Playwright knows no frames.
        wait_until(
            lambda: self.frame.evaluate("1") and [f for f in self.page.frames if f.url == f"{self.host.third}/film"]
        )

    def expect_closed(self) -> None:
        """Checks that a cover with buttons stands in for the frame, once, and that nothing is asked."""
        self.cover.get_by_role("button").first.scroll_into_view_if_needed()
        expect(self.frame.locator("iframe[src]")).to_have_count(0)
        expect(self.frame.locator("[data-forecourt-cover]")).to_have_count(1)
        expect(self.banner).to_be_hidden()

    def expect_one_of_each(self) -> None:
        for name in ("banner", "control", "preferences"):
            expect(self.frame.locator(f"#forecourt-{name}")).to_have_count(1)

    def accept(self) -> None:
        open_choices(self.frame)
        self.frame.locator("#forecourt-accept").click()
        expect(self.banner).to_be_hidden()

    def wait_for_scripts(self) -> None:
        # Text that is evaluated again and again is forbidden by a strict policy.
        wait_until(lambda: self.frame.evaluate("(window.ran || 0) > 0 && (window.counted || 0) > 0"))

    def unlock_chat(self) -> None:
        self.chat.get_by_role("checkbox").check()
        self.chat.get_by_role("button", name=widget_words("lock.open"), exact=True).click()
        expect(self.chat.get_by_role("textbox")).to_be_visible()


@pytest.mark.parametrize("name", HOSTS)
def test_a_visit(name: str, host: Host, shop_server: ForecourtProcess, visitor: Page, complaints: list[str]) -> None:
    host.file("/count.js", "window.counted = (window.counted || 0) + 1")
    host.file("/film", "<p>The film</p>")
    host.fetched.clear()
    visit = HostVisit(host, visitor, serve_host(host, shop_server.forecourt, name), HOSTS[name].is_framed)
    expect(visit.frame.locator("#forecourt-accept")).to_be_visible()
    expect(visit.banner).to_have_count(1)

    visit.frame.locator("#forecourt-reject").click()
    visit.expect_closed()
    visit.go_on()
    visit.go_back()
    visit.expect_closed()
    visit.expect_one_of_each()
    assert not visit.frame.evaluate("window.ran || window.counted || 0")
    assert host.fetched == []

    visit.accept()
    visit.expect_film()
    visit.wait_for_scripts()
    visit.unlock_chat()
    visit.go_on()
    visit.expect_one_of_each()
    visit.go_back()
    visit.expect_film()
    visit.wait_for_scripts()
    expect(visit.chat.get_by_role("textbox")).to_be_visible()
    visit.expect_one_of_each()

    visit.frame.evaluate("forecourt('withdraw')")
    visit.expect_closed()
    expect(visit.chat.get_by_role("checkbox")).to_be_visible()
    visit.go_on()
    visit.go_back()
    visit.expect_closed()
    wait_until_scanned(visit.page)
    visit.expect_one_of_each()
    assert [each for each in complaints if each not in KNOWN.get(name, ())] == []
