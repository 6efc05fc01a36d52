"""Checks on what basis data leaves the European Economic Area (GDPR chapter V).

Each location counts, whatever is done there: data reached from a country has been transferred to it.
"""

import re
from collections.abc import Collection, Iterator

from forecourt.policy.check.field_rules import Violation, check_line, check_link
from forecourt.policy.check.finding import remedy
from forecourt.policy.model import Basis, Engagement, Facts, Mechanism
from forecourt.policy.stated_facts import is_optional

_STATES = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO"
_OUTERMOST = "AX GF GP MF MQ RE YT"  # parts of the Union with an ISO code of their own (TFEU article 355)
EEA = frozenset(f"{_STATES} {_OUTERMOST}".split())
# With a decision under GDPR article 45 for the country; the United States' is for certified companies only (DPF).
_DECIDED = "AD AR BR CA CH FO GB GG IL IM JE JP KR NZ UY"
_ADEQUATE = frozenset(_DECIDED.split())
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")


def check_transfer(engagement: Engagement, facts: Facts, countries: Collection[str]) -> Iterator[Violation]:
    if engagement.mechanism is None:
        return
    basis = engagement.mechanism.kind
    outside = sorted({each.country for each in engagement.locations if each.country in countries} - EEA - _ADEQUATE)
    if basis is Basis.NONE and outside:
        yield "no-transfer-mechanism", "mechanism", remedy("missing_mechanism", countries=tuple(outside))
    if basis is Basis.ADEQUACY and outside:
        yield "wrong-transfer-mechanism", "mechanism", remedy("not_adequate", countries=tuple(outside))
    if basis is Basis.DPF and (other_countries := [code for code in outside if code != "US"]):
        yield "wrong-transfer-mechanism", "mechanism", remedy("dpf_outside_us", countries=tuple(other_countries))
    yield from _check_document(engagement.mechanism, is_optional(facts, "mechanism"))


def _check_document(mechanism: Mechanism, is_blank_allowed: bool) -> Iterator[Violation]:
    document = mechanism.document or ""
    if mechanism.kind is not Basis.NONE and not document.strip():
        if is_blank_allowed and not document:
            return
        yield "no-document", "mechanism.document", remedy("missing_document")
    elif document.strip():
        yield from check_line("mechanism.document", document)
        if _SCHEME.match(document):
            yield from check_link("mechanism.document", document)
