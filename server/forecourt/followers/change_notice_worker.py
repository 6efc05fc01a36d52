"""Plans the notices of each announced release: one a follower, a bounded piece in a transaction.

A piece and the mark of how far it came are committed together. Whatever ends the process between two pieces, the next
one begins where the last one ended, and nobody is told twice or not at all.
"""

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.background import repeat
from forecourt.db.database import Database
from forecourt.errors import NotFound
from forecourt.followers import store
from forecourt.followers.actions import causes
from forecourt.followers.change_notice import ChangeNotice, ChangeNoticeWriter, FollowerGroup, spoken
from forecourt.followers.model import LEAVE, MANAGE, MANAGE_LIFE
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret
from forecourt.mail import outbox
from forecourt.mail.model import Mail, WebhookCall
from forecourt.policy import actions as policy
from forecourt.policy.context import SiteContext
from forecourt.policy.live_site import LiveSite
from forecourt.policy.model import Audience

POLL = 5.0  # seconds; under the wake-ups
log = logging.getLogger(__name__)
AT_ONCE = 25  # followers in one transaction; 2 ms each, in which SQLite lets nobody else write


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """One release's notices, for the site that published it."""

    desk: SiteContext
    at: LiveSite
    announcing: ChangeNoticeWriter

    def kind(self, follower: Any) -> FollowerGroup:
        locale = spoken(follower.locale, self.at.settings.locales, self.at.settings.locale)
        return FollowerGroup(
            locale, Audience(follower.region) if follower.region else None, tuple(sorted(follower.products))
        )


async def run(desk: SiteContext) -> None:
    """Until cancelled."""
    with desk.database.listen(policy.TOPIC) as listener:
        await repeat("change notices", partial(plan_all, desk), lambda _: listener.wait(POLL))


async def plan_all(desk: SiteContext) -> None:
    for due in await desk.database.read(store.pending):
        try:
            at = desk.live_sites.get(due.site)
        except NotFound:  # a site of other settings on the same database
            continue
        try:
            await _plan(desk, at, due.release)
        except Exception:  # no release that cannot be told of holds up the others
            log.exception("release %s of %s: its followers are not told yet", due.release, due.site)


async def _plan(desk: SiteContext, at: LiveSite, number: int) -> None:
    planning = await prepared(desk, at, number)
    while await plan_piece(planning):
        pass


async def prepared(desk: SiteContext, at: LiveSite, number: int) -> NoticePlan:
    def read(connection: Connection) -> ChangeNoticeWriter:
        before, after, found = policy.between(connection, at.name, number - 1, number)
        day = after.published_at.date()
        editions = [policy.as_edition(connection, each, day) for each in (before, after)]
        return ChangeNoticeWriter(editions[0], editions[1], found, f"{desk.address}/{at.name}")

    return NoticePlan(desk, at, await desk.database.read(read))


async def plan_piece(planning: NoticePlan) -> bool:
    """The next piece; whether there is more to do."""
    database: Database = planning.desk.database
    next_ones = await database.read(lambda c: _next(c, planning))
    # Sentences are made here, and not while others wait to write.
    await asyncio.to_thread(lambda: [planning.announcing.notice(planning.kind(each)) for each in next_ones])
    return await database.write(lambda c: piece(c, planning))


def piece(connection: Connection, planning: NoticePlan) -> bool:
    """Tells the next followers, and marks how far it came, in one transaction."""
    release = planning.announcing.after.release
    due = store.take(connection, release.site, release.number)
    if due is None:
        return False
    rows = store.to_tell(connection, due.site, due.after, release.published_at, AT_ONCE)
    told = store.told(connection, due.site, due.release, [each.id for each in rows])
    planned = sum(_tell(connection, planning, each) for each in rows if each.id not in told)
    is_done = len(rows) < AT_ONCE
    store.advance(connection, due, rows[-1].id if rows else due.after, planned, is_done)
    return not is_done


def _next(connection: Connection, planning: NoticePlan) -> list[Any]:
    release = planning.announcing.after.release
    due = next((each for each in store.pending(connection) if each[:2] == (release.site, release.number)), None)
    return store.to_tell(connection, due.site, due.after, release.published_at, AT_ONCE) if due else []


def _tell(connection: Connection, planning: NoticePlan, follower: Any) -> bool:
    kind = planning.kind(follower)
    notice = planning.announcing.notice(kind)
    if notice is None:
        return False
    identity = new_identifier()
    _prove(connection, planning, follower, kind, notice, identity)
    _write(connection, planning, follower, kind, notice, identity)
    return True


def _prove(
    connection: Connection,
    planning: NoticePlan,
    follower: Any,
    kind: FollowerGroup,
    notice: ChangeNotice,
    identity: str,
) -> None:
    now, salt = clock.now(), new_link_secret()
    store.keep(connection, follower.site, kind.locale, notice.sha256, notice.text.decode(), now)
    row = {"id": identity, "site": follower.site, "release": planning.announcing.after.release.number, "at": now}
    row |= {"follower": follower.id, "channel": "mail+webhook" if follower.webhook else "mail"}
    row |= {"locale": kind.locale, "region": kind.region, "content": notice.sha256}
    commitment = hashlib.sha256(f"{salt}{follower.email}".encode()).hexdigest()
    store.add_notice(connection, row | {"commitment": commitment}, salt, follower.email)


def _write(
    connection: Connection,
    planning: NoticePlan,
    follower: Any,
    kind: FollowerGroup,
    notice: ChangeNotice,
    identity: str,
) -> None:
    mail_cause, call_cause = causes(identity)
    pages = planning.desk.hosted_url(planning.at, kind.locale)
    manage, leave = (one_time_links.make(connection, each, follower.id, MANAGE_LIFE) for each in (MANAGE, LEAVE))
    release, source = planning.announcing.after.release, planning.announcing.after.release.policy.facts.source_language
    context: dict[str, object] = {
        "notice": notice,
        "release": release.number,
        "service": release.policy.facts.processor.service,
        "emergency": release.emergency,
        "source": source,
        "objection": f"{pages}/objection?engagement=",
        "manage": f"{pages}/follow/manage/{manage}",
        "email": planning.at.settings.email,
    }
    # RFC 8058: a mail program leaves by one POST, without opening a page.
    headers = {
        "List-Unsubscribe": f"<{pages}/follow/leave/{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = Mail("change", mail_cause, follower.email, kind.locale, context, planning.at.settings.email, headers)
    outbox.put(connection, mail, planning.desk.sender(planning.at), proof=True)
    if follower.webhook:
        call = WebhookCall("policy.changed", call_cause, follower.webhook, follower.secret, notice.text)
        outbox.put_call(connection, call)
