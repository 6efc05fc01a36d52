"""Visits a page in Chromium as somebody who refuses: opens it, looks, refuses, opens it again, and looks once more."""

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, CDPSession, Dialog, Page
from playwright.async_api import Error as PlaywrightError

from forecourt.doctor.boot_answer import decode_boot
from forecourt.doctor.frame_reader import read_markup, read_stored
from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.model import (
    BootAnswer,
    Markup,
    OpenedWith,
    PageSnapshot,
    PageState,
    StorageKind,
    StoredItem,
    TagMarkup,
)
from forecourt.doctor.printable import printable
from forecourt.doctor.tag_address import is_choice
from forecourt.doctor.traffic import Traffic

T = TypeVar("T")
_BANNER, _REJECT = "#forecourt-banner", "#forecourt-reject"


async def visit_in_browser(browser: Browser, url: str, limits: VisitLimits) -> PageSnapshot:
    """Returns what a visitor's browser makes of the page. It has a profile of its own, which is then thrown away."""
    context = await browser.new_context(accept_downloads=False)
    visit = BrowserVisit(url, limits, browser.version)
    try:
        async with asyncio.timeout(limits.total_seconds):
            await visit.run(context)
    except TimeoutError:
        visit.faults.append(f"it was left after {limits.total_seconds:g} seconds")
    except PlaywrightError as error:
        visit.faults.append(f"the browser gave up: {_first_line(error)}")
    finally:
        with suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(limits.closing_seconds):
                await context.close()
    return visit.to_snapshot()


