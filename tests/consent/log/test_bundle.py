"""Checks that a bundle for an auditor proves itself offline, and that no part of it can be changed or left out."""

import asyncio
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forecourt import clock
from forecourt.app import Application
from forecourt.consent.log import bundle, checkpoint, log_key, merkle, sealing, store
from forecourt.consent.log.bundle import BundleSelection
from forecourt.db.database import Database
from forecourt.errors import LogBroken
from forecourt.visitor_token import read_visitor_token
from tests.consent.log.records import KEY, append_older
from tests.deadline import DEADLINE, wait_until_async
from tests.page import Page

sys.modules.setdefault("merkle", merkle)  # beside the verifier in a bundle
from forecourt.consent.log import bundle_verifier  # noqa: E402 - which finds it there
from forecourt.consent.log.bundle_verifier import BundleInvalid  # noqa: E402 - the same

pytestmark = pytest.mark.anyio
LITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # files, whatever they were made from


async def wait_for_seal(application: Application, number: int) -> store.LogHead:
    """Waits until so many consents are sealed."""
    return await wait_until_async(
        lambda: application.database.read(store.read_head), lambda head: head.last_consent_seq >= number
    )


@pytest.fixture
def frequent_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a second for each seal."""
    monkeypatch.setattr(sealing, "INTERVAL", 0.05)


@pytest.fixture
async def unpacked(frequent_seals: None, application: Application, page: Page, tmp_path: Path) -> Path:
    """One visitor's records as an auditor gets them, unpacked."""
    await page.accept()
    earlier = (await wait_for_seal(application, 1)).note
    await page.withdraw()
    await page.choose()
    await wait_for_seal(application, 4)
    key = log_key.load_or_create_key(application.settings.data)
    visitor = read_visitor_token(application.keys.visitor_serializer(), page.token or "", "main")
    file = tmp_path / "bundle.zip"
    record_count = await application.database.read(
        lambda c: bundle.write(c, file, BundleSelection(visitor), key, earlier)
    )
    assert record_count == 4  # the privacy policy was acknowledged once
    zipfile.ZipFile(file).extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def check(folder: Path, *key: str) -> tuple[int, str]:
    """As an auditor runs it, from anywhere; isolated, so that nothing of ours is at hand."""
    command = [sys.executable, "-I", str(folder / "verify.py"), *key]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    return done.returncode, done.stdout + done.stderr


async def test_a_bundle_verifies_offline(unpacked: Path) -> None:
    status, output = check(unpacked)
    assert status == 0, output
    assert "Verified: 4 records" in output
    key = (unpacked / "log.pub").read_text("utf-8").strip()
    assert f"Key: {key}\n" in output  # as `forecourt consent verify` prints it, and as it is taken
    assert check(unpacked, key)[0] == 0
    for wrong in ("bm8gc3VjaCBrZXk=", "no key"):
        status, output = check(unpacked, wrong)
        assert (status, "Traceback" in output, "NOT VERIFIED" in output) == (1, False, True)


def refuse(folder: Path) -> None:
    with pytest.raises((BundleInvalid, ValueError, OSError)):
        bundle_verifier.verify(folder)


def touch_every_file(folder: Path) -> None:
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        whole = path.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            refuse(folder)
        path.unlink()
        refuse(folder)
        path.write_bytes(whole)


@LITE
async def test_a_bundle_with_a_changed_byte_or_a_missing_file_does_not_verify(unpacked: Path) -> None:
    touch_every_file(unpacked)
    assert bundle_verifier.verify(unpacked)[1] == 4


TOUCHED: dict[str, Callable[[dict[str, Any]], None]] = {
    "leaf": lambda line: line.update(leaf=line["leaf"].replace("grant", "refuse")),
    "details": lambda line: line["details"].update(browser="Lynx"),
    "receipt": lambda line: line["details"].update(receipt="of another"),
    "position": lambda line: line.update(position=line["position"] + 1),
}


