"""Checks that admins edit departments, and that conversations are moved to them."""

from collections.abc import Callable
from typing import Any

import pytest

from forecourt.app import Application
from forecourt.console import departments
from forecourt.console.departments import DEPARTMENTS_AT_MOST, Department
from forecourt.support import actions
from tests.engines import refused_alike

from .browser import Browser, row_ids

pytestmark = pytest.mark.anyio
PAGE = "/console/departments"


async def list_all(application: Application) -> list[Department]:
    return await application.database.read(departments.list_departments)


async def add(browser: Browser, application: Application, name: str, *sites: str) -> str:
    answer = await browser.post(f"{PAGE}/add", {"name": name, "site": list(sites)})
    assert answer.status_code == 303, answer.text
    return next(row.id for row in await list_all(application) if row.name == name)


async def test_admins_add_change_and_remove_departments(
    signed_in: Browser, application: Application, agent: str, count: Callable[[str], Any]
) -> None:
    assert "There are no departments." in (await signed_in.get(PAGE)).text
    entries = await count("audit_log")
    billing = await add(signed_in, application, "Billing <b>", "main")
    form = {"name": "Billing & Sales", "site": ["main", "other"], "member": [agent]}
    assert (await signed_in.post(f"{PAGE}/{billing}", form)).status_code == 303
    assert await list_all(application) == [Department(billing, "Billing & Sales", ("main", "other"), (agent,))]
    text = (await signed_in.get(PAGE)).text
    assert ("Billing &amp; Sales" in text, "Kari Nordmann" in text) == (True, True)
    assert 'value="other" checked' in (await signed_in.get(f"{PAGE}/{billing}")).text
    assert "Remove Billing &amp; Sales?" in (await signed_in.get(f"{PAGE}/{billing}/remove")).text
    assert (await signed_in.post(f"{PAGE}/{billing}/remove")).status_code == 303
    assert await list_all(application) == []
    assert await count("audit_log") == entries + 3
    assert (await signed_in.get("/console/audit-log?action=department_changed")).text.count("Billing &amp; Sales") == 1
    for path in (f"{PAGE}/{billing}", f"{PAGE}/{billing}/remove"):
        assert (await signed_in.post(path, form)).status_code == 404


@refused_alike
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "site": ["main"]}, "Please fill this in."),
        ({"name": "Sales"}, "Please fill this in."),
        ({"name": "x" * 101, "site": ["main"]}, "This is 1 character too long."),
        ({"name": "Sales", "site": ["nowhere"]}, "Please choose one of the options."),
        ({"name": "Sales", "site": ["main"], "member": ["nobody"]}, "Please choose one of the options."),
        ({"name": "BILLING", "site": ["main"]}, "This name is taken."),
    ],
)
async def test_what_cannot_be_a_department_is_refused_and_stays_in_the_form(
    signed_in: Browser, application: Application, form: dict[str, Any], words: str
) -> None:
    billing = await add(signed_in, application, "Billing", "main")
    other = await add(signed_in, application, "Other", "main")
    for path in (f"{PAGE}/add", f"{PAGE}/{other}"):
        answer = await signed_in.post(path, form)
        assert (answer.status_code, words in answer.text) == (422, True), path
        assert f'value="{form["name"]}"' in answer.text
    assert [row.id for row in await list_all(application)] == [billing, other]


@refused_alike
async def test_there_are_not_more_departments_than_a_list_holds(signed_in: Browser, application: Application) -> None:
    def fill(connection: Any) -> None:
        for number in range(DEPARTMENTS_AT_MOST):
            departments.add_department(connection, f"D{number}", ["main"], [])

    await application.database.write(fill)
    answer = await signed_in.post(f"{PAGE}/add", {"name": "One more", "site": ["main"]})
    assert (answer.status_code, "At most 100, please." in answer.text) == (422, True)


async def test_a_conversation_is_moved_and_the_inbox_filtered(
    signed_in: Browser, application: Application, conversation: str, contact_message: str
) -> None:
    path = f"/console/conversations/{conversation}"
    for page in (path, "/console/"):
        assert "epartment" not in (await signed_in.get(page)).text, page
    elsewhere = await add(signed_in, application, "Elsewhere", "other")
    assert 'id="move-menu"' not in (await signed_in.get(path)).text  # this site has none
    billing = await add(signed_in, application, "Billing", "main")
    for department in (billing, billing):
        assert (await signed_in.post(f"{path}/move", {"department": department})).headers["location"] == path
    text = (await signed_in.get(path)).text
    assert (text.count("Kari Nordmann moved this to Billing."), "Department: <bdi>Billing</bdi>" in text) == (1, True)
    assert "To <bdi>Billing</bdi>" in (await signed_in.get("/console/audit-log?action=conversation_moved")).text
    assert row_ids((await signed_in.get(f"/console/?department={billing}")).text) == [conversation]
    assert row_ids((await signed_in.get("/console/?department=none")).text) == [contact_message]
    assert (await signed_in.post(f"{path}/move", {"department": elsewhere})).status_code == 422
    await signed_in.post(f"{PAGE}/{billing}/remove")
    assert "The department was removed, so this is in none." in (await signed_in.get(path)).text
    row = await application.database.read(lambda c: actions.find_conversation(c, conversation))
    assert row.department == ""
    assert (await signed_in.post(f"{path}/move", {"department": billing})).status_code == 422


async def test_what_is_closed_keeps_its_department_until_it_is_taken_out(
    signed_in: Browser, application: Application, conversation: str
) -> None:
    path, billing = f"/console/conversations/{conversation}", await add(signed_in, application, "Billing", "main")
    await signed_in.post(f"{path}/move", {"department": billing})
    await signed_in.post(f"{path}/close")
    await signed_in.post(f"{PAGE}/{billing}/remove")
    assert "Department: <bdi>Billing</bdi>" in (await signed_in.get(path)).text
    await signed_in.post(f"{path}/reopen")
    assert "Department: <bdi>Billing</bdi>" not in (await signed_in.get(path)).text
