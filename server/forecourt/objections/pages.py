"""Renders the hosted pages for objecting: the form, and an objection's own page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from forecourt import i18n
from forecourt.objections.actions import ObjectionDetails, objection_mailbox
from forecourt.objections.model import Timing, timing
from forecourt.objections.subjects import describe_change, describe_subject, find_subjects
from forecourt.policy.edition import EditionEntry
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import EngagementStatus
from forecourt.templating import render
from forecourt.text_types import BODY_AT_MOST

FIELDS = ("engagement", "name", "email", "company", "reason")  # in the order of the page


@dataclass(frozen=True)
class ObjectionForm:
    """Holds what was typed into each field, what is wrong with each (`errors`), and with the whole (`message`)."""

    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class ObjectionOption:
    """Holds one thing that can be objected to. `deadline` is None for what is in force."""

    id: str
    subject: str
    deadline: date | None


@dataclass(frozen=True)
class ChosenSubject:
    """Holds what the form is about. `days` counts whole days until the deadline, 0 on the day itself."""

    subject: str
    change: str
    timing: Timing
    effective: date
    deadline: date
    days: int


def render_form(live_site: LiveSite, locale: str, form: ObjectionForm) -> str:
    """Renders the form. An engagement that does not exist is not chosen, and no error."""
    edition, subjects = LocalizedEdition(live_site.edition, locale), find_subjects(live_site.edition)
    options = [_option(edition, entry) for entry in subjects.values()]
    selected = subjects.get(form.typed.get("engagement", ""))
    return render(
        "public/objection.html",
        locale,
        site=live_site.name,
        path="objection",
        languages=live_site.settings.locales,
        query=f"?engagement={selected.engagement.id}" if selected else "",
        controller=live_site.settings.controller,
        proposed=[option for option in options if option.deadline],
        in_force=[option for option in options if not option.deadline],
        chosen=_chosen_subject(edition, selected) if selected else None,
        typed={name: form.typed.get(name, "") for name in FIELDS},
        errors={name: form.errors[name] for name in FIELDS if name in form.errors},
        message=form.message,
        reason_length=i18n.number(BODY_AT_MOST, locale),
    )


def render_objection(live_site: LiveSite, locale: str, details: ObjectionDetails) -> str:
    """Renders an objection's own page."""
    frame = _frame(live_site)
    return render("public/objection_page.html", locale, **frame, objection=details.objection, answers=details.answers)


def render_message(live_site: LiveSite, locale: str, message: str) -> str:
    """Renders a page that says one thing. `message` is received, receipt (with a button) or link_expired."""
    return render("public/objection_message.html", locale, **_frame(live_site), message=message)


def render_gone(live_site: LiveSite, locale: str) -> str:
    """Renders the page of a link that does not work."""
    return render_message(live_site, locale, "link_expired")


def _frame(live_site: LiveSite) -> dict[str, object]:
    return {
        "site": live_site.name,
        "controller": live_site.settings.controller,
        "email": objection_mailbox(live_site),
    }


def _option(edition: LocalizedEdition, entry: EditionEntry) -> ObjectionOption:
    deadline = entry.engagement.deadline if entry.status is EngagementStatus.PROPOSED else None
    return ObjectionOption(entry.engagement.id, describe_subject(edition, entry), deadline)


def _chosen_subject(edition: LocalizedEdition, entry: EditionEntry) -> ChosenSubject:
    engagement, day = entry.engagement, edition.edition.day
    return ChosenSubject(
        describe_subject(edition, entry),
        describe_change(edition, entry),
        timing(engagement.first_day, engagement.deadline, day),
        engagement.first_day,
        engagement.deadline,
        (engagement.deadline - day).days,
    )
