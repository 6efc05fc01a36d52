"""Consent POSTs on tables of 0, 100,000 and 5,000,000 records, in turns; then the largest log verified and proved from.

On SQLite, where one writer does all of it: what it slows down for, it slows down for everyone.
"""

import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from bench import consent, fill, load, server
from bench.process import Broken
from bench.row import Row, at_least, at_most, ratio
from forecourt.consent.log import bundle, checkpoint
from forecourt.consent.log.bundle import BundleSelection
from forecourt.db.database import open_database
from forecourt.db.tables import consents

SIZES = (0, 100_000, 5_000_000)
WITHIN = 0.8  # of the POSTs on empty tables
VERIFIED, PROVED = 100_000, 50  # records a second; milliseconds
ROUNDS, SECONDS, PROOFS = 5, 3, 15


def rows(scratch: Path) -> Iterator[Row]:
    began = time.monotonic()
    for size in SIZES[1:]:
        fill.fill(scratch / _name(size), size)
    yield Row("(filling them took)", time.monotonic() - began, "s")
    yield from _posts(scratch)
    yield from _log(scratch / _name(SIZES[-1]), SIZES[-1])


def _name(size: int) -> str:
    return f"rows-{size}"


def _posts(scratch: Path) -> Iterator[Row]:
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(server.demo(scratch, _name(size))) for size in SIZES]
        targets = [consent.choice(each) for each in servers]
        loads = load.alternate(targets, ROUNDS, SECONDS, consent.CONNECTIONS)
    empty, *grown = [load.rates(each) for each in loads]
    for size, rates in zip(SIZES[1:], grown, strict=True):
        yield ratio(f"consent POST at {size:,} rows / at 0", rates, "requests/s", "at 0 rows", empty, WITHIN)


def _log(data: Path, size: int) -> Iterator[Row]:
    """Of what the command itself takes, its start included."""
    began = time.monotonic()
    verified = _verified(data)
    rate = verified / (time.monotonic() - began)
    yield at_least("forecourt consent verify", rate, "records/s", VERIFIED, f"of {verified:,}")
    yield at_most(f"proof of a record among {size:,}, in a bundle", _proved(data), "ms", PROVED)


def _verified(data: Path) -> int:
    command = [sys.executable, "-m", "forecourt", "consent", "verify", "--data", str(data)]
    done = subprocess.run(command, cwd=data, env=server.environment(), capture_output=True, text=True, timeout=600)
    found = re.search(r"^(\d+) records are as they were sealed", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise Broken(f"verify found faults: {(done.stdout + done.stderr)[-600:]}")
    return int(found[1])


def _proved(data: Path) -> float:
    """What `consent export --subject` does, of visitors from all along the log: the median."""
    key, engine = checkpoint.kept_key(data), open_database(None, data).engine
    with engine.begin() as connection, tempfile.TemporaryDirectory() as folder:
        size = SIZES[-1] // PROOFS
        taken = [_export(connection, Path(folder) / "bundle.zip", key, number * size + 1) for number in range(PROOFS)]
    engine.dispose()
    return median(taken)


def _export(connection: Connection, file: Path, key: Ed25519PrivateKey, seq: int) -> float:
    visitor = connection.execute(select(consents.c.visitor).where(consents.c.seq == seq)).scalar_one()
    began = time.perf_counter()
    bundle.write(connection, file, BundleSelection(visitor), key)
    return (time.perf_counter() - began) * 1000
