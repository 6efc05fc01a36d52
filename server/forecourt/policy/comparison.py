"""This module compares facts and says what the differences mean: of two policies, two engagements, or two notices.

Every sentence about a change is rendered from its results: those of releases in `localization/change_sentences.py`,
those of a consent's notice in `consent/notice_changes.py`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from forecourt.policy.change_kinds import ChangeKind, PolicyChange
from forecourt.policy.merge_patch import merge_patch
from forecourt.policy.model import REGIONS, AiUse, Audience, Engagement, EngagementStatus, Entity, Facts, Policy
from forecourt.policy.recipient import Recipient
from forecourt.policy.word_keys import required_word_keys

GainedLost = tuple[tuple[str, ...], tuple[str, ...]]
_UNCHANGED: GainedLost = ((), ())


class Aspect(StrEnum):
    """Names which of a recipient's facts differ."""

    WHOLE = "whole"  # it is new, or no longer there
    COMPANY = "company"
    COUNTRIES = "countries"
    USES = "uses"
    DATA = "data"
    MECHANISM = "mechanism"


@dataclass(frozen=True, slots=True)
class RecipientChange:
    """Describes one difference between two versions of a recipient.

    `kind` is CORRECTED where something was only given up: data no longer seen, a country no longer used. `gained` and
    `lost` hold names, ISO countries or keys of texts, by `aspect`.
    """

    kind: ChangeKind
    aspect: Aspect
    before: Recipient | None
    after: Recipient | None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Holds the changes, and the JSON Merge Patch of the policies as `merge_patch.to_mergeable` writes them."""

    changes: tuple[PolicyChange, ...]
    patch: dict[str, Any]  # values of any JSON type

    @property
    def material_changes(self) -> tuple[PolicyChange, ...]:
        return tuple(change for change in self.changes if change.is_material)


def difference(before: Policy, after: Policy, day: date) -> Difference:
    """Compares two policies. `day` is when `after` is published."""
    return Difference(compare_policies(before, after, day), merge_patch(before, after))


def compare_policies(before: Policy, after: Policy, day: date) -> tuple[PolicyChange, ...]:
    """Returns what changed, by engagement and then of the page. `day` is when `after` is published.

    A date that moved within the past is a correction.
    """
    return (*_compare_all_engagements(before.facts, after.facts, day), *_compare_pages(before, after))


def compare_engagements(
    before: Engagement, after: Engagement, facts_before: Facts, facts_after: Facts, day: date
) -> Iterator[PolicyChange]:
    """Yields what changed between two versions of one engagement. `day` is when `after` is published."""
    template = PolicyChange(
        ChangeKind.CORRECTED,
        after.id,
        before,
        after,
        sort_regions(before.regions | after.regions),
        _touched_products(before.products, after.products),
        effective=after.effective,
        deadline=after.deadline,
    )
    covered_fields: set[str] = set()  # fields of the engagement whose difference is in a material change
    recipients = (Recipient.from_engagement(before, facts_before), Recipient.from_engagement(after, facts_after))
    for change in compare_recipient(*recipients):
        if change.kind is not ChangeKind.CORRECTED:
            covered_fields |= _FIELDS[change.aspect]
            yield replace(template, kind=change.kind, gained=change.gained, lost=change.lost)
    yield from _compare_reach(before, after, template)
    rescheduled = () if covered_fields else tuple(_compare_effective_day(before, after, template, day))
    yield from (*_compare_removal_day(before, after, template), *rescheduled)
    covered_fields |= {"effective", "objection_until"} if covered_fields or rescheduled else set()
    yield from _compare_other_fields(before, after, template, covered_fields)


def compare_recipients(before: Iterable[Recipient], after: Iterable[Recipient]) -> Iterator[RecipientChange]:
    """Yields what is new, what is gone, and then what differs in those that are on both sides, each by id."""
    old, new = ({recipient.id: recipient for recipient in side} for side in (before, after))
    for key in sorted(new.keys() - old.keys()):
        yield RecipientChange(ChangeKind.ADDED, Aspect.WHOLE, None, new[key])
    for key in sorted(old.keys() - new.keys()):
        yield RecipientChange(ChangeKind.REMOVED, Aspect.WHOLE, old[key], None)
    for key in sorted(old.keys() & new.keys()):
        yield from compare_recipient(old[key], new[key])


def compare_recipient(before: Recipient, after: Recipient) -> Iterator[RecipientChange]:
    """Yields each aspect in which two versions of one recipient differ."""
    for aspect, kind, compare in _ASPECTS:
        gained, lost = compare(before, after)
        if gained or lost:
            meaning = kind if gained else ChangeKind.CORRECTED
            yield RecipientChange(meaning, aspect, before, after, gained, lost)


def find_corrected_companies(before: Facts, after: Facts) -> frozenset[Entity]:
    """Returns both versions of each company whose details differ, and each that is new or gone without an engagement.

    What a company comes or goes with is a change of its engagement, which names it.
    """
    return frozenset({*_find_corrected(before, after), *_find_corrected(after, before)})


def sort_regions(regions: Collection[Audience]) -> tuple[Audience, ...]:
    """Returns `regions` in the order in which every page lists them."""
    return tuple(region for region in REGIONS if region in regions)


def _compare_companies(before: Recipient, after: Recipient) -> GainedLost:
    is_moved = bool(before.seat and after.seat and before.seat != after.seat)
    is_same = before.legal_name == after.legal_name and not is_moved
    return _UNCHANGED if is_same else ((after.legal_name,), (before.legal_name,))


def _compare_countries(before: Recipient, after: Recipient) -> GainedLost:
    if not before.countries or not after.countries:  # where it is done was not stated, and is now
        return _UNCHANGED
    return _compare_sets(before.countries, after.countries)


def _compare_uses(before: Recipient, after: Recipient) -> GainedLost:
    """Counts the use of AI where there is another one; that it ended widens nothing."""
    if after.ai in (before.ai, AiUse.NONE):
        return _compare_stated(before.uses, after.uses)
    return _compare_stated(before.uses | {f"ai.{before.ai}"}, after.uses | {f"ai.{after.ai}"})


def _compare_data(before: Recipient, after: Recipient) -> GainedLost:
    return _compare_stated(before.data, after.data)


def _compare_mechanisms(before: Recipient, after: Recipient) -> GainedLost:
    old, new = before.mechanism, after.mechanism
    return ((new.kind,), (old.kind,)) if old and new and old != new else _UNCHANGED


_ASPECTS: tuple[tuple[Aspect, ChangeKind, Callable[[Recipient, Recipient], GainedLost]], ...] = (
    (Aspect.COMPANY, ChangeKind.REPLACED, _compare_companies),
    (Aspect.COUNTRIES, ChangeKind.RELOCATED, _compare_countries),
    (Aspect.USES, ChangeKind.PURPOSE_WIDENED, _compare_uses),
    (Aspect.DATA, ChangeKind.DATA_WIDENED, _compare_data),
    (Aspect.MECHANISM, ChangeKind.MECHANISM_CHANGED, _compare_mechanisms),
)
# The fields of an engagement that an aspect is made of.
_FIELDS = {
    Aspect.COMPANY: {"entity"},
    Aspect.COUNTRIES: {"locations"},
    Aspect.USES: {"service", "purpose", "kind", "ai"},
    Aspect.DATA: {"data", "subjects"},
    Aspect.MECHANISM: {"mechanism"},
}


def _compare_sets(before: Collection[str], after: Collection[str]) -> GainedLost:
    return tuple(sorted(set(after) - set(before))), tuple(sorted(set(before) - set(after)))


def _compare_stated(before: Collection[str], after: Collection[str]) -> GainedLost:
    """Compares keys of texts, group by group (`data.`, `subject.`). What one side does not state is no difference."""
    groups = {key.partition(".")[0] for key in before} & {key.partition(".")[0] for key in after}
    old, new = ([key for key in keys if key.partition(".")[0] in groups] for keys in (before, after))
    return _compare_sets(old, new)


def _compare_all_engagements(before: Facts, after: Facts, day: date) -> Iterator[PolicyChange]:
    old, new = ({engagement.id: engagement for engagement in facts.engagements} for facts in (before, after))
    for key in sorted(old.keys() | new.keys()):
        earlier, later = old.get(key), new.get(key)
        if earlier is None or later is None:
            yield from [_addition(later)] if later else []
            yield from [_removal(earlier, day)] if earlier else []
        elif _is_reinstated(earlier, later, day):
            yield _addition(later)
        else:
            yield from compare_engagements(earlier, later, before, after, day)


def _addition(engagement: Engagement) -> PolicyChange:
    return PolicyChange(
        ChangeKind.ADDED,
        engagement.id,
        None,
        engagement,
        sort_regions(engagement.regions),
        engagement.products,
        effective=engagement.effective,
        deadline=engagement.deadline,
    )


def _is_reinstated(before: Engagement, after: Engagement, day: date) -> bool:
    removed = EngagementStatus.REMOVED
    return before.status(day) is removed and after.status(day) is not removed


def _removal(engagement: Engagement, day: date) -> PolicyChange:
    """Makes the change for an engagement that is no longer written; a correction where customers knew of its end."""
    kind = ChangeKind.CORRECTED if engagement.status(day) is EngagementStatus.REMOVED else ChangeKind.REMOVED
    regions = sort_regions(engagement.regions)
    return PolicyChange(kind, engagement.id, engagement, None, regions, engagement.products, lost=("engagement",))


def _compare_reach(before: Engagement, after: Engagement, template: PolicyChange) -> Iterator[PolicyChange]:
    """Yields a change for regions and products that the engagement comes to, then one for those that it leaves."""
    states_regions = bool(before.audiences and after.audiences)
    for kind, narrow, wide in ((ChangeKind.ADDED, before, after), (ChangeKind.REMOVED, after, before)):
        if states_regions and (regions := sort_regions(wide.regions - narrow.regions)):
            yield _with_reach(replace(template, kind=kind, regions=regions), tuple(map(str, regions)))
        if products := _products_beyond(narrow.products, wide.products):
            yield _with_reach(replace(template, kind=kind, products=products), products)


def _with_reach(change: PolicyChange, keys: tuple[str, ...]) -> PolicyChange:
    return replace(change, gained=keys) if change.kind is ChangeKind.ADDED else replace(change, lost=keys)


def _products_beyond(narrow: tuple[str, ...], wide: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the products of `wide` that `narrow` lacks; "*" where `wide` is all of them."""
    if not narrow or narrow == wide:
        return ()
    return tuple(sorted(set(wide) - set(narrow))) if wide else ("*",)


