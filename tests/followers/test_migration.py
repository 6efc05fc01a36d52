"""Moves followers of revision 0013 along: what waits for a confirmation becomes a request, and mailed links go on."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection, Engine, select, text

from forecourt import clock
from forecourt.db.migrate import is_current, migrate
from forecourt.db.tables import Moment, follow_requests, followers
from forecourt.digest import sha256_hex
from forecourt.errors import LinkExpired
from forecourt.followers import actions
from forecourt.followers.links import CONFIRMATION_LIFETIME, CONFIRMATION_LINK
from forecourt.followers.model import FollowPreferences
from forecourt.policy.model import Audience
from tests.db.old_revision import add_row, open_old_database

NOW = clock.now().replace(microsecond=0)
STRANGERS = {"locale": "nb", "region": "US", "products": ["desk", "crm"], "webhook": "https://evil.example/"}
OWNERS: dict[str, object] = {"locale": "en", "region": None, "products": [], "webhook": ""}


@pytest.fixture
def released(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with open_old_database("0013", engine, request, tmp_path) as old_engine:
        yield old_engine


def stored(moment: object) -> object:
    return Moment().process_bind_param(moment, None)  # type: ignore[arg-type] # what is no datetime is None


def add_follower(connection: Connection, name: str, state: str) -> None:
    """Adds what 0013 stored of an address."""
    about: dict[str, object] = {"site": "main", "email": f"{name}@example.com", "locale": "en", "products": "[]"}
    confirmed_at = None if state == "unconfirmed" else stored(NOW - timedelta(days=9))
    times = {"created_at": 1, "confirmation_sent_at": 2, "confirmation_mails": 1, "confirmed_at": confirmed_at}
    add_row(connection, "followers", id=name, state=state, webhook="", webhook_secret="", **about, **times)


def add_link(connection: Connection, secret: str, follower: str, wish: object, age: int, is_used: bool = False) -> None:
    """Adds a link that was mailed `age` hours ago."""
    mailed_at = NOW - timedelta(hours=age)
    subject = msgspec.json.encode({"follower": follower, "wish": wish}).decode()
    times = {"expires_at": stored(mailed_at + CONFIRMATION_LIFETIME), "used_at": stored(NOW) if is_used else None}
    row: dict[str, object] = {"secret_hash": sha256_hex(secret), "purpose": CONFIRMATION_LINK, "subject": subject}
    add_row(connection, "one_time_links", **row, **times)


def fill(connection: Connection) -> None:
    for name, state in (("new", "unconfirmed"), ("lost", "unconfirmed"), ("old", "confirmed"), ("gone", "left")):
        add_follower(connection, name, state)
    add_link(connection, "strangers", "new", STRANGERS, 3)
    add_link(connection, "owners first", "new", OWNERS, 2)
    add_link(connection, "owners second", "new", OWNERS, 1)
    add_link(connection, "change", "old", STRANGERS, 1)
    add_link(connection, "used", "old", OWNERS, 5, is_used=True)
    add_link(connection, "left", "gone", OWNERS, 5, is_used=True)
    add_link(connection, "of nobody", "a follower of another backup", OWNERS, 5)


@pytest.fixture
def migrated(released: Engine) -> Engine:
    with released.begin() as connection:
        fill(connection)
    migrate(released)
    return released


def test_what_waits_becomes_a_request_for_each_of_what_was_asked(migrated: Engine) -> None:
    with migrated.connect() as connection:
        assert is_current(connection)
        columns = follow_requests.c
        query = select(columns.email, columns.webhook, columns.products, columns.confirmation_sent_at)
        requests = connection.execute(query.order_by(columns.email, columns.confirmation_sent_at)).all()
        follower_states = connection.execute(select(followers.c.id, followers.c.state).order_by(followers.c.id)).all()
    evil, products = "https://evil.example/", ["crm", "desk"]
    assert [tuple(row) for row in requests] == [
        ("new@example.com", evil, products, NOW - timedelta(hours=3)),
        ("new@example.com", "", [], NOW - timedelta(hours=1)),
        ("old@example.com", evil, products, NOW - timedelta(hours=1)),
    ]
    assert [tuple(row) for row in follower_states] == [("gone", "left"), ("old", "confirmed")]


def test_mailed_links_confirm_what_they_were_mailed_for(migrated: Engine) -> None:
    with migrated.begin() as connection:
        pending = actions.find_pending_follow(connection, "main", "strangers")
        assert pending.preferences == FollowPreferences("nb", Audience.US, ("crm", "desk"), "https://evil.example/")
        actions.confirm_follow(connection, "main", "owners first")
        for secret in ("owners first", "owners second"):
            pending = actions.find_pending_follow(connection, "main", secret)
            assert (pending.email, pending.preferences, pending.is_confirmed) == (
                "new@example.com",
                FollowPreferences("en"),
                True,
            )
        change = actions.find_pending_follow(connection, "main", "change")
        assert (change.email, change.is_confirmed, change.has_other_preferences) == ("old@example.com", False, True)


def test_used_links_lead_to_their_follower_and_dead_ones_nowhere(migrated: Engine) -> None:
    with migrated.begin() as connection:
        pending = actions.find_pending_follow(connection, "main", "used")
        assert (pending.email, pending.is_confirmed) == ("old@example.com", True)
        for secret in ("left", "of nobody"):
            with pytest.raises(LinkExpired):
                actions.find_pending_follow(connection, "main", secret)


def test_mails_of_the_newsletter_that_were_counted_still_count(released: Engine) -> None:
    with released.begin() as connection:
        add_row(connection, "suppressions", id="1", site="main", address_fingerprint="f", confirmation_sent_at=9)
    migrate(released)
    with released.connect() as connection:
        assert connection.execute(text("SELECT kind FROM suppressions")).scalars().all() == ["newsletter_confirmation"]
