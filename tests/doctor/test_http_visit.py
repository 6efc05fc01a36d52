"""Without a browser the doctor reads the HTML and its headers, and says what it cannot see."""

import gzip
from urllib.parse import urlsplit

import pytest

from forecourt.doctor.examination import Examination, examine
from forecourt.doctor.http_answer import NoAnswer, ask
from forecourt.doctor.http_visit import visit_by_http
from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import Area, Severity
from tests.deadline import DEADLINE
from tests.doctor.conftest import LIMITS
from tests.doctor.web_site import ENDLESS, WebSite

pytestmark = pytest.mark.anyio


def address_of(host: WebSite) -> str:
    """Returns an address that needs no browser to be resolved."""
    return f"http://localhost:{urlsplit(host.origin).port}"


async def read(host: WebSite, html: str, **headers: str) -> Examination:
    host.show(html, {name.replace("_", "-"): value for name, value in headers.items()})
    return examine(await visit_by_http(f"{address_of(host)}/", LIMITS), None)


def sentences(examination: Examination, area: Area) -> str:
    return "\n".join(diagnosis.sentence for diagnosis in examination.diagnoses if diagnosis.area is area)


def problems(examination: Examination) -> set[str]:
    return {diagnosis.rule for diagnosis in examination.diagnoses if diagnosis.severity is Severity.PROBLEM}


async def test_a_page_in_order_says_what_is_not_seen(host: WebSite, forecourt: str) -> None:
    tag = f'<script async src="{forecourt}/embed.js" data-site="main"></script>'
    examination = await read(host, f'<head>{tag}</head><body><div data-forecourt="chat"></div>')
    assert not problems(examination)
    for expected in ("is in the head", "knows the site main", "Only a browser can try", "Places: chat"):
        assert expected in sentences(examination, Area.TAG)
    assert "Read by HTTP alone" in sentences(examination, Area.BEFORE)
    assert not sentences(examination, Area.AFTER)


async def test_cookies_hosts_and_a_policy_in_the_way_are_named(host: WebSite, forecourt: str) -> None:
    html = f"""<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">
      <link rel=stylesheet href="{host.third}/a.css"><img src="{host.third}/b.gif"><a href="http://link.example/">Far</a>
      <script type="text/plain" src="http://waits.example/"></script><body>
      <script src="{forecourt}/embed.js?site=none"></script>"""
    examination = await read(host, html, set_cookie="_ga=1", content_security_policy="script-src 'none'")
    assert problems(examination) == {"csp", "site-unknown", "stored"}
    about_tag = sentences(examination, Area.TAG)
    assert "is in the body" in about_tag
    assert f"add {forecourt} to connect-src" in about_tag
    assert f"add {forecourt} to script-src" in about_tag
    assert [(host_of_others.host, host_of_others.before) for host_of_others in examination.hosts] == [
        ("third.localhost", 2)
    ]


async def test_a_page_without_a_tag_says_that_a_script_may_add_one(host: WebSite) -> None:
    examination = await read(host, "<p>Hello")
    assert problems(examination) == {"tag-missing"}
    assert "A script may add one" in sentences(examination, Area.TAG)


@pytest.mark.parametrize(
    ("tag", "rule"),
    [
        ('<script src="/embed.js"></script>', "tag-without-site"),
        ('<script src="http://127.0.0.1:9/embed.js?site=main"></script>', "server-silent"),
        ('<script src="/embed.js" data-site="main"></script>', "server-unreadable"),
    ],
)
async def test_a_tag_of_something_else_is_named(host: WebSite, tag: str, rule: str) -> None:
    assert problems(await read(host, tag)) == {rule}


async def test_a_page_that_does_not_answer_is_left(host: WebSite) -> None:
    snapshot = await visit_by_http(f"{address_of(host)}{ENDLESS}", VisitLimits(answer_seconds=0.2))
    assert sentences(examine(snapshot, None), Area.PAGE).endswith("it did not answer within 0.2 seconds.")


async def test_an_answer_is_cut_before_and_after_it_is_unpacked(host: WebSite) -> None:
    host.serve("/big", "x" * 5000)
    host.serve_bytes("/packed", gzip.compress(b"y" * 1_000_000), "gzip")
    for path in ("/big", "/packed"):
        answer = await ask(f"{address_of(host)}{path}", seconds=DEADLINE, max_bytes=2000)
        assert len(answer.body) == 2000
    host.serve_bytes("/other", b"z", "br")
    with pytest.raises(NoAnswer, match="encoded as br"):
        await ask(f"{address_of(host)}/other", seconds=DEADLINE, max_bytes=2000)
