import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotations.models import LinkHealth
from tests.factories.annotations import SourceFactory


@pytest.fixture(autouse=True)
def outgoing(settings):
    settings.OUTGOING_REQUESTS = True


@pytest.fixture
def source(seminar, student):
    return SourceFactory(seminar=seminar, added_by=student)


def checked(client, source):
    return client.post(f"/api/v1/sources/{source.pk}/check-link/")


def test_check_answers_with_what_was_found_the_last_time(api, assistant, source):
    at = timezone.now().replace(microsecond=0)
    LinkHealth.objects.create(
        source=source,
        status="unreachable",
        reason="slow",
        http_status=None,
        title="Water",
        digest="d" * 64,
        final_url="https://example.org/w",
        checked_at=at,
        next_at=at,
    )

    response = checked(api(assistant), source)

    moment = at.isoformat().replace("+00:00", "Z")
    assert response.status_code == 202
    assert response.json() == {
        "status": "unreachable",
        "words": "Could not be opened. The site took too long to answer.",
        "http_status": None,
        "title": "Water",
        "digest": "d" * 64,
        "final_url": "https://example.org/w",
        "checked_at": moment,
        "next_at": moment,
    }
    assert ProcrastinateJob.objects.get().args == {"source": str(source.pk)}


def test_check_of_a_link_never_opened_says_so(api, assistant, source):
    response = checked(api(assistant), source)

    assert response.json()["words"] == "Not opened yet."
    assert not LinkHealth.objects.exists()


def test_check_of_others_is_refused(api, student, outsider, source):
    assert checked(api(student), source).status_code == 403
    assert checked(api(outsider), source).status_code == 404
    assert checked(api(), source).status_code == 401
    assert checked(api(student, scopes=["read"]), source).json()["code"] == "insufficient_scope"


def test_check_where_the_site_opens_nothing_has_a_code(api, instructor, source, settings):
    settings.OUTGOING_REQUESTS = False

    response = checked(api(instructor), source)

    assert (response.status_code, response.json()["code"]) == (409, "outgoing_off")


def test_check_too_often_tells_how_long_to_wait(api, instructor, source):
    client = api(instructor)
    statuses = {checked(client, source).status_code for _ in range(20)}

    response = checked(client, source)

    assert (statuses, response.status_code) == ({202}, 429)
    assert 0 < response.json()["retry_after"] <= 600
