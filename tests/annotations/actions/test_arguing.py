"""What annotating makes of the argument: claims, reasons, attacks and concessions, row by row."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.actions import (
    Content,
    SourceInput,
    Target,
    create_annotation,
    edit_annotation,
    withdraw_annotation,
)
from annotations.actions.arguing import attach_argument, refuse_cycle
from annotations.enums import (
    Attacks,
    Audience,
    ClaimOrigin,
    Kind,
    MapStatus,
    Stance,
)
from annotations.models import Claim, ClaimAnchor, Concession, Inference, Relation
from debate.core.errors import Invalid
from tests.expect import expect_refusal
from tests.factories.annotations import (
    AnnotationFactory,
    annotation_on,
)
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.essays import essay_of

MARKED = "Cities that price water by use need less of it."
UNMARKED = "Fairness, not scarcity, moves people."
COUNTER = Content(
    kind=Kind.COUNTERARGUMENT, body="Prices fell. Use rose.", counterclaim="Use rose."
)
SUPPORT = Content(kind=Kind.SUPPORT, body="Meters make waste **visible**. I saw it.")
CONCESSION = Content(kind=Kind.CONCESSION, body="Granted.", scope="in dry years")
FOR = Content(
    kind=Kind.EVIDENCE,
    stance=Stance.SUPPORTS,
    warrant="It measured use.",
    source=SourceInput(link="https://example.org/survey"),
)
AGAINST = replace(FOR, stance=Stance.ATTACKS)
CONTEXT = replace(FOR, stance=Stance.CONTEXT)
COMMENT = Content(kind=Kind.COMMENT, body="Look at Perth. It is dry.")
QUESTION = Content(kind=Kind.QUESTION, body="Is that so?")
NOTHING: tuple[list, list, list] = ([], [], [])


def made_by(annotation):
    """Its attacks, reasons and concessions, by the words of the claims."""
    own = {"annotation": annotation}
    targets = ("target_claim__text", "target_inference__conclusion__text", "target_evidence__body")
    return (
        list(Relation.objects.filter(**own).values_list("kind", "source__text", *targets)),
        list(Inference.objects.filter(**own).values_list("conclusion__text", "premises__text", "warrant")),
        list(Concession.objects.filter(**own).values_list("claim__text", "scope")),
    )  # fmt: skip


def attack(kind, target, *, source="Use rose."):
    return ([(kind, source, target, None, None)], [], [])


def undercut(conclusion, *, source="Use rose."):
    return ([("undercuts", source, None, conclusion, None)], [], [])


def on_evidence(kind="undermines", *, source="Use rose."):
    return ([(kind, source, None, None, "The survey.")], [], [])


def reason(conclusion, premise="Meters make waste visible.", warrant=""):
    return ([], [(conclusion, premise, warrant)], [])


def backed(conclusion):
    return reason(conclusion, premise=None, warrant="It measured use.")


def granted(claim):
    return ([], [], [(claim, "in dry years")])


@pytest.fixture
def marked(assignment, paragraphs, instructor):
    """A claim of the essay on the map, on the first sentence of the first paragraph."""
    claim = ClaimFactory(assignment=assignment, text="Pricing saves water.", added_by=instructor)
    ClaimAnchorFactory(claim=claim, paragraph=paragraphs[0], start=0, end=len(MARKED), exact=MARKED)
    return claim


@pytest.fixture
def post(assignment, student, paragraphs):
    """`post(content, words)`: the student's note on words of the first paragraph, or all of it."""

    def create(content, quote="", *, actor=student, paragraph=paragraphs[0], **given):
        targets = [] if "parent_id" in given else [Target(paragraph_id=paragraph.pk, quote=quote)]
        return create_annotation(
            actor=actor, assignment_id=assignment.pk, content=content, targets=targets, **given
        )

    return create


@pytest.fixture
def edit(student):
    """`edit(annotation, content)`: the student edits it."""

    def change(annotation, content):
        return edit_annotation(actor=student, annotation_id=annotation.pk, content=content)

    return change


# -- on the essay ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (COMMENT, NOTHING),
        (QUESTION, NOTHING),
        (CONTEXT, NOTHING),
        (SUPPORT, reason("Pricing saves water.")),
        (FOR, backed("Pricing saves water.")),
        (AGAINST, attack("rebuts", "Pricing saves water.", source=None)),
        (CONCESSION, granted("Pricing saves water.")),
        (COUNTER, attack("rebuts", "Pricing saves water.")),
        (replace(COUNTER, attacks="unspecified"), attack("rebuts", "Pricing saves water.")),
        (replace(COUNTER, attacks="conclusion"), attack("rebuts", "Pricing saves water.")),
        (replace(COUNTER, attacks="reason"), attack("undermines", "Pricing saves water.")),
        (replace(COUNTER, attacks="step"), attack("undermines", "Pricing saves water.")),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
