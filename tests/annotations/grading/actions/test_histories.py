"""A grade is the fold of its events, whatever is done to it and in which order."""

import random
from decimal import Decimal

import pytest
from django.utils import timezone

from annotations.grading.actions.events import plain, record_event
from annotations.grading.actions.grades import adjust_grade, agree_grade, excuse_work, reopen_grade
from annotations.grading.actions.marking import (
    MarkChange,
    PartChange,
    change_mark,
    reopen_mark,
    start_mark,
    submit_mark,
    withdraw_mark,
)
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.enums import GradeState, MarkingMode, Verb
from annotations.grading.folding import FOLDED, fold
from annotations.grading.models import Grade, GradingPlan, Mark, Release
from debate.core.errors import DomainError
from tests.factories.grading import GradeFactory, WorkFactory, WorkItemFactory

ACTS = 12


@pytest.fixture
def criteria(plan):
    return list(plan.rubric_version.criteria.prefetch_related("levels"))


class Somebody:
    """Does one thing after the other to a work's grade, at random, and is refused as it comes."""

    def __init__(self, dice, work, criteria, staff, instructor):
        self.dice, self.work, self.criteria = dice, work, criteria
        self.staff, self.instructor = staff, instructor
        self.acts = [
            self.mark, self.mark, self.mark, self.draft, self.withdraw, self.adjust, self.excuse,
            self.agree, self.release, self.release, self.take_back, self.reopen,
        ]  # fmt: skip

    def act(self):
        """Whether it was taken."""
        try:
            self.dice.choice(self.acts)()
        except DomainError:
            return False
        return True

    def mark(self):
        marker = self.dice.choice(self.staff)
        mark = start_mark(actor=marker, work_id=self.work.pk)
        parts = {criterion.key: self.choice(criterion) for criterion in self.criteria}
        change = MarkChange(parts=parts)
        mark = change_mark(actor=marker, mark_id=mark.pk, change=change, version=mark.version)
        submit_mark(actor=marker, mark_id=mark.pk, version=mark.version)

    def choice(self, criterion):
        levels = list(criterion.levels.all())
        if levels:
            return PartChange(level=self.dice.choice(levels).key)
        return PartChange(points=Decimal(self.dice.randint(0, 16)) / 4)

    def own_mark(self):
        return Mark.objects.filter(work=self.work).standing().select_related("marker").first()

    def draft(self):
        if mark := self.own_mark():
            reopen_mark(actor=mark.marker, mark_id=mark.pk, version=mark.version)

    def withdraw(self):
        if mark := self.own_mark():
            withdraw_mark(
                actor=mark.marker, mark_id=mark.pk, version=mark.version, reason="A slip."
            )

    def told(self):
        grade = Grade.objects.get(work=self.work)
        return {
            "actor": self.instructor,
            "work_id": self.work.pk,
            "reason": "Said in class.",
            "version": grade.version,
        }

    def adjust(self):
        adjust_grade(**self.told(), adjustment=Decimal(self.dice.randint(-40, 40)) / 4)

    def excuse(self):
        excuse_work(**self.told(), is_excused=self.dice.random() < 0.5)

    def agree(self):
        agree_grade(**self.told(), points=Decimal(self.dice.randint(0, 40)) / 4)

    def release(self):
        release_grades(actor=self.instructor, assignment_id=self.work.assignment_id)

    def take_back(self):
        release = Release.objects.filter(assignment=self.work.assignment_id).first()
        if release:
            take_release_back(actor=self.instructor, release_id=release.pk)

    def reopen(self):
        reopen_grade(**self.told())


def expect_histories(seeds, plan, criteria, staff, instructor, student):
    """Each seed makes one history; returns how many acts were taken in all."""
    taken = 0
    GradingPlan.objects.filter(pk=plan.pk).update(tolerance=2)
    work = WorkFactory(assignment=plan.assignment, student=student)
    WorkItemFactory(work=work, late_by=86400)
    for seed in seeds:
        dice = random.Random(seed)
        mode = dice.choice([MarkingMode.SINGLE, MarkingMode.OPEN_SECOND, MarkingMode.BLIND_DOUBLE])
        GradingPlan.objects.filter(pk=plan.pk).update(
            marking_mode=mode, late_owner=dice.choice(["us", "nobody"])
        )
        grade = GradeFactory(work=work)
        somebody = Somebody(dice, work, criteria, staff, instructor)
        taken += sum(somebody.act() for _ in range(ACTS))
        grade.refresh_from_db()
        events = list(grade.events.order_by("number"))
        folded = fold(event.after for event in events)
        assert folded == {name: plain(getattr(grade, name)) for name in FOLDED}, seed
        assert [event.number for event in events] == list(range(1, grade.version + 1)), seed
        state = fold([])
        for event in events:
            assert event.before == {name: state[name] for name in event.after}, (seed, event.number)
            state.update(event.after)
        forget(work)
    return taken


def forget(work):
    """All that one history left, so that the next begins with the same work."""
    grade = work.grade
    grade.sheets.all().delete()
    grade.events.all().delete()
    grade.delete()
    work.marks.all().delete()
    Release.objects.filter(assignment=work.assignment_id).delete()
    work.refresh_from_db()


def test_grade_is_the_fold_of_its_events_in_random_histories(
    plan, criteria, assistant, instructor, student
):
    staff = [assistant, instructor]
    taken = expect_histories(range(40), plan, criteria, staff, instructor, student)
    assert taken > 40


@pytest.mark.soak
def test_grade_is_the_fold_of_its_events_in_a_thousand_histories(
    plan, criteria, assistant, instructor, student
):
    staff = [assistant, instructor]
    taken = expect_histories(range(1_000), plan, criteria, staff, instructor, student)
    assert taken > 1_000


# -- what actions never do is folded as well -------------------------------------------------------


def any_changes(dice):
    """Some members of a grade, set to whatever the database takes."""
    number = Decimal(dice.randint(0, 4_000)) / 100
    whole = {
        "state": dice.choice([one for one in GradeState if one != GradeState.RELEASED]),
        "raw": dice.choice([None, number]),
        "late_deduction": number / 4,
        "adjustment": number - 20,
        "final": number,
        "is_excused": dice.random() < 0.5,
        "basis": {"rule": "mean", "marks": {str(dice.random()): dice.randint(1, 9)}},
        "released_at": dice.choice([None, timezone.now()]),
    }
    names = dice.sample(sorted(whole), dice.randint(0, len(whole)))
    if "state" in names:
        names.append("final")  # what is ready has a number
    return {name: whole[name] for name in names}


def expect_any_histories(count, plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student)
    for seed in range(count):
        dice = random.Random(seed)
        grade = GradeFactory(work=work)
        for _ in range(dice.randint(0, 6)):
            changes = any_changes(dice)
            record_event(grade, dice.choice(list(Verb)), actor=None, changes=changes)
        kept = Grade.objects.get(pk=grade.pk)
        folded = fold(kept.events.order_by("number").values_list("after", flat=True))
        assert folded == {name: plain(getattr(kept, name)) for name in FOLDED}, seed
        assert kept.version == kept.events.count()
        kept.events.all().delete()
        kept.delete()


def test_any_history_folds_to_the_grade(plan, student):
    expect_any_histories(100, plan, student)


@pytest.mark.soak
def test_any_of_ten_thousand_histories_folds_to_the_grade(plan, student):
    expect_any_histories(10_000, plan, student)
