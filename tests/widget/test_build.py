"""The committed widget is what its source builds, within its budget, and ready for SRI."""

import base64
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import brotli
import pytest

from forecourt.resources import WIDGET

SOURCE = WIDGET.parent
BEFORE_A_CHOICE = 6 * 1024  # bytes, brotli; the bounds
ALL = 16 * 1024
MANIFEST = json.loads((WIDGET / "manifest.json").read_text())


def packed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes(), quality=11))


def test_a_rebuild_gives_the_committed_bytes(tmp_path: Path) -> None:
    built = tmp_path / "widget"
    shutil.copytree(SOURCE, built, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (built / "node_modules").symlink_to(SOURCE / "node_modules")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=built, check=True, timeout=120)
    fresh = {path.name: path.read_bytes() for path in (built / "dist").iterdir()}
    committed = {path.name: path.read_bytes() for path in WIDGET.iterdir()}
    assert fresh == committed, "run `make widget` and commit widget/dist"


def test_what_loads_before_a_choice_stays_within_its_budget() -> None:
    assert packed(WIDGET / MANIFEST["embed.js"]["file"]) <= BEFORE_A_CHOICE


def test_the_whole_widget_stays_within_its_budget() -> None:
    assert sum(packed(path) for path in WIDGET.glob("*.js")) <= ALL


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_the_manifest_names_each_files_integrity(name: str) -> None:
    body = (WIDGET / MANIFEST[name]["file"]).read_bytes()
    assert MANIFEST[name]["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


def test_nothing_in_the_source_writes_html_or_runs_text() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (SOURCE / "src").rglob("*.ts"))
    for forbidden in ("innerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write"):
        assert forbidden not in code


def test_what_loads_before_a_choice_writes_no_cookie() -> None:
    assert "document.cookie=" not in (WIDGET / "embed.js").read_text("utf-8")
    touching = {path.name for path in (SOURCE / "src").rglob("*.ts") if "document.cookie = " in path.read_text("utf-8")}
    assert touching <= {"clear.ts", "share.ts"}


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (SOURCE / "package-lock.json").read_text()
