"""Mails a site's address when a visitor has waited too long for an answer in the chat."""

from asyncio import sleep
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from forecourt import clock
from forecourt.background import repeat
from forecourt.consent.actions import has_withdrawn
from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.model import Mail
from forecourt.mail.routing import MailRouting
from forecourt.support import store
from forecourt.support.actions import append_event
from forecourt.support.model import Author, Conversation, EventKind, NewEvent

LONGEST_PAUSE = 15.0  # seconds between two looks
UNANSWERED_AT_ONCE = 50  # conversations that one look at the unanswered ones takes


@dataclass(frozen=True, slots=True)
class UnansweredAlert:
    """Says which site is mailed, and after how long a visitor has waited."""

    routing: MailRouting
    after: timedelta


async def run(database: Database, alert: UnansweredAlert) -> None:
    """Looks for unanswered chats of one site until it is cancelled."""
    pause = min(LONGEST_PAUSE, alert.after.total_seconds() / 2)
    send = partial(database.write, partial(send_alerts, alert=alert))
    await repeat(f"unanswered chats of {alert.routing.site}", send, lambda _: sleep(pause))


def send_alerts(connection: Connection, alert: UnansweredAlert) -> int:
    """Mails the site once for each chat that has waited too long, unless its visitor has withdrawn since.

    Returns how many chats had waited too long.
    """
    before = clock.now() - alert.after
    conversations = store.find_unanswered_chats(connection, alert.routing.site, before, UNANSWERED_AT_ONCE)
    for conversation in conversations:
        append_event(connection, conversation.id, NewEvent(EventKind.ALERTED, Author.SYSTEM))
        if not has_withdrawn(connection, conversation.visitor):
            outbox.put_mail(connection, _write_mail(connection, alert.routing, conversation), alert.routing.sender)
    return len(conversations)


def _write_mail(connection: Connection, routing: MailRouting, conversation: Conversation) -> Mail:
    last_message = store.find_event(connection, conversation.id, conversation.last_message_seq)
    waiting_since = conversation.waiting_since or conversation.last_message_at
    context: dict[str, object] = {
        "site": routing.site,
        "minutes": max(1, int((clock.now() - waiting_since).total_seconds() // 60)),
        "body": last_message.body if last_message else "",
        "files": [file.name for file in last_message.files] if last_message else [],
        "link": routing.console_url(f"conversations/{conversation.id}"),
    }
    key = f"unanswered:{conversation.id}:{waiting_since.isoformat()}"
    return Mail("unanswered_chat", key, routing.email, routing.locale, context, visitor=conversation.visitor)
