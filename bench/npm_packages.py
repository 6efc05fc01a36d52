"""Installs peers from npm. Each is described by a folder of this package, and stays installed under `var`."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.processes import BenchmarkBroken
from bench.servers import ROOT


def install_package(name: str, package: str) -> Path:
    """Returns the folder in whose node_modules `package` is. Raises `BenchmarkBroken` where it does not install."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise BenchmarkBroken("no node")
    folder = ROOT / "var" / "bench" / name
    shutil.copytree(Path(__file__).with_name(name), folder, dirs_exist_ok=True)
    if not (folder / "node_modules" / package).is_dir():
        run_command(["npm", "install", "--silent", "--no-fund", "--no-audit"], folder, os.environ.copy(), 300)
    return folder


def run_command(command: list[str], folder: Path, environment: dict[str, str], seconds: int) -> None:
    try:
        subprocess.run(command, cwd=folder, env=environment, timeout=seconds, check=True, capture_output=True)
    except (subprocess.SubprocessError, OSError) as error:
        why = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip() or str(error)
        raise BenchmarkBroken(f"{' '.join(command[:2])} failed: {why[-200:]}") from error
