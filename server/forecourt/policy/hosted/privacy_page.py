"""This module renders a site's own privacy policy at `/{site}/{locale}/privacy`."""

from forecourt import i18n
from forecourt.policy.edition import Edition
from forecourt.policy.live_site import LiveSite
from forecourt.policy.localization.markdown_escape import escape_markdown, markdown_mail_link
from forecourt.policy.model import Release
from forecourt.settings.site import SiteSettings
from forecourt.templating import render


def render_privacy_page(live_site: LiveSite, locale: str) -> str:
    """Raises KeyError where the privacy policy is not written in `locale`."""
    policy, site = live_site.privacy_policy, live_site.settings
    frame = {"site": live_site.name, "path": "privacy", "languages": site.locales, "controller": site.controller}
    text = policy.text(locale, _placeholder_values(site, live_site.published, locale))
    return render("public/privacy.html", locale, **frame, version=policy.version, text=text)


def _placeholder_values(site: SiteSettings, edition: Edition | None, locale: str) -> dict[str, str]:
    """Returns what a privacy policy may name in braces: `{controller}`, `{email}`, `{hosts}`, `{PURPOSE_days}`."""
    days = {f"{name}_days": str(purpose.retention_days) for name, purpose in site.purposes.items()}
    engagement_ids = dict.fromkeys((*site.contact.engagements, *site.chat.engagements, *site.newsletter.engagements))
    release = edition.release if edition else None
    in_policy = {engagement.id for engagement in release.policy.facts.engagements} if release else set()
    hosts = "\n".join(f"- {_host(release, key, locale)}" for key in engagement_ids if release and key in in_policy)
    controller, email = escape_markdown(site.controller), markdown_mail_link(site.email)
    return {"controller": controller, "email": email, "hosts": hosts, **days}


def _host(release: Release, engagement_id: str, locale: str) -> str:
    """Returns a Markdown link to the engagement's row: `[Linode, LLC](</main/en/#fc-linode-eu>), Germany`."""
    facts = release.policy.facts
    engagement = facts.engagement(engagement_id)
    name = escape_markdown(facts.entity(engagement.entity).legal_name)
    countries = i18n.format_list((i18n.country(each.country, locale) for each in engagement.locations), locale)
    link = f"[{name}](</{release.site}/{locale}/#fc-{engagement_id}>)"
    return f"{link}, {escape_markdown(countries)}" if countries else link
