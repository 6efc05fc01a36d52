"""Knows every key that the settings may have: of which type it is, where it belongs, and whether it is a secret."""

import dataclasses
import types
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from forecourt.settings.server import Settings

NAME = "NAME"  # stands for whatever name a site, a purpose or a language has


def key_types(kind: Any) -> dict[str, Any]:
    """Returns the type of each key of a table; {} where `kind` is no table with fixed keys."""
    return get_type_hints(kind, include_extras=True) if is_table(kind) else {}


def is_table(kind: Any) -> bool:
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)


def required_keys(kind: Any) -> list[str]:
    """Returns the keys of a table that have no default."""
    fields, missing = dataclasses.fields(kind), dataclasses.MISSING
    return [field.name for field in fields if field.default is missing and field.default_factory is missing]


def without_none(kind: Any) -> Any:
    """Returns `X` of `X | None`, and any other type as it is."""
    others = [other for other in get_args(kind) if other is not types.NoneType]
    is_optional = get_origin(kind) in (Union, types.UnionType) and len(others) == 1
    return others[0] if is_optional else kind


def without_metas(kind: Any) -> Any:
    """Returns `X` of `Annotated[X, ...]`, and any other type as it is."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


@cache
def known_paths() -> tuple[str, ...]:
    """Returns every key with its tables: `smtp.host`, `sites.NAME.email`."""
    return tuple(_walk(Settings, ""))


@cache
def secret_paths() -> frozenset[str]:
    """Returns the keys whose values are shown to nobody. Those are the ones that `repr` leaves out, too."""
    return frozenset(_walk_secrets(Settings, ""))


def paths_ending_in(key: str) -> list[str]:
    """Returns where a key of that name belongs, the nearest to the top first."""
    paths = [path for path in known_paths() if path.rpartition(".")[2] == key]
    return sorted(paths, key=lambda path: path.count("."))


def _walk(kind: Any, path: str) -> Iterator[str]:
    for key, hint in key_types(kind).items():
        yield f"{path}{key}"
        yield from _walk(hint, f"{path}{key}.")
        bare = without_metas(hint)
        if get_origin(bare) is dict:
            yield from _walk(get_args(bare)[1], f"{path}{key}.{NAME}.")


def _walk_secrets(kind: Any, path: str) -> Iterator[str]:
    for setting in dataclasses.fields(kind):
        if not setting.repr:
            yield f"{path}{setting.name}"
        hint = key_types(kind)[setting.name]
        if is_table(hint):
            yield from _walk_secrets(hint, f"{path}{setting.name}.")
