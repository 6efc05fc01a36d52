"""This module describes a hosted page's surroundings: its own address, its languages, and the region filter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from forecourt.policy.model import REGIONS, Audience

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageFrame:
    """Says where a hosted page stands.

    `address` is where browsers reach Forecourt. `path` is the page's below `/{site}/{locale}/`, and `query` what its
    address has beside a region. `locales` are the site's languages, `default_locale` its own; `policy_locales` are
    those of them that the policy has texts in. `service` is what the policy is about, and `controller` whose it is.
    `has_messengers` says whether the site has a page of messengers.
    """

    address: str
    site: str
    locale: str
    default_locale: str
    locales: tuple[str, ...]
    service: str
    policy_locales: tuple[str, ...] = ()
    path: str = ""
    query: Query = ()
    controller: str = ""
    has_messengers: bool = False

    @property
    def pages(self) -> str:
        """Returns where the site's pages are, as a path: the page may be reached by another name than `address`."""
        return f"/{self.site}/{self.locale}"

    @property
    def page_path(self) -> str:
        return f"{self.pages}/{self.path}"

    @property
    def canonical(self) -> str:
        return self.address + self.page_path

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """Returns pairs of `hreflang` and address.

        `/{site}/`, the `x-default` of the policy, redirects to the language that the browser asks for.
        """
        translations = [(locale, replace(self, locale=locale).canonical) for locale in self.policy_locales]
        default = replace(self, locale=self.default_locale).canonical if self.path else f"{self.address}/{self.site}/"
        return [*translations, ("x-default", default)]

    def context(self, description: str, region: Audience | None = None) -> dict[str, object]:
        """Returns the variables of `public/layout.html` and `public/head.html`."""
        return {
            "frame": self,
            "site": self.site,
            "controller": self.controller,
            "path": self.path,
            "languages": self.locales,
            "query": query_string(region, self.query),
            "description": description,
            "json_ld": None,
        }


@dataclass(frozen=True)
class RegionLink:
    """Links to one region of the filter and counts the items there. `region` None stands for every region."""

    region: Audience | None
    address: str
    count: int
    is_current: bool


def region_links(
    current: Audience | None, page_path: str, query: Query, counts: Mapping[Audience | None, int]
) -> list[RegionLink]:
    """Returns the region filter of a page. `page_path` is its address without its query."""
    regions: tuple[Audience | None, ...] = (None, *REGIONS)
    return [
        RegionLink(region, page_path + query_string(region, query), counts.get(region, 0), region is current)
        for region in regions
    ]


def query_string(region: Audience | None, query: Query = ()) -> str:
    """Returns `?region=EU` and the rest of `query`; empty where there is neither."""
    pairs = [*([("region", str(region))] if region else []), *query]
    return f"?{urlencode(pairs)}" if pairs else ""
