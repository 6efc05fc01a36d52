"""Standing choices that wait to be asked again, in SQL: those that answered another notice, and how old they are.

Bounded: so many of the oldest are looked at, and no more. The oldest wait first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, exists, func, or_, select, type_coerce

from forecourt.consent.record import GRANTING_ACTIONS
from forecourt.db.tables import DAY, IS_CHOICE, consents

LOOKED_AT = 50_000  # records
KINDS = 500  # of answers, told apart
_later = consents.alias("later")
_STANDS = ~exists().where(
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
    .limit(bindparam("most"))
    .subquery()
)
_NUMBER = select(func.count()).select_from(_OLDEST)


def _text(name: str) -> Any:
    """A JSON column as the text it is stored as: PostgreSQL does not group JSON."""
    return cast(type_coerce(consents.c[name], Text), Text).label(name)


_ANSWER = (
    *(consents.c[name] for name in ("notice_hash", "locale", "release", "privacy_policy")),
    *(_text(name) for name in ("purposes", "carried_over", "terms")),
)
_OF_ANOTHER_NOTICE = consents.c.notice_hash.not_in(bindparam("of_notices", expanding=True))
_ANSWERS = (
    select(*_ANSWER, func.count().label("number"))
    .join(_OLDEST, _OLDEST.c.seq == consents.c.seq)
    .where(or_(_OF_ANOTHER_NOTICE, _text("carried_over") != "{}"), _STANDS)
    .group_by(*_ANSWER)
    .order_by(func.count().desc())
    .limit(KINDS)
)
_DAYS = (
    select(DAY.label("day"), func.count().label("number"))
    .join(_OLDEST, _OLDEST.c.seq == consents.c.seq)
    .where(_STANDS)
    .group_by(DAY)
    .order_by(DAY)
)


def answers(
    connection: Connection, site: str, notices: Iterable[str], since: datetime, until: datetime
) -> tuple[Sequence[Any], bool]:
    """Standing grants that answered none of `notices`, or were asked again in part: each kind and how many.

    And whether there are more than were looked at.
    """
    said = _said(site, GRANTING_ACTIONS, since, until)
    rows = connection.execute(_ANSWERS, said | {"of_notices": list(notices)}).all()
    return rows, len(rows) == KINDS or _is_more(connection, said)


def days(
    connection: Connection, site: str, actions: Sequence[str], since: datetime, until: datetime
) -> tuple[Sequence[Any], bool]:
    """How many standing records were made on each day (since 1970), and whether there are more."""
    said = _said(site, actions, since, until)
    return connection.execute(_DAYS, said).all(), _is_more(connection, said)


def _said(site: str, actions: Sequence[str], since: datetime, until: datetime) -> dict[str, Any]:
    return {"of_site": site, "of_actions": list(actions), "start": since, "end": until, "most": LOOKED_AT}


def _is_more(connection: Connection, said: dict[str, Any]) -> bool:
    return int(connection.execute(_NUMBER, said).scalar_one()) == LOOKED_AT
