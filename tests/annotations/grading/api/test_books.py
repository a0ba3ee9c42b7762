"""The seminar's gradebook, a filled file, participation and one's own grades, in the API."""

import json

import pytest

from annotations.grading.enums import GradeState
from debate.accounts.models import IdempotencyKey
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    RegradeMessageFactory,
    RegradeRequestFactory,
    ReleaseFactory,
    SheetFactory,
    WorkFactory,
)

OWN = "/api/v1/me/export/grades/"
GRADES, MARKS = ("grades:read",), ("marks:read",)


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


def released(plan, person, *, final="7.50", undone=False):
    """A grade of the person's that was released, with its sheet."""
    work = WorkFactory(assignment=plan.assignment, student=person)
    grade = GradeFactory(work=work, state=GradeState.RELEASED, raw=final, final=final)
    release = ReleaseFactory(assignment=plan.assignment)
    if undone:
        release.undone_at = release.at
        release.save()
    marks = [{"total": final, "of": "10.00", "comment": "Okapis.", "parts": [], "feedback": []}]
    content = {"final": final, "points": "10.00", "excused": False, "marks": marks, "items": []}
    return SheetFactory(grade=grade, release=release, content=content)


def lines(response):
    return [json.loads(line) for line in response.content.splitlines()]


# -- one's own grades ------------------------------------------------------------------------------


def test_own_grades_are_told_as_they_were_released(api, plan, student, assignment, seminar):
    sheet = released(plan, student)

    response = api(student, scopes=GRADES).get(OWN)

    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Cache-Control"] == "private, no-store"
    grade, end = lines(response)
    assert end == {"end": True, "count": 1}
    assert grade == {
        "type": "grade",
        "id": str(sheet.pk),
        "grade": str(sheet.grade_id),
        "released_at": sheet.at.isoformat(),
        "is_latest": True,
        "assignment": {"id": str(assignment.pk), "title": assignment.title},
        "seminar": {"id": str(seminar.pk), "title": seminar.title},
        **sheet.content,
    }


def test_own_grades_are_nobody_elses_and_nothing_unreleased(
    api, plan, student, classmate, assistant
):
    released(plan, student, undone=True)
    released(plan, classmate)

    for person in (student, assistant):
        assert lines(api(person, scopes=GRADES).get(OWN)) == [{"end": True, "count": 0}]


def test_sheet_that_was_released_anew_is_the_latest(api, plan, student):
    old = released(plan, student)
    new = SheetFactory(
        grade=old.grade,
        release=ReleaseFactory(assignment=plan.assignment),
        content=old.content | {"final": "8.00"},
    )

    told = lines(api(student, scopes=GRADES).get(OWN))

    assert [(one["id"], one["is_latest"]) for one in told[:-1]] == [
        (str(old.pk), False),
        (str(new.pk), True),
    ]


def test_what_was_asked_about_a_grade_tells_no_name_of_staff(api, plan, student, instructor):
    sheet = released(plan, student)
    request = RegradeRequestFactory(grade=sheet.grade)
    for author, body in ((student, "Look again."), (instructor, "We did.")):
        RegradeMessageFactory(request=request, author=author, body=body)

    response = api(student, scopes=GRADES).get(OWN)

    _, asked, end = lines(response)
    assert end["count"] == 2
    assert (asked["type"], asked["grade"], asked["state"]) == (
        "regrade_request",
        str(sheet.grade_id),
        "open",
    )
    assert [(one["by_student"], one["body"]) for one in asked["messages"]] == [
        (True, "Look again."),
        (False, "We did."),
    ]
    assert str(instructor.pk) not in response.content.decode()


def test_own_grades_are_told_as_one_document_of_json(api, plan, student):
    released(plan, student)
    client = api(student, scopes=GRADES)

    response = client.get(OWN, {"format": "json"})

    assert response["Content-Type"] == "application/json"
    assert response.json() == {"results": lines(client.get(OWN))[:-1]}
    refused = client.get(OWN, {"format": "xml"})
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "format")


