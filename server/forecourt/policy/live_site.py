"""Holds what is live of each site: its settings, the edition that is published today, and its privacy policy."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from forecourt.errors import NotFound
from forecourt.policy.edition import Edition
from forecourt.policy.model import Release
from forecourt.policy.privacy_policy import PrivacyPolicy
from forecourt.settings.site import SiteSettings
from forecourt.web.site_navigation import SiteNavigation


@dataclass(frozen=True, slots=True)
class LiveSite:
    """Holds what one site publishes at this moment. A new release replaces the whole object.

    `published` is None until the site has a release.
    """

    name: str
    settings: SiteSettings
    published: Edition | None
    privacy_policy: PrivacyPolicy

    @property
    def edition(self) -> Edition:
        """Raises `NotFound` where nothing is published yet."""
        if self.published is None:
            raise NotFound(f"{self.name} has published no policy yet")
        return self.published

    @property
    def release(self) -> Release:
        """Raises `NotFound` where nothing is published yet."""
        return self.edition.release


class LiveSites:
    """Finds the live site of a name. This is the only place in a process that keeps live sites."""

    def __init__(self) -> None:
        self._by_name: dict[str, LiveSite] = {}

    def __iter__(self) -> Iterator[LiveSite]:
        """Returns every live site; sites may be replaced during the iteration."""
        return iter(tuple(self._by_name.values()))

    def get(self, name: str) -> LiveSite:
        """Returns the live site of that name. Raises `NotFound`."""
        if name not in self._by_name:
            raise NotFound(name)
        return self._by_name[name]

    def find_navigation(self, path: str) -> SiteNavigation | None:
        """Returns the navigation of the site that a path names, else of the default one; None where none is live."""
        live_site = self._by_name.get(path.split("/")[1]) or next(iter(self._by_name.values()), None)
        if live_site is None:
            return None
        settings = live_site.settings
        return SiteNavigation(live_site.name, settings.controller, settings.locales, settings.locale)

    def keep_only(self, names: Collection[str]) -> None:
        """Removes every other site, and puts these in the order of `names`: the first is the default one."""
        self._by_name = {name: self._by_name[name] for name in names}

    def replace(self, live_site: LiveSite) -> None:
        """Puts `live_site` in the place of the one with the same name, or adds it."""
        self._by_name[live_site.name] = live_site
