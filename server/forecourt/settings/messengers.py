"""Defines a site's messengers: links to services of other companies, and whose service is at which host."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from forecourt.characters import WEB_ADDRESS

HttpsAddress = Annotated[
    str,
    Meta(
        max_length=300,
        pattern=rf"^https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{{1,5}})?([/?#][^{WEB_ADDRESS.ranges}]*)?\Z",
        description="an https address: https://wa.me/4712345678",
    ),
]
ServiceName = Annotated[str, Meta(max_length=80, description="a name of at most 80 characters")]

_SERVICES = {
    "chat.whatsapp.com": ("WhatsApp", "Meta Platforms"),
    "chats.viber.com": ("Viber", "Rakuten Viber"),
    "invite.viber.com": ("Viber", "Rakuten Viber"),
    "m.me": ("Messenger", "Meta Platforms"),
    "signal.group": ("Signal", "Signal Messenger"),
    "signal.me": ("Signal", "Signal Messenger"),
    "t.me": ("Telegram", "Telegram Messenger"),
    "telegram.me": ("Telegram", "Telegram Messenger"),
    "wa.me": ("WhatsApp", "Meta Platforms"),
    "api.whatsapp.com": ("WhatsApp", "Meta Platforms"),
    "www.messenger.com": ("Messenger", "Meta Platforms"),
}


@dataclass(frozen=True, slots=True)
class MessengerLink:
    """Names one service, and the company whose it is. Both are known for the usual messengers' addresses."""

    address: HttpsAddress
    name: ServiceName = ""
    company: ServiceName = ""


@dataclass(frozen=True, slots=True)
class NamedMessenger:
    """Holds a messenger as visitors read it: no name is missing."""

    name: str
    company: str
    address: str


def name_messenger(link: MessengerLink) -> NamedMessenger:
    """Fills in what the settings leave out. A name that nobody knows stays empty."""
    name, company = _SERVICES.get(urlsplit(link.address).hostname or "", ("", ""))
    return NamedMessenger(link.name or name, link.company or company, link.address)


def is_complete(link: MessengerLink) -> bool:
    """Checks whether it is known whose service the address leads to."""
    messenger = name_messenger(link)
    return bool(messenger.name.strip() and messenger.company.strip())
