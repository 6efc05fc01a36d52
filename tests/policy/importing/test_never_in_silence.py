"""Whatever a page has, each row, cell and line that says something is in the draft, or is named with its place."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecourt.errors import PolicyBroken
from forecourt.policy.importing.import_file import ImportResult, import_into
from tests.policy.importing.page_strategies import find_signs, html_pages, markdown_pages, sheets

EXAMPLES = 60  # of each kind; many more were tried
Import = tuple[str, ImportResult]


def import_text(folder: Path, text: str, name: str) -> Import | None:
    """Imports a page, and returns all that the draft says with the result; None where the page was refused."""
    page = folder / name
    page.write_text(text, "utf-8", newline="")
    result = None
    with suppress(PolicyBroken):
        result = import_into(folder / "draft", page, "en")
    if result is None:
        return None
    return "\n".join(path.read_text("utf-8") for path in (folder / "draft").rglob("*.toml")), result


def find_lost(text: str, imported: Import) -> list[str]:
    """Returns the words with a number that are neither in the draft nor named."""
    draft, result = imported
    named = "\n".join(map(str, (*result.unplaced, *result.assumed)))
    return sorted(sign for sign in find_signs(text) if sign not in draft and sign not in named)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.parametrize(("name", "pages"), [("a.md", markdown_pages()), ("a.html", html_pages()), ("a.csv", sheets())])
def test_nothing_of_a_page_goes_by_in_silence(
    name: str, pages: st.SearchStrategy[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = data.draw(pages)
    imported = import_text(tmp_path_factory.mktemp("page"), text, name)
    if imported is not None:
        assert find_lost(text, imported) == [], text
        assert all(each.where and each.why for each in imported[1].unplaced)
