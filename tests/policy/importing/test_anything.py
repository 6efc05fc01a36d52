"""Checks that import makes a readable draft of any file, or refuses it in a sentence."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.import_file import import_into

WORDS = st.sampled_from(
    [
        "Company",
        "Country",
        "Data",
        "Date",
        "Linode, LLC",
        "EU",
        "Norway (Oslo)",
        "SCC",
        "–",
        "28 October 2019",
        "a@b.no",
    ]
)
CELLS = WORDS | st.text(max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6)


def as_html(rows: list[list[str]]) -> str:
    cells = "".join("<tr>" + "".join(f"<td rowspan=2>{cell}" for cell in row) for row in rows)
    return f"<h2>Servers</h2><table>{cells}</table>"


def as_markdown(rows: list[list[str]]) -> str:
    heading_row, *other_rows = [f"|{'|'.join(row)}|" for row in rows] or [""]
    return "\n".join(
        ["# Page", "", "## Servers", "", heading_row, "|-" * len(rows[0] if rows else ()) + "|", *other_rows]
    )


def as_csv(rows: list[list[str]]) -> str:
    return "\n".join(";".join(row) for row in rows)


@pytest.mark.parametrize(("extension", "to_page"), [("html", as_html), ("md", as_markdown), ("csv", as_csv)])
@settings(deadline=None, max_examples=60)  # the first one reads the names of all countries
@given(rows=ROWS, translated_rows=ROWS)
def test_any_table_becomes_a_draft_or_is_refused(
    rows: list[list[str]],
    translated_rows: list[list[str]],
    extension: str,
    to_page: Callable[[list[list[str]]], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("import")
    for language, table in (("en", [["Company", "Country", "Data"], *rows]), ("nb", translated_rows)):
        page = folder / f"{language}.{extension}"
        page.write_bytes(to_page(table).encode())
        with suppress(PolicyBroken):
            import_into(folder / "draft", page, language)
    file_names = read_toml_files(folder / "draft")
    assert not file_names or file_names >= {"facts.toml", "imported.toml"}
    assert not file_names or file_names & {"en.toml", "nb.toml"}


def read_toml_files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.toml") if tomllib.loads(path.read_text("utf-8")) is not None}
