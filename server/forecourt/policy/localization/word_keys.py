"""This module says which texts a policy needs in each language, and when a translation of one is outdated."""

import hashlib

from forecourt.policy.model import Facts


def required_word_keys(facts: Facts) -> set[str]:
    """Returns the keys of the texts that each language must have for these facts, no more and no fewer."""
    keys = {"title", "summary", *(f"note.{note}" for note in facts.notes)}
    keys |= {f"section.{section}.{part}" for section in facts.sections for part in ("title", "text")}
    for engagement in facts.engagements:
        keys |= {f"service.{engagement.service}", f"purpose.{engagement.purpose}", f"table.{engagement.kind}"}
        keys |= {f"data.{key}" for key in engagement.data} | {f"subject.{key}" for key in engagement.subjects}
        keys |= {f"place.{location.place}" for location in engagement.locations if location.place}
    keys |= {f"product.{product}" for product in facts.products}
    return keys


def source_hash(text: str) -> str:
    """Returns the hash of a text in the source language that is stored beside its translation.

    A translation is outdated where the text has another hash by now.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]
