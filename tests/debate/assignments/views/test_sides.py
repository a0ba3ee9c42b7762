"""The page on which sides are given."""

import pytest
from django.urls import reverse

from debate.assignments.models import Side
from tests.expect import expect_constant_queries
from tests.factories.assignments import RoundFactory, SideFactory
from tests.factories.seminars import MembershipFactory

FOR, AGAINST = "affirmative", "negative"


@pytest.fixture
def path(assignment):
    return reverse("assignments:sides", args=[assignment.seminar.slug, assignment.slug])


@pytest.fixture
def second(assignment):
    return RoundFactory(assignment=assignment, number=2, name="Rebuttal")


def initials(response):
    form = response.context["form"]
    return [field.initial for field in (*form.group_fields, *form.student_fields)]


def test_sides_are_given_by_hand(page, instructor, path, student, group):
    response = page(instructor).post(path, {f"side-{student.pk}": FOR, f"side-{group.pk}": AGAINST})

    assert response["Location"] == path
    assert set(Side.objects.values_list("user", "group", "round", "position")) == {
        (student.pk, None, None, FOR),
        (None, group.pk, None, AGAINST),
    }


def test_sides_of_a_round_are_given_there(page, instructor, path, student, second):
    response = page(instructor).post(f"{path}?round=2", {f"side-{student.pk}": FOR})

    assert response["Location"] == f"{path}?round=2"
    assert Side.objects.get().round == second


def test_draw_is_offered_and_not_saved(page, instructor, path, student, classmate, group):
    response = page(instructor).get(path, {"offer": "people"})

    assert sorted(initials(response)) == ["", FOR, AGAINST]
    assert "Nothing is saved yet" in response.content.decode()
    assert not Side.objects.exists()


def test_groups_are_drawn_without_their_people(page, instructor, path, student, group, other_group):
    drawn = initials(page(instructor).get(path, {"offer": "groups"}))

    assert (sorted(drawn[:2]), drawn[2:]) == ([FOR, AGAINST], ["", ""])


def test_swap_offers_the_opposites_of_the_round_before(
    page, instructor, path, assignment, student, second
):
    SideFactory(assignment=assignment, user=student)

    swapped = page(instructor).get(path, {"offer": "swap", "round": "2"})
    nowhere = page(instructor).get(path, {"offer": "swap"})

    assert (initials(swapped), initials(nowhere)) == ([AGAINST], [FOR])


def test_side_that_follows_stands_beside_the_name(
    page, instructor, path, assignment, student, group
):
    SideFactory(assignment=assignment, user=None, group=group, position=AGAINST)

    shown = page(instructor).get(path).content.decode()

    assert 'class="side negative"' in shown


def test_side_of_an_unknown_word_is_told(page, instructor, path, student):
    response = page(instructor).post(path, {f"side-{student.pk}": "pro"})

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [f"side-{student.pk}"]


def test_sides_take_a_fixed_number_of_queries(page, instructor, path, seminar, student):
    browser = page(instructor)

    expect_constant_queries(
        lambda: browser.get(path),
        grow=lambda: MembershipFactory.create_batch(2, seminar=seminar, role="student"),
    )
