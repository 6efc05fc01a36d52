"""Computes what a conversation comes to after an event. Rows are written by this rule, so events can rebuild them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from forecourt.support.model import Author, Conversation, ConversationEvent, ConversationState, EventKind

Rule = Callable[[Conversation, ConversationEvent], Conversation]


def apply_event(conversation: Conversation, event: ConversationEvent) -> Conversation:
    """Returns the conversation as it is after its next event."""
    return replace(_RULES[event.kind](conversation, event), last_seq=event.seq)


def rebuild(start: Conversation, events: Iterable[ConversationEvent]) -> Conversation:
    """Returns the conversation after all its events. `start` is as it was before the first."""
    for event in events:
        start = apply_event(start, event)
    return start


def _add_message(conversation: Conversation, event: ConversationEvent) -> Conversation:
    is_answer = event.author is not Author.VISITOR
    return replace(
        conversation,
        last_message_at=event.created_at,
        last_message_seq=event.seq,
        state=ConversationState.ANSWERED if is_answer else ConversationState.OPEN,
        waiting_since=None if is_answer else conversation.waiting_since or event.created_at,
        alerted_at=None if is_answer else conversation.alerted_at,
        snoozed_until=None,
    )


def _assign(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return replace(conversation, assignee=event.target)


def _move(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return replace(conversation, department=event.target)


def _snooze(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return replace(conversation, state=ConversationState.SNOOZED, snoozed_until=event.until)


def _close(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return replace(conversation, state=ConversationState.CLOSED, snoozed_until=None, alerted_at=None)


def _open_again(conversation: Conversation, event: ConversationEvent) -> Conversation:
    """Gives the turn to agents where the visitor was not answered, or nothing has been said; else to the visitor."""
    is_agents_turn = conversation.waiting_since is not None or not conversation.last_message_seq
    state = ConversationState.OPEN if is_agents_turn else ConversationState.ANSWERED
    return replace(conversation, state=state, snoozed_until=None)


def _set_alerted(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return replace(conversation, alerted_at=event.created_at)


def _keep(conversation: Conversation, event: ConversationEvent) -> Conversation:
    return conversation


_RULES: Mapping[EventKind, Rule] = {
    EventKind.MESSAGE: _add_message,
    EventKind.NOTE: _keep,
    EventKind.ASSIGNED: _assign,
    EventKind.MOVED: _move,
    EventKind.SNOOZED: _snooze,
    EventKind.WOKEN: _open_again,
    EventKind.CLOSED: _close,
    EventKind.REOPENED: _open_again,
    EventKind.ALERTED: _set_alerted,
    EventKind.RATED: _keep,
}
