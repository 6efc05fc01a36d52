"""An objection's own page: for whoever has its link, and for nobody else; taking it back by a button only."""

from datetime import timedelta

import pytest

from forecourt import clock, i18n, one_time_links
from forecourt.app import Application
from forecourt.db.tables import links as link_rows
from forecourt.objections import actions
from forecourt.objections.model import LINK_LIFE, PURPOSE
from tests.objections.sample import OLA, form, kept, press
from tests.page import Page

pytestmark = pytest.mark.anyio
words = i18n.words("nb")


@pytest.fixture
async def at(page: Page) -> str:
    """The page of an objection that was just sent."""
    return (await form(page)).headers["location"]


async def state(application: Application) -> str:
    return str((await kept(application))[0].state)


async def resolve(application: Application, body: str = "Vi flytter dem tilbake.") -> bool:
    about, identity = application.context, (await kept(application))[0].id
    desk = actions.ObjectionMailRouting(
        about.live_sites.get("main"), about.sender(about.live_sites.get("main")), about.address
    )
    return await application.database.write(lambda c: actions.resolve(c, identity, "agent", body, desk))


async def test_looking_changes_nothing(page: Page, application: Application, at: str) -> None:
    for verb in ("GET", "HEAD", "GET"):
        answer = await page.client.request(verb, at)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert await state(application) == "open"


async def test_the_button_takes_it_back_and_works_again_and_again(
    page: Page, application: Application, at: str
) -> None:
    assert words("page.objection.withdraw") in (await page.client.get(at)).text
    for _ in range(3):
        answer = await press(page, at)
        assert (answer.status_code, answer.headers["location"]) == (303, at)
    said = (await page.client.get(at)).text
    assert words("page.objection.withdrawn.title") in said
    assert "<form" not in said
    assert await state(application) == "withdrawn"


async def test_what_was_taken_back_can_be_sent_anew(page: Page, application: Application, at: str) -> None:
    await press(page, at)
    await form(page)
    assert [row.state for row in await kept(application)] == ["withdrawn", "open"]


async def test_an_answer_stands_there_as_text(page: Page, application: Application, at: str) -> None:
    await resolve(application, "Vi gir oss.\n<script>alert(1)</script>")
    said = (await page.client.get(at)).text
    assert words("page.objection.resolved.title") in said
    assert "&lt;script&gt;alert(1)" in said
    assert "<script" not in said


async def test_what_is_answered_cannot_be_taken_back(page: Page, application: Application, at: str) -> None:
    await resolve(application)
    assert (await press(page, at)).status_code == 303
    assert await state(application) == "resolved"


async def test_a_page_that_is_not_ours_cannot_press_it(page: Page, application: Application, at: str) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://www.example.com"}, {"origin": "null"}):
        assert (await press(page, at, **headers)).status_code == 403
    assert await state(application) == "open"


async def test_a_forged_cut_or_foreign_secret_opens_nothing(page: Page, application: Application, at: str) -> None:
    identity = (await kept(application))[0].id
    other = await application.database.write(
        lambda c: one_time_links.make(c, "newsletter.confirm", identity, LINK_LIFE)
    )
    nobody = await application.database.write(lambda c: one_time_links.make(c, PURPOSE, "nobody", LINK_LIFE))
    base, _, secret = at.rpartition("/")
    for forged in (secret[:-1], secret + "A", secret.swapcase(), identity, other, nobody, "%00", "x" * 5000):
        for answer in (await page.client.get(f"{base}/{forged}"), await press(page, f"{base}/{forged}")):
            assert answer.status_code in (404, 405, 410), forged
            assert OLA["reason"] not in answer.text
    assert await state(application) == "open"


async def test_a_link_opens_nothing_on_another_site(page: Page, application: Application, at: str) -> None:
    elsewhere = at.replace("/main/", "/other/")
    assert (await page.client.get(elsewhere)).status_code == 410
    assert (await press(page, elsewhere)).status_code == 410
    assert await state(application) == "open"


async def test_a_link_too_old_is_gone_and_says_where_to_ask(page: Page, application: Application, at: str) -> None:
    await application.database.write(lambda c: c.execute(link_rows.update().values(expires_at=clock.now())) and None)
    answer = await page.client.get(at)
    assert answer.status_code == 410
    assert words("page.objection.gone.title") in answer.text
    assert "mailto:privacy@qualityunit.example" in answer.text


async def test_the_secret_is_kept_as_a_digest_for_two_years(page: Page, application: Application, at: str) -> None:
    rows = await application.database.read(lambda c: list(c.execute(link_rows.select())))
    assert not [row for row in rows if at.rpartition("/")[2] in map(str, row)]
    assert {row.purpose for row in rows} == {"objection"}
    assert all(row.expires_at > clock.now() + timedelta(days=729) for row in rows)


async def test_it_reads_in_every_language_of_the_site(page: Page, at: str) -> None:
    answer = await page.client.get(at.replace("/nb/", "/en/"))
    assert i18n.words("en")("page.objection.open.title") in answer.text
