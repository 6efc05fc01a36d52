"""Does what can be done with an agent's account. A session is only as old as its agent's password."""

from sqlalchemy import Connection

from forecourt import clock
from forecourt.console import agents, assignees, sessions, two_step
from forecourt.console.access import end_access
from forecourt.console.agents import Agent
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole, Permission, has_permission
from forecourt.console.sessions import SessionClient, SessionLimits
from forecourt.email_address import to_mailbox
from forecourt.errors import Fault, Invalid, LastAdmin, NotFound
from forecourt.identifiers import new_identifier


def save_agent(
    connection: Connection, email: str, name: str, password: PasswordHash, role: ConsoleRole | None = None
) -> str:
    """Adds an agent, or gives the one with this address a new name and password, and returns the agent's id.

    Without a `role`, an agent keeps the one they have. A new one becomes an admin where there is none, else an agent.
    A new password ends the sessions that the old one opened. Raises `Invalid` where `email` is no address.
    """
    address = to_mailbox(email)
    if address is None:
        raise Invalid([Fault("email", "email")])
    agent = agents.find_agent_by_email(connection, address)
    if agent:
        agents.update_agent(connection, agent.id, name, password)
        agents.set_role(connection, agent.id, role or agent.role)
        end_access(connection, agent.id)
        return agent.id
    new_role = role or (ConsoleRole.AGENT if agents.list_admins(connection) else ConsoleRole.ADMIN)
    agent = Agent(new_identifier(), address.lower(), name, password.value, new_role)
    agents.insert_agent(connection, agent, clock.now())
    return agent.id


def change_role(connection: Connection, identity: str, role: ConsoleRole) -> Agent:
    """Gives an agent another role, and returns the agent as they were. Raises `NotFound` and `LastAdmin`."""
    agent = _get_colleague(connection, identity)
    if role is not ConsoleRole.ADMIN:
        _require_other_admin(connection, agent)
    agents.set_role(connection, agent.id, role)
    if not has_permission(role, Permission.INBOX):
        assignees.take_back_all(connection, agent.id)
    return agent


def remove_colleague(connection: Connection, identity: str) -> Agent:
    """Removes an agent, ends their sessions and returns who it was. Raises `NotFound` and `LastAdmin`."""
    agent = _get_colleague(connection, identity)
    _require_other_admin(connection, agent)
    _remove(connection, agent)
    return agent


def switch_two_step_off(connection: Connection, email: str) -> Agent:
    """Lets the agent with this address sign in by password alone. Raises `NotFound`."""
    agent = agents.find_agent_by_email(connection, email)
    if agent is None:
        raise NotFound(f"no agent has the address {email}")
    two_step.switch_off(connection, agent.id)
    return agent


def remove_agent(connection: Connection, email: str) -> Agent:
    """Removes the agent with this address, ends their sessions and returns who it was. Raises `NotFound`."""
    agent = agents.find_agent_by_email(connection, email)
    if agent is None:
        raise NotFound(f"no agent has the address {email}")
    _remove(connection, agent)
    return agent


def sign_in(connection: Connection, agent: Agent, limits: SessionLimits, client: SessionClient) -> str | None:
    """Starts a session and returns its secret; None where the agent's password is another one since it was checked.

    The agent's row stays locked until the commit: a password that changes meanwhile ends the new session as well.
    """
    current = agents.get_agent_for_update(connection, agent.id)
    if current is None or current.password_hash != agent.password_hash:
        return None
    return sessions.start_session(connection, agent.id, limits, client)


def sign_in_by_link(
    connection: Connection, link: str, limits: SessionLimits, client: SessionClient
) -> tuple[Agent, str]:
    """Returns whom the link signs in, the first time only, and the session's secret. Raises `LinkExpired`."""
    agent = agents.use_sign_in_link(connection, link)
    return agent, sessions.start_session(connection, agent.id, limits, client)


def change_password(
    connection: Connection, agent: Agent, password: PasswordHash, limits: SessionLimits, client: SessionClient
) -> tuple[Agent, str] | None:
    """Gives the agent a new password, ends every session, and starts one: returns the agent and the session's secret.

    Returns None where the password is another one since it was checked.
    """
    changed = agents.replace_hash(connection, agent, password)
    if changed == agent:
        return None
    end_access(connection, agent.id)
    return changed, sessions.start_session(connection, agent.id, limits, client)


def _remove(connection: Connection, agent: Agent) -> None:
    agents.remove_agent(connection, agent.id, clock.now())
    assignees.take_back_all(connection, agent.id)
    two_step.switch_off(connection, agent.id)
    end_access(connection, agent.id)


def _get_colleague(connection: Connection, identity: str) -> Agent:
    agent = agents.find_agent(connection, identity)
    if agent is None:
        raise NotFound(f"no agent has the id {identity}")
    return agent


def _require_other_admin(connection: Connection, agent: Agent) -> None:
    """Raises `LastAdmin` where no admin who can sign in would be left. Others cannot cease to be admins meanwhile."""
    if agents.lock_admins(connection) == [agent.id]:
        raise LastAdmin(agent.id)
