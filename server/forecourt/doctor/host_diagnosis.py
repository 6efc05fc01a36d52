"""Says which hosts of others a page contacts, and which engagement of the policy accounts for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forecourt.doctor.allow_list import matches_host
from forecourt.doctor.model import Area, Diagnosis, OpenedWith, PageSnapshot, Severity
from forecourt.doctor.printable import host_of
from forecourt.doctor.recipients import HostRecipient, HostRecipients
from forecourt.doctor.registrable_domain import registrable_domain


@dataclass(frozen=True, slots=True)
class ContactedHost:
    """Holds a host that is neither the page's own nor Forecourt's, and how many requests it got when."""

    host: str
    before: int
    after: int
    recipient: HostRecipient | None
    is_allowed: bool


def list_contacted_hosts(
    snapshot: PageSnapshot, recipients: HostRecipients | None, allow_list: Sequence[str]
) -> list[ContactedHost]:
    """Returns the hosts of others, in the order of their names."""
    before, after = snapshot.before.requests, snapshot.after.requests if snapshot.after else {}
    return [
        ContactedHost(
            host,
            before.get(host, 0),
            after.get(host, 0),
            recipients.find(host) if recipients else None,
            matches_host(host, allow_list),
        )
        for host in sorted({*before, *after})
        if not _is_own(host, snapshot)
    ]


def diagnose_hosts(
    snapshot: PageSnapshot, recipients: HostRecipients | None, hosts: Sequence[ContactedHost]
) -> Iterator[Diagnosis]:
    """Yields how the page's hosts and the policy's companies compare, then each host."""
    yield _comparison(snapshot, recipients, hosts)
    for host in hosts:
        yield _diagnose_host(host, knows_policy=recipients is not None)


def _is_own(host: str, snapshot: PageSnapshot) -> bool:
    tag = snapshot.markup.tag if snapshot.markup else None
    own_domain = registrable_domain(host_of(snapshot.final_url))
    return registrable_domain(host) == own_domain or (tag is not None and host == host_of(tag.src))


def _comparison(snapshot: PageSnapshot, recipients: HostRecipients | None, hosts: Sequence[ContactedHost]) -> Diagnosis:
    verb = "loads from" if snapshot.opened_with is OpenedWith.HTTP else "contacts"
    contacts = f"the page {verb} {_count(len(hosts), 'host') if hosts else 'no host'} of others"
    if recipients is None:
        sentence = f"No policy is known; {contacts}."
        return Diagnosis(Area.HOSTS, Severity.NOTE, "no-policy", sentence)
    missing = sum(host.recipient is None and not host.is_allowed for host in hosts)
    companies = "1 company" if recipients.companies == 1 else f"{recipients.companies} companies"
    end = f"; no engagement accounts for {missing} of them." if hosts else "."
    sentence = f"The policy names {companies}, {contacts}{end}"
    return Diagnosis(Area.HOSTS, Severity.NOTE, "hosts", sentence)


def _diagnose_host(host: ContactedHost, *, knows_policy: bool) -> Diagnosis:
    contacted_host = f"{host.host} ({_phases(host)})"
    if host.recipient:
        sentence = f"{contacted_host}: {host.recipient.company}, engagement {host.recipient.engagement}."
        return Diagnosis(Area.HOSTS, Severity.FINE, "host-accounted", sentence)
    if host.is_allowed:
        return Diagnosis(Area.HOSTS, Severity.NOTE, "host-allowed", f"{contacted_host}: --allow says that it may.")
    if not knows_policy:
        return Diagnosis(Area.HOSTS, Severity.NOTE, "host", f"{contacted_host}.")
    sentence = f"{contacted_host}: no engagement of the policy accounts for it."
    return Diagnosis(Area.HOSTS, Severity.PROBLEM, "host-unaccounted", sentence)


def _phases(host: ContactedHost) -> str:
    """Says when the host was contacted, and how often."""
    phases = ((host.before, "before a choice"), (host.after, "after a refusal"))
    return ", ".join(f"{_count(number, 'request')} {when}" for number, when in phases if number)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
