"""`/openapi.json` describes what is served, and what is served is described."""

from typing import Any

import jsonschema_rs
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from forecourt.app import Application
from tests.files.samples import PDF
from tests.files.upload import upload
from tests.page import EVERYTHING, LETTER, Page

pytestmark = pytest.mark.anyio
PUBLIC = ("/v1/", "/.well-known/")


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
async def document(page: Page) -> Any:
    return (await page.client.get("/openapi.json")).json()


def served(application: Application) -> set[tuple[str, str]]:
    app: Any = application.asgi
    while not isinstance(app, Starlette):
        app = app._app
    routes = [route for route in app.routes if isinstance(route, Route) and route.path.startswith(PUBLIC)]
    return {(method, route.path) for route in routes for method in route.methods or () if method != "HEAD"}


async def test_every_served_call_is_described_and_every_described_one_served(
    application: Application, document: Any
) -> None:
    described = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert described == served(application)


async def test_the_document_is_openapi(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    names = [call["operationId"] for calls in document["paths"].values() for call in calls.values()]
    assert len(names) == len(set(names))


async def test_each_answer_is_as_described(page: Page, document: Any) -> None:
    """Walks a visitor's way through every call, its refusals included, and holds each answer against its schema."""
    checked = Checked(page, document)
    await checked("GET", "/v1/sites/{site}/boot", 200)
    for name in ("policy.json", "policy.html", "policy.csv", "policy.md", "policy.atom", "feed.json", "deadlines.ics"):
        await checked("GET", f"/v1/sites/{{site}}/{name}", 200)
    await checked("GET", "/.well-known/subprocessors.json", 200)
    await checked("GET", "/v1/policy.schema.json", 200)
    releases = "/v1/sites/{site}/releases"
    await checked("GET", releases, 200)
    for status, number in ((200, "1"), (404, "2")):
        await checked("GET", releases + "/{number}", status, number=number)
        await checked("GET", releases + "/{number}/content", status, number=number)
        await checked("GET", releases + "/{first}...{last}", status, first="1", last=number)
    notice = (await page.boot(locale="en"))["consent"]["notice_hash"]
    choice = {"purposes": EVERYTHING, "privacy_policy": True, "notice_hash": notice}
    choice |= {"locale": "en", "source": "banner", "gesture": "trusted"}
    at = "/v1/sites/{site}/consents"
    await checked("POST", at, 422, {"purposes": 1})
    await checked("POST", at, 409, choice | {"notice_hash": "0" * 64})
    await checked("POST", at, 403, choice | {"gesture": "scripted"})
    await checked("GET", at + "/current", 401)
    page.token = (await checked("POST", at, 201, choice))["token"]
    await checked("GET", at + "/current", 200)
    await checked("GET", "/v1/notices/{hash}", 404, hash="none")
    await checked("GET", "/v1/notices/{hash}", 404, hash=notice[:-1])
    await checked("GET", "/v1/notices/{hash}", 200, hash=notice)
    await checked("POST", "/v1/sites/{site}/contact", 201, LETTER)
    await checked("POST", "/v1/sites/{site}/contact", 422, {})
    await checked("POST", "/v1/sites/{site}/newsletter", 202, {"email": "ola@example.com"})
    await checked("GET", "/v1/sites/{site}/messengers", 404)
    await checked("POST", "/v1/sites/{site}/follows", 202, {"email": "ola@example.com", "region": "EU"})
    await checked("POST", "/v1/sites/{site}/follows", 422, {"email": "ola", "products": ["none"]})
    objection = {"engagement": "linode-eu", "name": "Ola", "email": "ola@example.com", "reason": "Hei"}
    await checked("POST", "/v1/sites/{site}/objections", 201, objection)
    await checked("POST", "/v1/sites/{site}/objections", 422, {})
    chat = "/v1/sites/{site}/conversations"
    conversation = (await checked("POST", chat, 201, {}))["id"]
    await checked("POST", chat, 200, {})
    await checked("GET", chat + "/{id}", 200, id=conversation)
    await checked("GET", chat + "/{id}", 404, id="none")
    message = {"key": "k", "body": "Hei"}
    await checked("POST", chat + "/{id}/messages", 201, message, id=conversation)
    await checked("POST", chat + "/{id}/messages", 200, message, id=conversation)
    await checked("POST", chat + "/{id}/messages", 409, message | {"body": "Hade"}, id=conversation)
    rating = {"key": "r", "helped": True}
    for status in (201, 200):
        await checked("POST", chat + "/{id}/rating", status, rating, id=conversation)
    await checked("POST", chat + "/{id}/rating", 409, rating | {"helped": False}, id=conversation)
    files, contact_files = chat + "/{id}/files", "/v1/sites/{site}/contact/files"
    for status in (201, 200):
        file = await checked("POST", files, status, PDF, id=conversation)
        contact_file = await checked("POST", contact_files, status, PDF)
    await checked("POST", files, 409, PDF + b"other", id=conversation)
    await checked("POST", contact_files, 415, b"<svg/>")
    for status in (204, 404):
        await checked("DELETE", contact_files + "/{file}", status, file=contact_file["id"])
    await checked("GET", files + "/{file}", 200, id=conversation, file=file["id"])
    await checked("DELETE", files + "/{file}", 204, id=conversation, file=file["id"])
    await checked("GET", files + "/{file}", 404, id=conversation, file=file["id"])
    await checked("GET", "/v1/sites/{site}/me", 200)
    await checked("DELETE", at + "/current", 200)
    await checked("GET", chat + "/{id}/events", 403, id=conversation)
    await checked("DELETE", "/v1/sites/{site}/me", 422, {"confirm": False})
    await checked("DELETE", "/v1/sites/{site}/me", 200, {"confirm": True})
    assert checked.calls == {(m.upper(), p) for p, calls in document["paths"].items() for m in calls}


class Checked:
    def __init__(self, page: Page, document: Any):
        self.page, self.document, self.calls = page, document, set[tuple[str, str]]()

    async def __call__(self, method: str, path: str, status: int, body: Any = None, **names: str) -> Any:
        self.calls.add((method, path))
        url = path.format(site="main", **names)
        if isinstance(body, bytes):
            answer = await upload(self.page, url.removeprefix("/v1/sites/main/"), body)
        else:
            answer = await self.page.client.request(method, url, json=body, headers=self.page.headers())
        assert answer.status_code == status, answer.text
        content = self.document["paths"][path][method.lower()]["responses"][str(status)].get("content")
        if content is None:
            assert answer.content == b""
            return None
        media_type = answer.headers["content-type"].partition(";")[0]
        schema = content[media_type].get("schema")
        if schema is None:
            return None
        whole = schema | {"components": self.document["components"]}
        jsonschema_rs.validate(whole, answer.json())
        return answer.json()


async def test_a_body_is_required_exactly_where_its_absence_is_refused(page: Page, document: Any) -> None:
    await page.accept()
    bodies = {
        (method, path): call["requestBody"]["required"]
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if "application/json" in call.get("requestBody", {}).get("content", {})
    }
    assert set(bodies.values()) == {True, False}
    for (method, path), required in bodies.items():
        address = path.replace("{site}", "main").replace("{id}", "none")
        answer = await page.client.request(method, address, headers=page.headers())
        assert (answer.status_code == 422 and answer.json()["errors"][0]["code"] == "required") == required, path
