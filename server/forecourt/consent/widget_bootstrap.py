"""Makes `boot`: all that the widget's first paint needs, as one cacheable answer that sets no cookie."""

from functools import cache

import msgspec

from forecourt import i18n, launcher, theme
from forecourt.consent import notices
from forecourt.consent.offer import ConsentOffer
from forecourt.files.inspection import accepted_kinds
from forecourt.files.model import accepted_extensions
from forecourt.policy.hosted import policy_page
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.model import Audience
from forecourt.resources import TEMPLATES
from forecourt.settings.site import FileSettings
from forecourt.templating import render


class BootPurpose(msgspec.Struct):
    """Describes a purpose that the visitor is asked for."""

    name: str
    required: bool
    separate: bool  # a choice of its own, unticked, that the banner's accept button leaves out
    title: str
    text: str
    lifetime: str
    recipients: list[str]
    cookies: list[str]  # deleted when the purpose is withdrawn; `*` stands for the rest of a name
    storage: list[str]
    gpc: bool  # refused without asking under Global Privacy Control
    google: list[str]  # types of Google's consent mode


class BootPrivacyPolicy(msgspec.Struct):
    url: str
    version: str


class BootConsent(msgspec.Struct):
    """Holds what the visitor is asked. `facts_hash` is the same in every language."""

    notice_hash: str
    facts_hash: str
    controller: str
    purposes: list[BootPurpose]
    privacy_policy: BootPrivacyPolicy


class BootTheme(msgspec.Struct):
    """Holds the site's colours and fonts, as style for the hosts of the shadow roots."""

    css: str


class BootControl(msgspec.Struct):
    """Describes the button that leads back to a choice: on which pages it stands, and what stands on it."""

    shown: str
    label: str


class BootLauncher(msgspec.Struct):
    """Describes the button that opens what the site offers: its corner, `start` or `end`, and the features in order.

    The corner is empty where the site has none; a page may still have a place for it.
    """

    corner: str
    offers: list[str]


class BootFiles(msgspec.Struct):
    """Says which files a message may carry. `accept` is what a file field of a form says that it accepts."""

    per_message: int
    megabytes: int
    accept: str


class BootFeature(msgspec.Struct):
    """Describes a feature: the purposes it needs, and in words what it stores and who will see that.

    `files` is null where its messages carry none.
    """

    purposes: list[str]
    stores: str
    recipients: list[str]
    topics: list[str] = []
    files: BootFiles | None = None


class BootPolicy(msgspec.Struct):
    """Describes the published policy. `html` and `css`, in a shadow root of their own, are for pages that show it.

    Until one is published, `release` is 0, hash and days are blank, and `html` says that it is being prepared.
    """

    release: int
    hash: str
    effective: str
    updated: str
    url: str
    html: str = ""
    css: str = ""


class Boot(msgspec.Struct):
    """Holds all that the widget's first paint needs. `dir` is the direction of the language, `ltr` or `rtl`.

    Until the site has a release, features that name an engagement are left out.
    """

    site: str
    locale: str
    dir: str
    strings: dict[str, str]
    email: str
    consent: BootConsent
    features: dict[str, BootFeature]
    policy: BootPolicy
    theme: BootTheme
    google_data_layer: str
    control: BootControl
    launcher: BootLauncher
    share_cookie_domain: str


def encode_boot(live_site: LiveSite, offer: ConsentOffer, locale: str, address: str, policy: BootPolicy) -> bytes:
    """Returns a `Boot` as JSON. `address` is where browsers reach Forecourt."""
    settings = live_site.settings
    boot = Boot(
        site=live_site.name,
        locale=locale,
        dir=i18n.direction(locale),
        strings=_strings(live_site, locale),
        email=settings.email,
        consent=_consent(live_site, offer, locale, address),
        features={name: _feature(live_site, name, locale) for name in offer.needs},
        policy=policy,
        theme=BootTheme(theme.css(settings.theme) + launcher.css(settings.launcher, settings.theme)),
        google_data_layer=settings.google_data_layer,
        control=BootControl(settings.control, settings.theme.control_label),
        launcher=_launcher(settings.launcher, offer),
        share_cookie_domain=settings.share_cookie_domain,
    )
    return msgspec.json.encode(boot)


def describe_policy(live_site: LiveSite, locale: str, address: str) -> BootPolicy:
    """Returns which policy is published, without its text."""
    if live_site.published is None:
        return BootPolicy(0, "", "", "", f"{address}/{live_site.name}/{locale}/")
    release = live_site.release
    return BootPolicy(
        release=release.number,
        hash=release.sha256,
        effective=release.effective_at.isoformat(),
        updated=release.policy.facts.updated.isoformat(),
        url=f"{address}/{live_site.name}/{locale}/",
    )


def render_policy(live_site: LiveSite, locale: str, address: str, region: Audience | None) -> BootPolicy:
    """Returns the published policy with its HTML and style, for a page that shows it."""
    policy = describe_policy(live_site, locale, address)
    if live_site.published:
        edition = LocalizedEdition(live_site.published, locale, region)
        html = policy_page.render_fragment(edition, f"{address}/{live_site.name}/{locale}")
    else:
        html = render("embed/preparation.html", locale)
    return msgspec.structs.replace(policy, html=html, css=_policy_style())


def _strings(live_site: LiveSite, locale: str) -> dict[str, str]:
    settings, words = live_site.settings, i18n.words(locale)
    topics = {f"topic.{topic}": words(f"topic.{topic}") for topic in settings.topics}
    return notices.widget_texts(settings, locale) | topics | _closed_features(live_site, words)


def _closed_features(live_site: LiveSite, words: i18n.Words) -> dict[str, str]:
    """Returns what is said in place of a feature that opens when the policy is published."""
    closed = notices.feature_settings(live_site.settings).keys() - notices.open_features(live_site).keys()
    sentence = words("feature.closed", email=live_site.settings.email)
    return {f"{name}.locked": sentence for name in sorted(closed)}


def _consent(live_site: LiveSite, offer: ConsentOffer, locale: str, address: str) -> BootConsent:
    purposes = [notices.describe_purpose(live_site, name, locale) for name in notices.open_purposes(live_site)]
    return BootConsent(
        notice_hash=offer.notices[locale].hash,
        facts_hash=notices.facts_hash(live_site),
        controller=live_site.settings.controller,
        purposes=[BootPurpose(**msgspec.structs.asdict(purpose)) for purpose in purposes],
        privacy_policy=BootPrivacyPolicy(
            f"{address}/{live_site.name}/{locale}/privacy", live_site.privacy_policy.version
        ),
    )


def _feature(live_site: LiveSite, name: str, locale: str) -> BootFeature:
    feature = notices.describe_feature(live_site, name, locale)
    topics = list(live_site.settings.topics) if name == "contact" else []
    files = _files(live_site.settings.files) if name in ("contact", "chat") else None
    return BootFeature(feature.purposes, feature.stores, feature.seen_by, topics, files)


def _files(settings: FileSettings) -> BootFiles | None:
    if not settings.per_message:
        return None
    return BootFiles(settings.per_message, settings.megabytes, accepted_extensions(accepted_kinds(settings)))


def _launcher(settings: launcher.Launcher, offer: ConsentOffer) -> BootLauncher:
    offers: list[str] = [name for name in settings.offers if name in offer.needs]
    return BootLauncher(settings.corner if settings.shown else "", offers)


@cache
def _policy_style() -> str:
    return (TEMPLATES / "embed" / "policy.css").read_text("utf-8")
