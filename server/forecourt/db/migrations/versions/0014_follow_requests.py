"""Parts requests to follow from followers: the one is the asker's, the other an address whose owner confirmed.

Before, a row of `followers` was both, and what was asked for stood in the subject of the mailed link. Each link that
waits now leads to a request, and each that was used to its follower, so that mailed links keep working. An unconfirmed
address whose link is gone goes too: nobody can confirm it any more.

Confirmation mails are counted by their kind now, since those to follow are counted as those of the newsletter.

Revision: 0014
"""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

from forecourt.identifiers import new_identifier

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LINK_LIFETIME = 48 * 3600 * 1_000_000  # microseconds
_LINKS = sa.text("""
    SELECT secret_hash, subject, expires_at, used_at FROM one_time_links
    WHERE purpose = 'follow.confirm' ORDER BY expires_at
""")
_FOLLOWER = sa.text("SELECT site, email FROM followers WHERE id = :follower")
_SET_SUBJECT = sa.text("UPDATE one_time_links SET subject = :subject WHERE secret_hash = :link")
_DELETE_UNCONFIRMED = sa.text("DELETE FROM followers WHERE state = 'unconfirmed'")
Row = dict[str, object]


class OldPreferences(msgspec.Struct):
    """Holds what somebody asked for, as the subjects of links had it."""

    locale: str
    region: str | None = None
    products: tuple[str, ...] = ()
    webhook: str = ""


class OldSubject(msgspec.Struct):
    """Is what the subject of a link was until 0013."""

    follower: str
    wish: OldPreferences


def upgrade() -> None:
    connection = op.get_bind()
    table = _create_requests()
    requests: dict[object, Row] = {}
    for link, subject, mailed_at, is_used in _read_links(connection):
        address = connection.execute(_FOLLOWER, {"follower": subject.follower}).one_or_none()
        if address is None:
            continue
        leads_to: object = subject.follower
        if not is_used:
            row = _to_request(subject.wish, *address)
            request = requests.setdefault(msgspec.json.encode(row), {**row, "id": new_identifier()})
            request["confirmation_sent_at"] = mailed_at
            leads_to = request["id"]
        connection.execute(_SET_SUBJECT, {"subject": leads_to, "link": link})
    if requests:
        connection.execute(sa.insert(table), [*requests.values()])
    _shrink_followers(connection)
    op.add_column(
        "suppressions", sa.Column("kind", sa.Text(), nullable=False, server_default="newsletter_confirmation")
    )


def _read_links(connection: sa.Connection) -> Iterator[tuple[str, OldSubject, int, bool]]:
    """Yields the key of each link, its subject, when it was mailed, and whether it was used."""
    for row in connection.execute(_LINKS).all():
        subject = msgspec.json.decode(row.subject, type=OldSubject)
        yield row.secret_hash, subject, row.expires_at - _LINK_LIFETIME, row.used_at is not None


def _to_request(preferences: OldPreferences, site: str, email: str) -> Row:
    products = sorted(preferences.products)
    row: Row = {"site": site, "email": email, "locale": preferences.locale, "region": preferences.region}
    return row | {"products": products, "webhook": preferences.webhook}


def _shrink_followers(connection: sa.Connection) -> None:
    connection.execute(_DELETE_UNCONFIRMED)
    for column in ("created_at", "confirmation_sent_at", "confirmation_mails"):
        op.drop_column("followers", column)


def _create_requests() -> sa.Table:
    table = op.create_table(
        "follow_requests",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "site", "email", "locale")),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("confirmation_sent_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("follow_requests_by_address", "follow_requests", ["site", "email"])
    op.create_index("follow_requests_by_time", "follow_requests", ["confirmation_sent_at"])
    return table
