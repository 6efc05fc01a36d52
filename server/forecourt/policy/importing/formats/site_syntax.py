"""Takes the syntax of site generators out of a page's source: comments, templates, shortcodes, MDX.

What may stand for words of the page is named with its line. Every line keeps its number.
"""

import re
from collections.abc import Callable, Collection
from html import escape, unescape

from forecourt.policy.importing.formats import wiki_syntax
from forecourt.policy.importing.page import Cell, LeftOut
from forecourt.policy.importing.page_place import PagePart, PagePlace
from forecourt.policy.importing.places.countries import country_code

_COMMENTS = (("<!--", "-->"), ("{{/*", "*/}}"), ("{{!--", "--}}"), ("{/*", "*/}"), ("{# ", "#}"))
_INNER = r"(?:[^{}]|\{[^{}]{0,200}\}){0,500}"
_TEMPLATE = (
    rf"\{{\{{\{{{_INNER}\}}\}}\}}|\{{\{{{_INNER}\}}\}}|"  # Hugo, Jinja, Liquid, Handlebars
    r"\{%(?:[^%{]|%(?!\})|\{(?!%)){0,500}%\}|<%(?:[^%<]|%(?!>)|<(?!%)){0,500}%>|"
    r"<\?(?:php\b|=)(?:[^?<]|\?(?!>)|<(?!\?)){0,500}\?>|"
    r"\{[#/:@](?:if|each|else|await|html|key|snippet|render)\b[^{}\n]{0,500}\}|"  # Svelte
    r"\$\{[^{}\n]{1,200}\}|"
    r"\{[A-Za-z_$][\w$]*(?:\.[\w$]+|\([^(){}\n]{0,200}\))+\}"  # MDX
)
_TEMPLATES = re.compile(_TEMPLATE)
_TEMPLATE_LINKS = re.compile(rf"\[([^\[\]\n]{{0,500}})\]\((?P<address>\s*(?:{_TEMPLATE})[^()\n]*)\)")
_ENDS = re.compile(r"[{}<%\s/-]*(?:/|\bend)[\w\s-]*[%>}\s-]*")
_NAMES_OF_ENDS = re.compile(r"[{<%\s-](?:/|end)\s*([a-zA-Z][\w.-]*)")
_NAME = re.compile(r"[{<%#\s-]*([\w-]+)")
_LAYOUT = ("else", "elif", "elsif", "extends", "layout", "raw", "set", "toc")  # have no end
_OUTPUT = re.compile(r"\{\{(?![%<#/])")
_SHOWN_ATTRIBUTE = re.compile(r"(?:title|summary|label|name|text|caption|header|description|src|href|data)\s*=")
_IMPORTS = re.compile(r"^import\s+(?:[\w*${][^'\"]{0,500}?\sfrom\s+)?(['\"])[^'\"\n]+\1;?[ \t]*$", re.MULTILINE)
_CODE = re.compile(r"export\s+(?:const|let|var|function|default|async|class)\b|\{[A-Za-z_$][^\n]{0,200}(?:=>|\.map\()")
_COMPONENTS = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Z][\w.]*)(?P<attributes>(?:\"[^\"]{0,1000}\"|'[^']{0,1000}'|"
    r"\{(?:[^{}]|\{[^{}]{0,1000}\}){0,1000}\}|[^<>\"'{}/]|/(?!>)){0,200})(?P<self>/?)>"
)


_TITLE = re.compile(
    r"\b(?:title|label|header|heading|summary|name)\s*=\s*\{?(?P<quote>[\"'`])(?P<title>[^\"'`\n]{1,200})(?P=quote)\}?"
)
_POSITIONAL_TITLE = re.compile(r"\{\{[%<]-?\s*[\w-]+\s+(?P<quote>\")(?P<title>[^\"\n]{1,200})\"")
_EMOJI = re.compile(r"(?<![\w:]):(?P<flag>flag[-_])?(?P<name>[a-z][a-z0-9_+-]{1,40}):(?![\w:])")
_SPANS = re.compile(r"(?<!\!)\[(?P<text>[^\[\]\n]{1,200})\]\{[.#:][^{}\n]{0,200}\}")
_HEADING = "######"  # the lowest, so that a tab begins no section above the page's own
_FLAG_LETTERS = 0x1F1E6


class SiteSyntax:
    """Cleans one page's source, and gathers in `left_out` what may have stood for words."""

    def __init__(self, text: str):
        self.text = text
        self.left_out: list[LeftOut] = []
        self._ended_shortcodes: Collection[str] = ()
        self._open_elements: dict[str, str] = {}  # of components that stand in one line
        self._names_with_end = set(_NAMES_OF_ENDS.findall(text))

    def clean(self) -> str:
        for start, end in _COMMENTS:
            self.text = _blank_between(self.text, start, end)
        self.text = _IMPORTS.sub(_to_line_ends, self.text)
        self._take_code()
        self._replace(_TEMPLATE_LINKS, lambda match: match[1])
        self._replace(_TEMPLATES, self._to_heading)
        self._replace(_COMPONENTS, self._to_element)
        self._replace(_EMOJI, _find_flag)
        self._clean_wiki_syntax()
        self.text = _SPANS.sub(lambda match: match["text"], self.text)
        return self.text

    def clean_templates(self) -> str:
        """Returns the text without templates. This is all that is cleaned of HTML."""
        self._replace(_TEMPLATES, _to_line_ends)
        self._clean_shortcodes()
        return self.text

    def _clean_shortcodes(self) -> None:
        self._ended_shortcodes = wiki_syntax.find_ended_names(self.text)
        self._replace(wiki_syntax.SHORTCODES, self._without_shortcode)

    def _without_shortcode(self, match: re.Match[str]) -> str:
        is_shortcode = wiki_syntax.is_shortcode(match, self._ended_shortcodes)
        return _to_line_ends(match) if is_shortcode else match[0]

    def _clean_wiki_syntax(self) -> None:
        self._clean_shortcodes()
        self._replace(wiki_syntax.COMMENTS, _to_line_ends)
        self._replace(wiki_syntax.MACROS, self._to_macro_heading)
        self._replace(wiki_syntax.WIKI_LINKS, wiki_syntax.read_wiki_link)
        self.text = wiki_syntax.HIGHLIGHTS.sub(lambda match: match["text"], self.text)
        self.text = wiki_syntax.BLOCK_MARKS.sub("", self.text)

    def _to_macro_heading(self, match: re.Match[str]) -> str:
        title = wiki_syntax.find_macro_title(match)
        return f"{_HEADING} {title}" if title and self._is_alone(match) else ""

    def _take_code(self) -> None:
        """Takes out paragraphs of code, such as the list of companies that a page of MDX exports."""
        parts, line = re.split(r"(\n[ \t]*\n)", self.text), 1
        for index, part in enumerate(parts):
            if _CODE.match(part):
                self._leave_out(part, line)
                parts[index] = "\n" * part.count("\n")
            line += part.count("\n")
        self.text = "".join(parts)

    def _replace(self, pattern: re.Pattern[str], to_text: Callable[[re.Match[str]], str]) -> None:
        parts: list[str] = []
        line, end = 1, 0
        for match in pattern.finditer(self.text):
            line += self.text.count("\n", end, match.start())
            text = to_text(match)
            if self._is_lost(match, text):
                self._leave_out(match.groupdict().get("address") or match[0], line)
            parts += [self.text[end : match.start()], text]
            line += match[0].count("\n")
            end = match.end()
        self.text = "".join([*parts, self.text[end:]])

    def _is_lost(self, match: re.Match[str], text: str) -> bool:
        """Returns whether something of the match may have stood for words that are not in the text in its place."""
        if match.re in (_EMOJI, wiki_syntax.WIKI_LINKS):
            return not text
        if match.re is wiki_syntax.SHORTCODES:
            return not text.strip("\n") and bool(match["attributes"] or match["self"])
        if match.re is wiki_syntax.MACROS:
            return not text and not wiki_syntax.is_layout(match)
        if match.re is wiki_syntax.COMMENTS:
            return False
        title = _find_title(match[0])
        is_title_shown = bool(title) and unescape(text).find(title) >= 0
        return _says_something(_TITLE.sub("", match[0]) if is_title_shown else match[0], self._names_with_end)

    def _to_heading(self, match: re.Match[str]) -> str:
        """Turns `{% tab title="EU" %}` into a heading, where it stands alone in its line and has an end."""
        name, title = _NAME.match(match[0]), _find_title(match[0])
        has_end = name is not None and name[1] in self._names_with_end
        return f"{_HEADING} {title}" if title and has_end and self._is_alone(match) else _to_line_ends(match)

    def _to_element(self, match: re.Match[str]) -> str:
        """Turns a component's tag into one of HTML, so that what is in it stays apart from what is beside it."""
        if not (match["self"] or match["end"] or "=" in match["attributes"] or match["name"] in self._names_with_end):
            return match[0]  # `<Your Company>` is text
        line_ends = _to_line_ends(match)
        if match["end"] and (element := self._open_elements.pop(match["name"], "")):
            return f"</{element}>{line_ends}"
        if (title := _find_title(match[0])) and not match["self"] and match["name"] in self._names_with_end:
            if self._is_alone(match):
                return f"{_HEADING} {title}"
            if self._begins_line(match):
                self._open_elements[match["name"]] = "div"
                return f'<div class="{match["name"]}"><h6>{escape(title)}</h6>{line_ends}'
        return line_ends if match["self"] or self._is_alone(match) else f"<{match['end']}span>{line_ends}"

    def _begins_line(self, match: re.Match[str]) -> bool:
        return not self.text[: match.start()].rpartition("\n")[2].strip()

    def _is_alone(self, match: re.Match[str]) -> bool:
        before, after = self.text[: match.start()].rpartition("\n")[2], self.text[match.end() :].partition("\n")[0]
        return not before.strip() and not after.strip()

    def _leave_out(self, text: str, line: int) -> None:
        place = PagePlace(PagePart.GENERATOR, line=line)
        self.left_out.append(LeftOut(place, Cell.from_text(text), is_content=True))


def _find_title(text: str) -> str:
    match = _TITLE.search(text) or _POSITIONAL_TITLE.match(text)
    return match["title"].strip() if match else ""


def _find_flag(match: re.Match[str]) -> str:
    """Returns the flag that `:flag-us:` or `:norway:` stands for, and else nothing."""
    name = match["name"].replace("_", " ")
    code = country_code(name.upper() if len(name) == 2 else name, "en") or ""
    return "".join(chr(_FLAG_LETTERS + ord(letter) - ord("A")) for letter in code)


def _says_something(text: str, names_with_end: Collection[str]) -> bool:
    """Returns whether a template, a shortcode or a component may stand for words.

    One that has an end only lays out what is in it, unless an attribute is shown.
    """
    if _ENDS.fullmatch(text):
        return False
    if text.startswith("<") and not text.startswith(("<%", "<?")):
        return text.endswith("/>") or bool(_SHOWN_ATTRIBUTE.search(text))
    match = _NAME.match(text)
    lays_out = match is not None and (match[1] in names_with_end or match[1] in _LAYOUT)
    return bool(_OUTPUT.match(text)) or not lays_out or bool(_SHOWN_ATTRIBUTE.search(text))


def _to_line_ends(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _blank_between(text: str, start: str, end: str) -> str:
    """Returns the text without each stretch from `start` to `end`; one that does not end stays."""
    parts: list[str] = []
    position = 0
    while (first := text.find(start, position)) >= 0 and (last := text.find(end, first + len(start))) >= 0:
        parts += [text[position:first], "\n" * text.count("\n", first, last)]
        position = last + len(end)
    return "".join([*parts, text[position:]])
