"""Set-ups kept under a name."""

import pytest

from debate.assignments.actions import delete_template, save_template
from debate.assignments.models import AssignmentTemplate
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed
from debate.seminars.models import Seminar
from tests.expect import expect_refusal
from tests.factories.assignments import AssignmentTemplateFactory


def saved(actor, assignment, name="Three rounds"):
    return save_template(actor=actor, assignment_id=assignment.pk, name=name)


def test_template_saved_is_the_actors_own(instructor, assignment):
    saved(instructor, assignment, "  Three  rounds ")

    kept = AssignmentTemplate.objects.get()
    assert (kept.owner, kept.name) == (instructor, "Three rounds")
    assert kept.setup["asked_comments"] == 3


def test_template_is_saved_from_an_archived_seminar(instructor, assignment):
    Seminar.objects.update(archived_at=assignment.opens_at)

    saved(instructor, assignment)

    assert AssignmentTemplate.objects.exists()


def test_template_of_the_same_name_is_refused(instructor, assignment):
    saved(instructor, assignment)

    expect_refusal(Conflict, lambda: saved(instructor, assignment), field="name")


def test_template_without_a_name_is_refused(instructor, assignment):
    expect_refusal(Invalid, lambda: saved(instructor, assignment, " "), field="name")


@pytest.mark.parametrize(
    ("role", "error"),
    [("assistant", NotAllowed), ("student", NotAllowed), ("outsider", Missing)],
)
def test_template_is_saved_by_instructors_only(request, assignment, role, error):
    actor = request.getfixturevalue(role)

    expect_refusal(error, lambda: saved(actor, assignment))

    assert not AssignmentTemplate.objects.exists()


def test_template_is_deleted_by_its_owner_alone(instructor, student):
    template = AssignmentTemplateFactory(owner=instructor)

    expect_refusal(Missing, lambda: delete_template(actor=student, template_id=template.pk))
    delete_template(actor=instructor, template_id=template.pk)

    assert not AssignmentTemplate.objects.exists()
