"""A site's draft is kept once, and no save goes over one it has not seen."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from forecourt import clock
from forecourt.db.database import Database
from forecourt.errors import PolicyMoved, TooLarge
from forecourt.policy import drafts
from forecourt.policy.drafts import PolicyDraft
from tests.policy import sample

pytestmark = pytest.mark.anyio
NOW = clock.now()


def make_draft() -> PolicyDraft:
    return drafts.PolicyDraft.from_release(sample.first_release(), "kari", NOW)


def with_title(of: PolicyDraft, title: str) -> PolicyDraft:
    words = of.policy.words | {"en": of.policy.words["en"] | {"title": title}}
    return of.with_policy(replace(of.policy, words=words), "ola", NOW)


async def test_a_draft_comes_back_as_it_was_kept(database: Database) -> None:
    assert await database.read(lambda c: drafts.find_draft(c, "main")) is None
    await database.write(lambda c: drafts.start_draft(c, make_draft()))
    assert await database.read(lambda c: drafts.find_draft(c, "main")) == make_draft()
    assert await database.read(lambda c: drafts.has_draft(c, "main"))
    assert not await database.read(lambda c: drafts.has_draft(c, "other"))


async def test_of_two_who_begin_one_is_told(database: Database) -> None:
    writes = [database.write(lambda c: drafts.start_draft(c, make_draft())) for _ in range(2)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "PolicyMoved"]


async def test_of_two_saves_over_the_same_version_one_is_told(database: Database) -> None:
    await database.write(lambda c: drafts.start_draft(c, make_draft()))
    titled_drafts = [with_title(make_draft(), title) for title in ("One", "Two")]
    saves = [database.write(partial(drafts.save_draft, draft=each, version=NOW)) for each in titled_drafts]
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["NoneType", "PolicyMoved"]


async def test_the_next_version_is_later_even_where_the_clock_stands() -> None:
    assert with_title(make_draft(), "One").edited_at == NOW + timedelta(microseconds=1)


async def test_only_the_version_that_was_read_is_discarded(database: Database) -> None:
    later = with_title(make_draft(), "One")
    await database.write(lambda c: drafts.start_draft(c, make_draft()))
    await database.write(lambda c: drafts.save_draft(c, later, NOW))
    with pytest.raises(PolicyMoved):
        await database.write(lambda c: drafts.discard_draft(c, make_draft()))
    await database.write(lambda c: drafts.discard_draft(c, later))
    assert await database.read(lambda c: drafts.find_draft(c, "main")) is None


async def test_a_draft_is_bounded(database: Database) -> None:
    with pytest.raises(TooLarge):
        await database.write(lambda c: drafts.start_draft(c, with_title(make_draft(), "x" * drafts.MAX_BYTES)))


def test_the_mark_of_a_part_does_not_depend_on_the_order_of_its_keys() -> None:
    assert (
        drafts.fingerprint({"a": 1, "b": 2})
        == drafts.fingerprint({"b": 2, "a": 1})
        != drafts.fingerprint({"a": 1, "b": 3})
    )
