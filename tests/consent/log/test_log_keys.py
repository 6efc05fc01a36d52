"""Checks that the log's key can be changed, that both keys verify, and that a host without the key seals nothing."""

import asyncio
import logging
import sys
import zipfile
from base64 import b64encode
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from forecourt.__main__ import main
from forecourt.app import Application
from forecourt.consent.log import (
    bundle,
    key_change,
    key_history,
    log_key,
    merkle,
    sealing,
    store,
    verification,
)
from forecourt.consent.log.bundle import BundleSelection
from forecourt.consent.log.checkpoint import encode_public_key
from forecourt.consent.log.log_key import LogKeySource, encode_private_key
from forecourt.consent.log.verification_report import VerificationReport
from forecourt.db.database import Database
from forecourt.db.tables import consents
from forecourt.errors import LogBroken
from tests.consent.log.attacks import attack
from tests.consent.log.records import append, record
from tests.deadline import wait_until, wait_until_async
from tests.page import Page

sys.modules.setdefault("merkle", merkle)  # beside the verifier in a bundle
from forecourt.consent.log import bundle_verifier  # noqa: E402 - which finds it there
from forecourt.consent.log.bundle_verifier import BundleInvalid  # noqa: E402 - the same

pytestmark = pytest.mark.anyio


@pytest.fixture
def source(tmp_path: Path) -> LogKeySource:
    return LogKeySource("", tmp_path)


@pytest.fixture
async def log(database: Database, source: LogKeySource) -> Database:
    """300 records sealed with the first key of the file."""
    await database.write(lambda c: append(c, 300))
    await database.write(lambda c: sealing.seal(c, source.find_or_create(c)))
    return database


async def seal_another(log: Database, source: LogKeySource, seq: int) -> None:
    await log.write(lambda c: c.execute(insert(consents), record(seq=seq)) and None)
    assert await log.write(lambda c: sealing.seal(c, source.find(c))) == 1


async def verify_log(log: Database, source: LogKeySource, earlier_note: str = "") -> VerificationReport:
    return await log.read(lambda c: verification.verify(c, source.read(c).public_key(), earlier_note))


async def test_checkpoints_of_each_key_verify_and_so_does_a_kept_one(log: Database, source: LogKeySource) -> None:
    first_note, first_key = (await log.read(store.read_head)).note, source.file.read_text()
    for seq in (1000, 1001, 1002):
        change = await log_key.rotate(log, source)
        assert change.new_key == encode_public_key((await log.read(source.find)).public_key())
        await seal_another(log, source, seq)
    report = await verify_log(log, source, first_note)
    assert (report.size, report.is_whole) == (303, True)
    assert source.file.read_text() != first_key
    assert [file.name for file in source.folder.glob("*.key")] == ["log.key"]
    assert source.file.stat().st_mode & 0o777 == 0o600


async def test_the_old_key_seals_no_more(log: Database, source: LogKeySource) -> None:
    old_key = await log.read(source.find)
    await log_key.rotate(log, source)
    await log.write(lambda c: c.execute(insert(consents), record(seq=1000)) and None)
    with pytest.raises(LogBroken, match="key was changed to"):
        await log.write(lambda c: sealing.seal(c, old_key))
    with pytest.raises(LogBroken, match="key was changed to"):
        await log.write(lambda c: key_history.change_key(c, old_key, Ed25519PrivateKey.generate()) and None)


async def test_a_process_killed_before_the_commit_changes_nothing(log: Database, source: LogKeySource) -> None:
    """The file of a key that no change names stays, and means nothing."""
    source.new_file("of nobody").write_text("no key")
    await seal_another(log, source, 1000)
    await log_key.rotate(log, source)
    await seal_another(log, source, 1001)
    assert (await verify_log(log, source)).is_whole


