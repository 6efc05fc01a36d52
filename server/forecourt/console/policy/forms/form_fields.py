"""Turns values of the policy's model into a form's fields and back, by the model's own types: no field is forgotten.

A field's name is the path of the value: `processor.host`, `locations.0.country`. Lists of texts are one field, with a
line or a ticked box for each; lists of records are numbered rows.
"""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from starlette.requests import Request

from forecourt.characters import LINE
from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.web import forms
from forecourt.web.request_body import MAX_BYTES

T = TypeVar("T")
Fields = Mapping[str, Sequence[str]]
MAX_FIELDS = 1000
MAX_LINE_LENGTH = 500  # characters
_ROW_NUMBER = re.compile(r"[0-9]{1,3}")
_MISSING = object()


@dataclass(frozen=True)
class FormState:
    """Holds what a form shows. `errors`: the path of a field -> sentences about what is wrong with it."""

    fields: Fields
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return first_value(self.fields, name)

    def lines(self, name: str) -> str:
        return "\n".join(self.fields.get(name, ()))

    def values(self, name: str) -> Sequence[str]:
        """Returns what ticked boxes and lines of one name say together."""
        return _lines(self.fields, name)

    def has_value(self, name: str, value: str = "on") -> bool:
        return value in self.fields.get(name, ())

    def rows(self, name: str) -> list[int]:
        """Returns the numbers of the rows of a list of records."""
        return _row_numbers(self.fields, name)

    def errors_of(self, name: str) -> Sequence[str]:
        return self.errors.get(name, ())


async def read_fields(request: Request, max_bytes: int = MAX_BYTES) -> dict[str, list[str]]:
    """Reads a form in which one name may have several values."""
    values: dict[str, list[str]] = {}
    for name, text in await forms.read_form_pairs(request, MAX_FIELDS, max_bytes):
        values.setdefault(name, []).append(text)
    return values


def first_value(posted_fields: Fields, name: str) -> str:
    """Returns the first value of a field, or an empty text."""
    return next(iter(posted_fields.get(name, ())), "")


def normalize_rows(posted_fields: Fields, model: Any) -> dict[str, Sequence[str]]:
    """Returns only the fields of `model`, without rows in which nothing was filled in.

    The rows that are left are numbered from 0, as the faults of decoding number them.
    """
    hints = get_type_hints(model)
    lists = {name: get_args(hint)[0] for name, hint in hints.items() if get_origin(hint) is tuple}
    record_lists = {name: record for name, record in lists.items() if is_dataclass(record)}
    simple = hints.keys() - record_lists.keys()
    normalized = {name: texts for name, texts in posted_fields.items() if name.partition(".")[0] in simple}
    for name, record in record_lists.items():
        for new_number, old_number in enumerate(_filled_rows(posted_fields, record, name)):
            prefix = f"{name}.{old_number}."
            row = {key.removeprefix(prefix): texts for key, texts in posted_fields.items() if key.startswith(prefix)}
            normalized |= {f"{name}.{new_number}.{key}": texts for key, texts in row.items()}
    return normalized


def decode_fields(posted_fields: Fields, model: type[T]) -> T:
    """Returns the value of type `model` that a form describes. Raises `Invalid` with every fault."""
    faults = [fault for name, texts in posted_fields.items() for fault in _line_faults(name, texts)]
    try:
        value = decode(_record(posted_fields, model, ""), model)
    except Invalid as error:
        faulty_paths = {fault.path for fault in faults}
        faults += [fault for fault in error.faults if fault.path not in faulty_paths]
    if faults:
        raise Invalid(faults)
    return value


def to_fields(value: object) -> dict[str, list[str]]:
    """Returns the fields of a form filled in with `value`."""
    return dict(_to_fields("", msgspec.to_builtins(value)))


