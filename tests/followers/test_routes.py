"""Checks that only an address's owner confirms it, nobody learns whether it was known, and no consent is needed."""

from dataclasses import replace
from typing import Any

import pytest

from forecourt import clock, one_time_links
from forecourt.app import Application
from forecourt.db.tables import follow_requests
from forecourt.db.tables import one_time_links as link_rows
from forecourt.followers.links import CONFIRMATION_LIFETIME, CONFIRMATION_LINK
from forecourt.settings.server import RetentionSettings, Settings
from tests.engines import refused_alike
from tests.followers.follow_steps import (
    DPO,
    confirm_follow,
    find_link,
    find_mails,
    find_manage_link,
    parse_mail,
    plain_text,
    plan_notices,
    publish,
    read_rows,
    relocated,
    request_follow,
)
from tests.page import Page
from tests.rate_limits import find_limit

pytestmark = pytest.mark.anyio


async def test_following_needs_no_token_and_no_consent(page: Page, application: Application) -> None:
    assert page.token is None
    await request_follow(page)
    (row,) = await read_rows(application, follow_requests)
    assert row.email == DPO
    assert await read_rows(application) == []


async def test_only_the_button_confirms(page: Page, application: Application) -> None:
    await request_follow(page)
    url = find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/")
    for verb in ("GET", "HEAD", "GET"):
        assert (await page.client.request(verb, url)).status_code == 200
        assert await read_rows(application) == []
    assert [(await page.client.post(url)).status_code for _ in range(2)] == [200, 200]
    assert (await read_rows(application))[0].state == "confirmed"


async def test_confirming_again_and_again_is_rate_limited(page: Page, application: Application) -> None:
    await request_follow(page, DPO)
    address = find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/")
    application.context.rate_limiter._on = True
    most = find_limit("follow", "network").most
    statuses = [(await page.client.post(address)).status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]


async def test_the_confirmation_mail_contains_nothing_typed_but_the_address(
    page: Page, application: Application
) -> None:
    await request_follow(page, region="APAC", webhook="https://evil.example/typed-here")
    (row,) = await find_mails(application, "follow_confirmation")
    assert b"evil" not in row.payload
    assert "APAC" not in plain_text(row)
    html = (await page.client.get(find_link(row, "/confirm/"))).text
    assert "https://evil.example/typed-here" in html


@pytest.mark.parametrize("state", ["new", "asked for", "confirmed", "left"])
async def test_every_address_gets_the_same_answer_and_the_same_mail(
    page: Page, application: Application, state: str
) -> None:
    if state in ("confirmed", "left"):
        manage = find_manage_link(await confirm_follow(page, application, region="EU"))
        if state == "left":
            await page.client.post(manage, data={"leave": "1"})
    elif state == "asked for":
        await request_follow(page, region="EU")
    before = len(await find_mails(application, "follow_confirmation"))
    response = await page.post("follows", {"email": DPO})
    assert (response.status_code, response.content) == (202, b'{"state":"asked"}')
    mails = await find_mails(application, "follow_confirmation")
    assert len(mails) == before + 1
    assert len({parse_mail(each)["Subject"] for each in mails}) == 1


async def test_an_address_gets_one_mail_an_hour_whatever_its_spelling(page: Page, application: Application) -> None:
    for email in (DPO, "DPO@example.com", "Dpo@Example.com"):
        await request_follow(page, email)
    assert len(await find_mails(application, "follow_confirmation")) == 1


@refused_alike
@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"email": "ola"}, "email", "email"),
        ({"email": "a@x.org>\r\nRCPT TO:<b@x.org>"}, "email", "characters"),
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
    response = await page.post("follows", {"email": DPO} | more)
    assert response.status_code == 422
    assert [(each["field"], each["code"]) for each in response.json()["errors"]] == [(field, code)]
    assert await read_rows(application) == []


@refused_alike
@pytest.mark.parametrize("origin", ["https://www.example.com.evil.test", "http://www.example.com", "null"])
async def test_another_origin_is_refused(page: Page, application: Application, origin: str) -> None:
    assert (await page.post("follows", {"email": DPO}, origin=origin)).status_code == 403
    assert await read_rows(application) == []


async def test_hosted_pages_may_use_the_api(page: Page, application: Application) -> None:
    assert (await page.post("follows", {"email": DPO}, origin=application.address)).status_code == 202


async def test_requested_preferences_take_effect_once_confirmed(
    page: Page, application: Application, answered_challenges: None
) -> None:
    await confirm_follow(page, application, region="EU")
    await request_follow(page, region="US", webhook="https://evil.example/")
    (row,) = await read_rows(application)
    assert (row.region, row.webhook) == ("EU", "")
    await page.client.post(find_link((await find_mails(application, "follow_confirmation"))[1], "/confirm/"))
    (row,) = await read_rows(application)
    assert (row.region, row.webhook) == ("US", "https://evil.example/")


async def test_a_webhooks_secret_is_shown_once(page: Page, application: Application, answered_challenges: None) -> None:
    await request_follow(page, webhook="https://hooks.example.com/in")
    url = find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/")
    first, second = await page.client.post(url), await page.client.post(url)
    (row,) = await read_rows(application)
    assert row.webhook_secret.startswith("whsec_")
    assert row.webhook_secret in first.text
    assert "whsec_" not in second.text


