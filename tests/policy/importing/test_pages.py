"""A whole page with the faults of a real one is read into a draft, and nothing of it goes by in silence."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from forecourt.errors import PolicyBroken
from forecourt.policy.files import folder_reader
from forecourt.policy.importing.import_file import ImportResult, import_into
from forecourt.templating import prose

PAGES = Path(__file__).parent / "pages"
REPETITIVE = pytest.mark.repetitive


def import_sample(to: Path, name: str, language: str = "en", kind: str = "") -> ImportResult:
    return import_into(to, PAGES / name, language, kind)


def read_toml(to: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((to / name).read_text("utf-8"))


def write_file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_every_fault_of_the_page_is_listed_with_its_row(tmp_path: Path) -> None:
    assert [str(each) for each in import_sample(tmp_path, "faults.en.html").unplaced] == [
        "table 1, column 6: 'Notes' is no heading import knows; nothing of the column was taken: 'by 2020'",
        "table 1, row 4 (line 20): 'ServersAmazon Web Services, LLC' is two cells run together, "
        "'Servers' and 'Amazon Web Services, LLC'",
        "table 1, row 4 (line 20), column 5: 'DPF and SCC' names "
        "Standard contractual clauses (SCC) too; EU–US Data Privacy Framework (DPF) was taken",
        "table 1, row 4 (line 20): names no company",
        "table 1, row 6 (line 22): names no company",
        "table 1, row 7 (line 23), column 3: 'Europe' is a region; name its countries",
        "table 1, row 7 (line 23), column 4: 'Moon' is none of the regions "
        "European Union, United Kingdom, United States, Asia-Pacific, All regions",
        "table 1, row 7 (line 23), column 5: 'Good faith' is no transfer mechanism import knows",
        "table 2, row 2 (line 32), column 4: 'by telephone' is no mailbox",
        "table 3: no column names a company; nothing of it was taken: 'Cookie | Lifetime', 'session | a day'",
        "table 1, row 3 (line 19): 'Linode LLC' is 'Linode, LLC' in table 1, row 1 (line 17); that was taken",
    ]


def test_what_the_page_says_stands_in_the_draft(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    facts = read_toml(tmp_path, "facts.toml")
    assert facts["updated"].isoformat() == "2019-10-28"
    assert facts["sections"] == ["what-a-sub-processor-is", "infrastructure", "support", "cookies"]
    assert facts["engagements"]["linode-uk"] == {
        "purpose": "servers",
        "entity": "linode",
        "kind": "infrastructure",
        "audiences": ["UK"],
        "locations": [{"country": "GB"}],
        "mechanism": {"kind": "adequacy", "document": "(EU) 2021/1772"},
    }
    assert facts["engagements"]["quality-unit"]["data"] == ["names", "support-cases"]
    assert facts["entities"]["quality-unit"]["contact"] == "boss.of.support@gmail.com"


def test_an_unknown_column_with_nothing_in_it_is_left_out_in_silence(tmp_path: Path) -> None:
    page = write_file(tmp_path, "Company,Colour,Mood\nLinode,red,\n")
    assert [str(each) for each in import_into(tmp_path / "policy", page, "en").unplaced] == [
        "table 1, column 2: 'Colour' is no heading import knows; nothing of the column was taken: 'red'"
    ]


def test_prose_comes_along_and_scripts_and_menus_do_not(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    words = read_toml(tmp_path, "words/en.toml")
    assert words["section"]["infrastructure"]["text"] == "All servers stand in the **United States** and in Europe."
    content = (tmp_path / "words" / "en.toml").read_text("utf-8")
    assert not any(lost in content for lost in ("alert", "Pricing", "color: red", "Nobody"))


def test_what_the_page_does_not_say_is_asked_for_by_check(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    policy, flaws = folder_reader.read_policy(tmp_path)
    assert policy is None
    keys = {each.key for each in flaws}
    assert {"processor", "engagements.servers-eu.entity"} <= keys
    assert "updated" not in keys  # the page says it


def test_the_page_in_another_language_adds_its_words_and_no_fact(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    facts = (tmp_path / "facts.toml").read_bytes()
    result = import_sample(tmp_path, "faults.nb.html", "nb")
    assert (tmp_path / "facts.toml").read_bytes() == facts
    words = read_toml(tmp_path, "words/nb.toml")
    assert words["place"] == {"northern-california": "Nord-California"}
    assert words["purpose"] == {"answers-support-cases": "Svarer på støttesaker", "servers": "Servere"}
    assert words["translations"]["purpose.servers"].startswith("machine ")
    assert result.wrote == ("words/nb.toml",)


def test_languages_that_drifted_apart_are_listed_fact_by_fact(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    assert [str(each) for each in import_sample(tmp_path, "faults.nb.html", "nb").differing] == [
        "the page: the date is '2020-03-03' here and '2019-10-28' in the draft",
        "table 1, row 2 (line 13): the company is 'Linode AS' here and 'Linode, LLC' in the draft",
        "table 1, row 3 (line 14): the country is 'JP' here and 'SG' in the draft",
        "table 1, row 4 (line 15): the company is 'Amazon Web Services, LLC' here and blank in the draft",
        "table 1, row 7 (line 18): the country is 'SK' here and blank in the draft",
        "table 1, row 7 (line 18): the audience is 'EU' here and blank in the draft",
    ]


def test_a_row_or_a_section_without_counterpart_is_listed(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    assert {str(each) for each in import_sample(tmp_path, "faults.nb.html", "nb").unplaced} == {
        "table 1, row 6 (line 17): names no company",
        "section 'cookies' of the draft: has no counterpart here",
        "table 1, row 3 (line 14): 'Tjenere' is 'Servere' in an earlier row; that was taken",
        "table 1, row 4 (line 15): 'Servere' (service) has no counterpart in the draft",
        "'quality-unit' of the draft: has no counterpart here",
    }


def test_what_only_the_other_language_has_is_listed(tmp_path: Path) -> None:
    english = "# Subprocessors\n\n## Servers\n\n| Company | Service |\n|-|-|\n| Linode | Hosting |\n"
    rows = "| Zed AS | Søk |\n| Linode | Drift |\n| Wye AS | Post |\n"
    norwegian = f"# Underleverandører\n\n## Tjenere\n\n| Firma | Tjeneste |\n|-|-|\n{rows}\n## Mer\n\nVi har flere.\n"
    draft = tmp_path / "policy"
    import_into(draft, write_file(tmp_path, english, "page.md"), "en")
    unplaced = import_into(draft, write_file(tmp_path, norwegian, "page.md"), "nb").unplaced
    assert [str(each) for each in unplaced] == [
        "section 'Mer': has no counterpart in the draft",
        "table 1, row 1 (line 7): 'Zed AS' has no counterpart in the draft",
        "table 1, row 3 (line 9): 'Wye AS' has no counterpart in the draft",
    ]
    assert read_toml(draft, "words/nb.toml")["purpose"] == {"hosting": "Drift"}


def test_a_row_that_says_nothing_in_the_other_language_leaves_its_counterpart_without_words(tmp_path: Path) -> None:
    page = "<h1>Page</h1><h2>A</h2><table><tr><th>Company<th>Service{rows}</table>"
    rows = "<tr><td>Linode<td>{}<tr><td>{}<td>{}"
    draft = tmp_path / "policy"
    import_into(draft, write_file(tmp_path, page.format(rows=rows.format("Hosting", "Zed", "Search")), "a.html"), "en")
    other = page.format(rows=rows.format("Drift", "x" * 5000, "x" * 5000))
    result = import_into(draft, write_file(tmp_path, other, "b.html"), "nb")
    assert "table 1, row 2 (line 1): nothing in it could be taken" in [str(each) for each in result.unplaced]
    assert (result.differing, read_toml(draft, "words/nb.toml")["purpose"]) == ((), {"hosting": "Drift"})


def test_a_language_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    import_sample(tmp_path, "faults.en.html")
    with pytest.raises(PolicyBroken, match=r"has words/en\.toml already"):
        import_sample(tmp_path, "faults.en.html")


def test_a_policy_that_import_did_not_make_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_text('source_language = "en"\n')
    with pytest.raises(PolicyBroken, match=r"imported\.toml: is missing"):
        import_sample(tmp_path, "faults.nb.html", "nb")


def test_a_folder_that_holds_something_else_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(PolicyBroken, match=r"thesis\.doc"):
        import_sample(tmp_path, "faults.en.html")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("list.docx", b"", "is none of .csv, .tsv, .md"),
        ("list.csv", b"Company\nN\x81", "is neither UTF-8 nor windows-1252"),
        ("list.csv", b'Company,Country\n"Linode,USA\n', "has no end"),
        ("list.xlsx", b"PK and no more", "is no XLSX workbook, or has a password"),
        ("list.csv", b"Company\n" + b"a" * (5 * 1024 * 1024), "is larger than 5 MiB"),
        pytest.param("list.csv", b"Company\n" + b"a\n" * 5001, "has 5,001 rows", marks=REPETITIVE),
        pytest.param(
            "list.md", b"# A\n|Company|\n|-|\n" + b"|a|\n" * 5001, "has 5,001 rows", marks=pytest.mark.repetitive
        ),
        pytest.param("list.html", b"<table>" + b"<tr><td>a" * 5002, "has 5,002 rows", marks=REPETITIVE),
        ("list.html", b"<div>" * 500_000 + b"a", "nested too deep"),
        ("list.html", b"<ul><li>" * 1000 + b"a", "nested too deep"),
        ("list.md", b"only prose", "neither a heading nor a table"),
        ("list.csv", b"", "neither a heading nor a table"),
        ("list.csv", b"a" * 200_000, "is no CSV"),
    ],
)
def test_a_file_that_is_no_page_is_refused_in_a_sentence(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PolicyBroken, match=message):
        import_into(tmp_path / "draft", path, "en")
    assert not (tmp_path / "draft").exists()


@pytest.mark.parametrize("tag", ["Klingon!", "EN", "en-us", "en./../../evil", "en@x", ""])
def test_a_language_has_a_tag(tag: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyBroken, match="is no language"):
        import_sample(tmp_path, "faults.en.html", tag)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_sheet_is_one_table_whatever_parts_its_cells(mark: str, tmp_path: Path) -> None:
    rows = [["Company", "Country", "Applies to", "Address"], ["Linode", "USA", "All", '"Philadelphia\nUS"']]
    result = import_into(
        tmp_path / "draft", write_file(tmp_path, "\n".join(mark.join(row) for row in rows)), "en", "infrastructure"
    )
    assert not result.unplaced
    facts = read_toml(tmp_path / "draft", "facts.toml")
    assert facts["sections"] == ["infrastructure"]
    assert facts["engagements"]["linode"]["audiences"] == ["all"]
    assert facts["entities"]["linode"]["address"] == "Philadelphia; US"


def test_a_row_of_a_sheet_is_named_by_its_line(tmp_path: Path) -> None:
    result = import_into(tmp_path / "draft", write_file(tmp_path, "Company,Country\n\nLinode,Atlantis\n"), "en")
    assert [str(each) for each in result.unplaced] == ["table 1, row 1 (line 3), column 2: 'Atlantis' is no country"]


def test_markdown_is_read_with_its_tables_and_the_html_in_it(tmp_path: Path) -> None:
    table = "|Company|Land|\n|--|--|\n|*Linode*, `LLC`|Norge<br>USA|\n"
    text = f"# Who\n\nHello <script>alert(1)</script><u>you</u>.\n\n## Servers\n\n{table}"
    result = import_into(tmp_path / "draft", write_file(tmp_path, text, "page.md"), "nb")
    assert not result.unplaced
    assert read_toml(tmp_path / "draft", "words/nb.toml")["summary"] == "Hello you."
    engagement = read_toml(tmp_path / "draft", "facts.toml")["engagements"]["linode"]
    assert engagement["locations"] == [{"country": "NO"}, {"country": "US"}]


def test_a_place_in_the_column_of_companies_is_no_company(tmp_path: Path) -> None:
    result = import_into(tmp_path / "draft", write_file(tmp_path, "Company,Purpose\nIreland,\n"), "en")
    assert [str(each.why) for each in result.unplaced] == [
        "'Ireland' is a place and no company",
        "nothing in it could be taken",
    ]


def test_two_companies_of_one_name_and_two_forms_are_two(tmp_path: Path) -> None:
    path = write_file(tmp_path, 'Company\n"Quality Unit, s. r. o."\n"Quality Unit, LLC"\n')
    assert not import_into(tmp_path / "draft", path, "en").unplaced
    assert list(read_toml(tmp_path / "draft", "facts.toml")["entities"]) == ["quality-unit", "quality-unit-2"]


def test_a_page_that_leaves_out_what_html_lets_it_leave_out_is_read_alike(tmp_path: Path) -> None:
    page = "<h2>Servers</h2><p>Ours.<table><tr><th>Company<th>Country<tr><td>Linode<td>Norway<tr><td>Dell<td>USA"
    result = import_into(tmp_path / "draft", write_file(tmp_path, page, "page.html"), "en")
    assert not result.unplaced
    assert list(read_toml(tmp_path / "draft", "facts.toml")["engagements"]) == ["dell", "linode"]


def test_a_table_around_a_table_is_layout(tmp_path: Path) -> None:
    inner = "<table><tr><th>Company<th>Country<tr><td>Linode<td>Norway</table>"
    page = f"<table><tr><td>Menu<td><h2>Servers</h2><p>Ours.</p>{inner}</table>"
    result = import_into(tmp_path / "draft", write_file(tmp_path, page, "page.html"), "en")
    assert not result.unplaced
    words = read_toml(tmp_path / "draft", "words/en.toml")
    assert (words["summary"], words["section"]["servers"]["text"]) == ("Menu", "Ours.")


def test_what_only_looks_like_markup_stays_text(tmp_path: Path) -> None:
    link = '<a href="javascript:alert(1)">x</a> <img src=x onerror=y>'
    page = f"<h2>A | B</h2><p>&lt;script&gt;alert(1)&lt;/script&gt; {link}"
    import_into(tmp_path / "draft", write_file(tmp_path, page, "page.html"), "en")
    text = read_toml(tmp_path / "draft", "words/en.toml")["section"]["a-b"]["text"]
    assert "<script" not in prose(text)
    assert "alert(1)" in prose(text)
    assert "javascript" not in text


def test_a_cell_beyond_reason_is_listed_and_left_out(tmp_path: Path) -> None:
    result = import_into(tmp_path / "draft", write_file(tmp_path, f'Company,Data\nLinode,"{"a," * 1001}"\n'), "en")
    assert "longer than the 2,000 characters" in str(result.unplaced[0])


def test_a_table_that_stands_in_a_heading_or_a_list_is_not_lost(tmp_path: Path) -> None:
    table = "<table><tr><th>Company<tr><td>{}</table>"
    page = f"<h2>Servers{table.format('Linode')}</h2><ul><li>Ours. {table.format('Dell')}</li></ul>"
    import_into(tmp_path / "draft", write_file(tmp_path, page, "page.html"), "en")
    assert list(read_toml(tmp_path / "draft", "facts.toml")["engagements"]) == ["dell", "linode"]


def test_a_first_day_that_can_be_two_and_words_beside_one_are_listed(tmp_path: Path) -> None:
    path = write_file(tmp_path, "Company,In use since\nLinode,06/08/2023\nDell,8 June 2023 (Oslo only)\n")
    assert [str(each) for each in import_into(tmp_path / "draft", path, "en").unplaced] == [
        "table 1, row 1 (line 2), column 2: '06/08/2023' can be 2023-08-06 or 2023-06-08; none was taken",
        "table 1, row 2 (line 3), column 2: '(Oslo only)' beside the date was not taken",
    ]
    assert read_toml(tmp_path / "draft", "facts.toml")["engagements"]["dell"]["effective"].isoformat() == "2023-06-08"


def test_a_place_is_listed_with_its_row_and_column_and_na_may_be_one(tmp_path: Path) -> None:
    path = write_file(tmp_path, "Company,Purpose,Location\nLinode,NA,NA\nDell,Chat,Georgia\nAcme,,EU (Germany)\n")
    assert [str(each) for each in import_into(tmp_path / "draft", path, "en").unplaced] == [
        "table 1, row 1 (line 2), column 3: 'NA' can be Namibia or a region; none was taken",
        "table 1, row 2 (line 3), column 3: 'Georgia' can be Georgia or Georgia (United States); none was taken",
        "table 1, row 3 (line 4), column 3: 'EU' is a region; name its countries",
    ]
