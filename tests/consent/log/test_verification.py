"""Checks that the log seals every record within seconds, and names each record that was changed afterwards."""

import asyncio
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, text

from forecourt import clock
from forecourt.app import Application
from forecourt.consent.commitment import commit_values
from forecourt.consent.log import checkpoint, log_key, sealing, store, verification
from forecourt.db.database import Database
from forecourt.db.tables import consents
from forecourt.errors import LogBroken
from tests.consent.log.attacks import attack, verify_log
from tests.consent.log.records import DETAILS, KEY, PUBLIC, SHOWN, append, append_older, record
from tests.deadline import wait_until, wait_until_async
from tests.page import Page

pytestmark = pytest.mark.anyio
OTHER_KEY = Ed25519PrivateKey.generate()


async def consent_at(log: Database, position: int) -> str:
    statement = text(f"SELECT record FROM log_leaves WHERE position = {position}")
    return await log.read(lambda c: str(c.execute(statement).scalar_one()))


async def test_a_sealed_log_verifies(log: Database) -> None:
    report = await verify_log(log)
    assert (report.size, report.is_whole) == (600, True)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # what is compared is the same on both
@pytest.mark.parametrize("column", ["visitor", "action", "purposes", "signals", "locale", "commitment", "kind"])
async def test_a_changed_record_is_named(log: Database, column: str) -> None:
    name = await consent_at(log, 300)
    await attack(log, f"UPDATE consents SET {column} = '{{}}' WHERE id = '{name}'")
    report = await verify_log(log)
    assert (report.changed, report.missing, report.extra, report.faults) == ([name], [], [], [])


async def test_a_changed_time_is_named(log: Database) -> None:
    name = await consent_at(log, 599)
    await attack(log, f"UPDATE consents SET created_at = created_at - 1 WHERE id = '{name}'")
    assert (await verify_log(log)).changed == [name]


async def test_a_missing_record_is_named(log: Database) -> None:
    name = await consent_at(log, 0)
    await attack(log, f"DELETE FROM consents WHERE id = '{name}'")
    assert (await verify_log(log)).missing == [name]


async def test_an_inserted_record_is_named(log: Database) -> None:
    extra = record(seq=5)
    await log.write(lambda c: c.execute(insert(consents), extra) and None)
    assert (await verify_log(log)).extra == [extra["id"]]


async def test_a_record_changed_together_with_its_leaf_breaks_the_root(log: Database) -> None:
    changed = await consent_at(log, 10)
    await attack(
        log,
        f"UPDATE consents SET visitor = 'other' WHERE id = '{changed}'",
        "UPDATE log_leaves SET hash = (SELECT hash FROM log_leaves WHERE position = 11) WHERE position = 10",
    )
    faults = " ".join((await verify_log(log)).faults)
    assert "do not have the root that was signed" in faults
    assert "0 to 255" in faults


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # what is compared is the same on both
@pytest.mark.parametrize("column", ["salt", "origin", "address", "browser", "path", "receipt_hash"])
async def test_details_that_were_changed_are_named_and_erased_ones_are_no_fault(log: Database, column: str) -> None:
    changed, erased = await consent_at(log, 7), await consent_at(log, 8)
    await attack(
        log,
        f"UPDATE consent_details SET {column} = 'x' WHERE consent = '{changed}'",
        f"DELETE FROM consent_details WHERE consent = '{erased}'",
    )
    report = await verify_log(log)
    assert (report.details, report.changed, report.faults) == ([changed], [], [])


async def test_swapped_details_are_named(log: Database) -> None:
    """Each with a salt of its own, as they are made."""
    other = record(seq=700, commitment=commit_values("6" * 32, **DETAILS, receipt_hash="a"))
    await log.write(lambda c: c.execute(insert(consents), other) and None)
    await log.write(lambda c: sealing.seal(c, KEY))
    first = await consent_at(log, 0)
    await attack(log, f"UPDATE consent_details SET consent = '{other['id']}' WHERE consent = '{first}'")
    assert (await verify_log(log)).details == [other["id"]]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # what is compared is the same on both
