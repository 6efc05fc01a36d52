"""`forecourt doctor` prints for people or machines, exits with a status for CI, and does without a browser."""

import json
import os
import sys
from pathlib import Path

import pytest

from forecourt.__main__ import main
from tests.doctor.test_http_visit import address_of
from tests.doctor.web_site import WebSite
from tests.policy.sample import FOLDER

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def url(host: WebSite) -> str:
    host.show(
        f'<p>Hello<img src="{host.third}/a.gif"><img src="http://cdn.twilio.com/b.gif">', {"set-cookie": "ours=1"}
    )
    return f"{address_of(host)}/"


@pytest.mark.parametrize(
    "words", [[], ["www.example.com"], ["ftp://a.example"], ["http://["], ["https://a:b@c.example"]]
)
def test_what_is_no_address_of_a_page_is_refused(words: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["doctor", *words])
    assert stopped.value.code == 2
    assert "usage: forecourt doctor" in capsys.readouterr().err


def test_a_page_with_problems_fails_and_names_them(url: str, capsys: Capture) -> None:
    assert main(["doctor", "--http", url]) == 1
    output = capsys.readouterr().out
    assert output.startswith(f"{url}, opened by HTTP alone.\n")
    assert "  Problem: No tag of Forecourt is in the HTML." in output
    assert "  Problem: cookie ours of localhost is stored before a choice" in output
    assert output.endswith("2 problems.\n")


def test_what_is_allowed_is_no_problem(url: str, capsys: Capture) -> None:
    options = ["--no-tag", "--allow", "ours", "--policy", str(FOLDER)]
    assert main(["doctor", "--http", *options, url]) == 1
    expected = (
        "The policy names 6 companies, the page loads from 2 hosts of others; no engagement accounts for 1 of them."
    )
    assert expected in capsys.readouterr().out
    assert main(["doctor", "--http", *options, "--allow", "third.localhost", url]) == 0
    assert capsys.readouterr().out.endswith("The page is in order.\n")


def test_a_machine_reads_all_of_it(url: str, capsys: Capture) -> None:
    assert main(["doctor", "--http", "--json", "--policy", str(FOLDER), url]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["opened_with"], report["after"], report["companies"]) == (False, "http", None, 6)
    assert report["before"]["stored"] == [{"kind": "cookie", "name": "ours", "owner": "localhost"}]
    accounts = {host["host"]: host["account"] and host["account"]["engagement"] for host in report["hosts"]}
    assert accounts == {"cdn.twilio.com": "twilio", "third.localhost": None}
    assert {"area", "severity", "rule", "sentence"} == report["diagnoses"][0].keys()


def test_a_page_is_opened_in_a_browser(url: str, capsys: Capture) -> None:
    assert main(["doctor", "--no-sandbox", "--no-tag", url]) == 1
    output = capsys.readouterr().out
    assert output.startswith(f"{url}, opened in Chromium ")
    assert "third.localhost (1 request before a choice)." in output
    assert "Problem: cookie ours of localhost is stored before a choice" in output


def test_a_page_that_cannot_be_opened_fails(capsys: Capture) -> None:
    assert main(["doctor", "--http", "http://127.0.0.1:9/"]) == 1
    assert "The page was not read to its end" in capsys.readouterr().out


def test_without_what_drives_a_browser_the_page_is_read_by_http(
    url: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    for name in ("browser_visit", "chromium", "frame_reader", "traffic"):
        monkeypatch.delitem(sys.modules, f"forecourt.doctor.{name}", raising=False)
    assert main(["doctor", url]) == 1
    output = capsys.readouterr()
    assert "Install it with pip install 'forecourt[doctor]'; meanwhile the page is read by HTTP alone." in output.err
    assert "opened by HTTP alone" in output.out


def test_without_a_browser_the_page_is_read_by_http(
    url: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert main(["doctor", "--no-sandbox", url]) == 1
    output = capsys.readouterr()
    assert f"{program} could not be started: " in output.err
    assert "opened by HTTP alone" in output.out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
def test_root_is_told_of_the_sandbox(url: str, capsys: Capture) -> None:
    assert main(["doctor", url]) == 1
    assert "with --no-sandbox; meanwhile" in capsys.readouterr().err
