"""This module reduces the `User-Agent` header to a browser family, which tells no two visitors apart."""

_FAMILIES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_PLATFORMS = (
    *(("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def browser_family(user_agent: str) -> str:
    """Returns the family's name, "other" for what is unknown. Chrome's header names Safari too, so the order counts."""
    return next((family for mark, family in _FAMILIES if mark in user_agent), "other")


def browser_and_platform(user_agent: str) -> str:
    """Returns the family and the system it runs on, as in `Firefox, Windows`; blank where neither is known.

    It is meant for agents, who should recognize their own sessions.
    """
    family, platform = browser_family(user_agent), next((name for mark, name in _PLATFORMS if mark in user_agent), "")
    return ", ".join(name for name in (family.removeprefix("other"), platform) if name)