@pytest.mark.parametrize(
    ("statement", "expected_fault"),
    [
        ("UPDATE notices SET content = '{}'", f"notice {SHOWN} was changed"),
        ("UPDATE notices SET locale = 'nb'", f"notice {SHOWN} was changed"),
        ("DELETE FROM notices", f"notice {SHOWN} is missing"),
        ("UPDATE log_checkpoints SET note = 'x' WHERE size = 250", "checkpoint 250: this is no checkpoint"),
        (
            "UPDATE log_checkpoints SET note = (SELECT note FROM log_checkpoints WHERE size = 500) WHERE size = 250",
            "checkpoint 250 signs 500 records",
        ),
        (f"UPDATE notices SET content = 'x', hash = '{sha256(b'x').hexdigest()}'", "was changed"),
        ("DELETE FROM log_checkpoints WHERE size = 600", "the 100 leaves after 500 are under no checkpoint"),
        ("UPDATE log_checkpoints SET size = 700 WHERE size = 600", "a checkpoint is over 700 records; the log has 600"),
        (
            "UPDATE log_checkpoints SET last_consent_seq = 9000 WHERE size = 500",
            "checkpoint 500 says that it is through 9000",
        ),
        ("DELETE FROM log_leaves WHERE position BETWEEN 300 AND 301", "leaves 300 to 301 are missing"),
        ("DELETE FROM log_nodes WHERE position = 1", "the stored root of leaves 256 to 511 differs"),
        ("UPDATE log_nodes SET level = 16 WHERE position = 1", "the stored root of leaves 65536 to 131071 differs"),
        ("UPDATE log_checkpoints SET size = 0 WHERE size = 250", "checkpoint 0 signs 250 records"),
        ("UPDATE consent_details SET consent = 'x' WHERE consent = 'FIRST'", "details of x, which is no record"),
        # SQLite takes any value in any column.
        ("UPDATE consents SET created_at = 'x' WHERE id = 'FIRST'", "the record FIRST"),
        ("UPDATE consents SET release = 'x' WHERE id = 'FIRST'", "the record FIRST"),
        ("UPDATE log_leaves SET position = 'x' WHERE position = 599", "log_leaves.position of row 600 is text"),
        ("UPDATE log_leaves SET hash = 'x' WHERE position = 599", "log_leaves.hash of row 600 is text and no blob"),
        ("UPDATE log_nodes SET level = 'x' WHERE position = 1", "log_nodes.level of row 2 is text and no integer"),
        ("UPDATE log_checkpoints SET size = 'x' WHERE size = 250", "log_checkpoints.size of row 1 is text"),
        (
            "UPDATE log_checkpoints SET note = x'00' WHERE size = 250",
            "log_checkpoints.note of row 1 is blob",
        ),
        ("UPDATE notices SET content = x'00'", "notices.content of row 1 is blob and no text"),
        ("UPDATE consent_details SET salt = x'00'", "consent_details.salt of row 1 is blob and no text"),
    ],
)
async def test_tampering_with_the_log_or_the_words_is_reported(
    log: Database, statement: str, expected_fault: str
) -> None:
    first = await consent_at(log, 0)
    await attack(log, statement.replace("FIRST", first))
    report = await verify_log(log)
    faults = [*report.faults, *(f"the record {each}" for each in report.changed)]
    assert any(expected_fault.replace("FIRST", first) in fault for fault in faults), faults


async def test_a_changed_or_missing_release_is_reported(application: Application, page: Page) -> None:
    database = application.database
    await page.accept()
    public = log_key.load_or_create_key(application.settings.data).public_key()
    await wait_until_async(lambda: database.read(store.read_head), lambda head: head.last_consent_seq)
    for statement, expected_fault in (
        ("UPDATE releases SET published_at = published_at - 1 WHERE site = 'main'", "release 1 of main was changed"),
        ("UPDATE releases SET published_at = published_at + 1 WHERE site = 'main'", ""),
        ("UPDATE releases SET effective_at = '2020-01-01' WHERE site = 'main'", "release 1 of main was changed"),
        ("UPDATE releases SET number = 7 WHERE site = 'main'", "release 7 of main was changed"),
        ("DELETE FROM releases WHERE site = 'main'", "release 1 of main is missing"),
    ):
        await attack(database, statement)
        faults = (await database.read(lambda c: verification.verify(c, public))).faults
        assert any(expected_fault in fault for fault in faults) if expected_fault else not faults, faults


async def test_a_record_inserted_below_all_others_is_named(log: Database) -> None:
    extra = record(seq=-(2**63))
    await log.write(lambda c: c.execute(insert(consents), extra) and None)
    assert (await verify_log(log)).extra == [extra["id"]]


async def test_details_of_an_earlier_version_still_match_their_commitment(log: Database) -> None:
    older = await log.write(append_older)
    await log.write(lambda c: sealing.seal(c, KEY))
    assert (await verify_log(log)).is_whole
    await attack(log, f"UPDATE consent_details SET browser = 'x' WHERE consent = '{older}'")
    assert (await verify_log(log)).details == [older]


async def test_an_inserted_record_of_the_future_is_named(log: Database) -> None:
    extra = record(seq=5000, created_at=clock.now() + timedelta(days=900))
    await log.write(lambda c: c.execute(insert(consents), extra) and None)
    assert (await verify_log(log)).extra == [extra["id"]]


async def test_an_inserted_and_sealed_record_is_dated_before_its_neighbour(log: Database) -> None:
    """Its maker may as well have set the clock back, so it is told, and no fault."""
    extra = record(seq=5000, created_at=clock.now() - timedelta(days=90))
    await log.write(lambda c: c.execute(insert(consents), extra) and None)
    await log.write(lambda c: sealing.seal(c, KEY))
    report = await verify_log(log)
    assert (report.dated, report.is_whole) == ([extra["id"]], True)


