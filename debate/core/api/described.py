"""What the description says beyond what the code shows: scopes, codes of errors, examples.

Not one of the usual module names: the OpenAPI generator calls it.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import SAFE_METHODS

from debate.core.api.exceptions import MEDIA_TYPE, TITLES

EXAMPLES = Path(settings.BASE_DIR, "templates", "docs", "examples.json")
_ANY = ""
_WRITES = "^(POST|PUT|PATCH) "
_POSTS = r"^(POST|PUT|PATCH|DELETE) .*(annotations|drafts|evidence)"
_ON_WORDS = r"^(POST|PUT) .*(annotations|claims|imports)"
_ON_MARKS = "^(POST|PATCH) .*/v1/marks/"
_ON_A_PLAN = "^(POST|PUT|PATCH) .*grading-plan"
_ON_A_SAMPLE = "^(POST|PATCH) .*/v1/(assignments/.*/moderation|samples)/"
_CANVAS = "^GET .*/v1/assignments/{assignment_id}/gradebook/$"
_FEEDS = "^GET .*/changes/(stream/)?$"
_STREAM = "^GET .*/changes/stream/$"
_EXPORTS = "^GET .*export/"
_ON_THE_MAP = "^(POST|PUT|PATCH) .*(claims|inferences|relations)"
# By status, the codes that an operation may answer with, and of which operations: those whose
# method and path the expression finds. Every code of errors.md that the API has stands here.
CODES: dict[int, dict[str, str]] = {
    400: {
        "invalid": _ANY,
        "malformed": "^(POST|PUT|PATCH|DELETE) ",
        "blank": _WRITES,
        "too_long": _WRITES,
        "incomplete": _ON_MARKS,
        "uncited": _ON_MARKS,
        "second_section": "^(POST|PUT|PATCH) .*(members|groups)",
        "no_way_in": " .*/join/",
        "graph_refused": " .*/graph-import/",
        "unreadable": " .*/((sources|rubrics)/import|gradebook/fill)/",
        "reason_required": _ON_A_PLAN,
    },
    401: {"not_authenticated": _ANY, "authentication_failed": _ANY},
    403: {
        "not_allowed": _ANY,
        "insufficient_scope": _ANY,
        "csrf_failed": "^(POST|PUT|PATCH|DELETE) ",
    },
    404: {"not_found": _ANY},
    406: {"not_acceptable": _ANY},
    409: {
        "conflict": _ANY,
        "invalid_state": _ANY,
        "quote_not_found": _ON_WORDS,
        "quote_repeats": _ON_WORDS,
        "not_open": _POSTS,
        "closed": _POSTS,
        "kind_closed": _POSTS,
        "locked": _POSTS,
        "has_works": "^DELETE .*assignments/",
        "group_in_use": "^DELETE .*groups",
        "too_many_groups": "^POST .*groups",
        "too_many_marks": "^POST .*quality-marks",
        "released": "^(POST|PATCH) .*/v1/(marks/|samples/|works/.*/take-in/)",
        "taken_back": _ON_MARKS,
        "marked_already": "^POST .*/v1/marks/$",
        "no_rubric": "^POST .*/v1/marks/$",
        "held": "^(POST .*/v1/marks/$|PUT .*/lease/)",
        "not_closed": "^POST .*/collect/",
        "no_disagreement": "^PATCH .*/v1/works/",
        "names_hidden": f"{_CANVAS}|^POST .*/gradebook/fill/",
        "duplicate_source": "^(POST|PATCH) .*sources",
        "outgoing_off": "^POST .*check-link",
        "import_exists": "^POST .*graph-import",
        "import_in_use": "^DELETE .*graph-import",
        "marks_exist": _ON_A_PLAN,
        "works_collected": _ON_A_PLAN,
        "second_marks_exist": _ON_A_PLAN,
        "not_sampled": _ON_A_SAMPLE,
        "unmarked_works": _ON_A_SAMPLE,
        "outcomes_said": "^POST .*/v1/assignments/.*/moderation/",
        "claim_exists": _ON_THE_MAP,
        "link_exists": _ON_THE_MAP,
        "relation_exists": _ON_THE_MAP,
    },
    410: {
        "gone": " .*annotations",
        "view_changed": _FEEDS,
        "cursor_expired": _FEEDS,
    },
    412: {"stale_version": _ANY},
    413: {"too_large": _ANY},
    415: {"unsupported_media_type": _ANY},
    422: {"idempotency_key_reused": _ANY},
    428: {"precondition_required": _ANY},
    429: {
        "rate_limited": _ANY,
        "too_many_exports": _EXPORTS,
        "too_many_streams": _STREAM,
        "too_many_attempts": " .*(join|check-link)",
    },
    503: {"too_many_exports": _EXPORTS},
}
# What any request may meet, which is said once and of no operation.
OF_ANY = {405: ["method_not_allowed"], 500: ["server_error"], 503: ["unavailable"]}
_TYPED = {"source_url", "url", "archived_url", "final_url"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Sent again with the same key, the request is done once and answered alike. "
    "Of trials (`dry_run`) no key is kept.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
    "example": "6f0f0c3e-3f0c-4c2e-9d0a-0a4c1f1d2b7e",
}


class Described(AutoSchema):
    """The library's description of an operation, with the scope that it needs of a token."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """The ways to sign in; in OpenAPI 3.1 the list of one names what it must be good for."""
        safe = self.method in SAFE_METHODS
        name, usual = ("required_read_scope", "read") if safe else ("required_scope", "write")
        scope = str(getattr(self.view, name, usual))
        ways: list[dict[str, list[str]]] = super().get_auth()
        return [{"bearer": [scope]} if "bearer" in one else one for one in ways]


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> Any:  # noqa: ARG001 - drf-spectacular's signature
    """A drf-spectacular post-processing hook, after `add_problems`: codes, keys and examples."""
    result["info"]["x-codes"] = {str(status): codes for status, codes in OF_ANY.items()}
    schemas = result["components"]["schemas"]
    for name, shown in examples().items():
        if name in schemas:
            schemas[name]["examples"] = [shown]
    for name, schema in schemas.items():
        if not name.endswith("Request"):
            _let_be_empty(schema)
    endpoints = generator._get_paths_and_endpoints()  # noqa: SLF001 - the only way to the views
    keyless = {
        f"POST {path}" for path, _, verb, view in endpoints if verb == "POST" and view.makes_nothing
    }
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            called = f"{method.upper()} {path}"
            _complete(operation, called, takes_key=method == "post" and called not in keyless)
    return result


