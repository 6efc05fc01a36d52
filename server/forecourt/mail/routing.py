"""Says who a site's mails come from, which mailbox answers to them, and where their links lead."""

from dataclasses import dataclass
from typing import Self

from forecourt.mail.model import Sender
from forecourt.settings.site import SiteSettings


@dataclass(frozen=True, slots=True)
class MailRouting:
    """Holds the site's own mailbox (`email`) and language, its mails' sender, and where browsers reach Forecourt."""

    site: str
    email: str
    locale: str
    sender: Sender
    base_url: str

    @classmethod
    def from_settings(cls, site: str, settings: SiteSettings, mail_from: str, base_url: str) -> Self:
        """Returns the routing of the site with this name. `mail_from` is the address that all mails are sent from."""
        return cls(site, settings.email, settings.locale, Sender(settings.controller, mail_from), base_url)

    def page_url(self, locale: str, path: str) -> str:
        """Returns the address of one of the site's hosted pages."""
        return f"{self.base_url}/{self.site}/{locale}/{path}"

    def console_url(self, path: str) -> str:
        return f"{self.base_url}/console/{path}"
