"""Serves pages of somebody's, a third party beside them, and a real Forecourt that their tag comes from."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from forecourt import demo
from forecourt.app import Application
from forecourt.doctor.limits import VisitLimits
from forecourt.settings.server import Settings
from forecourt.settings.site import PurposeSettings, SiteSettings, default_purposes
from tests.conftest import serve_application
from tests.deadline import DEADLINE
from tests.doctor.web_site import WebSite

# Waits for events as long as any test does, and for quiet only a moment: what these pages do, they do at once.
LIMITS = VisitLimits(
    total_seconds=DEADLINE,
    answer_seconds=DEADLINE,
    load_seconds=DEADLINE,
    question_seconds=DEADLINE,
    reading_seconds=DEADLINE,
    quiet_seconds=0.2,
)


@pytest.fixture
def engine() -> str:
    """Returns SQLite, since pages do not depend on the database."""
    return "sqlite"


@pytest.fixture(scope="package")
def host() -> Iterator[WebSite]:
    host = WebSite()
    yield host
    host.close()


@pytest.fixture
def site(host: WebSite) -> SiteSettings:
    """Returns the site `main` of those pages. The site `other` is of other pages."""
    purposes = default_purposes() | {
        "necessary": PurposeSettings(required=True, cookies=("session",)),
        "analytics": PurposeSettings(cookies=("_ga", "_ga_*"), storage=("stats",)),
    }
    return replace(demo.demo_site(1), origins=(host.origin,), purposes=purposes)


@pytest.fixture
def settings(settings: Settings, site: SiteSettings) -> Settings:
    """Adds the site `quiet`, which asks for nothing."""
    purposes = {"support": PurposeSettings(required=True), "newsletter": PurposeSettings(required=True)}
    return replace(settings, sites={**settings.sites, "quiet": replace(site, purposes=purposes)})


@pytest.fixture
async def forecourt(application: Application) -> AsyncIterator[str]:
    """Returns the address of a real server."""
    async with serve_application(application) as address:
        yield address
