"""Migrations: none is missing, each is named by its content, and each can be taken back."""

import inspect
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL, SeparateDatabaseAndState

from annotations.bibliography.identifiers import work_key
from annotations.models import Claim, Concession, Inference, Passage, Relation, Source
from tests.factories.annotations import (
    AnnotationFactory,
    AnnotationVersionFactory,
    PassageFactory,
    ReplyFactory,
    SourceFactory,
    annotation_on,
)
from tests.factories.argument import ClaimFactory
from tests.factories.seminars import SeminarFactory

APPS = ["accounts", "notices", "seminars", "essays", "assignments", "annotations"]


@pytest.fixture(scope="module")
def migrations():
    """The project's own migrations, by app and name."""
    nodes = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {key: migration for key, migration in nodes.items() if key[0] in APPS}


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_app_with_tables_has_migrations(migrations):
    assert {app for app, _ in migrations} == set(APPS)


def test_every_migration_is_named_by_its_content(migrations):
    badly = [
        key
        for key in migrations
        if not re.fullmatch(r"\d{4}_[a-z]+(_[a-z0-9]+)*", key[1])
        or re.search(r"_(auto|alter|merge)_", key[1])
        or (key[1].endswith("initial") and not key[1].startswith("0001"))
    ]

    assert badly == []


def test_migrations_of_an_app_are_one_line(migrations):
    """Each follows the one with the number before it: two branches cannot both be merged unseen."""
    for app in APPS:
        names = sorted(name for of, name in migrations if of == app)
        follows = {
            name: [before for of, before in migrations[app, name].dependencies if of == app]
            for name in names
        }

        assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
        assert follows == {name: [names[at - 1]] if at else [] for at, name in enumerate(names)}


def test_migration_changes_tables_or_data_but_not_both(migrations):
    data = (RunPython, RunSQL)
    mixed = [
        key
        for key, migration in migrations.items()
        if len({isinstance(one, data) for one in migration.operations}) > 1
    ]

    assert mixed == []


def test_every_operation_can_be_taken_back(migrations):
    final = [
        (key, type(one).__name__)
        for key, migration in migrations.items()
        for one in migration.operations
        if not one.reversible or isinstance(one, SeparateDatabaseAndState)
    ]

    assert final == []


def test_no_migration_takes_a_model_from_todays_code(migrations):
    """Django's own lines are `import debate.core.models`; rows are read through `apps`."""
    taken = re.compile(r"^\s*from (?:debate|annotations)\b.*", re.MULTILINE)
    sources = {
        key: inspect.getsource(inspect.getmodule(type(one))) for key, one in migrations.items()
    }

    assert {key: taken.findall(text) for key, text in sources.items() if taken.search(text)} == {}


@pytest.mark.django_db
def test_migrations_go_back_to_nothing_and_forth_again():
    before = connection.introspection.table_names()

    for app in ("annotations", "assignments", "essays", "seminars"):
        call_command("migrate", app, "zero", verbosity=0)
    without = connection.introspection.table_names()
    call_command("migrate", verbosity=0)

    assert [
        one for one in without if one.startswith(("annotations_", "essays_", "seminars_"))
    ] == []
    assert connection.introspection.table_names() == before


@pytest.fixture
def arguments_of_annotations():
    """The migration that gives annotations from before there were claims their rows."""
    return import_module("annotations.migrations.0008_arguments_of_annotations")


def made_of(annotation):
    """The rows of an annotation, by the words of the claims."""
    own = {"annotation": annotation}
    return (
        list(Claim.objects.filter(**own).values_list("text", flat=True)),
        list(Relation.objects.filter(**own).values_list("kind", "source__text", "target_claim__text")),
        list(Inference.objects.filter(**own).values_list("conclusion__text", "premises__text")),
        list(Concession.objects.filter(**own).values_list("claim__text", flat=True)),
    )  # fmt: skip


