"""Shows the draft as it will be seen: the page, the widget's fragment and the mail, in each language of the site."""

import asyncio
from collections.abc import Callable, Sequence

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt.console.agents import Agent
from forecourt.console.frame_csp import style_hashes
from forecourt.console.policy.draft_review import draft_edition
from forecourt.console.policy.draft_session import DraftSession, DraftState, render_page
from forecourt.errors import NotFound
from forecourt.followers.change_notice import ChangeNoticeWriter, FollowerGroup
from forecourt.policy import comparison
from forecourt.policy.hosted import policy_page
from forecourt.policy.hosted.page_frame import PageFrame
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.templating import render
from forecourt.web.cache_control import NO_STORE
from forecourt.web.middleware.headers import CONTENT_SECURITY_POLICY

WIDTHS, SCHEMES = ("wide", "phone"), ("light", "dark")
_CSP_CLOSED = "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


class PreviewPage:
    def __init__(self, session: DraftSession):
        self._session = session

    def routes(self) -> Sequence[Route]:
        return [
            self._session.route("GET", "preview", self.show),
            self._session.route("GET", "preview/{kind}/{language}", self.show_frame),
        ]

    async def show(self, request: Request, agent: Agent) -> Response:
        """Answers with the page around the preview. What was not chosen, or is not offered, is the first option."""
        state = await self._session.read_state(request)
        options = {"kind": tuple(KINDS), "language": state.site.locales, "width": WIDTHS, "scheme": SCHEMES}
        choices = {name: _choose(request.query_params.get(name), values) for name, values in options.items()}
        response = render_page(request, "preview", agent, state, "preview", options=options, chosen=choices)
        response.headers["content-security-policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
        return response

    async def show_frame(self, request: Request, _: Agent) -> Response:
        """Answers with the preview itself."""
        state, kind = await self._session.read_state(request), request.path_params["kind"]
        language = request.path_params["language"]
        if kind not in KINDS or language not in state.site.locales:
            raise NotFound(kind)
        html = await asyncio.to_thread(KINDS[kind], state, language, self._session.context.address)
        return HTMLResponse(html, headers=_frame_headers(html) | {"content-language": language})


def _frame_headers(html: str) -> dict[str, str]:
    """Returns headers for a frame on our own pages: no script, no form, only our style sheets and a mail's own."""
    # Without the document's own origin, our style sheets would be another origin's.
    csp = f"sandbox allow-same-origin; default-src 'none'; style-src 'self' {style_hashes(html)}; {_CSP_CLOSED}"
    return {"content-security-policy": csp, "x-frame-options": "SAMEORIGIN", "cache-control": NO_STORE}


def _choose(value: str | None, options: tuple[str, ...]) -> str:
    return value if value in options else options[0]


def _render_page(state: DraftState, language: str, address: str) -> str:
    service, offered = state.policy.facts.service_name, state.site.locales
    frame = PageFrame(address, state.name, language, state.site.locale, offered, service)
    return policy_page.render_policy_page(LocalizedEdition(draft_edition(state), language), frame, has_script=False)


def _render_widget(state: DraftState, language: str, address: str) -> str:
    fragment = policy_page.render_fragment(
        LocalizedEdition(draft_edition(state), language), f"{address}/{state.name}/{language}"
    )
    return render("console/policy/preview_widget.html", language, fragment=Markup(fragment))  # noqa: S704 - our template's


def _render_mail(state: DraftState, language: str, address: str) -> str:
    """Renders the notice of changes, as it goes to somebody who follows every region and product."""
    if state.is_first:
        return render("console/policy/preview_no_mail.html", language)
    pages, edition = f"{address}/{state.name}", draft_edition(state)
    changes = comparison.difference(state.release.policy, state.policy, state.edition.day)
    notice = ChangeNoticeWriter(state.edition, edition, changes, pages).notice_for(FollowerGroup(language, None, ()))
    if notice is None:
        return render("console/policy/preview_no_mail.html", language)
    release = edition.release
    return render(
        "mail/change_notice.html",
        language,
        notice=notice,
        release=release.number,
        service=release.policy.facts.service_name,
        controller=state.site.controller,
        emergency="",
        source=state.source,
        objection_url=f"{pages}/{language}/objection?engagement=",
        preferences_url=f"{pages}/{language}/",
        email=state.site.email,
    )


KINDS: dict[str, Callable[[DraftState, str, str], str]] = {
    "page": _render_page,
    "widget": _render_widget,
    "mail": _render_mail,
}
"""Kinds of preview. Each renders a draft in a language; the last parameter is the address of Forecourt."""
