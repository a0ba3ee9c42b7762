"""Figures of agreement: of hand-made tables, in a fixed number of queries, of what one may know."""

import csv
from io import StringIO

import pytest

from annotations.grading import metrics
from annotations.grading.enums import MarkingMode, MarkRole
from annotations.grading.metrics import Agreement
from annotations.grading.models import GradingPlan
from annotations.grading.queries.agreement import agreement_of, in_words
from tests.annotations.grading.test_second_marking import GRADING, mark_of, words
from tests.factories.grading import GradeFactory, GradingPlanFactory, WorkFactory
from tests.factories.seminars import MembershipFactory

# Of seven works what two markers gave: levels of Claim and Evidence, points of Style.
TABLE = [
    ((0, 1, 1), (0, 1, 2)),
    ((1, 1, 2), (1, 1, 2)),
    ((2, 1, 3), (1, 1, 1)),
    ((2, 1, 0), (2, 1, 0)),
    ((3, 1, 4), (3, 1, 4)),
    ((3, 1, 3), (2, 1, 4)),
    ((1, 1, 2), (0, 1, 2)),
]


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment, marking_mode=MarkingMode.OPEN_SECOND)


@pytest.fixture
def second(assignment):
    return MembershipFactory(seminar=assignment.seminar, role="assistant").user


def fill(plan, table, first, second):
    works = []
    for one, other in table:
        student = MembershipFactory(seminar=plan.assignment.seminar).user
        works.append(WorkFactory(assignment=plan.assignment, student=student))
        GradeFactory(work=works[-1])
        mark_of(works[-1], first, one)
        mark_of(works[-1], second, other, MarkRole.SECOND)
    return works


def figures_of(user, plan):
    return {one.title: one for one in agreement_of(user, plan).figures}


def in_order_of(works, at):
    """The pairs of the table's column as the figures take them: by the works' ids."""
    rows = sorted(zip((work.pk for work in works), TABLE, strict=True))
    return [(float(one[at]), float(other[at])) for _, (one, other) in rows]


def test_figures_of_a_table_are_those_of_the_metrics(plan, instructor, assistant, second):
    works = fill(plan, TABLE, assistant, second)
    found = figures_of(instructor, plan)
    claim, style = in_order_of(works, 0), in_order_of(works, 2)
    assert found["Claim"].alpha == metrics.with_interval(
        claim, lambda units: metrics.alpha(units, level="ordinal")
    )
    assert found["Claim"].kappa == metrics.with_interval(
        claim, lambda units: metrics.weighted_kappa(units, scale=(0, 1, 2, 3))
    )
    assert found["Style"].alpha == metrics.with_interval(style, metrics.alpha)
    assert found["Style"].kappa is None
    assert (found["Claim"].n, found["Claim"].exact) == (7, 4)
    assert found["Claim"].exact_percent == 57
    totals = [(a + b + c, d + e + f) for (a, b, c), (d, e, f) in TABLE]
    assert found["Total"].alpha.value == pytest.approx(metrics.alpha(totals))


def test_figures_of_a_criterion_that_gives_the_same_tell_nothing(
    plan, instructor, assistant, second
):
    fill(plan, TABLE, assistant, second)
    report = agreement_of(instructor, plan)
    evidence = report.figures[1]
    assert (evidence.title, evidence.exact, evidence.alpha.value) == ("Evidence", 7, None)
    assert evidence.words == "Nothing can be told, as everybody gave every work the same."
    claim, same, style = report.uses
    assert (same.is_same, same.unused) == (True, ["Level 1", "Level 3", "Level 4"])
    assert (claim.is_same, claim.counts) == (
        False,
        [("Level 1", 3), ("Level 2", 4), ("Level 3", 4), ("Level 4", 3)],
    )
    assert (style.n, style.counts) == (14, [])


def test_figures_of_fewer_than_five_works_are_too_few_to_tell(plan, instructor, assistant, second):
    fill(plan, TABLE[:4], assistant, second)
    found = figures_of(instructor, plan)["Claim"]
    assert (found.n, found.alpha, found.kappa) == (4, None, None)
    assert found.words == "Too few to tell: less than 5 works have two marks."


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        ((0.9, 0.85, 0.95), "The markers agree well."),
        (
            (0.9, 0.5, 0.95),
            "The markers agree well. With so few works it may also be worse than that.",
        ),
        (
            (0.7, 0.3, 0.9),
            (
                "The markers agree, well enough for careful conclusions. With so few works it may "
                "also be better or worse than that."
            ),
        ),
        ((0.2, 0.0, 0.4), "The markers agree too little to rely on their marks alone."),
    ],
    ids=["good", "good_perhaps", "wide", "poor"],
)
def test_words_say_no_more_than_the_figure(alpha, words):
    assert in_words(9, Agreement(*alpha, 9)) == words


