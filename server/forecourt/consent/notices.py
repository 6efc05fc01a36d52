"""Writes notices: the exact words that are shown when asking, bound to the facts behind them."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import rfc8785

from forecourt import i18n
from forecourt.consent import lifetime
from forecourt.consent.former_words import former_lifetime, former_text
from forecourt.consent.grant import FEATURES
from forecourt.consent.notice_content import (
    NoticeContent,
    NoticeFeature,
    NoticePrivacyPolicy,
    NoticePurpose,
    NoticeRecipient,
)
from forecourt.consent.offer import ConsentOffer, Notice
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.settings.messengers import name_messenger
from forecourt.settings.site import FeatureSettings, MessengerSettings, PurposeSettings, SiteSettings, is_refused_by_gpc

_ASKING_WORDS = re.compile(r"(banner|frame|list|lock|preferences|privacy)\.|\w+\.locked$")
"""Matches the keys of the widget's texts that a visitor reads when asked."""
_BINDING_WORDS = ("banner.title", "banner.text", "privacy.read")
"""Those of them that say what is agreed to."""
_BINDING_FIELDS = ("name", "required", "separate", "title", "text", "lifetime")
"""The fields of a purpose that are agreed to beside the facts."""


def feature_settings(site: SiteSettings) -> dict[str, FeatureSettings]:
    """Returns the settings of every feature that the site has, by its name."""
    features: dict[str, FeatureSettings] = {feature.name: getattr(site, feature.name) for feature in FEATURES}
    return {name: feature for name, feature in features.items() if feature.is_offered}


def open_features(live_site: LiveSite) -> dict[str, FeatureSettings]:
    """Returns the features that can be consented to.

    Until the site has a release, nobody can be told who the engagements are that a feature names.
    """
    features = feature_settings(live_site.settings)
    if live_site.published:
        return features
    return {name: feature for name, feature in features.items() if not _names_engagements(live_site.settings, feature)}


def open_purposes(live_site: LiveSite) -> dict[str, PurposeSettings]:
    """Returns the purposes that can be consented to, as `open_features` does."""
    purposes = live_site.settings.purposes
    return {name: purpose for name, purpose in purposes.items() if live_site.published or not purpose.engagements}


def _names_engagements(site: SiteSettings, feature: FeatureSettings) -> bool:
    return bool(feature.engagements) or any(site.purposes[name].engagements for name in feature.purposes)


def make_offer(live_site: LiveSite) -> ConsentOffer:
    """Returns what a site asks its visitors just now, with a notice in each of its languages."""
    site, purposes = live_site.settings, open_purposes(live_site)
    return ConsentOffer(
        site=live_site.name,
        origins=site.origins,
        required=frozenset(name for name, purpose in purposes.items() if purpose.required),
        optional=frozenset(name for name, purpose in purposes.items() if not purpose.required),
        needs={name: feature.purposes for name, feature in open_features(live_site).items()},
        notices={locale: make_notice(live_site, locale) for locale in site.locales},
        privacy_policy=live_site.privacy_policy.version,
        release=live_site.published.release.number if live_site.published else None,
        refused_by_gpc=frozenset(name for name, purpose in purposes.items() if is_refused_by_gpc(name, purpose)),
    )


def make_notice(live_site: LiveSite, locale: str) -> Notice:
    """Returns the notice in one language, with the hash of its canonical JSON (RFC 8785)."""
    content = _make_content(live_site, locale)
    purposes_by_term = _purposes_by_term(live_site)
    days = {name: purpose.retention_days for name, purpose in live_site.settings.purposes.items()}
    content.terms = {term: _hash_term(content, term, purposes, days) for term, purposes in purposes_by_term.items()}
    canonical = rfc8785.dumps(msgspec.to_builtins(content)).decode()
    notice_hash = hashlib.sha256(canonical.encode()).hexdigest()
    return Notice(notice_hash, live_site.name, locale, canonical, content.terms)


def facts_hash(live_site: LiveSite) -> str:
    """Returns a hash that is the same in every language.

    It tells whether a choice made in one language still covers what is asked in another.
    """
    settings = live_site.settings
    needs = {name: list(feature.purposes) for name, feature in open_features(live_site).items()}
    return _hash([_facts(live_site), needs, settings.controller, live_site.privacy_policy.version])


