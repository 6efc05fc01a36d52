"""Shows the demo's outbox: which mails went out, and each as its reader sees it. Changes nothing."""

import base64
import email
import hashlib
import re
from email.message import EmailMessage
from email.policy import default

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.db.database import Database
from forecourt.mail import outbox
from forecourt.mail.outbox import OutboxMail

_LINK = re.compile(r"""(https?://[^\s<>"']*[^\s<>"'.,;:!?)])""")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_CSP_CLOSED = "base-uri 'none'; form-action 'none'"


class OutboxPages:
    """`assets_base`: Forecourt's address, where the style sheets are; the demo has an address of its own."""

    def __init__(self, database: Database, assets_base: str):
        self._database, self._assets_base = database, assets_base
        sources = f"style-src {assets_base}; img-src data:; frame-src 'self'"
        self._csp = f"default-src 'none'; {sources}; {_CSP_CLOSED}; frame-ancestors 'none'"

    def routes(self) -> list[Route]:
        return [
            Route("/mails", self.show_list, methods=["GET"]),
            Route("/mails/{id}", self.show_mail, methods=["GET"]),
            Route("/mails/{id}/html", self.show_html, methods=["GET"]),
        ]

    async def show_list(self, request: Request) -> Response:
        mails = await self._database.read(outbox.find_latest_mails)
        return self._render(request, "outbox_list", mails=mails)

    async def show_mail(self, request: Request) -> Response:
        mail = await self._read_mail(request)
        if mail is None:
            return self._render(request, "outbox_list", 404, mails=[])
        # Every second piece is a link.
        pieces, reply_to = _LINK.split(_part(mail.payload, "plain")), _parse(mail.payload)["Reply-To"]
        return self._render(request, "outbox_mail", mail=mail, text_pieces=pieces, reply_to=reply_to)

    async def show_html(self, request: Request) -> Response:
        """Answers with the mail's own document in a sandbox: no script, no request, no style but its own."""
        mail = await self._read_mail(request)
        if mail is None:
            return Response(status_code=404)
        document = _part(mail.payload, "html")
        headers = {"content-security-policy": _sandbox_csp(document), "x-frame-options": "SAMEORIGIN"}
        return HTMLResponse(document, headers=headers)

    async def _read_mail(self, request: Request) -> OutboxMail | None:
        return await self._database.read(lambda c: outbox.find_mail(c, request.path_params["id"]))

    def _render(self, request: Request, template: str, status: int = 200, **context: object) -> Response:
        response = responses.render_page(request, template, None, status, assets_base=self._assets_base, **context)
        response.headers["content-security-policy"] = self._csp
        return response


def _sandbox_csp(document: str) -> str:
    hashes = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(document))
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes) or "'none'"
    # Links open beside the frame, as in a mail program.
    sandbox = "sandbox allow-popups allow-popups-to-escape-sandbox"
    return f"{sandbox}; default-src 'none'; style-src {styles}; {_CSP_CLOSED}; frame-ancestors 'self'"


def _parse(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, EmailMessage, policy=default)


def _part(raw: bytes, kind: str) -> str:
    """Returns the mail's body of `kind`, plain or html; empty where it has none."""
    part = _parse(raw).get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
