"""Posts a form as a browser does: reads it from the page, changes a few fields and sends it."""

from html.parser import HTMLParser
from typing import Any

import httpx

from tests.console.browser import Browser

BASE = "/console/policy/main/"


class _Fields(HTMLParser):
    """Of the page's forms whose method is post; buttons are not among them, nor is signing out."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._area = self._select = ""
        self._text, self._inside = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = at.get("method") == "post"
        elif not self._inside:
            return
        elif tag == "input" and at.get("name") and (at.get("type") not in ("checkbox", "radio") or "checked" in at):
            self._add(at["name"], at.get("value", "on"))
        elif tag == "textarea":
            self._area, self._text = at["name"], ""
        elif tag == "select":
            self._select = at["name"]
            self.fields.setdefault(self._select, [])
        elif tag == "option" and self._select and (not self.fields[self._select] or "selected" in at):
            self.fields[self._select] = [at.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self._add(self._area, self._text.removeprefix("\n"))
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


def fields_of(html: str) -> dict[str, Any]:
    read = _Fields()
    read.feed(html)
    return read.fields


async def submit_form(browser: Browser, path: str, **changes: Any) -> httpx.Response:
    """Opens the page at `path`, changes some fields (`locations__0__country`) and sends the form."""
    page = await browser.get(BASE + path)
    assert page.status_code == 200, page.text[-2000:]
    named = {name.replace("__", "."): value for name, value in changes.items()}
    return await browser.post(BASE + path, fields_of(page.text) | named)


async def save_form(browser: Browser, path: str, **changes: Any) -> None:
    answer = await submit_form(browser, path, **changes)
    assert answer.status_code == 303, answer.text[-3000:]
