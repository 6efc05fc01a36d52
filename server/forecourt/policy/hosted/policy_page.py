"""This module renders the policy as people read it: the fragment that the widget places, and the hosted page."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from forecourt import i18n
from forecourt.policy.edition import EditionEntry
from forecourt.policy.hosted.company_rows import CompanyRow, company_rows, kind_of
from forecourt.policy.hosted.page_frame import PageFrame, Query, query_string, region_links
from forecourt.policy.localization.change_sentences import ChangeSentence, describe_proposal
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.localized_text import MultilingualText
from forecourt.policy.model import Audience, Engagement, Release
from forecourt.policy.outputs import json_ld
from forecourt.templating import prose, render

FILTER_FROM_ROWS = 10
"""Fewer rows are seen at a glance, and need no box to filter them."""


@dataclass(frozen=True)
class ProposalView:
    """Shows an engagement to come, with each thing it changes. `announced` is the day it was first published."""

    engagement: Engagement
    changes: list[ChangeSentence]
    announced: date

    @property
    def title(self) -> MultilingualText:
        return self.changes[0].title


def render_fragment(edition: LocalizedEdition, pages: str, is_today: bool = True) -> str:
    """Renders HTML to place in another page, under a heading of that page.

    `pages` is where the hosted pages are, absolute. Only today's list counts the days until a deadline.
    """
    variables = _variables(edition, pages, f"{pages}/", (), edition.edition.day if is_today else None)
    return render("embed/policy.html", edition.locale, level=2, **variables)


def render_company(edition: LocalizedEdition, engagement: str) -> str:
    """Renders the table with the row of the company that has this engagement, and no other; empty without one."""
    rows = [row for row in company_rows(edition) if any(entry.engagement.id == engagement for entry in row.entries)]
    context = {"edition": edition, "rows": rows, "filter_from": FILTER_FROM_ROWS}
    return render("embed/companies.html", edition.locale, **context) if rows else ""


def render_policy_page(
    edition: LocalizedEdition, frame: PageFrame, banner: str = "", *, has_script: bool = True
) -> str:
    """Renders the hosted page. `banner` says which day or release it shows, where that is not today's list.

    Without its script, for a frame that runs none, the page has no box to filter the list.
    """
    today = None if banner else edition.edition.day
    variables = _variables(edition, frame.pages, frame.page_path, frame.query, today)
    context = frame.context(str(prose(edition.text("summary")).striptags()), edition.region)
    context["json_ld"] = json_ld.encode_json_ld(edition, frame.canonical)
    context |= {"banner": banner, "has_script": has_script}
    return render("public/policy.html", edition.locale, level=1, **context, **variables)


def in_force_banner(first: date, last: date | None, locale: str) -> str:
    """Says on which days a list was in force.

    `first` is `date.min` where it has no beginning, `last` None where no end is known.
    """
    key = {(True, True): "between", (True, False): "since", (False, True): "until", (False, False): "ever"}
    days = {"first": i18n.long_date(first, locale), "last": i18n.long_date(last or first, locale)}
    return i18n.words(locale)(f"page.as_of.{key[first > date.min, last is not None]}", **days)


def release_banner(release: Release, locale: str) -> str:
    """Says that a release is shown as it was published."""
    day = i18n.long_date(release.published_at.date(), locale)
    return i18n.words(locale)("page.release.banner", number=release.number, day=day)


def _variables(
    edition: LocalizedEdition, pages: str, page_path: str, query: Query, today: date | None
) -> dict[str, object]:
    """Returns the variables of `embed/policy.html`. `today` is None where no days are counted."""
    site, rows = edition.release.site, company_rows(edition)
    return {
        "edition": edition,
        "pages": pages,
        "site_api": f"{pages.removesuffix(f'/{site}/{edition.locale}')}/v1/sites/{site}",
        "feed_query": query_string(edition.region, (("locale", edition.locale),)),
        "today": today,
        "proposals": [_proposal(proposal, edition) for proposal in edition.proposals],
        "rows": rows,
        "entries_by_kind": _first_entries_by_kind(rows, edition.facts.kinds),
        "filter_from": FILTER_FROM_ROWS,
        "region_links": region_links(edition.region, page_path, query, _count_by_region(edition)),
        "products": {product: str(edition.text(f"product.{product}")) for product in edition.facts.products},
    }


def _proposal(engagement: Engagement, edition: LocalizedEdition) -> ProposalView:
    release = edition.release
    announced = release.announced.get(engagement.id, release.published_at.date())
    return ProposalView(engagement, describe_proposal(edition, engagement), announced)


def _first_entries_by_kind(rows: list[CompanyRow], kinds: tuple[str, ...]) -> dict[str, list[EditionEntry]]:
    """Returns for each kind of work an entry of each company that does it."""
    entries_by_kind: dict[str, list[EditionEntry]] = {kind: [] for kind in kinds}
    for row in rows:
        for kind, entry in {kind_of(entry): entry for entry in reversed(row.entries)}.items():
            entries_by_kind[kind].append(entry)
    return entries_by_kind


def _count_by_region(edition: LocalizedEdition) -> Counter[Audience | None]:
    """Counts the rows of each region's list; None stands for the list of every region."""
    rows = company_rows(replace(edition, region=None))
    regions_by_row = [{region for entry in row.entries for region in entry.engagement.regions} for row in rows]
    return Counter(region for regions in regions_by_row for region in (None, *regions))
