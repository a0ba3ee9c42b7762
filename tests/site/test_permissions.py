"""Each cell of the permission matrix is tried for real, on every page and in every API call.

The table is templates/docs/permissions.md; which operations realise which row stands in matrix.py.
"""

import json
import re
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.http import HttpResponse

from tests.expect import expect_same_as_absent
from tests.site import people, programs, standing
from tests.site.matrix import READING_AND_WRITING, rows
from tests.site.running import RUNNING
from tests.site.sitemap import own_patterns
from tests.site.test_urls import absent, undone

pytestmark = pytest.mark.django_db

BINDINGS = {**READING_AND_WRITING, **RUNNING}
ROWS = {row.code: row for row in rows()}
# Bodies that nobody would send; what one may not see is absent all the same.
RUBBISH = [
    {"data": "{", "content_type": "application/json"},
    {"data": '{"kind": "praise", "version": "x"}', "content_type": "application/json"},
    {"data": "{}", "content_type": "application/json", "HTTP_IF_MATCH": '"99"'},
    {"data": "x", "content_type": "text/plain", "HTTP_IF_MATCH": "no version"},
]
# What is read of oneself, so that even a program that reads is asked who it is.
FOR_SOMEBODY = {
    "api:me", "api:notice-list", "api:notice-detail", "api:notice-preferences", "api:import-list",
    "api:token-list", "api:token-detail", "api:assignment-template-list",
    "api:assignment-template-detail", "api:me-export", "api:me-export-summary",
    "api:rubric-list", "api:rubric-detail", "api:rubric-export", "api:rubric-version-list",
    "api:rubric-version-detail", "api:grading-plan",
    "api:work-list", "api:work-detail", "api:mark-list", "api:mark-detail",
    "api:gradebook-file",
    "api:agreement", "api:moderation", "api:sample-detail",
    "api:grade-list", "api:grade-detail", "api:grade-event-list", "api:release-list",
    "api:regrade-request-list", "api:regrade-request-detail", *programs.FOR_SOMEBODY,
}  # fmt: skip
ANSWERS = {401: "sign in", 403: "no", 404: "absent", 409: "closed", 410: "gone"}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One world for all rows: what a row changes is taken back."""
    with django_db_blocker.unblock(), standing.built() as world:
        yield world


@pytest.fixture(scope="module")
def answers():
    """What has been asked already: see `answer`."""
    return {}


@pytest.fixture
def world(built, answers):
    world = standing.own(built)
    world.answers = answers
    return world


def each_code(codes):
    """A case for each code; the cases of one code run in one process, which asks the same once."""
    return [pytest.param(code, marks=pytest.mark.xdist_group(f"row {code}")) for code in codes]


def send(world, operation, name, *, address="", body=None, **extra):
    """The answer to that person; the address and body of the world unless others are given."""
    client = people.client_for(world, name, api=operation.is_api)
    if operation.after:
        client.get(operation.after(world))
    at = address or people.address(operation.name, operation.at(world)) + operation.asked(world)
    if extra:
        return client.generic(operation.method, at, **extra)
    sent = operation.sends(world) if body is None else body
    if operation.reads:
        return client.get(at)
    if operation.is_api:
        return client.generic(
            operation.method, at, json.dumps(sent), content_type="application/json"
        )
    return client.post(at, sent)


def answer(world, given, operation, name):
    """What `send` brings where the world is as `given` leaves it: asked once, and taken back.

    Rows share operations, and what is hidden is asked for again to be compared. What tells the
    rows apart (what is to be shown, where it leads) is no part of the request.
    """
    request = replace(operation, shows="", lists=False, names="", to=frozenset(), lands="")
    asked = (given, request, name)
    if asked not in world.answers:
        world.answers[asked] = kept(
            undone(lambda: send(world, operation, name), reads=operation.reads)
        )
    return world.answers[asked]


def kept(response):
    """What is looked at of an answer; its request, user and templates would stay with it otherwise."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    one = HttpResponse(content, status=response.status_code)
    one.headers = response.headers
    one.wsgi_request = SimpleNamespace(path=response.wsgi_request.path)
    return one


def seen(operation, response):
    """What the person got, in the words of the table; anything else as its number."""
    status = response.status_code
    text = response.content.decode(errors="replace")  # some files are no text
    leads_to = response.get("Location", "")
    if "/accounts/login/?next=" in leads_to:
        return "sign in"
    if leads_to.startswith("/admin/login/"):
        return "no"
    if status == 400:
        is_late = "assignment has closed" in text or "has not opened yet" in text
        return "closed" if is_late else "refused"
    usual = {200, 302} if operation.reads else {200, 201, 204} if operation.is_api else {302}
    if status in (operation.to or usual):
        return "yes" if operation.lands in leads_to and operation.shows in text else "absent"
    return ANSWERS.get(status, str(status))


def expected(operation, cell):
    """The answers that realise the cell: signing in and what is gone differ by the operation."""
    if cell == "sign in" and operation.is_api and operation.reads:
        return {"sign in"} if operation.name in FOR_SOMEBODY else {"absent"}
    if cell == "gone" and (operation.lists or operation.name.endswith((":edit", ":place"))):
        return {"absent"}
    return {cell}


def cells(row, operations):
    """Who tries what and what it must come to: a token opens no page, and is tried where it may."""
    has_calls = any(one.is_api for one in operations)
    for operation in operations:
        for column, names in people.COLUMNS.items():
            if column == "Token to read" and has_calls and not operation.is_api:
                continue
            for name in names:
                yield operation, column, name, expected(operation, row.cells[column])


