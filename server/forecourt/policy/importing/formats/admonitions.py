"""Takes what only dresses Markdown out of it: admonitions, attribute lists, marks for a table of contents.

The words stay, an admonition's title in bold type. Every line keeps its number.
"""

import re

_TITLED = r"(?:\[(?P<boxed>[^\n]*?)\]|[ \t]+(?P<title>[^\n{]*?))?[ \t]*(?:\{[^\n]*\})?[ \t]*"
_COLONS = re.compile(rf"[ \t]*:{{2,}}[ \t]*(?:\{{?[\w-]+\}}?)?{_TITLED}")
_TITLE_ATTRIBUTE = re.compile(r"\{[^{}\n]*?\b(?:title|label|name)=([\"'])([^\"'\n]{1,200})\1")
_ALERT = re.compile(r"(?P<quote>[ \t]*>[ \t]*)\[![\w-]+\][+-]?[ \t]*(?P<title>.*)")
_INDENTED = re.compile(
    r"(?P<indent>[ \t]*)(?:(?:!!!|\?\?\?)\+?[ \t]+[\w-]+(?: [\w -]+?)?(?:[ \t]*\"(?P<title>.*)\")?|"
    r"===[+!]?[ \t]*\"(?P<tab>.*)\")[ \t]*"
)
_FENCE = re.compile(
    r"[ \t]*(?P<fence>`{3,}|~{3,})\{?(?:note|tip|warning|important|caution|danger|hint|admonition|seealso|attention)\}"
    r"[ \t]*(?P<title>.*)"
)
_CONTENTS = re.compile(
    r"[ \t]*(?:\[\[_?TOC_?\]\]|\[TOC\]|@\[toc\].*|\$\{toc\}|__TOC__|\{:\s?toc.*\})[ \t]*", re.IGNORECASE
)
_CONTENTS_ITEM = re.compile(r"[*-][ \t]+(?:TOC|table of contents)[ \t]*", re.IGNORECASE)
_ATTRIBUTES = re.compile(
    r"[ \t]*\{ ?(?:::?[^{}\n]+|[#.][\w-][^{}\n]*)\}(?=[ \t]*(?:\||$)|[ \t.,;:)])|(?<=\S)[ \t]+\{-\}$"
)


def undress(text: str) -> str:
    lines = text.split("\n")
    fence, indent = "", None
    for index, line in enumerate(lines):
        if indent is not None and _is_below(line, indent):
            line = line[len(indent) + 4 :] if line[len(indent) :].startswith("    ") else line.lstrip()
        elif line.strip():
            indent = None
        if match := _INDENTED.fullmatch(line):
            indent = match["indent"]
            lines[index] = indent + _bold(match["title"] or match["tab"])
        elif match := _FENCE.fullmatch(line):
            fence, lines[index] = match["fence"], _bold(match["title"])
        elif fence and line.strip() == fence:
            fence, lines[index] = "", ""
        else:
            lines[index] = _undress_line(line, lines[index + 1] if index + 1 < len(lines) else "")
    return "\n".join(lines)


def _is_below(line: str, indent: str) -> bool:
    return not line.strip() or line.startswith((f"{indent}    ", f"{indent}\t"))


def _undress_line(line: str, next_line: str) -> str:
    if match := _COLONS.fullmatch(line):
        attribute = _TITLE_ATTRIBUTE.search(line)
        return f"###### {attribute[2].strip()}" if attribute else _bold(match["boxed"] or match["title"])
    if match := _ALERT.fullmatch(line):
        return match["quote"].rstrip() + (f" {_bold(match['title'])}" if match["title"] else "")
    is_contents = _CONTENTS_ITEM.fullmatch(line) and _CONTENTS.fullmatch(next_line)
    return "" if is_contents or _CONTENTS.fullmatch(line) else _ATTRIBUTES.sub("", line)


def _bold(title: str | None) -> str:
    return f"**{title.strip()}**" if title and title.strip() else ""
