"""Stores who may sign in to the console, and makes the one-time links that sign an agent in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from forecourt import one_time_links
from forecourt.console.access import SIGN_IN_LINK
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole, Permission, has_permission
from forecourt.db.tables import agents
from forecourt.errors import LinkExpired

_COLUMNS = (agents.c.id, agents.c.email, agents.c.name, agents.c.password_hash, agents.c.role)
_BY_EMAIL = select(*_COLUMNS).where(agents.c.email == bindparam("address"))
_BY_ID = select(*_COLUMNS).where(agents.c.id == bindparam("agent"), agents.c.removed_at.is_(None))
_BY_ID_FOR_UPDATE = _BY_ID.with_for_update()
_ALL = select(*_COLUMNS).where(agents.c.removed_at.is_(None)).order_by(agents.c.email)
_ADMINS = (
    select(agents.c.id)
    .where(agents.c.role == ConsoleRole.ADMIN, agents.c.removed_at.is_(None), agents.c.password_hash != "")
    .order_by(agents.c.id)
)
_ADMINS_FOR_UPDATE = _ADMINS.with_for_update()
_NAME = select(agents.c.name).where(agents.c.id == bindparam("agent"))
_INSERT = insert(agents)
_UPDATE = (
    update(agents)
    .where(agents.c.id == bindparam("agent"))
    .values(name=bindparam("called"), password_hash=bindparam("hash"))
)
_REMOVE = (
    update(agents)
    .where(agents.c.id == bindparam("agent"))
    .values(email=agents.c.id, password_hash="", removed_at=bindparam("now"))
)
_SET_ROLE = update(agents).where(agents.c.id == bindparam("agent")).values(role=bindparam("new_role"))
_REPLACE_HASH = (
    update(agents)
    .where(agents.c.id == bindparam("agent"), agents.c.password_hash == bindparam("old_hash"))
    .values(password_hash=bindparam("hash"))
)


@dataclass(frozen=True, slots=True)
class Agent:
    """Describes somebody who answers visitors. `email` is in lower case; `password_hash` is what argon2 writes."""

    id: str
    email: str
    name: str
    password_hash: str
    role: ConsoleRole

    @property
    def is_invited(self) -> bool:
        """Checks whether the agent has not chosen a password yet."""
        return not self.password_hash

    def has(self, permission: Permission) -> bool:
        """Checks whether the agent's role includes this part of the console."""
        return has_permission(self.role, permission)


def find_agent(connection: Connection, identity: str) -> Agent | None:
    row = connection.execute(_BY_ID, {"agent": identity}).mappings().one_or_none()
    return _to_agent(row) if row else None


def find_agent_by_email(connection: Connection, email: str) -> Agent | None:
    """Returns the agent with this address, in capital or small letters."""
    row = connection.execute(_BY_EMAIL, {"address": email.lower()}).mappings().one_or_none()
    return _to_agent(row) if row else None


def find_name(connection: Connection, identity: str) -> str:
    """Returns the name of an agent, also of one who was removed; blank where there never was one."""
    return str(connection.execute(_NAME, {"agent": identity}).scalar_one_or_none() or "")


def list_agents(connection: Connection) -> list[Agent]:
    """Returns every agent, by address."""
    return [_to_agent(row) for row in connection.execute(_ALL).mappings()]


def remove_agent(connection: Connection, identity: str, now: datetime) -> None:
    """Deletes address and password. The name stays, beside what they wrote, in a row that nobody signs in by."""
    connection.execute(_REMOVE, {"agent": identity, "now": now})


def find_agent_id(connection: Connection, email: str) -> str | None:
    agent = find_agent_by_email(connection, email)
    return agent.id if agent else None


def get_agent_for_update(connection: Connection, identity: str) -> Agent | None:
    """Returns the agent, whose row other transactions cannot change until this one ends."""
    row = connection.execute(_BY_ID_FOR_UPDATE, {"agent": identity}).mappings().one_or_none()
    return _to_agent(row) if row else None


def insert_agent(connection: Connection, agent: Agent, now: datetime) -> None:
    row = {"id": agent.id, "email": agent.email, "name": agent.name, "password_hash": agent.password_hash}
    connection.execute(_INSERT, row | {"created_at": now, "role": agent.role})


def update_agent(connection: Connection, identity: str, name: str, password: PasswordHash) -> None:
    connection.execute(_UPDATE, {"agent": identity, "called": name, "hash": password.value})


def set_role(connection: Connection, identity: str, role: ConsoleRole) -> None:
    connection.execute(_SET_ROLE, {"agent": identity, "new_role": role})


def list_admins(connection: Connection) -> list[str]:
    """Returns the ids of the admins who can sign in."""
    return list(connection.execute(_ADMINS).scalars())


def lock_admins(connection: Connection) -> list[str]:
    """Returns what `list_admins` does, and keeps it true until this transaction ends."""
    return list(connection.execute(_ADMINS_FOR_UPDATE).scalars())


def replace_hash(connection: Connection, agent: Agent, password: PasswordHash) -> Agent:
    """Stores a new hash, of the same password or of another, and returns the agent with it.

    Changes nothing where the stored hash is another one by now: an old password must not come back over a new one.
    """
    values = {"agent": agent.id, "old_hash": agent.password_hash, "hash": password.value}
    is_replaced = connection.execute(_REPLACE_HASH, values).rowcount
    return replace(agent, password_hash=password.value) if is_replaced else agent


def create_sign_in_link(connection: Connection, agent: str, lifetime: timedelta) -> str:
    """Returns the secret of a link that signs the agent with this id in once: `/console/link/SECRET`."""
    return one_time_links.create(connection, SIGN_IN_LINK, agent, lifetime)


def require_unused_link(connection: Connection, secret: str) -> None:
    """Raises `LinkExpired` where the link would sign nobody in. Changes nothing."""
    if one_time_links.find(connection, SIGN_IN_LINK, secret).used_at:
        raise LinkExpired(SIGN_IN_LINK)


def use_sign_in_link(connection: Connection, secret: str) -> Agent:
    """Returns whom the link signs in, the first time only. Raises `LinkExpired` after that."""
    agent = find_agent(connection, one_time_links.use(connection, SIGN_IN_LINK, secret))
    if agent is None:
        raise LinkExpired(SIGN_IN_LINK)
    return agent


def _to_agent(row: RowMapping) -> Agent:
    return Agent(**{**row, "role": ConsoleRole(row["role"])})
