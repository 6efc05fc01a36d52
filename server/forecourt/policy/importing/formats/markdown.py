"""Reads Markdown (CommonMark with GitHub's tables) by way of the HTML that it stands for, which it may also hold."""

import re
import secrets
from collections.abc import Collection

from markdown_it import MarkdownIt
from markdown_it.token import Token

from forecourt.policy.importing.formats.html import read_page
from forecourt.policy.importing.formats.sanitizer import mark_lines
from forecourt.policy.importing.page import Page

# People indent what they copy, and mean no code by it.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")
_ELEMENTS = (
    "a abbr address article aside b bdi bdo big blockquote body br button caption center cite code col colgroup data "
    "dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head "
    "header hgroup hr html i iframe img input ins kbd label legend li link main map mark menu meta nav noscript object "
    "ol optgroup option p picture pre q rp rt ruby s samp script section select small source span strike strong style "
    "sub summary sup svg table tbody td template textarea tfoot th thead time title tr tt u ul var video wbr"
)
_FOOTNOTE = re.compile(r"[ ]{0,3}\[\^[^\]\s]{1,40}\]:\s+(?=\S)")
_TAG = re.compile(r"<(?=/?([a-zA-Z][\w.-]*)([^<>]*))")


def parse_markdown(text: str, has_breaks: bool = False) -> Page:
    """Reads Markdown. Where it `has_breaks`, each line is one of its own.

    Raises `PageRefused` where it has too many rows.
    """
    lines = [_without_footnote_mark(line) for line in re.split(r"\r\n|\r|\n", text)]
    line_attribute = f"data-{secrets.token_hex(8)}"  # no page can name its lines by itself
    tokens = _MARKDOWN.parse("\n".join(lines))
    elements = set(_ELEMENTS.split()) | {name.lower() for name in re.findall(r"</([a-zA-Z][\w.-]*)\s*>", text)}
    for token in tokens:
        _show_strange_tags(token, elements)
        for part in token.children or () if has_breaks else ():
            part.type = "hardbreak" if part.type == "softbreak" else part.type
        _mark_line(token, line_attribute)
    return read_page(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}), line_attribute, lines)


def _without_footnote_mark(line: str) -> str:
    """Returns a line without the `[^1]:` that begins a footnote, which CommonMark shows as it is."""
    return line[match.end() :] if (match := _FOOTNOTE.match(line)) else line


def _mark_line(token: Token, line_attribute: str) -> None:
    if token.map and token.type == "html_block":
        token.content = mark_lines(token.content, line_attribute, token.map[0] + 1)
    elif token.map and token.nesting == 1:
        first, last = token.map
        token.attrSet(line_attribute, f"{first + 1}-{last}" if token.level == 0 else str(first + 1))


def _show_strange_tags(token: Token, elements: Collection[str]) -> None:
    """Makes text of what only looks like a tag, as in `<your company>`: it is no element, and nothing closes it."""
    for part in [token, *(token.children or ())]:
        if part.type in ("html_inline", "html_block"):
            part.content = _TAG.sub(lambda match: "<" if _is_tag(match, elements) else "&lt;", part.content)


def _is_tag(match: re.Match[str], elements: Collection[str]) -> bool:
    return match[1].lower() in elements or "=" in match[2] or match[2].endswith("/")
