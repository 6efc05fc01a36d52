"""Checks that every refusal is a problem with a code."""

import pytest

from forecourt.app import Application
from forecourt.errors import Unavailable
from tests.page import Page

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
    await application.health.refresh()
    assert (await page.client.get("/readyz")).status_code == 503
    assert (await page.client.get("/healthz")).status_code == 200


async def test_metrics_count_routes_and_not_what_was_typed(page: Page) -> None:
    await page.client.get("/v1/notices/typed-by-a-visitor")
    text = (await page.client.get("/metrics")).text
    assert 'route="/v1/notices/{hash}"' in text
    assert "typed-by-a-visitor" not in text


async def test_a_person_is_told_on_a_page(page: Page) -> None:
    headers = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "nb"}
    answer = await page.client.get("/main/xx/", headers=headers)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    refused = await page.client.get("/main/xx/", headers={"accept": "application/json, text/html;q=0"})
    assert refused.headers["content-type"] == "application/problem+json"
    assert '<h1 tabindex="-1" autofocus>Siden finnes ikke</h1>' in answer.text
    assert 'class="brand" href="/main/nb/"><bdi>Quality Unit, s. r. o.</bdi>' in answer.text
    assert '<a class="button" href="/main/nb/">Til listen over underdatabehandlere</a>' in answer.text
    assert (await page.client.get("/v1/nowhere", headers=headers)).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/embed.js", "GET, HEAD"),
        ("/v1/sites/main/me", "DELETE, GET, HEAD"),
        ("/v1/sites/main/consents/current", "DELETE, GET, HEAD"),
        ("/main/en/follow", "GET, HEAD, POST"),
        ("/console/policy/main/entities/new", "GET, HEAD, POST"),
    ],
)
async def test_another_method_is_told_all_that_the_path_has(page: Page, path: str, allowed: str) -> None:
    for _ in range(2):  # before the path is in the cache and since
        answer = await page.client.request("PATCH", path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        await page.client.get(path)
    assert (await page.client.post("/embed.js")).status_code == 405


@pytest.mark.parametrize("path", ["/nope", "/main/en/nope", "/main/en/releases/99", "/no/en/nope"])
async def test_a_page_that_is_none_leads_to_the_site_in_the_language_of_its_path(page: Page, path: str) -> None:
    answer = await page.client.get(path, headers={"accept": "text/html", "accept-language": "en"})
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert '<a class="button" href="/main/en/">' in answer.text
    assert (await page.client.get("/main/en/")).status_code == 200


async def test_boot_names_the_policy_and_brings_its_text_only_when_asked(page: Page) -> None:
    without, with_text = (await page.boot())["policy"], (await page.boot(policy="1"))["policy"]
    assert {key: without[key] for key in ("release", "hash", "updated")} == {
        key: with_text[key] for key in ("release", "hash", "updated")
    }
    assert (without["html"], "<section" in with_text["html"]) == ("", True)
