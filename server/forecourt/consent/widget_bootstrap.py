"""`boot`: all the widget's first paint needs, as one cacheable answer that sets nothing."""

from functools import cache
from typing import Any

import msgspec

from forecourt import i18n
from forecourt.consent import notices
from forecourt.consent.offer import ConsentOffer
from forecourt.policy.hosted import policy_page
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience
from forecourt.resources import TEMPLATES
from forecourt.theme import css


class BootPurpose(msgspec.Struct):
    name: str
    required: bool
    separate: bool  # not part of the banner's accept: its own, unticked choice
    title: str
    text: str
    lifetime: str
    recipients: list[str]
    cookies: list[str]  # cleared when it is withdrawn; `*` stands for the rest of a name
    storage: list[str]
    gpc: bool  # refused without asking under Global Privacy Control
    google: list[str]  # types of Google's consent mode


class BootPrivacyPolicy(msgspec.Struct):
    url: str
    version: str


class BootConsent(msgspec.Struct):
    notice_hash: str
    facts_hash: str  # the same in every language
    controller: str
    purposes: list[BootPurpose]
    privacy_policy: BootPrivacyPolicy


class BootTheme(msgspec.Struct):
    css: str  # for the shadow roots' hosts


class BootFeature(msgspec.Struct):
    purposes: list[str]
    stores: str
    seen_by: list[str]
    topics: list[str] = []


class BootPolicy(msgspec.Struct):
    release: int
    hash: str
    effective: str
    updated: str
    url: str
    html: str = ""  # only where the page shows it
    css: str = ""  # for the fragment, in a shadow root of its own


class Boot(msgspec.Struct):
    site: str
    locale: str
    dir: str
    strings: dict[str, str]
    email: str
    consent: BootConsent
    features: dict[str, BootFeature]
    policy: BootPolicy
    theme: BootTheme
    share_cookie_domain: str


def boot(at: LiveSite, offer: ConsentOffer, locale: str, address: str, policy: BootPolicy) -> bytes:
    """`address`: where browsers reach Forecourt; `policy`: with its HTML only where the page shows it."""
    made = Boot(
        at.name,
        locale,
        i18n.direction(locale),
        _strings(at, locale),
        at.settings.email,
        _consent(at, offer, locale, address),
        {name: _feature(at, name, locale) for name in offer.needs},
        policy,
        BootTheme(css(at.settings.look)),
        at.settings.share_cookie_domain,
    )
    return msgspec.json.encode(made)


def _strings(at: LiveSite, locale: str) -> dict[str, str]:
    words = i18n.words(locale)
    return notices.texts(at.settings, locale) | {
        f"topic.{topic}": words(f"topic.{topic}") for topic in at.settings.topics
    }


def _consent(at: LiveSite, offer: ConsentOffer, locale: str, address: str) -> BootConsent:
    return BootConsent(
        offer.notices[locale].hash,
        notices.facts_hash(at),
        at.settings.controller,
        [BootPurpose(**notices.purpose(at, name, locale)) for name in at.settings.purposes],
        BootPrivacyPolicy(f"{address}/{at.name}/{locale}/privacy", at.privacy_policy.version),
    )


def _feature(at: LiveSite, name: str, locale: str) -> BootFeature:
    plain: dict[str, Any] = notices.feature(at, name, locale)
    return BootFeature(**plain, topics=list(at.settings.topics) if name == "contact" else [])


def named(at: LiveSite, locale: str, address: str) -> BootPolicy:
    """The policy that stands, without its text."""
    release = at.release
    updated = release.policy.facts.updated.isoformat()
    effective, url = release.effective_at.isoformat(), f"{address}/{at.name}/{locale}/"
    return BootPolicy(release.number, release.sha256, effective, updated, url)


def placed(at: LiveSite, locale: str, address: str, region: Audience | None) -> BootPolicy:
    """The policy for a page that shows it."""
    html = policy_page.render_fragment(LocalizedEdition(at.edition, locale, region), f"{address}/{at.name}/{locale}")
    return msgspec.structs.replace(named(at, locale, address), html=html, css=_style())


@cache
def _style() -> str:
    return (TEMPLATES / "embed" / "policy.css").read_text("utf-8")
