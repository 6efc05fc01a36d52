"""Looks every few seconds whether writes work and the work beside requests gets done, for `/readyz` and `/metrics`."""

import asyncio
import logging
import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from forecourt import clock
from forecourt.background import BackgroundTasks, repeat
from forecourt.consent.log import store as consent_log
from forecourt.consent.log.store import SealingBacklog
from forecourt.db.database import Database
from forecourt.db.driver import DEADLINE
from forecourt.db.migrate import is_current
from forecourt.db.write_probe import write_probe
from forecourt.mail import outbox
from forecourt.mail.model import OutboxState
from forecourt.web.metrics import Metrics
from forecourt.web.readiness import CheckName, Readiness, ReadinessReport

PROBE_SECONDS = 5.0  # between two test writes
BACKLOG_SECONDS = 15.0  # between two looks at what waits to be sent and sealed
STALE_SECONDS = 2 * PROBE_SECONDS + DEADLINE  # after which a missing commit means that nothing is written
MIN_FREE_BYTES = 32 * 1024 * 1024
MAX_MAIL_AGE = timedelta(minutes=15)
MAX_UNSEALED_AGE = timedelta(minutes=5)  # PostgreSQL's records are sealed a minute late
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Holds what waits: items of the outbox by state, when its oldest mail was written, and unsealed records."""

    items_by_state: dict[str, int]
    oldest_mail_at: datetime | None
    unsealed: SealingBacklog


class HealthMonitor:
    """Keeps `readiness` and the gauges of `metrics` current.

    `data` is the folder whose disk must not be full; None where nothing that is needed for writing stands there.
    """

    def __init__(self, database: Database, tasks: BackgroundTasks, metrics: Metrics, data: Path | None):
        self._database, self._tasks, self._metrics, self._data = database, tasks, metrics, data
        self._readiness = Readiness()
        self._committed_at: float | None = None  # by the monotonic clock, as is the next
        self._backlog_at: float | None = None
        self._refreshing = asyncio.Lock()  # so that an older look never overwrites what a newer one saw

    async def run(self) -> None:
        """Looks until it is cancelled."""
        await repeat("health", self.refresh, lambda _: asyncio.sleep(PROBE_SECONDS))

    async def refresh(self) -> None:
        """Looks once. Raises nothing: what goes wrong is what it is there to see."""
        async with self._refreshing:
            await self._try_write()
            self._readiness.set_problem(CheckName.DISK, await asyncio.to_thread(_find_disk_problem, self._data))
            if self._backlog_at is None or time.monotonic() - self._backlog_at >= BACKLOG_SECONDS:
                await self._read_backlog()

    def report(self) -> ReadinessReport:
        """Returns what is wrong by what is in memory, for every request that asks."""
        self._readiness.set_problem(CheckName.WRITER, self._database.find_problem())
        self._readiness.set_problem(CheckName.TASKS, _find_task_problem(self._tasks.failed_tasks()))
        if self._committed_at is not None and (seconds := time.monotonic() - self._committed_at) > STALE_SECONDS:
            self._readiness.set_problem(CheckName.COMMIT, f"Nothing has been committed for {seconds:.0f} seconds.")
        return self._readiness.report()

    def metrics(self) -> Metrics:
        """Returns the metrics with the gauges that are read from memory."""
        for name, check in self.report().checks.items():
            self._metrics.checks.labels(name).set(check.ok)
        self._metrics.running_tasks.clear()  # a site that was removed has no task any more
        self._metrics.task_restarts.clear()
        for name, state in self._tasks.states.items():
            self._metrics.running_tasks.labels(name).set(state.is_running)
            self._metrics.task_restarts.labels(name).set(state.restarts)
        self._metrics.interruptions.set(self._database.interruptions)
        return self._metrics

    async def _try_write(self) -> None:
        try:
            await self._database.write(partial(write_probe, now=clock.now()))
        except Exception as error:
            log.warning("readiness: a test write failed: %r", error)  # too much is in it for an answer to anybody
            self._readiness.set_problem(CheckName.COMMIT, "A test write could not be committed.")
            return
        self._committed_at = time.monotonic()
        self._metrics.last_commit.set_to_current_time()
        self._readiness.set_problem(CheckName.COMMIT, None)

    async def _read_backlog(self) -> None:
        try:
            backlog = await self._database.read(_measure)
        except Exception as error:
            log.warning("readiness: what waits could not be read: %r", error)
            return
        self._backlog_at = time.monotonic()
        problem = None if backlog else "The schema is another version's. Run forecourt migrate."
        self._readiness.set_problem(CheckName.MIGRATIONS, problem)
        if backlog:
            self._store_backlog(backlog)

    def _store_backlog(self, backlog: Backlog) -> None:
        now, unsealed = clock.now(), backlog.unsealed
        for state in OutboxState:
            self._metrics.outbox.labels(state).set(backlog.items_by_state.get(state, 0))
        mail_age, unsealed_age = (now - (since or now) for since in (backlog.oldest_mail_at, unsealed.oldest_at))
        self._metrics.outbox_age.set(mail_age.total_seconds())
        self._metrics.unsealed.set(unsealed.records)
        self._metrics.unsealed_age.set(unsealed_age.total_seconds())
        mails = _find_age_problem("The oldest mail that has not left is", mail_age, MAX_MAIL_AGE)
        self._readiness.set_problem(CheckName.OUTBOX, mails)
        subject = f"{unsealed.records} records wait for their seal, and the oldest consent is"
        self._readiness.set_problem(CheckName.UNSEALED, _find_age_problem(subject, unsealed_age, MAX_UNSEALED_AGE))


def _measure(connection: Connection) -> Backlog | None:
    """Returns None where the schema is another version's, which may lack what is looked for."""
    if not is_current(connection):
        return None
    counts, oldest_mail_at = outbox.count_by_state(connection), outbox.find_oldest_waiting(connection)
    return Backlog(counts, oldest_mail_at, consent_log.measure_backlog(connection))


def _find_disk_problem(folder: Path | None) -> str | None:
    if folder is None:
        return None
    free = shutil.disk_usage(folder).free
    return f"Only {free // 1024**2} MB are free on the disk of the data." if free < MIN_FREE_BYTES else None


def _find_task_problem(names: list[str]) -> str | None:
    return f"Ended by themselves and are started again: {', '.join(names)}." if names else None


def _find_age_problem(subject: str, age: timedelta, most: timedelta) -> str | None:
    return f"{subject} {age // timedelta(minutes=1)} minutes old." if age > most else None
