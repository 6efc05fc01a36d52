"""This module holds texts that know their language, so that pages mark what is not in the reader's."""

import re
from collections.abc import Iterable, Iterator, Mapping

from forecourt import i18n


class LocalizedText(str):
    """Knows the language of its text, which is the source language where it is not translated yet."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> "LocalizedText":
        localized = super().__new__(cls, text)
        localized.language = language
        return localized


class MultilingualText(str):
    """Joins parts, each in a language of its own."""

    __slots__ = ("parts",)
    parts: tuple[LocalizedText, ...]

    def __new__(cls, parts: Iterable[LocalizedText]) -> "MultilingualText":
        filled_parts = tuple(part for part in parts if part)
        text = super().__new__(cls, "".join(filled_parts))
        text.parts = filled_parts
        return text

    @classmethod
    def from_template(
        cls, template: str, locale: str, values: "Mapping[str, LocalizedText | MultilingualText]"
    ) -> "MultilingualText":
        """Returns `template`, which is in `locale`, with each `{name}` replaced by its value."""
        return cls(_split_template(template, locale, values))

    @classmethod
    def from_list(cls, items: Iterable[LocalizedText], locale: str) -> "MultilingualText":
        """Returns `items` as `locale` lists them (CLDR): "a, b and c"."""
        values = {str(position): item for position, item in enumerate(items)}
        return cls.from_template(i18n.format_list([f"{{{name}}}" for name in values], locale), locale, values)

    @classmethod
    def from_sentences(cls, sentences: "Iterable[MultilingualText]", locale: str) -> "MultilingualText":
        """Returns `sentences` one after the other, with spaces between them."""
        values = {str(position): sentence for position, sentence in enumerate(sentences)}
        return cls.from_template(" ".join(f"{{{name}}}" for name in values), locale, values)


def _split_template(
    template: str, locale: str, values: Mapping[str, LocalizedText | MultilingualText]
) -> Iterator[LocalizedText]:
    ends_with_stop = False
    for position, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        if position % 2 == 0:  # between two names in braces
            # A name such as "s. r. o." brings its own full stop.
            yield LocalizedText(piece.removeprefix("." if ends_with_stop else ""), locale)
            continue
        value = values[piece]
        ends_with_stop = value.endswith(".")
        yield from value.parts if isinstance(value, MultilingualText) else (value,)
