"""The hosted pages of following: the form, the confirmation, what a follower can change, and leaving."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forecourt import i18n
from forecourt.followers.actions import ConfirmedFollow
from forecourt.followers.model import LEFT_FOR, FollowPreferences
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.localized_edition import LocalizedEdition
from forecourt.policy.localization.region_names import region_name
from forecourt.policy.model import REGIONS
from forecourt.templating import render


@dataclass(frozen=True)
class FollowForm:
    """`errors` by field; `said`: what is wrong with the whole."""

    email: str = ""
    region: str = ""
    products: tuple[str, ...] = ()
    webhook: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


def form(at: LiveSite, locale: str, given: FollowForm, unconfirmed: int) -> str:
    """`unconfirmed`: days that an address which never says yes is kept."""
    query = f"?region={given.region}" if given.region in REGIONS else ""
    frame = _frame(at, locale) | {"path": "follow", "languages": at.settings.locales, "query": query}
    life = {"unconfirmed": unconfirmed, "left": LEFT_FOR.days, "evidence": at.settings.evidence_days}
    return render("public/follow.html", locale, **frame, f=given, life=life)


def ask(at: LiveSite, locale: str, email: str, wish: FollowPreferences) -> str:
    return render("public/follow_confirm.html", locale, **_frame(at, locale), address=email, w=_told(at, locale, wish))


def confirmed(at: LiveSite, locale: str, done: ConfirmedFollow) -> str:
    return render("public/follow_done.html", locale, **_frame(at, locale), done=done, w=_told(at, locale, done.wish))


def manage(at: LiveSite, locale: str, wish: FollowPreferences, is_saved: bool, form: FollowForm) -> str:
    frame = _frame(at, locale) | {"languages": at.settings.locales, "wish": wish, "saved": is_saved, "f": form}
    return render("public/follow_manage.html", locale, **frame)


def word(at: LiveSite, locale: str, state: str) -> str:
    """A page that says one thing: asked, leave (with a button), left, gone."""
    return render("public/follow_word.html", locale, **_frame(at, locale), state=state, left=LEFT_FOR.days)


@dataclass(frozen=True)
class _Told:
    """A wish in words. `products` is empty where the policy tells none apart."""

    language: str
    region: str
    products: str
    webhook: str


def _told(at: LiveSite, locale: str, wish: FollowPreferences) -> _Told:
    words, reading = i18n.words(locale), LocalizedEdition(at.edition, locale)
    region = region_name(wish.region, locale) if wish.region else words("page.follow.all_regions")
    known = [each for each in wish.products if each in reading.facts.products]
    every = words("page.follow.all_products") if reading.facts.products else ""
    products = str(reading.list_texts("product", known)) if known else every
    return _Told(i18n.language(wish.locale), region, products, wish.webhook)


def _frame(at: LiveSite, locale: str) -> dict[str, object]:
    reading = LocalizedEdition(at.edition, locale)
    return {
        "site": at.name,
        "controller": at.settings.controller,
        "email": at.settings.email,
        "regions": [(str(each), region_name(each, locale)) for each in REGIONS],
        "products": [(each, reading.text(f"product.{each}")) for each in reading.facts.products],
    }
