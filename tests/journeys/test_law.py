"""Checks the statements of docs/law.md as a visitor meets them. tests/consent checks what the server holds."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from forecourt import i18n
from forecourt.resources import SAMPLE
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.journeys import control
from tests.journeys.context import new_context
from tests.journeys.host import SETTINGS, Host, Visit
from tests.journeys.words import WidgetWords, place, unlock

widget_words, words = WidgetWords("nb"), i18n.words("nb")
Rows = Callable[[], dict[str, int]]
DAY = 24 * 3600 * 1000

STORAGES = """async () => ({
  cookies: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
})"""
NOTHING = {"cookies": "", "local": 0, "session": 0, "databases": 0, "caches": 0}


def banner(page: Page) -> Locator:
    return page.locator("#forecourt-banner")


def look_around(page: Page) -> None:
    """Does what is no choice: scrolls, presses Esc and Tab, clicks beside the banner and waits."""
    page.mouse.wheel(0, 3000)
    page.wait_for_function("scrollY > 0")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.mouse.click(5, 300)
    page.evaluate("new Promise(resolve => setTimeout(resolve, 700))")


def choose(page: Page, name: str) -> None:
    page.locator(f"#forecourt-{name}").click()
    expect(banner(page)).to_be_hidden()


def size_of(button: Locator) -> tuple[int, int]:
    box = button.bounding_box()
    assert box
    return round(box["width"]), round(box["height"])


def readable_text(element: Locator) -> str:
    """Returns the text without the marks that keep a name of another direction apart."""
    return re.sub("[\u2066-\u2069]", "", element.inner_text())


def open_choices(page: Page) -> tuple[str, ...]:
    """Opens the second layer, and returns the names of its optional purposes."""
    page.locator("#forecourt-choose").click()
    expect(page.locator("#forecourt-save")).to_be_visible()
    return ("support", "newsletter", "analytics", "marketing")


def stored_consent(page: Page) -> dict[str, object]:
    consent: dict[str, object] = page.evaluate("JSON.parse(localStorage['forecourt:main'])")
    return consent


def test_l1_before_a_choice_nothing_is_stored_and_nothing_connects(
    demo: ForecourtProcess, visitor: Page, context: BrowserContext, rows: Rows, complaints: list[str]
) -> None:
    rows_before, urls = rows(), list[str]()
    visitor.on("request", lambda request: urls.append(request.url))
    visitor.goto(demo.marketing)
    expect(visitor.locator("#forecourt-accept")).to_be_visible()
    look_around(visitor)
    assert visitor.evaluate(STORAGES) == NOTHING
    assert context.cookies() == []
    foreign = [url.partition("?")[0] for url in urls if not url.startswith(demo.marketing)]
    assert foreign == [f"{demo.forecourt}/embed.js", f"{demo.forecourt}/v1/sites/main/boot"]
    assert rows() == rows_before
    assert complaints == []


def test_l2_refusing_is_as_easy_as_accepting(at_home: Page) -> None:
    accept, reject = at_home.locator("#forecourt-accept"), at_home.locator("#forecourt-reject")
    style = "e => (s => [s.color, s.backgroundColor, s.fontSize, s.fontWeight, s.borderColor])(getComputedStyle(e))"
    assert accept.evaluate(style) == reject.evaluate(style)
    assert size_of(accept) == size_of(reject)
    accept.focus()
    at_home.keyboard.press("Tab")
    expect(reject).to_be_focused()
    at_home.keyboard.press("Enter")
    expect(banner(at_home)).to_be_hidden()
    assert stored_consent(at_home)["choice"] == "refused"


def test_l3_nothing_is_ticked_beforehand(at_home: Page) -> None:
    at_home.locator("#forecourt-choose").click()
    expect(at_home.locator("#forecourt-save")).to_be_visible()
    boxes = at_home.locator("input[type=checkbox]:enabled")
    assert boxes.count() >= 8  # five of the banner, one of each lock
    assert [box.is_checked() for box in boxes.all()] == [False] * boxes.count()
    choose(at_home, "save")
    assert stored_consent(at_home)["choice"] == "refused"


def test_l4_scrolling_closing_esc_and_ignoring_are_no_consent(at_home: Page, rows: Rows) -> None:
    rows_before = rows()
    look_around(at_home)
    at_home.locator("#forecourt-choose").click()
    expect(at_home.locator("#forecourt-save")).to_be_visible()
    at_home.keyboard.press("Escape")
    expect(at_home.locator("#forecourt-save")).to_have_count(0)
    expect(at_home.locator("#forecourt-choose")).to_be_focused()
    at_home.reload()
    expect(at_home.locator("#forecourt-accept")).to_be_visible()
    assert rows() == rows_before
    assert at_home.evaluate("localStorage.length") == 0


def test_l5_withdrawing_takes_one_click_stops_clears_and_appends(
    at_home: Page, rows: Rows, demo: ForecourtProcess
) -> None:
    choose(at_home, "accept")
    unlock(at_home, "contact", widget_words)
    expect(place(at_home, "contact").get_by_label(widget_words("contact.name"))).to_be_visible()
    token, count_before = stored_consent(at_home)["token"], rows()["consents"]
    control.open_menu(at_home)
    at_home.locator("#forecourt-withdraw").click()
    expect(place(at_home, "contact").get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    expect(at_home.locator("#forecourt-withdraw")).to_have_count(0)
    expect(at_home.locator("#forecourt-control").get_by_role("status")).to_have_text(widget_words("status.withdrawn"))
    at_home.wait_for_function("!('token' in JSON.parse(localStorage['forecourt:main']))")
    assert not {"receipt", "conversation"} & set(stored_consent(at_home))
    assert stored_consent(at_home)["purposes"] == {}
    assert rows()["consents"] == count_before + 1
    refusal = at_home.request.post(
        f"{demo.forecourt}/v1/sites/main/conversations",
        headers={"Origin": demo.marketing.rstrip("/"), "Authorization": f"Bearer {token}"},
        data={},
    )
    assert refusal.json()["code"] == "consent_required"


def test_l5_a_withdrawal_outlasts_a_choice_that_was_still_on_its_way(at_home: Page, demo: ForecourtProcess) -> None:
    choose(at_home, "accept")
    expect(at_home.locator("#forecourt-preferences")).to_be_visible()
    routes: list[Route] = []
    at_home.route("**/consents", lambda route: route.continue_() if routes else routes.append(route))
    control.open_choices(at_home)
    at_home.locator("#forecourt-purpose-newsletter").check()
    with at_home.expect_request("**/consents"):
        at_home.locator("#forecourt-save").click()
    with at_home.expect_response("**/consents/current"):
        at_home.locator("#forecourt-reject").click()
    with at_home.expect_response("**/consents/current"):  # of the choice that came after all
        routes[0].continue_()
    assert stored_consent(at_home)["choice"] == "withdrawn"
    with demo.engine.begin() as connection:
        of_each = (
            "seq IN (SELECT max(seq) FROM consents WHERE kind = 'consent' GROUP BY visitor) ORDER BY seq DESC LIMIT 2"
        )
        actions = connection.exec_driver_sql(f"SELECT action FROM consents WHERE {of_each}").scalars().all()
    assert actions == ["withdraw", "withdraw"]


def test_l5_the_control_is_in_sight_and_within_the_keyboards_reach_on_every_page(at_home: Page) -> None:
    choose(at_home, "accept")
    at_home.reload()
    button = at_home.locator("#forecourt-preferences")
    expect(button).to_be_in_viewport()
    assert min(size_of(button)) >= 44
    # The page's own place stands in for it while that is in view.
    at_home.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    place(at_home, "preferences").scroll_into_view_if_needed()
    expect(button).to_be_hidden()
    at_home.evaluate("scrollTo(0, 0)")
    expect(button).to_be_visible()
    button.focus()
    at_home.keyboard.press("Enter")
    expect(at_home.locator("#forecourt-change")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    at_home.keyboard.press("Tab")
    at_home.keyboard.press("Tab")
    expect(at_home.locator("#forecourt-withdraw")).to_be_focused()
    at_home.keyboard.press("Enter")
    expect(at_home.locator("#forecourt-undo")).to_be_focused()  # not lost with the button that had it
    assert stored_consent(at_home)["choice"] == "withdrawn"


def test_l6_the_receipt_shows_the_record_word_for_word(
    at_home: Page, context: BrowserContext, demo: ForecourtProcess
) -> None:
    question = readable_text(at_home.locator("#forecourt-text"))
    texts = [words(f"purpose.{name}.text") for name in open_choices(at_home)]
    for text in texts:
        expect(banner(at_home)).to_contain_text(text)
    at_home.locator("#forecourt-purpose-analytics").check()
    choose(at_home, "save")
    with context.expect_page() as page_info:
        at_home.get_by_role("link", name=widget_words("personal_data.receipt")).click()
    receipt = page_info.value.get_by_role("article")
    expect(receipt).to_contain_text(question)
    for text in texts:
        expect(receipt).to_contain_text(text)
    assert [mark.get_attribute("data-given") for mark in receipt.locator(".mark").all()] == [
        "yes",
        "no",
        "no",
        "yes",
        "no",
    ]
    clock = datetime.fromisoformat(str(receipt.locator("time").first.get_attribute("datetime")))
    assert abs((datetime.now(UTC) - clock).total_seconds()) < 60
    notice_path = receipt.locator("a[href^='/v1/notices/']").get_attribute("href")
    notice = at_home.request.get(f"{demo.forecourt}{notice_path}")
    assert notice.json()["content"]["locale"] == "nb"


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_l8_either_answer_is_remembered_for_six_months_and_asked_again_then(
    demo: ForecourtProcess, visitor: Page, answer: str
) -> None:
    visitor.goto(f"{demo.marketing}?lang=nb")
    choose(visitor, answer)
    months = visitor.evaluate("Date.parse(JSON.parse(localStorage['forecourt:main']).expires_at) - Date.now()") / DAY
    assert 180 < months < 185
    visitor.clock.install()
    visitor.clock.fast_forward(int((months - 1) * DAY))
    visitor.reload()
    expect(visitor.locator("#forecourt-preferences")).to_be_visible()
    expect(banner(visitor)).to_be_hidden()
    visitor.clock.fast_forward(2 * DAY)
    visitor.reload()
    expect(visitor.locator("#forecourt-accept")).to_be_visible()


def test_l9_the_newsletter_and_the_privacy_policy_are_no_part_of_accepting(at_home: Page) -> None:
    choose(at_home, "accept")
    choice = stored_consent(at_home)
    assert choice["purposes"] == {
        "necessary": True,
        "support": True,
        "newsletter": False,
        "analytics": True,
        "marketing": True,
    }
    assert choice["privacy_policy"] is False
    expect(place(at_home, "newsletter").get_by_role("checkbox")).not_to_be_checked()
    unlock(at_home, "newsletter", widget_words)
    expect(place(at_home, "newsletter").get_by_label(widget_words("newsletter.email"))).to_be_visible()


def test_l9_each_purpose_is_chosen_by_itself_and_shown_as_it_stands(at_home: Page) -> None:
    at_home.locator("#forecourt-choose").click()
    at_home.locator("#forecourt-purpose-analytics").check()
    choose(at_home, "save")
    at_home.reload()
    control.open_choices(at_home)
    expect(at_home.locator("#forecourt-purpose-analytics")).to_be_checked()
    for name in ("support", "newsletter", "marketing", "privacy_policy"):
        expect(at_home.locator(f"#forecourt-purpose-{name}")).not_to_be_checked()
    description = at_home.locator("#forecourt-purpose-support").evaluate(
        "box => box.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent)"
    )
    assert len(description) == 1  # what for, and how long
    assert "to år" in description[0]


def test_l10_who_for_what_how_long_and_how_to_take_it_back_can_be_read_first(at_home: Page) -> None:
    text = readable_text(at_home.locator("#forecourt-text"))
    assert "Quality Unit" in text
    assert "ombestemme deg" in text
    open_choices(at_home)
    at_home.locator("#forecourt-recipients").click()
    expect(at_home.locator("#forecourt-recipients")).to_have_attribute("aria-expanded", "true")
    for name, seen_by in (("support", "Linode, LLC"), ("newsletter", "Amazon Web Services, LLC")):
        box = at_home.locator(f"#forecourt-purpose-{name}")
        about = box.evaluate(
            "box => box.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).textContent)"
        )
        assert "to år" in about[0]
        assert seen_by in about[-1]
    expect(at_home.locator("#forecourt-privacy")).to_have_attribute("href", re.compile("/main/nb/privacy$"))
    assert at_home.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(("lang", "title"), [("en", "Subprocessors"), ("nb", "Underdatabehandlere")])
@pytest.mark.parametrize("answer", [None, "reject"])
def test_l11_the_policy_can_be_read_without_consenting(
    demo: ForecourtProcess, visitor: Page, lang: str, title: str, answer: str | None
) -> None:
    visitor.goto(f"{demo.marketing}?lang={lang}")
    if answer:
        choose(visitor, answer)
    policy = place(visitor, "policy")
    expect(policy.get_by_role("heading", name=title).first).to_be_visible()
    for name in (
        "Linode, LLC",
        "Amazon Web Services, LLC",
        "Websupport, s.r.o.",
        "Quality Unit Ukraine",
        "Twilio, Inc.",
    ):
        expect(policy.get_by_text(name).first).to_be_visible()
    assert policy.locator("time").first.get_attribute("datetime") == "2019-10-28"


KEY = re.compile(r"\b(banner|lock|status|personal_data|preferences|privacy|placement|purpose)\.\w+|[{}]")


@pytest.mark.parametrize("lang", ["en", "nb"])
def test_l12_the_text_is_in_the_pages_language_to_the_last_word(
    demo: ForecourtProcess, visitor: Page, lang: str
) -> None:
    words, other_words = WidgetWords(lang), WidgetWords("nb" if lang == "en" else "en")
    visitor.goto(f"{demo.marketing}?lang={lang}")
    visitor.locator("#forecourt-choose").click()
    expect(visitor.locator("#forecourt-save")).to_be_visible()
    text = banner(visitor).inner_text()
    expect(banner(visitor)).to_have_attribute("lang", lang)
    assert KEY.search(text) is None
    for name in ("title", "accept_all", "reject_all", "save", "recipients", "separate"):
        assert words(f"banner.{name}") in text
        assert other_words(f"banner.{name}") not in text
    choose(visitor, "accept")
    control.open_choices(visitor)
    expect(visitor.locator("#forecourt-receipt")).to_have_text(words("personal_data.receipt"))
    assert KEY.search(banner(visitor).inner_text()) is None


def test_l13_what_is_held_is_an_address_cut_short_and_a_coarse_browser(at_home: Page, context: BrowserContext) -> None:
    choose(at_home, "accept")
    control.open_choices(at_home)
    with at_home.expect_download() as download_info:
        at_home.locator("#forecourt-download").click()
    (record,) = json.loads(Path(download_info.value.path()).read_text("utf-8"))["consents"]
    assert (record["address"], record["browser"]) == ("127.0.0.0/24", "Chrome")
    assert record["path"] == "/"  # of the page, without its query
    assert context.cookies() == []


CHAT = '[sites.shop.chat]\npurposes = ["support"]\nengagements = {}\n'
PLACES = '<div data-forecourt="contact"></div><div data-forecourt="chat"></div>'
AGREED = "JSON.stringify(localStorage)"


class Shop:
    """Serves the shop's releases one after another, on one database."""

    def __init__(self, folder: Path):
        self.folder, self.host = folder, Host()
        self._serving = ExitStack()
        self._newer = shutil.copytree(SAMPLE / "privacy", folder / "privacy")
        (self._newer / "version.txt").write_text("2027-01-01\n")

    def close(self) -> None:
        self._serving.close()
        self.host.close()

    def release(self, seen_by: list[str], newer: bool = False) -> ForecourtProcess:
        """Serves a release. `seen_by` are the chat's recipients; `newer` asks for a newer privacy policy."""
        self._serving.close()
        settings = SETTINGS.replace("ORIGIN", self.host.origin) + CHAT.format(json.dumps(seen_by))
        settings = settings.replace(str(SAMPLE / "privacy"), str(self._newer)) if newer else settings
        (self.folder / "forecourt.toml").write_text(settings)
        return self._serving.enter_context(
            ForecourtProcess(PROGRAM, self.folder / "data", {"FORECOURT_LIMITS": "off"}, self.folder)
        )

    def bring_back(self, page: Page, server: ForecourtProcess, storage: str) -> Page:
        """Opens the shop as a returning visitor, whose browser has `storage`."""
        self.host.file("/other", "<!doctype html><title>Other</title>")
        page.goto(f"{self.host.origin}/other")
        page.evaluate("kept => Object.assign(localStorage, JSON.parse(kept))", storage)
        return Visit(self.host, server, page).open(PLACES)


