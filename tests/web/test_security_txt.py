"""Who finds a weakness is told whom to write to (RFC 9116)."""

from datetime import datetime, timedelta

import pytest

from forecourt import clock
from forecourt.settings.server import SecurityTxtSettings, Settings, override
from tests.page import Page

pytestmark = pytest.mark.anyio
PATH = "/.well-known/security.txt"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    security_txt = SecurityTxtSettings(
        contact=("mailto:security@example.com", "https://example.com/report"),
        policy="https://example.com/policy",
        languages=("en", "nb"),
        days=30,
    )
    return override(settings, public_url="https://support.example.com", security_txt=security_txt)


async def test_the_file_holds_what_the_settings_say_and_expires(page: Page) -> None:
    answer = await page.client.get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = [tuple(line.split(": ", 1)) for line in answer.text.splitlines()]
    assert [field for field in fields if field[0] != "Expires"] == [
        ("Contact", "mailto:security@example.com"),
        ("Contact", "https://example.com/report"),
        ("Policy", "https://example.com/policy"),
        ("Preferred-Languages", "en, nb"),
        ("Canonical", f"https://support.example.com{PATH}"),
    ]
    [expires] = [value for name, value in fields if name == "Expires"]
    assert timedelta(days=29) < datetime.fromisoformat(expires) - clock.now() <= timedelta(days=30)


class TestWithoutAContact:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return override(settings, security_txt=SecurityTxtSettings())

    async def test_there_is_no_file(self, page: Page) -> None:
        assert (await page.client.get(PATH)).status_code == 404
