"""Grades read, changed and released by programs; students read what they were released."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.grading.actions.grades import adjust_grade, reopen_grade
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.actions.requests import ask_again
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, MarkingMode, MarkRole, RequestState, Verb, Via
from annotations.grading.models import (
    Grade,
    GradeEvent,
    GradingPlan,
    RegradeMessage,
    RegradeRequest,
    Release,
    Work,
)
from debate.seminars.models import Seminar
from tests.annotations.grading.actions.conftest import submitted
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_problem,
    expect_same_as_absent,
    without_seconds,
)
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkPartFactory,
    RegradeMessageFactory,
    RegradeRequestFactory,
    SheetFactory,
    WorkFactory,
    WorkItemFactory,
)

URL = "/api/v1/grades/"
REQUESTS = "/api/v1/regrade-requests/"
SCOPES = ("write", "grades:read", "grades:write")
NEVER_STORED = "private, no-store"


@pytest.fixture
def plan(assignment, instructor):
    return GradingPlanFactory(assignment=assignment, created_by=instructor)


@pytest.fixture
def ready(plan, student, assistant):
    """The student's grade: 6 of 10 by one mark with one criterion, not released."""
    work = WorkFactory(assignment=plan.assignment, student=student, alias="Quiet Lever")
    GradeFactory(work=work)
    WorkItemFactory(work=work)
    mark = submitted(work, assistant, 6)
    mark.comment = "Okapis agree."
    mark.save()
    MarkPartFactory(mark=mark, criterion=mark.rubric_version.criteria.first(), points=3)
    return settle(plan, work, actor=assistant, verb=Verb.SUBMITTED)


@pytest.fixture
def released(ready, instructor):
    release_grades(actor=instructor, assignment_id=ready.work.assignment_id)
    ready.refresh_from_db()
    return ready


@pytest.fixture
def asked(released, student):
    return ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look again.")


@pytest.fixture
def teacher(api, instructor):
    return api(instructor, scopes=SCOPES)


@pytest.fixture
def author(api, student):
    return api(student, scopes=SCOPES)


@pytest.fixture
def marker(api, assistant):
    return api(assistant, scopes=SCOPES)


def at(grade, end=""):
    return f"{URL}{grade.pk}/{end}"


def releases_of(grade):
    return f"/api/v1/assignments/{grade.work.assignment_id}/releases/"


def ids(response):
    assert response.status_code == 200
    return [one["id"] for one in response.json()["results"]]


# -- reading, as staff -------------------------------------------------------------------------------


def test_grade_tells_staff_how_it_comes_about(marker, ready, student):
    response = marker.get(at(ready))

    work = ready.work
    assert response.json() == {
        "id": str(ready.pk),
        "assignment": str(work.assignment_id),
        "work": str(work.pk),
        "student": {"id": str(student.pk), "name": student.display_name},
        "alias": None,
        "state": "ready",
        "is_known": True,
        "raw": "6.00",
        "late_deduction": "0.00",
        "adjustment": "0.00",
        "final": "6.00",
        "points": "10.00",
        "is_excused": False,
        "rule": "single",
        "released_at": None,
        "sheet": None,
        "version": ready.version,
        "html_url": "http://testserver/seminars/water-policy/who-should-pay/grading/works/"
        f"{work.pk}/grade/",
    }
    assert response["ETag"].startswith(f'"{ready.version}-')
    assert response["Cache-Control"] == NEVER_STORED


def test_grade_that_is_unchanged_is_a_304(marker, ready):
    tag = marker.get(at(ready))["ETag"]

    response = marker.get(at(ready), headers={"If-None-Match": tag, "If-Match": "*"})

    assert (response.status_code, response["Cache-Control"]) == (304, NEVER_STORED)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("assignment={assignment}", True),
        ("assignment={nothing}", False),
        ("seminar={seminar}", True),
        ("seminar={nothing}", False),
        ("state=ready", True),
        ("state=released", False),
        ("state=reopened", False),
        ("released=0", True),
        ("released=1", False),
    ],
)
def test_list_is_filtered(query, found, marker, ready):
    assignment = ready.work.assignment
    given = {"assignment": assignment.pk, "seminar": assignment.seminar_id, "nothing": uuid4()}

    assert ids(marker.get(f"{URL}?{query.format(**given)}")) == [str(ready.pk)] * found


