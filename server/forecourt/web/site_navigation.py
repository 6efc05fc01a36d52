"""Holds what the head of a site's hosted pages needs: whose pages they are, and in which languages."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteNavigation:
    """Names a site, its controller and its languages. `locale` is its default one."""

    site: str
    controller: str
    locales: tuple[str, ...]
    locale: str

    @property
    def frame(self) -> dict[str, object]:
        """Returns the variables of `public/layout.html`, for a page that is in no other language."""
        return {"site": self.site, "controller": self.controller}


FindSiteNavigation = Callable[[str], SiteNavigation | None]
"""Returns the navigation of the site that a path names, else of the default site; None where there is none."""
