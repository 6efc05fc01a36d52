"""What somebody looked at and lets stand: `accepted = ["RULE KEY"]` of the facts."""

from collections.abc import Collection, Iterator

from forecourt.policy.check.finding import FACTS_FILE, Finding, remedy


def without_accepted(found: list[Finding], accepted: tuple[str, ...], acceptable: Collection[str]) -> Iterator[Finding]:
    """What of `found` is not accepted, and what is wrong with `accepted` itself."""
    standing = {entry for entry in accepted if entry.partition(" ")[0] in acceptable}
    yield from (flaw for flaw in found if flaw.name not in standing)
    known = {flaw.name for flaw in found}
    for entry in dict.fromkeys(accepted):
        rule, _, key = entry.partition(" ")
        if not key.strip() or rule not in acceptable:
            says = remedy("cannot_be_accepted", entry=entry, rules=tuple(sorted(acceptable)))
            yield Finding(FACTS_FILE, "accepted", says, "cannot-be-accepted")
        elif entry not in known:
            yield Finding(FACTS_FILE, "accepted", remedy("nothing_to_accept", entry=entry), "nothing-to-accept", False)
