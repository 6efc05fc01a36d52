"""The policy as people read it: the fragment that the widget places, and the hosted pages."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from forecourt import i18n
from forecourt.policy.hosted.page_frame import PageFrame, Query, asked, choices
from forecourt.policy.model import Audience, Engagement, Release
from forecourt.policy.outputs import json_ld
from forecourt.policy.privacy_policy import PrivacyPolicy
from forecourt.policy.reading import change_sentences
from forecourt.policy.reading.change_sentences import ChangeSentence
from forecourt.policy.reading.reading import Phrase, Reading
from forecourt.policy.reading.words import escaped, listed, mail_link
from forecourt.settings.site import SiteSettings
from forecourt.templating import prose, render


@dataclass(frozen=True)
class ProposalView:
    """An engagement to come, as `told`: each thing it changes. `announced`: the day it was first published."""

    engagement: Engagement
    told: list[ChangeSentence]
    announced: date

    @property
    def title(self) -> Phrase:
        return self.told[0].title


def fragment(reading: Reading, pages: str, is_today: bool = True) -> str:
    """HTML to place in another page, under a heading of that page. `pages`: where the hosted pages are, absolute."""
    shown = _shown(reading, pages, f"{pages}/", (), reading.edition.day if is_today else None)
    return render("embed/policy.html", reading.locale, level=2, **shown)


def document(reading: Reading, frame: PageFrame, banner: str = "") -> str:
    """A hosted page with the whole policy. `banner` says which day it shows, where that is not today."""
    shown = _shown(reading, frame.pages, frame.here, frame.query, None if banner else reading.edition.day)
    around = frame.context(str(prose(reading.word("summary")).striptags()), reading.region)
    around["linked"] = json_ld.data(reading, frame.canonical)
    return render("public/policy.html", reading.locale, level=1, banner=banner, **around, **shown)


def privacy(policy: PrivacyPolicy, site: SiteSettings, release: Release, locale: str) -> str:
    """The hosted page `/{site}/{locale}/privacy`. Raises KeyError where it is not written in `locale`."""
    frame = {"site": release.site, "path": "privacy", "languages": site.locales, "controller": site.controller}
    text = policy.text(locale, _said(site, release, locale))
    return render("public/privacy.html", locale, **frame, version=policy.version, text=text)


def as_of(first: date, last: date | None, locale: str) -> str:
    """Which days a list was in force on: from `first` (`date.min`: from ever) to `last` (None: no end is known)."""
    key = {(True, True): "between", (True, False): "since", (False, True): "until", (False, False): "ever"}
    days = {"first": i18n.long_date(first, locale), "last": i18n.long_date(last or first, locale)}
    return i18n.words(locale)(f"page.as_of.{key[first > date.min, last is not None]}", **days)


def as_published(release: Release, locale: str) -> str:
    day = i18n.long_date(release.published_at.date(), locale)
    return i18n.words(locale)("page.release.banner", number=release.number, day=day)


def _shown(reading: Reading, pages: str, here: str, query: Query, today: date | None) -> dict[str, object]:
    """What `embed/policy.html` takes. `here`: the page's own address; `today`: None where no days are counted."""
    site = reading.release.site
    return {
        "r": reading,
        "pages": pages,
        "site_api": f"{pages.removesuffix(f'/{site}/{reading.locale}')}/v1/sites/{site}",
        "feed": asked(reading.region, (("locale", reading.locale),)),
        "today": today,
        "proposals": [_proposal(each, reading) for each in reading.edition.proposals(reading.region)],
        "choices": choices(reading.region, here, query, _counts(reading)),
        "products": {each: str(reading.word(f"product.{each}")) for each in reading.facts.products},
    }


def _proposal(engagement: Engagement, reading: Reading) -> ProposalView:
    release = reading.release
    announced = release.announced.get(engagement.id, release.published_at.date())
    return ProposalView(engagement, change_sentences.coming(reading, engagement), announced)


def _counts(reading: Reading) -> Counter[Audience | None]:
    return Counter(region for each in reading.edition.entries for region in (None, *each.engagement.regions))


def _said(site: SiteSettings, release: Release, locale: str) -> dict[str, str]:
    """What a privacy policy can name in braces: `{controller}`, `{email}`, `{hosts}`, and `{PURPOSE_days}`."""
    days = {f"{name}_days": str(purpose.days) for name, purpose in site.purposes.items()}
    engaged = dict.fromkeys((*site.contact.engagements, *site.chat.engagements, *site.newsletter.engagements))
    known = {each.id for each in release.policy.facts.engagements}
    hosts = "\n".join(f"- {_host(release, each, locale)}" for each in engaged if each in known)
    return {"controller": escaped(site.controller), "email": mail_link(site.email), "hosts": hosts, **days}


def _host(release: Release, engagement_id: str, locale: str) -> str:
    """A Markdown link to the engagement's row: `[Linode, LLC](/main/en/#fc-linode-eu), Germany`."""
    facts = release.policy.facts
    engagement = facts.engagement(engagement_id)
    name = escaped(facts.entity(engagement.entity).legal_name)
    where = listed((i18n.country(each.country, locale) for each in engagement.locations), locale)
    return f"[{name}](</{release.site}/{locale}/#fc-{engagement_id}>), {escaped(where)}"
