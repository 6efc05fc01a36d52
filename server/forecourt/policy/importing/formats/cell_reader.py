"""Reads what elements show as lines, and keeps apart what hangs on them: links, footnote marks, badges, tooltips."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from forecourt.policy.importing.page import Aside, AsideKind, Cell, Line, Link

# Elements that part no words: somebody may write a letter of a word in bold type.
_FORMATS = "b strong i em u ins font big sub var tt cite q dfn bdi"
_LEADS = "b strong a h1 h2 h3 h4 h5 h6 dt summary"
_BREAKS = (
    "p div li ul ol menu dl dd dt section article header aside address blockquote pre figure figcaption details "
    "summary center fieldset legend h1 h2 h3 h4 h5 h6 hgroup table caption thead tbody tfoot tr td th main nav footer"
)
_STRUCK = frozenset(("s", "strike", "del"))
_HIDING_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|assistive-text)(?:\s|$)|^\s*hidden\s*$"
)
_BADGE_CLASS = re.compile(r"(?:^|[\s_-])(?:badge|chip|pill)(?:$|[\s_-])")
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_MARK = re.compile(r"[\s(\[]*(?:[*†‡§¶#^]+|\d{1,3}|[a-z]|[ivx]{1,4})(?:\s*,\s*(?:\d{1,3}|[*†‡§]))*[\s)\]]*")
_ORDINAL = re.compile(r"st|nd|rd|th|er|re|e|º|ª")
_TRADEMARK = re.compile(r"[™®℠]|tm|r|sm", re.IGNORECASE)
_INVISIBLE = str.maketrans(dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF), ""))
_SYMBOL = re.compile(r"[\W_]*")  # an arrow, an icon, a permalink's sign
_LOGO = re.compile(r"\W*\b(?:company\s+)?(?:logo(?:type)?|icon)\b\W*", re.IGNORECASE)


def read_cell(nodes: Iterable[PageElement]) -> Cell:
    """Returns what the nodes show. Where they show only pictures, it is the pictures' texts."""
    builder = _CellBuilder()
    builder.add(nodes)
    return builder.to_cell()


def is_hidden(element: Tag) -> bool:
    """Returns whether the element is there for screen readers only, or for nobody yet."""
    return bool(
        element.has_attr("hidden")
        or _HIDING_STYLE.search(str(element.get("style", "")))
        or _HIDING_CLASS.search(class_names(element))
    )


def class_names(element: Tag) -> str:
    return " ".join(filter(None, element.get_attribute_list("class"))) if element.has_attr("class") else ""


def to_words(text: str) -> str:
    """Returns the text in one line, without characters that nobody sees."""
    return " ".join(text.translate(_INVISIBLE).split())


@dataclass
class _OpenLine:
    """Holds a line while it is read. `is_leading` is true as long as all of it stands in bold type or a link."""

    text: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    is_badge: bool = False
    is_leading: bool = True
    end: str = ""  # the last two characters

    def append(self, text: str, is_lead: bool) -> None:
        self.is_leading = self.is_leading and (is_lead or not text.strip())
        self.text.append(text)
        if self.is_leading:
            self.lead.append(text)
        self.end = (self.end + text)[-2:]

    def close(self) -> Line | None:
        text = to_words("".join(self.text))
        return Line(text, to_words("".join(self.lead)), self.is_badge) if text else None


