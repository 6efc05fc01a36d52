"""Puts together what is to be said about one page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecourt.doctor.boot_answer import decode_boot
from forecourt.doctor.host_diagnosis import ContactedHost, diagnose_hosts, list_contacted_hosts
from forecourt.doctor.model import Area, Diagnosis, OpenedWith, PageSnapshot, Severity
from forecourt.doctor.recipients import HostRecipients
from forecourt.doctor.storage_diagnosis import diagnose_storage
from forecourt.doctor.tag_diagnosis import diagnose_tag


@dataclass(frozen=True, slots=True)
class Examination:
    """Holds a page's snapshot, and all that is said about it. `recipients` is None where no policy is known."""

    snapshot: PageSnapshot
    recipients: HostRecipients | None
    hosts: tuple[ContactedHost, ...]
    diagnoses: tuple[Diagnosis, ...]

    @property
    def problems(self) -> int:
        return sum(diagnosis.severity is Severity.PROBLEM for diagnosis in self.diagnoses)


def examine(
    snapshot: PageSnapshot,
    recipients: HostRecipients | None,
    *,
    allow_list: Sequence[str] = (),
    expects_tag: bool = True,
) -> Examination:
    """Judges a page. `allow_list` are the names and hosts that the caller has declared to be in order."""
    hosts = list_contacted_hosts(snapshot, recipients, allow_list)
    diagnoses = [*_diagnose_visit(snapshot)]
    if snapshot.is_open:
        boot = decode_boot(snapshot.boot)
        has_tag = bool(snapshot.markup and snapshot.markup.tag)
        diagnoses += diagnose_tag(snapshot, boot) if has_tag or expects_tag else [_no_tag()]
        diagnoses += diagnose_storage(snapshot, boot, allow_list)
        diagnoses += _diagnose_phases(snapshot)
        diagnoses += diagnose_hosts(snapshot, recipients, hosts)
    return Examination(snapshot, recipients, tuple(hosts), tuple(diagnoses))


def _diagnose_visit(snapshot: PageSnapshot) -> Iterator[Diagnosis]:
    for fault in snapshot.faults:
        yield Diagnosis(Area.PAGE, Severity.PROBLEM, "page", f"The page was not read to its end: {fault.rstrip('.')}.")


def _no_tag() -> Diagnosis:
    return Diagnosis(Area.TAG, Severity.NOTE, "no-tag", "The page has no tag of Forecourt, so nothing is said of it.")


def _diagnose_phases(snapshot: PageSnapshot) -> Iterator[Diagnosis]:
    """Yields what this way of opening a page cannot see."""
    if snapshot.opened_with is OpenedWith.HTTP:
        sentence = "Read by HTTP alone: what scripts store and contact is not seen, and nothing was refused."
        yield Diagnosis(Area.BEFORE, Severity.NOTE, "http-alone", sentence)
    elif snapshot.after is None:
        sentence = "Nothing could be refused, so nothing is known of a visitor who has refused."
        yield Diagnosis(Area.AFTER, Severity.NOTE, "not-refused", sentence)
