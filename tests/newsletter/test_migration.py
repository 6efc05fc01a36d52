"""Moves a newsletter of revision 0004 along: requests to who asked, subscriptions to whose consent they rest on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from forecourt.db.migrate import is_current, migrate
from tests.db.old_revision import add_row, open_old_database

STRANGER, OWNER, GONE = "stranger", "owner", "gone"
MAILED_AT = 1_000_000


@pytest.fixture
def released(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Makes a database at revision 0004, which 0.3.0 made."""
    with open_old_database("0004", engine, request, tmp_path) as old_engine:
        yield old_engine


def add_consent(connection: Connection, identity: str, visitor: str, action: str = "grant") -> None:
    texts: dict[str, object] = {
        "id": identity,
        "visitor": visitor,
        "site": "main",
        "action": action,
        "locale": "en",
        "notice_hash": "n",
    }
    texts |= {"source": "banner", "gesture": "trusted", "commitment": "c", "created_at": 1}
    add_row(connection, "consents", **texts, offered="[]", purposes="{}", terms="{}")


def add_subscriber(connection: Connection, email: str, visitor: str, consent: str, confirmed_at: int | None) -> None:
    """Adds what 0004 stored of an address: `visitor` typed it first, and `consent` is of who asked last."""
    state = "confirmed" if confirmed_at else "unconfirmed"
    about = {"site": "main", "email": email, "locale": "en", "state": state, "visitor": visitor, "consent": consent}
    times = {"created_at": 1, "confirmation_sent_at": MAILED_AT, "confirmed_at": confirmed_at}
    add_row(connection, "subscribers", id=f"id of {email}", **about, **times)


def add_request(connection: Connection, visitor: str, email: str) -> None:
    add_row(connection, "newsletter_requests", visitor=visitor, email=email, site="main", locale="nb", created_at=7)


def fill(connection: Connection) -> None:
    for visitor in (STRANGER, OWNER, GONE):
        add_consent(connection, f"c-{visitor}", visitor)
    add_consent(connection, "c-withdrawal", GONE, "withdraw")
    add_subscriber(connection, "Both@example.com", STRANGER, "c-owner", 5)
    add_subscriber(connection, "new@example.com", STRANGER, "c-stranger", None)
    add_subscriber(connection, "withdrawn@example.com", OWNER, "c-gone", 5)
    add_subscriber(connection, "lost@example.com", OWNER, "a record of another backup", 6)
    for visitor in (STRANGER, OWNER):
        add_request(connection, visitor, "Both@example.com")
    add_request(connection, STRANGER, "new@example.com")
    add_row(connection, "suppressions", site="main", address_fingerprint="f", confirmation_sent_at=9)


def test_each_row_of_0004_goes_to_whose_it_is(released: Engine) -> None:
    with released.begin() as connection:
        fill(connection)
    migrate(released)
    with released.connect() as connection:
        assert is_current(connection)
        rows = connection.execute(text("SELECT email, visitor, consent, confirmed_at FROM subscribers")).all()
        # The stranger typed it first, and the consent that it rests on is the owner's.
        assert {tuple(row) for row in rows} == {
            ("both@example.com", OWNER, "c-owner", 5),
            ("lost@example.com", OWNER, "a record of another backup", 6),
        }
        columns = "email, visitor, requested_at, confirmation_sent_at"
        requests = connection.execute(text(f"SELECT {columns} FROM newsletter_requests")).all()
        assert {tuple(row) for row in requests} == {
            ("both@example.com", STRANGER, 7, None),
            ("both@example.com", OWNER, MAILED_AT, MAILED_AT),
            ("new@example.com", STRANGER, MAILED_AT, MAILED_AT),
            ("lost@example.com", OWNER, MAILED_AT, MAILED_AT),
        }
        suppressions = connection.execute(
            text("SELECT site, address_fingerprint, confirmation_sent_at FROM suppressions")
        )
        assert [tuple(row) for row in suppressions] == [("main", "f", 9)]


def test_a_link_of_0004_leads_to_the_request_that_it_was_mailed_for(released: Engine) -> None:
    """Its subject was the id of the subscriber, and is the id of the request now."""
    with released.begin() as connection:
        fill(connection)
    migrate(released)
    with released.connect() as connection:
        statement = text("SELECT visitor, consent FROM newsletter_requests WHERE id = 'id of new@example.com'")
        assert tuple(connection.execute(statement).one()) == (STRANGER, "c-stranger")
        ids = text("SELECT count(*) FROM subscribers s JOIN newsletter_requests r ON r.id = s.id")
        assert connection.execute(ids).scalar_one() == 0  # else ending the one would end the other's links
