"""Parts requests for the newsletter from subscriptions: the one is the asker's, the other the confirmer's.

Before, one row of `subscribers` was both, and belonged to who typed the address first. What it rested on was the
consent of who asked last, so the subscription goes to the visitor of that consent. Where they have withdrawn or erased
it since, it ends here, as it should have then. Links that were mailed keep working: a request takes the id that they
lead to.

Revision: 0008
"""

from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

from forecourt.identifiers import new_identifier

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The newest choice of the visitor whose consent it rests on says whether they took it back.
_SUBSCRIBERS = sa.text("""
    SELECT s.id, s.site, s.email, s.locale, s.consent, s.confirmation_sent_at, s.confirmed_at,
        COALESCE(c.visitor, s.visitor) AS visitor,
        (SELECT n.action FROM consents n WHERE n.visitor = COALESCE(c.visitor, s.visitor) AND n.kind = 'consent'
            ORDER BY n.seq DESC LIMIT 1) AS newest_action
    FROM subscribers s LEFT JOIN consents c ON c.id = s.consent ORDER BY s.confirmation_sent_at
""")
_REQUESTS = sa.text("SELECT visitor, email, site, locale, created_at FROM newsletter_requests ORDER BY created_at")
_SUPPRESSIONS = sa.text("SELECT site, address_fingerprint, confirmation_sent_at FROM suppressions")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class OldSubscriber:
    """Holds a row of `subscribers` at 0004. `visitor` is whose consent it rests on, and times are in microseconds."""

    id: str
    site: str
    email: str
    locale: str
    consent: str
    confirmation_sent_at: int
    confirmed_at: int | None
    visitor: str
    newest_action: str | None

    def has_withdrawn(self) -> bool:
        return self.newest_action in ("withdraw", "erase")

    def to_request(self) -> Row:
        return self._shared() | {
            "id": self.id,
            "requested_at": self.confirmation_sent_at,
            "confirmation_sent_at": self.confirmation_sent_at,
        }

    def to_subscriber(self) -> Row:
        return self._shared() | {"id": new_identifier(), "confirmed_at": self.confirmed_at}

    def _shared(self) -> Row:
        names = ("site", "locale", "visitor", "consent")
        return {name: getattr(self, name) for name in names} | {"email": self.email.lower()}


def upgrade() -> None:
    connection = op.get_bind()
    rows = [OldSubscriber(**row) for row in connection.execute(_SUBSCRIBERS).mappings()]
    current = [row for row in rows if not row.has_withdrawn()]
    old_requests = connection.execute(_REQUESTS).all()
    mails: list[Row] = [{**row, "id": new_identifier()} for row in connection.execute(_SUPPRESSIONS).mappings()]
    for table in ("subscribers", "newsletter_requests", "suppressions"):
        op.drop_table(table)
    subscribers = {
        (row.site, row.email.lower()): row.to_subscriber() for row in current if row.confirmed_at is not None
    }
    requests: dict[object, Row] = {}
    for visitor, email, site, locale, created_at in old_requests:
        request: Row = {"id": new_identifier(), "visitor": visitor, "email": email.lower(), "site": site}
        request |= {"locale": locale, "consent": "", "requested_at": created_at, "confirmation_sent_at": None}
        requests[visitor, site, email.lower()] = request
    for row in current:
        requests[row.visitor, row.site, row.email.lower()] = row.to_request()
    _insert(_create_subscribers(), [*subscribers.values()])
    _insert(_create_requests(), [*requests.values()])
    _insert(_create_suppressions(), mails)


def _insert(table: sa.Table, rows: list[Row]) -> None:
    if rows:
        op.get_bind().execute(sa.insert(table), rows)


def _create_subscribers() -> sa.Table:
    table = op.create_table(
        "subscribers",
        _text("id"),
        *(_text(name) for name in ("site", "email", "locale", "visitor", "consent")),
        _moment("confirmed_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("site", "email", name="subscribers_once_an_address"),
    )
    op.create_index("subscribers_of_visitor", "subscribers", ["visitor"])
    return table


def _create_requests() -> sa.Table:
    table = op.create_table(
        "newsletter_requests",
        *(_text(name) for name in ("id", "site", "email", "locale", "visitor", "consent")),
        _moment("requested_at"),
        sa.Column("confirmation_sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("visitor", "site", "email", name="newsletter_requests_once_an_address"),
    )
    op.create_index("newsletter_requests_by_time", "newsletter_requests", ["requested_at"])
    return table


def _create_suppressions() -> sa.Table:
    names = ("site", "address_fingerprint")
    table = op.create_table(
        "suppressions",
        _text("id"),
        *(_text(name) for name in names),
        _moment("confirmation_sent_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suppressions_by_address", "suppressions", [*names, "confirmation_sent_at"])
    return table


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