@pytest.mark.parametrize("quote", [MARKED, "price water", ""])
def test_note_where_a_claim_is_marked_bears_on_it(quote, content, expected, post, marked):
    assert made_by(post(content, quote)) == expected
    assert list(Claim.objects.filter(annotation=None)) == [marked]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SUPPORT, reason(UNMARKED)),
        (FOR, backed(UNMARKED)),
        (AGAINST, attack("rebuts", UNMARKED, source=None)),
        (CONCESSION, granted(UNMARKED)),
        (COUNTER, attack("rebuts", UNMARKED)),
        (replace(COUNTER, attacks="reason"), attack("undermines", UNMARKED)),
        (replace(COUNTER, attacks="step"), attack("undermines", UNMARKED)),
    ],
)
def test_note_on_words_that_nobody_marked_implies_a_claim_of_them(
    content, expected, post, marked, student, assignment, paragraphs
):
    assert made_by(post(content, UNMARKED)) == expected

    implied = Claim.objects.get(status=MapStatus.IMPLIED)
    place = implied.anchors.get()
    assert (implied.assignment, implied.added_by, implied.origin) == (
        assignment,
        student,
        ClaimOrigin.ESSAY,
    )
    assert (place.paragraph, place.exact, place.revision) == (
        paragraphs[0],
        UNMARKED,
        assignment.revision,
    )
    assert implied.history.get().text == UNMARKED


@pytest.mark.parametrize("content", [COMMENT, QUESTION, CONTEXT])
def test_note_that_argues_nothing_makes_no_claim(content, post):
    post(content, UNMARKED)

    assert not Claim.objects.exists()


def test_note_on_a_whole_paragraph_implies_its_first_sentence(post, paragraphs):
    post(COUNTER)

    assert Claim.objects.get(annotation=None).text == MARKED
    place = ClaimAnchor.objects.get()
    assert (place.paragraph, place.start, place.exact) == (paragraphs[0], None, None)


def test_note_on_a_whole_paragraph_means_the_claim_that_is_the_paragraph(
    post, marked, paragraphs, assignment
):
    whole = ClaimFactory(assignment=assignment, text="Price it.")
    ClaimAnchorFactory(claim=whole, paragraph=paragraphs[0])

    assert made_by(post(COUNTER)) == attack("rebuts", "Price it.")
    assert made_by(post(COUNTER, MARKED)) == attack("rebuts", "Pricing saves water.")


def test_note_on_several_paragraphs_means_the_claim_marked_in_any(
    assignment, student, paragraphs, marked
):
    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=COUNTER,
        targets=[Target(paragraph_id=one.pk) for one in (paragraphs[2], paragraphs[0])],
    )

    assert made_by(note) == attack("rebuts", "Pricing saves water.")


def test_note_between_two_claims_means_the_one_with_more_of_its_words(
    post, marked, paragraphs, assignment
):
    other = ClaimFactory(assignment=assignment, text="People want fairness.")
    start = len(MARKED) + 1
    ClaimAnchorFactory(
        claim=other,
        paragraph=paragraphs[0],
        start=start,
        end=start + len(UNMARKED),
        exact=UNMARKED,
    )

    assert made_by(post(COUNTER, f"of it. {UNMARKED}")) == attack("rebuts", "People want fairness.")


def test_note_on_the_words_of_an_implied_claim_bears_on_that(post, classmate):
    post(COUNTER, UNMARKED)
    post(SUPPORT, "Fairness, not scarcity", actor=classmate)

    assert Claim.objects.filter(annotation=None).count() == 1


def test_note_on_few_words_of_a_sentence_bears_on_the_claim_that_it_makes(post):
    post(COUNTER, "people")
    post(SUPPORT, UNMARKED[:12])

    implied = Claim.objects.get(annotation=None)
    assert (implied.text, implied.anchors.get().exact) == (UNMARKED, UNMARKED)


@pytest.mark.parametrize("state", ["withdrawn", "merged"])
def test_note_where_a_claim_is_gone_bears_on_what_stands_for_it(state, post, marked, assignment):
    other = ClaimFactory(assignment=assignment, text="Prices work.")
    changes = {"withdrawn": {"status": "withdrawn"}, "merged": {"merged_into": other}}
    Claim.objects.filter(pk=marked.pk).update(**changes[state])

    expected = {"withdrawn": MARKED, "merged": "Prices work."}
    assert made_by(post(COUNTER, MARKED)) == attack("rebuts", expected[state])


@pytest.mark.parametrize("leads", ["to", "from"])
def test_note_against_a_step_attacks_the_marked_one(leads, post, marked, assignment):
    other = ClaimFactory(assignment=assignment, text="Meters are cheap.")
    ends = {"to": (marked, other), "from": (other, marked)}
    conclusion, premise = ends[leads]
    InferenceFactory(conclusion=conclusion, premises=[premise])

    note = post(replace(COUNTER, attacks=Attacks.STEP), MARKED)

    assert made_by(note) == undercut(conclusion.text)


def test_note_against_a_step_prefers_the_one_that_leads_to_the_claim(post, marked, assignment):
    other = ClaimFactory(assignment=assignment, text="Meters are cheap.")
    InferenceFactory(conclusion=other, premises=[marked])
    InferenceFactory(conclusion=marked, premises=[ClaimFactory(assignment=assignment)])

    note = post(replace(COUNTER, attacks=Attacks.STEP), MARKED)

    assert made_by(note) == undercut("Pricing saves water.")


