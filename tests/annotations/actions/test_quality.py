"""Quality marks: who sets, answers and settles them, and which settle themselves."""

import pytest

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.actions.annotations import place_annotation
from annotations.actions.linking import link_claims
from annotations.actions.merging import merge_claims, split_claim
from annotations.actions.moderation import approve_annotation
from annotations.actions.quality import (
    answer_mark,
    set_mark,
    settle_mark,
    settle_marks,
)
from annotations.enums import Audience, Kind, MapStatus, QualityMarkType, Status
from annotations.models import Change, Claim, PassageCheck, QualityMark
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.notices.models import Notice
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
)
from tests.factories.assignments import paragraph_of
from tests.factories.seminars import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def note(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student)


@pytest.fixture
def claim(assignment, instructor):
    found = ClaimFactory(assignment=assignment, added_by=instructor)
    ClaimAnchorFactory(claim=found)
    return found


@pytest.fixture
def passage(seminar, instructor, student):
    source = SourceFactory(seminar=seminar, added_by=instructor)
    return PassageFactory(source=source, added_by=student, quote="Rents fell by a fifth.")


def on_note(target, actor, type_=QualityMarkType.UNCLEAR, **rest):
    return set_mark(actor=actor, on="annotation", target_id=target.pk, type=type_, **rest)


def told(user):
    return [
        (one.kind, one.object_id) for one in Notice.objects.filter(recipient=user).order_by("pk")
    ]


# -- setting --------------------------------------------------------------------------------------


def test_mark_on_a_note_is_kept_and_its_author_told(note, student, classmate):
    mark = on_note(note, classmate, note="  Which  rents? ")

    assert (mark.type, mark.note, mark.by, mark.annotation) == (
        "unclear",
        "Which rents?",
        classmate,
        note,
    )
    assert told(student) == [("quality_mark", mark.pk)]
    assert told(classmate) == []


def test_mark_writes_a_change_line_that_readers_of_the_note_get(note, classmate):
    mark = on_note(note, classmate)

    line = Change.objects.get(object_id=mark.pk)
    assert (line.type, line.op, line.status_after, line.audience_after) == (
        "quality_mark",
        "create",
        "published",
        "seminar",
    )


def test_mark_on_a_claim_of_the_essay_tells_who_put_it_there(claim, instructor, student):
    mark = set_mark(actor=student, on="claim", target_id=claim.pk, type="several_claims")

    assert mark.claim == claim
    assert told(instructor) == [("quality_mark", mark.pk)]
    assert (
        Change.objects.get(object_id=mark.pk).round_id == claim.assignment_id
    )  # no round hides it


def test_mark_on_a_passage_has_no_change_line(passage, instructor, student):
    mark = set_mark(actor=instructor, on="passage", target_id=passage.pk, type="misquote")

    assert mark.seminar == passage.source.seminar
    assert not Change.objects.filter(object_id=mark.pk).exists()
    assert told(student) == [("quality_mark", mark.pk)]


def test_mark_on_ones_own_words_tells_nobody(note, student):
    on_note(note, student)

    assert told(student) == []


def test_same_mark_again_says_the_note_anew(note, classmate):
    first = on_note(note, classmate)
    again = on_note(note, classmate, note="Which rents?")
    once_more = on_note(note, classmate, note="Which rents?")

    assert first.pk == again.pk == once_more.pk
    assert QualityMark.objects.get().note == "Which rents?"
    assert Change.objects.filter(object_id=first.pk).count() == 2


def test_third_open_mark_of_one_person_on_one_thing_is_refused(note, classmate, instructor):
    on_note(note, classmate, "unclear")
    second = on_note(note, classmate, "unrelated")
    on_note(note, instructor, "move")

    with pytest.raises(Conflict) as refusal:
        on_note(note, classmate, "move")

    assert (refusal.value.code, refusal.value.field) == ("too_many_marks", "type")
    settle_mark(actor=classmate, mark_id=second.pk)
    assert on_note(note, classmate, "move").resolved_at is None


@pytest.mark.parametrize("type_", ["misquote", "boring", ""])
def test_mark_that_does_not_fit_names_the_type(note, classmate, type_):
    with pytest.raises(Invalid) as refusal:
        on_note(note, classmate, type_)

    assert refusal.value.field == "type"


