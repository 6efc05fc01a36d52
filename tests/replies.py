"""Answers in a chat as an agent does."""

from sqlalchemy import Connection

from forecourt.support.actions import append_event
from forecourt.support.model import Author, EventKind, NewEvent


def post_reply(connection: Connection, conversation: str, agent: str, key: str, body: str) -> None:
    append_event(connection, conversation, NewEvent(EventKind.MESSAGE, Author.AGENT, agent, body, idempotency_key=key))
