"""Renders the hosted pages for followers: the form, the confirmation, the preferences, and short messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forecourt import i18n
from forecourt.followers.actions import ConfirmedFollow, PendingFollow
from forecourt.followers.model import FORGET_AFTER, FollowPreferences
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.region_names import region_name
from forecourt.policy.model import REGIONS
from forecourt.templating import render


@dataclass(frozen=True)
class FollowForm:
    """Holds the form's fields, what is wrong with each (`errors`), and with the whole (`message`)."""

    email: str = ""
    region: str = ""
    products: tuple[str, ...] = ()
    webhook: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class PreferencesInWords:
    """Holds a follower's preferences in the reader's language. `products` is empty where the policy has no products."""

    language: str
    region: str
    products: str
    webhook: str


def render_form(live_site: LiveSite, locale: str, form: FollowForm, unconfirmed_days: int) -> str:
    """Renders the form. An address that is never confirmed is deleted after `unconfirmed_days`."""
    frame = _frame(live_site, locale) | {
        "path": "follow",
        "languages": live_site.settings.locales,
        "query": f"?region={form.region}" if form.region in REGIONS else "",
    }
    evidence_days = live_site.settings.change_notice_evidence_days
    days_kept = {"unconfirmed": unconfirmed_days, "stopped": FORGET_AFTER.days, "evidence": evidence_days}
    return render("public/follow.html", locale, **frame, form=form, days_kept=days_kept)


def render_confirmation(live_site: LiveSite, locale: str, pending_follow: PendingFollow) -> str:
    """Renders what was requested, with a button that confirms it, and one that does so without the webhook."""
    words = _in_words(live_site, locale, pending_follow.preferences)
    return render(
        "public/follow_confirm.html",
        locale,
        **_frame(live_site, locale),
        address=pending_follow.email,
        preferences=words,
        has_other_preferences=pending_follow.has_other_preferences,
    )


def render_confirmed(live_site: LiveSite, locale: str, follow: ConfirmedFollow) -> str:
    """Renders what was confirmed, with the webhook's secret, which is shown only here."""
    words = _in_words(live_site, locale, follow.preferences)
    return render(
        "public/follow_confirmed.html", locale, **_frame(live_site, locale), confirmed=follow, preferences=words
    )


def render_preferences(live_site: LiveSite, locale: str, preferences: FollowPreferences, is_saved: bool) -> str:
    """Renders the form in which a follower changes their preferences. `is_saved` says that they just did."""
    frame = _frame(live_site, locale) | {"languages": live_site.settings.locales}
    form = FollowForm(region=preferences.region or "", products=preferences.products)
    return render(
        "public/follow_preferences.html", locale, **frame, preferences=preferences, is_saved=is_saved, form=form
    )


def render_message(live_site: LiveSite, locale: str, message: str) -> str:
    """Renders a page that says one thing.

    `message` is requested, stop or webhook_unanswered (with buttons), stopped, confirmed, confirmation_expired or
    link_expired.
    """
    days = FORGET_AFTER.days
    return render(
        "public/follow_message.html", locale, **_frame(live_site, locale), message=message, days_until_deleted=days
    )


def _in_words(live_site: LiveSite, locale: str, preferences: FollowPreferences) -> PreferencesInWords:
    words, edition = i18n.words(locale), LocalizedEdition(live_site.edition, locale)
    region = region_name(preferences.region, locale) if preferences.region else words("page.follow.all_regions")
    selected = [product for product in preferences.products if product in edition.facts.products]
    all_products = words("page.follow.all_products") if edition.facts.products else ""
    products = str(edition.list_texts("product", selected)) if selected else all_products
    return PreferencesInWords(i18n.language(preferences.locale), region, products, preferences.webhook)


def _frame(live_site: LiveSite, locale: str) -> dict[str, object]:
    edition = LocalizedEdition(live_site.edition, locale)
    return {
        "site": live_site.name,
        "controller": live_site.settings.controller,
        "email": live_site.settings.email,
        "regions": [(str(region), region_name(region, locale)) for region in REGIONS],
        "products": [(product, edition.text(f"product.{product}")) for product in edition.facts.products],
    }
