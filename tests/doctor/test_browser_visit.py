"""The doctor opens real pages in a real Chromium, and says of each what is wrong with it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser

from forecourt.doctor.browser_visit import visit_in_browser
from forecourt.doctor.chromium import open_chromium
from forecourt.doctor.examination import Examination, examine
from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import Area, Severity, StorageKind
from forecourt.doctor.recipients import read_published_recipients
from forecourt.doctor.report import render_json, render_text
from tests.deadline import DEADLINE
from tests.doctor.conftest import LIMITS
from tests.doctor.web_site import ENDLESS, FLOOD, ONCE, WebSite

pytestmark = pytest.mark.anyio

PLACES = '<div data-forecourt="contact"></div><div data-forecourt="policy"></div>'
STORES = """
document.cookie = "_ga=1; path=/";
document.cookie = "session=1; path=/";
localStorage.setItem("stats", "1");
sessionStorage.setItem("mine", "1");
indexedDB.open("base");
caches.open("shelf");
"""


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with open_chromium(LIMITS, has_sandbox=False) as browser:
        yield browser


def tag(forecourt: str, site: str = "main") -> str:
    return f'<script async src="{forecourt}/embed.js" data-site="{site}"></script>'


def html(head: str, body: str = PLACES) -> str:
    return f'<!doctype html><html lang="en"><head><title>Shop</title>{head}</head><body>{body}</body></html>'


async def visit(
    browser: Browser, host: WebSite, page: str, limits: VisitLimits = LIMITS, **headers: str
) -> Examination:
    """Shows the page and has it examined, with the policy that its tag's server has published."""
    host.show(page, {name.replace("_", "-"): value for name, value in headers.items()})
    snapshot = await visit_in_browser(browser, f"{host.origin}/", limits)
    markup_tag = snapshot.markup.tag if snapshot.markup else None
    is_known = snapshot.boot is not None and snapshot.boot.status == 200
    recipients = await read_published_recipients(markup_tag, limits) if markup_tag and is_known else None
    return examine(snapshot, recipients)


def problems(examination: Examination) -> set[str]:
    """Returns the rules of its problems. The page's icon makes none."""
    return {diagnosis.rule for diagnosis in examination.diagnoses if diagnosis.severity is Severity.PROBLEM}


def sentences(examination: Examination, area: Area) -> str:
    return "\n".join(diagnosis.sentence for diagnosis in examination.diagnoses if diagnosis.area is area)


async def test_a_page_in_order_has_no_problem(browser: Browser, host: WebSite, forecourt: str) -> None:
    examination = await visit(browser, host, html(tag(forecourt)))
    assert not problems(examination)
    about_tag = sentences(examination, Area.TAG)
    for expected in ("the site main, is in the HTML", "knows the site main", "takes choices", "contact, policy"):
        assert expected in about_tag
    assert sentences(examination, Area.BEFORE) == "Nothing is stored."
    assert "localStorage forecourt:main" in sentences(examination, Area.AFTER)
    assert "The policy names 6 companies, the page contacts no host of others." in render_text(examination)
    assert '"ok": true' in render_json(examination)


async def test_what_is_stored_and_contacted_before_a_choice_is_named(
    browser: Browser, host: WebSite, forecourt: str
) -> None:
    third = f'<img src="{host.third}/pixel.gif" alt="">'
    examination = await visit(browser, host, html(tag(forecourt), f"<script>{STORES}</script>{third}{PLACES}"))
    assert problems(examination) == {"stored", "host-unaccounted"}
    stored_at_once = {
        (StorageKind.COOKIE, "_ga"),
        (StorageKind.COOKIE, "session"),
        (StorageKind.LOCAL, "stats"),
        (StorageKind.SESSION, "mine"),
    }
    assert stored_at_once <= {(item.kind, item.name) for item in examination.snapshot.before.stored}
    before, after = sentences(examination, Area.BEFORE), sentences(examination, Area.AFTER)
    assert "cookie _ga of www.shop.localhost is stored before a choice, and the purpose analytics needs" in before
    assert "cookie session of www.shop.localhost is stored, for a required purpose." in before
    for item in ("sessionStorage mine", "IndexedDB base", "Cache Storage shelf"):
        assert f"{item} of {host.origin} is stored after a refusal, and no purpose names it." in after
    assert "the page contacts 1 host of others; no engagement accounts for 1" in sentences(examination, Area.HOSTS)
    assert "third.localhost (1 request before a choice, 1 request after" in sentences(examination, Area.HOSTS)


async def test_a_policy_that_blocks_the_script_is_named(browser: Browser, host: WebSite, forecourt: str) -> None:
    policy, picture = "script-src 'self'; img-src 'self'", f'<img src="{host.third}/a.gif" alt="">'
    examination = await visit(browser, host, html(tag(forecourt), picture), content_security_policy=policy)
    assert problems(examination) == {"csp", "server-silent"}
    assert f"add {forecourt} to script-src-elem" in sentences(examination, Area.TAG)
    assert not examination.hosts  # a blocked request contacts nobody


