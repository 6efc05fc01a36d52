"""Matches what somebody has declared to be in order: names of cookies and keys, hosts."""

from collections.abc import Iterable

from forecourt.doctor.registrable_domain import is_under


def matches_name(name: str, patterns: Iterable[str]) -> bool:
    """Checks whether a name is one of these. `*` at the end of one stands for the rest of a name."""
    return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in patterns)


def matches_host(host: str, domains: Iterable[str]) -> bool:
    """Checks whether a host is one of these domains or under one."""
    return any(is_under(host, domain.lower()) for domain in domains)
