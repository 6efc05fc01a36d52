"""Writing the notice: the exact words shown when asking, bound to the facts behind them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import rfc8785

from forecourt import i18n
from forecourt.consent import lifetime
from forecourt.consent.grant import FEATURES
from forecourt.consent.offer import ConsentOffer, Notice
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.settings.site import FeatureSettings, SiteSettings, is_refused_by_gpc

_SHOWN = re.compile(r"(banner|frame|list|lock|preferences|privacy)\.|\w+\.locked$")  # the widget's words that ask
_BINDING = ("banner.title", "banner.text", "privacy.read")  # those of them that say what is agreed to
_ASKED = ("name", "required", "separate", "title", "text", "lifetime")  # what is agreed to beside the facts


def features(site: SiteSettings) -> dict[str, FeatureSettings]:
    return {kind.name: getattr(site, kind.name) for kind in FEATURES}


def offer(at: LiveSite) -> ConsentOffer:
    site = at.settings
    return ConsentOffer(
        site=at.name,
        origins=site.origins,
        required=frozenset(name for name, purpose in site.purposes.items() if purpose.required),
        optional=frozenset(name for name, purpose in site.purposes.items() if not purpose.required),
        needs={name: feature.purposes for name, feature in features(site).items()},
        notices={locale: notice(at, locale) for locale in site.locales},
        privacy_policy=at.privacy_policy.version,
        release=at.release.number,
        refused_by_gpc=frozenset(name for name, purpose in site.purposes.items() if is_refused_by_gpc(name, purpose)),
    )


def notice(at: LiveSite, locale: str) -> Notice:
    content = shown(at, locale)
    bound = {term: _term(content, term, purposes) for term, purposes in _terms(at.settings).items()}
    canonical = rfc8785.dumps(content | {"terms": bound}).decode()
    return Notice(hashlib.sha256(canonical.encode()).hexdigest(), at.name, locale, canonical, bound)


def _terms(site: SiteSettings) -> dict[str, tuple[str, ...]]:
    """As `ConsentOffer.purposes_by_term`: features, and optional purposes that no feature needs."""
    needs = {name: feature.purposes for name, feature in features(site).items()}
    taken = {name for purposes in needs.values() for name in purposes}
    alone = sorted(name for name, each in site.purposes.items() if not each.required and name not in taken)
    return needs | {f"purpose.{name}": (name,) for name in alone}


def _term(content: dict[str, Any], term: str, purposes: tuple[str, ...]) -> str:
    """Hash of what agreeing to it is bound to."""
    asked = [{key: each[key] for key in _ASKED} for each in content["purposes"] if each["name"] in purposes]
    said = {key: content["words"].get(key) for key in (*_BINDING, f"{term}.locked")}
    feature = content["features"].get(term)  # a purpose by itself has none, and no privacy policy to be read first
    about = [list(purposes), feature["stores"], content["privacy_policy"]] if feature else None
    return _hash([content["controller"], said, asked, about, content["facts"][term]])


def facts_hash(at: LiveSite) -> str:
    """The same in every language: whether a choice made in another one still covers what is asked."""
    asked = {name: list(feature.purposes) for name, feature in features(at.settings).items()}
    return _hash([_facts(at), asked, at.settings.controller, at.privacy_policy.version])


def shown(at: LiveSite, locale: str) -> dict[str, Any]:
    """All a visitor can read before choosing, as plain data."""
    facts = _facts(at)
    return {
        "site": at.name,
        "locale": locale,
        "controller": at.settings.controller,
        "email": at.settings.email,
        "months": lifetime.MONTHS,
        "words": {key: text for key, text in sorted(texts(at.settings, locale).items()) if _SHOWN.match(key)},
        "purposes": [purpose(at, name, locale) for name in at.settings.purposes],
        "features": {name: feature(at, name, locale) for name in features(at.settings)},
        "facts": facts,
        "data": _data(at, locale, facts),
        "privacy_policy": {
            "version": at.privacy_policy.version,
            "sha256": hashlib.sha256(at.privacy_policy.texts[locale].encode()).hexdigest(),
        },
    }


def listed(names: Sequence[str], words: Mapping[str, str]) -> str:
    """As the widget puts them together, by a notice's own words; older ones have none for it."""
    comma = words.get("list.next", ", ")
    *others, last = names or [""]
    return words.get("list.last", comma).join([comma.join(others), last] if others else [last])


