"""JSON as the API takes it: bounded in depth, without what PostgreSQL cannot keep."""

from __future__ import annotations

import json
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

DEEPEST = 32


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _problem_in(value: Any, depth: int) -> tuple[str, str] | None:
    """The first thing in the value that cannot be taken, as (dotted place, sentence)."""
    if depth > DEEPEST:
        return "", f"The JSON is nested deeper than {DEEPEST} levels."
    if isinstance(value, str):
        if "\x00" in value:
            return "", "The text holds a NUL character, which cannot be kept."
        if any("\ud800" <= char <= "\udfff" for char in value):
            return "", "The text holds half of a surrogate pair, which is no character."
    pairs = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    for key, inner in pairs:
        found = _problem_in(key, depth) if isinstance(key, str) else None
        found = found or _problem_in(inner, depth + 1)
        if found:
            place, sentence = found
            name = str(key).replace("\x00", "").encode("utf-8", "replace").decode()
            return f"{name}.{place}".rstrip("."), sentence
    return None


def _nested(place: str, sentence: str) -> Any:
    detail: Any = [sentence]
    for part in reversed(place.split(".") if place else []):
        detail = {part: detail}
    return detail


class BoundedJSONParser(BaseParser):
    """RFC 8259 JSON in UTF-8. Raises ValidationError that names the place of what is refused."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Any = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """The request's JSON value."""
        try:
            value = json.loads(stream.read().decode("utf-8"), parse_constant=_refuse_constant)
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError(f"The JSON is nested deeper than {DEEPEST} levels.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        found = _problem_in(value, 1)
        if found:
            raise ValidationError(_nested(*found))
        return value
