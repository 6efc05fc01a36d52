"""Settings: from `forecourt.toml`, then FORECOURT_*, decoded strictly. An unknown or wrong key stops the start.

Sites stand in the file only. Every other field can be set by the environment: `FORECOURT_PORT`, `FORECOURT_SMTP_HOST`.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from forecourt.decoding import decode
from forecourt.email_address import to_mailbox
from forecourt.errors import Invalid, SettingsBroken
from forecourt.settings import site_checks
from forecourt.settings.server import RetentionSettings, Settings, SmtpSettings
from forecourt.settings.site import SiteSettings

PREFIX = "FORECOURT_"
SECRET_AT_LEAST = 16  # characters of a signing key
_GROUPS = {"smtp": SmtpSettings, "retention": RetentionSettings}


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
            made[key] = {name: _with_paths(site, base, SiteSettings) for name, site in value.items()}
    return made


def _hold_together(settings: Settings) -> None:
    found = [*_server_faults(settings)]
    for name, site in settings.sites.items():
        found += [f"sites.{name}.{fault}" for fault in site_checks.of_site(site)]
    if found:
        raise SettingsBroken("\n".join(found))


def _server_faults(settings: Settings) -> Iterator[str]:
    if not to_mailbox(settings.mail_from):
        yield f"mail_from {settings.mail_from} is not one e-mail address."
    if any(len(secret) < SECRET_AT_LEAST for secret in settings.secrets):
        yield f"secrets: each takes at least {SECRET_AT_LEAST} characters."
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        yield f"public_url {settings.public_url} begins with neither https:// nor http://."
