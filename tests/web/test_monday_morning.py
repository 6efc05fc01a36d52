"""Checks that an office of 200 people behind one address works through a Monday morning without being refused."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.settings.server import Settings
from forecourt.web.memory_counter import MemoryCounter
from tests.deadline import DEADLINE
from tests.objections.objection_steps import IN_FORCE
from tests.page import LETTER, Page

pytestmark = [pytest.mark.anyio, pytest.mark.repetitive]
PEOPLE = 200
NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)
Step = Callable[[], Awaitable[httpx.Response]]


@pytest.fixture
def engine() -> str:
    """What is counted in memory does not depend on the database."""
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, limits=True)


class MorningClock:
    """Tells how many seconds have passed since nine o'clock, and what time it is."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NINE + timedelta(seconds=self.seconds)


class Colleague:
    """Does what one person of the office does. `chance` decides about it, the same in every run."""

    def __init__(self, client: httpx.AsyncClient, number: int, chance: random.Random):
        self._page, self._number, self._chance = Page(client), number, chance
        self._conversation = ""

    def plan(self) -> list[tuple[float, Step]]:
        """Returns the steps, each with its second. Most begin within minutes of nine, after a mail to everybody."""
        second = min(self._chance.expovariate(1 / 240), 3600)
        steps: list[tuple[float, Step]] = []
        for step in self._steps():
            steps.append((second, step))
            second += self._chance.uniform(2, 40)
        return steps

    def _steps(self) -> list[Step]:
        steps: list[Step] = [self._accept]
        if self._chance.random() < 0.9:
            steps.append(lambda: self._page.post("newsletter", {"email": f"v{self._number}@office.example"}))
        if self._chance.random() < 0.4:
            steps += [self._open_chat, *(partial(self._write, number) for number in range(6))]
        if self._chance.random() < 0.3:
            steps.append(lambda: self._page.post("contact", LETTER))
        if self._number % 20 == 0:
            steps.append(lambda: self._page.post("follows", {"email": f"dpo{self._number}@office.example"}))
        if self._number % 50 == 0:
            body = {
                "engagement": IN_FORCE,
                "name": "Kari",
                "email": "dpo@office.example",
                "reason": f"Nei {self._number}",
            }
            steps.append(lambda: self._page.post("objections", body))
        if self._chance.random() < 0.1:
            steps += [lambda: self._page.get("me"), self._page.withdraw]
        return steps

    async def _accept(self) -> httpx.Response:
        response = await self._page.choose()
        self._page.token = response.json().get("token")
        return response

    async def _open_chat(self) -> httpx.Response:
        response = await self._page.post("conversations", {})
        self._conversation = response.json().get("id", "")
        return response

    async def _write(self, number: int) -> httpx.Response:
        return await self._page.post(
            f"conversations/{self._conversation}/messages", {"key": str(number), "body": "Hei!"}
        )


async def test_an_office_behind_one_address_is_never_refused(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning, chance = MorningClock(), random.Random(5)
    application.context.rate_limiter._counter = MemoryCounter(morning.monotonic)
    monkeypatch.setattr(clock, "now", morning.now)
    transport = httpx.ASGITransport(application.asgi, client=("203.0.113.20", 50_000))
    statuses = Counter[int]()
    async with httpx.AsyncClient(base_url=application.address, transport=transport, timeout=DEADLINE) as client:
        plans = [Colleague(client, number, chance).plan() for number in range(PEOPLE)]
        for second, step in sorted((each for plan in plans for each in plan), key=lambda planned: planned[0]):
            morning.seconds = second
            response = await step()
            statuses[response.status_code] += 1
            assert response.status_code < 400, response.text
    assert statuses[202] > 150
    assert statuses.total() > 3 * PEOPLE
    metrics = application.metrics.unconfirmed_mails
    assert [metrics.labels(outcome)._value.get() for outcome in ("delayed", "dropped")] == [0, 0]
