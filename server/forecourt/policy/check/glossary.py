"""Checks that a glossary does not forbid what it asks for."""

from collections.abc import Iterator

from forecourt.policy.check.finding import GLOSSARY_FILE, Finding, remedy
from forecourt.policy.model import Policy


def find_contradictory_terms(policy: Policy) -> Iterator[Finding]:
    for language, terms in sorted(policy.glossary.items()):
        names_by_use = {term.use.casefold(): name for name, term in terms.items()}
        for name, term in sorted(terms.items()):
            key = f"{language}.{name}"
            if not all(word.strip() for word in (term.use, *term.avoid)):
                yield Finding(GLOSSARY_FILE, key, remedy("blank_term"), "blank")
            for word in term.avoid:
                if other_name := names_by_use.get(word.casefold()):
                    says = remedy("glossary_conflict", word=word, other=other_name)
                    yield Finding(GLOSSARY_FILE, f"{key}.avoid", says, "glossary-conflict")
