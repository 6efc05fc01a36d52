"""How long objections are kept: until answered however long that takes, then three years."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.settings.server import RetentionSettings
from forecourt.visitor import retention
from forecourt.visitor.retention_rules import SETTLED_OBJECTIONS_FOR
from tests.objections.sample import form, press
from tests.objections.test_receipt import resolve
from tests.page import Page

pytestmark = pytest.mark.anyio


async def left_after(application: Application, count: Callable[[str], Any], days: int) -> tuple[int, int]:
    """Objections and answers that are still there."""
    now, sites = clock.now() + timedelta(days=days), application.settings.sites
    while await application.database.write(lambda c: retention.delete_piece(c, sites, RetentionSettings(), now)):
        pass
    return await count("objections"), await count("objection_answers")


async def test_an_open_one_stays_until_it_is_answered(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await form(page)
    assert await left_after(application, count, 5000) == (1, 0)


async def test_a_settled_one_goes_with_its_answers_after_three_years(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await form(page)
    await resolve(application)
    days = SETTLED_OBJECTIONS_FOR.days
    assert await left_after(application, count, days - 1) == (1, 1)
    assert await left_after(application, count, days + 1) == (0, 0)


async def test_a_withdrawn_one_goes_as_well(page: Page, application: Application, count: Callable[[str], Any]) -> None:
    await press(page, (await form(page)).headers["location"])
    assert await left_after(application, count, SETTLED_OBJECTIONS_FOR.days + 1) == (0, 0)
