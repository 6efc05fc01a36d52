"""Adds the first person who may use the console. Whoever is there already is left as they are."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from forecourt.console import agents
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole

LINK_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FirstUser:
    """Identifies the user who was added. `link_secret` is of a link that signs them in once."""

    agent: str
    link_secret: str


def add_first_user(connection: Connection, email: str, password: PasswordHash) -> FirstUser | None:
    """Adds the user, and makes a link that signs them in. Returns None where there is such a user.

    Raises `Invalid` where `email` is no address.
    """
    if agents.find_agent_id(connection, email):
        return None
    agent = save_agent(connection, email, email, password, ConsoleRole.ADMIN)
    return FirstUser(agent, agents.create_sign_in_link(connection, agent, LINK_LIFETIME))
