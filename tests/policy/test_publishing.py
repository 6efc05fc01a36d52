"""Checks releases: the same policy gives the same bytes, one follows another by hash, none is published twice."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from forecourt.canonical_json import encode_canonical
from forecourt.db import postgres, sqlite
from forecourt.db.database import Database, open_database
from forecourt.db.tables import releases
from forecourt.errors import NotFound, PolicyBroken
from forecourt.policy import actions, store
from forecourt.policy.edition import EditionEntry
from forecourt.policy.edition_cache import EditionCache
from forecourt.policy.model import Location, Policy
from tests.policy.sample import policy, publish, with_engagement, with_facts

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
START, DAY = date(2026, 11, 23), timedelta(days=1)
LATER = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str, tmp_path: Path) -> Iterator[Connection]:
    """Opens one transaction, on each engine."""
    path = tmp_path / "forecourt.sqlite3"
    engine = postgres.make_engine(database_url) if database_url else sqlite.make_engine(path)
    with engine.begin() as transaction:
        yield transaction
    engine.dispose()


def move_update_date() -> Policy:
    return with_facts(replace(policy().facts, updated=date(2019, 11, 5)))


CHANGES = st.fixed_dictionaries(
    {
        "locations": st.sampled_from([(Location("DE"),), (Location("FR"),), (Location("DE"), Location("SK"))]),
        "certificates": st.sampled_from([(), ("ISO 27001",)]),
        "effective": st.just(policy().facts.engagement("linode-eu").effective) | st.dates(START, START + 90 * DAY),
        "removed": st.none() | st.dates(START + DAY, START + 120 * DAY),
    }
)
PUBLISHED = st.lists(st.tuples(st.integers(0, 25), CHANGES, st.sampled_from(("", "A flood"))), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None)
@given(PUBLISHED)
@pytest.mark.anyio
async def test_any_day_answers_with_the_list_that_stood_at_its_end(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    publications: list[tuple[int, dict[str, Any], str]],
) -> None:
    """Whatever is published afterwards: changes, proposals put off and taken back, ends, emergencies."""
    folder = tmp_path_factory.mktemp("days")
    shutil.copy(sqlite_template, folder / "forecourt.sqlite3")
    database = open_database("", folder)

    async def read_entries(days: Iterable[date]) -> dict[date, tuple[EditionEntry, ...]]:
        cache = EditionCache()
        return {day: (await cache.get_by_day(database, "main", day)).entries for day in days}

    with database.engine.begin() as connection:
        publish(connection, policy(), datetime.combine(START, time(9), UTC))
    entries_by_day, today = dict[date, tuple[EditionEntry, ...]](), START
    for days, fields, reason in publications:
        entries_by_day |= await read_entries(today + DAY * number for number in range(days))
        today += DAY * days
        # What breaks the notice period changes nothing.
        with suppress(PolicyBroken), database.engine.begin() as connection:
            publish(connection, with_engagement("linode-eu", **fields), datetime.combine(today, time(9), UTC), reason)
    assert await read_entries(entries_by_day) == entries_by_day
    await database.close()


def test_the_first_release_is_number_one_and_follows_none(connection: Connection) -> None:
    release = publish(connection, policy(), NOW)
    assert (release.number, release.previous, release.published_at) == (1, None, NOW)
    assert release.effective_at == date(2019, 10, 28)


def test_what_was_published_is_read_back_whole(connection: Connection) -> None:
    release = publish(connection, policy(), NOW)
    assert actions.get_latest_release(connection, "main") == release
    assert store.find_by_number(connection, "main", 1) == release
    assert release.policy == policy()


def test_a_release_is_the_hash_of_its_canonical_json(connection: Connection) -> None:
    release = publish(connection, policy(), NOW)
    content = connection.execute(select(releases.c.content)).scalar_one()
    assert hashlib.sha256(content.encode()).hexdigest() == release.sha256
    assert json.loads(content)["policy"]["facts"]["engagements"][0]["id"] == "aws-sg"
    assert content == json.dumps(json.loads(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.anyio
async def test_publishing_what_stands_already_returns_it_unchanged(database: Database) -> None:
    first_release = await actions.publish(database, "main", policy())
    assert (await actions.publish(database, "main", policy())).release == first_release.release


def test_the_order_of_words_makes_no_other_release(connection: Connection) -> None:
    reversed_words = {language: dict(reversed(texts.items())) for language, texts in reversed(policy().words.items())}
    assert encode_canonical(replace(policy(), words=reversed_words)) == encode_canonical(policy())


def test_a_change_follows_the_standing_release_by_its_hash(connection: Connection) -> None:
    first_release = publish(connection, policy(), NOW)
    second_release = publish(connection, move_update_date(), LATER)
    assert (second_release.number, second_release.previous) == (2, first_release.sha256)
    assert actions.get_latest_release(connection, "main") == second_release
    assert store.find_by_number(connection, "main", 1) == first_release


def test_going_back_to_an_earlier_policy_is_a_release_of_its_own(connection: Connection) -> None:
    first_release = publish(connection, policy(), NOW)
    publish(connection, move_update_date(), LATER)
    third_release = publish(connection, policy(), LATER)
    assert (third_release.number, third_release.policy) == (3, first_release.policy)


def test_each_site_has_releases_of_its_own(connection: Connection) -> None:
    publish(connection, policy(), NOW)
    assert publish(connection, move_update_date(), NOW, site="other").number == 1
    assert actions.get_latest_release(connection, "main").policy == policy()


def test_a_site_without_a_release_has_none_standing(connection: Connection) -> None:
    with pytest.raises(NotFound):
        actions.get_latest_release(connection, "main")
    assert store.find_by_number(connection, "main", 1) is None
