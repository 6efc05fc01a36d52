"""The hosted pages of objecting: the form, with whatever was typed and is wrong, and one objection's own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.numbers import format_decimal

from forecourt import i18n
from forecourt.objections.actions import address
from forecourt.objections.model import Objection, ObjectionAnswer, Timing, timing
from forecourt.objections.subjects import change, choices, subject
from forecourt.policy.edition import EditionEntry
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import EngagementStatus
from forecourt.templating import render
from forecourt.text_types import BODY_AT_MOST

FIELDS = ("engagement", "name", "email", "company", "reason")  # in the order of the page


@dataclass(frozen=True)
class ObjectionForm:
    """`typed` and `errors` by field; `said`: what is wrong with the whole."""

    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True)
class ObjectionOption:
    """`deadline` is None for what is in force."""

    id: str
    subject: str
    deadline: date | None


@dataclass(frozen=True)
class ChosenSubject:
    """What is objected to. `days`: whole days until the deadline, 0 on the day itself."""

    subject: str
    change: str
    timing: Timing
    effective: date
    deadline: date
    days: int


def form(at: LiveSite, locale: str, given: ObjectionForm) -> str:
    """Raises nothing: an engagement nobody knows is simply not chosen."""
    reading, known = LocalizedEdition(at.edition, locale), choices(at.edition)
    options = [_option(reading, each) for each in known.values()]
    entry = known.get(given.typed.get("engagement", ""))
    return render(
        "public/objection.html",
        locale,
        site=at.name,
        path="objection",
        languages=at.settings.locales,
        query=f"?engagement={entry.engagement.id}" if entry else "",
        controller=at.settings.controller,
        proposed=[each for each in options if each.deadline],
        standing=[each for each in options if not each.deadline],
        chosen=_chosen(reading, entry) if entry else None,
        typed={name: given.typed.get(name, "") for name in FIELDS},
        errors={name: given.errors[name] for name in FIELDS if name in given.errors},
        said=given.said,
        most=str(format_decimal(BODY_AT_MOST, locale=i18n.cldr(locale))),
        at_most=BODY_AT_MOST,
    )


def receipt(at: LiveSite, locale: str, objection: Objection, answers: Sequence[ObjectionAnswer]) -> str:
    return render("public/objection_receipt.html", locale, **_frame(at), o=objection, answers=answers)


def gone(at: LiveSite, locale: str) -> str:
    return render("public/objection_receipt.html", locale, **_frame(at), o=None)


def _frame(at: LiveSite) -> dict[str, object]:
    return {"site": at.name, "controller": at.settings.controller, "email": address(at)}


def _option(reading: LocalizedEdition, entry: EditionEntry) -> ObjectionOption:
    is_proposed = entry.status is EngagementStatus.PROPOSED
    return ObjectionOption(
        entry.engagement.id, subject(reading, entry), entry.engagement.deadline if is_proposed else None
    )


def _chosen(reading: LocalizedEdition, entry: EditionEntry) -> ChosenSubject:
    engagement, day = entry.engagement, reading.edition.day
    return ChosenSubject(
        subject(reading, entry),
        change(reading, entry),
        timing(engagement.effective, engagement.deadline, day),
        engagement.effective,
        engagement.deadline,
        (engagement.deadline - day).days,
    )
