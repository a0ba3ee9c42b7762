"""What notices say, to whom still, and in how many queries."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions.quality import settle_mark
from annotations.enums import AnchorState
from annotations.models import Anchor
from annotations.notices import QUOTED
from debate.notices.queries import muted
from debate.notices.registry import kind_of, kinds
from tests.factories.annotations import (
    AnchorFactory,
    AnnotationFactory,
    FlagFactory,
    ModerationEntryFactory,
    PassageFactory,
    ReplyFactory,
    SourceFactory,
    annotation_on,
)
from tests.factories.argument import (
    ClaimFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
)
from tests.factories.assignments import AliasFactory, ExtensionFactory
from tests.factories.essays import RevisionFactory
from tests.factories.notices import MuteFactory

pytestmark = pytest.mark.django_db


def words(kind, user, *objects):
    """What the notices of the kind say to the person, by object."""
    return kind_of(kind).word(user, [one.pk for one in objects])


def said(kind, user, one):
    found = words(kind, user, one)
    return (found[one.pk].sentence, found[one.pk].quote) if found else None


def is_visible(kind, user, one):
    return kind_of(kind).visible(user).filter(pk=one.pk).exists()


@pytest.fixture
def question(paragraphs, assignment, student):
    return annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )


def test_kinds_each_have_a_label_of_their_own():
    labels = {one.name: one.label for one in kinds()}

    assert list(labels) == [
        "reply", "counterargument", "mention", "moderation", "flag", "assignment_opens",
        "assignment_closes", "revision", "quality_mark", "quality_answer", "grade_released",
        "regrade_answered", "regrade_asked",
    ]  # fmt: skip
    assert len(set(labels.values())) == len(labels)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("reply", "Classmate replied to your question"),
        ("counterargument", "Classmate countered your question"),
        ("mention", "Classmate mentioned you in a comment"),
    ],
)
def test_post_is_worded_with_its_place_and_words(kind, sentence, question, student, classmate):
    reply = ReplyFactory(parent=question, author=classmate, body="*Everybody*\n\ndoes. " * 30)

    wording = words(kind, student, reply)[reply.pk]

    assert wording.sentence == sentence
    assert wording.heading == "Who should pay for water?, paragraph 1"
    assert wording.href == reply.get_absolute_url()
    assert wording.quote.startswith("Everybody does. Everybody")
    assert len(wording.quote) == QUOTED


def test_post_under_pseudonyms_names_the_alias_to_students_and_the_name_to_staff(
    question, student, classmate, instructor, assignment
):
    alias = AliasFactory(assignment=assignment, user=classmate, name="Heron")
    reply = ReplyFactory(parent=question, author=classmate, alias=alias)

    assert said("reply", student, reply)[0] == "Heron replied to your question"
    assert said("reply", instructor, reply)[0] == "Classmate replied to your question"


@pytest.mark.parametrize(
    "fields", [{"status": "hidden"}, {"status": "withdrawn"}, {"audience": "private"}]
)
def test_post_that_may_no_longer_be_seen_says_nothing(fields, question, student, classmate):
    reply = ReplyFactory(parent=question, author=classmate, **fields)

    assert words("reply", student, reply) == {}
    assert not is_visible("reply", student, reply)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("hide", "Your question was hidden by the staff"),
        ("unhide", "Your question is shown again"),
        ("approve", "Your question was approved: others can read it now"),
    ],
)
def test_moderation_says_what_was_done_and_why_to_its_author_alone(
    act, sentence, question, student, classmate
):
    entry = ModerationEntryFactory(annotation=question, act=act, reason="Off topic.")

    assert said("moderation", student, entry) == (sentence, "Off topic.")
    assert is_visible("moderation", student, entry)
    assert words("moderation", classmate, entry) == {}
    assert not is_visible("moderation", classmate, entry)


def test_flag_of_what_is_hidden_by_now_leads_to_the_essay_and_quotes_nothing(
    question, classmate, assignment
):
    flag = FlagFactory(annotation=question, flagged_by=classmate, resolution="For staff only.")
    seen = words("flag", classmate, flag)[flag.pk]
    type(question).objects.update(status="hidden")

    hidden = words("flag", classmate, flag)[flag.pk]

    assert (seen.href, hidden.href) == (
        question.get_absolute_url(),
        assignment.get_absolute_url(),
    )
    assert (hidden.sentence, hidden.quote) == ("Staff have looked at what you flagged", "")


def test_flag_of_somebody_else_says_nothing(question, student, classmate):
    flag = FlagFactory(annotation=question, flagged_by=classmate)

    assert words("flag", student, flag) == {}


def test_mark_tells_whose_words_it_is_on_and_who_set_it(question, student, classmate, instructor):
    mark = QualityMarkFactory(
        annotation=question, by=classmate, type="unclear", note="Who is meant?"
    )
    settle_mark(actor=instructor, mark_id=mark.pk, resolution="It is clear now.")

    assert said("quality_mark", student, mark) == (
        "Classmate marked your question “Unclear”",
        "Who is meant?",
    )
    assert said("quality_mark", classmate, mark) == (
        "Your mark “Unclear” was settled",
        "It is clear now.",
    )
    found = words("quality_mark", student, mark)[mark.pk]
    assert (found.href, found.heading) == (f"/marks/{mark.pk}/", "Who should pay for water?")


def test_mark_on_a_claim_or_a_passage_says_what_it_is_on(assignment, instructor, classmate):
    claim = ClaimFactory(assignment=assignment)
    source = SourceFactory(seminar=assignment.seminar, added_by=instructor)
    passage = PassageFactory(source=source, added_by=instructor)
    on_claim = QualityMarkFactory(annotation=None, claim=claim, by=classmate, type="move")
    on_passage = QualityMarkFactory(annotation=None, passage=passage, by=classmate, type="outdated")

    assert [said("quality_mark", instructor, one)[0] for one in (on_claim, on_passage)] == [
        "Classmate marked a claim “Belongs elsewhere”",
        "Classmate marked a passage that you added “Outdated”",
    ]
    (heading,) = [one.heading for one in words("quality_mark", instructor, on_passage).values()]
    assert heading == assignment.seminar.title


def test_answer_to_a_mark_says_who_and_what(question, student, classmate):
    mark = QualityMarkFactory(annotation=question, by=classmate, type="unclear")
    answer = QualityMarkAnswerFactory(mark=mark, by=student, body="The tenants.")

    assert said("quality_answer", classmate, answer) == (
        "Student answered the mark “Unclear”",
        "The tenants.",
    )


def test_mark_under_pseudonyms_is_a_members(question, student, classmate, assignment):
    assignment.uses_pseudonyms = True
    assignment.save()
    mark = QualityMarkFactory(annotation=question, by=classmate, type="unclear")
    answer = QualityMarkAnswerFactory(mark=mark, by=classmate)

    assert said("quality_mark", student, mark)[0] == "A member marked your question “Unclear”"
    assert said("quality_answer", student, answer)[0] == "A member answered the mark “Unclear”"


def test_mark_on_what_may_no_longer_be_seen_says_nothing(question, classmate):
    mark = QualityMarkFactory(annotation=question, by=classmate)
    answer = QualityMarkAnswerFactory(mark=mark)
    type(question).objects.update(status="hidden")

    assert words("quality_mark", classmate, mark) == {}
    assert not is_visible("quality_mark", classmate, mark)
    assert not is_visible("quality_answer", classmate, answer)


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [(-1, "“Who should pay for water?” is open"), (5, "“Who should pay for water?” opens ")],
)
def test_opening_says_whether_it_is_open(hours, sentence, assignment, student):
    assignment.opens_at = timezone.now() + timedelta(hours=hours)
    assignment.save()

    assert said("assignment_opens", student, assignment)[0].startswith(sentence)


def test_closing_says_the_own_date_in_the_readers_time_zone(assignment, student, classmate):
    assignment.due_at = datetime(2030, 5, 1, 22, 0, tzinfo=UTC)
    assignment.save()
    later = datetime(2030, 5, 3, 22, 0, tzinfo=UTC)
    ExtensionFactory(assignment=assignment, user=student, due_at=later)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        own = said("assignment_closes", student, assignment)[0]
        theirs = said("assignment_closes", classmate, assignment)[0]

    assert own == "“Who should pay for water?” is due Saturday, 4 May, 00:00"
    assert theirs == "“Who should pay for water?” is due Thursday, 2 May, 00:00"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"closes_at": datetime(2030, 5, 1, tzinfo=UTC)}, "closes Wednesday, 1 May, 00:00"),
        ({"due_at": datetime(2026, 1, 1, tzinfo=UTC)}, "was due Thursday, 1 January, 00:00"),
        ({}, "is due"),
    ],
)
def test_closing_says_which_date_it_is(fields, sentence, assignment, student):
    assignment.opens_at = datetime(2025, 1, 1, tzinfo=UTC)
    for name, value in fields.items():
        setattr(assignment, name, value)
    assignment.save()

    assert said("assignment_closes", student, assignment)[0].endswith(f"” {sentence}")


@pytest.fixture
def revised(assignment, student):
    """A revision in which of the student's notes two were moved and one lost its words."""
    revision = RevisionFactory(essay=assignment.essay, number=2, note="Shorter.")
    moved = AnnotationFactory.create_batch(2, assignment=assignment, author=student)
    for one in moved:
        AnchorFactory(annotation=one, revision=revision, state=AnchorState.MOVED)
    lost = AnnotationFactory(assignment=assignment, author=student)
    AnchorFactory(annotation=lost, revision=revision, paragraph=None, state=AnchorState.ORPHANED)
    return revision


