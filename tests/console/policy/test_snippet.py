"""The console shows the tag for a site's pages, and says of a page whether it carries it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from html import unescape

import pytest

from forecourt.app import Application
from forecourt.console.policy.tag_check import TagReport, check_tag
from forecourt.embed_tag import POLICY_PLACE, render_embed_tag
from forecourt.settings.server import Settings
from tests.console.browser import Browser
from tests.page import ORIGIN

from .forms import BASE, submit_form

pytestmark = pytest.mark.anyio
SERVER = "https://support.example.com"
TAG = render_embed_tag(SERVER, "main")


@pytest.fixture
def engine() -> str:
    """What a page carries does not depend on the database."""
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, allow_private_webhooks=True)


@pytest.mark.parametrize(
    ("html", "report"),
    [
        (f"<body>{TAG}{POLICY_PLACE}", TagReport("present", has_policy_place=True)),
        (TAG.replace('embed.js"', 'embed.js?v=1" defer'), TagReport("present")),
        ("<p>Nothing", TagReport("absent")),
        (f"<!-- {TAG} -->", TagReport("absent")),
        (f"<textarea>{TAG}</textarea>", TagReport("absent")),
        (TAG.replace("support.", "old."), TagReport("other_server", "https://old.example.com/embed.js")),
        (TAG.replace('"main"', '"shop"'), TagReport("other_site", "shop")),
        (TAG.replace(' data-site="main"', ""), TagReport("no_site")),
        (f"{TAG.replace('main', 'shop')}{TAG}", TagReport("present")),
        ("<script src='http://[bad/embed.js'></script>", TagReport("absent")),
    ],
)
def test_a_page_is_judged_by_its_tags(settings: Settings, html: str, report: TagReport) -> None:
    assert check_tag(html, f"{ORIGIN}/list", SERVER, "main", settings.sites["main"]) == report


def test_an_origin_that_the_settings_lack_is_named(settings: Settings) -> None:
    report = check_tag(TAG, "https://elsewhere.example/list", SERVER, "main", settings.sites["main"])
    assert (report.unknown_origin, report.is_good) == ("https://elsewhere.example", False)


@pytest.fixture
async def owners_page(application: Application) -> AsyncIterator[str]:
    """Serves a page that carries the tag."""
    body = render_embed_tag(application.address, "main").encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1]
        status = {b"/list": b"200 OK", b"/moved": b"302 Found", b"/none": b""}.get(path, b"404 Not Found")
        writer.write(b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_the_page_is_fetched_and_its_tag_found(
    application: Application, signed_in: Browser, owners_page: str
) -> None:
    page = (await signed_in.get(f"{BASE}snippet")).text
    assert render_embed_tag(application.address, "main") in unescape(page)
    answer = await submit_form(signed_in, "snippet", url=f"{owners_page}/list")
    assert "The tag is on the page." in answer.text
    assert f"Add {owners_page} to the site&#39;s origins" in answer.text


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/gone", "Serveren svarte: 404."),
        ("/moved", "Serveren svarte: 302."),
        ("/none", "Sidens server kan ikke nås, eller svaret kan ikke leses."),
        ("/" + "a" * 500, "for lang"),
    ],
)
async def test_why_a_page_cannot_be_checked_is_said_in_the_readers_language(
    signed_in: Browser, owners_page: str, path: str, sentence: str
) -> None:
    signed_in.client.headers["accept-language"] = "nb"
    answer = await submit_form(signed_in, "snippet", url=owners_page + path)
    assert (answer.status_code, sentence in answer.text) == (422, True)


async def test_nothing_inside_is_fetched(application: Application, signed_in: Browser, owners_page: str) -> None:
    object.__setattr__(application.settings, "allow_private_webhooks", False)
    answer = await submit_form(signed_in, "snippet", url=f"{owners_page}/list")
    assert (answer.status_code, "no address that can be fetched" in answer.text) == (422, True)
