"""The security log has the events of docs/logs.md, with their fields, and names neither visitors nor addresses."""

import ast
import re
from pathlib import Path

import pytest

from forecourt.logs.configuration import SECURITY_LOGGER
from forecourt.logs.line_formats import JsonFormat, TextFormat
from forecourt.logs.security_log import SecurityEvent, record_event

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
DOCUMENTED = {
    event: set(re.findall(r"`(\w+)`", fields)) - {"password", "link", "invitation", "totp", "recovery_code"}
    for event, fields in ROW.findall((ROOT / "docs" / "logs.md").read_text("utf-8"))
}


def recorded_fields() -> dict[str, set[str]]:
    """Returns which fields each event is recorded with, somewhere in the server."""
    fields: dict[str, set[str]] = {}
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "record_event":
                name = ast.unparse(node.args[0]).removeprefix("SecurityEvent.")
                keywords = {keyword.arg for keyword in node.keywords if keyword.arg}
                fields.setdefault(SecurityEvent[name].value, set()).update(keywords)
    return fields


def test_every_event_is_documented_and_recorded_with_its_fields() -> None:
    assert set(DOCUMENTED) == {event.value for event in SecurityEvent}
    assert recorded_fields() == DOCUMENTED


def test_an_event_reads_alike_as_text_and_as_json(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", SECURITY_LOGGER):
        record_event(SecurityEvent.ORIGIN_REFUSED, origin='https://evil.example\n" x', agent="")
    [record] = caplog.records
    assert TextFormat().format(record).endswith(r' event=origin_refused origin="https://evil.example\\n\" x"')
    assert '"event": "origin_refused", "origin": "https://evil.example\\\\n\\" x"' in JsonFormat().format(record)