def test_list_is_paged_in_the_order_of_works(marker, ready):
    other = GradeFactory(work__assignment=ready.work.assignment)
    expected = [str(one.pk) for one in sorted([ready, other], key=lambda one: one.work_id)]

    first = marker.get(f"{URL}?limit=1")
    second = marker.get(first.json()["next"])

    assert ids(first) + ids(second) == expected
    assert second.json()["next"] is None
    assert marker.get(f"{URL}?limit=1&count=1").json()["total"] == 2


@pytest.mark.parametrize("who", ["teacher", "author"])
def test_list_takes_as_many_queries_for_more_grades(who, request, released):
    client = request.getfixturevalue(who)
    work = released.work

    def grow():
        for _ in range(2):
            seminar = work.assignment.seminar
            of = {"assignment__seminar": seminar, "assignment__essay__seminar": seminar}
            plan = GradingPlanFactory(**of)
            fields = {"state": GradeState.RELEASED, "final": 7}
            SheetFactory(
                grade=GradeFactory(
                    work__assignment=plan.assignment, work__student=work.student, **fields
                )
            )

    expect_constant_queries(lambda: client.get(URL), grow=grow)
    assert len(ids(client.get(URL))) == 3


def test_detail_and_events_take_few_queries(marker, ready, django_assert_max_num_queries):
    for path in ("", "events/"):
        with django_assert_max_num_queries(12):
            marker.get(at(ready, path))


def test_limited_assistant_sees_the_sections_grades_alone(api, assistant, seminar, ready):
    seminar.memberships.filter(user=assistant).update(is_limited=True)

    client = api(assistant, scopes=SCOPES)

    assert ids(client.get(URL)) == []
    expect_problem(client.get(at(ready)), 404, "not_found")


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider", "operator"])
@pytest.mark.parametrize("state", ["ready", "released"])
def test_grade_of_somebody_else_is_as_absent(who, state, request, api):
    grade = request.getfixturevalue(state)
    client = api(request.getfixturevalue(who), scopes=SCOPES)

    assert ids(client.get(URL)) == []
    for end in ("", "events/"):
        hidden = client.get(at(grade, end))
        expect_same_as_absent(hidden, client.get(f"{URL}{uuid4()}/{end}"))
    for method, end in (("patch", ""), ("post", "reopen/")):
        for body in ({}, {"reason": 3}):
            hidden = getattr(client, method)(at(grade, end), body)
            absent = getattr(client, method)(f"{URL}{uuid4()}/{end}", body)
            expect_same_as_absent(hidden, absent)


@pytest.mark.parametrize(
    ("scopes", "method", "status"),
    [
        (("read", "marks:read"), "get", 403),
        (("grades:read",), "get", 200),
        (("write", "grades:read"), "patch", 403),
        (("grades:write",), "patch", 200),
        (("grades:write",), "get", 403),
    ],
    ids=["general-reads", "reads", "reader-writes", "writes", "writer-reads"],
)
def test_token_needs_the_scope_of_grades(scopes, method, status, api, instructor, ready):
    client = api(instructor, scopes=scopes)
    body = {"adjustment": "1", "reason": "So."} if method == "patch" else None

    response = getattr(client, method)(at(ready), body)

    assert response.status_code == status
    if status == 403:
        expect_problem(response, 403, "insufficient_scope")


# -- reading, as a student ---------------------------------------------------------------------------


def test_student_reads_the_sheet_and_nothing_else(author, released, student):
    response = author.get(at(released))

    body = response.json()
    [sheet] = released.sheets.all()
    assert (body["state"], body["final"], body["points"]) == ("released", "6.00", "10.00")
    assert body["student"] == {"id": str(student.pk), "name": student.display_name}
    assert body["sheet"]["marks"] == sheet.content["marks"]
    assert body["sheet"]["marks"][0]["comment"] == "Okapis agree."
    assert body["sheet"]["items"] == sheet.content["items"]
    assert body["html_url"].endswith("/who-should-pay/grading/mine/")
    assert response["ETag"].startswith(f'"{sheet.grade_version}-')
    assert response["Cache-Control"] == NEVER_STORED
    assert author.get(URL).json()["results"] == [body]


