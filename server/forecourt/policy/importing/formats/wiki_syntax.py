"""Knows the marks of wikis and content systems in a page's text: Confluence's macros, Obsidian's links, shortcodes."""

import re
from collections.abc import Collection

# `[table id=1 /]`, `[vc_row css="x"]` and `[/vc_row]` of WordPress, and no link or footnote of Markdown.
SHORTCODES = re.compile(
    r"\[(?P<end>/?)(?P<name>[a-z][a-z0-9_-]{1,40})"
    r"(?P<attributes>(?:\s+[\w-]{1,40}=(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[^\s\]\"']{1,200})){0,20})"
    r"\s*(?P<self>/?)\]"
)
MACROS = re.compile(
    r"(?<![:`~])\{(?P<name>toc|panel|info|note|warning|tip|expand|section|column|excerpt|anchor|status|color|code|noformat)"
    r"(?::(?P<attributes>[^{}\n]{0,300}))?\}"
)
WIKI_LINKS = re.compile(
    r"(?P<embed>!?)\[\[(?!_?toc_?\]\])(?P<page>[^\[\]|\n\\]{1,200})(?:\\?\|(?P<alias>[^\[\]\n]{1,200}))?\]\]",
    re.IGNORECASE,
)
COMMENTS = re.compile(r"%%[^%\n]{0,500}%%")
HIGHLIGHTS = re.compile(r"(?<![=\w])==(?P<text>[^=\s|](?:[^=|\n]{0,200}[^=\s|])?)==(?![=\w])")
BLOCK_MARKS = re.compile(r"(?<=\S)[ \t]+\^[a-z0-9-]{2,40}(?=[ \t]*(?:\||$))", re.MULTILINE)


def is_shortcode(match: re.Match[str], ended_names: Collection[str]) -> bool:
    """Returns whether brackets hold a shortcode: they have attributes, or an end, or are one."""
    following = match.string[match.end() : match.end() + 1]
    if following in ("(", ":"):  # a link of Markdown, or where one leads
        return False
    return match["name"] in ended_names or (bool(match["attributes"] or match["self"]) and following != "[")


def find_ended_names(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\[/([a-z][a-z0-9_-]{1,40})\]", text))


def read_wiki_link(match: re.Match[str]) -> str:
    """Returns what a wiki shows of a link: its alias, or the page's name without its folder."""
    return "" if match["embed"] else str(match["alias"] or match["page"].rpartition("/")[2]).strip()


def is_layout(match: re.Match[str]) -> bool:
    """Returns whether a macro only lays out what stands between it and its end, or is a table of contents."""
    return not match["attributes"] and (match["name"] == "toc" or match.string.count(f"{{{match['name']}") > 1)


def find_macro_title(match: re.Match[str]) -> str:
    title = re.search(r"(?:^|\|)\s*title=([^|]+)", match["attributes"] or "")
    return title[1].strip() if title else ""
