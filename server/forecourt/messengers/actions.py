"""Holds what can be done with messengers: show where they are."""

from forecourt.consent.grant import Grant, Messengers
from forecourt.settings.messengers import NamedMessenger, name_messenger
from forecourt.settings.site import MessengerSettings


def list_messengers(_: Grant[Messengers], settings: MessengerSettings) -> list[NamedMessenger]:
    """Returns the site's messengers with their addresses, in the order of the settings."""
    return [name_messenger(link) for link in settings.links]
