"""Provides the draft that a page of five rows made, on a site that has published nothing."""

import pytest

from tests.console.browser import Browser
from tests.console.policy.importing.conftest import engine, import_page, settings, site

__all__ = ["engine", "settings", "site"]


@pytest.fixture
async def imported(signed_in: Browser) -> Browser:
    """Returns the browser of an agent who has just imported the page."""
    await import_page(signed_in)
    return signed_in
