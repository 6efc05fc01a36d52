"""Following: the address itself says yes, nobody learns whether it was known, and no consent is asked for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock, one_time_links
from forecourt.app import Application
from forecourt.db.tables import followers
from forecourt.db.tables import links as link_rows
from forecourt.followers.model import CONFIRM, CONFIRM_LIFE, asks_now
from forecourt.settings.server import RetentionSettings, Settings
from forecourt.web.rate_limits import find_limit
from tests.engines import refused_alike
from tests.followers.sample import DPO, confirmed, follow, link, mails, plan, publish, read, relocated, rows, text
from tests.page import Page

pytestmark = pytest.mark.anyio


async def make_old(application: Application, **values: Any) -> None:
    await application.database.write(lambda c: c.execute(followers.update().values(**values)) and None)


async def test_following_needs_no_token_and_no_consent(page: Page, application: Application) -> None:
    assert page.token is None
    await follow(page)
    (row,) = await rows(application)
    assert (row.email, row.state) == (DPO, "unconfirmed")


async def test_only_the_button_confirms(page: Page, application: Application) -> None:
    await follow(page)
    at = link((await mails(application, "follow"))[0], "/confirm/")
    for verb in ("GET", "HEAD", "GET"):
        assert (await page.client.request(verb, at)).status_code == 200
        assert (await rows(application))[0].state == "unconfirmed"
    assert [(await page.client.post(at)).status_code for _ in range(2)] == [200, 200]
    assert (await rows(application))[0].state == "confirmed"


async def test_a_link_pressed_without_end_makes_links_with_an_end(page: Page, application: Application) -> None:
    await follow(page, DPO)
    address = link((await mails(application, "follow"))[0], "/confirm/")
    application.context.rate_limiter._on = True
    most = find_limit("follow", "network").amount
    statuses = [(await page.client.post(address)).status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]


async def test_the_confirmation_mail_holds_nothing_typed_but_the_address(page: Page, application: Application) -> None:
    await follow(page, region="APAC", webhook="https://evil.example/typed-here")
    (row,) = await mails(application, "follow")
    assert b"evil" not in row.raw
    assert "APAC" not in text(row)
    shown = (await page.client.get(link(row, "/confirm/"))).text
    assert "https://evil.example/typed-here" in shown


@pytest.mark.parametrize("state", ["new", "unconfirmed", "confirmed", "left"])
async def test_every_address_gets_the_same_answer_and_the_same_mail(
    page: Page, application: Application, state: str
) -> None:
    if state != "new":
        await follow(page)
        await make_old(application, state=state, asked_at=clock.now() - timedelta(days=2))
    before = len(await mails(application, "follow"))
    answer = await page.post("follows", {"email": DPO})
    assert (answer.status_code, answer.content) == (202, b'{"state":"asked"}')
    sent = await mails(application, "follow")
    assert len(sent) == before + 1
    assert len({read(each)["Subject"] for each in sent}) == 1


async def test_an_address_gets_one_mail_an_hour_whatever_its_spelling(page: Page, application: Application) -> None:
    for email in (DPO, "DPO@example.com", "Dpo@Example.com"):
        await follow(page, email)
    assert len(await mails(application, "follow")) == 1


def test_an_address_gets_three_mails_in_any_day() -> None:
    start = clock.now()
    asks, asked, sent = 1, start, [0]
    for hour in range(1, 100):
        now = start + timedelta(hours=hour)
        if count := asks_now(asks, asked, now):
            asks, asked = count, now
            sent.append(hour)
    assert max(sum(first <= each < first + 24 for each in sent) for first in sent) == 3
    assert asks_now(1, start, start + timedelta(minutes=59)) is None


@refused_alike
@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"email": "ola"}, "email", "email"),
        ({"email": "a@x.org>\r\nRCPT TO:<b@x.org>"}, "email", "email"),
        ({"email": "a@x.org,b@x.org"}, "email", "email"),
        ({"region": "EFTA"}, "region", "choice"),
        ({"products": ["crm"]}, "products", "choice"),
        ({"products": ["x"] * 200}, "products", "too_long"),
        ({"webhook": "http://example.com/"}, "webhook", "webhook"),
        ({"webhook": "https://127.0.0.1/"}, "webhook", "webhook"),
        ({"webhook": "https://a:b@example.com/"}, "webhook", "webhook"),
        ({"webhook": "https://example.com/\r\nx: y"}, "webhook", "webhook"),
        ({"state": "confirmed"}, "state", "unknown"),
        ({"secret": "whsec_mine"}, "secret", "unknown"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_stored(
    page: Page, application: Application, more: dict[str, Any], field: str, code: str
) -> None:
    answer = await page.post("follows", {"email": DPO} | more)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]
    assert await rows(application) == []


@refused_alike
@pytest.mark.parametrize("origin", ["https://www.example.com.evil.test", "http://www.example.com", "null"])
async def test_another_origin_is_refused(page: Page, application: Application, origin: str) -> None:
    assert (await page.post("follows", {"email": DPO}, origin=origin)).status_code == 403
    assert await rows(application) == []


async def test_our_own_pages_may_use_the_api(page: Page, application: Application) -> None:
    assert (await page.post("follows", {"email": DPO}, origin=application.address)).status_code == 202


async def test_what_was_asked_for_counts_only_once_it_is_confirmed(page: Page, application: Application) -> None:
    await confirmed(page, application, region="EU")
    await make_old(application, asked_at=clock.now() - timedelta(hours=2))
    await follow(page, region="US", webhook="https://evil.example/")
    (row,) = await rows(application)
    assert (row.region, row.webhook) == ("EU", "")
    await page.client.post(link((await mails(application, "follow"))[1], "/confirm/"))
    (row,) = await rows(application)
    assert (row.region, row.webhook) == ("US", "https://evil.example/")


async def test_a_webhooks_secret_is_shown_once(page: Page, application: Application) -> None:
    await follow(page, webhook="https://hooks.example.com/in")
    at = link((await mails(application, "follow"))[0], "/confirm/")
    first, again = await page.client.post(at), await page.client.post(at)
    (row,) = await rows(application)
    assert row.secret.startswith("whsec_")
    assert row.secret in first.text
    assert "whsec_" not in again.text


async def test_a_link_too_old_is_gone(page: Page, application: Application) -> None:
    await follow(page)
    at = link((await mails(application, "follow"))[0], "/confirm/")
    await application.database.write(lambda c: c.execute(link_rows.update().values(expires_at=clock.now())) and None)
    assert [(await page.client.get(at)).status_code, (await page.client.post(at)).status_code] == [410, 410]
    assert (await rows(application))[0].state == "unconfirmed"


@pytest.mark.parametrize("path", ["confirm", "manage", "leave"])
async def test_a_link_of_another_purpose_or_of_none_opens_nothing(
    page: Page, application: Application, path: str
) -> None:
    other = await application.database.write(lambda c: one_time_links.make(c, "newsletter.confirm", "x", CONFIRM_LIFE))
    for secret in (other, "never-made"):
        at = f"/main/en/follow/{path}/{secret}"
        assert (await page.client.get(at)).status_code == 410
        assert (await page.client.post(at, data={"region": "", "locale": "en"})).status_code == 410


async def test_a_link_of_another_site_opens_nothing(page: Page, application: Application) -> None:
    await follow(page)
    at = link((await mails(application, "follow"))[0], "/confirm/").replace("/main/", "/other/")
    assert (await page.client.post(at)).status_code == 410
    assert (await rows(application))[0].state == "unconfirmed"


async def test_the_links_secret_is_not_kept(page: Page, application: Application) -> None:
    await follow(page)
    secret = link((await mails(application, "follow"))[0], "/confirm/").rpartition("/")[2]
    kept = await rows(application, link_rows)
    assert [each.purpose for each in kept] == [CONFIRM]
    assert secret not in str(kept)


class TestManaging:
    async def test_language_region_and_leaving_need_only_the_notices_link(
        self, page: Page, application: Application
    ) -> None:
        await confirmed(page, application)
        await publish(application, relocated())
        await plan(application)
        at = link((await mails(application, "change"))[0], "/manage/")
        assert "EU" in (await page.client.get(at)).text
        answer = await page.client.post(at, data={"locale": "nb", "region": "UK"})
        assert answer.status_code == 303
        assert "Lagret." in (await page.client.get(answer.headers["location"])).text
        (row,) = await rows(application)
        assert (row.locale, row.region, row.state) == ("nb", "UK", "confirmed")
        for _ in range(2):
            assert (await page.client.post(at, data={"leave": "1"})).status_code == 200
            assert (await rows(application))[0].state == "left"

    async def test_changing_after_leaving_does_not_follow_again(self, page: Page, application: Application) -> None:
        await confirmed(page, application)
        await publish(application, relocated())
        await plan(application)
        at = link((await mails(application, "change"))[0], "/manage/")
        await page.client.post(at, data={"leave": "1"})
        await page.client.post(at, data={"locale": "en", "region": "EU"})
        assert (await rows(application))[0].state == "left"

    @refused_alike
    @pytest.mark.parametrize(
        "data", [{"locale": "xx"}, {"locale": "en", "region": "XX"}, {"locale": "en", "products": "x"}]
    )
    async def test_a_forged_choice_changes_nothing(
        self, page: Page, application: Application, data: dict[str, str]
    ) -> None:
        await confirmed(page, application, region="EU")
        await publish(application, relocated())
        await plan(application)
        at = link((await mails(application, "change"))[0], "/manage/")
        assert (await page.client.post(at, data=data)).status_code == 422
        assert (await rows(application))[0].region == "EU"


class TestHosted:
    FORM = "/main/en/follow"

    async def test_the_form_works_without_javascript(self, page: Page, application: Application) -> None:
        shown = await page.client.get(self.FORM, params={"region": "uk"})
        assert '<option value="UK" selected>' in shown.text
        answer = await page.client.post(self.FORM, data={"email": DPO, "region": "UK", "webhook": ""})
        assert (answer.status_code, answer.headers["location"]) == (303, "/main/en/follow/asked")
        assert (await page.client.get("/main/en/follow/asked")).status_code == 200
        assert [each.recipient for each in await mails(application, "follow")] == [DPO]

    async def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(self, page: Page) -> None:
        typed = {"email": '"><b>x', "region": "APAC", "webhook": "http://inside/"}
        answer = await page.client.post(self.FORM, data=typed)
        assert answer.status_code == 422
        assert 'value="&#34;&gt;&lt;b&gt;x"' in answer.text
        assert "error-email" in answer.text
        assert "error-webhook" in answer.text
        assert '<option value="APAC" selected>' in answer.text
        assert 'value="http://inside/"' in answer.text

    @refused_alike
    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "null"},
        ],
    )
    async def test_a_form_on_another_page_is_refused(
        self, page: Page, application: Application, headers: dict[str, str]
    ) -> None:
        assert (await page.client.post(self.FORM, data={"email": DPO}, headers=headers)).status_code == 403
        assert await rows(application) == []

    async def test_the_pages_stay_out_of_caches_and_referrers(self, page: Page, application: Application) -> None:
        await follow(page)
        answer = await page.client.get(link((await mails(application, "follow"))[0], "/confirm/"))
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")

    class TestTimes:
        @pytest.fixture
        def settings(self, settings: Settings) -> Settings:
            site = replace(settings.sites["main"], evidence_days=400)
            return replace(settings, retention=RetentionSettings(unconfirmed=3), sites=settings.sites | {"main": site})

        async def test_the_form_promises_the_times_that_are_kept(self, page: Page) -> None:
            shown = (await page.client.get(TestHosted.FORM)).text
            assert "not confirmed is deleted after 3 days, and one that has stopped following after 30 days" in shown
            assert "kept for 400 days" in shown
            assert "slettes etter 3 dager" in (await page.client.get("/main/nb/follow")).text
