"""Checks a message's raw bytes against the rules of MIME and mail: RFC 2045, 2047, 5322 and 3834."""

import re
from email.header import decode_header

from .mail_parser import parse_mail

MAX_LINE = 998  # RFC 5322, section 2.1.1, without its CRLF
MAX_ENCODED_LINE = 76  # RFC 2045, sections 6.7 and 6.8; RFC 2047, section 2, for a header line with an encoded word
MAX_ENCODED_WORD = 75  # RFC 2047, section 2
ONCE = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Language")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")
_UNFOLDED = ("List-Unsubscribe:", "List-Unsubscribe-Post:")


def find_faults(raw: bytes) -> list[str]:
    """Returns a line for each rule that the message breaks."""
    return [*_faults_of_lines(raw), *_faults_of_headers(raw), *_faults_of_parts(raw)]


def _faults_of_lines(raw: bytes) -> list[str]:
    lines = raw.split(b"\r\n")
    faults = [f"a bare line break in {line[:60]!r}" for line in lines if b"\r" in line or b"\n" in line]
    faults += [f"{len(line)} bytes in a line: {line[:60]!r}" for line in lines if len(line) > MAX_LINE]
    return faults + [f"8-bit: {line[:60]!r}" for line in lines if not line.isascii()]


def _faults_of_headers(raw: bytes) -> list[str]:
    lines = raw.partition(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n")
    message = parse_mail(raw)
    faults = [
        f"{len(message.get_all(name) or [])} times {name}" for name in ONCE if len(message.get_all(name) or []) != 1
    ]
    faults += [f"a blank line folded: {line!r}" for line in lines if not line.strip()]
    for line in lines:
        words = _ENCODED_WORD.findall(line)
        if words and len(line) > MAX_ENCODED_LINE:
            faults.append(f"{len(line)} characters beside an encoded word: {line!r}")
        if words and line.startswith(_UNFOLDED):
            faults.append(f"an encoded link: {line!r}")
        faults += [
            f"{len(word)} characters in the encoded word {word}" for word in words if len(word) > MAX_ENCODED_WORD
        ]
        faults += [f"no whole characters in {word}" for word in words if not _is_whole(word)]
    return faults


def _is_whole(encoded_word: str) -> bool:
    """Checks that a word decodes by itself: no character is divided between two (RFC 2047, section 5)."""
    ((content, charset),) = decode_header(encoded_word)
    try:
        bytes(content).decode(charset or "ascii")
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _faults_of_parts(raw: bytes) -> list[str]:
    faults = []
    for part in parse_mail(raw).walk():
        encoding = str(part.get("Content-Transfer-Encoding", "7bit")).lower()
        lines = [] if part.is_multipart() else str(part.get_payload()).splitlines()
        if encoding in ("base64", "quoted-printable"):
            faults += [f"{len(line)} characters of {encoding}" for line in lines if len(line) > MAX_ENCODED_LINE]
        elif encoding != "7bit":
            faults.append(f"the encoding {encoding}")
        faults += [f"a defect: {defect!r}" for defect in part.defects]
    return faults
