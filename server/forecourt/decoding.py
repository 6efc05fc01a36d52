"""Decodes every input strictly: request bodies, settings, policy files.

msgspec stops at the first wrong field. This walks records (dataclasses and Structs) field by field and names them all.
"""

import contextlib
import dataclasses
import re
import types
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from forecourt.characters import BODY, LINE, describe_character
from forecourt.errors import Fault, Invalid, Malformed

T = TypeVar("T")

_REASONS = (
    (re.compile(r"length >= 1"), "required"),
    (re.compile(r"length <= (?P<limit>\d+)"), "too_long"),
    (re.compile(r"matching regex"), "characters"),
    (re.compile(r"Invalid enum value"), "choice"),
)


# Field -> a check that no type can express. It returns the fault's code, or None.
Rules = Mapping[str, Callable[[Any], str | None]]


def decode(data: object, kind: type[T], rules: Rules | None = None) -> T:
    """Decodes what JSON or TOML gave as `kind`. Raises `Invalid` with every wrong, missing and unknown key."""
    faults: list[Fault] = []
    value = _walk(data, kind, "", faults)
    faults += _apply_rules(data, rules or {}, {fault.path for fault in faults})
    if faults:
        raise Invalid(faults)
    return cast(T, value)


def decode_json(raw: bytes, kind: type[T], rules: Rules | None = None) -> T:
    """Decodes JSON as `kind`.

    Raises `Malformed` where `raw` is not UTF-8 JSON or is nested too deep, and `Invalid` where it is not `kind`.
    """
    decoder = None if rules else _decoder(cast(Any, kind))
    try:
        if decoder:
            with contextlib.suppress(msgspec.ValidationError):  # then every fault is named below
                return cast(T, decoder.decode(raw))
        data = msgspec.json.decode(raw)  # which refuses a lone surrogate (\\ud800), too
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed(type(error).__name__) from error
    return decode(data, kind, rules)


def _apply_rules(data: object, rules: Rules, wrong_paths: set[str]) -> Iterator[Fault]:
    """Applies the rules to fields of the right type, even where another field is wrong, so all faults come at once."""
    for name, rule in rules.items():
        if isinstance(data, dict) and name in data and name not in wrong_paths and (code := rule(data[name])):
            yield Fault(name, code)


def _walk(data: object, kind: Any, path: str, faults: list[Fault]) -> object:
    if _fields(kind) is not None:
        return _record(data, kind, path, faults)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType) and type(None) in args and len(args) == 2:
        other = next(arg for arg in args if arg is not type(None))
        return None if data is None else _walk(data, other, path, faults)
    if origin in (tuple, list) and _fields(args[0]) is not None and isinstance(data, list | tuple):
        return origin(_walk(item, args[0], f"{path}.{at}".strip("."), faults) for at, item in enumerate(data))
    if origin is dict and isinstance(data, dict) and _fields(args[1]) is not None:
        keyed = [(key, f"{path}.{key}"[:200].strip(".")) for key in data]
        return {_leaf(key, args[0], at, faults): _walk(data[key], args[1], at, faults) for key, at in keyed}
    return _leaf(data, kind, path, faults)


def _record(data: object, kind: Any, path: str, faults: list[Fault]) -> object:
    if not isinstance(data, dict):
        faults.append(Fault(path, "type", {"expected": "an object"}))
        return None
    fields = _fields(kind) or {}
    before = len(faults)
    at = f"{path}." if path else ""
    faults.extend(Fault(f"{at}{key}"[:200], "unknown") for key in list(data)[:100] if key not in fields)
    values = {}
    for name, (hint, required) in fields.items():
        if name in data:
            values[name] = _walk(data[name], hint, at + name, faults)
        elif required:
            faults.append(Fault(at + name, "required"))
    return kind(**values) if len(faults) == before else None


def _leaf(data: object, kind: Any, path: str, faults: list[Fault]) -> object:
    try:
        return msgspec.convert(data, type=kind)
    except msgspec.ValidationError as error:
        faults.append(_fault(path, str(error), data))
        return None


def _fault(path: str, message: str, data: object) -> Fault:
    for pattern, code in _REASONS:
        if match := pattern.search(message):
            return Fault(path, code, match.groupdict() if code != "characters" else _forbidden_character(message, data))
    return Fault(path, "type", {"expected": message.removeprefix("Expected ").split(",")[0].replace("`", "")})


def _forbidden_character(message: str, data: object) -> dict[str, object]:
    """Returns the fault's parameter that names the character, where the pattern refuses one of `characters`."""
    for forbidden in (LINE, BODY):
        if repr(forbidden.ranges)[1:-1] in message and (character := forbidden.find_in(str(data))):
            return {"character": describe_character(character)}
    return {}


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any] | None:
    """Returns msgspec's own decoder, six times as fast, for kinds of which it refuses all that `_walk` refuses."""
    is_strict = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return msgspec.json.Decoder(kind) if is_strict and kind.__struct_config__.forbid_unknown_fields else None


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]] | None:
    """Returns name -> (type, whether it is required), or None where `kind` is no record."""
    return dict(_typed_fields(kind)) if _is_record(kind) else None


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind))


def _typed_fields(kind: Any) -> Iterator[tuple[str, tuple[Any, bool]]]:
    hints = get_type_hints(kind, include_extras=True)
    if issubclass(kind, msgspec.Struct):
        for struct_field in msgspec.structs.fields(kind):
            yield struct_field.name, (hints[struct_field.name], struct_field.required)
    else:
        for plain in dataclasses.fields(kind):
            bare = plain.default is dataclasses.MISSING and plain.default_factory is dataclasses.MISSING
            yield plain.name, (hints[plain.name], bare)
