"""Says of what a page stores whether it may, before a choice and after a refusal."""

from collections.abc import Iterator, Sequence

from forecourt.doctor.allow_list import matches_name
from forecourt.doctor.boot_answer import SiteBoot, SitePurpose
from forecourt.doctor.model import (
    Area,
    Diagnosis,
    PageSnapshot,
    PageState,
    Severity,
    StorageKind,
    StoredItem,
    TagMarkup,
)
from forecourt.doctor.printable import origin_of

_KEYS = (StorageKind.LOCAL, StorageKind.SESSION)


def diagnose_storage(snapshot: PageSnapshot, boot: SiteBoot | None, allow_list: Sequence[str]) -> Iterator[Diagnosis]:
    """Yields what is stored before a choice and after a refusal, each with who may store it."""
    judge = _StorageJudge(snapshot, boot, allow_list)
    yield from judge.judge_all(Area.BEFORE, snapshot.before)
    if snapshot.after:
        yield from judge.judge_all(Area.AFTER, snapshot.after)


class _StorageJudge:
    """Knows what the site and the caller declare."""

    def __init__(self, snapshot: PageSnapshot, boot: SiteBoot | None, allow_list: Sequence[str]):
        self._tag = snapshot.markup.tag if snapshot.markup else None
        self._origin = origin_of(snapshot.final_url)
        self._purposes = boot.consent.purposes if boot else []
        self._allow_list = allow_list

    def judge_all(self, area: Area, state: PageState) -> Iterator[Diagnosis]:
        if not state.is_complete:
            yield Diagnosis(area, Severity.NOTE, "storage-unread", "What is stored could not be read, but for cookies.")
        elif not state.stored:
            yield Diagnosis(area, Severity.FINE, "stores-nothing", "Nothing is stored.")
        for item in state.stored:
            yield self._judge(area, item)

    def _judge(self, area: Area, item: StoredItem) -> Diagnosis:
        description = f"{item.kind} {item.name} of {item.owner}"
        if area is Area.AFTER and self._is_choice(item, self._tag):
            return Diagnosis(area, Severity.FINE, "stored-choice", f"{description} is the refusal itself.")
        if matches_name(item.name, self._allow_list):
            return Diagnosis(area, Severity.NOTE, "stored-allowed", f"{description} is stored, as --allow says it may.")
        purposes = [purpose for purpose in self._purposes if _names(purpose, item)]
        if any(purpose.required for purpose in purposes):
            return Diagnosis(
                area, Severity.NOTE, "stored-required", f"{description} is stored, for a required purpose."
            )
        why = f"the purpose {purposes[0].name} needs consent" if purposes else "no purpose names it"
        when = "before a choice" if area is Area.BEFORE else "after a refusal"
        return Diagnosis(area, Severity.PROBLEM, "stored", f"{description} is stored {when}, and {why}.")

    def _is_choice(self, item: StoredItem, tag: TagMarkup | None) -> bool:
        """Checks whether it is the widget's record of the choice."""
        if tag is None:
            return False
        is_key = item.kind in _KEYS and item.owner == self._origin and item.name == f"forecourt:{tag.site}"
        return is_key or (item.kind is StorageKind.COOKIE and item.name == f"forecourt_{tag.site}")


def _names(purpose: SitePurpose, item: StoredItem) -> bool:
    if item.kind is StorageKind.COOKIE:
        return matches_name(item.name, purpose.cookies)
    return item.kind in _KEYS and matches_name(item.name, purpose.storage)
