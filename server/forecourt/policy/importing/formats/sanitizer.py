"""Cleans a page's HTML: allowed elements only, nested as a browser does it, each block with its line."""

import re
from collections.abc import Iterable
from html import escape, unescape
from itertools import accumulate

import nh3

from forecourt.policy.importing.page_refusal import PageRefused
from forecourt.policy.importing.remark import RemarkKind, remark

FALLBACK = "forecourt-fallback"
_DROPPED_ELEMENTS = "script style textarea select datalist svg math object canvas audio video map head-only"
_ALLOWED_ELEMENTS = (
    "title main article section header aside nav footer address div p br wbr hr h1 h2 h3 h4 h5 h6 hgroup ul ol menu li "
    "dl dt dd blockquote pre figure figcaption details summary center fieldset legend label button iframe img "
    "a abbr b strong i em u s strike del ins small big sub sup mark span font time code kbd samp var tt cite q dfn bdi "
    "table caption thead tbody tfoot tr td th"
)
_ATTRIBUTES = {
    "*": {"role", "hidden", "aria-hidden", "aria-label", "aria-level", "class", "style", "title", "data-label"},
    "a": {"href"},
    "img": {"alt"},
    "iframe": {"src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_DRAWING = re.compile(r"<svg(?=[\s>])[^>]{0,2000}>")
_LABEL = re.compile(r"\saria-label\s*=\s*[\"']([^\"'<>]{1,200})[\"']")
_DRAWN_TITLE = re.compile(r"<title(?:\s[^>]{0,200})?>([^<]{1,200})<")
_LINED = (
    "p|div|section|article|h[1-6]|ul|ol|menu|li|dl|dt|dd|table|caption|tr|pre|blockquote|summary|details|nav|footer|"
    "figure|iframe|aside|main|header|a|span"
)
_DEPTH_AT_MOST = 200  # elements in elements
_BLOCK_DEPTH_AT_MOST = 2000  # before anything is dropped; scripts may hold some that are none
_BLOCK = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|fig\w+|footer|form|header|hgroup"
    r"|main|menu|nav|ol|pre|section|summary|ul)\b",
    re.IGNORECASE,
)


def sanitize_html(text: str, line_attribute: str = "") -> str:
    """Returns the page with allowed elements only. `line_attribute` says which attribute holds an element's line.

    Raises `PageRefused` where the page is nested too deep; that is checked first, for deep blocks take the parser
    hours.
    """
    if _nesting_depth(_BLOCK.findall(text)) <= _BLOCK_DEPTH_AT_MOST:
        sanitized_html = nh3.clean(
            _show_fallbacks(_name_drawings(text)),
            tags=set(_ALLOWED_ELEMENTS.split()),
            clean_content_tags=set(_DROPPED_ELEMENTS.split()),
            attributes={**_ATTRIBUTES, "*": _ATTRIBUTES["*"] | {line_attribute}},
            link_rel=None,
        )
        if _nesting_depth(re.findall(r"<(/?)(\w+)", sanitized_html)) <= _DEPTH_AT_MOST:
            return sanitized_html
    raise PageRefused(remark(RemarkKind.DEEP_PAGE))


def mark_lines(text: str, line_attribute: str, first_line: int = 1) -> str:
    """Returns the HTML with its line in each block's start tag. Without quotes it breaks no attribute it falls into."""
    parts: list[str] = []
    line, end = first_line, 0
    for match in re.finditer(rf"<(?:{_LINED})(?=[\s/>])", text, re.IGNORECASE):
        line += text.count("\n", end, match.end())
        parts += [text[end : match.end()], f" {line_attribute}={line}"]
        end = match.end()
    return "".join([*parts, text[end:]])


def _show_fallbacks(text: str) -> str:
    """Turns what browsers show without scripts, or not yet, into a footer of its own class: it is named."""
    text = re.sub(r"<(?:noscript|template)(?=[\s/>])", f'<footer class="{FALLBACK}"', text, flags=re.IGNORECASE)
    return re.sub(r"</(?:noscript|template)(?=[\s/>])", "</footer", text, flags=re.IGNORECASE)


def _name_drawings(text: str) -> str:
    """Turns each drawing that has a name into a picture of that name: people draw companies' logos so."""
    parts: list[str] = []
    end = 0
    for match in _DRAWING.finditer(text):
        close = text.find("</svg", match.end())
        if close < 0:
            break
        if match.start() >= end and (name := _LABEL.search(match[0]) or _DRAWN_TITLE.search(text, match.end(), close)):
            parts += [text[end : match.start()], f'<img alt="{escape(unescape(name[1]))}">']
            parts.append("\n" * text.count("\n", match.start(), close))
            end = text.find(">", close) + 1 or len(text)
    return "".join([*parts, text[end:]])


def _nesting_depth(tags: Iterable[tuple[str, str]]) -> int:
    """Returns how deep elements stand in elements. Each of `tags` is a slash, for a closing tag, and the name."""
    return max(accumulate(-1 if end else 1 for end, name in tags if name not in ("br", "hr", "img", "wbr")), default=0)
