"""Loads the settings: first `forecourt.toml`, then FORECOURT_* over it. An unknown or wrong key stops the start.

Only the file can define sites. Every other setting can come from the environment: `FORECOURT_PORT`,
`FORECOURT_SMTP_HOST`.
"""

import ipaddress
import os
import tomllib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_origin, get_type_hints

import msgspec

from forecourt.decoding import decode
from forecourt.email_address import to_mailbox
from forecourt.errors import Invalid, SettingsBroken
from forecourt.settings import site_checks
from forecourt.settings.former_names import find_renamed_settings, new_variable
from forecourt.settings.server import (
    ConnectionSettings,
    RetentionSettings,
    SecurityTxtSettings,
    Settings,
    SmtpSettings,
    UnconfirmedMailSettings,
)
from forecourt.settings.site import SiteSettings

PREFIX = "FORECOURT_"
MIN_SECRET_LENGTH = 16  # characters of a signing key
_PATHS = (Path, Path | None)
_GROUPS = {
    "connections": ConnectionSettings,
    "smtp": SmtpSettings,
    "retention": RetentionSettings,
    "unconfirmed_mails": UnconfirmedMailSettings,
    "security_txt": SecurityTxtSettings,
}


class _Variable(NamedTuple):
    """Holds the keys that lead to an environment variable's setting, and the setting's type."""

    path: tuple[str, ...]
    kind: Any


def load_settings(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Loads `file`, or forecourt.toml of the working folder where there is one, and the environment over it.

    Raises `SettingsBroken` with one sentence a fault.
    """
    path = file or Path("forecourt.toml")
    data = _read(path) if file or path.is_file() else {}
    if renamed := find_renamed_settings(data):
        raise SettingsBroken("\n".join(f"{path}, {sentence}" for sentence in renamed))
    _merge_environment(data, environment)
    try:
        settings = decode(_with_paths(data, path.parent), Settings)
    except Invalid as error:
        raise SettingsBroken("\n".join(f"{path}, {fault}." for fault in error.faults)) from error
    _check(settings)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsBroken(f"{path} cannot be read: {error}.") from error


def _merge_environment(data: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Writes the value of each FORECOURT_* variable into `data`."""
    variables = dict(_variables())
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        if renamed := new_variable(name, PREFIX):
            raise SettingsBroken(f"{name} is now called {renamed}.")
        if name not in variables:
            raise SettingsBroken(f"{name} is not a setting. Known are: {', '.join(sorted(variables))}.")
        *groups, key = variables[name].path
        table = data
        for group in groups:
            table = table.setdefault(group, {})
        table[key] = _parse(name, text, variables[name].kind)


def _variables() -> Iterator[tuple[str, _Variable]]:
    """Returns the name of each environment variable with its setting."""
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        if name in _GROUPS:
            for key, kind in get_type_hints(_GROUPS[name], include_extras=True).items():
                yield f"{PREFIX}{name}_{key}".upper(), _Variable((name, key), kind)
        elif name != "sites":
            yield PREFIX + name.upper(), _Variable((name,), hint)


def _parse(name: str, text: str, kind: Any) -> object:
    """Returns a variable's text as a value of the setting's type. Lists are separated by commas."""
    if kind is bool and text.lower() in {"on", "off"}:
        return text.lower() == "on"
    if get_origin(kind) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return msgspec.convert(text, type=str if kind in _PATHS else kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsBroken(f"{name}: {error}.") from error


def _with_paths(data: Any, base: Path, kind: Any = Settings) -> Any:
    """Returns `data` with its paths as `Path`. A relative one starts at `base`, the settings file's folder."""
    if not isinstance(data, dict):
        return data
    hints = get_type_hints(kind, include_extras=True)
    converted = dict(data)
    for key, value in data.items():
        if hints.get(key) in _PATHS and isinstance(value, str):
            converted[key] = base / value
        elif key == "sites" and kind is Settings and isinstance(value, dict):
            converted[key] = {name: _with_paths(site, base, SiteSettings) for name, site in value.items()}
    return converted


def _check(settings: Settings) -> None:
    """Raises `SettingsBroken` where settings of the right types contradict each other."""
    faults = [*_server_faults(settings)]
    for name, site in settings.sites.items():
        faults += [f"sites.{name}.{fault}" for fault in site_checks.site_faults(site)]
    if faults:
        raise SettingsBroken("\n".join(faults))


def _server_faults(settings: Settings) -> Iterator[str]:
    if not to_mailbox(settings.mail_from):
        yield f"mail_from {settings.mail_from} is not one e-mail address."
    if any(len(secret) < MIN_SECRET_LENGTH for secret in settings.secrets):
        yield f"secrets: each needs at least {MIN_SECRET_LENGTH} characters."
    if settings.log_key and not _is_key(settings.log_key):
        yield "log_key is no key: it is what a file log.key holds, 32 bytes in base64."
    if settings.metrics_token and len(settings.metrics_token) < MIN_SECRET_LENGTH:
        yield f"metrics_token needs at least {MIN_SECRET_LENGTH} characters."
    for proxy in settings.trusted_proxies:
        if proxy != "*" and not _is_network(proxy):
            yield f"trusted_proxies: {proxy} is neither an IP address nor a network nor *."
    if settings.public_url and not settings.public_url.startswith(("https://", "http://")):
        yield f"public_url {settings.public_url} begins with neither https:// nor http://."


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_key(text: str) -> bool:
    try:
        return len(b64decode(text.strip(), validate=True)) == 32
    except ValueError:
        return False