async def test_who_comes_after_a_process_killed_after_the_commit_finds_the_new_key(
    log: Database, source: LogKeySource
) -> None:
    old_key, new_key = await log.read(source.find), Ed25519PrivateKey.generate()
    file = source.new_file(encode_public_key(new_key.public_key()))
    file.write_text(encode_private_key(new_key))
    await log.write(lambda c: key_history.change_key(c, old_key, new_key) and None)
    old_text = source.file.read_text()
    assert (await verify_log(log, source)).is_whole
    assert await log.read(source.find_fault) == ""
    assert (file.exists(), source.file.read_text()) == (True, old_text)  # who only looks moves nothing
    await log.read(source.find_or_create)
    assert (file.exists(), source.file.read_text()) == (False, encode_private_key(new_key))
    await seal_another(log, source, 1000)
    assert (await verify_log(log, source)).is_whole


async def test_a_change_after_a_killed_one_keeps_no_old_key(log: Database, source: LogKeySource) -> None:
    old_key, new_key = await log.read(source.find), Ed25519PrivateKey.generate()
    source.new_file(encode_public_key(new_key.public_key())).write_text(encode_private_key(new_key))
    await log.write(lambda c: key_history.change_key(c, old_key, new_key) and None)
    await log_key.rotate(log, source)
    assert [file.name for file in source.folder.glob("*.key")] == ["log.key"]
    await seal_another(log, source, 1000)
    assert (await verify_log(log, source)).is_whole


async def test_a_refused_change_leaves_no_key_behind(log: Database, source: LogKeySource) -> None:
    source.file.write_bytes(b64encode(Ed25519PrivateKey.generate().private_bytes_raw()))
    with pytest.raises(LogBroken, match=r"copy log\.key from the host that seals"):
        await log_key.rotate(log, source)
    assert [file.name for file in source.folder.glob("*.key")] == ["log.key"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM log_keys", "of another log or key"),
        ("UPDATE log_keys SET note = 'x'", "a change of its key: this is no change of keys"),
        ("UPDATE log_keys SET note = replace(note, '300', '299')", "signature is wrong"),
        ("UPDATE log_keys SET seq = 3 - seq", "which does not lead to"),
    ],
)
async def test_a_forged_or_missing_change_is_reported(
    log: Database, source: LogKeySource, statement: str, fault: str
) -> None:
    for seq in (1000, 1001):
        await log_key.rotate(log, source)
        await seal_another(log, source, seq)
    key = (await log.read(source.find)).public_key()
    if "3 - seq" in statement:
        await attack(log, "UPDATE log_keys SET seq = -seq", "UPDATE log_keys SET seq = 3 + seq")
    else:
        await attack(log, statement)
    faults = (await log.read(lambda c: verification.verify(c, key))).faults
    assert any(fault in each for each in faults), faults


async def test_a_change_signed_by_one_key_alone_is_none() -> None:
    old_key, new_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    note = key_change.sign(old_key, new_key, 7)
    assert key_change.read(note).size == 7
    lines = note.splitlines(keepends=True)
    for forged in (
        "".join(lines[:-1]),
        "".join([*lines[:-2], lines[-1], lines[-1]]),
        "".join([*lines[:-2], lines[-2], lines[-2]]),
        note.replace("\n7\n", "\n8\n"),
        note + "x",
        "",
    ):
        with pytest.raises(LogBroken):
            key_change.read(forged)


