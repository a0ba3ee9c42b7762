"""Marks begun, filled in, submitted and taken back by programs."""

import math
import threading
import time
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from annotations.grading.actions.marking import start_mark
from annotations.grading.enums import CriterionKind, GradeState, MarkingMode, MarkState, Verb, Via
from annotations.grading.models import Criterion, Grade, GradeEvent, ItemFeedback, Mark, MarkPart
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_problem,
    expect_same_as_absent,
)
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    LevelFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    WorkItemFactory,
)

URL = "/api/v1/marks/"
SCOPES = ("marks:read", "marks:write")
WRITERS = 8


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student, alias="Red Otter")
    GradeFactory(work=work)
    return work


@pytest.fixture
def mark(work, assistant):
    return start_mark(actor=assistant, work_id=work.pk)


@pytest.fixture
def marker(api, assistant):
    """The assistant's client, with the scopes of marks."""
    return api(assistant, scopes=SCOPES)


def criteria(mark):
    return list(mark.rubric_version.criteria.prefetch_related("levels"))


def everything(mark):
    claim, evidence, style = criteria(mark)
    return {
        "parts": {
            str(claim.key): {"level": str(claim.levels.all()[2].key)},
            str(evidence.key): {"level": str(evidence.levels.all()[3].key)},
            str(style.key): {"points": "2.50", "comment": "Clear."},
        }
    }


# -- beginning and reading ---------------------------------------------------------------------------


def test_start_answers_with_the_mark_and_its_address(marker, work, assistant):
    response = marker.post(URL, {"work": str(work.pk)})

    mark = Mark.objects.get()
    body = response.json()
    assert (response.status_code, response["ETag"][1:3]) == (201, "1-")
    assert response["Location"].endswith(f"{URL}{mark.pk}/")
    assert (body["state"], body["role"], body["total"]) == ("draft", "first", None)
    assert body["marker"] == {"id": str(assistant.pk), "name": assistant.display_name}
    assert GradeEvent.objects.get().via == Via.API


def test_start_with_the_same_key_is_done_once(marker, work):
    for _ in range(2):
        response = marker.post(URL, {"work": str(work.pk)}, headers={"Idempotency-Key": "one"})
        assert response.status_code == 201
    assert Mark.objects.count() == 1


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider", "operator"])
def test_start_of_an_unseen_work_is_as_of_none_whatever_else_is_sent(who, api, work, request):
    client = api(request.getfixturevalue(who), scopes=SCOPES)

    for body in ({}, {"nonsense": 1}):
        hidden = client.post(URL, {"work": str(work.pk)} | body)
        absent = client.post(URL, {"work": str(uuid4())} | body)
        expect_same_as_absent(hidden, absent)


def test_start_of_the_own_work_is_refused(api, student, work):
    expect_denied(api(student, scopes=SCOPES).post(URL, {"work": str(work.pk)}))


def test_detail_tells_parts_by_the_criteria(marker, mark, work):
    item = WorkItemFactory(work=work)
    style = criteria(mark)[2]
    part = MarkPartFactory(mark=mark, criterion=style, points=2, comment="Clear.")
    part.cited.add(item)

    response = marker.get(f"{URL}{mark.pk}/")

    assert response.json()["parts"] == {
        str(style.key): {
            "level": None,
            "checks": [],
            "points": "2.00",
            "comment": "Clear.",
            "cited": [str(item.pk)],
        }
    }
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("who", ["student", "classmate", "observer", "outsider", "operator"])
def test_a_mark_is_absent_to_all_but_staff(who, api, mark, request):
    client = api(request.getfixturevalue(who), scopes=SCOPES)

    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"comment": "?"}),
        ("post", "submit/", {}),
        ("post", "withdraw/", {"nonsense": 1}),
        ("post", "feedback/", {}),
    ):
        hidden = getattr(client, method)(f"{URL}{mark.pk}/{path}", body)
        absent = getattr(client, method)(f"{URL}{uuid4()}/{path}", body)
        expect_same_as_absent(hidden, absent)
    assert client.get(URL).json()["results"] == []


@pytest.mark.parametrize("mode", MarkingMode.values)
def test_anothers_draft_is_absent_to_an_assistant(mode, api, plan, mark, instructor, assistant):
    plan.marking_mode = mode
    plan.save()
    Mark.objects.filter(pk=mark.pk).update(marker=instructor)

    response = api(assistant, scopes=SCOPES).get(f"{URL}{mark.pk}/")

    expect_problem(response, 404, "not_found")


