"""The log seals every record within seconds, and says which one is no longer what was sealed."""

import asyncio
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, text

from forecourt import clock, tokens
from forecourt.app import Application
from forecourt.consent.log import bundle, checkpoint, sealing, store, verifying
from forecourt.consent.log.bundle import Wanted
from forecourt.consent.log.verifying import Report
from forecourt.db.database import Database
from forecourt.db.tables import consents
from forecourt.errors import LogBroken
from tests.page import Page

pytestmark = pytest.mark.anyio
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key()


def record(**fields: Any) -> dict[str, Any]:
    """A row as `choose` appends it, five minutes old."""
    hashes = {"notice_hash": "a" * 64, "commitment": "e" * 64}
    row: dict[str, Any] = {
        "id": tokens.identifier(),
        "visitor": "v",
        "site": "main",
        "action": "grant",
        "offered": ["support"],
    }
    row |= {"given": {"support": True}, "privacy_policy": "1", "terms": {}, "locale": "en", "release": 1}
    row |= {"source": "banner", "gesture": "trusted", "signals": {"gpc": True}, "kind": "consent", "key": None}
    return row | hashes | {"at": clock.now() - timedelta(minutes=5)} | fields


def append(connection: Connection, count: int) -> None:
    connection.execute(insert(consents), [record(seq=10 + number) for number in range(count)])


@pytest.fixture
async def log(database: Database) -> Database:
    """600 records, sealed 250 at a time: two whole blocks and a piece."""
    await database.write(lambda c: append(c, 600))
    while await database.write(lambda c: sealing.seal(c, KEY, 250)):
        pass
    return database


async def verified(log: Database, kept: str = "") -> Report:
    return await log.read(lambda c: verifying.verify(c, PUBLIC, kept))


async def attack(log: Database, *statements: str) -> None:
    """As somebody who owns the database would: the triggers first."""
    tables = ("consents", "log_leaves", "log_nodes", "log_checkpoints")
    lite = [f"DROP TRIGGER {table}_no_{kind}" for table in tables for kind in ("update", "delete", "replace")]
    big = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables]
    off = lite if log.engine.dialect.name == "sqlite" else big

    def run(connection: Connection) -> None:
        for statement in (*off, *statements):
            connection.execute(text(statement))

    await log.write(run)


async def consent_at(log: Database, position: int) -> str:
    statement = text(f"SELECT consent FROM log_leaves WHERE position = {position}")
    return await log.read(lambda c: str(c.execute(statement).scalar_one()))


async def test_what_was_sealed_verifies(log: Database) -> None:
    report = await verified(log)
    assert (report.size, report.is_whole) == (600, True)


@pytest.mark.parametrize("column", ["visitor", "action", "given", "signals", "locale", "commitment", "kind"])
async def test_a_changed_record_is_named(log: Database, column: str) -> None:
    name = await consent_at(log, 300)
    await attack(log, f"UPDATE consents SET {column} = '{{}}' WHERE id = '{name}'")
    report = await verified(log)
    assert (report.changed, report.missing, report.extra, report.faults) == ([name], [], [], [])


async def test_a_time_that_was_moved_is_named(log: Database) -> None:
    name = await consent_at(log, 599)
    await attack(log, f"UPDATE consents SET at = at - 1 WHERE id = '{name}'")
    assert (await verified(log)).changed == [name]


async def test_a_record_that_is_gone_is_named(log: Database) -> None:
    name = await consent_at(log, 0)
    await attack(log, f"DELETE FROM consents WHERE id = '{name}'")
    assert (await verified(log)).missing == [name]


async def test_a_record_that_was_slipped_in_is_named(log: Database) -> None:
    extra = record(seq=5)
    await log.write(lambda c: c.execute(insert(consents), extra) and None)
    assert (await verified(log)).extra == [extra["id"]]


async def test_a_record_changed_together_with_its_leaf_breaks_the_root(log: Database) -> None:
    changed = await consent_at(log, 10)
    await attack(
        log,
        f"UPDATE consents SET visitor = 'other' WHERE id = '{changed}'",
        "UPDATE log_leaves SET hash = (SELECT hash FROM log_leaves WHERE position = 11) WHERE position = 10",
    )
    faults = " ".join((await verified(log)).faults)
    assert "do not have the root that was signed" in faults
    assert "0 to 255" in faults


async def test_leaves_cut_off_the_end_are_noticed(log: Database) -> None:
    await attack(log, "DELETE FROM log_leaves WHERE position >= 550")
    assert any("600 records" in fault for fault in (await verified(log)).faults)


async def test_a_log_written_anew_does_not_fit_a_checkpoint_kept_outside(log: Database) -> None:
    kept = (await log.read(store.head)).note
    assert (await verified(log, kept)).is_whole
    await attack(
        log,
        f"UPDATE consents SET visitor = 'other' WHERE id = '{await consent_at(log, 5)}'",
        "DELETE FROM log_leaves",
        "DELETE FROM log_nodes",
        "DELETE FROM log_checkpoints",
    )
    while await log.write(lambda c: sealing.seal(c, KEY, 250)):
        pass
    assert (await verified(log)).is_whole
    assert not (await verified(log, kept)).is_whole


