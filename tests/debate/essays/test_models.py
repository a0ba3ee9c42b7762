"""Who reads which essay, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction

from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay, ImportDraft, Paragraph, Revision
from tests.factories.accounts import UserFactory
from tests.factories.essays import (
    EssayFactory,
    ImportDraftFactory,
    ParagraphFactory,
    RevisionFactory,
    essay_of,
)

ROLES = ["instructor", "assistant", "student", "observer", "outsider", "operator", "anonymous"]


@pytest.mark.parametrize("role", ROLES[:4])
def test_essay_is_read_by_members(request, role, essay):
    user = request.getfixturevalue(role)

    assert list(Essay.objects.visible_to(user)) == [essay]
    assert list(Revision.objects.visible_to(user)) == [essay.current_revision]
    assert Paragraph.objects.visible_to(user).count() == 3


@pytest.mark.parametrize("role", ROLES[4:])
def test_essay_is_hidden_from_others(request, role, essay):
    user = request.getfixturevalue(role)

    assert not Essay.objects.visible_to(user).exists()
    assert not Revision.objects.visible_to(user).exists()
    assert not Paragraph.objects.visible_to(user).exists()


@pytest.mark.parametrize("role", ROLES)
def test_public_essay_is_read_by_everybody(request, role, seminar):
    essay = essay_of("Open to all.", seminar=seminar, is_public=True)

    assert list(Essay.objects.visible_to(request.getfixturevalue(role))) == [essay]


@pytest.mark.parametrize("words", ["WATER", "ost", "institute"])
def test_essay_is_found_by_title_author_and_affiliation(db, words):
    essay = EssayFactory(title="On water", byline_author="E. Ostrom", affiliation="An Institute")
    EssayFactory(title="On housing")

    assert list(Essay.objects.matching(words)) == [essay]


@pytest.mark.parametrize("role", ["instructor", "assistant", "operator", "anonymous"])
def test_import_is_seen_by_its_owner_only(request, seminar, role):
    owner = UserFactory()
    kept = ImportDraftFactory(seminar=seminar, created_by=owner)

    assert list(ImportDraft.objects.visible_to(owner)) == [kept]
    assert not ImportDraft.objects.visible_to(request.getfixturevalue(role)).exists()


def test_import_gives_its_draft_back(db):
    draft = Draft(title="A", blocks=[Block(kind="body", html="One <em>two</em>.")])

    assert ImportDraftFactory(draft=draft).draft == draft


def test_objects_have_readable_names(db):
    essay = essay_of("One.", title="On water")
    kept = ImportDraftFactory(filename="water.md")
    note = ParagraphFactory(revision=essay.current_revision, position=2, kind="note")

    assert str(essay) == "On water"
    assert str(essay.current_revision) == f"revision 1 of {essay.pk}"
    assert str(essay.current_revision.paragraphs.get(position=1)) == "¶1"
    assert str(note) == "Note"
    assert str(kept) == "water.md"
    assert str(ImportDraftFactory()).startswith("draft ")


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("paragraph_position_is_unique", {"position": 1, "number": 2}),
        ("paragraph_number_is_unique", {"position": 2, "number": 1}),
        ("paragraph_is_numbered_by_its_kind", {"position": 2, "number": None}),
        ("paragraph_is_numbered_by_its_kind", {"position": 2, "number": 2, "kind": "note"}),
        ("paragraph_kind_is_known", {"position": 2, "number": None, "kind": "poem"}),
    ],
)
def test_paragraph_out_of_shape_is_refused(db, constraint, fields):
    revision = essay_of("One.").current_revision

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ParagraphFactory(revision=revision, **fields)


def test_paragraph_key_is_unique_in_revision(db):
    first = ParagraphFactory()

    with pytest.raises(IntegrityError, match="paragraph_key_is_unique"), transaction.atomic():
        ParagraphFactory(revision=first.revision, position=2, key=first.key)


@pytest.mark.parametrize(
    ("number", "constraint"), [(1, "revision_number_is_unique"), (0, "revision_numbers_from_one")]
)
def test_revision_out_of_order_is_refused(db, number, constraint):
    essay = essay_of("One.")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RevisionFactory(essay=essay, number=number)


def test_draft_of_a_revision_without_seminar_is_refused(db):
    essay = essay_of("One.")

    with (
        pytest.raises(IntegrityError, match="import_of_a_revision_has_its_seminar"),
        transaction.atomic(),
    ):
        ImportDraftFactory(seminar=None, essay=essay, base=essay.current_revision)


def test_draft_without_seminar_is_its_owners(instructor):
    kept = ImportDraftFactory(seminar=None, created_by=instructor)

    assert list(ImportDraft.objects.visible_to(instructor)) == [kept]
