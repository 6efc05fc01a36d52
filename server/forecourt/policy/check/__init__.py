"""What makes a policy fit to release. Every rule answers with all it finds, so that a folder is mended in one go."""

from collections.abc import Callable, Collection, Iterator

from forecourt.policy.check import accepted, contacts, facts, glossary, names, places, presumed, prose, terms, words
from forecourt.policy.check.flaw import FACTS_FILE, GLOSSARY_FILE, Flaw, Flawed, Mend, mend, words_file
from forecourt.policy.check.texts import Texts
from forecourt.policy.model import Policy

__all__ = ["FACTS_FILE", "GLOSSARY_FILE", "Flaw", "Flawed", "Mend", "flaws", "judged", "mend", "words_file"]

# They judge what people wrote, and may be wrong: `facts.accepted` lets what they find stand.
_JUDGING: dict[Callable[[Policy, Texts], Iterator[Flaw]], tuple[str, ...]] = {
    contacts.flaws: (contacts.PERSONAL,),
    names.flaws: (names.TRANSLATED, names.TWO_SPELLINGS, names.RUN_TOGETHER),
    terms.flaws: (terms.FORBIDDEN,),
    presumed.flaws: (presumed.PRESUMED,),
    prose.flaws: (prose.CONTRADICTING,),
    places.flaws: (places.HALF_TRANSLATED,),
}
ACCEPTABLE = frozenset(rule for rules in _JUDGING.values() for rule in rules)


def flaws(policy: Policy, countries: Collection[str]) -> list[Flaw]:
    """Everything that is wrong, at once. `countries`: the codes of ISO 3166-1."""
    return [
        *facts.flaws(policy.facts, countries),
        *words.flaws(policy),
        *glossary.flaws(policy),
        *judged(policy),
    ]


def judged(policy: Policy) -> list[Flaw]:
    """What is wrong with what people wrote, and not accepted; also of a policy that is not whole."""
    texts = Texts(policy.words)
    found = [flaw for judge in _JUDGING for flaw in judge(policy, texts)]
    return [*accepted.left(found, policy.facts.accepted, ACCEPTABLE)]