def _compare_removal_day(before: Engagement, after: Engagement, template: PolicyChange) -> Iterator[PolicyChange]:
    if after.removed and not before.removed:
        yield replace(template, kind=ChangeKind.REMOVED, effective=after.removed, deadline=None)
    elif after.removed != before.removed:
        gained = (after.removed.isoformat(),) if after.removed else ()
        yield replace(template, kind=ChangeKind.RESCHEDULED, effective=after.removed, deadline=None, gained=gained)


def _compare_effective_day(
    before: Engagement, after: Engagement, template: PolicyChange, day: date
) -> Iterator[PolicyChange]:
    if before.effective in (None, after.effective):
        return  # what was in use and had no date gets one
    if max(after.first_day, before.first_day) > day:
        gained, lost = (tuple(_to_iso_days(version)) for version in (after, before))
        yield replace(template, kind=ChangeKind.RESCHEDULED, gained=gained, lost=lost)


def _to_iso_days(engagement: Engagement) -> Iterator[str]:
    if engagement.effective:
        yield engagement.effective.isoformat()


_COMPARED_APART = {"removed", "audiences", "products", "locations_not_stated"}


def _compare_other_fields(
    before: Engagement, after: Engagement, template: PolicyChange, covered_fields: set[str]
) -> Iterator[PolicyChange]:
    names = tuple(
        field.name
        for field in fields(Engagement)
        if field.name not in covered_fields | _COMPARED_APART
        and getattr(before, field.name) != getattr(after, field.name)
    )
    if bool(before.audiences) is not bool(after.audiences):
        names = (*names, "audiences")
    if names:
        yield replace(template, gained=names)


