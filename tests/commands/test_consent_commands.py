"""`forecourt consent verify` and `export` report in sentences, and exit accordingly."""

import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from forecourt.__main__ import main
from forecourt.consent.log import log_key, sealing
from forecourt.db import sqlite
from forecourt.db.tables import consents
from tests.consent.log.records import append, record


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """Three sealed records."""
    shutil.copy(sqlite_template, tmp_path / "forecourt.sqlite3")
    engine = sqlite.make_engine(tmp_path / "forecourt.sqlite3")
    with engine.begin() as connection:
        append(connection, 3)
        sealing.seal(connection, log_key.load_or_create_key(tmp_path))
    engine.dispose()
    return tmp_path


def change(data: Path, statement: str) -> None:
    engine = sqlite.make_engine(data / "forecourt.sqlite3")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_an_intact_log_verifies_and_its_checkpoint_can_be_kept(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint_file = data / "checkpoint.txt"
    assert main(["consent", "verify", "--data", str(data), "--keep", str(checkpoint_file)]) == 0
    assert "3 records are as they were sealed." in capsys.readouterr().out
    assert main(["consent", "verify", "--data", str(data), "--checkpoint", str(checkpoint_file)]) == 0


def test_a_tampered_log_does_not_overwrite_a_good_checkpoint(data: Path) -> None:
    checkpoint_file = data / "checkpoint.txt"
    checkpoint_file.write_text("the good one", "utf-8")
    change(data, "UPDATE consent_details SET browser = 'Lynx'")
    assert main(["consent", "verify", "--data", str(data), "--keep", str(checkpoint_file)]) == 1
    assert checkpoint_file.read_text("utf-8") == "the good one"


def test_a_tampered_log_is_described_and_fails(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(data, "UPDATE consent_details SET browser = 'Lynx' WHERE consent = (SELECT id FROM consents WHERE seq = 11)")
    assert main(["consent", "verify", "--data", str(data)]) == 1
    output = capsys.readouterr().out
    assert "The details of record" in output
    assert "The log does NOT verify." in output


def test_a_log_that_contradicts_a_checkpoint_does_not_overwrite_it(data: Path) -> None:
    checkpoint_file = data / "checkpoint.txt"
    verify = ["consent", "verify", "--data", str(data), "--keep", str(checkpoint_file)]
    assert main(verify) == 0
    before = checkpoint_file.read_text("utf-8")
    change(data, "UPDATE consent_details SET browser = 'Lynx'")
    engine = sqlite.make_engine(data / "forecourt.sqlite3")
    with engine.begin() as connection:
        connection.execute(insert(consents), record(seq=20))
        sealing.seal(connection, log_key.load_or_create_key(data))
    engine.dispose()
    assert main([*verify, "--checkpoint", str(checkpoint_file)]) == 1
    assert checkpoint_file.read_text("utf-8") == before


def test_a_time_is_no_date(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["consent", "export", "--since", "2026-11-01T10:00+02:00", "--data", str(data)])
    assert "is no date, as in" in capsys.readouterr().err


def test_a_bundle_is_written(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data / "all.zip"
    assert main(["consent", "export", "--since", "2020-01-01", "--data", str(data), "--out", str(out)]) == 0
    assert "3 records are" in capsys.readouterr().out
    assert "manifest.txt" in zipfile.ZipFile(out).namelist()
    assert out.stat().st_mode & 0o777 == 0o600  # it holds addresses


def test_a_bundle_of_an_unknown_visitor_overwrites_no_file(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data / "out" / "bundle.zip"
    out.parent.mkdir()
    out.write_text("an earlier one")
    assert main(["consent", "export", "--subject", "nobody", "--data", str(data), "--out", str(out)]) == 1
    assert "no sealed record of nobody" in capsys.readouterr().err
    assert out.read_text() == "an earlier one"
    assert [*out.parent.iterdir()] == [out]


@pytest.mark.parametrize("command", [["verify"], ["export", "--subject", "v"]])
def test_reading_commands_create_no_key(data: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    (data / "log.key").unlink()
    assert main(["consent", *command, "--data", str(data)]) == 1
    assert "there is no log.key" in capsys.readouterr().err
    assert not (data / "log.key").exists()
