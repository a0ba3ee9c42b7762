"""Rows of several tables inserted by one statement: they are as if each had been saved."""

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import IntegrityError, connection, transaction

from annotations.models import Anchor, Annotation, AnnotationVersion
from debate.core.inserting import OfRow, insert_all, text_of
from tests.factories.annotations import AnnotationFactory

pytestmark = pytest.mark.django_db


class Vector(OfRow):
    """The vector of one text."""

    in_row = f"to_tsvector('english', {text_of('said')})"

    def __init__(self, said):
        super().__init__()
        self.texts = {"said": said}


def note_of(assignment, author, **members):
    return AnnotationFactory.build(
        assignment=assignment, round=assignment.rounds.get(), author=author, **members
    )


def columns(note, *, but=()):
    """What the database holds of the annotation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM annotations_annotation WHERE id = %s", [note.pk])
        (values,) = cursor.fetchall()
        names = [one.name for one in cursor.description]
    held = dict(zip(names, values, strict=True))
    return {name: held[name] for name in names if name not in but}


def test_rows_of_several_tables_are_inserted_in_one_statement(
    assignment, paragraphs, student, django_assert_num_queries
):
    one, other = (note_of(assignment, student, body=body) for body in ("First.", "Last."))
    places = [
        Anchor(annotation=one, revision_id=assignment.revision_id, paragraph=place, position=at)
        for at, place in enumerate(paragraphs[:2])
    ]

    with django_assert_num_queries(1):
        insert_all([one, *places, other])

    assert list(Annotation.objects.order_by("pk")) == [one, other]
    assert list(one.anchors.values_list("paragraph", flat=True)) == [
        place.pk for place in paragraphs[:2]
    ]
    one.body = "Other words."
    with django_assert_num_queries(1):
        one.save(update_fields=["body"])


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"body": '"50 %s" \\u0041 {}\n🙂\u2028é', "tags": ["50%s", 'a "b"', "{c,d}", "null", ""]},
        {"kind": "counterargument", "attacks": "step", "counterclaim": "So."},
        {"is_late": True, "audience": "staff", "status": "pending", "published_at": None},
    ],
    ids=["least", "strange words", "members of a kind", "others"],
)
def test_row_is_inserted_as_it_would_be_saved(members, assignment, student):
    one, other = note_of(assignment, student, **members), note_of(assignment, student, **members)
    other.published_at = one.published_at

    insert_all([one])
    other.save()

    its_own = {"id", "created_at", "updated_at"}
    assert columns(one, but=its_own) == columns(other, but=its_own)
    assert columns(one)["created_at"] == one.created_at


def test_json_is_inserted_as_json(assignment, student):
    note = AnnotationFactory(assignment=assignment)
    details = {"tags": ["a"], "of": {"deep": [1, 2.5, None, True]}}
    kept = AnnotationVersion(
        annotation=note, version=7, kind="comment", body="So.", details=details, by=student
    )

    insert_all([kept])

    stored = AnnotationVersion.objects.get(annotation=note, version=7)
    assert (stored.details, stored.undo, stored.at) == (details, None, kept.at)


def test_column_that_the_database_works_out_is_that_of_each_row(assignment, student):
    notes = [note_of(assignment, student) for _ in range(2)]
    for note, said in zip(notes, ["Taxes 'rise'.", "Water\\"], strict=True):
        note.search = Vector(said)

    insert_all(notes)

    def found(word):
        return list(Annotation.objects.filter(search=SearchQuery(word, config="english")))

    assert (found("tax"), found("water")) == ([notes[0]], [notes[1]])


def test_statement_beside_is_done_with_the_rows_and_counted(
    assignment, student, django_assert_num_queries
):
    note = note_of(assignment, student)
    sql = "UPDATE assignments_assignment SET slug = slug WHERE id = %s RETURNING 1"

    with django_assert_num_queries(1):
        counted = insert_all([note], beside=(sql, [assignment.pk]))

    assert (counted, Annotation.objects.get()) == (1, note)
    assert insert_all([], beside=(sql, [student.pk])) == 0


def test_rows_of_which_one_cannot_be_keep_nothing_of_the_rest(assignment, paragraphs):
    note = AnnotationFactory(assignment=assignment)
    good, bad = (
        Anchor(annotation=note, revision_id=assignment.revision_id, paragraph=one, position=7)
        for one in paragraphs[:2]
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all([good, bad])

    assert not note.anchors.filter(position=7).exists()
