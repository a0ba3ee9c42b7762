"""One criterion across all works: which work is open, what is saved, and where one is led on."""

import pytest

from annotations.grading.models import Mark
from annotations.grading.queries.criteria import criterion_page
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    WorkItemFactory,
)


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def works(plan):
    works = [
        WorkFactory(assignment=plan.assignment, student__name=name) for name in ("Ada", "Bea", "Cy")
    ]
    for work in works:
        GradeFactory(work=work)
    return works


def criterion_of(plan, title="Evidence"):
    return plan.rubric_version.criteria.get(title=title)


def address(plan, criterion, work=None):
    query = f"?work={work.pk}" if work else ""
    return f"/seminars/water-policy/who-should-pay/grading/criteria/{criterion.key}/{query}"


def set_by(marker, work, criterion, points):
    mark = MarkFactory(work=work, marker=marker, rubric_version=criterion.rubric_version)
    return MarkPartFactory(mark=mark, criterion=criterion, points=points)


def test_first_work_without_anything_by_the_criterion_is_open(plan, works, instructor):
    criterion = criterion_of(plan)
    set_by(instructor, works[0], criterion, 2)

    page = criterion_page(instructor, plan, criterion.key)

    assert (page.current.name, page.following.name, page.done) == ("Bea", "Cy", 1)
    assert [one.points for one in page.works] == [2, None, None]
    assert page.part.criterion == criterion


def test_contributions_of_the_kind_that_is_looked_at_come_first(
    plan, works, instructor, assignment
):
    by = {"assignment": assignment, "author": works[0].student}
    WorkItemFactory(work=works[0], annotation=AnnotationFactory(**by))
    WorkItemFactory(work=works[0], annotation=AnnotationFactory(**by, evidence=True))

    page = criterion_page(instructor, plan, criterion_of(plan).key)
    style = criterion_page(instructor, plan, criterion_of(plan, "Style").key)

    assert [one.kind for one in page.looked_at] == ["evidence"]
    assert [one.kind for one in page.rest] == ["comment"]
    assert (len(style.looked_at), style.rest) == (2, [])


def test_saving_leads_on_to_the_next_work(plan, works, instructor, page):
    criterion = criterion_of(plan)
    level = criterion.levels.last()
    given = {"work": works[0].pk, "version": 0, f"level-{criterion.key}": level.key}

    response = page(instructor).post(address(plan, criterion), given)

    assert response["Location"] == address(plan, criterion, works[1])
    mark = Mark.objects.get(work=works[0], marker=instructor)
    assert mark.parts.get(criterion=criterion).level == level


def test_saving_from_an_old_page_shows_both_values(plan, works, instructor, page):
    criterion = criterion_of(plan)
    part = set_by(instructor, works[0], criterion, 1)
    part.level = criterion.levels.get(points=1)
    part.save()
    chosen = criterion.levels.get(points=3)
    given = {"work": works[0].pk, "version": 0, f"level-{criterion.key}": chosen.key}

    response = page(instructor).post(address(plan, criterion), given)

    html = response.content.decode()
    assert response.status_code == 412
    assert "Saved meanwhile: Level 2" in html
    assert f'value="{chosen.key}" checked' in html
    part.refresh_from_db()
    assert part.points == 1


@pytest.mark.parametrize("work", ["nonsense", "5c0d4d0a-0f0e-4b1c-9d2e-0a1b2c3d4e50"])
def test_work_that_is_not_there_is_missing(work, plan, works, instructor, page):
    at = address(plan, criterion_of(plan))

    assert page(instructor).get(f"{at}?work={work}").status_code == 404
    assert page(instructor).post(at, {"work": work}).status_code == 404


def test_criterion_of_another_rubric_is_missing(plan, works, instructor, page):
    other = GradingPlanFactory().rubric_version.criteria.first()

    assert page(instructor).get(address(plan, other)).status_code == 404


def test_criterion_without_works_says_so(plan, instructor, page):
    at = address(plan, criterion_of(plan))

    html = page(instructor).get(at).content.decode()

    assert "There is no work here for you to mark." in html
    assert page(instructor).post(at).status_code == 404


def test_mark_by_another_version_that_lacks_the_criterion_says_so(plan, works, instructor, page):
    other = GradingPlanFactory().rubric_version
    MarkFactory(work=works[0], marker=instructor, rubric_version=other)

    html = page(instructor).get(address(plan, criterion_of(plan), works[0])).content.decode()

    assert "which lacks this criterion" in html


def test_criterion_takes_as_many_queries_for_many_works(plan, works, instructor, page):
    client = page(instructor)
    at = address(plan, criterion_of(plan), works[0])

    def grow():
        for work in WorkFactory.create_batch(3, assignment=plan.assignment):
            GradeFactory(work=work)

    expect_constant_queries(lambda: client.get(at), grow=grow)
