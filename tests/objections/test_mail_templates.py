"""Checks an objection's mails in every language: nothing typed becomes a header, markup or a line of ours."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from forecourt import i18n
from forecourt.mail import mime_message
from forecourt.mail.model import Mail, Sender
from forecourt.objections.model import Objection, ObjectionState

KINDS = ["objection", "objection_answer"]
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
LINK = "https://support.example.com/main/en/objection/abcdefghijklmnopqrstuvwxyz123456"
OBJECTION = Objection(
    "01a20b479fc06243b1828fadac076ff5",
    "main",
    2,
    "linode-eu",
    "Linode, LLC: Servers (Sweden)",
    "Moves from Germany to Sweden.",
    date(2027, 1, 3),
    date(2026, 12, 20),
    "Ola Nordmann",
    "ola@example.com",
    "Kommunen",
    "Not to Sweden.",
    "nb",
    ObjectionState.OPEN,
    datetime(2026, 11, 24, 9, tzinfo=UTC),
    None,
)


def write_mail(kind: str, locale: str = "en", objection: Objection = OBJECTION, body: str = "No.") -> EmailMessage:
    context = {
        "objection": objection,
        "subject": objection.subject,
        "change": objection.change_text,
        "link": LINK,
        "body": body,
        "is_confirmed": True,
        "reference": objection.id,
        "sent_on": objection.created_at.date(),
        "timing": objection.timing,
    }
    mail = Mail(kind, "d", "reader@example.com", locale, context | {"email": "privacy@example.com"}, "who@example.com")
    raw = mime_message.render_message(mail, Sender("Example AS", "forecourt@example.com"), "id")[1]
    return message_from_bytes(raw, EmailMessage, policy=default)


def read_bodies(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain
    assert html
    return str(plain.get_content()).replace("\r\n", "\n"), str(html.get_content())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_each_mail_is_complete_in_every_language(kind: str, locale: str) -> None:
    mail = write_mail(kind, locale)
    plain, html = read_bodies(mail)
    for part in (
        OBJECTION.subject,
        OBJECTION.change_text,
        OBJECTION.id,
        i18n.long_date(OBJECTION.deadline, locale),
        LINK,
    ):
        assert part in plain
        assert part in html
    for rendered in (str(mail["Subject"]), plain, html):
        assert not re.search(r"\bmail\.[a-z]+|\{[a-z]+\}|page\.objection", rendered), rendered


@pytest.mark.parametrize("locale", i18n.shipped_locales())
def test_the_receipt_says_that_it_came_and_when_in_every_language(locale: str) -> None:
    mail = write_mail("objection_receipt", locale)
    words = i18n.words(locale)
    for rendered in read_bodies(mail):
        sent_on = i18n.long_date(OBJECTION.created_at.date(), locale)
        for part in (OBJECTION.id, sent_on, words("mail.objection.timing.in_time"), LINK):
            assert part in rendered
        assert not re.search(r"\bmail\.[a-z]+|\{[a-z]+\}|page\.objection", rendered), rendered
        for typed in (OBJECTION.name, OBJECTION.company, OBJECTION.reason, OBJECTION.subject, OBJECTION.change_text):
            assert typed not in rendered


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("day", "timing"), [(date(2026, 12, 20), "in_time"), (date(2026, 12, 21), "late"), (date(2027, 1, 3), "in_force")]
)
def test_each_mail_says_whether_the_objection_came_in_time(kind: str, day: date, timing: str) -> None:
    objection = replace(OBJECTION, created_at=datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC))
    plain, html = read_bodies(write_mail(kind, "en", objection))
    for rendered in (plain, html):
        assert i18n.words("en")(f"mail.objection.timing.{timing}") in rendered
        assert (i18n.words("en")("mail.objection.deadline") in rendered) is (timing != "in_force")


@pytest.mark.parametrize("mark", BREAKS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_break_in_any_field_adds_no_header_and_no_line_of_ours(kind: str, mark: str) -> None:
    hostile = f"Ola{mark}Bcc: victim@example.com{mark}{mark}Status: paid"
    objection = replace(OBJECTION, name=hostile, company=hostile, subject=hostile, change_text=hostile)
    mail = write_mail(kind, "en", replace(objection, reason=f"Hei{mark}https://evil.example/"))
    assert mail["Bcc"] is None
    assert len(str(mail["Subject"]).splitlines()) == 1
    assert "\n> Hei\n> https://evil.example/\n" in read_bodies(mail)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_markup_stays_text(kind: str) -> None:
    hostile = '</div></style><script>alert(1)</script><a href="https://evil.example">x</a>&amp;'
    objection = replace(OBJECTION, name=hostile, company=hostile, reason=hostile)
    plain, html = read_bodies(write_mail(kind, "en", objection, hostile))
    assert "<script" not in html
    assert '<a href="https://evil.example"' not in html
    assert f"> {hostile}" in plain
