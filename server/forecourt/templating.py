"""Renders templates. Everything is escaped; a variable that is not given is an error, not an empty string."""

from functools import cache

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from forecourt import clock, i18n
from forecourt.assets import asset_attributes
from forecourt.links_in_text import link_addresses
from forecourt.resources import TEMPLATES

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_ALLOWED = {"p", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "h4", "code", "blockquote", "br"}


def render(template: str, locale: str, **context: object) -> str:
    """Renders a template, a path below templates/, in a language.

    Templates have `t(key, **params)` for catalogue texts, and filters for countries, dates and prose.
    """
    return environment(locale).get_template(template).render(**context)


@cache
def environment(locale: str) -> Environment:
    """Returns the Jinja environment of one language, with its texts and filters."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals.update(
        t=i18n.words(locale), locale=locale, dir=i18n.direction(locale), asset_attributes=asset_attributes
    )
    jinja.filters.update(
        country=lambda code: i18n.country(code, locale),
        long_date=lambda day: i18n.long_date(day, locale),
        long_moment=lambda moment: i18n.long_moment(moment, locale),
        iso=clock.iso,
        days=lambda count: i18n.days(count, locale),
        in_days=lambda count: i18n.in_days(count, locale),
        as_list=lambda items: i18n.format_list(items, locale),
        percent=lambda share: i18n.percent(share, locale),
        language=i18n.language,
        language_name=lambda tag: i18n.language_name(tag, locale),
        prose=prose,
        link_addresses=link_addresses,
    )
    return jinja


def prose(markdown: str) -> Markup:
    """Renders policy prose, which is CommonMark without raw HTML, with allowed elements and links only.

    Links may go to http, https and mailto.
    """
    html = _MARKDOWN.render(markdown)
    clean = nh3.clean(html, tags=_ALLOWED, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"})
    return Markup(clean)  # noqa: S704 - nh3 has just cleaned it
