"""Who may know of claims, reasons, attacks, house rules, quality marks, passages and their checks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Audience, Kind, MapStatus, Status
from annotations.models import (
    Annotation,
    Claim,
    HouseRules,
    Inference,
    Passage,
    PassageCheck,
    QualityMark,
    QualityMarkAnswer,
    Relation,
)
from annotations.queries.graph import argument_graph
from debate.assignments.models import Round
from debate.seminars.enums import GroupKind, Role
from tests.factories.annotations import (
    AnnotationFactory,
    PassageFactory,
    ReplyFactory,
    SourceFactory,
)
from tests.factories.argument import (
    ClaimFactory,
    HouseRulesFactory,
    InferenceFactory,
    PassageCheckFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
    RelationFactory,
)
from tests.factories.assignments import RoundFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

HOUR = timedelta(hours=1)
WORDS = "Fairness, not scarcity, moves people."
COUNTER = Content(kind=Kind.COUNTERARGUMENT, body="Use rose.")

# Who reads what the student has written, in each situation.
OVERSEERS = {"student", "instructor", "assistant", "limited"}
MEMBERS = OVERSEERS | {"mate", "classmate", "observer", "elsewhere"}
EVERYBODY = MEMBERS | {"outsider", "operator", "anonymous"}
SITUATIONS = {
    "seminar": MEMBERS,
    "private": {"student"},
    "staff": OVERSEERS,
    "group": OVERSEERS | {"mate"},
    "blind": OVERSEERS,
    "pending": OVERSEERS,
    "hidden": OVERSEERS,
    "withdrawn": OVERSEERS,
    "held": {"student"},
    "public": EVERYBODY,
}


@pytest.fixture
def cast(
    seminar, student, classmate, instructor, assistant, observer, outsider, operator, anonymous
):
    """The usual people; an assistant limited to the student's section, one to another section."""

    def limited(name, *members):
        section = GroupFactory(
            seminar=seminar, kind=GroupKind.SECTION, name=name, members=list(members)
        )
        membership = MembershipFactory(
            seminar=seminar, role=Role.ASSISTANT, is_limited=True, user__username=name
        )
        membership.sections.set([section])
        return membership.user

    return {
        "student": student,
        "classmate": classmate,
        "mate": MembershipFactory(seminar=seminar, user__username="mate").user,
        "instructor": instructor,
        "assistant": assistant,
        "limited": limited("limited", student),
        "elsewhere": limited("elsewhere", classmate),
        "observer": observer,
        "outsider": outsider,
        "operator": operator,
        "anonymous": anonymous,
    }


@pytest.fixture
def seen_by(cast):
    """`seen_by(row)`: the people who may know of it, by name."""

    def names(row):
        return {
            name
            for name, user in cast.items()
            if type(row).objects.visible_to(user).filter(pk=row.pk).exists()
        }

    return names


@pytest.fixture
def situate(seminar, essay, assignment, cast):
    """`situate(annotation, situation)` brings it into that situation."""
    group = GroupFactory(seminar=seminar, members=[cast["student"], cast["mate"]])

    def put(annotation, situation):
        fields = {
            "group": {"audience": Audience.GROUP, "group": group},
            "blind": {},
            **{name: {"audience": name} for name in ("seminar", "private", "staff", "public")},
            **{
                name: {"status": name}
                for name in (Status.PENDING, Status.HIDDEN, Status.WITHDRAWN, Status.HELD)
            },
        }
        Annotation.objects.filter(pk=annotation.pk).update(**fields[situation])
        is_blind = situation == "blind"
        Round.objects.filter(assignment=assignment).update(
            mode="blind" if is_blind else "open", ends_at=timezone.now() + HOUR
        )
        is_public = situation == "public"
        type(seminar).objects.filter(pk=seminar.pk).update(allows_public=is_public)
        type(essay).objects.filter(pk=essay.pk).update(is_public=is_public)

    return put


@pytest.fixture
def post(assignment, student, paragraphs):
    """`post(content)`: the student's note on words that nobody has marked."""

    def create(content, **given):
        return create_annotation(
            actor=student,
            assignment_id=assignment.pk,
            content=content,
            targets=[Target(paragraph_id=paragraphs[0].pk, quote=WORDS)],
            **given,
        )

    return create


# -- what annotations make ----------------------------------------------------------------------


@pytest.mark.parametrize(("situation", "readers"), SITUATIONS.items())
def test_rows_of_a_counterargument_are_known_where_it_is_read(
    situation, readers, post, situate, seen_by
):
    note = post(COUNTER)
    situate(note, situation)

    known = [seen_by(one) for one in (note, note.claim, note.relation, note.relation.target_claim)]

    assert known == [readers] * 4