def test_anothers_private_note_is_told_to_instructors_alone(api, plan, work, assistant, instructor):
    plan.marking_mode = MarkingMode.OPEN_SECOND
    plan.save()
    MarkFactory(
        work=work, marker=assistant, state=MarkState.SUBMITTED, total=5, private_note="For us."
    )
    theirs = MarkFactory(
        work=work,
        marker=instructor,
        role="second",
        state=MarkState.SUBMITTED,
        total=6,
        private_note="Weak.",
    )

    as_instructor = api(instructor, scopes=SCOPES).get(f"{URL}?work={work.pk}").json()["results"]
    as_assistant = api(assistant, scopes=SCOPES).get(f"{URL}{theirs.pk}/").json()

    assert {one["private_note"] for one in as_instructor} == {"For us.", "Weak."}
    assert as_assistant["private_note"] is None


def test_list_is_filtered_by_work_assignment_state_and_marker(
    marker, mark, plan, classmate, assistant, instructor
):
    other = WorkFactory(assignment=plan.assignment, student=classmate)
    theirs = MarkFactory(work=other, marker=instructor, state=MarkState.SUBMITTED, total=4)

    def ids(query):
        return [one["id"] for one in marker.get(f"{URL}?{query}").json()["results"]]

    assert ids("") == [str(mark.pk), str(theirs.pk)]
    assert ids(f"work={mark.work_id}") == [str(mark.pk)]
    assert ids("state=submitted") == [str(theirs.pk)]
    assert ids(f"marker={assistant.pk}") == [str(mark.pk)]
    assert ids(f"assignment={uuid4()}") == []


def test_list_takes_as_many_queries_for_many_marks(marker, mark, plan, seminar):
    def grow():
        for _ in range(2):
            other = WorkFactory(assignment=plan.assignment)
            one = MarkFactory(work=other, marker=mark.marker)
            MarkPartFactory(mark=one, points=1)

    expect_constant_queries(lambda: marker.get(URL), grow=grow)


@pytest.mark.parametrize(
    ("scopes", "method", "status"),
    [
        (("read", "write"), "get", 403),
        (("marks:read",), "get", 200),
        (("marks:read",), "patch", 403),
        (("marks:write",), "get", 403),
        (("marks:write",), "patch", 200),
    ],
    ids=["general-reads", "reads", "reader-writes", "writer-reads", "writes"],
)
def test_a_token_does_what_its_scopes_say(scopes, method, status, api, mark, assistant):
    client = api(assistant, scopes=scopes)

    sent = [] if method == "get" else [{"comment": "Hm."}]
    response = getattr(client, method)(f"{URL}{mark.pk}/", *sent)

    assert response.status_code == status
    if status == 403:
        expect_problem(response, 403, "insufficient_scope")


# -- changing ----------------------------------------------------------------------------------------


def test_change_keeps_what_is_left_out_and_totals(marker, mark):
    marker.patch(f"{URL}{mark.pk}/", {"comment": "Well argued."})
    body = marker.patch(f"{URL}{mark.pk}/", everything(mark)).json()

    assert (body["comment"], body["total"], body["version"]) == ("Well argued.", "7.50", 3)
    claim = criteria(mark)[0]
    body = marker.patch(
        f"{URL}{mark.pk}/", {"parts": {str(claim.key): {"comment": "See paragraph 2."}}}
    ).json()
    part = body["parts"][str(claim.key)]
    assert (part["points"], part["comment"]) == ("2.00", "See paragraph 2.")


def test_change_with_null_takes_away(marker, mark):
    claim, evidence, style = criteria(mark)
    marker.patch(f"{URL}{mark.pk}/", everything(mark) | {"comment": "Well."})

    body = marker.patch(
        f"{URL}{mark.pk}/",
        {
            "comment": None,
            "parts": {
                str(claim.key): None,
                str(evidence.key): {"level": None},
                str(style.key): {"points": None, "comment": None},
            },
        },
    ).json()

    assert (body["comment"], body["total"]) == ("", None)
    assert {part["points"] for part in body["parts"].values()} == {None}
    assert body["parts"][str(style.key)]["comment"] == ""


