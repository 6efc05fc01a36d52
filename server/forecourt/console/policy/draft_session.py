"""What every page of the editor leans on: a site's policy as it stands and as it is drafted, and saving a part."""

import contextlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse

from forecourt import clock
from forecourt.console import responses
from forecourt.console.agents import Agent
from forecourt.console.context import ConsoleContext
from forecourt.console.inbox_items import count_waiting
from forecourt.console.policy.lenses import Lens
from forecourt.db.database import Database
from forecourt.errors import NotFound, PolicyMoved, Unavailable
from forecourt.policy import actions, drafts
from forecourt.policy.drafts import PolicyDraft
from forecourt.policy.edition import Edition
from forecourt.policy.model import Policy, Release
from forecourt.settings.site import SiteSettings

T = TypeVar("T")
HOME = "/console/policy/"
TRIES = 5  # saves of other parts that may come between before one gives up


@dataclass(frozen=True)
class DraftState:
    """A site's policy as an editor finds it. `waiting`: in the inbox, for the link to it."""

    name: str
    site: SiteSettings
    before: Edition
    draft: PolicyDraft | None
    waiting: int

    @property
    def standing(self) -> Release:
        return self.before.release

    @property
    def policy(self) -> Policy:
        """As drafted; as it stands where nothing is drafted."""
        return self.draft.policy if self.draft else self.standing.policy

    @property
    def is_behind(self) -> bool:
        """Whether a newer release was published than the draft was made from."""
        return self.draft is not None and self.draft.base != self.standing.number

    @property
    def base(self) -> str:
        """Where its pages are, with a slash at the end."""
        return f"{HOME}{self.name}/"

    @cached_property
    def source(self) -> str:
        return self.policy.facts.source_language

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The source language first, then those the site offers and those the policy has."""
        return (self.source, *sorted({*self.site.locales, *self.policy.words} - {self.source}))

    def word(self, key: str, locale: str) -> str:
        """For labels: in the agent's language, or the source's; the key itself while nobody has written it."""
        words = self.policy.words
        return words.get(locale, {}).get(key) or words.get(self.source, {}).get(key) or key.partition(".")[2]


class DraftOvertaken(Exception):
    """Another save of the same part came first. `work`: with theirs."""

    def __init__(self, work: DraftState):
        super().__init__(work.name)
        self.work = work


class DraftSession:
    def __init__(self, desk: ConsoleContext):
        self.desk = desk

    @property
    def database(self) -> Database:
        return self.desk.database

    async def work(self, request: Request) -> DraftState:
        """Of the site that the path names. Raises `NotFound`."""
        return await self._work(request.path_params["site"])

    async def put(self, name: str, agent: Agent, part: Lens[T], seen: str, value: T | None) -> None:
        """Saves one part into the draft, which begins with the first save.

        `seen`: the `drafts.fingerprint` of the part as the agent found it.
        Raises `DraftOvertaken` where it is another by now.
        """
        for _ in range(TRIES):
            work = await self._work(name)
            found = part.of(work.policy)
            if found == value:
                return
            if drafts.fingerprint(found) != seen:
                raise DraftOvertaken(work)
            with contextlib.suppress(PolicyMoved):  # another part was saved meanwhile
                await self.keep(work, agent, part.put(work.policy, value))
                return
        raise Unavailable("too many save at once")

    async def keep(self, work: DraftState, agent: Agent, policy: Policy, base: int | None = None) -> None:
        """`policy` as the draft's next version. Raises `PolicyMoved` where somebody else's came first, `TooLarge`."""
        before, now = work.draft, clock.now()
        first = before or drafts.PolicyDraft.from_release(work.standing, agent.id, now)
        draft = first.with_policy(policy, agent.id, now, base)

        def keep(connection: Connection) -> None:
            if before is None:
                drafts.start_draft(connection, draft)
            else:
                drafts.save_draft(connection, draft, before.edited_at)

        await self.database.write(keep)

    async def _work(self, name: str) -> DraftState:
        site = self.desk.settings.sites.get(name)
        if site is None:
            raise NotFound(name)
        today = clock.now().date()
        return await self.database.read(lambda c: _read(c, name, site, today))


def page(
    request: Request, template: str, agent: Agent, work: DraftState, here: str, status: int = 200, **context: object
) -> HTMLResponse:
    """A page of `templates/console/policy/`. `here`: which of the site's pages it belongs to."""
    done = request.query_params.get("done", "")
    frame = {"work": work, "here": here, "waiting": work.waiting, "done": done if done in DONE else ""}
    return responses.render_page(request, f"policy/{template}", agent, status, **frame, **context)


DONE = ("saved", "removed", "added", "discarded", "published", "updated")
"""What a page may say was done just before, as `?done=` names it."""


def _read(connection: Connection, name: str, site: SiteSettings, today: date) -> DraftState:
    before = actions.find_latest_edition(connection, name, today)
    if before is None:
        raise NotFound(f"{name} has published no policy yet")
    return DraftState(name, site, before, drafts.find_draft(connection, name), count_waiting(connection))
