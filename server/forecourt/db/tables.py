"""Defines every table. append_only.py lists those whose rows the database refuses to change.

An append-only row holds no personal value, only random ids and salted commitments. The values themselves are in a row
beside it, which can be deleted.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
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
    literal_column,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

metadata = MetaData()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """Stores an aware UTC datetime as whole microseconds since 1970: exact, sortable and the same on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: object) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


_KEYED: dict[str, Any] = {
    "sqlite_where": text("idempotency_key IS NOT NULL"),
    "postgresql_where": text("idempotency_key IS NOT NULL"),
}
_ABOUT: dict[str, Any] = {"sqlite_where": text("visitor <> ''"), "postgresql_where": text("visitor <> ''")}
_WITH_HOST: dict[str, Any] = {"sqlite_where": text("host <> ''"), "postgresql_where": text("host <> ''")}
_UNNAMED: dict[str, Any] = {
    "sqlite_where": text("event_seq IS NULL"),
    "postgresql_where": text("event_seq IS NULL"),
}
_CHOICES: dict[str, Any] = {"sqlite_where": text("kind = 'consent'"), "postgresql_where": text("kind = 'consent'")}
_Serial = BigInteger().with_variant(Integer, "sqlite")


visitors = Table(
    "visitors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
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
    Column("purposes", JSON, nullable=False),
    Column("privacy_policy", Text),
    Column("notice_hash", Text, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("locale", Text, nullable=False),
    Column("release", Integer),
    Column("source", Text, nullable=False),
    Column("gesture", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    # "consent", or "acknowledgement" of the privacy policy, which is read and not agreed to.
    Column("kind", Text, nullable=False, server_default="consent"),
    Column("signals", JSON, nullable=False, server_default="{}"),
    Column("idempotency_key", Text),  # the SHA-256 of the key that the client sent
    # Purpose -> when it was answered, for answers that an earlier record gave and this one carries over.
    Column("carried_over", JSON, nullable=False, server_default="{}"),
    Index("consents_of_visitor", "visitor", "kind", "seq"),
    Index("consents_unique_idempotency_key", "site", "idempotency_key", unique=True, **_KEYED),
    Index("consents_by_time", "site", "created_at", "action", "locale", "source", **_CHOICES),
)

# Written as a literal: only then does SQLite see that the indexes of choices have every column that is selected.
IS_CHOICE = consents.c.kind == literal_column("'consent'")
DAY = type_coerce(consents.c.created_at, BigInteger).op("/", return_type=BigInteger())(literal_column("86400000000"))
# In the order choices are counted by (see console/consent/choices_by_day.py), and with all it asks for: no row is read.
_COUNTED = (consents.c.site, DAY, *(consents.c[name] for name in ("action", "locale", "source", "created_at")))
Index("consents_by_day", *_COUNTED, **_CHOICES)

# The log: leaf number `position` is a row, hashed. `kind` says of which table (see db/log_queue.py), `record` names the
# row: a consent's id, `SITE/NUMBER` of a release, a change notice's id, a delivery's seq.
log_leaves = Table(
    "log_leaves",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False, server_default="consent"),
)

# What is to be sealed beside consents, in the order in which it was appended.
log_queue = Table(
    "log_queue",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("kind", "record", name="log_queue_once_a_record"),
)

# Roots of perfect subtrees of 256 and 65,536 leaves: a proof reads hundreds of hashes, not millions.
log_nodes = Table(
    "log_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

# Signed heads of the log. `last_consent_seq`: the highest consents.seq among its leaves.
log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("last_consent_seq", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# Changes of the key that signs checkpoints, each stated by the old and the new one (see consent/log/key_change.py).
log_keys = Table(
    "log_keys",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("new_key", Text, nullable=False, unique=True),
    Column("note", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
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
    Column("path", Text, nullable=False, server_default=""),
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

# The parts of the inbox. Each has an index, in its order, which also holds what the inbox is filtered by.
IN_INBOX = "state IN ('open', 'answered') AND last_message_seq > 0"
IS_WAITING = "state = 'open' AND waiting_since IS NOT NULL"
IS_SNOOZED = "state = 'snoozed'"
IS_CLOSED = "state = 'closed' AND last_message_seq > 0"
_INBOX_FILTERS = ("id", "site", "locale", "channel", "department", "waiting_since")


def _inbox_index(name: str, part: str, *order: str) -> Index:
    columns = dict.fromkeys((*order, *_INBOX_FILTERS))
    return Index(f"conversations_{name}", *columns, sqlite_where=text(part), postgresql_where=text(part))


# A conversation as all its events make it (see support/projection.py), and how it began.
_OPEN_CHAT: dict[str, Any] = {
    "sqlite_where": text("channel = 'chat' AND state <> 'closed'"),
    "postgresql_where": text("channel = 'chat' AND state <> 'closed'"),
}
conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("channel", Text, nullable=False, server_default="chat"),
    Column("visitor", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("topic", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("last_message_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("assignee", Text, nullable=False, server_default=""),
    Column("department", Text, nullable=False, server_default=""),
    Column("snoozed_until", Moment),
    # Since when the visitor waits for an agent, and when the site was mailed about it; both empty once answered.
    Column("waiting_since", Moment),
    Column("alerted_at", Moment),
    Column("last_seq", Integer, nullable=False),
    Column("last_message_seq", Integer, nullable=False, server_default="0"),
    Index("conversations_of_visitor", "visitor", "state"),
    _inbox_index("inbox", IN_INBOX, "last_message_at"),
    _inbox_index("assigned", IN_INBOX, "assignee", "last_message_at"),
    _inbox_index("waiting", IS_WAITING, "waiting_since"),
    _inbox_index("snoozed", IS_SNOOZED, "snoozed_until"),
    _inbox_index("closed", IS_CLOSED, "last_message_at"),
    Index("conversations_one_open_chat", "visitor", "site", unique=True, **_OPEN_CHAT),
    Index("conversations_by_time", "site", "channel", "created_at"),
    Index("conversations_by_last_message", "site", "channel", "last_message_at"),
)

# Who answers what on which sites. A removed one keeps its name, which events of conversations refer to.
departments = Table(
    "departments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("removed_at", Moment),
)
department_sites = Table(
    "department_sites",
    metadata,
    Column("department", Text, primary_key=True),
    Column("site", Text, primary_key=True),
)
department_members = Table(
    "department_members",
    metadata,
    Column("department", Text, primary_key=True),
    Column("agent", Text, primary_key=True),
)

# All that happened in a conversation, appended and never changed; erasing a conversation deletes its events.
conversation_events = Table(
    "conversation_events",
    metadata,
    Column("conversation", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("until", Moment),
    Column("idempotency_key", Text),
    Column("created_at", Moment, nullable=False),
    # What is shown of the files that a message carries, as JSON; empty where it carries none.
    Column("files", Text, nullable=False, server_default=""),
    UniqueConstraint("conversation", "author", "idempotency_key", name="conversation_events_once_a_key"),
)

# Files of conversations. `event_seq` is the number of the message that carries one; without a message it is removed
# within the hour. `conversation` is empty while a contact message is being written. `visitor` is the conversation's,
# whoever uploaded it.
files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("conversation", Text, nullable=False),
    Column("event_seq", Integer),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("upload_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("files_of_visitor", "visitor"),
    Index("files_of_conversation", "conversation"),
    Index("files_unnamed", "created_at", **_UNNAMED),
)

# The bytes of each file, in pieces of 256 KiB, so that nobody holds a whole one to send it.
file_chunks = Table(
    "file_chunks",
    metadata,
    Column("file", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

# What of a conversation is found, word by word (see support/search_index.py): an event that says something, or, as
# number 0, whom it is with. SQLite indexes the tokens in `search_index`, which the migration makes and triggers fill.
search_documents = Table(
    "search_documents",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("conversation", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("tokens", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    Index("search_documents_of_conversation", "conversation", "seq"),
)

# Who gets the newsletter: confirmed addresses, in lower case. `visitor` and `consent` are those of the request whose
# link was confirmed last. Both are empty where the agent `added_by` added the address, who wrote down a `proof`.
subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("confirmed_at", Moment, nullable=False),
    Column("proof", Text, nullable=False, server_default=""),
    Column("added_by", Text, nullable=False, server_default=""),
    UniqueConstraint("site", "email", name="subscribers_once_an_address"),
    Index("subscribers_of_visitor", "visitor"),
    Index("subscribers_by_time", "site", "confirmed_at", "id"),
)

# Requests for the newsletter, each of the visitor who typed the address. Nothing in them says whether it was confirmed.
newsletter_requests = Table(
    "newsletter_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("confirmation_sent_at", Moment),
    UniqueConstraint("visitor", "site", "email", name="newsletter_requests_once_an_address"),
    Index("newsletter_requests_by_time", "requested_at"),
)

# When an address, as a keyed digest, was mailed a link to confirm; `kind` is that of the mail. Rows are kept for a day,
# so that neither erasing nor another request makes the count of its mails start again.
suppressions = Table(
    "suppressions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("address_fingerprint", Text, nullable=False),
    Column("confirmation_sent_at", Moment, nullable=False),
    Column("kind", Text, nullable=False, server_default="newsletter_confirmation"),
    Index("suppressions_by_address", "site", "address_fingerprint", "confirmation_sent_at"),
)

# Requests that may mail an address that nobody has confirmed, counted by keyed digests of network, mailbox and domain.
# `send_at` is when the mail is sent, and empty where the request sends none. Rows are kept for hours.
unconfirmed_mails = Table(
    "unconfirmed_mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("network", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("send_at", Moment),
    Index("unconfirmed_mails_of_network", "network", "created_at"),
    Index("unconfirmed_mails_by_time", "send_at"),
)

# Hits against rate limits of servers that share a PostgreSQL; SQLite has one server, which counts in its memory. `key`
# ends in a keyed digest. `times` and `expires_at` are microseconds since 1970. On PostgreSQL it is UNLOGGED.
rate_limit_hits = Table(
    "rate_limit_hits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("times", ARRAY(BigInteger).with_variant(JSON, "sqlite"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("rate_limit_hits_by_expiry", "expires_at"),
)

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("one_time_links_by_subject", "subject"),
    Index("one_time_links_by_expiry", "expires_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("last_reply", Text, nullable=False),
    Column("sent_at", Moment),
    # How it leaves (mail or webhook), what signs a webhook's call, and whether each attempt is kept in `deliveries`.
    Column("channel", Text, nullable=False, server_default="mail"),
    Column("webhook_secret", Text, nullable=False, server_default=""),
    Column("records_deliveries", Boolean, nullable=False, server_default=false()),
    # Of a webhook's call, the name of its host, which gets one call at a time.
    Column("host", Text, nullable=False, server_default=""),
    # The visitor who caused it, for whom `/me` exports and erases it.
    Column("visitor", Text, nullable=False, server_default=""),
    Index("outbox_due", "state", "next_attempt_at"),
    Index("outbox_by_host", "host", **_WITH_HOST),
    Index("outbox_of_visitor", "visitor", **_ABOUT),
)

# Has one row, which every process overwrites to see whether writes work.
write_probes = Table(
    "write_probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("written_at", Moment, nullable=False),
)

# One row for each attempt to send something whose delivery has to be proved. `outbox_key` is the idempotency key of
# the outbox row; `code` is the SMTP or HTTP code of the reply.
deliveries = Table(
    "deliveries",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("outbox_key", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("deliveries_by_outbox_key", "outbox_key", "seq"),
)

# The policy that editors work on, as JSON, made from release `base_release`. There is one a site.
policy_drafts = Table(
    "policy_drafts",
    metadata,
    Column("site", Text, primary_key=True),
    Column("base_release", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("edited_by", Text, nullable=False),
    Column("edited_at", Moment, nullable=False),
)

# Requests to follow, each with what was asked for. Nothing says who asked: two that want the same are one. It is
# deleted once it is confirmed.
follow_requests = Table(
    "follow_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("region", Text),
    Column("products", JSON, nullable=False),
    Column("webhook", Text, nullable=False),
    Column("confirmation_sent_at", Moment, nullable=False),
    Index("follow_requests_by_address", "site", "email"),
    Index("follow_requests_by_time", "confirmation_sent_at"),
)

# Who is notified of changes: confirmed addresses, in lower case. `webhook_secret` signs the webhook's calls.
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
    Column("webhook_secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("confirmed_at", Moment),
    Column("left_at", Moment),
    UniqueConstraint("site", "email", name="followers_once_an_address"),
    Index("followers_by_state", "site", "state", "id"),
)

# A release whose material changes followers are notified of. Notices are planned in the order of ids, and
# `last_follower` is the last one that has one.
announcements = Table(
    "announcements",
    metadata,
    Column("site", Text, primary_key=True),
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("last_follower", Text, nullable=False),
    Column("notices_planned", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("announcements_by_state", "state", "created_at"),
)

# One follower notified of one release. `content_hash` is the hash of the words, which are in `notices`; `commitment`
# that of salt and recipient.
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
    Column("content_hash", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
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

# `subject` and `change_text` are what was objected to as it read on that day, in the objector's language.
# `idempotency_key` is a digest of the content while the objection is open, so that two open ones differ, and the id
# once it is settled.
objections = Table(
    "objections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("release", Integer, nullable=False),
    Column("engagement", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("change_text", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    UniqueConstraint("idempotency_key", name="objections_once_while_open"),
    Index("objections_by_state", "state", "created_at"),
)

objection_answers = Table(
    "objection_answers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("objection", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("objection_answers_by_objection", "objection", "created_at"),
)

# How many rows of a kind each run of retention deleted, and nothing about whose they were. `last_consent_seq` is the
# highest consents.seq that it has looked at.
retention_runs = Table(
    "retention_runs",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_consent_seq", BigInteger),
    Index("retention_runs_of_kind", "kind", "last_consent_seq"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("removed_at", Moment),
    Column("role", Text, nullable=False, server_default="admin"),
)

two_step_secrets = Table(
    "two_step_secrets",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("code_hash", Text, primary_key=True),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("agent", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("audit_log_by_agent", "agent", "seq"),
    Index("audit_log_by_action", "action", "seq"),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("agent", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("network", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Index("agent_sessions_by_agent", "agent"),
)
