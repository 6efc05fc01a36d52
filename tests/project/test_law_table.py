"""docs/law.md lists every statement once, and every test that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAW = (ROOT / "docs" / "law.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([LR]\d+) \| .+? \| (.+) \|$", LAW, re.MULTILINE)
TESTS = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", LAW)


def test_every_statement_has_one_row() -> None:
    assert [number for number, _ in ROWS] == [f"L{n}" for n in range(1, 14)] + [f"R{n}" for n in range(1, 11)]


@pytest.mark.parametrize(("number", "tests"), ROWS)
def test_every_statement_names_a_test(number: str, tests: str) -> None:
    assert re.fullmatch(r"`tests/[\w/]+\.py::\w+`(, `tests/[\w/]+\.py::\w+`)*", tests), number


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_every_test_of_the_table_exists(file: str, name: str) -> None:
    assert name in functions_of(ROOT / file)


@pytest.mark.parametrize("file", ["tests/consent/test_law.py", "tests/journeys/test_law.py"])
def test_every_test_named_after_a_statement_is_about_one_of_the_table(file: str) -> None:
    numbers = {match[1].upper() for name in functions_of(ROOT / file) if (match := re.match(r"test_([lr]\d+)_", name))}
    assert numbers <= {number for number, _ in ROWS}
    assert numbers


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
