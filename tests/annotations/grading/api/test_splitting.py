"""Works split among markers by a rule, in the API: evenly, by section, and as a trial."""

from collections import Counter
from uuid import uuid4

import pytest

from annotations.grading.enums import GradeState, MarkingMode, MarkState
from annotations.grading.models import Grade, GradingPlan, Work
from debate.seminars.enums import GroupKind, Role
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.grading import GradeFactory, GradingPlanFactory, MarkFactory, WorkFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

SCOPES = ("marks:read", "marks:write")


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def works(plan):
    return works_of(plan, 4)


@pytest.fixture
def marking(api):
    """`marking(user)`: a client whose token reads and writes marks."""
    return lambda user: api(user, scopes=SCOPES)


@pytest.fixture
def limited(seminar):
    """An assistant who is limited to sections, and has none."""
    return MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)


def works_of(plan, count):
    works = WorkFactory.create_batch(count, assignment=plan.assignment)
    for work in works:
        GradeFactory(work=work)
    return works


def section_of(plan, *works):
    """A section with the students of the works."""
    students = [work.student for work in works]
    return GroupFactory(seminar=plan.assignment.seminar, kind=GroupKind.SECTION, members=students)


def at(plan, query=""):
    return f"/api/v1/assignments/{plan.assignment_id}/split/{query}"


def among(*people, **rest):
    return {"markers": [str(one.pk) for one in people], **rest}


def by(*pairs, **rest):
    sections = [{"section": str(one.pk), "marker": str(marker.pk)} for one, marker in pairs]
    return {"sections": sections, **rest}


def told(pairs):
    """The pairs of a work and its marker, as an answer tells them."""
    listed = sorted((str(work.pk), str(marker.pk)) for work, marker in pairs)
    return [{"work": work, "marker": marker} for work, marker in listed]


def unassigned(plan):
    """Whether no work has a marker, and nothing counted a change."""
    works = Work.objects.filter(assignment=plan.assignment_id)
    kept = set(works.values_list("marker", "second_marker", "version"))
    return kept == {(None, None, 1)} and GradingPlan.objects.get(pk=plan.pk).counter == 0


# -- the rules -------------------------------------------------------------------------------------


def test_split_among_two_gives_each_as_many(plan, works, instructor, assistant, marking):
    response = marking(instructor).post(at(plan), among(instructor, assistant))

    assert response.status_code == 200
    now = Work.objects.filter(assignment=plan.assignment_id)
    assert Counter(work.marker for work in now) == {instructor: 2, assistant: 2}
    shown = told((work, work.marker) for work in now)
    assert response.json() == {"works": shown, "changed": 4, "counter": 1}


def test_split_among_others_leaves_what_is_assigned(plan, works, instructor, assistant, marking):
    Work.objects.filter(pk=works[0].pk).update(marker=instructor)

    response = marking(instructor).post(at(plan), among(assistant))

    assert response.json()["works"] == told((work, assistant) for work in works[1:])
    assert Work.objects.get(pk=works[0].pk).marker == instructor


def test_split_leaves_works_that_are_marked_or_released_and_counts_them(
    plan, works, instructor, assistant, marking
):
    begun, taken_back, released, free = works
    MarkFactory(work=begun, marker=assistant)
    MarkFactory(work=taken_back, marker=assistant, state=MarkState.WITHDRAWN)
    Grade.objects.filter(work=released).update(state=GradeState.RELEASED, raw=5, final=5)
    section = section_of(plan, *works)

    response = marking(instructor).post(at(plan), among(assistant, instructor))
    by_section = marking(instructor).post(at(plan), by((section, instructor)))

    assert sorted(one["work"] for one in response.json()["works"]) == sorted(
        [str(taken_back.pk), str(free.pk)]
    )
    given = Counter(one["marker"] for one in response.json()["works"])
    assert given == {str(instructor.pk): 1, str(assistant.pk): 1}
    assert by_section.json()["works"] == told([(taken_back, instructor), (free, instructor)])
    for work in (begun, released):
        assert Work.objects.get(pk=work.pk).marker is None


