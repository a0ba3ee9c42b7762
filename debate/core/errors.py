"""What can go wrong by the rules of the house: each error a code, a sentence and a status.

Raised by actions, mapped once to pages (`middleware.DomainErrorMiddleware`, forms) and once to the
API (`api.exceptions.problem_handler`).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class DomainError(Exception):
    """A refusal that a person can understand.

    `code` is the stable word that clients may rely on, `sentence` what people read, `field` the
    input at fault ("" when none is), `header` that of the request which is, `extra` further members
    for the API (RFC 9457, 3.2), `also` the sentences about other input that is at fault as well, by
    its field.
    """

    status = 400
    code = "invalid"

    def __init__(
        self,
        sentence: str,
        *,
        field: str = "",
        header: str = "",
        code: str = "",
        extra: dict[str, Any] | None = None,
        also: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.header = header
        self.code = code or self.code
        self.extra = extra or {}
        self.also = also or {}


class Invalid(DomainError):
    """The input cannot be taken as it is; `field` names what to mend."""


class NotAllowed(DomainError):
    """The person may see the object but not do this to it."""

    status = 403
    code = "not_allowed"


class Missing(DomainError):
    """There is no such thing, or none that the person may know of."""

    status = 404
    code = "not_found"

    def __init__(
        self,
        sentence: str = "There is nothing here, or nothing that you may see.",
        *,
        field: str = "",
    ) -> None:
        super().__init__(sentence, field=field)


@contextmanager
def named_by(field: str) -> Iterator[None]:
    """Around the look for what that member of the input names: a Missing from inside points at it."""
    try:
        yield
    except Missing as missing:
        missing.field = field
        raise


class Conflict(DomainError):
    """The world has moved on: the words do not stand there, or somebody was faster."""

    status = 409
    code = "conflict"


class InvalidState(Conflict):
    """The object is past the point where this can be done to it."""

    code = "invalid_state"


class Stale(DomainError):
    """The version that the change was made from is no longer the current one (RFC 9110, 13.1.1)."""

    status = 412
    code = "stale_version"


class PreconditionRequired(DomainError):
    """A change has to say which version it was made from (RFC 6585, 3)."""

    status = 428
    code = "precondition_required"

    def __init__(
        self,
        sentence: str = "Send the ETag of what you change as If-Match, or * for any.",
        *,
        field: str = "",
    ) -> None:
        super().__init__(sentence, field=field, header="" if field else "If-Match")


class Gone(DomainError):
    """The person could see the object once; it has been withdrawn."""

    status = 410
    code = "gone"


class TooLarge(DomainError):
    """More than is taken in one go."""

    status = 413
    code = "too_large"


class Entangled(DomainError):
    """Two changes waited for one another, so the database broke off this one (RFC 9110, 15.6.4).

    Nothing of it was done, and it can be sent again as it is.
    """

    status = 503
    code = "unavailable"

    def __init__(self) -> None:
        super().__init__(
            "Others changed the same things at the same moment, so this was not done. Please try"
            " again.",
            extra={"retry_after": 1},
        )


class TooMany(DomainError):
    """Tried too often; `extra["retry_after"]` is the number of seconds to wait (RFC 6585, 4)."""

    status = 429
    code = "too_many_attempts"
