"""Does one thing to many conversations, and says which of them could not be changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from sqlalchemy import Connection

from forecourt import clock
from forecourt.console import assignees
from forecourt.console.agents import Agent
from forecourt.console.audit_log import AuditAction, AuditEntry, append_entry
from forecourt.console.snooze_end import SnoozeBody
from forecourt.console.triage import describe_assignment, parse_assignee
from forecourt.decoding import decode
from forecourt.errors import ConversationClosed, Fault, Invalid, NotFound
from forecourt.support import actions, store
from forecourt.support.model import Conversation, ConversationState
from forecourt.text_types import Token
from forecourt.web import forms

AT_ONCE = 100  # conversations
FIELDS_AT_MOST = AT_ONCE + 10

BulkAction = Literal["assign", "take", "snooze", "wake", "close", "reopen"]
UNDO: Mapping[BulkAction, BulkAction] = {"close": "reopen", "snooze": "wake"}
# Changes one conversation: returns what the audit log says of it, or None where it was so already.
Change = Callable[[Connection, str], AuditEntry | None]


class BulkBody(msgspec.Struct):
    ids: Annotated[tuple[Token, ...], Meta(max_length=AT_ONCE)]
    do: BulkAction


class NewerConversation(Exception):
    """Is raised where a chat stays closed, since its visitor has opened another."""


@dataclass(frozen=True, slots=True)
class RefusedConversation:
    """Holds a conversation that could not be changed; None where it is gone. `reason` ends the key of a text."""

    id: str
    conversation: Conversation | None
    reason: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Holds what was done. `changed` are the ids that were not so already, which `undo` takes back."""

    do: BulkAction
    done: int
    changed: Sequence[str]
    refused: Sequence[RefusedConversation]

    @property
    def undo(self) -> BulkAction | None:
        return UNDO.get(self.do) if self.changed else None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """Holds what an agent does to which conversations."""

    do: BulkAction
    ids: Sequence[str]
    change: Change

    @classmethod
    def from_form(cls, pairs: Sequence[tuple[str, str]], agent: Agent) -> "BulkChange":
        """Reads the form. Raises `Invalid`, also where no conversation is ticked or more than `AT_ONCE`."""
        fields, ids = dict(pairs), sorted({text for name, text in pairs if name == "id"})
        if not ids:
            raise Invalid([Fault("id", "none_ticked")])
        body = decode({"ids": ids, "do": fields.get("do") or ("snooze" if "until" in fields else "")}, BulkBody)
        return cls(body.do, body.ids, _make_change(body.do, fields, agent))

    def carry_out(self, connection: Connection) -> BulkResult:
        """Returns what could be done. Conversations are locked in the order of their ids, as by everybody."""
        changed, refused = list[str](), list[RefusedConversation]()
        for identity in self.ids:
            try:
                entry = self.change(connection, identity)
            except (NotFound, ConversationClosed, NewerConversation) as error:
                refused.append(_describe_refused(connection, identity, error))
                continue
            if entry:
                append_entry(connection, entry)
                changed.append(identity)
        return BulkResult(self.do, len(self.ids) - len(refused), changed, refused)


def _make_change(do: BulkAction, fields: dict[str, str], agent: Agent) -> Change:
    match do:
        case "assign" | "take":
            return _make_assignment(agent.id if do == "take" else parse_assignee(_pick(fields, "assignee")), agent)
        case "snooze":
            return _make_snooze(_pick(fields, "until", "zone", "at"), agent)
        case "wake":
            return _make_entry(lambda c, identity: actions.wake(c, identity, agent.id), agent, "woken")
        case "close":
            return _make_entry(lambda c, identity: actions.close(c, identity, agent.id), agent, "closed")
        case "reopen":
            return _make_entry(lambda c, identity: _reopen(c, identity, agent), agent, "reopened")


def _make_entry(change: Callable[[Connection, str], bool], agent: Agent, word: str) -> Change:
    """Returns the change with its entry of the audit log."""
    action = AuditAction(f"conversation_{word}")
    return lambda c, identity: AuditEntry(agent.id, action, identity) if change(c, identity) else None


def _make_assignment(assignee: str, agent: Agent) -> Change:
    def change(connection: Connection, identity: str) -> AuditEntry | None:
        is_new = assignees.assign(connection, identity, agent.id, assignee)
        return describe_assignment(agent, identity, assignee) if is_new else None

    return change


def _make_snooze(fields: dict[str, str], agent: Agent) -> Change:
    until = forms.decode_form(fields, SnoozeBody).compute_end(clock.now())

    def change(connection: Connection, identity: str) -> AuditEntry:
        actions.snooze(connection, identity, agent.id, until)
        return AuditEntry(agent.id, AuditAction.CONVERSATION_SNOOZED, identity, detail=clock.iso(until))

    return change


def _reopen(connection: Connection, identity: str, agent: Agent) -> bool:
    is_closed = actions.find_conversation(connection, identity).state is ConversationState.CLOSED
    if assignees.reopen(connection, identity, agent.id):
        raise NewerConversation
    return is_closed


def _pick(fields: dict[str, str], *names: str) -> dict[str, str]:
    """Returns those fields of the form that belong to what is done; it sends those of all its buttons."""
    return {name: fields[name] for name in names if name in fields}


def _describe_refused(connection: Connection, identity: str, error: Exception) -> RefusedConversation:
    reasons: Mapping[type[Exception], str] = {ConversationClosed: "closed", NewerConversation: "newer"}
    conversation = store.find_conversation(connection, identity)
    return RefusedConversation(identity, conversation, reasons.get(type(error), "gone"))