class BrowserVisit:
    """Holds one visit, and what is known so far: a page that is left early has a snapshot, too."""

    def __init__(self, url: str, limits: VisitLimits, browser_version: str):
        self._url, self._limits, self._browser = url, limits, f"Chromium {browser_version}"
        self._traffic = Traffic(limits)
        self._closing: set[asyncio.Future[list[BaseException | None]]] = set()
        self._is_open = self._has_question = False
        self._markup: Markup | None = None
        self._boot: BootAnswer | None = None
        self._before: PageState | None = None
        self._after: PageState | None = None
        self._refusal_status: int | None = None
        self._final_url = ""
        self.faults: list[str] = []

    async def run(self, context: BrowserContext) -> None:
        """Opens the page and looks at it, in a context that is new."""
        page = await context.new_page()
        context.on("page", self._close_popup)
        context.on("dialog", self._close_dialog)
        session = await context.new_cdp_session(page)
        await self._traffic.watch(context, page, session)
        if not await self._open(page):
            return
        await self._settle(page)
        self._final_url = printable(page.url)  # where a script may have led
        if self._traffic.is_over.is_set():
            await context.set_offline(True)
        await self._read_before(context, page, session)
        if self._has_question and not self._traffic.is_over.is_set():
            await self._refuse(page)
        if self._refusal_status is not None:
            await self._return(context, page, session)

    def to_snapshot(self) -> PageSnapshot:
        tag = self._markup.tag if self._markup else None
        if self._traffic.is_over.is_set():
            self.faults.append("it was left, since it asked for more than a page may")
        return PageSnapshot(
            self._url,
            OpenedWith.CHROMIUM,
            is_open=self._is_open,
            browser=self._browser,
            final_url=self._final_url,
            markup=self._markup,
            tag_request=self._traffic.scripts.get(tag.src) if tag else None,
            csp_blocks=tuple(sorted(self._traffic.csp_blocks)),
            boot=self._boot,
            before=self._before or PageState((), self._traffic.take_requests(), is_complete=False),
            after=self._after,
            has_question=self._has_question,
            refusal_status=self._refusal_status,
            faults=tuple(self.faults),
        )

    async def _open(self, page: Page) -> bool:
        try:
            answer = await page.goto(self._url, wait_until="commit", timeout=self._limits.answer_seconds * 1000)
        except PlaywrightError as error:
            self.faults.append(_first_line(error))
            return False
        self._final_url = printable(page.url)
        self._is_open = answer is None or answer.status < 400
        if answer and answer.status >= 400:
            self.faults.append(f"it answers {answer.status}")
        return self._is_open

    async def _settle(self, page: Page) -> None:
        """Waits until the page has loaded and asks for nothing more, or has had its time for that."""
        load = page.wait_for_load_state("load", timeout=self._limits.load_seconds * 1000)
        try:
            await self._unless_over(load)
        except PlaywrightError:
            self.faults.append(f"it had not loaded after {self._limits.load_seconds:g} seconds")
        await self._wait_until_quiet()

    async def _wait_until_quiet(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.settle_seconds):
                while await self._has_request() and not self._traffic.is_over.is_set():
                    pass

    async def _has_request(self) -> bool:
        """Waits for a request, as long as quiet has to last."""
        self._traffic.has_news.clear()
        try:
            await asyncio.wait_for(self._traffic.has_news.wait(), self._limits.quiet_seconds)
        except TimeoutError:
            return False
        return True

    async def _unless_over(self, awaitable: Awaitable[T]) -> T | None:
        """Returns what is awaited, or None as soon as the page has taken all that it may."""
        task, over = asyncio.ensure_future(awaitable), asyncio.ensure_future(self._traffic.is_over.wait())
        try:
            await asyncio.wait((task, over), return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for pending in (task, over):
                pending.cancel()
            await asyncio.gather(task, over, return_exceptions=True)

    async def _read_before(self, context: BrowserContext, page: Page, session: CDPSession) -> None:
        try:
            async with asyncio.timeout(self._limits.reading_seconds):
                self._markup = await read_markup(session, self._limits)
        except TimeoutError:
            self.faults.append("its scripts left it no time to answer what stands in it")
        tag = self._markup.tag if self._markup else None
        if tag and tag.site:
            self._boot = await self._wait_for_boot(tag)
            site = decode_boot(self._boot)
            self._has_question = site is not None and site.consent.asks and await self._wait_for_question(page)
        self._before = await self._read_state(context, session)

    async def _wait_for_boot(self, tag: TagMarkup) -> BootAnswer | None:
        """Returns what the tag's server told the widget. A call that failed counts as an answer of status 0."""
        if tag.src not in self._traffic.scripts:
            return None
        with suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(self._limits.answer_seconds):
                await self._unless_over(self._traffic.has_boot_ended.wait())
                for response in self._traffic.boots:
                    return BootAnswer(response.status, (await response.body())[: self._limits.answer_bytes])
        return BootAnswer(0)

    async def _wait_for_question(self, page: Page) -> bool:
        with suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(self._limits.question_seconds):
                await self._unless_over(page.wait_for_selector(_BANNER, state="visible", timeout=0))
                return not self._traffic.is_over.is_set()
        return False

    async def _refuse(self, page: Page) -> None:
        """Sends a refusal by the question's own button, as a visitor does, and waits for the server's answer."""
        tag = self._markup.tag if self._markup else None
        milliseconds = self._limits.question_seconds * 1000
        try:
            async with page.expect_response(
                lambda response: (
                    response.request.method == "POST" and tag is not None and is_choice(response.url, tag.src)
                ),
                timeout=milliseconds,
            ) as answer:
                await page.locator(_REJECT).click(timeout=milliseconds)
            self._refusal_status = (await answer.value).status
        except PlaywrightError as error:
            self.faults.append(f"the question could not be refused: {_first_line(error)}")

    async def _return(self, context: BrowserContext, page: Page, session: CDPSession) -> None:
        """Opens the page once more, as a visitor who has refused."""
        try:
            await page.reload(wait_until="commit", timeout=self._limits.answer_seconds * 1000)
        except PlaywrightError as error:
            self.faults.append(f"it did not open again after the refusal: {_first_line(error)}")
            return
        await self._settle(page)
        self._after = await self._read_state(context, session)

    async def _read_state(self, context: BrowserContext, session: CDPSession) -> PageState:
        cookies = [
            StoredItem(StorageKind.COOKIE, printable(cookie.get("name", "")), printable(cookie.get("domain", "")))
            for cookie in await context.cookies()
        ]
        stored, is_complete = set(sorted(cookies)[: self._limits.items]), True
        try:
            async with asyncio.timeout(self._limits.reading_seconds):
                stored |= await read_stored(session, self._limits)
        except TimeoutError:
            self.faults.append("it did not answer what it stores, but for cookies")
            is_complete = False
        return PageState(tuple(sorted(stored)), self._traffic.take_requests(), is_complete)

    def _close_popup(self, popup: Page) -> None:
        """Closes what the page opens beside itself."""
        self._run_beside(popup.close())

    def _close_dialog(self, dialog: Dialog) -> None:
        """Answers no to what the page asks, but lets it be left."""
        self._run_beside(dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())

    def _run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs what may fail, since the page may go away first."""
        task: asyncio.Future[Any] = asyncio.gather(work, return_exceptions=True)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _first_line(error: Exception) -> str:
    return printable(str(error).strip().partition("\n")[0])
