"""The demo's window on the outbox: which mails went out, and each as its reader sees it. Only reads."""

import base64
import email
import hashlib
import re
from email.message import EmailMessage
from email.policy import default
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from forecourt.console import responses
from forecourt.db.database import Database
from forecourt.mail import outbox

_LINK = re.compile(r"""(https?://[^\s<>"']*[^\s<>"'.,;:!?)])""")
_CLOSED = "base-uri 'none'; form-action 'none'"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class MailPages:
    """`assets_base`: Forecourt's address, where the style sheets are."""

    def __init__(self, database: Database, assets_base: str):
        self._database, self._assets = database, assets_base
        loads = f"style-src {assets_base}; img-src data:; frame-src 'self'"
        self._csp = f"default-src 'none'; {loads}; {_CLOSED}; frame-ancestors 'none'"

    def routes(self) -> list[Route]:
        return [
            Route("/mails", self.listed, methods=["GET"]),
            Route("/mails/{id}", self.one, methods=["GET"]),
            Route("/mails/{id}/html", self.html, methods=["GET"]),
        ]

    async def listed(self, request: Request) -> Response:
        rows = await self._database.read(outbox.latest)
        return self._page(request, "mails", rows=rows)

    async def one(self, request: Request) -> Response:
        row = await self._row(request)
        if row is None:
            return self._page(request, "mails", 404, rows=[])
        text = _part(row.raw, "plain")
        return self._page(request, "mail", row=row, text=_LINK.split(text), reply_to=_parsed(row.raw)["Reply-To"])

    async def html(self, request: Request) -> Response:
        """The mail's own document, in a box: no script, no request, no style but its own."""
        row = await self._row(request)
        if row is None:
            return Response(status_code=404)
        document = _part(row.raw, "html")
        headers = {"content-security-policy": _boxed(document), "x-frame-options": "SAMEORIGIN"}
        return HTMLResponse(document, headers=headers)

    async def _row(self, request: Request) -> Any | None:
        return await self._database.read(lambda c: outbox.one(c, request.path_params["id"]))

    def _page(self, request: Request, template: str, status: int = 200, **context: object) -> Response:
        response = responses.page(request, template, None, status, assets=self._assets, **context)
        response.headers["content-security-policy"] = self._csp
        return response


def _boxed(document: str) -> str:
    hashes = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(document))
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes) or "'none'"
    # Links open beside the box, as in a mail program.
    box = "sandbox allow-popups allow-popups-to-escape-sandbox"
    return f"{box}; default-src 'none'; style-src {styles}; {_CLOSED}; frame-ancestors 'self'"


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, EmailMessage, policy=default)


def _part(raw: bytes, kind: str) -> str:
    part = _parsed(raw).get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
