"""That a glossary does not forbid what it asks for."""

from collections.abc import Iterator

from forecourt.policy.check.flaw import GLOSSARY_FILE, Flaw
from forecourt.policy.model import Policy


def flaws(policy: Policy) -> Iterator[Flaw]:
    for language, terms in sorted(policy.glossary.items()):
        used = {term.use.casefold(): name for name, term in terms.items()}
        for name, term in sorted(terms.items()):
            key = f"{language}.{name}"
            if not all(word.strip() for word in (term.use, *term.avoid)):
                yield Flaw(GLOSSARY_FILE, key, "has a blank word; write it, or take it out", "blank")
            for word in term.avoid:
                if other := used.get(word.casefold()):
                    mend = f"{word!r} is to be avoided, and is the word for {other}; decide for one"
                    yield Flaw(GLOSSARY_FILE, f"{key}.avoid", mend, "glossary-conflict")
