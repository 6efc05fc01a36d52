"""Parses what one cell says, by what its column is about, and lists what of it could not be taken."""

import re
from collections.abc import Callable
from typing import Any

from forecourt.policy.importing import dates
from forecourt.policy.importing.page import AsideKind, Cell
from forecourt.policy.importing.places import locations, seats
from forecourt.policy.importing.places.code_columns import CodeColumn
from forecourt.policy.importing.remark import Remark, RemarkKind, remark
from forecourt.policy.importing.remark_values import Terms
from forecourt.policy.importing.tables import cell_parser
from forecourt.policy.importing.tables.columns import Column
from forecourt.policy.importing.tables.legal_name import split_marks
from forecourt.policy.model import Audience, Relation

_PLACEHOLDER = re.compile(r"\$?\{+[^{}]*\}+|%\w+%|<[^<>]*>|\[\[[^\[\]]*\]\]")

ParsedCell = tuple[dict[str, Any], list[Remark]]


def parse_cell(about: Column, cell: Cell, language: str) -> ParsedCell:
    """Returns the fields of a row that the cell gives, and a remark on each part that was not taken."""
    if about is Column.MECHANISM:
        return _parse_mechanism(cell)
    return _PARSERS[about](cell.text, language)


def parse_codes(about: Column, cell: Cell, codes: CodeColumn) -> ParsedCell:
    """Returns the places of a cell in a column of codes."""
    locations_read = codes.read(cell.text)
    if about is Column.LOCATIONS:
        return {"locations": locations_read}, codes.list_regions(cell.text)
    seat_codes = {each.country for each in locations_read}
    if len(seat_codes) > 1:
        return {}, [remark(RemarkKind.SEVERAL_COUNTRIES, text=cell.text)]
    return ({"seat": seat_codes.pop()} if seat_codes else {}), codes.list_regions(cell.text)


def find_claim(about: Column, cell: Cell, is_taken: bool) -> str:
    """Returns what of a cell became a fact in other words. What was not taken of places and dates is listed anyway."""
    if about in (Column.LOCATIONS, Column.SEAT, Column.EFFECTIVE) and is_taken:
        return cell.text
    return " ".join(cell_parser.find_keywords(cell.text))


def _text_parser(name: str) -> Callable[[str, str], ParsedCell]:
    return lambda text, _: ({name: text}, [])


def _list_parser(name: str) -> Callable[[str, str], ParsedCell]:
    return lambda text, _: ({name: cell_parser.split_list(text)}, [])


def _parse_entity(text: str, language: str) -> ParsedCell:
    if locations.is_place(text, language):
        return {}, [remark(RemarkKind.PLACE_AS_COMPANY, text=text)]
    if _PLACEHOLDER.fullmatch(text.strip()):
        return {}, [remark(RemarkKind.TEMPLATE_NAME, text=text)]
    return {"entity": text.strip(" *")}, []


def _parse_locations(text: str, language: str) -> ParsedCell:
    words, marks = split_marks(text)
    parsed = locations.parse_locations(words, language)
    losses = [remark(RemarkKind.ASIDE_BESIDE, AsideKind.MARK, text=marks, beside=words)] if marks else []
    return {"locations": parsed.locations}, [*losses, *parsed.remarks]


def _parse_seat(text: str, language: str) -> ParsedCell:
    code, remarks = seats.parse_seat(text, language)
    return {"seat": code} if code else {}, list(remarks)


def _parse_address(text: str, language: str) -> ParsedCell:
    code, remarks = seats.parse_country_of_address(text, language)
    return {"address": text} | ({"seat": code} if code else {}), list(remarks)


def _parse_contact(text: str, _: str) -> ParsedCell:
    mailboxes = cell_parser.MAILBOX.findall(text)
    if not mailboxes:
        return {}, [remark(RemarkKind.NO_MAILBOX, text=text)]
    return {"contact": mailboxes[0]}, [remark(RemarkKind.SECOND_MAILBOX, text=each) for each in mailboxes[1:]]


def _parse_audiences(text: str, _: str) -> ParsedCell:
    audiences = cell_parser.parse_audiences(text)
    regions = Terms("policy.region", tuple(Audience))
    return {"audiences": audiences}, [] if audiences else [remark(RemarkKind.NO_AUDIENCE, text=text, regions=regions)]


def _parse_relation(text: str, _: str) -> ParsedCell:
    relations = cell_parser.parse_relations(text)
    if relations:
        return {"relation": relations[0]}, []
    return {}, [remark(RemarkKind.NO_RELATION, text=text, relations=Terms("policy.relation", tuple(Relation)))]


def _parse_mechanism(cell: Cell) -> ParsedCell:
    """Takes as the document what the text names, or where its link leads."""
    text, bases = cell.text, cell_parser.parse_bases(cell.text)
    if not bases:
        return {}, [] if cell_parser.NOTHING.fullmatch(text) else [remark(RemarkKind.NO_MECHANISM, text=text)]
    names = [Terms("policy.mechanism", (each,)) for each in bases]
    losses = [remark(RemarkKind.SECOND_MECHANISM, text=text, other=each, mechanism=names[0]) for each in names[1:]]
    documents = [each for each in (text, *(link.address for link in cell.links)) if cell_parser.find_document(each)]
    losses += [remark(RemarkKind.SECOND_DOCUMENT, text=each) for each in documents[1:]]
    return {"mechanism": bases[0], "document": cell_parser.find_document(documents[0]) if documents else ""}, losses


def _parse_effective(text: str, language: str) -> ParsedCell:
    parsed_dates = dates.parse_dates(text, language)
    seconds = [remark(RemarkKind.SECOND_DATE, day=str(day)) for day in parsed_dates.days[1:]]
    losses = [*parsed_dates.remarks, *seconds]
    if not parsed_dates.days:
        return {}, losses or [remark(RemarkKind.NO_DATE, text=text)]
    if re.search(r"[^\W\d_]{3}", parsed_dates.rest):
        losses.append(remark(RemarkKind.BESIDE_DATE, text=parsed_dates.rest))
    return {"effective": parsed_dates.days[0]}, losses


_PARSERS: dict[Column, Callable[[str, str], ParsedCell]] = {
    Column.ADDRESS: _parse_address,
    Column.CONTACT: _parse_contact,
    Column.SUBJECTS: _list_parser("subjects"),
    Column.SEAT: _parse_seat,
    Column.LOCATIONS: _parse_locations,
    Column.RELATION: _parse_relation,
    Column.CERTIFICATES: _list_parser("certificates"),
    Column.AUDIENCES: _parse_audiences,
    Column.EFFECTIVE: _parse_effective,
    Column.PURPOSE: _text_parser("purpose"),
    Column.ENTITY: _parse_entity,
    Column.SERVICE: _text_parser("service"),
    Column.DATA: _list_parser("data"),
}
