"""Writing the notice: the exact words shown when asking, bound to the facts behind them."""

import hashlib
import re
from typing import Any

import msgspec
import rfc8785

from forecourt import i18n
from forecourt.consent.model import FEATURES, MONTHS, Notice, Offer
from forecourt.policy.published import Published
from forecourt.settings import Feature, Site

_SHOWN = re.compile(r"(banner|lock|preferences|privacy)\.|\w+\.locked$")  # the widget's words that ask


def features(site: Site) -> dict[str, Feature]:
    return {kind.name: getattr(site, kind.name) for kind in FEATURES}


def offer(at: Published) -> Offer:
    site = at.site
    return Offer(
        site=at.name,
        origins=site.origins,
        required=frozenset(name for name, purpose in site.purposes.items() if purpose.required),
        optional=frozenset(name for name, purpose in site.purposes.items() if not purpose.required),
        needs={name: feature.purposes for name, feature in features(site).items()},
        notices={locale: notice(at, locale) for locale in site.locales},
        privacy_policy=at.privacy_policy.version,
        release=at.release.number,
    )


def notice(at: Published, locale: str) -> Notice:
    content = shown(at, locale)
    bound = {
        name: _hash([content["features"][name], content["facts"][name], _about(content, name)])
        for name in content["features"]
    }
    canonical = rfc8785.dumps(content | {"terms": bound}).decode()
    return Notice(hashlib.sha256(canonical.encode()).hexdigest(), at.name, locale, canonical, bound)


def facts_hash(at: Published) -> str:
    """The same in every language: whether a choice made in another one still covers what is asked."""
    asked = {name: list(feature.purposes) for name, feature in features(at.site).items()}
    return _hash([_facts(at), asked, at.privacy_policy.version])


def shown(at: Published, locale: str) -> dict[str, Any]:
    """All a visitor can read before choosing, as plain data."""
    words = i18n.words(locale)
    widget = words.under("widget.")
    return {
        "site": at.name,
        "locale": locale,
        "controller": at.site.controller,
        "email": at.site.email,
        "months": MONTHS,
        "words": {key: text for key, text in sorted(widget.items()) if _SHOWN.match(key)},
        "purposes": [purpose(at, name, locale) for name in at.site.purposes],
        "features": {name: feature(at, name, locale) for name in features(at.site)},
        "facts": _facts(at),
        "privacy_policy": {
            "version": at.privacy_policy.version,
            "sha256": hashlib.sha256(at.privacy_policy.texts[locale].encode()).hexdigest(),
        },
    }


def purpose(at: Published, name: str, locale: str) -> dict[str, Any]:
    words, setting = i18n.words(locale), at.site.purposes[name]
    engagements = [
        each for feature in features(at.site).values() if name in feature.purposes for each in feature.engagements
    ]
    return {
        "name": name,
        "required": setting.required,
        "separate": setting.separate,
        "title": words(f"purpose.{name}.title"),
        "text": words(f"purpose.{name}.text"),
        "lifetime": words("purpose.lifetime", days=setting.days),
        "recipients": _names(at, engagements, locale),
    }


def feature(at: Published, name: str, locale: str) -> dict[str, Any]:
    setting = features(at.site)[name]
    return {
        "purposes": list(setting.purposes),
        "stores": i18n.words(locale)(f"feature.{name}.stores"),
        "seen_by": _names(at, setting.engagements, locale),
    }


def _facts(at: Published) -> dict[str, list[dict[str, object]]]:
    return {name: at.edition.recipients(each.engagements) for name, each in features(at.site).items()}


def _about(content: dict[str, Any], feature_name: str) -> list[Any]:
    needs = content["features"][feature_name]["purposes"]
    return [content["privacy_policy"], [each for each in content["purposes"] if each["name"] in needs]]


def _names(at: Published, engagements: list[str] | tuple[str, ...], locale: str) -> list[str]:
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
