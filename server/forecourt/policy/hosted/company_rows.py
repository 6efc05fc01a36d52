"""This module arranges an edition for people: one row a company, however many services and places it has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from forecourt.policy.comparison import sort_regions
from forecourt.policy.edition import EditionEntry
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience, Engagement, EngagementStatus, Entity, Location

_BY_PLACE = frozenset({"audiences", "effective", "locations", "mechanism", "objection_until", "removed"})


@dataclass(frozen=True)
class CompanyPlace:
    """Holds one place of a company's row, and the first entry that names it."""

    location: Location
    entry: EditionEntry


@dataclass(frozen=True)
class FactsGroup:
    """Holds entries of one company that differ in their places only, so that everything else is shown once."""

    entity: Entity
    entries: tuple[EditionEntry, ...]


@dataclass(frozen=True)
class CompanyRow:
    """Holds what one company does. Two entities with one name and one seat are the same company.

    `key` tells it apart on the page. It is the id of its entity, unless another row has that: a company that changes
    its name has two, until the change is in force everywhere.
    """

    key: str
    entity: Entity
    groups: tuple[FactsGroup, ...]

    @cached_property
    def entries(self) -> tuple[EditionEntry, ...]:
        """Returns what is in force, and then what is only proposed."""
        return tuple(sorted((entry for group in self.groups for entry in group.entries), key=_is_proposed))

    @cached_property
    def shared_status(self) -> EditionEntry | None:
        """Returns an entry with the status of the whole company; None where that is not one of all its entries."""
        return self.entries[0] if len({_upcoming_status(entry) for entry in self.entries}) == 1 else None

    @cached_property
    def services(self) -> tuple[EditionEntry, ...]:
        """Returns an entry for each service and purpose."""
        entries: dict[object, EditionEntry] = {}
        for entry in self.entries:
            entries.setdefault((entry.engagement.service, entry.engagement.purpose), entry)
        return tuple(entries.values())

    @cached_property
    def places(self) -> tuple[CompanyPlace, ...]:
        """Returns each place once for each status that it has."""
        places: dict[object, CompanyPlace] = {}
        for entry in self.entries:
            for location in entry.engagement.locations:
                key = (location.country, location.place, _upcoming_status(entry))
                places.setdefault(key, CompanyPlace(location, entry))
        return tuple(places.values())

    @cached_property
    def has_places_not_stated(self) -> bool:
        return any(entry.engagement.locations_not_stated for entry in self.entries)

    @cached_property
    def audiences(self) -> tuple[Audience, ...]:
        """Returns whose data the company handles; whose data it will handle, where it is only proposed.

        It is empty where the policy does not state that.
        """
        engagements = [entry.engagement for entry in self.entries if self.is_proposed or not _is_proposed(entry)]
        if any(Audience.ALL in engagement.audiences for engagement in engagements):
            return (Audience.ALL,)
        return sort_regions({region for engagement in engagements for region in engagement.audiences})

    @cached_property
    def is_proposed(self) -> bool:
        return all(map(_is_proposed, self.entries))


def company_rows(edition: LocalizedEdition) -> list[CompanyRow]:
    """Returns the companies of the reader's region, by the kind of their work and then in the order of the facts."""
    entries_by_company: dict[object, list[tuple[Entity, EditionEntry]]] = {}
    for entry in sorted(edition.entries, key=_kind_position(edition)):
        entity = edition.for_entry(entry).entity(entry.engagement)
        entries_by_company.setdefault((entity.legal_name, entity.country), []).append((entity, entry))
    rows: dict[str, CompanyRow] = {}
    for entries in entries_by_company.values():
        entity, first_entry = entries[0]
        key = f"{entity.id}-{first_entry.engagement.id}" if entity.id in rows else entity.id
        rows[key] = CompanyRow(key, entity, _group_by_facts(entries))
    return list(rows.values())


def kind_of(entry: EditionEntry) -> str:
    """Returns the kind of its work in the newest release, whose sections the page has."""
    return (entry.coming or entry.engagement).kind


def _kind_position(edition: LocalizedEdition) -> Callable[[EditionEntry], int]:
    positions = {kind: position for position, kind in enumerate(edition.facts.sections)}
    return lambda entry: positions.get(kind_of(entry), len(positions))


def _group_by_facts(entries: Iterable[tuple[Entity, EditionEntry]]) -> tuple[FactsGroup, ...]:
    groups: dict[tuple[Entity, int, Engagement], list[EditionEntry]] = {}
    for entity, entry in entries:
        # Texts are those of the release, so entries of two releases may differ where their facts do not.
        key = (entity, entry.release.number, _facts_beside_places(entry.engagement))
        groups.setdefault(key, []).append(entry)
    return tuple(FactsGroup(entity, tuple(group)) for (entity, _, _), group in groups.items())


def _facts_beside_places(engagement: Engagement) -> Engagement:
    """Returns the engagement without its id and without what the details show for each of its places."""
    return replace(
        engagement,
        id="",
        audiences=(),
        locations=(),
        locations_not_stated=False,
        mechanism=None,
        effective=None,
        objection_until=None,
        removed=None,
        illustrative=tuple(name for name in engagement.illustrative if name not in _BY_PLACE),
    )


def _is_proposed(entry: EditionEntry) -> bool:
    return entry.status is EngagementStatus.PROPOSED


def _upcoming_status(entry: EditionEntry) -> tuple[EngagementStatus, date | None]:
    """Returns what becomes of the entry, and on which day."""
    if entry.coming:
        return EngagementStatus.ACTIVE, entry.coming.effective
    return entry.status, entry.engagement.effective if _is_proposed(entry) else entry.engagement.removed
