"""Released grades in the worlds of the site's tests: addresses, and rows of the matrix."""

from typing import Any
from uuid import UUID

from annotations.grading.enums import GradeState
from tests.factories.grading import (
    RegradeMessageFactory,
    RegradeRequestFactory,
    ReleaseFactory,
    SheetFactory,
)
from tests.site.grading import WORK
from tests.site.matrix import as_it_is, assignment_id, call, fixed, form, page, set_row
from tests.site.people import where

SCORE = "8.73"
"""The number that is the author's alone to read."""
ASKED = "The second source answers this."
"""What the request says."""
# What the tables of test_urls send.
FORM_DATA: dict[str, dict[str, Any]] = {
    "grading:release": {"step": "look", "counter": "0", "work": [str(WORK)]},
    "grading:grade": {"act": "excuse", "version": "0", "reason": "Ill."},
    "grading:mine": {"criterion": "", "body": "Look again."},
    "grading:request": {"act": "answer", "version": "1", "body": "Which note?"},
}
JSON: dict[str, dict[str, Any]] = {
    "PATCH:api:grade-detail": {"is_excused": True, "reason": "Ill."},
    "POST:api:grade-reopen": {"reason": "A complaint."},
    "POST:api:release-list": {},
    "POST:api:release-undo": {},
    "PATCH:api:regrade-request-detail": {"state": "declined", "body": "It stands."},
    "POST:api:regrade-message-list": {"body": "Which note?"},
}
CALLS = (
    *JSON,
    "GET:api:grade-list",
    "GET:api:grade-detail",
    "GET:api:grade-event-list",
    "GET:api:release-list",
    "GET:api:regrade-request-list",
    "POST:api:regrade-request-list",
    "GET:api:regrade-request-detail",
)
"""Calls for which a token needs the scopes of grades; who asks does so with `write`."""
POSTS_THAT_CHANGE = {"POST:api:grade-reopen", "POST:api:regrade-message-list"}


def addresses_of_releases(work, where):
    """What stands behind the addresses of the work's grade, a release and a request about it."""
    release = ReleaseFactory(assignment=work.assignment)
    request = RegradeRequestFactory(grade=work.grade)
    RegradeMessageFactory(request=request)
    at_work = where | {"work_id": work.pk}
    return {
        **{f"grading:{name}": where for name in ("release", "mine", "requests")},
        "grading:grade": at_work,
        "grading:release_undo": where | {"release_id": release.pk},
        "grading:request": where | {"request_id": request.pk},
        **{f"api:grade-{name}": [work.grade.pk] for name in ("detail", "event-list", "reopen")},
        "api:release-list": [work.assignment_id],
        "api:release-undo": [release.pk],
        "api:regrade-request-detail": [request.pk],
        "api:regrade-message-list": [request.pk],
    }


def released(world):
    """The author's grade is released, and the author asks to look at it again."""
    grade = world.work.grade
    set_row(grade, state=GradeState.RELEASED, raw=SCORE, final=SCORE)
    world.release = ReleaseFactory(assignment=world.assignment)
    content = {"final": SCORE, "points": "10.00", "excused": False}
    SheetFactory(grade=grade, release=world.release, content=content)
    key = UUID("5c0d4d0a-0f0e-4b1c-9d2e-0a1b2c3d4e60")
    world.request = RegradeRequestFactory(grade=grade, criterion_key=key)
    RegradeMessageFactory(request=world.request)


def ready(world):
    """The author's grade waits for its release."""
    set_row(world.work.grade, state=GradeState.READY, raw=SCORE, final=SCORE)


def a_grade(world):
    return [world.work.grade.pk]


def a_release_id(world):
    return [world.release.pk]


def a_request_id(world):
    return [world.request.pk]


def of_the_grade(world):
    return {"grade": str(world.work.grade.pk), "body": "Look again."}


def a_work(world):
    return where(world) | {"work_id": world.work.pk}


def a_release(world):
    return where(world) | {"release_id": world.release.pk}


def a_request(world):
    return where(world) | {"request_id": world.request.pk}


def to_look(world):
    return FORM_DATA["grading:release"] | {"work": [str(world.work.pk)]}


ROWS = {
    "H60": (
        released,
        [
            page("grading:release", where),
            form("grading:release", where, to_look, to=frozenset({200})),
            form("grading:release_undo", a_release),
        ],
    ),
    "H61": (released, [page("grading:grade", a_work, shows=SCORE)]),
    "H62": (as_it_is, [form("grading:grade", a_work, fixed(**FORM_DATA["grading:grade"]))]),
    "H63": (as_it_is, [page("grading:mine", where)]),
    "H64": (
        released,
        [
            page("grading:mine", where, shows=SCORE, lists=True),
            form("grading:mine", where, fixed(**FORM_DATA["grading:mine"])),
        ],
    ),
    "H65": (released, [page("grading:requests", where)]),
    "H66": (released, [form("grading:request", a_request, fixed(**FORM_DATA["grading:request"]))]),
    "H67": (
        ready,
        [call("GET", "release-list", assignment_id), call("POST", "release-list", assignment_id)],
    ),
    "H68": (released, [call("POST", "release-undo", a_release_id)]),
    "H69": (
        released,
        [
            call("GET", "grade-list", shows=SCORE, lists=True),
            call("GET", "grade-detail", a_grade, shows=SCORE),
        ],
    ),
    "H70": (released, [call("GET", "grade-event-list", a_grade)]),
    "H71": (
        as_it_is,
        [call("PATCH", "grade-detail", a_grade, fixed(**JSON["PATCH:api:grade-detail"]))],
    ),
    "H72": (
        released,
        [call("POST", "grade-reopen", a_grade, fixed(**JSON["POST:api:grade-reopen"]))],
    ),
    "H73": (
        released,
        [
            call("GET", "regrade-request-list", shows=ASKED, lists=True),
            call("GET", "regrade-request-detail", a_request_id, shows=ASKED),
        ],
    ),
    "H74": (
        released,
        [call("POST", "regrade-request-list", sends=of_the_grade, names="grade")],
    ),
    "H75": (
        released,
        [call("POST", "regrade-message-list", a_request_id, fixed(body="Which note?"))],
    ),
    "H76": (
        released,
        [
            call(
                "PATCH",
                "regrade-request-detail",
                a_request_id,
                fixed(**JSON["PATCH:api:regrade-request-detail"]),
            )
        ],
    ),
}
