"""Checks that a choice made in the widget is withdrawn on the receipt's page, and that the widget then locks (L5)."""

from playwright.sync_api import Browser, BrowserContext, Page, expect

from forecourt import i18n
from tests.deadline import wait_until
from tests.forecourt_process import ForecourtProcess
from tests.journeys.conftest import watch_console
from tests.journeys.context import new_context
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling, new_context_for_look
from tests.journeys.words import WidgetWords, pattern, place, unlock

widget_words, words = WidgetWords("nb"), i18n.words("nb")


def accept_and_get_receipt(demo: ForecourtProcess, page: Page) -> str:
    """Accepts in the widget. Returns the address of the receipt that the server answered."""
    page.goto(f"{demo.marketing}?lang=nb")
    expect(page.locator("#forecourt-accept")).to_be_visible()
    page.locator("#forecourt-accept").click()
    expect(page.locator("#forecourt-preferences")).to_be_visible()
    with page.expect_response("**/consents") as answer:
        unlock(page, "contact", widget_words)
    expect(place(page, "contact").get_by_label(widget_words("contact.name"))).to_be_visible()
    return f"{demo.forecourt}/main/nb/receipt/{answer.value.json()['receipt']}"


def test_withdrawing_on_the_receipt_locks_the_widget(
    demo: ForecourtProcess, visitor: Page, browser: Browser, complaints: list[str]
) -> None:
    address = accept_and_get_receipt(demo, visitor)
    elsewhere = new_context(browser, locale="nb-NO")  # another device: no cookie, no storage
    receipt = watch_console(elsewhere.new_page(), complaints)
    receipt.goto(address)
    expect(receipt.get_by_text(words("page.receipt.state.granted"))).to_be_visible()
    receipt.get_by_role("button", name=words("page.receipt.withdraw.button")).click()
    expect(receipt.get_by_role("status")).to_be_focused()
    expect(receipt.get_by_role("status")).to_contain_text("Alt ble trukket tilbake")
    expect(receipt.get_by_role("button")).to_have_count(0)
    assert elsewhere.cookies() == []
    elsewhere.close()

    contact = place(visitor, "contact")
    contact.get_by_label(widget_words("contact.name")).fill("Kari")
    contact.get_by_label(widget_words("contact.email")).fill("kari@example.com")
    contact.get_by_label(widget_words("contact.topic")).select_option("support")
    contact.get_by_label(widget_words("contact.message"), exact=True).fill("Er jeg låst ute?")
    contact.get_by_role("button", name=widget_words("contact.send")).click()
    expect(contact.get_by_role("button", name=widget_words("lock.accept"))).to_be_visible()
    assert [each for each in complaints if "403" not in each] == []


def test_the_receipt_can_be_used_by_keyboard_alone(
    demo: ForecourtProcess, visitor: Page, context: BrowserContext
) -> None:
    address = accept_and_get_receipt(demo, visitor)
    page = context.new_page()
    page.goto(f"{demo.forecourt}/main/nb/receipt")
    tab_to(page, "code")
    page.keyboard.type(address.rpartition("/")[2])
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    tab_to(page, "", "BUTTON")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Alt ble trukket tilbake")


def test_a_wrong_code_says_so_at_the_field(demo: ForecourtProcess, visitor: Page) -> None:
    visitor.goto(f"{demo.forecourt}/main/nb/receipt")
    box = visitor.get_by_label(words("page.receipt.code.ask"))
    box.fill("feil kode")
    box.press("Enter")
    expect(visitor.get_by_role("alert")).to_have_text(words("page.receipt.code.wrong"))
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")


def test_erasing_asks_first_and_then_says_what_stays(
    demo: ForecourtProcess, visitor: Page, complaints: list[str]
) -> None:
    visitor.goto(accept_and_get_receipt(demo, visitor))
    visitor.get_by_role("link", name=words("page.receipt.personal_data.erase")).click()
    visitor.get_by_role("link", name=words("page.erase.back")).click()
    expect(visitor.get_by_text(words("page.receipt.state.granted"))).to_be_visible()
    visitor.get_by_role("link", name=words("page.receipt.personal_data.erase")).click()
    visitor.get_by_role("button", name=words("page.erase.button")).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(words("page.erased.title"))
    expect(visitor.get_by_role("heading", level=1)).to_be_focused()
    expect(visitor.get_by_text(words("erased.remains.records"))).to_be_visible()
    assert complaints == []


def test_axe_finds_nothing(demo: ForecourtProcess, browser: Browser, complaints: list[str], look: str) -> None:
    context = new_context_for_look(browser, look)
    page = watch_console(context.new_page(), complaints)
    address = accept_and_get_receipt(demo, page)
    wait_for_seal(page, address)
    for name, path in (("receipt", address), ("receipt-erase", f"{address}/erase")):
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        assert_no_sideways_scrolling(page)
        assert_accessible(page, f"{name}-{look}")
    page.goto(address)
    page.get_by_role("button").click()
    expect(page.get_by_role("button")).to_have_count(0)
    assert_accessible(page, f"receipt-withdrawn-{look}")
    page.goto(f"{demo.forecourt}/main/nb/receipt")
    page.get_by_role("button").click()
    assert_accessible(page, f"receipt-code-{look}")
    context.close()


def wait_for_seal(page: Page, address: str) -> None:
    seal = page.get_by_text(pattern(words("page.receipt.fact.sealed.position")))

    def is_sealed() -> bool:
        page.goto(address)
        return seal.count() > 0

    wait_until(is_sealed)
    expect(seal).to_be_visible()


FOCUSED = "([id, tag]) => { const at = document.activeElement; return id ? at.id === id : at.tagName === tag }"


def tab_to(page: Page, identity: str, tag: str = "") -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED, [identity, tag]):
            return
    raise AssertionError(f"the keyboard never comes to {identity or tag}")
