"""Checks that objections are kept until they are answered, and then three years."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from forecourt import clock
from forecourt.app import Application
from forecourt.settings.server import RetentionSettings
from forecourt.visitor import retention_worker
from forecourt.visitor.retention_rules import SETTLED_OBJECTIONS_FOR
from tests.objections.objection_steps import press_button, resolve_objection, submit_form
from tests.page import Page

pytestmark = pytest.mark.anyio


async def count_after(application: Application, count: Callable[[str], Any], days: int) -> tuple[int, int]:
    """Returns how many objections and answers are left after so many days."""
    now, sites = clock.now() + timedelta(days=days), application.settings.sites
    while await application.database.write(lambda c: retention_worker.delete_batch(c, sites, RetentionSettings(), now)):
        pass
    return await count("objections"), await count("objection_answers")


async def test_an_open_objection_is_kept_until_it_is_answered(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await submit_form(page)
    assert await count_after(application, count, 5000) == (1, 0)


async def test_a_settled_objection_is_deleted_with_its_answers_after_three_years(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await submit_form(page)
    await resolve_objection(application)
    days = SETTLED_OBJECTIONS_FOR.days
    assert await count_after(application, count, days - 1) == (1, 1)
    assert await count_after(application, count, days + 1) == (0, 0)


async def test_a_withdrawn_objection_is_deleted_as_well(
    page: Page, application: Application, count: Callable[[str], Any]
) -> None:
    await press_button(page, (await submit_form(page)).headers["location"])
    assert await count_after(application, count, SETTLED_OBJECTIONS_FOR.days + 1) == (0, 0)
