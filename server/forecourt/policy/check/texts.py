"""Gives the words of a policy as a reader sees them: without placeholders, page addresses and mail addresses."""

import re
from collections.abc import Iterator

_NON_PROSE = re.compile(r"\{\w+\}|https?://[^\s)>]+|[^\s@<>(]{1,64}@[^\s@<>)]+")


class PlainTexts:
    """Holds the plain texts. They are made once for all rules: in 29 languages that is most of the work."""

    def __init__(self, words: dict[str, dict[str, str]]):
        self._languages = {
            language: {key: to_plain_text(text) for key, text in texts.items()}
            for language, texts in sorted(words.items())
        }

    def of_language(self, language: str) -> dict[str, str]:
        return self._languages.get(language, {})

    def languages(self) -> Iterator[tuple[str, dict[str, str]]]:
        return iter(self._languages.items())

    def every_text(self) -> Iterator[tuple[str, str, str]]:
        """Yields language, key and text."""
        return ((language, key, text) for language, texts in self._languages.items() for key, text in texts.items())


def to_plain_text(text: str) -> str:
    """Returns the text with one space for white space of every kind: a no-break space is not another spelling."""
    plain_text = (
        _NON_PROSE.sub("\N{OBJECT REPLACEMENT CHARACTER}", text) if "{" in text or "@" in text or "/" in text else text
    )
    return " ".join(plain_text.split())