async def test_a_bundle_proves_the_change_of_keys(log: Database, source: LogKeySource, tmp_path: Path) -> None:
    earlier_note = (await log.read(store.read_head)).note
    first_key = (await log.read(source.find)).public_key()
    for seq in (1000, 1001):
        await log_key.rotate(log, source)
        await seal_another(log, source, seq)
    key, file = await log.read(source.find), tmp_path / "b.zip"
    write = partial(bundle.write, file=file, selection=BundleSelection("v"), key=key, earlier_note=earlier_note)
    assert await asyncio.to_thread(log.read_snapshot, write) == 302
    folder = tmp_path / "bundle"
    zipfile.ZipFile(file).extractall(folder)
    for known_key in (first_key, key.public_key()):
        assert bundle_verifier.verify(folder, known_key.public_bytes_raw()) == (302, 302)
    with pytest.raises(BundleInvalid, match="nor did that one hand over"):
        bundle_verifier.verify(folder, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    changes = (folder / "keys.json").read_text("utf-8")
    for forged in ("[]", changes.replace("300", "299")):
        (folder / "keys.json").write_text(forged, "utf-8")
        with pytest.raises(BundleInvalid):
            bundle_verifier.verify(folder, first_key.public_bytes_raw())


async def test_a_host_without_the_key_makes_none_and_seals_nothing_until_it_gets_it(
    log: Database, source: LogKeySource, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_text = source.file.read_text()
    source.file.unlink()
    await log.write(lambda c: c.execute(insert(consents), record(seq=1000)) and None)
    monkeypatch.setattr(sealing, "INTERVAL_AFTER_FAULT", 0.05)
    running = asyncio.create_task(sealing.run(log, source.find_or_create))
    await asyncio.to_thread(wait_until, lambda: "there is no log.key" in caplog.text)
    assert "copy log.key from the host that seals, or set log_key" in caplog.text
    assert not source.file.exists()
    assert (await log.read(store.read_head)).size == 300
    source.file.write_text(key_text)
    await wait_until_async(lambda: log.read(store.read_head), lambda head: head.size == 301)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_running_server_goes_on_with_the_new_key(
    application: Application, page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    source, database = LogKeySource("", application.settings.data), application.database
    await page.accept()
    size = (await wait_until_async(lambda: database.read(store.read_head), lambda head: head.last_consent_seq)).size
    await log_key.rotate(database, source)
    await page.withdraw()
    await wait_until_async(lambda: database.read(store.read_head), lambda head: head.size > size)
    assert (await verify_log(database, source)).is_whole
    assert "not sealed" not in caplog.text


async def test_hosts_get_the_key_from_a_setting(log: Database, source: LogKeySource, tmp_path: Path) -> None:
    host = LogKeySource(source.file.read_text(), tmp_path / "other")
    assert await log.read(host.find_fault) == ""
    other = LogKeySource("", tmp_path / "third")
    assert "there is no log.key" in await log.read(other.find_fault)
    wrong = LogKeySource(b64encode(bytes(32)).decode(), tmp_path)
    assert "of another log or key" in await log.read(wrong.find_fault)
    host.folder.mkdir()
    change = await log_key.rotate(log, host)
    assert "the log's key was changed to" in await log.read(source.find_fault)
    new_host = LogKeySource(host.new_file(change.new_key).read_text(), tmp_path)
    await seal_another(log, new_host, 1000)
    assert (await verify_log(log, new_host)).is_whole


async def test_an_empty_log_makes_its_key_and_can_change_it(database: Database, source: LogKeySource) -> None:
    assert await database.read(source.find_fault) == ""
    await database.read(source.find_or_create)
    await log_key.rotate(database, source)
    await database.write(lambda c: append(c, 1))
    assert await database.write(lambda c: sealing.seal(c, source.find_or_create(c))) == 1
    assert (await verify_log(database, source)).is_whole


def test_commands_change_the_key_and_say_where_it_is_missing(
    sqlite_template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "forecourt.sqlite3").write_bytes(sqlite_template.read_bytes())
    settings = ["--data", str(tmp_path)]
    (tmp_path / "log.key").write_bytes(b64encode(bytes(range(32))))
    assert main(["consent", "rotate-key", *settings]) == 0
    output = capsys.readouterr().out
    assert "Up to 0 records" in output
    assert f"The new key is in {tmp_path / 'log.key'}" in output
    (tmp_path / "log.key").write_bytes(b64encode(bytes(range(32))))
    main(["check", *settings])
    assert "the log is not sealed from here: the log's key was changed to" in capsys.readouterr().out
    assert main(["consent", "rotate-key", *settings]) == 1
