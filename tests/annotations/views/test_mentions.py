import uuid

import pytest
from django.urls import reverse

from debate.notices.models import Mute
from tests.factories.annotations import AnnotationFactory, annotation_on
from tests.factories.assignments import AliasFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(page, assignment):
    """`ask(user, …)`: what the composer's completion is told."""

    def get(user, **query):
        given = {"assignment": str(assignment.pk), "q": "", **query}
        return page(user).get(reverse("annotations:mentions"), given)

    return get


def test_mentions_are_names_and_nothing_else(ask, student, classmate, instructor):
    response = ask(student, q="cl")

    assert response.json() == {"names": ["Classmate"]}
    assert "no-store" in response["Cache-Control"]


def test_mentions_under_pseudonyms_are_aliases(ask, student, classmate, instructor, assignment):
    assignment.uses_pseudonyms = True
    assignment.save()
    AliasFactory(assignment=assignment, user=classmate, name="Heron")

    names = [ask(student, q=begun).json()["names"] for begun in ("", "cl", "he")]

    assert names == [["Heron", "Instructor"], [], ["Heron"]]


def test_mentions_in_a_thread_are_those_who_can_see_it(
    ask, student, classmate, instructor, assignment
):
    parent = AnnotationFactory(assignment=assignment, author=student, audience="staff")

    assert ask(student, parent=str(parent.pk)).json() == {"names": ["Instructor"]}


@pytest.mark.parametrize("given", ["", "nonsense", str(uuid.UUID(int=5))])
def test_mentions_of_no_assignment_are_missing(given, ask, student):
    assert ask(student, assignment=given).status_code == 404


def test_mentions_of_a_thread_that_may_not_be_seen_are_missing(ask, student, classmate, assignment):
    hidden = AnnotationFactory(assignment=assignment, author=classmate, audience="private")

    statuses = [ask(student, parent=one).status_code for one in (str(hidden.pk), "x")]

    assert statuses == [404, 404]


def test_mute_and_unmute_by_the_buttons_of_the_thread(paragraphs, assignment, student, page):
    thread = annotation_on(paragraphs[0], assignment=assignment)
    browser = page(student)

    muted = browser.post(reverse("annotations:mute", args=[thread.pk]), follow=True)
    ended = browser.post(
        reverse("notices:unmute", args=[thread.pk]), {"next": thread.get_absolute_url()}
    )

    assert b"Unmute this thread" in muted.content
    assert ended["Location"] == thread.get_absolute_url()
    assert not Mute.objects.exists()
