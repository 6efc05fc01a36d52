"""Defines a site's own colours and shape. Colours that are hard to read on each other are refused (WCAG 2.2, 1.4.3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Literal

from msgspec import Meta

from forecourt.resources import TEMPLATES

MIN_CONTRAST = 4.5  # to one
Colour = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$", description="a colour of six digits: #0b6b4f")]
Corner = Literal["bottom-start", "bottom-end", "top-start", "top-end"]
Family = Annotated[
    str,
    Meta(
        max_length=60,
        pattern=r"^[A-Za-z][A-Za-z0-9 -]*$",
        description="host, or the name of one font family in letters, digits, blanks and -",
    ),
]


@dataclass(frozen=True, slots=True)
class ColourScheme:
    """Holds the colours of the light or of the dark scheme. Buttons and links have the accent."""

    accent: Colour = "#0b6b4f"
    text: Colour = "#17211d"
    background: Colour = "#ffffff"


DARK = ColourScheme("#5fd0a5", "#e9efec", "#121815")


@dataclass(frozen=True, slots=True)
class Theme:
    """Holds what a site may choose of the widget's design."""

    light: ColourScheme = ColourScheme()
    dark: ColourScheme = field(default=DARK)
    radius: Annotated[int, Meta(ge=0, le=32)] = 10  # of corners, in pixels
    position: Literal["bottom", "top", "corner"] = "bottom"  # of the banner
    control_corner: Corner = "bottom-start"  # where the button stands that leads back to a choice
    control_label: Literal["text", "icon"] = "text"  # what stands on it; text gives way to the icon on a phone
    font: Family = "host"  # the page's own, or a family's name


# Colours that the style sheets set themselves. They must be readable on the site's background too.
_STYLE_SHEET_COLOURS = {
    "light": {"quiet text": "#56635d", "faults": "#a3242b"},
    "dark": {"quiet text": "#a3b1aa", "faults": "#ff9c9c"},
}


def faults(theme: Theme) -> Iterator[str]:
    """Returns a sentence for each colour whose contrast to its background is too low."""
    for name, scheme in (("light", theme.light), ("dark", theme.dark)):
        colours = {"text": scheme.text, "accent": scheme.accent, **_STYLE_SHEET_COLOURS[name]}
        for use, colour in colours.items():
            if (ratio := contrast(colour, scheme.background)) < MIN_CONTRAST:
                yield f"theme.{name}: {use} {colour} on {scheme.background} has a contrast of {ratio:.1f}, under 4.5."


def text_colour_on(accent: str) -> str:
    """Returns the colour of the words on a button: white or black, whichever has the higher contrast."""
    return max("#ffffff", "#000000", key=lambda colour: contrast(colour, accent))


# Custom properties that place the banner and the control.
_POSITIONS = {
    "bottom": "--forecourt-inset:auto 0 0;--forecourt-width:46em;--forecourt-margin:auto;",
    "top": "--forecourt-inset:0 0 auto;--forecourt-width:46em;--forecourt-margin:auto;",
    "corner": "--forecourt-inset:auto 0 0;--forecourt-width:28em;--forecourt-margin:auto 0;",
}
_EDGES = {
    "bottom": "--forecourt-control-block:auto 12px;--forecourt-control-flow:column-reverse;",
    "top": "--forecourt-control-block:12px auto;--forecourt-control-flow:column;",
    "start": "--forecourt-control-inline:12px auto;--forecourt-control-align:start;",
    "end": "--forecourt-control-inline:auto 12px;--forecourt-control-align:end;",
}


# Muted text, lines and errors are mixed from a site's own colours.
_MIXED = (
    ".root{--muted:color-mix(in srgb,var(--forecourt-text) 75%,var(--forecourt-background));"
    "--line:color-mix(in srgb,var(--forecourt-text) 17%,var(--forecourt-background));"
    "--danger:color-mix(in srgb,var(--forecourt-text) 40%,#f33)}"
)


def css(theme: Theme) -> str:
    """Returns the style of the shadow roots' hosts: custom properties, which a page can set itself, and their use."""
    font = "" if theme.font == "host" else f'--forecourt-font:"{theme.font}";'
    places = _POSITIONS[theme.position] + "".join(_EDGES[edge] for edge in theme.control_corner.split("-"))
    light = f"{_colours(theme.light)}--forecourt-radius:{theme.radius}px;{font}{places}"
    dark = _colours(theme.dark)
    return f":host{{{light}}}@media(prefers-color-scheme:dark){{:host{{{dark}}}}}{_MIXED}{_place_hosts()}"


@cache
def _place_hosts() -> str:
    """Returns the rules that place the banner and the control."""
    return " ".join((TEMPLATES / "embed" / "floating_hosts.css").read_text("utf-8").split())


def _colours(scheme: ColourScheme) -> str:
    colours = {
        "accent": scheme.accent,
        "on-accent": text_colour_on(scheme.accent),
        "text": scheme.text,
        "background": scheme.background,
    }
    return "".join(f"--forecourt-{name}:{colour};" for name, colour in colours.items())


def contrast(one: str, other: str) -> float:
    """Returns the contrast ratio of two colours: 1 for the same colour, 21 for black and white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Returns the relative luminance of `#rrggbb`, as WCAG 2.2 defines it."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
