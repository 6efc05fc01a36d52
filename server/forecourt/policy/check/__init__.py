"""What makes a policy fit to release. Every rule answers with all it finds, so that a folder is mended in one go."""

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
    mend,
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
    "flaws",
    "judged",
    "mend",
    "words_file",
]

# They judge what people wrote, and may be wrong: `facts.accepted` lets what they find stand.
_JUDGING: dict[Callable[[Policy, PlainTexts], Iterator[Finding]], tuple[str, ...]] = {
    personal_mailboxes.flaws: (personal_mailboxes.PERSONAL,),
    legal_names.flaws: (legal_names.TRANSLATED, legal_names.TWO_SPELLINGS, legal_names.RUN_TOGETHER),
    forbidden_terms.flaws: (forbidden_terms.FORBIDDEN,),
    presumed_consent.flaws: (presumed_consent.PRESUMED,),
    countries_in_prose.flaws: (countries_in_prose.CONTRADICTING,),
    half_translated_places.flaws: (half_translated_places.HALF_TRANSLATED,),
}
ACCEPTABLE = frozenset(rule for rules in _JUDGING.values() for rule in rules)


def flaws(policy: Policy, countries: Collection[str]) -> list[Finding]:
    """Everything that is wrong, at once. `countries`: the codes of ISO 3166-1."""
    return [
        *facts.flaws(policy.facts, countries),
        *translations.flaws(policy),
        *glossary.flaws(policy),
        *judged(policy),
    ]


def judged(policy: Policy) -> list[Finding]:
    """What is wrong with what people wrote, and not accepted; also of a policy that is not whole."""
    texts = PlainTexts(policy.words)
    found = [flaw for judge in _JUDGING for flaw in judge(policy, texts)]
    return [*accepted_findings.left(found, policy.facts.accepted, ACCEPTABLE)]
