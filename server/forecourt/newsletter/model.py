"""Describes whose the newsletter's rows are: a request is the asker's, and a subscription the confirmer's.

- A `NewsletterRequest` says that a visitor typed an address. It rests on that visitor's consent and has links of its
  own. Several visitors may ask for one address side by side, and none of them learns of the others.
- A `Subscriber` is an address whose owner pressed the button behind one of these links (double opt-in). It rests on the
  consent of the request that this link belongs to, and another confirmed link takes it over.

An agent may add the address of somebody who agreed elsewhere, with a proof in words. It rests on no visitor's consent
until its owner confirms a link.

So a visitor who withdraws or erases ends their own requests, and a subscription only where it rests on their consent.
An export shows a visitor their own requests and never whether the owner confirmed. The owner of the mailbox needs no
token: a link in the mail that welcomes them shows the subscription and ends it.
"""

from dataclasses import dataclass
from datetime import datetime

CONFIRMATION_MAIL = "newsletter_confirmation"
WELCOME_MAIL = "newsletter_welcome"
ADDED_MAIL = "newsletter_added"
MAIL_KINDS = (CONFIRMATION_MAIL, WELCOME_MAIL)
"""The kinds of mails that go to an address whose owner need not be the visitor who caused them."""


@dataclass(frozen=True, slots=True)
class NewsletterRequest:
    """Says that a visitor asked for the newsletter under an address, whether or not the address was known.

    `consent` is the id of the record that allowed it, and `requested_at` when they asked last. `confirmation_sent_at`
    is when a link was mailed for this request, if one was.
    """

    id: str
    site: str
    email: str
    locale: str
    visitor: str
    consent: str
    requested_at: datetime
    confirmation_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Holds a confirmed address. `visitor` and `consent` are those of the request that was confirmed last.

    Where an agent added the address, both are empty; `proof` says how its owner agreed, and `added_by` is the agent.
    """

    id: str
    site: str
    email: str
    locale: str
    visitor: str
    consent: str
    confirmed_at: datetime
    proof: str = ""
    added_by: str = ""
