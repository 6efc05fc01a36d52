"""Whatever a page has, each row, cell and line that says something is in the draft, or is named with its place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.import_file import import_into
from tests.policy.importing.page_strategies import (
    COUNTRIES,
    GeneratedPage,
    encoded,
    find_days,
    find_signs,
    html_pages,
    markdown_pages,
    sheets,
    workbooks,
)

EXAMPLES = 40  # of each kind; many more were tried
PAGES = [
    ("a.md", encoded(markdown_pages())),
    ("a.html", encoded(html_pages())),
    ("a.csv", encoded(sheets())),
    ("a.xlsx", workbooks()),
]


def import_content(folder: Path, content: bytes, name: str) -> list[str]:
    """Imports a page, and returns all that the draft, the lists or the refusal say of it."""
    page = folder / name
    page.write_bytes(content)
    try:
        result = import_into(folder / "draft", page, "en")
    except PolicyBroken as error:
        return list(error.sentences)
    assert all(each.where and each.why for each in result.unplaced)
    texts = [path.read_text("utf-8") for path in (folder / "draft").rglob("*.toml")]
    return [*texts, *map(str, (*result.unplaced, *result.assumed))]


def find_lost(text: str, known_texts: list[str]) -> list[str]:
    """Returns the words with a number, the countries and the days that are neither in the draft nor named."""
    import_text = "\n".join(known_texts)
    signs = {sign: (sign,) for sign in find_signs(text)}
    countries = {name: (name, f'"{code}"') for name, code in COUNTRIES.items() if name in text}
    days = {f"{day:%-d %B %Y}": (f"{day:%-d %B %Y}", day.isoformat()) for day in find_days(text)}
    ways = signs | countries | days
    return sorted(name for name, forms in ways.items() if not any(form in import_text for form in forms))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.parametrize(("name", "pages"), PAGES, ids=[name for name, _ in PAGES])
def test_nothing_of_a_page_goes_by_in_silence(
    name: str, pages: st.SearchStrategy[GeneratedPage], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = data.draw(pages)
    known_texts = import_content(tmp_path_factory.mktemp("page"), page.content, name)
    assert find_lost(page.text, known_texts) == [], page.text


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("<h1>Us</h1><dl><dd>Zorvex100<dt>Mail<dd>Norway</dl>", "Zorvex100"),
        ("<h1>Us</h1><ul>Zorvex100 <abbr title='Long100 Ltd'>ZV</abbr><li>Mails</li></ul>", "Long100"),
        ("<h1>Us</h1><ul><li>Mails</li>and Zorvex100</ul>", "Zorvex100"),
        ("<h1>Us</h1><ul><div><nav><abbr title='Long100 Ltd'></abbr></nav></div></ul>", "Long100"),
        ("<h1>Us</h1><p>Our list: <iframe src='https://x.example/Zorvex100'></iframe></p>", "Zorvex100"),
        ("<h1>Us</h1><noscript>Zorvex100 sends mails</noscript>", "Zorvex100"),
        ("<h1>Us</h1><template><p>Zorvex100</p></template>", "Zorvex100"),
        ("<h1>Us</h1><footer>Servers in Norway or Zorvex100land</footer>", "Zorvex100"),
        ("<h1>Us</h1><table><tr><th>Chat (from 17 May 2001)<th>Cookie<tr><td>a<td>b</table>", "17 May 2001"),
    ],
)
def test_what_was_lost_once_is_named(text: str, sign: str, tmp_path: Path) -> None:
    assert sign in "\n".join(import_content(tmp_path, text.encode(), "a.html"))


def test_a_refusal_says_what_it_saw(tmp_path: Path) -> None:
    known_texts = import_content(tmp_path, b"Cookie,Lifetime\nzug100,a day\n", "a.csv")
    assert "table 1: no column names a company" in known_texts[1]
    assert "zug100" in known_texts[1]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_may_have_letters_of_other_scripts(encoding: str, tmp_path: Path) -> None:
    text = "Company;Purpose\n株式会社Zorvex – Tokyo;Mails and all that\n"
    assert "株式会社Zorvex – Tokyo" in "\n".join(import_content(tmp_path, text.encode(encoding), "a.csv"))


def test_what_stands_beyond_the_columns_of_a_table_of_text_is_named(tmp_path: Path) -> None:
    rows = (("Company", "Purpose", "Country"), ("Zorvex AS", "Mails", "Norway"), ("Fjordnett AS", "Backup", "Norway"))
    lines = ["\t".join((*row, *["x"] * 100, f"last{number}")) for number, row in enumerate(rows)]
    known_texts = "\n".join(import_content(tmp_path, "\n".join(["# Subprocessors", "", *lines]).encode(), "a.md"))
    assert "what stands beyond column 100 of table 1" in known_texts
    assert "last2" in known_texts
    assert 'legal_name = "Zorvex AS"' in known_texts
