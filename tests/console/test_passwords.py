"""Passwords are hashed in turns, and a new one must be hard to guess."""

import asyncio
import threading

import pytest

from forecourt.console import passwords
from forecourt.console.passwords import PasswordChecker
from forecourt.errors import TooMany
from tests.deadline import DEADLINE

pytestmark = pytest.mark.anyio


async def test_strangers_passwords_wait_in_a_bounded_queue_beside_those_of_known_devices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end = threading.Event()
    monkeypatch.setattr(passwords, "_matches", lambda stored_hash, _: stored_hash == "known" or may_end.wait(DEADLINE))
    checker = PasswordChecker()
    attempts = [asyncio.create_task(checker.matches("stranger", "wrong")) for _ in range(100)]
    assert await checker.matches("known", "right", is_known=True)
    assert not any(attempt.done() and attempt.exception() is None for attempt in attempts)
    may_end.set()
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(result) for result in results].count(TooMany) == 60