@pytest.mark.parametrize("code", each_code(ROWS))
def test_row_of_the_matrix_holds_everywhere(code, world):
    given, operations = BINDINGS[code]
    differences = []

    def tried():
        given(world)
        for operation, column, name, wanted in cells(ROWS[code], operations):
            got = seen(operation, answer(world, given, operation, name))
            if got not in wanted:
                differences.append(f"{operation} by {name} ({column}): {got}, not {wanted}")

    undone(tried)

    assert not differences, "\n".join(differences)


def hidden(code):
    """The operations of the row that somebody may not know of, each with these people."""
    people_of = {}
    for operation, _, name, wanted in cells(ROWS[code], BINDINGS[code][1]):
        if wanted == {"absent"} and not operation.shows and operation.name != "demo_entry":
            people_of.setdefault(operation, []).append(name)
    return people_of


@pytest.mark.parametrize("code", each_code(code for code in ROWS if hidden(code)))
def test_what_is_hidden_is_as_what_is_absent(code, world):
    """To the letter for everybody, and for one of them whatever is wrong with what was sent."""

    given, _ = BINDINGS[code]

    def tried():
        given(world)
        for operation, names in hidden(code).items():
            at = people.address(operation.name, operation.at(world))
            for name in names:
                known = answer(world, given, operation, name)
                undone(
                    lambda one=operation, who=name, got=known: _expect_twin(world, one, who, got)
                )
            undone(lambda one=operation, who=names[0]: _expect_absence(world, one, who))
            client = people.client_for(world, names[0], api=operation.is_api)
            expect_head_as_get(client, at)
            expect_same_options(client, at, absent(at))

    undone(tried)


def _expect_twin(world, operation, name, known):
    """What is answered of what is hidden is answered of what there is not."""
    _, unknown = _twins(world, operation)
    expect_same_as_absent(known, send(world, operation, name, **unknown))


def _expect_absence(world, operation, name):
    for known, unknown in _rubbish(world, operation):
        expect_same_as_absent(
            send(world, operation, name, **known), send(world, operation, name, **unknown)
        )


def _twins(world, operation):
    """What is hidden and what there is not, named where the operation names it."""
    if not operation.names:
        at = people.address(operation.name, operation.at(world))
        return {}, {"address": absent(at)}
    body = operation.sends(world)
    return {"body": body}, {"body": body | {operation.names: str(uuid.uuid4())}}


def _rubbish(world, operation):
    known, unknown = _twins(world, operation)
    if operation.names:
        wrong = {"kind": "praise", "body": 7, "paragraph": "x"}
        return [({"body": known["body"] | wrong}, {"body": unknown["body"] | wrong})]
    return [] if operation.reads else [(one, one | unknown) for one in RUBBISH]


def expect_head_as_get(client, at):
    """HEAD tells what GET does, without a body."""
    head, get = client.head(at), client.get(at)
    assert (head.status_code, head.content) == (get.status_code, b"")


def expect_same_options(client, known, unknown):
    """Which methods there are tells nothing of what there is."""
    there, nowhere = client.options(known), client.options(unknown)
    assert there.status_code == nowhere.status_code
    assert there.get("Allow") == nowhere.get("Allow")
    assert there.content.replace(known.encode(), b"") == nowhere.content.replace(
        unknown.encode(), b""
    )


# -- nothing is left out ---------------------------------------------------------------------------


def test_every_row_of_the_matrix_is_bound():
    assert set(ROWS) == set(BINDINGS)


def test_every_address_and_method_belongs_to_a_row(world):
    bound = {(one.method, one.name) for _, operations in BINDINGS.values() for one in operations}
    client = people.client_for(world, "instructor", api=False)
    offered = set()
    for name, route, view in own_patterns():
        if name == "api:":
            continue
        if hasattr(view, "cls"):
            allowed = _methods_of_the_api(view)
        else:
            allowed = client.generic("TRACE", _any_address(route))["Allow"].split(", ")
        offered |= {(method, name) for method in allowed if method not in {"HEAD", "OPTIONS"}}

    assert offered - bound == set()
    assert {one for one in bound if not one[1].startswith("admin:")} - offered == set()


def _methods_of_the_api(view):
    if getattr(view, "actions", None):
        return [method.upper() for method in view.actions if method != "head"]
    return [name.upper() for name in view.cls.http_method_names if hasattr(view.cls, name)]


def _any_address(route):
    """An address of that form, of nothing: what methods there are does not depend on it."""
    some = {"uuid": str(uuid.UUID(int=5)), "int": "1", "slug": "x", "str": "x"}
    return "/" + re.sub(r"<(uuid|int|slug|str):\w+>", lambda match: some[match[1]], route)


def test_token_opens_no_page(built):
    """A program with a token is on every page as somebody who has not signed in."""
    differences = []

    def tried(given, pages):
        world = standing.own(built)
        given(world)
        for operation in pages:
            by_token, by_nobody = (
                seen(operation, send(world, operation, name)) for name in ("token", "visitor")
            )
            if by_token != by_nobody:
                differences.append(f"{operation}: {by_token}, not {by_nobody}")

    for given, operations in BINDINGS.values():
        pages = [one for one in operations if one.reads and not one.is_api]
        undone(lambda state=given, these=pages: tried(state, these))

    assert not differences, "\n".join(differences)


def test_token_to_read_is_told_which_scope_it_lacks(built):

    def tried(given, writes):
        world = standing.own(built)
        given(world)
        for operation in writes:
            answer = send(world, operation, "token")
            assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")

    for given, operations in BINDINGS.values():
        writes = [one for one in operations if one.is_api and not one.reads]
        undone(lambda state=given, these=writes: tried(state, these))
