"""Formats log lines as text for people, or as JSON (one object a line) for programs."""

import json
import logging
from datetime import UTC, datetime

from forecourt.logs.request_context import current_request
from forecourt.logs.safe_text import to_safe_line

_MAX_TRACEBACK_LINES = 100


class TextFormat(logging.Formatter):
    """Writes `TIME LEVEL LOGGER [REQUEST] MESSAGE`. The lines of a traceback begin with `  | `, which no entry does."""

    def format(self, record: logging.LogRecord) -> str:
        request = current_request().id or "-"
        fields = " ".join(f"{name}={_quote(value)}" for name, value in _fields(record).items())
        line = f"{_time(record)} {record.levelname} {record.name} [{request}] {fields or _message(record)}"
        if left_out := _left_out(record):
            line += f" ({left_out} more like it were left out)"
        return "\n".join((line, *(f"  | {each}" for each in _traceback_lines(self, record))))


class JsonFormat(logging.Formatter):
    """Writes an object of `time`, `level`, `logger`, `request`, and of `message` or the fields that the record has.

    `left_out` counts the lines like it that were not written.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"time": _time(record), "level": record.levelname, "logger": record.name}
        line |= {"request": current_request().id}
        line |= _fields(record) or {"message": _message(record)}
        if left_out := _left_out(record):
            line["left_out"] = left_out
        if traceback := _traceback_lines(self, record):
            line["traceback"] = traceback
        return json.dumps(line, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    """Returns the record's time as ISO 8601 with milliseconds, in UTC: `2026-11-23T21:00:00.123Z`."""
    moment = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _message(record: logging.LogRecord) -> str:
    return to_safe_line(record.getMessage().strip())


def _fields(record: logging.LogRecord) -> dict[str, str | int]:
    """Returns the fields of `extra={"fields": {...}}`, which stand in place of a message."""
    fields: dict[str, str | int] = getattr(record, "fields", {})
    return {name: value if isinstance(value, int) else to_safe_line(value, 200) for name, value in fields.items()}


def _quote(value: str | int) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else text


def _left_out(record: logging.LogRecord) -> int:
    return int(getattr(record, "left_out", 0))


def _traceback_lines(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    if not record.exc_info or record.exc_info[0] is None:
        return []
    lines = formatter.formatException(record.exc_info).split("\n")
    if len(lines) > _MAX_TRACEBACK_LINES:  # the error itself stands at the end
        lines = ["...", *lines[-_MAX_TRACEBACK_LINES:]]
    return [to_safe_line(line, 500) for line in lines]
