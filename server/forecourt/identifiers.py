"""Makes the identifiers of rows: 32 hexadecimal characters that sort by the time they were made at.

Sorted identifiers let an index grow at its end; random ones would touch another page of the disk for each row.
"""

import os
import time
from datetime import datetime


def new_identifier() -> str:
    """Returns the milliseconds since 1970 (6 bytes) and 80 random bits in hexadecimal, as in UUIDv7 (RFC 9562)."""
    return (time.time_ns() // 1_000_000).to_bytes(6, "big").hex() + os.urandom(10).hex()


def lowest_identifier(moment: datetime) -> str:
    """Returns a text that sorts before every identifier made at `moment` or later, and after every earlier one."""
    return milliseconds(moment).hex()


def milliseconds(moment: datetime) -> bytes:
    """Returns the milliseconds between 1970 and `moment` as 6 bytes, the highest first, so that bytes sort by time."""
    return int(moment.timestamp() * 1000).to_bytes(6, "big")