@pytest.mark.parametrize("type_", ["misquote", "unsupported"])
def test_mark_on_evidence_may_be_of_words_and_of_the_quotation(
    assignment, student, classmate, type_
):
    evidence = AnnotationFactory(assignment=assignment, author=student, evidence=True)

    assert on_note(evidence, classmate, type_).type == type_


def test_mark_on_a_passage_is_of_the_quotation(passage, instructor):
    with pytest.raises(Invalid) as refusal:
        set_mark(actor=instructor, on="passage", target_id=passage.pk, type="several_claims")

    assert refusal.value.field == "type"


def test_mark_with_a_long_note_names_the_note(note, classmate):
    with pytest.raises(Invalid) as refusal:
        on_note(note, classmate, note="x" * 501)

    assert (refusal.value.field, refusal.value.code) == ("note", "too_long")


def test_mark_of_an_observer_is_denied(note, observer):
    with pytest.raises(NotAllowed):
        on_note(note, observer)


def test_mark_on_what_one_cannot_read_is_missing(assignment, student, classmate):
    private = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)

    with pytest.raises(Missing):
        on_note(private, classmate, "boring")


@pytest.mark.parametrize("on", ["claim", "passage", "essay"])
def test_mark_on_another_kind_of_that_id_is_missing(note, classmate, on):
    with pytest.raises(Missing):
        set_mark(actor=classmate, on=on, target_id=note.pk, type="unclear")


def test_mark_on_a_hidden_note_is_refused(assignment, student, instructor):
    hidden = AnnotationFactory(assignment=assignment, author=student, status=Status.HIDDEN)

    with pytest.raises(InvalidState):
        on_note(hidden, instructor)


def test_mark_on_a_claim_off_the_map_is_refused(assignment, instructor):
    gone = ClaimFactory(assignment=assignment, status=MapStatus.WITHDRAWN)

    with pytest.raises(InvalidState):
        set_mark(actor=instructor, on="claim", target_id=gone.pk, type="unclear")


# -- answering ------------------------------------------------------------------------------------


def test_answer_tells_who_set_the_mark_and_whose_words_it_is_on(
    note, student, classmate, instructor
):
    mark = on_note(note, classmate)
    answer = answer_mark(actor=instructor, mark_id=mark.pk, body=" The asking rents. ")

    assert answer.body == "The asking rents."
    assert told(classmate) == [("quality_answer", answer.pk)]
    assert told(student) == [("quality_mark", mark.pk), ("quality_answer", answer.pk)]
    assert told(instructor) == []


@pytest.mark.parametrize(("body", "code"), [("  ", "blank"), ("x" * 1_001, "too_long")])
def test_answer_without_words_or_with_too_many_names_the_body(note, classmate, body, code):
    mark = on_note(note, classmate)

    with pytest.raises(Invalid) as refusal:
        answer_mark(actor=classmate, mark_id=mark.pk, body=body)

    assert (refusal.value.field, refusal.value.code) == ("body", code)


def test_answer_to_a_settled_mark_is_refused(note, classmate):
    mark = on_note(note, classmate)
    settle_mark(actor=classmate, mark_id=mark.pk)

    with pytest.raises(InvalidState):
        answer_mark(actor=classmate, mark_id=mark.pk, body="Late.")


def test_answer_of_an_observer_is_denied(note, classmate, observer):
    mark = on_note(note, classmate)

    with pytest.raises(NotAllowed):
        answer_mark(actor=observer, mark_id=mark.pk, body="Well.")


def test_answer_to_a_mark_on_what_one_cannot_read_is_missing(assignment, student, classmate):
    private = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)
    mark = QualityMarkFactory(annotation=private, by=student)

    with pytest.raises(Missing):
        answer_mark(actor=classmate, mark_id=mark.pk, body="Well.")


# -- settling -------------------------------------------------------------------------------------


def test_mark_is_settled_by_staff_who_tell_how(note, classmate, instructor):
    mark = on_note(note, classmate)

    settled = settle_mark(actor=instructor, mark_id=mark.pk, resolution="It is clear now.")

    assert (settled.resolved_by, settled.resolution) == (instructor, "It is clear now.")
    assert settled.resolved_at is not None
    assert told(classmate) == [("quality_mark", mark.pk)]


