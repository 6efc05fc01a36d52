"""An owner's page becomes the draft of a site that has published nothing, however it is brought; refusals name why."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from typing import Any

import httpx
import pytest

from forecourt import i18n
from forecourt.app import Application
from forecourt.console.agents import set_role
from forecourt.console.roles import ConsoleRole
from forecourt.policy.importing.page import BYTES_AT_MOST
from forecourt.policy.model import Level, Policy
from tests.console.browser import Browser
from tests.console.policy.conftest import ReadDraft, ReadRelease
from tests.console.policy.forms import BASE, save_form
from tests.policy.importing.workbooks import make_workbook

from .conftest import PAGE, import_page, send_page

pytestmark = pytest.mark.anyio
NORWEGIAN = {"accept-language": "nb"}
ReadPolicy = Callable[[], Awaitable[Policy]]


async def test_an_empty_site_leads_to_the_import_and_a_text_becomes_its_draft(
    signed_in: Browser, read_draft: ReadDraft
) -> None:
    assert (await signed_in.get(BASE)).headers["location"] == f"{BASE}import"
    await import_page(signed_in)
    draft = await read_draft()
    assert draft is not None
    facts = draft.policy.facts
    assert (draft.base_release, facts.level, facts.source_language) == (0, Level.LISTED, "en")
    assert facts.entity(facts.processor.entity).legal_name == "Example AS"
    assert [facts.entity(each.entity).legal_name for each in facts.engagements] == [
        "Contoso Support Ltd",
        "Fabrikam Mail, Inc.",
        "Litware AS",
        "Northwind Hosting GmbH",
        "Stripe",
    ]
    assert draft.policy.words["en"][f"purpose.{facts.engagement('stripe').purpose}"] == "Payments"
    [note] = [note for note in draft.notes if note.engagement]
    assert (note.engagement, note.fact, note.is_doubt) == ("contoso-support", "locations", False)
    assert note.sentence(i18n.words("en")) == "'EU' is a region; name its countries"
    assert "1 could not be placed" in (await signed_in.get(f"{BASE}import")).text


async def test_the_owner_may_be_among_the_companies_of_the_page(
    signed_in: Browser, read_drafted_policy: ReadPolicy
) -> None:
    await import_page(signed_in, PAGE + "| EXAMPLE AS | Development | Norway | Account data |\n")
    facts = (await read_drafted_policy()).facts
    assert [entity.id for entity in facts.entities].count(facts.processor.entity) == 1
    assert facts.entity(facts.processor.entity).legal_name == "EXAMPLE AS"


async def test_the_draft_is_seen_everywhere_and_becomes_the_first_release(
    application: Application, signed_in: Browser, read_release: ReadRelease
) -> None:
    await import_page(signed_in, PAGE.replace("| EU |", "| Ireland |"))
    for page in ("", "engagements", "entities", "general", "words", "preview", "engagements/stripe", "entities/stripe"):
        assert (await signed_in.get(BASE + page)).status_code == 200, page
    for kind in ("page", "widget", "mail"):
        assert (await signed_in.get(f"{BASE}preview/{kind}/nb")).status_code == 200, kind
    question = (await signed_in.get(f"{BASE}publish")).text
    assert "The first release, with 5 subprocessors." in question
    assert "takes effect before" not in question
    await save_form(signed_in, "publish")
    release = await read_release()
    assert (release.number, len(release.policy.facts.engagements)) == (1, 5)
    await application.site_loader.refresh()
    assert "Northwind Hosting GmbH" in (await signed_in.get("/main/en/")).text


async def test_the_inbox_leads_to_each_policy_that_is_not_published(signed_in: Browser) -> None:
    inbox = (await signed_in.get("/console/")).text
    assert "The policy of main is not published yet." in inbox
    assert f'href="{BASE}">Open the policy of main</a>' in inbox
    await import_page(signed_in, PAGE.replace("| EU |", "| Ireland |"))
    await save_form(signed_in, "publish")
    inbox = (await signed_in.get("/console/")).text
    assert "The policy of other is not published yet." in inbox
    assert ("Open the policy of main" in inbox, "Open the policy of other" in inbox) == (False, True)


@pytest.mark.parametrize("role", [ConsoleRole.AGENT, ConsoleRole.CONTRACTOR])
async def test_who_may_not_edit_a_policy_is_not_told_that_it_is_missing(
    application: Application, signed_in: Browser, agent: str, role: ConsoleRole
) -> None:
    await application.database.write(lambda c: set_role(c, agent, role))
    assert "not published yet" not in (await signed_in.get("/console/")).text


async def test_a_gap_that_a_list_needs_is_named_and_nothing_is_published(signed_in: Browser) -> None:
    await import_page(signed_in)
    question = (await signed_in.get(f"{BASE}publish")).text
    assert "Contoso Support Ltd" in question
    assert '<input type="hidden" name="version"' not in question


@pytest.mark.parametrize("name", ["list.md", "LIST.MD", "list.csv", "list.xlsx", "list.html"])
async def test_a_file_is_read_by_its_ending(signed_in: Browser, name: str, read_drafted_policy: ReadPolicy) -> None:
    rows = [("Company", "Purpose", "Location"), ("Litware AS", "Backups", "Norway"), ("Fabrikam AB", "Mail", "Sweden")]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    content = {
        "md": PAGE.encode(),
        "csv": "\n".join(map(",".join, rows)).encode(),
        "xlsx": make_workbook(rows),
        "html": f"<table>{cells}</table>".encode(),
    }[name.lower().rpartition(".")[2]]
    assert (await send_page(signed_in, (name, content))).status_code == 303
    assert "litware" in {each.id for each in (await read_drafted_policy()).facts.engagements}


async def test_rows_pasted_from_a_spreadsheet_are_read(signed_in: Browser, read_drafted_policy: ReadPolicy) -> None:
    await import_page(signed_in, "Company\tPurpose\tLocation\nLitware AS\tBackups, daily\tNorway\n")
    [engagement] = (await read_drafted_policy()).facts.engagements
    assert [location.country for location in engagement.locations] == ["NO"]


@pytest.fixture
async def elsewhere() -> AsyncIterator[str]:
    """Serves the owner's page where another address leads to."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        page = PAGE.encode()
        if head.startswith(b"GET /old"):
            writer.write(b"HTTP/1.1 301 Moved\r\nlocation: /list\r\ncontent-length: 0\r\n\r\n")
        elif head.startswith(b"GET /list"):
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/markdown\r\ncontent-length: %d\r\n\r\n" % len(page) + page
            )
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_an_address_is_fetched(signed_in: Browser, elsewhere: str, read_drafted_policy: ReadPolicy) -> None:
    assert (await send_page(signed_in, address=f"{elsewhere}/list#rows")).status_code == 303
    assert len((await read_drafted_policy()).facts.engagements) == 5


