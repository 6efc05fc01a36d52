"""What the limit of open files means for connections: warned of, and never used up."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from forecourt.__main__ import main
from forecourt.web.connections import file_descriptors
from tests.deadline import DEADLINE
from tests.forecourt_process import PROGRAM, ForecourtProcess

from .raw_connection import open_raw

pytestmark = pytest.mark.anyio
resource = pytest.importorskip("resource")
FILES = 300


def test_the_limit_of_this_process_is_raised_as_far_as_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"soft": 256}
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.update(soft=pair[0]))
    file_descriptors.raise_file_limit()
    assert limits == {"soft": 4096}


@pytest.mark.parametrize(("hard", "fitting"), [(-1, 4096), (20_000, 4096), (1024, 832), (100, 16)])
def test_connections_leave_files_for_the_database(monkeypatch: pytest.MonkeyPatch, hard: int, fitting: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (hard, hard))
    assert file_descriptors.fit_connections(4096) == fitting
    assert bool(file_descriptors.low_file_limit_warning(4096)) is (fitting < 4096)


def test_the_check_warns_of_a_low_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    (tmp_path / "forecourt.toml").write_text("")
    main(["check", "--settings", str(tmp_path / "forecourt.toml")])
    assert "lets 832 connections be open at once, and not 4096" in capsys.readouterr().out


async def test_a_server_with_few_files_serves_and_reads_its_database_under_a_flood(tmp_path: Path) -> None:
    program = ["bash", "-c", f'ulimit -n {FILES}; exec "$0" "$@"', *PROGRAM]
    with ForecourtProcess(program, tmp_path / "data", {"FORECOURT_LIMITS": "off"}) as process:
        port = urlsplit(process.forecourt).port or 0
        connections = [await open_raw(port) for _ in range(FILES * 2)]
        async with httpx.AsyncClient(base_url=process.forecourt, timeout=DEADLINE) as client:
            assert (await client.get("/readyz")).status_code == 200
        await asyncio.gather(*(connection.close() for connection in connections))
