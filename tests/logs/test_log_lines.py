"""A log line has time, level, logger and request id; nothing from outside breaks it, fills the disk or names people."""

import json
import logging
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from forecourt.logs.configuration import SECURITY_LOGGER, configure_logs
from forecourt.logs.line_formats import JsonFormat, TextFormat
from forecourt.logs.repetition import MAX_PER_MINUTE, RepetitionFilter
from forecourt.logs.request_context import current_request
from forecourt.logs.safe_text import MAX_LENGTH, to_safe_line
from forecourt.web.middleware.request_context import RequestContextMiddleware
from tests.deadline import DEADLINE

START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) [\w.]+ \[([0-9a-f]{16}|-)\] ")
FORGED = "550 no\r\n2026-11-23T21:00:00.000Z INFO forecourt.security [-] sign_in\x1b[2J\u2028x \x85 \u202e"


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Gives pytest's own handlers back at the end."""
    loggers = [logging.getLogger(), logging.getLogger(SECURITY_LOGGER)]
    before = [(logger, logger.handlers[:], logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers.clear()
    yield
    for logger, handlers, propagate, level in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)
    logging.raiseExceptions = True


def make_record(message: str, *values: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("forecourt.mail", logging.WARNING, "mail.py", 1, message, values, info)


def raise_and_catch(text: str) -> Exception:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def test_a_line_break_from_outside_begins_no_line() -> None:
    line = TextFormat().format(make_record("mail %s was refused: %s", "m1", FORGED))
    assert START.match(line)
    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_a_traceback_cannot_forge_a_line_either() -> None:
    lines = TextFormat().format(make_record("failed", error=raise_and_catch(FORGED))).splitlines()
    assert [bool(START.match(line)) for line in lines] == [True] + [False] * (len(lines) - 1)
    assert all(line.startswith("  | ") for line in lines[1:])
    assert "raise ValueError(text)" in lines[3]


def test_a_mail_address_and_a_password_in_a_url_are_left_out() -> None:
    text = "550 <Kari.Nordmann+x@example.com>: unknown; postgresql://owner:secret@db/x, æøå@bücher.example"
    line = to_safe_line(text)
    assert line == "550 <[address]>: unknown; [address], [address]"
    assert to_safe_line("  @cache\n a @ b") == "  @cache\\n a @ b"


@pytest.mark.parametrize("text", ["x" * 1_000_000, "@" * 1_000_000, "a@" * 500_000, "\n" * 1_000_000])
def test_a_line_is_bounded(text: str) -> None:
    assert len(TextFormat().format(make_record("%s", text))) < MAX_LENGTH * 6


def test_a_long_traceback_is_bounded_and_keeps_its_error() -> None:
    def recurse(depth: int) -> None:
        if depth:
            recurse(depth - 1)
        raise ValueError("\n" * 10_000 + "the end")

    try:
        recurse(300)
    except ValueError as error:
        text = TextFormat().format(make_record("failed", error=error))
    assert len(text) < 60_000
    assert text.endswith("the end")


def test_a_line_of_json_is_one_object_with_the_same_parts() -> None:
    record = make_record("refused: %s", FORGED, error=raise_and_catch("a@example.com"))
    line = JsonFormat().format(record)
    assert len(line.splitlines()) == 1
    entry = json.loads(line)
    assert set(entry) == {"time", "level", "logger", "request", "message", "traceback"}
    assert entry["traceback"][-1] == "ValueError: [address]"
    assert (entry["level"], entry["logger"]) == ("WARNING", "forecourt.mail")


def test_repeated_lines_are_left_out_and_counted() -> None:
    now = 0.0
    log_filter = RepetitionFilter(lambda: now)
    written = [log_filter.filter(make_record("rubbish %s", number)) for number in range(10_000)]
    assert sum(written) == MAX_PER_MINUTE
    other = logging.LogRecord("forecourt.mail", logging.WARNING, "mail.py", 2, "another", (), None)
    assert log_filter.filter(other)
    now = 60.0
    record = make_record("rubbish")
    assert log_filter.filter(record)
    assert TextFormat().format(record).endswith("rubbish (9940 more like it were left out)")
    record = make_record("rubbish")
    assert log_filter.filter(record)
    assert TextFormat().format(record).endswith("rubbish")


@pytest.mark.usefixtures("logging_as_before")
def test_the_security_log_is_a_private_file_that_may_be_rotated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "security.log"
    configure_logs("text", path)
    log = logging.getLogger(SECURITY_LOGGER)
    log.info("first")
    path.rename(tmp_path / "security.log.1")
    log.info("second")
    assert json.loads(path.read_text())["message"] == "second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    logging.getLogger("forecourt").info("elsewhere")
    assert re.sub(START, "", capsys.readouterr().err) == "elsewhere\n"
    configure_logs(is_server=True)
    log.info("third")
    assert re.sub(START, "", capsys.readouterr().err) == "third\n"


@pytest.mark.usefixtures("logging_as_before")
def test_a_security_log_that_cannot_be_opened_again_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    configure_logs("text", folder / "security.log")
    folder.rename(tmp_path / "gone")
    logging.getLogger(SECURITY_LOGGER).info("event")
    assert "security.log: No such file or directory" in capsys.readouterr().err


@pytest.mark.usefixtures("logging_as_before")
def test_a_line_that_cannot_be_written_is_not_printed_raw(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    logging.getLogger("forecourt").warning("%s of a@example.com", *("a", "too many"))
    assert "example.com" not in capsys.readouterr().err
    assert sys.stderr


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": TextFormat().format(make_record("x")).encode()})


@pytest.mark.anyio
async def test_a_request_has_an_id_of_ours_that_its_lines_and_its_response_carry() -> None:
    transport = httpx.ASGITransport(RequestContextMiddleware(_answer), client=("203.0.113.77", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://x", timeout=DEADLINE) as client:
        responses = [await client.get("/", headers={"x-request-id": "chosen"}) for _ in range(2)]
    identities = [response.headers["x-request-id"] for response in responses]
    assert len(set(identities)) == 2
    assert all(f"[{identity}]" in response.text for identity, response in zip(identities, responses, strict=True))
    assert current_request().network == "203.0.113.0/24"
