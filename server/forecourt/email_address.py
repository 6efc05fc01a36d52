"""Decides what one e-mail address is. No look-up is made: whether the domain takes mail is found out by sending."""

from email_validator import EmailNotValidError, validate_email

from forecourt.characters import MAILBOX

# Both names are one provider's, and it ignores dots: https://support.google.com/mail/answer/7436150
_DOMAINS_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})


def to_mailbox(address: str) -> str | None:
    """Returns one mailbox (RFC 5321, at most 254 octets) with its domain in lower case.

    Returns None where `address` is none, more than one, or would have to be repaired.
    """
    if MAILBOX.find_in(address):
        return None
    try:
        # Names that are special by use (.test, .internal) are somebody's own business: the mail is simply not taken.
        valid = validate_email(
            address,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
            allow_smtputf8=False,
            strict=True,
        )
    except EmailNotValidError:
        return None
    domain = address.rpartition("@")[2].lower()
    is_repaired = domain not in (valid.domain.lower(), valid.ascii_domain.lower()) or "." not in domain
    mailbox = valid.ascii_email or valid.normalized
    return None if is_repaired or len(mailbox.encode()) > 254 else mailbox


def email_fault(address: str) -> str | None:
    """Returns the code of what is wrong with `address`, or None, as `decoding.Rules` wants it."""
    return None if to_mailbox(address) else "email"


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
