"""This module reduces the `User-Agent` header to a browser family, which tells no two visitors apart."""

_FAMILIES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


def browser_family(user_agent: str) -> str:
    """Returns the family's name, "other" for what is unknown. Chrome's header names Safari too, so the order counts."""
    return next((family for mark, family in _FAMILIES if mark in user_agent), "other")
