"""The audit log has what people did in the console, in the transaction of what they did, and admins read it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from forecourt import clock
from forecourt.app import Application
from forecourt.console import agents
from forecourt.console.accounts import remove_agent, save_agent
from forecourt.console.audit_log import AuditAction, AuditEntry, append_entry
from forecourt.console.audit_pages import AUDIT_ROWS
from forecourt.console.passwords import PasswordHash
from forecourt.db.tables import audit_log
from forecourt.errors import ConversationClosed
from tests.engines import refused_alike

from .browser import EMAIL, PASSWORD, Browser
from .mails import find_link, mails_to

pytestmark = pytest.mark.anyio
LOG = "/console/audit-log"
PER = "per@example.com"


async def entries(application: Application) -> list[tuple[str, str, str, str, str]]:
    """Who, what, about whom or what, on which site, and the detail; the oldest first."""
    columns = (audit_log.c.agent, audit_log.c.action, audit_log.c.subject, audit_log.c.site, audit_log.c.detail)
    query = select(*columns).order_by(audit_log.c.seq)
    return [tuple(row) for row in await application.database.read(lambda c: c.execute(query).all())]


def listed_actions(html: str) -> list[str]:
    return re.findall(r"<li class=\"row mail\">\n<h2>([^<]+)</h2>", html)


async def test_what_is_done_to_an_account_is_recorded(application: Application, signed_in: Browser, agent: str) -> None:
    await signed_in.post("/console/people/invite", {"email": PER, "role": "editor"})
    per = await application.database.read(lambda c: agents.find_agent_id(c, PER))
    await signed_in.post(f"/console/people/{per}/role", {"role": "agent"})
    await signed_in.post(f"/console/people/{per}/role", {"role": "agent"})  # changes nothing
    [mail] = await mails_to(application, PER, "console_invitation")
    cookies = dict(signed_in.client.cookies)
    signed_in.client.cookies.clear()
    await signed_in.post(find_link(mail), {"name": "Per", "password": PASSWORD})
    signed_in.client.cookies.clear()
    signed_in.client.cookies.update(cookies)
    await signed_in.post(f"/console/people/{per}/remove")
    await signed_in.post("/console/sign-out")
    await signed_in.sign_in(password="wrong")
    await signed_in.sign_in()
    assert await entries(application) == [
        (agent, "signed_in", "", "", "link"),
        (agent, "person_invited", per, "", "editor"),
        (agent, "role_changed", per, "", "agent"),
        (per, "invitation_accepted", "", "", ""),
        (agent, "person_removed", per, "", ""),
        (agent, "signed_out", "", "", ""),
        (agent, "signed_in", "", "", "password"),
    ]


async def test_who_saw_answered_and_closed_a_message_is_recorded(
    application: Application, signed_in: Browser, agent: str, contact_message: str
) -> None:
    path = f"/console/conversations/{contact_message}"
    assert (await signed_in.get(path)).status_code == 200
    await signed_in.get_fragment(f"{path}/thread")  # an open page that refreshes itself was opened once
    await signed_in.send(path, "key", "Hei!")
    await signed_in.press(f"{path}/close")
    await signed_in.press(f"{path}/reopen")
    await signed_in.get("/console/contact/main/export.csv")
    done = [entry[1:4] for entry in await entries(application)][1:]
    assert done == [
        *((action, contact_message, "") for action in ("conversation_opened", "answer_sent", "conversation_closed")),
        ("conversation_reopened", contact_message, ""),
        ("contact_messages_exported", "", "main"),
    ]


async def test_what_was_refused_is_not_recorded(
    application: Application, signed_in: Browser, conversation: str
) -> None:
    path = f"/console/conversations/{conversation}"
    await signed_in.press(f"{path}/close")
    assert (await signed_in.send(path, "key", "Hei!")).status_code == ConversationClosed.status
    assert (await signed_in.get("/console/conversations/unknown")).status_code == 404
    assert [entry[1] for entry in await entries(application)] == ["signed_in", "conversation_closed"]


@refused_alike
async def test_an_entry_and_what_it_tells_are_stored_together(application: Application, agent: str) -> None:
    """Fails after the entry: neither is stored."""

    def remove(connection: Connection) -> None:
        remove_agent(connection, EMAIL)
        append_entry(connection, AuditEntry(agent, AuditAction.PERSON_REMOVED, agent))
        raise ConversationClosed

    with pytest.raises(ConversationClosed):
        await application.database.write(remove)
    assert await entries(application) == []
    assert await application.database.read(lambda c: agents.find_agent(c, agent))


async def test_admins_filter_by_person_action_and_day(application: Application, signed_in: Browser, agent: str) -> None:
    per = await application.database.write(lambda c: save_agent(c, PER, "Per <b>", PasswordHash("x")))
    await application.database.write(lambda c: append_entry(c, AuditEntry(per, AuditAction.SIGNED_OUT)))
    await application.database.write(lambda c: append_entry(c, AuditEntry("", AuditAction.PERSON_REMOVED, per)))
    await application.database.write(lambda c: remove_agent(c, PER))  # whose name stays
    page = (await signed_in.get(LOG)).text
    assert listed_actions(page) == ["Removed somebody", "Signed out", "Signed in"]
    assert "Per &lt;b&gt;" in page
    assert "Command line" in page
    today = clock.now().date()
    for query, expected in (
        (f"person={per}", ["Signed out"]),
        ("action=person_removed", ["Removed somebody"]),
        (f"person={agent}&action=signed_out", []),
        (f"since={today}&until={today}", ["Removed somebody", "Signed out", "Signed in"]),
        (f"until={today - timedelta(1)}", []),
        (f"since={today + timedelta(1)}", []),
    ):
        assert listed_actions((await signed_in.get(f"{LOG}?{query}")).text) == expected, query


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=yesterday", "Please write a date"),
        ("since=1000-01-01", "Please write a date"),
        ("since=2026-02-01&until=2026-01-01", "This day is before the first one."),
        ("action=erased_everything", "Please choose one of the options."),
        ("person=%27%20OR%201%3D1", "not allowed here"),
        ("before=-1", "not allowed here"),
        ("before=99999999999999999999", "not allowed here"),
        ("other=1", "This field is unknown."),
    ],
)
@refused_alike
async def test_a_wrong_filter_says_why(signed_in: Browser, query: str, sentence: str) -> None:
    for path in (LOG, f"{LOG}.csv"):
        answer = await signed_in.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert listed_actions(answer.text) == []


async def test_a_long_log_has_pages_and_the_file_has_all(
    application: Application, signed_in: Browser, agent: str
) -> None:
    def fill(connection: Connection) -> None:
        for number in range(AUDIT_ROWS + 20):
            append_entry(connection, AuditEntry(agent, AuditAction.CONVERSATION_OPENED, f"={number}"))

    await application.database.write(fill)
    first = (await signed_in.get(f"{LOG}?action=conversation_opened")).text
    [older] = re.findall(r'id="older" href="([^"]+)"', first)
    second = (await signed_in.get(older.replace("&amp;", "&"))).text
    assert (len(listed_actions(first)), len(listed_actions(second))) == (AUDIT_ROWS, 20)
    assert "older" not in re.findall(r'id="(\w+)"', second)
    answer = await signed_in.get(f"{LOG}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == AUDIT_ROWS + 22  # the sign-in, and the download itself
    assert (rows[0]["Action"], rows[0]["Person"]) == ("audit_log_exported", "Kari Nordmann")
    assert rows[1]["About (id)"] == f"'={AUDIT_ROWS + 19}"  # no formula
