"""Reads the settings that stand in environment variables: FORECOURT_PORT is `port`, FORECOURT_SMTP_HOST `smtp.host`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_origin

import msgspec

from forecourt.settings.former_names import new_variable
from forecourt.settings.known_keys import is_table, key_types, secret_paths, without_metas, without_none
from forecourt.settings.nearest import suggest
from forecourt.settings.server import Settings
from forecourt.settings.type_words import describe_type, find_meant, is_a, show

PREFIX = "FORECOURT_"


class _Variable(NamedTuple):
    """Holds the keys that lead to an environment variable's setting, and the setting's type."""

    path: tuple[str, ...]
    kind: Any


@dataclass(slots=True)
class EnvironmentVariables:
    """Holds the values by their path, the variables' names by their dotted path, and a sentence for each fault."""

    values: dict[tuple[str, ...], object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_variables(environment: Mapping[str, str]) -> EnvironmentVariables:
    """Reads every FORECOURT_* variable."""
    read, variables = EnvironmentVariables(), _variables()
    for name, text in environment.items():
        if not name.startswith(PREFIX):
            continue
        if renamed := new_variable(name, PREFIX):
            read.faults.append(f"{name} is now called {renamed}.")
        elif name not in variables:
            read.faults.append(f"{name} is not a setting: {suggest(name, variables)}")
        elif fault := _find_fault(name, value := _parse(text, variables[name].kind), text):
            read.faults.append(fault)
        else:
            read.values[variables[name].path] = value
            read.names[".".join(variables[name].path)] = name
    return read


@cache
def _variables() -> dict[str, _Variable]:
    return dict(_walk())


def _walk() -> Iterator[tuple[str, _Variable]]:
    """Yields the name of each environment variable with its setting."""
    for name, hint in key_types(Settings).items():
        if is_table(hint):
            for key, kind in key_types(hint).items():
                yield f"{PREFIX}{name}_{key}".upper(), _Variable((name, key), kind)
        elif name != "sites":
            yield PREFIX + name.upper(), _Variable((name,), hint)


def _parse(text: str, kind: Any) -> object:
    """Returns a variable's text as a value of the setting's type. Lists are separated by commas.

    A text that is none comes back as it is.
    """
    bare = without_metas(without_none(kind))
    if bare is bool and text.lower() in {"on", "off"}:
        return text.lower() == "on"
    if get_origin(bare) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if bare is Path:
        return text
    try:
        return msgspec.convert(text, type=kind, strict=False)
    except msgspec.ValidationError:
        return text


def _find_fault(name: str, value: object, text: str) -> str:
    """Returns a sentence where the value is not of the setting's type; empty where it is."""
    path, kind = _variables()[name]
    if without_metas(without_none(kind)) is Path or is_a(value, kind):
        return ""
    if ".".join(path) in secret_paths():
        return f"{name} is something else (hidden); it must be {describe_type(kind)}."
    meant = find_meant(value, kind)
    return f"{name} is {show(text)}; it must be {describe_type(kind)}." + (f" Did you mean {meant}?" if meant else "")
