"""Loads the settings: first `forecourt.toml`, then FORECOURT_* over it. An unknown or wrong key stops the start.

Only the file can define sites. Every other setting can come from the environment: `FORECOURT_PORT`,
`FORECOURT_SMTP_HOST`.
"""

import ipaddress
import os
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forecourt.decoding import decode
from forecourt.email_address import to_mailbox
from forecourt.errors import Invalid, SettingsBroken
from forecourt.settings import site_checks
from forecourt.settings.environment import read_variables
from forecourt.settings.faults import explain_faults, join_faults
from forecourt.settings.former_names import find_renamed_settings
from forecourt.settings.known_keys import key_types
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings
from forecourt.settings.toml_file import read_toml

MIN_SECRET_LENGTH = 16  # characters of a signing key
_PATHS = (Path, Path | None)


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Holds the settings and where they come from.

    `file_data` is what the file holds. `variables` and `options` name the variable or the option of the command line
    that each other key was read from.
    """

    settings: Settings
    file: Path | None
    file_data: dict[str, Any]
    variables: dict[str, str]
    options: dict[str, str] = field(default_factory=dict)


def load_settings(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Loads `file`, or forecourt.toml of the working folder where there is one, and the environment over it.

    Raises `SettingsBroken` with a sentence for each fault.
    """
    return load_with_origins(file, environment).settings


def load_with_origins(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> LoadedSettings:
    """Does what `load_settings` does, and says where each setting comes from. Raises `SettingsBroken`."""
    path = file or Path("forecourt.toml")
    is_read = file is not None or path.is_file()
    file_data = read_toml(path) if is_read else {}
    variables = read_variables(environment)
    data = _merge(file_data, variables.values)
    renamed = [f"{path}, {sentence}" for sentence in find_renamed_settings(file_data)]
    if renamed:
        raise SettingsBroken(join_faults([*renamed, *variables.faults]))
    settings, faults = _decode(_with_paths(data, path.parent))
    file_name = f"{path}, " if is_read else ""
    sentences = [_find_variable(fault, variables.names) or file_name + fault for fault in faults]
    if sentences := [*variables.faults, *sentences]:
        raise SettingsBroken(join_faults(sentences))
    return LoadedSettings(settings, path if is_read else None, file_data, variables.names)


def _merge(data: dict[str, Any], values: Mapping[tuple[str, ...], object]) -> dict[str, Any]:
    """Returns `data` with the environment's values over it. A table that is none keeps its own fault."""
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for (*tables, key), value in values.items():
        table = merged
        for name in tables:
            table = table.setdefault(name, {})
        if isinstance(table, dict):
            table[key] = value
    return merged


def _find_variable(fault: str, variables: Mapping[str, str]) -> str | None:
    """Returns the fault with the name of its variable before it, where its value comes from one."""
    names = (name for key, name in variables.items() if fault.startswith((f"{key} ", f"{key}:")))
    return next((f"{name}, {fault}" for name in names), None)


def _decode(data: dict[str, Any]) -> tuple[Settings, list[str]]:
    """Returns the settings and every fault. Where there are faults, the settings lack what is wrong."""
    try:
        settings, faults = decode(data, Settings), []
    except Invalid as error:
        # The decoder decides whether the settings are wrong; the explanation says it in better words.
        faults = list(explain_faults(data)) or [f"{fault}." for fault in error.faults]
        settings = decode(_without_wrong_parts(data), Settings)
    return settings, [*faults, *_contradictions(settings)]


def _without_wrong_parts(data: dict[str, Any]) -> dict[str, Any]:
    """Returns the keys of the server, and the sites, that have no fault: what is left is checked further."""
    right = {key: value for key, value in data.items() if key != "sites" and not any(explain_faults({key: value}))}
    sites = data.get("sites")
    if isinstance(sites, dict):
        one_each = {name: {"sites": {name: site}} for name, site in sites.items()}
        right["sites"] = {name: sites[name] for name, part in one_each.items() if not any(explain_faults(part))}
    return right


def _with_paths(data: Any, base: Path, kind: Any = Settings) -> Any:
    """Returns `data` with its paths as `Path`. A relative one starts at `base`, the settings file's folder."""
    if not isinstance(data, dict):
        return data
    hints = key_types(kind)
    converted = dict(data)
    for key, value in data.items():
        if hints.get(key) in _PATHS and isinstance(value, str):
            converted[key] = base / value
        elif key == "sites" and kind is Settings and isinstance(value, dict):
            converted[key] = {name: _with_paths(site, base, SiteSettings) for name, site in value.items()}
    return converted


def _contradictions(settings: Settings) -> Iterator[str]:
    """Yields what settings of the right types have wrong."""
    yield from _server_faults(settings)
    for name, site in settings.sites.items():
        yield from (f"sites.{name}.{fault}" for fault in site_checks.site_faults(site))


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