def agree(page: Page) -> str:
    """Agrees to all of the banner, and to contact and chat. Returns the browser's storage as JSON."""
    page.locator("#forecourt-accept").click()
    unlock(page, "contact", WidgetWords("en"))
    expect(page.locator('[data-forecourt="chat"]').get_by_role("textbox")).to_be_attached()
    return str(page.evaluate(AGREED))


def refuse(page: Page) -> str:
    choose(page, "reject")
    return str(page.evaluate(AGREED))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def stored_consents(shop: Shop, browser: Browser) -> dict[str, list[str]]:
    """Returns what browsers stored under the first release: of five who agreed, and of one who refused."""
    storage_by_choice: dict[str, list[str]] = {"agreed": [], "refused": []}
    server = shop.release(["linode-eu"])
    for name, decide in [("agreed", agree)] * 5 + [("refused", refuse)]:
        page = new_context(browser, locale="en-GB").new_page()
        storage_by_choice[name].append(decide(Visit(shop.host, server, page).open(PLACES)))
        page.context.close()
    return storage_by_choice


@pytest.fixture(scope="module")
def shop_server(shop: Shop, stored_consents: dict[str, list[str]]) -> ForecourtProcess:
    return shop.release(["linode-eu", "twilio"])


class TestWhatChanged:
    """A release that gives the chat another recipient: only that is asked, in words (L7, L8, and issue 4's item 8)."""

    @pytest.fixture
    def returning_page(
        self, shop: Shop, shop_server: ForecourtProcess, visitor: Page, stored_consents: dict[str, list[str]]
    ) -> Page:
        return shop.bring_back(visitor, shop_server, stored_consents["agreed"].pop())

    def test_l7_a_changed_text_is_asked_again_and_the_old_record_stays_readable(
        self, returning_page: Page, shop_server: ForecourtProcess, context: BrowserContext
    ) -> None:
        expect(returning_page.locator("#forecourt-accept")).to_be_visible()
        old_consent = returning_page.evaluate("JSON.parse(localStorage['forecourt:shop'])")
        with returning_page.expect_response("**/consents") as response_info:
            returning_page.locator("#forecourt-accept").click()
        new_hash = json.loads(response_info.value.request.post_data or "")["notice_hash"]
        assert new_hash != old_consent["notice_hash"]
        for fingerprint, names_twilio in ((old_consent["notice_hash"], False), (new_hash, True)):
            notice = returning_page.request.get(f"{shop_server.forecourt}/v1/notices/{fingerprint}")
            assert ("Twilio" in json.dumps(notice.json()["content"]["features"]["chat"])) is names_twilio
        receipt = context.new_page()
        receipt.goto(shop_server.forecourt + "/shop/" + old_consent["receipt"].partition("/shop/")[2])
        expect(receipt.get_by_text(old_consent["notice_hash"])).to_be_visible()

    def test_l8_what_changed_is_said_in_words_and_asked_alone(self, returning_page: Page) -> None:
        chat, contact = (returning_page.locator(f'[data-forecourt="{kind}"]') for kind in ("chat", "contact"))
        changes = returning_page.locator("#forecourt-banner .change")
        expect(changes).to_have_count(1)
        expect(changes).to_contain_text("Chat")
        expect(changes).to_contain_text("New recipient: Twilio, Inc., United States")
        expect(chat.get_by_text("New recipient: Twilio, Inc., United States")).to_be_visible()
        expect(contact.get_by_role("textbox").first).to_be_visible()  # the rest stays open
        expect(chat.get_by_role("textbox")).to_have_count(0)
        returning_page.locator("#forecourt-accept").click()
        expect(banner(returning_page)).to_be_hidden()
        expect(chat.get_by_role("textbox")).to_be_attached()
        expect(contact.get_by_role("textbox").first).to_be_visible()
        returning_page.reload()
        expect(chat.get_by_role("textbox")).to_be_attached()
        expect(banner(returning_page)).to_be_hidden()

    def test_l8_agreeing_at_the_lock_is_enough(self, returning_page: Page) -> None:
        chat = returning_page.locator('[data-forecourt="chat"]')
        chat.get_by_role("button").click()
        expect(chat.get_by_role("textbox")).to_be_attached()
        expect(banner(returning_page)).to_be_hidden()

    def test_l8_refusing_what_changed_leaves_the_other_purposes(self, returning_page: Page) -> None:
        expect(returning_page.locator("#forecourt-banner .change")).to_have_count(1)
        returning_page.locator("#forecourt-reject").click()
        expect(banner(returning_page)).to_be_hidden()
        chat = returning_page.locator('[data-forecourt="chat"]')
        expect(chat.get_by_role("button", name=WidgetWords("en")("lock.accept"))).to_be_visible()
        expect(chat.get_by_role("checkbox")).to_have_count(0)  # the privacy policy stays read
        purposes = returning_page.evaluate("JSON.parse(localStorage['forecourt:shop']).purposes")
        assert (purposes["support"], purposes["analytics"], purposes["marketing"]) == (False, True, True)

    def test_l8_a_refusal_agreed_to_nothing_that_could_change(
        self, shop: Shop, shop_server: ForecourtProcess, visitor: Page, stored_consents: dict[str, list[str]]
    ) -> None:
        page = shop.bring_back(visitor, shop_server, stored_consents["refused"].pop())
        expect(page.locator("#forecourt-preferences")).to_be_visible()
        expect(banner(page)).to_be_hidden()

    def test_l8_a_new_privacy_policy_is_read_before_it_is_accepted(
        self, shop: Shop, visitor: Page, stored_consents: dict[str, list[str]]
    ) -> None:
        page = shop.bring_back(visitor, shop.release(["linode-eu"], newer=True), stored_consents["agreed"].pop())
        expect(page.locator("#forecourt-banner .change").first).to_contain_text("2027-01-01")
        page.locator("#forecourt-accept").click()
        expect(page.locator("#forecourt-purpose-privacy_policy")).to_be_focused()
        page.locator("#forecourt-purpose-privacy_policy").check()
        choose(page, "accept")
        expect(page.locator('[data-forecourt="chat"]').get_by_role("textbox")).to_be_attached()