def test_mark_settled_again_stays_as_it_was(note, classmate, instructor):
    mark = on_note(note, classmate)
    settle_mark(actor=instructor, mark_id=mark.pk, resolution="Clear.")

    again = settle_mark(actor=classmate, mark_id=mark.pk, resolution="Mine.")

    assert again.resolution == "Clear."


def test_mark_taken_back_by_who_set_it_says_so(note, classmate):
    mark = on_note(note, classmate)

    assert settle_mark(actor=classmate, mark_id=mark.pk).resolution == "Taken back"
    assert told(classmate) == []


def test_mark_is_not_settled_by_the_author_of_the_note(note, student, classmate):
    mark = on_note(note, classmate)

    with pytest.raises(NotAllowed):
        settle_mark(actor=student, mark_id=mark.pk)


def test_mark_on_a_note_outside_an_assistants_section_is_not_settled(
    seminar, note, classmate, assistant
):
    section = GroupFactory(seminar=seminar, kind="section", name="Monday")
    membership = seminar.memberships.get(user=assistant)
    membership.is_limited = True
    membership.save()
    membership.sections.set([section])
    mark = on_note(note, classmate)

    with pytest.raises(NotAllowed):
        settle_mark(actor=assistant, mark_id=mark.pk)


def test_misquote_confirmed_by_staff_keeps_that_the_words_were_not_found(
    passage, student, instructor
):
    mark = set_mark(
        actor=student, on="passage", target_id=passage.pk, type="misquote", note="It says a tenth."
    )

    settled = settle_mark(actor=instructor, mark_id=mark.pk, is_confirmed=True)

    check = PassageCheck.objects.get()
    assert (check.passage, check.by, check.match, check.opened, check.note) == (
        passage,
        instructor,
        "not_found",
        True,
        "It says a tenth.",
    )
    assert settled.resolution == "Confirmed: the words do not stand in the source."


def test_misquote_on_evidence_is_confirmed_for_its_passage(
    assignment, student, classmate, instructor, passage
):
    evidence = AnnotationFactory(
        assignment=assignment, author=student, evidence=True, passage=passage
    )
    mark = on_note(evidence, classmate, "misquote")

    settle_mark(actor=instructor, mark_id=mark.pk, is_confirmed=True)

    assert PassageCheck.objects.get().passage == passage


def test_misquote_settled_without_being_confirmed_keeps_no_check(passage, student, instructor):
    mark = set_mark(actor=student, on="passage", target_id=passage.pk, type="misquote")

    settle_mark(actor=instructor, mark_id=mark.pk, resolution="It stands there, on page 9.")

    assert not PassageCheck.objects.exists()


def test_mark_of_another_type_is_not_confirmed(note, classmate, instructor):
    mark = on_note(note, classmate)

    with pytest.raises(Invalid) as refusal:
        settle_mark(actor=instructor, mark_id=mark.pk, is_confirmed=True)

    assert refusal.value.field == "is_confirmed"


def test_misquote_is_not_confirmed_by_the_student_who_set_it(passage, student):
    mark = set_mark(actor=student, on="passage", target_id=passage.pk, type="misquote")

    with pytest.raises(Invalid) as refusal:
        settle_mark(actor=student, mark_id=mark.pk, is_confirmed=True)

    assert refusal.value.field == "is_confirmed"
    assert QualityMark.objects.get().resolved_at is None


def test_misquote_is_not_confirmed_by_who_added_the_passage(seminar, instructor, classmate):
    own = PassageFactory(
        source=SourceFactory(seminar=seminar, added_by=instructor), added_by=instructor
    )
    mark = QualityMarkFactory(annotation=None, passage=own, type="misquote", by=classmate)

    with pytest.raises(Invalid) as refusal:
        settle_mark(actor=instructor, mark_id=mark.pk, is_confirmed=True)

    assert refusal.value.field == "is_confirmed"


# -- what settles itself --------------------------------------------------------------------------


def support(claim, actor, **rest):
    return create_annotation(
        actor=actor,
        assignment_id=claim.assignment_id,
        content=Content(kind=Kind.SUPPORT, body="It worked in 1987.", claim_id=claim.pk, **rest),
        targets=[Target(paragraph_id=paragraph_of(claim.assignment).pk)],
    )