def _compare_pages(before: Policy, after: Policy) -> Iterator[PolicyChange]:
    old, new = before.facts, after.facts
    names = [field.name for field in fields(Facts) if field.name not in ("entities", "engagements", "updated")]
    corrected = [name for name in names if getattr(old, name) != getattr(new, name)]
    corrected += ["entities"] if find_corrected_companies(old, new) else []
    if corrected:
        yield PolicyChange(ChangeKind.CORRECTED, gained=tuple(corrected))
    if reworded := tuple(sorted(_find_reworded_languages(before, after))):
        yield PolicyChange(ChangeKind.WORDING, gained=reworded)


def _find_reworded_languages(before: Policy, after: Policy) -> Iterator[str]:
    """Yields each language with a text that differs, other than those that come or go with a fact."""
    brought_keys = required_word_keys(before.facts) ^ required_word_keys(after.facts)
    for tag in before.words.keys() | after.words.keys():
        changed_texts = before.words.get(tag, {}).items() ^ after.words.get(tag, {}).items()
        if {key for key, _ in changed_texts} - brought_keys:
            yield tag


def _find_corrected(facts: Facts, other: Facts) -> Iterator[Entity]:
    other_ids, engaged_ids = {each.id for each in other.entities}, {each.entity for each in facts.engagements}
    for entity in set(facts.entities) - set(other.entities):
        if entity.id in other_ids or entity.id not in engaged_ids:
            yield entity


def _touched_products(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the products of either side; none, which means all, where one side has all."""
    return tuple(sorted({*before, *after})) if before and after else ()
