"""Stores departments: their names, the sites they work for, and who is in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, delete, insert, select, update

from forecourt import clock
from forecourt.db.tables import department_members, department_sites, departments
from forecourt.errors import Fault, Invalid, NotFound
from forecourt.identifiers import new_identifier
from forecourt.support import actions, store

DEPARTMENTS_AT_MOST = 100
_ID = bindparam("department", type_=Text)
_ALL = (
    select(departments.c.id, departments.c.name)
    .where(departments.c.removed_at.is_(None))
    .order_by(departments.c.name, departments.c.id)
)
_SITES = select(department_sites.c.department, department_sites.c.site).order_by(department_sites.c.site)
_MEMBERS = select(department_members.c.department, department_members.c.agent).order_by(department_members.c.agent)
_LOCK = select(departments.c.id).where(departments.c.id == _ID, departments.c.removed_at.is_(None)).with_for_update()
_NAME = select(departments.c.name).where(departments.c.id == _ID)
_RENAME = update(departments).where(departments.c.id == _ID).values(name=bindparam("called"))
_REMOVE = update(departments).where(departments.c.id == _ID).values(removed_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class Department:
    """Holds a department. `sites` are their names in the settings, `members` the ids of agents."""

    id: str
    name: str
    sites: tuple[str, ...]
    members: tuple[str, ...]


def list_departments(connection: Connection) -> list[Department]:
    """Returns every department, by name. There are none until an admin adds one."""
    rows = connection.execute(_ALL).all()
    if not rows:
        return []
    sites, members = connection.execute(_SITES).all(), connection.execute(_MEMBERS).all()
    return [Department(identity, name, _of(identity, sites), _of(identity, members)) for identity, name in rows]


def list_of_site(connection: Connection, site: str) -> list[Department]:
    """Returns the departments that work for this site, by name."""
    return [department for department in list_departments(connection) if site in department.sites]


def find_department(connection: Connection, identity: str) -> Department:
    """Raises `NotFound`, also where it was removed."""
    department = next((row for row in list_departments(connection) if row.id == identity), None)
    if department is None:
        raise NotFound(identity)
    return department


def find_name(connection: Connection, identity: str) -> str:
    """Returns the name of a department, also of one that was removed; blank where there never was one."""
    return str(connection.execute(_NAME, {"department": identity}).scalar_one_or_none() or "")


def add_department(connection: Connection, name: str, sites: Iterable[str], members: Iterable[str]) -> str:
    """Returns the id. Raises `Invalid` where the name is taken, or there are too many."""
    others = list_departments(connection)
    if len(others) >= DEPARTMENTS_AT_MOST:
        raise Invalid([Fault("name", "at_most", {"limit": DEPARTMENTS_AT_MOST})])
    _require_free_name(others, name, "")
    identity = new_identifier()
    connection.execute(insert(departments), {"id": identity, "name": name, "created_at": clock.now()})
    _replace_parts(connection, identity, sites, members)
    return identity


def change_department(
    connection: Connection, identity: str, name: str, sites: Iterable[str], members: Iterable[str]
) -> None:
    """Raises `NotFound`, or `Invalid` where the name is taken."""
    _lock(connection, identity)
    _require_free_name(list_departments(connection), name, identity)
    connection.execute(_RENAME, {"department": identity, "called": name})
    _replace_parts(connection, identity, sites, members)


def remove_department(connection: Connection, identity: str) -> None:
    """Removes the department. What it had and is not closed has none afterwards. Raises `NotFound`."""
    _lock(connection, identity)
    connection.execute(_REMOVE, {"department": identity, "now": clock.now()})
    for conversation in store.find_in_department(connection, identity):
        actions.take_from_department(connection, conversation, identity)
    _replace_parts(connection, identity, (), ())


def move(connection: Connection, conversation: str, agent: str, department: str) -> bool:
    """Moves the conversation to a department of its site, or to none; says whether it was not there already.

    Raises `NotFound`, or `Invalid` where the department does not work for the site.
    """
    site = actions.find_conversation(connection, conversation).site
    if department:
        _require_of_site(connection, department, site)
    return actions.move(connection, conversation, agent, department)


def _require_of_site(connection: Connection, department: str, site: str) -> None:
    """Locks the department, so that it stays until the commit."""
    is_there = connection.execute(_LOCK, {"department": department}).scalar_one_or_none()
    if not is_there or department not in {each.id for each in list_of_site(connection, site)}:
        raise Invalid([Fault("department", "choice")])


def _lock(connection: Connection, identity: str) -> None:
    if connection.execute(_LOCK, {"department": identity}).scalar_one_or_none() is None:
        raise NotFound(identity)


def _require_free_name(others: Sequence[Department], name: str, identity: str) -> None:
    if name.casefold() in {each.name.casefold() for each in others if each.id != identity}:
        raise Invalid([Fault("name", "taken")])


def _replace_parts(connection: Connection, identity: str, sites: Iterable[str], members: Iterable[str]) -> None:
    for table, column, values in ((department_sites, "site", sites), (department_members, "agent", members)):
        connection.execute(delete(table).where(table.c.department == identity))
        if rows := [{"department": identity, column: value} for value in sorted(set(values))]:
            connection.execute(insert(table), rows)


def _of(identity: str, rows: Sequence[Row[Any, Any]]) -> tuple[str, ...]:
    return tuple(str(value) for department, value in rows if department == identity)