def test_words_without_pairs_say_so():
    assert in_words(0, None) == "No work has two marks yet that you may know of."


def test_spreads_tell_how_each_person_marks(plan, instructor, assistant, second):
    fill(plan, TABLE, assistant, second)
    spreads = {one.marker: one for one in agreement_of(instructor, plan).spreads}
    one = spreads[assistant.display_name]
    assert (one.n, one.low, one.high, one.median) == (7, 20.0, 80.0, 40.0)
    assert [bar.count for bar in one.bars] == [0, 0, 1, 1, 2, 0, 1, 1, 1, 0]


def test_order_tells_the_mean_of_each_third(plan, instructor, assistant, second):
    fill(plan, TABLE, assistant, second)
    orders = {one.marker: one for one in agreement_of(instructor, plan).orders}
    assert orders[assistant.display_name].means == [30.0, 56.7, 55.0]
    assert orders[assistant.display_name].by == 25.0


def test_order_of_few_works_is_not_told(plan, instructor, assistant, second):
    fill(plan, TABLE[:5], assistant, second)
    assert [one.by for one in agreement_of(instructor, plan).orders] == [None, None]


@pytest.mark.parametrize("count", [1, 3])
def test_figures_take_as_many_queries_for_any_number_of_works(
    plan, instructor, assistant, second, django_assert_num_queries, count
):
    fill(plan, TABLE[:count], assistant, second)
    with django_assert_num_queries(3):
        agreement_of(instructor, plan)


def test_figures_leave_out_marks_that_one_may_not_know_of(plan, assistant, second):
    works = fill(plan, TABLE, assistant, second)
    GradingPlan.objects.update(marking_mode=MarkingMode.BLIND_DOUBLE)
    plan.refresh_from_db()
    works[0].marks.filter(marker=second).update(state="draft")
    report = agreement_of(second, plan)
    assert report.pairs == 6
    assert {one.marker: one.n for one in report.spreads} == {
        assistant.display_name: 6,
        second.display_name: 6,
    }


def test_page_shows_figures_bars_and_words(plan, page, instructor, assistant, second):
    fill(plan, TABLE, assistant, second)
    told = words(page(instructor).get(f"{GRADING}agreement/"))
    assert "7 works have two submitted marks that you may know of." in told
    assert "57 %" in told
    assert 'aria-label="from 20: 1; from 30: 1;' in told
    assert "It gives every work the same, so it tells no works apart." in told


def test_page_without_marks_says_so(plan, page, instructor):
    told = words(page(instructor).get(f"{GRADING}agreement/"))
    assert "No mark has been submitted yet that you may know of." in told


def test_file_has_a_row_for_each_criterion_and_the_total(plan, page, instructor, assistant, second):
    fill(plan, TABLE, assistant, second)
    plan.rubric_version.criteria.model.objects.filter(title="Style").update(title="=Style")
    response = page(instructor).get(f"{GRADING}agreement/file/")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Disposition"] == 'attachment; filename="agreement-who-should-pay.csv"'
    assert [row[0] for row in rows] == ["criterion", "Claim", "Evidence", "'=Style", "Total"]
    alpha = figures_of(instructor, plan)["Claim"].alpha.value
    assert rows[1][:4] == ["Claim", "7", "4", f"{alpha:.3f}"]
    assert rows[2][3:] == [""] * 6


def test_call_tells_the_same_figures(plan, api, instructor, assistant, second):
    fill(plan, TABLE, assistant, second)
    client = api(instructor, scopes=("marks:read",))
    told = client.get(f"/api/v1/assignments/{plan.assignment_id}/agreement/").json()
    claim = figures_of(instructor, plan)["Claim"]
    assert told["pairs"] == 7
    assert told["figures"][0]["alpha"]["value"] == round(claim.alpha.value, 3)
    assert told["figures"][0]["criterion"] == str(claim.key)
    assert told["figures"][-1]["criterion"] is None
    assert sum(told["markers"][0]["distribution"]) == 7


def test_call_by_a_student_is_refused(plan, api, student):
    client = api(student, scopes=("marks:read",))
    response = client.get(f"/api/v1/assignments/{plan.assignment_id}/agreement/")
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
