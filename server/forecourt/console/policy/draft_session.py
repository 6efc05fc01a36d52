"""Gives every page of the policy editor a site's policy, as published and as drafted, and saves parts of the draft."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.context import AgentHandler, ConsoleContext
from forecourt.console.policy.first_release import empty_edition
from forecourt.console.policy.forms.lenses import Lens
from forecourt.console.roles import Permission
from forecourt.console.waiting_counts import WaitingCounts, count_waiting
from forecourt.db.database import Database
from forecourt.errors import NotFound, PolicyMoved, Unavailable
from forecourt.policy import actions, drafts, notice_period
from forecourt.policy.drafts import ImportNote, PolicyDraft
from forecourt.policy.edition import Edition
from forecourt.policy.model import Policy, Release
from forecourt.settings.site import SiteSettings

T = TypeVar("T")
HOME = "/console/policy/"
SAVE_ATTEMPTS = 5  # before a save gives up because other parts were saved between
CONFIRMATIONS = (
    "saved",
    "removed",
    "added",
    "discarded",
    "published",
    "updated",
    "imported",
    "published_first",
    "nothing_new",
)
"""What a page may confirm that was done just before, as `?done=` names it."""


@dataclass(frozen=True)
class DraftState:
    """Holds one site's policy for an editor: the newest edition, and the draft where there is one.

    Where nothing is published yet, the edition is of release 0, which has no engagement. `waiting`: for the links above
    the page.
    """

    name: str
    site: SiteSettings
    edition: Edition
    draft: PolicyDraft | None
    waiting: WaitingCounts

    @property
    def release(self) -> Release:
        return self.edition.release

    @property
    def is_first(self) -> bool:
        """Checks whether nothing is published yet, so that the draft becomes the first release."""
        return self.release.number == 0

    @property
    def published_edition(self) -> Edition | None:
        return None if self.is_first else self.edition

    @property
    def first_day(self) -> date:
        """Returns the first day on which a change may take effect: today in a first release, which changes nothing."""
        day = self.edition.day
        return day if self.is_first else notice_period.earliest_effective_day(self.edition, self.policy)

    @property
    def policy(self) -> Policy:
        """Returns the drafted policy, or the published one where nothing is drafted."""
        return self.draft.policy if self.draft else self.release.policy

    @property
    def is_behind(self) -> bool:
        """Checks whether a newer release was published than the one that the draft was made from."""
        return self.draft is not None and self.draft.base_release != self.release.number

    @property
    def base(self) -> str:
        """Returns the path of the site's pages in the editor, with a slash at the end."""
        return f"{HOME}{self.name}/"

    @cached_property
    def source(self) -> str:
        return self.policy.facts.source_language

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Returns the source language first, then those that the site offers and those that the policy has."""
        return (self.source, *sorted({*self.site.locales, *self.policy.words} - {self.source}))

    def label(self, key: str, locale: str) -> str:
        """Returns a text of the policy in the agent's language, else the source's, else the key's last part."""
        words = self.policy.words
        return words.get(locale, {}).get(key) or words.get(self.source, {}).get(key) or key.partition(".")[2]


class DraftOvertaken(Exception):
    """Says that somebody else saved the same part first. `state` has what they saved, and `part` is it."""

    def __init__(self, state: DraftState, part: object = None):
        super().__init__(state.name)
        self.state = state
        self.part = part


class DraftSession:
    """Makes the editor's routes, reads drafts and saves them."""

    def __init__(self, context: ConsoleContext):
        self.context = context

    @property
    def database(self) -> Database:
        return self.context.database

    def route(self, method: str, path: str, handler: AgentHandler) -> Route:
        """Returns a route for agents below `/console/policy/SITE/`."""
        return self.context.agent_route(method, f"{HOME}{{site}}/{path}", handler, Permission.POLICY)

    def form_routes(self, path: str, show: AgentHandler, submit: AgentHandler) -> Sequence[Route]:
        """Returns the routes of a page with a form that it sends to its own address."""
        return self.route("GET", path, show), self.route("POST", path, submit)

    async def read_state(self, request: Request) -> DraftState:
        """Reads the policy of the site that the path names. Raises `NotFound`."""
        return await self._read_state(request.path_params["site"])

    async def save_part(self, name: str, agent: Agent, lens: Lens[T], version: str, value: T | None) -> None:
        """Saves one part of the policy into the draft of the site `name`. The first save begins the draft.

        `version` is the `drafts.fingerprint` of the part as the agent found it. Raises `DraftOvertaken` where the part
        has become another since, and `Unavailable` where other parts are saved all the time.
        """
        await self.save_entry(name, agent, version, lambda _: (lens, value))

    async def save_entry(
        self, name: str, agent: Agent, version: str, read_entry: Callable[[DraftState], tuple[Lens[T], T | None]]
    ) -> None:
        """Does what `save_part` does with a part that depends on the rest of the policy.

        `read_entry` is called again where another part was saved meanwhile, so a key that it makes is always free.
        """
        for _ in range(SAVE_ATTEMPTS):
            state = await self._read_state(name)
            lens, value = read_entry(state)
            current = lens.get(state.policy)
            if current == value:
                return
            if drafts.fingerprint(current) != version:
                raise DraftOvertaken(state, current)
            with contextlib.suppress(PolicyMoved):  # another part was saved meanwhile
                await self.save_draft(state, agent, lens.put(state.policy, value))
                return
        raise Unavailable("too many save at once")

    async def save_draft(
        self,
        state: DraftState,
        agent: Agent,
        policy: Policy,
        base: int | None = None,
        notes: Sequence[ImportNote] | None = None,
    ) -> None:
        """Saves the whole policy as the draft's next version. `base`: the release it is made from by now.

        `notes` take the place of those that the draft has. Raises `PolicyMoved` where somebody else saved first, and
        `TooLarge`.
        """
        old, now = state.draft, clock.now()
        new = (old or drafts.PolicyDraft.from_release(state.release, agent.id, now)).with_policy(
            policy, agent.id, now, base
        )
        new = new if notes is None else replace(new, notes=tuple(notes))

        def save(connection: Connection) -> None:
            if old is None:
                drafts.start_draft(connection, new)
            else:
                drafts.save_draft(connection, new, old.edited_at)

        await self.database.write(save)

    async def _read_state(self, name: str) -> DraftState:
        site = self.context.settings.sites.get(name)
        if site is None:
            raise NotFound(name)
        today = clock.now().date()
        return await self.database.read(lambda c: _read_state(c, name, site, today))


def render_page(
    request: Request, template: str, agent: Agent, state: DraftState, tab: str, status: int = 200, **context: object
) -> HTMLResponse:
    """Renders `templates/console/policy/TEMPLATE.html`. `tab`: the path of the tab that the page belongs to."""
    done = request.query_params.get("done", "")
    confirmation = done if done in CONFIRMATIONS else ""
    layout = {"state": state, "tab": tab, "waiting": state.waiting, "confirmation": confirmation}
    return responses.render_page(request, f"policy/{template}", agent, status, **layout, **context)


def _read_state(connection: Connection, name: str, site: SiteSettings, today: date) -> DraftState:
    edition = actions.find_latest_edition(connection, name, today) or empty_edition(name, site, today)
    return DraftState(name, site, edition, drafts.find_draft(connection, name), count_waiting(connection))
