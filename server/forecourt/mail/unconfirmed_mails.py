"""Queues mails to addresses that nobody has confirmed, as many as `unconfirmed_mail_limits.py` allows.

Whoever asks gets the same answer whatever becomes of the mail, since it must not reveal what others asked for. Only
the limit by network refuses: it counts every request, whether or not it leads to a mail.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from forecourt import clock
from forecourt.db.database import Database
from forecourt.email_address import domain_key, mailbox_key
from forecourt.errors import TooMany
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail import unconfirmed_mail_store as store
from forecourt.mail.model import Mail, Sender
from forecourt.mail.unconfirmed_mail_limits import (
    WINDOW,
    UnconfirmedMailOutcome,
    has_room,
    possible_times,
)
from forecourt.settings.server import UnconfirmedMailSettings
from forecourt.signing_keys import Fingerprints

T = TypeVar("T")
LOG_EVERY = 60.0  # seconds
log = logging.getLogger(__name__)


@dataclass(slots=True)
class UnconfirmedMailQueue:
    """Queues the mail that one request causes. `limits` is None where nothing is limited (`FORECOURT_LIMITS=off`).

    `outcome` says what became of the mail, and is None where none was queued. It belongs to the last run of the
    transaction, which may be run twice.
    """

    network: str
    limits: UnconfirmedMailSettings | None
    fingerprints: Fingerprints
    request: str = ""
    outcome: UnconfirmedMailOutcome | None = None

    def admit(self, connection: Connection) -> None:
        """Counts the request. Raises `TooMany` where its network has made too many."""
        self.outcome = None
        if self.limits is None:
            return
        now, network, most = clock.now(), self._digest(self.network), self.limits.network
        store.lock_counts(connection)
        requests = store.find_request_times(connection, network, now - WINDOW, most)
        if len(requests) >= most:
            raise TooMany(max(1, math.ceil((requests[-1] + WINDOW - now).total_seconds())))
        self.request = new_identifier()
        store.add_request(connection, self.request, network, now)

    def put_mail(self, connection: Connection, mail: Mail, sender: Sender) -> bool:
        """Queues the mail for as soon as the limits allow. Drops it where its mailbox has had enough this hour.

        The mailbox then has a mail with a link that works, or somebody floods it. Returns False where it drops the
        mail. The caller then stores no link and counts no mail, and answers as ever.
        """
        if self.limits is None:
            return outbox.put_mail(connection, mail, sender)
        now = clock.now()
        send_at = self._find_time(connection, mail.recipient, self.limits, now)
        if send_at is None:
            self.outcome = UnconfirmedMailOutcome.DROPPED
            return False
        self.outcome = UnconfirmedMailOutcome.SENT if send_at == now else UnconfirmedMailOutcome.DELAYED
        mailbox, domain = self._digests(mail.recipient)
        store.set_mail(connection, self.request, mailbox, domain, send_at)
        return outbox.put_mail(connection, mail, sender, not_before=send_at)

    def _find_time(
        self, connection: Connection, recipient: str, limits: UnconfirmedMailSettings, now: datetime
    ) -> datetime | None:
        """Returns the first time at which no hour around it has too many mails, or None."""
        mailbox, domain = self._digests(recipient)
        for moment in possible_times(now):
            counts = store.count_mails(connection, mailbox, domain, moment - WINDOW, moment + WINDOW)
            if counts.mailbox >= limits.mailbox:
                return None
            if has_room(counts, limits):
                return moment
        return None

    def _digests(self, recipient: str) -> tuple[str, str]:
        return self._digest(mailbox_key(recipient)), self._digest(domain_key(recipient))

    def _digest(self, key: str) -> str:
        return self.fingerprints(key)[0]


class UnconfirmedMails:
    """Runs transactions that may queue such a mail, and reports what became of the mails.

    `count` is called with each outcome, for the metrics.
    """

    def __init__(
        self,
        database: Database,
        limits: UnconfirmedMailSettings | None,
        fingerprints: Fingerprints,
        count: Callable[[UnconfirmedMailOutcome], None],
    ):
        self._database, self._limits, self._fingerprints, self._count = database, limits, fingerprints, count
        self._unlogged = Counter[UnconfirmedMailOutcome]()
        self._log_at = 0.0

    async def write(self, network: str, job: Callable[[Connection, UnconfirmedMailQueue], T]) -> T:
        """Runs `job` as `Database.write` does, with the queue that it may put a mail into. Raises `TooMany`."""
        queue = UnconfirmedMailQueue(network, self._limits, self._fingerprints)

        def admit_and_run(connection: Connection) -> T:
            queue.admit(connection)
            return job(connection, queue)

        result = await self._database.write(admit_and_run)
        if queue.outcome:
            self._report(queue.outcome)
        return result

    def _report(self, outcome: UnconfirmedMailOutcome) -> None:
        self._count(outcome)
        if outcome is UnconfirmedMailOutcome.SENT:
            return
        self._unlogged[outcome] += 1
        if time.monotonic() >= self._log_at:
            delayed, dropped = (
                self._unlogged[kind] for kind in (UnconfirmedMailOutcome.DELAYED, UnconfirmedMailOutcome.DROPPED)
            )
            log.warning("too many mails to unconfirmed addresses: %d more delayed, %d more dropped", delayed, dropped)
            self._unlogged.clear()
            self._log_at = time.monotonic() + LOG_EVERY