def test_student_is_told_nothing_of_a_grade_that_is_not_released(author, ready):
    expect_same_as_absent(author.get(at(ready)), author.get(f"{URL}{uuid4()}/"))
    assert "ETag" not in author.get(at(ready))
    for query in ("", "?state=ready", "?released=0", f"?assignment={ready.work.assignment_id}"):
        assert ids(author.get(f"{URL}{query}")) == []


def test_release_that_was_taken_back_hides_the_grade_again(author, released, instructor):
    release = Release.objects.get()
    take_release_back(actor=instructor, release_id=release.pk)

    assert ids(author.get(URL)) == []
    expect_problem(author.get(at(released)), 404, "not_found")


def test_what_moves_under_review_is_not_told_and_moves_no_tag(author, released, instructor):
    work, said = released.work_id, {"actor": instructor, "reason": "Zyx of the review."}
    reopen_grade(work_id=work, version=released.version, **said)
    before = author.get(at(released))
    listed = author.get(URL)["ETag"]
    adjust_grade(work_id=work, adjustment=Decimal("2.73"), version=released.version + 1, **said)

    after = author.get(at(released))

    assert Grade.objects.get().state == GradeState.READY
    assert (after.json(), after["ETag"]) == (before.json(), before["ETag"])
    assert author.get(URL)["ETag"] == listed
    assert (after.json()["state"], after.json()["final"]) == ("reopened", "6.00")
    assert "8.73" not in without_seconds(after)
    assert "Zyx" not in after.content.decode()
    assert ids(author.get(f"{URL}?state=ready")) == []
    assert ids(author.get(f"{URL}?state=released")) == []
    assert ids(author.get(f"{URL}?state=reopened")) == [str(released.pk)]
    assert ids(author.get(f"{URL}?released=1")) == [str(released.pk)]


def test_student_reads_the_latest_sheet(author, released, instructor):
    work, said = released.work_id, {"actor": instructor, "reason": "A complaint."}
    reopen_grade(work_id=work, version=released.version, **said)
    adjust_grade(work_id=work, adjustment=Decimal(1), version=released.version + 1, **said)
    release_grades(actor=instructor, assignment_id=released.work.assignment_id)

    body = author.get(at(released)).json()

    assert (body["state"], body["final"], body["adjustment"]) == ("released", "7.00", "1.00")


def test_student_neither_reads_the_history_nor_changes_the_grade(author, released):
    expect_denied(author.get(at(released, "events/")))
    expect_denied(author.patch(at(released), {"nonsense": 1}))
    expect_denied(author.post(at(released, "reopen/"), {"nonsense": 1}))


def test_excused_work_is_released_as_such(author, teacher, ready):
    teacher.patch(at(ready), {"is_excused": True, "reason": "Ill."})
    teacher.post(releases_of(ready), {})

    body = author.get(at(ready)).json()

    assert (body["is_excused"], body["final"], body["sheet"]["marks"]) == (True, None, [])


# -- history -----------------------------------------------------------------------------------------


def test_events_tell_each_step_the_last_one_first(teacher, ready, instructor):
    teacher.patch(at(ready), {"adjustment": "-1", "reason": "Off topic."})

    response = teacher.get(at(ready, "events/"))

    last, first = response.json()["results"]
    assert [first["verb"], first["number"]] == ["submitted", 1]
    assert last | {"at": ""} == {
        "number": 2,
        "verb": "adjusted",
        "actor": instructor.display_name,
        "at": "",
        "via": "api",
        "reason": "Off topic.",
        "moved": [
            {"label": "Adjustment", "before": "0.00", "after": "-1.00"},
            {"label": "Final", "before": "6.00", "after": "5.00"},
        ],
    }
    assert response["Cache-Control"] == NEVER_STORED


def test_events_are_paged(teacher, ready):
    teacher.patch(at(ready), {"adjustment": "-1", "reason": "Off topic."})

    first = teacher.get(at(ready, "events/?limit=1")).json()
    second = teacher.get(first["next"]).json()

    assert [one["number"] for one in first["results"] + second["results"]] == [2, 1]


# -- who is not to know ------------------------------------------------------------------------------


