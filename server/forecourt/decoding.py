"""Decodes every input strictly: request bodies, settings, policy files.

What people typed is cleaned first, by the types of `text_types.py` that say so.

msgspec stops at the first wrong field. This walks records (dataclasses and Structs) field by field and names them all.
"""

import contextlib
import dataclasses
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from forecourt.characters import LINE, TYPED_LINE, TYPED_TEXT
from forecourt.errors import Fault, Invalid, Malformed

T = TypeVar("T")

_TEXT_IS_MISSING = re.compile(r"length >= 1|matching regex")
_TOO_LONG = re.compile(r"length <= (\d+)")
_REASONS = (
    (re.compile(r"length >= 1"), "required"),
    (re.compile(r"matching regex"), "characters"),
    (re.compile(r"Invalid enum value"), "choice"),
)


# Field -> a check that no type can express. It returns the fault's code, or None; or a fault, whose path is ignored; or
# the faults of parts of the field, with their paths within it.
Rules = Mapping[str, Callable[[Any], "str | Fault | Sequence[Fault] | None"]]


def decode(data: object, kind: type[T], rules: Rules | None = None) -> T:
    """Decodes what JSON or TOML gave as `kind`. Raises `Invalid` with every wrong, missing and unknown key."""
    faults: list[Fault] = []
    value = _walk(data, kind, "", faults)
    faults += _apply_rules(data, kind, rules or {}, {fault.path for fault in faults})
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


def _apply_rules(data: object, kind: Any, rules: Rules, wrong_paths: set[str]) -> Iterator[Fault]:
    """Applies the rules to fields of the right type, even where another field is wrong, so all faults come at once."""
    if not isinstance(data, dict):
        return
    fields = _fields(kind) or {}
    for name, rule in rules.items():
        if name in data and name not in wrong_paths and (fault := rule(_clean(data[name], fields[name][0]))):
            yield from _faults_at(name, fault)


def _faults_at(name: str, fault: str | Fault | Sequence[Fault]) -> Iterator[Fault]:
    match fault:
        case str():
            yield Fault(name, fault)
        case Fault():
            yield dataclasses.replace(fault, path=name)
        case _:
            yield from (dataclasses.replace(part, path=f"{name}.{part.path}"[:100]) for part in fault)


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
    data = _clean(data, kind)
    try:
        return msgspec.convert(data, type=kind)
    except msgspec.ValidationError as error:
        faults.append(_fault(path, str(error), data))
        return None


def _fault(path: str, message: str, data: object) -> Fault:
    if isinstance(data, str) and not data.strip() and _TEXT_IS_MISSING.search(message):
        return Fault(path, "required")
    if match := _TOO_LONG.search(message):
        limit = int(match[1])
        return Fault.too_long(path, data, limit) if isinstance(data, str) else Fault(path, "too_long", {"limit": limit})
    for pattern, code in _REASONS:
        if pattern.search(message):
            return Fault(path, code, _forbidden_character(message, data) if code == "characters" else {})
    return Fault(path, "type", {"expected": message.removeprefix("Expected ").split(",")[0].replace("`", "")})


def _forbidden_character(message: str, data: object) -> dict[str, object]:
    """Returns the parameters that name the character and its place, where the pattern refuses one of `characters`."""
    for forbidden in (TYPED_LINE, TYPED_TEXT, LINE):
        if f"[{repr(forbidden.ranges)[1:-1]}]" in message:
            return forbidden.describe_first(str(data))
    return {}


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any] | None:
    """Returns msgspec's own decoder, six times as fast, for kinds of which it refuses all that `_walk` refuses."""
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    if not is_struct or not kind.__struct_config__.forbid_unknown_fields or _has_typed_text(kind):
        return None
    return msgspec.json.Decoder(kind)


def _has_typed_text(kind: Any) -> bool:
    """Checks whether a record has a field that is cleaned, which msgspec by itself would not do."""
    hints = [hint for hint, _ in (_fields(kind) or {}).values()]
    return any(_cleaner(hint) or _has_typed_text(hint) for hint in hints)


def _clean(data: object, kind: Any) -> object:
    """Returns a text as its type wants it cleaned (`text_cleanup.py`), and anything else as it is."""
    if isinstance(data, str) and (cleaner := _cleaner(kind)):
        return cleaner(data)
    return data


@cache
def _cleaner(kind: Any) -> Callable[[str], str] | None:
    """Returns what cleans a text of this type, which may be optional; None where it is not typed by people."""
    kinds = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    metas = [meta for each in kinds for meta in getattr(each, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    return next((meta.extra["clean"] for meta in metas if meta.extra and "clean" in meta.extra), None)


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
