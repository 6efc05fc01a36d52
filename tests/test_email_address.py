"""Checks that one mailbox is counted as one, however its address is written."""

import pytest

from forecourt.email_address import domain_key, mailbox_key


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("ola@example.com", "ola@example.com"),
        ("OLA@Example.COM", "ola@example.com"),
        ("ola+news@example.com", "ola@example.com"),
        ("ola+a+b@example.com", "ola@example.com"),
        ("+ola@example.com", "+ola@example.com"),
        ("ola.nordmann@example.com", "ola.nordmann@example.com"),
        ("ola-news@example.com", "ola-news@example.com"),
        ("o.l.a+x@gmail.com", "ola@gmail.com"),
        ("O.la@GoogleMail.com", "ola@gmail.com"),
        ("ola@blåbær.example", "ola@xn--blbr-roah.example"),
        ("ola@xn--blbr-roah.example", "ola@xn--blbr-roah.example"),
        ("no address", "@no address"),
    ],
)
def test_a_mailbox_has_one_key(address: str, key: str) -> None:
    assert mailbox_key(address) == key


def test_a_domain_has_one_key() -> None:
    assert {domain_key("a@Example.com"), domain_key("b+c@example.COM")} == {"example.com"}
    assert domain_key("a@googlemail.com") == domain_key("b@gmail.com") == "gmail.com"
