"""Bounds a visit: a hostile page ends at one of these, and so does a broken one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitLimits:
    """Holds how long each step waits, in seconds, and how much of a page is taken."""

    total_seconds: float = 120.0
    answer_seconds: float = 30.0  # for the page's first byte
    load_seconds: float = 20.0  # until the browser says that the page has loaded
    question_seconds: float = 15.0  # until the widget asks
    quiet_seconds: float = 2.0  # without a request: nothing more is expected
    settle_seconds: float = 10.0  # for that quiet to come
    reading_seconds: float = 10.0  # for one look into the page
    closing_seconds: float = 10.0  # for the browser to end
    requests: int = 2000
    bytes: int = 100 * 1024 * 1024
    html_bytes: int = 1024 * 1024
    answer_bytes: int = 5 * 1024 * 1024  # of boot and policy.json
    items: int = 200  # of each kind that is stored, in each frame
    frames: int = 20
    text: int = 200  # characters of a name
