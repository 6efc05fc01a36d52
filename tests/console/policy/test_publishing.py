"""What was confirmed is what is published, once, and nothing goes over a release it has not seen."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from forecourt import clock
from forecourt.app import Application
from forecourt.followers import store as following
from forecourt.followers.model import Follower, FollowerState, FollowPreferences
from forecourt.policy import actions
from forecourt.policy.model import Audience, Policy
from tests.console.browser import Browser

from .conftest import ReadDraft, ReadRelease
from .forms import BASE, fields_of, save_form, submit_form

pytestmark = pytest.mark.anyio
ReadPolicy = Callable[[], Awaitable[Policy]]


@pytest.fixture
async def moved(signed_in: Browser, first_day: date) -> Browser:
    """An editor whose draft moves a service, in time."""
    await save_form(signed_in, "engagements/linode-eu", locations__0__country="FR", effective=first_day.isoformat())
    return signed_in


async def publish_beside(application: Application, **facts: Any) -> None:
    """Somebody publishes a release by another way."""
    release = await application.database.read(lambda c: actions.get_latest_release(c, "main"))
    policy = replace(release.policy, facts=replace(release.policy.facts, **facts))
    await actions.publish(application.database, "main", policy)


async def test_publishing_makes_the_draft_the_release_and_leaves_none(
    moved: Browser,
    read_release: ReadRelease,
    read_draft: ReadDraft,
    read_drafted_policy: ReadPolicy,
    first_day: date,
    today: date,
) -> None:
    drafted_policy = await read_drafted_policy()
    fields = (await moved.get(BASE + "publish")).text
    assert "Moves from Germany to France." in fields
    assert "Followers notified by e-mail: 0." in fields
    await save_form(moved, "publish")
    release = await read_release()
    assert (release.number, release.policy.facts.updated, release.effective_at) == (2, today, first_day)
    assert (
        replace(release.policy, facts=replace(release.policy.facts, updated=drafted_policy.facts.updated))
        == drafted_policy
    )
    assert await read_draft() is None
    assert (await moved.get(BASE + "publish")).headers["location"] == BASE


async def test_the_confirmation_counts_the_followers_that_it_concerns(moved: Browser, application: Application) -> None:
    def follow(connection: Connection) -> None:
        now = clock.now()
        for name, region, state in (
            ("eu", Audience.EU, FollowerState.CONFIRMED),
            ("us", Audience.US, FollowerState.CONFIRMED),
            ("silent", None, FollowerState.LEFT),
        ):
            preferences = FollowPreferences("en", region)
            following.store_follower(
                connection, Follower(name, "main", f"{name}@example.com", preferences, "", state, now)
            )

    await application.database.write(follow)
    assert "Followers notified by e-mail: 1." in (await moved.get(BASE + "publish")).text


async def test_a_confirmation_of_another_draft_publishes_nothing(moved: Browser, read_release: ReadRelease) -> None:
    fields = fields_of((await moved.get(BASE + "publish")).text)
    await save_form(moved, "entities/linode", address="Elsewhere")
    answer = await moved.post(BASE + "publish", fields)
    assert (answer.status_code, "Review the changes again" in answer.text) == (409, True)
    assert (await read_release()).number == 1
    assert (await moved.post(BASE + "publish", fields_of(answer.text))).status_code == 303


async def test_a_confirmation_sent_twice_publishes_once(moved: Browser, read_release: ReadRelease) -> None:
    fields = fields_of((await moved.get(BASE + "publish")).text)
    answers = await asyncio.gather(*(moved.post(BASE + "publish", fields) for _ in range(2)))
    assert 303 in [answer.status_code for answer in answers]
    assert (await read_release()).number == 2


async def test_too_early_takes_a_reason_that_is_kept(
    signed_in: Browser, read_release: ReadRelease, today: date
) -> None:
    await save_form(
        signed_in, "engagements/linode-eu", locations__0__country="FR", effective=today.isoformat(), keep_day="1"
    )
    answer = await submit_form(signed_in, "publish")
    assert (answer.status_code, "It was not published:" in answer.text) == (422, True)
    assert (await read_release()).number == 1
    answer = await submit_form(signed_in, "publish", emergency="x" * 1002)
    assert (answer.status_code, "This is 2 characters too long." in answer.text, "x" * 1002 in answer.text) == (
        422,
        True,
        True,
    )
    assert (await read_release()).number == 1
    await save_form(signed_in, "publish", emergency=" The data centre\nburned down. ")
    assert (await read_release()).emergency == "The data centre burned down."


async def test_what_the_check_refuses_is_not_published(signed_in: Browser, read_release: ReadRelease) -> None:
    await save_form(signed_in, "words/en/section.kinds.title", text="Kinds {unknown_fact}")
    page = (await signed_in.get(BASE + "publish")).text
    assert "The check has found errors" in page
    assert "unknown_fact" in page
    assert "version" not in fields_of(page)
    assert (await read_release()).number == 1


async def test_a_draft_that_changes_nothing_is_not_published(signed_in: Browser, read_draft: ReadDraft) -> None:
    await save_form(signed_in, "entities/linode", address="Elsewhere")
    await save_form(signed_in, "entities/linode", address="Philadelphia, Pennsylvania, US")
    assert "there is nothing to publish" in (await signed_in.get(BASE + "publish")).text


async def test_a_service_that_consents_rest_on_is_not_published_away(
    signed_in: Browser, application: Application, read_release: ReadRelease, today: date
) -> None:
    """Where the settings came to name it after it was taken out of the draft."""
    from forecourt.policy import drafts

    release = await read_release()
    engagements = tuple(each for each in release.policy.facts.engagements if each.id != "linode-eu")
    without = replace(release.policy, facts=replace(release.policy.facts, engagements=engagements))
    draft = drafts.PolicyDraft.from_release(release, "kari", clock.now()).with_policy(without, "kari", clock.now())
    await application.database.write(lambda c: drafts.start_draft(c, draft))
    page = (await signed_in.get(BASE + "publish")).text
    assert "visitors have consented to them" in page
    assert "Linode, LLC: Servers (Germany)" in page
    answer = await signed_in.post(BASE + "publish", {"version": drafts.fingerprint((without, release.sha256, today))})
    assert (answer.status_code, "visitors have consented to them" in answer.text) == (422, True)
    assert (await read_release()).number == 1


async def test_a_release_published_beside_is_told_and_the_draft_is_brought_up_to_date(
    moved: Browser, application: Application, read_drafted_policy: ReadPolicy, read_release: ReadRelease
) -> None:
    fields = fields_of((await moved.get(BASE + "publish")).text)
    await publish_beside(application, notice_days=10)
    answer = await moved.post(BASE + "publish", fields)
    assert answer.status_code == 409
    assert (await read_release()).number == 2
    overview = (await moved.get(BASE)).text
    assert "Release 2 was published after this draft was started." in overview
    assert (await moved.post(BASE + "update")).headers["location"] == f"{BASE}?done=updated"
    facts = (await read_drafted_policy()).facts
    assert (facts.notice_days, facts.engagement("linode-eu").locations[0].country) == (10, "FR")
    await save_form(moved, "publish")
    assert (await read_release()).number == 3


async def test_a_draft_that_no_longer_fits_is_told(
    signed_in: Browser, application: Application, read_release: ReadRelease
) -> None:
    await save_form(signed_in, "engagements/twilio", optional="on")
    release = await read_release()
    engagements = tuple(each for each in release.policy.facts.engagements if each.id != "twilio")
    without = replace(release.policy.facts, engagements=engagements)
    sections = tuple(each for each in without.sections if each != "voice")
    unused = ("voice", "calls", "telephone", "call-data", "recordings", "callers")
    texts = {
        language: {key: text for key, text in words.items() if not set(key.split(".")) & set(unused)}
        for language, words in release.policy.words.items()
    }
    translations = {
        language: {key: each for key, each in of_language.items() if key in texts[language]}
        for language, of_language in release.policy.translations.items()
    }
    policy = replace(release.policy, facts=replace(without, sections=sections), words=texts, translations=translations)
    await actions.publish(application.database, "main", policy)
    answer = await signed_in.post(BASE + "update")
    assert (answer.status_code, "cannot be updated automatically" in answer.text) == (409, True)


async def test_discarding_asks_and_is_told_of_what_came_between(moved: Browser, read_draft: ReadDraft) -> None:
    fields = fields_of((await moved.get(BASE + "discard")).text)
    await save_form(moved, "entities/linode", address="Elsewhere")
    assert (await moved.post(BASE + "discard", fields)).status_code == 409
    assert await read_draft() is not None
    await save_form(moved, "discard")
    assert await read_draft() is None
