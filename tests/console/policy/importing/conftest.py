"""Provides an owner whose site has published nothing, and the page they have."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from forecourt.settings.server import Settings
from forecourt.settings.site import FeatureSettings, SiteSettings
from tests.console.browser import Browser
from tests.console.policy.forms import BASE

PAGE = """# Our subprocessors

| Company | Purpose | Location | Data |
| --- | --- | --- | --- |
| Northwind Hosting GmbH | Hosting of servers | Germany | Account data |
| Fabrikam Mail, Inc. | Sending of mail | United States | E-mail addresses |
| Contoso Support Ltd | Support desk | EU | Names, messages |
| Stripe | Payments | Ireland | Billing details |
| Litware AS | Backups | Norway | Account data |
"""


@pytest.fixture
def engine() -> str:
    """What a page says does not depend on the database; drafts are tested on both."""
    return "sqlite"


@pytest.fixture
def site(site: SiteSettings, tmp_path: Path) -> SiteSettings:
    """Returns a site whose policy folder is empty."""
    (tmp_path / "policy").mkdir()
    feature = FeatureSettings(("support",))
    return replace(site, policy=tmp_path / "policy", controller="Example AS", contact=feature, chat=feature)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, allow_private_webhooks=True)


async def import_page(browser: Browser, text: str = PAGE, language: str = "en") -> None:
    answer = await send_page(browser, text=text, language=language)
    assert answer.status_code == 303, answer.text[-3000:]


async def send_page(
    browser: Browser,
    file: tuple[str, bytes] = ("", b""),
    text: str = "",
    address: str = "",
    language: str = "en",
    purpose_column: str | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> httpx.Response:
    """Sends the form as a browser does: every field that it has, filled in or not."""
    texts = {"address": address, "text": text, "language": language}
    texts |= {} if purpose_column is None else {"purpose_column": purpose_column}
    own_headers = {"sec-fetch-site": "same-origin", "origin": browser.address, **headers}
    return await browser.client.post(f"{BASE}import", data=texts, files={"file": file}, headers=own_headers)
