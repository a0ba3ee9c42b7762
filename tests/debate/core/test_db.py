"""Statements that are built once: they say the same as ever, of whoever asks, as things stand."""

from threading import Thread

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, Value

from annotations.models import Annotation, AnnotationVersion
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.core.db import (
    ANYBODY,
    THAT,
    THIS,
    Finder,
    Somebody,
    one_snapshot,
    prepared,
)
from debate.essays.models import Paragraph
from debate.seminars.models import Membership
from tests.factories.annotations import AnnotationFactory
from tests.factories.seminars import MembershipFactory

pytestmark = pytest.mark.django_db


def test_door_built_once_tells_people_apart(assignment, student, outsider):
    note = AnnotationFactory(assignment=assignment)

    assert list(Annotation.objects.visible_to(student)) == [note]
    assert list(Annotation.objects.visible_to(outsider)) == []
    assert list(Annotation.objects.visible_to(AnonymousUser())) == []
    assert list(Annotation.objects.visible_to(student)) == [note]


def test_door_built_once_heeds_what_has_changed_since(assignment, student):
    note = AnnotationFactory(assignment=assignment)
    assert list(Annotation.objects.visible_to(student)) == [note]

    Membership.objects.filter(user=student).delete()

    assert list(Annotation.objects.visible_to(student)) == []


def test_door_built_once_keeps_what_was_chosen_before(assignment, student):
    AnnotationFactory(assignment=assignment)
    chosen = AnnotationFactory(assignment=assignment)

    assert list(Annotation.objects.filter(pk=chosen.pk).visible_to(student)) == [chosen]
    assert list(Annotation.objects.order_by("-id").visible_to(student)[:1]) == [chosen]


def test_door_built_once_keeps_nothing_of_who_asked_before(assignment, student):
    note = AnnotationFactory(assignment=assignment)
    other = AnnotationFactory(assignment=assignment)
    first = Annotation.objects.visible_to(student).filter(pk=note.pk).order_by("-id")

    assert list(first) == [note]
    assert list(Annotation.objects.visible_to(student).order_by("id")) == [note, other]


def test_door_built_once_asks_the_database_each_time(
    assignment, student, django_assert_num_queries
):
    AnnotationFactory(assignment=assignment)
    list(Annotation.objects.visible_to(student))

    with django_assert_num_queries(1):
        list(Annotation.objects.visible_to(student))


def test_door_built_once_is_one_text_for_all_people(assignment, student, classmate):
    (first, told), (second, others) = (
        Annotation.objects.visible_to(one).values_list("pk").query.sql_with_params()
        for one in (student, classmate)
    )

    assert first == second
    assert (set(told), set(others)) == ({student.pk}, {classmate.pk})


def test_door_built_once_in_a_subquery_tells_people_apart(assignment, student, outsider):
    note = AnnotationFactory(assignment=assignment)

    def found(user):
        readable = Annotation.objects.visible_to(user)
        deep = Annotation.objects.filter(pk__in=readable.values("pk")).values("assignment")
        return (
            list(Annotation.objects.filter(pk__in=readable.values("pk"))),
            list(Annotation.objects.filter(Exists(readable.filter(pk=OuterRef("pk"))))),
            list(Assignment.objects.filter(pk__in=deep)),
        )

    everything = ([note], [note], [assignment])
    assert [found(one) for one in (student, outsider, student, AnonymousUser(), student)] == [
        everything,
        ([], [], []),
        everything,
        ([], [], []),
        everything,
    ]


def test_door_built_once_in_a_subquery_of_its_own_kind_keeps_their_rows_apart(assignment, student):
    question = AnnotationFactory(assignment=assignment, kind="question")
    answer = AnnotationFactory(assignment=assignment, parent=question, root=question, depth=1)
    readable = Annotation.objects.visible_to(student)

    assert list(readable.filter(Exists(readable.filter(parent=OuterRef("pk"))))) == [question]
    assert list(readable.filter(parent__in=readable.filter(kind="question"))) == [answer]


def test_doors_of_two_people_are_joined_without_losing_one(assignment, student, classmate):
    mine = AnnotationFactory(assignment=assignment, author=student, audience="private")
    theirs = AnnotationFactory(assignment=assignment, author=classmate, audience="private")
    both = AnnotationFactory(assignment=assignment)
    first, second = (Annotation.objects.visible_to(one) for one in (student, classmate))

    assert list((first | second).order_by("id")) == [mine, theirs, both]
    assert list((first & second).order_by("id")) == [both]
    assert list(first.filter(pk__in=second.values("pk"))) == [both]


def test_door_built_once_opens_for_an_id_that_is_text(assignment, student):
    note = AnnotationFactory(assignment=assignment)
    user = User(pk=str(student.pk))

    assert list(Annotation.objects.visible_to(user)) == [note]


# -- statements that are the same for everybody ----------------------------------------------------


