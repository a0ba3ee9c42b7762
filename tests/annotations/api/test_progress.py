"""Progress in the API."""

from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.seminars import MembershipFactory


def address(assignment):
    return f"/api/v1/assignments/{assignment.pk}/progress/"


def test_student_gets_the_own_progress_alone(
    api, assignment, paragraphs, student, classmate, group
):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    ReplyFactory(parent=note, author=student, evidence=True)
    annotation_on(paragraphs[0], author=classmate, assignment=assignment)

    body = api(student).get(address(assignment)).json()

    assert [one["counts"].pop("last_at") is None for one in body["results"]] == [False]
    assert body == {
        "results": [
            {
                "student": {"id": str(student.pk), "name": student.display_name},
                "groups": [str(group.pk)],
                "state": "begun",
                "tasks": [
                    {"name": "comments", "done": 1, "asked": 3},
                    {"name": "counterarguments", "done": 0, "asked": 2},
                    {"name": "evidence", "done": 1, "asked": 2},
                ],
                "counts": {
                    "by_kind": {
                        "comment": 1,
                        "question": 0,
                        "support": 0,
                        "counterargument": 0,
                        "evidence": 1,
                        "concession": 0,
                    },
                    "replies": 1,
                    "paragraphs": 1,
                    "late": 0,
                },
                "due_at": None,
                "has_own_dates": False,
            }
        ],
        "next": None,
        "previous": None,
    }


def test_staff_page_through_all_students(api, assignment, student, classmate, instructor):
    client = api(instructor)

    first = client.get(f"{address(assignment)}?limit=1&count=1").json()
    rest = client.get(first["next"]).json()

    shown = [one["student"]["id"] for one in [*first["results"], *rest["results"]]]
    assert shown == [str(student.pk), str(classmate.pk)]
    assert (first["total"], rest["next"]) == (2, None)


def test_observer_is_refused(api, assignment, observer):
    expect_problem(api(observer).get(address(assignment)), 403, "not_allowed")


def test_progress_asks_as_often_for_one_student_as_for_three(
    api, assignment, paragraphs, student, instructor
):
    client = api(instructor)

    def more():
        for _ in range(2):
            other = MembershipFactory(seminar=assignment.seminar).user
            annotation_on(paragraphs[0], author=other, assignment=assignment)

    expect_constant_queries(lambda: client.get(address(assignment)), grow=more)
