"""Checks the headers of pages and of what other origins may read."""

import pytest

from tests.page import ORIGIN, Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Headers and refusals do not depend on the database."""
    return "sqlite"


@pytest.mark.parametrize("path", ["/main/nb/", "/main/en/privacy", "/healthz", "/nowhere", "/main/en/confirm/x"])
async def test_every_page_of_ours_is_locked_down(page: Page, path: str) -> None:
    headers = (await page.client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert "access-control-allow-origin" not in headers


async def test_the_api_answers_a_preflight(page: Page) -> None:
    headers = {"origin": ORIGIN, "access-control-request-method": "POST"}
    answer = await page.client.options("/v1/sites/main/consents", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"authorization", "content-type", "last-event-id"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert "DELETE" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    "path", ["/v1/notices/%00", "/v1/sites/main/conversations/a%00b", "/v1/sites/main/consents/%00", "/main/%00/"]
)
async def test_a_nul_in_an_address_leads_nowhere(page: Page, path: str) -> None:
    await page.accept()
    assert (await page.client.get(path, headers=page.headers())).status_code == 404


async def test_the_head_of_a_stream_ends(page: Page) -> None:
    await page.accept()
    address = f"/v1/sites/main/conversations/{await page.converse()}/events"
    answer = await page.client.head(address, headers=page.headers())
    assert (answer.status_code, answer.content) == (200, b"")
