"""The pages of own dates: who reads what, and who grants."""

import uuid
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from debate.assignments.models import Accommodation, Assignment, Extension
from debate.seminars.models import Seminar
from tests.expect import expect_constant_queries, expect_denied, expect_same_as_absent
from tests.factories.assignments import AccommodationFactory, ExtensionFactory
from tests.factories.seminars import MembershipFactory

GIVEN = {"due_at": "2030-03-12T23:59", "closes_at": "", "reason_code": "technical"}


@pytest.fixture
def assignment(assignment):
    Seminar.objects.update(time_zone="Europe/Berlin")
    Assignment.objects.update(due_at=datetime(2030, 3, 9, 22, 59, tzinfo=UTC))
    return Assignment.objects.get()


@pytest.fixture
def path(assignment):
    return reverse("assignments:extensions", args=[assignment.seminar.slug, assignment.slug])


@pytest.fixture
def accommodations_path(seminar):
    return reverse("assignments:accommodations", args=[seminar.slug])


def text(response):
    return " ".join(response.content.decode().split())


def test_instructor_reads_dates_in_the_seminars_zone_and_why(
    page, instructor, path, assignment, student
):
    ExtensionFactory(
        assignment=assignment,
        user=student,
        due_at=datetime(2030, 3, 12, 22, 59, tzinfo=UTC),
        reason_code="technical",
    )

    shown = text(page(instructor).get(path))

    assert "Tue 12 Mar 2030, 23:59" in shown
    assert "Technical trouble" in shown


def test_assistant_reads_the_date_and_not_why(page, assistant, path, assignment, student):
    ExtensionFactory(assignment=assignment, user=student, reason_code="technical")
    AccommodationFactory(seminar=assignment.seminar, user=student)

    shown = text(page(assistant).get(path))

    assert student.display_name in shown
    assert "Technical trouble" not in shown
    assert "always" not in shown
    assert "Extend" not in shown.partition("<main")[2].replace("Extensions", "")


def test_student_reads_the_own_date_and_why(page, student, path, assignment, classmate):
    later = datetime(2031, 1, 1, tzinfo=UTC)
    ExtensionFactory(assignment=assignment, user=student, due_at=later, reason_code="technical")
    ExtensionFactory(assignment=assignment, user=classmate, reason_code="circumstances")

    shown = text(page(student).get(path))

    assert "Extension: technical trouble" in shown
    assert "ersonal circumstances" not in shown
    assert classmate.display_name not in shown


@pytest.mark.parametrize("role", ["student", "observer"])
def test_member_without_own_dates_reads_everybodys(request, page, path, role):
    shown = text(page(request.getfixturevalue(role)).get(path))

    assert "These dates hold for everybody." in shown
    assert "Sat 9 Mar 2030, 23:59" in shown


def test_student_with_an_accommodation_reads_that_it_is_always_so(page, student, path, seminar):
    AccommodationFactory(seminar=seminar, user=student)

    assert "You have more time in every assignment" in text(page(student).get(path))


def test_extension_is_granted_changed_and_withdrawn(page, instructor, path, student):
    browser = page(instructor)
    own = f"{path}{student.pk}/"

    granted = browser.post(own, GIVEN)
    form = browser.get(own).context["form"]
    changed = browser.post(own, GIVEN | {"due_at": "2030-03-20T23:59"})
    due = Extension.objects.get().due_at
    withdrawn = browser.post(f"{own}withdraw/")

    assert (granted["Location"], changed["Location"], withdrawn["Location"]) == (path, path, path)
    assert form["due_at"].value() == datetime(2030, 3, 12, 23, 59)  # noqa: DTZ001 - as the clocks show it
    assert due == datetime(2030, 3, 20, 22, 59, tzinfo=UTC)
    assert not Extension.objects.exists()


def test_extension_refused_keeps_what_was_typed(page, instructor, path, student):
    response = page(instructor).post(f"{path}{student.pk}/", GIVEN | {"due_at": "2030-03-01T10:00"})

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "due_at": ["An extension is later than everybody's date."]
    }
    assert 'value="2030-03-01T10:00"' in response.content.decode()


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_extension_is_granted_by_instructors_only(request, page, path, student, role):
    browser = page(request.getfixturevalue(role))

    expect_denied(browser.get(f"{path}{student.pk}/"))
    expect_denied(browser.post(f"{path}{student.pk}/", GIVEN))
    expect_denied(browser.post(f"{path}{student.pk}/withdraw/"))


def test_person_who_is_no_student_there_is_absent(page, instructor, path, assistant, outsider):
    browser = page(instructor)

    for person in (assistant, outsider):
        expect_same_as_absent(
            browser.get(f"{path}{person.pk}/"), browser.get(f"{path}{uuid.uuid4()}/")
        )


def test_extensions_take_a_fixed_number_of_queries(page, instructor, path, assignment, seminar):
    browser = page(instructor)

    def grow():
        for _ in range(2):
            member = MembershipFactory(seminar=seminar, role="student")
            ExtensionFactory(assignment=assignment, user=member.user)

    grow()
    expect_constant_queries(lambda: browser.get(path), grow=grow)


def test_accommodations_are_given_and_taken_back(
    page, instructor, accommodations_path, student, classmate
):
    browser = page(instructor)
    AccommodationFactory(seminar=Seminar.objects.get(slug="water-policy"), user=classmate)

    response = browser.post(
        accommodations_path, {f"days-{student.pk}": "3", f"days-{classmate.pk}": ""}
    )

    assert response["Location"] == accommodations_path
    assert list(Accommodation.objects.values_list("user", "extra_days")) == [(student.pk, 3)]


def test_accommodation_of_too_many_days_is_told(page, instructor, accommodations_path, student):
    response = page(instructor).post(accommodations_path, {f"days-{student.pk}": "61"})

    assert response.status_code == 400
    assert response.context["form"].errors == {
        f"days-{student.pk}": ["Ensure this value is less than or equal to 60."]
    }


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_accommodations_are_for_instructors_only(request, page, accommodations_path, role):
    browser = page(request.getfixturevalue(role))

    expect_denied(browser.get(accommodations_path))
    expect_denied(browser.post(accommodations_path, {}))


def test_accommodations_of_another_seminar_look_absent(page, outsider, accommodations_path):
    browser = page(outsider)

    expect_same_as_absent(
        browser.get(accommodations_path), browser.get("/seminars/none/-/accommodations/")
    )
