"""Decides what one e-mail address is. No look-up is made: whether the domain takes mail is found out by sending."""

import re

from email_validator import EmailNotValidError, validate_email

from forecourt.characters import MAILBOX, describe_place
from forecourt.errors import Fault

# Dots in a row, or at an end of the local part. Japanese providers gave out such names until 2009, which only a quoted
# string may hold (RFC 5321, section 4.1.2).
_STRAY_DOT = re.compile(r"^\.|\.(?=[.@])")
# Both names are one provider's, and it ignores dots: https://support.google.com/mail/answer/7436150
_DOMAINS_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})


def to_mailbox(address: str) -> str | None:
    """Returns one mailbox (RFC 5321, at most 254 octets) with its domain in lower case.

    Returns None where `address` is none, more than one, or would have to be repaired. Dots may stand in a row, or at an
    end of the local part: `to_addr_spec` writes such an address as the grammar wants it.
    """
    if MAILBOX.find_in(address):
        return None
    try:
        # Names that are special by use (.test, .internal) are somebody's own business: the mail is simply not taken.
        valid = validate_email(
            _STRAY_DOT.sub("", address),
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError:
        return None
    local, _, domain = address.rpartition("@")
    is_repaired = domain.lower() not in (valid.domain.lower(), valid.ascii_domain.lower()) or "." not in domain
    mailbox = f"{local}@{valid.ascii_domain}"
    return None if is_repaired or len(local) > 64 or len(mailbox) > 254 else mailbox


def to_addr_spec(mailbox: str) -> str:
    """Returns a mailbox as SMTP and headers write it: `"try..this"@docomo.ne.jp`, with quotes where dots need them.

    Both spellings name one mailbox (RFC 5321, section 4.1.2), so relays deliver it to the address as it was typed.
    """
    local, _, domain = mailbox.rpartition("@")
    return f'"{local}"@{domain}' if _STRAY_DOT.search(mailbox) else mailbox


def email_fault(address: str) -> str | Fault | None:
    """Returns what is wrong with `address`, or None, as `decoding.Rules` wants it.

    It names a character that looks like another or like nothing, such as a Cyrillic letter or a full-width @.
    """
    if to_mailbox(address):
        return None
    local_end = max(address.rfind("@"), 0) or len(address)
    is_one = address.count("@") == 1 and not set(',;<>"') & set(address)
    index = next((i for i, mark in enumerate(address) if _is_hard_to_see(mark, i < local_end, is_one)), None)
    return "email" if index is None else Fault("", "characters", describe_place(address, index))


def _is_hard_to_see(mark: str, is_local: bool, is_one: bool) -> bool:
    """Checks whether a character is wrong and may look right: a control, a letter beyond ASCII before the @, a blank.

    In what holds several addresses or a name, a blank is not what is wrong.
    """
    if mark == " ":
        return is_one
    return not mark.isprintable() if mark.isascii() else is_local or not mark.isalnum()


def mailbox_key(address: str) -> str:
    """Returns one text for every way to write an address that reaches the same mailbox, to count by.

    It leaves out case and the tag (RFC 5233: what follows a `+`), and dots where the provider ignores them. Mail still
    goes to the address as it was written.
    """
    local, _, domain = (to_mailbox(address) or address).casefold().rpartition("@")
    name = local.partition("+")[0] or local
    if domain in _DOMAINS_WITHOUT_DOTS:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{domain}"


def domain_key(address: str) -> str:
    """Returns the domain of `mailbox_key`, in lower case and ASCII (RFC 5891), to count by."""
    return mailbox_key(address).rpartition("@")[2]
