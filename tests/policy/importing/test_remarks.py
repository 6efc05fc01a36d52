"""Whatever import says of a page, it says in the reader's language: each thing is raised here by a page."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from forecourt import i18n
from forecourt.policy.drafts import ImportNote
from forecourt.policy.importing.import_file import ImportResult, import_into
from forecourt.policy.importing.imported_policy import to_note
from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.remark_values import (
    Alternatives,
    NamedLinks,
    PlaceMeaning,
    QuotedTexts,
    Terms,
    Value,
    limit_value,
    shorten,
    to_text,
)
from tests.policy.importing.remark_pages import READ_PAGES, REFUSED_PAGES, TRANSLATIONS

OF_THE_CONSOLE = {"absent", "more_notes"}  # which raises them itself; its tests see them
CANADA_OR_CALIFORNIA = Alternatives((PlaceMeaning("CA"), PlaceMeaning("US", "California")))
PLURAL = re.compile(r"\.(?:one|other)$")
LANGUAGES = i18n.shipped_locales()
Raised = list[Remark | UnplacedContent]


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> Raised:
    """Returns all that is said of the pages."""
    new_folder = partial(tmp_path_factory.mktemp, "page")
    return [
        *(each for name, content in READ_PAGES.items() for each in read(new_folder(), name, content)),
        *(each for pages in TRANSLATIONS.values() for each in read_translation(new_folder(), *pages)),
        *(each for name, content in REFUSED_PAGES.items() for each in refuse(new_folder(), name, content)),
        *refuse_for_folder(new_folder()),
    ]


def read(folder: Path, name: str, content: bytes) -> Iterator[UnplacedContent]:
    (folder / name).write_bytes(content)
    yield from list_contents(import_into(folder / "draft", folder / name, "de" if name.startswith("dates") else "en"))


def read_translation(folder: Path, english: str, norwegian: str) -> Iterator[UnplacedContent]:
    yield from read(folder, "en.html", english.encode())
    (folder / "nb.html").write_text(norwegian, "utf-8")
    yield from list_contents(import_into(folder / "draft", folder / "nb.html", "nb"))


def name_purpose_column(folder: Path) -> Iterator[UnplacedContent]:
    """Yields what is said of a page whose heading for the purpose is another than the one that a person named."""
    for number, purpose in enumerate(("Mail", "")):
        page = folder / f"{number}.csv"
        page.write_text(f"Company,Purpose,Role\nAcme Ltd,{purpose},Sends it\n", "utf-8")
        yield from list_contents(import_into(folder / str(number), page, "en", purpose_column="Role"))


def refuse(
    folder: Path, name: str, content: bytes, language: str = "en", purpose_column: str | None = None
) -> tuple[Remark | UnplacedContent, ...]:
    (folder / name).write_bytes(content)
    with pytest.raises(PageRefused) as caught:
        import_into(folder / "draft", folder / name, language, purpose_column=purpose_column)
    return caught.value.reasons


def refuse_for_folder(folder: Path) -> Iterator[Remark | UnplacedContent]:
    """Yields why a language or a draft is refused, which only the command line asks for."""
    content = b"Company\nAcme\n"
    yield from refuse(folder, "a.csv", content, "Klingon!")
    yield from refuse(folder, "a.csv", content, purpose_column="Colour")
    yield from refuse(folder, "b.csv", b"Company,Mood\nAcme,good\n", purpose_column="Colour")
    yield from name_purpose_column(folder)
    yield from read(folder, "a.csv", content)
    yield from refuse(folder, "a.csv", content)
    (folder / "draft" / "imported.toml").write_text("sections = 1\n")
    yield from refuse(folder, "a.csv", content)


def list_contents(result: ImportResult) -> tuple[UnplacedContent, ...]:
    return (*result.unplaced, *result.assumed, *result.differing)


def remark_of(content: Remark | UnplacedContent) -> Remark:
    return content.why if isinstance(content, UnplacedContent) else content


def test_the_pages_raise_each_text_of_the_catalogue(raised: Raised) -> None:
    texts = i18n.words(i18n.SOURCE).under("import.remark.")
    remarks = {".".join(filter(None, (each.kind, each.choice))) for each in map(remark_of, raised)}
    assert remarks == {PLURAL.sub("", key) for key in texts} - OF_THE_CONSOLE
    assert {key.partition(".")[0] for key in texts} == set(RemarkKind)


def test_the_pages_name_each_place_of_the_catalogue(raised: Raised) -> None:
    places = [each.where for each in raised if isinstance(each, UnplacedContent)]
    words = i18n.words(i18n.SOURCE)
    assert {each.part for each in places if not each.row} == set(words.under("import.place.")) == set(PagePart)
    assert {each.part for each in places if each.row} == set(words.under("import.row."))


def test_each_is_said_in_every_language_as_a_whole(raised: Raised) -> None:
    """No placeholder stays open, and no sentence is the English one."""
    english = {each.sentence(i18n.words(i18n.SOURCE)) for each in raised}
    for locale in LANGUAGES[1:]:
        for content in raised:
            sentence = content.sentence(i18n.words(locale))
            assert sentence not in english
            assert set(re.findall(r"\{\w+\}", sentence)) <= {text for text in remark_of(content).texts if "{" in text}


@pytest.mark.parametrize(
    ("example", "sentence"),
    [
        (remark(RemarkKind.AMBIGUOUS_PLACE, text="CA", choices=CANADA_OR_CALIFORNIA),
         "«CA» kan være Canada eller California (USA); ingenting ble tatt med"),
        (remark(RemarkKind.TOO_MANY_ROWS, count=5001, most=5000), "Den har 5 001 rader; importen tar høyst 5 000."),
        (remark(RemarkKind.LOST_TEXT, text=shorten("a" * 1001)), f"«{'a' * 1000}… og 1 tegn til» ble ikke tatt med"),
        (remark(RemarkKind.MORE_NOTES, count=1), "1 til står i det `forecourt policy import` skriver ut"),
    ],
)  # fmt: skip
def test_a_remark_is_said_in_norwegian(example: Remark, sentence: str) -> None:
    assert example.sentence(i18n.words("nb")).replace("\N{NO-BREAK SPACE}", " ") == sentence


def test_a_text_of_the_page_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    example = remark(RemarkKind.LINE_BESIDE, text="{name}", name="Acme")
    assert str(example) == "'{name}' stands beside 'Acme' and was not taken"


def test_a_note_is_kept_with_the_draft_as_it_was_raised(raised: Raised) -> None:
    for note in (to_note(content) for content in raised if isinstance(content, UnplacedContent)):
        assert msgspec.json.decode(msgspec.json.encode(note), type=ImportNote) == note


def test_a_note_of_an_earlier_version_keeps_its_sentence() -> None:
    note = msgspec.json.decode(b'{"text": "\'EU\' is a region", "engagement": "acme"}', type=ImportNote)
    assert note.sentence(i18n.words("nb")) == "'EU' is a region"


@pytest.mark.parametrize(
    "value",
    [
        "a" * 900,
        shorten("a" * 2000),
        QuotedTexts(("a" * 300,) * 5000),
        NamedLinks((("a" * 300, "b" * 300),) * 5000),
        PagePlace(PagePart.HIDDEN_ROW, "a" * 900, sheet="b" * 900),
        Terms("import.sign", ("name",)),
    ],
)
def test_a_note_is_kept_within_bounds(value: Value) -> None:
    limited_value = limit_value(value, 400)
    assert len(to_text(limited_value, i18n.words("en"))) < 1200
    assert len(msgspec.json.encode(limited_value)) < 1500
