"""Provides the stage of journeys with faults."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from forecourt.settings.server import Settings
from tests.chaos.stage import Stage, set_stage


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, allow_private_webhooks=True)


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    async with set_stage(settings) as stage:
        yield stage
