"""The draft as it will be seen: the page, the widget's fragment and the mail, in each language of the site."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from forecourt.console.agents import Agent
from forecourt.console.policy.draft_review import drafted
from forecourt.console.policy.draft_session import DraftSession, DraftState, page
from forecourt.errors import NotFound
from forecourt.followers.change_notice import ChangeNoticeWriter, FollowerGroup
from forecourt.policy import difference
from forecourt.policy.hosted import policy_page
from forecourt.policy.hosted.page_frame import PageFrame
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.templating import render
from forecourt.web.caching import NO_STORE
from forecourt.web.middleware.headers import CONTENT_SECURITY_POLICY

WIDTHS, SCHEMES = ("wide", "phone"), ("light", "dark")
_CLOSED = "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


class PreviewPage:
    def __init__(self, bench: DraftSession):
        self._bench = bench

    async def show(self, request: Request, agent: Agent) -> Response:
        """The page around the preview."""
        work = await self._bench.work(request)
        asked = request.query_params
        offered = {"kind": tuple(KINDS), "language": _spoken(work), "width": WIDTHS, "scheme": SCHEMES}
        chosen: dict[str, Any] = {name: _among(asked.get(name), each) for name, each in offered.items()}
        response = page(
            request, "preview", agent, work, "preview", kinds=tuple(KINDS), languages=_spoken(work), **chosen
        )
        response.headers["content-security-policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
        return response

    async def framed(self, request: Request, _: Agent) -> Response:
        """The preview itself."""
        work, kind = await self._bench.work(request), request.path_params["kind"]
        language = request.path_params["language"]
        if kind not in KINDS or language not in _spoken(work):
            raise NotFound(kind)
        html = await asyncio.to_thread(KINDS[kind], work, language, self._bench.desk.address)
        return HTMLResponse(html, headers=_headers(html) | {"content-language": language})


def _headers(html: str) -> dict[str, str]:
    """For a frame of ours: no script, no form, no style but our sheets and, in a mail, its own."""
    own = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in _styles(html))
    # With a sandboxed document's own origin kept, or its style sheets were another's.
    csp = f"sandbox allow-same-origin; default-src 'none'; style-src 'self' {own}; {_CLOSED}"
    return {"content-security-policy": csp, "x-frame-options": "SAMEORIGIN", "cache-control": NO_STORE}


def _styles(html: str) -> Iterator[bytes]:
    for style in re.findall(r"<style>(.*?)</style>", html, re.DOTALL):
        yield hashlib.sha256(style.encode()).digest()


def _spoken(work: DraftState) -> tuple[str, ...]:
    return work.site.locales


def _among(asked: str | None, offered: tuple[str, ...]) -> str:
    return asked if asked in offered else offered[0]


def _page(work: DraftState, language: str, address: str) -> str:
    service, offered = work.policy.facts.processor.service, _spoken(work)
    frame = PageFrame(address, work.name, language, work.site.locale, offered, service)
    return policy_page.render_policy_page(LocalizedEdition(drafted(work), language), frame)


def _widget(work: DraftState, language: str, address: str) -> str:
    fragment = policy_page.render_fragment(
        LocalizedEdition(drafted(work), language), f"{address}/{work.name}/{language}"
    )
    return render("console/policy/framed_widget.html", language, fragment=Markup(fragment))  # noqa: S704 - our template's


def _mail(work: DraftState, language: str, address: str) -> str:
    """As it goes to somebody who follows every region and product."""
    pages, after = f"{address}/{work.name}", drafted(work)
    found = difference.difference(work.standing.policy, work.policy, work.before.day)
    notice = ChangeNoticeWriter(work.before, after, found, pages).notice_for(FollowerGroup(language, None, ()))
    if notice is None:
        return render("console/policy/framed_nothing.html", language)
    release = after.release
    return render(
        "mail/change_notice.html",
        language,
        notice=notice,
        release=release.number,
        service=release.policy.facts.processor.service,
        controller=work.site.controller,
        emergency="",
        source=work.source,
        objection_url=f"{pages}/{language}/objection?engagement=",
        preferences_url=f"{pages}/{language}/",
        email=work.site.email,
    )


KINDS: dict[str, Callable[[DraftState, str, str], str]] = {"page": _page, "widget": _widget, "mail": _mail}
