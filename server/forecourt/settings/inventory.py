"""Lists every setting with its value and where that comes from, and compares two settings key by key."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forecourt.settings.known_keys import secret_paths
from forecourt.settings.loading import LoadedSettings
from forecourt.settings.server import Settings

RESTART_KEYS = frozenset(
    {
        "host",
        "port",
        "data",
        "database_url",
        "secrets",
        "log_key",
        "trusted_proxies",
        "shared_limits",
        "log_format",
        "security_log",
        "connections",
    }
)
"""Holds the keys whose new value holds only after a restart: sockets, storage, keys and logs are open with the old."""


class Origin(StrEnum):
    """Says where a setting's value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class ListedSetting:
    """Describes one setting. `source` is the file or the variable that its value stands in; empty for a default.

    A secret has no value here: `is_set` says whether it has one.
    """

    key: str
    value: Any
    origin: Origin
    source: str
    is_secret: bool
    is_set: bool
    needs_restart: bool


def list_settings(loaded_settings: LoadedSettings) -> list[ListedSetting]:
    """Returns every setting in the order of `docs/settings.md`, the sites' last."""
    file_keys = dict(_walk(loaded_settings.file_data, ""))
    sources = {key: (Origin.FILE, str(loaded_settings.file)) for key in file_keys}
    sources |= {key: (Origin.ENVIRONMENT, name) for key, name in loaded_settings.variables.items()}
    sources |= {key: (Origin.COMMAND_LINE, name) for key, name in loaded_settings.options.items()}
    return [
        _list_one(key, value, *sources.get(key, (Origin.DEFAULT, "")))
        for key, value in flatten(loaded_settings.settings).items()
    ]


def flatten(settings: Settings) -> dict[str, Any]:
    """Returns the value of each key by its dotted path. A table without keys is a value itself."""
    return dict(_walk(settings, ""))


def find_changes(old: Settings, new: Settings) -> tuple[list[str], list[str]]:
    """Returns the keys that differ: those that hold at once, and those that need a restart."""
    before, after = flatten(old), flatten(new)
    changed = [key for key in {**before, **after} if key not in before or key not in after or before[key] != after[key]]
    return [key for key in changed if not needs_restart(key)], [key for key in changed if needs_restart(key)]


def keep_until_restart(old: Settings, new: Settings) -> Settings:
    """Returns the new settings with the old values of those that need a restart."""
    return dataclasses.replace(new, **{key: getattr(old, key) for key in RESTART_KEYS})


def needs_restart(key: str) -> bool:
    return key.partition(".")[0] in RESTART_KEYS


def _list_one(key: str, value: Any, origin: Origin, source: str) -> ListedSetting:
    is_secret = key in secret_paths()
    visible_value = None if is_secret else value
    return ListedSetting(
        key, visible_value, origin, source, is_secret, bool(value) or not is_secret, needs_restart(key)
    )


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, dict) and (value or not path):
        for key, part in value.items():
            yield from _walk(part, f"{path}.{key}" if path else str(key))
    elif path:
        yield path, value
