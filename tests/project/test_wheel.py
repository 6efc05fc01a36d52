"""A wheel built from the checkout, alone in a clean environment, holds everything and serves the demo."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.deadline import DEADLINE
from tests.forecourt_process import ForecourtProcess

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_templates_widget_words_and_sample(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    outside = [*(ROOT / "templates").rglob("*"), *(ROOT / "widget" / "dist").rglob("*")]
    expected_names = {f"forecourt/_bundled/{path.relative_to(ROOT).as_posix()}" for path in outside if path.is_file()}
    inside = ROOT / "server" / "forecourt"
    expected_names |= {
        f"forecourt/{path.relative_to(inside).as_posix()}"
        for path in inside.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not expected_names - names


def test_the_wheel_serves_the_demo_with_the_source_gone(wheel: Path, tmp_path: Path) -> None:
    """Dependencies are linked from the environment that runs the tests; Forecourt comes from the wheel alone."""
    home = tmp_path / "clean"
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python*")) / "site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    ours = Path(next(path for path in sys.path if path.endswith("site-packages")))
    for package in ours.iterdir():
        foreign = not re.match(r"_?forecourt|_editable|__editable__|.*\.pth$", package.name)
        if foreign and not (site / package.name).exists():
            (site / package.name).symlink_to(package)
    program = [str(home / "bin" / "python"), "-P", "-m", "forecourt"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with ForecourtProcess(program, tmp_path / "data", environment, tmp_path) as demo:
        process = subprocess.run(
            [*program[:2], "-c", "import forecourt; print(forecourt.__file__)"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert str(site) in process.stdout
        assert httpx.get(f"{demo.forecourt}/embed.js", timeout=DEADLINE).status_code == 200
        assert "Linode, LLC" in httpx.get(f"{demo.forecourt}/main/nb/", timeout=DEADLINE).text
        assert f"{demo.forecourt}/embed.js" in httpx.get(demo.marketing, timeout=DEADLINE).text
