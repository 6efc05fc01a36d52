"""Peers from npm: each is described by a folder of this package, and stays installed under var between runs."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.process import Broken
from bench.server import ROOT


def installed(name: str, package: str) -> Path:
    """The folder with its node_modules, where `package` is. Raises `Broken` where it cannot be installed here."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise Broken("no node")
    folder = ROOT / "var" / "bench" / name
    shutil.copytree(Path(__file__).with_name(name), folder, dirs_exist_ok=True)
    if not (folder / "node_modules" / package).is_dir():
        run(["npm", "install", "--silent", "--no-fund", "--no-audit"], folder, os.environ.copy(), 300)
    return folder


def run(command: list[str], folder: Path, environment: dict[str, str], seconds: int) -> None:
    try:
        subprocess.run(command, cwd=folder, env=environment, timeout=seconds, check=True, capture_output=True)
    except (subprocess.SubprocessError, OSError) as error:
        why = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip() or str(error)
        raise Broken(f"{' '.join(command[:2])} failed: {why[-200:]}") from error
