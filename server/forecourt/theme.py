"""A site's own colours and shape. Colours that cannot be read on one another are refused (WCAG 2.2, 1.4.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

from msgspec import Meta

READABLE = 4.5  # to one
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Family = Annotated[str, Meta(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9 -]*$")]


@dataclass(frozen=True, slots=True)
class ColourScheme:
    """Colours for light, or for dark. `accent`: of buttons and links."""

    accent: Colour = "#0b6b4f"
    text: Colour = "#17211d"
    background: Colour = "#ffffff"


DARK = ColourScheme("#5fd0a5", "#e9efec", "#121815")


@dataclass(frozen=True, slots=True)
class Theme:
    light: ColourScheme = ColourScheme()
    dark: ColourScheme = field(default=DARK)
    radius: Annotated[int, Meta(ge=0, le=32)] = 10  # of corners, in pixels
    position: Literal["bottom", "top", "corner"] = "bottom"  # of the banner
    font: Family = "host"  # the page's own, or a family's name


# What the style sheets write in themselves, and has to be read on any background: quiet text and faults.
_OWN = {"light": {"quiet text": "#56635d", "faults": "#a3242b"}, "dark": {"quiet text": "#a3b1aa", "faults": "#ff9c9c"}}


def faults(look: Theme) -> Iterator[str]:
    for name, scheme in (("light", look.light), ("dark", look.dark)):
        read = {"text": scheme.text, "accent": scheme.accent, **_OWN[name]}
        for what, colour in read.items():
            if (found := contrast(colour, scheme.background)) < READABLE:
                yield f"look.{name}: {what} {colour} on {scheme.background} has a contrast of {found:.1f}, under 4.5."


def on(accent: str) -> str:
    """The colour of words on a button: white, or black where that is read better."""
    return max("#ffffff", "#000000", key=lambda colour: contrast(colour, accent))


# Custom properties that place the banner.
_PLACED = {
    "bottom": "--forecourt-inset:auto 0 0;--forecourt-width:46em;--forecourt-margin:auto;",
    "top": "--forecourt-inset:0 0 auto;--forecourt-width:46em;--forecourt-margin:auto;",
    "corner": "--forecourt-inset:auto 0 0;--forecourt-width:28em;--forecourt-margin:auto 0;",
}


def css(look: Theme) -> str:
    """The custom properties of a shadow root's host. What a page says of that host, by the same names, beats them."""
    font = "" if look.font == "host" else f'--forecourt-font:"{look.font}";'
    light = f"{_colours(look.light)}--forecourt-radius:{look.radius}px;{font}{_PLACED[look.position]}"
    return f":host{{{light}}}@media(prefers-color-scheme:dark){{:host{{{_colours(look.dark)}}}}}"


def _colours(scheme: ColourScheme) -> str:
    named = {"accent": scheme.accent, "on-accent": on(scheme.accent), "text": scheme.text}
    return "".join(
        f"--forecourt-{name}:{value};" for name, value in (named | {"background": scheme.background}).items()
    )


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of `#rrggbb`."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
