"""One order for the change lines of all assignments."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from annotations.actions.numbering import RETENTION, forget_lines, number_lines
from annotations.models import Change, FeedBook
from annotations.tasks import forget_old_lines
from tests.annotations.live.conftest import post
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.threads import at_once


@pytest.fixture
def other_assignment(seminar):
    return assignment_of(essay_of("One.", seminar=seminar), slug="other")


def numbers(**which):
    return list(Change.objects.filter(**which).order_by("counter").values_list("number", flat=True))


def book():
    return FeedBook.objects.values_list("forgotten", "last_number").get()


def test_lines_are_numbered_without_gaps_and_only_once(assignment, other_assignment, student):
    for one in (assignment, other_assignment, assignment):
        post(one, student)
    number_lines()
    first = numbers()

    number_lines()
    post(other_assignment, student)
    number_lines()

    assert sorted(first) == [1, 2, 3]
    assert sorted(numbers()) == [1, 2, 3, 4]
    assert numbers(assignment=assignment) == sorted(numbers(assignment=assignment))
    assert book() == (0, 4)


def test_number_is_not_given_again_when_its_line_has_gone(assignment, student):
    post(assignment, student)
    number_lines()
    Change.objects.all().delete()
    post(assignment, student)
    number_lines()

    assert numbers() == [2]


@pytest.mark.django_db(transaction=True)
def test_line_that_is_committed_late_comes_after_what_was_seen(
    assignment, other_assignment, student, classmate
):
    let, written = threading.Event(), threading.Event()

    def late():
        try:
            with transaction.atomic():
                post(assignment, student)
                written.set()
                let.wait()
        finally:
            connection.close()

    writing = threading.Thread(target=late)
    writing.start()
    written.wait()
    post(other_assignment, classmate)
    number_lines()
    seen = numbers(assignment=assignment), numbers(assignment=other_assignment)
    let.set()
    writing.join()
    number_lines()

    assert seen == ([], [1])
    assert numbers(assignment=assignment) == [2]


@pytest.mark.django_db(transaction=True)
def test_many_who_read_at_once_number_each_line_once(assignment, other_assignment, student):
    for one in (assignment, other_assignment) * 5:
        post(one, student)

    at_once(*[number_lines] * 6)

    assert sorted(numbers()) == list(range(1, 11))
    for one in (assignment, other_assignment):
        assert numbers(assignment=one) == sorted(numbers(assignment=one))


def test_old_lines_are_forgotten_up_to_the_first_that_is_kept(assignment, student):
    for _ in range(4):
        post(assignment, student)
    old = timezone.now() - RETENTION - timedelta(hours=1)
    Change.objects.filter(counter__in=[1, 2, 4]).update(at=old)

    assert forget_lines() == 2

    assert numbers() == [3, 4]
    assert book() == (2, 4)


def test_lines_are_all_forgotten_where_all_are_old_and_numbers_go_on(assignment, student):
    post(assignment, student)
    Change.objects.update(at=timezone.now() - RETENTION - timedelta(hours=1))

    forget_old_lines(timestamp=0)
    forget_old_lines(timestamp=60)
    post(assignment, student)
    number_lines()

    assert numbers() == [2]
    assert book() == (1, 2)