@pytest.mark.parametrize(("situation", "readers"), SITUATIONS.items())
def test_rows_of_a_support_are_known_where_it_is_read(situation, readers, post, situate, seen_by):
    note = post(Content(kind=Kind.SUPPORT, body="Meters make waste visible."))
    situate(note, situation)

    known = [seen_by(one) for one in (note.claim, note.inference, note.inference.conclusion)]

    assert known == [readers] * 3


@pytest.mark.parametrize("situation", ["private", "staff", "group", "blind", "hidden"])
def test_attack_on_what_fewer_read_is_known_to_those_alone(
    situation, post, situate, seen_by, assignment, cast, student
):
    """Staff may link by hand what others do not read: the link stays theirs."""
    note = post(COUNTER)
    situate(note, situation)
    relation = RelationFactory(source=ClaimFactory(assignment=assignment), target_claim=note.claim)
    inference = InferenceFactory(
        conclusion=ClaimFactory(assignment=assignment), premises=[note.claim]
    )
    onto = InferenceFactory(conclusion=note.claim, assignment=assignment)
    undercut = RelationFactory(
        source=ClaimFactory(assignment=assignment),
        kind="undercuts",
        target_claim=None,
        target_inference=inference,
    )

    known = [seen_by(one) for one in (relation, inference, onto, undercut)]

    assert known == [SITUATIONS[situation]] * 4


def test_attack_on_evidence_is_known_where_the_evidence_is_read(
    assignment, student, situate, seen_by
):
    evidence = AnnotationFactory(assignment=assignment, author=student, evidence=True)
    relation = RelationFactory(
        source=ClaimFactory(assignment=assignment),
        kind="undermines",
        target_claim=None,
        target_evidence=evidence,
    )
    situate(evidence, "staff")

    assert seen_by(relation) == OVERSEERS


def test_implied_claim_is_known_where_one_of_the_notes_is_read(
    post, situate, seen_by, assignment, classmate, paragraphs
):
    note = post(COUNTER)
    situate(note, "private")
    implied = note.relation.target_claim
    alone = seen_by(implied)
    other = AnnotationFactory(assignment=assignment, author=classmate, counterargument=True)
    RelationFactory(
        source=ClaimFactory(assignment=assignment, origin="annotation", annotation=other),
        annotation=other,
        target_claim=implied,
    )

    assert alone == {"student"}
    assert seen_by(implied) == MEMBERS


@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.CONCESSION])
@pytest.mark.parametrize("state", ["blind", "hidden", "withdrawn"])
def test_claim_that_only_an_answer_made_is_not_known_to_who_cannot_read_that(
    state, kind, assignment, student, classmate, instructor, observer
):
    note = AnnotationFactory(assignment=assignment, author=classmate, kind=kind)
    later = RoundFactory(
        assignment=assignment,
        number=2,
        mode="blind" if state == "blind" else "open",
        ends_at=timezone.now() + HOUR,
    )
    shown = state == "blind"
    answer = ReplyFactory(
        parent=note,
        author=student,
        round=later,
        kind=Kind.SUPPORT,
        status=Status.PUBLISHED if shown else state,
    )
    claim = ClaimFactory(assignment=assignment, origin="annotation", annotation=note)
    InferenceFactory(conclusion=claim, annotation=answer)

    known = {
        user: Claim.objects.visible_to(user).filter(pk=claim.pk).exists()
        for user in (student, classmate, instructor, observer)
    }
    drawn = {user: str(claim.pk) in argument_graph(user, assignment).claims for user in known}

    assert known == {student: True, classmate: False, instructor: True, observer: False}
    assert drawn == {student: shown, classmate: False, instructor: shown, observer: False}


# -- what is put on the map by hand --------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "readers"),
    [
        ("marked", MEMBERS),
        ("proposed", OVERSEERS),
        ("implied", {"student"}),
        ("withdrawn", OVERSEERS),
    ],
)
def test_claim_on_the_map_is_known_as_its_status_says(
    status, readers, assignment, student, seen_by
):
    claim = ClaimFactory(assignment=assignment, status=status, added_by=student)

    assert seen_by(claim) == readers


@pytest.mark.parametrize(
    ("status", "readers"),
    [("marked", MEMBERS), ("proposed", OVERSEERS), ("withdrawn", OVERSEERS)],
)
def test_links_by_hand_are_known_as_their_status_says(
    status, readers, assignment, student, seen_by
):
    ends = ClaimFactory.create_batch(2, assignment=assignment)
    relation = RelationFactory(
        source=ends[0], target_claim=ends[1], status=status, added_by=student
    )
    inference = InferenceFactory(
        conclusion=ends[0], premises=[ends[1]], status=status, added_by=student
    )

    assert [seen_by(relation), seen_by(inference)] == [readers] * 2


