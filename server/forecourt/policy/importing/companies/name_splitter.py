"""Splits a line into a company's name and what is said of it: after a dash, a colon or a link, or in brackets."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from forecourt.policy.importing.companies.company_names import NameSign, has_legal_form, is_legal_name, judge_name
from forecourt.policy.importing.page import Line
from forecourt.policy.importing.places import locations
from forecourt.policy.importing.places.place_names import find_senses

_SEPARATOR = re.compile(r"\s+[–—|•·→⇒]+\s+|\s+-{1,2}\s+|\s*[:：]\s+|\t+|\s+=>?\s+")
_MARKS = " \t:：.,;–—|•·→-"
_BRACKETS_AT_END = re.compile(r"(.+?)\s*\(([^()]*)\)[.,:;\s]*", re.DOTALL)
_BRACKETS_AT_START = re.compile(r"\s*\(([^()]*)\)(.*)", re.DOTALL)
_PLACE_BEFORE = re.compile(r"\s+[–—|•·-]+\s+|[;,.]\s+")
_PLACES_AT_MOST = 100  # characters
_PLACES_LOOKED_FOR = 4  # parts from the end of a description

JudgeName = Callable[[str], NameSign]


@dataclass(frozen=True)
class SplitName:
    """Holds a name, what is said of it, and the place in brackets behind it."""

    name: str
    description: str = ""
    place: str = ""
    is_lead: bool = False


def split_name(line: Line, judge: JudgeName, language: str) -> SplitName:
    name, rest, is_lead = _split_off_name(line, judge)
    name, rest = _take_legal_name(name, rest, judge)
    rest = rest.strip() if rest.lstrip()[:1] == "(" else rest.strip(_MARKS)
    inner = ""
    if match := _BRACKETS_AT_START.fullmatch(rest):
        inner, rest = match[1], match[2].strip(_MARKS)
    elif match := _BRACKETS_AT_END.fullmatch(name):
        name, inner = match[1], match[2]
    if not inner:
        return SplitName(name, rest, "", is_lead)
    if is_places(inner, language):
        return SplitName(name, rest, inner, is_lead)
    described, place = split_place(inner, language) if not rest else (inner, "")
    if described and place:  # `Stripe (payments, Ireland)`
        return SplitName(name, described, place, is_lead)
    if judge(inner) >= NameSign.WEAK or has_legal_form(inner):  # `Amazon Web Services (AWS)`
        return SplitName(f"{name} ({inner})", rest, "", is_lead)
    return SplitName(name, "; ".join(filter(None, (inner, rest))), "", is_lead)


def split_place(description: str, language: str) -> tuple[str, str]:
    """Returns a description and the places at its end, as in `Payments (Ireland)` and `Payments, Ireland, USA`."""
    if is_places(description, language):
        return "", description
    match = _BRACKETS_AT_END.fullmatch(description)
    if match and is_places(match[2], language):
        head, place = split_place(match[1], language)
        return (head, f"{place} ({match[2]})") if place else (match[1], match[2])
    text = description.rstrip(". ")
    for mark in [*_PLACE_BEFORE.finditer(text)][-_PLACES_LOOKED_FOR:]:
        if is_places(text[mark.end() :], language):
            return text[: mark.start()], text[mark.end() :]
    return description, ""


def is_places(text: str, language: str, is_alone: bool = False) -> bool:
    """Returns whether a text names places, and says nothing else.

    A place in a country is one that import knows. In a line that stands alone it may be any name.
    """
    if not text or len(text) > _PLACES_AT_MOST:
        return False
    parsed = locations.parse_locations(text, language)
    has_doubt = len(parsed.remarks) > len(parsed.regions)
    names = [part for location in parsed.locations for part in re.split(r",\s*", location.place) if part]
    is_known = all(
        find_senses(name, language) or (is_alone and judge_name(name, language) >= NameSign.NAME) for name in names
    )
    return locations.is_place(text, language) or (bool(parsed.locations) and not has_doubt and is_known)


def _split_off_name(line: Line, judge: JudgeName) -> tuple[str, str, bool]:
    """Returns the name, the rest, and whether the name stands in bold type or is a link."""
    rest = line.text[len(line.lead) :]
    if line.lead and rest and not _continues_name(rest):
        return _without_marks(line.lead), rest, True
    is_lead = bool(line.lead) and not rest
    if match := _SEPARATOR.search(line.text):
        return line.text[: match.start()], line.text[match.end() :], is_lead
    for match in re.finditer(r",\s+(?![^()]*\))", line.text):
        before, after = line.text[: match.start()], line.text[match.end() :]
        if judge(before) >= NameSign.WEAK and _begins_description(before, after, judge):
            return before, after, is_lead
    return line.text.rstrip(":： "), "", is_lead


def _take_legal_name(name: str, rest: str, judge: JudgeName) -> tuple[str, str]:
    """Returns the name with the legal name behind it, and the rest, as of `Kelpstore: Kelpstore GmbH, backups`."""
    text = rest.lstrip(_MARKS)
    if has_legal_form(name) or judge(name) < NameSign.WEAK:
        return name, rest
    clause = _SEPARATOR.split(text, maxsplit=1)[0]
    for end in (*(match.start() for match in re.finditer(r",\s", clause)), len(clause)):
        next_part = text[end:].lstrip(", ").split(",")[0]
        if is_legal_name(text[:end]) and not has_legal_form(f"{text[:end]}, {next_part}"):
            return f"{name}, {text[:end]}", text[end:]
    return name, rest


def _without_marks(lead: str) -> str:
    """Returns a name without the marks around it, but for the full stop of a legal form."""
    name = lead.strip(_MARKS)
    return f"{name}." if lead.rstrip(_MARKS.replace(".", "")).endswith(".") and has_legal_form(f"{name}.") else name


def _continues_name(rest: str) -> bool:
    """Returns whether a name goes on after what of it stands in bold type, as in `**Amazon** Web Services`."""
    return rest[:1] == " " and rest.lstrip()[:1].isupper()


def _begins_description(before: str, after: str, judge: JudgeName) -> bool:
    """Returns whether a comma ends the name. One before a legal form does not."""
    first_part = re.split(r",\s+", after)[0]
    if not has_legal_form(before) and has_legal_form(f"{before}, {first_part}"):
        return False
    return after[:1].islower() or judge(first_part) <= NameSign.COMMON