def sign_what_was_touched(folder: Path, key: Ed25519PrivateKey) -> None:
    """As whoever holds the key could: the log itself still says what was sealed."""
    note = (folder / "manifest.txt").read_text("utf-8")
    for line in note.partition("\n\n")[0].splitlines()[1:]:
        digest, _, name = line.partition("  ")
        note = note.replace(digest, sha256((folder / name).read_bytes()).hexdigest())
    (folder / "manifest.txt").write_text(checkpoint.sign_note(key, note.partition("\n\n")[0] + "\n"), "utf-8")


def touch_the_first_record(folder: Path, key: Ed25519PrivateKey) -> None:
    records = folder / "records.jsonl"
    whole = records.read_text("utf-8")
    for touch in TOUCHED.values():
        lines = [json.loads(line) for line in whole.splitlines()]
        touch(lines[0])
        records.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        sign_what_was_touched(folder, key)
        with pytest.raises(BundleInvalid, match="record"):
            bundle_verifier.verify(folder)


@LITE
async def test_a_changed_record_does_not_verify_even_in_a_bundle_that_is_signed_again(
    unpacked: Path, application: Application
) -> None:
    touch_the_first_record(unpacked, log_key.load_or_create_key(application.settings.data))


@LITE
@pytest.mark.parametrize("kind", ["notices", "releases"])
async def test_a_notice_or_release_that_a_record_refers_to_cannot_be_left_out(
    unpacked: Path, application: Application, kind: str
) -> None:
    """Also where it was gone when the bundle was made, and is in no manifest."""
    note = (unpacked / "manifest.txt").read_text("utf-8").partition("\n\n")[0]
    lines = [line for line in note.splitlines() if f"  {kind}/" not in line]
    key = log_key.load_or_create_key(application.settings.data)
    (unpacked / "manifest.txt").write_text(checkpoint.sign_note(key, "\n".join(lines) + "\n"), "utf-8")
    shutil.rmtree(unpacked / kind)
    with pytest.raises(BundleInvalid, match=r"of record \d+ (are|is) not in the bundle"):
        bundle_verifier.verify(unpacked)


@LITE
async def test_a_changed_bundle_says_so(unpacked: Path) -> None:
    (unpacked / "records.jsonl").write_text("", "utf-8")
    status, output = check(unpacked)
    assert (status, "NOT VERIFIED: records.jsonl was changed" in output) == (1, True)


async def test_all_records_since_a_day_can_be_exported(log: Database, tmp_path: Path) -> None:
    """Also of an earlier version, which committed to less."""
    await log.write(append_older)
    await log.write(lambda c: sealing.seal(c, KEY))
    long_ago, file = datetime(2020, 1, 1, tzinfo=UTC), tmp_path / "all.zip"
    for since, number in ((long_ago, 601), (clock.now(), 0)):
        selection = BundleSelection(since=since)
        record_count = await asyncio.to_thread(
            log.read_snapshot, partial(bundle.write, file=file, selection=selection, key=KEY)
        )
        assert record_count == number
        zipfile.ZipFile(file).extractall(tmp_path / f"all-{number}")
        assert bundle_verifier.verify(tmp_path / f"all-{number}") == (601, number)


async def test_a_bundle_of_an_empty_log_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(LogBroken, match="nothing is sealed yet"):
        await database.read(lambda c: bundle.write(c, tmp_path / "none.zip", BundleSelection("v"), KEY))


async def test_a_bundle_of_an_unknown_visitor_is_refused(log: Database, tmp_path: Path) -> None:
    """A misspelt id is told, and not handed out as a proof of nothing."""
    file = tmp_path / "none.zip"
    with pytest.raises(LogBroken, match="no sealed record of nobody"):
        await log.read(lambda c: bundle.write(c, file, BundleSelection("nobody"), KEY))
    assert not file.exists()


async def test_an_earlier_checkpoint_over_more_than_there_is_is_refused(log: Database, tmp_path: Path) -> None:
    note = checkpoint.sign(KEY, checkpoint.Checkpoint(601, b"0" * 32))
    with pytest.raises(LogBroken, match="601 records"):
        await log.read(lambda c: bundle.write(c, tmp_path / "none.zip", BundleSelection("v"), KEY, note))