def texts(site: SiteSettings, locale: str) -> dict[str, str]:
    """The widget's words, those of the site before ours."""
    return i18n.words(locale).under("widget.") | site.texts.get(locale, {})


def said(site: SiteSettings, name: str, locale: str) -> tuple[str, str]:
    """A purpose's title and text, the site's own before ours."""
    words, own = i18n.words(locale), site.purposes[name].words.get(locale)
    return (own.title, own.text) if own else (words(f"purpose.{name}.title"), words(f"purpose.{name}.text"))


def purpose(at: LiveSite, name: str, locale: str) -> dict[str, Any]:
    setting, (title, text) = at.settings.purposes[name], said(at.settings, name, locale)
    return {
        "name": name,
        "required": setting.required,
        "separate": setting.separate,
        "title": title,
        "text": text,
        "lifetime": i18n.words(locale)("purpose.lifetime", days=setting.days),
        "recipients": _names(at, _recipients(at.settings, name), locale),
        "cookies": list(setting.cookies),
        "storage": list(setting.storage),
        "gpc": is_refused_by_gpc(name, setting),
        "google": list(setting.google),
    }


def _recipients(site: SiteSettings, name: str) -> list[str]:
    """The engagements that see what is kept for a purpose: its own, and those of the features that need it."""
    naming = [feature.engagements for feature in features(site).values() if name in feature.purposes]
    return [each for engagements in (*naming, site.purposes[name].engagements) for each in engagements]


def feature(at: LiveSite, name: str, locale: str) -> dict[str, Any]:
    setting = features(at.settings)[name]
    return {
        "purposes": list(setting.purposes),
        "stores": i18n.words(locale)(f"feature.{name}.stores"),
        "seen_by": _names(at, setting.engagements, locale) or [at.settings.controller],
    }


def _facts(at: LiveSite) -> dict[str, list[dict[str, object]]]:
    """Term -> who will see the data, free of language."""
    own = {
        term: [at.settings.purposes[name].engagements for name in needs] for term, needs in _terms(at.settings).items()
    }
    for name, each in features(at.settings).items():
        own[name].append(each.engagements)
    return {term: at.edition.recipients(each for some in groups for each in some) for term, groups in own.items()}


def _data(at: LiveSite, locale: str, facts: dict[str, list[dict[str, object]]]) -> dict[str, str]:
    """What the keys of data in `facts` are called, so that a change of them can be told long afterwards."""
    wanted, reading = {each["id"] for some in facts.values() for each in some}, LocalizedEdition(at.edition, locale)
    entries = [each for each in at.edition.entries if each.engagement.id in wanted]
    return {key: str(reading.for_entry(each).text(f"data.{key}")) for each in entries for key in each.engagement.data}


def _names(at: LiveSite, engagements: list[str] | tuple[str, ...], locale: str) -> list[str]:
    """`Linode, LLC (Germany, United Kingdom)`, one line an entity."""
    countries: dict[str, dict[str, None]] = {}
    for fact in at.edition.recipients(engagements):
        named = countries.setdefault(str(fact["entity"]), {})
        named.update(dict.fromkeys(i18n.country(code, locale) for code in _listed(fact["countries"])))
    return [f"{entity} ({', '.join(named)})" for entity, named in sorted(countries.items())]


def _listed(value: object) -> list[str]:
    return msgspec.convert(value, type=list[str])


def _hash(value: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
