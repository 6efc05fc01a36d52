"""A server that browsers reach by HTTPS gets an A+ of the Observatory's rules: console, hosted pages and API."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Connection

from forecourt.app import Application
from forecourt.assets import widget_assets
from forecourt.console.accounts import save_agent
from forecourt.console.agents import create_sign_in_link
from forecourt.console.passwords import hash_password
from forecourt.settings.server import Settings, override
from tests.conftest import serve_application
from tests.deadline import DEADLINE

from .observatory import Scan, Score, score

pytestmark = pytest.mark.anyio
HOST = "support.example.com"
BY_HTTPS, BY_HTTP = {"host": HOST, "x-forwarded-proto": "https"}, {"host": HOST, "x-forwarded-proto": "http"}
OWN = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
PAGES = {
    "/console/sign-in": 130,
    "/main/en/": 135,  # its script has its integrity
    "/main/nb/privacy": 130,
    "/main/en/follow": 130,
    "/healthz": 130,
    "/v1/sites/main/boot?locale=en": 120,
    "/.well-known/subprocessors.json": 120,
    "/openapi.json": 120,
    "/embed.js": 120,
    widget_assets()["choice"].address: 120,
}


@pytest.fixture
def engine() -> str:
    """Headers do not depend on the database."""
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, public_url=f"https://{HOST}")


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    """Returns a client that stands where a proxy does, which ends TLS."""
    async with (
        serve_application(application) as address,
        httpx.AsyncClient(base_url=address, timeout=DEADLINE) as client,
    ):
        yield client


async def scan(client: httpx.AsyncClient, path: str, cookie: str = "") -> Score:
    cookies = {"cookie": cookie.partition(";")[0]} if cookie else {}
    page = await client.get(path, headers=BY_HTTPS | cookies)
    assert page.status_code == 200
    return score(
        Scan(
            HOST,
            page,
            await client.get(path, headers=BY_HTTPS | {"origin": "https://other.example"}),
            await client.get(path, headers=BY_HTTP),
            (*page.headers.get_list("set-cookie"), *([cookie] if cookie else [])),
        )
    )


@pytest.mark.parametrize(("path", "points"), PAGES.items())
async def test_pages_and_the_api_get_the_best_grade(client: httpx.AsyncClient, path: str, points: int) -> None:
    result = await scan(client, path)
    assert (result.points, result.grade) == (points, "A+"), result.results


async def test_the_console_of_an_agent_gets_the_best_grade(application: Application, client: httpx.AsyncClient) -> None:
    def create_link(connection: Connection) -> str:
        agent = save_agent(connection, "kari@example.com", "Kari", hash_password("correct horse battery"))
        return create_sign_in_link(connection, agent, timedelta(hours=1))

    secret = await application.database.write(create_link)
    answer = await client.post(f"/console/link/{secret}", headers=BY_HTTPS | OWN)
    result = await scan(client, "/console/", answer.headers["set-cookie"])
    assert (result.points, result.grade) == (140, "A+"), result.results
