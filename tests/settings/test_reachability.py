"""Checks which settings about reaching the server are warned of."""

import pytest

from forecourt.settings.reachability import reachability_warnings
from forecourt.settings.server import Settings


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(host="::1"),
        Settings(public_url="http://localhost:8000"),
        Settings(public_url="http://a.localhost:8000/"),
        Settings(public_url="https://support.example.com", trusted_proxies=("10.0.0.1",)),
    ],
)
def test_nothing_is_said_of_what_is_right(settings: Settings) -> None:
    assert list(reachability_warnings(settings)) == []


@pytest.mark.parametrize("settings", [Settings(host="0.0.0.0"), Settings(public_url="http://192.0.2.1:8000")])
def test_plain_http_beyond_this_machine_is_warned_of(settings: Settings) -> None:
    (warning,) = reachability_warnings(settings)
    assert "without encryption" in warning


@pytest.mark.parametrize("url", ["https://support.example.com", "https://127.0.0.1:8000", "http://localhost"])
def test_a_proxy_that_is_not_trusted_is_warned_of(url: str) -> None:
    (warning,) = reachability_warnings(Settings(public_url=url))
    assert "trusted_proxies is empty" in warning


def test_both_can_be_wrong() -> None:
    assert len(list(reachability_warnings(Settings(public_url="http://support.example.com")))) == 2
