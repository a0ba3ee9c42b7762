"""Conditional requests (RFC 9110, 13): the tags of what is answered, and what a change was made from.

A tag is `"<version>-<hash>"`. The hash stands for the whole representation, for whoever asks; the
version for what changes of the object itself alone. If-None-Match compares all of a tag, If-Match
only the version, so that what others do beside an object makes nobody's change stale.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags

from debate.core.errors import Invalid, PreconditionRequired, Stale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.request import Request

NEVER = -1  # a version that nothing has
# What a server adds to a tag for the compressed form of the same representation.
COMPRESSED = "-gzip"
_BARE = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_PLAIN = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_SALT = "debate.api.etag"


def etag(version: int | str, *parts: Any) -> str:
    """The strong tag of a representation: the version, and a keyed hash of all parts.

    Parts are texts, bytes, or whatever has a `str` that tells it from others of its kind.
    """
    return f'"{version}-{digest(version, *parts)}"'


def digest(*parts: Any) -> str:
    """16 hexadecimal digits that stand for the parts and tell nothing of them."""
    keyed = hashlib.blake2b(key=_key(settings.SECRET_KEY), digest_size=8)
    for part in parts:
        content = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        keyed.update(b"%d:" % len(content))
        keyed.update(content)
    return keyed.hexdigest()


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return salted_hmac(_SALT, "", secret=secret, algorithm="sha256").digest()


def version_in(shown: Any, *, passing: Iterable[str] = ()) -> int | str:
    """The version of what is shown: its own, else a hash of its members but the `passing` ones."""
    if not isinstance(shown, dict):
        return 0
    version = shown.get("version")
    if isinstance(version, int):
        return version
    passing = frozenset(passing)
    return digest(_json({name: one for name, one in shown.items() if name not in passing}))


def tag_of(shown: Any, *, passing: Iterable[str] = ()) -> str:
    """The tag of a representation that is made of plain values; `passing` as of `version_in`."""
    return etag(version_in(shown, passing=passing), _json(shown))


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)


# -- what a request says ---------------------------------------------------------------------------


def tags_of(request: Request) -> list[str] | None:
    """The tags of If-Match; `["*"]` for whatever there is, None without. Raises Invalid."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    given = given.strip()
    tags = parse_etags(f'"{given}"' if _BARE.fullmatch(given) else given)
    if not tags:
        raise Invalid(
            'If-Match takes the ETag as it was sent, such as "3-0123456789abcdef", or *.',
            header="If-Match",
            code="malformed",
        )
    return tags


def versions_of(request: Request) -> frozenset[str] | None:
    """The versions that If-Match names, without those of weak tags, which never match.

    None when whatever there is will do, or without the header.
    """
    tags = tags_of(request)
    if tags is None or tags == ["*"]:
        return None
    return frozenset(tag[1:-1].partition("-")[0] for tag in tags if tag.startswith('"'))


def names_version(request: Request) -> bool:
    """Whether the request says what its change was made from: by If-Match, or by its body."""
    if "If-Match" in request.headers:
        return True
    body = request.data
    return isinstance(body, dict) and body.get("version") is not None


def if_match(request: Request, current: Any = None) -> int | None:
    """The version that a change was made from; None for whatever there is.

    Of several, that of `current`, else of what the view shows now, if it is among them. Raises
    PreconditionRequired without the header where the view demands it, and Invalid.
    """
    view = (request.parser_context or {}).get("view")
    if "If-Match" not in request.headers:
        if view is not None and view.demands_version() and not names_version(request):
            raise PreconditionRequired
        return None
    versions = versions_of(request)
    if versions is None:
        return None
    numbers = sorted(int(one) for one in versions if _PLAIN.fullmatch(one))
    if len(numbers) > 1:
        now = current if current is not None else _version_now(view)
        return now if now in numbers else NEVER
    return numbers[0] if numbers else NEVER


def _version_now(view: Any) -> Any:
    shown = view.current() if view is not None else None
    return version_in(shown) if shown else None


def is_unmodified(request: Request, tag: str, *, takes_any: bool = True) -> str | None:
    """The tag that the asker has and that is still the one of the answer, weakly compared.

    None when the answer is new to whoever asks. `*` is whatever there is, and no tag to go by
    (`takes_any`) before it is known that there is anything.
    """
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    if tags == ["*"]:
        return tag if takes_any else None
    for given in tags:
        strong = given.removeprefix("W/")
        if strong.removesuffix(f'{COMPRESSED}"').rstrip('"') == tag.rstrip('"'):
            return strong
    return None


def refuse_stale(request: Request, version: int | str | None) -> None:
    """Raise Stale unless If-Match, if it is there, names that version; None for nothing there."""
    tags = tags_of(request)
    if tags is None:
        return
    if version is None:
        raise Stale("There is nothing here that could be changed.")
    versions = versions_of(request)
    if versions is not None and str(version) not in versions:
        raise Stale("This has been changed since you read it.")


def refuse_versions(request: Request) -> None:
    """Raise Invalid for an If-Match that names a version, where nothing has one.

    Obeyed or refused, but never passed over: its sender relies on it (RFC 9110, 13.1.1).
    """
    if versions_of(request) is not None:
        raise Invalid(
            "Nothing here has a version: leave If-Match out.", header="If-Match", code="malformed"
        )
