"""Every table. What is appended only is listed in `APPEND_ONLY`; the database itself refuses more (see append_only.py).

Append-only rows hold no personal value: random ids and salted commitments. Values stand in deletable rows beside them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as whole microseconds since 1970: exact, sortable and the same on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: object) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


_Serial = BigInteger().with_variant(Integer, "sqlite")


visitors = Table(
    "visitors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("visitor", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("offered", JSON, nullable=False),
    Column("given", JSON, nullable=False),
    Column("privacy_policy", Text),
    Column("notice_hash", Text, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("locale", Text, nullable=False),
    Column("release", Integer),
    Column("source", Text, nullable=False),
    Column("gesture", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("consents_of_visitor", "visitor", "seq"),
)

consent_details = Table(
    "consent_details",
    metadata,
    Column("consent", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("receipt_hash", Text, nullable=False, unique=True),
)

releases = Table(
    "releases",
    metadata,
    Column("site", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
    Column("previous", Text),
    Column("content", Text, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("effective_at", Date, nullable=False),
)

contact_messages = Table(
    "contact_messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("contact_messages_inbox", "state", "at"),
)

contact_answers = Table(
    "contact_answers",
    metadata,
    Column("message", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("agent", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

_OPEN: dict[str, Any] = {"sqlite_where": text("state = 'open'"), "postgresql_where": text("state = 'open'")}
conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    # Since when the visitor waits for an agent, and when the site was last told; both empty once answered.
    Column("waiting_since", Moment),
    Column("alerted_at", Moment),
    Index("conversations_of_visitor", "visitor", "state"),
    Index("conversations_inbox", "state", "last_at"),
    Index("conversations_one_open", "visitor", "site", unique=True, **_OPEN),
    Index("conversations_waiting", "waiting_since"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("agent", Text),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("conversation", "author", "key", name="messages_once_a_key"),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    UniqueConstraint("site", "email", name="subscribers_once_an_address"),
)

links = Table(
    "links",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("dedupe", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("sent_at", Moment),
    # How it leaves (mail or webhook), what a webhook is signed with, and whether each try is kept in `deliveries`.
    Column("channel", Text, nullable=False, server_default="mail"),
    Column("secret", Text, nullable=False, server_default=""),
    Column("proof", Boolean, nullable=False, server_default=false()),
    Index("outbox_due", "state", "due_at"),
)

# What became of each try to send what has to be provable. `cause`: the outbox row's dedupe key; `code`: SMTP or HTTP.
deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("cause", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("deliveries_of_cause", "cause", "seq"),
)

# What an editor works on: the policy as JSON, made from release `base`. One a site.
policy_drafts = Table(
    "policy_drafts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("base", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("edited_by", Text, nullable=False),
    Column("edited_at", Moment, nullable=False),
)

# Who is told of changes. `secret` signs the webhook's calls; `asks`: how many mails asked to confirm, lately.
followers = Table(
    "followers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("region", Text),
    Column("products", JSON, nullable=False),
    Column("webhook", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("confirmed_at", Moment),
    Column("left_at", Moment),
    UniqueConstraint("site", "email", name="followers_once_an_address"),
    Index("followers_to_tell", "site", "state", "id"),
)

# A release whose material changes followers are told of; `after` is how far the planning has come.
announcements = Table(
    "announcements",
    metadata,
    Column("site", Text, primary_key=True),
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("planned", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("announcements_to_plan", "state", "at"),
)

# One follower told of one release. `content`: hash of what was said, kept in `notices`; `commitment`: of
# salt and recipient.
change_notices = Table(
    "change_notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("follower", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("region", Text),
    Column("content", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("site", "release", "follower", name="change_notices_once_a_follower"),
    Index("change_notices_of_follower", "follower"),
)

change_notice_details = Table(
    "change_notice_details",
    metadata,
    Column("notice", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("recipient", Text, nullable=False),
)

# What was objected to is kept as it read on that day, in the objector's language: `subject` and `change`.
# `dedupe`: one open objection of the same content; the id once it is settled.
objections = Table(
    "objections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("engagement", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("change", Text, nullable=False),
    Column("effective", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("dedupe", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("dedupe", name="objections_once_while_open"),
    Index("objections_by_state", "state", "at"),
)

objection_answers = Table(
    "objection_answers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("objection", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("objection_answers_of_one", "objection", "at"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

# Table name -> its keys, each a tuple of columns.
APPEND_ONLY: dict[str, tuple[tuple[str, ...], ...]] = {
    "notices": (("hash",),),
    "consents": (("id",), ("seq",)),
    "releases": (("site", "number"),),
    "change_notices": (("id",), ("site", "release", "follower")),
    "deliveries": (("seq",),),
}