def test_unsupported_is_settled_when_a_support_comes(claim, student, classmate):
    mark = set_mark(actor=classmate, on="claim", target_id=claim.pk, type="unsupported")
    other = set_mark(actor=classmate, on="claim", target_id=claim.pk, type="unclear")

    support(claim, student)

    mark.refresh_from_db()
    other.refresh_from_db()
    assert (mark.resolution, mark.resolved_by) == ("A reason for it has come.", None)
    assert other.resolved_at is None
    assert told(classmate) == [("quality_mark", mark.pk)]


def test_unsupported_on_a_note_is_settled_when_evidence_for_it_comes(
    assignment, student, classmate
):
    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind=Kind.COUNTERARGUMENT, body="It failed.", attacks="conclusion", counterclaim="No."
        ),
        targets=[Target(paragraph_id=paragraph_of(assignment).pk)],
    )
    mark = on_note(note, classmate, "unsupported")
    create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind=Kind.EVIDENCE,
            stance="supports",
            warrant="It counts them.",
            quote="Rents rose.",
            source=SourceInput(link="https://example.org/rents"),
        ),
        parent_id=note.pk,
    )

    mark.refresh_from_db()
    assert mark.resolution == "A reason for it has come."


def test_unsupported_stays_when_only_a_group_reads_the_support(seminar, claim, student, classmate):
    group = GroupFactory(seminar=seminar, name="Upstream")
    group.members.add(student)
    mark = set_mark(actor=classmate, on="claim", target_id=claim.pk, type="unsupported")

    support(claim, student, audience=Audience.GROUP, group_id=group.pk)

    mark.refresh_from_db()
    assert mark.resolved_at is None


def test_unsupported_stays_while_the_support_is_of_a_blind_round(claim, student, classmate):
    claim.assignment.rounds.update(mode="blind")
    mark = set_mark(actor=classmate, on="claim", target_id=claim.pk, type="unsupported")

    support(claim, student)

    mark.refresh_from_db()
    assert mark.resolved_at is None


def test_unsupported_is_settled_when_the_support_is_approved(claim, student, instructor):
    claim.assignment.requires_approval = True
    claim.assignment.save()
    mark = set_mark(actor=instructor, on="claim", target_id=claim.pk, type="unsupported")
    given = support(claim, student)
    mark.refresh_from_db()
    assert mark.resolved_at is None

    approve_annotation(actor=instructor, annotation_id=given.pk)

    mark.refresh_from_db()
    assert mark.resolution == "A reason for it has come."


def test_move_is_settled_when_the_note_is_put_elsewhere(assignment, student, classmate):
    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COMMENT, body="A remark."),
        targets=[Target(paragraph_id=paragraph_of(assignment).pk)],
    )
    mark = on_note(note, classmate, "move")

    place_annotation(
        actor=student,
        annotation_id=note.pk,
        targets=[Target(paragraph_id=paragraph_of(assignment, 2).pk)],
    )

    mark.refresh_from_db()
    assert mark.resolution == "It has been moved."


def test_move_is_settled_for_all_who_asked_for_it(assignment, student, classmate, assistant):
    """Each has a line of its own, numbered without a gap."""
    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.COMMENT, body="A remark."),
        targets=[Target(paragraph_id=paragraph_of(assignment).pk)],
    )
    marks = [on_note(note, one, "move") for one in (classmate, assistant)]
    last = Change.objects.latest("counter").counter

    place_annotation(
        actor=student,
        annotation_id=note.pk,
        targets=[Target(paragraph_id=paragraph_of(assignment, 2).pk)],
    )

    lines = Change.objects.filter(counter__gt=last).order_by("counter")
    assert list(lines.values_list("counter", "object_id")) == [
        (last + 1, note.pk),
        *((last + 2 + at, mark.pk) for at, mark in enumerate(marks)),
    ]


def test_unsupported_is_settled_when_staff_link_a_reason(assignment, claim, instructor):
    reason = ClaimFactory(assignment=assignment, text="It worked in 1987.")
    mark = QualityMarkFactory(annotation=None, claim=claim)

    link_claims(
        actor=instructor,
        assignment_id=assignment.pk,
        premise_ids=[reason.pk],
        conclusion_id=claim.pk,
    )

    mark.refresh_from_db()
    assert mark.resolution == "A reason for it has come."