class _CellBuilder:
    """Walks through nodes and gathers their lines. Where two elements touch, two words would become one."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._links: list[Link] = []
        self._asides: list[Aside] = []
        self._line = _OpenLine()
        self._edges = 0  # how many ends of elements stand between the text before and the text to come
        self._lead_depth = 0

    def add(self, nodes: Iterable[PageElement]) -> None:
        """Adds the nodes with all that is in them. It keeps a stack of its own, for elements may be nested deep."""
        open_elements: list[Tag] = []
        stack = [iter(nodes)]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if open_elements:
                    self._leave(open_elements.pop())
            elif isinstance(node, Tag):
                if not self._take_whole(node):
                    self._enter(node)
                    open_elements.append(node)
                    stack.append(iter(node.children))
            elif type(node) is NavigableString:
                self._add_text(str(node))

    def to_cell(self) -> Cell:
        self._break()
        text = " ".join(line.text for line in self._lines).casefold()
        asides = [each for each in dict.fromkeys(self._asides) if not _repeats(each, text)]
        pictures = [each for each in asides if each.kind is AsideKind.PICTURE]
        if pictures and not self._lines:
            self._lines = [Line(each.text, each.text) for each in pictures]
            asides = [each for each in asides if each not in pictures]
        return Cell(tuple(self._lines), tuple(dict.fromkeys(self._links)), tuple(asides))

    def _take_whole(self, element: Tag) -> bool:
        """Takes an element that is no part of the text, and returns whether it was one."""
        text = to_words(element.get_text(" ")) if element.name in ("sup", *_STRUCK) or is_hidden(element) else ""
        if element.name == "br":
            self._break()
        elif element.name == "img":
            self._add_aside(AsideKind.PICTURE, _LOGO.sub(" ", str(element.get("alt", ""))))
        elif element.name == "sup" and _MARK.fullmatch(text) and not self._is_ordinal(text):
            self._add_aside(AsideKind.MARK, text)
        elif element.name in _STRUCK:
            self._add_aside(AsideKind.STRUCK, text)
        elif element.name == "footer" and element.find_parent(("td", "th")):  # what shows without scripts only
            self._add_aside(AsideKind.HIDDEN, to_words(element.get_text(" ")))
        elif not _is_block(element) and is_hidden(element):
            self._add_aside(AsideKind.HIDDEN, text)
        else:
            return self._is_ornament(element)
        return True

    def _is_ordinal(self, text: str) -> bool:
        return bool(_ORDINAL.fullmatch(text) and self._line.end[-1:].isdigit()) or bool(_TRADEMARK.fullmatch(text))

    def _is_ornament(self, element: Tag) -> bool:
        """Returns whether it is an arrow, an icon or a heading's permalink. Some say in a label what they show."""
        if element.get("aria-hidden") != "true" and element.name != "a" and not element.has_attr("aria-label"):
            return False
        if element.find("img") or not _SYMBOL.fullmatch(element.get_text()):
            return False
        self._add_aside(AsideKind.PICTURE, str(element.get("aria-label", "")))
        return True

    def _enter(self, element: Tag) -> None:
        if _is_block(element) or _is_badge(element):
            self._break(is_before_badge=_is_badge(element))
        self._lead_depth += element.name in _LEADS.split()
        self._edges += element.name == "a"  # no link begins inside a word
        self._edges += element.name not in _FORMATS.split()
        if element.name == "sup":
            self._edges += not self._is_ordinal(to_words(element.get_text(" ")))

    def _leave(self, element: Tag) -> None:
        if element.name == "a":
            self._add_link(element)
        if _is_block(element) or _is_badge(element):
            self._break()
        self._lead_depth -= element.name in _LEADS.split()
        self._edges += element.name not in _FORMATS.split()
        if tooltip := to_words(str(element.get("title", ""))):
            self._asides.append(Aside(AsideKind.TOOLTIP, tooltip))

    def _add_link(self, link: Tag) -> None:
        address, text = str(link.get("href", "")), to_words(link.get_text(" "))
        scheme, _, mailbox = address.partition("?")[0].partition(":")
        if scheme == "mailto" and "@" not in text:
            self._add_text(f" ({mailbox})" if text else mailbox)
        elif address and scheme not in ("mailto", "tel") and address[0] != "#":
            self._links.append(
                Link(text or " ".join(str(each.get("alt", "")) for each in link.find_all("img")), address)
            )

    def _add_text(self, text: str) -> None:
        shown_text = re.sub(r"\s+", " ", text.translate(_INVISIBLE))
        if not shown_text:
            return
        if self._edges and self._would_glue(shown_text[0]):
            self._break(is_before_badge=True)
        elif self._edges and self._line.end[-1:] == ":":
            shown_text = f" {shown_text}"
        self._line.append(shown_text, self._lead_depth > 0)
        self._edges = 0

    def _would_glue(self, first: str) -> bool:
        """Returns whether a text that begins so touches the word before it, in another element, and is its own word."""
        before = self._line.end[-1:]
        if not (before.isalnum() or before in tuple(".)]%")) or not self._line.end[:-1].strip():
            return False
        return first.isupper() or first.isdigit() or (self._edges > 1 and first.isalpha())

    def _break(self, is_before_badge: bool = False) -> None:
        if line := self._line.close():
            self._lines.append(line)
        self._line = _OpenLine(is_badge=is_before_badge)
        self._edges = 0

    def _add_aside(self, kind: AsideKind, text: str) -> None:
        if words := to_words(text):
            self._asides.append(Aside(kind, words))
        self._edges += 1


def _is_block(element: Tag) -> bool:
    return element.name in _BREAKS.split()


def _is_badge(element: Tag) -> bool:
    return element.name == "span" and bool(_BADGE_CLASS.search(class_names(element)))


def _repeats(aside: Aside, text: str) -> bool:
    """Returns whether a picture or tooltip only says again what the text says."""
    return aside.kind in (AsideKind.PICTURE, AsideKind.TOOLTIP) and aside.text.casefold() in text
