"""This module says which texts a policy needs in each language, and when a translation of one is outdated."""

import hashlib

from forecourt.policy.model import Facts, Level, Policy

_PAGE_TEXTS = ("title", "summary", "section", "table")


def required_word_keys(facts: Facts) -> set[str]:
    """Returns the keys of the texts that each language of a complete policy has for these facts, and of no others."""
    keys = {"title", "summary", *(f"note.{note}" for note in facts.notes)}
    keys |= {f"section.{section}.{part}" for section in facts.sections for part in ("title", "text")}
    for engagement in facts.engagements:
        keys |= {f"purpose.{engagement.purpose}", f"table.{engagement.kind}"}
        keys |= {f"service.{engagement.service}"} if engagement.service else set()
        keys |= {f"data.{key}" for key in engagement.data} | {f"subject.{key}" for key in engagement.subjects}
        keys |= {f"place.{location.place}" for location in engagement.locations if location.place}
    keys |= {f"product.{product}" for product in facts.products}
    return keys


def expected_word_keys(policy: Policy) -> set[str]:
    """Returns the keys of the texts that each language must have.

    A listed policy may lack the page's own texts (its title, its sections' titles and prose) in all languages.
    """
    source = policy.words.get(policy.facts.source_language, {})
    return {key for key in required_word_keys(policy.facts) if key in source or not may_lack(policy.facts, key)}


def may_lack(facts: Facts, key: str) -> bool:
    """Checks whether a policy of this level may leave the text out."""
    return facts.level is Level.LISTED and key.partition(".")[0] in _PAGE_TEXTS


def source_hash(text: str) -> str:
    """Returns the hash of a text in the source language that is stored beside its translation.

    A translation is outdated where the text has another hash by now.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]