def join_names(names: Sequence[str], words: Mapping[str, str]) -> str:
    """Returns `names` as one text, as the widget joins them by a notice's words. Older notices have only commas."""
    comma = words.get("list.next", ", ")
    *others, last = names or [""]
    return words.get("list.last", comma).join([comma.join(others), last] if others else [last])


def widget_texts(site: SiteSettings, locale: str) -> dict[str, str]:
    """Returns the widget's texts. A text of the site's settings replaces ours. The language says how lists read."""
    separators = {f"list.{name}": text for name, text in i18n.list_separators(locale).items()}
    texts = separators | i18n.words(locale).under("widget.") | site.text_overrides.get(locale, {})
    # A notice is its words: those of a feature that the site does not have would change its hash.
    missing = tuple(f"{feature.name}." for feature in FEATURES if not getattr(site, feature.name).is_offered)
    return {key: text for key, text in texts.items() if not key.startswith(missing)}


def purpose_words(site: SiteSettings, name: str, locale: str) -> tuple[str, str]:
    """Returns a purpose's title and text, from the site's settings or else ours."""
    words, own_words = i18n.words(locale), site.purposes[name].words.get(locale)
    return (
        (own_words.title, own_words.text)
        if own_words
        else (words(f"purpose.{name}.title"), words(f"purpose.{name}.text"))
    )


def describe_purpose(live_site: LiveSite, name: str, locale: str) -> NoticePurpose:
    """Returns what a visitor can read about a purpose."""
    settings, (title, text) = live_site.settings.purposes[name], purpose_words(live_site.settings, name, locale)
    return NoticePurpose(
        name=name,
        required=settings.required,
        separate=settings.separate,
        title=title,
        text=text,
        lifetime=i18n.words(locale)("purpose.lifetime", duration=i18n.duration(settings.retention_days, locale)),
        recipients=_recipient_names(live_site, _engagements_of_purpose(live_site.settings, name), locale),
        cookies=list(settings.cookies),
        storage=list(settings.storage),
        gpc=is_refused_by_gpc(name, settings),
        google=list(settings.google_consent_types),
    )


def describe_feature(live_site: LiveSite, name: str, locale: str) -> NoticeFeature:
    """Returns what a visitor can read about a feature. Where no engagement sees the data, the controller does."""
    settings = feature_settings(live_site.settings)[name]
    if isinstance(settings, MessengerSettings):
        return _describe_messengers(live_site, settings, locale)
    return NoticeFeature(
        purposes=list(settings.purposes),
        stores=i18n.words(locale)(f"feature.{name}.stores"),
        seen_by=_recipient_names(live_site, settings.engagements, locale) or [live_site.settings.controller],
    )


def _describe_messengers(live_site: LiveSite, settings: MessengerSettings, locale: str) -> NoticeFeature:
    """Names the services and whose they are. Who follows a link is seen by them, and nobody else."""
    words = i18n.words(locale)
    services = [f"{named.name} ({named.company})" for named in map(name_messenger, settings.links)]
    names = [*dict.fromkeys(services), *_recipient_names(live_site, settings.engagements, locale)]
    listed = join_names(names, widget_texts(live_site.settings, locale))
    return NoticeFeature(list(settings.purposes), words("feature.messengers.stores", services=listed), names)


def _make_content(live_site: LiveSite, locale: str) -> NoticeContent:
    """Returns the content without its terms."""
    settings, policy, facts = live_site.settings, live_site.privacy_policy, _facts(live_site)
    texts = sorted(widget_texts(settings, locale).items())
    return NoticeContent(
        site=live_site.name,
        locale=locale,
        controller=settings.controller,
        email=settings.email,
        months=lifetime.MONTHS,
        words={key: text for key, text in texts if _ASKING_WORDS.match(key)},
        purposes=[describe_purpose(live_site, name, locale) for name in open_purposes(live_site)],
        features={name: describe_feature(live_site, name, locale) for name in open_features(live_site)},
        facts=facts,
        data=_data_names(live_site, locale, facts),
        privacy_policy=NoticePrivacyPolicy(
            version=policy.version, sha256=hashlib.sha256(policy.texts[locale].encode()).hexdigest()
        ),
    )