def test_blind_grade_tells_the_alias_alone(teacher, ready, student):
    GradingPlan.objects.update(is_blind=True)
    student.name, student.username = "Zenobia Xylander", "zx_quagga"
    student.save()
    teacher.patch(at(ready), {"adjustment": "-1", "reason": "As Zenobia Xylander knows."})

    answers = [teacher.get(path) for path in (URL, at(ready), at(ready, "events/"))]

    assert (answers[1].json()["student"], answers[1].json()["alias"]) == (None, "Quiet Lever")
    for response in answers:
        told = response.content.decode()
        for word in ("Zenobia", "Xylander", student.username, student.email, str(student.pk)):
            assert word not in told
    assert "As Quiet Lever knows." in answers[2].content.decode()


def test_second_marker_is_told_no_number_before_the_own_mark(api, assistant, plan, ready):
    GradingPlan.objects.update(marking_mode=MarkingMode.BLIND_DOUBLE)
    Grade.objects.update(state=GradeState.DISAGREED, raw="6.97", final="6.97")
    work = Work.objects.get()
    Work.objects.update(third_marker=assistant)
    work.marks.update(marker=plan.created_by)
    client = api(assistant, scopes=SCOPES)

    body = client.get(at(ready)).json()

    assert [body[name] for name in ("is_known", "raw", "final", "adjustment", "rule")] == [
        False, None, None, None, "",
    ]  # fmt: skip
    assert client.get(at(ready, "events/")).json()["results"] == []
    assert "6.97" not in without_seconds(client.get(URL))


# -- changing ----------------------------------------------------------------------------------------


def test_adjustment_moves_the_grade_and_says_by_what_way(teacher, ready):
    tag = teacher.get(at(ready))["ETag"]

    response = teacher.patch(
        at(ready), {"adjustment": "1.5", "reason": "Bold."}, headers={"If-Match": tag}
    )

    body = response.json()
    assert (response.status_code, body["final"], body["version"]) == (200, "7.50", 2)
    assert response["Content-Location"] == at(ready)
    event = GradeEvent.objects.last()
    assert (event.verb, event.via, event.reason) == (Verb.ADJUSTED, Via.API, "Bold.")


def test_adjustment_of_null_takes_it_away(teacher, ready):
    teacher.patch(at(ready), {"adjustment": "1.5", "reason": "Bold."})

    response = teacher.patch(
        at(ready),
        '{"adjustment": null, "reason": "Too bold."}',
        content_type="application/merge-patch+json",
    )

    assert (response.status_code, response.json()["adjustment"]) == (200, "0.00")


def test_excusing_is_taken_back_by_the_same_member(teacher, ready):
    excused = teacher.patch(at(ready), {"is_excused": True, "reason": "Ill."}).json()
    back = teacher.patch(at(ready), {"is_excused": False, "reason": "Well again."}).json()

    assert (excused["is_excused"], excused["final"]) == (True, None)
    assert (back["is_excused"], back["final"], back["state"]) == (False, "6.00", "ready")


@pytest.fixture
def disagreed(plan, ready, instructor):
    """Two marks of 6 and 2, of which nobody has said what counts."""
    GradingPlan.objects.update(marking_mode=MarkingMode.OPEN_SECOND, tolerance=1)
    plan.refresh_from_db()
    submitted(ready.work, instructor, 2, MarkRole.SECOND)
    grade = settle(plan, ready.work, actor=instructor, verb=Verb.SUBMITTED)
    assert grade.state == GradeState.DISAGREED
    return grade


@pytest.mark.parametrize("who", ["marker", "teacher"])
def test_what_the_markers_agreed_on_is_set(who, request, disagreed):
    client = request.getfixturevalue(who)

    body = client.patch(at(disagreed), {"raw": "5", "reason": "We spoke."}).json()

    assert (body["raw"], body["rule"], body["state"]) == ("5.00", "agreed", "ready")


def test_what_was_agreed_beyond_the_scale_is_refused_at_its_member(teacher, disagreed):
    response = teacher.patch(at(disagreed), {"raw": "11", "reason": "We spoke."})

    expect_problem(response, 400, "invalid", pointer="/raw")