async def test_a_policy_that_blocks_the_calls_is_named(browser: Browser, host: WebSite, forecourt: str) -> None:
    policy = f"default-src 'none'; script-src {forecourt}"
    examination = await visit(browser, host, html(tag(forecourt)), content_security_policy=policy)
    assert problems(examination) == {"csp", "server-silent"}
    assert f"add {forecourt} to connect-src" in sentences(examination, Area.TAG)


async def test_a_policy_of_trusted_types_without_forecourt_is_named(
    browser: Browser, host: WebSite, forecourt: str
) -> None:
    policy = "trusted-types own; require-trusted-types-for 'script'"
    script = "<script>try { trustedTypes.createPolicy('mine', {}); } catch {}</script>"
    examination = await visit(browser, host, html(script + tag(forecourt)), content_security_policy=policy)
    assert problems(examination) == {"csp"}
    assert sentences(examination, Area.TAG).count("add forecourt to trusted-types") == 1


async def test_a_strict_policy_that_allows_forecourt_is_in_order(
    browser: Browser, host: WebSite, forecourt: str
) -> None:
    policy = f"default-src 'none'; script-src {forecourt}; connect-src {forecourt}; trusted-types forecourt"
    examination = await visit(
        browser, host, html(tag(forecourt)), content_security_policy=f"{policy}; require-trusted-types-for 'script'"
    )
    assert not problems(examination)


async def test_a_page_without_a_tag_is_read_all_the_same(browser: Browser, host: WebSite) -> None:
    script = "localStorage.setItem('mine', '1'); new WebSocket('ws://socket.localhost:9')"
    host.show(html("", f"<script>{script}</script>"), {})
    snapshot = await visit_in_browser(browser, f"{host.origin}/", LIMITS)
    assert problems(examine(snapshot, None)) == {"tag-missing", "stored"}
    without_tag = examine(snapshot, None, allow_list=["mi*"], expects_tag=False)
    assert not problems(without_tag)
    assert "nothing is said of it" in sentences(without_tag, Area.TAG)
    assert "No policy is known" in sentences(without_tag, Area.HOSTS)
    assert [contacted.host for contacted in without_tag.hosts] == ["socket.localhost"]


async def test_a_late_tag_is_named(browser: Browser, host: WebSite, forecourt: str) -> None:
    script = f"""addEventListener("load", () => document.head.append(Object.assign(document.createElement("script"),
      {{src: "{forecourt}/embed.js?site=main"}})))"""
    examination = await visit(browser, host, html(f"<script>{script}</script>"))
    assert problems(examination) == {"tag-late"}
    assert "A script adds it after the page was parsed" in sentences(examination, Area.TAG)


async def test_a_site_or_origin_that_the_server_does_not_know_is_named(
    browser: Browser, host: WebSite, forecourt: str
) -> None:
    unknown = await visit(browser, host, html(tag(forecourt, "none")))
    assert problems(unknown) == {"site-unknown"}
    refused = await visit(browser, host, html(tag(forecourt, "other")))
    assert problems(refused) == {"origin-refused"}
    assert f"takes no choice from {host.origin}" in sentences(refused, Area.TAG)


async def test_a_site_that_asks_nothing_is_in_order(browser: Browser, host: WebSite, forecourt: str) -> None:
    examination = await visit(browser, host, html(tag(forecourt, "quiet")))
    assert not problems(examination)
    assert "asks for nothing" in sentences(examination, Area.TAG)


async def test_places_and_purposes_that_nobody_knows_are_named(browser: Browser, host: WebSite, forecourt: str) -> None:
    body = """<div data-forecourt="contcat"></div><form data-forecourt="chat"></form>
      <script type="text/plain" data-forecourt-purpose="anlytics"></script>"""
    examination = await visit(browser, host, html(tag(forecourt), body))
    assert problems(examination) == {"place-unknown", "place-is-form", "purpose-unknown"}


async def test_a_page_that_never_ends_loading_is_left(browser: Browser, host: WebSite) -> None:
    page = html("", f'<img src="{ENDLESS}" alt="">')
    examination = await visit(browser, host, page, replace(LIMITS, load_seconds=0.2), set_cookie="early=1")
    assert {"page", "stored"} <= problems(examination)
    assert "had not loaded after 0.2 seconds" in sentences(examination, Area.PAGE)
    assert [item.name for item in examination.snapshot.before.stored] == ["early"]


async def test_a_page_that_computes_for_ever_is_left(browser: Browser, host: WebSite) -> None:
    page, limits = html("", "<script>for (;;);</script>"), replace(LIMITS, load_seconds=0.2, reading_seconds=0.2)
    examination = await visit(browser, host, page, limits, set_cookie="early=1")
    assert "did not answer what it stores" in sentences(examination, Area.PAGE)
    assert sentences(examination, Area.TAG) == "Whether there is a tag could not be read."
    assert "What is stored could not be read, but for cookies." in sentences(examination, Area.BEFORE)
    assert [item.name for item in examination.snapshot.before.stored] == ["early"]


