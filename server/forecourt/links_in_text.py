"""Finds web and mail addresses in what somebody wrote, so that pages can show them as links.

The widget finds them by the same rules (`widget/src/chunks/chat/links.ts`), and one list of cases tests both.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup

from forecourt.characters import DOMAIN_LABEL, WEB_ADDRESS

_LABEL = f"[^{DOMAIN_LABEL.ranges}]{{1,63}}"
# The last label has one script: in Japanese the next word follows without a blank.
_DOMAIN = rf"(?:{_LABEL}\.)+(?:[a-z0-9-]{{1,63}}|[^\x01-\x7f{DOMAIN_LABEL.ranges}]{{1,63}})"
_PATH = f"[^{WEB_ADDRESS.ranges}]*"
_ADDRESS = re.compile(
    rf"(?a:\b)(?P<url>https?://(?:{_DOMAIN}|localhost)(?::[0-9]{{1,5}})?(?:[/?#]{_PATH})?)"
    rf"|(?a:\b)[a-z0-9][a-z0-9.!#$%&'*+/=?^_{{|}}~-]{{0,63}}@{_DOMAIN}",
    re.IGNORECASE,
)
_OPENING = {")": "(", "]": "["}
_LINK = Markup('<a href="{}" target="_blank" rel="noopener nofollow ugc" referrerpolicy="no-referrer" dir="ltr">{}</a>')
_MAIL_LINK = Markup('<a href="mailto:{}" dir="ltr">{}</a>')


def link_addresses(text: str) -> Markup:
    """Returns the text as HTML in which only addresses are elements."""
    return Markup("").join(_parts(text))


def _parts(text: str) -> Iterator[Markup | str]:
    end = 0
    for match in _ADDRESS.finditer(text):
        address = _trim_end(match["url"]) if match["url"] else match[0]
        yield text[end : match.start()]
        yield (_LINK if match["url"] else _MAIL_LINK).format(address, address)
        end = match.start() + len(address)
    yield text[end:]


def _trim_end(url: str) -> str:
    """Leaves out what belongs to the sentence: its punctuation, and a bracket that was opened before the address."""
    while True:
        last = url[-1]
        is_opened = last in _OPENING and url.count(_OPENING[last]) >= url.count(last)
        if last not in ".,:;!?'*)]" or is_opened:
            return url
        url = url[:-1]
