"""Two marks of a work: side by side, agreed, judged; and what a second marker may not learn."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from annotations.grading.actions.grades import agree_grade
from annotations.grading.actions.marking import start_mark
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, MarkingMode, MarkRole, MarkState, Verb
from annotations.grading.models import Grade, GradingPlan, Work
from tests.expect import without_seconds
from tests.factories.annotations import annotation_on
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    ItemFeedbackFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import MembershipFactory

GRADING = "/seminars/water-policy/who-should-pay/grading/"


def mark_of(work, marker, choices, role=MarkRole.FIRST, **fields):
    """A submitted mark by Claim, Evidence (levels by their points) and Style (points)."""
    mark = MarkFactory(
        work=work, marker=marker, role=role, state=MarkState.SUBMITTED, total=sum(choices), **fields
    )
    for criterion, points in zip(mark.rubric_version.criteria.all(), choices, strict=True):
        level = criterion.levels.filter(points=points).first()
        MarkPartFactory(mark=mark, criterion=criterion, level=level, points=points)
    return mark


@pytest.fixture
def second(assignment):
    return MembershipFactory(
        seminar=assignment.seminar, role="assistant", user__name="Sela Marten"
    ).user


@pytest.fixture
def twice(assignment, student, instructor, assistant, paragraphs):
    """A work that two mark without seeing one another; the assistant gave 2, 1 and 3.97 of it."""
    plan = GradingPlanFactory(
        assignment=assignment, marking_mode=MarkingMode.BLIND_DOUBLE, tolerance=1
    )
    work = WorkFactory(assignment=assignment, student=student, alias="Quiet Lever")
    GradeFactory(work=work)
    note = annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)
    item = WorkItemFactory(work=work, annotation=note)
    first = mark_of(work, assistant, (2, 1, Decimal("3.97")), comment="Zyx of the whole.")
    part = first.parts.order_by("pk").first()
    part.comment = "Qvw of the claim."
    part.save()
    part.cited.add(item)
    ItemFeedbackFactory(mark=first, item=item, body="Jkq of this note.")
    settle(plan, work, actor=assistant, verb=Verb.SUBMITTED)
    return SimpleNamespace(plan=plan, work=work, first=first, item=item)


def words(response):
    return " ".join(response.content.decode().split())


def compared(client, work):
    return client.get(f"{GRADING}compare/{work.pk}/")


# -- what a second marker may not learn ------------------------------------------------------------

# All that a marker reads of grading that could tell of a mark; addresses with the world's ids.
PAGES = {
    "queue": "{grading}",
    "queue_by_difference": "{grading}?sort=difference",
    "queue_of_disagreements": "{grading}?state=disagree",
    "desk": "{grading}works/{work}/",
    "grade": "{grading}works/{work}/grade/",
    "compare": "{grading}compare/{work}/",
    "criterion": "{grading}criteria/{criterion}/?work={work}",
    "bulk": "{grading}bulk/",
    "moderation": "{grading}moderation/",
    "moderation_record": "{grading}moderation/record/",
    "agreement": "{grading}agreement/",
    "agreement_file": "{grading}agreement/file/",
    "gradebook": "/seminars/water-policy/who-should-pay/gradebook/",
    "start": "/",
}
CALLS = {
    "marks": "/api/v1/marks/?work={work}",
    "mark": "/api/v1/marks/{mark}/",
    "work": "/api/v1/works/{work}/",
    "works": "/api/v1/works/?assignment={assignment}",
    "agreement": "/api/v1/assignments/{assignment}/agreement/",
    "moderation": "/api/v1/assignments/{assignment}/moderation/",
    "grades": "/api/v1/grades/?assignment={assignment}",
    "grade": "/api/v1/grades/{grade}/",
    "grade_events": "/api/v1/grades/{grade}/events/",
}
# What only the first mark says.
TRACES = ("6.97", "3.97", "Zyx of the whole", "Qvw of the claim", "Jkq of this note")


def of_world(twice):
    return {
        "grading": GRADING,
        "work": twice.work.pk,
        "mark": twice.first.pk,
        "grade": twice.work.grade.pk,
        "assignment": twice.work.assignment_id,
        "criterion": twice.plan.rubric_version.criteria.first().key,
    }


def traces_in(response):
    told = without_seconds(response)
    return [one for one in TRACES if one in told]


def before_marking(twice, user):
    """The person has been asked to mark second."""
    Work.objects.filter(pk=twice.work.pk).update(second_marker=user)


def while_marking(twice, user):
    """The person marks, and has not submitted."""
    start_mark(actor=user, work_id=twice.work.pk)


@pytest.mark.parametrize("stage", [before_marking, while_marking])
@pytest.mark.parametrize("role", ["second", "instructor"])
@pytest.mark.parametrize("name", PAGES)
def test_page_before_the_own_mark_tells_nothing_of_the_first(
    twice, page, request, name, role, stage
):
    user = request.getfixturevalue(role)
    stage(twice, user)

    response = page(user).get(PAGES[name].format(**of_world(twice)))

    assert (response.status_code, traces_in(response)) == (200, [])


@pytest.mark.parametrize("stage", [before_marking, while_marking])
@pytest.mark.parametrize("name", CALLS)
def test_call_before_the_own_mark_tells_nothing_of_the_first(twice, api, second, name, stage):
    stage(twice, second)
    client = api(second, scopes=("marks:read", "grades:read"))

    response = client.get(CALLS[name].format(**of_world(twice)))

    expected = 404 if name == "mark" else 200
    assert (response.status_code, traces_in(response)) == (expected, [])


def test_pages_tell_the_first_mark_once_the_own_is_submitted(twice, page, second):
    mark_of(twice.work, second, (2, 1, 3), MarkRole.SECOND)
    client = page(second)
    told = {
        name: set(traces_in(client.get(PAGES[name].format(**of_world(twice)))))
        for name in ("desk", "compare")
    }
    assert told["compare"] >= {"6.97", "3.97", "Zyx of the whole", "Qvw of the claim"}
    assert told["desk"] >= {"3.97", "Qvw of the claim"}


def test_grade_that_awaits_the_second_mark_holds_no_number(twice):
    grade = Grade.objects.get(work=twice.work)
    assert (grade.state, grade.raw, grade.final) == (GradeState.AWAITING_SECOND, None, None)
    told = [one for event in grade.events.all() for one in event.after.values()]
    assert not [one for one in told if "6.97" in str(one)]


# -- side by side ----------------------------------------------------------------------------------


@pytest.fixture
def apart(twice, second):
    """The second one gave 3, 1 and 1: a total of 5, more than a point below."""
    mark = mark_of(twice.work, second, (3, 1, 1), MarkRole.SECOND)
    settle(twice.plan, twice.work, actor=second, verb=Verb.SUBMITTED)
    return SimpleNamespace(**vars(twice), second=mark)


def test_compare_shows_levels_differences_citations_and_totals(apart, page, instructor):
    told = words(compared(page(instructor), apart.work))
    assert "1 level apart" in told
    assert "the same level" in told
    assert "2.97 points apart" in told
    assert f'works/{apart.work.pk}/#i-{apart.item.pk}">Comment ¶1</a>' in told
    assert "The marks differ by 1.97 points, more than the tolerance of 1." in told
    assert ">6.97</b>" in told
    assert ">5</b>" in told


def test_compare_before_any_mark_says_so(apart, page, instructor):
    apart.work.marks.update(state=MarkState.WITHDRAWN)
    told = words(compared(page(instructor), apart.work))
    assert "No mark of this work has been submitted yet that you may see." in told


@pytest.mark.parametrize(
    ("who", "status"), [("student", 403), ("outsider", 404), ("assistant", 200)]
)
def test_compare_is_for_staff(apart, page, request, who, status):
    assert compared(page(request.getfixturevalue(who)), apart.work).status_code == status


def test_compare_of_the_own_work_is_missing(apart, page, instructor):
    Work.objects.filter(pk=apart.work.pk).update(student=instructor)
    assert compared(page(instructor), apart.work).status_code == 404


def test_compare_keeps_nothing_in_browsers(apart, page, instructor):
    assert compared(page(instructor), apart.work)["Cache-Control"] == "private, no-store"


def test_compare_takes_as_many_queries_for_more_criteria(
    apart, page, instructor, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40):
        compared(page(instructor), apart.work)


def sent(client, work, **form):
    grade = Grade.objects.get(work=work)
    return client.post(
        f"{GRADING}compare/{work.pk}/", {"version": grade.version, **form}, follow=False
    )


def test_agreed_value_counts_and_its_reason_stands_in_the_history(apart, page, second):
    client = page(second)
    response = sent(client, apart.work, act="agree", points="6", reason="Style was off topic.")
    assert response.status_code == 302
    grade = Grade.objects.get(work=apart.work)
    assert (grade.state, grade.raw, grade.basis["rule"]) == (GradeState.READY, 6, "agreed")
    told = words(compared(client, apart.work))
    assert "Style was off topic." in told
    assert "What the markers agreed on." in told


def test_agreed_value_without_a_reason_is_refused_and_kept(apart, page, second):
    response = sent(page(second), apart.work, act="agree", points="6", reason="")
    assert response.status_code == 400
    assert 'value="6"' in words(response)
    assert Grade.objects.get(work=apart.work).state == GradeState.DISAGREED


def test_agreed_value_of_an_older_version_shows_the_newer_state(apart, page, second, instructor):
    version = Grade.objects.get(work=apart.work).version
    agree_grade(
        actor=instructor,
        work_id=apart.work.pk,
        points=Decimal(6),
        reason="Agreed.",
        version=version,
    )
    form = {"act": "agree", "points": "5", "reason": "No.", "version": version}
    response = page(second).post(f"{GRADING}compare/{apart.work.pk}/", form)
    assert response.status_code == 412
    assert "What stands here is the newer state" in words(response)


def test_agreed_value_by_another_assistant_is_refused(apart, page, assignment):
    other = MembershipFactory(seminar=assignment.seminar, role="assistant").user
    response = sent(page(other), apart.work, act="agree", points="6", reason="So.")
    assert response.status_code == 403


def test_third_marker_is_asked_by_instructors(apart, page, assignment, instructor):
    third = MembershipFactory(seminar=assignment.seminar, role="assistant").user
    response = sent(page(instructor), apart.work, act="third", marker=str(third.pk))
    assert response.status_code == 302
    assert Work.objects.get(pk=apart.work.pk).third_marker == third
    assert compared(page(third), apart.work).status_code == 200
    assert traces_in(compared(page(third), apart.work)) == []


def test_third_marker_who_has_marked_is_refused_at_the_field(apart, page, instructor, second):
    response = sent(page(instructor), apart.work, act="third", marker=str(second.pk))
    assert response.status_code == 400
    assert "This person has marked the work. Choose another one." in words(response)


def test_third_marker_is_not_asked_by_assistants(apart, page, second, assistant):
    assert sent(page(second), apart.work, act="third", marker="").status_code == 403


def test_queue_links_works_that_differ_to_their_comparison(apart, page, instructor):
    told = page(instructor).get(f"{GRADING}?state=disagree").content.decode()
    assert f'href="{GRADING}compare/{apart.work.pk}/"' in told


def test_compare_of_an_open_second_mark_shows_the_first_at_once(twice, page, second):
    GradingPlan.objects.update(marking_mode=MarkingMode.OPEN_SECOND)
    assert "6.97" in traces_in(compared(page(second), twice.work))