def test_split_by_section_gives_its_students_works(plan, works, instructor, assistant, marking):
    monday, tuesday = section_of(plan, *works[:2]), section_of(plan, works[2])
    Work.objects.filter(pk=works[2].pk).update(marker=assistant)

    response = marking(instructor).post(at(plan), by((monday, instructor), (tuesday, assistant)))

    given = [(works[0], instructor), (works[1], instructor), (works[2], assistant)]
    assert response.json() == {"works": told(given), "changed": 2, "counter": 1}
    for work, marker in [*given, (works[3], None)]:
        assert Work.objects.get(pk=work.pk).marker == marker


def test_split_in_the_second_role_leaves_the_first_marker(
    plan, works, instructor, assistant, marking
):
    GradingPlan.objects.update(marking_mode=MarkingMode.OPEN_SECOND)
    Work.objects.filter(pk=works[0].pk).update(marker=assistant)

    response = marking(instructor).post(at(plan), among(assistant, role="second"))

    assert response.json()["works"] == told((work, assistant) for work in works[1:])
    assert Work.objects.get(pk=works[0].pk).second_marker is None
    again = Work.objects.get(pk=works[1].pk)
    assert (again.marker, again.second_marker) == (None, assistant)


def test_split_leaves_out_the_own_work(plan, works, instructor, assistant, marking):
    own = WorkFactory(assignment=plan.assignment, student=instructor)

    response = marking(instructor).post(at(plan), among(assistant))

    assert response.json()["works"] == told((work, assistant) for work in works)
    assert Work.objects.get(pk=own.pk).marker is None


def test_split_in_blind_marking_tells_ids_of_works_and_markers_alone(
    plan, works, instructor, assistant, marking
):
    GradingPlan.objects.update(is_blind=True)

    response = marking(instructor).post(at(plan), by((section_of(plan, works[0]), assistant)))

    shown = {"works": told([(works[0], assistant)]), "changed": 1, "counter": 1}
    assert response.json() == shown
    assert response["Cache-Control"] == "private, no-store"


# -- trials and counters ---------------------------------------------------------------------------


def test_trial_tells_what_the_split_does_and_writes_nothing(
    plan, works, instructor, assistant, marking
):
    client, body = marking(instructor), among(instructor, assistant)

    tried = client.post(at(plan, "?dry_run=true"), body)

    assert tried.status_code == 200
    assert unassigned(plan)
    done = client.post(at(plan), {**body, "counter": tried.json()["counter"]})
    assert (tried.json()["counter"], done.json()["counter"]) == (0, 1)
    assert done.json() == {**tried.json(), "counter": 1}
    assert not unassigned(plan)


def test_trial_refuses_what_the_split_does(plan, works, instructor, limited, marking):
    response = marking(instructor).post(at(plan, "?dry_run=1"), among(limited.user))

    expect_problem(response, 400, "invalid", "/markers")


def test_trial_says_true_or_false(plan, works, instructor, marking):
    response = marking(instructor).post(at(plan, "?dry_run=maybe"), among(instructor))

    assert expect_problem(response, 400, "invalid")["errors"][0]["parameter"] == "dry_run"
    assert unassigned(plan)


def test_split_from_an_older_counter_is_stale(plan, works, instructor, marking):
    GradingPlan.objects.update(counter=3)

    response = marking(instructor).post(at(plan), among(instructor, counter=2))

    assert expect_problem(response, 412, "stale_version")["counter"] == 3
    assert set(Work.objects.values_list("marker", flat=True)) == {None}


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["second", "third"])
def test_split_in_a_role_that_works_have_not_is_refused(role, plan, works, instructor, marking):
    response = marking(instructor).post(at(plan), among(instructor, role=role))

    expect_problem(response, 400, "invalid", "/role")
    assert unassigned(plan)