def test_claim_proposed_is_known_where_a_note_that_bears_on_it_is_read(
    post, assignment, classmate, student, seen_by, situate
):
    claim = ClaimFactory(
        assignment=assignment, status=MapStatus.PROPOSED, added_by=student, text=WORDS
    )
    note = post(Content(kind=Kind.SUPPORT, body="So it is.", claim_id=claim.pk))

    assert seen_by(claim) == MEMBERS

    situate(note, "staff")

    assert seen_by(claim) == OVERSEERS


def test_claim_of_an_assignment_for_other_groups_is_not_known(
    assignment, seen_by, seminar, classmate
):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.set([GroupFactory(seminar=seminar, members=[classmate])])
    claim = ClaimFactory(assignment=assignment)

    assert {"student", "mate"} & seen_by(claim) == set()
    assert {"classmate", "instructor"} <= seen_by(claim)


def test_map_of_a_public_essay_stays_with_those_it_is_set_to(
    assignment, seminar, essay, seen_by, situate, post
):
    note = post(COUNTER)
    situate(note, "public")

    assert seen_by(ClaimFactory(assignment=assignment)) == MEMBERS


@pytest.mark.parametrize("is_public", [False, True])
def test_house_rules_are_known_with_the_assignment(is_public, assignment, seminar, essay, seen_by):
    seminar.allows_public = essay.is_public = is_public
    seminar.save()
    essay.save()
    readers = {False: MEMBERS, True: EVERYBODY}

    assert seen_by(HouseRulesFactory(assignment=assignment)) == readers[is_public]


# -- what is said of evidence --------------------------------------------------------------------


@pytest.fixture
def cited(assignment, student, seminar):
    """A passage that a note of the student cites."""
    source = SourceFactory(seminar=seminar, added_by=student)
    passage = PassageFactory(source=source)
    note = AnnotationFactory(assignment=assignment, author=student, evidence=True, passage=passage)
    return note, passage


PASSAGES = {
    "seminar": MEMBERS,
    "private": {"student", "instructor", "assistant"},
    "staff": OVERSEERS,
    "group": OVERSEERS | {"mate"},
    "blind": OVERSEERS,
    "hidden": OVERSEERS,
    "withdrawn": OVERSEERS,
    "public": EVERYBODY,
}


@pytest.mark.parametrize(("situation", "readers"), PASSAGES.items())
def test_passage_and_its_checks_are_known_where_it_is_cited_and_to_staff(
    situation, readers, cited, situate, seen_by, classmate
):
    note, passage = cited
    check = PassageCheckFactory(passage=passage, by=classmate)
    mark = QualityMarkFactory(annotation=None, passage=passage, by=classmate, type="misquote")
    situate(note, situation)

    known = readers - {"outsider", "operator", "anonymous"}
    assert [seen_by(passage), seen_by(check), seen_by(mark)] == [known] * 3


def test_passage_that_staff_took_is_known_to_members(seminar, assistant, seen_by):
    passage = PassageFactory(source=SourceFactory(seminar=seminar, added_by=assistant))

    assert seen_by(passage) == MEMBERS


def test_passage_that_a_student_took_uncited_is_known_to_the_student_and_staff(
    seminar, student, seen_by
):
    passage = PassageFactory(source=SourceFactory(seminar=seminar, added_by=student))

    assert seen_by(passage) == {"student", "instructor", "assistant"}


@pytest.mark.parametrize(("situation", "readers"), SITUATIONS.items())
def test_quality_mark_and_its_answers_are_known_where_the_note_is_read(
    situation, readers, post, situate, seen_by, classmate
):
    note = post(COUNTER)
    mark = QualityMarkFactory(annotation=note, by=classmate)
    on_claim = QualityMarkFactory(annotation=None, claim=note.claim, by=classmate)
    answer = QualityMarkAnswerFactory(mark=mark)
    situate(note, situation)

    known = readers - {"outsider", "operator", "anonymous"}
    assert [seen_by(mark), seen_by(on_claim), seen_by(answer)] == [known] * 3


@pytest.mark.parametrize(
    "model",
    [Claim, Inference, Relation, HouseRules, QualityMark, QualityMarkAnswer, Passage, PassageCheck],
)
def test_nothing_of_one_seminar_is_known_in_another(
    model, post, assignment, student, outsider, anonymous, cited
):
    note = post(COUNTER)
    HouseRulesFactory(assignment=assignment)
    QualityMarkAnswerFactory(mark=QualityMarkFactory(annotation=note))
    PassageCheckFactory(passage=cited[1])
    InferenceFactory(conclusion=ClaimFactory(assignment=assignment))

    known = [model.objects.visible_to(user).exists() for user in (student, outsider, anonymous)]

    assert known == [True, False, False]
