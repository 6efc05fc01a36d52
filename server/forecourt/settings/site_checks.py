"""Checks what the types of a site's settings cannot say. Each fault is a sentence that begins with the key."""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from forecourt import i18n, theme
from forecourt.email_address import to_mailbox
from forecourt.settings.messengers import is_complete
from forecourt.settings.nearest import suggest, suggest_one
from forecourt.settings.site import PurposeSettings, SiteSettings

STORAGE_PREFIX = "forecourt"  # begins the name of every cookie and storage key that Forecourt itself sets in a page
_CATEGORY = re.compile(r"\.(zero|one|two|few|many|other)$")
_PLACEHOLDER = re.compile(r"{(\w+)}")


def site_faults(site: SiteSettings) -> Iterator[str]:
    """Returns every fault of the site's settings."""
    if not to_mailbox(site.email):
        yield f"email {site.email} is not one e-mail address."
    if site.locale not in site.locales:
        yield f"locale {site.locale} is not one of its locales: {suggest(site.locale, site.locales)}"
    topics = i18n.words(i18n.SOURCE).under("topic.")
    for topic in site.topics:
        if topic not in topics:
            yield f"topics: there are no words for {topic}; {suggest(topic, topics)}"
    yield from _feature_faults(site)
    yield from _purpose_faults(site)
    yield from _text_faults(site)
    yield from _shared_cookie_faults(site)
    yield from _messenger_faults(site)
    if repeated := sorted(name for name, count in Counter(site.launcher.offers).items() if count > 1):
        yield f"launcher.offers names {', '.join(repeated)} more than once."
    yield from theme.faults(site.theme)


def _feature_faults(site: SiteSettings) -> Iterator[str]:
    for kind in ("contact", "chat", "newsletter", "messengers"):
        purposes = getattr(site, kind).purposes
        for unknown in sorted(set(purposes) - set(site.purposes)):
            yield f"{kind}.purposes names {unknown}, which is no purpose of the site; {suggest(unknown, site.purposes)}"
        if not purposes:
            yield f"{kind}.purposes names none: nothing would have to be granted."


def _purpose_faults(site: SiteSettings) -> Iterator[str]:
    for name, purpose in site.purposes.items():
        if missing := [locale for locale in _locales_with_catalogue(site) if not _has_words(name, purpose, locale)]:
            yield f"purposes.{name}: there are no words for it in {', '.join(missing)}."
        if unknown := sorted(set(purpose.words) - set(site.locales)):
            yield f"purposes.{name}.words: {', '.join(unknown)} is not one of the site's locales."
        if purpose.required and purpose.gpc:
            yield f"purposes.{name}: what is required cannot be refused by gpc."
        if own_names := [stored for stored in (*purpose.cookies, *purpose.storage) if _matches_own_name(stored)]:
            yield f"purposes.{name}: {', '.join(own_names)} would clear what Forecourt keeps of the choice itself."
    counts = Counter(google_type for purpose in site.purposes.values() for google_type in purpose.google_consent_types)
    if repeated := sorted(google_type for google_type, count in counts.items() if count > 1):
        yield f"purposes: google_consent_types {', '.join(repeated)} belongs to more than one."


def _messenger_faults(site: SiteSettings) -> Iterator[str]:
    links = site.messengers.links
    for number, link in enumerate(links, 1):
        if not is_complete(link):
            yield (
                f"messengers.links, entry {number}: it is not known whose service {link.address} is; "
                "give it a name and a company, for visitors to read."
            )
    counts = Counter(link.address for link in links)
    if repeated := sorted(address for address, count in counts.items() if count > 1):
        yield f"messengers.links names {', '.join(repeated)} more than once."


def _locales_with_catalogue(site: SiteSettings) -> list[str]:
    """Returns the site's languages that have a catalogue. The site loader refuses the others."""
    return [locale for locale in site.locales if locale in i18n.shipped_locales()]


def _has_words(name: str, purpose: PurposeSettings, locale: str) -> bool:
    return locale in purpose.words or bool(i18n.words(locale).under(f"purpose.{name}.title"))


def _matches_own_name(pattern: str) -> bool:
    """Checks whether a name, or a pattern with `*` at its end, matches a cookie or key that Forecourt itself sets."""
    start = pattern.removesuffix("*")
    return start.startswith(STORAGE_PREFIX) or (pattern.endswith("*") and STORAGE_PREFIX.startswith(start))


def _text_faults(site: SiteSettings) -> Iterator[str]:
    for locale, texts in site.text_overrides.items():
        if locale not in site.locales:
            yield f"text_overrides.{locale} is not one of the site's locales."
            continue
        own_texts = _overridable_texts(locale)
        for key, text in texts.items():
            if key not in own_texts:
                yield f"text_overrides.{locale}: there is no text {key}; {suggest_one(key, own_texts)}"
            elif set(_PLACEHOLDER.findall(text)) != set(_PLACEHOLDER.findall(own_texts[key])):
                yield f"text_overrides.{locale}.{key} must have the placeholders in braces of the text it replaces."
    overridden = {_without_category(key) for texts in site.text_overrides.values() for key in texts}
    for locale in site.locales:
        keys = {key for key in _overridable_texts(locale) if _without_category(key) in overridden}
        for key in sorted(keys - set(site.text_overrides.get(locale, {}))):
            yield f"text_overrides: {key} is not written in {locale}."


def _overridable_texts(locale: str) -> dict[str, str]:
    """Returns the widget's texts, those about a number in each category that the language has."""
    texts = i18n.words(i18n.SOURCE).under("widget.")
    plural_keys = {key.removesuffix(".other"): text for key, text in texts.items() if key.endswith(".other")}
    # The site loader refuses a language without a catalogue.
    categories = i18n.plural_categories(locale if locale in i18n.shipped_locales() else i18n.SOURCE)
    own_categories = {f"{key}.{category}": text for key, text in plural_keys.items() for category in categories}
    return {key: text for key, text in texts.items() if _without_category(key) not in plural_keys} | own_categories


def _without_category(key: str) -> str:
    """Returns the key of a text without the plural category at its end."""
    return _CATEGORY.sub("", key)


def _shared_cookie_faults(site: SiteSettings) -> Iterator[str]:
    domain = site.share_cookie_domain
    hosts = [urlsplit(origin).hostname or "" for origin in site.origins]
    outside = [host for host in hosts if is_ip_address(host) or not f".{host}".endswith(f".{domain}")]
    if domain and outside:
        yield f"share_cookie_domain {domain} is not above {', '.join(outside)}."


def is_ip_address(host: str) -> bool:
    """Checks whether the host is an address and not a name; only names have sub-domains."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
