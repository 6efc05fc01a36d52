"""Checks that the receipt shows what was agreed to, and withdraws it without a cookie or an account (L5, L6)."""

import hashlib
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from forecourt.app import Application
from forecourt.consent.log import store as log
from forecourt.consent.log.checkpoint import Checkpoint, read
from forecourt.consent.log.log_key import load_or_create_key
from forecourt.db.tables import consent_details, consents
from tests.consent.publishing import publish_moved
from tests.deadline import wait_until_async
from tests.engines import refused_alike
from tests.page import LETTER, ORIGIN, Page

pytestmark = pytest.mark.anyio
Count = Callable[[str], Any]
HOME = "http://127.0.0.1:8000"
OWN = {"origin": HOME, "sec-fetch-site": "same-origin"}


async def choose(page: Page, locale: str = "en", **choice: Any) -> str:
    """Makes a choice and returns the address of its receipt."""
    answer = await page.choose(**choice)
    page.token = answer.json()["token"]
    return f"/main/{locale}/receipt/{answer.json()['receipt']}"


async def read_text(page: Page, address: str) -> str:
    """Returns the text of a page, without its markup."""
    answer = await page.client.get(address)
    assert answer.status_code == 200, answer.text
    return unescape(re.sub(r"<[^>]+>|\s+", " ", answer.text))


async def wait_for_seal(application: Application, number: int) -> None:
    await wait_until_async(
        lambda: application.database.read(log.read_head), lambda head: head.last_consent_seq >= number
    )


async def submit(page: Page, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return await page.client.post(address, headers=OWN if headers is None else headers)


async def test_l6_a_receipt_reproduces_the_words_the_version_the_choices_and_the_servers_time(
    page: Page, application: Application
) -> None:
    address = await choose(page, purposes={"support": True, "newsletter": False})
    text = re.sub(r"\s+", " ", await read_text(page, address))
    row = await application.database.read(
        lambda c: c.execute(consents.select().where(consents.c.kind == "consent")).one()
    )
    for part in (row.notice_hash, row.id, row.privacy_policy, "Release 1", f"{row.created_at:%H:%M:%S} UTC"):
        assert part in text
    assert re.search(r"Support Yes", text)
    assert re.search(r"Newsletter No", text)
    assert re.search(r"Necessary Always on", text)
    assert "would like to store data about you" in text
    assert "{" not in text


async def test_a_receipt_shows_the_words_in_the_language_of_the_choice(page: Page) -> None:
    address = await choose(page, locale="en", purposes={"support": True})
    norwegian = (await page.client.get(address.replace("/en/", "/nb/"))).text
    assert '<html lang="nb"' in norwegian
    assert '<li lang="en">' in norwegian


async def test_a_receipt_says_where_its_record_is_sealed(page: Page, application: Application) -> None:
    address = await choose(page)
    assert (await page.client.get(address + "/receipt.json")).json()["record_id"]
    await wait_for_seal(application, 2)
    seal = (await page.client.get(address + "/receipt.json")).json()["forecourt_seal"]
    note = seal["checkpoint"]
    assert isinstance(read(note, load_or_create_key(application.settings.data).public_key()), Checkpoint)
    assert f"Log entry {seal['position']}" in await read_text(page, address)


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["", "/receipt.json", "/personal-data.json", "/erase"])
async def test_opening_the_page_changes_nothing(page: Page, count: Count, verb: str, path: str) -> None:
    address = await choose(page)
    before = [await count(table) for table in ("consents", "consent_details")]
    assert (await page.client.request(verb, address + path)).status_code == 200
    assert [await count(table) for table in ("consents", "consent_details")] == before


async def test_l5_one_click_withdraws_without_a_token_and_appends_a_record(
    page: Page, application: Application
) -> None:
    address = await choose(page)
    assert (await page.post("contact", LETTER)).status_code == 201
    answer = await submit(page, address)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert "set-cookie" not in answer.headers
    text = await read_text(page, address)
    assert "Everything was withdrawn on" in text
    assert "Support and Newsletter" in text
    assert (await page.post("contact", LETTER)).json()["code"] == "consent_required"
    query = select(consents.c.action).where(consents.c.kind == "consent").order_by(consents.c.seq)
    actions = await application.database.read(lambda c: list(c.execute(query).scalars()))
    assert actions == ["grant", "withdraw"]


async def test_withdrawing_twice_appends_once(page: Page, count: Count) -> None:
    address = await choose(page)
    before = await count("consents")
    for _ in range(2):
        assert (await submit(page, address)).status_code == 303
    assert await count("consents") == before + 1
    assert "<button" not in (await page.client.get(address)).text.partition("<h2>")[0]


@refused_alike
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": ORIGIN},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": HOME},
    ],
)
@pytest.mark.parametrize("path", ["", "/erase"])
async def test_a_form_of_another_origin_is_refused(
    page: Page, count: Count, headers: dict[str, str], path: str
) -> None:
    address = await choose(page)
    before = await count("consents")
    assert (await submit(page, address + path, headers)).status_code == 403
    assert await count("consents") == before


async def test_a_receipt_says_that_a_later_choice_counts(page: Page) -> None:
    address = await choose(page)
    assert "Valid until" in await read_text(page, address)
    await page.choose({"support": True})
    text = await read_text(page, address)
    assert "You chose again on" in text
    assert "Good until" not in text


async def test_a_choice_whose_terms_changed_says_that_it_is_asked_again(page: Page, application: Application) -> None:
    address = await choose(page)
    await publish_moved(application, "qu-llc", "CA")
    assert "has changed since" in await read_text(page, address)