@pytest.mark.parametrize("form", ["ndjson", "json"])
def test_own_grades_are_not_sent_again_while_they_are_the_same(api, plan, student, form):
    client = api(student, scopes=GRADES)
    tag = client.get(OWN, {"format": form})["ETag"]

    unchanged = client.get(OWN, {"format": form}, headers={"If-None-Match": tag})
    released(plan, student)

    assert (unchanged.status_code, unchanged["ETag"]) == (304, tag)
    changed = client.get(OWN, {"format": form}, headers={"If-None-Match": tag})
    assert changed.status_code == 200


def test_own_grades_need_their_scope(api, student):
    expect_problem(api(student, scopes=("read",)).get(OWN), 403, "insufficient_scope")


def test_own_grades_take_constant_queries(api, plan, student, essay):
    client = api(student, scopes=GRADES)
    released(plan, student)

    def grow():
        for number in (1, 2):
            more = assignment_of(essay, slug=f"more-{number}")
            sheet = released(GradingPlanFactory(assignment=more), student)
            RegradeMessageFactory(request=RegradeRequestFactory(grade=sheet.grade))

    RegradeMessageFactory(request=RegradeRequestFactory(grade=plan.assignment.works.get().grade))
    expect_constant_queries(lambda: client.get(OWN), grow=grow)


def test_page_of_exports_leads_to_the_own_grades(page, student):
    content = page(student).get("/exports/").content.decode()

    assert f'href="{OWN}"' in content
    assert page(student).get(OWN).status_code == 200


# -- the seminar's gradebook -----------------------------------------------------------------------


def test_gradebook_of_a_seminar_is_a_table(api, plan, student, instructor, seminar):
    released(plan, student)

    response = api(instructor, scopes=GRADES).get(
        f"/api/v1/seminars/{seminar.pk}/gradebook/", {"bom": "1"}
    )

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].endswith('"gradebook-water-policy.csv"')
    head, *rows = response.content.decode().splitlines()
    assert head.startswith("\ufeffName,Username,E-mail,Section,")
    assert [row for row in rows if ",7.50,released" in row]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("place", ["seminars/{seminar}", "assignments/{assignment}"])
def test_gradebook_is_not_sent_again_while_it_is_the_same(
    api, plan, student, instructor, assignment, form, place
):
    released(plan, student)
    client = api(instructor, scopes=GRADES)
    place = place.format(seminar=assignment.seminar_id, assignment=assignment.pk)
    address = f"/api/v1/{place}/gradebook/?format={form}"
    tag = client.get(address)["ETag"]

    unchanged = client.get(address, headers={"If-None-Match": tag})
    student.name = "Okapi"
    student.save()

    assert (unchanged.status_code, unchanged["ETag"]) == (304, tag)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(f"{address}&bom=1")["ETag"] != client.get(address)["ETag"]


@pytest.mark.parametrize("query", [{"format": "canvas"}, {"grades": "mine"}, {"bom": "yes"}])
def test_gradebook_of_a_seminar_in_no_form_is_refused(api, instructor, seminar, query):
    response = api(instructor, scopes=GRADES).get(
        f"/api/v1/seminars/{seminar.pk}/gradebook/", query
    )

    assert response.status_code == 400
    assert [one["parameter"] for one in response.json()["errors"]] == list(query)


def test_gradebook_of_a_seminar_is_for_instructors(api, assistant, seminar):
    expect_denied(api(assistant, scopes=GRADES).get(f"/api/v1/seminars/{seminar.pk}/gradebook/"))


# -- a filled file ---------------------------------------------------------------------------------


@pytest.fixture
def filling(api, instructor, plan):
    """Sends a file to be filled, as CSV."""
    client = api(instructor, scopes=GRADES)
    address = f"/api/v1/assignments/{plan.assignment_id}/gradebook/fill/"

    def post(content, *, headers=None, **query):
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return client.generic(
            "POST", f"{address}?{asked}", content, content_type="text/csv", headers=headers
        )

    return post


