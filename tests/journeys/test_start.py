"""docs/start.md leads from an empty folder to one's own policy on one's own page: its commands run, in order."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.deadline import DEADLINE, wait_until

DOCUMENT = Path(__file__).parents[2] / "docs" / "start.md"
COMPANIES = ("Northwind Hosting GmbH", "Fjordnett AS", "Contoso Cloud, Inc.", "Helpwise Ltd", "Tailspin Mail, Inc.")


@pytest.fixture
def ports() -> dict[str, str]:
    """Returns a free port for each of the document's."""
    with socket.socket() as first, socket.socket() as second:
        for listener in (first, second):
            listener.bind(("127.0.0.1", 0))
        return {"8000": str(first.getsockname()[1]), "8080": str(second.getsockname()[1])}


@pytest.fixture
def commands(ports: dict[str, str]) -> list[str]:
    """Returns the blocks on those ports, without the first: tests/project/test_wheel.py tries to install."""
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    install, *others = (re.sub("8000|8080", lambda port: ports[port[0]], block) for block in blocks)
    assert "pip install" in install
    return others


@contextmanager
def run_beside(command: str, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Runs what the document leaves running in a terminal of its own, and ends it with all its processes."""
    process = subprocess.Popen(["sh", "-ec", command], cwd=folder, env=environment, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(DEADLINE)


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-ec", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def is_served(address: str) -> bool:
    try:
        return httpx.get(address, timeout=DEADLINE).is_success
    except httpx.TransportError:
        return False


def test_each_command_of_the_first_page_works_and_ends_on_a_page(
    commands: list[str], ports: dict[str, str], visitor: Page, complaints: list[str], tmp_path: Path
) -> None:
    environment = put_program_on_path(tmp_path / "bin")
    take_list, begin, serve, put_on_page, doctor, complete = commands
    run(take_list, tmp_path, environment)
    folder = tmp_path / "my-site"
    assert "signs in here" in run(begin, folder, environment)
    address = f"http://localhost:{ports['8080']}/"
    with run_beside(serve, folder, environment):
        wait_until(lambda: is_served(f"http://127.0.0.1:{ports['8000']}/readyz"))
        with run_beside(put_on_page, folder, environment):
            wait_until(lambda: is_served(address))
            accept_and_look(visitor, address)
            # Chromium needs a user other than root for its sandbox.
            run(doctor.replace("doctor", "doctor --no-sandbox"), folder, environment)
        assert "22 of 72 facts" in run(complete, folder, environment)
    assert [complaint for complaint in complaints if "404 (File not found)" not in complaint] == []  # there is no icon


def accept_and_look(visitor: Page, address: str) -> None:
    visitor.goto(address)
    policy = visitor.locator('[data-forecourt="policy"]')
    for company in COMPANIES:
        expect(policy.get_by_text(company).first).to_be_visible()
    visitor.locator("#forecourt-accept").click()
    contact = visitor.locator('[data-forecourt="contact"]')
    contact.get_by_role("checkbox").check()
    contact.get_by_role("button", name="Open").click()
    expect(contact.get_by_label("Message")).to_be_visible()


def put_program_on_path(folder: Path) -> dict[str, str]:
    """Returns an environment in which `forecourt` is this checkout's, as after an install."""
    folder.mkdir()
    (folder / "forecourt").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m forecourt "$@"\n', "utf-8")
    (folder / "forecourt").chmod(0o755)
    return os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
