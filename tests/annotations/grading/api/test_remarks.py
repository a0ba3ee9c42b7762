"""The bank of remarks, and one level for many works, in the API."""

import uuid

import pytest
from django.utils import timezone

from annotations.grading.models import Mark, Remark
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    RemarkFactory,
    WorkFactory,
)

SCOPES = ("marks:read", "marks:write")


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def marking(api):
    """`marking(user)`: a client whose token reads and writes marks."""
    return lambda user, **rest: api(user, scopes=SCOPES, **rest)


@pytest.fixture
def bank(seminar):
    return f"/api/v1/seminars/{seminar.pk}/remarks/"


# -- remarks ---------------------------------------------------------------------------------------


def test_remark_is_kept_and_the_same_again_is_the_one_there_is(bank, assistant, marking):
    client = marking(assistant)
    key = str(uuid.uuid4())
    sent = {"text": " Name your source.", "criterion": key, "is_shared": True}

    made, again = (client.post(bank, sent, format="json") for _ in range(2))

    assert made.status_code == again.status_code == 201
    body = made.json()
    assert (body["text"], body["criterion"], body["is_shared"]) == ("Name your source.", key, True)
    assert (body["owner"], body["uses"]) == ({"id": str(assistant.pk), "name": "Assistant"}, 0)
    assert again.json()["id"] == body["id"]
    assert made["Location"].endswith(f"{bank}{body['id']}/")
    assert client.get(made["Location"]).json() == body


def test_remarks_are_the_own_ones_and_those_that_are_shared(
    bank, seminar, assistant, instructor, marking
):
    own = RemarkFactory(seminar=seminar, owner=assistant)
    shared = RemarkFactory(seminar=seminar, owner=instructor, is_shared=True)
    RemarkFactory(seminar=seminar, owner=instructor)
    client = marking(assistant)

    def ids(**query):
        return {one["id"] for one in client.get(bank, query).json()["results"]}

    assert ids() == {str(own.pk), str(shared.pk)}
    assert ids(shared="1") == {str(shared.pk)}
    assert ids(criterion=str(uuid.uuid4())) == set()


def test_remark_is_shared_by_its_owner_alone(bank, seminar, assistant, instructor, marking):
    remark = RemarkFactory(seminar=seminar, owner=assistant, is_shared=True)
    at = f"{bank}{remark.pk}/"

    expect_denied(marking(instructor).patch(at, {"is_shared": False}))
    response = marking(assistant).patch(at, {"is_shared": False})

    assert (response.status_code, response.json()["is_shared"]) == (200, False)
    expect_problem(marking(instructor).get(at), 404, "not_found")


def test_use_of_a_remark_makes_no_version_stale(bank, seminar, assistant, marking):
    remark = RemarkFactory(seminar=seminar, owner=assistant)
    client = marking(assistant)
    at = f"{bank}{remark.pk}/"
    tag = client.get(at)["ETag"]

    used = client.post(f"{at}use/")

    assert (used.status_code, used.json()["uses"]) == (200, 1)
    assert client.patch(at, {"is_shared": True}, HTTP_IF_MATCH=tag).status_code == 200
    expect_problem(client.delete(at, HTTP_IF_MATCH=tag), 412, "stale_version")


def test_remark_is_removed_by_its_owner_and_shared_ones_by_instructors(
    bank, seminar, assistant, instructor, marking
):
    own, shared = (
        RemarkFactory(seminar=seminar, owner=assistant, is_shared=one) for one in (False, True)
    )

    assert marking(assistant).delete(f"{bank}{own.pk}/").status_code == 204
    assert marking(instructor).delete(f"{bank}{shared.pk}/").status_code == 204
    assert not Remark.objects.exists()


def test_remarks_of_an_archived_seminar_stay_as_they_are(bank, seminar, assistant, marking):
    seminar.archived_at = timezone.now()
    seminar.save()
    client = marking(assistant)

    expect_denied(client.post(bank, {"text": "Name your source."}))
    assert client.get(bank).status_code == 200


def test_remarks_take_constant_queries(bank, seminar, assistant, marking):
    client = marking(assistant)
    RemarkFactory(seminar=seminar, owner=assistant)

    expect_constant_queries(
        lambda: client.get(bank),
        grow=lambda: [RemarkFactory(seminar=seminar, is_shared=True) for _ in range(2)],
    )


# -- one level for many works ----------------------------------------------------------------------


@pytest.fixture
def works(plan, student, classmate):
    """A work of each of two students."""
    made = [WorkFactory(assignment=plan.assignment, student=one) for one in (student, classmate)]
    for work in made:
        GradeFactory(work=work)
    return made


@pytest.fixture
def levels(plan):
    return f"/api/v1/assignments/{plan.assignment_id}/levels/"


@pytest.fixture
def chosen(plan, works):
    criterion = plan.rubric_version.criteria.first()
    level = criterion.levels.first()
    keys = {"criterion": str(criterion.key), "level": str(level.key)}
    return keys | {"works": [str(one.pk) for one in works]}


def test_level_is_given_to_many_works_and_taken_back(levels, chosen, works, assistant, marking):
    client = marking(assistant)

    given = client.post(levels, chosen, format="json")

    assert given.status_code == 200
    marks = Mark.objects.filter(work__in=works, marker=assistant, state="draft")
    assert {one["mark"] for one in given.json()["marks"]} == {str(one.pk) for one in marks}
    assert [one["is_begun"] for one in given.json()["marks"]] == [True, True]
    taken = client.post(f"{levels}take-back/", {"note": given.json()["note"]}, format="json")
    assert taken.json() == {"count": 2}
    assert set(marks.model.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_note_that_was_not_signed_takes_nothing_back(levels, works, assistant, marking):
    response = marking(assistant).post(f"{levels}take-back/", {"note": "x:y"}, format="json")

    expect_problem(response, 400, "invalid", "/note")


@pytest.mark.parametrize("member", ["criterion", "level"])
def test_level_that_the_rubric_has_not_is_refused(levels, chosen, assistant, marking, member):
    sent = chosen | {member: str(uuid.uuid4())}

    expect_problem(
        marking(assistant).post(levels, sent, format="json"), 400, "invalid", f"/{member}"
    )
    assert not Mark.objects.exists()
