"""Writes a mail as MIME: subject, text and HTML come from one template, and no text can add a header."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import unescape

from forecourt import clock, templating
from forecourt.email_address import to_addr_spec
from forecourt.mail.model import Mail, Sender

# Long List-* headers must not be folded into encoded words: mail programs would not find the one-click unsubscribe
# link. The encoding is 7-bit because a relay may lack 8BITMIME.
_POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")
_SUBJECT_LENGTH = 200  # characters


def render_message(mail: Mail, sender: Sender, identifier: str) -> tuple[str, bytes]:
    """Returns the subject and the whole message (RFC 5322).

    `identifier` becomes the Message-ID, by which mail programs recognize a second copy of the same mail.
    """
    template = templating.environment(mail.locale).get_template(f"mail/{mail.kind}.html")
    variables = {**mail.context, "controller": sender.name}
    context = template.new_context(variables)
    subject = _to_one_line(unescape("".join(template.blocks["subject"](context))))
    message = EmailMessage(_POLICY)
    message["Subject"] = subject
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = _to_header(mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _to_header(mail.reply_to)
    for name, value in mail.headers.items():
        message[name] = value
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{identifier}@{sender.address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(unescape("".join(template.blocks["text"](context))).strip() + "\n")
    message.add_alternative(template.render(**variables), subtype="html")
    message["Content-Language"] = mail.locale  # after the content, which clears every Content-* header
    return subject, message.as_bytes()


def _to_header(mailbox: str) -> Address | str:
    """Returns a mailbox for a header. Raises `ValueError` for what is no mailbox.

    Only a text keeps the quotes that dots in a row need: `Address` would write them without.
    """
    spec = to_addr_spec(mailbox)
    address = Address(addr_spec=spec)
    return address if spec == mailbox else spec


def _to_one_line(text: str) -> str:
    """Replaces line breaks by spaces, and keeps what looks like an encoded word (RFC 2047) from being decoded."""
    printable = "".join(character if character.isprintable() else " " for character in text.replace("=?", "= ?"))
    return " ".join(printable.split())[:_SUBJECT_LENGTH]