def find_differences(theirs: Fields, mine: Fields) -> list[tuple[str, list[str], list[str]]]:
    """Returns the fields that differ: path, their lines and mine."""
    names = [name for name in dict.fromkeys((*theirs, *mine)) if _lines(theirs, name) != _lines(mine, name)]
    return [(name, _lines(theirs, name), _lines(mine, name)) for name in names]


def _lines(posted_fields: Fields, name: str) -> list[str]:
    return [line for text in posted_fields.get(name, ()) for line in text.splitlines() if line.strip()]


def _line_faults(name: str, texts: Sequence[str]) -> Iterator[Fault]:
    for line in (line for text in texts for line in text.split("\n")):
        if len(line) > MAX_LINE_LENGTH:
            yield Fault.too_long(name, line, MAX_LINE_LENGTH)
        elif params := LINE.describe_first(line):
            yield Fault(name, "characters", params)


def _record(posted_fields: Fields, model: Any, prefix: str) -> dict[str, Any]:
    """Returns what `decode` takes for a record of type `model`. `prefix`: of its fields' names, ending with a dot."""
    hints = get_type_hints(model)
    values = {
        attribute.name: _value(posted_fields, hints[attribute.name], prefix + attribute.name)
        for attribute in fields(model)
    }
    return {name: value for name, value in values.items() if value is not _MISSING}


def _value(posted_fields: Fields, hint: Any, name: str) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        return [*_list_values(posted_fields, args[0], name)]
    if record := _find_record(hint):
        values = _record(posted_fields, record, f"{name}.")
        is_begun = any(value is not None for value in values.values())
        return values if is_begun or record is hint else None
    if hint is bool:
        return bool(posted_fields.get(name))
    text = first_value(posted_fields, name).strip()
    if origin in (Union, types.UnionType):
        return text or None
    if hint is int:
        return int(text) if re.fullmatch("[0-9]{1,9}", text) else text or _MISSING
    return text or _MISSING


def _find_record(hint: Any) -> Any:
    """Returns the type of a record, which may be an optional one; None where `hint` is of something else."""
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return next((kind for kind in kinds if is_dataclass(kind)), None)


def _list_values(posted_fields: Fields, hint: Any, name: str) -> Iterator[Any]:
    """Returns one text for each line or ticked box; of records, the rows in which something was filled in."""
    if not is_dataclass(hint):
        yield from dict.fromkeys(line.strip() for line in _lines(posted_fields, name))
    else:
        yield from (
            _record(posted_fields, hint, f"{name}.{number}.") for number in _filled_rows(posted_fields, hint, name)
        )


def _filled_rows(posted_fields: Fields, model: Any, name: str) -> list[int]:
    names = _typed_fields(model)
    return [
        number
        for number in _row_numbers(posted_fields, name)
        if any(_has_text(posted_fields, f"{name}.{number}.{key}") for key in names)
    ]


def _has_text(posted_fields: Fields, name: str) -> bool:
    """Checks whether something was filled in under `name`, or in one of its languages (`name.en`)."""
    return any(key == name or key.startswith(f"{name}.") for key in posted_fields if _lines(posted_fields, key))


def _typed_fields(model: Any) -> list[str]:
    """Returns the fields whose text shows that a row is meant. Boxes and choices always have a value."""
    hints = get_type_hints(model)
    return [name for name, hint in hints.items() if hint is not bool and not _is_enum(hint)]


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _row_numbers(posted_fields: Fields, name: str) -> list[int]:
    numbers = (key.removeprefix(f"{name}.").partition(".")[0] for key in posted_fields if key.startswith(f"{name}."))
    return sorted({int(number) for number in numbers if _ROW_NUMBER.fullmatch(number)})


def _to_fields(name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _to_fields(f"{name}.{key}".strip("."), entry)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        for number, row in enumerate(value):
            yield from _to_fields(f"{name}.{number}", row)
    elif isinstance(value, bool):
        yield from [(name, ["on"])] if value else []
    else:
        yield name, [str(entry) for entry in _as_sequence(value)]


def _as_sequence(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else (value,)