async def test_a_refusal_has_a_receipt_and_nothing_to_withdraw(page: Page) -> None:
    address = await choose(page, purposes={}, privacy_policy=False)
    assert "Your refusal is still in effect." in await read_text(page, address)
    assert "Withdraw everything" not in await read_text(page, address)


@pytest.mark.parametrize("code", ["x", "A" * 32, "..%2f..", "%00", "æøå", "A" * 3000])
async def test_an_unknown_code_is_gone(page: Page, code: str) -> None:
    await page.accept()
    for verb in ("GET", "POST"):
        answer = await page.client.request(verb, f"/main/en/receipt/{code}", headers=OWN)
        assert answer.status_code in (404, 405, 410)


async def test_a_code_of_another_site_is_gone(page: Page) -> None:
    address = await choose(page)
    other = await page.client.get(address.replace("/main/", "/other/"))
    assert other.status_code == 410


async def test_a_receipts_secret_is_stored_as_a_digest_only(page: Page, application: Application) -> None:
    secret = (await choose(page)).rpartition("/")[2]
    row = await application.database.read(lambda c: c.execute(consent_details.select()).first())
    assert row
    assert secret not in map(str, row)
    assert row.receipt_hash == secret[:8] + hashlib.sha256(secret.encode()).hexdigest()  # its time, and no more


async def test_a_receipt_of_an_earlier_version_is_found_by_its_digest_alone(
    page: Page, application: Application
) -> None:
    address = await choose(page)
    secret = address.rpartition("/")[2]
    restore = update(consent_details).values(receipt_hash=hashlib.sha256(secret.encode()).hexdigest())
    await application.database.write(lambda c: c.execute(restore) and None)
    assert (await page.client.get(address)).status_code == 200


async def test_a_typed_code_and_a_pasted_link_open_the_receipt(page: Page) -> None:
    address = await choose(page)
    for typed in (address.rpartition("/")[2], f"  {HOME}{address}/ "):
        answer = await page.client.post("/main/en/receipt", data={"code": typed}, headers=OWN)
        assert (answer.status_code, answer.headers["location"]) == (303, address)
    for wrong in ("", "no", "B" * 32, "<svg onload=alert(1)>", "//evil.test/" + "A" * 30):
        answer = await page.client.post("/main/en/receipt", data={"code": wrong}, headers=OWN)
        assert answer.status_code == 422
        assert "No receipt has this code" in answer.text


async def test_the_address_of_a_receipt_is_not_leaked(page: Page) -> None:
    address = await choose(page)
    for path in ("", "/receipt.json", "/personal-data.json", "/erase"):
        headers = (await page.client.get(address + path)).headers
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "same-origin")
        assert headers["x-robots-tag"] == "noindex"


async def test_the_download_has_the_shape_of_iso_27560(page: Page) -> None:
    address = await choose(page, purposes={"support": True})
    answer = await page.client.get(address + "/receipt.json")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    receipt = answer.json()
    sections = {"schema_version", "record_id", "pii_principal_id", "pii_processing", "party_identification", "events"}
    assert sections | {"receipt_metadata", "forecourt_seal"} == set(receipt)
    assert receipt["schema_version"] == "ISO/IEC TS 27560:2023"
    by_type = {each["purpose_type"]: each for each in receipt["pii_processing"]["purposes"]}
    assert (by_type["support"]["consent_given"], by_type["newsletter"]["consent_given"]) == (True, False)
    assert by_type["support"]["recipient_third_parties"]
    assert by_type["support"]["pii_information"]
    assert receipt["party_identification"][0]["party_role"] == "PII controller"
    assert [each["event_state"] for each in receipt["events"]] == ["consent given"]
    notice = await page.client.get(f"/v1/notices/{receipt['pii_processing']['privacy_notice']['sha256']}")
    assert notice.status_code == 200


async def test_the_download_lists_a_withdrawal_as_an_event(page: Page) -> None:
    address = await choose(page)
    await submit(page, address)
    receipt = (await page.client.get(address + "/receipt.json")).json()
    assert [each["event_state"] for each in receipt["events"]] == ["consent given", "consent withdrawn"]


async def test_all_data_can_be_downloaded_with_a_receipt(page: Page) -> None:
    address = await choose(page)
    await page.post("contact", LETTER)
    by_receipt = (await page.client.get(address + "/personal-data.json")).json()
    by_token = (await page.get("me")).json()
    for same in ("visitor", "contact"):
        assert by_receipt[same] == by_token[same]
    assert by_receipt["contact"][0]["message"] == LETTER["message"]


async def test_all_data_can_be_erased_with_a_receipt(page: Page, count: Count) -> None:
    address = await choose(page)
    await page.post("contact", LETTER)
    answer = await submit(page, address + "/erase")
    assert answer.status_code == 200
    assert "Your data was erased" in answer.text
    assert "GDPR 7(1)" in answer.text
    assert [await count(table) for table in ("conversations", "outbox", "consent_details")] == [0, 0, 0]
    for answer_after in (
        await page.client.get(address),
        await submit(page, address + "/erase"),
        await submit(page, address),
    ):
        assert answer_after.status_code == 410
        assert "<html" in answer_after.text


async def test_markup_in_a_record_is_shown_as_text(page: Page, application: Application) -> None:
    """Nothing of a visitor's own words stands on the page; a code is not echoed either."""
    await choose(page)
    answer = await page.client.post("/main/en/receipt", data={"code": "<b>x</b>"}, headers=OWN)
    assert "<b>x" not in answer.text


async def test_downloaded_data_is_plain_json(page: Page) -> None:
    address = await choose(page)
    await page.post("contact", LETTER | {"message": "<script>alert(1)</script>\u202e", "name": '"; drop'})
    answer = await page.client.get(address + "/personal-data.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(answer.text)["contact"][0]["name"] == '"; drop'
