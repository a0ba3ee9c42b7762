"""Gradebooks in the worlds of the site's tests: addresses, and rows of the matrix."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.site.matrix import as_it_is, assignment_id, call, form, page, seminar
from tests.site.people import where
from tests.site.releases import SCORE, released

TABLE = b"Username,Grade\nnobody,\n"
# What the tables of test_urls send: no file that the site gave.
FORM_DATA = {"grading:fill_file": {"kept": "x"}}


def addresses_of_gradebooks(work, where):
    """What stands behind the addresses of the work's gradebook and of that of its seminar."""
    names = ("gradebook", "gradebook_file", "fill_file", "participation", "participation_csv")
    given = {f"grading:{name}": where for name in names}
    of_seminar = ("seminar_gradebook", "seminar_gradebook_file")
    given |= {f"grading:{name}": [where["seminar"]] for name in of_seminar}
    given["grading:gradebook_work"] = where | {"student": work.student_id}
    given["api:gradebook-file"] = [work.assignment_id]
    return given


def of_the_author(world):
    return where(world) | {"student": world.work.student_id}


def a_file(_world):
    return {"file": SimpleUploadedFile("grades.csv", TABLE)}


ROWS = {
    "H80": (
        as_it_is,
        [
            page("grading:seminar_gradebook", seminar),
            page("grading:gradebook", where),
            page("grading:participation", where),
            page("grading:participation_csv", where),
        ],
    ),
    "H81": (
        released,
        [
            page("grading:seminar_gradebook", seminar, shows=SCORE, lists=True),
            page("grading:gradebook", where, shows=SCORE, lists=True),
            page("grading:gradebook_work", of_the_author, to=frozenset({302})),
        ],
    ),
    "H82": (
        released,
        [
            page("grading:seminar_gradebook_file", seminar, query="?form=csv", shows=SCORE),
            page("grading:gradebook_file", where, query="?form=canvas", shows=SCORE),
            page("grading:fill_file", where),
            form("grading:fill_file", where, a_file, to=frozenset({200})),
        ],
    ),
    "H83": (released, [call("GET", "gradebook-file", assignment_id, shows=SCORE)]),
}
