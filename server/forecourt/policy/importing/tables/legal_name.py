"""Cleans a legal name of what stands in its line: a number, a footnote mark, an icon, a link to a document."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from forecourt.policy.importing.companies.brand_names import split_brand
from forecourt.policy.importing.companies.company_names import NameSign, has_legal_form, is_common_phrase, judge_name
from forecourt.policy.importing.companies.name_splitter import is_places
from forecourt.policy.importing.page import AsideKind, Link
from forecourt.policy.importing.places import seats
from forecourt.policy.importing.places.locations import is_place
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.tables.columns import Column

_MARKS = re.compile(r"^(.*?[^\s\d])((?:\s*(?:\[\^?\w{1,3}\]|[¹²³⁰⁴-⁹*†‡§]|\((?:\d{1,2}|[*†‡])\)))+)$", re.DOTALL)
_ACTION_WORDS = (
    r"(?:learn|read|see|show|view)\s+(?:more|details|all)|(?:opens\s+)?in\s+(?:a\s+)?new\s+(?:tab|window)|"
    r"external link|more(?:\s+info(?:rmation)?)?|details|(?:visit\s+)?website|home\s?page|les mer|mehr(?: erfahren)?|"
    r"en savoir plus"
)
_ACTION = re.compile(_ACTION_WORDS, re.IGNORECASE)
_ACTION_AT_END = re.compile(rf"(.*\S)(?:\s*\((?:{_ACTION_WORDS})\)|\s+(?:learn|read|view)\s+more)", re.IGNORECASE)
_BULLET = re.compile(r"(?:(?:[•‣▪▫●○◦·∙*–—-]|\(?\d{1,3}[.)])\s+)+")
_DOCUMENTS = re.compile(r"dpas?|gdpr|tos|t&cs?|faq|soc ?\d|toms?", re.IGNORECASE)
_ADDRESS_STARTS = re.compile(r",\s+|\s+[-–—|•·]\s+|\s+(?=\d)|\s*\((?=[^()]*\d[^()]*\)$)")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_LIST = re.compile(r"[,;]|\s/\s|\s(?:and|og|und|et|y|&)\s")
_PLACES = (Column.LOCATIONS, Column.SEAT)
_PLACE_STARTS = re.compile(r",\s+|\s+[-–—|•·]\s+|\s*\(")
_PLACES_AT_MOST = 4  # parts from the end of a name that may be places
_MARKS_OF_NAMES = "®™©℠°+"
_JOINERS = "\ufe0f\u200d"
_BETWEEN = " ,;|·•–—-([)]."


@dataclass(frozen=True)
class CleanName:
    """Holds a name, what stood behind it with its column, and remarks on what else was taken off."""

    name: str
    behind: tuple[tuple[Column, str], ...] = ()
    remarks: tuple[Remark, ...] = ()


def clean_name(text: str, links: Sequence[Link], language: str, beside: Column | None = None) -> CleanName:
    """Returns the name that a line says. `beside` is what the column's heading asks for, too, as an address."""
    name, icons = _strip_icons(text[match.end() :] if (match := _BULLET.match(text)) else text)
    name, action = _strip_action(_strip_links(name, links))
    name, marks = split_marks(name)
    name, more_icons = _strip_icons(name)
    name, address = _split_address(name, language, beside is Column.ADDRESS)
    name, place = _split_place(name, language, beside in _PLACES)
    name, brand = split_brand(name, language)
    signs = [remark(RemarkKind.SIGN_BESIDE, text=icons + more_icons, name=name)] if icons or more_icons else []
    others = [remark(RemarkKind.ASIDE_BESIDE, AsideKind.MARK, text=marks, beside=name)] if marks else []
    behind = [(Column.ADDRESS, address), (beside if beside in _PLACES else None, place), (Column.SERVICE, brand)]
    texts = [action, *(each for column, each in behind if not column)]
    return CleanName(
        name,
        tuple((column, each) for column, each in behind if column and each),
        (*signs, *others, *(remark(RemarkKind.BESIDE_NAME, text=each, name=name) for each in texts if each)),
    )


