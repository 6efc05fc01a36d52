"""The committed widget is what its source builds, within its budget, and ready for SRI."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import brotli
import pytest

from forecourt.resources import WIDGET
from tests.deadline import DEADLINE

SOURCE = WIDGET.parent
# Of issue 8: journey -> bytes of brotli, each on top of what came before.
LIMITS = {
    ("embed.js",): 6656,  # 512 of them for the launcher, of issue 12
    ("choice",): 2560,
    ("host-page",): 3072,
    ("launcher",): 2816,
    ("form", "contact"): 4096,
    ("form", "chat"): 7168,
}
MANIFEST = json.loads((WIDGET / "manifest.json").read_text())
BUDGETS = json.loads((SOURCE / "budgets.json").read_text())


def packed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes(), quality=11))


def test_a_rebuild_gives_the_committed_bytes(tmp_path: Path) -> None:
    built = tmp_path / "widget"
    shutil.copytree(SOURCE, built, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (built / "node_modules").symlink_to(SOURCE / "node_modules")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=built, check=True, timeout=DEADLINE)
    fresh = {path.name: path.read_bytes() for path in (built / "dist").iterdir()}
    committed = {path.name: path.read_bytes() for path in WIDGET.iterdir()}
    assert fresh == committed, "run `make widget` and commit widget/dist"


@pytest.mark.parametrize("files", LIMITS)
def test_what_a_journey_loads_stays_within_its_budget(files: tuple[str, ...]) -> None:
    assert sum(packed(WIDGET / MANIFEST[name]["file"]) for name in files) <= LIMITS[files]


def test_npm_run_size_guards_the_same_budgets_and_every_file() -> None:
    guarded = {tuple(budget["files"]): budget["limit"] for budget in BUDGETS}
    assert {files: guarded[files] for files in LIMITS} == LIMITS
    assert {name for files in guarded for name in files} == set(MANIFEST)


@pytest.mark.parametrize("text", ["replaceSync", "crypto.getRandomValues", "form.required", "chat.sending"])
def test_a_chunk_borrows_what_another_file_has_and_brings_none_of_it_along(text: str) -> None:
    assert sum(text in path.read_text("utf-8") for path in WIDGET.glob("*.js")) == 1


@pytest.mark.parametrize("name", sorted(MANIFEST))
def test_the_manifest_names_each_files_integrity(name: str) -> None:
    body = (WIDGET / MANIFEST[name]["file"]).read_bytes()
    assert MANIFEST[name]["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


def test_nothing_in_the_source_writes_html_or_runs_text() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (SOURCE / "src").rglob("*.ts"))
    for forbidden in ("innerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write"):
        assert forbidden not in code


def test_what_loads_before_a_choice_writes_no_cookie() -> None:
    assert not re.search(r"""cookie=|["'`]cookie["'`]""", (WIDGET / "embed.js").read_text("utf-8"))
    texts = {path.name: path.read_text("utf-8") for path in (SOURCE / "src").rglob("*.ts")}
    assert {name for name, text in texts.items() if '"cookie"' in text} <= {"clear-purpose-data.ts", "shared-cookie.ts"}
    assert not any(re.search(r"\.cookie = ", text) for text in texts.values())


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (SOURCE / "package-lock.json").read_text()


def test_it_is_built_for_the_browsers_that_the_documentation_names() -> None:
    (target,) = re.findall(r"const target = \[(.*)\]", (SOURCE / "build.mjs").read_text("utf-8"))
    docs = (SOURCE.parent / "docs" / "embed.md").read_text("utf-8")
    section = " ".join(docs.partition("\n## Browsers\n")[2].partition("\n## ")[0].split())
    for name, version in re.findall(r'"(chrome|firefox|safari|es)([\d.]+)"', target):
        documented_name = {"es": "ECMAScript", "chrome": "Chrome and Edge"}.get(name, name.capitalize())
        assert f"{documented_name} {version}" in section
