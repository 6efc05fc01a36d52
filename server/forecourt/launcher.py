"""Defines the launcher: a button in a corner of the page that opens what the site offers."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from msgspec import Meta

from forecourt.resources import TEMPLATES
from forecourt.theme import Theme

Offered = Literal["chat", "contact", "newsletter", "messengers"]
OFFERED: tuple[Offered, ...] = ("chat", "contact", "newsletter", "messengers")

_INLINE = {"start": "12px auto", "end": "auto 12px"}
_BANNER_WIDTH = {"bottom": 46, "corner": 28}  # rem, as `theme.css` has it
_ROOM = 13  # rem beside the banner in which the button stands


@dataclass(frozen=True, slots=True)
class Launcher:
    """Holds what a site may choose of its launcher. Its words are the text `launcher.title`."""

    shown: bool = False
    corner: Literal["start", "end"] = "end"  # at the bottom of the page
    label: Literal["text", "icon"] = "text"  # what stands on it; text gives way to the icon on a phone
    offers: Annotated[tuple[Offered, ...], Meta(min_length=1)] = OFFERED  # in this order


def css(launcher: Launcher, theme: Theme) -> str:
    """Returns the style of the button and of the panel it opens, for the hosts of the shadow roots."""
    inline = f":host{{--forecourt-launcher-inline:{_INLINE[launcher.corner]}}}"
    if not launcher.shown:
        return inline
    return inline + _raise_control(launcher, theme) + _button_style() + _lower(launcher, theme) + _shrink(launcher)


def _raise_control(launcher: Launcher, theme: Theme) -> str:
    """Returns the rule that puts the control above the launcher where both have the same corner."""
    has_same_corner = theme.control_corner == f"bottom-{launcher.corner}"
    return ":host{--forecourt-control-block:auto 72px}" if has_same_corner else ""


def _lower(launcher: Launcher, theme: Theme) -> str:
    """Returns the rule that leaves the button in its corner where the banner is beside it and not under it."""
    width = _BANNER_WIDTH.get(theme.position)
    if width is None or (theme.position == "corner" and launcher.corner == "start"):
        return ""
    needed = width + _ROOM * (2 if theme.position == "bottom" else 1)
    rule = ":host(#forecourt-launcher){--forecourt-banner-bottom:0px!important}"
    return f"@media(width>={needed}rem) and (height>=30rem){{{rule}}}"


def _shrink(launcher: Launcher) -> str:
    """Returns the rule that leaves the icon alone on the button."""
    rule = ":host(#forecourt-launcher) button{width:48px;padding:0;font-size:0}"
    return rule if launcher.label == "icon" else f"@media(width<30rem){{{rule}}}"


@cache
def _button_style() -> str:
    return " ".join((TEMPLATES / "embed" / "launcher.css").read_text("utf-8").split())
