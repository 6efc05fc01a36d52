"""What stands around the policy on a page: its own address, its languages, and the region filter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from forecourt.policy.model import REGIONS, Audience

Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageFrame:
    """Where a hosted page stands. `path`: below `/{site}/{locale}/`; `query`: what its address keeps beside a region.

    `offered`: the languages it can be read in; `written`: those of them that the policy has words in; `service`:
    what the policy is about.
    """

    address: str
    site: str
    locale: str
    default: str
    offered: tuple[str, ...]
    service: str
    written: tuple[str, ...] = ()
    path: str = ""
    query: Query = ()

    @property
    def pages(self) -> str:
        """Relative: the page may be reached by another name than `address`."""
        return f"/{self.site}/{self.locale}"

    @property
    def here(self) -> str:
        return f"{self.pages}/{self.path}"

    @property
    def canonical(self) -> str:
        return self.address + self.here

    @property
    def alternates(self) -> list[tuple[str, str]]:
        """`hreflang` and address. `/{site}/`, the `x-default`, answers in the language the browser asks for."""
        found = [(each, replace(self, locale=each).canonical) for each in self.written]
        first = replace(self, locale=self.default).canonical if self.path else f"{self.address}/{self.site}/"
        return [*found, ("x-default", first)]

    def context(self, description: str, region: Audience | None = None) -> dict[str, object]:
        """What `public/layout.html` and `public/head.html` take."""
        return {
            "frame": self,
            "site": self.site,
            "path": self.path,
            "languages": self.offered,
            "query": asked(region, self.query),
            "description": description,
            "linked": None,
        }


@dataclass(frozen=True)
class RegionLink:
    """One link of the region filter; `region` None is every region. `count`: how many of what is listed apply there."""

    region: Audience | None
    address: str
    count: int
    is_current: bool


def choices(
    chosen: Audience | None, here: str, query: Query, counts: Mapping[Audience | None, int]
) -> list[RegionLink]:
    """`here`: the page's address without its query."""
    every: tuple[Audience | None, ...] = (None, *REGIONS)
    return [RegionLink(each, here + asked(each, query), counts.get(each, 0), each is chosen) for each in every]


def asked(region: Audience | None, query: Query = ()) -> str:
    """A query string, with its question mark; empty where nothing is asked."""
    pairs = [*([("region", str(region))] if region else []), *query]
    return f"?{urlencode(pairs)}" if pairs else ""
