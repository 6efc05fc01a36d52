"""Writes a mail as MIME: subject, text and HTML come from one template, and no text can add a header."""

from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from html import unescape

from forecourt import clock, templating
from forecourt.characters import LINE
from forecourt.email_address import to_addr_spec
from forecourt.mail.model import Mail, Sender
from forecourt.text_cleanup import clean_line

_LINE_LENGTH = (
    76  # of encoded bodies (RFC 2045, 6.7 and 6.8); a header's encoded words then stay within 75 (RFC 2047, 2)
)
_UNFOLDED_LENGTH = 998  # of any line (RFC 5322, 2.1.1)


class _MailPolicy(EmailPolicy):
    """Writes headers in lines that mail programs read alike.

    Words in other scripts are encoded by `email.header`: the policy of Python 3.11 loses blanks between encoded words.
    The List-* headers stay in one line: folding would turn their long links into encoded words, in which mail programs
    find no one-click unsubscribe link.
    """

    def fold(self, name: str, value: str) -> str:
        if not str(value).isascii() and not name.startswith("Content-"):  # whose parameters have a way of their own
            return f"{name}: {_encode(name, value)}\r\n"
        return str(super(_MailPolicy, self._for_header(name)).fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")

    def _for_header(self, name: str) -> "_MailPolicy":
        return self.clone(max_line_length=_UNFOLDED_LENGTH) if name.startswith("List-") else self


def _encode(name: str, value: str) -> str:
    """Returns a header's text, or the one address in it with its name, as encoded words (RFC 2047)."""
    address = value.addresses[0] if isinstance(value, AddressHeader) else None
    text = address.display_name if address else str(value)
    words = Header(text, "utf-8", _LINE_LENGTH, name).encode(linesep="\r\n")
    return f"{words}\r\n <{address.addr_spec}>" if address else words


# 7-bit because a relay may lack 8BITMIME.
_POLICY = _MailPolicy(linesep="\r\n", max_line_length=_LINE_LENGTH, cte_type="7bit")
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
    message["From"] = Address(_to_one_line(sender.name), addr_spec=sender.address)
    message["To"] = _to_header(mail.recipient)
    if mail.reply_to:
        message["Reply-To"] = _to_header(mail.reply_to)
    for name, value in mail.headers.items():
        message[name] = value
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{identifier}@{sender.address.rpartition('@')[2]}>"
    if not mail.is_written_by_person:
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5
    message.set_content(unescape("".join(template.blocks["text"](context))).strip() + "\n")
    message.add_alternative(template.render(**variables), subtype="html")
    for attachment in mail.attachments:
        maintype, subtype = attachment.media_type.split("/")
        message.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name)
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
    line = LINE.replace_in(clean_line(text), " ").replace("=?", "= ?")
    return " ".join(line.split())[:_SUBJECT_LENGTH]
