"""Finds a Chromium on this machine, and starts it for a visit."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from forecourt.doctor.limits import VisitLimits
from forecourt.doctor.printable import printable
from forecourt.errors import ForecourtError

_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"),
    *("chromium-headless-shell", _ON_MACOS),
)
_ARGUMENTS = (
    "--disable-site-isolation-trials",  # so that one session of its protocol sees every frame
    "--disable-quic",
    "--disable-gpu",
    "--js-flags=--max-old-space-size=1024",  # MB of one page
)


class BrowserNotStarted(ForecourtError):
    """Says why no browser can open the page, and what to do."""


def find_chromium(playwright: Playwright) -> str:
    """Returns the path of CHROMIUM, of an installed browser, or of Playwright's own. Raises `BrowserNotStarted`."""
    names = (os.environ.get("CHROMIUM", ""), *_NAMES, playwright.chromium.executable_path)
    for path in (shutil.which(name) for name in names if name):
        if path:
            return path
    raise BrowserNotStarted("No Chromium is installed. Install one (Debian: chromium), or set CHROMIUM to its path")


@asynccontextmanager
async def open_chromium(limits: VisitLimits, *, has_sandbox: bool = True) -> AsyncIterator[Browser]:
    """Starts the browser, and ends it in any case. Raises `BrowserNotStarted`."""
    async with async_playwright() as playwright:
        browser = await _launch(playwright, limits, has_sandbox)
        try:
            yield browser
        finally:
            with suppress(PlaywrightError, TimeoutError):
                await _close(browser, limits)


async def _launch(playwright: Playwright, limits: VisitLimits, has_sandbox: bool) -> Browser:
    path = find_chromium(playwright)
    if has_sandbox and os.geteuid() == 0:
        raise BrowserNotStarted(
            "Chromium does not run as root with its sandbox. Run this as another user or, for pages that you trust, "
            "with --no-sandbox"
        )
    try:
        return await playwright.chromium.launch(
            executable_path=path,
            args=list(_ARGUMENTS),
            chromium_sandbox=has_sandbox,
            timeout=limits.answer_seconds * 1000,
        )
    except PlaywrightError as error:
        reason = printable(str(error).strip().partition("\n")[0])
        raise BrowserNotStarted(f"{path} could not be started: {reason}") from error


async def _close(browser: Browser, limits: VisitLimits) -> None:
    async with asyncio.timeout(limits.closing_seconds):
        await browser.close()
