"""Renders an examination as text for people, and as JSON for machines."""

from collections.abc import Iterator, Sequence

import msgspec

from forecourt.doctor.examination import Examination
from forecourt.doctor.host_diagnosis import ContactedHost
from forecourt.doctor.model import Area, Diagnosis, OpenedWith, PageSnapshot, PageState, Severity, StoredItem
from forecourt.doctor.printable import printable

_TITLES = {
    Area.PAGE: "The page",
    Area.TAG: "The tag",
    Area.BEFORE: "Before a choice",
    Area.AFTER: "After a refusal",
    Area.HOSTS: "Hosts and the policy",
}
_MARKS = {Severity.PROBLEM: "Problem: ", Severity.NOTE: "", Severity.FINE: "Fine: "}
_LINES_AT_MOST = 50  # of one part


def render_text(examination: Examination) -> str:
    """Returns the report, a part for each area that has something to say."""
    lines = [_first_line(examination.snapshot)]
    for area, title in _TITLES.items():
        diagnoses = [diagnosis for diagnosis in examination.diagnoses if diagnosis.area is area]
        lines += ["", title, *_lines(diagnoses)] if diagnoses else []
    return "\n".join([*lines, "", _summary(examination.problems)])


def _first_line(snapshot: PageSnapshot) -> str:
    url = printable(snapshot.url)
    redirect = f", which leads to {snapshot.final_url}" if snapshot.final_url not in ("", url) else ""
    how = "by HTTP alone" if snapshot.opened_with is OpenedWith.HTTP else f"in {snapshot.browser}"
    return f"{url}{redirect}, opened {how}."


def _lines(diagnoses: Sequence[Diagnosis]) -> Iterator[str]:
    """Yields a line each. Where there are too many, problems stand before what is said beside them."""
    selected = set(sorted(range(len(diagnoses)), key=lambda index: _is_problem(diagnoses[index]))[:_LINES_AT_MOST])
    for index, diagnosis in enumerate(diagnoses):
        if index in selected:
            yield f"  {_MARKS[diagnosis.severity]}{diagnosis.sentence}"
    if len(diagnoses) > _LINES_AT_MOST:
        yield f"  … and {len(diagnoses) - _LINES_AT_MOST} more; --json has all."


def _is_problem(diagnosis: Diagnosis) -> bool:
    return diagnosis.severity is not Severity.PROBLEM


def _summary(problems: int) -> str:
    if problems == 0:
        return "The page is in order."
    return "1 problem." if problems == 1 else f"{problems} problems."


def render_json(examination: Examination) -> str:
    """Returns the report as one object; docs/doctor.md describes it."""
    snapshot = examination.snapshot
    content = {
        "ok": examination.problems == 0,
        "url": printable(snapshot.url),
        "final_url": snapshot.final_url,
        "opened_with": snapshot.opened_with,
        "browser": snapshot.browser,
        "diagnoses": [_to_row(diagnosis) for diagnosis in examination.diagnoses],
        "before": _to_state(snapshot.before),
        "after": _to_state(snapshot.after) if snapshot.after else None,
        "companies": examination.recipients.companies if examination.recipients else None,
        "hosts": [_to_host(host) for host in examination.hosts],
    }
    return msgspec.json.format(msgspec.json.encode(content)).decode()


def _to_row(diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "area": diagnosis.area,
        "severity": diagnosis.severity,
        "rule": diagnosis.rule,
        "sentence": diagnosis.sentence,
    }


def _to_state(state: PageState) -> dict[str, object]:
    stored, requests = [_to_item(item) for item in state.stored], dict(sorted(state.requests.items()))
    return {"stored": stored, "complete": state.is_complete, "requests": requests}


def _to_item(item: StoredItem) -> dict[str, object]:
    return {"kind": item.kind, "name": item.name, "owner": item.owner}


def _to_host(host: ContactedHost) -> dict[str, object]:
    recipient = host.recipient
    account = {"engagement": recipient.engagement, "company": recipient.company} if recipient else None
    return {
        "host": host.host,
        "before": host.before,
        "after": host.after,
        "allowed": host.is_allowed,
        "account": account,
    }