def _complete(operation: dict[str, Any], called: str, *, takes_key: bool) -> None:
    if takes_key:
        operation.setdefault("parameters", []).append(KEY)
    for one in operation.get("parameters", []):
        if one["in"] == "query" and not one.get("required"):
            one["allowEmptyValue"] = True  # then it counts as not given
    refused = [404, 429]
    refused += [422] * takes_key + [409] * bool(re.search(_CANVAS, called))
    refused += [503] * bool(re.search(_EXPORTS, called))
    for status in refused:
        operation["responses"].setdefault(str(status), {"description": ""})
    for status, response in operation["responses"].items():
        if int(status) >= min(CODES):
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        codes = [
            code for code, where in CODES.get(int(status), {}).items() if re.search(where, called)
        ]
        if codes:
            response["description"] = f"{TITLES[int(status)]}: {', '.join(codes)}."
            response["x-codes"] = codes


def _let_be_empty(schema: dict[str, Any]) -> None:
    """Addresses that somebody typed, or has not: an empty text is no URI."""
    for name in _TYPED & schema.get("properties", {}).keys():
        shown = schema["properties"][name]
        kept = {word: shown[word] for word in ("description", "readOnly") if word in shown}
        schema["properties"][name] = {"type": "string", **kept}


@functools.cache
def examples() -> dict[str, Any]:
    """Examples of what is sent and answered, by the name of the schema."""
    found: dict[str, Any] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found
