"""The hosted pages of objecting: the form, with whatever was typed and is wrong, and one objection's own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.numbers import format_decimal

from forecourt import i18n
from forecourt.objections.actions import address
from forecourt.objections.choices import change, choices, subject
from forecourt.objections.model import Answer, Objection, Timing, timing
from forecourt.policy.history import Entry
from forecourt.policy.model import Status
from forecourt.policy.published import Published
from forecourt.policy.reading.view import Reading
from forecourt.render import render
from forecourt.text import BODY_AT_MOST

FIELDS = ("engagement", "name", "email", "company", "reason")  # in the order of the page


@dataclass(frozen=True)
class Form:
    """`typed` and `errors` by field; `said`: what is wrong with the whole."""

    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True)
class Option:
    """`deadline` is None for what is in force."""

    id: str
    subject: str
    deadline: date | None


@dataclass(frozen=True)
class Chosen:
    """What is objected to. `days`: whole days until the deadline, 0 on the day itself."""

    subject: str
    change: str
    timing: Timing
    effective: date
    deadline: date
    days: int


def form(at: Published, locale: str, given: Form) -> str:
    """Raises nothing: an engagement nobody knows is simply not chosen."""
    reading, known = Reading(at.edition, locale), choices(at.edition)
    options = [_option(reading, each) for each in known.values()]
    entry = known.get(given.typed.get("engagement", ""))
    return render(
        "public/objection.html",
        locale,
        site=at.name,
        path="objection",
        languages=at.site.locales,
        query=f"?engagement={entry.engagement.id}" if entry else "",
        controller=at.site.controller,
        proposed=[each for each in options if each.deadline],
        standing=[each for each in options if not each.deadline],
        chosen=_chosen(reading, entry) if entry else None,
        typed={name: given.typed.get(name, "") for name in FIELDS},
        errors={name: given.errors[name] for name in FIELDS if name in given.errors},
        said=given.said,
        most=str(format_decimal(BODY_AT_MOST, locale=i18n.cldr(locale))),
        at_most=BODY_AT_MOST,
    )


def receipt(at: Published, locale: str, objection: Objection, answers: Sequence[Answer]) -> str:
    return render("public/objection_receipt.html", locale, **_frame(at), o=objection, answers=answers)


def gone(at: Published, locale: str) -> str:
    return render("public/objection_receipt.html", locale, **_frame(at), o=None)


def _frame(at: Published) -> dict[str, object]:
    return {"site": at.name, "controller": at.site.controller, "email": address(at)}


def _option(reading: Reading, entry: Entry) -> Option:
    is_proposed = entry.status is Status.PROPOSED
    return Option(entry.engagement.id, subject(reading, entry), entry.engagement.deadline if is_proposed else None)


def _chosen(reading: Reading, entry: Entry) -> Chosen:
    engagement, day = entry.engagement, reading.edition.day
    return Chosen(
        subject(reading, entry),
        change(reading, entry),
        timing(engagement.effective, engagement.deadline, day),
        engagement.effective,
        engagement.deadline,
        (engagement.deadline - day).days,
    )
