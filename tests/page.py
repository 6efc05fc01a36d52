"""Calls the server as a page does that embeds Forecourt."""

from typing import Any

import httpx

ORIGIN = "https://www.example.com"
EVERYTHING = {"necessary": True, "support": True, "newsletter": True}
LETTER = {"name": "Ola Nordmann", "email": "ola@example.com", "topic": "support", "message": "Hei!"}


class Page:
    def __init__(self, client: httpx.AsyncClient, site: str = "main", origin: str = ORIGIN):
        self.client, self.site, self.origin = client, site, origin
        self.token: str | None = None

    async def boot(self, **query: str) -> Any:
        answer = await self.client.get(f"/v1/sites/{self.site}/boot", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def choose(self, purposes: dict[str, bool] | None = None, **body: Any) -> httpx.Response:
        """Answers the current notice. `body` overrides fields of the answer."""
        boot = await self.boot(locale=body.get("locale", "en"))
        answer_body = {"purposes": EVERYTHING if purposes is None else purposes, "privacy_policy": True}
        answer_body |= {
            "notice_hash": boot["consent"]["notice_hash"],
            "locale": "en",
            "source": "banner",
            "gesture": "trusted",
        }
        return await self.post("consents", answer_body | body)

    async def accept(self) -> Any:
        """Accepts everything and keeps the token, as the widget does."""
        answer = await self.choose()
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]
        return answer.json()

    async def withdraw(self) -> httpx.Response:
        return await self.delete("consents/current")

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post(self._at(path), json=body, headers=self.headers() | headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(self._at(path), headers=self.headers() | headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(self._at(path), headers=self.headers())

    def stream(self, path: str, **headers: str) -> Any:
        return self.client.stream("GET", self._at(path), headers=self.headers() | headers)

    async def converse(self) -> str:
        """Opens a conversation and returns its id."""
        answer = await self.post("conversations", {})
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])

    def _at(self, path: str) -> str:
        return f"/v1/sites/{self.site}/{path}"

    def headers(self) -> dict[str, str]:
        headers = {"origin": self.origin, "accept-language": "en"}
        return headers | ({"authorization": f"Bearer {self.token}"} if self.token else {})
