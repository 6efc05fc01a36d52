"""One conversation or contact message: reading, answering, closing, opening again."""

from abc import ABC, abstractmethod
from typing import ClassVar

import msgspec
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forecourt.console import actions, responses, store
from forecourt.console.context import ConsoleContext
from forecourt.console.model import SAID, WHOLE, Agent, Thread
from forecourt.contact import actions as contact
from forecourt.errors import Closed, Invalid, KeyConflict, NotFound, Refused
from forecourt.identifiers import new_identifier
from forecourt.text_types import Body, ChatBody, Key
from forecourt.web import forms


class ChatAnswer(msgspec.Struct):
    key: Key
    body: ChatBody


class MailAnswer(msgspec.Struct):
    key: Key
    body: Body


class ThreadRoutes(ABC):
    """What both kinds share; each says how it is read and how an answer is sent."""

    base: ClassVar[str]
    form: ClassVar[type[ChatAnswer | MailAnswer]]

    def __init__(self, desk: ConsoleContext):
        self._desk = desk

    def routes(self) -> list[Route]:
        one, desk = self.base + "/{id}", self._desk
        return [
            desk.signed_in("GET", one, self.show),
            desk.signed_in("GET", one + "/thread", self.thread),
            desk.signed_in("POST", one + "/answers", self.answer),
            desk.signed_in("POST", one + "/close", self.close),
            desk.signed_in("POST", one + "/reopen", self.reopen),
        ]

    @abstractmethod
    def read(self, connection: Connection, identity: str, most: int = SAID) -> Thread:
        """Raises `NotFound`."""

    @abstractmethod
    def send(self, connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
        """Raises `NotFound`, `Closed` or `KeyConflict`."""

    async def show(self, request: Request, agent: Agent) -> Response:
        return await self._page(request, agent)

    async def thread(self, request: Request, agent: Agent) -> Response:
        """What was said and how it stands, for a page that stands: the answer being typed is no part of it."""
        return await self._page(request, agent, "thread")

    async def answer(self, request: Request, agent: Agent) -> Response:
        """The same key stores once, however often the button is pressed."""
        fields, identity = await forms.read_form(request), request.path_params["id"]
        try:
            form = forms.decode_form(fields, self.form)
            await self._desk.database.write(lambda c: self.send(c, identity, agent, form.key, form.body))
        except (Invalid, KeyConflict, Closed) as error:
            return await self._refused(request, agent, fields, error)
        return self._done(request)

    async def close(self, request: Request, _: Agent) -> Response:
        identity = request.path_params["id"]
        await self._desk.database.write(lambda c: actions.close(c, self.read(c, identity, 1).item))
        return self._done(request)

    async def reopen(self, request: Request, agent: Agent) -> Response:
        identity = request.path_params["id"]
        newer = await self._desk.database.write(lambda c: actions.reopen(c, self.read(c, identity, 1).item))
        if newer is None:
            return self._done(request)
        said = responses.words(request)("console.newer_is_open")
        if responses.is_fragment(request):
            return responses.page(request, "trouble", agent, 409, said=said, link=f"{self.base}/{newer}")
        return await self._page(request, agent, status=409, said=said, link=f"{self.base}/{newer}")

    async def _page(
        self, request: Request, agent: Agent, template: str = "item", status: int = 200, **more: object
    ) -> Response:
        identity, whole = request.path_params["id"], request.query_params.get("whole") == "1"
        thread, waiting = await self._desk.database.read(
            lambda c: (self.read(c, identity, WHOLE if whole else SAID), store.waiting(c))
        )
        context = {"key": new_identifier(), "typed": "", "said": "", "link": "", "whole": whole, **more}
        return responses.page(
            request, template, agent, status, thread=thread, base=f"{self.base}/{identity}", waiting=waiting, **context
        )

    async def _refused(self, request: Request, agent: Agent, fields: dict[str, str], error: Refused) -> Response:
        """With what was typed kept, and a new key where the old one has stored another text."""
        if not responses.is_fragment(request):
            said, typed = responses.said(request, error), fields.get("body", "")
            return await self._page(request, agent, status=error.status, said=said, typed=typed)
        response = responses.refusal(request, error)
        if isinstance(error, KeyConflict):
            response.headers["hx-trigger"] = _fresh("rekeyed")
        return response

    def _done(self, request: Request) -> Response:
        if responses.is_fragment(request):
            return Response(status_code=204, headers={"hx-trigger": _fresh("stored")})
        return responses.see(f"{self.base}/{request.path_params['id']}")


class ConversationRoutes(ThreadRoutes):
    base = "/console/conversations"
    form = ChatAnswer

    def read(self, connection: Connection, identity: str, most: int = SAID) -> Thread:
        return actions.conversation(connection, identity, most)

    def send(self, connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
        actions.reply(connection, identity, agent, key, body)


class ContactMessageRoutes(ThreadRoutes):
    base = "/console/contact"
    form = MailAnswer

    def read(self, connection: Connection, identity: str, most: int = SAID) -> Thread:
        return actions.letter(connection, identity, most)

    def send(self, connection: Connection, identity: str, agent: Agent, key: str, body: str) -> None:
        desk = self._sender(self.read(connection, identity, 1).item.site)
        actions.answer(connection, identity, agent, key, body, desk)

    def _sender(self, name: str) -> contact.ContactMailRouting:
        """Raises `NotFound` where the settings no longer have the site: nobody could answer the answer."""
        site = self._desk.settings.sites.get(name)
        if site is None:
            raise NotFound(name)
        return contact.desk_of(site, self._desk.settings.mail_from, self._desk.address)


def _fresh(event: str) -> str:
    """An event for the page, with the key of its next answer."""
    return msgspec.json.encode({event: {"key": new_identifier()}}).decode()
