"""The contact form over HTTP."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from forecourt.consent.actions import require
from forecourt.consent.context import ConsentContext
from forecourt.consent.grant import Contact
from forecourt.contact import actions
from forecourt.contact.model import ContactMessage
from forecourt.decoding import Rules
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import ConsentRequired, ConsentStale, OriginRefused, TooMany
from forecourt.text_types import Body, Email, Key, Name
from forecourt.web.endpoint import Endpoint
from forecourt.web.origins import require_origin
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response


class ContactBody(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    email: Email
    topic: Key
    message: Body
    locale: Key | None = None


class ContactResponse(msgspec.Struct):
    id: str


class ContactRoutes:
    def __init__(self, desk: ConsentContext):
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/contact",
                self.send,
                "Write to the company.",
                {201: ContactResponse},
                ContactBody,
                token=True,
                refusals=(OriginRefused, ConsentRequired, ConsentStale, TooMany),
            ),
        ]

    async def send(self, request: Request) -> Response:
        visitor = self._desk.visitor(request)
        require_origin(request, visitor.offer.origins)
        self._desk.rate_limiter.hit("contact", request, visitor=visitor.id)
        site = self._desk.live_site(request).settings
        rules: Rules = {"email": email_fault, "topic": lambda topic: None if topic in site.topics else "choice"}
        body = await read_json(request, ContactBody, rules)
        email = to_mailbox(body.email) or body.email
        written = ContactMessage(
            body.topic, body.name.strip(), email, body.message, self._desk.language(request, body.locale)
        )
        desk = actions.desk_of(site, self._desk.mail_from, self._desk.address)
        identity = await self._desk.database.write(
            lambda c: actions.send(c, require(c, visitor, Contact), written, desk)
        )
        return json_response(ContactResponse(identity), 201)