@pytest.mark.parametrize("status", ["proposed", "withdrawn"])
def test_note_against_a_step_that_is_not_on_the_map_undermines_the_claim(
    status, post, marked, assignment, student
):
    premise = ClaimFactory(assignment=assignment)
    InferenceFactory(conclusion=marked, premises=[premise], status=status, added_by=student)

    note = post(replace(COUNTER, attacks=Attacks.STEP), MARKED)

    assert made_by(note) == attack("undermines", "Pricing saves water.")


def test_claim_asserted_is_in_one_line_without_markup(post, marked, student):
    note = post(SUPPORT, MARKED)

    claim = note.claim
    assert claim.text == "Meters make waste visible."
    assert (claim.origin, claim.added_by, claim.status) == ("annotation", student, "marked")


def test_claim_of_a_body_without_words_is_the_body(post, marked):
    assert post(replace(SUPPORT, body="***"), MARKED).claim.text == "***"


def test_claim_of_a_long_sentence_is_cut_at_a_word(post, marked):
    note = post(replace(SUPPORT, body="word " * 200), MARKED)

    assert note.claim.text.endswith("word…")
    assert len(note.claim.text) <= 300


def test_note_written_on_words_that_are_gone_stands_on_them_without_a_place(
    assignment, student, essay, paragraphs
):
    newer = essay_of("Nothing of it is left.", seminar=essay.seminar).current_revision
    newer.essay, newer.number = essay, 2
    newer.save()
    assignment.revision = newer
    assignment.save()

    note = create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=COUNTER,
        targets=[Target(paragraph_id=paragraphs[0].pk, quote=UNMARKED)],
    )

    assert made_by(note) == attack("rebuts", UNMARKED)
    claim = Claim.objects.get(annotation=None)
    places = claim.anchors.order_by("revision__number")
    assert [(one.revision.number, one.state, one.exact) for one in places] == [
        (1, "created", UNMARKED),
        (2, "orphaned", UNMARKED),
    ]


# -- as a reply --------------------------------------------------------------------------------

R = "Meters make waste visible."
P = "Pricing saves water."
SURVEY = {"body": "The survey."}

# What each reply makes: to what is replied, by what, the rows.
REPLIES = [
    (COMMENT, SUPPORT, reason("Look at Perth.")),
    (COMMENT, FOR, backed("Look at Perth.")),
    (COMMENT, AGAINST, attack("rebuts", "Look at Perth.", source=None)),
    (COMMENT, CONCESSION, granted("Look at Perth.")),
    (COMMENT, COUNTER, attack("rebuts", "Look at Perth.")),
    (COMMENT, replace(COUNTER, attacks="reason"), attack("undermines", "Look at Perth.")),
    (COMMENT, replace(COUNTER, attacks="step"), attack("undermines", "Look at Perth.")),
    (QUESTION, SUPPORT, reason(P)),
    (QUESTION, FOR, backed(P)),
    (QUESTION, AGAINST, attack("rebuts", P, source=None)),
    (QUESTION, CONCESSION, granted(P)),
    (QUESTION, COUNTER, attack("rebuts", P)),
    (QUESTION, replace(COUNTER, attacks="reason"), attack("undermines", P)),
    (SUPPORT, replace(SUPPORT, body="Perth has them."), reason(R, "Perth has them.")),
    (SUPPORT, FOR, backed(R)),
    (SUPPORT, AGAINST, attack("rebuts", R, source=None)),
    (SUPPORT, CONCESSION, granted(R)),
    (SUPPORT, COUNTER, attack("rebuts", P)),
    (SUPPORT, replace(COUNTER, attacks="reason"), attack("undermines", R)),
    (SUPPORT, replace(COUNTER, attacks="step"), undercut(P)),
    (FOR, SUPPORT, reason(P)),
    (FOR, FOR, backed(P)),
    (FOR, AGAINST, attack("rebuts", P, source=None)),
    (FOR, CONCESSION, granted(P)),
    (FOR, COUNTER, attack("rebuts", P)),
    (FOR, replace(COUNTER, attacks="reason"), on_evidence()),
    (FOR, replace(COUNTER, attacks="step"), undercut(P)),
    (AGAINST, SUPPORT, reason("The survey.")),
    (AGAINST, FOR, backed("The survey.")),
    (AGAINST, AGAINST, on_evidence(source=None)),
    (AGAINST, CONCESSION, granted("The survey.")),
    (AGAINST, COUNTER, on_evidence()),
    (AGAINST, replace(COUNTER, attacks="reason"), on_evidence()),
    (AGAINST, replace(COUNTER, attacks="step"), on_evidence()),
    (CONTEXT, SUPPORT, reason("The survey.")),
    (CONTEXT, AGAINST, on_evidence(source=None)),
    (CONTEXT, CONCESSION, granted("The survey.")),
    (CONTEXT, COUNTER, on_evidence()),
    (COUNTER, SUPPORT, reason("Use rose.")),
    (COUNTER, FOR, backed("Use rose.")),
    (COUNTER, AGAINST, attack("rebuts", "Use rose.", source=None)),
    (COUNTER, CONCESSION, granted("Use rose.")),
    (COUNTER, replace(COUNTER, counterclaim="It fell."), attack("rebuts", "Use rose.", source="It fell.")),
    (COUNTER, replace(COUNTER, counterclaim="It fell.", attacks="reason"),
     attack("undermines", "Use rose.", source="It fell.")),
    (COUNTER, replace(COUNTER, counterclaim="It fell.", attacks="step"),
     attack("undermines", "Use rose.", source="It fell.")),
    (CONCESSION, SUPPORT, reason("Granted.")),
    (CONCESSION, COUNTER, attack("rebuts", "Granted.")),
    (CONCESSION, AGAINST, attack("rebuts", "Granted.", source=None)),
    (CONCESSION, CONCESSION, granted("Granted.")),
    *[(parent, one, NOTHING) for parent in (COMMENT, SUPPORT, COUNTER, FOR) for one in (COMMENT, QUESTION, CONTEXT)],
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "expected"), REPLIES)
def test_reply_bears_on_what_it_answers(first, then, expected, post, marked, classmate):
    said = replace(first, **SURVEY) if first.kind == Kind.EVIDENCE else first
    parent = post(said, MARKED, actor=classmate)

    assert made_by(post(then, parent_id=parent.pk)) == expected
    assert not Claim.objects.filter(annotation__kind=Kind.QUESTION).exists()


