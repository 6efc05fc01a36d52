"""Checks that the record is minimal (L13): address cut to /24 or /48, a coarse browser, no fingerprint."""

import httpx
import pytest
from sqlalchemy import select

from forecourt.app import Application
from forecourt.db.tables import consent_details, consents
from tests.deadline import DEADLINE
from tests.page import Page

pytestmark = pytest.mark.anyio
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.7390.54 Safari/537.36"
TELLING = {"accept-language": "nb-NO,nn;q=0.7", "sec-ch-ua-platform": "Linux", "sec-ch-ua-model": "Pixel"}


@pytest.mark.parametrize(
    ("address", "network"), [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
)
async def test_l13_a_choice_keeps_only_a_cut_address_and_a_coarse_browser(
    application: Application, address: str, network: str
) -> None:
    transport = httpx.ASGITransport(application.asgi, client=(address, 4711))
    headers = TELLING | {"user-agent": AGENT}
    async with httpx.AsyncClient(
        base_url=application.address, transport=transport, headers=headers, timeout=DEADLINE
    ) as client:
        page = Page(client)
        await page.accept()
    details = await application.database.read(lambda c: c.execute(select(consent_details)).one())
    assert (details.address, details.browser, details.origin, details.path) == (network, "Chrome", page.origin, "")
    rows = await application.database.read(lambda c: str(c.execute(select(consents)).all()))
    for telling in (address, "203.0.113", "2001:db8", "141.0", "Linux", "Pixel", "Chrome", page.origin):
        assert telling not in rows
