"""Explains wrong settings as a person would: the key, what was found, what is allowed, and what was probably meant."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin

from forecourt.characters import to_printable
from forecourt.settings.known_keys import (
    NAME,
    is_table,
    key_types,
    known_paths,
    paths_ending_in,
    required_keys,
    secret_paths,
    without_metas,
    without_none,
)
from forecourt.settings.nearest import find_nearest
from forecourt.settings.server import Settings
from forecourt.settings.site import SiteSettings
from forecourt.settings.type_words import MAX_SHOWN, describe_type, find_meant, is_a, show

MAX_FAULTS = 20  # that are named; the others are counted
_EXAMPLES = {
    "origins": '["https://www.example.com"]',
    "controller": '"Example AS"',
    "email": '"support@example.com"',
    "policy": '"policy"',
    "privacy_policy": '"privacy"',
    "purposes": '["support"]',
    "address": '"https://wa.me/4712345678"',
    "title": '"Maps"',
    "text": '"Shows a map of our offices."',
}
"""Holds an example of each key that has to be there."""


def join_faults(sentences: Sequence[str]) -> str:
    """Returns the sentences as lines, and how many more there are where they are many."""
    rest = len(sentences) - MAX_FAULTS
    return "\n".join([*sentences[:MAX_FAULTS], *([f"And {rest} more."] if rest > 0 else [])])


def explain_faults(data: Any, kind: Any = Settings, path: str = "") -> Iterator[str]:
    """Yields a sentence for each thing in `data`, as TOML has it, that is not of the type `kind`."""
    kind = without_none(kind)
    bare = without_metas(kind)
    if is_table(bare):
        yield from _explain_table(data, bare, path)
    elif get_origin(bare) is dict and isinstance(data, dict):
        key_kind, value_kind = get_args(bare)
        for key, value in data.items():
            if not is_a(key, key_kind):
                yield f"{_join(path, key)}: {show(key)} is no name; it must be {describe_type(key_kind)}."
            yield from explain_faults(value, value_kind, _join(path, key))
    elif not is_a(data, kind):
        yield from _explain_value(data, kind, path)


def _explain_table(data: Any, kind: Any, path: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{path} is {_show_unless_secret(data, path)}; it must be a table: [{path}]."
        return
    kinds = key_types(kind)
    for key, value in data.items():
        if key in kinds:
            yield from explain_faults(value, kinds[key], _join(path, key))
        else:
            yield _explain_unknown(key, value, kinds, path)
    for key in required_keys(kind):
        if key not in data:
            yield f"{_join(path, key)} is missing. An example: {key} = {_EXAMPLES[key]}"


def _explain_value(data: Any, kind: Any, path: str) -> Iterator[str]:
    """Yields a sentence for each wrong entry of a list, or one for the value."""
    bare = without_metas(kind)
    wrong_entries = []
    if get_origin(bare) is tuple and isinstance(data, list):
        entry_kind = get_args(bare)[0]
        wrong_entries = [(at, entry) for at, entry in enumerate(data, 1) if not is_a(entry, entry_kind)]
        for at, entry in wrong_entries:
            if is_table(without_metas(entry_kind)) and isinstance(entry, dict):
                yield from (f"{path}, entry {at}: {sentence}" for sentence in explain_faults(entry, entry_kind))
            else:
                yield _value_sentence(f"{path}, entry {at},", entry, entry_kind, path)
    if not wrong_entries:
        yield _value_sentence(path, data, kind, path)


def _value_sentence(subject: str, value: Any, kind: Any, path: str) -> str:
    sentence = f"{subject} is {_show_unless_secret(value, path)}; it must be {describe_type(kind)}."
    meant = "" if path in secret_paths() else find_meant(value, kind)
    return f"{sentence} Did you mean {meant}?" if meant else sentence


def _show_unless_secret(value: Any, path: str) -> str:
    return "something else (hidden)" if path in secret_paths() else show(value)


def _explain_unknown(key: str, value: Any, kinds: dict[str, Any], path: str) -> str:
    """Names an unknown key, and the known one that was probably meant: of this table, or of another one."""
    sentence = f"{_join(path, key)} is not a setting."
    if isinstance(value, dict) and not path and set(value) & set(key_types(SiteSettings)) & {"origins", "controller"}:
        return f"{sentence} Did you mean [sites.{_key(key)}]?"
    elsewhere = _paths_elsewhere(key, path)
    if not elsewhere and (nearest := find_nearest(key, kinds)):
        return f"{sentence} Did you mean {_join(path, nearest)}?"
    elsewhere = elsewhere or _paths_elsewhere(find_nearest(key, _last_parts()) or "", path)
    if elsewhere:
        hint = ", above the first [table]" if "." not in elsewhere[0] and path else ""
        return f"{sentence} Did you mean {elsewhere[0]}{hint}?"
    return f"{sentence} Known are {', '.join(sorted(kinds))}."


def _paths_elsewhere(key: str, path: str) -> list[str]:
    """Returns where a key of that name belongs. What stands in a site is meant for a site, or for the server itself."""
    site = path.split(".")[1] if path.startswith("sites.") else ""
    paths = [each for each in paths_ending_in(key) if not site or "." not in each or each.startswith("sites.")]
    return [each.replace(f"sites.{NAME}", f"sites.{site}", 1) if site else each for each in paths]


def _last_parts() -> set[str]:
    return {path.rpartition(".")[2] for path in known_paths()} - {NAME}


def _join(path: str, key: str) -> str:
    return f"{path}.{_key(key)}" if path else _key(key)


def _key(key: str) -> str:
    return to_printable(key)[:MAX_SHOWN]
