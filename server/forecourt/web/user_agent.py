"""The coarse browser: a family's name and nothing finer, so that it tells nobody apart."""

_MARKS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


def family(user_agent: str) -> str:
    return next((name for mark, name in _MARKS if mark in user_agent), "other")
