"""Defines what a remark can name beside plain texts and numbers: each is put into words in the reader's language."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from forecourt import i18n
from forecourt.policy.importing.page_place import PagePlace
from forecourt.policy.localization.placeholders import fill

_SHOWN_AT_MOST = 1000  # characters of one text
_MORE = "…"


class ShortenedText(Struct, frozen=True, tag="shortened"):
    """Holds the beginning of a text, and how many characters more it has."""

    text: str
    rest: int

    def to_text(self, words: i18n.Words) -> str:
        return fill(words.plural("import.value.shortened", self.rest), {"text": self.text})


class QuotedTexts(Struct, frozen=True, tag="texts"):
    texts: tuple[str, ...]

    def to_text(self, words: i18n.Words) -> str:
        return ", ".join(fill(words("import.value.quoted"), {"text": text}) for text in self.texts)


class NamedLinks(Struct, frozen=True, tag="links"):
    """Holds the texts of links, each with its address."""

    links: tuple[tuple[str, str], ...]

    def to_text(self, words: i18n.Words) -> str:
        links = ({"text": text, "address": address} for text, address in self.links)
        return ", ".join(fill(words("import.value.link"), each) for each in links)


class Terms(Struct, frozen=True, tag="terms"):
    """Holds names of texts in the catalogue, below `prefix`."""

    prefix: str
    names: tuple[str, ...]

    def to_text(self, words: i18n.Words) -> str:
        return ", ".join(words(f"{self.prefix}.{name}") for name in self.names)


class PlaceMeaning(Struct, frozen=True, tag="meaning"):
    """Holds a country's code, and which part of it is meant. Without a country it is some region."""

    country: str = ""
    part: str = ""

    def to_text(self, words: i18n.Words) -> str:
        if not self.country:
            return words("import.value.region")
        country = i18n.country(self.country, words.locale)
        return fill(words("import.value.part"), {"part": self.part, "country": country}) if self.part else country


class Alternatives(Struct, frozen=True, tag="alternatives"):
    options: tuple[str | PlaceMeaning, ...]

    def to_text(self, words: i18n.Words) -> str:
        texts = (each if isinstance(each, str) else each.to_text(words) for each in self.options)
        return i18n.format_list(texts, words.locale, "or")


Value = str | int | ShortenedText | QuotedTexts | NamedLinks | Terms | PlaceMeaning | Alternatives | PagePlace


def shorten(text: str) -> str | ShortenedText:
    """Returns the text, or its beginning and how much of it there is more."""
    rest = len(text) - _SHOWN_AT_MOST
    return ShortenedText(text[:_SHOWN_AT_MOST], rest) if rest > 0 else text


def to_text(value: Value, words: i18n.Words) -> str:
    if isinstance(value, str):
        return value
    return i18n.number(value, words.locale) if isinstance(value, int) else value.to_text(words)


def find_texts(value: Value) -> tuple[str, ...]:
    """Returns the page's own texts in a value."""
    match value:
        case str():
            return (value,)
        case ShortenedText(text=text):
            return (text,)
        case QuotedTexts(texts=texts):
            return texts
        case NamedLinks(links=links):
            return tuple(text for link in links for text in link)
        case PagePlace(name=name, sheet=sheet):
            return (name, sheet)
        case Alternatives(options=options):
            return tuple(text for option in options for text in find_texts(option))
        case PlaceMeaning(part=part):
            return (part,)
        case _:
            return ()


def limit_value(value: Value, length: int) -> Value:
    """Returns the value with `length` characters of the page's texts at most."""
    match value:
        case str():
            return _cut(value, length)
        case ShortenedText(text=text, rest=rest):
            return ShortenedText(text[:length], rest + max(0, len(text) - length))
        case QuotedTexts(texts=texts):
            return QuotedTexts(tuple(_limit_texts(texts, length)))
        case NamedLinks(links=links):
            halves = _limit_texts((text for link in links for text in link), length)
            return NamedLinks(tuple(zip_longest(halves, halves, fillvalue=_MORE)))
        case PagePlace():
            return limit_place(value, length)
        case _:
            return value


def limit_place(place: PagePlace, length: int) -> PagePlace:
    return replace(place, name=_cut(place.name, length), sheet=_cut(place.sheet, length))


def _limit_texts(texts: Iterable[str], length: int) -> Iterator[str]:
    """Yields texts of `length` characters together at most, and a sign where there are more."""
    for text in texts:
        if length <= 0:
            yield _MORE
            return
        yield _cut(text, length)
        length -= len(text)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}{_MORE}"
