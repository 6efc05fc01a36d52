"""Checks every kind of mail in every language: its subject, text and HTML, and that no text can add a header."""

import re
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from forecourt import i18n
from forecourt.mail import mime_message
from forecourt.mail.model import Mail, Sender

SENDER = Sender("Example AS", "forecourt@example.com")
LINK = "https://support.example.com/main/en/confirm/abcdefghijklmnopqrstuvwxyz123456"
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
CONTEXTS: dict[str, dict[str, object]] = {
    "contact_message": {
        "topic": "privacy",
        "name": "Ola Nordmann",
        "email": "ola@example.com",
        "message": "Hei!\n\nHvor lagres dataene?",
        "files": ["skjermbilde.png", "logg.txt"],
        "site": "main",
        "link": LINK,
        "written_in": "nb",
    },
    "contact_answer": {
        "body": "I Frankfurt.\n\nHilsen Kari",
        "written_on": date(2026, 11, 24),
        "site": "main",
    },
    "unanswered_chat": {"site": "main", "minutes": 5, "body": "Er noen der?", "files": ["a.png"], "link": LINK},
    "newsletter_confirmation": {"link": LINK, "site": "main", "email": "support@example.com"},
}


def render(kind: str, locale: str = "en", reply_to: str = "", **changed: object) -> tuple[str, bytes]:
    mail = Mail(kind, "d", "reader@example.com", locale, CONTEXTS[kind] | changed, reply_to)
    return mime_message.render_message(mail, SENDER, "id")


def read_bodies(raw: bytes) -> tuple[str, str]:
    parsed = message_from_bytes(raw, EmailMessage, policy=default)
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


def header_lines(raw: bytes) -> list[str]:
    return raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


@pytest.mark.parametrize("kind", CONTEXTS)
@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_every_mail_renders_in_every_language(kind: str, locale: str) -> None:
    subject, raw = render(kind, locale)
    text, html = read_bodies(raw)
    assert subject
    assert f'<html lang="{locale}" dir="{i18n.direction(locale)}">' in html
    assert f"<title>{subject}</title>" in html
    for body in (subject, text, html):
        assert not re.search(r"\bmail\.[a-z]+|\{[a-z]+\}", body), body


@pytest.mark.parametrize("kind", CONTEXTS)
def test_the_languages_differ(kind: str) -> None:
    assert render(kind, "en")[0] != render(kind, "nb")[0]


@pytest.mark.parametrize("kind", CONTEXTS)
def test_a_mail_needs_no_image_no_script_and_no_inline_style(kind: str) -> None:
    html = read_bodies(render(kind)[1])[1]
    for unwanted in ("<img", "<script", "style=", "<table", "onclick", "@import", "url("):
        assert unwanted not in html
    assert "prefers-color-scheme: dark" in html


def test_the_style_is_one_block_that_never_changes() -> None:
    """Keeps the style the same in every mail, because a page that shows mails allows it by its hash."""
    blocks = {
        tuple(re.findall(r"<style>(.*?)</style>", read_bodies(render(kind, locale)[1])[1], re.DOTALL))
        for kind in CONTEXTS
        for locale in i18n.shipped_locales()
    }
    assert len(blocks) == 1
    assert len(blocks.pop()) == 1


@pytest.mark.parametrize("mark", BREAKS)
def test_a_line_break_in_a_name_adds_no_header_line(mark: str) -> None:
    name = f"Ola{mark}Bcc: victim@example.com{mark}{mark}<b>x</b>"
    raw = render("contact_message", name=name)[1]
    lines = header_lines(raw)
    names = [line.partition(":")[0] for line in lines if not line.startswith((" ", "\t"))]
    assert sorted(names) == sorted(
        [
            "Subject",
            "From",
            "To",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "Content-Language",
            "MIME-Version",
            "Content-Type",
        ]
    )
    parsed = message_from_bytes(raw, EmailMessage, policy=default)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "Contact form, Privacy: Ola Bcc: victim@example.com <b>x</b>"


@pytest.mark.parametrize("mark", BREAKS)
@pytest.mark.parametrize("field", ["reply_to", "recipient", "sender"])
def test_a_line_break_in_an_address_is_refused(mark: str, field: str) -> None:
    address = f"ola@example.com{mark}Bcc: victim@example.com"
    mail = Mail("contact_message", "d", "reader@example.com", "en", CONTEXTS["contact_message"], "")
    addresses = {"recipient": mail.recipient, "reply_to": mail.reply_to, "sender": SENDER.address} | {field: address}
    hostile = Mail("contact_message", "d", addresses["recipient"], "en", mail.context, addresses["reply_to"])
    with pytest.raises(ValueError, match=r"addr_?spec|address parts"):
        mime_message.render_message(hostile, Sender("Example AS", addresses["sender"]), "id")


@pytest.mark.parametrize(
    "name", ["Bjørn Ærlig Ås " * 6, "日本語の名前" * 15, "=?utf-8?q?Bcc=3A_x=40y=2Ez?=", "a" * 100]
)
def test_a_long_or_foreign_name_stays_within_the_limits_of_a_header(name: str) -> None:
    subject, raw = render("contact_message", name=name)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert all(byte < 128 for byte in raw.partition(b"\r\n\r\n")[0])
    parsed = message_from_bytes(raw, EmailMessage, policy=default)
    assert str(parsed["Subject"]) == subject
    assert "Bcc: x@y.z" not in subject


@pytest.mark.parametrize("mark", BREAKS)
def test_every_line_of_a_visitors_text_is_quoted(mark: str) -> None:
    message = f"Hei{mark}Open it in the console:{mark}https://evil.example/"
    text = read_bodies(render("contact_message", message=message)[1])[0]
    assert "\n> Open it in the console:\n> https://evil.example/\n" in text.replace("\r\n", "\n")
    assert text.count("https://evil.example/") == 1


@pytest.mark.parametrize("kind", ["contact_message", "contact_answer", "unanswered_chat"])
def test_markup_in_what_people_type_stays_text(kind: str) -> None:
    hostile = '</div></style><script>alert(1)</script><a href="https://evil.example">x</a>&amp;&#10;'
    fields = {"message": hostile, "name": hostile, "body": hostile}
    text, html = read_bodies(
        render(kind, **{name: value for name, value in fields.items() if name in CONTEXTS[kind]})[1]
    )
    assert "<script" not in html
    assert '<a href="https://evil.example"' not in html
    assert hostile in text


def test_an_answer_quotes_no_message() -> None:
    """The message's address may be a stranger's, and nobody mails words to a stranger by way of us."""
    assert set(CONTEXTS["contact_answer"]) == {"body", "written_on", "site"}
    text, html = read_bodies(render("contact_answer")[1])
    assert "24 November 2026" in text
    assert "I Frankfurt." in html


def test_the_confirmation_contains_nothing_that_was_typed() -> None:
    """Keeps out whatever was typed: somebody who types a stranger's address in cannot send them a message."""
    assert set(CONTEXTS["newsletter_confirmation"]) == {"link", "site", "email"}
    text, html = read_bodies(render("newsletter_confirmation")[1])
    assert text.count(LINK) == 1
    assert f'href="{LINK}"' in html
    assert "reader@example.com" not in text + html


def test_a_topic_of_the_sites_own_is_named_as_it_is() -> None:
    assert render("contact_message", topic="billing")[0] == "Contact form, billing: Ola Nordmann"
