"""Checks the raw bytes of mails in four scripts, and that other parsers than Python's read what was meant."""

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from forecourt.mail import mime_message
from forecourt.mail.model import Mail, Sender
from tests.deadline import DEADLINE
from tests.mail.mail_rules import find_faults
from tests.mail.test_mime_message import CONTEXTS

SCRIPTS = {
    "cyrillic": "Бьёрн Александрович Петровский-Разумовский",
    "japanese": "日本語の名前がとても長い人からのお問い合わせ",
    "arabic": "محمد بن عبد الله آل عبد الرحمن الفلاني",
    "norwegian": "Bjørn Ærlig Åsmund Østerås-Kjærgård",
    "joined": "👩‍👩‍👧‍👦 می‌خواهم",
    "encoded": "=?utf-8?q?Bcc=3A_x=40y=2Ez?=",
    "long": "Rechtsschutzversicherungsgesellschaft" * 3,
}
WRITERS = [(kind, script) for kind in CONTEXTS for script in SCRIPTS]
UNSUBSCRIBE = {
    "List-Unsubscribe": f"<https://support.example.com/main/nb/newsletter/leave/{'a' * 200}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


@dataclass(frozen=True)
class Written:
    subject: str
    sender: str
    text: str
    raw: bytes


def write(kind: str, script: str) -> Written:
    name = SCRIPTS[script]
    text = f"{name}, {name}! " * 40
    changed = {"name": name, "message": text, "body": text}
    context = CONTEXTS[kind] | {key: value for key, value in changed.items() if key in CONTEXTS[kind]}
    mail = Mail(kind, "k", f"{'l' * 64}@{'d' * 60}.example.com", "nb", context, "ola@example.com", UNSUBSCRIBE)
    subject, raw = mime_message.render_message(mail, Sender(name, "forecourt@example.com"), "id")
    return Written(subject, name.replace("=?", "= ?"), text if "body" in context or "message" in context else "", raw)


@pytest.mark.parametrize(("kind", "script"), WRITERS)
def test_a_mail_keeps_the_rules_in_every_script(kind: str, script: str) -> None:
    assert find_faults(write(kind, script).raw) == []


def test_the_rules_find_what_they_are_there_for() -> None:
    """Breaks each rule on purpose, so that the checks above cannot pass by looking away."""
    good = write("contact_message", "norwegian").raw
    for broken in (
        good.replace(b"\r\n", b"\n", 1),
        good.replace(b"Date: ", b"Date: x\r\nDate: ", 1),
        good.replace(b"Subject: ", b"Subject: =?utf-8?q?" + b"=C3=A5" * 15 + b"?= ", 1),
        good.replace(b"Subject: ", b"Subject: =?utf-8?q?=C3?= ", 1),
        good + b"x" * 999,
        good + "å".encode(),
    ):
        assert find_faults(broken)


def test_other_parsers_read_what_was_meant() -> None:
    mails = [write(kind, script) for kind, script in WRITERS]
    node = shutil.which("node")
    assert node
    lines = "".join(base64.b64encode(mail.raw).decode() + "\n" for mail in mails)
    script = Path(__file__).with_name("parse_messages.mjs")
    result = subprocess.run([node, script], input=lines, capture_output=True, text=True, timeout=DEADLINE, check=True)
    for mail, line in zip(mails, result.stdout.splitlines(), strict=True):
        for parsed in json.loads(line):
            assert parsed["subject"] == mail.subject
            assert parsed["from"] == [{"name": mail.sender, "address": "forecourt@example.com"}]
            assert parsed["to"][0]["address"].startswith("l" * 64 + "@")
            assert "<html" in parsed["html"]
            assert mail.text.strip() in " ".join(parsed["text"].replace("> ", "").split())


@pytest.mark.parametrize(("is_written_by_person", "header"), [(True, None), (False, "auto-generated")])
def test_only_what_a_machine_wrote_says_so(is_written_by_person: bool, header: str | None) -> None:
    """RFC 3834: help desks and vacation replies answer no mail that a machine wrote."""
    mail = Mail(
        "contact_answer",
        "k",
        "ola@example.com",
        "en",
        CONTEXTS["contact_answer"],
        is_written_by_person=is_written_by_person,
    )
    raw = mime_message.render_message(mail, Sender("Example AS", "forecourt@example.com"), "id")[1]
    assert (b"Auto-Submitted: auto-generated" in raw) == (header is not None)
