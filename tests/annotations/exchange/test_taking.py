"""The pages on which everything is taken away."""

import time

import pytest
from django.urls import reverse

from annotations.enums import ExportState
from annotations.exchange import views
from annotations.exchange.bulk.actions import make_export
from annotations.models import ExportJob
from tests.factories.annotations import AnnotationFactory

pytestmark = pytest.mark.django_db(transaction=True)
TAKE = "/exports/take/"


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path


def content_of(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("of", ["assignment", "seminar", "mine"])
def test_few_annotations_come_at_once(of, page, assignment, student):
    AnnotationFactory(assignment=assignment, author=student, body="Zebrafish.")
    given = {
        "assignment": {"assignment": assignment.pk},
        "seminar": {"seminar": assignment.seminar_id},
    }
    client = page(student)

    leads_to = client.post(TAKE, {"format": "ndjson", **given.get(of, {})})
    answer = client.get(leads_to["Location"])

    assert leads_to.status_code == 302
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert content_of(answer).count(b"Zebrafish.") == 2
    assert not ExportJob.objects.exists()


def test_many_annotations_are_made_by_a_job_that_can_be_watched(
    monkeypatch, page, assignment, student
):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 1)
    AnnotationFactory.create_batch(2, assignment=assignment)
    client = page(student)

    asked = {"assignment": assignment.pk, "format": "tables", "cells": "safe"}
    waiting = client.post(TAKE, asked, follow=True)
    job = ExportJob.objects.get()
    early = client.get(reverse("exchange:job_file", args=[job.pk]))
    make_export(job.pk)
    ready = client.get(reverse("exchange:job", args=[job.pk])).content.decode()
    file = client.get(reverse("exchange:job_file", args=[job.pk]))

    assert "Waiting for its turn." in waiting.content.decode()
    assert (job.format, job.options) == ("tables", {"cells": "safe"})
    assert early.status_code == 410
    assert "It is ready:" in ready
    job.refresh_from_db()
    content = content_of(file)
    assert (len(content), file["Content-Length"]) == (job.size, str(job.size))
    assert content.startswith(b"PK")


def test_progress_is_shown(page, assignment, student):
    job = ExportJob.objects.create(
        asked_by=student, assignment=assignment, format="ndjson", state="running", done=3, total=9
    )

    shown = page(student).get(reverse("exchange:job", args=[job.pk])).content.decode()

    assert "3 of 9 annotations are written." in shown
    assert '<progress value="3" max="9"' in shown


def test_export_is_cancelled_on_its_page(page, assignment, student):
    job = ExportJob.objects.create(asked_by=student, assignment=assignment, format="ndjson")
    client = page(student)

    once = client.post(reverse("exchange:job_cancel", args=[job.pk]), follow=True)
    ExportJob.objects.update(state=ExportState.DONE)
    late = client.post(reverse("exchange:job_cancel", args=[job.pk]), follow=True)

    assert "The export is cancelled." in once.content.decode()
    assert "This export is finished." in late.content.decode()


def test_too_many_exports_are_told_of(monkeypatch, page, assignment, student):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 0)
    AnnotationFactory(assignment=assignment)
    for _ in range(3):
        ExportJob.objects.create(asked_by=student, assignment=assignment, format="ndjson")

    told = page(student).post(TAKE, {"assignment": assignment.pk, "format": "ndjson"}, follow=True)

    assert "Three exports of yours are being made." in told.content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [({"format": "nonsense"}, "format"), ({"format": "tables", "authors": "pseudonym"}, "project")],
    ids=["format", "project"],
)
def test_form_says_what_is_to_be_corrected(given, field, page, assignment, student):
    told = page(student).post(TAKE, {"assignment": assignment.pk, **given})

    assert told.status_code == 400
    assert list(told.context["form"].errors) == [field]


def test_options_of_another_format_are_left_out(page, assignment, student):
    asked = {"assignment": assignment.pk, "format": "ndjson", "cells": "safe", "project": "Water"}

    leads_to = page(student).post(TAKE, asked)["Location"]

    assert leads_to == f"/exports/annotations/?assignment={assignment.pk}&format=ndjson"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"format": "nonsense"},
        {"format": "docx"},
        {"format": "ndjson", "assignment": "nonsense"},
        {"format": "ndjson", "seminar": "01970000-0000-7000-8000-000000000007"},
    ],
    ids=str,
)
def test_address_of_no_file_is_absent(asked, page, student):
    assert page(student).get("/exports/annotations/", asked).status_code == 404


def test_visitor_takes_what_is_public_and_no_job(monkeypatch, page, assignment):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 0)
    type(assignment.seminar).objects.update(allows_public=True)
    type(assignment.essay).objects.update(is_public=True)
    AnnotationFactory(assignment=assignment, audience="public", body="Zebrafish.")
    AnnotationFactory(assignment=assignment, body="Okapi.")
    client = page()

    leads_to = client.post(TAKE, {"assignment": assignment.pk, "format": "ndjson"})["Location"]
    content = content_of(client.get(leads_to))

    assert (b"Zebrafish." in content, b"Okapi." in content) == (True, False)


def test_head_of_a_file_sends_nothing(page, assignment, student):
    asked = {"assignment": assignment.pk, "format": "docx"}

    answer = page(student).head("/exports/annotations/", asked)

    assert (answer.content, answer["Content-Encoding"]) == (b"", "identity")


def test_page_to_print_is_a_page(page, assignment, student):
    AnnotationFactory(assignment=assignment, body="Zebrafish.")

    shown = page(student).get(f"{assignment.get_absolute_url()}exchange/print/").content.decode()

    assert "Without a place in this text" in shown
    assert "Zebrafish." in shown


def test_exports_are_listed_where_they_were_asked_for(page, assignment, student, classmate):
    own = ExportJob.objects.create(asked_by=student, assignment=assignment, format="ndjson")
    ExportJob.objects.create(asked_by=classmate, assignment=assignment, format="ndjson")
    ExportJob.objects.create(asked_by=student, format="jsonld")
    client = page(student)

    on_page = client.get(f"{assignment.get_absolute_url()}exchange/").context["jobs"]
    of_seminar = client.get(f"{assignment.seminar.get_absolute_url()}-/export/").context["jobs"]
    everywhere = client.get("/exports/").context["jobs"]

    assert list(on_page) == [own]
    assert (len(of_seminar), len(everywhere)) == (0, 2)


@pytest.mark.parametrize("kept", ["file", "page", "debate"])
def test_what_is_taken_at_once_counts_to_the_share_of_exports(
    kept, settings, page, assignment, student, classmate
):
    here = [assignment.seminar.slug, assignment.slug]
    address = {
        "file": f"/exports/annotations/?assignment={assignment.pk}&format=ndjson",
        "page": reverse("exchange:print", args=here),
        "debate": reverse("exchange:download", args=[*here, "aifdb"]),
    }[kept]
    settings.API_RATES = {"bulk": (2, 3_600)}
    client = page(student)
    began = time.monotonic()

    first = client.get(address)
    second = client.get(f"/api/v1/assignments/{assignment.pk}/export/", {"format": "ndjson"})
    third = client.get(address)
    took = time.monotonic() - began
    other = page(classmate).get(address)

    assert [one.status_code for one in (first, second, third, other)] == [200, 200, 429, 200]
    assert 1800 - took <= int(third["Retry-After"]) <= 1800
    for one in (first, second, other):
        assert content_of(one) if one.streaming else one.content
