"""The committed editor is what its packages build, and its licences stand beside it."""

import json
import shutil
import subprocess
from pathlib import Path

from forecourt.resources import TEMPLATES, WIDGET
from tests.deadline import DEADLINE

SOURCE = WIDGET.parent
VENDOR = TEMPLATES / "console" / "vendor"
BUILT = ("prosemirror.min.js", "LICENSE-prosemirror")


def test_a_rebuild_gives_the_committed_bytes(tmp_path: Path) -> None:
    built = tmp_path / "widget"
    shutil.copytree(SOURCE, built, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (built / "node_modules").symlink_to(SOURCE / "node_modules")
    subprocess.run(["npm", "run", "--silent", "build:prose"], cwd=built, check=True, timeout=DEADLINE)
    for name in BUILT:
        fresh = tmp_path / "templates" / "console" / "vendor" / name
        assert fresh.read_bytes() == (VENDOR / name).read_bytes(), "run `make widget` and commit the result"


def test_every_package_in_the_bundle_brings_its_licence() -> None:
    text = (VENDOR / "LICENSE-prosemirror").read_text("utf-8")
    named = json.loads((SOURCE / "package.json").read_text("utf-8"))["devDependencies"]
    for name, version in named.items():
        if name.startswith("prosemirror-"):
            assert f"{name} {version}\n" in text


def test_the_editor_sets_no_style_and_runs_no_text() -> None:
    for path in (TEMPLATES / "console").glob("*.js"):
        code = path.read_text("utf-8")
        for forbidden in ("innerHTML", "insertAdjacentHTML", "eval(", "new Function", 'setAttribute("style"'):
            assert forbidden not in code, path.name
