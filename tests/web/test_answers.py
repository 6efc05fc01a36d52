"""Every answer has its headers; every refusal is a problem with a code."""

from pathlib import Path

import pytest

from forecourt.app import Application
from forecourt.errors import TooMany, Unavailable
from forecourt.web import rate_limits
from tests.page import ORIGIN, Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Headers and refusals do not depend on the database."""
    return "sqlite"


@pytest.mark.parametrize(
    ("verb", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("GET", "/v1/sites/none/boot", 404, "not_found"),
        ("GET", "/main/xx/", 404, "not_found"),
        ("GET", "/assets/none-000.js", 404, "not_found"),
        ("PUT", "/v1/sites/main/contact", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("POST", "/v1/sites/main/boot", 405, "method_not_allowed"),
        ("GET", "/v1/sites/main/consents/current", 401, "token_invalid"),
    ],
)
async def test_every_refusal_is_a_problem(page: Page, verb: str, path: str, status: int, code: str) -> None:
    answer = await page.client.request(verb, path, headers={"accept-language": "nb"})
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["title"] == "Dette gikk ikke"
    assert problem["detail"]


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
    asked = {"origin": ORIGIN, "access-control-request-method": "POST"}
    answer = await page.client.options("/v1/sites/main/consents", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"authorization", "content-type", "last-event-id"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert "DELETE" in answer.headers["access-control-allow-methods"]


async def test_a_fault_of_ours_says_nothing_of_itself_and_can_be_read(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(application.database, "read", broken)
    await_token = await page.choose()
    page.token = await_token.json()["token"]
    answer = await page.get("consents/current")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_database_that_is_away_is_told_with_a_time(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("away")

    boot = await page.boot()
    monkeypatch.setattr(application.database, "write", away)
    answer = await page.choose(notice_hash=boot["consent"]["notice_hash"])
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (await page.client.get("/v1/sites/main/boot")).status_code == 200
    monkeypatch.setattr(application.database, "read", away)
    assert (await page.client.get("/readyz")).status_code == 503
    assert (await page.client.get("/healthz")).status_code == 200


async def test_metrics_count_routes_and_not_what_was_typed(page: Page) -> None:
    await page.client.get("/v1/notices/typed-by-a-visitor")
    text = (await page.client.get("/metrics")).text
    assert 'route="/v1/notices/{hash}"' in text
    assert "typed-by-a-visitor" not in text


async def test_too_often_is_told_with_a_time(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    await page.accept()
    answers = [await page.post("newsletter", {"email": f"v{n}@example.com"}) for n in range(8)]
    last = answers[-1]
    assert (answers[0].status_code, last.status_code, last.json()["code"]) == (202, 429, "too_many")
    assert 1 <= int(last.headers["retry-after"]) <= 60
    assert last.headers["access-control-expose-headers"] == "retry-after"


async def test_one_visitor_over_the_limit_costs_the_office_nothing(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    await page.accept()
    for n in range(8):
        await page.post("newsletter", {"email": f"v{n}@example.com"})
    colleague = Page(page.client)
    await colleague.accept()
    assert (await colleague.post("newsletter", {"email": "colleague@example.com"})).status_code == 202


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("not an address", ""),
    ],
)
async def test_an_address_is_cut_to_its_network(address: str, kept: str, tmp_path: Path) -> None:
    assert rate_limits.truncate_address(address) == kept


async def test_a_limit_says_no_more_than_its_seconds() -> None:
    assert str(TooMany(3)) == "again in 3 s"


async def test_a_person_is_told_on_a_page(page: Page) -> None:
    asked = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "nb"}
    answer = await page.client.get("/main/xx/", headers=asked)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Her finnes det ingenting." in answer.text
    assert (await page.client.get("/v1/nowhere", headers=asked)).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/v1/notices/%00", "/v1/sites/main/conversations/a%00b", "/v1/sites/main/consents/%00", "/main/%00/"]
)
async def test_a_nul_in_an_address_leads_nowhere(page: Page, path: str) -> None:
    await page.accept()
    assert (await page.client.get(path, headers=page.headers())).status_code == 404


async def test_boot_names_the_policy_and_brings_its_text_only_when_asked(page: Page) -> None:
    without, with_text = (await page.boot())["policy"], (await page.boot(policy="1"))["policy"]
    assert {key: without[key] for key in ("release", "hash", "updated")} == {
        key: with_text[key] for key in ("release", "hash", "updated")
    }
    assert (without["html"], "<section" in with_text["html"]) == ("", True)


async def test_withdrawing_is_not_used_up_by_others(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    await page.accept()
    for _ in range(320):
        await page.choose({}, privacy_policy=False)
    assert (await page.choose()).status_code == 429
    assert (await page.withdraw()).status_code == 200


async def test_the_head_of_a_stream_ends(page: Page) -> None:
    await page.accept()
    at = f"/v1/sites/main/conversations/{await page.converse()}/events"
    answer = await page.client.head(at, headers=page.headers())
    assert (answer.status_code, answer.content) == (200, b"")
