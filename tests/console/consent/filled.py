"""Choices of every kind, made as visitors make them, and what the console's pages say of them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
from sqlalchemy import select

from forecourt import clock
from forecourt.app import Application
from forecourt.consent import termination
from forecourt.db.tables import consents
from tests.console.browser import Browser
from tests.page import Page

BASE = "/console/consents/main/"


@dataclass(frozen=True)
class Someone:
    """A visitor of their own, at the same page."""

    client: httpx.AsyncClient

    def visits(self, site: str = "main", origin: str = "https://www.example.com") -> Page:
        return Page(self.client, site, origin)


async def all_kinds(application: Application, page: Page) -> dict[str, int]:
    """Makes some of each, and tells how many."""
    someone = Someone(page.client)
    for _ in range(3):
        await someone.visits().accept()
    await someone.visits().choose({}, privacy_policy=False, locale="nb", source="preferences")
    changing = someone.visits()
    await changing.accept()
    assert (await changing.choose({"newsletter": True}, source="preferences")).status_code == 201
    leaving = someone.visits()
    await leaving.accept()
    await leaving.withdraw()
    erased = someone.visits()
    await erased.accept()
    gone = await page.client.request("DELETE", "/v1/sites/main/me", json={"confirm": True}, headers=erased.headers())
    assert gone.status_code == 200, gone.text
    await _run_out(application, someone.visits())
    await someone.visits("other", "https://other.example").accept()
    return {"grant": 7, "refuse": 1, "change": 1, "withdraw": 1, "expire": 1, "erase": 1}


async def _run_out(application: Application, page: Page) -> None:
    await page.accept()
    row = (await rows(application))[0]
    later = clock.now() + timedelta(1)
    assert await application.database.write(lambda c: termination.expire(c, row.visitor, [], later))


async def rows(application: Application, site: str = "main") -> list[Any]:
    """The choices of a site, the newest first."""
    wanted = (
        select(consents).where(consents.c.site == site, consents.c.kind == "consent").order_by(consents.c.seq.desc())
    )
    return list(await application.database.read(lambda c: c.execute(wanted).all()))


async def html(browser: Browser, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def counts(said: str, caption: str) -> dict[str, list[int]]:
    """A table's rows: what each begins with, and its numbers."""
    table = said[said.index(f"<caption>{caption}") :].partition("</table>")[0]
    found = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {
        _plain(name): [int(_plain(cell)) for cell in re.findall(r"<td.*?</td>", rest, re.DOTALL)]
        for name, rest in found
    }


def listed(said: str) -> list[str]:
    return re.findall(rf'<h2><a href="{BASE}records/([^"]+)"', said)


def _plain(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup).strip()
