"""The demo's marketing page: another origin's page that carries the script tag. Nobody sells what it advertises."""

import tomllib
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forecourt import i18n
from forecourt.resources import SAMPLE

LANGUAGES = ("en", "nb")
STYLE = SAMPLE / "page.css"
"""What the page loads as `/page.css`."""

_PAGES = Environment(loader=FileSystemLoader(SAMPLE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def marketing_page(lang: str, forecourt_url: str, console_url: str, mails_url: str) -> str:
    """The page in `lang`, or in English where it is not written in that. `forecourt_url` has no slash at its end."""
    language = i18n.match_language(lang, LANGUAGES) or LANGUAGES[0]
    links = {"forecourt": forecourt_url, "console": console_url, "mails": mails_url}
    return _PAGES.get_template("page.html").render(
        lang=language, languages={each: i18n.language(each) for each in LANGUAGES}, links=links, **_words(language)
    )


@cache
def _words(language: str) -> dict[str, Any]:
    return tomllib.loads((SAMPLE / f"page.{language}.toml").read_text("utf-8"))
