"""`forecourt newsletter export` writes the subscribers of one site, to the terminal or to a private file."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from forecourt import clock
from forecourt.__main__ import main
from forecourt.commands.database import run_with_database
from forecourt.db.tables import subscribers
from forecourt.resources import SAMPLE
from forecourt.settings.loading import load_settings


@pytest.fixture
def settings_file(database_url: str, tmp_path: Path) -> Path:
    path = tmp_path / "forecourt.toml"
    path.write_text(
        f"data = '.'\ndatabase_url = '{database_url}'\n[sites.main]\norigins = ['https://www.example.com']\n"
        f"controller = 'Example AS'\nemail = 'support@example.com'\nprivacy_policy = '{SAMPLE / 'privacy'}'\n"
        f"policy = '{SAMPLE / 'policy'}'\n"
    )
    return path


def add(settings: Path) -> None:
    row = {"id": "s1", "site": "main", "email": "ola@example.com", "locale": "nb", "visitor": "", "consent": ""}
    row |= {"proof": "on paper", "added_by": "kari"}

    def write(connection: Connection) -> None:
        connection.execute(insert(subscribers), [row | {"confirmed_at": clock.now()}])

    run_with_database(load_settings(settings), lambda database: database.write(write))


def test_subscribers_are_written_as_csv_and_json(
    settings_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(settings_file)
    arguments = ["newsletter", "export", "main", "--settings", str(settings_file)]
    assert main(arguments) == 0
    assert "s1,ola@example.com,nb," in capsys.readouterr().out
    out = tmp_path / "subscribers.json"
    assert main([*arguments, "--format", "json", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"The subscribers of main are in {out}.\n"
    assert out.stat().st_mode & 0o077 == 0
    assert json.loads(out.read_text("utf-8"))[0]["proof"]["statement"] == "on paper"


def test_a_site_that_does_not_exist_is_refused(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["newsletter", "export", "none", "--settings", str(settings_file)]) == 1
    assert "no site none" in capsys.readouterr().err
