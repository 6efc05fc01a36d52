"""Checks that whoever acts too often is told when to come back, and costs nobody else anything."""

import pytest
from starlette.requests import Request

from forecourt.app import Application
from forecourt.errors import TooMany
from forecourt.web.memory_counter import MemoryCounter
from forecourt.web.rate_limiter import RateLimiter
from tests.page import Page
from tests.rate_limits import find_limit

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """What is counted in memory does not depend on the database."""
    return "sqlite"


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


async def test_a_limit_says_no_more_than_its_seconds() -> None:
    assert str(TooMany(3)) == "again in 3 s"


async def test_withdrawing_is_not_used_up_by_others(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    await page.accept()
    for _ in range(320):
        await page.choose({}, privacy_policy=False)
    assert (await page.choose()).status_code == 429
    assert (await page.withdraw()).status_code == 200


async def test_a_webhooks_host_is_counted_by_itself_whoever_confirms() -> None:
    limiter, most = RateLimiter(True, MemoryCounter(), "secret"), find_limit("webhook_challenge", "host").most

    async def challenge(host: str, network: int) -> None:
        request = Request({"type": "http", "headers": [], "client": (f"192.0.{network}.7", 1)})
        await limiter.hit("webhook_challenge", request, host=host)

    for network in range(most):
        await challenge("hooks.example", network)
    with pytest.raises(TooMany):
        await challenge("hooks.example", 200)
    await challenge("other.example", 200)
