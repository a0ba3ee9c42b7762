"""A student's receipt in the API: read, and sent."""

import hashlib

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.annotations import annotation_on


@pytest.fixture
def receipt(assignment):
    return f"/api/v1/assignments/{assignment.pk}/receipt/"


def test_receipt_lists_what_counts_with_a_digest_over_it(
    api, receipt, student, assignment, paragraphs
):
    note = annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)

    body = api(student).get(receipt).json()

    [line] = body["annotations"]
    assert (line["annotation"], line["kind"], line["version"]) == (str(note.pk), note.kind, 1)
    assert (line["counts"], line["why_not"], line["is_late"]) == (True, "", False)
    assert line["html_url"] == f"http://testserver{note.get_absolute_url()}"
    assert (body["assignment"], body["student"]) == (str(assignment.pk), str(student.pk))
    assert body["canonical"].splitlines()[:3] == [
        "counterpoint-receipt-1",
        str(assignment.pk),
        str(student.pk),
    ]
    assert body["digest"] == hashlib.sha256(body["canonical"].encode()).hexdigest()


def test_receipt_is_of_the_one_who_asks_alone(
    api, receipt, student, classmate, assignment, paragraphs
):
    annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)

    assert api(classmate).get(receipt).json()["annotations"] == []


@pytest.mark.parametrize("role", ["instructor", "assistant", "observer"])
def test_receipt_is_for_students(request, api, receipt, role):
    client = api(request.getfixturevalue(role))

    expect_denied(client.get(receipt))
    expect_denied(client.post(f"{receipt}send/"))


def test_receipt_is_sent_to_the_student(api, receipt, student, assignment):
    response = api(student).post(f"{receipt}send/")

    assert (response.status_code, response.content) == (202, b"")
    [job] = ProcrastinateJob.objects.filter(task_name="annotations.mail_receipt")
    assert job.args["person"] == str(student.pk)
    assert f"http://testserver/seminars/water-policy/{assignment.slug}/receipt/" in job.args["text"]


def test_receipt_is_sent_to_nobody_without_an_address(api, receipt, student):
    student.email = ""
    student.save()

    expect_problem(api(student).post(f"{receipt}send/"), 400, "invalid")


def test_receipt_takes_constant_queries(api, receipt, student, assignment, paragraphs):
    client = api(student)
    annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)

    def grow():
        for word in ("Fairness", "Fairness"):
            annotation_on(paragraphs[0], word, assignment=assignment, author=student)

    expect_constant_queries(lambda: client.get(receipt), grow=grow)
