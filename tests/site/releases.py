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
from tests.site.matrix import as_it_is, fixed, form, page, set_row
from tests.site.people import where

SCORE = "8.73"
"""The number that is the author's alone to read."""
# What the tables of test_urls send.
FORM_DATA: dict[str, dict[str, Any]] = {
    "grading:release": {"step": "look", "counter": "0", "work": [str(WORK)]},
    "grading:grade": {"act": "excuse", "version": "0", "reason": "Ill."},
    "grading:mine": {"criterion": "", "body": "Look again."},
    "grading:request": {"act": "answer", "version": "1", "body": "Which note?"},
}


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
}