async def test_a_log_that_was_rolled_back_contradicts_an_earlier_checkpoint(log: Database) -> None:
    note = (await log.read(store.read_head)).note
    await attack(
        log,
        "DELETE FROM log_checkpoints WHERE size > 250",
        "DELETE FROM log_leaves WHERE position >= 250",
        "DELETE FROM log_nodes",
        "DELETE FROM consents WHERE seq >= 260",
        "DELETE FROM consent_details WHERE consent NOT IN (SELECT id FROM consents)",
    )
    assert (await verify_log(log)).is_whole
    assert (await verify_log(log, note)).faults == ["a checkpoint is over 600 records; the log has 250"]


async def test_a_log_signed_with_another_key_is_reported(log: Database) -> None:
    other = Ed25519PrivateKey.generate()
    await attack(log, "DELETE FROM log_checkpoints", "DELETE FROM log_leaves", "DELETE FROM log_nodes")
    await log.write(lambda c: sealing.seal(c, other))
    assert (await verify_log(log)).faults == ["checkpoint 600: this checkpoint is of another log or key"]


async def test_leaves_missing_at_the_end_are_reported(log: Database) -> None:
    await attack(log, "DELETE FROM log_leaves WHERE position >= 550")
    assert any("600 records" in fault for fault in (await verify_log(log)).faults)


async def test_a_rewritten_log_contradicts_an_earlier_checkpoint(log: Database) -> None:
    note = (await log.read(store.read_head)).note
    assert (await verify_log(log, note)).is_whole
    await attack(
        log,
        f"UPDATE consents SET visitor = 'other' WHERE id = '{await consent_at(log, 5)}'",
        "DELETE FROM log_leaves",
        "DELETE FROM log_nodes",
        "DELETE FROM log_checkpoints",
    )
    while await log.write(lambda c: sealing.seal(c, KEY, 250)):
        pass
    assert (await verify_log(log)).is_whole
    assert not (await verify_log(log, note)).is_whole


async def test_a_checkpoint_of_another_key_is_refused(log: Database) -> None:
    note = (await log.read(store.read_head)).note
    with pytest.raises(LogBroken, match="another log or key"):
        checkpoint.read(note, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(LogBroken):
        checkpoint.read(note.replace("600", "601"), PUBLIC)
    for garbage in ("", "a\n\nb", note.replace("—", "-"), note[:-9]):
        with pytest.raises(LogBroken):
            checkpoint.read(garbage, PUBLIC)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_row_that_commits_late_is_sealed(log: Database) -> None:
    """A transaction may take a lower seq and commit after a higher one was sealed; SQLite has one writer."""
    late = record(seq=5)
    await log.write(lambda c: c.execute(insert(consents), late) and None)
    assert await log.write(lambda c: sealing.seal(c, KEY)) == 1
    assert (await verify_log(log)).is_whole


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_two_processes_never_seal_at_once(database: Database) -> None:
    await database.write(lambda c: append(c, 50))
    done = await asyncio.gather(*(database.write(lambda c: sealing.seal(c, KEY)) for _ in range(8)))
    assert sum(done) == 50
    assert (await verify_log(database)).is_whole


async def test_another_key_seals_nothing(log: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Two in one log would verify with neither."""
    await log.write(lambda c: c.execute(insert(consents), record(seq=900)) and None)
    sealing_elsewhere = asyncio.create_task(sealing.run(log, lambda _: OTHER_KEY))
    await asyncio.to_thread(wait_until, lambda: "of another log or key" in caplog.text)
    sealing_elsewhere.cancel()
    await asyncio.gather(sealing_elsewhere, return_exceptions=True)
    assert (await log.read(store.read_head)).size == 600
    assert await log.write(lambda c: sealing.seal(c, KEY)) == 1
    assert (await verify_log(log)).is_whole


async def test_the_last_records_are_sealed_when_the_server_stops(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "INTERVAL", 3600)
    await database.write(lambda c: append(c, 1))
    running = asyncio.create_task(sealing.run(database, lambda _: KEY))
    await wait_until_async(lambda: database.read(store.read_head), lambda head: head.size)
    late = [record(seq=100 + number) for number in range(30)]
    await database.write(lambda c: c.execute(insert(consents), late) and None)
    assert (await database.read(store.read_head)).size == 1  # the next round is an hour away
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await database.read(store.read_head)).size == 31


async def test_a_visitors_choice_is_sealed_while_serving(application: Application, page: Page) -> None:
    await page.accept()
    await wait_until_async(lambda: application.database.read(store.read_head), lambda head: head.last_consent_seq)
    public = log_key.load_or_create_key(application.settings.data).public_key()
    assert (await application.database.read(lambda c: verification.verify(c, public))).is_whole
