"""Every setting is listed with its value and origin, no secret is shown, and the documents say what needs a restart."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from forecourt.__main__ import main
from forecourt.settings.inventory import RESTART_KEYS, find_changes, flatten, keep_until_restart
from forecourt.settings.known_keys import known_paths, secret_paths
from forecourt.settings.server import Settings, SmtpSettings

from .test_faults import SITE
from .test_loading import DOCUMENT

SECRET = "geheim-geheim-geheim"
FILE = f"""
mail_from = "a@example.com"
secrets = ["{SECRET}"]
database_url = "postgresql://u:{SECRET}@h/d"
[smtp]
host = "relay.example"
password = "{SECRET}"
{SITE}
theme = {{ radius = 4 }}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FORECOURT_SMTP_PORT", "26")
    monkeypatch.setenv("FORECOURT_METRICS_TOKEN", SECRET)
    (tmp_path / "forecourt.toml").write_text(FILE)
    return str(tmp_path / "forecourt.toml")


def test_every_setting_is_listed_with_its_origin(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--settings", file, "--data", "elsewhere"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
    assert rows["port"] == "8000 (default)"
    assert rows["data"] == '"elsewhere" (command line --data)'
    assert rows["mail_from"] == f'"a@example.com" (file {file})'
    assert rows["smtp.port"] == "26 (environment FORECOURT_SMTP_PORT)"
    assert rows["smtp.password"] == f"set, hidden (file {file})"
    assert rows["log_key"] == "not set (default)"
    assert rows["metrics_token"] == "set, hidden (environment FORECOURT_METRICS_TOKEN)"
    assert rows["sites.main.theme.radius"] == f"4 (file {file})"
    assert rows["sites.main.purposes.support.retention_days"] == "730 (default)"
    assert SECRET not in "".join(lines)


def test_json_holds_the_same(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "smtp", "--json", "--settings", file]) == 0
    text = capsys.readouterr().out
    rows: dict[str, Any] = {row.pop("key"): row for row in json.loads(text)}
    assert {key.partition(".")[0] for key in rows} == {"smtp"}
    source = {"origin": "environment", "source": "FORECOURT_SMTP_PORT", "restart": False}
    assert rows["smtp.port"] == {"value": 26} | source
    assert rows["smtp.password"] == {"value": None, "hidden": True, "set": True} | source | {
        "origin": "file",
        "source": file,
    }
    assert SECRET not in text


def test_a_key_that_none_begins_with_is_said(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "nothing", "--settings", file]) == 1
    assert capsys.readouterr().out == "No setting has such a key.\n"


def test_every_key_of_the_server_is_listed_and_the_secrets_are_those_that_repr_hides() -> None:
    listed = set(flatten(Settings()))
    keys = {path for path in known_paths() if not path.startswith("sites")}
    tables = {path for path in keys if any(other.startswith(f"{path}.") for other in keys)}
    assert listed == keys - tables | {"sites"}
    assert secret_paths() == {"database_url", "secrets", "log_key", "metrics_token", "smtp.password"}


def test_the_document_names_what_needs_a_restart() -> None:
    section = DOCUMENT.read_text("utf-8").partition("## Changing settings while it serves")[2].partition("\n## ")[0]
    rows = {row.rpartition("|")[2].strip(): row for row in re.findall(r"^\| (`.*) \|$", section, re.MULTILINE)}
    documented = {text: set(re.findall(r"`(\w+)`", row)) for text, row in rows.items()}
    (restart,) = [keys for text, keys in documented.items() if text.startswith("at a restart")]
    assert restart == RESTART_KEYS
    at_once = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*) \| at SIGHUP \|$", section, re.MULTILINE))))
    assert at_once == {path for path in known_paths() if "." not in path} - RESTART_KEYS


def test_changes_are_told_apart_by_whether_they_need_a_restart() -> None:
    old, new = Settings(), Settings(port=1, mail_from="b@example.com", smtp=SmtpSettings(host="relay"))
    assert find_changes(old, new) == (["mail_from", "smtp.host"], ["port"])
    assert keep_until_restart(old, new) == Settings(mail_from="b@example.com", smtp=SmtpSettings(host="relay"))