def test_duplicate_is_settled_on_both_when_they_are_merged(assignment, claim, instructor):
    twin = ClaimFactory(assignment=assignment, text="Talks cut risks.")
    marks = [
        QualityMarkFactory(annotation=None, claim=one, type="duplicate") for one in (claim, twin)
    ]

    merge_claims(actor=instructor, claim_id=twin.pk, into_id=claim.pk)

    assert [QualityMark.objects.get(pk=mark.pk).resolution for mark in marks] == [
        "It has been merged.",
        "It has been merged.",
    ]


def test_several_claims_is_settled_when_the_claim_is_split(claim, instructor):
    mark = QualityMarkFactory(annotation=None, claim=claim, type="several_claims")

    split_claim(actor=instructor, claim_id=claim.pk, texts=["Talks cut risks.", "Talks are cheap."])

    mark.refresh_from_db()
    assert mark.resolution == "It has been split."


@pytest.mark.parametrize(
    ("type_", "words"),
    [("several_claims", "It has been split."), ("duplicate", "It has been merged.")],
)
def test_marks_on_a_claim_and_on_its_note_are_settled_together(assignment, classmate, type_, words):
    claim = ClaimFactory(assignment=assignment, asserted=True)
    on_claim = QualityMarkFactory(annotation=None, claim=claim, type=type_, by=classmate)
    on_its_note = QualityMarkFactory(annotation=claim.annotation, type=type_, by=classmate)

    settle_marks(claim, QualityMarkType(type_))

    on_claim.refresh_from_db()
    on_its_note.refresh_from_db()
    assert (on_claim.resolution, on_its_note.resolution) == (words, words)


# -- what is seen ---------------------------------------------------------------------------------


def test_marks_on_what_one_cannot_read_are_not_seen(assignment, student, classmate):
    private = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)
    QualityMarkFactory(annotation=private, by=student)
    QualityMarkAnswerFactory(mark=QualityMarkFactory(annotation=private))

    assert QualityMark.objects.visible_to(student).count() == 2
    assert QualityMark.objects.visible_to(classmate).count() == 0


def test_marks_under_pseudonyms_name_staff_and_oneself_only(
    assignment, note, student, classmate, instructor
):
    assignment.uses_pseudonyms = True
    assignment.save()
    for person in (student, classmate, instructor):
        QualityMarkFactory(annotation=note, by=person)

    def names(user):
        marks = QualityMark.objects.visible_to(user).with_shown_marker(user).order_by("pk")
        return [(one.shown_marker_name, one.names_marker) for one in marks]

    mine, others, staff = (one.display_name for one in (student, classmate, instructor))
    assert names(student) == [(mine, True), ("a member", False), (staff, True)]
    assert names(instructor) == [(mine, True), (others, True), (staff, True)]


def test_marks_name_everybody_without_pseudonyms(note, student, classmate):
    QualityMarkFactory(annotation=note, by=classmate)

    (mark,) = QualityMark.objects.visible_to(student).with_shown_marker(student)
    assert mark.shown_marker_name == classmate.display_name


def test_marks_of_an_assignment_are_those_on_its_notes_claims_and_citations(
    assignment, note, claim, passage, student
):
    elsewhere = QualityMarkFactory(annotation=None, passage=passage, type="misquote")
    found = [
        QualityMarkFactory(annotation=note),
        QualityMarkFactory(annotation=None, claim=claim),
    ]
    QualityMarkFactory()
    marks = QualityMark.objects.visible_to(student)

    assert set(marks.in_assignment(assignment, student)) == set(found)
    AnnotationFactory(assignment=assignment, author=student, evidence=True, passage=passage)
    assert set(marks.in_assignment(assignment, student)) == {*found, elsewhere}


def test_answer_of_somebody_who_left_tells_only_those_who_are_there(seminar, note, classmate):
    left = MembershipFactory(seminar=seminar, role="student").user
    mark = QualityMarkFactory(annotation=note, by=left)
    seminar.memberships.filter(user=left).delete()

    answer_mark(actor=classmate, mark_id=mark.pk, body="Well.")

    assert told(left) == []
    assert Claim.objects.count() == 0
