"""Invites people to the console by mail. Whoever opens the link chooses their own name and password."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.console import agents, sessions
from forecourt.console.agents import Agent
from forecourt.console.console_mails import ConsoleMails
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole
from forecourt.console.sessions import SessionClient, SessionLimits
from forecourt.email_address import to_mailbox
from forecourt.errors import Fault, Invalid, LinkExpired
from forecourt.identifiers import new_identifier
from forecourt.link_secret import new_link_secret

LINK_PURPOSE = "console.invitation"
LINK_LIFETIME = timedelta(hours=48)


def invite_agent(
    connection: Connection, email: str, role: ConsoleRole, inviter: Agent, mails: ConsoleMails, locale: str
) -> Agent:
    """Adds somebody who cannot sign in until they use the link that is mailed to them.

    Raises `Invalid` where `email` is no address, or an agent has it.
    """
    address = to_mailbox(email)
    if address is None:
        raise Invalid([Fault("email", "email")])
    if agents.find_agent_by_email(connection, address):
        raise Invalid([Fault("email", "address_taken")])
    agent = Agent(new_identifier(), address.lower(), address, "", role)
    agents.insert_agent(connection, agent, clock.now())
    send_invitation(connection, agent, inviter, mails, locale)
    return agent


def send_invitation(connection: Connection, agent: Agent, inviter: Agent, mails: ConsoleMails, locale: str) -> None:
    """Mails a new link, and makes those of before worthless."""
    secret = new_link_secret()
    one_time_links.revoke(connection, LINK_PURPOSE, agent.id)
    one_time_links.add(connection, LINK_PURPOSE, agent.id, LINK_LIFETIME, secret)
    link = mails.link(f"invitation/{secret}")
    mails.put(connection, "console_invitation", agent, locale, link=link, inviter=inviter.name, role=agent.role.value)


def find_expiry(connection: Connection, agent: Agent) -> datetime | None:
    """Returns when the agent's invitation ends, or has ended."""
    return one_time_links.find_latest_expiry(connection, LINK_PURPOSE, agent.id)


def find_invited_agent(connection: Connection, secret: str) -> Agent:
    """Returns whom the link invites. Changes nothing. Raises `LinkExpired`, also where it was used."""
    link = one_time_links.find(connection, LINK_PURPOSE, secret)
    agent = agents.find_agent(connection, link.subject)
    if link.used_at or agent is None or not agent.is_invited:
        raise LinkExpired(LINK_PURPOSE)
    return agent


def accept_invitation(
    connection: Connection,
    secret: str,
    name: str,
    password: PasswordHash,
    limits: SessionLimits,
    client: SessionClient,
) -> tuple[Agent, str]:
    """Gives the agent name and password, and signs them in: returns the agent and the session's secret.

    Raises `LinkExpired`.
    """
    agent = agents.get_agent_for_update(connection, one_time_links.use(connection, LINK_PURPOSE, secret))
    if agent is None or not agent.is_invited:
        raise LinkExpired(LINK_PURPOSE)
    agents.update_agent(connection, agent.id, name, password)
    session = sessions.start_session(connection, agent.id, limits, client)
    return agents.find_agent(connection, agent.id) or agent, session
