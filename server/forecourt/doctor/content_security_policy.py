"""Reads a Content Security Policy as browsers do (CSP3), as far as it decides about Forecourt's tag.

Only for pages that no browser opens: a browser says itself what it blocked.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from forecourt.doctor.model import CspBlock, TagMarkup

_SCRIPT = ("script-src-elem", "script-src", "default-src")
_CONNECT = ("connect-src", "default-src")
_PORTS = {"http": 80, "https": 443}


def find_blocks(policies: Iterable[str], page_url: str, tag: TagMarkup) -> list[CspBlock]:
    """Returns what any of the policies blocks of the script and its calls. One header may hold several policies."""
    blocks = set()
    for policy in (part for header in policies for part in header.split(",")):
        directives = _parse(policy)
        script = next((name for name in _SCRIPT if name in directives), "")
        if script and not _allows_script(directives[script], page_url, tag):
            blocks.add(CspBlock(script, tag.src))
        connect = next((name for name in _CONNECT if name in directives), "")
        if connect and not _allows(directives[connect], page_url, tag.src):
            blocks.add(CspBlock(connect, tag.src))
    return sorted(blocks)


def _parse(policy: str) -> dict[str, list[str]]:
    directives: dict[str, list[str]] = {}
    for words in (directive.split() for directive in policy.split(";")):
        if words:
            directives.setdefault(words[0].lower(), words[1:])
    return directives


def _allows_script(sources: list[str], page_url: str, tag: TagMarkup) -> bool:
    if tag.nonce and f"'nonce-{tag.nonce}'" in sources:
        return True
    return "'strict-dynamic'" not in sources and _allows(sources, page_url, tag.src)


def _allows(sources: list[str], page_url: str, address: str) -> bool:
    return any(_matches(source, page_url, address) for source in sources)


def _matches(source: str, page_url: str, address: str) -> bool:
    target = urlsplit(address)
    if source.lower() == "'self'":
        return urlsplit(page_url)[:2] == target[:2]
    if source == "*":
        return target.scheme in _PORTS
    if source.endswith(":") and "/" not in source:
        return _has_scheme(source[:-1].lower(), target.scheme)
    return not source.startswith("'") and _matches_host(source, page_url, address)


def _matches_host(source: str, page_url: str, address: str) -> bool:
    scheme, _, rest = source.rpartition("://")
    authority, slash, path = rest.partition("/")
    host, _, port = authority.partition(":")
    target = urlsplit(address)
    return (
        _has_scheme((scheme or urlsplit(page_url).scheme).lower(), target.scheme)
        and _has_host(host.lower(), target.hostname or "")
        and _has_port(port, target.port, target.scheme)
        and _has_path(slash + path, target.path)
    )


def _has_scheme(pattern: str, scheme: str) -> bool:
    return pattern == scheme or (pattern == "http" and scheme == "https")


def _has_host(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _has_port(pattern: str, port: int | None, scheme: str) -> bool:
    return pattern == "*" or (pattern or str(_PORTS.get(scheme))) == str(port or _PORTS.get(scheme))


def _has_path(pattern: str, path: str) -> bool:
    if not pattern:
        return True
    return path.startswith(pattern) if pattern.endswith("/") else path == pattern
