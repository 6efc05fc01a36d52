"""A release as what is sent: the fragment the widget places, the hosted pages, and JSON."""

from collections.abc import Iterable

import msgspec

from forecourt import i18n
from forecourt.policy.model import Release
from forecourt.policy.plain import as_plain
from forecourt.policy.privacy import PrivacyPolicy
from forecourt.policy.view import Reading
from forecourt.policy.words import escaped, listed, mail_link
from forecourt.render import render
from forecourt.settings import Site


def fragment(reading: Reading) -> str:
    """HTML to place in another page, under a heading of that page."""
    return render("embed/policy.html", reading.locale, level=2, r=reading)


def document(reading: Reading, languages: Iterable[str]) -> str:
    """The hosted page `/{site}/{locale}/`; `languages` are those it can be read in."""
    query = f"?region={reading.region}" if reading.region else ""
    frame = {"site": reading.release.site, "path": "", "languages": languages, "query": query}
    return render("public/policy.html", reading.locale, level=1, r=reading, **frame)


def as_json(reading: Reading) -> bytes:
    return msgspec.json.encode(as_plain(reading), enc_hook=str)  # a `Said` is a text


def privacy(policy: PrivacyPolicy, site: Site, release: Release, locale: str) -> str:
    """The hosted page `/{site}/{locale}/privacy`. Raises KeyError where it is not written in `locale`."""
    frame = {"site": release.site, "path": "privacy", "languages": site.locales, "controller": site.controller}
    text = policy.text(locale, _said(site, release, locale))
    return render("public/privacy.html", locale, **frame, version=policy.version, text=text)


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
