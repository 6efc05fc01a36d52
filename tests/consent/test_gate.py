"""The server refuses every gated call without a standing consent for it, whatever the page shows."""

from datetime import timedelta

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.consent import actions
from forecourt.consent.grant import Visitor, require_unlocked
from forecourt.consent.status import judge
from forecourt.errors import ConsentRequired
from forecourt.policy.actions import publish
from forecourt.policy.model import Location
from forecourt.signing_keys import SigningKeys
from forecourt.visitor_token import issue_visitor_token, read_visitor_token
from tests.consent.publishing import publish_moved
from tests.engines import refused_alike
from tests.page import LETTER, Page
from tests.policy.sample import with_engagement

pytestmark = pytest.mark.anyio
GATED = [
    ("post", "contact", LETTER),
    ("post", "newsletter", {"email": "ola@example.com"}),
    ("post", "conversations", {}),
    ("post", "conversations/nobodys/messages", {"key": "k", "body": "Hei"}),
    ("get", "conversations/nobodys", None),
    ("get", "conversations/nobodys/events", None),
]
each_gated_call = pytest.mark.parametrize(("verb", "path", "body"), GATED)


async def call(page: Page, verb: str, path: str, body: object) -> tuple[int, str]:
    answer = await (page.get(path) if verb == "get" else page.post(path, body))
    return answer.status_code, answer.json()["code"]


@refused_alike
@each_gated_call
async def test_a_request_without_a_token_is_refused(page: Page, verb: str, path: str, body: object) -> None:
    assert await call(page, verb, path, body) == (401, "token_invalid")


@refused_alike
@each_gated_call
async def test_a_forged_token_is_refused(page: Page, verb: str, path: str, body: object) -> None:
    await page.accept()
    assert page.token
    for forged in (page.token[:-1], page.token + "A", "a.b", "x" * 4000, page.token.swapcase()):
        page.token = forged
        assert await call(page, verb, path, body) == (401, "token_invalid")


@refused_alike
@each_gated_call
async def test_the_token_of_another_site_is_refused(page: Page, verb: str, path: str, body: object) -> None:
    other = Page(page.client, "other", "https://other.example")
    await other.accept()
    page.token = other.token
    assert await call(page, verb, path, body) == (401, "token_invalid")


@refused_alike
@each_gated_call
async def test_a_token_of_a_retired_key_is_refused(page: Page, verb: str, path: str, body: object) -> None:
    page.token = issue_visitor_token(SigningKeys(("a retired key",)).visitor_serializer(), "visitor", "main")
    assert await call(page, verb, path, body) == (401, "token_invalid")


@each_gated_call
async def test_a_withdrawn_consent_unlocks_nothing(page: Page, verb: str, path: str, body: object) -> None:
    await page.accept()
    assert (await page.withdraw()).json()["state"] == "withdrawn"
    assert await call(page, verb, path, body) == (403, "consent_required")


@each_gated_call
async def test_a_token_without_a_consent_unlocks_nothing(
    page: Page, application: Application, verb: str, path: str, body: object
) -> None:
    page.token = issue_visitor_token(application.keys.visitor_serializer(), "nobody", "main")
    assert await call(page, verb, path, body) == (403, "consent_required")


async def test_after_a_withdrawal_a_visitor_can_read_their_consent_and_choose_again(page: Page) -> None:
    await page.accept()
    await page.withdraw()
    assert (await page.get("consents/current")).json()["state"] == "withdrawn"
    assert (await page.withdraw()).status_code == 200
    await page.accept()
    assert (await page.post("contact", LETTER)).status_code == 201


@refused_alike
@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://www.example.com",
        "https://www.example.com:8443",
        "https://www.example.com.evil.test",
        "https://WWW.example.com/",
        "https://other.example",
    ],
)
async def test_a_page_of_another_origin_may_not_write(page: Page, origin: str) -> None:
    await page.accept()
    page.origin = origin
    for answer in (await page.choose(), await page.post("contact", LETTER), await page.withdraw()):
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_request_without_an_origin_may_not_write(page: Page) -> None:
    answer = await page.client.post("/v1/sites/main/consents", json={})
    assert answer.json()["code"] == "origin_refused"


async def test_a_stale_notice_is_refused_and_says_what_changed(page: Page) -> None:
    answer = await page.choose(notice_hash="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_stale")
    assert answer.json()["changed"] == ["contact", "chat", "newsletter"]


async def test_a_release_that_moves_a_recipient_makes_only_its_features_stale(
    page: Page, application: Application
) -> None:
    await page.accept()
    before = await page.boot(locale="en")
    await publish_moved(application, "qu-llc", "CA")
    assert (await page.get("consents/current")).json()["stale"] == ["contact", "chat"]
    assert await call(page, "post", "contact", LETTER) == (409, "consent_stale")
    assert (await page.post("newsletter", {"email": "ola@example.com"})).status_code == 202
    answer = await page.choose(notice_hash=before["consent"]["notice_hash"])
    assert (answer.status_code, answer.json()["changed"]) == (409, ["contact", "chat"])
    await page.accept()
    assert (await page.post("contact", LETTER)).status_code == 201


async def test_a_proposal_changes_no_consent_until_it_takes_effect(
    page: Page, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.accept()
    day = clock.now() + timedelta(days=40)
    moved = with_engagement("qu-llc", locations=(Location("CA"),), effective=day.date())
    await publish(application.database, "main", moved)
    await application.site_loader.refresh()
    assert (await page.post("contact", LETTER)).status_code == 201
    monkeypatch.setattr(clock, "now", lambda: day)
    await application.site_loader.refresh()
    assert (await page.get("consents/current")).json()["stale"] == ["contact", "chat"]
    assert await call(page, "post", "contact", LETTER) == (409, "consent_stale")


async def test_a_consent_expires_after_six_months(page: Page, application: Application) -> None:
    await page.accept()
    offer = application.context.offers["main"]
    visitor = Visitor(read_visitor_token(application.keys.visitor_serializer(), page.token or "", "main"), offer)
    standing = await application.database.read(lambda c: actions.find_current(c, visitor))
    assert standing
    assert standing.expires_at == clock.months_later(standing.record.created_at, 6)
    assert judge(standing.record, offer, standing.expires_at - timedelta(seconds=1)).status == "granted"
    assert judge(standing.record, offer, standing.expires_at).status == "expired"
    with pytest.raises(ConsentRequired):
        require_unlocked(standing.record, offer, "contact", standing.expires_at)