def test_change_of_checks_takes_their_keys(marker, mark):
    style = criteria(mark)[2]
    Criterion.objects.filter(pk=style.pk).update(kind=CriterionKind.CHECKS)
    check = LevelFactory(criterion=Criterion.objects.get(pk=style.pk), position=1, points=3)

    body = marker.patch(
        f"{URL}{mark.pk}/", {"parts": {str(style.key): {"checks": [str(check.key)]}}}
    ).json()

    part = body["parts"][str(style.key)]
    assert (part["checks"], part["points"]) == ([str(check.key)], "3.00")


@pytest.mark.parametrize(
    ("part", "pointer"),
    [
        ({"points": "5"}, "points"),
        ({"points": True}, "points"),
        ({"level": "x"}, "level"),
        ({"nonsense": 1}, "nonsense"),
        ({"cited": ["01a229c4-a2a2-70a9-ba33-adb35417e009"]}, "cited"),
        ({"comment": 7}, "comment"),
    ],
    ids=["too-many", "a-boolean", "no-id", "unknown", "foreign-item", "no-text"],
)
def test_a_change_that_cannot_be_taken_names_its_member(part, pointer, marker, mark):
    style = criteria(mark)[2]

    response = marker.patch(f"{URL}{mark.pk}/", {"parts": {str(style.key): part}})

    body = expect_problem(response, 400, "invalid")
    assert [one["pointer"] for one in body["errors"]] == [f"/parts/{style.key}/{pointer}"]
    assert not MarkPart.objects.exists()


@pytest.mark.parametrize("key", ["nothing", str(uuid4())], ids=["no-id", "foreign"])
def test_a_change_by_an_unknown_criterion_is_refused(key, marker, mark):
    response = marker.patch(f"{URL}{mark.pk}/", {"parts": {key: {"comment": "?"}}})

    expect_problem(response, 400, "invalid", pointer=f"/parts/{key}")


def test_a_change_without_a_version_is_refused(api, mark, assistant):
    client = api(assistant, scopes=SCOPES, if_match="")

    for method, path in (
        ("patch", ""),
        ("post", "submit/"),
        ("post", "reopen/"),
        ("post", "withdraw/"),
        ("post", "feedback/"),
    ):
        response = getattr(client, method)(f"{URL}{mark.pk}/{path}", {})
        expect_problem(response, 428, "precondition_required")


def test_a_change_from_an_older_version_gets_the_mark_as_it_stands(marker, mark):
    tag = marker.get(f"{URL}{mark.pk}/")["ETag"]
    fresh = marker.patch(f"{URL}{mark.pk}/", {"comment": "First."}, headers={"If-Match": tag})

    response = marker.patch(f"{URL}{mark.pk}/", {"comment": "Second."}, headers={"If-Match": tag})

    body = expect_problem(response, 412, "stale_version")
    assert body["current"] == fresh.json()
    assert response["ETag"] == fresh["ETag"]
    assert (body["version"], body["theirs"]) == (2, {"comment": "First."})


def test_anothers_mark_is_not_changed(api, mark, work, instructor):
    client = api(instructor, scopes=SCOPES)

    expect_denied(client.patch(f"{URL}{mark.pk}/", {"nonsense": 1}))
    expect_denied(client.post(f"{URL}{mark.pk}/withdraw/", {}))


# -- submitting and taking back ----------------------------------------------------------------------


def test_submit_counts_and_tells_the_way_it_came(marker, mark, work):
    marker.patch(f"{URL}{mark.pk}/", everything(mark))

    body = marker.post(f"{URL}{mark.pk}/submit/").json()

    assert (body["state"], body["total"]) == ("submitted", "7.50")
    grade = Grade.objects.get(work=work)
    assert (grade.state, grade.final) == (GradeState.READY, 7.5)
    event = grade.events.last()
    assert (event.verb, event.via) == (Verb.SUBMITTED, Via.API)


def test_submit_of_what_is_not_whole_names_each_criterion(marker, mark):
    response = marker.post(f"{URL}{mark.pk}/submit/")

    told = expect_problem(response, 400, "incomplete")
    assert told["errors"] == [
        {"pointer": f"/parts/{one.key}", "detail": f"“{one.title}” is not set yet."}
        for one in criteria(mark)
    ]


def test_submit_names_each_criterion_that_has_to_be_cited(marker, mark):
    marker.patch(f"{URL}{mark.pk}/", everything(mark))
    mark.rubric_version.criteria.update(requires_citation=True)

    told = expect_problem(marker.post(f"{URL}{mark.pk}/submit/"), 400, "uncited")

    assert [one["pointer"] for one in told["errors"]] == [
        f"/parts/{one.key}/cited" for one in criteria(mark)
    ]


