"""A grant is the only key: an ungated write does not type-check, another feature's grant does not either."""

import ast
from pathlib import Path

import pytest
from mypy import api

from forecourt.resources import PACKAGE

WRITES = {
    "contact.actions.send_message": "contact.actions.send_message(connection, grant, form, routing)",
    "chat.actions.start_conversation": "chat.actions.start_conversation(connection, grant, 'en')",
    "chat.actions.post_message": "chat.actions.post_message(connection, grant, 'id', 'key', 'body')",
    "newsletter.actions.subscribe": "newsletter.actions.subscribe(connection, grant, 'v@x.org', 'en', routing, q)",
    "messengers.actions.list_messengers": "messengers.actions.list_messengers(grant, form)",
}
OPENS = {"contact": "Contact", "chat": "Chat", "newsletter": "Newsletter", "messengers": "Messengers"}
SNIPPET = """
from typing import Any
from sqlalchemy import Connection
import forecourt.contact.actions, forecourt.chat.actions, forecourt.messengers.actions, forecourt.newsletter.actions
from forecourt import chat, contact, messengers, newsletter
from forecourt.consent.actions import require
from forecourt.consent.grant import Chat, Contact, Messengers, Newsletter, Visitor

def write(connection: Connection, visitor: Visitor, form: Any, routing: Any, q: Any) -> None:
    grant = {grant}
    {write}
"""


def find_complaints(tmp_path: Path, grants: dict[str, str], write: str) -> dict[str, str]:
    """Returns what mypy says of a write with each of the grants, by their names. It starts once for all of them."""
    for name, grant in grants.items():
        (tmp_path / f"{name}.py").write_text(SNIPPET.format(grant=grant, write=write))
    out, err, _ = api.run(["--strict", "--no-error-summary", *(str(tmp_path / f"{name}.py") for name in grants)])
    assert not err
    return {name: "".join(line for line in out.splitlines() if f"{name}.py:" in line) for name in grants}


@pytest.mark.parametrize("write", sorted(WRITES))
def test_a_write_takes_its_own_features_grant_and_no_other(tmp_path: Path, write: str) -> None:
    grants = {f"of_{name}": f"require(connection, visitor, {name})" for name in OPENS.values()}
    complaints = find_complaints(tmp_path, grants | {"of_nobody": "visitor"}, WRITES[write])
    assert complaints.pop(f"of_{OPENS[write.partition('.')[0]]}") == ""
    assert len(complaints) == len(OPENS)
    assert all("arg-type" in each for each in complaints.values()), complaints


def test_a_grant_is_made_in_one_place() -> None:
    calls = [
        (path.relative_to(PACKAGE).as_posix(), node.lineno)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Grant"
    ]
    assert [path for path, _ in calls] == ["consent/actions.py"]
