"""JSON as the API takes it: bounded in size and depth, without what PostgreSQL cannot keep."""

from __future__ import annotations

import json
import math
import re
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from debate.core.api.errors import BadMember
from debate.core.errors import TooLarge

DEEPEST = 32
LARGEST = 2_621_440  # bytes; pages may take more, for an essay is pasted into them
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Path = tuple[str | int, ...]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _bounded_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is larger than can be kept")
    return number


def _refuse_text(text: str, path: Path) -> None:
    match = _UNSTORABLE.search(text)
    if match and match.group() == "\x00":
        raise BadMember(path, "The text holds a NUL character, which cannot be kept.")
    if match:
        raise BadMember(path, "The text holds half of a surrogate pair, which is no character.")


def refuse_unstorable(value: Any, path: Path = ()) -> None:
    """Raise BadMember at the first place of the JSON value that cannot be kept or is too deep."""
    if isinstance(value, str):
        _refuse_text(value, path)
    elif isinstance(value, (dict, list)):
        if len(path) >= DEEPEST:
            raise BadMember(path, f"The JSON is nested deeper than {DEEPEST} levels.")
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            if isinstance(key, str):
                _refuse_text(key, path)
            refuse_unstorable(inner, (*path, key))


class BoundedJSONParser(BaseParser):
    """RFC 8259 JSON in UTF-8. Raises TooLarge, ParseError, and BadMember that names the place."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Any = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """The request's JSON value."""
        limit = min(LARGEST, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        try:
            body = stream.read(limit + 1)
        except OSError as error:
            raise ParseError("The body broke off before its end.") from error
        if len(body) > limit:
            raise TooLarge(f"The body is larger than the {limit:,} bytes taken in one request.")
        try:
            value = json.loads(
                body.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_bounded_float
            )
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError(f"The JSON is nested deeper than {DEEPEST} levels.") from error
        except ValueError as error:
            raise ParseError(f"The body is not JSON: {error}.") from error
        refuse_unstorable(value)
        return value


class MergePatchParser(BoundedJSONParser):
    """The same as a JSON Merge Patch (RFC 7396): what is left out stays, null takes away."""

    media_type = "application/merge-patch+json"
