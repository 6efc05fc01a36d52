"""This module pages through releases: how many an answer holds, and how `?before=` asks for the older ones."""

import re

from starlette.requests import Request

from forecourt.errors import Fault, Invalid

RELEASES_PER_ANSWER = 20  # of the API
RELEASES_PER_PAGE = 10  # of the hosted list
RELEASES_PER_FEED = 50
RELEASE_NUMBER = re.compile("[1-9][0-9]{0,8}")


def parse_before(request: Request, latest: int) -> int:
    """Returns the release number before which the page begins; `latest + 1` where it is absent or more.

    Raises `Invalid`.
    """
    text = request.query_params.get("before", "")
    if text and not RELEASE_NUMBER.fullmatch(text):
        raise Invalid([Fault("before", "type")])
    return min(int(text), latest + 1) if text else latest + 1
