"""Returns warnings where the settings say how browsers reach Forecourt in a way that costs visitors their safety."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from forecourt.settings.server import Settings, public_address


def reachability_warnings(settings: Settings) -> Iterator[str]:
    """Returns a sentence for each thing that the settings' types cannot say, and that may still be meant."""
    url = urlsplit(public_address(settings))
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        yield (
            f"browsers reach Forecourt at {url.geturl()}, without encryption: what visitors write can be read on the "
            "way, and the console's cookie goes over plain HTTP. Serve HTTPS, and set public_url to it."
        )
    if _is_behind_proxy(settings) and not settings.trusted_proxies:
        yield (
            f"public_url is {url.geturl()} and the server listens on {settings.host}:{settings.port}, so a proxy seems "
            "to stand between; trusted_proxies is empty, and rate limits then count all visitors as one network. "
            "Name the proxy's address there, as the server sees it."
        )


def _is_behind_proxy(settings: Settings) -> bool:
    """Checks whether browsers call another address than the one listened on. The server itself speaks no TLS."""
    if not settings.public_url:
        return False
    url = urlsplit(settings.public_url)
    return url.scheme == "https" or (url.port or 80) != settings.port


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
