"""Checks that a record is stored once for a key, with the browser's signal, and is found fast among many."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from forecourt import clock
from forecourt.app import Application
from forecourt.db.database import Database
from forecourt.db.tables import consent_details, consents
from forecourt.identifiers import new_identifier
from forecourt.visitor_token import issue_visitor_token
from tests.consent.publishing import publish_moved
from tests.engines import refused_alike
from tests.page import EVERYTHING, LETTER, Page

pytestmark = pytest.mark.anyio
CHOICES = consents.select().where(consents.c.kind == "consent").order_by(consents.c.seq)
READ = consents.select().where(consents.c.kind == "acknowledgement").order_by(consents.c.seq)
KEY = "7f9c2ba4e88f827d616045507605853e"
GPC = {"sec-gpc": "1"}
FULL = EVERYTHING | {"analytics": True, "marketing": True}


async def read_rows(application: Application, statement: Any = CHOICES) -> list[Any]:
    return await application.database.read(lambda c: list(c.execute(statement).all()))


async def choice_body(page: Page, **body: Any) -> dict[str, Any]:
    """Returns a whole body, as the widget sends it."""
    boot = await page.boot(locale="en")
    about = {"notice_hash": boot["consent"]["notice_hash"], "locale": "en", "source": "banner", "gesture": "trusted"}
    return {"purposes": FULL, "privacy_policy": True} | about | body


class TestKeys:
    async def test_the_same_choice_sent_twice_is_stored_once_and_answered_alike(
        self, page: Page, count: Callable[[str], Any]
    ) -> None:
        first, repetition = await page.choose(key=KEY), await page.choose(key=KEY)
        assert (first.status_code, repetition.status_code) == (201, 200)
        assert first.json() == repetition.json()
        assert [await count(table) for table in ("visitors", "consents", "consent_details")] == [1, 2, 1]

    async def test_a_hundred_requests_at_once_are_stored_once(self, page: Page, count: Callable[[str], Any]) -> None:
        body = await choice_body(page, key=KEY)
        answers = await asyncio.gather(*(page.post("consents", body) for _ in range(100)))
        assert sorted({answer.status_code for answer in answers}) == [200, 201]
        assert len({answer.json()["consent_id"] for answer in answers}) == 1
        assert await count("visitors") == 1

    async def test_a_returning_visitor_may_send_a_key(self, page: Page, count: Callable[[str], Any]) -> None:
        await page.accept()
        first, repetition = await page.choose({}, key=KEY), await page.choose({}, key=KEY)
        assert (first.status_code, repetition.status_code, first.json()) == (201, 200, repetition.json())
        assert await count("visitors") == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"purposes": {"support": False}},
            {"purposes": {}},
            {"purposes": {"support": True}},
            {"privacy_policy": False},
            {"source": "inline"},
            {"signals": {"gpc": False}},
            {"locale": "nb"},
        ],
    )
    async def test_another_choice_under_the_key_is_refused(self, page: Page, other: dict[str, Any]) -> None:
        await page.choose(key=KEY)
        if "locale" in other:
            other = other | {"notice_hash": (await page.boot(locale="nb"))["consent"]["notice_hash"]}
        answer = await page.choose(key=KEY, **other)
        assert (answer.status_code, answer.json()["code"]) == (409, "key_conflict")

    async def test_a_partial_answer_sent_twice_is_the_same_choice(self, page: Page, application: Application) -> None:
        """What it does not name stayed as it was, and is no refusal."""
        await page.accept()
        await publish_moved(application, "qu-llc", "CA")
        answers = [await page.choose({"support": True}, key=KEY, privacy_policy=False) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()
        answer = await page.choose({"support": True, "newsletter": False}, key=KEY, privacy_policy=False)
        assert answer.json()["code"] == "key_conflict"

    async def test_another_visitor_does_not_learn_who_used_the_key(self, page: Page) -> None:
        await page.choose(key=KEY)
        await page.accept()
        answer = await page.choose(key=KEY)
        assert answer.json()["code"] == "key_conflict"
        assert "token" not in answer.json()

    @pytest.mark.parametrize(("browser", "hours"), [("Firefox", 0), ("Chrome", 2)])
    async def test_a_guessed_key_from_another_browser_or_later_is_refused(
        self, page: Page, browser: str, hours: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body = await choice_body(page, key="1")
        await page.post("consents", body, **{"user-agent": "Chrome"})
        turned = clock.now() + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda: turned)
        assert (await page.post("consents", body, **{"user-agent": browser})).json()["code"] == "key_conflict"

    async def test_a_key_whose_record_was_erased_cannot_be_used_again(
        self, page: Page, application: Application
    ) -> None:
        await page.choose(key=KEY)
        await application.database.write(lambda c: c.execute(consent_details.delete()) and None)
        assert (await page.choose(key=KEY)).json()["code"] == "key_conflict"

    async def test_two_sites_may_use_the_same_key(self, page: Page) -> None:
        other = Page(page.client, "other", "https://other.example")
        assert [(await each.choose(key=KEY)).status_code for each in (page, other)] == [201, 201]

    async def test_a_repeated_choice_unlocks_nothing_after_a_withdrawal(self, page: Page) -> None:
        page.token = (await page.choose(key=KEY)).json()["token"]
        await page.withdraw()
        answer = await page.choose(key=KEY)
        assert (answer.status_code, answer.json()["unlocked"]) == (200, [])

    async def test_a_key_is_stored_as_a_digest_only(self, page: Page, application: Application) -> None:
        await page.choose(key="ola@example.com")
        assert "ola@example.com" not in str(await read_rows(application))

    @refused_alike
    @pytest.mark.parametrize("key", ["", "x" * 65, "a\nb", 1, {}])
    async def test_a_wrong_key_is_named(self, page: Page, key: object) -> None:
        answer = await page.choose(key=key)
        assert [each["field"] for each in answer.json()["errors"]] == ["key"]


class TestGlobalPrivacyControl:
    @pytest.mark.parametrize(("headers", "signals"), [(GPC, None), ({}, {"gpc": True}), (GPC, {"gpc": False})])
    async def test_the_signal_refuses_its_purposes_whatever_the_body_says(
        self, page: Page, application: Application, headers: dict[str, str], signals: object
    ) -> None:
        body = await choice_body(page) | ({"signals": signals} if signals else {})
        answer = (await page.post("consents", body, **headers)).json()
        assert answer["purposes"] == FULL | {"marketing": False}
        row = (await read_rows(application))[0]
        assert (row.purposes["marketing"], row.purposes["analytics"], row.signals) == (False, True, {"gpc": True})

    @pytest.mark.parametrize(("headers", "signals"), [({"sec-gpc": "0"}, None), ({}, {"gpc": False}), ({}, None)])
    async def test_without_the_signal_a_visitor_may_grant_its_purposes(
        self, page: Page, application: Application, headers: dict[str, str], signals: object
    ) -> None:
        body = await choice_body(page) | ({"signals": signals} if signals else {})
        assert (await page.post("consents", body, **headers)).json()["purposes"] == FULL
        assert (await read_rows(application))[0].signals == (signals or {})

    async def test_a_refusal_by_the_signal_changes_no_other_purpose(self, page: Page, application: Application) -> None:
        page.token = (await page.post("consents", await choice_body(page))).json()["token"]
        only = await choice_body(page, purposes={}, privacy_policy=False, source="gpc", gesture="scripted")
        answer = await page.post("consents", only, **GPC)
        assert (answer.status_code, answer.json()["purposes"]) == (201, FULL | {"marketing": False})
        assert (await read_rows(application))[1].source == "gpc"
        assert (await page.post("contact", LETTER)).status_code == 201

    async def test_a_refusal_by_the_signal_leaves_stale_features_stale(
        self, page: Page, application: Application
    ) -> None:
        page.token = (await page.post("consents", await choice_body(page))).json()["token"]
        await publish_moved(application, "qu-llc", "CA")
        await page.choose({}, privacy_policy=False, source="gpc", gesture="scripted", signals={"gpc": True})
        assert (await page.get("consents/current")).json()["stale"] == ["contact", "chat"]

    @refused_alike
    @pytest.mark.parametrize("signals", [{"gpc": "yes"}, {}, {"gpc": True, "dnt": True}, []])
    async def test_wrong_signals_are_named(self, page: Page, signals: object) -> None:
        answer = await page.choose(signals=signals)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith("signals")


class TestPath:
    async def test_the_path_is_stored_with_the_deletable_details(self, page: Page, application: Application) -> None:
        await page.choose(path="/priser/støtte")
        assert (await read_rows(application, consent_details.select()))[0].path == "/priser/støtte"
        assert "priser" not in str(await read_rows(application))

    @refused_alike
    @pytest.mark.parametrize("path", ["/a?email=ola", "/a#b", "a", "https://x/y", "/" + "x" * 500, "/a\nb", "/\u202e"])
    async def test_a_path_with_a_query_or_anything_else_is_refused(self, page: Page, path: str) -> None:
        assert (await page.choose(path=path)).json()["errors"][0]["field"] == "path"


class TestAcknowledgement:
    async def test_an_acknowledgement_is_a_record_of_its_own(self, page: Page, application: Application) -> None:
        await page.choose({"analytics": True})
        consent, read = (await read_rows(application))[0], (await read_rows(application, READ))[0]
        assert (read.action, read.purposes, read.offered, read.terms) == ("acknowledge", {}, [], {})
        assert read.privacy_policy == (await page.boot())["consent"]["privacy_policy"]["version"]
        assert (read.visitor, read.created_at, read.notice_hash) == (
            consent.visitor,
            consent.created_at,
            consent.notice_hash,
        )

    async def test_an_acknowledgement_is_stored_once_for_each_version(
        self, page: Page, application: Application
    ) -> None:
        for _ in range(2):
            await page.accept()
        await page.withdraw()
        await page.accept()
        assert len(await read_rows(application, READ)) == 1

    async def test_a_choice_without_the_policy_adds_no_acknowledgement(
        self, page: Page, application: Application
    ) -> None:
        await page.choose(privacy_policy=False)
        assert await read_rows(application, READ) == []

    async def test_an_acknowledgement_is_no_choice(self, page: Page) -> None:
        page.token = (await page.choose({}, privacy_policy=True)).json()["token"]
        assert (await page.get("consents/current")).json()["state"] == "refused"


async def test_a_token_from_before_a_restored_backup_adds_its_visitor_again(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    """Whose row a withdrawal is locked by."""
    page.token = issue_visitor_token(application.keys.visitor_serializer(), new_identifier(), "main")
    answers = await asyncio.gather(*(page.choose() for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert await count("visitors") == 1


async def test_a_first_choice_takes_two_rows_of_the_log_and_no_more(page: Page, count: Callable[[str], Any]) -> None:
    await page.choose()
    assert await count("consents") == 2


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("visitor = 'v' AND kind = 'consent' ORDER BY seq DESC LIMIT 1", "consents_of_visitor"),
        ("visitor = 'v' AND kind = 'acknowledgement' AND privacy_policy = '1' LIMIT 1", "consents_of_visitor"),
        ("site = 'main' AND idempotency_key = 'k'", "consents_unique_idempotency_key"),
    ],
)
async def test_queries_for_a_choice_use_an_index(database: Database, condition: str, index: str) -> None:
    plan = await database.read(lambda c: query_plan(c, f"SELECT id FROM consents WHERE {condition}"))
    assert index in plan
    assert not {"Sort", "SCAN", "Seq Scan", "USE TEMP B-TREE"} & {part for part in MARKS if part in plan}


MARKS = ("Sort", "SCAN", "Seq Scan", "USE TEMP B-TREE")


def query_plan(connection: Connection, statement: str) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # a table without rows is read whole
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        return "\n".join(connection.execute(text(f"EXPLAIN {statement}")).scalars())
    return "\n".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_trigger_that_refuses_replacement_reads_no_table(database: Database) -> None:
    """SQLite asks it before each insert."""
    condition = "id = 'i' OR seq = 1 OR (site = 'main' AND idempotency_key = 'k')"
    plan = await database.read(lambda c: query_plan(c, f"SELECT 1 FROM consents WHERE {condition}"))
    assert "SCAN" not in plan
