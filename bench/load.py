"""Load by wrk, and what it counted."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.process import Broken

CONNECTIONS = 32
THREADS = 1  # one core is left to the server
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for. A `body` makes it a POST; `@ID@` in it stands for 16 random characters, fresh each time."""

    url: str
    headers: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw answered: requests a second, latencies in ms, and how many answers were 400 or above or none."""

    requests: int
    rate: float
    p50: float
    p99: float
    failed: int


def ready() -> None:
    """Raises `Broken` where there is no wrk and it cannot be installed here."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for what in (["update"], ["install", "-y", "--no-install-recommends", "wrk"]):
            subprocess.run(["apt-get", "-q", *what], timeout=300, check=False, capture_output=True)
    if not shutil.which("wrk"):
        raise Broken("The benchmarks need wrk (Debian: apt-get install wrk).")


def wrk(target: Target, seconds: int, connections: int = CONNECTIONS) -> Load:
    """Raises `Broken` where nothing was answered."""
    headers = [part for name, value in target.headers.items() for part in ("-H", f"{name}: {value}")]
    size = [f"-t{THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    command = ["wrk", *size, *headers, "-s", str(_SCRIPT), target.url, "--", target.body]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, check=False)
    counted = next((line for line in done.stdout.splitlines() if line.startswith("{")), "")
    if not counted:
        raise Broken(f"wrk told nothing of {target.url}: {done.stderr or done.stdout}")
    return Load(**json.loads(counted))


def alternate(targets: list[Target], rounds: int, seconds: int, connections: int = CONNECTIONS) -> list[list[Load]]:
    """The loads of each target, taken in turns, so that what else the machine does falls on all of them."""
    for target in targets:
        wrk(target, 1, connections)  # warm: caches made, connections and statements prepared
    taken = [[wrk(target, seconds, connections) for target in targets] for _ in range(rounds)]
    return [list(loads) for loads in zip(*taken, strict=True)]


def rates(loads: list[Load]) -> list[float]:
    return [load.rate for load in loads]