def test_reply_to_a_question_about_a_note_bears_on_that_note(post, marked, classmate):
    counter = post(COUNTER, MARKED, actor=classmate)
    question = post(QUESTION, parent_id=counter.pk)
    further = post(QUESTION, parent_id=question.pk)

    assert made_by(post(FOR, parent_id=further.pk)) == backed("Use rose.")


def test_reply_to_a_question_on_unmarked_words_implies_their_claim(post, classmate):
    question = post(QUESTION, UNMARKED, actor=classmate)

    assert made_by(post(SUPPORT, parent_id=question.pk)) == reason(UNMARKED)


def test_replies_to_a_comment_share_its_claim(post, marked, classmate):
    comment = post(COMMENT, MARKED, actor=classmate)
    post(SUPPORT, parent_id=comment.pk)
    post(COUNTER, parent_id=comment.pk)

    assert comment.claim.text == "Look at Perth."
    assert comment.claim.added_by == classmate


def test_reply_bears_on_what_the_parents_claim_is_merged_into(post, marked, assignment, classmate):
    counter = post(COUNTER, MARKED, actor=classmate)
    support = post(SUPPORT, MARKED, actor=classmate)
    Claim.objects.filter(pk__in=[counter.claim.pk, marked.pk]).update(
        merged_into=ClaimFactory(assignment=assignment, text="Prices work.")
    )

    assert made_by(post(AGAINST, parent_id=counter.pk)) == attack(
        "rebuts", "Prices work.", source=None
    )
    assert made_by(post(COUNTER, parent_id=support.pk)) == attack("rebuts", "Prices work.")


# -- a claim that is named ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SUPPORT, reason("Fairness decides.")),
        (FOR, backed("Fairness decides.")),
        (AGAINST, attack("rebuts", "Fairness decides.", source=None)),
        (CONCESSION, granted("Fairness decides.")),
        (COUNTER, attack("rebuts", "Fairness decides.")),
        (replace(COUNTER, attacks="reason"), attack("undermines", "Fairness decides.")),
    ],
)
@pytest.mark.parametrize("as_reply", [False, True])
def test_claim_named_is_the_one_that_is_met(
    as_reply, content, expected, post, marked, assignment, classmate
):
    named = ClaimFactory(assignment=assignment, text="Fairness decides.")
    parent = post(COUNTER, MARKED, actor=classmate)
    where = {"parent_id": parent.pk} if as_reply else {}

    assert made_by(post(replace(content, claim_id=named.pk), **where)) == expected


def test_claim_named_of_another_note_is_met(post, marked, classmate):
    other = post(COUNTER, MARKED, actor=classmate)

    note = post(replace(SUPPORT, claim_id=other.claim.pk), UNMARKED)

    assert made_by(note) == reason("Use rose.")


def test_claim_named_that_is_merged_stands_for_the_other(post, assignment):
    into = ClaimFactory(assignment=assignment, text="Prices work.")
    named = ClaimFactory(assignment=assignment, merged_into=into)

    assert made_by(post(replace(COUNTER, claim_id=named.pk))) == attack("rebuts", "Prices work.")


def test_claim_named_that_is_merged_into_one_unseen_stands_for_itself(post, assignment, classmate):
    hidden = annotation_on(
        assignment.revision.paragraphs.first(),
        assignment=assignment,
        author=classmate,
        counterargument=True,
        audience=Audience.PRIVATE,
    )
    into = ClaimFactory(
        assignment=assignment, origin="annotation", annotation=hidden, added_by=classmate
    )
    named = ClaimFactory(assignment=assignment, text="Prices work.", merged_into=into)

    assert made_by(post(replace(COUNTER, claim_id=named.pk))) == attack("rebuts", "Prices work.")