def test_revision_counts_the_own_notes(revised, student):
    assert said("revision", student, revised) == (
        "The essay was revised: 2 notes of yours moved, 1 note of yours lost its words",
        "Shorter.",
    )


def test_revision_says_nothing_to_whom_it_does_not_concern(revised, classmate, student):
    assert words("revision", classmate, revised) == {}
    student.memberships.all().delete()
    assert words("revision", student, revised) == {}
    assert not is_visible("revision", student, revised)


def test_muted_thread_is_named_as_long_as_it_can_be_seen(question, student, assignment):
    MuteFactory(user=student, context_id=question.pk)
    MuteFactory(user=student, context_id=assignment.pk)
    MuteFactory(user=student)

    names = [one.wording.sentence if one.wording else None for one in muted(student)]

    assert names == [None, "Who should pay for water?", "Question by Student"]


@pytest.mark.parametrize("kind", ["reply", "mention"])
def test_posts_of_three_are_worded_in_as_many_queries_as_one(kind, question, student):
    replies = ReplyFactory.create_batch(3, parent=question)
    with CaptureQueriesContext(connection) as one:
        words(kind, student, replies[0])
    with CaptureQueriesContext(connection) as three:
        words(kind, student, *replies)

    assert len(three) == len(one) == 2
    assert Anchor.objects.count() == 1
