"""Who asks the same as a question."""

import pytest

from annotations.actions.attending import ask_no_longer, ask_too
from annotations.enums import Audience, Kind, Status
from annotations.models import MeToo
from debate.core.errors import InvalidState, Missing, NotAllowed
from tests.factories.annotations import AnnotationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)


def test_me_too_counts_once_a_person(question, classmate, instructor):
    ask_too(actor=classmate, annotation_id=question.pk)
    ask_too(actor=classmate, annotation_id=question.pk)
    ask_too(actor=instructor, annotation_id=question.pk)

    assert MeToo.objects.filter(annotation=question).count() == 2


def test_me_too_is_taken_back_and_again_does_nothing(question, classmate):
    ask_too(actor=classmate, annotation_id=question.pk)

    ask_no_longer(actor=classmate, annotation_id=question.pk)
    ask_no_longer(actor=classmate, annotation_id=question.pk)

    assert not MeToo.objects.exists()


@pytest.mark.parametrize("who", ["student", "observer"])
def test_me_too_of_the_asker_and_of_who_only_reads_is_denied(question, who, request):
    with pytest.raises(NotAllowed):
        ask_too(actor=request.getfixturevalue(who), annotation_id=question.pk)


@pytest.mark.parametrize("given", [{"kind": "comment"}, {"status": Status.HIDDEN}])
def test_me_too_to_what_is_no_published_question_is_refused(assignment, student, instructor, given):
    note = AnnotationFactory(
        assignment=assignment, author=student, **{"kind": Kind.QUESTION, **given}
    )

    with pytest.raises(InvalidState):
        ask_too(actor=instructor, annotation_id=note.pk)


def test_me_too_to_what_one_cannot_read_is_missing(assignment, student, classmate):
    hidden = AnnotationFactory(
        assignment=assignment, author=student, kind=Kind.QUESTION, audience=Audience.PRIVATE
    )

    with pytest.raises(Missing):
        ask_too(actor=classmate, annotation_id=hidden.pk)
    with pytest.raises(Missing):
        ask_no_longer(actor=classmate, annotation_id=hidden.pk)
    assert MeToo.objects.visible_to(classmate).count() == 0