def foreign(assignment, student, classmate):
    return ClaimFactory()


def withdrawn(assignment, student, classmate):
    return ClaimFactory(assignment=assignment, status=MapStatus.WITHDRAWN, added_by=student)


def proposed_by_another(assignment, student, classmate):
    return ClaimFactory(assignment=assignment, status=MapStatus.PROPOSED, added_by=classmate)


def implied_by_another(assignment, student, classmate):
    return ClaimFactory(assignment=assignment, status=MapStatus.IMPLIED, added_by=classmate)


def of_a_private_note(assignment, student, classmate):
    note = AnnotationFactory(
        assignment=assignment, author=classmate, counterargument=True, audience=Audience.PRIVATE
    )
    return ClaimFactory(assignment=assignment, origin="annotation", annotation=note)


@pytest.mark.parametrize(
    "make", [foreign, withdrawn, proposed_by_another, implied_by_another, of_a_private_note]
)
def test_claim_named_that_cannot_be_met_is_the_same_as_absent(
    make, post, assignment, student, classmate
):
    absent = expect_refusal(Invalid, lambda: post(replace(COUNTER, claim_id=uuid4())))
    claim = make(assignment, student, classmate)

    refused = expect_refusal(Invalid, lambda: post(replace(COUNTER, claim_id=claim.pk)))

    assert (refused.field, refused.sentence) == (absent.field, absent.sentence)
    assert refused.field == "claim"


def test_claim_named_of_a_note_that_no_longer_stands_is_refused(post, marked, student):
    mine = post(COUNTER, MARKED)
    withdraw_annotation(actor=student, annotation_id=mine.pk)

    error = expect_refusal(
        Invalid, lambda: post(replace(SUPPORT, claim_id=mine.claim.pk)), field="claim"
    )
    assert error.sentence == "What makes that claim is not published."


def test_claim_named_is_ones_own_is_refused(post, edit, marked):
    mine = post(COUNTER, MARKED)

    expect_refusal(
        Invalid, lambda: edit(mine, replace(COUNTER, claim_id=mine.claim.pk)), field="claim"
    )


@pytest.mark.parametrize("content", [COMMENT, QUESTION, CONTEXT])
def test_claim_named_by_what_argues_nothing_is_refused(content, post, marked):
    expect_refusal(
        Invalid, lambda: post(replace(content, claim_id=marked.pk), MARKED), field="claim"
    )


# Who reads the note whose claim is named, who reads the new one, and whether that is taken.
AUDIENCES = [
    ("private", "private", True),
    ("private", "staff", False),
    ("private", "group", False),
    ("private", "seminar", False),
    ("staff", "private", True),
    ("staff", "staff", True),
    ("staff", "group", False),
    ("staff", "seminar", False),
    ("group", "private", True),
    ("group", "staff", False),
    ("group", "group", True),
    ("group", "seminar", False),
    ("seminar", "private", True),
    ("seminar", "staff", True),
    ("seminar", "group", True),
    ("seminar", "seminar", True),
    ("seminar", "public", False),
    ("public", "seminar", True),
    ("public", "public", True),
]


@pytest.mark.parametrize(("of_claim", "of_note", "is_taken"), AUDIENCES)
def test_claim_named_must_be_read_by_all_who_read_the_note(
    of_claim, of_note, is_taken, post, marked, group, seminar, essay
):
    seminar.allows_public = essay.is_public = True
    seminar.save()
    essay.save()
    of_group = {"group": group.pk}
    first = post(replace(COUNTER, audience=of_claim, group_id=of_group.get(of_claim)), MARKED)
    note = replace(
        SUPPORT, audience=of_note, group_id=of_group.get(of_note), claim_id=first.claim.pk
    )
    outcome = {
        True: lambda: post(note, MARKED).inference.conclusion == first.claim,
        False: lambda: expect_refusal(Invalid, lambda: post(note, MARKED), field="claim"),
    }

    assert outcome[is_taken]()


def test_scope_of_what_concedes_nothing_is_refused(post, marked):
    expect_refusal(
        Invalid, lambda: post(replace(COMMENT, scope="in part"), MARKED), field="concession"
    )


def test_scope_too_long_is_refused_where_it_was_given(post, marked):
    expect_refusal(
        Invalid,
        lambda: post(replace(CONCESSION, scope="x" * 501), MARKED),
        field="concession.scope",
    )


# -- blind rounds ------------------------------------------------------------------------------


def test_implied_claim_of_another_in_a_blind_round_is_neither_used_nor_seen(
    post, assignment, student, classmate
):
    assignment.rounds.update(mode="blind", ends_at=timezone.now() + timedelta(days=1))
    theirs = post(COUNTER, UNMARKED, actor=classmate)
    mine = post(COUNTER, UNMARKED)

    first, second = theirs.relation.target_claim, mine.relation.target_claim
    assert first != second
    assert set(Claim.objects.visible_to(student)) == {mine.claim, second}
    expect_refusal(Invalid, lambda: post(replace(COUNTER, claim_id=first.pk)), field="claim")