def names_several(name: str, language: str) -> bool:
    """Returns whether a name looks like a list: `Stripe, Adyen and PayPal` does, `Johnson & Johnson` does not."""
    parts = [part for each in _LIST.split(_BRACKETS.sub("", name)) if (part := each.strip())]
    is_list = len(parts) > 1 and bool(re.search(r",|;|\s/\s", _BRACKETS.sub("", name))) and not has_legal_form(name)
    return is_list and all(judge_name(part, language) >= NameSign.NAME for part in parts)


def is_action(text: str) -> bool:
    """Returns whether a text only offers to show more."""
    return bool(_ACTION.fullmatch(text))


def split_marks(name: str) -> tuple[str, str]:
    """Returns a name and the footnote marks after it, as in `Linode, LLC [1]`."""
    match = _MARKS.fullmatch(name)
    return (match[1], match[2].strip()) if match else (name, "")


def _strip_icons(name: str) -> tuple[str, str]:
    """Returns the name without emoji and arrows at its ends, and these. A name's own marks stay."""
    start, end = 0, len(name)
    while start < end and _is_icon(name[start]):
        start += 1
    while end > start and _is_icon(name[end - 1]):
        end -= 1
    return (name, "") if start == end else (name[start:end], "".join((name[:start] + name[end:]).split()))


def _is_icon(letter: str) -> bool:
    is_symbol = unicodedata.category(letter) in ("So", "Sm") and letter not in _MARKS_OF_NAMES
    return letter.isspace() or is_symbol or letter in _JOINERS


def _strip_links(name: str, links: Sequence[Link]) -> str:
    """Returns the name without links to documents at its end. They are listed with all links."""
    ends = [link.text for link in links if link.text]
    while end := next((each for each in ends if name.rstrip(_BETWEEN).endswith(each)), ""):
        head = name.rstrip(_BETWEEN)[: -len(end)].rstrip(_BETWEEN.replace(".", ""))
        if not head or not (is_common_phrase(end) or _DOCUMENTS.fullmatch(end) or has_legal_form(head)):
            break
        name = head
    return name


def _strip_action(name: str) -> tuple[str, str]:
    match = _ACTION_AT_END.fullmatch(name)
    return (match[1], name[len(match[1]) :].strip(" ()")) if match else (name, "")


def _split_address(name: str, language: str, is_asked: bool) -> tuple[str, str]:
    """Splits `Linode, LLC, 249 Arch St, Philadelphia, PA, USA` behind the legal form, and else at the first comma."""
    starts = [(name[: match.start()], name[match.end() :].strip(" ()")) for match in _ADDRESS_STARTS.finditer(name)]
    behind_forms = [(head, rest) for head, rest in starts if _ends_with_form(head, rest)]
    for head, rest in behind_forms or (starts if is_asked else []):
        is_address = is_asked or any(map(str.isdigit, rest))
        if is_address and seats.parse_country_of_address(rest, language)[0]:
            return head.rstrip(" ,"), rest
    return name, ""


def _ends_with_form(head: str, rest: str) -> bool:
    return has_legal_form(head) and not has_legal_form(f"{head}, {rest.split(',')[0]}")


def _split_place(name: str, language: str, is_asked: bool) -> tuple[str, str]:
    """Splits the country off `Linode, LLC, USA`. In a name's brackets it may be part of the name."""
    for match in [*_PLACE_STARTS.finditer(name)][-_PLACES_AT_MOST:]:
        head, rest = name[: match.start()], name[match.end() :].strip(" )")
        if head.count("(") != head.count(")"):
            continue
        if is_asked and is_places(rest, language):
            return head, rest
        if match[0].startswith(",") and has_legal_form(head) and is_place(rest, language):
            return head, rest
    return name, ""
