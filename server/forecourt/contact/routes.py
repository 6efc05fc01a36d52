"""Serves the contact form's call."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from forecourt.consent.actions import require
from forecourt.consent.context import ConsentContext
from forecourt.consent.gate import admit_visitor
from forecourt.consent.grant import Contact
from forecourt.contact import actions
from forecourt.contact.model import ContactInput
from forecourt.decoding import Rules
from forecourt.email_address import email_fault, to_mailbox
from forecourt.errors import ConsentRequired, ConsentStale, KeyConflict, OriginRefused, TooMany
from forecourt.files.actions import per_message_rule
from forecourt.text_types import Body, Email, FileIds, Key, Name
from forecourt.web.endpoint import Endpoint
from forecourt.web.request_body import read_json
from forecourt.web.responses import json_response


class ContactBody(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    email: Email
    topic: Key
    message: Body
    locale: Key | None = None
    key: Key | None = None
    files: FileIds = []


class ContactResponse(msgspec.Struct):
    id: str


class ContactRoutes:
    def __init__(self, context: ConsentContext):
        self._context = context

    def endpoints(self) -> list[Endpoint]:
        """Returns the call of the public API."""
        return [
            Endpoint(
                "POST",
                "/v1/sites/{site}/contact",
                self.send_message,
                "Write to the company. The same key stores it once.",
                {201: ContactResponse, 200: ContactResponse},
                ContactBody,
                token=True,
                refusals=(OriginRefused, ConsentRequired, ConsentStale, KeyConflict, TooMany),
            ),
        ]

    async def send_message(self, request: Request) -> Response:
        visitor = await admit_visitor(self._context, request, "contact")
        live_site = self._context.live_site(request)
        topics, files = live_site.settings.topics, live_site.settings.files
        rules: Rules = {"email": email_fault, "topic": lambda topic: None if topic in topics else "choice"}
        rules = {**rules, "files": per_message_rule(files)}
        body = await read_json(request, ContactBody, rules)
        email = to_mailbox(body.email) or body.email
        locale = self._context.language(request, body.locale)
        files_named = tuple(body.files)
        form = ContactInput(body.topic, body.name.strip(), email, body.message, locale, body.key or "", files_named)
        routing = self._context.mail_routing(live_site)
        identifier, is_new = await self._context.database.write(
            lambda c: actions.send_message(c, require(c, visitor, Contact), form, routing)
        )
        return json_response(ContactResponse(identifier), 201 if is_new else 200)
