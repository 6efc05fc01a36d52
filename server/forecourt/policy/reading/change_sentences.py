"""A change in the reader's language: who it is about, what becomes different, from when, and until when to object.

Names of countries and companies stand after a colon: no language we ship has to bend them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from forecourt import i18n
from forecourt.policy import difference
from forecourt.policy.difference import ChangeKind, PolicyChange
from forecourt.policy.model import REGIONS, Audience, Engagement, Mechanism
from forecourt.policy.outputs.responses import ChangeResponse
from forecourt.policy.reading.reading import LocalizedText, Phrase, Reading
from forecourt.policy.reading.words import listed, region_name

TOLD_AT_MOST = 200  # changes on one page or in one mail


@dataclass(frozen=True)
class ChangeSentence:
    """`title`: who; `sentence`: what. `deadline`: the last day on which one may object, None where one may not.

    `regions`: whose customers it is about, as words; `beside`: the same, empty where the sentence says it already.
    `engagement` is empty where it is about the page.
    """

    kind: ChangeKind
    title: Phrase
    sentence: Phrase
    effective: date | None
    deadline: date | None
    regions: str
    beside: str
    engagement: str


def tell(change: PolicyChange, before: Reading, after: Reading) -> ChangeSentence:
    """`before` and `after`: the two releases as the same reader sees them; what is gone is told by `before`."""
    locale = after.locale
    return ChangeSentence(
        change.kind,
        _title(change, before, after),
        Phrase.joined(_TELLERS[change.kind](change, before, after), locale),
        change.effective if change.is_material else None,
        _deadline(change, after.release.published_at.date()),
        region_words(change.regions, locale),
        beside(change, locale),
        change.engagement,
    )


def told_all(
    found: Iterable[PolicyChange],
    before: Reading,
    after: Reading,
    region: Audience | None = None,
    most: int = TOLD_AT_MOST,
) -> list[ChangeSentence]:
    """The first `most` of what concerns `region`, what calls for notice before the rest."""
    concerned = sorted((each for each in found if each.concerns(region)), key=lambda each: not each.is_material)
    return [tell(each, before, after) for each in concerned[:most]]


def coming(reading: Reading, engagement: Engagement) -> list[ChangeSentence]:
    """What a proposal changes: against the version in force until then, or as something new."""
    standing = reading.in_force(engagement)
    if standing is None:
        new = PolicyChange(
            ChangeKind.ADDED, engagement.id, None, engagement, _ordered(engagement.regions), engagement.products
        )
        return [tell(new, reading, reading)]
    before = reading.told_by(standing)
    found = [
        *difference.moved(
            standing.engagement, engagement, before.facts, reading.facts, reading.release.published_at.date()
        )
    ]
    material = [each for each in found if each.is_material]
    return [tell(each, before, reading) for each in material or found]


def region_words(regions: Iterable[Audience], locale: str) -> str:
    wanted = tuple(regions)
    shown = (Audience.ALL,) if set(wanted) >= set(REGIONS) else wanted
    return listed((region_name(each, locale) for each in shown), locale)


def beside(change: PolicyChange | ChangeResponse, locale: str) -> str:
    """Whose customers it is about, as words; empty where its sentence says so, or where it is about the page."""
    reach = {*change.gained, *change.lost}
    is_new = change.kind is ChangeKind.ADDED and not reach
    is_reach = change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED) and bool(reach) and reach <= set(REGIONS)
    return "" if not change.engagement or is_new or is_reach else region_words(change.regions, locale)


def subject(engagement: Engagement, reading: Reading) -> Phrase:
    """Who does what: `Linode, LLC: Servers`. `reading`: of a release that has it."""
    name = _plain(reading.entity(engagement).legal_name, reading)
    return _say(reading, "title", name=name, service=reading.word(f"service.{engagement.service}"))


def _deadline(change: PolicyChange, published: date) -> date | None:
    """Nobody may object to what calls for no notice, nor before they could know of it."""
    return change.deadline if change.is_material and change.deadline and change.deadline >= published else None


def _title(change: PolicyChange, before: Reading, after: Reading) -> Phrase:
    if not change.engagement:
        return _say(after, "page")
    return subject(change.shown, after if change.after else before)


def _added(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    if change.before is None:
        yield from _begun(change.shown, after)
    elif "*" in change.gained:
        yield _say(after, "enters_all")
    else:
        yield _reach(change.gained, "enters", after)


def _begun(new: Engagement, reading: Reading) -> Iterator[Phrase]:
    yield _say(
        reading,
        "begins",
        purpose=reading.word(f"purpose.{new.purpose}"),
        places=_countries([each.country for each in new.locations], reading),
        data=reading.listed("data", new.data),
        regions=_plain(region_words(_ordered(new.regions), reading.locale), reading),
    )


def _removed(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    if change.after is None:
        yield _say(after, "gone")
    elif "*" in change.lost:
        yield _say(after, "leaves_all", products=after.listed("product", change.after.products))
    elif change.lost:
        yield _reach(change.lost, "leaves", before)
    elif change.after.removed:
        yield _say(after, "ends", day=_day(change.after.removed, after))


def _reach(keys: tuple[str, ...], way: str, reading: Reading) -> Phrase:
    """Regions or products that it comes to, or leaves."""
    if set(keys) <= set(REGIONS):
        regions = _plain(region_words(map(Audience, keys), reading.locale), reading)
        return _say(reading, f"{way}.regions", regions=regions)
    return _say(reading, f"{way}.products", products=reading.listed("product", keys))


def _replaced(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    if change.gained != change.lost or not change.before or not change.after:
        yield _say(after, "replaces", name=_plain(change.lost[0], after))
        return
    one, other = before.entity(change.before).country, after.entity(change.after).country
    yield _say(after, "seat", gained=_countries([other], after), lost=_countries([one], after))


def _relocated(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    gained = _countries(change.gained, after)
    if change.lost:
        yield _say(after, "moves", gained=gained, lost=_countries(change.lost, after))
    else:
        yield _say(after, "also_in", gained=gained)


def _purpose_widened(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    gained, lost = _keyed(change.gained, after), _keyed(change.lost, before)
    yield _say(after, "used_instead", gained=gained, lost=lost) if lost else _say(after, "used", gained=gained)


def _data_widened(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    for kind in ("data", "subject"):
        if keys := [key for key in change.gained if key.startswith(f"{kind}.")]:
            yield _say(after, f"also.{kind}", gained=_keyed(keys, after))
    if change.lost:
        yield _say(after, "no_longer", lost=_keyed(change.lost, before))


def _mechanism_changed(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    if change.before and change.after:
        one, other = (_basis(each.mechanism, after) for each in (change.before, change.after))
        yield _say(after, "rests_on", gained=other, lost=one)


def _rescheduled(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    if change.gained and change.lost:
        one, other = (_day(date.fromisoformat(each[0]), after) for each in (change.lost, change.gained))
        yield _say(after, "other_day", gained=other, lost=one)
    elif change.before and change.before.removed:
        lost = _day(change.before.removed, after)
        yield (
            _say(after, "other_end", gained=_day(date.fromisoformat(change.gained[0]), after), lost=lost)
            if change.gained
            else _say(after, "stays", lost=lost)
        )


def _corrected(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    if change.lost:
        yield _say(after, "gone")
    else:
        words = i18n.words(after.locale)
        yield _say(after, "corrected", fields=_listed((words(f"policy.field.{each}") for each in change.gained), after))


def _wording(change: PolicyChange, before: Reading, after: Reading) -> Iterator[Phrase]:
    names = (i18n.language_name(each, after.locale) for each in change.gained)
    yield _say(after, "wording", languages=_listed(names, after))


_TELLERS: dict[ChangeKind, Callable[[PolicyChange, Reading, Reading], Iterator[Phrase]]] = {
    ChangeKind.ADDED: _added,
    ChangeKind.REMOVED: _removed,
    ChangeKind.REPLACED: _replaced,
    ChangeKind.RELOCATED: _relocated,
    ChangeKind.PURPOSE_WIDENED: _purpose_widened,
    ChangeKind.DATA_WIDENED: _data_widened,
    ChangeKind.MECHANISM_CHANGED: _mechanism_changed,
    ChangeKind.RESCHEDULED: _rescheduled,
    ChangeKind.CORRECTED: _corrected,
    ChangeKind.WORDING: _wording,
}


def _say(reading: Reading, key: str, **parts: LocalizedText | Phrase) -> Phrase:
    return Phrase.filled(i18n.words(reading.locale)(f"policy.told.{key}"), reading.locale, parts)


def _keyed(keys: Iterable[str], reading: Reading) -> Phrase:
    """Words by their whole keys. That no model is used is nothing to tell."""
    return Phrase.listed([_word(key, reading) for key in keys if key != "ai.none"], reading.locale)


def _word(key: str, reading: Reading) -> LocalizedText:
    kind, _, name = key.partition(".")
    if kind == "ai":
        return _plain(i18n.words(reading.locale)(f"policy.ai.{name}"), reading)
    return reading.word(f"table.{name}" if kind == "kind" else key)


def _basis(mechanism: Mechanism, reading: Reading) -> LocalizedText:
    name = i18n.words(reading.locale)(f"policy.mechanism.{mechanism.kind}")
    return _plain(f"{name}, {mechanism.document}" if mechanism.document else name, reading)


def _countries(codes: Iterable[str], reading: Reading) -> LocalizedText:
    return _listed((i18n.country(each, reading.locale) for each in dict.fromkeys(codes)), reading)


def _listed(names: Iterable[str], reading: Reading) -> LocalizedText:
    return _plain(listed(names, reading.locale), reading)


def _day(day: date, reading: Reading) -> LocalizedText:
    return _plain(i18n.long_date(day, reading.locale), reading)


def _plain(text: str, reading: Reading) -> LocalizedText:
    return LocalizedText(text, reading.locale)


def _ordered(regions: frozenset[Audience]) -> tuple[Audience, ...]:
    return tuple(each for each in REGIONS if each in regions)
