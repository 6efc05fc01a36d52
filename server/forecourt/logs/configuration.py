"""Sets logging up: on standard error, and the security log in a file of its own where the settings name one."""

import io
import logging
import logging.handlers
import os
import sys
from pathlib import Path
from typing import Literal, TextIO

from forecourt.logs.line_formats import JsonFormat, TextFormat
from forecourt.logs.repetition import RepetitionFilter

LogFormat = Literal["text", "json"]
SECURITY_LOGGER = "forecourt.security"
_QUIET = ("alembic", "uvicorn", "httpx")  # they tell of each request or step, addresses included


def configure_logs(log_format: LogFormat = "text", security_log: Path | None = None, is_server: bool = False) -> None:
    """Replaces the handlers of an earlier call.

    Without `security_log`, a server's security events stand among its other lines, and a command's are not logged: it
    prints what it did. Raises OSError where the file cannot be opened.
    """
    logging.raiseExceptions = False  # a line that cannot be written would be printed raw, with all its values
    formatter = JsonFormat() if log_format == "json" else TextFormat()
    _set_handler(logging.getLogger(), StandardErrorHandler(), formatter)
    logging.getLogger().setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    security = logging.getLogger(SECURITY_LOGGER)
    security.propagate = is_server and security_log is None
    _set_handler(security, PrivateFileHandler(security_log) if security_log else None, JsonFormat())


class StandardErrorHandler(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment: it may be replaced, and the old one closed."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class PrivateFileHandler(logging.handlers.WatchedFileHandler):
    """Appends to a file that only its owner may read. A file that was rotated away is opened anew."""

    def __init__(self, path: Path):
        super().__init__(path, encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the event; to standard error where the file cannot be opened again, and no request fails for it."""
        try:
            super().emit(record)
        except OSError as error:
            sys.stderr.write(f"{self.baseFilename}: {error.strerror}. {self.format(record)}\n")

    def _open(self) -> io.TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return io.TextIOWrapper(io.FileIO(descriptor, "a"), encoding="utf-8", write_through=True)


def _set_handler(logger: logging.Logger, handler: logging.Handler | None, formatter: logging.Formatter) -> None:
    for old in [each for each in logger.handlers if any(isinstance(one, RepetitionFilter) for one in each.filters)]:
        logger.removeHandler(old)
        old.close()
    if handler:
        handler.setFormatter(formatter)
        handler.addFilter(RepetitionFilter())
        logger.addHandler(handler)