def test_implied_claim_of_a_blind_round_that_has_ended_is_shared(post, assignment, classmate):
    assignment.rounds.update(mode="blind", ends_at=timezone.now())
    theirs = post(COUNTER, UNMARKED, actor=classmate)
    assignment.rounds.update(ends_at=timezone.now())

    assert post(SUPPORT, UNMARKED).inference.conclusion == theirs.relation.target_claim


@pytest.mark.parametrize("audience", ["private", "staff"])
def test_implied_claim_of_what_one_may_not_read_is_passed_over(audience, post, classmate, student):
    theirs = post(replace(COUNTER, audience=audience), UNMARKED, actor=classmate)
    mine = post(COUNTER, UNMARKED)

    assert mine.relation.target_claim != theirs.relation.target_claim


# -- edits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (COMMENT, COUNTER, attack("rebuts", P)),
        (COUNTER, COMMENT, NOTHING),
        (COUNTER, QUESTION, NOTHING),
        (COUNTER, SUPPORT, reason(P)),
        (COUNTER, CONCESSION, granted(P)),
        (COUNTER, FOR, backed(P)),
        (SUPPORT, COUNTER, attack("rebuts", P)),
        (SUPPORT, FOR, backed(P)),
        (FOR, SUPPORT, reason(P)),
        (FOR, AGAINST, attack("rebuts", P, source=None)),
        (AGAINST, FOR, backed(P)),
        (FOR, CONTEXT, NOTHING),
        (CONTEXT, FOR, backed(P)),
        (CONCESSION, COUNTER, attack("rebuts", P)),
        (COUNTER, replace(COUNTER, attacks="reason"), attack("undermines", P)),
        (replace(COUNTER, attacks="reason"), COUNTER, attack("rebuts", P)),
        (COUNTER, replace(COUNTER, counterclaim="It rose."), attack("rebuts", P, source="It rose.")),
        (SUPPORT, replace(SUPPORT, body="Seen in Perth."), reason(P, "Seen in Perth.")),
        (FOR, replace(FOR, warrant="It measured."), reason(P, None, "It measured.")),
        (CONCESSION, replace(CONCESSION, scope="always"), ([], [], [(P, "always")])),
        (CONCESSION, replace(CONCESSION, scope=""), ([], [], [(P, "")])),
    ],
)  # fmt: skip
def test_edit_makes_what_the_note_says_now_and_nothing_else(
    before, after, expected, post, edit, marked
):
    note = post(before, MARKED)

    edit(note, after)

    assert made_by(note) == expected
    asserts = after.kind in {Kind.COUNTERARGUMENT, Kind.SUPPORT}
    assert Claim.objects.filter(annotation=note).count() == asserts


def test_edit_keeps_the_row_and_counts_its_version(post, edit, marked):
    note = post(COUNTER, MARKED)
    made = note.relation

    edit(note, replace(COUNTER, attacks=Attacks.REASON))

    made.refresh_from_db()
    assert (made.kind, made.version) == ("undermines", 2)


def test_edit_of_the_words_alone_leaves_the_relation_as_it_was(post, edit, marked):
    note = post(COUNTER, MARKED)

    edit(note, replace(COUNTER, counterclaim="It rose."))

    claim = Claim.objects.get(annotation=note)
    assert (claim.text, claim.version, claim.attacks_made.get().version) == ("It rose.", 2, 1)


@pytest.mark.parametrize("content", [COUNTER, SUPPORT, FOR, AGAINST, CONCESSION, COMMENT])
def test_edit_without_a_change_changes_nothing(content, post, edit, marked):
    note = post(content, MARKED)
    was = made_by(note)

    assert edit(note, content).version == 1
    assert made_by(note) == was


def test_edit_that_names_the_claim_that_it_bears_on_already_changes_nothing(post, edit, marked):
    note = post(COUNTER, MARKED)

    assert edit(note, replace(COUNTER, claim_id=marked.pk)).version == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (COUNTER, attack("rebuts", "Fairness decides.")),
        (SUPPORT, reason("Fairness decides.")),
        (FOR, backed("Fairness decides.")),
        (CONCESSION, granted("Fairness decides.")),
    ],
)
def test_edit_that_names_another_claim_bears_on_that(
    content, expected, post, edit, marked, assignment
):
    note = post(content, MARKED)
    other = ClaimFactory(assignment=assignment, text="Fairness decides.")

    assert edit(note, replace(content, claim_id=other.pk)).version == 2
    assert made_by(note) == expected


def test_edit_keeps_the_claim_that_was_named_before(post, edit, marked, assignment):
    other = ClaimFactory(assignment=assignment, text="Fairness decides.")
    note = post(replace(COUNTER, claim_id=other.pk), MARKED)

    edit(note, replace(COUNTER, attacks=Attacks.REASON))

    assert made_by(note) == attack("undermines", "Fairness decides.")


