"""Decides which URLs may be a webhook's: never one that leads to a private address (SSRF)."""

from urllib.parse import urlsplit

from forecourt.mail.public_ip_address import is_public_address


def webhook_url_fault(url: str, allow_private: bool = False) -> str | None:
    """Returns the code of what is wrong with a webhook's URL, or None. It does not resolve the name: sending does."""
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname or "", parts.port
        name.encode("idna")  # or resolving it would fail later, as if the network were at fault
    except ValueError:
        return "webhook"
    is_plain = url.isascii() and url.isprintable() and not any(mark in url for mark in ' \\"<>^`{|}')
    schemes = ("https", "http") if allow_private else ("https",)
    if not is_plain or parts.scheme not in schemes or not name or "@" in parts.netloc or parts.fragment:
        return "webhook"
    return None if allow_private or not _is_private_name(name) else "webhook"


def host_name(url: str) -> str:
    """Returns the name of a webhook's host, which gets one call at a time; empty where the URL has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_private_name(name: str) -> bool:
    """Checks for a private address written as such, and for a name that can only be private."""
    bare = name.rstrip(".")
    if ":" in bare or bare.rpartition(".")[2].isdigit():
        return not is_public_address(bare)
    return "." not in bare or bare.endswith((".localhost", ".local", ".internal"))