async def test_a_page_that_asks_without_end_is_left(browser: Browser, host: WebSite) -> None:
    script = "for (let n = 0; n < 500; n++) { localStorage.setItem('k' + n, ''); fetch('/f' + n).catch(() => 0); }"
    limits = replace(LIMITS, requests=50, items=60)
    examination = await visit(browser, host, html("", f"<script>{script}</script>"), limits)
    assert "asked for more than a page may" in sentences(examination, Area.PAGE)
    assert len(examination.snapshot.before.stored) == 60
    assert "  … and 10 more; --json has all." in render_text(examination)


async def test_a_page_that_sends_without_end_is_left(browser: Browser, host: WebSite) -> None:
    page = html("", f"<script>fetch('{FLOOD}').then((answer) => answer.text())</script><img src='{ENDLESS}' alt=''>")
    examination = await visit(browser, host, page, replace(LIMITS, bytes=1_000_000))
    assert "asked for more than a page may" in sentences(examination, Area.PAGE)


async def test_a_page_that_asks_before_it_is_left_is_left(browser: Browser, host: WebSite, forecourt: str) -> None:
    script = "<script>addEventListener('beforeunload', (event) => event.preventDefault())</script>"
    examination = await visit(browser, host, html(script + tag(forecourt)))
    assert not problems(examination)
    assert examination.snapshot.after


async def test_a_visit_ends_in_any_case(browser: Browser, host: WebSite) -> None:
    snapshot = await visit_in_browser(browser, f"{host.origin}{ENDLESS}", replace(LIMITS, total_seconds=0.2))
    assert sentences(examine(snapshot, None), Area.PAGE).endswith("it was left after 0.2 seconds.")


async def test_a_page_cannot_write_to_the_terminal_or_hide_what_it_does(browser: Browser, host: WebSite) -> None:
    script = """
      localStorage.setItem("\\x1b[2J\\u202edne\\ud800", "1");
      Object.keys = Array.from = Document.prototype.querySelectorAll = () => [];
      Object.defineProperty(window, "localStorage", {get: () => ({length: 0})});
      alert("stay"); open("about:blank"); onbeforeunload = () => "stay";
    """
    body = f'<form data-forecourt="chat"><input name="getAttribute"></form><script>{script}</script>'
    examination = await visit(browser, host, html("<img name=querySelectorAll>", body))
    assert [item.name for item in examination.snapshot.before.stored] == ["\\x1b[2J\\u202edne\\ud800"]
    assert examination.snapshot.markup
    assert [place.is_form for place in examination.snapshot.markup.places] == [True]
    for report in (render_text(examination), render_json(examination)):
        assert all(mark.isprintable() or mark == "\n" for mark in report)


async def test_a_page_that_cannot_be_opened_is_a_problem(browser: Browser, forecourt: str) -> None:
    for url in ("http://127.0.0.1:9/", f"{forecourt}/none"):
        examination = examine(await visit_in_browser(browser, url, LIMITS), None)
        assert problems(examination) == {"page"}
        assert not sentences(examination, Area.TAG)


async def test_a_tag_that_is_no_script_is_never_asked_for(browser: Browser, host: WebSite, forecourt: str) -> None:
    examination = await visit(browser, host, html(tag(forecourt).replace("async", 'type="text/plain"')))
    assert "tag-unused" in problems(examination)
    assert examination.snapshot.boot is None


async def test_a_question_that_a_page_hides_is_missed(browser: Browser, host: WebSite, forecourt: str) -> None:
    style = "<style>* { display: none !important }</style>"
    examination = await visit(browser, host, html(tag(forecourt) + style), replace(LIMITS, question_seconds=0.5))
    assert "no-question" in problems(examination)
    assert examination.snapshot.after is None


async def test_a_page_whose_button_pretends_to_be_that_of_the_question_is_named(
    browser: Browser, host: WebSite, forecourt: str
) -> None:
    examination = await visit(browser, host, html(tag(forecourt), '<button id="forecourt-reject">No</button>'))
    assert "refusal-failed" in problems(examination)
    assert "the question could not be refused: " in sentences(examination, Area.PAGE)


async def test_a_page_that_does_not_open_again_is_named(browser: Browser, host: WebSite, forecourt: str) -> None:
    host.serve(ONCE, html(tag(forecourt)))
    snapshot = await visit_in_browser(browser, f"{host.origin}{ONCE}", LIMITS)
    assert snapshot.refusal_status == 201
    assert snapshot.after is None
    assert "it did not open again after the refusal: " in sentences(examine(snapshot, None), Area.PAGE)


async def test_a_browser_that_goes_away_ends_the_visit(host: WebSite) -> None:
    host.show(html("", f"<img src='{ENDLESS}' alt=''>"), {})
    host.is_asked_for_endless.clear()
    async with open_chromium(LIMITS, has_sandbox=False) as browser, asyncio.TaskGroup() as group:
        visiting = group.create_task(visit_in_browser(browser, f"{host.origin}/", LIMITS))
        assert await asyncio.to_thread(host.is_asked_for_endless.wait, DEADLINE)
        await browser.close()
    assert "the browser gave up: " in sentences(examine(visiting.result(), None), Area.PAGE)
