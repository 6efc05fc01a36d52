"""Every address of the console answers each role as docs/security.md says, and no page links to what is refused."""

import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection
from starlette.routing import Route

from forecourt.app import Application
from forecourt.console import agents, roles
from forecourt.console.accounts import save_agent
from forecourt.console.passwords import PasswordHash
from forecourt.console.roles import ConsoleRole
from forecourt.console.routes import ConsoleRoutes
from tests.engines import refused_alike
from tests.page import Page

from .browser import EMAIL, Browser
from .test_live_updates import listening

pytestmark = pytest.mark.anyio

SECURITY = (Path(__file__).parents[2] / "docs" / "security.md").read_text("utf-8")
TABLE = re.findall(r"^\| [^|]+ \| (`/console[^|]*) \| (.*) \|$", SECURITY, re.MULTILINE)
ROLES = (ConsoleRole.ADMIN, ConsoleRole.AGENT, ConsoleRole.EDITOR, ConsoleRole.CONTRACTOR)
ALLOWED = {
    address: {role for role, word in zip(ROLES, words.split(" | "), strict=True) if word == "yes"}
    for addresses, words in TABLE
    for address in re.findall(r"`([^`]+)`", addresses)
}
PUBLIC = tuple(re.findall(r"`(/console[^`]+)`", SECURITY.partition("needs no role:")[2].partition("\n\n")[0]))
CATCH_ALL = ("/console", "/console/{rest:path}")
HOME = "/console/"  # with which every other address begins
REFUSAL = "Your role does not include this page."


def console_routes(application: Application) -> list[Route]:
    routes = ConsoleRoutes(application.context, application.settings, application.file_gate).routes()
    return [route for route in routes if route.path not in CATCH_ALL and not route.path.startswith(PUBLIC)]


def find_allowed(path: str) -> set[ConsoleRole]:
    """Returns the roles of the table's longest address that the path begins with."""
    addresses = [address for address in ALLOWED if path.startswith(address) and (address != HOME or path == HOME)]
    assert addresses, f"docs/security.md does not say who may use {path}"
    return ALLOWED[max(addresses, key=len)]


async def request(browser: Browser, route: Route) -> httpx.Response:
    address = route.path.replace("{site}", "main").replace("{format}", "csv")
    address = re.sub(r"\{\w+(:\w+)?\}", "0" * 32, address)
    return await (browser.get(address) if "GET" in (route.methods or ()) else browser.post(address))


@pytest.mark.parametrize("role", ROLES)
@refused_alike
async def test_every_address_answers_each_role_as_the_table_says(
    application: Application, signed_in: Browser, agent: str, role: ConsoleRole
) -> None:
    await application.database.write(lambda c: agents.set_role(c, agent, role))
    application.database.hub.stopping = True  # a stream of events ends at once
    for route in console_routes(application):
        answer = await request(signed_in, route)
        place = f"{role}: {route.methods} {route.path} answered {answer.status_code}"
        if role in find_allowed(route.path):
            assert answer.status_code != 403, place
            assert "sign-in" not in answer.headers.get("location", ""), place
        elif route.path == HOME:
            assert answer.headers["location"] == roles.home_page(role), place
        else:
            assert answer.status_code == 403, place
            assert REFUSAL in answer.text, place
    application.database.hub.stopping = False


@refused_alike
async def test_a_stranger_is_asked_to_sign_in_everywhere(application: Application, browser: Browser) -> None:
    for route in console_routes(application):
        answer = await request(browser, route)
        if route.path != "/console/events":
            assert answer.headers["location"].startswith("/console/sign-in"), route.path
        fragment = await browser.get_fragment(route.path) if "GET" in (route.methods or ()) else None
        assert fragment is None or fragment.status_code == 403


@pytest.mark.parametrize("role", ROLES)
@refused_alike
async def test_no_page_links_to_what_is_refused(
    application: Application, signed_in: Browser, agent: str, visitor: Page, contact_message: str, role: ConsoleRole
) -> None:
    await application.database.write(lambda c: agents.set_role(c, agent, role))
    waiting, visited = [roles.home_page(role), "/console/sessions"], set[str]()
    while waiting:
        page = waiting.pop()
        visited.add(page)
        answer = await signed_in.get(page)
        while answer.status_code == 303:
            answer = await signed_in.get(answer.headers["location"])
        assert answer.status_code == 200, page
        links = {link.partition("?")[0] for link in re.findall(r'(?:href|hx-get)="(/console[^"#]*)"', answer.text)}
        waiting += [link for link in links - visited - set(waiting) if len(visited) < 60]


async def test_an_open_stream_ends_with_the_role(application: Application, agent: str, visitor: Page) -> None:
    async with listening(application) as stream:
        await stream.until("inbox")
        await application.database.write(lambda c: agents.set_role(c, agent, ConsoleRole.EDITOR))
        await visitor.post("contact", {"name": "Ola", "email": "ola@example.com", "message": "Hei", "topic": "privacy"})
        assert await stream.rest() == []


async def test_the_first_is_an_admin_and_others_are_agents(application: Application) -> None:
    async def save(email: str, role: ConsoleRole | None = None) -> ConsoleRole:
        def job(connection: Connection) -> agents.Agent | None:
            return agents.find_agent(connection, save_agent(connection, email, "X", PasswordHash("x"), role))

        agent = await application.database.write(job)
        assert agent
        return agent.role

    assert await save(EMAIL) is ConsoleRole.ADMIN
    assert await save("per@example.com") is ConsoleRole.AGENT
    assert await save("per@example.com", ConsoleRole.EDITOR) is ConsoleRole.EDITOR
    assert await save("per@example.com") is ConsoleRole.EDITOR  # a new password leaves the role
    assert len(await application.database.read(agents.list_admins)) == 1
