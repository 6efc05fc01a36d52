"""Measures consent POSTs on tables of 0, 100,000 and 5,000,000 records, then verifies and proves from the largest log.

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

from bench import consent_posts, fill_database, servers, wrk_load
from bench.processes import BenchmarkBroken
from bench.result_row import ResultRow, compare_rates, expect_at_least, expect_at_most
from forecourt.consent.log import bundle, log_key
from forecourt.consent.log.bundle import BundleSelection
from forecourt.db.database import open_database
from forecourt.db.tables import consents

SIZES = (0, 100_000, 5_000_000)
WITHIN = 0.8  # of the POSTs on empty tables
VERIFIED, PROVED = 100_000, 50  # records a second; milliseconds
ROUNDS, SECONDS, PROOFS = 5, 3, 15


def measure_growth(scratch: Path) -> Iterator[ResultRow]:
    began = time.monotonic()
    for size in SIZES[1:]:
        fill_database.fill_database(scratch / _name_of(size), size)
    yield ResultRow("(filling them took)", time.monotonic() - began, "s")
    yield from _measure_posts(scratch)
    yield from _measure_log(scratch / _name_of(SIZES[-1]), SIZES[-1])


def _name_of(size: int) -> str:
    return f"rows-{size}"


def _measure_posts(scratch: Path) -> Iterator[ResultRow]:
    with contextlib.ExitStack() as stack:
        running_servers = [stack.enter_context(servers.start_demo(scratch, _name_of(size))) for size in SIZES]
        targets = [consent_posts.consent_target(each) for each in running_servers]
        loads = wrk_load.run_alternately(targets, ROUNDS, SECONDS, consent_posts.CONNECTIONS)
    rates_at_zero, *grown = [wrk_load.rates_of(each) for each in loads]
    for size, rates in zip(SIZES[1:], grown, strict=True):
        yield compare_rates(
            f"consent POST at {size:,} rows / at 0", rates, "requests/s", "at 0 rows", rates_at_zero, WITHIN
        )


def _measure_log(data: Path, size: int) -> Iterator[ResultRow]:
    """Measures the command itself, its start included."""
    began = time.monotonic()
    record_count = _count_verified(data)
    rate = record_count / (time.monotonic() - began)
    yield expect_at_least("forecourt consent verify", rate, "records/s", VERIFIED, f"of {record_count:,}")
    yield expect_at_most(f"proof of a record among {size:,}, in a bundle", _time_proof(data), "ms", PROVED)


def _count_verified(data: Path) -> int:
    command = [sys.executable, "-m", "forecourt", "consent", "verify", "--data", str(data)]
    process = subprocess.run(
        command, cwd=data, env=servers.server_environment(), capture_output=True, text=True, timeout=600
    )
    match = re.search(r"^(\d+) records are as they were sealed", process.stdout, re.MULTILINE)
    if process.returncode or not match:
        raise BenchmarkBroken(f"verify found faults: {(process.stdout + process.stderr)[-600:]}")
    return int(match[1])


def _time_proof(data: Path) -> float:
    """Returns the median seconds of `consent export --subject`, for visitors from all along the log."""
    key, engine = log_key.load_or_create_key(data), open_database(None, data).engine
    with engine.begin() as connection, tempfile.TemporaryDirectory() as folder:
        size = SIZES[-1] // PROOFS
        times = [
            _time_export(connection, Path(folder) / "bundle.zip", key, number * size + 1) for number in range(PROOFS)
        ]
    engine.dispose()
    return median(times)


def _time_export(connection: Connection, file: Path, key: Ed25519PrivateKey, seq: int) -> float:
    visitor = connection.execute(select(consents.c.visitor).where(consents.c.seq == seq)).scalar_one()
    began = time.perf_counter()
    bundle.write(connection, file, BundleSelection(visitor), key)
    return (time.perf_counter() - began) * 1000
