"""Lets people choose a new password by a mailed link. Nobody learns by it which addresses have an account.

Whoever asks in somebody's name uses up nothing of theirs: the mail then is with its owner, a link lasts longer than the
pause between two mails, and a new link leaves the old ones as they are.
"""

from datetime import timedelta

from sqlalchemy import Connection

from forecourt import clock, one_time_links
from forecourt.console import agents
from forecourt.console.access import PASSWORD_RESET_LINK, end_access
from forecourt.console.agents import Agent
from forecourt.console.console_mails import ConsoleMails
from forecourt.console.passwords import PasswordHash
from forecourt.errors import LinkExpired
from forecourt.link_secret import new_link_secret

LINK_LIFETIME = timedelta(hours=1)
PAUSE = timedelta(minutes=15)  # between two mails to one agent


def request_reset(connection: Connection, email: str, mails: ConsoleMails, locale: str) -> None:
    """Mails the agent with this address a link, unless one was mailed just now. Does nothing for other addresses.

    Nobody is told which of these it was. Whoever is invited has the invitation's link.
    """
    known_agent = agents.find_agent_by_email(connection, email)
    agent = agents.get_agent_for_update(connection, known_agent.id) if known_agent else None
    if agent is None or agent.is_invited:
        return
    expiry = one_time_links.find_latest_expiry(connection, PASSWORD_RESET_LINK, agent.id)
    if expiry and expiry - LINK_LIFETIME > clock.now() - PAUSE:
        return
    secret = new_link_secret()
    one_time_links.add(connection, PASSWORD_RESET_LINK, agent.id, LINK_LIFETIME, secret)
    mails.put(connection, "console_password_reset", agent, locale, link=mails.link(f"new-password/{secret}"))


def find_reset_agent(connection: Connection, secret: str) -> Agent:
    """Returns whose password the link changes. Changes nothing. Raises `LinkExpired`, also where it was used."""
    link = one_time_links.find(connection, PASSWORD_RESET_LINK, secret)
    agent = agents.find_agent(connection, link.subject)
    if link.used_at or agent is None:
        raise LinkExpired(PASSWORD_RESET_LINK)
    return agent


def reset_password(connection: Connection, secret: str, password: PasswordHash) -> Agent:
    """Gives the link's agent a new password, and ends every session and every other link of theirs.

    It signs nobody in: a second factor is asked for as always. Raises `LinkExpired`.
    """
    agent = agents.get_agent_for_update(connection, one_time_links.use(connection, PASSWORD_RESET_LINK, secret))
    if agent is None:
        raise LinkExpired(PASSWORD_RESET_LINK)
    agents.update_agent(connection, agent.id, agent.name, password)
    end_access(connection, agent.id)
    return agent
