"""Writes a privacy policy that is true of what the settings store, for the owner to read and add to."""

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from forecourt import clock
from forecourt.consent import notices
from forecourt.policy.localization.markdown_escape import escape_markdown
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings
from forecourt.templating import render

_VERSION_FILE = "version.txt"


@dataclass(frozen=True, slots=True)
class PurposeText:
    """Describes a purpose in Markdown. `name` is that of its placeholder: `{NAME_days}`."""

    name: str
    title: Markup
    text: Markup


def write_privacy_policy(settings: Settings, name: str) -> list[str]:
    """Writes the files that the folder lacks: the version, and a text in each language of the site."""
    site = settings.sites[name]
    files = {_VERSION_FILE: f"{clock.now().date().isoformat()}\n"}
    files |= {f"{locale}.md": render_privacy_policy(settings, name, locale) for locale in site.locales}
    missing = {file: text for file, text in files.items() if not (site.privacy_policy / file).exists()}
    write_new_files(site.privacy_policy, missing)
    return sorted(missing)


def write_new_files(folder: Path, files: dict[str, str]) -> None:
    """Writes files that are not there. Raises FileExistsError where another process has just written one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        with (folder / name).open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def render_privacy_policy(settings: Settings, name: str, locale: str) -> str:
    """Returns Markdown in which the server fills `{controller}`, `{email}`, `{hosts}` and `{PURPOSE_days}`."""
    site = settings.sites[name]
    features = notices.feature_settings(site)
    needed = {purpose for feature in features.values() for purpose in feature.purposes}
    return render(
        f"privacy/{locale}.md",
        locale,
        site=name,
        feature_purposes=[_describe(site, purpose, locale) for purpose in site.purposes if purpose in needed],
        other_purposes=[
            _describe(site, purpose, locale)
            for purpose, purpose_settings in site.purposes.items()
            if purpose not in needed and not purpose_settings.required
        ],
        names_hosts=any(feature.engagements for feature in features.values()),
        cookie_domain=Markup(site.share_cookie_domain),  # noqa: S704 - a host name, which has no markup
        mail_days=settings.retention.mails,
        details_days=settings.retention.consent_details,
        unconfirmed_days=settings.retention.unconfirmed_addresses,
    )


def _describe(site: SiteSettings, purpose: str, locale: str) -> PurposeText:
    title, text = notices.purpose_words(site, purpose, locale)
    # It becomes Markdown and no HTML, so it is escaped as that.
    return PurposeText(purpose, Markup(escape_markdown(title)), Markup(escape_markdown(text)))  # noqa: S704
