"""Records what people did in the console: who, what, to which thing, when. Rows are appended, and triggers keep them.

A row holds ids and no personal value. It is written in the transaction of what it tells, or before a file is sent.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Text, bindparam, func, insert, or_, select

from forecourt import clock
from forecourt.db.tables import agents, audit_log, departments

END_OF_LOG = 2**62  # beyond every number of a row


class AuditAction(StrEnum):
    """Lists what is recorded. What nobody did in the console, such as a visitor's own erasure, is not."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the action's name
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the action's name
    TWO_STEP_ON = "two_step_on"
    TWO_STEP_OFF = "two_step_off"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    PERSON_INVITED = "person_invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    ROLE_CHANGED = "role_changed"
    PERSON_REMOVED = "person_removed"
    POLICY_PUBLISHED = "policy_published"
    SEARCHED = "searched"  # for what is in no log
    CONVERSATION_OPENED = "conversation_opened"
    ANSWER_SENT = "answer_sent"
    FILE_DOWNLOADED = "file_downloaded"
    NOTE_ADDED = "note_added"
    CONVERSATION_CLOSED = "conversation_closed"
    CONVERSATION_REOPENED = "conversation_reopened"
    CONVERSATION_ASSIGNED = "conversation_assigned"
    CONVERSATION_MOVED = "conversation_moved"
    CONVERSATION_SNOOZED = "conversation_snoozed"
    CONVERSATION_WOKEN = "conversation_woken"
    DEPARTMENT_ADDED = "department_added"
    DEPARTMENT_CHANGED = "department_changed"
    DEPARTMENT_REMOVED = "department_removed"
    OBJECTION_OPENED = "objection_opened"
    OBJECTION_ANSWERED = "objection_answered"
    OBJECTION_REOPENED = "objection_reopened"
    SUBSCRIBER_ADDED = "subscriber_added"
    SUBSCRIBER_REMOVED = "subscriber_removed"
    SUBSCRIBERS_EXPORTED = "subscribers_exported"
    CONTACT_MESSAGES_EXPORTED = "contact_messages_exported"
    CONSENT_RECORD_OPENED = "consent_record_opened"
    CONSENTS_EXPORTED = "consents_exported"
    AUDIT_LOG_EXPORTED = "audit_log_exported"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Says who (an agent's id) did what to which thing.

    `subject` is the id of a person, thread or record; `detail` is a role, a release's number, a way of
    signing in, the end of a snooze, or the id of whom a conversation was assigned to or of the department
    it was moved to.
    """

    agent: str
    action: AuditAction
    subject: str = ""
    site: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Holds a row with the names of people, which may have changed since.

    They are who did it, the person or department it was done to, and to whom a conversation was assigned or moved.
    """

    seq: int
    at: datetime
    agent: str
    action: str
    subject: str
    site: str
    detail: str
    agent_name: str
    subject_name: str
    detail_name: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Says which rows are asked for. An empty text lets any value through; `before` is the number of a row."""

    start: datetime
    end: datetime
    agent: str = ""
    action: str = ""
    before: int = END_OF_LOG


_INSERT = insert(audit_log)
_NAMES = ("agent_name", "subject_name", "detail_name")
_agent, _subject, _detail = (agents.alias(f"of_{column}") for column in ("agent", "subject", "detail"))
_subject_department, _detail_department = (
    departments.alias(f"department_{column}") for column in ("subject", "detail")
)
_AGENT, _ACTION = bindparam("agent_id", type_=Text), bindparam("action_name", type_=Text)
_PAGE = (
    select(
        *(audit_log.c[field.name] for field in fields(AuditRow)[:7]),
        _agent.c.name.label("agent_name"),
        func.coalesce(_subject.c.name, _subject_department.c.name).label("subject_name"),
        func.coalesce(_detail.c.name, _detail_department.c.name).label("detail_name"),
    )
    .outerjoin(_agent, _agent.c.id == audit_log.c.agent)
    .outerjoin(_subject, _subject.c.id == audit_log.c.subject)
    .outerjoin(_detail, _detail.c.id == audit_log.c.detail)
    .outerjoin(_subject_department, _subject_department.c.id == audit_log.c.subject)
    .outerjoin(_detail_department, _detail_department.c.id == audit_log.c.detail)
    .where(
        audit_log.c.seq < bindparam("before"),
        audit_log.c.at >= bindparam("start"),
        audit_log.c.at < bindparam("end"),
        or_(_AGENT == "", audit_log.c.agent == _AGENT),
        or_(_ACTION == "", audit_log.c.action == _ACTION),
    )
    .order_by(audit_log.c.seq.desc())
    .limit(bindparam("limit"))
)
_PEOPLE = (
    select(agents.c.id, agents.c.name)
    .where(select(audit_log.c.seq).where(audit_log.c.agent == agents.c.id).exists())
    .order_by(agents.c.name, agents.c.id)
    .limit(bindparam("limit"))
)


def append_entry(connection: Connection, entry: AuditEntry) -> None:
    row = {"at": clock.now(), "agent": entry.agent, "action": entry.action.value}
    connection.execute(_INSERT, row | {"subject": entry.subject, "site": entry.site, "detail": entry.detail})


def read_rows(connection: Connection, audit_filter: AuditFilter, limit: int) -> list[AuditRow]:
    """Returns rows, the newest first."""
    params = {"start": audit_filter.start, "end": audit_filter.end, "before": audit_filter.before, "limit": limit}
    params |= {"agent_id": audit_filter.agent, "action_name": audit_filter.action}
    rows = connection.execute(_PAGE, params).mappings()
    return [AuditRow(**{**row, **{name: row[name] or "" for name in _NAMES}}) for row in rows]


def list_people(connection: Connection, limit: int) -> list[tuple[str, str]]:
    """Returns id and name of everybody who did something, by name, also of those who were removed."""
    return [(identity, name) for identity, name in connection.execute(_PEOPLE, {"limit": limit})]
