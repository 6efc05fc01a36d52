"""Shows where the time of a consent goes on PostgreSQL: a profile of the client in one thread, and its round trips."""

import asyncio
import cProfile
import io
import pstats
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import postgres
from forecourt import demo
from forecourt.app import Application
from forecourt.consent import actions
from forecourt.consent.choice import ChoiceRequest
from forecourt.consent.record import Gesture, RequestMetadata, Source
from forecourt.db.database import Database
from forecourt.db.migrate import migrate
from forecourt.db.postgres import PostgresDriver
from forecourt.settings.server import Settings
from forecourt.signing_keys import SigningKeys

CONSENTS, TRACED, LINES = 1000, 20, 12
Choose = Callable[[], Awaitable[object]]


class InlineExecutor(ThreadPoolExecutor):
    """Runs what is submitted in the caller's thread, since cProfile looks at one thread."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*arguments, **options))
        except Exception as error:
            future.set_exception(error)
        return future


def profile_postgres(scratch: Path) -> str:
    with postgres.start_postgres(scratch) as create_database:
        return asyncio.run(_profile_choices(create_database("cost"), scratch))


async def _profile_choices(url: str, scratch: Path) -> str:
    driver = PostgresDriver(url)
    driver._pool = InlineExecutor()
    migrate(driver.engine)
    application = Application(
        Settings(data=scratch, sites={"main": demo.demo_site(1)}), Database(driver), SigningKeys(("bench",))
    )
    await application.site_loader.load()
    choose = make_chooser(application)
    await _choose_often(choose, TRACED)  # prepared statements made
    trace = scratch / "libpq.trace"
    await _trace_round_trips(driver, choose, trace)
    profile = cProfile.Profile()
    with profile:
        await _choose_often(choose, CONSENTS)
    await driver.close()
    trips = trace.read_bytes().count(b"\tReadyForQuery") / TRACED
    return f"One consent on PostgreSQL makes {trips:g} round trips. {CONSENTS} of them:\n{_table(profile)}"


def make_chooser(application: Application) -> Choose:
    offer = application.context.offers["main"]
    choice = ChoiceRequest(
        offer.notices["en"], dict.fromkeys(offer.optional, True), True, Source.BANNER, Gesture.TRUSTED
    )
    metadata = RequestMetadata(offer.origins[0], "127.0.0.0/24", "Chrome")
    return lambda: application.database.write(lambda c: actions.choose(c, offer, None, choice, metadata))


async def _choose_often(choose: Choose, number: int) -> None:
    for _ in range(number):
        await choose()


async def _trace_round_trips(driver: PostgresDriver, choose: Choose, trace: Path) -> None:
    """Lets libpq write its messages into `trace`. In each round trip the server says once that it is ready."""
    with driver.engine.connect() as connection:
        line: Any = connection.connection.driver_connection
    with trace.open("wb") as file:
        line.pgconn.trace(file.fileno())
        await _choose_often(choose, TRACED)
        line.pgconn.untrace()


def _table(profile: cProfile.Profile) -> str:
    output = io.StringIO()
    pstats.Stats(profile, stream=output).sort_stats("tottime").print_stats(LINES)
    lines = [line for line in output.getvalue().splitlines() if line.strip() and "List reduced" not in line]
    return "\n".join(re.sub(r"\S*/(?:site-packages|server|lib/python[^/]*)/", "", line) for line in lines)