async def test_an_expired_link_is_gone(page: Page, application: Application) -> None:
    await request_follow(page)
    url = find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/")
    await application.database.write(lambda c: c.execute(link_rows.update().values(expires_at=clock.now())) and None)
    assert [(await page.client.get(url)).status_code, (await page.client.post(url)).status_code] == [410, 410]
    assert await read_rows(application) == []


@pytest.mark.parametrize("path", ["confirm", "manage", "leave"])
async def test_an_unknown_link_or_one_of_another_purpose_is_gone(
    page: Page, application: Application, path: str
) -> None:
    other = await application.database.write(
        lambda c: one_time_links.create(c, "newsletter.confirm", "x", CONFIRMATION_LIFETIME)
    )
    for secret in (other, "never-made"):
        url = f"/main/en/follow/{path}/{secret}"
        assert (await page.client.get(url)).status_code == 410
        assert (await page.client.post(url, data={"region": "", "locale": "en"})).status_code == 410


async def test_a_link_of_another_site_is_gone(page: Page, application: Application) -> None:
    await request_follow(page)
    url = find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/").replace("/main/", "/other/")
    assert (await page.client.post(url)).status_code == 410
    assert await read_rows(application) == []


async def test_the_links_secret_is_not_stored(page: Page, application: Application) -> None:
    await request_follow(page)
    secret = find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/").rpartition("/")[2]
    links = await read_rows(application, link_rows)
    assert [each.purpose for each in links] == [CONFIRMATION_LINK]
    assert secret not in str(links)


class TestManaging:
    async def test_the_notices_link_is_enough_to_change_preferences_and_stop(
        self, page: Page, application: Application
    ) -> None:
        await confirm_follow(page, application)
        await publish(application, relocated())
        await plan_notices(application)
        url = find_link((await find_mails(application, "change_notice"))[0], "/manage/")
        assert "EU" in (await page.client.get(url)).text
        response = await page.client.post(url, data={"locale": "nb", "region": "UK"})
        assert response.status_code == 303
        assert "Lagret." in (await page.client.get(response.headers["location"])).text
        (row,) = await read_rows(application)
        assert (row.locale, row.region, row.state) == ("nb", "UK", "confirmed")
        for _ in range(2):
            assert (await page.client.post(url, data={"leave": "1"})).status_code == 200
            assert (await read_rows(application))[0].state == "left"

    async def test_changing_preferences_after_stopping_does_not_follow_again(
        self, page: Page, application: Application
    ) -> None:
        await confirm_follow(page, application)
        await publish(application, relocated())
        await plan_notices(application)
        url = find_link((await find_mails(application, "change_notice"))[0], "/manage/")
        await page.client.post(url, data={"leave": "1"})
        await page.client.post(url, data={"locale": "en", "region": "EU"})
        assert (await read_rows(application))[0].state == "left"

    @refused_alike
    @pytest.mark.parametrize(
        "data", [{"locale": "xx"}, {"locale": "en", "region": "XX"}, {"locale": "en", "products": "x"}]
    )
    async def test_wrong_preferences_are_refused(
        self, page: Page, application: Application, data: dict[str, str]
    ) -> None:
        await confirm_follow(page, application, region="EU")
        await publish(application, relocated())
        await plan_notices(application)
        url = find_link((await find_mails(application, "change_notice"))[0], "/manage/")
        assert (await page.client.post(url, data=data)).status_code == 422
        assert (await read_rows(application))[0].region == "EU"


class TestHosted:
    FORM = "/main/en/follow"

    async def test_the_form_works_without_javascript(self, page: Page, application: Application) -> None:
        html = await page.client.get(self.FORM, params={"region": "uk"})
        assert '<option value="UK" selected>' in html.text
        response = await page.client.post(self.FORM, data={"email": DPO, "region": "UK", "webhook": ""})
        assert (response.status_code, response.headers["location"]) == (303, "/main/en/follow/asked")
        assert (await page.client.get("/main/en/follow/asked")).status_code == 200
        assert [each.recipient for each in await find_mails(application, "follow_confirmation")] == [DPO]

    async def test_errors_stand_at_their_fields_and_what_was_typed_is_kept(self, page: Page) -> None:
        typed = {"email": '"><b>x', "region": "APAC", "webhook": "http://inside/"}
        response = await page.client.post(self.FORM, data=typed)
        assert response.status_code == 422
        assert 'value="&#34;&gt;&lt;b&gt;x"' in response.text
        assert "error-email" in response.text
        assert "error-webhook" in response.text
        assert '<option value="APAC" selected>' in response.text
        assert 'value="http://inside/"' in response.text

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
        assert await read_rows(application) == []

    async def test_the_pages_stay_out_of_caches_and_referrers(self, page: Page, application: Application) -> None:
        await request_follow(page)
        response = await page.client.get(
            find_link((await find_mails(application, "follow_confirmation"))[0], "/confirm/")
        )
        assert (response.headers["cache-control"], response.headers["referrer-policy"]) == ("no-store", "no-referrer")

    class TestTimes:
        @pytest.fixture
        def settings(self, settings: Settings) -> Settings:
            site = replace(settings.sites["main"], change_notice_evidence_days=400)
            return replace(
                settings, retention=RetentionSettings(unconfirmed_addresses=3), sites=settings.sites | {"main": site}
            )

        async def test_the_form_says_how_long_addresses_are_kept(self, page: Page) -> None:
            html = (await page.client.get(TestHosted.FORM)).text
            assert "not confirmed is deleted after 3 days, and one that has stopped following after 30 days" in html
            assert "kept for 400 days" in html
            assert "slettes etter 3 dager" in (await page.client.get("/main/nb/follow")).text
