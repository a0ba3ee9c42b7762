"""The student's view: what is shown, what is refused, and when it ends."""

import pytest

from debate.seminars.middleware import KEY
from debate.seminars.models import Membership
from tests.expect import expect_problem
from tests.factories.annotations import annotation_on
from tests.factories.seminars import MembershipFactory

BANNER = "Nothing can be changed from here."


@pytest.fixture
def begin(page, seminar):
    """`begin(user)`: a browser in which the person has begun the student's view."""

    def open_browser(user):
        client = page(user)
        client.post("/seminars/water-policy/-/student-view/")
        return client

    return open_browser


@pytest.fixture
def viewing(begin, instructor):
    return begin(instructor)


def test_pages_are_those_of_a_student(viewing, assignment, paragraphs, student, instructor):
    annotation_on(
        paragraphs[0], assignment=assignment, author=student, body="To staff.", audience="staff"
    )
    annotation_on(paragraphs[0], assignment=assignment, author=student, body="To all.")

    shown = viewing.get(assignment.get_absolute_url()).content.decode()

    assert "To all." in shown
    assert "To staff." not in shown


@pytest.mark.parametrize("address", ["/", "/seminars/water-policy/", "/essays/", "/docs/"])
def test_every_page_says_so_and_how_to_end_it(viewing, address):
    shown = viewing.get(address).content.decode()

    assert BANNER in shown
    assert 'action="/seminars/water-policy/-/student-view/end/"' in shown


def test_what_only_instructors_see_is_refused(viewing):
    assert viewing.get("/seminars/water-policy/-/settings/").status_code == 403


def test_pages_about_oneself_stay_ones_own(viewing, instructor):
    response = viewing.get("/accounts/profile/")

    assert response.wsgi_request.user == instructor
    assert BANNER in response.content.decode()


def test_other_seminars_of_the_person_are_hidden(viewing, instructor, other_seminar):
    MembershipFactory(seminar=other_seminar, user=instructor, role="instructor")

    assert viewing.get("/seminars/housing-policy/").status_code == 404


def test_page_reads_at_the_hours_of_the_person(begin, instructor):
    instructor.time_zone = "Asia/Tokyo"
    instructor.save()

    response = begin(instructor).get("/seminars/water-policy/")

    assert response.wsgi_request.user.time_zone == "Asia/Tokyo"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "address",
    [
        "/seminars/water-policy/-/settings/",
        "/seminars/water-policy/-/settings/archive/",
        "/accounts/profile/",
        "/accounts/tokens/create/",
        "/no/such/page/",
    ],
)
def test_nothing_is_changed(viewing, address, method):
    response = getattr(viewing, method)(address, {"title": "Mine"})

    assert response.status_code == 403
    assert "End the student’s view first." in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_api_is_closed_to_the_session(viewing, method):
    response = getattr(viewing, method)("/api/v1/seminars/")

    expect_problem(response, 403, "not_allowed")


def test_token_beside_the_session_works_as_ever(viewing, api, instructor):
    client = api(instructor)
    client.cookies = viewing.cookies

    assert client.get("/api/v1/me/").json()["username"] == "instructor"


def test_view_ends_when_it_is_ended(viewing, instructor):
    response = viewing.post("/seminars/water-policy/-/student-view/end/")

    assert response["Location"] == "/seminars/water-policy/"
    shown = viewing.get("/seminars/water-policy/")
    assert shown.wsgi_request.user == instructor
    assert BANNER not in shown.content.decode()


def test_view_ended_twice_stays_ended(viewing):
    viewing.post("/seminars/water-policy/-/student-view/end/")

    assert viewing.post("/seminars/water-policy/-/student-view/end/").status_code == 302


def test_view_ends_with_the_session(viewing, instructor):
    viewing.post("/accounts/logout/")

    assert not viewing.get("/").wsgi_request.user.is_authenticated
    viewing.force_login(instructor)
    assert viewing.get("/").wsgi_request.user == instructor


@pytest.mark.parametrize("lose", ["role", "membership"])
def test_view_ends_with_the_role(lose, viewing, seminar, instructor):
    mine = Membership.objects.filter(seminar=seminar, user=instructor)
    if lose == "role":
        mine.update(role="assistant")
    else:
        mine.delete()

    response = viewing.get("/")

    assert response.wsgi_request.user == instructor
    assert BANNER not in response.content.decode()
    assert KEY not in viewing.session


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_view_is_refused_to_others(role, request, begin):
    user = request.getfixturevalue(role)
    client = begin(user)

    assert KEY not in client.session
    assert client.get("/").wsgi_request.user == user


def test_pages_of_others_stay_as_they_are(viewing, page, student):
    assert page(student).get("/seminars/water-policy/").wsgi_request.user == student


def test_stand_in_has_no_way_in(viewing, page, seminar):
    stand_in = Membership.objects.get(user__username=seminar.stand_in_username).user

    client = page(stand_in)

    assert client.get("/seminars/water-policy/")["Location"].startswith("/accounts/login/")