def test_annotations_from_before_claims_get_the_rows_that_posting_them_makes(
    arguments_of_annotations, assignment, paragraphs, student, classmate
):
    words = "Fairness, not scarcity, moves people."
    own = {"assignment": assignment, "author": student}
    counter = annotation_on(paragraphs[0], words, counterargument=True, **own)
    comment = annotation_on(paragraphs[1], body="Look at *Perth*. It is dry.", **own)
    question = annotation_on(paragraphs[0], words, kind="question", body="Is it?", **own)
    evidence = annotation_on(paragraphs[0], evidence=True, body="", **own)
    context = annotation_on(paragraphs[0], evidence=True, stance="context", **own)
    reply = {"author": classmate}
    support = ReplyFactory(parent=question, kind="support", body="It is. I saw it.", **reply)
    undercut = ReplyFactory(parent=evidence, counterargument=True, attacks="step", **reply)
    against = ReplyFactory(parent=support, evidence=True, stance="attacks", body="Old.", **reply)
    doubt = ReplyFactory(parent=against, counterargument=True, **reply)
    grant = ReplyFactory(parent=comment, kind="concession", body="So it is.", **reply)

    arguments_of_annotations.fill(apps, None)

    first = "Cities that price water by use need less of it."
    assert made_of(counter) == (
        ["It does not follow."],
        [("rebuts", "It does not follow.", words)],
        [],
        [],
    )
    assert made_of(support) == (["It is."], [], [(words, "It is.")], [])
    assert made_of(evidence) == ([], [], [(first, None)], [])
    assert made_of(undercut)[1] == [("undercuts", "It does not follow.", None)]
    assert Relation.objects.get(annotation=undercut).target_inference == evidence.inference
    assert made_of(against) == ([], [("rebuts", None, "It is.")], [], [])
    assert Relation.objects.get(annotation=doubt).target_evidence == against
    assert made_of(grant) == ([], [], [], ["Look at Perth."])
    assert made_of(context) == made_of(question) == ([], [], [], [])
    implied = Claim.objects.get(text=words)
    assert (implied.status, implied.added_by) == ("implied", student)
    assert implied.anchors.get().exact == words
    assert implied.history.get().act == "create"


def test_annotations_of_others_share_no_implied_claim_that_would_tell_of_them(
    arguments_of_annotations, assignment, paragraphs, student, classmate
):
    notes = [
        annotation_on(
            paragraphs[0], assignment=assignment, author=author, audience=audience, counterargument=True
        )
        for author, audience in (
            (student, "seminar"),
            (classmate, "seminar"),
            (student, "private"),
            (classmate, "private"),
            (classmate, "private"),
        )
    ]  # fmt: skip

    arguments_of_annotations.fill(apps, None)

    targets = [Relation.objects.get(annotation=note).target_claim_id for note in notes]
    assert [targets.index(one) for one in targets] == [0, 0, 2, 3, 3]


def test_arguments_of_annotations_are_filled_once_and_can_be_taken_back(
    arguments_of_annotations, assignment, paragraphs, student
):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student, counterargument=True)
    ReplyFactory(parent=note, author=student, kind="support", body="More. Of it.")
    kept = ClaimFactory(assignment=assignment, text="On the map.")
    arguments_of_annotations.fill(apps, None)
    arguments_of_annotations.fill(apps, None)
    counts = [model.objects.count() for model in (Claim, Relation, Inference)]

    arguments_of_annotations.empty(apps, None)

    assert counts == [4, 1, 1]
    assert list(Claim.objects.all()) == [kept]
    assert not Relation.objects.exists()
    assert not Inference.objects.exists()


def test_annotation_without_place_or_argument_is_passed_over(
    arguments_of_annotations, assignment, student
):
    AnnotationFactory(assignment=assignment, author=student, counterargument=True)

    arguments_of_annotations.fill(apps, None)

    assert not Claim.objects.exists()


@pytest.mark.django_db
def test_works_from_before_are_known_again_by_one_key():
    seminar = SeminarFactory()
    paper = SourceFactory(seminar=seminar, doi="10.1000/182", url="")
    page = SourceFactory(seminar=seminar, url="http://www.Example.org/report/")
    twin = SourceFactory(seminar=seminar, url="https://example.org/report")
    elsewhere = SourceFactory(doi="10.1000/182", url="")
    Source.objects.update(canonical="")

    with connection.schema_editor() as editor:
        import_module("annotations.migrations.0010_canonical_of_sources").know_works_again(
            apps, editor
        )

    assert dict(Source.objects.values_list("pk", "canonical")) == {
        paper.pk: "doi:10.1000/182",
        page.pk: work_key({}, page.url),
        twin.pk: "",
        elsewhere.pk: "doi:10.1000/182",
    }
    assert work_key({}, twin.url) == work_key({}, page.url)


@pytest.mark.django_db
def test_passages_from_before_that_notes_took_are_told_apart(assignment, seminar, student):
    source = SourceFactory(seminar=seminar)
    took = {"source": source, "locator": "7", "added_by": student}
    cited, former, shelved = (
        PassageFactory(**took, quote=quote) for quote in ("New.", "Old.", "Shelf.")
    )
    others = PassageFactory(source=source, quote="Old.", locator="7")
    note = AnnotationFactory(assignment=assignment, author=student, evidence=True, passage=cited)
    AnnotationVersionFactory(annotation=note, details={"quote": "Old.", "locator": "7"})
    AnnotationVersionFactory(annotation=note, version=2, details={"quote": "", "locator": ""})
    mark = import_module("annotations.migrations.0021_passages_for_notes").MARK

    with connection.cursor() as cursor:
        cursor.execute(mark)

    assert set(Passage.objects.filter(for_note=True)) == {cited, former}
    assert set(Passage.objects.filter(for_note=False)) == {shelved, others}
