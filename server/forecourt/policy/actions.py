"""This module publishes releases, and reads the release or list that is in force today or was on a day."""

import asyncio
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.notify import announce
from forecourt.errors import NotFound, PolicyMoved
from forecourt.policy import store
from forecourt.policy.comparison import Difference, difference
from forecourt.policy.compilation import CompiledRelease, compile_release
from forecourt.policy.edition import Edition
from forecourt.policy.model import Policy, Release

TOPIC = "releases"


async def publish(database: Database, site: str, policy: Policy, emergency: str = "") -> CompiledRelease:
    """Compiles and appends a release, and tells every process; where nothing differs, the latest one stays.

    Raises as `compile_release` does, and `PolicyMoved` where another release was published meanwhile.
    """
    now = clock.now()
    before = await database.read(lambda c: find_latest_edition(c, site, now.date()))
    if before and before.release.policy == policy:
        return CompiledRelease(before.release, "", Difference((), {}))
    compilation = await asyncio.to_thread(compile_release, before, site, policy, now, emergency)
    await database.write(lambda c: append_release(c, compilation))
    return compilation


def append_release(connection: Connection, compilation: CompiledRelease) -> Release:
    """Stores the release and queues its announcement where followers must be told.

    Raises `PolicyMoved` where another release was published since it was compiled.
    """
    release = compilation.release
    head = store.find_head(connection, release.site)
    if (head.sha256 if head else None) != release.previous:
        raise PolicyMoved(f"another release of {release.site} was published meanwhile; look at it and try again")
    try:
        store.insert_release(connection, release, compilation.content)
    except IntegrityError as error:  # another process wrote between our reading and our writing
        raise PolicyMoved(release.site) from error
    if compilation.difference.material_changes:
        store.queue_announcement(connection, release)
    announce(connection, TOPIC)
    return release


def get_latest_release(connection: Connection, site: str) -> Release:
    """Raises `NotFound` where nothing is published yet."""
    if release := store.find_latest(connection, site):
        return release
    raise NotFound(f"{site} has published no policy yet")


def find_latest_edition(connection: Connection, site: str, day: date) -> Edition | None:
    """Returns the latest release as it reads on `day`; None where nothing is published yet."""
    release = store.find_latest(connection, site)
    return read_edition(connection, release, day) if release else None


def read_edition(connection: Connection, release: Release, day: date) -> Edition:
    """Returns `release` as it reads on `day`, with the earlier ones that are in force until its changes are."""
    numbers = sorted(set(release.releases_in_force.values()))
    earlier = {number: store.find_by_number(connection, release.site, number) for number in numbers}
    return Edition(release, day, {number: version for number, version in earlier.items() if version})


def compare_releases(connection: Connection, site: str, first: int, last: int) -> tuple[Release, Release, Difference]:
    """Returns two releases and their difference. Raises `NotFound`."""
    before, after = (store.find_by_number(connection, site, number) for number in (first, last))
    if before is None or after is None:
        raise NotFound(f"{site} has no release {last if before else first}")
    return before, after, difference(before.policy, after.policy, after.published_at.date())
