import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories.annotations import SourceFactory


@pytest.fixture
def source(seminar, student):
    return SourceFactory(seminar=seminar, added_by=student)


@pytest.fixture
def address(seminar, source):
    return reverse("annotations:link_check", args=[seminar.slug, source.pk])


def test_link_check_hands_the_link_to_the_worker_and_leads_back(
    page, assistant, source, address, settings
):
    settings.OUTGOING_REQUESTS = True

    response = page(assistant).post(address)

    assert response.status_code == 302
    assert response["Location"] == reverse("annotations:source", args=["water-policy", source.pk])
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "The link is being opened anew. Please look again in a moment."
    ]
    assert ProcrastinateJob.objects.get().args == {"source": str(source.pk)}


def test_link_check_of_a_student_is_refused(page, student, address):
    assert page(student).post(address).status_code == 403


def test_link_check_under_another_seminar_is_absent(page, instructor, source, other_seminar):
    address = reverse("annotations:link_check", args=[other_seminar.slug, source.pk])

    assert page(instructor).post(address).status_code == 404


def test_link_check_where_the_site_opens_nothing_says_so(page, instructor, address):
    response = page(instructor).post(address)

    assert response.status_code == 409
    assert "This site opens no addresses of others." in response.content.decode()


def test_link_check_is_a_form(page, instructor, address):
    assert page(instructor).get(address).status_code == 405
