"""This module writes plain values into Markdown."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~&])")


def escape_markdown(text: str) -> str:
    """Returns Markdown that reads as `text` does."""
    return _SPECIAL.sub(r"\\\1", text)


def markdown_mail_link(address: str) -> str:
    return f"[{escape_markdown(address)}](<mailto:{address}>)"
