"""Stores who is signed in where. A session is a row, so that it can be listed, and ended from elsewhere.

A row ends at a fixed time, and earlier when it was not used for a while. Both are judged by the server's clock alone.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from forecourt import clock
from forecourt.db.tables import agent_sessions
from forecourt.digest import sha256_hex
from forecourt.identifiers import new_identifier

MAX_SESSIONS = 20  # of one agent; the oldest ends when another begins
USE_NOTED_EVERY = timedelta(minutes=5)  # so that few requests write

_IS_ALIVE = (agent_sessions.c.expires_at > bindparam("now"), agent_sessions.c.last_used_at > bindparam("idle_since"))
_IS_OF_AGENT = agent_sessions.c.agent == bindparam("of_agent")
_COLUMNS = (
    agent_sessions.c.id,
    agent_sessions.c.agent,
    agent_sessions.c.created_at,
    agent_sessions.c.last_used_at,
    agent_sessions.c.network,
    agent_sessions.c.browser,
)
_INSERT = insert(agent_sessions)
_BY_SECRET = select(*_COLUMNS).where(agent_sessions.c.secret_hash == bindparam("digest"), *_IS_ALIVE)
_OF_AGENT = select(*_COLUMNS).where(_IS_OF_AGENT, *_IS_ALIVE).order_by(agent_sessions.c.last_used_at.desc())
_SET_USED = (
    update(agent_sessions).where(agent_sessions.c.id == bindparam("session")).values(last_used_at=bindparam("now"))
)
_DELETE = delete(agent_sessions).where(_IS_OF_AGENT, agent_sessions.c.id == bindparam("session"))
_DELETE_OTHERS = delete(agent_sessions).where(_IS_OF_AGENT, agent_sessions.c.id != bindparam("except_session"))
_OLDEST = (
    select(agent_sessions.c.id)
    .where(_IS_OF_AGENT)
    .order_by(agent_sessions.c.created_at.desc(), agent_sessions.c.id.desc())
    .offset(MAX_SESSIONS)
)


@dataclass(frozen=True, slots=True)
class Session:
    """Describes one browser of an agent. `last_used_at` may be five minutes late; `network` is cut to /24 or /48."""

    id: str
    agent: str
    created_at: datetime
    last_used_at: datetime
    network: str
    browser: str


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Says how long a session lasts: at most `lifetime`, and `idle` after its last use."""

    lifetime: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class SessionClient:
    """Says what an agent signs in from: the network, cut to /24 or /48, and the browser, as in `Firefox, Windows`."""

    network: str
    browser: str


def start_session(connection: Connection, agent: str, limits: SessionLimits, client: SessionClient) -> str:
    """Stores a new session. Returns its secret of 256 random bits, which cannot be had again."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    row = {"id": new_identifier(), "secret_hash": sha256_hex(secret), "agent": agent}
    times = {"created_at": now, "last_used_at": now, "expires_at": now + limits.lifetime}
    connection.execute(_INSERT, row | times | {"network": client.network, "browser": client.browser})
    for oldest in connection.execute(_OLDEST, {"of_agent": agent}).scalars().all():
        end_session(connection, agent, oldest)
    return secret


def find_session(connection: Connection, secret: str, limits: SessionLimits) -> Session | None:
    """Returns the session that has not ended."""
    row = connection.execute(_BY_SECRET, {"digest": sha256_hex(secret)} | _now(limits)).one_or_none()
    return Session(*row) if row else None


def list_sessions(connection: Connection, agent: str, limits: SessionLimits) -> list[Session]:
    """Returns the agent's sessions, the one used last first."""
    return [Session(*row) for row in connection.execute(_OF_AGENT, {"of_agent": agent} | _now(limits))]


def is_use_due(session: Session) -> bool:
    """Checks whether `note_use` has something to store."""
    return clock.now() - session.last_used_at > USE_NOTED_EVERY


def note_use(connection: Connection, session: Session) -> None:
    connection.execute(_SET_USED, {"session": session.id, "now": clock.now()})


def end_session(connection: Connection, agent: str, identity: str) -> bool:
    """Ends one session of this agent. Returns whether there was one."""
    return bool(connection.execute(_DELETE, {"of_agent": agent, "session": identity}).rowcount)


def end_sessions(connection: Connection, agent: str, except_session: str = "") -> int:
    """Ends every session of the agent, but one where its id is given. Returns how many."""
    return connection.execute(_DELETE_OTHERS, {"of_agent": agent, "except_session": except_session}).rowcount


def _now(limits: SessionLimits) -> dict[str, datetime]:
    now = clock.now()
    return {"now": now, "idle_since": now - limits.idle}