def test_agreeing_where_nothing_disagrees_is_refused(teacher, ready):
    response = teacher.patch(at(ready), {"raw": "5", "reason": "We spoke."})

    expect_problem(response, 409, "invalid_state")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "invalid", ""),
        ({"reason": "So."}, "invalid", ""),
        ({"adjustment": "1"}, "blank", "/reason"),
        ({"adjustment": "11", "reason": "So."}, "invalid", "/adjustment"),
        ({"adjustment": "x", "reason": "So."}, "invalid", "/adjustment"),
        ({"is_excused": "yes", "reason": "So."}, "invalid", "/is_excused"),
        ({"final": "1", "reason": "So."}, "invalid", "/final"),
    ],
)
def test_change_that_cannot_be_taken_is_refused(body, code, pointer, teacher, ready):
    expect_problem(teacher.patch(at(ready), body), 400, code, pointer=pointer)
    assert Grade.objects.get().version == ready.version


def test_two_changes_at_once_are_refused_at_both(teacher, ready):
    body = {"adjustment": "1", "is_excused": True, "reason": "So."}

    told = expect_problem(teacher.patch(at(ready), body), 400, "invalid")

    said = "Give one of raw, adjustment and is_excused."
    assert told["errors"] == [
        {"pointer": "/adjustment", "detail": said},
        {"pointer": "/is_excused", "detail": said},
    ]
    assert Grade.objects.get().version == ready.version


def test_marker_adjusts_nothing(marker, ready):
    expect_denied(marker.patch(at(ready), {"adjustment": "1", "reason": "So."}))


def test_assistant_who_has_not_marked_is_refused_whatever_is_sent(marker, ready):
    ready.work.marks.all().update(marker=ready.work.assignment.created_by)

    expect_denied(marker.patch(at(ready), {"nonsense": 1}))
    expect_denied(marker.post(at(ready, "reopen/"), {"nonsense": 1}))


def test_released_grade_changes_only_once_it_is_reopened(teacher, released):
    change = {"adjustment": "1", "reason": "A complaint."}

    for refused in (change, {"is_excused": True, "reason": "Ill."}, {"raw": "5", "reason": "So."}):
        expect_problem(teacher.patch(at(released), refused), 409, "released")
    reopened = teacher.post(at(released, "reopen/"), {"reason": "A complaint."})

    assert (reopened.status_code, reopened.json()["state"]) == (200, "reopened")
    assert teacher.patch(at(released), change).json()["final"] == "7.00"
    expect_problem(teacher.post(at(released, "reopen/"), {"reason": "?"}), 409, "invalid_state")


def test_change_without_a_version_is_refused(api, instructor, released, asked):
    client = api(instructor, scopes=SCOPES, if_match="")
    request = f"{REQUESTS}{asked.pk}/"

    for method, path in (
        ("patch", at(released)),
        ("post", at(released, "reopen/")),
        ("patch", request),
        ("post", f"{request}messages/"),
    ):
        expect_problem(getattr(client, method)(path, {}), 428, "precondition_required")


def test_change_from_an_older_version_gets_the_grade_as_it_stands(teacher, ready):
    tag = teacher.get(at(ready))["ETag"]
    change = {"adjustment": "1", "reason": "Bold."}
    fresh = teacher.patch(at(ready), change, headers={"If-Match": tag})

    response = teacher.patch(at(ready), change, headers={"If-Match": tag})

    body = expect_problem(response, 412, "stale_version")
    assert body["current"] == fresh.json()
    assert response["ETag"] == fresh["ETag"]
    assert body["version"] == 2


def test_grade_of_an_archived_seminar_stays_as_it_is(teacher, released):
    Seminar.objects.update(archived_at=timezone.now())

    expect_denied(teacher.patch(at(released), {}))
    expect_denied(teacher.post(at(released, "reopen/"), {}))
    expect_denied(teacher.post(releases_of(released), {}))
    expect_denied(teacher.post(f"/api/v1/releases/{Release.objects.get().pk}/undo/", {}))
    assert teacher.get(at(released)).status_code == 200


# -- releasing ---------------------------------------------------------------------------------------


