"""Checks that a site whose pages may have no way back to a choice is warned of."""

from dataclasses import replace
from typing import Literal

import pytest

from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings
from forecourt.settings.way_back import way_back_warnings


@pytest.mark.parametrize("control", ["always", "without_place"])
def test_a_button_of_ours_is_a_way_back(site: SiteSettings, control: Literal["always", "without_place"]) -> None:
    assert list(way_back_warnings(Settings(sites={"main": replace(site, control=control)}))) == []


def test_a_way_back_that_is_left_to_the_pages_is_warned_of(site: SiteSettings) -> None:
    (warning,) = way_back_warnings(Settings(sites={"main": replace(site, control="never"), "other": site}))
    assert warning.startswith("sites.main.control is never")
    assert "cannot see pages" in warning
