"""Grades released while others mark: the sheets are of one moment, and nobody sees half of them."""

import random
import threading
import time
from decimal import Decimal

import pytest
from django.db import connections

from annotations.grading.actions.marking import (
    MarkChange,
    PartChange,
    change_mark,
    start_mark,
    submit_mark,
)
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.enums import GradeState
from annotations.grading.folding import fold
from annotations.grading.models import Grade, Mark, Sheet
from debate.core.errors import DomainError, InvalidState
from debate.seminars.enums import Role
from tests.factories.grading import GradeFactory, WorkFactory
from tests.factories.seminars import MembershipFactory

MARKERS = 3


@pytest.fixture
def works(plan):
    return make_works(plan, 8)


def make_works(plan, count):
    seminar = plan.assignment.seminar
    works = [
        WorkFactory(
            assignment=plan.assignment,
            student=MembershipFactory(seminar=seminar, role=Role.STUDENT).user,
        )
        for _ in range(count)
    ]
    for work in works:
        GradeFactory(work=work)
    return works


def chosen(criterion, dice):
    levels = list(criterion.levels.all())
    if levels:
        return PartChange(level=dice.choice(levels).key)
    return PartChange(points=Decimal(dice.randint(0, 16)) / 4)


def mark_on(seed, marker, works, criteria, is_over, failed):
    """Mark works at random, again and again; what comes after the release is refused."""
    dice = random.Random(seed)
    try:
        while not is_over.is_set():
            work = dice.choice(works)
            try:
                mark = start_mark(actor=marker, work_id=work.pk)
                parts = {criterion.key: chosen(criterion, dice) for criterion in criteria}
                mark = change_mark(
                    actor=marker,
                    mark_id=mark.pk,
                    change=MarkChange(parts=parts),
                    version=mark.version,
                )
                submit_mark(actor=marker, mark_id=mark.pk, version=mark.version)
            except DomainError:
                continue
    except Exception as error:  # noqa: BLE001 - told to the test
        failed.append(error)
    finally:
        connections.close_all()


def look_on(assignment, seen, is_over, failed):
    """How many sheets can be seen, time and again."""
    try:
        while not is_over.is_set():
            sheets = Sheet.objects.filter(
                grade__work__assignment=assignment, release__undone_at=None
            )
            seen.append(sheets.count())
    except Exception as error:  # noqa: BLE001 - told to the test
        failed.append(error)
    finally:
        connections.close_all()


def expect_one_moment(plan, works, instructor, markers, dice):
    """Release once while all mark; check each sheet against the history; take the release back."""
    criteria = list(plan.rubric_version.criteria.prefetch_related("levels"))
    is_over, seen, failed = threading.Event(), [], []
    threads = [
        threading.Thread(
            target=mark_on, args=(dice.random(), marker, works, criteria, is_over, failed)
        )
        for marker in markers
    ]
    threads.append(
        threading.Thread(target=look_on, args=(plan.assignment_id, seen, is_over, failed))
    )
    for thread in threads:
        thread.start()
    release = None
    while release is None and not failed:
        if Grade.objects.filter(work__in=works, state=GradeState.READY).count() < len(works) // 2:
            time.sleep(0.01)
            continue
        try:
            release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
        except InvalidState:
            continue
    while not failed and release.count not in seen:
        time.sleep(0.01)
    is_over.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(seen) <= {0, release.count}
    sheets = list(release.sheets.select_related("grade__work"))
    assert len(sheets) == release.count
    for sheet in sheets:
        expect_sheet_of_its_version(sheet)
    take_release_back(actor=instructor, release_id=release.pk)


def expect_sheet_of_its_version(sheet):
    """The sheet says what the grade was at the version that it names, and so do its parts."""
    events = sheet.grade.events.filter(number__lte=sheet.grade_version).order_by("number")
    told = fold(events.values_list("after", flat=True))
    assert (told["state"], told["final"]) == ("released", sheet.content["final"])
    (shown,) = sheet.content["marks"]
    assert shown["total"] == told["raw"]
    assert sum(Decimal(part["points"]) for part in shown["parts"]) == Decimal(told["raw"])
    ((pk, version),) = told["basis"]["marks"].items()
    assert Mark.objects.get(pk=pk).version == version  # nobody moved it since


@pytest.mark.django_db(transaction=True)
def test_release_while_others_mark_is_of_one_moment(plan, works, instructor, assistant):
    markers = [assistant, instructor]
    expect_one_moment(plan, works, instructor, markers, random.Random(1))


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_twenty_releases_of_two_hundred_works_are_of_one_moment_each(
    plan, instructor, assistant, seminar
):
    works = make_works(plan, 200)
    more = MembershipFactory.create_batch(MARKERS, seminar=seminar, role=Role.ASSISTANT)
    markers = [assistant, instructor, *(one.user for one in more)]
    for round_ in range(20):
        expect_one_moment(plan, works, instructor, markers, random.Random(round_))