def wired(user):
    return Annotation.objects.visible_to(user).with_wire(user, base="https://example.org")


def test_statement_for_everybody_is_one_text_for_all_people(assignment, student, classmate):
    (first, told), (second, others) = (
        wired(one).values_list("pk", "wire").query.sql_with_params() for one in (student, classmate)
    )

    assert first == second
    assert (set(told), set(others)) == ({student.pk}, {classmate.pk})


def test_statement_for_everybody_tells_people_apart(assignment, student, classmate, outsider):
    mine = AnnotationFactory(assignment=assignment, author=student, audience="private")

    assert [one.pk for one in wired(student)] == [mine.pk]
    assert list(wired(classmate)) == []
    assert list(wired(outsider)) == []
    assert list(wired(AnonymousUser())) == []


def test_statement_for_everybody_is_filtered_counted_and_looked_into(assignment, student):
    first, other = AnnotationFactory.create_batch(2, assignment=assignment, kind="question")
    rows = wired(student)

    assert rows.filter(is_unanswered=True, shown_author_id=first.author_id).get() == first
    assert rows.exclude(pk=first.pk).count() == 1
    assert list(Annotation.objects.filter(pk__in=rows.values("pk")).order_by("-id")) == [
        other,
        first,
    ]
    assert Annotation.objects.filter(Exists(rows.filter(pk=OuterRef("pk")))).count() == 2


def test_prepared_rows_are_those_of_the_statement(assignment, student):
    AnnotationFactory.create_batch(3, assignment=assignment, body="50% “%s”")
    rows = wired(student).order_by("id").values_list("pk", "wire")

    assert [prepared(rows[:2]) for _ in range(4)] == [list(rows[:2])] * 4
    assert prepared(rows.none()) == []


def test_one_snapshot_in_a_transaction_keeps_that_one(assignment):
    with one_snapshot():
        assert isolation() == "read committed"


@pytest.mark.django_db(transaction=True)
def test_one_snapshot_sees_nothing_that_is_committed_meanwhile():
    with one_snapshot():
        before = Membership.objects.count()
        assert isolation() == "repeatable read"
        done(MembershipFactory)
        assert Membership.objects.count() == before == 0

    assert Membership.objects.count() == 1


def isolation():
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        return cursor.fetchone()[0]


def done(act):
    """The act, done and committed by another connection."""

    def run():
        try:
            act()
        finally:
            connection.close()

    other = Thread(target=run)
    other.start()
    other.join()


# -- rows found by a statement that is kept ---------------------------------------------------------

FOUND = Finder(
    lambda: (
        Annotation.objects.visible_to(Somebody(ANYBODY))
        .select_related("author", "parent")
        .annotate(asks=Q(kind="question"))
        .filter(assignment=THIS, kind=Value("comment"))
        .order_by("id")
    )
)


def test_finder_finds_the_rows_of_each_person_as_objects_with_what_is_beside_them(
    assignment, student, classmate, django_assert_num_queries
):
    note = AnnotationFactory(assignment=assignment, author=student, tags=["harms"], body="50% “%s”")
    private = AnnotationFactory(assignment=assignment, author=student, audience="private")
    for _ in range(3):
        FOUND.find(anybody=student.pk, this=assignment.pk)

    with django_assert_num_queries(2):
        mine = FOUND.find(anybody=student.pk, this=assignment.pk)
        theirs = FOUND.find(anybody=classmate.pk, this=assignment.pk)
        beside = [(one.author, one.parent, one.asks) for one in mine]
    assert (mine, theirs) == ([note, private], [note])
    assert beside == [(student, None, False)] * 2
    assert FOUND.find(anybody=student.pk, this=private.pk) == []
    for name in ("tags", "body", "created_at", "published_at", "version", "search"):
        note.refresh_from_db()
        assert getattr(mine[0], name) == getattr(note, name)
    mine[0].body = "Other words."
    mine[0].save()
    note.refresh_from_db()
    assert note.body == "Other words."


def test_finder_reads_json_and_leaves_deferred_columns_in_the_database(
    assignment, paragraphs, student, django_assert_num_queries
):
    note = AnnotationFactory(assignment=assignment)
    kept = AnnotationVersion(
        annotation=note, version=7, kind="comment", body="So.", details={"tags": ["a"]}, by=student
    )
    kept.save()
    history = Finder(lambda: AnnotationVersion.objects.filter(annotation=THIS, version=7))
    words = Finder(lambda: Paragraph.objects.filter(revision=THIS, pk=THAT))

    (found,) = history.find(this=note.pk)
    (paragraph,) = words.find(this=assignment.revision_id, that=paragraphs[1].pk)

    assert (found.details, found.undo, found.by_id) == ({"tags": ["a"]}, None, student.pk)
    assert (paragraph.text, paragraph.get_deferred_fields()) == (paragraphs[1].text, {"search"})
    with django_assert_num_queries(1):
        assert paragraph.search is None
