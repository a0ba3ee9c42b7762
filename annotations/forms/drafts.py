"""Drafts as pages send them and as the composer shows them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from annotations.actions.drafts import DraftInput
from annotations.models.drafts import MOST_BYTES
from debate.core.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from annotations.models import Draft
    from annotations.models.drafts import Fields

# What belongs to the sending of a form, not to what is written in it.
_OF_THE_FORM = {"csrfmiddlewaretoken", "submission_key", "keep", "draft_revision", "as_late"}
_LARGEST_BODY = 8 * MOST_BYTES
_LARGEST_REVISION = 2**31 - 1


def draft_from_form(data: QueryDict, *, key: str, submission_key: UUID) -> DraftInput:
    """What a composer without JavaScript asks to keep."""
    content: Fields = {
        name: values if len(values) > 1 else values[0]
        for name, values in data.lists()
        if name not in _OF_THE_FORM and values
    }
    revision = data.get("draft_revision", "")
    return DraftInput(
        key=key,
        content=content,
        submission_key=submission_key,
        revision=int(revision) if revision.isascii() and revision.isdigit() else 0,
    )


def draft_from_request(request: HttpRequest) -> DraftInput:
    """The draft in a request's JSON, or in a form that holds its content as JSON.

    Raises Invalid or TooLarge that name the member at fault.
    """
    if int(request.headers.get("Content-Length") or 0) > _LARGEST_BODY:
        raise TooLarge(f"A draft takes at most {MOST_BYTES // 1000} kB.", field="content")
    if request.content_type == "application/json":
        given = _json(request.body, "")
    else:
        given = request.POST.dict() | {"content": _json(request.POST.get("content", ""), "content")}
    if not isinstance(given, dict):
        raise Invalid("The body is one object.")
    return DraftInput(
        key=_text(given.get("key"), "key"),
        content=_fields(given.get("content")),
        submission_key=_uuid(given.get("submission_key"), "submission_key"),
        revision=_revision(given.get("revision", 0)),
    )


def uuid_of(given: str, *, field: str) -> UUID:
    """The id. Raises Invalid that names the field for what is none."""
    return _uuid(given, field)


def initial_of_draft(draft: Draft) -> dict[str, Any]:
    """The draft as what the composer begins with."""
    content = dict(draft.content)
    ticked = content.get("vocabulary", [])
    tags = [content.get("tags", ""), *([ticked] if isinstance(ticked, str) else ticked)]
    content["tags"] = ", ".join(str(tag) for tag in tags if tag)
    return content | {"submission_key": draft.submission_key}


def _json(given: bytes | str, field: str) -> Any:
    try:
        return orjson.loads(given)
    except ValueError as error:
        raise Invalid("This is not JSON.", field=field, code="malformed") from error


def _text(given: object, field: str) -> str:
    if not isinstance(given, str):
        raise Invalid("This is a text.", field=field)
    return given


def _uuid(given: object, field: str) -> UUID:
    try:
        return UUID(_text(given, field))
    except ValueError as error:
        raise Invalid("This is a UUID.", field=field) from error


def _revision(given: object) -> int:
    number = int(given) if isinstance(given, str) and given.isascii() and given.isdigit() else given
    if (
        not isinstance(number, int)
        or isinstance(number, bool)
        or not 0 <= number <= _LARGEST_REVISION
    ):
        raise Invalid("This is a number from 0 on.", field="revision")
    return number


def _fields(given: object) -> Fields:
    """The composer's fields: texts, or lists of texts."""
    if not isinstance(given, dict):
        raise Invalid("The content is an object of fields.", field="content")
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in values):
            raise Invalid("A field is a text, or a list of texts.", field=f"content.{name}")
    return given
