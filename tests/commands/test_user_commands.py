"""`forecourt user` adds, lists and removes agents in sentences, and a removed one is out at once."""

import io
from pathlib import Path

import pytest

from forecourt.__main__ import main
from forecourt.app import Application
from forecourt.console.accounts import remove_agent, save_agent
from forecourt.console.agents import find_agent_by_email, find_name
from forecourt.console.passwords import PasswordHash
from tests.console.browser import EMAIL, Browser
from tests.console.conftest import agent, browser, password_hash, signed_in  # noqa: F401 - fixtures

PASSWORD = "correct horse battery"


def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str, email: str = EMAIL) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["user", "add", email, "--name", "Kari", "--password-stdin", "--data", str(tmp_path)])


def test_an_agent_is_added_listed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(tmp_path, monkeypatch, PASSWORD) == 0
    assert capsys.readouterr().out == f"{EMAIL} may sign in to the console.\n"
    assert main(["user", "list", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.split()[1:] == [EMAIL, "admin", "Kari"]
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert main(["user", "remove", EMAIL, "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().out.endswith("Nothing was removed.\n")
    assert main(["user", "remove", EMAIL.upper(), "--yes", "--data", str(tmp_path)]) == 0
    assert "No admin is left." in capsys.readouterr().out
    assert main(["user", "remove", EMAIL, "--yes", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"forecourt: no agent has the address {EMAIL}\n"
    assert main(["user", "list", "--data", str(tmp_path)]) == 0
    assert "There is no agent yet." in capsys.readouterr().out
    assert add(tmp_path, monkeypatch, PASSWORD) == 0


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "A password needs at least 12 characters."),
        ("Password2026!", "This password is among the first that are guessed."),
        ("kari@example.com", "This password is mostly your name or address."),
    ],
)
def test_a_weak_password_is_refused_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    password: str,
    sentence: str,
) -> None:
    assert add(tmp_path, monkeypatch, password) == 1
    output = capsys.readouterr()
    assert output.err.startswith(f"forecourt: {sentence}")
    assert password not in output.err


@pytest.mark.anyio
async def test_a_removed_agent_is_out_at_once_and_their_name_stays(
    application: Application,
    signed_in: Browser,  # noqa: F811
    agent: str,  # noqa: F811
) -> None:
    database = application.database
    await database.write(lambda c: remove_agent(c, EMAIL))
    assert (await signed_in.get("/console/")).status_code == 303
    assert (await signed_in.sign_in()).status_code == 422
    assert (await signed_in.sign_in(email=agent, password="")).status_code == 422
    assert await database.read(lambda c: find_agent_by_email(c, EMAIL)) is None
    assert await database.read(lambda c: find_name(c, agent)) == "Kari Nordmann"
    assert await database.write(lambda c: save_agent(c, EMAIL, "Another Kari", PasswordHash("x"))) != agent
