"""Checks that agents download contact messages, and nobody else does."""

import pytest

from forecourt.app import Application
from forecourt.contact import export
from tests.engines import refused_alike

from .browser import Browser

pytestmark = pytest.mark.anyio


@refused_alike
@pytest.mark.parametrize(("name", "media_type"), [("csv", "text/csv"), ("json", "application/json")])
async def test_an_agent_downloads_every_message(
    signed_in: Browser, application: Application, contact_message: str, name: str, media_type: str
) -> None:
    path = f"/console/contact/main/export.{name}"
    assert f'href="{path}"' in (await signed_in.get("/console/")).text
    answer = await signed_in.get(path)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="contact-messages-main.{name}"'
    assert answer.headers["cache-control"] == "no-store"
    messages = export.read_messages(application.database, "main")
    assert answer.text == "".join([piece async for piece in export.FORMATS[name](messages)])
    assert contact_message in answer.text


@refused_alike
async def test_nobody_else_downloads_a_message(browser: Browser, contact_message: str) -> None:
    answer = await browser.get("/console/contact/main/export.csv")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")


@refused_alike
@pytest.mark.parametrize("path", ["nope/export.csv", "main/export.xml", "main/export"])
async def test_what_is_not_there_is_not_found(signed_in: Browser, path: str) -> None:
    assert (await signed_in.get(f"/console/contact/{path}")).status_code == 404
