"""Dataclasses to JSON, back, and their JSON Schema, from the types that they declare.

Understood: str, int, float, bool, Any, Literal, dataclasses, `X | None`, `tuple[X, ...]` and
`Mapping[str, X]`. A type that is none of these is a mistake of ours and raises TypeError.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

from annotations.exchange.formats.faults import Fault
from annotations.exchange.formats.strict import Way, pointer

_SCALARS: dict[type, tuple[str, str]] = {
    str: ("string", "text"),
    int: ("integer", "a whole number"),
    float: ("number", "a number"),
    bool: ("boolean", "true or false"),
}


def to_json(value: Any) -> Any:
    """The value as JSON: every field of a dataclass by its name."""
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, tuple | list):
        return [to_json(inner) for inner in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: to_json(getattr(value, field.name)) for field in _fields(value.__class__)
        }
    if isinstance(value, Mapping):
        return {key: to_json(inner) for key, inner in value.items()}
    return value


def without_defaults(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, as JSON."""
    return {
        field.name: to_json(getattr(value, field.name))
        for field in _fields(value.__class__)
        if getattr(value, field.name) != _default(field)
    }


def from_json(kind: type, value: Any, faults: list[Fault], way: Way = None) -> Any:
    """The dataclass that the JSON holds.

    What does not fit is added to `faults` (rule 0, JSON pointers as places), and the value is then
    not to be used.
    """
    return _read(kind, value, faults, way)


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a dataclass, with those it holds under `$defs`."""
    definitions: dict[str, Any] = {}
    _describe(kind, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **definitions.pop(kind.__name__),
        "$defs": definitions,
    }


@functools.cache
def _fields(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is field.default_factory is dataclasses.MISSING


def _read(  # noqa: PLR0911 - one return for each type that is understood
    kind: Any, value: Any, faults: list[Fault], way: Way
) -> Any:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        return _read_object(kind, value, faults, way)
    if origin is Literal:
        return _read_word(parts, value, faults, way)
    if origin is types.UnionType:
        return None if value is None else _read(parts[0], value, faults, way)
    if origin is tuple:
        return _read_list(parts[0], value, faults, way)
    if origin is Mapping:
        return _read_mapping(parts[1], value, faults, way)
    return _read_scalar(kind, value, faults, way)


def _read_scalar(kind: type, value: Any, faults: list[Fault], way: Way) -> Any:
    _, words = _SCALARS[kind]
    fits = isinstance(value, bool) if kind is bool else _is_of(kind, value)
    if not fits:
        faults.append(Fault(0, pointer(way), f"Here should be {words}."))
    return value


def _is_of(kind: type, value: Any) -> bool:
    wanted = (int, float) if kind is float else (kind,)
    return isinstance(value, wanted) and not isinstance(value, bool)


def _read_word(words: tuple[Any, ...], value: Any, faults: list[Fault], way: Way) -> Any:
    if not isinstance(value, str) or value not in words:
        known = ", ".join(repr(word) for word in words)
        faults.append(Fault(0, pointer(way), f"Here should be one of {known}."))
    return value


def _read_list(kind: Any, value: Any, faults: list[Fault], way: Way) -> Any:
    if not isinstance(value, list):
        faults.append(Fault(0, pointer(way), "Here should be a list."))
        return ()
    return tuple(_read(kind, inner, faults, (index, way)) for index, inner in enumerate(value))


def _read_mapping(kind: Any, value: Any, faults: list[Fault], way: Way) -> Any:
    if not isinstance(value, dict):
        faults.append(Fault(0, pointer(way), "Here should be an object."))
        return {}
    return {key: _read(kind, inner, faults, (key, way)) for key, inner in value.items()}


def _read_object(kind: Any, value: Any, faults: list[Fault], way: Way) -> Any:
    if not isinstance(value, dict):
        faults.append(Fault(0, pointer(way), "Here should be an object."))
        return None
    fields = {field.name: field for field in _fields(kind)}
    before = len(faults)
    faults += [
        Fault(0, pointer((key, way)), "There is no such member here.")
        for key in value
        if key not in fields
    ]
    faults += [
        Fault(0, pointer((name, way)), "This member is missing.")
        for name, field in fields.items()
        if name not in value and _is_required(field)
    ]
    hints = _hints(kind)
    read = {
        name: _read(hints[name], value[name], faults, (name, way))
        for name in fields
        if name in value
    }
    return kind(**read) if len(faults) == before else None


def _describe(  # noqa: PLR0911 - as _read
    kind: Any, definitions: dict[str, Any]
) -> dict[str, Any]:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return {}
    if dataclasses.is_dataclass(kind):
        return _describe_object(kind, definitions)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is types.UnionType:
        return {"anyOf": [_describe(parts[0], definitions), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _describe(parts[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _describe(parts[1], definitions)}
    return {"type": _SCALARS[kind][0]}


def _describe_object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}
        hints = _hints(kind)
        fields = _fields(kind)
        definitions[name] = {
            "type": "object",
            "description": (kind.__doc__ or "").strip(),
            "properties": {
                field.name: _describe(hints[field.name], definitions) for field in fields
            },
            "required": [field.name for field in fields if _is_required(field)],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}
