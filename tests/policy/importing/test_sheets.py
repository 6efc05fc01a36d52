"""Sheets are read in whatever form people save them. What they hide is named, and so is what cannot be read."""

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.formats.csv import parse_csv
from forecourt.policy.importing.formats.xlsx import parse_xlsx
from forecourt.policy.importing.import_file import ImportResult, import_into
from forecourt.policy.importing.page import Table
from tests.files.samples import document_with_a_broken_part
from tests.policy.importing.test_pages import read_toml
from tests.policy.importing.workbooks import make_archive, make_workbook

ROWS: list[list[object]] = [["Sub-processor", "Purpose", "Location"], ["Blåbær Mail", "Mail, chat", "Østerrike; Norge"]]
LINES = "Sub-processor;Purpose;Location\nBlåbær Mail;Mail, chat;Østerrike\n"


def import_bytes(folder: Path, content: bytes, name: str, language: str = "nb") -> tuple[ImportResult, dict[str, Any]]:
    path = folder / name
    path.write_bytes(content)
    result = import_into(folder / "draft", path, language)
    return result, read_toml(folder / "draft", "facts.toml")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_end_part_cells_and_rows(delimiter: str, line_end: str, tmp_path: Path) -> None:
    rows = [["Sub-processor", "Purpose", "Location"], ["Acme", '"Mail, chat; all | more"', "Norway"]]
    text = line_end.join(delimiter.join(row) for row in rows)
    result, facts = import_bytes(tmp_path, text.encode(), "list.csv")
    assert not result.unplaced
    assert facts["engagements"]["acme"]["locations"] == [{"country": "NO"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_any_unicode_is_read_in_silence(encoding: str, tmp_path: Path) -> None:
    result, facts = import_bytes(tmp_path, LINES.encode(encoding), "list.csv")
    assert (result.unplaced, result.assumed) == ((), ())
    assert facts["entities"]["blabaer-mail"]["legal_name"] == "Blåbær Mail"


@pytest.mark.parametrize(
    ("language", "encoding"), [("nb", "windows-1252"), ("pl", "windows-1250"), ("el", "windows-1253")]
)
def test_a_file_of_an_old_windows_program_is_read_and_that_is_said(
    language: str, encoding: str, tmp_path: Path
) -> None:
    name = {"nb": "Blåbær", "pl": "Łódź", "el": "Αθήνα"}[language]
    content = f"Company;Country\n{name};Norway\n".encode(encoding)
    result, facts = import_bytes(tmp_path, content, "list.csv", language)
    assert [each["legal_name"] for each in facts["entities"].values()] == [name]
    assert [str(each) for each in result.assumed] == [
        f"the file: is not UTF-8; it was read as {encoding}, so look at its letters"
    ]


def test_html_says_how_it_is_encoded(tmp_path: Path) -> None:
    table = "<table><tr><th>Company<th>Country<tr><td>Blåbær<td>Norge</table>"
    page = f"<html><meta charset='iso-8859-1'><h2>Servers</h2>{table}".encode("iso-8859-1")
    result, facts = import_bytes(tmp_path, page, "page.html")
    assert (result.assumed, list(facts["entities"])) == ((), ["blabaer"])


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_first_line_may_name_the_delimiter(line: str, tmp_path: Path) -> None:
    result, facts = import_bytes(tmp_path, f"{line}\nCompany;Country\nA, B, C;Atlantis\n".encode(), "list.csv")
    assert [str(each) for each in result.unplaced] == ["table 1, row 1 (line 3), column 2: 'Atlantis' is no country"]
    assert facts["entities"]["a-b-c"]["legal_name"] == "A, B, C"


def test_a_quoted_cell_may_have_lines(tmp_path: Path) -> None:
    text = 'Company,Location,Purpose\nAcme,"Norway\nSweden","says ""hello"", loudly"\nBeta,Atlantis,\n'
    result, facts = import_bytes(tmp_path, text.encode(), "list.csv")
    assert facts["engagements"]["acme"]["locations"] == [{"country": "NO"}, {"country": "SE"}]
    assert [str(each) for each in result.unplaced] == ["table 1, row 2 (line 4), column 2: 'Atlantis' is no country"]


@pytest.mark.parametrize(
    "title_rows", ["Our subprocessors,,\n", "\n\nOur subprocessors\n\nUpdated 8 June 2023,,\n,,\n"]
)
def test_rows_above_the_headings_are_text(title_rows: str, tmp_path: Path) -> None:
    result, facts = import_bytes(
        tmp_path, f"{title_rows}Company,Location,Purpose\nAcme,Norway,Mail\n".encode(), "list.csv"
    )
    assert not result.unplaced
    assert list(facts["entities"]) == ["acme"]
    assert ("updated" in facts) == ("Updated" in title_rows)
    assert "Our subprocessors" in (tmp_path / "draft/words/nb.toml").read_text()


def test_a_workbook_is_read_as_a_sheet(tmp_path: Path) -> None:
    result, facts = import_bytes(tmp_path, make_workbook(ROWS), "list.xlsx")
    assert not result.unplaced
    assert facts["engagements"]["blabaer-mail"]["locations"] == [{"country": "AT"}, {"country": "NO"}]


def test_sheets_are_sections_and_a_hidden_one_is_named(tmp_path: Path) -> None:
    def add_sheets(workbook: Any, _: Any) -> None:
        workbook.create_sheet("Support").append(["Company", "Country"])
        workbook["Support"].append(["Acme", "Norway"])
        workbook.create_sheet("Old").append(["Company", "Gone Ltd"])
        workbook["Old"].sheet_state = "hidden"
        workbook.create_sheet("Empty")

    result, facts = import_bytes(tmp_path, make_workbook(ROWS, add_sheets), "list.xlsx")
    assert facts["sections"] == ["list", "support"]
    assert [str(each) for each in result.unplaced] == ["the hidden sheet 'Old': was not taken: 'Company | Gone Ltd'"]


def test_what_a_sheet_hides_is_named_and_not_taken(tmp_path: Path) -> None:
    def hide(_: Any, sheet: Any) -> None:
        sheet.append(["Gone Ltd", "Mail", "Norway"])
        sheet.row_dimensions[3].hidden = True
        sheet.insert_cols(2)
        sheet["B1"], sheet["B2"] = "Owner", "Kari"
        sheet.column_dimensions["B"].hidden = True
        sheet["A2"].comment = openpyxl.comments.Comment("ask first", "Kari")
        sheet.append(["Beta", "", "Mail", "Norway"])
        sheet["A4"].font = openpyxl.styles.Font(strike=True)

    result, facts = import_bytes(tmp_path, make_workbook(ROWS, hide), "list.xlsx")
    assert list(facts["entities"]) == ["blabaer-mail"]
    assert [str(each) for each in result.unplaced][:4] == [
        "the hidden column B of sheet 'List': was not taken: 'Owner | Kari'",
        "the comment on cell A2 of sheet 'List': was not taken: 'ask first'",
        "the hidden row 3 of sheet 'List': was not taken: 'Gone Ltd | Mail | Norway'",
        "table 1, row 2 (line 4): struck-out text 'Beta' was not taken",
    ]


def test_merged_cells_days_numbers_and_links_are_what_they_mean(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Who helps us"], ["Company", "Country", "In use since", "Data", "Contact"]]
    rows += [["Acme", "Norway", date(2023, 6, 8), 42.0, "write"], ["Beta", None, date(2024, 1, 2), 4.5, "b@b.example"]]

    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_cells("A1:E1")
        sheet.merge_cells("B3:B4")
        sheet["E3"].hyperlink = "mailto:a@a.example?subject=x"

    result, facts = import_bytes(tmp_path, make_workbook(rows, merge), "list.xlsx")
    assert [each["effective"] for each in facts["engagements"].values()] == [date(2023, 6, 8), date(2024, 1, 2)]
    assert facts["entities"]["acme"]["contact"] == "a@a.example"
    assert facts["engagements"]["acme"]["data"] == ["42"]
    assert not result.unplaced


def test_a_formula_is_its_value_and_without_one_is_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [*ROWS, ['="Be"&"ta"', "Mail", "Norway"]]
    result, facts = import_bytes(tmp_path, set_formula_values(make_workbook(rows), "Beta"), "list.xlsx")
    assert list(facts["entities"]) == ["beta", "blabaer-mail"]
    assert not result.unplaced
    (tmp_path / "other").mkdir()
    result, facts = import_bytes(tmp_path / "other", make_workbook(rows), "list.xlsx")
    assert str(result.unplaced[0]) == (
        "cell A3, a formula without a value of sheet 'List': was not taken: '=\"Be\"&\"ta\"'"
    )


def set_formula_values(workbook: bytes, value: str) -> bytes:
    """Returns the workbook as Excel would save it, with what its formulas came to."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(content, "w") as target:
        for part in source.infolist():
            text = source.read(part).decode()
            text = re.sub(r"<c ([^>]*)>(<f>.*?</f>)<v ?/>", rf'<c \1 t="str">\2<v>{value}</v>', text)
            target.writestr(part.filename, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no XLSX workbook"),
        (document_with_a_broken_part(zipfile.ZIP_LZMA), "no XLSX workbook"),
        (document_with_a_broken_part(zipfile.ZIP_DEFLATED), "no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "has a password"),
        (make_archive({"a": b"hello"}), "no XLSX workbook that import can read"),
        (make_archive({"a": b"0" * 60_000_000}), "unpacks to more than 50 MiB"),
        (make_archive({"a.xml": b'<!DOCTYPE a [<!ENTITY b "b">]>'}), "has a document type"),
        (make_workbook([["Company"], *[["Acme"]] * 5001]), "has 5,001 rows"),
        (make_workbook([["Company"]], lambda _, sheet: sheet.cell(1_000_000, 10_000, "x")), "remove the empty ones"),
    ],
)
def test_a_workbook_beyond_reason_is_refused_in_a_sentence(content: bytes, message: str) -> None:
    with pytest.raises(PolicyBroken, match=message):
        parse_xlsx(content)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="=+-@'#"), min_size=1, max_size=8)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_is_written_into_a_sheet_is_read_from_it(rows: list[list[str]], delimiter: str) -> None:
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["Company", "Purpose"], *rows])
    for page in (
        parse_csv(f"sep={delimiter}\r\n{sheet.getvalue()}"),
        parse_xlsx(make_workbook([["Company", "Purpose"], *rows])),
    ):
        [table] = [block for block in page if isinstance(block, Table)]
        words = [text.split() for row in table.rows for text in row.texts if text]
        assert words == [text.split() for row in [["Company", "Purpose"], *rows] for text in row if text.split()]