def test_split_among_who_is_no_staff_names_the_place(
    plan, works, instructor, student, outsider, marking
):
    client, section = marking(instructor), section_of(plan, works[0])

    for person in (student, outsider):
        expect_problem(
            client.post(at(plan), among(instructor, person)), 400, "invalid", "/markers/1"
        )
        expect_problem(
            client.post(at(plan), by((section, person))), 400, "invalid", "/sections/0/marker"
        )
    assert unassigned(plan)


def test_split_by_what_is_no_section_of_the_seminar_names_the_place(
    plan, works, instructor, other_seminar, marking
):
    client, section = marking(instructor), section_of(plan, works[0])
    group = GroupFactory(seminar=plan.assignment.seminar, members=[works[1].student])
    elsewhere = GroupFactory(seminar=other_seminar, kind=GroupKind.SECTION)

    for other in (group, elsewhere, section):
        response = client.post(at(plan), by((section, instructor), (other, instructor)))
        expect_problem(response, 400, "invalid", "/sections/1/section")
    assert unassigned(plan)


def test_limited_assistant_gets_works_of_the_own_sections_alone(
    plan, works, instructor, limited, marking
):
    client = marking(instructor)
    own, other = section_of(plan, works[0]), section_of(plan, works[1])
    limited.sections.set([own])

    refused = client.post(at(plan), by((own, limited.user), (other, limited.user)))
    evenly = client.post(at(plan), among(instructor, limited.user))

    expect_problem(refused, 400, "invalid", "/sections")
    expect_problem(evenly, 400, "invalid", "/markers")
    assert unassigned(plan)
    assert client.post(at(plan), by((own, limited.user))).json()["changed"] == 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ""),
        ({"markers": [str(uuid4())], "sections": [{}]}, "/sections/0/section"),
        ({"markers": []}, "/markers"),
        ({"markers": [str(uuid4())] * 101}, "/markers"),
        ({"markers": ["x"]}, "/markers/0"),
        ({"markers": [str(uuid4())], "works": []}, "/works"),
        ({"sections": []}, "/sections"),
        ({"sections": [{"section": "x", "marker": str(uuid4())}]}, "/sections/0/section"),
        ({"markers": [str(uuid4())], "counter": -1}, "/counter"),
    ],
)
def test_split_that_says_no_rule_is_refused_where_it_is_wrong(
    body, place, plan, works, instructor, marking
):
    response = marking(instructor).post(at(plan), body)

    problem = expect_problem(response, 400, "invalid")
    assert problem["errors"][0]["pointer"] == place
    assert unassigned(plan)


def test_split_by_both_rules_is_refused(plan, works, instructor, marking):
    body = among(instructor) | by((section_of(plan, works[0]), instructor))

    expect_problem(marking(instructor).post(at(plan), body), 400, "invalid", "")
    assert unassigned(plan)


def test_split_is_for_instructors(plan, works, assistant, student, outsider, marking):
    for person in (assistant, student):
        expect_denied(marking(person).post(at(plan), among(assistant)))
    expect_problem(marking(outsider).post(at(plan), among(assistant)), 404, "not_found")
    assert unassigned(plan)


def test_split_without_a_plan_is_absent(assignment, instructor, marking):
    address = f"/api/v1/assignments/{assignment.pk}/split/"

    expect_problem(marking(instructor).post(address, {}), 404, "not_found")


def test_split_needs_a_scope_of_its_own(plan, works, instructor, api):
    response = api(instructor, scopes=("marks:read", "write")).post(at(plan), among(instructor))

    assert response.status_code == 403
    assert unassigned(plan)


@pytest.mark.parametrize("rule", ["markers", "sections"])
def test_split_takes_as_many_queries_for_many_works(rule, plan, works, instructor, marking):
    client, section = marking(instructor), section_of(plan, *works)
    body = among(instructor) if rule == "markers" else by((section, instructor))

    def again():
        Work.objects.update(marker=None)
        response = client.post(at(plan), body)
        assert response.json()["changed"] == Work.objects.count()

    def grow():
        section.members.add(*[work.student for work in works_of(plan, 3)])

    assert expect_constant_queries(again, grow=grow) <= 24
