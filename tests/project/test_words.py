"""Checks that every language has the same keys and placeholders, and every key that code asks for."""

import ast
import re
from collections.abc import Iterator, Mapping

import pytest

from forecourt import i18n
from forecourt.errors import Refusal
from forecourt.resources import PACKAGE, TEMPLATES
from forecourt.web.openapi import all_refusals

PLURAL_KEY = re.compile(r"(.+)\.(zero|one|two|few|many|other)")
PLACEHOLDER = re.compile(r"{(\w+)}")
# The same in both languages, and meant so.
SAME = {
    "Chat",
    "chat",
    "{name}: {service}",
    "{title} ({places})",
    "{part}, {field}",
    "{place}: {remedy}",
    "{kind}: {text}",
    "{place}: {remark}",
    "{part} ({country})",
}


def texts(locale: str) -> Mapping[str, str]:
    return i18n.words(locale).under("")


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_every_language_has_the_same_keys(locale: str) -> None:
    assert stems_of(locale) == stems_of(i18n.SOURCE)


def stems_of(locale: str) -> set[str]:
    """Returns the keys without plural categories, of which each language has its own."""
    return {PLURAL_KEY.sub(r"\1", key) for key in texts(locale)}


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_a_text_with_a_number_has_the_languages_own_plural_categories(locale: str) -> None:
    matches = [match for key in texts(locale) if (match := PLURAL_KEY.fullmatch(key))]
    categories = i18n.plural_categories(locale)
    assert {(match[1], match[2]) for match in matches} == {(match[1], tag) for match in matches for tag in categories}
    assert all("{count}" in texts(locale)[match[0]] for match in matches)


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_every_text_keeps_its_placeholders(locale: str) -> None:
    source = texts(i18n.SOURCE)
    for key, text in texts(locale).items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(source[key])), key


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_no_sentence_ends_with_the_controllers_name(locale: str) -> None:
    """A name such as "Quality Unit, s. r. o." brings its own full stop."""
    assert [key for key, text in texts(locale).items() if "{controller}." in text] == []


@pytest.mark.parametrize("locale", i18n.shipped_locales()[1:])
def test_no_english_is_left(locale: str) -> None:
    source = texts(i18n.SOURCE)
    untranslated_keys = {key for key, text in texts(locale).items() if text == source[key] and len(text.split()) > 1}
    assert not {key for key in untranslated_keys if source[key] not in SAME}


def test_every_refusal_has_its_words() -> None:
    for refusal in all_refusals():
        assert i18n.words("nb")(f"error.{refusal.code}")


def test_every_refusal_is_drawn_in_the_tree() -> None:
    from forecourt import errors

    drawn = dict(re.findall(r"── (\w+)\s+(\d{3}  \w+)", errors.__doc__ or ""))
    assert drawn == {kind.__name__: f"{kind.status}  {kind.code}" for kind in all_refusals(Refusal)}


def test_every_key_a_template_names_is_there() -> None:
    source_texts = texts(i18n.SOURCE)
    for path in TEMPLATES.rglob("*.html"):
        for key in re.findall(r"\bt\('([a-z_.]+)'[,)]", path.read_text("utf-8")):
            assert key in source_texts, f"{path.name}: {key}"


def test_every_key_a_journey_names_is_there() -> None:
    known_keys = {*texts(i18n.SOURCE), *i18n.shipped_locales()}  # `words("nb")` names a language
    known_keys |= {key.removeprefix("widget.") for key in known_keys}
    for path in (PACKAGE.parents[1] / "tests" / "journeys").glob("*.py"):
        for key in re.findall(r'words\("([a-z_.]+)"[,)]', path.read_text("utf-8")):
            assert key in known_keys, f"{path.name}: {key}"


def test_every_key_of_the_catalogue_is_used_somewhere() -> None:
    """By its last part: the parts before it may be computed, as in `${feature}.title`."""
    widget = PACKAGE.parent.parent / "widget" / "src"
    sources = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml"), *TEMPLATES.rglob("*.html"), *widget.rglob("*.ts")]
    words = set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in sources)))
    assert not {key for key in texts(i18n.SOURCE) if key.rpartition(".")[2] not in words}


# Literals of import with two words in them that nobody reads.
NO_SENTENCES = {
    "Effective date": "is a heading that import guesses, and knows",
    "unexpected end of data": "is what Python's csv says",
    "province of ": "is how a name may begin",
    "state of ": "is how a name may begin",
    '<div class="': "is HTML",
    '<footer class="': "is HTML",
    '<img alt="': "is HTML",
}
TWO_WORDS = re.compile(r"[^\W\d_]+ [^\W\d_]+")


def test_import_says_nothing_that_is_not_in_the_catalogue() -> None:
    """No function of it holds a text of two words. What stands at a module's top is a pattern or a list of names."""
    for path in (PACKAGE / "policy" / "importing").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        texts = {text for function in functions for text in find_literals(function) if TWO_WORDS.search(text)}
        assert texts <= NO_SENTENCES.keys(), path.name


def find_literals(function: ast.FunctionDef) -> Iterator[str]:
    """Yields the texts that the function's code holds, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    for node in (each for statement in body for each in ast.walk(statement)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