def test_release_shows_what_is_ready_and_is_listed(teacher, author, ready, instructor):
    response = teacher.post(releases_of(ready), {})

    made = Release.objects.get()
    body = response.json()
    assert (response.status_code, body["id"], body["count"]) == (201, str(made.pk), 1)
    assert (body["by"], body["undone_at"]) == (instructor.display_name, None)
    assert response["Cache-Control"] == NEVER_STORED
    assert teacher.get(releases_of(ready)).json()["results"] == [body]
    assert author.get(at(ready)).json()["final"] == "6.00"
    assert GradeEvent.objects.last().via == Via.API


def test_release_of_chosen_works_leaves_the_others(teacher, ready):
    response = teacher.post(releases_of(ready), {"works": [str(uuid4())]})
    expect_problem(response, 409, "invalid_state")

    response = teacher.post(releases_of(ready), {"works": [str(ready.work_id)]})

    assert (response.status_code, Release.objects.get().choice) == (201, {"works": 1})


def test_release_after_an_older_look_is_refused(teacher, ready):
    counter = GradingPlan.objects.get().counter
    teacher.patch(at(ready), {"adjustment": "1", "reason": "Bold."})

    response = teacher.post(releases_of(ready), {"counter": counter})

    assert expect_problem(response, 412, "stale_version")["counter"] == counter + 1
    assert Release.objects.count() == 0
    assert teacher.post(releases_of(ready), {"counter": counter + 1}).status_code == 201


@pytest.mark.parametrize("body", [{"works": "all"}, {"works": ["x"]}, {"counter": "1"}])
def test_release_of_nonsense_is_refused(body, teacher, ready):
    expect_problem(teacher.post(releases_of(ready), body), 400, "invalid")