async def test_an_address_that_does_not_answer_is_named(signed_in: Browser, elsewhere: str) -> None:
    moved = await send_page(signed_in, address=f"{elsewhere}/old")
    assert (moved.status_code, f"leads on to {elsewhere}/list" in moved.text) == (422, True)
    answer = await send_page(signed_in, address=f"{elsewhere}/gone")
    assert (answer.status_code, "answered: 404" in answer.text) == (422, True)
    assert f'value="{elsewhere}/gone"' in answer.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Give an address, a file or a text."),
        ({"text": PAGE, "address": "https://www.example.com/"}, "Give one of"),
        ({"text": PAGE, "language": "xx"}, "Choose one of the languages."),
        ({"address": f"https://www.example.com/{'a' * 500}"}, "too long"),
        ({"address": "javascript:alert(1)"}, "no address that can be fetched"),
        ({"text": "Nothing but a sentence."}, "could not be read"),
    ],
)
async def test_what_brings_no_page_is_refused_with_a_sentence(
    signed_in: Browser, fields: dict[str, Any], sentence: str
) -> None:
    answer = await send_page(signed_in, **fields)
    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text[-3000:]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("list.exe", b"MZ", 422),
        ("list.xlsx", b"PK no workbook", 422),
        ("list.txt", b"x" * (BYTES_AT_MOST + 70_000), 413),
    ],
)
async def test_a_file_that_import_does_not_take_is_refused(
    signed_in: Browser, read_draft: ReadDraft, name: str, content: bytes, status: int
) -> None:
    answer = await send_page(signed_in, (name, content))
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    if status == 413:
        assert "5 MB at most" in answer.text
    assert await read_draft() is None


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=x", b"nonsense", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--\r\n", 400),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data; name=z\r\n\r\n1\r\n--x--\r\n",
            400,
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data; name=text\r\n\r\n\xff\r\n--x--",
            400,
        ),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=text\r\n\r\nopen", 400),
        ("application/json", b"{}", 415),
    ],
)
async def test_what_no_form_sends_is_refused(signed_in: Browser, content_type: str, body: bytes, status: int) -> None:
    headers = {"content-type": content_type, "sec-fetch-site": "same-origin"}
    answer: httpx.Response = await signed_in.client.post(f"{BASE}import", content=body, headers=headers)
    assert answer.status_code == status


