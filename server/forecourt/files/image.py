"""Writes images anew, so that nothing is left of a file but its picture: no place, no camera, no second content."""

import io

from PIL import Image, ImageOps

from forecourt.errors import ImageTooLarge
from forecourt.files.damage import report_damage
from forecourt.files.model import FileKind

PIXELS_AT_MOST = 40_000_000  # take 160 MB while they are written; a telephone's photos have 12 million
SIDE_AT_MOST = 16_000  # pixels; WebP ends at 16,383
_WRITTEN: dict[FileKind, dict[str, object]] = {
    FileKind.JPEG: {"quality": 90},
    FileKind.PNG: {},
    FileKind.WEBP: {"quality": 90, "method": 2},
    FileKind.GIF: {},
}
_MODES = {
    FileKind.JPEG: ("RGB", "L"),
    FileKind.PNG: ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    FileKind.WEBP: ("RGB", "RGBA"),
    FileKind.GIF: ("P", "L", "RGB"),
}
_ONLY_TRANSPARENCY = ("transparency",)  # of all that a file says beside its picture
Image.MAX_IMAGE_PIXELS = None  # its own limit is above ours, and warns where ours refuses


def rewrite_image(content: io.BytesIO, kind: FileKind) -> io.BytesIO:
    """Returns the picture as a file of the same kind, the right way up. Of one that moves, only the first frame stays.

    Raises `ImageTooLarge` before a pixel is read, and `FileDamaged`.
    """
    content.seek(0)
    with report_damage(), Image.open(content, formats=(kind.value.upper(),)) as image:
        _require_size(image)
        image.load()
        return _write(_turn_upright(image), kind)


def _require_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > PIXELS_AT_MOST or max(width, height) > SIDE_AT_MOST:
        raise ImageTooLarge(f"{width} x {height}")


def _turn_upright(image: Image.Image) -> Image.Image:
    """Returns the first frame, turned as its EXIF says, without that and every other word about it."""
    upright = ImageOps.exif_transpose(image)
    upright.info = {name: upright.info[name] for name in _ONLY_TRANSPARENCY if name in upright.info}
    return upright


def _write(image: Image.Image, kind: FileKind) -> io.BytesIO:
    if image.mode not in _MODES[kind]:
        has_alpha = image.has_transparency_data and kind is not FileKind.JPEG
        image = image.convert("RGBA" if has_alpha else "RGB")
    written = io.BytesIO()
    image.save(written, kind.value.upper(), exif=b"", **_WRITTEN[kind])
    return written
