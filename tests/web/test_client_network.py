"""Checks that only a network is kept of an address."""

import logging

import pytest
from starlette.requests import Request

from forecourt.web.client_network import UntrustedProxyWarning, truncate_address
from forecourt.web.ip_address import parse_ip_address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("not an address", ""),
    ],
)
def test_an_address_is_cut_to_its_network(address: str, network: str) -> None:
    assert truncate_address(address) == network


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("2002:c000:207::1", "2002:c000:207::1"),
        ("", "None"),
        ("192.0.2.7:80", "None"),
        ("192.0.2.0/24", "None"),
    ],
)
def test_an_address_is_parsed_without_its_zone_and_mapping(text: str, address: str) -> None:
    assert str(parse_ip_address(text)) == address


def request_from(peer: str, forwarded: str = "") -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


def test_a_proxy_that_is_not_trusted_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    warning = UntrustedProxyWarning()
    with caplog.at_level(logging.WARNING):
        warning.check(request_from("203.0.113.5"))
        warning.check(request_from("203.0.113.5", "203.0.113.5, 10.0.0.1"))  # as uvicorn leaves a trusted one's
        assert caplog.messages == []
        for _ in range(3):
            warning.check(request_from("8.8.8.8", "1.1.1.1"))
            warning.check(request_from("::ffff:8.8.8.8", "1.1.1.1"))  # as a socket of both families writes it
            warning.check(request_from("10.1.2.3", "1.1.1.1"))
    first, second = caplog.messages
    assert first.startswith("a request from 8.8.8.0/24 has an X-Forwarded-For that is not believed")
    assert second.startswith("a request from 10.1.2.0/24")
