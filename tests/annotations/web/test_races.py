"""Many clients at the same moment: one change wins, and a name is given once."""

import json

import pytest
from django.db import connection

from annotations.actions import withdraw_annotation
from annotations.models import Annotation, WebIdentity
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LD = "application/ld+json"


def test_5_3_of_eight_puts_at_once_one_is_done_and_seven_are_stale(api, student, container, noted):
    address = f"{container}{noted.pk}"
    client = api(student)
    read = client.get(address)

    def put(number):
        body = {"type": "TextualBody", "value": f"Wording {number}."}
        document = json.dumps({**read.json(), "body": body})
        headers = {"If-Match": read["ETag"]}
        return api(student).put(address, document, content_type=LD, headers=headers).status_code

    statuses = at_once(*[lambda number=number: put(number) for number in range(8)])

    assert sorted(statuses) == [200] + [412] * 7
    noted.refresh_from_db()
    assert (noted.version, noted.history.count()) == (2, 2)


def test_5_2_eight_creations_with_one_slug_have_eight_names(api, student, container, least):
    clients = [api(student) for _ in range(8)]

    def post(client):
        headers = {"Slug": "mine"}
        return client.post(container, json.dumps(least), content_type=LD, headers=headers)

    answers = at_once(*[lambda client=client: post(client) for client in clients])

    assert [one.status_code for one in answers] == [201] * 8
    assert len({one["Location"] for one in answers}) == Annotation.objects.count() == 8
    slugs = set(WebIdentity.objects.values_list("slug", flat=True))
    assert {one["Location"].rpartition("/")[2] for one in answers} == slugs
    assert {one.rpartition("-")[0] for one in slugs} == {"mine"}


@pytest.mark.parametrize("query", ["", "?after=start"], ids=["container", "page"])
def test_container_whose_last_annotation_goes_during_the_read_is_of_one_moment(
    query, api, student, container, noted
):
    """Counted and read at one moment, whatever is committed between the two."""
    withdrawn = []

    def withdraw_once(execute, sql, *given):
        found = execute(sql, *given)
        if 'FROM "annotations_annotation"' in sql and not withdrawn:
            withdrawn.extend(
                at_once(lambda: withdraw_annotation(actor=student, annotation_id=noted.pk))
            )
        return found

    with connection.execute_wrapper(withdraw_once):
        during = api(student).get(f"{container}{query}")
    after = api(student).get(container)

    assert [one.pk for one in withdrawn] == [noted.pk]
    page = during.json() if query else during.json()["first"]
    assert (during.status_code, len(page["items"])) == (200, 1)
    assert (page["partOf"]["total"], after.json()["total"]) == (1, 0)
