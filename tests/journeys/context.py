"""Makes Chromium's contexts: each is a visitor's browser with cookies and storage of its own."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect

from tests.deadline import DEADLINE

DESKTOP = {"width": 1280, "height": 900}

# A page's timers of ten seconds or more never fire with this: nothing is given up, and no connection counts as dead.
WITHOUT_LONG_TIMERS = """
const { setTimeout, setInterval } = window;
window.setTimeout = (f, ms) => !(ms >= 10_000) && setTimeout(f, ms);
window.setInterval = (f, ms) => !(ms >= 10_000) && setInterval(f, ms);
"""

expect.set_options(timeout=DEADLINE * 1000)


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Returns a new context, in which everything may take until the deadline."""
    context = browser.new_context(**({"viewport": DESKTOP} | options))
    context.set_default_timeout(DEADLINE * 1000)
    return context
