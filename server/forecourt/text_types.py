"""Defines the kinds of text that a stranger may send. What a person types is cleaned first (`text_cleanup.py`).

A text of another kind is refused, never repaired.
"""

from typing import Annotated

from msgspec import Meta

from forecourt.characters import LINE, TYPED_LINE, TYPED_TEXT
from forecourt.text_cleanup import clean_address, clean_line, clean_text

_LINE = rf"^(?![\s\S]*[{LINE.ranges}])[\s\S]*\S"
_TYPED_LINE = rf"^(?![\s\S]*[{TYPED_LINE.ranges}])[\s\S]*\S"
_TYPED_TEXT = rf"^(?![\s\S]*[{TYPED_TEXT.ranges}])[\s\S]*\S"
_AS_LINE, _AS_TEXT, _AS_ADDRESS = {"clean": clean_line}, {"clean": clean_text}, {"clean": clean_address}

# Lengths count characters (code points) after cleaning.
NAME_AT_MOST = 100
BODY_AT_MOST = 5000
CHAT_BODY_AT_MOST = 4000
EMAIL_AT_MOST = 254
WEB_ADDRESS_AT_MOST = 500

Name = Annotated[str, Meta(min_length=1, max_length=NAME_AT_MOST, pattern=_TYPED_LINE, extra=_AS_LINE)]
Body = Annotated[str, Meta(min_length=1, max_length=BODY_AT_MOST, pattern=_TYPED_TEXT, extra=_AS_TEXT)]
ChatBody = Annotated[str, Meta(min_length=1, max_length=CHAT_BODY_AT_MOST, pattern=_TYPED_TEXT, extra=_AS_TEXT)]
ChatBodyOrBlank = Annotated[  # of a message that may carry files and say nothing
    str, Meta(max_length=CHAT_BODY_AT_MOST, pattern=rf"^(?![\s\S]*[{TYPED_TEXT.ranges}])[\s\S]*$", extra=_AS_TEXT)
]
RatingSentence = Annotated[
    str, Meta(max_length=500, pattern=rf"^(?![\s\S]*[{TYPED_TEXT.ranges}])[\s\S]*$", extra=_AS_TEXT)
]
BodyOrBlank = Annotated[
    str, Meta(max_length=BODY_AT_MOST, pattern=rf"^(?![\s\S]*[{TYPED_TEXT.ranges}])[\s\S]*$", extra=_AS_TEXT)
]
# `email_address.email_fault` checks it; the schema only bounds it.
Email = Annotated[str, Meta(min_length=1, max_length=EMAIL_AT_MOST, extra=_AS_ADDRESS)]
# `mail/webhook_url.py` checks it. Empty where there is none.
WebAddress = Annotated[str, Meta(max_length=WEB_ADDRESS_AT_MOST, extra=_AS_ADDRESS)]

# What programs send is not cleaned.
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=_LINE)]
FileId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
FileIds = Annotated[list[FileId], Meta(max_length=5)]  # of one message; a site's settings may say fewer
# A page's path without query or fragment, which often name people. Empty where the page did not send it.
Path = Annotated[str, Meta(max_length=500, pattern=rf"^(?![\s\S]*[{LINE.ranges}])(/[^?#]*)?$")]
Token = Annotated[str, Meta(min_length=1, max_length=35, pattern=r"^[A-Za-z0-9_-]+$")]
Sha256 = Annotated[str, Meta(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]
