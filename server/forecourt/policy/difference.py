"""The difference of two policies: what it means to a customer, and a patch that turns the one into the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from forecourt.policy.model import REGIONS, Audience, Engagement, EngagementStatus, Entity, Facts, Policy


class ChangeKind(StrEnum):
    """GDPR article 28(2) and SCC 2021/914 clause 9 ask to tell of additions and replacements; contracts of the rest."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"  # another legal entity, or another name or country of it
    RELOCATED = "relocated"
    PURPOSE_WIDENED = "purpose_widened"
    DATA_WIDENED = "data_widened"
    MECHANISM_CHANGED = "mechanism_changed"
    RESCHEDULED = "rescheduled"  # what was announced takes effect on another day
    CORRECTED = "corrected"  # facts that call for no notice: a contact, a certificate, data no longer seen
    WORDING = "wording"


MATERIAL = frozenset(ChangeKind) - {ChangeKind.CORRECTED, ChangeKind.WORDING}
"""What calls for notice."""


@dataclass(frozen=True)
class PolicyChange:
    """One thing that changed. `engagement` is empty where it is about the page and not one of them.

    `gained` and `lost`: ISO countries, keys of words, regions, products, names of fields or languages, by `kind`.
    """

    kind: ChangeKind
    engagement: str = ""
    before: Engagement | None = None
    after: Engagement | None = None
    regions: tuple[Audience, ...] = REGIONS
    products: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    effective: date | None = None
    deadline: date | None = None

    @property
    def is_material(self) -> bool:
        return self.kind in MATERIAL

    @property
    def shown(self) -> Engagement:
        """The engagement it is about, as it will be; as it was where it is gone. Only where there is one."""
        found = self.after or self.before
        if found is None:
            raise LookupError("the change is about no engagement")
        return found

    def concerns(self, region: Audience | None, products: tuple[str, ...] = ()) -> bool:
        """Whether a reader of `region` who uses `products` (empty: all of them) is touched by it."""
        here = region is None or region in self.regions
        return here and (not products or not self.products or bool(set(products) & set(self.products)))


@dataclass(frozen=True)
class Difference:
    """`patch` is a JSON Merge Patch (RFC 7396) of the policies as `plain` writes them."""

    changes: tuple[PolicyChange, ...]
    patch: dict[str, Any]

    @property
    def material(self) -> tuple[PolicyChange, ...]:
        return tuple(each for each in self.changes if each.is_material)


def difference(before: Policy, after: Policy, day: date) -> Difference:
    """`day`: when `after` is published. A date moved within the past is a correction."""
    return Difference(between(before, after, day), _patch(plain(before), plain(after)) or {})


def between(before: Policy, after: Policy, day: date) -> tuple[PolicyChange, ...]:
    """What it means, without the patch, which takes the most of the time."""
    return (*_of_engagements(before.facts, after.facts, day), *_of_the_page(before, after))


def apply(before: Policy, found: Difference) -> Policy:
    """The policy that `found` was made to. Raises msgspec.ValidationError where `before` is not what it was made of."""
    merged = _merged(plain(before), found.patch)
    facts = merged["facts"]
    for name in _BY_ID:
        facts[name] = [facts[name][each] | {"id": each} for each in sorted(facts[name])]
    return msgspec.convert(merged, Policy)


_BY_ID = ("entities", "engagements")


def plain(policy: Policy) -> dict[str, Any]:
    """As JSON, entities and engagements by id, without what has no value: so null can mean "gone" in a patch."""
    made: dict[str, Any] = _without_none(msgspec.to_builtins(policy))
    for name in _BY_ID:
        made["facts"][name] = {each.pop("id"): each for each in made["facts"][name]}
    return made


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list | tuple) else value


