"""Claims of an essay marked, proposed, accepted, changed, taken off the map and put back."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import Target
from annotations.actions.claims import (
    accept_claim,
    change_claim,
    mark_claim,
    propose_claim,
    restore_claim,
    withdraw_claim,
)
from annotations.models import Change, Claim
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import GroupKind
from tests.expect import expect_refusal
from tests.factories.annotations import AnchorFactory, AnnotationFactory
from tests.factories.argument import ClaimFactory, HouseRulesFactory, RelationFactory
from tests.factories.seminars import GroupFactory

WORDS = "Fairness, not scarcity, moves people."


@pytest.fixture
def words(paragraphs):
    """The second sentence of the first paragraph."""
    return [Target(paragraph_id=paragraphs[0].pk, quote=WORDS)]


@pytest.fixture
def students_mark(assignment):
    return HouseRulesFactory(assignment=assignment, students_mark_claims=True)


def lines():
    """The change lines: type, what happened, status and audience before and after."""
    return [
        (one.type, one.op, one.status_before, one.status_after, one.audience_after)
        for one in Change.objects.order_by("counter")
    ]


def history(claim):
    return list(claim.history.values_list("version", "act", "text"))


# -- marking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["instructor", "assistant"])
def test_mark_puts_words_of_the_essay_on_the_map(who, request, assignment, words):
    claim = mark_claim(
        actor=request.getfixturevalue(who),
        assignment_id=assignment.pk,
        targets=words,
        text=" Fairness  moves people ",
        type="fact",
        is_thesis=True,
    )

    claim.refresh_from_db()
    assert (claim.text, claim.type, claim.is_thesis) == ("Fairness moves people", "fact", True)
    assert (claim.status, claim.origin, claim.version) == ("marked", "essay", 1)
    assert [one.exact for one in claim.anchors.all()] == [WORDS]
    assert history(claim) == [(1, "mark", "Fairness moves people")]
    assert lines() == [("claim", "create", "", "published", "seminar")]


def test_mark_without_text_takes_the_words_themselves(instructor, assignment, words):
    claim = mark_claim(actor=instructor, assignment_id=assignment.pk, targets=words)

    assert claim.text == WORDS


def test_mark_of_a_paragraph_without_text_takes_its_first_sentence(
    instructor, assignment, paragraphs
):
    claim = mark_claim(
        actor=instructor,
        assignment_id=assignment.pk,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )

    assert claim.text == "Cities that price water by use need less of it."


def test_mark_what_the_essay_takes_for_granted_needs_no_words(instructor, assignment):
    claim = mark_claim(
        actor=instructor, assignment_id=assignment.pk, text="Water is scarce.", is_explicit=False
    )

    assert (claim.is_explicit, claim.anchors.count()) == (False, 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "Water is scarce."}, "anchors"),
        ({"text": " ", "is_explicit": False}, "text"),
        ({"text": "x" * 301, "is_explicit": False}, "text"),
        ({"text": "a\x00b", "is_explicit": False}, "text"),
        ({"text": "Water.", "is_explicit": False, "type": "taste"}, "type"),
    ],
)
def test_mark_what_cannot_be_taken_names_the_member(given, field, instructor, assignment):
    expect_refusal(
        Invalid,
        lambda: mark_claim(actor=instructor, assignment_id=assignment.pk, **given),
        field=field,
    )
    assert not Claim.objects.exists()


def test_mark_words_that_do_not_stand_there_is_refused(instructor, assignment, paragraphs):
    wrong = [Target(paragraph_id=paragraphs[1].pk, quote=WORDS)]

    expect_refusal(
        Conflict,
        lambda: mark_claim(actor=instructor, assignment_id=assignment.pk, targets=wrong),
        code="quote_not_found",
    )


def test_mark_in_the_words_of_another_claim_names_that(instructor, assignment, words):
    first = mark_claim(actor=instructor, assignment_id=assignment.pk, targets=words)

    error = expect_refusal(
        Conflict,
        lambda: mark_claim(
            actor=instructor, assignment_id=assignment.pk, targets=words, text=WORDS.upper()
        ),
        code="claim_exists",
        field="text",
    )
    assert error.extra == {"claim": str(first.pk)}


def test_mark_in_the_words_of_a_proposal_one_does_not_see_is_taken(
    student, classmate, assignment, words, students_mark
):
    ClaimFactory(assignment=assignment, text=WORDS, status="proposed", added_by=classmate)

    assert mark_claim(actor=student, assignment_id=assignment.pk, targets=words).status == "marked"


def test_mark_another_thesis_moves_the_mark_for_staff(instructor, assignment, words):
    former = ClaimFactory(assignment=assignment, is_thesis=True)

    mark_claim(actor=instructor, assignment_id=assignment.pk, targets=words, is_thesis=True)

    former.refresh_from_db()
    assert (former.is_thesis, former.version) == (False, 2)
    assert history(former) == [(2, "change", former.text)]


def test_mark_another_thesis_is_refused_to_a_student(student, assignment, words, students_mark):
    ClaimFactory(assignment=assignment, is_thesis=True)

    expect_refusal(
        Conflict,
        lambda: mark_claim(
            actor=student, assignment_id=assignment.pk, targets=words, is_thesis=True
        ),
        field="is_thesis",
    )


def test_mark_is_for_students_where_the_rules_let_them(student, assignment, words, students_mark):
    claim = mark_claim(actor=student, assignment_id=assignment.pk, targets=words)

    assert (claim.status, claim.added_by) == ("marked", student)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("student", NotAllowed),
        ("observer", NotAllowed),
        ("outsider", Missing),
        ("operator", Missing),
        ("anonymous", Missing),
    ],
)
def test_mark_is_refused_to_whoever_does_not_keep_the_map(who, error, request, assignment, words):
    actor = request.getfixturevalue(who)

    expect_refusal(
        error, lambda: mark_claim(actor=actor, assignment_id=assignment.pk, targets=words)
    )


def test_mark_of_an_observer_is_refused_whatever_the_rules(
    observer, assignment, words, students_mark
):
    expect_refusal(
        NotAllowed,
        lambda: mark_claim(actor=observer, assignment_id=assignment.pk, targets=words),
    )


def test_mark_in_an_archived_seminar_is_refused(instructor, seminar, assignment, words):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(
        NotAllowed,
        lambda: mark_claim(actor=instructor, assignment_id=assignment.pk, targets=words),
    )


def test_mark_by_an_assistant_of_sections_is_taken(seminar, assistant, assignment, words):
    membership = seminar.memberships.get(user=assistant)
    membership.is_limited = True
    membership.save()

    claim = mark_claim(actor=assistant, assignment_id=assignment.pk, targets=words)

    assert claim.status == "marked"


# -- proposing ------------------------------------------------------------------------------------


def test_propose_is_seen_by_staff_and_oneself_alone(
    student, classmate, instructor, assignment, words
):
    claim = propose_claim(actor=student, assignment_id=assignment.pk, targets=words)

    assert (claim.status, history(claim)) == ("proposed", [(1, "create", WORDS)])
    assert lines() == [("claim", "create", "", "pending", "staff")]
    readers = [
        who
        for who in (student, classmate, instructor)
        if Claim.objects.visible_to(who).filter(pk=claim.pk)
    ]
    assert readers == [student, instructor]


def test_propose_from_an_annotation_takes_its_claim_and_its_words(student, assignment, paragraphs):
    note = AnnotationFactory(
        assignment=assignment, counterargument=True, counterclaim="Scarcity moves them."
    )
    AnchorFactory(annotation=note, paragraph=paragraphs[1], start=0, end=11, exact="The council")

    claim = propose_claim(actor=student, assignment_id=assignment.pk, annotation_id=note.pk)

    assert (claim.text, claim.origin) == ("Scarcity moves them.", "essay")
    assert [one.exact for one in claim.anchors.all()] == ["The council"]
    assert claim.history.get().details["proposed_from"] == str(note.pk)


def test_propose_from_a_long_annotation_takes_its_first_sentence(student, assignment):
    note = AnnotationFactory(assignment=assignment, body="Prices work. " + "Very well. " * 40)

    claim = propose_claim(
        actor=student, assignment_id=assignment.pk, annotation_id=note.pk, is_explicit=False
    )

    assert claim.text == "Prices work."


@pytest.mark.parametrize("hidden", ["private", "elsewhere", "unknown"])
def test_propose_from_an_annotation_one_may_not_know_is_refused_alike(hidden, student, assignment):
    notes = {
        "private": lambda: AnnotationFactory(assignment=assignment, audience="private").pk,
        "elsewhere": lambda: AnnotationFactory().pk,
        "unknown": uuid.uuid4,
    }

    error = expect_refusal(
        Invalid,
        lambda: propose_claim(
            actor=student, assignment_id=assignment.pk, annotation_id=notes[hidden]()
        ),
        field="annotation",
    )
    assert error.sentence == "This assignment has no such annotation."


@pytest.mark.parametrize(("who", "error"), [("observer", NotAllowed), ("outsider", Missing)])
def test_propose_is_refused_to_whoever_does_not_write(who, error, request, assignment, words):
    actor = request.getfixturevalue(who)

    expect_refusal(
        error, lambda: propose_claim(actor=actor, assignment_id=assignment.pk, targets=words)
    )


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"opens_at": timedelta(days=1)}, "not_open"),
        ({"closes_at": timedelta(seconds=-1)}, "closed"),
    ],
)
def test_propose_outside_the_dates_is_refused(dates, code, student, assignment, words):
    for name, delta in dates.items():
        setattr(assignment, name, timezone.now() + delta)
    assignment.save()

    expect_refusal(
        InvalidState,
        lambda: propose_claim(actor=student, assignment_id=assignment.pk, targets=words),
        code=code,
    )


# -- accepting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["proposed", "implied"])
def test_accept_puts_the_claim_on_the_map(status, instructor, student, assignment):
    claim = ClaimFactory(assignment=assignment, status=status, added_by=student)
    note = AnnotationFactory(assignment=assignment, counterargument=True)
    RelationFactory(
        source=ClaimFactory(annotation=note, asserted=True), target_claim=claim, annotation=note
    )

    accept_claim(actor=instructor, claim_id=claim.pk, version=1, text="Prices work.", type="fact")

    claim.refresh_from_db()
    assert (claim.status, claim.text, claim.type) == ("marked", "Prices work.", "fact")
    assert (claim.version, claim.added_by) == (2, student)
    assert history(claim) == [(2, "mark", "Prices work.")]
    assert lines() == [("claim", "update", "pending", "published", "seminar")]


def test_accept_as_the_thesis_moves_the_mark(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed")
    ClaimFactory(assignment=assignment, is_thesis=True)

    accept_claim(actor=instructor, claim_id=claim.pk, is_thesis=True)

    assert list(Claim.objects.filter(is_thesis=True)) == [claim]


def test_accept_again_does_nothing(instructor, assignment):
    claim = ClaimFactory(assignment=assignment)

    assert accept_claim(actor=instructor, claim_id=claim.pk, text="Other.").version == 1


def test_accept_what_was_taken_off_is_refused(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="withdrawn")

    expect_refusal(InvalidState, lambda: accept_claim(actor=instructor, claim_id=claim.pk))


def test_accept_an_older_version_is_stale(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed", version=2)

    error = expect_refusal(
        Stale, lambda: accept_claim(actor=instructor, claim_id=claim.pk, version=1)
    )
    assert error.extra == {"current_version": 2}


def test_accept_ones_own_proposal_is_for_students_who_mark(student, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed", added_by=student)
    expect_refusal(NotAllowed, lambda: accept_claim(actor=student, claim_id=claim.pk))

    HouseRulesFactory(assignment=assignment, students_mark_claims=True)

    assert accept_claim(actor=student, claim_id=claim.pk).status == "marked"


def test_accept_a_proposal_of_another_section_is_missing(seminar, assistant, student, assignment):
    membership = seminar.memberships.get(user=assistant)
    membership.is_limited = True
    membership.save()
    membership.sections.set([GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[])])
    claim = ClaimFactory(assignment=assignment, status="proposed", added_by=student)

    expect_refusal(Missing, lambda: accept_claim(actor=assistant, claim_id=claim.pk))


# -- changing -------------------------------------------------------------------------------------


def test_change_words_is_kept_as_rewording(instructor, assignment):
    claim = ClaimFactory(assignment=assignment)

    change_claim(actor=instructor, claim_id=claim.pk, version=1, text="Prices work.", type="value")

    claim.refresh_from_db()
    assert (claim.text, claim.type, claim.version) == ("Prices work.", "value", 2)
    assert history(claim) == [(2, "reword", "Prices work.")]


def test_change_of_what_it_is_is_kept_as_change(instructor, assignment):
    claim = ClaimFactory(assignment=assignment)

    change_claim(actor=instructor, claim_id=claim.pk, has_burden=True, is_explicit=False)

    details = claim.history.get(act="change").details
    assert (details["has_burden"], details["is_explicit"]) == (True, False)


def test_change_nothing_leaves_no_trace(instructor, assignment):
    claim = ClaimFactory(assignment=assignment)

    assert change_claim(actor=instructor, claim_id=claim.pk, text=claim.text).version == 1
    assert (history(claim), lines()) == ([], [])


@pytest.mark.parametrize(("given", "field"), [({"text": " "}, "text"), ({"type": "taste"}, "type")])
def test_change_to_what_cannot_be_taken_names_the_member(given, field, instructor, assignment):
    claim = ClaimFactory(assignment=assignment)

    expect_refusal(
        Invalid, lambda: change_claim(actor=instructor, claim_id=claim.pk, **given), field=field
    )


def test_change_to_the_words_of_another_is_refused(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, text="One.")
    ClaimFactory(assignment=assignment, text="Two.")

    expect_refusal(
        Conflict,
        lambda: change_claim(actor=instructor, claim_id=claim.pk, text="two."),
        code="claim_exists",
    )


@pytest.mark.parametrize("state", ["proposed", "merged"])
def test_change_to_the_thesis_of_what_does_not_stand_for_itself_is_refused(
    state, instructor, assignment
):
    into = ClaimFactory(assignment=assignment, text="Another.")
    fields = {"proposed": {"status": "proposed"}, "merged": {"merged_into": into}}
    claim = ClaimFactory(assignment=assignment, **fields[state])

    expect_refusal(
        Invalid,
        lambda: change_claim(actor=instructor, claim_id=claim.pk, is_thesis=True),
        field="is_thesis",
    )


def test_change_of_an_older_version_is_stale(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, version=3)

    expect_refusal(
        Stale,
        lambda: change_claim(actor=instructor, claim_id=claim.pk, version=2, text="Other."),
        field="version",
    )


def test_change_of_what_was_taken_off_is_refused(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="withdrawn")

    expect_refusal(
        InvalidState, lambda: change_claim(actor=instructor, claim_id=claim.pk, text="Other.")
    )


def test_change_of_an_annotations_claim_is_refused(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, asserted=True)

    expect_refusal(
        NotAllowed, lambda: change_claim(actor=instructor, claim_id=claim.pk, text="Other.")
    )


def test_change_of_ones_own_proposal_is_ones_own(student, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed", added_by=student)

    assert change_claim(actor=student, claim_id=claim.pk, text="Other.").text == "Other."
    expect_refusal(
        NotAllowed, lambda: change_claim(actor=student, claim_id=claim.pk, has_burden=True)
    )


def test_change_of_what_is_on_the_map_is_for_students_who_marked_it(student, assignment):
    own = ClaimFactory(assignment=assignment, added_by=student)
    other = ClaimFactory(assignment=assignment, text="Another one.")
    expect_refusal(NotAllowed, lambda: change_claim(actor=student, claim_id=own.pk, text="Other."))

    HouseRulesFactory(assignment=assignment, students_mark_claims=True)

    assert change_claim(actor=student, claim_id=own.pk, text="Other.").text == "Other."
    expect_refusal(NotAllowed, lambda: change_claim(actor=student, claim_id=other.pk, text="Mine."))


@pytest.mark.parametrize(
    ("who", "error"),
    [("classmate", NotAllowed), ("observer", NotAllowed), ("outsider", Missing)],
)
def test_change_is_refused_to_others(who, error, request, assignment):
    claim = ClaimFactory(assignment=assignment)

    expect_refusal(
        error,
        lambda: change_claim(actor=request.getfixturevalue(who), claim_id=claim.pk, text="Other."),
    )


def test_change_of_a_proposal_of_others_is_missing(classmate, student, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed", added_by=student)

    expect_refusal(Missing, lambda: change_claim(actor=classmate, claim_id=claim.pk, text="Other."))


# -- taking off and putting back ------------------------------------------------------------------


@pytest.mark.parametrize(("status", "before"), [("marked", "published"), ("proposed", "pending")])
def test_withdraw_takes_it_off_and_restore_puts_it_back(status, before, instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status=status)
    change_claim(actor=instructor, claim_id=claim.pk, type="fact")

    withdraw_claim(actor=instructor, claim_id=claim.pk, version=2)
    claim.refresh_from_db()
    assert (claim.status, claim.version) == ("withdrawn", 3)
    restore_claim(actor=instructor, claim_id=claim.pk, version=3)

    claim.refresh_from_db()
    assert (claim.status, claim.version) == (status, 4)
    assert [act for _, act, _ in history(claim)] == ["change", "withdraw", "restore"]
    assert [line[1:4] for line in lines()[1:]] == [
        ("withdraw", before, "withdrawn"),
        ("update", "withdrawn", before),
    ]


def test_withdraw_and_restore_again_do_nothing(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="withdrawn")
    assert withdraw_claim(actor=instructor, claim_id=claim.pk).version == 1

    assert restore_claim(actor=instructor, claim_id=claim.pk).status == "marked"
    assert restore_claim(actor=instructor, claim_id=claim.pk).version == 2


def test_restore_a_thesis_where_another_is_leaves_that(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="withdrawn", is_thesis=True)
    ClaimFactory(assignment=assignment, is_thesis=True)

    assert restore_claim(actor=instructor, claim_id=claim.pk).is_thesis is False


@pytest.mark.parametrize("act", [withdraw_claim, restore_claim])
def test_withdraw_and_restore_of_an_older_version_are_stale(act, instructor, assignment):
    claim = ClaimFactory(assignment=assignment, version=2)

    expect_refusal(Stale, lambda: act(actor=instructor, claim_id=claim.pk, version=1))


def test_restore_is_for_whoever_took_it_off(student, assignment, words):
    claim = propose_claim(actor=student, assignment_id=assignment.pk, targets=words)
    withdraw_claim(actor=student, claim_id=claim.pk)

    assert restore_claim(actor=student, claim_id=claim.pk).status == "proposed"


def test_restore_of_what_staff_dismissed_is_refused_to_its_proposer(
    student, instructor, assignment
):
    claim = ClaimFactory(assignment=assignment, status="proposed", added_by=student)
    withdraw_claim(actor=instructor, claim_id=claim.pk)

    expect_refusal(NotAllowed, lambda: restore_claim(actor=student, claim_id=claim.pk))


def test_restore_of_an_annotations_claim_is_refused(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, asserted=True)

    expect_refusal(NotAllowed, lambda: restore_claim(actor=instructor, claim_id=claim.pk))
