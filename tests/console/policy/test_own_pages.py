"""A page at an origin of the site may be fetched from the server's own network; others need the operator's leave."""

from dataclasses import replace

import pytest

from forecourt.console.policy.own_pages import may_be_private
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("http://localhost:8080/list.html", True),
        ("HTTP://LOCALHOST:8080", True),
        ("http://localhost:8081/", False),
        ("https://localhost:8080/", False),
        ("http://localhost:8080@169.254.169.254/", False),
        ("http://localhost:8080.evil.example/", False),
        ("http://kari@localhost:8080/", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_only_pages_at_an_origin_of_the_site_are_its_own(
    url: str, is_own: bool, settings: Settings, site: SiteSettings
) -> None:
    own_site = replace(site, origins=("http://localhost:8080",))
    assert may_be_private(url, replace(settings, allow_private_webhooks=False), own_site) is is_own
    assert may_be_private(url, replace(settings, allow_private_webhooks=True), own_site) or url == "http://[broken"
