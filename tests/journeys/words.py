"""What stands on buttons and labels, from the catalogues, so that a journey reads in any language."""

import re

from playwright.sync_api import Locator, Page

from forecourt import i18n


class Said:
    """`said("lock.accept")`: the widget's words in one language."""

    def __init__(self, locale: str):
        self._words = i18n.words(locale)

    def __call__(self, key: str) -> str:
        return self._words(f"widget.{key}")


def place(page: Page, kind: str) -> Locator:
    """A place of the widget. Playwright looks through its open shadow root."""
    return page.locator(f'[data-forecourt="{kind}"]')


def unlock(page: Page, kind: str, said: Said) -> Locator:
    """Ticks the privacy policy and accepts what the place needs, right there."""
    at = place(page, kind)
    at.get_by_role("checkbox").check()
    at.get_by_role("button", name=said("lock.accept")).click()
    return at


def pattern(text: str) -> re.Pattern[str]:
    """`text` with anything where its placeholders are."""
    return re.compile(re.sub(r"\\{\w+\\}", ".*", re.escape(text)))
