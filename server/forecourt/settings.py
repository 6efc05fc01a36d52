"""Settings: from `forecourt.toml`, then FORECOURT_*, decoded strictly. An unknown or wrong key stops the start.

Sites stand in the file only. Every other field can be set by the environment: `FORECOURT_PORT`, `FORECOURT_SMTP_HOST`.
"""

import dataclasses
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from forecourt import site_faults
from forecourt.errors import Invalid, SettingsBroken
from forecourt.look import Look
from forecourt.strict import decode
from forecourt.text import mailbox

PREFIX = "FORECOURT_"
SECRET_AT_LEAST = 16  # characters of a signing key
Port = Annotated[int, Meta(ge=0, le=65535)]
SiteName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Origin = Annotated[str, Meta(pattern=r"^https?://[a-z0-9.\[\]:-]+$")]
Days = Annotated[int, Meta(ge=0, le=3650)]
Words = Annotated[str, Meta(min_length=1, max_length=500)]
Stored = Annotated[str, Meta(max_length=100, pattern=r"^[^\s;,=*]+\*?$")]  # of a cookie or key; `*` ends a beginning
Domain = Annotated[str, Meta(pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)+)?$")]
Google = Literal[
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
]


@dataclass(frozen=True, slots=True)
class Smtp:
    """The relay that takes the mail. Without a host, mails are written into the folder `mails` of the data."""

    host: str = ""
    port: Port = 587
    username: str = ""
    password: str = field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: Annotated[float, Meta(gt=0, le=300)] = 30.0  # seconds for one mail


@dataclass(frozen=True, slots=True)
class PurposeWords:
    title: Words
    text: Words


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a visitor is asked for. `separate`: not part of the banner's "accept", always its own unticked choice."""

    required: bool = False
    separate: bool = False
    days: Annotated[int, Meta(ge=1, le=3650)] = 182  # how long what it stores is kept
    engagements: tuple[str, ...] = ()  # recipients of its own, beside those of the features that need it
    cookies: tuple[Stored, ...] = ()  # cleared from the page when it is withdrawn
    storage: tuple[Stored, ...] = ()  # the same, of localStorage and sessionStorage
    gpc: bool | None = None  # refused without asking under Global Privacy Control; None: so is `marketing` alone
    google: tuple[Google, ...] = ()  # the types of Google's consent mode that it grants
    words: dict[str, PurposeWords] = field(default_factory=dict)  # by locale; Forecourt's own where there are none


def yields_to_gpc(name: str, purpose: Purpose) -> bool:
    return name == "marketing" if purpose.gpc is None else purpose.gpc


def purposes() -> dict[str, Purpose]:
    """What is asked for where the settings name nothing else."""
    return {
        "necessary": Purpose(required=True),
        "support": Purpose(days=730),
        "newsletter": Purpose(separate=True, days=730),
        "analytics": Purpose(days=395, google=("analytics_storage",)),
        "marketing": Purpose(google=("ad_storage", "ad_user_data", "ad_personalization")),
    }