def _patch(before: Any, after: Any) -> Any:
    """None where nothing differs."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return None if before == after else after
    found = dict.fromkeys(before.keys() - after.keys())
    for key in after:
        if key not in before:
            found[key] = after[key]
        elif (inner := _patch(before[key], after[key])) is not None:
            found[key] = inner
    return found or None


def _merged(target: Any, patch: Any) -> Any:
    """RFC 7396 section 2, without changing what it is given."""
    if not isinstance(patch, dict):
        return patch
    made = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = _merged(made.get(key), value)
    return made


def _of_engagements(before: Facts, after: Facts, day: date) -> Iterator[PolicyChange]:
    old, new = ({each.id: each for each in facts.engagements} for facts in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            yield _added(now, now.regions, now.products)
        elif was is not None and now is None:
            yield _gone(was, day)
        elif was is not None and now is not None and _is_back(was, now, day):
            yield _added(now, now.regions, now.products)
        elif was is not None and now is not None:
            yield from moved(was, now, before, after, day)


def _added(now: Engagement, regions: frozenset[Audience], products: tuple[str, ...]) -> PolicyChange:
    return PolicyChange(
        ChangeKind.ADDED, now.id, None, now, _ordered(regions), products, effective=now.effective, deadline=now.deadline
    )


def _is_back(was: Engagement, now: Engagement, day: date) -> bool:
    return was.status(day) is EngagementStatus.REMOVED and now.status(day) is not EngagementStatus.REMOVED


def _gone(was: Engagement, day: date) -> PolicyChange:
    """Where it had ended already, that was told then."""
    kind = ChangeKind.CORRECTED if was.status(day) is EngagementStatus.REMOVED else ChangeKind.REMOVED
    return PolicyChange(kind, was.id, was, None, _ordered(was.regions), was.products, lost=("engagement",))


def moved(was: Engagement, now: Engagement, before: Facts, after: Facts, day: date) -> Iterator[PolicyChange]:
    """What became of one engagement, of which both versions are there."""
    about = PolicyChange(
        ChangeKind.CORRECTED,
        now.id,
        was,
        now,
        _ordered(was.regions | now.regions),
        _either(was.products, now.products),
        effective=now.effective,
        deadline=now.deadline,
    )
    told: set[str] = set()
    for kind, names, found in _ASPECTS:
        gained, lost = found(was, now, before, after)
        if gained:
            told |= names
            yield replace(about, kind=kind, gained=gained, lost=lost)
    yield from _reached(was, now, about)
    moved = () if told else tuple(_rescheduled(was, now, about, day))
    yield from (*_ended(was, now, about), *moved)
    yield from _corrected(was, now, about, told | ({"effective", "objection_until"} if told or moved else set()))


Sets = tuple[tuple[str, ...], tuple[str, ...]]


def _entities(was: Engagement, now: Engagement, before: Facts, after: Facts) -> Sets:
    one, other = (_legal(facts.entity(each.entity)) for facts, each in ((before, was), (after, now)))
    return ((), ()) if one == other else ((other[0],), (one[0],))


def _legal(entity: Entity) -> tuple[str, str]:
    return entity.legal_name, entity.country


def _countries(was: Engagement, now: Engagement, *_: Facts) -> Sets:
    return _sets((each.country for each in was.locations), (each.country for each in now.locations))


def _purposes(was: Engagement, now: Engagement, *_: Facts) -> Sets:
    uses = (("ai." + was.ai,), ("ai." + now.ai,)) if now.ai != was.ai and now.ai != "none" else ((), ())
    keyed = [(f"service.{each.service}", f"purpose.{each.purpose}", f"kind.{each.kind}") for each in (was, now)]
    return _sets((*keyed[0], *uses[0]), (*keyed[1], *uses[1]))


def _data(was: Engagement, now: Engagement, *_: Facts) -> Sets:
    keyed = [
        [*(f"data.{key}" for key in each.data), *(f"subject.{key}" for key in each.subjects)] for each in (was, now)
    ]
    return _sets(*keyed)


def _mechanisms(was: Engagement, now: Engagement, *_: Facts) -> Sets:
    return ((), ()) if was.mechanism == now.mechanism else ((now.mechanism.kind,), (was.mechanism.kind,))


_ASPECTS: tuple[tuple[ChangeKind, set[str], Callable[[Engagement, Engagement, Facts, Facts], Sets]], ...] = (
    (ChangeKind.REPLACED, {"entity"}, _entities),
    (ChangeKind.RELOCATED, {"locations"}, _countries),
    (ChangeKind.PURPOSE_WIDENED, {"service", "purpose", "kind", "ai"}, _purposes),
    (ChangeKind.DATA_WIDENED, {"data", "subjects"}, _data),
    (ChangeKind.MECHANISM_CHANGED, {"mechanism"}, _mechanisms),
)


def _reached(was: Engagement, now: Engagement, about: PolicyChange) -> Iterator[PolicyChange]:
    """For a region or product that it did not touch before, it is new; for one that it leaves, it is gone."""
    for name, kind in (("gained", ChangeKind.ADDED), ("lost", ChangeKind.REMOVED)):
        first, second = (was, now) if kind is ChangeKind.ADDED else (now, was)
        if regions := second.regions - first.regions:
            words: dict[str, Any] = {name: tuple(map(str, _ordered(regions)))}
            yield replace(about, kind=kind, regions=_ordered(regions), **words)
        if products := _beyond(first.products, second.products):
            words = {name: products}
            yield replace(about, kind=kind, products=products, **words)


def _beyond(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """The products of `second` that `first` has not; none are named where it is all of them."""
    if not first or first == second:
        return ()
    return tuple(sorted(set(second) - set(first))) if second else ("*",)


def _ended(was: Engagement, now: Engagement, about: PolicyChange) -> Iterator[PolicyChange]:
    if now.removed and not was.removed:
        yield replace(about, kind=ChangeKind.REMOVED, effective=now.removed, deadline=None)
    elif now.removed != was.removed:
        day = (now.removed.isoformat(),) if now.removed else ()
        yield replace(about, kind=ChangeKind.RESCHEDULED, effective=now.removed, deadline=None, gained=day)


def _rescheduled(was: Engagement, now: Engagement, about: PolicyChange, day: date) -> Iterator[PolicyChange]:
    if now.effective != was.effective and max(now.effective, was.effective) > day:
        yield replace(
            about, kind=ChangeKind.RESCHEDULED, gained=(now.effective.isoformat(),), lost=(was.effective.isoformat(),)
        )


_TOLD_ELSEWHERE = {"removed", "audiences", "products"}


def _corrected(was: Engagement, now: Engagement, about: PolicyChange, told: set[str]) -> Iterator[PolicyChange]:
    names = tuple(
        each.name
        for each in fields(Engagement)
        if each.name not in told | _TOLD_ELSEWHERE and getattr(was, each.name) != getattr(now, each.name)
    )
    if names:
        yield replace(about, gained=names)


def _of_the_page(before: Policy, after: Policy) -> Iterator[PolicyChange]:
    old, new = before.facts, after.facts
    names = [each.name for each in fields(Facts) if each.name not in ("engagements", "updated")]
    if changed := tuple(name for name in names if getattr(old, name) != getattr(new, name)):
        yield PolicyChange(ChangeKind.CORRECTED, gained=changed)
    languages = sorted(before.words.keys() | after.words.keys())
    if said := tuple(each for each in languages if before.words.get(each) != after.words.get(each)):
        yield PolicyChange(ChangeKind.WORDING, gained=said)


def _sets(was: Any, now: Any) -> Sets:
    one, other = set(was), set(now)
    return tuple(sorted(other - one)), tuple(sorted(one - other))


def _ordered(regions: frozenset[Audience]) -> tuple[Audience, ...]:
    return tuple(each for each in REGIONS if each in regions)


def _either(was: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*was, *now})) if was and now else ()
