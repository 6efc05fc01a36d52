"""Defines the kinds of text that a stranger may send. A text of another kind is refused, never repaired."""

from typing import Annotated

from msgspec import Meta

from forecourt.characters import BODY, LINE

_LINE = rf"^(?![\s\S]*[{LINE.ranges}])[\s\S]*\S"
_BODY = rf"^(?![\s\S]*[{BODY.ranges}])[\s\S]*\S"

BODY_AT_MOST = 5000  # characters

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=_LINE)]
Body = Annotated[str, Meta(min_length=1, max_length=BODY_AT_MOST, pattern=_BODY)]
ChatBody = Annotated[str, Meta(min_length=1, max_length=4000, pattern=_BODY)]
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=_LINE)]
# A page's path without query or fragment, which often name people. Empty where the page did not send it.
Path = Annotated[str, Meta(max_length=500, pattern=rf"^(?![\s\S]*[{LINE.ranges}])(/[^?#]*)?$")]
Token = Annotated[str, Meta(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9_-]+$")]
Sha256 = Annotated[str, Meta(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]
# `email_address.email_fault` checks it; the schema only bounds it.
Email = Annotated[str, Meta(min_length=1, max_length=254)]
