"""Checks which choices are to be asked again: those whose terms have changed, and those that expire."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.clock import months_later
from forecourt.console.consent import reconsent
from forecourt.console.consent.reconsent import RECORDS_JUDGED
from forecourt.db.tables import consents
from forecourt.settings.site import SiteSettings
from tests.consent.publishing import publish_moved
from tests.console.browser import Browser
from tests.page import Page

from .choices import BASE, Visitors, get_html, read_choices

pytestmark = pytest.mark.anyio
words = i18n.words("en")
MOVED = "Twilio, Inc. is now in Canada, previously in United States"


@pytest.fixture
def site(site: SiteSettings) -> SiteSettings:
    """Chat alone is seen by Twilio."""
    contact, letters = (replace(each, engagements=("linode-uk",)) for each in (site.contact, site.newsletter))
    return replace(site, contact=contact, newsletter=letters, chat=replace(site.chat, engagements=("twilio",)))


async def add_aged_choices(application: Application, **times: Any) -> None:
    """The newest choice once more, as another visitor's, made at each of `times`."""
    row = (await read_choices(application))[0]._asdict()
    del row["seq"]
    rows = [row | {"id": name, "visitor": name, "created_at": at} for name, at in times.items()]
    await application.database.write(lambda c: c.execute(insert(consents), rows) and None)


async def test_while_all_stands_nobody_waits(page: Page, signed_in: Browser) -> None:
    await page.accept()
    assert words("console.consents.reconsent.stale.none") in await get_html(signed_in, BASE + "again")


async def test_a_release_that_moves_a_recipient_tells_how_many_wait_and_why(
    application: Application, page: Page, signed_in: Browser
) -> None:
    visitors = Visitors(page.client)
    for _ in range(3):
        await visitors.new_page().accept()
    leaving, refusing, answering = (visitors.new_page() for _ in range(3))
    await leaving.accept()
    await leaving.withdraw()
    await refusing.choose({}, privacy_policy=False)
    await answering.accept()
    await publish_moved(application, "twilio", "CA")
    assert words("console.consents.reconsent.stale.number", number=4) in await get_html(signed_in, BASE + "again")
    await answering.choose({"support": True})
    page_html = await get_html(signed_in, BASE + "again")
    assert words("console.consents.reconsent.stale.number", number=3) in page_html
    assert page_html.count(MOVED) == 1
    assert words("console.consents.feature.chat") in page_html
    assert words("console.consents.feature.contact") not in page_html
    assert words("console.consents.reconsent.agreed_to", number=1) in page_html


async def test_each_is_told_in_the_agents_language(application: Application, page: Page, signed_in: Browser) -> None:
    await page.accept()
    await publish_moved(application, "twilio", "CA")
    answer = await signed_in.get(BASE + "again", **{"accept-language": "nb"})
    assert "Twilio, Inc. er nå i Canada, tidligere i USA" in answer.text


async def test_what_runs_out_is_counted_by_week_and_what_is_over_apart(
    application: Application, page: Page, signed_in: Browser
) -> None:
    await page.choose({}, privacy_policy=False)
    today = clock.now()
    soon, over = months_later(today, -6) + timedelta(days=3), months_later(today, -6) - timedelta(days=2)
    later = months_later(today, -6) + timedelta(days=17)
    await add_aged_choices(application, soon=soon, again=soon, over=over, later=later)
    page_html = await get_html(signed_in, BASE + "again")
    table = page_html[page_html.index('id="ending"') :]
    numbers = [int(cell.partition("<")[0]) for cell in table.split("<td>")[1:]]
    assert numbers[0] == 1
    assert sum(numbers[1:]) == 3
    assert numbers[1] == 2


async def test_only_so_many_are_looked_at_and_the_page_says_so(
    application: Application, page: Page, signed_in: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.accept()
    assert words("console.consents.reconsent.partial", number=RECORDS_JUDGED) not in await get_html(
        signed_in, BASE + "again"
    )
    monkeypatch.setattr(reconsent, "RECORDS_JUDGED", 1)
    assert words("console.consents.reconsent.partial", number=1) in await get_html(signed_in, BASE + "again")
