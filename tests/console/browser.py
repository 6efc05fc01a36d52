"""Acts as an agent's browser towards the server: it keeps cookies, and says where a request comes from."""

import re
from typing import Any

import httpx

EMAIL, PASSWORD = "kari@example.com", "correct horse battery"

ALL = 999_999_999  # messages


class Browser:
    def __init__(self, client: httpx.AsyncClient, address: str):
        self.client, self.address = client, address

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def get_fragment(self, path: str, **headers: str) -> httpx.Response:
        """As htmx asks, for a page that stands."""
        return await self.client.get(path, headers={"hx-request": "true", **headers})

    async def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """As a form of our own page sends it."""
        own_headers = {"sec-fetch-site": "same-origin", "origin": self.address}
        return await self.client.post(path, data=fields or {}, headers=own_headers | headers)

    async def press(self, path: str) -> httpx.Response:
        """A button, as htmx sends it."""
        return await self.post(path, None, **{"hx-request": "true"})

    async def send(self, path: str, key: str, body: str, last_seen: int = ALL, **fields: str) -> httpx.Response:
        """An answer, as htmx sends it, of somebody who has seen all messages, or those up to `last_seen`."""
        form = {"key": key, "body": body, "seen": f"{last_seen}", **fields}
        return await self.post(f"{path}/answers", form, **{"hx-request": "true"})

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD, next_page: str = "") -> httpx.Response:
        return await self.post("/console/sign-in", {"email": email, "password": password, "next": next_page})


def message_texts(html: str) -> list[str]:
    """The texts of a thread, in order, as they stand in the page."""
    return re.findall(r'<p class="body"[^>]*>(.*?)</p>', html, re.DOTALL)


def row_ids(html: str) -> list[str]:
    """The ids of an inbox's rows, in order."""
    return re.findall(r'<li id="row-([^"]+)"', html)
