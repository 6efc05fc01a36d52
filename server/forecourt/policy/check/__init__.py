"""Checks whether a policy is fit to release. Every rule returns all it finds, so that a folder is mended in one go."""

from collections.abc import Callable, Collection, Iterator

from forecourt.policy.check import (
    accepted_findings,
    countries_in_prose,
    facts,
    forbidden_terms,
    glossary,
    half_translated_places,
    legal_names,
    personal_mailboxes,
    presumed_consent,
    translations,
)
from forecourt.policy.check.finding import (
    FACTS_FILE,
    GLOSSARY_FILE,
    Finding,
    PolicyHasFindings,
    Remedy,
    remedy,
    words_file,
)
from forecourt.policy.check.texts import PlainTexts
from forecourt.policy.model import Policy

__all__ = [
    "FACTS_FILE",
    "GLOSSARY_FILE",
    "Finding",
    "PolicyHasFindings",
    "Remedy",
    "check_policy",
    "judge_policy",
    "remedy",
    "words_file",
]

# These rules judge what people wrote, and may be wrong: `accepted` in the facts names findings that may stay.
_JUDGING_RULES: dict[Callable[[Policy, PlainTexts], Iterator[Finding]], tuple[str, ...]] = {
    personal_mailboxes.find_personal_mailboxes: (personal_mailboxes.PERSONAL,),
    legal_names.check_legal_names: (legal_names.TRANSLATED, legal_names.TWO_SPELLINGS, legal_names.RUN_TOGETHER),
    forbidden_terms.find_forbidden_terms: (forbidden_terms.FORBIDDEN,),
    presumed_consent.find_presumed_consent: (presumed_consent.PRESUMED,),
    countries_in_prose.find_contradicting_prose: (countries_in_prose.CONTRADICTING,),
    half_translated_places.find_half_translated_places: (half_translated_places.HALF_TRANSLATED,),
}
ACCEPTABLE = frozenset(rule for rules in _JUDGING_RULES.values() for rule in rules)


def check_policy(policy: Policy, countries: Collection[str]) -> list[Finding]:
    """Returns everything that is wrong. `countries` are the codes of ISO 3166-1."""
    return [
        *facts.check_facts(policy.facts, countries),
        *translations.check_translations(policy),
        *glossary.find_contradictory_terms(policy),
        *judge_policy(policy),
    ]


def judge_policy(policy: Policy) -> list[Finding]:
    """Returns what the judging rules find and nobody has accepted. The policy may be incomplete."""
    texts = PlainTexts(policy.words)
    findings = [finding for judge in _JUDGING_RULES for finding in judge(policy, texts)]
    return [*accepted_findings.without_accepted(findings, policy.facts.accepted, ACCEPTABLE)]
