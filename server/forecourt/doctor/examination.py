"""Puts together what is to be said about one page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecourt.doctor.boot_answer import SiteBoot, decode_boot
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
        diagnoses += _diagnose_tag(snapshot, boot, expects_tag=expects_tag)
        diagnoses += diagnose_storage(snapshot, boot, allow_list)
        diagnoses += _diagnose_phases(snapshot)
        diagnoses += diagnose_hosts(snapshot, recipients, hosts)
    return Examination(snapshot, recipients, tuple(hosts), tuple(diagnoses))


def _diagnose_visit(snapshot: PageSnapshot) -> Iterator[Diagnosis]:
    for fault in snapshot.faults:
        yield Diagnosis(Area.PAGE, Severity.PROBLEM, "page", f"The page was not read to its end: {fault.rstrip('.')}.")


def _diagnose_tag(snapshot: PageSnapshot, boot: SiteBoot | None, *, expects_tag: bool) -> Iterator[Diagnosis]:
    if snapshot.markup is None:
        yield Diagnosis(Area.TAG, Severity.NOTE, "tag-unread", "Whether there is a tag could not be read.")
    elif snapshot.markup.tag is None and not expects_tag:
        yield Diagnosis(
            Area.TAG, Severity.NOTE, "no-tag", "The page has no tag of Forecourt, so nothing is said of it."
        )
    else:
        yield from diagnose_tag(snapshot, snapshot.markup, boot)


def _diagnose_phases(snapshot: PageSnapshot) -> Iterator[Diagnosis]:
    """Yields what this way of opening a page cannot see."""
    if snapshot.opened_with is OpenedWith.HTTP:
        sentence = "Read by HTTP alone: what scripts store and contact is not seen, nor what happens after a refusal."
        yield Diagnosis(Area.BEFORE, Severity.NOTE, "http-alone", sentence)
    elif snapshot.after is None:
        sentence = "Nothing could be refused, so nothing is known of a visitor who has refused."
        yield Diagnosis(Area.AFTER, Severity.NOTE, "not-refused", sentence)
