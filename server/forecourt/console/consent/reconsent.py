"""Who will be asked again when they next come, and why. Nobody is asked from here; the widget does that."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from forecourt import clock
from forecourt.consent import lifetime, staleness
from forecourt.consent.offer import ConsentOffer
from forecourt.consent.record import LASTING_ACTIONS, Action, ConsentRecord
from forecourt.consent.status import ConsentStatus, CurrentConsent, judge
from forecourt.consent_change import ConsentChange
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.consent import reconsent_queries
from forecourt.console.consent.context import ConsentPagesContext

WEEKS = 8
SHOWN = 100  # reasons on the page, those of the most first
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class ReconsentReason:
    """Why some are asked again about one feature, or one purpose by itself; `release`: under which they agreed."""

    release: int | None
    feature: str
    purposes: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class StaleConsents:
    """`number`: choices; each may have several reasons."""

    number: int
    reasons: dict[ReconsentReason, int]
    more: bool


@dataclass(frozen=True)
class ExpiringConsents:
    """`over`: their six months are over; `weeks`: first day, last day, and how many run out between them."""

    over: int
    weeks: list[tuple[date, date, int]]
    more: bool


class ReconsentPage:
    def __init__(self, book: ConsentPagesContext):
        self._book = book

    async def show(self, request: Request, agent: Agent) -> Response:
        (name, _), now, locale = self._book.site(request), clock.now(), responses.language(request)
        offer = self._book.offers[name]
        found, over = await self._book.database.read(lambda c: (stale(c, offer, now, locale), ending(c, name, now)))
        return await self._book.page(
            request,
            "again",
            agent,
            "again",
            stale=found,
            ending=over,
            looked_at=reconsent_queries.LOOKED_AT,
            titles=_titles(offer, locale),
        )


def stale(connection: Connection, offer: ConsentOffer, now: datetime, locale: str) -> StaleConsents:
    """Judged as a visitor who comes back is, a kind of answer at once."""
    hashes = [notice.hash for notice in offer.notices.values()]
    rows, more = reconsent_queries.answers(connection, offer.site, hashes, lifetime.expiry_cutoff(now), now)
    number, reasons = 0, Counter[ReconsentReason]()
    for row in rows:
        standing = judge(_record(row, now), offer, now)
        number += row.number if standing.status is ConsentStatus.STALE else 0
        for reason in _reasons(row, standing, staleness.explain_changes(connection, standing, offer, locale)):
            reasons[reason] += row.number
    return StaleConsents(number, dict(reasons.most_common(SHOWN)), more)


def _titles(offer: ConsentOffer, locale: str) -> dict[str, str]:
    """What purposes are called, in the reader's language or the site's own."""
    notice = offer.notices.get(locale) or next(iter(offer.notices.values()))
    return {each["name"]: each["title"] for each in msgspec.json.decode(notice.content)["purposes"]}


def _record(row: Any, now: datetime) -> ConsentRecord:
    stored = (row.purposes, row.carried_over, row.terms)
    purposes, carried_over, terms = (msgspec.json.decode(text, type=dict[str, Any]) for text in stored)
    about = (row.privacy_policy, row.notice_hash, terms, row.locale)
    return ConsentRecord("", Action.GRANT, purposes, *about, now, carried_over)


def _reasons(row: Any, standing: CurrentConsent, changes: Sequence[ConsentChange]) -> Iterable[ReconsentReason]:
    told: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for change in changes:
        told.setdefault((change.feature, change.purposes), []).append(change.text)
    return [
        ReconsentReason(row.release, *about, tuple(texts))
        for about, texts in told.items()
        if standing.status is ConsentStatus.STALE
    ]


def ending(connection: Connection, site: str, now: datetime) -> ExpiringConsents:
    """Records are looked at by the day they were made on: it ends the day of the same name, six months on."""
    today, since = now.date(), lifetime.expiry_cutoff(now)
    until = lifetime.expiry_cutoff(now + timedelta(WEEKS * 7))
    coming, more = reconsent_queries.days(connection, site, LASTING_ACTIONS, since, until)
    late, more_late = reconsent_queries.days(connection, site, LASTING_ACTIONS, lifetime.expiry_cutoff(since), since)
    ended, more_ended = reconsent_queries.days(connection, site, (Action.EXPIRE,), since, now)
    weeks = Counter[int]()
    for row in coming:
        weeks[max(0, (_last_day(row.day) - today).days) // 7] += row.number
    over = sum(row.number for row in (*late, *ended))
    found = [_week(today, number, weeks[number]) for number in range(WEEKS)]
    return ExpiringConsents(over, found, more or more_late or more_ended)


def _last_day(made: int) -> date:
    """Of what was answered `made` days after 1970 began."""
    return lifetime.expires_at(datetime.combine(_EPOCH + timedelta(made), time(), UTC)).date()


def _week(today: date, number: int, count: int) -> tuple[date, date, int]:
    first = today + timedelta(7 * number)
    return first, first + timedelta(6), count
