"""Takes the texts of buttons and labels from the catalogues, so that a journey reads in any language."""

import re

from playwright.sync_api import Locator, Page, expect

from forecourt import i18n


class WidgetWords:
    """Returns the widget's words in one language: `widget_words("lock.accept")`."""

    def __init__(self, locale: str):
        self._words = i18n.words(locale)

    def __call__(self, key: str) -> str:
        return self._words(f"widget.{key}")


def place(page: Page, kind: str) -> Locator:
    """Returns a place of the widget. Playwright looks through its open shadow root."""
    return page.locator(f'[data-forecourt="{kind}"]')


def unlock(page: Page, kind: str, widget_words: WidgetWords) -> Locator:
    """Gives the place what it still needs, right there."""
    feature = place(page, kind)
    button = feature.get_by_role("button", name=widget_words("lock.accept"))
    button = button.or_(feature.get_by_role("button", name=widget_words("lock.open"), exact=True))
    expect(button).to_be_visible()
    if feature.get_by_role("checkbox").count():
        feature.get_by_role("checkbox").check()
    button.click()
    expect(button).to_have_count(0)
    return feature


def pattern(text: str) -> re.Pattern[str]:
    """Returns a pattern for `text` with anything in place of its placeholders."""
    return re.compile(re.sub(r"\\{\w+\\}", ".*", re.escape(text)))
