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


EVERY_KIND_OF_ANSWER = [
    ("GET", "/main/en/", 200),
    ("GET", "/", 302),
    ("GET", "/console/", 200),
    ("GET", "/console/nowhere", 404),
    ("GET", "/nowhere", 404),
    ("POST", "/healthz", 405),
    ("POST", "/console/sign-out", 403),
    ("GET", "/readyz", 200),
    ("GET", "/v1/sites/main/boot", 200),
    ("GET", "/v1/sites/nowhere/boot", 404),
    ("POST", "/v1/sites/main/consents", 403),
    ("OPTIONS", "/v1/sites/main/consents", 204),
    ("GET", "/assets/nothing.js", 404),
    ("GET", "/embed.js", 200),
    ("HEAD", "/embed.js", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/sitemap.xml", 200),
    ("GET", "/robots.txt", 200),
    ("GET", "/.well-known/security.txt", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERY_KIND_OF_ANSWER)
async def test_every_answer_says_what_a_browser_may_do_with_it(page: Page, method: str, path: str, status: int) -> None:
    for _ in range(2):  # the second time from the cache, where it is kept
        answer = await page.client.request(method, path, headers={"sec-fetch-site": "cross-site"})
        headers = answer.headers
        assert answer.status_code == status
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert all(directive in policy for directive in ("base-uri 'none'", "frame-ancestors 'none'", "form-action "))
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")
        assert headers["x-content-type-options"] == "nosniff"
        is_public = "access-control-allow-origin" in headers
        assert headers["cross-origin-resource-policy"] == ("cross-origin" if is_public else "same-origin")
        assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/main/en/", "/embed.js", "/v1/sites/main/boot", "/sitemap.xml", "/robots.txt"])
async def test_a_cached_answer_carries_nothing_of_the_request_that_it_was_made_for(page: Page, path: str) -> None:
    etag = (await page.client.get(path)).headers["etag"]
    for request_headers in ({}, {"if-none-match": etag}) * 2:
        headers = (await page.client.get(path, headers=request_headers)).headers
        assert "x-request-id" not in headers
        assert len(headers.multi_items()) == len(headers)  # none stands twice
        assert {"content-security-policy", "referrer-policy"} <= set(headers)


async def test_an_unchanged_answer_carries_the_same_headers(page: Page) -> None:
    etag = (await page.client.get("/embed.js")).headers["etag"]
    answer = await page.client.get("/embed.js", headers={"if-none-match": etag})
    assert answer.status_code == 304
    assert {"content-security-policy", "referrer-policy"} <= set(answer.headers)
