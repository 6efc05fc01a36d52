"""A choice is kept as it was made, by the server's time, and opens exactly what it agreed to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.db.tables import consent_details, consents
from tests.page import EVERYTHING, LETTER, Page

pytestmark = pytest.mark.anyio
CHOICES = consents.select().where(consents.c.kind == "consent")
GATED = [("contact", LETTER), ("newsletter", {"email": "ola@example.com"}), ("conversations", {})]


async def test_reading_stores_nothing(page: Page, count: Callable[[str], Any]) -> None:
    await page.boot(policy="1")
    assert [await count(table) for table in ("visitors", "consents", "consent_details", "conversations")] == [
        0,
        0,
        0,
        0,
    ]


async def test_everything_accepted_unlocks_every_feature(page: Page) -> None:
    answer = await page.accept()
    assert answer["unlocked"] == ["contact", "chat", "newsletter"]
    for path, body in GATED:
        assert (await page.post(path, body)).status_code in (201, 202)


async def test_the_record_holds_the_words_the_offer_and_the_answers(page: Page, application: Application) -> None:
    boot = await page.boot(locale="nb")
    body = {"locale": "nb", "notice_hash": boot["consent"]["notice_hash"], "source": "inline"}
    assert (await page.choose({"support": True}, **body)).status_code == 201
    row = await application.database.read(lambda c: c.execute(CHOICES).one())
    assert row.offered == ["analytics", "marketing", "necessary", "newsletter", "support"]
    assert {name for name, is_granted in row.purposes.items() if is_granted} == {"necessary", "support"}
    assert row.purposes.keys() == set(row.offered)
    assert (row.notice_hash, row.locale, row.source) == (boot["consent"]["notice_hash"], "nb", "inline")
    assert (row.privacy_policy, row.release) == (boot["consent"]["privacy_policy"]["version"], 1)
    assert abs(row.created_at - clock.now()) < timedelta(minutes=1)


async def test_a_notice_can_be_read_by_its_hash(page: Page) -> None:
    boot = await page.boot(locale="nb")
    notice = await page.client.get(f"/v1/notices/{boot['consent']['notice_hash']}")
    content = notice.json()["content"]
    assert content["purposes"] == boot["consent"]["purposes"]
    assert content["words"]["banner.title"] == boot["strings"]["banner.title"]


async def test_an_unknown_notice_is_not_found(page: Page) -> None:
    assert (await page.client.get(f"/v1/notices/{'0' * 64}")).status_code == 404


async def test_personal_values_are_in_a_row_that_can_be_deleted(page: Page, application: Application) -> None:
    await page.accept()
    row, details = await application.database.read(
        lambda c: (c.execute(CHOICES).one(), c.execute(consent_details.select()).one())
    )
    assert details.origin not in msgspec.json.encode(list(map(str, row))).decode()
    assert details.address == "127.0.0.0/24"
    await application.database.write(lambda c: c.execute(consent_details.delete()) and None)
    assert (await page.post("contact", LETTER)).status_code == 201


async def test_a_refusal_is_recorded_and_unlocks_nothing(page: Page) -> None:
    answer = await page.choose({}, privacy_policy=False, gesture="scripted")
    assert answer.status_code == 201
    assert answer.json()["unlocked"] == []
    page.token = answer.json()["token"]
    assert (await page.get("consents/current")).json()["state"] == "refused"
    assert (await page.post("contact", LETTER)).json()["needs"] == ["support", "privacy_policy"]


async def test_a_required_purpose_is_true_whatever_is_posted(page: Page) -> None:
    page.token = (await page.choose({"necessary": False})).json()["token"]
    assert (await page.get("consents/current")).json()["purposes"]["necessary"] is True


async def test_accepting_without_a_click_is_refused(page: Page) -> None:
    answer = await page.choose(gesture="scripted")
    assert (answer.status_code, answer.json()["code"]) == (403, "gesture_required")


async def test_a_purpose_that_was_not_offered_is_named(page: Page) -> None:
    answer = await page.choose({"support": True, "spying": True, "x" * 20: True})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["purposes.spying", f"purposes.{'x' * 20}"]


async def test_five_hundred_invented_purposes_are_refused(page: Page) -> None:
    assert (await page.choose({f"p{n}": True for n in range(500)})).status_code == 422


async def test_a_date_from_the_client_is_refused(page: Page) -> None:
    answer = await page.choose(givenAt=915148800000)
    assert answer.json()["errors"] == [{"field": "givenAt", "code": "unknown", "message": "This field is unknown."}]


async def test_invented_purposes_are_told_with_every_other_wrong_field(page: Page, count: Callable[[str], Any]) -> None:
    wrong: dict[str, Any] = {"purposes": {"support": "yes"}, "source": "nowhere", "extra": 1}
    answer = await page.choose(**wrong)
    fields = {(fault["field"], fault["code"]) for fault in answer.json()["errors"]}
    assert fields == {("extra", "unknown"), ("source", "choice"), ("purposes", "type")}
    answer = await page.choose({"tracking": True, "spying": True}, source="nowhere")
    assert [fault["field"] for fault in answer.json()["errors"]] == ["source", "purposes.spying", "purposes.tracking"]
    hash_in_norwegian = (await page.boot(locale="nb"))["consent"]["notice_hash"]
    answer = await page.choose({"tracking": True}, gesture="scripted", notice_hash=hash_in_norwegian)
    assert [fault["field"] for fault in answer.json()["errors"]] == ["locale", "purposes.tracking"]
    assert await count("consents") == 0


async def test_choosing_again_appends_to_the_same_visitor(page: Page, count: Callable[[str], Any]) -> None:
    await page.accept()
    assert (await page.choose({"newsletter": True})).json()["unlocked"] == ["newsletter"]
    assert (await page.post("contact", LETTER)).json()["code"] == "consent_required"
    assert (await count("visitors"), await count("consents")) == (1, 3)  # the privacy policy was acknowledged once


async def test_an_answer_in_another_language_than_the_notice_is_refused(page: Page) -> None:
    boot = await page.boot(locale="nb")
    answer = await page.choose(notice_hash=boot["consent"]["notice_hash"], locale="en")
    assert answer.json()["errors"][0]["code"] == "not_the_notice"


@pytest.mark.parametrize(("path", "body"), GATED)
async def test_a_feature_stays_locked_without_one_of_its_purposes(page: Page, path: str, body: dict[str, str]) -> None:
    purpose = "newsletter" if path == "newsletter" else "support"
    page.token = (await page.choose(EVERYTHING | {purpose: False})).json()["token"]
    answer = await page.post(path, body)
    assert (answer.status_code, answer.json()["needs"]) == (403, [purpose])


@pytest.mark.parametrize(("path", "body"), GATED)
async def test_every_feature_stays_locked_without_the_privacy_policy(
    page: Page, path: str, body: dict[str, str]
) -> None:
    page.token = (await page.choose(privacy_policy=False)).json()["token"]
    answer = await page.post(path, body)
    assert (answer.status_code, answer.json()["needs"]) == (403, ["privacy_policy"])