@dataclass(frozen=True, slots=True)
class Feature:
    """What one feature needs granted, and which engagements of the policy will see its data."""

    purposes: tuple[Slug, ...]
    engagements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One site: who it is, which pages may write, which policy it shows."""

    origins: Annotated[tuple[Origin, ...], Meta(min_length=1)]  # of the pages that embed it, scheme, host and port
    controller: str  # the legal name visitors read
    email: str  # the plain address shown to visitors; contact messages and alerts go there
    policy: Path  # the policy folder: facts.toml and words/
    privacy_policy: Path  # a folder with version.txt and one LOCALE.md a language
    locale: str = "en"  # where a visitor's language is not offered
    locales: tuple[str, ...] = ("en", "nb")
    purposes: dict[Slug, Purpose] = field(default_factory=purposes)
    contact: Feature = Feature(("support",))
    chat: Feature = Feature(("support",))
    newsletter: Feature = Feature(("newsletter",))
    topics: Annotated[tuple[Slug, ...], Meta(min_length=1)] = ("support", "privacy", "dpa", "partnership")
    unanswered_minutes: Annotated[float, Meta(gt=0)] = 5.0  # a chat that waits longer mails the site's address
    texts: dict[str, dict[str, Words]] = field(default_factory=dict)  # by locale: the widget's texts in other words
    look: Look = field(default_factory=Look)
    share_cookie_domain: Domain = ""  # above every origin's host: its sub-domains then share one choice
    evidence_days: Annotated[int, Meta(ge=30, le=3650)] = 1096  # how long the address a change notice went to is kept


@dataclass(frozen=True, slots=True)
class Retention:
    """Days. What visitors gave is kept as long as its purpose promises (`purposes.NAME.days`); 0: exactly so long.

    A number makes it shorter, and never longer.
    """

    contact: Days = 0
    conversations: Days = 0
    subscriptions: Days = 0
    unconfirmed: Days = 7  # addresses that never said yes
    mails: Days = 30  # sent or failed, in the outbox
    links: Days = 0  # after they expired
    consent_details: Days = 365  # after the choice's six months: origin, address, browser and receipt


@dataclass(frozen=True, slots=True)
class Settings:
    host: str = "127.0.0.1"  # the address to listen on
    port: Port = 8000  # 0 takes a free one
    public_url: str = ""  # where browsers reach Forecourt; http://HOST:PORT when empty
    data: Path = Path("var")  # database, key and mails, where no other place is set for them
    database_url: str = field(default="", repr=False)  # postgresql://...; SQLite in the data folder when empty
    secrets: tuple[str, ...] = field(default=(), repr=False)  # signing keys, the newest first
    trusted_proxies: tuple[str, ...] = ()  # addresses whose X-Forwarded-For and -Proto are believed
    limits: bool = True  # rate limits; off for benchmarks and outside checks only
    mail_from: str = "forecourt@localhost.localdomain"  # the sender of every mail
    inside_webhooks: bool = False  # whether a follower's webhook may be of the own network, and plain http
    session_hours: Annotated[float, Meta(gt=0, le=720)] = 12.0  # how long a console session lasts
    smtp: Smtp = Smtp()
    retention: Retention = Retention()
    sites: dict[SiteName, Site] = field(default_factory=dict)


_GROUPS = {"smtp": Smtp, "retention": Retention}


def load(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises `SettingsBroken`, one sentence a fault. `file`: forecourt.toml of the working folder when not given."""
    path = file or Path("forecourt.toml")
    data = _read(path) if file or path.is_file() else {}
    _lay_over(data, environment)
    try:
        settings = decode(_with_paths(data, path.parent), Settings)
    except Invalid as error:
        raise SettingsBroken("\n".join(f"{path}, {fault}." for fault in error.faults)) from error
    _hold_together(settings)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsBroken(f"{path} cannot be read: {error}.") from error


def _lay_over(data: dict[str, Any], environment: Mapping[str, str]) -> None:
    known = dict(_from_environment())
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise SettingsBroken(f"{name} is not a setting. Known are: {', '.join(sorted(known))}.")
        *above, key = known[name][0]
        place = data
        for step in above:
            place = place.setdefault(step, {})
        place[key] = _plain(name, text, known[name][1])


def _from_environment() -> list[tuple[str, tuple[tuple[str, ...], Any]]]:
    """Each variable's name, the path of its setting and the setting's type."""
    rows: list[tuple[str, tuple[tuple[str, ...], Any]]] = []
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if name in _GROUPS:
            inner = get_type_hints(_GROUPS[name], include_extras=True)
            rows += [(f"{PREFIX}{name}_{key}".upper(), ((name, key), kind)) for key, kind in inner.items()]
        elif name != "sites":
            rows.append((PREFIX + name.upper(), ((name,), hint)))
    return rows


def _plain(name: str, text: str, kind: Any) -> object:
    if kind is bool and text.lower() in {"on", "off"}:
        return text.lower() == "on"
    if kind == tuple[str, ...]:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return msgspec.convert(text, type=str if kind is Path else kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsBroken(f"{name}: {error}.") from error


def _with_paths(data: Any, base: Path, kind: Any = Settings) -> Any:
    """`data` with every setting that is a path made one, taken from where the settings file stands."""
    if not isinstance(data, dict):
        return data
    hints = get_type_hints(kind, include_extras=True)
    made = dict(data)
    for key, value in data.items():
        if hints.get(key) is Path and isinstance(value, str):
            made[key] = base / value
        elif key == "sites" and kind is Settings and isinstance(value, dict):
            made[key] = {name: _with_paths(site, base, Site) for name, site in value.items()}
    return made


def _hold_together(settings: Settings) -> None:
    found = [*_server_faults(settings)]
    for name, site in settings.sites.items():
        found += [f"sites.{name}.{fault}" for fault in site_faults.of_site(site)]
    if found:
        raise SettingsBroken("\n".join(found))


def _server_faults(settings: Settings) -> Iterator[str]:
    if not mailbox(settings.mail_from):
        yield f"mail_from {settings.mail_from} is not one e-mail address."
    if any(len(secret) < SECRET_AT_LEAST for secret in settings.secrets):
        yield f"secrets: each takes at least {SECRET_AT_LEAST} characters."
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        yield f"public_url {settings.public_url} begins with neither https:// nor http://."


def address(settings: Settings) -> str:
    """Where browsers reach Forecourt, without a slash at the end."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (settings.public_url or f"http://{host}:{settings.port}").rstrip("/")


def changed(settings: Settings, **values: object) -> Settings:
    """`settings` with what the command line gave; None leaves as it was."""
    given: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    return dataclasses.replace(settings, **given)
