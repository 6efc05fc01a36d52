"""Lets hypothesis drive an application from a thread of its own, each example with a mailbox of its own."""

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import delete

from forecourt.app import Application
from forecourt.db.tables import suppressions
from tests.page import Page

T = TypeVar("T")
_numbers = itertools.count()


class MailboxMachine(RuleBasedStateMachine):
    """Holds the mailbox's address, which two visitors type into every form."""

    def __init__(self, application: Application, page: Page, loop: asyncio.AbstractEventLoop):
        super().__init__()
        self.application, self.client, self.loop = application, page.client, loop
        self.email = f"owner{next(_numbers)}@example.com"

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def read(self, statement: Any) -> list[Any]:
        return self.wait(self.application.database.read(lambda c: list(c.execute(statement))))

    def write(self, statement: Any) -> None:
        self.wait(self.application.database.write(lambda c: c.execute(statement) and None))

    def forget_counted_mails(self) -> None:
        """Does what a day does to the count of the mailbox's confirmation mails."""
        digests = self.application.context.fingerprints(self.email)
        self.write(delete(suppressions).where(suppressions.c.address_fingerprint.in_(digests)))


async def run_machine(
    machine: type[MailboxMachine], application: Application, page: Page, examples: int, steps: int
) -> None:
    """Runs the machine against the application, whose loop goes on meanwhile."""
    loop = asyncio.get_running_loop()

    class Machine(machine):  # type: ignore[misc, valid-type] # hypothesis makes each one without arguments
        def __init__(self) -> None:
            super().__init__(application, page, loop)

    run_settings = settings(
        # Other rows are not the point on PostgreSQL, only other statements; it takes three times as long.
        max_examples=examples // 3 if application.settings.database_url else examples,
        stateful_step_count=steps,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a failure is short enough to read
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    await asyncio.to_thread(run_state_machine_as_test, Machine, settings=run_settings)
