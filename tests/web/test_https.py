"""Where browsers reach us by HTTPS, they are told to stay there, and what came by plain HTTP is sent on."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from forecourt.settings.server import Settings, override
from forecourt.web.middleware.https import HttpsMiddleware
from tests.page import Page

pytestmark = pytest.mark.anyio
ADDRESS = "https://support.example.com"
BY_HTTP = {"x-forwarded-proto": "http"}


@pytest.fixture
def engine() -> str:
    """Headers do not depend on the database."""
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, public_url=ADDRESS)


@pytest.mark.parametrize(
    "path", ["/main/en/", "/console/sign-in", "/v1/sites/main/boot", "/embed.js", "/nowhere", "/healthz"]
)
async def test_every_answer_says_once_to_stay_on_https(page: Page, path: str) -> None:
    for _ in range(2):  # the second time from the cache, where it is kept
        answer = await page.client.get(path)
        assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]


@pytest.mark.parametrize(
    "path", ["/main/en/?a=b%20c&d", "/v1/sites/main/boot?locale=nb", "/embed.js", "/console/sign-in", "//evil.example/"]
)
async def test_what_a_proxy_took_by_http_is_sent_on(page: Page, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await page.client.request(method, f"{ADDRESS}{path}", headers=BY_HTTP)
        assert (answer.status_code, answer.headers["location"]) == (308, f"{ADDRESS}{path}")
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers


async def test_a_probe_beside_the_proxy_is_answered(page: Page) -> None:
    assert (await page.client.get("/healthz")).status_code == 200
    assert (await page.client.get("/healthz", headers={"x-forwarded-proto": "https"})).status_code == 200


@pytest.mark.parametrize("target", [b"@evil.example/", b".evil.example/", b""])
async def test_a_target_that_is_no_path_leads_to_the_front_page(target: bytes) -> None:
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    async def answer_nothing(*_: object) -> Any:
        raise AssertionError

    scope = {"type": "http", "headers": [(b"x-forwarded-proto", b"http")], "raw_path": target, "query_string": b""}
    await HttpsMiddleware(answer_nothing, ADDRESS, 365)(scope, answer_nothing, send)
    assert dict(messages[0]["headers"])[b"location"] == f"{ADDRESS}/".encode()


class TestWithoutHsts:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return override(settings, hsts_days=0)

    async def test_nothing_is_promised(self, page: Page) -> None:
        assert "strict-transport-security" not in (await page.client.get("/healthz")).headers
        assert (await page.client.get("/healthz", headers=BY_HTTP)).status_code == 308


class TestByHttp:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return override(settings, public_url="http://localhost:8000")

    async def test_nothing_is_promised_and_nobody_sent_on(self, page: Page) -> None:
        answer = await page.client.get("/healthz", headers=BY_HTTP)
        assert answer.status_code == 200
        assert "strict-transport-security" not in answer.headers
