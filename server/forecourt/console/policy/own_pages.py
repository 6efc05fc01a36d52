"""Decides which pages the console may fetch from the server's own network: those at an origin of the site."""

from urllib.parse import urlsplit

from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings


def may_be_private(url: str, settings: Settings, site: SiteSettings) -> bool:
    """Returns whether a page may have a private address, or plain http. Who wrote the settings named its origin."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return settings.allow_private_webhooks or f"{parts.scheme}://{parts.netloc}".lower() in site.origins
