"""The JSON that the database makes says what the serializer says, to each reader of everything."""

from datetime import UTC, datetime, timedelta

import jsonschema
import orjson
import pytest
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIRequestFactory

from annotations.api.serializers import AnnotationSerializer
from annotations.enums import Audience, Kind, Status
from annotations.models import Annotation
from annotations.wire import MEMBERS
from debate.assignments.enums import RoundMode
from debate.core.api.schema import description
from debate.core.db import prepared
from debate.seminars.enums import Role
from tests.factories.annotations import (
    AnchorFactory,
    AnnotationFactory,
    ReplyFactory,
    SourceFactory,
    annotation_on,
)
from tests.factories.argument import (
    ClaimFactory,
    ConcessionFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.assignments import AliasFactory, RoundFactory, assignment_of
from tests.factories.essays import RevisionFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db

BASE = "http://testserver"
HOSTILE = 'Says "no" \\ 50% %s %% \'; </script><b>\u2028\x01\x7f 🙂 {"a": null}\n\ttwo \\n\\u0000'
READERS = [
    "student",
    "classmate",
    "instructor",
    "assistant",
    "limited",
    "observer",
    "outsider",
    "anonymous",
]


@pytest.fixture
def limited(seminar, classmate):
    """An assistant who is limited to the section of `classmate`."""
    section = GroupFactory(seminar=seminar, kind="section", name="Tuesday", members=[classmate])
    membership = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    membership.sections.set([section])
    return membership.user


@pytest.fixture
def everything(request, seminar, essay, assignment, paragraphs, student, classmate, group):
    """Notes of every kind, state, audience and shape, by people and by an alias."""
    seminar.allows_public = True
    seminar.save()
    essay.is_public = True
    essay.save()
    alias = AliasFactory(assignment=assignment, user=classmate, name='Heron "9"')
    author = {"assignment": assignment, "author": classmate}
    first = annotation_on(
        paragraphs[1], "voted twice", tags=['a "tag"', "b"], kind=Kind.QUESTION, **author
    )
    first.pinned_at = datetime(2026, 5, 1, tzinfo=UTC)
    first.locked_at = datetime(2026, 5, 2, 3, 4, 5, 60, tzinfo=UTC)
    first.save()
    answer = ReplyFactory(parent=first, is_answer=True, author=student)
    ReplyFactory(parent=answer, alias=alias, author=classmate, body=HOSTILE)
    for status in Status.values:
        AnnotationFactory(
            status=status, status_reason="Off topic." * (status == "hidden"), **author
        )
    for audience in (Audience.PRIVATE, Audience.STAFF, Audience.PUBLIC):
        AnnotationFactory(audience=audience, alias=alias, **author)
    AnnotationFactory(audience=Audience.GROUP, group=group, **author)
    AnnotationFactory(audience=Audience.STAFF, is_late=True, **author)
    of_argument(author, assignment)
    of_evidence(author, seminar)
    later = RevisionFactory(essay=essay, number=2)
    orphan = AnnotationFactory(**author)
    AnchorFactory(annotation=orphan, paragraph=None, state="orphaned", exact=HOSTILE)
    AnchorFactory(annotation=orphan, position=1, confidence=0.8200000000000001, state="edited")
    AnchorFactory(annotation=orphan, revision=later, paragraph=None, state="orphaned")
    AnnotationFactory(body=HOSTILE, tags=[HOSTILE[:50]], **author)
    in_blind_round(essay, classmate, student)


def of_argument(author, assignment):
    """Notes that bear on claims of the essay, of a note and of a step."""
    claim = ClaimFactory(assignment=assignment)
    hidden = AnnotationFactory(assignment=assignment, audience=Audience.PRIVATE, kind=Kind.SUPPORT)
    theirs = ClaimFactory(assignment=assignment, origin="annotation", annotation=hidden)
    for about in (claim, theirs):
        InferenceFactory(
            annotation=AnnotationFactory(kind=Kind.SUPPORT, **author), conclusion=about
        )
        grant = AnnotationFactory(kind=Kind.CONCESSION, **author)
        ConcessionFactory(annotation=grant, claim=about, scope='in "part"')
    AnnotationFactory(kind=Kind.CONCESSION, **author)
    for attacks in ("unspecified", "conclusion", "reason", "step"):
        note = AnnotationFactory(
            kind=Kind.COUNTERARGUMENT, attacks=attacks, counterclaim=HOSTILE[:60], **author
        )
        own = ClaimFactory(assignment=assignment, origin="annotation", annotation=note)
        step = InferenceFactory(conclusion=claim) if attacks == "step" else None
        RelationFactory(
            annotation=note,
            source=own,
            kind="undercuts" if step else "rebuts",
            target_claim=None if step else claim,
            target_inference=step,
        )


def of_evidence(author, seminar):
    """Evidence whose sources are known by an address, a DOI, a title, and by more."""
    sources = (
        {"url": "https://example.org/a?b=%s&c=“d”"},
        {"url": "", "doi": "10.1000/182"},
        {"url": "", "csl": {"title": HOSTILE}},
        {"url": "https://example.org/x", "doi": "10.1000/9", "csl": {"title": "", "volume": 1.5}},
    )
    for shape in sources:
        AnnotationFactory(
            evidence=True,
            body="",
            passage__source=SourceFactory(seminar=seminar, **shape),
            passage__quote=HOSTILE,
            passage__locator="p. 3",
            **author,
        )


def in_blind_round(essay, classmate, student):
    """A question with a reply, and another, in a blind round that shows after two posts."""
    blind = assignment_of(essay, slug="blind")
    first = blind.rounds.get()
    first.mode, first.reveals_after = RoundMode.BLIND, 2
    first.save()
    question = AnnotationFactory(assignment=blind, kind=Kind.QUESTION, author=student)
    ReplyFactory(parent=question, author=classmate)
    AnnotationFactory(assignment=blind, author=classmate, audience=Audience.PUBLIC)


def by_serializer(user, rows, revision=None):
    request = APIRequestFactory().get("/")
    readable = Annotation.objects.visible_to(user)
    found = rows.for_api(user, readable, revision=revision).order_by("id")
    data = AnnotationSerializer(found, many=True, context={"request": request}).data
    return orjson.loads(JSONRenderer().render(data))


def by_database(user, rows, **options):
    wired = rows.with_wire(user, base=BASE, **options).order_by("id")
    return [orjson.loads(text) for (text,) in wired.values_list("wire")]


@pytest.mark.parametrize("reader", READERS)
def test_wire_of_everything_says_what_the_serializer_says(reader, request, everything):
    user = request.getfixturevalue(reader)
    rows = Annotation.objects.visible_to(user)

    shown = by_database(user, rows)

    assert shown == by_serializer(user, Annotation.objects.visible_to(user))
    assert [list(one) for one in shown] == [list(MEMBERS)] * len(shown)
    assert (
        len(shown)
        == {
            "student": 22,
            "classmate": 31,
            "instructor": 29,
            "assistant": 29,
            "limited": 28,
            "observer": 20,
            "outsider": 1,
            "anonymous": 1,
        }[reader]
    )


@pytest.mark.parametrize("reader", ["student", "instructor"])
def test_wire_of_what_is_chosen_before_is_the_same(reader, request, everything):
    user = request.getfixturevalue(reader)
    rows = Annotation.objects.visible_to(user).filter(kind__in=Kind.values)

    assert by_database(user, rows) == by_serializer(user, rows)


def test_wire_of_another_revision_has_its_anchors(everything, instructor):
    rows = Annotation.objects.visible_to(instructor)

    shown = by_database(instructor, rows, revision=2)

    assert shown == by_serializer(instructor, rows, revision=2)
    assert [
        [anchor["revision"] for anchor in one["anchors"]] for one in shown if one["anchors"]
    ] == [[2]]


@pytest.mark.parametrize("reader", READERS)
def test_wire_prepared_by_the_server_is_the_same(reader, request, everything):
    user = request.getfixturevalue(reader)
    wired = Annotation.objects.visible_to(user).with_wire(user, base=BASE).order_by("id")
    rows = wired.values_list("pk", "wire")

    assert prepared(rows) == prepared(rows) == prepared(rows) == list(rows)


def test_wire_validates_against_the_schema(everything, instructor):
    schema = {
        "$ref": "#/components/schemas/Annotation",
        "components": description()["components"],
    }
    check = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )

    shown = by_database(instructor, Annotation.objects.visible_to(instructor))

    assert [error.message for one in shown for error in check.iter_errors(one)] == []