async def test_a_checkpoint_of_another_key_is_refused(log: Database) -> None:
    note = (await log.read(store.head)).note
    with pytest.raises(LogBroken, match="another log or key"):
        checkpoint.read(note, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(LogBroken):
        checkpoint.read(note.replace("600", "601"), PUBLIC)
    for garbage in ("", "a\n\nb", note.replace("—", "-"), note[:-9]):
        with pytest.raises(LogBroken):
            checkpoint.read(garbage, PUBLIC)


async def test_a_row_that_commits_late_is_sealed_all_the_same(log: Database) -> None:
    """On PostgreSQL a transaction may take a lower seq and commit after a higher one was sealed."""
    late = record(seq=5)
    await log.write(lambda c: c.execute(insert(consents), late) and None)
    assert await log.write(lambda c: sealing.seal(c, KEY)) == 1
    assert (await verified(log)).is_whole


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_two_processes_never_seal_at_once(database: Database) -> None:
    await database.write(lambda c: append(c, 50))
    done = await asyncio.gather(*(database.write(lambda c: sealing.seal(c, KEY)) for _ in range(8)))
    assert sum(done) == 50
    assert (await verified(database)).is_whole


async def test_a_visitors_choice_is_sealed_while_serving(application: Application, page: Page) -> None:
    await page.accept()
    async with asyncio.timeout(10):
        while not (await application.database.read(store.head)).size:  # noqa: ASYNC110 - as an auditor asks
            await asyncio.sleep(0.05)
    public = checkpoint.kept_key(application.settings.data).public_key()
    assert (await application.database.read(lambda c: verifying.verify(c, public))).is_whole


@pytest.fixture
async def handed_out(application: Application, page: Page, tmp_path: Path) -> Path:
    """One visitor's records as an auditor gets them, unpacked."""
    await page.accept()
    earlier = ""
    while not earlier:
        await asyncio.sleep(0.05)
        earlier = (await application.database.read(store.head)).note
    await page.withdraw()
    await page.choose()
    while (await application.database.read(store.head)).size < 4:  # noqa: ASYNC110 - as an auditor asks
        await asyncio.sleep(0.05)
    public = checkpoint.kept_key(application.settings.data).public_key()
    visitor = tokens.read(application.keys.visitor(), page.token or "", "main")
    file = tmp_path / "bundle.zip"
    made = await application.database.read(lambda c: bundle.write(c, file, Wanted(visitor), public, earlier))
    assert made == 4  # the privacy policy was acknowledged once
    zipfile.ZipFile(file).extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def check(folder: Path, *key: str) -> tuple[int, str]:
    command = [sys.executable, "-I", str(folder / "run.py"), *key]
    (folder / "run.py").write_text(
        "import sys, runpy; sys.path[:0] = [sys.argv[0].rpartition('/')[0]]; "
        "runpy.run_path(sys.path[0] + '/verify.py', run_name='__main__')"
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


async def test_a_bundle_verifies_offline(handed_out: Path) -> None:
    status, said = check(handed_out)
    assert status == 0, said
    assert "Verified: 4 record(s)" in said
    assert check(handed_out, "bm8gc3VjaCBrZXk=")[0] == 1


@pytest.mark.parametrize("what", ["leaf", "details", "position", "notice", "checkpoint", "earlier"])
async def test_a_bundle_that_was_touched_does_not(handed_out: Path, what: str) -> None:
    records = handed_out / "records.jsonl"
    lines = [json.loads(line) for line in records.read_text("utf-8").splitlines()]
    if what == "leaf":
        lines[0]["leaf"] = lines[0]["leaf"].replace("grant", "refuse")
    elif what == "details":
        lines[0]["details"]["browser"] = "Lynx"
    elif what == "position":
        lines[0]["position"] += 1
    elif what == "notice":
        notice = next((handed_out / "notices").iterdir())
        notice.write_text(notice.read_text("utf-8").replace("a", "b", 1), "utf-8")
    else:
        note = handed_out / ("checkpoint.txt" if what == "checkpoint" else "earlier.txt")
        note.write_text(note.read_text("utf-8").replace("\n", "\n1", 1), "utf-8")
    records.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    status, said = check(handed_out)
    assert (status, "NOT VERIFIED" in said) == (1, True)


async def test_everything_since_a_day_can_be_handed_out(log: Database, tmp_path: Path) -> None:
    long_ago, file = datetime(2020, 1, 1, tzinfo=UTC), tmp_path / "all.zip"
    assert await log.read(lambda c: bundle.write(c, file, Wanted(since=long_ago), PUBLIC)) == 600
    assert await log.read(lambda c: bundle.write(c, file, Wanted(since=clock.now()), PUBLIC)) == 0


async def test_a_bundle_of_an_empty_log_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(LogBroken, match="nothing is sealed yet"):
        await database.read(lambda c: bundle.write(c, tmp_path / "none.zip", Wanted("v"), PUBLIC))


async def test_an_earlier_checkpoint_over_more_than_there_is_is_refused(log: Database, tmp_path: Path) -> None:
    note = checkpoint.sign(KEY, checkpoint.Checkpoint(601, b"0" * 32))
    with pytest.raises(LogBroken, match="601 records"):
        await log.read(lambda c: bundle.write(c, tmp_path / "none.zip", Wanted("v"), PUBLIC, note))
