"""Cleans the name of an uploaded file: one line, no path, nothing that turns or hides, an extension that fits."""

import re
import unicodedata

from forecourt.characters import FILE_NAME, LINE
from forecourt.files.model import FILE_TYPES, FileKind
from forecourt.text_cleanup import clean_address

NAME_AT_MOST = 100  # characters, with the extension
BYTES_AT_MOST = 200  # in UTF-8: file systems take 255, and browsers add to a name that is taken
_EXTENSION = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8}$")
# Names of devices that Windows opens instead of a file, whatever their extension.
_DEVICE = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")


def clean_file_name(name: str, kind: FileKind) -> str:
    """Returns a name that a file of this kind may have, of whatever was given.

    An extension that does not fit the content is replaced. Where nothing is left, the file is called `file`.
    """
    line = LINE.replace_in(clean_address(unicodedata.normalize("NFC", name[-1000:])), "_")
    last = re.split(r"[/\\]", line.encode("utf-8", "replace").decode())[-1]
    stem, extension = _split_extension(FILE_NAME.replace_in(last, "_").rstrip(" ."))
    fitting = FILE_TYPES[kind].extensions
    if extension.lower() not in fitting:
        extension = fitting[0]
    if _DEVICE.match(stem):
        stem = f"_{stem}"
    return f"{_shorten(stem, extension) or 'file'}.{extension.lower()}"


def _split_extension(name: str) -> tuple[str, str]:
    """Returns the name without its extension, and the extension; a number, as in `v1.2`, is none."""
    match = _EXTENSION.search(name)
    stem = name[: match.start()] if match else name
    return stem.strip(" ._"), match[0][1:] if match else ""


def _shorten(stem: str, extension: str) -> str:
    """Returns the beginning of a stem that fits, and never half a character."""
    room = NAME_AT_MOST - len(extension) - 1
    return stem[:room].encode()[: BYTES_AT_MOST - len(extension) - 1].decode("utf-8", "ignore").rstrip(" ._")
