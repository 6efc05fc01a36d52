"""Walks files from a visitor to an agent and back, in the chat and by the contact form."""

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.files.samples import PDF, photo
from tests.forecourt_process import ForecourtProcess
from tests.journeys.looks import assert_accessible, assert_no_sideways_scrolling
from tests.journeys.words import WidgetWords, place, unlock

widget_words = WidgetWords("nb")
PHOTO: FilePayload = {"name": "Ferie \u202egnp.jpg", "mimeType": "image/jpeg", "buffer": photo()}
EVIL: FilePayload = {"name": "ond.png", "mimeType": "image/png", "buffer": b"<svg onload='alert(1)'/>"}
LETTER: FilePayload = {"name": "brev.pdf", "mimeType": "application/pdf", "buffer": PDF}
# As a file manager drops it: Playwright moves no files by mouse.
DROP = """([form, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(['Hei'], name));
  form.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def tray_of(page: Page, feature: str) -> Locator:
    return place(page, feature).locator(".tray")


def choose(page: Page, feature: str, *files: FilePayload) -> None:
    tray_of(page, feature).get_by_label(widget_words("files.add")).set_input_files([*files])


def ready(page: Page, feature: str, name: str) -> Locator:
    return tray_of(page, feature).get_by_text(f"{name}: {widget_words('files.ready')}")


def test_files_go_to_the_agent_and_back(at_home: Page, agent: Page, demo: ForecourtProcess, tmp_path: Path) -> None:
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "chat", widget_words)
    choose(at_home, "chat", PHOTO, EVIL)
    expect(ready(at_home, "chat", "Ferie gnp.jpg")).to_be_attached()
    refused_row = tray_of(at_home, "chat").get_by_role("listitem").filter(has_text="ond.png")
    expect(refused_row.locator(".error")).to_have_text("ond.png: Filer av denne typen kan ikke sendes her. Bilder "
        "(JPEG, PNG, WebP, GIF), PDF og ren tekst går bra.")  # fmt: skip
    assert_accessible(at_home, "files-in-the-chat")
    refused_row.get_by_role("button").click()
    form = place(at_home, "chat").locator("form.composer").element_handle()
    at_home.evaluate(DROP, [form, "logg.txt"])
    expect(ready(at_home, "chat", "logg.txt")).to_be_attached()

    at_home.reload()  # a draft's files are still there
    expect(tray_of(at_home, "chat").get_by_role("listitem")).to_have_count(2)
    place(at_home, "chat").get_by_label(widget_words("chat.message")).press("Enter")
    log = place(at_home, "chat").get_by_role("log")
    expect(log.get_by_role("button", name="Ferie gnp.jpg")).to_be_visible()
    expect(tray_of(at_home, "chat").get_by_role("listitem")).to_have_count(0)

    conversation = at_home.evaluate("JSON.parse(localStorage['forecourt:main']).conversation")
    agent.goto(f"{demo.forecourt}/console/conversations/{conversation}")
    picture = agent.locator(".message img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [20, 40]
    with agent.expect_download() as download:
        agent.get_by_role("link", name="logg.txt").click()
    assert (download.value.suggested_filename, download.value.path().read_text()) == ("logg.txt", "Hei")
    agent.locator("#files").set_input_files([LETTER])
    assert_accessible(agent, "files-in-the-console")
    agent.get_by_role("button", name="Send", exact=True).click()
    expect(agent.get_by_role("link", name="brev.pdf")).to_be_visible()
    assert agent.locator("#files").input_value() == ""

    with at_home.expect_download() as download:
        log.get_by_role("button", name="brev.pdf").click()
    assert (download.value.suggested_filename, download.value.path().read_bytes()) == ("brev.pdf", PDF)
    at_home.set_viewport_size({"width": 375, "height": 800})
    assert_no_sideways_scrolling(at_home)


def test_a_contact_message_carries_files(at_home: Page, agent: Page, demo: ForecourtProcess) -> None:
    at_home.locator("#forecourt-accept").click()
    unlock(at_home, "contact", widget_words)
    form = place(at_home, "contact")
    choose(at_home, "contact", LETTER)
    expect(ready(at_home, "contact", "brev.pdf")).to_be_attached()
    for name, text in (("name", "Ola Nordmann"), ("email", "ola@example.com"), ("message", "Se vedlegget")):
        form.get_by_label(widget_words(f"contact.{name}"), exact=True).fill(text)
    form.get_by_label(widget_words("contact.topic")).select_option("support")
    form.get_by_role("button", name=widget_words("contact.send"), exact=True).click()
    expect(form.get_by_role("heading", name=widget_words("contact.sent_title"))).to_be_visible()
    agent.goto(f"{demo.forecourt}/console/")
    agent.get_by_role("link", name="Ola Nordmann").first.click()
    expect(agent.get_by_role("link", name="brev.pdf")).to_be_visible()
