"""Checks the rules that need no page: which policy allows what, which hosts belong together, who accounts for one."""

from dataclasses import replace
from typing import Any

import pytest

from forecourt.doctor.boot_answer import SiteBoot, SiteConsent, SitePurpose
from forecourt.doctor.content_security_policy import find_blocks
from forecourt.doctor.html_reader import read_html
from forecourt.doctor.model import BootAnswer, Markup, OpenedWith, PageSnapshot, TagMarkup, TagRequest
from forecourt.doctor.printable import host_of
from forecourt.doctor.recipients import (
    HostRecipients,
    PublishedEngagement,
    PublishedEntity,
    read_folder_recipients,
    to_recipients,
)
from forecourt.doctor.registrable_domain import registrable_domain
from forecourt.doctor.tag_diagnosis import diagnose_tag
from tests.policy.sample import FOLDER

PAGE = "https://www.example.com/"
TAG = TagMarkup("https://support.example.com/embed.js", "main", nonce="abc")


@pytest.mark.parametrize(
    ("policy", "directives"),
    [
        ("img-src 'none'", []),
        ("default-src https:", []),
        ("default-src *", []),
        ("default-src 'none'", ["default-src", "default-src"]),
        ("script-src https://*.example.com", []),
        ("script-src support.example.com:443/embed.js", []),
        ("script-src support.example.com:*", []),
        ("script-src http://support.example.com", []),
        ("script-src https://support.example.com:8443", ["script-src"]),
        ("script-src https://support.example.com/other/", ["script-src"]),
        ("script-src https://example.com", ["script-src"]),
        ("script-src 'self' 'unsafe-inline'", ["script-src"]),
        ("script-src 'nonce-abc' 'strict-dynamic'", []),
        ("script-src 'nonce-other' 'strict-dynamic' https:", ["script-src"]),
        ("script-src https:; script-src-elem 'self'", ["script-src-elem"]),
        ("script-src https:, connect-src 'self'", ["connect-src"]),
        ("script-src https://[", ["script-src"]),
    ],
)
def test_a_policy_blocks_what_a_browser_blocks(policy: str, directives: list[str]) -> None:
    blocks = find_blocks([policy], PAGE, TAG)
    assert [block.directive for block in blocks] == sorted(set(directives))


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("me.github.io", "me.github.io"),
        ("example.com", "example.com"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_hosts_of_one_owner_have_one_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.fixture
def recipients() -> HostRecipients:
    entity = PublishedEntity("Alphabet Ireland Limited", "privacy@google.com")
    engagements = [
        PublishedEngagement("ads", entity, service="Google Analytics"),
        PublishedEngagement("mail", PublishedEntity("Post, Inc."), chain_link="https://trust.letters.example/list"),
        PublishedEngagement("past", PublishedEntity("Gone, Inc.", "x@gone.example"), status="removed"),
    ]
    return to_recipients(engagements)


@pytest.mark.parametrize(
    ("host", "engagement"),
    [
        ("fonts.google.com", "ads"),
        ("region1.google-analytics.com", "ads"),
        ("alphabet.example", "ads"),
        ("api.letters.example", "mail"),
        ("www.post.example", "mail"),
        ("ireland.example", None),
        ("www.gone.example", None),
        ("google.evil.example", None),
    ],
)
def test_a_host_is_accounted_for_by_domain_or_name(
    recipients: HostRecipients, host: str, engagement: str | None
) -> None:
    recipient = recipients.find(host)
    assert (recipient.engagement if recipient else None) == engagement


def test_a_policy_folder_names_its_companies() -> None:
    recipients = read_folder_recipients(FOLDER)
    assert recipients.companies == 6
    recipient = recipients.find("api.twilio.com")
    assert recipient
    assert recipient.company == "Twilio, Inc."


def test_html_is_read_as_browsers_read_it() -> None:
    snapshot = read_html(
        """<![x<base href="/none/"><!--<base href="/none/">--><base href="/sub/">
        <script src="embed.js" data-site="a" DATA-SITE="b"></script><img src="http://[">
        <form data-forecourt="chat\x1b">""",
        PAGE,
    )
    assert snapshot.markup.tag == TagMarkup("https://www.example.com/sub/embed.js", "a", in_head=True)
    assert [(place.name, place.is_form) for place in snapshot.markup.places] == [("chat\\x1b", True)]
    assert snapshot.hosts == {"www.example.com": 1}


def diagnose(**values: Any) -> dict[str, str]:
    """Returns what is said of the tag of a page in order, but for `values`: a sentence for each rule."""
    in_order = PageSnapshot(PAGE, OpenedWith.CHROMIUM, final_url=PAGE, tag_request=TagRequest(1, True, False))
    usual_values: dict[str, Any] = {"boot": BootAnswer(200), "has_question": True, "refusal_status": 201}
    snapshot = replace(in_order, **(usual_values | values))
    boot = SiteBoot(SiteConsent([SitePurpose("support")]))
    return {each.rule: each.sentence for each in diagnose_tag(snapshot, Markup((TAG,)), boot)}


def test_a_tag_in_order_has_no_problem() -> None:
    assert diagnose().keys() == {"tag", "site", "origin", "csp", "no-places"}


@pytest.mark.parametrize(
    ("values", "rule", "words"),
    [
        ({"tag_request": None}, "tag-unused", "the browser never asked for it"),
        ({"boot": BootAnswer(503)}, "server-refuses", "answers 503 for the site main"),
        ({"has_question": False, "refusal_status": None}, "no-question", "did not ask for consent"),
        ({"refusal_status": 403}, "origin-refused", "takes no choice from https://www.example.com"),
        ({"refusal_status": 500}, "refusal-failed", "did not work: the server answered 500."),
        ({"refusal_status": None}, "refusal-failed", "did not work: no answer came."),
    ],
)
def test_what_is_wrong_with_a_tag_is_named(values: dict[str, Any], rule: str, words: str) -> None:
    assert words in diagnose(**values)[rule]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.com.:8443/a", "www.example.com"),
        ("wss://example.com", "example.com"),
        ("data:text/plain,x", ""),
        ("blob:https://example.com/1", ""),
        ("https://[", ""),
    ],
)
def test_only_an_address_of_the_web_has_a_host(url: str, host: str) -> None:
    assert host_of(url) == host
