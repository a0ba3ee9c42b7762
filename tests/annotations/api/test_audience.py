"""Who reads an annotation, and late posts, through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.models import Annotation
from tests.expect import expect_problem
from tests.factories.annotations import annotation_on


@pytest.fixture
def mine(assignment, paragraphs, student):
    return annotation_on(paragraphs[0], author=student, assignment=assignment)


@pytest.fixture
def closed(assignment):
    assignment.closes_at = timezone.now() - timedelta(hours=1)
    assignment.save()
    return assignment


def address(annotation):
    return f"/api/v1/annotations/{annotation.pk}/audience/"


def test_audience_is_changed_with_its_group(api, mine, student, group):
    response = api(student).put(address(mine), {"audience": "group", "group": str(group.pk)})

    body = response.json()
    assert response.status_code == 200
    assert (body["audience"], body["group"], body["version"]) == ("group", str(group.pk), 2)


@pytest.mark.parametrize(("header", "version"), [('"3"', None), (None, 3)])
def test_audience_of_an_outdated_version_is_refused(api, mine, student, header, version):
    body = {"audience": "staff", **({"version": version} if version else {})}
    headers = {"If-Match": header} if header else {}

    response = api(student).put(address(mine), body, headers=headers)

    expect_problem(response, 412, "stale_version")
    mine.refresh_from_db()
    assert mine.audience == "seminar"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/audience"),
        ({"audience": "world"}, "/audience"),
        ({"audience": "public"}, "/audience"),
        ({"audience": "group"}, "/group"),
        ({"audience": "staff", "kind": "comment"}, "/kind"),
    ],
)
def test_audience_that_is_none_is_refused_at_its_member(api, mine, student, body, pointer):
    expect_problem(api(student).put(address(mine), body), 400, "invalid", pointer)


def test_post_after_the_closing_is_sent_late_when_asked(api, closed, paragraphs, student):
    client = api(student)
    least = {
        "assignment": str(closed.pk),
        "paragraph": str(paragraphs[0].pk),
        "kind": "comment",
        "body": "Late.",
    }

    refused = client.post("/api/v1/annotations/", least)
    taken = client.post("/api/v1/annotations/", {**least, "as_late": True})

    expect_problem(refused, 409, "closed")
    assert taken.status_code == 201
    assert (taken.json()["is_late"], taken.json()["audience"]) == (True, "staff")


def test_reply_is_sent_late_where_staff_alone_read(api, closed, paragraphs, student):
    root = annotation_on(paragraphs[0], author=student, assignment=closed, audience="staff")

    response = api(student).post(
        f"/api/v1/annotations/{root.pk}/replies/",
        {"kind": "comment", "body": "Late.", "as_late": True},
    )

    assert response.status_code == 201
    assert Annotation.objects.get(parent=root).is_late


def test_late_is_said_with_true_or_false(api, closed, paragraphs, student):
    body = {
        "assignment": str(closed.pk),
        "paragraph": str(paragraphs[0].pk),
        "kind": "comment",
        "body": "Late.",
        "as_late": "yes",
    }

    expect_problem(api(student).post("/api/v1/annotations/", body), 400, "invalid", "/as_late")
