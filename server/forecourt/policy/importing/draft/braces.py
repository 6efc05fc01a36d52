"""Keeps a name in braces as the words that it is on the page: in a policy's texts, `{processor}` would be a fact."""

from collections.abc import Iterator, Mapping

from forecourt.policy.importing.page import UnplacedContent
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.remark import RemarkKind, remark
from forecourt.policy.localization.placeholders import find_placeholders

_PROSE = ("summary", ".text")  # the endings of keys whose texts are Markdown


def keep_braces(words: Mapping[str, str]) -> dict[str, str]:
    """Returns the texts without names of facts: prose has its brace escaped, other texts lose both braces."""
    return {key: _keep(key, text) for key, text in words.items()}


def list_braces(words: Mapping[str, str]) -> Iterator[UnplacedContent]:
    for key, text in words.items():
        for name in sorted(find_placeholders(text)):
            yield UnplacedContent(PagePlace(PagePart.WORD, key), remark(RemarkKind.NO_FACT, text=f"{{{name}}}"))


def _keep(key: str, text: str) -> str:
    for name in find_placeholders(text):
        text = text.replace(f"{{{name}}}", f"{{{name}\\}}" if key.endswith(_PROSE) else name)
    return text
