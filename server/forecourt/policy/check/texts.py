"""The words of a policy as a reader sees them: without placeholders, addresses of pages and mail addresses."""

import re
from collections.abc import Iterator

_NON_PROSE = re.compile(r"\{\w+\}|https?://[^\s)>]+|[^\s@<>(]{1,64}@[^\s@<>)]+")


class PlainTexts:
    """Made once for all rules: in 29 languages it is most of the work."""

    def __init__(self, words: dict[str, dict[str, str]]):
        self._languages = {
            language: {key: to_plain_text(text) for key, text in texts.items()}
            for language, texts in sorted(words.items())
        }

    def of(self, language: str) -> dict[str, str]:
        return self._languages.get(language, {})

    def languages(self) -> Iterator[tuple[str, dict[str, str]]]:
        return iter(self._languages.items())

    def all(self) -> Iterator[tuple[str, str, str]]:
        """Language, key, text."""
        return ((language, key, text) for language, texts in self._languages.items() for key, text in texts.items())


def to_plain_text(text: str) -> str:
    """White space of every kind is one space: a no-break space is typography, not another spelling."""
    bare = (
        _NON_PROSE.sub("\N{OBJECT REPLACEMENT CHARACTER}", text) if "{" in text or "@" in text or "/" in text else text
    )
    return " ".join(bare.split())