def test_reopen_and_withdraw(marker, mark):
    marker.patch(f"{URL}{mark.pk}/", everything(mark))
    marker.post(f"{URL}{mark.pk}/submit/")
    expect_problem(marker.post(f"{URL}{mark.pk}/withdraw/", {}), 400, "blank", pointer="/reason")

    assert marker.post(f"{URL}{mark.pk}/reopen/").json()["state"] == "draft"
    body = marker.post(f"{URL}{mark.pk}/withdraw/", {"reason": "Wrong work."}).json()
    assert body["state"] == "withdrawn"
    expect_problem(marker.post(f"{URL}{mark.pk}/submit/"), 409, "taken_back")


def test_feedback_is_said_and_taken_away(marker, mark, work):
    item = WorkItemFactory(work=work)
    said = {"item": str(item.pk), "body": "Where from?"}

    body = marker.post(f"{URL}{mark.pk}/feedback/", said).json()

    assert body["feedback"] == [said]
    marker.post(f"{URL}{mark.pk}/feedback/", said | {"body": ""})
    assert not ItemFeedback.objects.exists()


def test_blind_marking_tells_no_student(marker, mark, plan, work):
    plan.is_blind = True
    plan.save()
    marker.patch(f"{URL}{mark.pk}/", everything(mark))

    for response in (
        marker.get(URL),
        marker.get(f"{URL}{mark.pk}/"),
        marker.post(f"{URL}{mark.pk}/submit/"),
    ):
        told = response.content.decode() + str(dict(response.headers))
        for secret in (work.student.username, str(work.student_id), work.student.email):
            assert secret not in told


def test_a_release_ends_changes(marker, mark, work):
    marker.patch(f"{URL}{mark.pk}/", everything(mark))
    marker.post(f"{URL}{mark.pk}/submit/")
    Grade.objects.filter(work=work).update(state=GradeState.RELEASED, released_at=timezone.now())

    expect_problem(marker.patch(f"{URL}{mark.pk}/", {"comment": "Late."}), 409, "released")


# -- several writers ---------------------------------------------------------------------------------


def write_lines(api, assistant, mark, *, until, most):
    """Eight clients append lines to one comment from the version they have read; what they were told."""
    kept, lost = [], []

    def write(number):
        try:
            write_on(number)
        finally:
            connections.close_all()

    def write_on(number):
        client = api(assistant, scopes=SCOPES)
        for count in range(most):
            if time.monotonic() > until:
                break
            read = client.get(f"{URL}{mark.pk}/")
            line = f"{number}-{count}"
            comment = "\n".join(filter(None, [read.json()["comment"], line]))
            response = client.patch(
                f"{URL}{mark.pk}/", {"comment": comment}, headers={"If-Match": read["ETag"]}
            )
            if response.status_code == 200:
                kept.append((line, response.json()["version"]))
            else:
                lost.append((response.status_code, response.json(), read["ETag"]))

    threads = [threading.Thread(target=write, args=[n]) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return kept, lost


def expect_nothing_lost(mark, kept, lost):
    mark.refresh_from_db()
    lines = mark.comment.split("\n") if mark.comment else []
    assert sorted(lines) == sorted(line for line, _ in kept)
    assert sorted(version for _, version in kept) == list(range(2, len(kept) + 2))
    assert mark.version == len(kept) + 1
    assert {status for status, _, _ in lost} <= {412}
    for _, body, tag in lost:
        assert body["code"] == "stale_version"
        assert body["current"]["version"] >= body["version"] > int(tag[1:].partition("-")[0])


@pytest.mark.django_db(transaction=True)
def test_eight_writers_lose_nothing_that_was_acknowledged(api, assistant, mark):
    kept, lost = write_lines(api, assistant, mark, until=math.inf, most=3)

    assert len(kept) + len(lost) == WRITERS * 3
    assert kept
    expect_nothing_lost(mark, kept, lost)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_eight_writers_for_half_a_minute_lose_nothing_that_was_acknowledged(api, assistant, mark):
    kept, lost = write_lines(api, assistant, mark, until=time.monotonic() + 30, most=200)

    assert kept
    assert lost
    expect_nothing_lost(mark, kept, lost)
