"""This module writes canonical JSON (RFC 8785), which hashes are taken of."""

import msgspec
import rfc8785


def encode_canonical(value: object) -> bytes:
    """Returns the same bytes for the same value, whatever the order of its keys."""
    return rfc8785.dumps(msgspec.to_builtins(value))
