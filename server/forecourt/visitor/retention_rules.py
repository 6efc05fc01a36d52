"""What is kept for how long, kind by kind: which rows' time is over. Append-only rows are not among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, func, not_, select

from forecourt.consent import lifetime
from forecourt.db.tables import (
    change_notice_details,
    change_notices,
    consent_details,
    contact_answers,
    contact_messages,
    conversations,
    followers,
    messages,
    newsletter_requests,
    objection_answers,
    objections,
    one_time_links,
    outbox,
    subscribers,
    suppressions,
)
from forecourt.followers.model import FORGET_AFTER
from forecourt.identifiers import lowest_identifier
from forecourt.newsletter.confirmation import RESEND_AFTER
from forecourt.settings.server import RetentionSettings
from forecourt.settings.site import FeatureSettings, SiteSettings

SETTLED_OBJECTIONS_FOR = timedelta(days=3 * 365)  # as long as one may have to show how it was answered
AT_ONCE = 500  # rows a table and transaction, so that no visitor waits for it


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Rows of `kind`, named by the column `rows`, for which `over` holds; `children` name their parent by a column."""

    kind: str
    rows: Column[str]
    over: ColumnElement[bool]
    children: tuple[Column[str], ...] = ()

    def count(self, connection: Connection) -> int:
        return int(connection.execute(select(func.count()).select_from(self.rows.table).where(self.over)).scalar_one())

    def delete_piece(self, connection: Connection) -> int:
        """With their children. Returns how many parents went. What another process deletes just now is left to it."""
        due = select(self.rows).where(self.over).limit(AT_ONCE).with_for_update(skip_locked=True)
        found = connection.execute(due).scalars().all()
        for column in (*self.children, self.rows) if found else ():
            connection.execute(delete(column.table).where(column.in_(found)))
        return len(found)


def due(sites: dict[str, SiteSettings], keep: RetentionSettings, now: datetime) -> Iterator[RetentionRule]:
    yield from _everywhere(keep, now)
    for name, site in sites.items():
        yield from _of_site(name, site, keep, now)


def _everywhere(keep: RetentionSettings, now: datetime) -> Iterator[RetentionRule]:
    yield RetentionRule(
        "links", one_time_links.c.secret_hash, one_time_links.c.expires_at < now - timedelta(days=keep.links)
    )
    settled = outbox.c.state.in_(["sent", "failed"]) & (outbox.c.created_at < now - timedelta(days=keep.mails))
    yield RetentionRule("mails", outbox.c.id, settled)
    for asked in (subscribers, followers):
        yield RetentionRule("unconfirmed", asked.c.id, _never_said_yes(asked, keep, now))
    left = and_(followers.c.state == "left", followers.c.left_at < now - FORGET_AFTER)
    yield RetentionRule("followers", followers.c.id, left)
    yield RetentionRule(
        "suppressions", suppressions.c.address_fingerprint, suppressions.c.confirmation_sent_at < now - RESEND_AFTER
    )
    closed = objections.c.settled_at < now - SETTLED_OBJECTIONS_FOR  # an open one waits for its answer however long
    yield RetentionRule("objections", objections.c.id, closed, (objection_answers.c.objection,))
    # An identifier begins with its time: the oldest are found without looking at the rest.
    ended = lowest_identifier(lifetime.expiry_cutoff(now - timedelta(days=keep.consent_details)))
    yield RetentionRule("consent_details", consent_details.c.consent, consent_details.c.consent < ended)


def _of_site(name: str, site: SiteSettings, keep: RetentionSettings, now: datetime) -> Iterator[RetentionRule]:
    def over(at: Column[datetime], days: int, feature: FeatureSettings) -> ColumnElement[bool]:
        return and_(at.table.c.site == name, at < now - _life(site, feature, days))

    letters = over(contact_messages.c.created_at, keep.contact, site.contact)
    yield RetentionRule("contact", contact_messages.c.id, letters, (contact_answers.c.message,))
    chats = over(conversations.c.last_message_at, keep.conversations, site.chat)
    yield RetentionRule("conversations", conversations.c.id, chats, (messages.c.conversation,))
    old = over(subscribers.c.confirmation_sent_at, keep.subscriptions, site.newsletter)
    yield RetentionRule("subscriptions", subscribers.c.id, and_(old, not_(_never_said_yes(subscribers, keep, now))))
    asks = over(newsletter_requests.c.created_at, keep.subscriptions, site.newsletter)
    yield RetentionRule("newsletter_requests", newsletter_requests.c.visitor, asks)
    told = change_notice_details.c.notice
    of_site = select(change_notices.c.id).where(change_notices.c.id == told, change_notices.c.site == name)
    old = told < lowest_identifier(now - timedelta(days=site.evidence_days))
    yield RetentionRule("evidence", told, and_(old, of_site.exists()))


def _never_said_yes(among: Table, keep: RetentionSettings, now: datetime) -> ColumnElement[bool]:
    return and_(among.c.state == "unconfirmed", among.c.confirmation_sent_at < now - timedelta(days=keep.unconfirmed))


def _life(site: SiteSettings, feature: FeatureSettings, days: int) -> timedelta:
    """As long as the shortest of the purposes that were agreed to, or shorter where the settings say so."""
    promised = min(site.purposes[name].days for name in feature.purposes)
    return timedelta(days=min(days, promised) if days else promised)
