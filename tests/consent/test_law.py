"""Checks the statements of docs/law.md that the server holds. Each test begins with the number of its statement."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from forecourt import clock, i18n
from forecourt.app import Application
from forecourt.db.tables import consent_details, consents
from forecourt.settings.site import SiteSettings
from forecourt.web.client_network import truncate_address
from forecourt.web.user_agent import browser_family
from tests.consent.publishing import publish_moved
from tests.consent.restart import restart
from tests.page import LETTER, ORIGIN, Page

pytestmark = pytest.mark.anyio
CHOICES = consents.select().where(consents.c.kind == "consent").order_by(consents.c.seq)


async def read_newest(application: Application) -> Any:
    return (await application.database.read(lambda c: c.execute(CHOICES).all()))[-1]


async def read_notice(page: Page, notice_hash: str) -> dict[str, Any]:
    answer = await page.client.get(f"/v1/notices/{notice_hash}")
    assert answer.status_code == 200
    return dict(answer.json()["content"])


async def read_current(page: Page) -> dict[str, Any]:
    return dict((await page.get("consents/current")).json())


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


async def test_l1_reading_everything_sets_no_cookie_and_stores_no_row(page: Page, count: Callable[[str], Any]) -> None:
    boot = await page.client.get("/v1/sites/main/boot", params={"policy": "1"}, headers={"sec-gpc": "1"})
    words = await page.client.get(f"/v1/notices/{boot.json()['consent']['notice_hash']}")
    assert not {"set-cookie"} & {*boot.headers, *words.headers}
    assert [await count(table) for table in ("visitors", "consents", "consent_details")] == [0, 0, 0]


async def test_l3_what_is_not_answered_is_refused(page: Page) -> None:
    answer = (await page.choose({"support": True})).json()
    assert [name for name, is_granted in answer["purposes"].items() if is_granted] == ["necessary", "support"]


async def test_l4_an_answer_that_nobody_gave_grants_nothing(page: Page, count: Callable[[str], Any]) -> None:
    assert (await page.choose(gesture="scripted")).json()["code"] == "gesture_required"
    assert await count("consents") == 0


@pytest.mark.parametrize("locale", ["en", "nb"])
async def test_l6_a_record_reproduces_text_language_version_choices_and_the_servers_time(
    page: Page, application: Application, locale: str
) -> None:
    boot, before = await page.boot(locale=locale), clock.now()
    consent = boot["consent"]
    await page.choose({"support": True, "analytics": False}, locale=locale, notice_hash=consent["notice_hash"])
    row = await read_newest(application)
    notice = await read_notice(page, row.notice_hash)
    assert (row.locale, notice["locale"], row.release) == (locale, locale, boot["policy"]["release"])
    assert (notice["purposes"], notice["controller"]) == (consent["purposes"], consent["controller"])
    assert {key: boot["strings"][key] for key in notice["words"]} == notice["words"]
    assert {"banner.title", "banner.text", "banner.accept", "banner.reject"} <= notice["words"].keys()
    assert row.offered == sorted(each["name"] for each in consent["purposes"])
    assert {name for name, is_granted in row.purposes.items() if is_granted} == {"necessary", "support"}
    assert row.privacy_policy == notice["privacy_policy"]["version"]
    assert before <= row.created_at <= clock.now()


async def test_l7_a_changed_text_has_a_new_hash_and_is_asked_again_and_the_old_record_stays_readable(
    page: Page, application: Application, site: SiteSettings
) -> None:
    await page.accept()
    old = (await read_newest(application)).notice_hash
    overrides = {"en": {"banner.title": "It is yours to decide"}, "nb": {"banner.title": "Det er du som bestemmer"}}
    async with restart(application, page, replace(site, text_overrides=overrides)) as new_page:
        boot = await new_page.boot(locale="en")
        assert boot["consent"]["notice_hash"] != old
        assert boot["strings"]["banner.title"] == "It is yours to decide"
        standing = await read_current(new_page)
        assert (standing["state"], standing["notice_hash"]) == ("stale", old)
        assert {each["kind"] for each in standing["changes"]} == {"wording"}
        assert (await new_page.post("contact", LETTER)).json()["code"] == "consent_stale"
        words = (await read_notice(new_page, old))["words"]
        assert words["banner.title"] == i18n.words("en")("widget.banner.title")


async def test_l7_another_text_that_asks_nothing_is_not_asked_again(
    page: Page, application: Application, site: SiteSettings
) -> None:
    await page.accept()
    overrides = {locale: {"chat.title": "Talk"} for locale in site.locales}
    async with restart(application, page, replace(site, text_overrides=overrides)) as new_page:
        assert (await read_current(new_page))["state"] == "granted"


@pytest.mark.parametrize(("is_granted", "state"), [(True, "granted"), (False, "refused")])
async def test_l8_both_answers_are_remembered_for_six_months_and_asked_then(
    page: Page, monkeypatch: pytest.MonkeyPatch, is_granted: bool, state: str
) -> None:
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    set_clock(monkeypatch, start)
    page.token = (await page.choose({"support": is_granted}, privacy_policy=is_granted)).json()["token"]
    end = datetime(2027, 5, 24, 12, tzinfo=UTC)
    for moment, expected in ((end - timedelta(seconds=1), state), (end, "expired")):
        set_clock(monkeypatch, moment)
        answer = await read_current(page)
        assert (answer["state"], answer["purposes_to_ask"]) == (expected, [])
    assert answer["expires_at"] == "2027-05-24T12:00:00Z"


@pytest.mark.parametrize("is_granted", [True, False])
async def test_l8_a_release_that_touches_nothing_agreed_to_asks_nobody(
    page: Page, application: Application, is_granted: bool
) -> None:
    page.token = (await page.choose({"support": is_granted}, privacy_policy=is_granted)).json()["token"]
    before = await read_current(page)
    await publish_moved(application, "twilio", "CA")
    assert await read_current(page) == before


async def test_l8_what_was_agreed_to_and_changed_is_asked_again_alone(page: Page, application: Application) -> None:
    await page.accept()
    await publish_moved(application, "qu-llc", "CA")
    answer = await read_current(page)
    assert (answer["purposes_to_ask"], answer["unlocked"]) == (["support"], ["newsletter"])
    assert {each["text"] for each in answer["changes"]} == {
        "Quality Unit, LLC is now in Canada, previously in United States"
    }


async def test_l9_cookies_the_privacy_policy_and_the_newsletter_are_separate_choices(
    page: Page, application: Application
) -> None:
    consent = {each["name"]: each for each in (await page.boot())["consent"]["purposes"]}
    assert [name for name, each in consent.items() if each["separate"]] == ["newsletter"]
    together = {name: True for name, each in consent.items() if not each["separate"]}
    page.token = (await page.choose(together, privacy_policy=False)).json()["token"]
    assert (await read_newest(application)).purposes == dict.fromkeys(consent, True) | {"newsletter": False}
    assert (await page.post("contact", LETTER)).json()["needs"] == ["privacy_policy"]
    await page.choose(together, privacy_policy=True)
    assert (await page.post("contact", LETTER)).status_code == 201
    kinds = await application.database.read(lambda c: list(c.execute(consents.select().order_by("seq")).all()))
    assert [(row.kind, row.action) for row in kinds] == [
        ("consent", "grant"),
        ("consent", "change"),
        ("acknowledgement", "acknowledge"),
    ]


@pytest.mark.parametrize("locale", ["en", "nb"])
async def test_l10_who_what_for_whom_how_long_and_the_way_back_can_be_read_before_choosing(
    page: Page, locale: str
) -> None:
    boot = await page.boot(locale=locale)
    consent = boot["consent"]
    assert consent["controller"] == "Quality Unit, s. r. o."
    for purpose in consent["purposes"]:
        assert purpose["title"]
        assert purpose["text"]
        assert purpose["lifetime"]
    support = next(purpose for purpose in consent["purposes"] if purpose["name"] == "support")
    assert any("Quality Unit, LLC" in name for name in support["recipients"])
    assert {"en": "two years", "nb": "to år"}[locale] in support["lifetime"]
    way_back = {"en": "change your mind", "nb": "ombestemme deg"}[locale]
    assert way_back in boot["strings"]["banner.text"]
    notice = await read_notice(page, consent["notice_hash"])
    assert {"controller", "purposes", "facts", "data"} <= notice.keys()


async def test_l11_the_policy_needs_no_consent(page: Page) -> None:
    assert (await page.client.get("/v1/sites/main/policy.json")).status_code == 200


async def test_l12_no_text_that_asks_is_left_in_english(page: Page) -> None:
    english, norwegian = [(await page.boot(locale=each))["consent"] for each in ("en", "nb")]
    for one, other in zip(english["purposes"], norwegian["purposes"], strict=True):
        assert one["text"] != other["text"]
        assert one["lifetime"] != other["lifetime"]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb:cccc::1", "2001:db8:aaaa::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2002:cb00:714d::1", "203.0.113.0/24"),  # 6to4 has all of an IPv4 address in its first /48
    ],
)
def test_l13_an_address_is_cut(address: str, network: str) -> None:
    assert truncate_address(address) == network


def test_l13_a_browser_is_a_family_and_no_more() -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.7444.59 Safari/537.36"
    assert browser_family(chrome) == "Chrome"


async def test_l13_the_record_is_minimal(page: Page, application: Application) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    body = {"purposes": {"support": True}, "privacy_policy": True, "locale": "en", "source": "banner"}
    consent = (await page.boot(locale="en"))["consent"]["notice_hash"]
    choice = body | {"notice_hash": consent, "gesture": "trusted", "path": "/priser"}
    await page.post("consents", choice, **{"user-agent": agent, "referer": f"{ORIGIN}/priser?navn=Ola"})
    details = await application.database.read(lambda c: c.execute(consent_details.select()).one())
    assert (details.origin, details.address, details.browser, details.path) == (
        ORIGIN,
        "127.0.0.0/24",
        "Firefox",
        "/priser",
    )
    everything = await application.database.read(
        lambda c: [*c.execute(consents.select()).all(), *c.execute(consent_details.select()).all()]
    )
    network = msgspec.json.encode([[str(value) for value in row] for row in everything]).decode()
    assert not [part for part in ("140.0", "Linux", "127.0.0.1", "navn", "Ola") if part in network]
