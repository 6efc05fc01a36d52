"""Tells of files that cannot be read, whatever a parser of hostile bytes stumbles over."""

import contextlib
from collections.abc import Iterator

from forecourt.errors import FileDamaged, Refusal


@contextlib.contextmanager
def report_damage() -> Iterator[None]:
    """Raises `FileDamaged` for every error of a parser: none lists all that it raises. A refusal of ours passes."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        raise FileDamaged(type(error).__name__) from error
