"""Releases: the same policy is the same bytes, one follows another by hash, and nothing is published twice."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from forecourt.db import postgres, sqlite
from forecourt.db.database import Database
from forecourt.db.tables import releases
from forecourt.errors import NotFound
from forecourt.policy import actions, store
from forecourt.policy.model import Policy
from tests.policy.sample import policy, publish, with_facts

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str, tmp_path: Path) -> Iterator[Connection]:
    """One transaction, on each engine."""
    path = tmp_path / "forecourt.sqlite3"
    engine = postgres.make_engine(database_url) if database_url else sqlite.make_engine(path)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def moved() -> Policy:
    return with_facts(replace(policy().facts, updated=date(2019, 11, 5)))


def test_the_first_release_is_number_one_and_follows_none(connection: Connection) -> None:
    release = publish(connection, policy(), NOW)
    assert (release.number, release.previous, release.published_at) == (1, None, NOW)
    assert release.effective_at == date(2019, 10, 28)


def test_what_was_published_is_read_back_whole(connection: Connection) -> None:
    release = publish(connection, policy(), NOW)
    assert actions.standing(connection, "main") == release
    assert store.by_number(connection, "main", 1) == release
    assert release.policy == policy()


def test_a_release_is_the_hash_of_its_canonical_json(connection: Connection) -> None:
    release = publish(connection, policy(), NOW)
    content = connection.execute(select(releases.c.content)).scalar_one()
    assert hashlib.sha256(content.encode()).hexdigest() == release.sha256
    assert json.loads(content)["policy"]["facts"]["engagements"][0]["id"] == "aws-sg"
    assert content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.anyio
async def test_publishing_what_stands_already_returns_it_unchanged(database: Database) -> None:
    first = await actions.publish(database, "main", policy())
    assert (await actions.publish(database, "main", policy())).release == first.release


def test_the_order_of_words_makes_no_other_release(connection: Connection) -> None:
    turned = {language: dict(reversed(texts.items())) for language, texts in reversed(policy().words.items())}
    assert actions.canonical(replace(policy(), words=turned)) == actions.canonical(policy())


def test_a_change_follows_the_standing_release_by_its_hash(connection: Connection) -> None:
    first = publish(connection, policy(), NOW)
    second = publish(connection, moved(), LATER)
    assert (second.number, second.previous) == (2, first.sha256)
    assert actions.standing(connection, "main") == second
    assert store.by_number(connection, "main", 1) == first


def test_going_back_to_an_earlier_policy_is_a_release_of_its_own(connection: Connection) -> None:
    first = publish(connection, policy(), NOW)
    publish(connection, moved(), LATER)
    third = publish(connection, policy(), LATER)
    assert (third.number, third.policy) == (3, first.policy)


def test_each_site_has_releases_of_its_own(connection: Connection) -> None:
    publish(connection, policy(), NOW)
    assert publish(connection, moved(), NOW, site="other").number == 1
    assert actions.standing(connection, "main").policy == policy()


def test_a_site_without_a_release_has_none_standing(connection: Connection) -> None:
    with pytest.raises(NotFound):
        actions.standing(connection, "main")
    assert store.by_number(connection, "main", 1) is None