@pytest.mark.parametrize("first", [COMMENT, SUPPORT, FOR])
def test_edit_of_a_reply_keeps_the_claim_that_was_named_before(
    first, post, edit, marked, assignment, classmate
):
    other = ClaimFactory(assignment=assignment, text="Fairness decides.")
    parent = post(first, MARKED, actor=classmate)
    note = post(replace(COUNTER, claim_id=other.pk), parent_id=parent.pk)

    edit(note, replace(COUNTER, attacks=Attacks.REASON))

    assert made_by(note) == attack("undermines", "Fairness decides.")
    assert not Claim.objects.filter(annotation__kind=Kind.COMMENT).exists()


@pytest.mark.parametrize(
    ("attacks", "expected"),
    [
        ("conclusion", attack("rebuts", P)),
        ("reason", attack("undermines", R)),
        ("step", undercut(P)),
    ],
)
def test_edit_of_a_reply_tells_apart_what_is_wrong_with_a_reason(
    attacks, expected, post, edit, marked, classmate
):
    parent = post(SUPPORT, MARKED, actor=classmate)
    note = post(COUNTER, parent_id=parent.pk)

    edit(note, replace(COUNTER, attacks=attacks))
    edit(note, replace(COUNTER, attacks=attacks, body="In other words. It rose."))

    assert made_by(note) == expected


def test_edit_of_a_comment_that_was_answered_rewords_its_claim(post, edit, marked, classmate):
    comment = post(COMMENT, MARKED)
    post(SUPPORT, parent_id=comment.pk, actor=classmate)

    edit(comment, replace(COMMENT, body="Look at Sydney. It is wet."))

    assert Claim.objects.get(annotation=comment).text == "Look at Sydney."


def test_edit_to_a_comment_drops_the_implied_claim_that_nobody_else_means(post, edit):
    note = post(COUNTER, UNMARKED)

    edit(note, COMMENT)

    assert not Claim.objects.exists()


def test_edit_to_a_comment_keeps_an_implied_claim_that_others_mean(post, edit, classmate):
    note = post(COUNTER, UNMARKED)
    post(SUPPORT, UNMARKED, actor=classmate)

    edit(note, COMMENT)

    assert Claim.objects.get(annotation=None).text == UNMARKED


def test_edit_to_a_comment_keeps_its_claim_where_others_bear_on_it(post, edit, marked, classmate):
    note = post(COUNTER, MARKED)
    other = post(replace(SUPPORT, claim_id=note.claim.pk), MARKED, actor=classmate)

    edit(note, COMMENT)

    assert made_by(note) == NOTHING
    assert made_by(other) == reason("Look at Perth.")


@pytest.mark.parametrize(
    ("after", "target"),
    [(AGAINST, "The survey."), (CONTEXT, "The survey.")],
)
def test_stance_changed_lets_challenges_to_the_step_stand_against_the_evidence(
    after, target, post, edit, marked, classmate
):
    note = post(replace(FOR, **SURVEY), MARKED)
    reply = post(replace(COUNTER, attacks="step"), parent_id=note.pk, actor=classmate)

    edit(note, replace(after, **SURVEY))

    assert made_by(reply) == on_evidence()
    assert reply.relation.version == 1
    assert Relation.objects.get(annotation=reply).version == 2


def test_stance_changed_back_keeps_the_challenge_on_the_evidence(post, edit, marked, classmate):
    note = post(replace(FOR, **SURVEY), MARKED)
    reply = post(replace(COUNTER, attacks="step"), parent_id=note.pk, actor=classmate)
    for stance in (Stance.ATTACKS, Stance.SUPPORTS):
        edit(note, replace(FOR, **SURVEY, stance=stance))

    assert made_by(reply) == on_evidence()
    assert made_by(note) == backed(P)


def test_stance_kept_keeps_challenges_on_the_step(post, edit, marked, classmate):
    note = post(replace(FOR, **SURVEY), MARKED)
    reply = post(replace(COUNTER, attacks="step"), parent_id=note.pk, actor=classmate)

    edit(note, replace(FOR, **SURVEY, warrant="It measured."))

    assert made_by(reply) == undercut(P)


def test_kind_changed_turns_what_the_map_has_against_the_former_kind(
    post, edit, marked, instructor, assignment
):
    note = post(replace(FOR, **SURVEY), MARKED)
    attacker = ClaimFactory(assignment=assignment, text="The survey is old.")
    RelationFactory(
        source=attacker,
        kind="undercuts",
        target_claim=None,
        target_inference=note.inference,
    )
    RelationFactory(source=attacker, kind="undermines", target_claim=None, target_evidence=note)

    edit(note, COMMENT)

    left = Relation.objects.get()
    assert (left.kind, left.target_claim.text, left.source) == (
        "undermines",
        "Look at Perth.",
        attacker,
    )


