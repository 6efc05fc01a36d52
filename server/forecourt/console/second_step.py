"""Asks who typed the right password for the second step, before a session begins.

A secret in a cookie names who is half signed in, for ten minutes. It opens nothing else.
"""

from datetime import timedelta

from sqlalchemy import Connection

from forecourt import one_time_links
from forecourt.console import agents, sessions, two_step
from forecourt.console.access import SECOND_STEP_LINK
from forecourt.console.agents import Agent
from forecourt.console.host_cookie import HostCookie
from forecourt.console.sessions import SessionClient, SessionLimits
from forecourt.console.two_step import Method
from forecourt.errors import LinkExpired

SECOND_STEP_COOKIE = "forecourt_second_step"
LINK_LIFETIME = timedelta(minutes=10)
_MAX_LENGTH = 64  # characters; ours have 32


def make_second_step_cookie(is_secure: bool) -> HostCookie:
    """Returns the cookie that the browser keeps between both steps. `is_secure`: browsers reach us by HTTPS."""
    return HostCookie(SECOND_STEP_COOKIE, round(LINK_LIFETIME.total_seconds()), _MAX_LENGTH, is_secure)


def begin_second_step(connection: Connection, agent: Agent) -> str | None:
    """Returns the cookie's secret; None where the agent's password is another one since it was checked."""
    current = agents.get_agent_for_update(connection, agent.id)
    if current is None or current.password_hash != agent.password_hash:
        return None
    return one_time_links.create(connection, SECOND_STEP_LINK, agent.id, LINK_LIFETIME)


def find_half_signed_in(connection: Connection, secret: str) -> Agent:
    """Returns who typed the right password. Raises `LinkExpired`, also once the password is another one."""
    link = one_time_links.find(connection, SECOND_STEP_LINK, secret)
    agent = agents.find_agent(connection, link.subject)
    if link.used_at or agent is None:
        raise LinkExpired(SECOND_STEP_LINK)
    return agent


def finish_second_step(
    connection: Connection, secret: str, code: str, limits: SessionLimits, client: SessionClient
) -> tuple[Agent, Method, str] | None:
    """Starts a session by a code: returns the agent, what the code was, and the session's secret.

    Returns None for a wrong code. Raises `LinkExpired`.
    """
    agent = agents.get_agent_for_update(connection, find_half_signed_in(connection, secret).id)
    find_half_signed_in(connection, secret)  # again: the row's lock may have waited for a new password
    method = two_step.use_code(connection, agent.id, code) if agent else None
    if agent is None or method is None:
        return None
    one_time_links.mark_used(connection, secret)
    return agent, method, sessions.start_session(connection, agent.id, limits, client)
