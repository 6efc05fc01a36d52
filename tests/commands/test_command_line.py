"""A command says in one line what it did, or why it could not, and exits accordingly."""

import base64
import hashlib
import io
import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from forecourt import clock
from forecourt.__main__ import main
from forecourt.commands.registry import COMMANDS, GROUPS, Command
from forecourt.db import sqlite
from forecourt.resources import SAMPLE
from tests.deadline import DEADLINE, wait_until
from tests.forecourt_process import PROGRAM, ForecourtProcess


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    path = tmp_path / "forecourt.toml"
    path.write_text(
        f"data = 'data'\n[sites.main]\norigins = ['https://www.example.com']\ncontroller = 'Example AS'\n"
        f"email = 'support@example.com'\npolicy = '{SAMPLE / 'policy'}'\nprivacy_policy = '{SAMPLE / 'privacy'}'\n"
    )
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_every_command_has_help(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command.words, "--help"])
    assert stopped.value.code == 0
    assert "--settings" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], *([group] for group in GROUPS)):
        with pytest.raises(SystemExit) as stopped:
            main([*words, "--help"])
        assert stopped.value.code == 0
        listed = set(re.findall(r"^    ([\w-]+)", capsys.readouterr().out, re.MULTILINE))
        assert listed == {
            command.words[len(words)] for command in COMMANDS if list(command.words[: len(words)]) == words
        }


@pytest.mark.parametrize("words", [[], ["policy"], ["nothing"], ["policy", "nothing"], ["--nothing"]])
def test_words_that_are_no_command_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage: forecourt" in capsys.readouterr().err


