"""Publishing a policy as a release, and finding the one that stands, or stood on a day."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec
import rfc8785
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.notify import announce
from forecourt.errors import NotFound, PolicyMoved
from forecourt.policy import difference, notice_period, store
from forecourt.policy.check import Finding, PolicyHasFindings, check_policy, field_rules
from forecourt.policy.difference import Difference
from forecourt.policy.edition import Edition
from forecourt.policy.files.folder_reader import country_codes
from forecourt.policy.model import Policy, Release

TOPIC = "releases"


@dataclass(frozen=True)
class CompiledRelease:
    """A release that is ready to be appended. `content`: the canonical JSON that its `sha256` is of."""

    release: Release
    content: str
    difference: Difference


def compiled(before: Edition | None, site: str, policy: Policy, now: datetime, emergency: str = "") -> CompiledRelease:
    """The release of `policy` that follows `before`, the standing edition on the day of `now`.

    Nothing is stored: this may take long, `append` may not. `emergency`: why the notice period is not kept.
    It is not kept where nothing was in a hurry. Raises `PolicyHasFindings` for what `forecourt check` refuses, and
    where it would break the notice period, `PolicyMoved` where `before` is of a time that is yet to come.
    """
    wrong = [flaw for flaw in check_policy(policy, country_codes()) if flaw.grave]
    if wrong := [*wrong, *_unfit(emergency)]:
        raise PolicyHasFindings(wrong)
    if before is None:
        release = Release(site, 1, "", None, now, policy.facts.updated, policy)
        return _sealed(release, Difference((), {}))
    _in_turn(before.release, now)
    found = difference.difference(before.release.policy, policy, before.day)
    early = [*notice_period.breaches(before, policy)]
    if early and (left := [*notice_period.breaches(before, policy, is_emergency=True)] if emergency else early):
        raise PolicyHasFindings(left)
    release = Release(
        site,
        before.release.number + 1,
        "",
        before.release.sha256,
        now,
        _effective(found, before.day),
        policy,
        notice_period.announced(before, policy),
        notice_period.standing(before, policy),
        emergency if early else "",
        notice_period.owed(before, policy),
    )
    return _sealed(release, found)


async def publish(database: Database, site: str, policy: Policy, emergency: str = "") -> CompiledRelease:
    """Compiles and appends the release, and tells every process; the standing one where nothing in it differs.

    Raises `PolicyHasFindings`, or `PolicyMoved` where another release was published meanwhile.
    """
    now = clock.now()
    before = await database.read(lambda c: latest_edition(c, site, now.date()))
    if before and before.release.policy == policy:
        return CompiledRelease(before.release, "", Difference((), {}))
    made = await asyncio.to_thread(compiled, before, site, policy, now, emergency)
    await database.write(lambda c: append(c, made))
    return made


def append(connection: Connection, made: CompiledRelease) -> Release:
    """Appends it. Raises `PolicyMoved` where another release was published since it was compiled."""
    head = store.head(connection, made.release.site)
    if (head[1] if head else None) != made.release.previous:
        raise PolicyMoved(f"another release of {made.release.site} was published meanwhile; look at it and try again")
    try:
        store.append(connection, made.release, made.content)
    except IntegrityError as error:  # another process was between our look and our write
        raise PolicyMoved(made.release.site) from error
    if made.difference.material_changes:
        store.to_announce(connection, made.release)
    announce(connection, TOPIC)
    return made.release


def standing(connection: Connection, site: str) -> Release:
    """The latest release of `site`. Raises `NotFound` where nothing is published yet."""
    if release := store.latest(connection, site):
        return release
    raise NotFound(f"{site} has published no policy yet")


def latest_edition(connection: Connection, site: str, day: date) -> Edition | None:
    """The standing release as it reads on `day`; None where nothing is published yet."""
    release = store.latest(connection, site)
    return as_edition(connection, release, day) if release else None


def edition(connection: Connection, site: str, day: date) -> Edition:
    """The list as it stood on `day`: of the last release by its end, or of the first. Raises `NotFound`."""
    release = store.by_day(connection, site, day) or store.by_number(connection, site, 1)
    if release is None:
        raise NotFound(f"{site} has published no policy yet")
    return as_edition(connection, release, day)


def as_edition(connection: Connection, release: Release, day: date) -> Edition:
    """`release` as it reads on `day`, with the earlier ones that are in force until its changes are."""
    numbers = sorted(set(release.standing.values()))
    found = {each: store.by_number(connection, release.site, each) for each in numbers}
    return Edition(release, day, {number: each for number, each in found.items() if each})


def between(connection: Connection, site: str, first: int, last: int) -> tuple[Release, Release, Difference]:
    """Two releases and their difference. Raises `NotFound`."""
    before, after = (store.by_number(connection, site, number) for number in (first, last))
    if before is None or after is None:
        raise NotFound(f"{site} has no release {last if before else first}")
    return before, after, difference.difference(before.policy, after.policy, after.published_at.date())


def canonical(value: object) -> bytes:
    """RFC 8785 (JCS): the same value is the same bytes, whatever order its keys stand in."""
    return rfc8785.dumps(msgspec.to_builtins(value))


def _unfit(reason: str) -> Iterator[Finding]:
    """It is shown and mailed, as names are."""
    for rule, key, says in field_rules.check_line("emergency", reason) if reason else ():
        yield Finding("", key, says, rule)


def _in_turn(before: Release, now: datetime) -> None:
    """No release is older than the one it follows, whatever a clock says."""
    if now < before.published_at:
        then = clock.iso(before.published_at)
        raise PolicyMoved(f"release {before.number} is of {then}, and it is {clock.iso(now)} here; try again later")


def _sealed(release: Release, found: Difference) -> CompiledRelease:
    plain = msgspec.to_builtins(release)
    del plain["sha256"]
    content = rfc8785.dumps(plain)
    return CompiledRelease(replace(release, sha256=hashlib.sha256(content).hexdigest()), content.decode(), found)


def _effective(found: Difference, day: date) -> date:
    """The first day on which something that was told of takes effect; today where nothing is to come."""
    return min(
        (each.effective for each in found.material_changes if each.effective and each.effective > day), default=day
    )