def test_file_is_filled_in_the_column_that_is_named(filling, plan, student):
    released(plan, student)
    file = f"Username;Exam;Notes\r\n{student.username};;“kept”\r\n".encode("utf-16")

    response = filling(file, column="1")

    assert response["Content-Type"] == "text/csv"
    assert response.content.decode("utf-16") == (
        f"Username;Exam;Notes\r\n{student.username};7.50;“kept”\r\n"
    )


def test_trial_tells_what_would_be_filled(filling, plan, student, classmate):
    released(plan, student)
    released(plan, classmate)

    response = filling(f"Username,Exam,Notes\n{student.username},,\n", column="1", dry_run="true")

    body = response.json()
    assert (body["system"], body["column"], body["same"]) == ("other", 1, 0)
    assert {"number": 1, "name": "Exam"} in body["columns"]
    [change] = body["changes"]
    assert (change["row"], change["before"], change["after"]) == (2, "", "7.50")
    assert body["people_left"] == ["Classmate"]


def test_file_as_text_is_filled_the_same(api, instructor, plan, student):
    released(plan, student)

    response = api(instructor, scopes=GRADES).post(
        f"/api/v1/assignments/{plan.assignment_id}/gradebook/fill/?column=1",
        {"text": f"Username,Exam\n{student.username},\n"},
        format="json",
    )

    assert response.content.decode() == f"Username,Exam\n{student.username},7.50\n"


@pytest.mark.parametrize("trial", ["0", "1"])
def test_file_sent_again_under_its_key_is_filled_anew(trial, filling, plan, student, classmate):
    released(plan, student)
    file = f"Username,Exam\n{student.username},\n{classmate.username},\n"
    asked = {"column": "1", "dry_run": trial, "headers": {"Idempotency-Key": "a-key"}}

    first = filling(file, **asked)
    released(plan, classmate)
    again = filling(file, **asked)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.content.count(b"7.50"), again.content.count(b"7.50")) == (1, 2)
    assert "Idempotency-Replayed" not in again.headers
    assert not IdempotencyKey.objects.exists()


def test_file_of_which_no_column_is_known_says_so(filling, student):
    file = f"Username,Exam,Notes\n{student.username},,\n"

    expect_problem(filling(file), 400, "invalid")
    assert filling(file, dry_run="1").json()["column"] is None


@pytest.mark.parametrize("column", ["9", "x", "-1", "123456"])
def test_file_has_no_such_column(filling, column):
    response = filling("Username,Exam\nnobody,\n", column=column)

    assert response.status_code == 400
    assert [one["parameter"] for one in response.json()["errors"]] == ["column"]


def test_file_that_is_none_is_refused(filling):
    expect_problem(filling(b"\x00\x01"), 400, "unreadable", "/file")


def test_file_is_not_filled_while_names_are_hidden(filling, plan):
    plan.is_blind = True
    plan.save()

    expect_problem(filling("Username,Exam\nnobody,\n"), 409, "names_hidden")


# -- participation ---------------------------------------------------------------------------------


def test_participation_counts_by_student(
    api, plan, student, classmate, assistant, assignment, paragraphs
):
    note = annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)
    ReplyFactory(parent=note, author=classmate)

    body = (
        api(assistant, scopes=MARKS)
        .get(f"/api/v1/assignments/{assignment.pk}/participation/")
        .json()
    )

    assert [one["key"] for one in body["columns"]][-3:] == ["given", "received", "paragraphs"]
    counts = {one["name"]: one["counts"] for one in body["students"]}
    assert (counts["Student"]["received"], counts["Classmate"]["given"]) == (1, 1)
    assert counts["Student"][note.kind] == 1


def test_participation_is_for_staff(api, plan, student, assignment):
    address = f"/api/v1/assignments/{assignment.pk}/participation/"

    expect_denied(api(student, scopes=MARKS).get(address))