def test_challenge_of_a_note_stays_where_the_map_has_the_same_by_hand(
    post, edit, marked, classmate
):
    note = post(replace(FOR, **SURVEY), MARKED)
    reply = post(replace(COUNTER, attacks="step"), parent_id=note.pk, actor=classmate)
    RelationFactory(source=reply.claim, kind="undermines", target_claim=None, target_evidence=note)

    edit(note, replace(AGAINST, **SURVEY))

    assert made_by(reply) == on_evidence()
    assert Relation.objects.filter(source=reply.claim).count() == 1


def test_edit_to_an_attack_that_the_map_has_by_hand_is_refused(post, edit, marked, assignment):
    other = ClaimFactory(assignment=assignment, text="Fairness decides.")
    note = post(COUNTER, MARKED)
    RelationFactory(source=note.claim, target_claim=other)

    error = expect_refusal(
        Invalid, lambda: edit(note, replace(COUNTER, claim_id=other.pk)), field="claim"
    )

    assert error.sentence == "This attack stands on the map already."
    assert made_by(note) == attack("rebuts", P)


def test_edit_to_attack_what_its_own_claim_is_merged_with_is_refused(post, edit, marked):
    note = post(COUNTER, MARKED)
    other = ClaimFactory(assignment=marked.assignment, merged_into=note.claim)

    expect_refusal(Invalid, lambda: edit(note, replace(COUNTER, claim_id=other.pk)), field="claim")


def test_edit_of_a_note_without_place_must_say_the_claim(edit, assignment, student, marked):
    note = AnnotationFactory(assignment=assignment, author=student, body=COUNTER.body)

    expect_refusal(Invalid, lambda: edit(note, COUNTER), field="claim")
    edit(note, replace(COUNTER, claim_id=marked.pk))

    assert made_by(note) == attack("rebuts", P)


def test_withdrawn_note_leaves_its_rows_to_author_and_staff(
    post, marked, student, classmate, instructor
):
    note = post(COUNTER, UNMARKED)
    implied = note.relation.target_claim

    withdraw_annotation(actor=student, annotation_id=note.pk)

    known = {
        person: set(Claim.objects.visible_to(person)) for person in (student, classmate, instructor)
    }
    assert known == {
        student: {marked, implied, note.claim},
        classmate: {marked},
        instructor: {marked, implied, note.claim},
    }


# -- circles -----------------------------------------------------------------------------------


def test_support_of_what_it_rests_on_is_refused(post, edit, marked, classmate):
    first = post(SUPPORT, MARKED)
    second = post(replace(SUPPORT, body="Perth.", claim_id=first.claim.pk), MARKED, actor=classmate)

    error = expect_refusal(
        Invalid, lambda: edit(first, replace(SUPPORT, claim_id=second.claim.pk)), field="claim"
    )

    assert error.sentence == "So the claim would be a reason for itself, by way of others."
    assert made_by(first) == reason(P)


def test_cycle_by_way_of_merged_claims_is_refused(assignment):
    first, second, third = ClaimFactory.create_batch(3, assignment=assignment)
    Claim.objects.filter(pk=third.pk).update(merged_into=first)
    third.refresh_from_db()
    InferenceFactory(conclusion=second, premises=[first])

    expect_refusal(Invalid, lambda: refuse_cycle(assignment, [second], third), field="claim")
    expect_refusal(Invalid, lambda: refuse_cycle(assignment, [third], first), field="claim")
    refuse_cycle(assignment, [third], second)


def test_cycle_of_others_or_of_what_is_withdrawn_or_replaced_hinders_nothing(assignment):
    first, second, third, fourth = ClaimFactory.create_batch(4, assignment=assignment)
    InferenceFactory(conclusion=second, premises=[first])
    InferenceFactory(conclusion=first, premises=[second])
    gone = InferenceFactory(conclusion=fourth, premises=[third])

    refuse_cycle(assignment, [fourth], third, but=gone.pk)
    Inference.objects.filter(pk=gone.pk).update(status=MapStatus.WITHDRAWN)
    refuse_cycle(assignment, [fourth], third)
    refuse_cycle(assignment, [first], third)


# -- how often the database is asked -----------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "quote", "count"),
    [
        ({"kind": Kind.COMMENT}, MARKED, 0),
        ({"counterargument": True}, MARKED, 3),
        ({"counterargument": True}, UNMARKED, 6),
        ({"counterargument": True, "attacks": Attacks.STEP}, MARKED, 4),
        ({"kind": Kind.SUPPORT}, MARKED, 4),
        ({"evidence": True}, MARKED, 2),
        ({"evidence": True, "stance": Stance.ATTACKS}, MARKED, 2),
        ({"kind": Kind.CONCESSION}, MARKED, 2),
    ],
)
def test_argument_of_a_new_note_takes_few_queries(
    shape, quote, count, marked, student, assignment, paragraphs, django_assert_num_queries
):
    note = annotation_on(paragraphs[0], quote, assignment=assignment, author=student, **shape)
    anchors = list(note.anchors.select_related("paragraph", "revision"))

    with django_assert_num_queries(count):
        attach_argument(note, Content(kind=note.kind), actor=student, anchors=anchors)
