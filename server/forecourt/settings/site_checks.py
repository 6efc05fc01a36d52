"""What a site's settings must keep to beyond their types, each fault a sentence that names the key."""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from forecourt import i18n, theme
from forecourt.email_address import to_mailbox
from forecourt.settings.site import PurposeSettings, SiteSettings

OWN = "forecourt"  # what the names of all we keep in a page begin with
_PLACEHOLDER = re.compile(r"{(\w+)}")


def of_site(site: SiteSettings) -> Iterator[str]:
    if not to_mailbox(site.email):
        yield f"email {site.email} is not one e-mail address."
    if site.locale not in site.locales:
        yield f"locale {site.locale} is not one of its locales."
    if silent := [name for name in site.topics if not i18n.words(i18n.SOURCE).under(f"topic.{name}")]:
        yield f"topics: there are no words for {', '.join(silent)}."
    yield from _of_features(site)
    yield from _of_purposes(site)
    yield from _of_texts(site)
    yield from _of_sharing(site)
    yield from theme.faults(site.look)


def _of_features(site: SiteSettings) -> Iterator[str]:
    for kind in ("contact", "chat", "newsletter"):
        wanted = getattr(site, kind).purposes
        if unknown := sorted(set(wanted) - set(site.purposes)):
            yield f"{kind}.purposes names {', '.join(unknown)}: no such purpose."
        if not wanted:
            yield f"{kind}.purposes names none: nothing would have to be granted."


def _of_purposes(site: SiteSettings) -> Iterator[str]:
    for name, purpose in site.purposes.items():
        if silent := [locale for locale in _spoken(site) if not _is_said(name, purpose, locale)]:
            yield f"purposes.{name}: there are no words for it in {', '.join(silent)}."
        if others := sorted(set(purpose.words) - set(site.locales)):
            yield f"purposes.{name}.words: {', '.join(others)} is not one of the site's locales."
        if purpose.required and purpose.gpc:
            yield f"purposes.{name}: what is required cannot be refused by gpc."
        if ours := [stored for stored in (*purpose.cookies, *purpose.storage) if _is_ours(stored)]:
            yield f"purposes.{name}: {', '.join(ours)} would clear what Forecourt keeps of the choice itself."
    named = Counter(kind for purpose in site.purposes.values() for kind in purpose.google)
    if twice := sorted(kind for kind, times in named.items() if times > 1):
        yield f"purposes: google's {', '.join(twice)} belongs to more than one."


def _spoken(site: SiteSettings) -> list[str]:
    """A locale without a catalogue is told of where catalogues are looked at."""
    return [locale for locale in site.locales if locale in i18n.shipped()]


def _is_said(name: str, purpose: PurposeSettings, locale: str) -> bool:
    return locale in purpose.words or bool(i18n.words(locale).under(f"purpose.{name}.title"))


def _is_ours(stored: str) -> bool:
    """Whether a name, or a pattern with `*` at its end, takes in one of ours."""
    start = stored.removesuffix("*")
    return start.startswith(OWN) or (stored.endswith("*") and OWN.startswith(start))


def _of_texts(site: SiteSettings) -> Iterator[str]:
    known = i18n.words(i18n.SOURCE).under("widget.")
    for locale, texts in site.texts.items():
        if locale not in site.locales:
            yield f"texts.{locale} is not one of the site's locales."
        for key, text in texts.items():
            if key not in known:
                yield f"texts.{locale}: there is no text {key}."
            elif set(_PLACEHOLDER.findall(text)) != set(_PLACEHOLDER.findall(known[key])):
                yield f"texts.{locale}.{key} must name what the text it replaces names in braces."
    for key in sorted({key for texts in site.texts.values() for key in texts}):
        if silent := [locale for locale in site.locales if key not in site.texts.get(locale, {})]:
            yield f"texts: {key} is not written in {', '.join(silent)}."


def _of_sharing(site: SiteSettings) -> Iterator[str]:
    domain = site.share_cookie_domain
    hosts = [urlsplit(origin).hostname or "" for origin in site.origins]
    outside = [host for host in hosts if _is_address(host) or not f".{host}".endswith(f".{domain}")]
    if domain and outside:
        yield f"share_cookie_domain {domain} is not above {', '.join(outside)}."


def _is_address(host: str) -> bool:
    """Only names have sub-domains."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
