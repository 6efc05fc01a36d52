"""Finds the day that a page gives as its own, in a line that says "updated" or the like in any of its languages."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from forecourt.policy.importing import dates
from forecourt.policy.importing.dates import ParsedDates
from forecourt.policy.importing.remark import Remark, RemarkKind, remark

_LAST_CHANGE = re.compile(
    r"updat|modified|last change|reviewed|revis|amended|oppdatert|sist endret|revidert|uppdaterad|ändrad|reviderad|"
    r"opdateret|"
    r"ændret|revideret|aktualisi|stand\b|geändert|änderung|überarbeitet|bijgewerkt|gewijzigd|wijziging|herzien|"
    r"mise? à jour|modifi|révis|actualiza|aggiorna|revisione|atualiza|alteraç|aktualiz|zmodyfikowan|zmieniono|"
    r"päivit|muokattu|\bedited|zuletzt bearbeitet|review date|最終更新|最后更新|最近更新|最後更新|업데이트",
    re.IGNORECASE,
)
_START = re.compile(
    r"effective|as of\b|valid from|version|gjelder fra|gyldig fra|gäller från|gælder fra|gældende fra|"
    r"gültig (?:ab|seit)|fassung|geldig vanaf|en vigueur|vigente|in vigore|em vigor|obowiązuje|voimassa|"
    r"published|publisert|\bpublication|\b(?:date|dato|datum|fecha)\s*:",
    re.IGNORECASE,
)
_DATE_LINE_AT_MOST = 40  # characters of a line that is a date and little else
_ENDS_IN_YEAR = re.compile(r"[^:：]+[:：]\D*(?:\d{1,2}\W+)?(?:19|20)\d\d\W*")
# `Effective August 1, 2026.`, which has no colon
_SAYS_DAY = re.compile(
    r"(?:last |sist |zuletzt )?(?:effective|updated|modified|revised|reviewed|as of|valid from|gjelder fra|oppdatert|"
    r"gültig ab|stand|aktualisiert)(?: (?:on|from|as of|am|vom|den|date))? (?:\S+ ){0,3}\S*(?:19|20)\d\d\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageDate:
    """Holds the page's day, and remarks about other days there, and about what was not surely read."""

    day: date | None
    remarks: tuple[Remark, ...]


def find_page_date(lines: Iterable[str], language: str) -> PageDate:
    """Returns the day of the last change before the day from which the page is valid, and in each the first."""
    texts = [line for line in lines if line.strip()]
    parsed_lines = [each for pattern in (_LAST_CHANGE, _START) for each in _parse_lines(texts, pattern, language)]
    days = list(dict.fromkeys(day for each in parsed_lines for day in each.days))
    others = [remark(RemarkKind.OTHER_DAY, other=str(day), day=str(days[0])) for day in days[1:]]
    remarks = dict.fromkeys(chain.from_iterable(each.remarks for each in parsed_lines))
    return PageDate(days[0] if days else None, (*others, *remarks))


def is_date_line(text: str) -> bool:
    """Returns whether a line says when the page was changed, and no more: `Stand: Mai 2024`, also without a day."""
    if len(text) > _DATE_LINE_AT_MOST:
        return False
    is_labelled = _ENDS_IN_YEAR.fullmatch(text) and (_LAST_CHANGE.search(text) or _START.search(text))
    return bool(is_labelled or _SAYS_DAY.fullmatch(text))


def _parse_lines(lines: list[str], pattern: re.Pattern[str], language: str) -> Iterator[ParsedDates]:
    """Yields what each line with the word says, or the next line where the word has one of its own."""
    for index, line in enumerate(lines):
        if pattern.search(line):
            parsed_dates = dates.parse_dates(line, language)
            next_line = lines[index + 1] if index + 1 < len(lines) else ""
            is_label = not parsed_dates.days and not parsed_dates.remarks and len(line) <= _DATE_LINE_AT_MOST
            is_next = is_label and len(next_line) <= _DATE_LINE_AT_MOST
            yield dates.parse_dates(next_line, language) if is_next else parsed_dates
