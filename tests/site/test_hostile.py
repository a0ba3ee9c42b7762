"""Whatever is sent, the API says what is wrong with it: no body makes it fail."""

import json
import re
from typing import Any

import pytest

from debate.accounts.enums import Scope
from debate.core.api.schema import description
from tests.site.sitemap import own_patterns
from tests.site.test_urls import API, undone
from tests.tables import lines

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
# Each call with somebody who may make it, so that the body is looked at.
CALLS = [
    (call, next(role for role in who if who[role].startswith("2")))
    for call, who in lines(API)
    if any(one.startswith("2") for one in who.values())
    and call.split(":")[0] in WRITES
    and call.split(":")[1] == "api"
    and not call.endswith("api:")
]
# As they come over the wire.
RAW = [
    b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"\x00", b"NaN", b"1e999", b"9" * 5_000,
    b'{"a": 1, "a": 2}', b"[" * 5_000, b'{"body": "\\ud800"}', b'{"\\u0000": 1}',
]  # fmt: skip
# In the place of every member that the operation takes.
VALUES: list[Any] = [
    None, True, [], {}, [None], {"id": {}}, -1, 10**40, 1e308, "", "\u202e\ufeff", "x" * 60_000,
    "00000000-0000-0000-0000-000000000000", "9999-99-99T99:99:99Z", "\ud7ff\U0010ffff",
]  # fmt: skip


@pytest.fixture(scope="module")
def members():
    """The members of the body of each operation, by method and path without names."""
    schemas = description()["components"]["schemas"]
    found = {}
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            shape = content.get("application/json", {}).get("schema", {})
            name = shape.get("$ref", "").rpartition("/")[2]
            key = (method.upper(), re.sub(r"\{\w+\}", "{}", path))
            found[key] = list(schemas.get(name, {}).get("properties", {}))
    return found


@pytest.mark.parametrize(("call", "role"), CALLS)
def test_no_body_makes_an_operation_fail(call, role, world, cast, api, members):
    method, name = call.split(":", 1)
    [route] = [route for found, route, _ in own_patterns() if found == name]
    taken = members[method, "/" + re.sub(r"<\w+:(\w+)>", "{}", route)]
    client = api(cast[role], scopes=Scope.values)
    bodies = RAW + [json.dumps(dict.fromkeys(taken, value)).encode() for value in VALUES]

    statuses = [
        undone(
            lambda body=body: client.generic(
                method, world(name), body, content_type="application/json"
            )
        ).status_code
        for body in bodies
    ]

    assert [one for one in statuses if one >= 500] == []
    assert 400 in statuses or not taken
