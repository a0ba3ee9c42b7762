"""A seminar made in one go: everything or nothing, and once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from debate.assignments.actions.founding import found_seminar
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.essays.actions import correct_import, finish_import, place_import, start_import
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay, ImportDraft
from debate.seminars.actions.invitations import accept_invitation, find_invitation
from debate.seminars.models import Invitation, Membership, Seminar
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.essays import ImportDraftFactory

DRAFT = Draft(title="Rents", author="A. Ng", blocks=[Block(kind="body", html="One. Two.")])


@pytest.fixture
def teacher(db):
    return UserFactory(username="teacher")


@pytest.fixture
def kept(teacher):
    return start_import(actor=teacher, seminar=None, draft=DRAFT)


def found(actor, kept, **given):
    given = {"title": "Housing", "time_zone": "Europe/Berlin"} | given
    return found_seminar(actor=actor, import_id=kept.pk, version=kept.version, **given)


def nothing_made():
    return not (Seminar.objects.exists() or Essay.objects.exists() or Invitation.objects.exists())


def test_seminar_founded_has_essay_assignment_and_a_way_in(teacher, kept):
    due = timezone.now() + timedelta(days=7)

    founded = found(
        teacher,
        kept,
        due_at=due,
        asked={"comments": 3, "counterarguments": 2, "evidence": 2},
    )

    seminar = Seminar.objects.get()
    assert founded.seminar == seminar
    assert (seminar.title, seminar.slug, seminar.time_zone) == (
        "Housing",
        "housing",
        "Europe/Berlin",
    )
    assert Membership.objects.get().role == "instructor"
    assignment = Assignment.objects.get()
    assert (assignment.title, assignment.essay.title, assignment.due_at) == ("Rents", "Rents", due)
    assert (
        assignment.asked_comments,
        assignment.asked_counterarguments,
        assignment.asked_evidence,
    ) == (3, 2, 2)
    assert assignment.is_open
    assert [(one.mode, one.number) for one in assignment.rounds.all()] == [("open", 1)]
    assert assignment.revision.paragraphs.count() == 1
    assert not ImportDraft.objects.exists()


def test_invitation_lets_any_number_of_students_in_for_two_weeks(teacher, kept, student):
    founded = found(teacher, kept)

    invitation = find_invitation(secret=founded.code)
    assert invitation == find_invitation(secret=founded.token) == founded.invitation
    assert (invitation.role, invitation.most_uses) == ("student", None)
    assert timedelta(days=13) < invitation.expires_at - timezone.now() <= timedelta(days=14)
    membership = accept_invitation(actor=student, invitation_id=invitation.pk)
    assert (membership.seminar, membership.role) == (founded.seminar, "student")


def test_seminar_founded_twice_is_one(teacher, kept):
    found(teacher, kept)

    expect_refusal(Missing, lambda: found(teacher, kept))

    assert Seminar.objects.get().pk == kept.pk


@pytest.mark.django_db(transaction=True)
def test_seminar_founded_twice_at_once_is_one(teacher, kept):
    ready = threading.Barrier(2)
    outcomes = []

    def send():
        ready.wait()
        try:
            found(teacher, kept)
            outcomes.append("made")
        except Missing:
            outcomes.append("missing")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["made", "missing"]
    assert Seminar.objects.count() == Assignment.objects.count() == 1


def test_seminar_is_founded_by_whom_the_site_lets(teacher, kept, settings):
    settings.SEMINAR_CREATORS = ["approved"]

    expect_refusal(NotAllowed, lambda: found(teacher, kept))
    expect_refusal(NotAllowed, lambda: start_import(actor=teacher, seminar=None, draft=DRAFT))

    assert nothing_made()


def test_seminar_is_not_founded_on_anothers_import(kept):
    expect_refusal(Missing, lambda: found(UserFactory(), kept))

    assert nothing_made()


def test_seminar_is_not_founded_on_an_import_of_another(teacher, seminar, instructor):
    kept = ImportDraftFactory(seminar=seminar, created_by=instructor)

    expect_refusal(Missing, lambda: found(instructor, kept))

    assert Seminar.objects.get() == seminar


def test_import_corrected_elsewhere_is_told(teacher, kept):
    correct_import(actor=teacher, import_id=kept.pk, version=1, edit=lambda draft: draft)

    expect_refusal(Conflict, lambda: found(teacher, kept))

    assert nothing_made()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"assignment_title": "x" * 201}, "assignment_title"),
        ({"due_at": datetime(2020, 1, 1, tzinfo=UTC)}, "due_at"),
        ({"asked": {"comments": 51}}, "asked.comments"),
    ],
)
def test_seminar_founded_badly_names_the_field_and_leaves_nothing(given, field, teacher, kept):
    expect_refusal(Invalid, lambda: found(teacher, kept, **given), field=field)

    assert nothing_made()
    assert ImportDraft.objects.get().seminar is None


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (Draft(title="", blocks=DRAFT.blocks), "The essay has no title yet."),
        (Draft(title="A", blocks=[Block(kind="note", html="1")]), "The essay has no paragraph"),
    ],
)
def test_essay_that_is_none_yet_is_told_of_the_whole(draft, sentence, teacher):
    kept = start_import(actor=teacher, seminar=None, draft=draft)

    refusal = expect_refusal(Invalid, lambda: found(teacher, kept), field="")

    assert refusal.sentence.startswith(sentence)
    assert nothing_made()


def test_import_without_seminar_becomes_no_essay_by_itself(teacher, kept):
    expect_refusal(InvalidState, lambda: finish_import(actor=teacher, import_id=kept.pk, version=1))


def test_import_has_one_seminar(teacher, kept, seminar):
    place_import(actor=teacher, import_id=kept.pk, version=1, seminar=seminar)

    expect_refusal(
        Missing,
        lambda: place_import(actor=teacher, import_id=kept.pk, version=1, seminar=seminar),
    )
