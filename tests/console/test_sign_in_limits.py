"""Guessing passwords is limited, and nobody who guesses locks an agent out."""

import httpx
import pytest

from forecourt.app import Application
from forecourt.console import passwords
from forecourt.console.accounts import save_agent
from forecourt.console.device_cookie import DEVICE_COOKIE
from forecourt.console.passwords import PasswordHash
from forecourt.settings.server import Settings, override
from tests.deadline import DEADLINE
from tests.engines import refused_alike

from .browser import EMAIL, PASSWORD, Browser

pytestmark = [pytest.mark.anyio, refused_alike]
GUESSES = 1000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return override(settings, limits=True)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replaces argon2: what is tested is how many guesses reach it."""

    class Quick:
        def hash(self, password: str) -> str:
            return f"hash of {password}"

        def verify(self, stored_hash: str, password: str) -> bool:
            return stored_hash == f"hash of {password}"

        def check_needs_rehash(self, stored_hash: str) -> bool:
            return False

    monkeypatch.setattr(passwords, "_HASHER", Quick())


@pytest.fixture
async def agent(application: Application, quick_hashes: None) -> str:
    password = PasswordHash(f"hash of {PASSWORD}")
    return await application.database.write(lambda c: save_agent(c, EMAIL, "Kari Nordmann", password))


class Strangers:
    """Sends guesses from as many networks as are asked for."""

    def __init__(self, application: Application):
        self._application = application

    async def guess(self, count: int, networks: int) -> list[int]:
        """Returns the status of each guess of a password of the agent's."""
        statuses = []
        for number in range(networks):
            transport = httpx.ASGITransport(self._application.asgi, client=(f"203.0.{number}.7", 1))
            async with httpx.AsyncClient(
                base_url=self._application.address, transport=transport, timeout=DEADLINE
            ) as client:
                browser = Browser(client, self._application.address)
                statuses += [(await browser.sign_in(EMAIL, "wrong")).status_code for _ in range(count // networks)]
        return statuses


@pytest.fixture
def strangers(application: Application) -> Strangers:
    return Strangers(application)


@pytest.mark.repetitive
async def test_a_stranger_who_fails_a_thousand_times_locks_the_owner_out_of_nothing(
    agent: str, browser: Browser, strangers: Strangers
) -> None:
    statuses = await strangers.guess(GUESSES, networks=1)
    assert statuses.count(422) == 20
    assert statuses.count(429) == GUESSES - 20
    assert (await browser.sign_in()).status_code == 303  # on a device that was never seen before


@pytest.mark.repetitive
async def test_many_networks_are_bounded_too_and_a_known_device_still_signs_in(
    agent: str, browser: Browser, strangers: Strangers
) -> None:
    assert (await browser.sign_in()).status_code == 303
    await browser.post("/console/sign-out")
    statuses = await strangers.guess(GUESSES, networks=50)
    assert statuses.count(422) == 199  # and the owner's own attempt
    assert (await browser.sign_in()).status_code == 303
    browser.client.cookies.delete(DEVICE_COOKIE)
    assert (await browser.sign_in()).status_code == 429


async def test_a_known_device_is_not_counted_with_its_network(agent: str, browser: Browser) -> None:
    assert (await browser.sign_in()).status_code == 303
    device = browser.client.cookies[DEVICE_COOKIE]
    browser.client.cookies.clear()
    for number in range(30):
        await browser.sign_in(f"{number}@example.com", "wrong")
    assert (await browser.sign_in()).status_code == 429
    browser.client.cookies.set(DEVICE_COOKIE, device)
    assert (await browser.sign_in()).status_code == 303


async def test_a_stolen_device_cookie_gives_few_guesses_and_none_after_a_new_password(
    agent: str, browser: Browser, application: Application
) -> None:
    assert (await browser.sign_in()).status_code == 303
    statuses = [(await browser.sign_in(EMAIL, "wrong")).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    device = browser.client.cookies[DEVICE_COOKIE]
    fresh = PasswordHash("hash of another long password")
    await application.database.write(lambda c: save_agent(c, EMAIL, "Kari", fresh))
    statuses = [(await browser.sign_in(EMAIL, "wrong")).status_code for _ in range(21)]
    assert statuses.count(422) == 19  # those of an unknown device: the network's, which counted the first sign-in
    assert device == browser.client.cookies[DEVICE_COOKIE]


async def test_who_is_refused_is_told_so_and_keeps_what_was_typed(agent: str, browser: Browser) -> None:
    for _ in range(20):
        await browser.sign_in(EMAIL, "wrong")
    answer = await browser.sign_in()
    assert answer.status_code == 429
    assert "There were too many attempts" in answer.text
    assert f'value="{EMAIL}"' in answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_signing_in_again_gives_a_device_no_new_guesses(agent: str, browser: Browser) -> None:
    numbers = set()
    for _ in range(3):
        assert (await browser.sign_in()).status_code == 303
        numbers.add(browser.client.cookies[DEVICE_COOKIE].partition(".")[0])
    assert len(numbers) == 1


@pytest.mark.parametrize("value", ["", ".", "x", "x.", ".x", "0" * 32 + "." + "0" * 64, "a.b.c", "x" * 5000])
async def test_a_forged_device_is_a_strangers(agent: str, browser: Browser, value: str) -> None:
    fields, cookie = {"email": EMAIL, "password": "wrong"}, f"{DEVICE_COOKIE}={value}"
    statuses = [(await browser.post("/console/sign-in", fields, cookie=cookie)).status_code]
    statuses += [(await browser.sign_in(EMAIL, "wrong")).status_code for _ in range(20)]
    assert statuses == [422] * 20 + [429]


async def test_an_address_is_counted_whatever_its_spelling(agent: str, strangers: Strangers, browser: Browser) -> None:
    for number in range(210):
        await browser.client.post("/console/sign-in")  # no form: counts nothing
        if number < 10:
            await browser.sign_in(EMAIL.upper() if number % 2 else EMAIL, "wrong")
    assert (await strangers.guess(400, networks=20)).count(422) == 190
