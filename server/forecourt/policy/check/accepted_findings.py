"""Leaves out what somebody has looked at and accepted: `accepted = ["RULE KEY"]` in the facts."""

from collections.abc import Collection, Iterator

from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy


def without_accepted(
    findings: list[Finding], accepted_names: tuple[str, ...], acceptable: Collection[str]
) -> Iterator[Finding]:
    """Yields the findings that are not accepted, and what is wrong with `accepted` itself.

    `acceptable` are the rules whose findings may be accepted.
    """
    valid = {entry for entry in accepted_names if entry.partition(" ")[0] in acceptable}
    yield from (finding for finding in findings if finding.name not in valid)
    names = {finding.name for finding in findings}
    for entry in dict.fromkeys(accepted_names):
        rule, _, key = entry.partition(" ")
        if not key.strip() or rule not in acceptable:
            says = remedy("cannot_be_accepted", entry=entry, rules=tuple(sorted(acceptable)))
            yield Finding(FACTS_FILE, "accepted", says, "cannot-be-accepted")
        elif entry not in names:
            yield Finding(FACTS_FILE, "accepted", remedy("nothing_to_accept", entry=entry), "nothing-to-accept", False)