def test_check_reports_settings_in_order(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--settings", str(settings_file)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Settings and 1 site are in order."


def test_a_reader_that_leaves_early_gets_no_error(settings_file: Path) -> None:
    """As `forecourt check | head -1` does, which closes the pipe."""
    command = [*PROGRAM, "policy", "schema", "facts", "--settings", str(settings_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(DEADLINE) == 128 + signal.SIGPIPE


def test_check_reports_an_unknown_key(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings_file.write_text(settings_file.read_text() + "languages = ['en']\n")
    assert main(["check", "--settings", str(settings_file)]) == 1
    error = capsys.readouterr().err
    assert "sites.main.languages is not a setting. Known are" in error
    assert "locales" in error


def test_the_snippet_is_the_sites_script_tag(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snippet", "main", "--settings", str(settings_file)]) == 0
    tag = '<script async src="http://127.0.0.1:8000/embed.js" data-site="main"></script>'
    assert capsys.readouterr().out.strip() == tag


def test_the_snippet_for_google_denies_first_what_a_choice_can_grant(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    purposes = "[sites.main.purposes]\nsupport = {}\n"
    purposes += "necessary = {required = true, google_consent_types = ['security_storage']}\n"
    purposes += "newsletter = {}\nanalytics = {google_consent_types = ['analytics_storage']}\n"
    settings_file.write_text(settings_file.read_text() + purposes)
    assert main(["snippet", "main", "--google", "--settings", str(settings_file)]) == 0
    output = capsys.readouterr().out
    assert output.index("consent") < output.index("embed.js")
    for state in ('"security_storage": "granted"', '"analytics_storage": "denied"', '"ad_storage": "denied"'):
        assert state in output


def test_the_snippet_for_google_comes_with_its_hash_for_a_content_security_policy(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_file.write_text(settings_file.read_text() + "google_data_layer = 'shopLayer'\n")
    assert main(["snippet", "main", "--google", "--settings", str(settings_file)]) == 0
    output = capsys.readouterr().out
    (script,) = re.findall(r"<script>(.*?)</script>", output, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in output
    assert "shopLayer.push" in script
    assert "dataLayer" not in script


def test_the_snippet_for_google_warns_where_no_purpose_covers_anything(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_file.write_text(
        settings_file.read_text() + "purposes = {necessary = {required = true}, support = {}, newsletter = {}}\n"
    )
    assert main(["snippet", "main", "--google", "--settings", str(settings_file)]) == 0
    output = capsys.readouterr()
    assert "no purpose of main" in output.err
    assert '"ad_storage": "denied"' in output.out


def test_publish_makes_one_release_of_one_policy(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["migrate"], ["policy", "publish", "main"], ["policy", "publish", "main"]):
        assert main([*command, "--settings", str(settings_file)]) == 0
    output = capsys.readouterr().out.splitlines()
    assert output[-1] == output[-2]
    assert output[-1].startswith("Release 1 of main is live (")


def test_publish_for_an_unknown_site_is_refused(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "publish", "none", "--settings", str(settings_file)]) == 1
    assert "no site none" in capsys.readouterr().err


def test_an_agent_is_added_and_the_password_is_only_hashed(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate", "--settings", str(settings_file)])
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert main(["user", "add", "a@example.com", "--password-stdin", "--settings", str(settings_file)]) == 0
    engine = sqlite.make_engine(settings_file.parent / "data" / "forecourt.sqlite3")
    with engine.begin() as connection:
        stored = connection.execute(text("SELECT password_hash FROM agents")).scalar_one()
    engine.dispose()
    assert stored.startswith("$argon2id$")


def test_a_password_too_short_is_refused(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate", "--settings", str(settings_file)])
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["user", "add", "a@example.com", "--password-stdin", "--settings", str(settings_file)]) == 1
    assert "password" in capsys.readouterr().err


def test_serving_without_a_site_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "forecourt.toml").write_text("")
    assert main(["serve", "--settings", str(tmp_path / "forecourt.toml")]) == 1
    assert "forecourt serve --demo" in capsys.readouterr().err


def test_a_port_in_use_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        assert main(["serve", "--demo", "--port", port, "--data", str(tmp_path / "data")]) == 1
    assert f"Port {port} of 127.0.0.1 is taken" in capsys.readouterr().err


def test_a_second_server_on_the_same_data_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    first = ForecourtProcess(PROGRAM, tmp_path / "data")
    with first:
        second = subprocess.run(
            [*PROGRAM, "serve", "--demo", "--port", "0", "--demo-port", "0", "--data", str(tmp_path / "data")],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        assert second.returncode == 1
        assert "Another server is running" in second.stderr
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(DEADLINE)
        with ForecourtProcess(PROGRAM, tmp_path / "data") as third:
            assert httpx.get(f"{third.forecourt}/readyz", timeout=DEADLINE).status_code == 200


def test_acknowledged_consents_survive_a_kill(tmp_path: Path) -> None:
    with ForecourtProcess(PROGRAM, tmp_path / "data", {"FORECOURT_LIMITS": "off"}) as served:
        boot = httpx.get(f"{served.forecourt}/v1/sites/main/boot?locale=en", timeout=DEADLINE).json()
        choice = {"purposes": {"support": True}, "privacy_policy": True, "locale": "en", "source": "banner"}
        choice |= {"notice_hash": boot["consent"]["notice_hash"], "gesture": "trusted"}
        origin = {"origin": served.marketing.rstrip("/")}
        url = f"{served.forecourt}/v1/sites/main/consents"
        tokens = [httpx.post(url, json=choice, headers=origin, timeout=DEADLINE).json()["token"] for _ in range(20)]
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(DEADLINE)
    with ForecourtProcess(PROGRAM, tmp_path / "data") as restarted:
        for token in tokens:
            url = f"{restarted.forecourt}/v1/sites/main/consents/current"
            consent = httpx.get(url, headers={"authorization": f"Bearer {token}"}, timeout=DEADLINE).json()
            assert consent["state"] == "granted"


def test_a_terminated_server_ends_its_streams_and_exits_without_error(tmp_path: Path) -> None:
    with ForecourtProcess(PROGRAM, tmp_path / "data") as served:
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(DEADLINE) == 0


def test_a_running_server_makes_a_release_live_that_another_process_publishes(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    (policy / "words").mkdir(parents=True)
    for path in [SAMPLE / "policy" / "facts.toml", *(SAMPLE / "policy" / "words").glob("*.toml")]:
        (policy / path.relative_to(SAMPLE / "policy")).write_text(path.read_text("utf-8"), "utf-8")
    settings = tmp_path / "forecourt.toml"
    settings.write_text(
        f"[sites.main]\norigins = ['https://www.example.com']\ncontroller = 'Example AS'\nemail = 'a@example.com'\n"
        f"policy = '{policy}'\nprivacy_policy = '{SAMPLE / 'privacy'}'\n"
    )
    data = tmp_path / "data"
    with ForecourtProcess(PROGRAM, data, folder=tmp_path) as served:
        url = f"{served.forecourt}/v1/sites/main/policy.json"
        assert httpx.get(url, timeout=DEADLINE).json()["release"] == 1
        facts = policy / "facts.toml"
        before, header, after = facts.read_text("utf-8").partition("[engagements.twilio]")
        after = after.replace("effective = 2019-10-28", f"effective = {clock.now().date()}", 1)
        facts.write_text(before.replace("Twilio, Inc.", "Twilio Norway AS") + header + after, "utf-8")
        options = ["--settings", str(settings), "--data", str(data), "--emergency", "it was bought"]
        subprocess.run([*PROGRAM, "policy", "publish", "main", *options], check=True, timeout=DEADLINE)
        wait_until(lambda: httpx.get(url, timeout=DEADLINE).json()["release"] == 2)
        assert "Twilio Norway AS" in httpx.get(url, timeout=DEADLINE).text
