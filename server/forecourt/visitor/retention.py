"""Deletes what has been kept as long as the notice promised (GDPR 5(1)(e)). Appended proof is not touched."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Column, ColumnElement, Connection, Delete, Select, Table, and_, delete, select

from forecourt import clock
from forecourt.db.database import Database
from forecourt.db.tables import (
    change_notice_details,
    change_notices,
    contact_answers,
    contact_messages,
    conversations,
    followers,
    links,
    messages,
    objection_answers,
    objections,
    outbox,
    subscribers,
)
from forecourt.forever import each_round
from forecourt.settings import Feature, Site

EVERY = 6 * 3600.0  # seconds between two rounds
AT_ONCE = 500  # rows a table and transaction, so that no visitor waits for it
SENT_MAILS_FOR = timedelta(days=30)
UNCONFIRMED_FOR = timedelta(days=7)
LEFT_FOR = timedelta(days=30)
SETTLED_OBJECTIONS_FOR = timedelta(days=3 * 365)  # as long as one may have to show how it was answered
log = logging.getLogger(__name__)


async def run(database: Database, sites: dict[str, Site]) -> None:
    """Until cancelled."""
    await each_round("retention", partial(round_off, database, sites), lambda _: asyncio.sleep(EVERY))


async def round_off(database: Database, sites: dict[str, Site]) -> int:
    """Deletes all that is due, a bounded piece at a time. Returns how many rows."""
    deleted = 0
    while piece := await database.write(partial(expire, sites=sites, now=clock.now())):
        deleted += piece
    if deleted:
        log.info("retention: %d rows deleted", deleted)
    return deleted


def expire(connection: Connection, sites: dict[str, Site], now: datetime) -> int:
    """One piece. Returns how many rows it deleted; none means that nothing is due."""
    statements = [*_everywhere(now)]
    for name, site in sites.items():
        statements += _of_site(name, site, now)
    return sum(connection.execute(statement).rowcount for statement in statements)


def _everywhere(now: datetime) -> Iterator[Delete]:
    yield _piece(links, links.c.hash, links.c.expires_at < now)
    settled = outbox.c.state.in_(["sent", "failed"]) & (outbox.c.at < now - SENT_MAILS_FOR)
    yield _piece(outbox, outbox.c.id, settled)
    unconfirmed = and_(followers.c.state == "unconfirmed", followers.c.asked_at < now - UNCONFIRMED_FOR)
    yield _piece(followers, followers.c.id, unconfirmed | (followers.c.left_at < now - LEFT_FOR))
    closed = objections.c.settled_at < now - SETTLED_OBJECTIONS_FOR  # an open one waits for its answer however long
    yield _children(objection_answers, objection_answers.c.objection, objections.c.id, closed)
    yield _piece(objections, objections.c.id, closed)


def _of_site(name: str, site: Site, now: datetime) -> Iterator[Delete]:
    """Children first: a parent is gone only when nothing of it is left."""
    letters = and_(contact_messages.c.site == name, contact_messages.c.at < now - _life(site, site.contact))
    chats = and_(conversations.c.site == name, conversations.c.last_at < now - _life(site, site.chat))
    yield _children(contact_answers, contact_answers.c.message, contact_messages.c.id, letters)
    yield _piece(contact_messages, contact_messages.c.id, letters)
    yield _children(messages, messages.c.conversation, conversations.c.id, chats)
    yield _piece(conversations, conversations.c.id, chats)
    joined = and_(subscribers.c.site == name, subscribers.c.asked_at < now - _life(site, site.newsletter))
    unconfirmed = and_(subscribers.c.state == "unconfirmed", subscribers.c.asked_at < now - UNCONFIRMED_FOR)
    yield _piece(subscribers, subscribers.c.id, joined | unconfirmed)
    old = and_(change_notices.c.site == name, change_notices.c.at < now - timedelta(days=site.evidence_days))
    told = change_notice_details.c.notice
    yield _piece(change_notice_details, told, told.in_(select(change_notices.c.id).where(old)))


def _life(site: Site, feature: Feature) -> timedelta:
    """As long as the shortest of the purposes that were agreed to."""
    return timedelta(days=min(site.purposes[name].days for name in feature.purposes))


def _children(table: Table, parent: Column[str], identity: Column[str], due: ColumnElement[bool]) -> Delete:
    """All of the parents the next statement deletes: the same piece, in the same order."""
    return delete(table).where(parent.in_(_first(identity, due)))


def _piece(table: Table, identity: Column[str], due: ColumnElement[bool]) -> Delete:
    return delete(table).where(identity.in_(_first(identity, due)))


def _first(identity: Column[str], due: ColumnElement[bool]) -> Select[str]:
    return select(identity).where(due).order_by(identity).limit(AT_ONCE)
