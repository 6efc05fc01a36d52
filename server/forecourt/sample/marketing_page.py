"""Renders the demo's marketing page: a page of another origin that carries the script tag. Its product is invented."""

import tomllib
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forecourt import i18n
from forecourt.resources import SAMPLE
from forecourt.web.language import match_language

LANGUAGES = ("en", "nb")
STYLE = SAMPLE / "page.css"  # the page loads it as /page.css

_JINJA = Environment(loader=FileSystemLoader(SAMPLE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def render_marketing_page(language: str, forecourt_url: str, console_url: str, mails_url: str) -> str:
    """Renders the page in the language nearest to `language`, else in English.

    `forecourt_url` has no slash at its end.
    """
    language = match_language(language, LANGUAGES) or LANGUAGES[0]
    links = {"forecourt": forecourt_url, "console": console_url, "mails": mails_url}
    languages = {tag: i18n.language(tag) for tag in LANGUAGES}
    return _JINJA.get_template("page.html").render(lang=language, languages=languages, links=links, **_texts(language))


@cache
def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads((SAMPLE / f"page.{language}.toml").read_text("utf-8"))
