"""What agents do, and what strangers try, is in the security log."""

import pytest

from forecourt.app import Application
from forecourt.logs.configuration import SECURITY_LOGGER
from tests.engines import refused_alike

from .browser import EMAIL, Browser

pytestmark = [pytest.mark.anyio, refused_alike]


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO", SECURITY_LOGGER)
    return caplog


def fields_of(events: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [vars(record)["fields"] for record in events.records if record.name == SECURITY_LOGGER]


async def test_signing_in_and_out_is_recorded_by_the_agents_id(
    events: pytest.LogCaptureFixture, signed_in: Browser, agent: str
) -> None:
    await signed_in.post("/console/sign-out")
    await signed_in.sign_in()
    network = "127.0.0.0/24"
    assert fields_of(events) == [
        {"event": "signed_out", "network": network, "agent": agent},
        {"event": "sign_in", "network": network, "agent": agent, "method": "password"},
    ]


async def test_a_failure_names_no_address(
    events: pytest.LogCaptureFixture, browser: Browser, application: Application
) -> None:
    await browser.sign_in(EMAIL, "wrong")
    await browser.sign_in(EMAIL.upper(), "wrong")
    await browser.sign_in("other@example.com", "wrong")
    first, second, other = fields_of(events)
    assert first == second != other
    assert first["account"] == application.context.fingerprints(EMAIL)[0][:16]
    assert "example.com" not in str(fields_of(events))


async def test_a_forged_request_is_recorded(events: pytest.LogCaptureFixture, signed_in: Browser) -> None:
    await signed_in.post("/console/sign-out", origin="https://evil.example")
    assert fields_of(events)[-1] == {
        "event": "origin_refused",
        "network": "127.0.0.0/24",
        "origin": "https://evil.example",
    }
