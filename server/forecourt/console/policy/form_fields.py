"""The facts as a form's fields, and back. One walk over the model's own types, so that no field can be forgotten."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from starlette.requests import Request

from forecourt.characters import LINE, describe_character
from forecourt.decoding import decode
from forecourt.errors import Fault, Invalid
from forecourt.web import forms

T = TypeVar("T")
Fields = Mapping[str, Sequence[str]]
MOST = 1000  # fields of one form
LONGEST = 500  # characters of one line
_ROW = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class FormState:
    """What stands in a form, and what is wrong with it: path of the field -> sentences."""

    fields: Fields
    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return first(self.fields, name)

    def lines(self, name: str) -> str:
        return "\n".join(self.fields.get(name, ()))

    def values(self, name: str) -> Sequence[str]:
        """Of boxes and of lines together."""
        return _texts(self.fields, name)

    def has(self, name: str, value: str = "on") -> bool:
        return value in self.fields.get(name, ())

    def rows(self, name: str) -> list[int]:
        return _rows(self.fields, name)

    def trouble(self, name: str) -> Sequence[str]:
        return self.wrong.get(name, ())


async def read(request: Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in await forms.read_form_pairs(request, MOST):
        found.setdefault(name, []).append(text)
    return found


def first(sent: Fields, name: str) -> str:
    return next(iter(sent.get(name, ())), "")


def tidied(sent: Fields, kind: Any) -> dict[str, Sequence[str]]:
    """Only the fields of `kind`, without rows in which nothing was filled in.

    The rest are numbered anew, as what is wrong with them will be.
    """
    hints = get_type_hints(kind)
    listed = {name: get_args(hint)[0] for name, hint in hints.items() if get_origin(hint) is tuple}
    tables = {name: row for name, row in listed.items() if is_dataclass(row)}
    made = {name: texts for name, texts in sent.items() if name.partition(".")[0] in hints.keys() - tables.keys()}
    for name, row in tables.items():
        for number, at in enumerate(_filled(sent, row, name)):
            before = f"{name}.{at}."
            made |= {f"{name}.{number}.{key[len(before) :]}": sent[key] for key in sent if key.startswith(before)}
    return made


def taken(sent: Fields, kind: type[T]) -> T:
    """The record of type `kind` that a form names. Raises `Invalid` with every fault."""
    faults = [fault for name, texts in sent.items() for fault in _lines(name, texts)]
    try:
        made = decode(_record(sent, kind, ""), kind)
    except Invalid as error:
        known = {fault.path for fault in faults}
        faults += [fault for fault in error.faults if fault.path not in known]
    if faults:
        raise Invalid(faults)
    return made


def entered(value: object) -> dict[str, list[str]]:
    """The fields of a form that stands filled in with `value`."""
    return dict(_entered("", msgspec.to_builtins(value)))


def differing(theirs: Fields, mine: Fields) -> list[tuple[str, str, str]]:
    """Field, their text and mine, where they differ."""
    names = [name for name in dict.fromkeys((*theirs, *mine)) if _texts(theirs, name) != _texts(mine, name)]
    return [(name, ", ".join(_texts(theirs, name)), ", ".join(_texts(mine, name))) for name in names]


def _texts(sent: Fields, name: str) -> list[str]:
    return [line for text in sent.get(name, ()) for line in text.splitlines() if line.strip()]


def _lines(name: str, texts: Sequence[str]) -> Iterator[Fault]:
    for line in (line for text in texts for line in text.split("\n")):
        if len(line) > LONGEST:
            yield Fault(name, "too_long", {"limit": LONGEST})
        elif character := LINE.find_in(line):
            yield Fault(name, "characters", {"character": describe_character(character)})


def _record(sent: Fields, kind: Any, above: str) -> dict[str, Any]:
    hints = get_type_hints(kind)
    found = {each.name: _value(sent, hints[each.name], above + each.name) for each in fields(kind)}
    return {name: value for name, value in found.items() if value is not _MISSING}


_MISSING = object()


def _value(sent: Fields, hint: Any, name: str) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        return [*_several(sent, args[0], name)]
    if is_dataclass(hint):
        return _record(sent, hint, f"{name}.")
    if hint is bool:
        return bool(sent.get(name))
    text = next(iter(sent.get(name, ())), "").strip()
    if origin in (Union, types.UnionType):
        return text or None
    if hint is int:
        return int(text) if re.fullmatch("[0-9]{1,9}", text) else text or _MISSING
    return text or _MISSING


def _several(sent: Fields, hint: Any, name: str) -> Iterator[Any]:
    """One a line, or one a ticked box; for records, those rows of which anything was filled in."""
    if not is_dataclass(hint):
        yield from dict.fromkeys(line.strip() for line in _texts(sent, name))
    else:
        yield from (_record(sent, hint, f"{name}.{at}.") for at in _filled(sent, hint, name))


def _filled(sent: Fields, kind: Any, name: str) -> list[int]:
    typed = _typed(kind)
    return [at for at in _rows(sent, name) if any(_texts(sent, f"{name}.{at}.{key}") for key in typed)]


def _typed(kind: Any) -> list[str]:
    """The fields whose text says that a row is meant: not those that always have a value."""
    hints = get_type_hints(kind)
    return [name for name, hint in hints.items() if hint is not bool and not _is_choice(hint)]


def _is_choice(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _rows(sent: Fields, name: str) -> list[int]:
    starts = (key.removeprefix(f"{name}.").partition(".")[0] for key in sent if key.startswith(f"{name}."))
    return sorted({int(each) for each in starts if _ROW.fullmatch(each)})


def _entered(name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _entered(f"{name}.{key}".strip("."), each)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        for at, each in enumerate(value):
            yield from _entered(f"{name}.{at}", each)
    elif isinstance(value, bool):
        yield from [(name, ["on"])] if value else []
    else:
        yield name, [str(each) for each in _listed(value)]


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else (value,)
