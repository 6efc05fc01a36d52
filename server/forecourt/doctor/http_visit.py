"""Reads a page by HTTP alone: what its HTML and headers say. No script runs, so nobody is asked and nothing refused."""

from urllib.parse import quote, urlencode

from forecourt.doctor.content_security_policy import find_blocks
from forecourt.doctor.html_reader import read_html
from forecourt.doctor.http_answer import HttpAnswer, NoAnswer, ask
from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import (
    BootAnswer,
    CspBlock,
    Markup,
    OpenedWith,
    PageSnapshot,
    PageState,
    StorageKind,
    StoredItem,
    TagMarkup,
)
from forecourt.doctor.printable import origin_of, printable
from forecourt.doctor.tag_address import server_address

_CSP = "content-security-policy"


async def visit_by_http(url: str, limits: VisitLimits) -> PageSnapshot:
    """Returns what can be read of the page without a browser."""
    try:
        answer = await ask(url, seconds=limits.answer_seconds, max_bytes=limits.html_bytes, follow=True)
    except NoAnswer as error:
        return PageSnapshot(url, OpenedWith.HTTP, is_open=False, faults=(printable(str(error)),))
    html = read_html(answer.text, answer.url)
    tag = html.markup.tag
    policies = [*answer.headers.get_list(_CSP), *html.csp]
    return PageSnapshot(
        url,
        OpenedWith.HTTP,
        is_open=answer.status < 400,
        final_url=printable(answer.url),
        markup=html.markup,
        csp_blocks=_printable_blocks(find_blocks(policies, answer.url, tag)) if tag else (),
        boot=await _ask_for_boot(tag, html.markup, answer.url, limits) if tag and tag.site else None,
        before=PageState(_cookies(answer, limits), html.hosts),
        faults=(f"it answers {answer.status}",) if answer.status >= 400 else (),
    )


def _cookies(answer: HttpAnswer, limits: VisitLimits) -> tuple[StoredItem, ...]:
    cookies = [StoredItem(StorageKind.COOKIE, printable(name), printable(domain)) for name, domain in answer.cookies]
    return tuple(sorted(cookies)[: limits.items])


def _printable_blocks(blocks: list[CspBlock]) -> tuple[CspBlock, ...]:
    return tuple(CspBlock(block.directive, printable(block.blocked)) for block in blocks)


async def _ask_for_boot(tag: TagMarkup, markup: Markup, page_url: str, limits: VisitLimits) -> BootAnswer:
    """Asks the tag's server for what the widget asks for, as a browser would from this page."""
    shows_policy = "1" if any(place.name == "policy" for place in markup.places) else ""
    url = f"{server_address(tag.src)}v1/sites/{quote(tag.site, safe='')}/boot?{urlencode({'policy': shows_policy})}"
    headers = {"origin": origin_of(page_url)}
    try:
        answer = await ask(url, seconds=limits.answer_seconds, max_bytes=limits.answer_bytes, headers=headers)
    except NoAnswer:
        return BootAnswer(0)
    return BootAnswer(answer.status, answer.body)
