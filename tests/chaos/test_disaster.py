"""Lets whole parts fail: the server is killed or stopped under load, PostgreSQL freezes, the disk is full."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from forecourt.settings.server import Settings
from tests.chaos.journeys import Chat, Choose, Contact, Journey
from tests.chaos.stage import Stage, set_stage
from tests.chaos.test_injected_faults import travel
from tests.deadline import DEADLINE, wait_until_async
from tests.forecourt_process import PROGRAM, ForecourtProcess
from tests.silent_proxy import SilentProxy

pytestmark = [pytest.mark.anyio, pytest.mark.chaos]
ROUNDS = 5
WRITERS = 8
ACKNOWLEDGED_FIRST = 25  # choices that are answered before the signal comes
DISK = 8 << 20  # bytes


class Load:
    """Sends choices from several threads, each under a key of its own.

    `tokens` are those that were answered. `conflicts` are keys that are taken: the choice was stored before the server
    ended, and the demo's page, whose port is another one now, may not have its token.
    """

    def __init__(self, served: ForecourtProcess, number: int):
        self.tokens: dict[str, str] = {}
        self.unanswered: set[str] = set()
        self.conflicts: set[str] = set()
        self.has_enough = threading.Event()
        self._number, self._is_over = number, threading.Event()
        self._client = httpx.Client(base_url=served.forecourt, timeout=DEADLINE)
        self._headers = {"origin": served.marketing.rstrip("/")}
        notice = self._client.get("/v1/sites/main/boot?locale=en").json()["consent"]["notice_hash"]
        self._choice = {"purposes": {"support": True}, "privacy_policy": True, "locale": "en", "source": "banner"}
        self._choice |= {"notice_hash": notice, "gesture": "trusted"}

    def send(self, key: str) -> None:
        """Raises `httpx.TransportError` where the server ends first."""
        body = self._choice | {"key": key}
        response = self._client.post("/v1/sites/main/consents", json=body, headers=self._headers)
        assert response.status_code in (200, 201, 409, 503), response.text
        if response.status_code == 409:
            assert response.json()["code"] == "key_conflict"
            self.conflicts.add(key)
        elif response.status_code != 503:
            self.tokens[key] = response.json()["token"]

    def write(self, writer: int) -> None:
        """Sends one choice after the other until the server has ended."""
        for number in range(100_000):
            key = f"kill-{self._number}-{writer}-{number}"
            try:
                self.send(key)
            except httpx.TransportError:
                self.unanswered.add(key)
                return
            if len(self.tokens) >= ACKNOWLEDGED_FIRST:
                self.has_enough.set()

    def close(self) -> None:
        self._client.close()

    def run_until(self, served: ForecourtProcess, signal_number: int) -> int:
        """Sends the signal amid the load, and returns the server's exit code."""
        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(self.write, writer) for writer in range(WRITERS)]
            assert self.has_enough.wait(DEADLINE)
            served.process.send_signal(signal_number)
            code = served.process.wait(DEADLINE)
            for writer in writers:
                writer.result(DEADLINE)
        return code


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_what_was_acknowledged_survives_the_end_of_the_server(
    tmp_path: Path, database_url: str, signal_number: signal.Signals
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    environment = {"FORECOURT_LIMITS": "off", "FORECOURT_DATABASE_URL": database_url}
    for number in range(ROUNDS):
        with (
            ForecourtProcess(PROGRAM, data, environment) as served,
            contextlib.closing(Load(served, number)) as load,
        ):
            code = load.run_until(served, signal_number)
        assert code == (-signal.SIGKILL if signal_number is signal.SIGKILL else 0)
        with ForecourtProcess(PROGRAM, data, environment) as restarted:
            with contextlib.closing(Load(restarted, number)) as later:
                for key in load.unanswered:
                    later.send(key)
            assert later.tokens.keys() | later.conflicts == load.unanswered
            assert not load.conflicts
            for token in [*load.tokens.values(), *later.tokens.values()]:
                url = f"{restarted.forecourt}/v1/sites/main/consents/current"
                answer = httpx.get(url, headers={"authorization": f"Bearer {token}"}, timeout=DEADLINE)
                assert answer.json()["state"] == "granted"
    assert_log_is_whole(data, environment)


def assert_log_is_whole(data: Path, environment: dict[str, str]) -> None:
    """Checks the log as an operator does."""
    command = [*PROGRAM, "consent", "verify", "--data", str(data)]
    result = subprocess.run(
        command, env=os.environ | environment, cwd=data, capture_output=True, text=True, timeout=DEADLINE
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def frozen_postgres(postgres_url: str, settings: Settings) -> Iterator[Any]:
    """Returns a function that stops the processes of PostgreSQL, and one that lets them go on."""
    stopped: list[int] = []

    def freeze(pids: list[int]) -> None:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)

    def thaw() -> None:
        while stopped:
            os.kill(stopped.pop(), signal.SIGCONT)

    yield freeze, thaw
    thaw()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_frozen_postgresql_is_answered_503_and_all_goes_on_when_it_is_back(
    stage: Stage, frozen_postgres: Any
) -> None:
    freeze, thaw = frozen_postgres
    query = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    postmaster = await stage.database.read(_postmaster)
    for journey in (Choose, Contact, Chat):
        visit = journey(stage)
        await visit.prepare()
        freeze([row.pid for row in await stage.database.read(lambda c: c.execute(query).all())])
        freeze([postmaster])
        assert not await visit.attempt()
        thaw()
        await wait_until_async(visit.attempt)  # a connection that was being opened comes late
        assert set((await visit.facts()).values()) == {1}
    await stage.verify_log()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_connections_that_fall_silent_lose_nothing_and_all_goes_on(settings: Settings) -> None:
    async with (
        SilentProxy(settings.database_url) as proxy,
        set_stage(replace(settings, database_url=proxy.url_through)) as stage,
    ):
        for journey in (Choose, Contact, Chat):
            visit = journey(stage)
            await visit.prepare()
            proxy.silence_open_connections()
            await visit.attempt()  # refuses anything but success and 503
            await wait_until_async(visit.attempt)
            assert set((await visit.facts()).values()) == {1}
        await stage.verify_log()


def _postmaster(connection: Any) -> int:
    path = connection.execute(text("SHOW data_directory")).scalar_one()
    return int((Path(path) / "postmaster.pid").read_text().split()[0])


@pytest.fixture
def small_disk(tmp_path: Path, sqlite_template: Path) -> Iterator[Path]:
    """Mounts a disk of a few megabytes, which only root may do."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, timeout=DEADLINE).returncode:
        pytest.skip("no disk can be mounted here")
    shutil.copy(sqlite_template, folder / "forecourt.sqlite3")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=DEADLINE)


def fill_disk(folder: Path) -> None:
    with (folder / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * max(1, shutil.disk_usage(folder).free)):
            pass


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_full_disk_is_answered_503_and_all_goes_on_when_it_has_room(
    settings: Settings, small_disk: Path
) -> None:
    async with set_stage(replace(settings, data=small_disk)) as stage:
        for _ in range(3):
            visits: list[Journey] = []
            is_done = True
            while is_done:
                visits.append(Choose(stage))
                await visits[-1].prepare()
                fill_disk(small_disk)
                is_done = await visits[-1].attempt()
            (small_disk / "filler").unlink()
            for visit in visits:
                facts = await visit.facts()
                assert all(facts[name] == 1 for name in visit.acknowledged)
            assert await visits[-1].attempt()
            for journey in (Contact, Chat):
                await travel(journey(stage))
        await stage.verify_log()