@pytest.mark.parametrize("reader", ["classmate", "instructor", "limited"])
def test_withdrawn_words_are_read_by_author_and_staff(reader, request, everything):
    user = request.getfixturevalue(reader)
    rows = Annotation.objects.known_to(user).filter(status=Status.WITHDRAWN)

    assert [(one["body"], one["body_html"]) for one in by_database(user, rows)] == [
        ("A remark.", "<p>A remark.</p>")
    ]


@pytest.mark.parametrize("reader", ["student", "observer"])
def test_withdrawn_words_are_null_to_others(reader, request, everything):
    user = request.getfixturevalue(reader)
    rows = Annotation.objects.known_to(user).filter(status=Status.WITHDRAWN)

    shown = by_database(user, rows)

    assert [(one["body"], one["body_html"]) for one in shown] == [(None, None)]
    assert shown == by_serializer(user, rows)


def counts(user, annotation):
    rows = Annotation.objects.visible_to(user).filter(pk=annotation.pk)
    (one,) = by_database(user, rows)
    return one["reply_count"], one["is_unanswered"]


def test_counts_are_null_while_a_blind_round_hides_posts(assignment, student, instructor):
    first = assignment.rounds.get()
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    remark = AnnotationFactory(assignment=assignment, author=student)
    opened = timezone.now() - timedelta(minutes=1)
    RoundFactory(assignment=assignment, number=2, opens_at=opened, mode=RoundMode.BLIND)
    ReplyFactory(parent=question, round=assignment.rounds.get(number=2))

    assert counts(student, question) == (None, None)
    assert counts(student, remark) == (None, False)
    assert counts(instructor, question) == (1, True)

    assignment.rounds.filter(number=2).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert counts(student, question) == (1, True)
    assert first.mode == RoundMode.OPEN


def test_counts_are_told_again_to_who_has_posted_enough(assignment, student):
    assignment.rounds.update(mode=RoundMode.BLIND, reveals_after=2)
    question = AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)
    ReplyFactory(parent=question)
    assert counts(student, question) == (None, None)

    AnnotationFactory(assignment=assignment, author=student)

    assert counts(student, question) == (1, True)


@pytest.mark.parametrize(
    "fields",
    [["id"], ["support"], ["evidence", "concession"], ["version", "anchors"], ["body", "author"]],
    ids=",".join,
)
def test_wire_of_some_fields_has_no_others(fields, everything, student):
    rows = Annotation.objects.visible_to(student)
    whole = by_database(student, rows)

    shown = by_database(student, Annotation.objects.visible_to(student), fields=fields)

    assert shown == [{name: one[name] for name in MEMBERS if name in fields} for one in whole]
