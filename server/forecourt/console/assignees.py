"""Says to whom a conversation can be assigned, and takes it back from who may no longer see the inbox."""

from sqlalchemy import Connection

from forecourt.console import agents, departments
from forecourt.console.agents import Agent
from forecourt.console.roles import Permission
from forecourt.errors import Fault, Invalid
from forecourt.support import actions, store
from forecourt.support.model import Conversation


def list_assignees(connection: Connection) -> list[Agent]:
    """Returns everybody who may see the inbox, by name. Who was invited and has not come yet is not among them."""
    people = [agent for agent in agents.list_agents(connection) if _can_be_assigned(agent)]
    return sorted(people, key=lambda agent: agent.name.casefold())


def assign(connection: Connection, conversation: str, agent: str, assignee: str) -> bool:
    """Gives the conversation to somebody, or to nobody where `assignee` is blank; says whether it was not so already.

    Raises `NotFound`, or `Invalid` where they may not see the inbox. Their row is locked: they stay until the commit.
    """
    if assignee and not _can_be_assigned(agents.get_agent_for_update(connection, assignee)):
        raise Invalid([Fault("assignee", "choice")])
    return actions.assign(connection, conversation, agent, assignee)


def reopen(connection: Connection, conversation: str, agent: str) -> str | None:
    """Does what `actions.reopen` does. Neither who has left since gets it back, nor a department that was removed."""
    newer = actions.reopen(connection, conversation, agent)
    if newer is None:
        _take_from_who_is_gone(connection, actions.find_conversation(connection, conversation))
    return newer


def _take_from_who_is_gone(connection: Connection, conversation: Conversation) -> None:
    assignee, department = conversation.assignee, conversation.department
    if assignee and not _can_be_assigned(agents.find_agent(connection, assignee)):
        actions.take_back(connection, conversation.id, assignee)
    if department and department not in {row.id for row in departments.list_departments(connection)}:
        actions.take_from_department(connection, conversation.id, department)


def take_back_all(connection: Connection, agent: str) -> None:
    """Gives nobody what an agent had who leaves. What is closed keeps their name until it is reopened."""
    for conversation in store.find_assigned(connection, agent):
        actions.take_back(connection, conversation, agent)


def _can_be_assigned(agent: Agent | None) -> bool:
    return agent is not None and agent.has(Permission.INBOX) and not agent.is_invited
