"""The doors of the demo, which are walls everywhere else."""

import pytest
from django.contrib.auth import SESSION_KEY

from annotations.pages.demo import ROLES, SEMINAR
from tests.factories.accounts import UserFactory
from tests.factories.annotations import AnnotationFactory, ReplyFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.factories.grading import GradeFactory, MarkFactory, WorkFactory
from tests.factories.seminars import MembershipFactory, SeminarFactory

DOOR = "/demo/enter/"


@pytest.fixture
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def loaded(demo, db):
    """The demo's seminar with one assignment; returns the assignment."""
    seminar = SeminarFactory(slug=SEMINAR)
    instructor = UserFactory(username="instructor")
    MembershipFactory(seminar=seminar, user=instructor, role="instructor")
    essay = essay_of("One.", seminar=seminar, created_by=instructor)
    return assignment_of(essay, slug="duty")


@pytest.mark.parametrize("username", ROLES)
def test_demo_person_enters_without_password(page, demo, db, username):
    person = UserFactory(username=username)
    browser = page()

    response = browser.post(DOOR, {"username": username})

    assert response["Location"] == "/"
    assert browser.session[SESSION_KEY] == str(person.pk)


def test_demo_entry_leads_on_within_the_site(page, demo, db):
    UserFactory(username="student1")
    browser = page()

    inside = browser.post(DOOR, {"username": "student1", "next": "/essays/"})
    outside = browser.post(DOOR, {"username": "student1", "next": "https://example.org/"})

    assert (inside["Location"], outside["Location"]) == ("/essays/", "/")


@pytest.mark.parametrize("username", ["student2", "operator", "nobody", ""])
def test_others_do_not_enter_by_the_demo(page, demo, operator, username):
    UserFactory(username="student2")
    browser = page()

    response = browser.post(DOOR, {"username": username})

    assert response.status_code == 404
    assert SESSION_KEY not in browser.session


def test_person_shut_out_does_not_enter(page, demo, db):
    UserFactory(username="student1", is_active=False)

    assert page().post(DOOR, {"username": "student1"}).status_code == 404


def test_door_is_shut_outside_the_demo(page, db):
    UserFactory(username="student1")
    browser = page()

    response = browser.post(DOOR, {"username": "student1"})

    assert response.status_code == 404
    assert SESSION_KEY not in browser.session


def test_home_of_the_demo_shows_doors_and_links(page, loaded):
    question = AnnotationFactory(assignment=loaded, counterargument=True)
    ReplyFactory(parent=question, counterargument=True)

    context = page().get("/").context

    assert [person.username for person in context["demo_people"]] == ["instructor"]
    assert [link.href for link in context["demo_links"]] == [
        "/seminars/policy-and-argument/duty/",
        "/seminars/policy-and-argument/duty/?unanswered=1",
        f"/annotations/{question.pk}/",
        "/seminars/policy-and-argument/",
        "/api/docs/",
    ]


def test_demo_leads_visitors_and_staff_to_the_desk_and_students_to_the_seminar(page, loaded):
    work = WorkFactory(assignment=loaded)
    GradeFactory(work=work)
    MarkFactory(work=work, state="submitted", total=5)
    seminar = f"/seminars/{SEMINAR}/"
    desk = ("The grading desk", f"{seminar}duty/grading/works/{work.pk}/", "instructor")

    def offered(user=None):
        links = page(user).get("/").context["demo_links"]
        return [(link.title, link.href, link.username) for link in links][-2]

    assert (offered(), offered(loaded.created_by)) == (desk, desk)
    assert offered(work.student) == ("The seminar’s page", seminar, "student1")


def test_demo_without_threads_shows_the_other_links(page, loaded):
    assert len(page().get("/").context["demo_links"]) == 4


def test_home_of_an_empty_demo_shows_no_doors(page, demo, db):
    context = page().get("/").context

    assert (context["demo_people"], context["demo_links"]) == ([], [])


def test_home_outside_the_demo_shows_no_doors(page, loaded, settings):
    settings.DEMO = False

    context = page().get("/").context

    assert (context["demo_people"], context["demo_links"]) == ([], [])
