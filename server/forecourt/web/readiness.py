"""Holds what `/readyz` answers: for each check whether it is in order, and a sentence where it is not.

What measures writes here (`health_monitor.py`), and who asks reads only memory.
"""

import logging
from enum import StrEnum

import msgspec

log = logging.getLogger(__name__)


class CheckName(StrEnum):
    """Names what is looked at."""

    WRITER = "writer"
    COMMIT = "commit"
    MIGRATIONS = "migrations"
    DISK = "disk"
    TASKS = "tasks"
    OUTBOX = "outbox"
    UNSEALED = "unsealed"


NEEDED_TO_WRITE = frozenset({CheckName.WRITER, CheckName.COMMIT, CheckName.MIGRATIONS, CheckName.DISK})
"""Checks without which no write would work. The others are named, but a balancer must not take the server away."""
_UNCHECKED = "This has not been looked at yet."


class CheckReport(msgspec.Struct, omit_defaults=True):
    """Says whether one check is in order. `problem` is a sentence for the operator."""

    ok: bool
    problem: str = ""


class ReadinessReport(msgspec.Struct):
    """Is the body of `/readyz`. `status` is "ready" where writes would work, and "unavailable" elsewhere."""

    status: str
    checks: dict[str, CheckReport]


class Readiness:
    """Keeps the last problem of each check. A check that has not run yet is not in order."""

    def __init__(self) -> None:
        self._problems: dict[CheckName, str | None] = dict.fromkeys(CheckName, _UNCHECKED)

    def set_problem(self, name: CheckName, problem: str | None) -> None:
        """Stores what is wrong, None where nothing is. Logs when that begins and when it ends."""
        had_problem = self._problems[name] not in (None, _UNCHECKED)
        if problem and not had_problem:
            log.error("readiness, %s: %s", name, problem)
        elif had_problem and not problem:
            log.info("readiness, %s: in order", name)
        self._problems[name] = problem

    def report(self) -> ReadinessReport:
        """Returns what is wrong now."""
        checks = {name.value: CheckReport(not problem, problem or "") for name, problem in self._problems.items()}
        is_ready = not any(self._problems[name] for name in NEEDED_TO_WRITE)
        return ReadinessReport("ready" if is_ready else "unavailable", checks)
