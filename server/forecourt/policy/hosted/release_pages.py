"""The hosted pages of releases: the list of all, and what two of them differ in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from forecourt import i18n
from forecourt.policy import difference
from forecourt.policy.difference import PolicyChange
from forecourt.policy.hosted.page_frame import PageFrame, choices
from forecourt.policy.model import Audience, Release
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.change_sentences import ChangeSentence
from forecourt.policy.reading.reading import Reading, reading_of
from forecourt.templating import render

TOLD_AT_MOST = 5  # changes of one release in the list of all


@dataclass(frozen=True)
class ReleaseListItem:
    """One release of the list of all. `told`: the first of what called for notice, `more`: how many it leaves out."""

    reading: Reading
    told: Sequence[ChangeSentence] = ()
    more: int = 0


def listing(before: Release, release: Release, locale: str) -> ReleaseListItem:
    """What `release` changed against the release `before` it."""
    every = difference.between(before.policy, release.policy, release.published_at.date())
    found = [each for each in every if each.is_material]
    one, other = (reading_of(each, locale) for each in (before, release))
    told = [change_sentences.tell(each, one, other) for each in found[:TOLD_AT_MOST]]
    return ReleaseListItem(other, told, len(found) - len(told))


def releases(found: Sequence[ReleaseListItem], frame: PageFrame, older: int | None) -> str:
    """`older`: the number before which the next page begins, None on the last."""
    said = i18n.words(frame.locale)("page.releases.text")
    return render("public/releases.html", frame.locale, found=found, older=older, **frame.context(said))


def render_difference(before: Release, after: Release, region: Audience | None, frame: PageFrame) -> str:
    found = difference.between(before.policy, after.policy, after.published_at.date())
    one, other = (reading_of(each, frame.locale, region) for each in (before, after))
    told = change_sentences.told_all(found, one, other, region)
    shown = {
        "r": other,
        "before": before,
        "after": after,
        "told": told,
        "more": sum(each.concerns(region) for each in found) - len(told),
        "choices": choices(region, frame.here, (), _counts(found)),
    }
    said = i18n.words(frame.locale)("page.difference.title", before=before.number, after=after.number)
    return render("public/difference.html", frame.locale, **shown, **frame.context(said, region))


def _counts(found: Sequence[PolicyChange]) -> Counter[Audience | None]:
    return Counter(region for each in found for region in (None, *each.regions))
