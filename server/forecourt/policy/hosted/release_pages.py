"""This module renders the hosted pages of releases: the list of all, and what two of them differ in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forecourt import i18n
from forecourt.policy.change_kinds import PolicyChange
from forecourt.policy.comparison import compare_policies
from forecourt.policy.hosted.page_frame import PageFrame, region_links
from forecourt.policy.localization.change_sentences import ChangeSentence, describe_change, describe_changes
from forecourt.policy.localization.localized_edition import LocalizedEdition, localize_release
from forecourt.policy.model import Audience, Release
from forecourt.templating import render

MAX_CHANGES_IN_LIST = 5  # of one release


@dataclass(frozen=True)
class ReleaseListItem:
    """Shows one release in the list of all.

    `changes` are the first of those that called for notice; `omitted` is how many more there are.
    """

    edition: LocalizedEdition
    changes: Sequence[ChangeSentence] = ()
    omitted: int = 0


def release_list_item(before: Release, release: Release, locale: str) -> ReleaseListItem:
    """Describes what `release` changed in the release `before` it."""
    changes = compare_policies(before.policy, release.policy, release.published_at.date())
    material = [change for change in changes if change.is_material]
    old, new = (localize_release(version, locale) for version in (before, release))
    sentences = [describe_change(change, old, new) for change in material[:MAX_CHANGES_IN_LIST]]
    return ReleaseListItem(new, sentences, len(material) - len(sentences))


def render_release_list(items: Sequence[ReleaseListItem], frame: PageFrame, older: int | None) -> str:
    """Renders one page of the list. The next page begins before the number `older`; None on the last page."""
    description = i18n.words(frame.locale)("page.releases.text")
    context = frame.context(description)
    return render("public/releases.html", frame.locale, releases=items, older=older, **context)


def render_difference(before: Release, after: Release, region: Audience | None, frame: PageFrame) -> str:
    changes = compare_policies(before.policy, after.policy, after.published_at.date())
    old, new = (localize_release(release, frame.locale, region) for release in (before, after))
    sentences = describe_changes(changes, old, new, region)
    variables = {
        "edition": new,
        "before": before,
        "after": after,
        "changes": sentences,
        "omitted": sum(change.concerns(region) for change in changes) - len(sentences),
        "region_links": region_links(region, frame.page_path, (), _count_by_region(changes)),
    }
    description = i18n.words(frame.locale)("page.difference.title", before=before.number, after=after.number)
    return render("public/difference.html", frame.locale, **variables, **frame.context(description, region))


def _count_by_region(changes: Iterable[PolicyChange]) -> Counter[Audience | None]:
    return Counter(region for change in changes for region in (None, *change.regions))
