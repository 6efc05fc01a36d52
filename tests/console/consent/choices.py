"""Makes choices of every kind as visitors make them, and reads what the console's pages say about them."""

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
class Visitors:
    """A visitor of their own, at the same page."""

    client: httpx.AsyncClient

    def new_page(self, site: str = "main", origin: str = "https://www.example.com") -> Page:
        return Page(self.client, site, origin)


async def make_choices_of_all_kinds(application: Application, page: Page) -> dict[str, int]:
    """Makes some of each, and tells how many."""
    visitors = Visitors(page.client)
    for _ in range(3):
        await visitors.new_page().accept()
    await visitors.new_page().choose({}, privacy_policy=False, locale="nb", source="preferences")
    changing = visitors.new_page()
    await changing.accept()
    assert (await changing.choose({"newsletter": True}, source="preferences")).status_code == 201
    leaving = visitors.new_page()
    await leaving.accept()
    await leaving.withdraw()
    erased = visitors.new_page()
    await erased.accept()
    gone = await page.client.request("DELETE", "/v1/sites/main/me", json={"confirm": True}, headers=erased.headers())
    assert gone.status_code == 200, gone.text
    await _expire_choice(application, visitors.new_page())
    await visitors.new_page("other", "https://other.example").accept()
    return {"grant": 7, "refuse": 1, "change": 1, "withdraw": 1, "expire": 1, "erase": 1}


async def _expire_choice(application: Application, page: Page) -> None:
    await page.accept()
    row = (await read_choices(application))[0]
    later = clock.now() + timedelta(1)
    assert await application.database.write(lambda c: termination.expire(c, row.visitor, [], later))


async def read_choices(application: Application, site: str = "main") -> list[Any]:
    """The choices of a site, the newest first."""
    query = (
        select(consents).where(consents.c.site == site, consents.c.kind == "consent").order_by(consents.c.seq.desc())
    )
    return list(await application.database.read(lambda c: c.execute(query).all()))


async def get_html(browser: Browser, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def table_counts(page_html: str, caption: str) -> dict[str, list[int]]:
    """A table's rows: what each begins with, and its numbers."""
    table = page_html[page_html.index(f"<caption>{caption}") :].partition("</table>")[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {
        _plain_text(name): [int(_plain_text(cell)) for cell in re.findall(r"<td.*?</td>", rest, re.DOTALL)]
        for name, rest in rows
    }


def listed_ids(page_html: str) -> list[str]:
    return re.findall(rf'<h2><a href="{BASE}records/([^"]+)"', page_html)


def _plain_text(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup).strip()
