"""Decides what is kept for how long, kind by kind. Append-only rows are not among them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, func, select

from forecourt.consent import lifetime
from forecourt.db.tables import (
    agent_sessions,
    change_notice_details,
    change_notices,
    consent_details,
    conversation_events,
    conversations,
    file_chunks,
    files,
    follow_requests,
    followers,
    newsletter_requests,
    objection_answers,
    objections,
    one_time_links,
    outbox,
    search_documents,
    subscribers,
    suppressions,
    unconfirmed_mails,
)
from forecourt.followers.model import FORGET_AFTER, FollowerState
from forecourt.identifiers import lowest_identifier
from forecourt.mail.confirmation_mail_limits import COUNTED_FOR
from forecourt.mail.model import OutboxState
from forecourt.mail.unconfirmed_mail_limits import KEPT_FOR
from forecourt.settings.server import RetentionSettings
from forecourt.settings.site import FeatureSettings, SiteSettings
from forecourt.support.model import ConversationChannel

SETTLED_OBJECTIONS_FOR = timedelta(days=3 * 365)  # as long as one may have to show how an objection was answered
BATCH_SIZE = 500  # rows of a table in one transaction, so that no visitor waits for it
CONVERSATIONS_AT_ONCE = 20  # the same: SQLite takes 2 ms to take the words of each message out of the search's index


@dataclass(frozen=True, slots=True)
class PromisedDays:
    """Says for how many days a site keeps each kind of data at most; the defaults are those of a site's settings."""

    contact: int = 730
    conversations: int = 730
    subscriptions: int = 730
    evidence: int = 1096


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Says which rows of one kind are due to be deleted.

    `key` is the column that names a row, and `is_due` the condition. `children` are columns of other tables that name
    these rows: their rows are deleted with them. `grandchildren` are columns that name a child, each with the child's
    key and the child's column among `children`. `batch_size`: how many rows one transaction deletes at most.
    """

    kind: str
    key: Column[str]
    is_due: ColumnElement[bool]
    children: tuple[Column[str], ...] = ()
    grandchildren: tuple[tuple[Column[str], Column[str], Column[str]], ...] = ()
    batch_size: int = BATCH_SIZE

    def count(self, connection: Connection) -> int:
        statement = select(func.count()).select_from(self.key.table).where(self.is_due)
        return int(connection.execute(statement).scalar_one())

    def delete_batch(self, connection: Connection) -> int:
        """Deletes up to `batch_size` rows, with their children. Returns how many, without the children.

        Rows that another process is deleting at this moment are left to it.
        """
        statement = select(self.key).where(self.is_due).limit(self.batch_size).with_for_update(skip_locked=True)
        keys = connection.execute(statement).scalars().all()
        for column, child, parent in self.grandchildren if keys else ():
            connection.execute(delete(column.table).where(column.in_(select(child).where(parent.in_(keys)))))
        for column in (*self.children, self.key) if keys else ():
            connection.execute(delete(column.table).where(column.in_(keys)))
        return len(keys)


def all_rules(
    sites: dict[str, SiteSettings], settings: RetentionSettings, now: datetime, sites_to_forget: Sequence[str] = ()
) -> Iterator[RetentionRule]:
    """Yields the rules that hold for every site, those of each site, and those of sites that the settings lack.

    `sites_to_forget` are those of the latter that are gone for good.
    """
    yield from _server_rules(settings, now)
    for name, site in sites.items():
        yield from _site_rules(partial(_is_equal, name), _promised_days(site), settings, now)
    yield from _site_rules(lambda column: column.not_in(sites), PromisedDays(), settings, now)
    is_never_answered = and_(objections.c.site.not_in(sites), objections.c.created_at < now - SETTLED_OBJECTIONS_FOR)
    yield RetentionRule("objections", objections.c.id, is_never_answered, (objection_answers.c.objection,))
    is_forgotten = followers.c.site.in_(sites_to_forget)
    yield RetentionRule("followers", followers.c.id, is_forgotten, (one_time_links.c.subject,))


def _is_equal(name: str, column: Column[str]) -> ColumnElement[bool]:
    return column == name


def _server_rules(settings: RetentionSettings, now: datetime) -> Iterator[RetentionRule]:
    links_cutoff, mails_cutoff = now - timedelta(days=settings.links), now - timedelta(days=settings.mails)
    yield RetentionRule("links", one_time_links.c.secret_hash, one_time_links.c.expires_at < links_cutoff)
    is_settled = outbox.c.state.in_([OutboxState.SENT, OutboxState.FAILED])
    yield RetentionRule("sessions", agent_sessions.c.id, agent_sessions.c.expires_at < now)
    yield RetentionRule("mails", outbox.c.id, and_(is_settled, outbox.c.created_at < mails_cutoff))
    unconfirmed_cutoff = now - timedelta(days=settings.unconfirmed_addresses)
    is_old = follow_requests.c.confirmation_sent_at < unconfirmed_cutoff
    yield RetentionRule("follow_requests", follow_requests.c.id, is_old)
    # Confirmed or not: else a visitor's export would show it by what is missing.
    is_old = newsletter_requests.c.requested_at < unconfirmed_cutoff
    yield RetentionRule("newsletter_requests", newsletter_requests.c.id, is_old)
    has_left = and_(followers.c.state == FollowerState.LEFT, followers.c.left_at < now - FORGET_AFTER)
    yield RetentionRule("followers", followers.c.id, has_left)
    counts_no_more = suppressions.c.confirmation_sent_at < now - COUNTED_FOR
    yield RetentionRule("suppressions", suppressions.c.id, counts_no_more)
    is_counted_out = unconfirmed_mails.c.created_at < now - KEPT_FOR
    yield RetentionRule("unconfirmed_mails", unconfirmed_mails.c.id, is_counted_out)
    is_answered = objections.c.settled_at < now - SETTLED_OBJECTIONS_FOR  # an open one stays until it is answered
    yield RetentionRule("objections", objections.c.id, is_answered, (objection_answers.c.objection,))
    # An identifier begins with its time, so the oldest rows are found without reading the others.
    oldest = lowest_identifier(lifetime.expiry_cutoff(now - timedelta(days=settings.consent_details)))
    yield RetentionRule("consent_details", consent_details.c.consent, consent_details.c.consent < oldest)


def _site_rules(
    is_of_sites: Callable[[Column[str]], ColumnElement[bool]],
    days_promised: PromisedDays,
    settings: RetentionSettings,
    now: datetime,
) -> Iterator[RetentionRule]:
    def is_due(moment: Column[datetime], days: int, promised_days: int) -> ColumnElement[bool]:
        kept_for = timedelta(days=min(days, promised_days) if days else promised_days)
        return and_(is_of_sites(moment.table.c.site), moment < now - kept_for)

    children = (conversation_events.c.conversation, files.c.conversation, search_documents.c.conversation)
    chunks = ((file_chunks.c.file, files.c.id, files.c.conversation),)
    is_chat = conversations.c.channel == ConversationChannel.CHAT
    is_old = is_due(conversations.c.created_at, settings.contact, days_promised.contact)
    yield RetentionRule("contact", conversations.c.id, and_(~is_chat, is_old), children, chunks, CONVERSATIONS_AT_ONCE)
    is_old = is_due(conversations.c.last_message_at, settings.conversations, days_promised.conversations)
    yield RetentionRule(
        "conversations", conversations.c.id, and_(is_chat, is_old), children, chunks, CONVERSATIONS_AT_ONCE
    )
    is_old = is_due(subscribers.c.confirmed_at, settings.subscriptions, days_promised.subscriptions)
    yield RetentionRule("subscriptions", subscribers.c.id, is_old, (one_time_links.c.subject,))
    notice = change_notice_details.c.notice
    is_of_site = select(change_notices.c.id).where(change_notices.c.id == notice, is_of_sites(change_notices.c.site))
    is_old = notice < lowest_identifier(now - timedelta(days=days_promised.evidence))
    yield RetentionRule("evidence", notice, and_(is_old, is_of_site.exists()))


def _promised_days(site: SiteSettings) -> PromisedDays:
    """Returns what a site promises: the shortest time of each feature's purposes."""

    def shortest(feature: FeatureSettings) -> int:
        return min(site.purposes[name].retention_days for name in feature.purposes)

    return PromisedDays(
        shortest(site.contact), shortest(site.chat), shortest(site.newsletter), site.change_notice_evidence_days
    )
