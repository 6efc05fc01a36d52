"""Counts whom the widget will ask again when they come back: those whose terms changed, and those whose choice expires.

Queries are bounded: they read the oldest `RECORDS_JUDGED` records, which wait first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import Connection, Label, Text, bindparam, cast, exists, func, or_, select, type_coerce
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt import clock
from forecourt.consent import lifetime, staleness
from forecourt.consent.notice_content import read_content
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import GRANTING_ACTIONS, LASTING_ACTIONS, Action, ConsentRecord
from forecourt.consent.status import ConsentStatus, CurrentConsent, judge
from forecourt.consent_change import ConsentChange
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent.context import ConsentPagesContext
from forecourt.db.tables import DAY, IS_CHOICE, consents

RECORDS_JUDGED = 50_000  # the oldest, when the console counts whom the widget will ask again
KINDS_OF_ANSWER = 500  # different answers among them
RECONSENT_REASONS = 100

WEEKS = 8
_EPOCH = date(1970, 1, 1)
_later = consents.alias("later")
_IS_NEWEST = ~exists().where(
    _later.c.visitor == consents.c.visitor, _later.c.kind == "consent", _later.c.seq > consents.c.seq
)
_OLDEST = (
    select(consents.c.seq)
    .where(
        consents.c.site == bindparam("of_site"),
        IS_CHOICE,
        consents.c.created_at >= bindparam("start"),
        consents.c.created_at < bindparam("end"),
        consents.c.action.in_(bindparam("of_actions", expanding=True)),
    )
    .order_by(consents.c.created_at)
    .limit(bindparam("limit"))
    .subquery()
)
_COUNT_OLDEST = select(func.count()).select_from(_OLDEST)


def _json_text(name: str) -> Label[str]:
    """Returns a JSON column as the text it is stored as: PostgreSQL does not group by JSON."""
    return cast(type_coerce(consents.c[name], Text), Text).label(name)


_ANSWER = (
    *(consents.c[name] for name in ("notice_hash", "locale", "release", "privacy_policy")),
    *(_json_text(name) for name in ("purposes", "carried_over", "terms")),
)
_IS_OF_ANOTHER_NOTICE = consents.c.notice_hash.not_in(bindparam("of_notices", expanding=True))
_COUNT_ANSWERS = (
    select(*_ANSWER, func.count().label("number"))
    .join(_OLDEST, _OLDEST.c.seq == consents.c.seq)
    .where(or_(_IS_OF_ANOTHER_NOTICE, _json_text("carried_over") != "{}"), _IS_NEWEST)
    .group_by(*_ANSWER)
    .order_by(func.count().desc())
    .limit(KINDS_OF_ANSWER)
)
_COUNT_BY_DAY = (
    select(DAY.label("day"), func.count().label("number"))
    .join(_OLDEST, _OLDEST.c.seq == consents.c.seq)
    .where(_IS_NEWEST)
    .group_by(DAY)
    .order_by(DAY)
)


@dataclass(frozen=True, slots=True)
class CountedAnswer:
    """Holds one kind of answer, and how many visitors gave it. The texts are JSON, as stored."""

    notice_hash: str
    locale: str
    release: int | None
    privacy_policy: str | None
    purposes: str
    carried_over: str
    terms: str
    number: int


@dataclass(frozen=True, slots=True)
class ReconsentReason:
    """Says why some are asked again about a feature, or a purpose by itself. They agreed under `release`."""

    release: int | None
    feature: str
    purposes: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class StaleConsents:
    """Counts the choices whose terms changed; each may have several reasons. `is_partial`: there are more."""

    number: int
    reasons: dict[ReconsentReason, int]
    is_partial: bool


@dataclass(frozen=True)
class ExpiringConsents:
    """Counts the choices that expired and were not made anew, and for each week to come those that will expire.

    `weeks`: first day, last day and number. `is_partial`: there are more.
    """

    expired: int
    weeks: list[tuple[date, date, int]]
    is_partial: bool


class ReconsentPage:
    def __init__(self, context: ConsentPagesContext):
        self._context = context

    def routes(self) -> Sequence[Route]:
        return [self._context.route("GET", "again", self.show)]

    async def show(self, request: Request, agent: Agent) -> Response:
        (site, _), now, locale = self._context.site(request), clock.now(), responses.language(request)
        offer = self._context.offers[site]
        stale, expiring = await self._context.database.read(
            lambda c: (count_stale(c, offer, now, locale), count_expiring(c, site, now))
        )
        context = {"stale": stale, "expiring": expiring, "limit": RECORDS_JUDGED}
        titles = _purpose_titles(offer, locale)
        return await self._context.render_page(request, "reconsent", agent, "again", 200, titles=titles, **context)


def count_stale(connection: Connection, offer: ConsentOffer, now: datetime, locale: str) -> StaleConsents:
    """Judges every kind of answer as that of a visitor who comes back."""
    hashes = [notice.hash for notice in offer.notices.values()]
    params = _params(offer.site, GRANTING_ACTIONS, lifetime.expiry_cutoff(now), now)
    rows = connection.execute(_COUNT_ANSWERS, params | {"of_notices": hashes})
    answers = [CountedAnswer(**row._mapping) for row in rows]
    number, reasons = 0, Counter[ReconsentReason]()
    for answer in answers:
        current = judge(_to_record(answer, now), offer, now)
        if current.status is ConsentStatus.STALE:
            number += answer.number
            for reason in _reasons(connection, answer, current, offer, locale):
                reasons[reason] += answer.number
    is_partial = len(answers) == KINDS_OF_ANSWER or _has_more(connection, params)
    return StaleConsents(number, dict(reasons.most_common(RECONSENT_REASONS)), is_partial)


def count_expiring(connection: Connection, site: str, now: datetime) -> ExpiringConsents:
    """Counts records by the day they were made on: each expires on the day of the same number, months later."""
    today, cutoff = now.date(), lifetime.expiry_cutoff(now)
    end = lifetime.expiry_cutoff(now + timedelta(WEEKS * 7))
    coming, has_more_coming = _count_by_day(connection, _params(site, LASTING_ACTIONS, cutoff, end))
    # The server appends a record of its own once a choice has expired; until then the choice is the newest record.
    late = _params(site, LASTING_ACTIONS, lifetime.expiry_cutoff(cutoff), cutoff)
    unmarked, has_more_unmarked = _count_by_day(connection, late)
    marked, has_more_marked = _count_by_day(connection, _params(site, (Action.EXPIRE,), cutoff, now))
    by_week = Counter[int]()
    for day, number in coming.items():
        by_week[max(0, (_expires_on(day) - today).days) // 7] += number
    expired = sum(unmarked.values()) + sum(marked.values())
    weeks = [_week(today, index, by_week[index]) for index in range(WEEKS)]
    return ExpiringConsents(expired, weeks, has_more_coming or has_more_unmarked or has_more_marked)


def _params(site: str, actions: Sequence[str], start: datetime, end: datetime) -> dict[str, object]:
    return {"of_site": site, "of_actions": list(actions), "start": start, "end": end, "limit": RECORDS_JUDGED}


def _count_by_day(connection: Connection, params: dict[str, object]) -> tuple[dict[int, int], bool]:
    """Returns how many newest records were made on each day (since 1970 began), and whether there are more."""
    rows = connection.execute(_COUNT_BY_DAY, params)
    return {row.day: row.number for row in rows}, _has_more(connection, params)


def _has_more(connection: Connection, params: dict[str, object]) -> bool:
    return int(connection.execute(_COUNT_OLDEST, params).scalar_one()) == RECORDS_JUDGED


def _purpose_titles(offer: ConsentOffer, locale: str) -> dict[str, str]:
    """Returns what purposes are called, in the reader's language or one of the site's."""
    notice = offer.notices.get(locale) or next(iter(offer.notices.values()))
    return {purpose.name: purpose.title for purpose in read_content(notice.content).purposes}


def _to_record(answer: CountedAnswer, now: datetime) -> ConsentRecord:
    purposes = msgspec.json.decode(answer.purposes, type=dict[str, bool])
    carried_over, terms = (
        msgspec.json.decode(text, type=dict[str, str]) for text in (answer.carried_over, answer.terms)
    )
    about = (answer.privacy_policy, answer.notice_hash, terms, answer.locale)
    return ConsentRecord("", Action.GRANT, purposes, *about, now, carried_over)


def _reasons(
    connection: Connection, answer: CountedAnswer, current: CurrentConsent, offer: ConsentOffer, locale: str
) -> Iterable[ReconsentReason]:
    changes: Sequence[ConsentChange] = staleness.explain_changes(connection, current, offer, locale)
    texts: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for change in changes:
        texts.setdefault((change.feature, change.purposes), []).append(change.text)
    return [ReconsentReason(answer.release, *about, tuple(sentences)) for about, sentences in texts.items()]


def _expires_on(day: int) -> date:
    """Returns the day on which a choice made `day` days after 1970 began expires."""
    return lifetime.expires_at(datetime.combine(_EPOCH + timedelta(day), time(), UTC)).date()


def _week(today: date, index: int, number: int) -> tuple[date, date, int]:
    first = today + timedelta(7 * index)
    return first, first + timedelta(6), number