def test_release_with_the_same_key_is_made_once(teacher, ready):
    answers = [
        teacher.post(releases_of(ready), {}, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Release.objects.count() == 1


def test_release_is_taken_back_and_again_does_nothing(teacher, author, released):
    path = f"/api/v1/releases/{Release.objects.get().pk}/undo/"

    first, second = (teacher.post(path) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert first.json()["undone_at"] is not None
    assert first["Cache-Control"] == NEVER_STORED
    expect_problem(author.get(at(released)), 404, "not_found")


def test_release_that_is_older_than_ten_minutes_stands(teacher, released):
    Release.objects.update(undo_until=timezone.now())

    response = teacher.post(f"/api/v1/releases/{Release.objects.get().pk}/undo/")

    expect_problem(response, 409, "invalid_state")


@pytest.mark.parametrize("who", ["marker", "author"])
def test_release_is_for_instructors(who, request, released):
    client = request.getfixturevalue(who)
    undo = f"/api/v1/releases/{Release.objects.get().pk}/undo/"

    expect_denied(client.get(releases_of(released)))
    expect_denied(client.post(releases_of(released), {"nonsense": 1}))
    expect_same_as_absent(client.post(undo), client.post(f"/api/v1/releases/{uuid4()}/undo/"))


# -- asking again ------------------------------------------------------------------------------------


def test_student_asks_about_a_criterion(author, marker, released, student):
    key = released.sheets.get().content["marks"][0]["parts"][0]["criterion"]
    given = {"grade": str(released.pk), "criterion": key, "body": "Look at ¶2."}

    response = author.post(REQUESTS, given)

    made = RegradeRequest.objects.get()
    body = response.json()
    [message] = RegradeMessage.objects.all()
    assert (response.status_code, response["ETag"][:3]) == (201, '"1-')
    assert response["Location"].endswith(f"{REQUESTS}{made.pk}/")
    assert response["Cache-Control"] == NEVER_STORED
    assert (body["grade"], body["criterion"], body["state"]) == (str(released.pk), key, "open")
    assert body["student"] == {"id": str(student.pk), "name": student.display_name}
    assert [(one["author"], one["by_student"], one["body"]) for one in body["messages"]] == [
        (student.display_name, True, "Look at ¶2.")
    ]
    assert message.author == student
    assert author.get(REQUESTS).json()["results"] == [author.get(response["Location"]).json()]
    assert ids(marker.get(f"{REQUESTS}?state=open&grade={released.pk}")) == [str(made.pk)]
    assert ids(marker.get(f"{REQUESTS}?assignment={uuid4()}")) == []


def test_asking_with_the_same_key_is_done_once(author, released):
    for _ in range(2):
        response = author.post(
            REQUESTS,
            {"grade": str(released.pk), "body": "Look."},
            headers={"Idempotency-Key": "one"},
        )
        assert response.status_code == 201
    assert RegradeRequest.objects.count() == 1


def test_asking_about_a_grade_that_is_not_released_is_as_about_none(author, ready):
    for body in ({}, {"nonsense": 1}):
        hidden = author.post(REQUESTS, {"grade": str(ready.pk)} | body)
        expect_same_as_absent(hidden, author.post(REQUESTS, {"grade": str(uuid4())} | body))


def test_staff_do_not_ask(teacher, released):
    expect_denied(teacher.post(REQUESTS, {"grade": str(released.pk)}))


def test_asking_without_words_or_grade_is_refused(author, released):
    blank = author.post(REQUESTS, {"grade": str(released.pk), "body": " "})
    nothing = author.post(REQUESTS, {"body": "Look."})

    expect_problem(blank, 400, "blank", pointer="/body")
    expect_problem(nothing, 400, "invalid", pointer="/grade")


def test_asking_needs_the_scope_of_writing_alone(api, student, released):
    given = {"grade": str(released.pk), "body": "Look."}

    refused = api(student, scopes=("grades:write",)).post(REQUESTS, given)
    taken = api(student, scopes=("write",)).post(REQUESTS, given)

    expect_problem(refused, 403, "insufficient_scope")
    assert taken.status_code == 201


def test_request_is_answered_on_both_sides(author, marker, asked, assistant, student):
    path = f"{REQUESTS}{asked.pk}/"
    answer = marker.post(f"{path}messages/", {"body": "Which note?"})
    author.post(f"{path}messages/", {"body": "The second."})

    told = [[one["author"], one["body"]] for one in author.get(path).json()["messages"]]
    staff = [[one["author"], one["body"]] for one in marker.get(path).json()["messages"]]

    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    name = student.display_name
    assert told == [[name, "Look again."], [None, "Which note?"], [name, "The second."]]
    assert staff[1] == [assistant.display_name, "Which note?"]
    assert assistant.display_name not in author.get(path).content.decode()


def test_answer_with_the_same_key_is_given_once(marker, asked):
    for _ in range(2):
        response = marker.post(
            f"{REQUESTS}{asked.pk}/messages/", {"body": "Why?"}, headers={"Idempotency-Key": "one"}
        )
        assert response.status_code == 201
    assert RegradeMessage.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "scopes", "status"),
    [
        ("student", ("write",), 201),
        ("student", ("grades:write",), 403),
        ("assistant", ("write",), 403),
        ("assistant", ("grades:write",), 201),
    ],
)
def test_answer_needs_the_scope_of_ones_side(who, scopes, status, request, api, asked):
    client = api(request.getfixturevalue(who), scopes=scopes)

    response = client.post(f"{REQUESTS}{asked.pk}/messages/", {"body": "So."})

    assert response.status_code == status


def test_step_from_an_older_version_gets_the_request_as_it_stands(marker, asked):
    path = f"{REQUESTS}{asked.pk}/"
    tag = marker.get(path)["ETag"]
    fresh = marker.post(f"{path}messages/", {"body": "Why?"}, headers={"If-Match": tag})

    step = marker.patch(
        path, {"state": "declined", "body": "It stands."}, headers={"If-Match": tag}
    )
    message = marker.post(f"{path}messages/", {"body": "And?"}, headers={"If-Match": tag})

    for response in (step, message):
        assert expect_problem(response, 412, "stale_version")["current"] == fresh.json()
    assert RegradeRequest.objects.get().state == RequestState.OPEN


def test_request_is_escalated_and_settled_by_instructors_alone(marker, teacher, asked):
    path = f"{REQUESTS}{asked.pk}/"
    decline = {"state": "declined", "body": "It stands."}

    assert marker.patch(path, {"state": "escalated"}).json()["state"] == "escalated"
    expect_denied(marker.patch(path, decline))
    body = teacher.patch(path, decline).json()

    assert (body["state"], body["settled_at"] is None) == ("declined", False)
    assert body["messages"][-1]["body"] == "It stands."
    expect_problem(teacher.patch(path, decline), 409, "invalid_state")


def test_upheld_request_moves_the_grade_before_the_next_release(teacher, author, asked, released):
    given = {"state": "upheld", "body": "You are right.", "adjustment": "2"}

    response = teacher.patch(f"{REQUESTS}{asked.pk}/", given)

    assert (response.status_code, response.json()["state"]) == (200, "upheld")
    grade = Grade.objects.get()
    assert (grade.state, grade.final) == (GradeState.READY, 8)
    assert author.get(at(released)).json()["final"] == "6.00"
    assert {one.via for one in grade.events.filter(number__gt=released.version)} == {Via.API}


@pytest.mark.parametrize(
    ("who", "state"),
    [
        ("marker", "upheld"),
        ("marker", "taken_back"),
        ("author", "declined"),
        ("author", "escalated"),
        ("author", "upheld"),
    ],
)
def test_step_of_somebody_else_is_refused_whatever_its_version(who, state, request, asked):
    client = request.getfixturevalue(who)

    response = client.patch(
        f"{REQUESTS}{asked.pk}/", {"state": state}, headers={"If-Match": '"99"'}
    )

    expect_denied(response)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "invalid", "/state"),
        ({"state": "open"}, "invalid", "/state"),
        ({"state": "declined"}, "blank", "/body"),
        ({"state": "declined", "body": "No.", "adjustment": "1"}, "invalid", "/adjustment"),
    ],
)
def test_step_that_cannot_be_taken_is_refused(body, code, pointer, teacher, asked):
    expect_problem(teacher.patch(f"{REQUESTS}{asked.pk}/", body), 400, code, pointer=pointer)


