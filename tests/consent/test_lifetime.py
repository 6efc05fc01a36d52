"""Checks that the texts name the same lifetime of a consent as the code."""

from datetime import UTC, datetime

import pytest

from forecourt import i18n
from forecourt.consent import lifetime

MONTHS = {"en": ("months", {6: "six months"}), "nb": ("måneder", {6: "seks måneder"})}


@pytest.mark.parametrize("locale", sorted(MONTHS))
def test_every_text_that_names_months_names_those_that_count(locale: str) -> None:
    word, numbers = MONTHS[locale]
    texts = [text.lower() for text in i18n.words(locale).under("").values() if word in text.lower()]
    assert texts
    assert [text for text in texts if numbers[lifetime.MONTHS] not in text] == []


def test_a_choice_of_the_cutoff_expires_at_this_moment() -> None:
    now = datetime(2027, 5, 24, 12, tzinfo=UTC)
    assert lifetime.expires_at(lifetime.expiry_cutoff(now)) == now
