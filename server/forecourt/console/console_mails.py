"""Writes the mails that people of the console get: invitations, and links to a new password."""

from dataclasses import dataclass

from sqlalchemy import Connection

from forecourt.console.agents import Agent
from forecourt.identifiers import new_identifier
from forecourt.mail import outbox
from forecourt.mail.model import Mail, Sender
from forecourt.settings.server import Settings


@dataclass(frozen=True, slots=True)
class ConsoleMails:
    """Says who the mails are from, which mailbox answers to them (blank without a site), and where links lead."""

    sender: Sender
    email: str
    address: str

    @classmethod
    def from_settings(cls, settings: Settings, address: str) -> "ConsoleMails":
        """Takes the first site's controller, since the console is the same for all sites."""
        site = next(iter(settings.sites.values()), None)
        sender = Sender(site.controller if site else "Forecourt", settings.mail_from)
        return cls(sender, site.email if site else "", address)

    def put(self, connection: Connection, kind: str, agent: Agent, locale: str, **context: object) -> None:
        """Writes the mail `mail/KIND.html` to the agent into the outbox."""
        context |= {"email": self.email, "console": f"{self.address}/console/"}
        mail = Mail(kind, f"{kind}:{new_identifier()}", agent.email, locale, context, self.email)
        outbox.put_mail(connection, mail, self.sender)

    def link(self, path: str) -> str:
        return f"{self.address}/console/{path}"