def test_student_takes_the_own_request_back(author, asked):
    body = author.patch(f"{REQUESTS}{asked.pk}/", {"state": "taken_back"}).json()

    assert body["state"] == "taken_back"


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider", "operator"])
def test_request_of_somebody_else_is_as_absent(who, request, api, asked):
    client = api(request.getfixturevalue(who), scopes=SCOPES)
    path, nowhere = f"{REQUESTS}{asked.pk}/", f"{REQUESTS}{uuid4()}/"

    assert ids(client.get(REQUESTS)) == []
    expect_same_as_absent(client.get(path), client.get(nowhere))
    for body in ({}, {"state": "declined"}):
        expect_same_as_absent(client.patch(path, body), client.patch(nowhere, body))
        expect_same_as_absent(
            client.post(f"{path}messages/", body), client.post(f"{nowhere}messages/", body)
        )


def test_blind_request_tells_the_alias_alone(marker, author, asked, student):
    GradingPlan.objects.update(is_blind=True)
    student.name, student.username = "Zenobia Xylander", "zx_quagga"
    student.save()
    RegradeMessageFactory(request=asked, body="I am Zenobia Xylander.")

    response = marker.get(f"{REQUESTS}{asked.pk}/")
    body = response.json()

    assert (body["student"], body["alias"]) == (None, "Quiet Lever")
    assert [(one["author"], one["body"]) for one in body["messages"]] == [
        ("Quiet Lever", "Look again."),
        ("Quiet Lever", "I am Quiet Lever."),
    ]
    for word in ("Zenobia", "Xylander", student.username, student.email, str(student.pk)):
        assert word not in response.content.decode()
    own = author.get(f"{REQUESTS}{asked.pk}/").json()
    assert own["messages"][1]["body"] == "I am Zenobia Xylander."


@pytest.mark.parametrize("is_blind", [False, True], ids=["named", "blind"])
def test_list_of_requests_takes_as_many_queries_for_more(is_blind, marker, asked):
    GradingPlan.objects.update(is_blind=is_blind)

    def grow():
        for _ in range(2):
            grade = GradeFactory(work__assignment=asked.grade.work.assignment)
            RegradeMessageFactory(request=RegradeRequestFactory(grade=grade))

    expect_constant_queries(lambda: marker.get(REQUESTS), grow=grow)


def test_release_without_a_plan_tells_staff_alone(teacher, author, assignment):
    address = f"/api/v1/assignments/{assignment.pk}/releases/"
    GradingPlan.objects.filter(assignment=assignment).delete()

    told = expect_problem(teacher.post(address, {}), 404, "not_found")

    assert told["detail"] == "No grading has been set up for this assignment."
    expect_denied(author.post(address, {}))
