"""Checks what one address is, how mail paths write it, and that one mailbox is counted as one."""

import pytest

from forecourt.email_address import domain_key, email_fault, mailbox_key, to_addr_spec, to_mailbox


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


@pytest.mark.parametrize(
    ("address", "addr_spec"),
    [
        ("try..this@docomo.ne.jp", '"try..this"@docomo.ne.jp'),
        ("this.@ezweb.ne.jp", '"this."@ezweb.ne.jp'),
        (".this@docomo.ne.jp", '".this"@docomo.ne.jp'),
        ("a...b..@docomo.ne.jp", '"a...b.."@docomo.ne.jp'),
        ("Ola.Nordmann+x@example.com", "Ola.Nordmann+x@example.com"),
    ],
)
def test_dots_stand_where_providers_let_them_and_are_quoted_where_mail_needs_it(address: str, addr_spec: str) -> None:
    assert to_mailbox(address) == address
    assert email_fault(address) is None
    assert to_addr_spec(address) == addr_spec


@pytest.mark.parametrize(
    "address", ["..@docomo.ne.jp", "a..b@docomo..ne.jp", "a..b@.docomo.ne.jp", "a..b@docomo", f"{'a.' * 33}@x.org"]
)
def test_dots_alone_or_in_a_domain_are_no_address(address: str) -> None:
    assert to_mailbox(address) is None
