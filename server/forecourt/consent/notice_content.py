"""Holds the content of a notice: all that a visitor can read before choosing, and the facts behind it.

It is stored as JSON for good. Every field has a default, since the notices of earlier versions leave some out.
"""

from functools import lru_cache

import msgspec


class NoticePurpose(msgspec.Struct):
    """Describes one purpose. `lifetime` and `recipients` are in words; `gpc` says that the signal refuses it."""

    name: str = ""
    required: bool = False
    separate: bool = False
    title: str = ""
    text: str = ""
    lifetime: str = ""
    recipients: list[str] = []
    cookies: list[str] = []
    storage: list[str] = []
    gpc: bool = False
    google: list[str] = []


class NoticeFeature(msgspec.Struct):
    """Describes one feature: the purposes it needs, and in words what it stores and who will see that."""

    purposes: list[str] = []
    stores: str = ""
    seen_by: list[str] = []


class NoticeRecipient(msgspec.Struct):
    """Holds facts about one engagement that will see the data, free of language.

    `entity` is a legal name, `countries` are ISO codes, and the rest are keys of texts.
    """

    id: str = ""
    entity: str = ""
    countries: list[str] = []
    data: list[str] = []
    mechanism: str = ""
    purpose: str = ""


class NoticePrivacyPolicy(msgspec.Struct):
    version: str = ""
    sha256: str = ""


class NoticeContent(msgspec.Struct):
    """Holds the content of one notice. `terms` and `facts` are by term, as in `Notice`.

    `months` is how long a choice is remembered, `words` are the widget's texts that ask, and `data` says what the keys
    of data in `facts` were called.
    """

    site: str = ""
    locale: str = ""
    controller: str | None = None
    email: str | None = None
    months: int = 0
    words: dict[str, str] = {}
    purposes: list[NoticePurpose] = []
    features: dict[str, NoticeFeature] = {}
    facts: dict[str, list[NoticeRecipient]] = {}
    data: dict[str, str] = {}
    privacy_policy: NoticePrivacyPolicy | None = None
    terms: dict[str, str] = {}


@lru_cache(maxsize=64)
def read_content(content: str) -> NoticeContent:
    """Decodes a stored content, which is never changed afterwards. Many visitors answered the same few notices."""
    return msgspec.json.decode(content, type=NoticeContent)
