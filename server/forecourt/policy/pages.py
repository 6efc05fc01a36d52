"""A release as what is sent: the fragment the widget places, the hosted pages, and JSON."""

from collections.abc import Iterable

import msgspec

from forecourt import i18n
from forecourt.policy.model import Audience, Kind, Release
from forecourt.policy.privacy import PrivacyPolicy
from forecourt.policy.view import Reading, as_plain
from forecourt.policy.words import escaped, listed, mail_link
from forecourt.render import render
from forecourt.settings import Site


def fragment(release: Release, locale: str, region: Audience | None = None) -> str:
    """HTML to place in another page, under a heading of that page."""
    reading = Reading(release, locale, region)
    return render("embed/policy.html", locale, level=2, **_context(reading))


def document(release: Release, locale: str, languages: Iterable[str], region: Audience | None = None) -> str:
    """The hosted page `/{site}/{locale}/`; `languages` are those it can be read in."""
    reading = Reading(release, locale, region)
    frame = {"site": release.site, "path": "", "languages": languages, "query": f"?region={region}" if region else ""}
    return render("public/policy.html", locale, level=1, **frame, **_context(reading))


def as_json(release: Release, locale: str, region: Audience | None = None) -> bytes:
    return msgspec.json.encode(as_plain(Reading(release, locale, region)))


def privacy(policy: PrivacyPolicy, site: Site, release: Release, locale: str) -> str:
    """The hosted page `/{site}/{locale}/privacy`. Raises KeyError where it is not written in `locale`."""
    frame = {"site": release.site, "path": "privacy", "languages": site.locales, "controller": site.controller}
    text = policy.text(locale, _said(site, release, locale))
    return render("public/privacy.html", locale, **frame, version=policy.version, text=text)


def _context(reading: Reading) -> dict[str, object]:
    fell_back = reading.language != reading.locale
    mark = {"lang": reading.language, "dir": i18n.direction(reading.language)} if fell_back else {}
    return {"r": reading, "facts": reading.release.policy.facts, "tables": tuple(Kind), "fallen": mark}


def _said(site: Site, release: Release, locale: str) -> dict[str, str]:
    """What a privacy policy can name in braces: `{controller}`, `{email}`, `{hosts}`, and `{PURPOSE_days}`."""
    days = {f"{name}_days": str(purpose.days) for name, purpose in site.purposes.items()}
    engaged = dict.fromkeys((*site.contact.engagements, *site.chat.engagements, *site.newsletter.engagements))
    hosts = "\n".join(f"- {_host(release, each, locale)}" for each in engaged)
    return {"controller": escaped(site.controller), "email": mail_link(site.email), "hosts": hosts, **days}


def _host(release: Release, engagement_id: str, locale: str) -> str:
    """A Markdown link to the engagement's row: `[Linode, LLC](/main/en/#fc-linode-eu), Germany`."""
    facts = release.policy.facts
    engagement = facts.engagement(engagement_id)
    name = escaped(facts.entity(engagement.entity).legal_name)
    where = listed((i18n.country(each.country, locale) for each in engagement.locations), locale)
    return f"[{name}](</{release.site}/{locale}/#fc-{engagement_id}>), {escaped(where)}"
