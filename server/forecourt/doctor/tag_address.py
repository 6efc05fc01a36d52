"""Reads Forecourt's script tag and its address as the widget does."""

import re
from urllib.parse import parse_qs, urljoin, urlsplit

from forecourt.doctor.model import TagMarkup
from forecourt.doctor.printable import printable

_ADDRESS_LENGTH = 2000
_BOOT = re.compile(r"v1/sites/[^/?#]+/boot(\?|$)")
_CHOICE = re.compile(r"v1/sites/[^/?#]+/consents(\?|$)")


def to_tag(src: str, site: str, in_head: bool, nonce: str = "") -> TagMarkup:
    """Returns the tag of a script element. Its site stands in `data-site`, or in the query of its address."""
    src = src[:_ADDRESS_LENGTH]
    site = site or parse_qs(urlsplit(src).query).get("site", [""])[0]
    return TagMarkup(printable(src, _ADDRESS_LENGTH), printable(site), in_head, printable(nonce))


def is_script(url: str) -> bool:
    """Checks whether an address looks like that of the widget's script."""
    try:
        return urlsplit(url[:_ADDRESS_LENGTH]).path.endswith("/embed.js")
    except ValueError:
        return False


def server_address(src: str) -> str:
    """Returns the address of the server that the script comes from, with a slash at its end."""
    return urljoin(src, ".")


def is_boot(url: str, src: str) -> bool:
    """Checks whether an address is the one that the widget asks before a choice."""
    return _is_call(url, src, _BOOT)


def is_choice(url: str, src: str) -> bool:
    """Checks whether an address is the one that the widget sends a choice to."""
    return _is_call(url, src, _CHOICE)


def _is_call(url: str, src: str, path: re.Pattern[str]) -> bool:
    base = server_address(src)
    return url.startswith(base) and bool(path.match(url[len(base) : _ADDRESS_LENGTH]))
