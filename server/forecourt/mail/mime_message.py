"""A mail as bytes: subject, text and HTML from one template, headers proof against line breaks."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import unescape

from forecourt import clock, templating
from forecourt.mail.model import Mail, Sender

# Long List-* headers must not be folded into encoded words: one-click leaving would be gone. A relay may lack 8BITMIME.
_POLICY = SMTP.clone(max_line_length=998, cte_type="7bit")


def write(mail: Mail, sender: Sender, identity: str) -> tuple[str, bytes]:
    """Subject and message (RFC 5322). `identity` makes the Message-ID: a second sending is known as the same."""
    template = templating.environment(mail.locale).get_template(f"mail/{mail.kind}.html")
    said = {**mail.context, "controller": sender.name}
    context = template.new_context(said)
    subject = _one_line(unescape("".join(template.blocks["subject"](context))))
    message = EmailMessage(_POLICY)
    message["Subject"] = subject
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    for name, value in mail.headers.items():
        message[name] = value
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{identity}@{sender.address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(unescape("".join(template.blocks["text"](context))).strip() + "\n")
    message.add_alternative(template.render(**said), subtype="html")
    message["Content-Language"] = mail.locale  # after the content, which clears every Content-* header
    return subject, message.as_bytes()


def _one_line(text: str) -> str:
    """What people typed may stand in a subject: breaks become spaces, and an encoded word (RFC 2047) stays as typed."""
    plain = "".join(mark if mark.isprintable() else " " for mark in text.replace("=?", "= ?"))
    return " ".join(plain.split())[:200]
