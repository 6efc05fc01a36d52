"""Writes numbers of things for the command line and the log, which are in English alone."""


def pluralize(count: int, one: str, other: str) -> str:
    """Returns the number with the words that follow it: `pluralize(1, "fault", "faults")` is `1 fault`."""
    return f"{count} {one if count == 1 else other}"
