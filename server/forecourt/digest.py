"""Hashes texts for storage and comparison."""

import hashlib


def sha256_hex(text: str) -> str:
    """Returns the SHA-256 of the text's UTF-8 bytes in hexadecimal.

    That hides a random secret of 128 bits or more. A value that can be guessed needs a slow hash or a key instead.
    """
    return hashlib.sha256(text.encode()).hexdigest()
