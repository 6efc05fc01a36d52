"""Checks that the demo's mails are read by nobody but who runs it."""

import httpx
import pytest

from forecourt.app import Application
from forecourt.demo import Demo
from tests.deadline import DEADLINE
from tests.engines import on_sqlite

pytestmark = pytest.mark.anyio
PORT = 8001


@on_sqlite
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8001", 200),
        ("LOCALHOST:8001", 200),
        ("127.0.0.1:8001", 200),
        ("[::1]:8001", 200),
        ("192.168.1.5:8001", 200),
        ("evil.example:8001", 421),
        ("localhost.evil.example:8001", 421),
        ("127.0.0.1.evil.example:8001", 421),
        ("evil.example", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
@pytest.mark.parametrize("path", ["/", "/mails"])
async def test_the_demo_answers_to_no_foreign_name(application: Application, host: str, status: int, path: str) -> None:
    demo = Demo(application.asgi, "http://127.0.0.1:8000", PORT, application.database)
    transport = httpx.ASGITransport(demo)
    async with httpx.AsyncClient(base_url=f"http://localhost:{PORT}", transport=transport, timeout=DEADLINE) as client:
        assert (await client.get(path, headers={"host": host})).status_code == status