def _purposes_by_term(live_site: LiveSite) -> dict[str, tuple[str, ...]]:
    """Returns the same as `ConsentOffer.purposes_by_term`."""
    needs = {name: feature.purposes for name, feature in open_features(live_site).items()}
    needed = {name for purposes in needs.values() for name in purposes}
    standalone = sorted(
        name for name, purpose in open_purposes(live_site).items() if not purpose.required and name not in needed
    )
    return needs | {f"purpose.{name}": (name,) for name in standalone}


def _hash_term(content: NoticeContent, term: str, purposes: tuple[str, ...], days: Mapping[str, int]) -> str:
    """Returns the hash of what agreeing to a term is bound to. `days` is how long each purpose's data is kept."""
    words = {key: former_text(content.words.get(key)) for key in (*_BINDING_WORDS, f"{term}.locked")}
    fields = [
        {field: getattr(purpose, field) for field in _BINDING_FIELDS}
        | {"lifetime": former_lifetime(purpose.lifetime, days[purpose.name], content.locale)}
        for purpose in content.purposes
        if purpose.name in purposes
    ]
    # A purpose that no feature needs stores nothing of ours, and asks for no privacy policy to be read.
    feature = content.features.get(term)
    terms_of_feature = [list(purposes), feature.stores, content.privacy_policy] if feature else None
    return _hash([content.controller, words, fields, terms_of_feature, content.facts[term]])


def _facts(live_site: LiveSite) -> dict[str, list[NoticeRecipient]]:
    """Returns for each term who will see the data: the engagements of its purposes, and of its feature."""
    settings = live_site.settings
    engagements = {
        term: [engagement for name in purposes for engagement in settings.purposes[name].engagements]
        for term, purposes in _purposes_by_term(live_site).items()
    }
    for name, feature in open_features(live_site).items():
        engagements[name] += feature.engagements
    return {term: _recipients(live_site, names) for term, names in engagements.items()}


def _data_names(live_site: LiveSite, locale: str, facts: Mapping[str, Sequence[NoticeRecipient]]) -> dict[str, str]:
    """Returns what the keys of data in `facts` are called, so that a change of them can be described years later."""
    if live_site.published is None:
        return {}
    identities = {recipient.id for recipients in facts.values() for recipient in recipients}
    edition = LocalizedEdition(live_site.edition, locale)
    entries = [entry for entry in live_site.edition.entries if entry.engagement.id in identities]
    return {
        key: str(edition.for_entry(entry).text(f"data.{key}")) for entry in entries for key in entry.engagement.data
    }


def _engagements_of_purpose(site: SiteSettings, name: str) -> list[str]:
    """Returns the engagements that see what is stored for a purpose: of the features that need it, and its own."""
    by_feature = [feature.engagements for feature in feature_settings(site).values() if name in feature.purposes]
    return [engagement for engagements in (*by_feature, site.purposes[name].engagements) for engagement in engagements]


def _recipients(live_site: LiveSite, engagements: Iterable[str]) -> list[NoticeRecipient]:
    recipients = live_site.published.recipients(engagements) if live_site.published else []
    return msgspec.convert(recipients, type=list[NoticeRecipient])


def _recipient_names(live_site: LiveSite, engagements: Iterable[str], locale: str) -> list[str]:
    """Returns one text for each legal entity: `Linode, LLC (Germany, United Kingdom)`."""
    countries: dict[str, dict[str, None]] = {}
    for recipient in _recipients(live_site, engagements):
        names = (i18n.country(code, locale) for code in recipient.countries)
        countries.setdefault(recipient.entity, {}).update(dict.fromkeys(names))
    return [f"{entity} ({', '.join(names)})" if names else entity for entity, names in sorted(countries.items())]


def _hash(value: object) -> str:
    return hashlib.sha256(rfc8785.dumps(msgspec.to_builtins(value))).hexdigest()