LIST_OF_SERVICES = """| Company | Service | Country |
| --- | --- | --- |
| Litware AS | Storage of backups | Norway |
| Fabrikam AB | Sending of mail | Sweden |
"""


async def test_where_no_heading_asks_for_the_purpose_the_form_asks_and_saves_nothing(
    signed_in: Browser, read_draft: ReadDraft
) -> None:
    answer = await send_page(signed_in, text=LIST_OF_SERVICES)
    assert answer.status_code == 200
    assert "Which column says what each company does?" in answer.text
    assert '<option value="Service" selected>Service, as in: Storage of backups</option>' in answer.text
    assert '<option value="">None of them</option>' in answer.text
    assert "| Litware AS |" in answer.text  # what was pasted stays
    assert "Choose the file again" not in answer.text
    assert await read_draft() is None


async def test_a_form_that_a_browser_sends_without_htmx_has_lost_its_file_and_says_so(signed_in: Browser) -> None:
    answer = await send_page(signed_in, ("list.md", LIST_OF_SERVICES.encode()))
    assert "Choose the file again, too." in answer.text
    fragment = await send_page(signed_in, ("list.md", LIST_OF_SERVICES.encode()), headers={"hx-request": "true"})
    assert "Which column says what each company does?" in fragment.text
    assert "Choose the file again" not in fragment.text


@pytest.mark.parametrize(("column", "purposes"), [("Service", 2), ("", 0)])
async def test_the_column_that_was_chosen_is_the_purpose(
    signed_in: Browser, column: str, purposes: int, read_drafted_policy: ReadPolicy
) -> None:
    answer = await send_page(
        signed_in, ("list.md", LIST_OF_SERVICES.encode()), purpose_column=column, headers={"hx-request": "true"}
    )
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"{BASE}grid?done=imported")
    words = (await read_drafted_policy()).words["en"]
    assert len([key for key in words if key.startswith("purpose.")]) == purposes


async def test_a_column_that_the_page_does_not_have_is_refused_with_those_it_has(signed_in: Browser) -> None:
    answer = await send_page(signed_in, text=LIST_OF_SERVICES, purpose_column="<b>Aim</b>")
    assert answer.status_code == 422
    assert "&lt;b&gt;Aim&lt;/b&gt;" in answer.text
    assert "&#39;Service&#39;, &#39;Country&#39;" in answer.text


async def test_another_site_cannot_import(signed_in: Browser) -> None:
    answer = await signed_in.client.post(
        f"{BASE}import", files={"file": ("a.md", PAGE.encode())}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_what_import_says_is_said_in_the_agents_language(signed_in: Browser, read_draft: ReadDraft) -> None:
    """On the page of the import, in the grid, and where a page is refused."""
    page = PAGE + "| Fnord<sup>1</sup> | Chat | Atlantis | Names |\n\n{{ more }}\n"
    await import_page(signed_in, page)
    draft = await read_draft()
    assert draft is not None
    assert {bool(note.engagement) for note in draft.notes} == {True, False}
    for note in draft.notes:
        html = (await signed_in.get(f"{BASE}{'grid' if note.engagement else 'import'}", **NORWEGIAN)).text
        text = unescape(html)
        assert note.sentence(i18n.words("nb")) in text
        assert note.sentence(i18n.words("en")) not in text
    signed_in.client.headers.update(NORWEGIAN)
    refused_page = await send_page(signed_in, ("a.csv", b'Company\n"Acme\n'))
    assert "En celle som begynner med et anførselstegn, har ingen slutt." in refused_page.text
    assert "has no end" not in refused_page.text
