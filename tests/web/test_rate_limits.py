"""Checks that whoever acts too often is told when to come back, and costs nobody else anything."""

from pathlib import Path

import pytest

from forecourt.app import Application
from forecourt.errors import TooMany
from forecourt.web import rate_limits
from tests.page import Page

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine() -> str:
    """Headers and refusals do not depend on the database."""
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


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("not an address", ""),
    ],
)
async def test_an_address_is_cut_to_its_network(address: str, network: str, tmp_path: Path) -> None:
    assert rate_limits.truncate_address(address) == network


async def test_a_limit_says_no_more_than_its_seconds() -> None:
    assert str(TooMany(3)) == "again in 3 s"


async def test_withdrawing_is_not_used_up_by_others(page: Page, application: Application) -> None:
    application.context.rate_limiter._on = True
    await page.accept()
    for _ in range(320):
        await page.choose({}, privacy_policy=False)
    assert (await page.choose()).status_code == 429
    assert (await page.withdraw()).status_code == 200
