"""This module puts a change into words: who it is about, what differs, from which day, and until when to object.

Where a language would inflect the name of a country or a company, its catalogue puts the name after a colon.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from forecourt import i18n
from forecourt.policy.change_kinds import ChangeKind, PolicyChange
from forecourt.policy.comparison import compare_engagements, find_corrected_companies, sort_regions
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.localized_text import LocalizedText, MultilingualText
from forecourt.policy.localization.region_names import list_regions
from forecourt.policy.model import REGIONS, Audience, Engagement, Mechanism

MAX_CHANGES = 200  # on one page or in one mail
MAX_COMPANIES = 30  # in one sentence


@dataclass(frozen=True)
class ChangeSentence:
    """Describes a change in one language.

    `title` says who it is about and `sentence` what differs. `deadline` is the last day on which one may object; None
    where one may not. `regions` says whose customers are concerned; `regions_beside` is the same, but empty where the
    sentence says it already. `engagement` is empty where the change is about the page.
    """

    kind: ChangeKind
    title: MultilingualText
    sentence: MultilingualText
    effective: date | None
    deadline: date | None
    regions: str
    regions_beside: str
    engagement: str


class ChangeReach(Protocol):
    """Lists what `regions_beside` reads of a change, or of its JSON."""

    @property
    def kind(self) -> ChangeKind: ...
    @property
    def engagement(self) -> str | None: ...
    @property
    def regions(self) -> tuple[Audience, ...]: ...
    @property
    def gained(self) -> tuple[str, ...]: ...
    @property
    def lost(self) -> tuple[str, ...]: ...


def describe_change(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> ChangeSentence:
    """Describes `change` to the reader of both releases. What is gone has its texts in `before`."""
    locale = after.locale
    return ChangeSentence(
        change.kind,
        _title(change, before, after),
        MultilingualText.from_sentences(_SENTENCES[change.kind](change, before, after), locale),
        change.effective if change.is_material else None,
        _deadline(change, after.release.published_at.date()),
        list_regions(change.regions, locale),
        regions_beside(change, locale),
        change.engagement,
    )


def describe_changes(
    changes: Iterable[PolicyChange],
    before: LocalizedEdition,
    after: LocalizedEdition,
    region: Audience | None = None,
    limit: int = MAX_CHANGES,
) -> list[ChangeSentence]:
    """Describes the first `limit` changes that concern `region`, with those that call for notice first."""
    concerned = sorted(
        (change for change in changes if change.concerns(region)), key=lambda change: not change.is_material
    )
    return [describe_change(change, before, after) for change in concerned[:limit]]


def describe_proposal(edition: LocalizedEdition, proposal: Engagement) -> list[ChangeSentence]:
    """Describes what `proposal` changes in the version that is in force until then, or that it is new."""
    in_force = edition.entry_in_force(proposal)
    if in_force is None:
        addition = PolicyChange(
            ChangeKind.ADDED, proposal.id, None, proposal, sort_regions(proposal.regions), proposal.products
        )
        return [describe_change(addition, edition, edition)]
    before = edition.for_entry(in_force)
    day = edition.release.published_at.date()
    changes = [*compare_engagements(in_force.engagement, proposal, before.facts, edition.facts, day)]
    material = [change for change in changes if change.is_material]
    return [describe_change(change, before, edition) for change in material or changes]


def regions_beside(change: ChangeReach, locale: str) -> str:
    """Returns whose customers a change concerns; empty where its sentence says so, or where it is about the page."""
    reach = {*change.gained, *change.lost}
    is_new = change.kind is ChangeKind.ADDED and not reach
    is_about_regions = change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED) and bool(reach) and reach <= set(REGIONS)
    return "" if not change.engagement or is_new or is_about_regions else list_regions(change.regions, locale)


def engagement_title(engagement: Engagement, edition: LocalizedEdition) -> MultilingualText:
    """Returns who does what: "Linode, LLC: Servers". `edition` is of a release that has the engagement."""
    name = _in_locale(edition.entity(engagement).legal_name, edition)
    return _sentence(edition, "title", name=name, service=edition.work_name(engagement))


def _deadline(change: PolicyChange, publication_day: date) -> date | None:
    """Returns None where the change calls for no notice, or where the deadline passed before it was published."""
    return change.deadline if change.is_material and change.deadline and change.deadline >= publication_day else None


def _title(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> MultilingualText:
    if change.gained == ("entities",):
        return MultilingualText([_list(_corrected_companies(before, after), after)])
    if not change.engagement:
        return _sentence(after, "whole_page")
    return engagement_title(change.latest_version, after if change.after else before)


def _addition(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    if change.before is None:
        yield from _new_engagement(change.latest_version, after)
    elif "*" in change.gained:
        yield _sentence(after, "added_to_all_products")
    else:
        yield _reach(change.gained, "added_to", after)


def _new_engagement(engagement: Engagement, edition: LocalizedEdition) -> Iterator[MultilingualText]:
    yield _sentence(edition, "engagement_added.purpose", purpose=edition.text(f"purpose.{engagement.purpose}"))
    if engagement.locations:
        places = _countries([location.country for location in engagement.locations], edition)
        yield _sentence(edition, "engagement_added.places", places=places)
    if engagement.data:
        yield _sentence(edition, "engagement_added.data", data=edition.list_texts("data", engagement.data))
    if engagement.audiences:
        regions = _in_locale(list_regions(sort_regions(engagement.regions), edition.locale), edition)
        yield _sentence(edition, "engagement_added.regions", regions=regions)


def _removal(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    if change.after is None:
        yield _sentence(after, "engagement_removed")
    elif "*" in change.lost:
        yield _sentence(after, "limited_to_products", products=after.list_texts("product", change.after.products))
    elif change.lost:
        yield _reach(change.lost, "removed_from", before)
    elif change.after.removed:
        yield _sentence(after, "end_announced", day=_day(change.after.removed, after))


def _reach(keys: tuple[str, ...], direction: str, edition: LocalizedEdition) -> MultilingualText:
    """Names the regions or products that an engagement is "added_to" or "removed_from"."""
    if set(keys) <= set(REGIONS):
        regions = _in_locale(list_regions(map(Audience, keys), edition.locale), edition)
        return _sentence(edition, f"{direction}.regions", regions=regions)
    return _sentence(edition, f"{direction}.products", products=edition.list_texts("product", keys))


def _replacement(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    if change.gained != change.lost or not change.before or not change.after:
        yield _sentence(after, "company_replaced", name=_in_locale(change.lost[0], after))
        return
    old, new = before.entity(change.before).country, after.entity(change.after).country
    yield _sentence(after, "company_moved", gained=_countries([new], after), lost=_countries([old], after))


def _relocation(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    if change.lost:
        gained, lost = (_countries_in_sentence(codes, after) for codes in (change.gained, change.lost))
        yield _sentence(after, "relocated", gained=gained, lost=lost)
    else:
        yield _sentence(after, "location_added", gained=_countries(change.gained, after))


def _wider_purpose(
    change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition
) -> Iterator[MultilingualText]:
    gained, lost = _texts_of_keys(change.gained, after), _texts_of_keys(change.lost, before)
    if lost:
        yield _sentence(after, "purpose_changed", gained=gained, lost=lost)
    else:
        yield _sentence(after, "purpose_added", gained=gained)


def _wider_data(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    for kind in ("data", "subject"):
        if keys := [key for key in change.gained if key.startswith(f"{kind}.")]:
            yield _sentence(after, f"data_added.{kind}", gained=_texts_of_keys(keys, after))
    if change.lost:
        yield _sentence(after, "data_removed", lost=_texts_of_keys(change.lost, before))


def _new_mechanism(
    change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition
) -> Iterator[MultilingualText]:
    old, new = (version.mechanism if version else None for version in (change.before, change.after))
    if old and new:
        yield _sentence(after, "mechanism_changed", gained=_mechanism(new, after), lost=_mechanism(old, after))


def _new_date(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    if change.gained and change.lost:
        old, new = (_day(date.fromisoformat(days[0]), after) for days in (change.lost, change.gained))
        yield _sentence(after, "start_rescheduled", gained=new, lost=old)
    elif change.before and change.before.removed:
        old = _day(change.before.removed, after)
        if change.gained:
            new = _day(date.fromisoformat(change.gained[0]), after)
            yield _sentence(after, "end_rescheduled", gained=new, lost=old)
        else:
            yield _sentence(after, "end_cancelled", lost=old)


def _correction(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    if change.lost:
        yield _sentence(after, "engagement_removed")
    else:
        words, fields = i18n.words(after.locale), [field for field in change.gained if field != "entities"]
        if len(fields) < len(change.gained):
            yield _sentence(after, "company_details", names=_list(_corrected_companies(before, after), after))
        if fields:
            names = [words(f"policy.field.{field}") for field in fields]
            yield _sentence(after, "corrected", fields=_list(names, after))


def _corrected_companies(before: LocalizedEdition, after: LocalizedEdition) -> list[str]:
    """Returns the present names of the companies whose details differ; the first of many."""
    corrected = find_corrected_companies(before.facts, after.facts)
    names = {entity.id: entity.legal_name for entity in (*before.facts.entities, *after.facts.entities)}
    changed_names = sorted({names[entity.id] for entity in corrected})
    return changed_names[:MAX_COMPANIES] + ["…"] * (len(changed_names) > MAX_COMPANIES)


def _new_wording(change: PolicyChange, before: LocalizedEdition, after: LocalizedEdition) -> Iterator[MultilingualText]:
    names = [i18n.language_name(tag, after.locale) for tag in change.gained]
    yield _sentence(after, "wording_changed", languages=_list(names, after))


_SENTENCES: dict[
    ChangeKind, Callable[[PolicyChange, LocalizedEdition, LocalizedEdition], Iterator[MultilingualText]]
] = {
    ChangeKind.ADDED: _addition,
    ChangeKind.REMOVED: _removal,
    ChangeKind.REPLACED: _replacement,
    ChangeKind.RELOCATED: _relocation,
    ChangeKind.PURPOSE_WIDENED: _wider_purpose,
    ChangeKind.DATA_WIDENED: _wider_data,
    ChangeKind.MECHANISM_CHANGED: _new_mechanism,
    ChangeKind.RESCHEDULED: _new_date,
    ChangeKind.CORRECTED: _correction,
    ChangeKind.WORDING: _new_wording,
}


def _sentence(edition: LocalizedEdition, key: str, **values: LocalizedText | MultilingualText) -> MultilingualText:
    template = i18n.words(edition.locale)(f"policy.sentence.{key}")
    return MultilingualText.from_template(template, edition.locale, values)


def _texts_of_keys(keys: Iterable[str], edition: LocalizedEdition) -> MultilingualText:
    """Returns the texts of whole keys as one list. That no AI was used before is left out."""
    return MultilingualText.from_list([_text_of_key(key, edition) for key in keys if key != "ai.none"], edition.locale)


def _text_of_key(key: str, edition: LocalizedEdition) -> LocalizedText:
    kind, _, name = key.partition(".")
    if kind == "ai":
        return _in_locale(i18n.words(edition.locale)(f"policy.ai.{name}"), edition)
    return edition.text(f"table.{name}" if kind == "kind" else key)


def _mechanism(mechanism: Mechanism, edition: LocalizedEdition) -> LocalizedText:
    name = i18n.words(edition.locale)(f"policy.mechanism.{mechanism.kind}")
    return _in_locale(f"{name}, {mechanism.document}" if mechanism.document else name, edition)


def _countries(codes: Iterable[str], edition: LocalizedEdition) -> LocalizedText:
    return _list([i18n.country(code, edition.locale) for code in dict.fromkeys(codes)], edition)


def _countries_in_sentence(codes: Iterable[str], edition: LocalizedEdition) -> LocalizedText:
    return _list([i18n.country_in_sentence(code, edition.locale) for code in dict.fromkeys(codes)], edition)


def _list(names: Iterable[str], edition: LocalizedEdition) -> LocalizedText:
    return _in_locale(i18n.format_list(names, edition.locale), edition)


def _day(day: date, edition: LocalizedEdition) -> LocalizedText:
    return _in_locale(i18n.long_date(day, edition.locale), edition)


def _in_locale(text: str, edition: LocalizedEdition) -> LocalizedText:
    return LocalizedText(text, edition.locale)
