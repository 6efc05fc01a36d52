"""Ends every way by which an agent is, or soon would be, in the console: sessions and links."""

from sqlalchemy import Connection

from forecourt import one_time_links
from forecourt.console import sessions

SIGN_IN_LINK = "console.sign_in"
SECOND_STEP_LINK = "console.second_step"
PASSWORD_RESET_LINK = "console.password_reset"  # noqa: S105 - a link's purpose


def end_access(connection: Connection, agent: str) -> None:
    """Ends every session of the agent, and every link by which they sign in or get a new password."""
    sessions.end_sessions(connection, agent)
    for purpose in (SIGN_IN_LINK, SECOND_STEP_LINK, PASSWORD_RESET_LINK):
        one_time_links.revoke(connection, purpose, agent)
