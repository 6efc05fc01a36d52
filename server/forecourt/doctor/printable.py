"""Makes texts of a page fit to be printed: they may be long, and may hold what drives a terminal."""

from urllib.parse import urlsplit

from forecourt.characters import to_printable

MAX_LENGTH = 200  # characters of a name or an address


def printable(text: str, max_length: int = MAX_LENGTH) -> str:
    r"""Returns `text` cut to a length, with control characters, marks of direction and half characters as `\x1b`."""
    return to_printable(text if len(text) <= max_length else f"{text[:max_length]}…")


def host_of(url: str) -> str:
    """Returns the host of an address of the web in small letters, "" for what goes to no host."""
    try:
        parts = urlsplit(url[:2000])
        host = parts.hostname or ""
    except ValueError:
        return ""
    return printable(host.rstrip(".")) if parts.scheme in ("http", "https", "ws", "wss") else ""


def origin_of(url: str) -> str:
    """Returns scheme, host and port of an address as a browser sends them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
