"""`forecourt user list`: lists the agents, with their roles and the ids that the security log names."""

import argparse

from forecourt.commands.database import run_with_database
from forecourt.commands.settings import load_command_settings
from forecourt.console.agents import list_agents


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Implements `CommandModule.add_arguments`."""


def run(options: argparse.Namespace) -> None:
    agents = run_with_database(load_command_settings(options), lambda database: database.read(list_agents))
    for agent in agents:
        print(f"{agent.id}  {agent.email}  {agent.role}  {agent.name}")
    if not agents:
        print("There is no agent yet. Add one: forecourt user add EMAIL")
