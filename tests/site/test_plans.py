"""What the pages and lists of a large seminar read: rows found through indexes, no table whole.

A seminar of 200 people with 20,000 annotations and as many notices, beside fifty others with twice
as many people's words. `pytest -s tests/site/test_plans.py` prints milliseconds and queries.
"""

import json
import sys
import time
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.seminars.enums import Role
from debate.seminars.models import Group, Membership
from tests.factories.annotations import FlagFactory, VisitFactory
from tests.factories.assignments import assignment_of
from tests.factories.bulk import count_rows, crowd
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory, SeminarFactory

pytestmark = pytest.mark.django_db

# Tables that grow with people and what they write; a page of one seminar reads no whole one.
LARGE = {
    "annotations_annotation",
    "annotations_anchor",
    "notices_notice",
    "seminars_membership",
    "seminars_group_members",
}


@pytest.fixture(scope="module")
def large(django_db_setup, django_db_blocker):
    """The large seminar for all tests of the module, which only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _large()
        transaction.set_rollback(True)


def _large():
    seminar = SeminarFactory(title="Large", slug="large")
    essay = essay_of(*(f"Paragraph {n} says so." for n in range(1, 31)), seminar=seminar)
    assignment = assignment_of(essay, slug="one", title="One")
    other = assignment_of(essay, slug="two", title="Two")
    students = crowd(other)
    instructor = MembershipFactory(seminar=seminar, role=Role.INSTRUCTOR).user
    groups = [GroupFactory(seminar=seminar, name=f"Group {n}") for n in range(20)]
    for number, group in enumerate(groups):
        group.members.set(students[number::20])
    limited = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    limited.sections.set(groups[:2])
    _others(students[0].pk)
    elsewhere = assignment_of(essay_of(*(f"Paragraph {n}." for n in range(1, 31))))
    crowd(elsewhere, annotations=40_000, series="0198")
    ids = list(
        Annotation.objects.filter(assignment=other).order_by("id").values_list("pk", flat=True)
    )
    Annotation.objects.filter(pk__in=ids[::9]).update(
        assignment=assignment, round=assignment.rounds.get()
    )
    note = Annotation.objects.filter(
        assignment=assignment, status="published", audience="seminar"
    ).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_notice (id, recipient_id, kind, object_id, context_id, created_at)"
            " SELECT ('0199' || lpad(to_hex(n), 8, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,"
            " (%s::uuid[])[1 + n %% 200], 'reply', id, id, now()"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS one (id, n)",
            [[one.pk for one in students], ids],
        )
    FlagFactory(annotation=note, flagged_by=students[1])
    VisitFactory(user=students[0], assignment=assignment, before=timezone.now())
    count_rows()
    return SimpleNamespace(
        seminar=seminar, assignment=assignment, note=note, student=students[0],
        instructor=instructor, assistant=limited.user,
        where={"seminar": "large", "assignment": "one"},
    )  # fmt: skip


def _others(user_id):
    """Fifty seminars of a hundred people and a group each, one of whom is a student of ours."""
    seminars = SeminarFactory.create_batch(50)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user (id, password, is_superuser, username, is_staff, is_active,"
            " date_joined, email, name, pronouns, pronunciation, time_zone, theme, face, text_size,"
            " spacing, highlights, single_keys, may_create_seminars)"
            " SELECT gen_random_uuid(), '', false, 'crowd' || n, false, true, now(), '', '', '',"
            " '', 'UTC', theme, face, text_size, spacing, highlights, single_keys, false"
            " FROM accounts_user, generate_series(1, 5000) AS n WHERE id = %s",
            [user_id],
        )
        cursor.execute("SELECT id FROM accounts_user WHERE username LIKE 'crowd%'")
        ids = [one for (one,) in cursor.fetchall()]
    Membership.objects.bulk_create(
        Membership(seminar=seminars[number % 50], user_id=one, role=Role.STUDENT)
        for number, one in enumerate(ids)
    )
    groups = [GroupFactory(seminar=one) for one in seminars]
    Group.members.through.objects.bulk_create(
        Group.members.through(group=groups[number % 50], user_id=one)
        for number, one in enumerate(ids)
    )
    Membership.objects.create(seminar=seminars[0], user_id=user_id, role=Role.STUDENT)


PAGES = {
    "home": ("student", lambda _: reverse("home")),
    "seminar": ("student", lambda _: reverse("seminar_detail", args=["large"])),
    "people": ("instructor", lambda _: reverse("seminars:people", args=["large"])),
    "groups": ("instructor", lambda _: reverse("seminars:groups", args=["large"])),
    "reading": ("student", lambda one: reverse("annotations:reading", kwargs=one.where)),
    "reading by staff": ("instructor", lambda one: reverse("annotations:reading", kwargs=one.where)),
    "reading by an assistant of a section": (
        "assistant", lambda one: reverse("annotations:reading", kwargs=one.where)
    ),
    "paragraph": (
        "student", lambda one: reverse("annotations:paragraph", kwargs={**one.where, "number": 1})
    ),
    "thread": ("student", lambda one: reverse("annotations:detail", args=[one.note.pk])),
    "map": ("student", lambda one: reverse("annotations:map", kwargs=one.where)),
    "map by staff": ("instructor", lambda one: reverse("annotations:map", kwargs=one.where)),
    "flow": ("student", lambda one: reverse("annotations:flow", kwargs=one.where)),
    "open": ("student", lambda one: reverse("annotations:open_items", kwargs=one.where)),
    "open by staff": ("instructor", lambda one: reverse("annotations:open_items", kwargs=one.where)),
    "open questions": (
        "student",
        lambda one: reverse("annotations:open_items", kwargs=one.where) + "?show=questions&sort=asked",
    ),
    "concessions": ("student", lambda one: reverse("annotations:concessions", kwargs=one.where)),
    "brief": ("instructor", lambda one: reverse("annotations:brief", kwargs=one.where)),
    "API quality marks": ("student", lambda _: reverse("api:quality-mark-list")),
    "claims": ("student", lambda one: reverse("annotations:claims", kwargs=one.where)),
    "claims by staff": ("instructor", lambda one: reverse("annotations:claims", kwargs=one.where)),
    "house rules": (
        "student",
        lambda one: reverse("annotations:house_rules", kwargs=one.where)
        + "?burden=essay&symmetric_rebuts=0&students_mark_claims=0",
    ),
    "API claims": ("student", lambda _: reverse("api:claim-list")),
    "API claims by staff": ("instructor", lambda _: reverse("api:claim-list")),
    "API inferences": ("student", lambda _: reverse("api:inference-list")),
    "API relations": ("student", lambda _: reverse("api:relation-list")),
    "API concessions": ("student", lambda _: reverse("api:concession-list")),
    "evidence": ("student", lambda one: reverse("annotations:evidence", kwargs=one.where)),
    "cards": ("student", lambda one: reverse("annotations:evidence_cards", kwargs=one.where)),
    "sources": ("student", lambda _: reverse("annotations:sources", args=["large"])),
    "sources by staff": ("instructor", lambda _: reverse("annotations:sources", args=["large"])),
    "API evidence": ("student", lambda _: reverse("api:evidence-list")),
    "API sources": ("student", lambda _: reverse("api:source-list")),
    "API passages": ("student", lambda _: reverse("api:passage-list")),
    "progress": ("student", lambda one: reverse("annotations:progress", kwargs=one.where)),
    "progress of all": ("instructor", lambda one: reverse("annotations:progress", kwargs=one.where)),
    "receipt": ("student", lambda one: reverse("annotations:receipt", kwargs=one.where)),
    "moderation": ("instructor", lambda _: reverse("annotations:moderation", args=["large"])),
    "inbox": ("student", lambda _: reverse("notices:inbox")),
    "API annotations": (
        "student", lambda one: f"{reverse('api:annotation-list')}?assignment={one.assignment.pk}"
    ),
    "API annotations by an assistant": (
        "assistant", lambda one: f"{reverse('api:annotation-list')}?assignment={one.assignment.pk}"
    ),
    "API replies": ("student", lambda one: reverse("api:reply-list", args=[one.note.pk])),
    "API progress": (
        "instructor", lambda one: reverse("api:progress-list", args=[one.assignment.pk])
    ),
    "API graph": ("student", lambda one: reverse("api:graph", args=[one.assignment.pk])),
    "API notices": ("student", lambda _: reverse("api:notice-list")),
    "API members": ("student", lambda one: reverse("api:member-list", args=[one.seminar.pk])),
}  # fmt: skip


def client_of(user, address):
    if not address.startswith("/api/"):
        client = Client()
        client.force_login(user)
        return client
    _, secret = create_token(actor=user, name="plans")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_large_seminar_answers_from_indexes(name, large):
    role, address_of = PAGES[name]
    address = address_of(large)
    client = client_of(getattr(large, role), address)
    client.get(address)

    with CaptureQueriesContext(connection) as made:
        began = time.perf_counter()
        response = client.get(address)
        took = time.perf_counter() - began

    assert response.status_code == 200
    sys.stdout.write(f"{name}: {1000 * took:.0f} ms, {len(made)} queries\n")
    assert [(one, query["sql"]) for query in made for one in read_whole(query["sql"])] == []


def read_whole(sql):
    """The large tables of which the query, run once more, looked at every row."""
    if not sql.startswith(("SELECT", "WITH")):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    return sorted(set(_scanned(plan[0]["Plan"])))


def _scanned(node):
    if (
        node["Node Type"] == "Seq Scan"
        and node["Relation Name"] in LARGE
        and node["Actual Loops"] > 0
    ):
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _scanned(below)
