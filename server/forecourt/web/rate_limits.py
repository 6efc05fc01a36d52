"""This module lists how often one may do what, and why. `rate_limiter.py` counts it, in memory or in PostgreSQL.

Limits are tight by visitor and loose by network, so that a whole office behind one address can still work. How many
mails may go to addresses that nobody has confirmed is counted beside these, by the settings: see
`mail/unconfirmed_mail_limits.py`.
"""

from dataclasses import dataclass
from typing import Literal

LimitedAction = Literal[
    "consent",
    "withdrawal",
    "personal_data",
    "receipt_code",
    "contact",
    "newsletter",
    "follow",
    "webhook_challenge",
    "objection_request",
    "objection",
    "conversation",
    "message",
    "file",
    "sign_in",
    "sign_in_on_known_device",
    "second_step",
    "second_step_on_known_device",
    "password_change",
    "password_reset",
    "invitation",
]
CountedBy = Literal["network", "visitor", "mailbox", "domain", "account", "device", "host", "site"]
"""Says what shares one count. A `mailbox` is an address without its tag and its ignored dots, a `domain` that of it.

A `device` is a browser in which an agent has signed in before, a `host` that of a webhook.
"""

MINUTE = 60
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Allows `most` of `action` in any `seconds` to each of what it is counted by."""

    action: LimitedAction
    counted_by: CountedBy
    most: int
    seconds: int
    reason: str


# The network of an action comes first: what it refuses is counted by nothing else, so one network makes few counts.
RATE_LIMITS = (
    RateLimit("consent", "network", 300, MINUTE, "Every choice without a token makes a new visitor."),
    RateLimit("consent", "visitor", 30, MINUTE, "One who tries the banner's buttons out stays far below it."),
    # Withdrawing is never limited by network: nobody else may use up this right.
    RateLimit("withdrawal", "visitor", 60, MINUTE, "A withdrawal is appended each time."),
    RateLimit("personal_data", "visitor", 20, MINUTE, "An export or erasure reads every table."),
    RateLimit("receipt_code", "network", 60, MINUTE, "Nobody may try codes out."),
    RateLimit("contact", "network", 60, MINUTE, "Each message mails the site's owner."),
    RateLimit("contact", "visitor", 5, MINUTE, "A person writes no faster."),
    RateLimit("contact", "site", 600, MINUTE, "The site's owner can read no more, wherever it comes from."),
    RateLimit("newsletter", "network", 60, MINUTE, "Each new address is sent a mail."),
    RateLimit("newsletter", "visitor", 5, MINUTE, "A person subscribes once."),
    RateLimit("follow", "network", 30, MINUTE, "Each new address is sent a mail, and each confirmation makes a link."),
    RateLimit("webhook_challenge", "network", 10, HOUR, "Each confirmation calls the webhook's host."),
    RateLimit("webhook_challenge", "host", 20, HOUR, "The host may be somebody else's."),
    RateLimit("objection_request", "network", 120, MINUTE, "Invalid forms count too, so no program can try for ever."),
    # The count by network is the lowest: no single network keeps an address or a company from objecting.
    RateLimit("objection", "network", 20, HOUR, "Each objection mails the site and a receipt."),
    RateLimit("objection", "mailbox", 60, HOUR, "Each objection mails a receipt to its address."),
    RateLimit("objection", "domain", 120, HOUR, "A company objects with one voice, or a few."),
    RateLimit("objection", "site", 600, HOUR, "The site's owner has to answer each one."),
    RateLimit("conversation", "network", 120, MINUTE, "Agents see every conversation."),
    RateLimit("conversation", "visitor", 10, MINUTE, "A person opens one at a time."),
    RateLimit("message", "network", 1200, MINUTE, "Agents see every message."),
    RateLimit("message", "visitor", 60, MINUTE, "A person types no faster."),
    RateLimit("file", "network", 600, HOUR, "Each file takes up to ten megabytes of the database."),
    RateLimit("file", "visitor", 60, HOUR, "A person shows what is wrong with a few."),
    RateLimit("file", "site", 6000, HOUR, "The site's owner pays for the disk, wherever it comes from."),
    # One network uses up its own limit long before the account's. A known device is counted by nothing else, so that
    # nobody locks an agent out who has signed in before.
    RateLimit("sign_in", "network", 20, QUARTER, "Nobody may guess the passwords of many agents."),
    RateLimit("sign_in", "account", 200, HOUR, "Nobody may guess one agent's password from many networks."),
    RateLimit("sign_in_on_known_device", "device", 10, QUARTER, "A stolen device cookie guesses no more."),
    # Not by account: a stranger could use that up. Mails to one agent have a pause of their own (password_reset.py).
    RateLimit("password_reset", "network", 10, QUARTER, "Nobody may try out which addresses are mailed."),
    RateLimit("invitation", "account", 30, HOUR, "Each invitation mails an address that nobody has confirmed."),
    # Only who has typed the right password comes so far. A code has a million values, and three are right at a time.
    RateLimit("second_step", "network", 20, QUARTER, "Nobody may guess the codes of many agents."),
    RateLimit("second_step", "account", 30, HOUR, "Who has a stolen password may not guess the code."),
    RateLimit("second_step_on_known_device", "device", 10, QUARTER, "A stolen device guesses no more."),
    RateLimit("password_change", "account", 10, QUARTER, "Nobody may guess the password of an open session's agent."),
)


def find_limits(action: LimitedAction) -> tuple[RateLimit, ...]:
    """Returns the limits of an action, in the order in which they are tried."""
    return _BY_ACTION[action]


_BY_ACTION = {row.action: tuple(limit for limit in RATE_LIMITS if limit.action == row.action) for row in RATE_LIMITS}
