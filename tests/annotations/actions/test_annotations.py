"""Create, edit, withdraw, mark an answer: what happens, and every way to be refused."""

import unicodedata
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotations.actions import (
    Content,
    SourceInput,
    Target,
    create_annotation,
    edit_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.enums import Attacks, Audience, Kind, Stance, Status
from annotations.models import Annotation, Change
from annotations.selectors import first_sentence
from debate.assignments.actions import ClockTimestamp
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.models import Membership
from tests.blank import BLANKS
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory, ReplyFactory
from tests.factories.assignments import RoundFactory, assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory

COMMENT = Content(kind=Kind.COMMENT, body="A remark.")
LINK = SourceInput(link="https://example.org/survey")
EVIDENCE = Content(
    kind=Kind.EVIDENCE, stance=Stance.SUPPORTS, warrant="It measured the claim.", source=LINK
)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def target(paragraphs):
    """The whole first paragraph."""
    return Target(paragraph_id=paragraphs[0].pk)


@pytest.fixture
def post(assignment, student, target):
    """`post(…)`: the student's comment on the first paragraph, but for what is given."""

    def create(content=COMMENT, **given):
        return create_annotation(
            **{
                "actor": student,
                "assignment_id": assignment.pk,
                "content": content,
                "targets": [target],
                **given,
            }
        )

    return create


@pytest.fixture
def at(monkeypatch):
    """`at(moment)` sets the database's clock by which deadlines are decided."""

    def set_clock(moment):
        monkeypatch.setattr(ClockTimestamp, "template", f"'{moment.isoformat()}'::timestamptz")

    return set_clock


# -- create ------------------------------------------------------------------------------------


def test_create_comment_on_a_paragraph_stands_as_it_was_given(
    post, assignment, student, paragraphs
):
    post(Content(kind=Kind.COMMENT, body="So *that* is it.", tags=("price", "use")))

    one = Annotation.objects.get()
    (anchor,) = one.anchors.all()
    assert (one.assignment, one.author, one.kind) == (assignment, student, Kind.COMMENT)
    assert (one.body, one.body_html) == ("So *that* is it.", "<p>So <em>that</em> is it.</p>")
    assert (one.audience, one.group, one.status) == (Audience.SEMINAR, None, Status.PUBLISHED)
    assert (one.tags, one.version, one.edited_at) == (["price", "use"], 1, None)
    assert (one.parent, one.root, one.depth) == (None, None, 0)
    assert one.round == assignment.rounds.get()
    assert (anchor.paragraph, anchor.start, anchor.exact) == (paragraphs[0], None, None)


def test_create_first_version_is_kept_in_the_history(post, student):
    one = post()

    kept = one.history.get()
    assert (kept.version, kept.kind, kept.status) == (1, Kind.COMMENT, Status.PUBLISHED)
    assert (kept.body, kept.by) == ("A remark.", student)


@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.QUESTION, Kind.SUPPORT, Kind.CONCESSION])
def test_create_each_plain_kind_has_a_body_and_no_more(kind, post):
    one = post(Content(kind=kind, body="A remark."))

    one.refresh_from_db()
    assert (one.kind, one.body) == (kind, "A remark.")
    assert (one.attacks, one.counterclaim, one.stance, one.warrant, one.passage) == (
        "", "", "", "", None,
    )  # fmt: skip


def test_create_counterargument_says_what_it_attacks_and_claims(post):
    one = post(
        Content(
            kind=Kind.COUNTERARGUMENT,
            body="Prices fell. Use rose.",
            attacks=Attacks.STEP,
            counterclaim="The step\ndoes not  follow.",
        )
    )

    assert (one.attacks, one.counterclaim) == (Attacks.STEP, "The step does not follow.")


def test_create_counterargument_without_more_is_unsure_and_claims_its_first_sentence(post):
    one = post(Content(kind=Kind.COUNTERARGUMENT, body="Prices fell.\nUse rose."))

    assert (one.attacks, one.counterclaim) == (Attacks.UNSPECIFIED, "Prices fell.")


def test_create_evidence_without_body_has_stance_warrant_and_source(post, student, seminar):
    one = post(EVIDENCE)

    one.refresh_from_db()
    assert (one.body, one.stance) == ("", Stance.SUPPORTS)
    assert one.warrant == "It measured the claim."
    assert (one.passage.source.url, one.passage.source.seminar) == (LINK.link, seminar)
    assert (one.passage.source.added_by, one.passage.quote) == (student, "")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  A remark.\n", "A remark."),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("Cafe\u0301", "Café"),
        ("Q\u0303uito 👩‍👩‍👧 \u202eabc\u202c", "Q\u0303uito 👩‍👩‍👧 \u202eabc\u202c"),
        ("\u3000a\u00a0b\u2003", "a\u00a0b"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("x" * 10_000, "x" * 10_000),
        (" " * 9 + "🙂" * 10_000, "🙂" * 10_000),
    ],
)
def test_create_body_is_kept_by_the_one_rule(given, kept, post):
    one = post(Content(kind=Kind.COMMENT, body=given))

    one.refresh_from_db()
    assert one.body == kept


@pytest.mark.parametrize("name", BLANKS)
def test_create_blank_looking_body_is_refused(name, post):
    error = expect_refusal(
        Invalid, partial(post, Content(kind=Kind.COMMENT, body=BLANKS[name])), code="blank"
    )

    assert error.field == "body"
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("name", BLANKS)
def test_create_blank_looking_warrant_is_refused(name, post):
    content = Content(kind=Kind.EVIDENCE, stance=Stance.CONTEXT, warrant=BLANKS[name], source=LINK)

    expect_refusal(Invalid, partial(post, content), code="blank", field="evidence.warrant")


@pytest.mark.parametrize("name", BLANKS)
def test_create_blank_looking_counterclaim_counts_as_none(name, post):
    one = post(Content(kind=Kind.COUNTERARGUMENT, body="No.", counterclaim=BLANKS[name]))

    assert one.counterclaim == "No."


# What is wrong with the content, the field that the refusal names, and its code.
@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({"kind": ""}, "kind", "invalid"),
        ({"kind": "praise"}, "kind", "invalid"),
        ({"body": "x" * 10_001}, "body", "too_long"),
        ({"body": "a\x00b"}, "body", "invalid"),
        ({"body": "a\ud800b"}, "body", "invalid"),
        ({"tags": ("",)}, "tags.0", "blank"),
        ({"tags": ("x" * 51,)}, "tags.0", "too_long"),
        ({"tags": ("a\u202eb",)}, "tags.0", "invalid"),
        ({"tags": tuple("abcdefghijk")}, "tags", "invalid"),
        ({"audience": "world"}, "audience", "invalid"),
        ({"audience": Audience.PUBLIC}, "audience", "invalid"),
        ({"audience": Audience.GROUP}, "group", "invalid"),
        ({"audience": Audience.GROUP, "group_id": uuid.UUID(int=1)}, "group", "invalid"),
        ({"audience": Audience.STAFF, "group_id": uuid.UUID(int=1)}, "group", "invalid"),
        ({"attacks": Attacks.STEP}, "counterargument", "invalid"),
        ({"counterclaim": "No."}, "counterargument", "invalid"),
        ({"stance": Stance.CONTEXT}, "evidence", "invalid"),
        ({"warrant": "Because."}, "evidence", "invalid"),
        (
            {"kind": Kind.COUNTERARGUMENT, "attacks": "all"},
            "counterargument.attacks",
            "invalid",
        ),
        (
            {"kind": Kind.COUNTERARGUMENT, "counterclaim": "x" * 301},
            "counterargument.counterclaim",
            "too_long",
        ),
        ({"kind": Kind.EVIDENCE, "warrant": "w", "source": LINK}, "evidence.stance", "invalid"),
        (
            {"kind": Kind.EVIDENCE, "stance": "proves", "warrant": "w", "source": LINK},
            "evidence.stance",
            "invalid",
        ),
        (
            {"kind": Kind.EVIDENCE, "stance": "context", "warrant": "x" * 501, "source": LINK},
            "evidence.warrant",
            "too_long",
        ),
    ],
)
def test_create_content_that_cannot_be_taken_names_the_member(content, field, code, post):
    given = Content(**{"kind": Kind.COMMENT, "body": "A remark.", **content})

    expect_refusal(Invalid, partial(post, given), code=code, field=field)

    assert not Annotation.objects.exists()
    assert not Change.objects.exists()


def test_create_without_target_or_parent_is_refused(post):
    expect_refusal(Invalid, partial(post, targets=[]), field="paragraph")


def test_create_tags_that_differ_in_case_are_one(post):
    one = post(Content(kind=Kind.COMMENT, body="A remark.", tags=("Price", "price", " use ")))

    assert one.tags == ["Price", "use"]


@pytest.mark.parametrize("audience", [Audience.PRIVATE, Audience.STAFF, Audience.SEMINAR])
def test_create_for_an_audience_is_for_that_audience(audience, post):
    one = post(Content(kind=Kind.COMMENT, body="A remark.", audience=audience))

    assert (one.audience, one.group) == (audience, None)


def test_create_for_own_group_is_for_that_group(post, group):
    one = post(Content(kind=Kind.COMMENT, body="A.", audience=Audience.GROUP, group_id=group.pk))

    assert (one.audience, one.group) == (Audience.GROUP, group)


def test_create_for_anothers_group_is_refused_like_an_unknown_one(post, other_group):
    content = Content(kind=Kind.COMMENT, body="A.", audience="group", group_id=other_group.pk)
    unknown = Content(kind=Kind.COMMENT, body="A.", audience="group", group_id=uuid.uuid4())

    theirs = expect_refusal(Invalid, partial(post, content), field="group")
    nobodys = expect_refusal(Invalid, partial(post, unknown), field="group")

    assert theirs.sentence == nobodys.sentence


def test_create_by_staff_for_any_group_of_the_seminar_is_taken(post, assistant, group):
    content = Content(kind=Kind.COMMENT, body="A.", audience="group", group_id=group.pk)

    assert post(content, actor=assistant).group == group


def test_create_by_staff_for_a_group_of_elsewhere_is_refused(post, instructor):
    elsewhere = GroupFactory()
    content = Content(kind=Kind.COMMENT, body="A.", audience="group", group_id=elsewhere.pk)

    expect_refusal(Invalid, partial(post, content, actor=instructor), field="group")


def test_create_for_everybody_needs_a_public_essay_in_a_seminar_that_allows_it(post, assignment):
    assignment.seminar.allows_public = assignment.essay.is_public = True
    assignment.seminar.save()
    assignment.essay.save()

    one = post(Content(kind=Kind.COMMENT, body="A.", audience=Audience.PUBLIC))

    assert one.audience == Audience.PUBLIC


@pytest.mark.parametrize("role", ["instructor", "assistant", "student", "classmate"])
def test_create_by_each_writing_role_is_taken(role, post, request):
    actor = request.getfixturevalue(role)

    assert post(actor=actor).author == actor


@pytest.mark.parametrize(
    ("role", "error"), [("observer", NotAllowed), ("outsider", Missing), ("operator", Missing)]
)
def test_create_by_each_other_role_is_denied(role, error, post, request):
    actor = request.getfixturevalue(role)

    expect_refusal(error, partial(post, actor=actor))

    assert not Annotation.objects.exists()


def test_create_by_an_outsider_who_may_read_is_not_allowed(post, outsider, assignment):
    assignment.seminar.allows_public = assignment.essay.is_public = True
    assignment.seminar.save()
    assignment.essay.save()

    expect_refusal(NotAllowed, partial(post, actor=outsider))


def test_create_by_an_outsider_is_denied_before_anything_is_looked_at(post, outsider):
    expect_refusal(Missing, partial(post, Content(kind="praise"), actor=outsider, targets=[]))


def test_create_in_an_unknown_assignment_is_missing(post):
    expect_refusal(Missing, partial(post, assignment_id=uuid.uuid4()))


def test_create_in_an_archived_seminar_is_not_allowed(post, seminar, instructor):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, post)
    expect_refusal(NotAllowed, partial(post, actor=instructor))


def test_create_the_same_submission_twice_posts_once(post):
    key = uuid.uuid4()

    first, second = post(submission_key=key), post(submission_key=key)

    assert first == second
    assert Annotation.objects.count() == Change.objects.count() == 1


def test_create_the_same_key_of_two_people_posts_both(post, classmate):
    key = uuid.uuid4()

    post(submission_key=key)
    post(submission_key=key, actor=classmate)

    assert Annotation.objects.count() == 2


def test_create_a_submission_repeated_after_closing_still_finds_what_was_posted(post, assignment):
    key = uuid.uuid4()
    first = post(submission_key=key)
    assignment.closes_at = timezone.now()
    assignment.save()

    assert post(submission_key=key) == first


# Opening and closing at noon: the first moment belongs to the assignment, the last does not.
@pytest.mark.parametrize(
    ("dates", "moment", "code"),
    [
        ({"opens_at": NOON}, NOON - SECOND, "not_open"),
        ({"opens_at": NOON}, NOON, None),
        ({"closes_at": NOON}, NOON - SECOND, None),
        ({"closes_at": NOON}, NOON, "closed"),
        ({"closes_at": NOON}, NOON + SECOND, "closed"),
        ({"due_at": NOON}, NOON + SECOND, None),
    ],
)
def test_create_at_the_border_of_the_dates_is_decided_by_the_clock(
    dates, moment, code, seminar, student, at
):
    fields = {"opens_at": NOON - timedelta(days=7), **dates}
    assignment = assignment_of(essay_of("Words.", seminar=seminar), **fields)
    target = Target(paragraph_id=assignment.revision.paragraphs.get().pk)
    at(moment)
    act = partial(
        create_annotation,
        actor=student,
        assignment_id=assignment.pk,
        content=COMMENT,
        targets=[target],
    )

    refused = None
    try:
        act()
    except InvalidState as error:
        refused = error.code

    assert refused == code
    assert Annotation.objects.count() == (code is None)


@pytest.mark.parametrize("moment", [NOON - timedelta(days=9), NOON + SECOND])
@pytest.mark.parametrize("role", ["assistant", "instructor"])
def test_create_by_staff_outside_the_dates_is_taken(moment, role, seminar, at, request):
    actor = request.getfixturevalue(role)
    fields = {"opens_at": NOON - timedelta(days=7), "closes_at": NOON}
    assignment = assignment_of(essay_of("Words.", seminar=seminar), **fields)
    target = Target(paragraph_id=assignment.revision.paragraphs.get().pk)
    at(moment)

    create_annotation(actor=actor, assignment_id=assignment.pk, content=COMMENT, targets=[target])

    assert Annotation.objects.count() == 1


def test_create_is_of_the_last_round_that_has_begun(post, assignment):
    begun = RoundFactory(assignment=assignment, number=2, opens_at=timezone.now() - SECOND)
    RoundFactory(assignment=assignment, number=3, opens_at=timezone.now() + timedelta(days=1))

    assert post().round == begun


# -- replies -----------------------------------------------------------------------------------


def test_create_reply_joins_its_thread(post, classmate):
    question = post(Content(kind=Kind.QUESTION, body="Why?"))
    answer = post(actor=classmate, targets=[], parent_id=question.pk)
    remark = post(targets=[], parent_id=answer.pk)

    assert (answer.parent, answer.root, answer.depth) == (question, question, 1)
    assert (remark.parent, remark.root, remark.depth) == (answer, question, 2)
    assert not answer.anchors.exists()


def test_create_reply_may_point_at_words_as_well(post, paragraphs):
    question = post()

    reply = post(parent_id=question.pk, targets=[Target(paragraph_id=paragraphs[1].pk)])

    assert reply.anchors.get().paragraph == paragraphs[1]


def test_create_reply_has_the_audience_of_its_thread(post, group, student):
    content = Content(kind=Kind.COMMENT, body="A.", audience="group", group_id=group.pk)
    first = post(content)

    reply = post(targets=[], parent_id=first.pk)

    assert (reply.audience, reply.group) == (Audience.GROUP, group)


def test_create_reply_with_another_audience_is_refused(post):
    first = post()
    content = Content(kind=Kind.COMMENT, body="A.", audience=Audience.STAFF)

    expect_refusal(
        Invalid, partial(post, content, targets=[], parent_id=first.pk), field="audience"
    )


def test_create_reply_with_another_group_is_refused(post, group, student):
    first = post(Content(kind=Kind.COMMENT, body="A.", audience=Audience.GROUP, group_id=group.pk))
    other = GroupFactory(seminar=group.seminar, members=[student])
    content = Content(kind=Kind.COMMENT, body="B.", audience=Audience.GROUP, group_id=other.pk)

    expect_refusal(Invalid, partial(post, content, targets=[], parent_id=first.pk), field="group")


def test_create_reply_to_a_parent_out_of_sight_is_refused_like_to_an_unknown_one(
    post, assignment, seminar, classmate
):
    """A private, a held, a hidden parent and one of another assignment are the same as none."""
    elsewhere = assignment_of(essay_of("Other words.", seminar=seminar))
    parents = [
        AnnotationFactory(assignment=assignment, author=classmate, audience=Audience.PRIVATE),
        AnnotationFactory(assignment=assignment, author=classmate, status=Status.HELD),
        AnnotationFactory(assignment=assignment, author=classmate, status=Status.HIDDEN),
        AnnotationFactory(assignment=assignment, author=classmate, status=Status.WITHDRAWN),
        AnnotationFactory(assignment=elsewhere, author=classmate),
    ]
    ids = [*(parent.pk for parent in parents), uuid.uuid4()]

    refusals = [
        expect_refusal(Invalid, partial(post, targets=[], parent_id=one), field="parent")
        for one in ids
    ]

    assert len({(error.sentence, error.code) for error in refusals}) == 1


@pytest.mark.parametrize("status", [Status.HELD, Status.PENDING, Status.HIDDEN, Status.WITHDRAWN])
def test_create_reply_to_an_own_annotation_that_is_not_published_is_refused(
    status, post, assignment, student
):
    mine = AnnotationFactory(assignment=assignment, author=student, status=status)

    expect_refusal(InvalidState, partial(post, targets=[], parent_id=mine.pk), field="parent")


def test_create_reply_below_the_deepest_is_refused(post, assignment, student):
    first = AnnotationFactory(assignment=assignment, author=student)
    deepest = ReplyFactory(parent=first, author=student, depth=Annotation.DEEPEST)
    above = ReplyFactory(parent=first, author=student, depth=Annotation.DEEPEST - 1)

    expect_refusal(InvalidState, partial(post, targets=[], parent_id=deepest.pk), field="parent")
    assert post(targets=[], parent_id=above.pk).depth == Annotation.DEEPEST


# -- edit --------------------------------------------------------------------------------------


def test_edit_replaces_the_words_and_keeps_the_earlier_ones(post, student):
    one = post()

    edit_annotation(
        actor=student,
        annotation_id=one.pk,
        version=1,
        content=Content(kind=Kind.COMMENT, body="Better.", tags=("price",)),
    )

    one.refresh_from_db()
    assert (one.body, one.body_html, one.tags) == ("Better.", "<p>Better.</p>", ["price"])
    assert (one.version, one.edited_at is not None) == (2, True)
    assert list(one.history.values_list("version", "body")) == [(1, "A remark."), (2, "Better.")]


def test_edit_leaves_place_thread_and_audience_as_they_are(post, student, group, paragraphs):
    content = Content(kind=Kind.COMMENT, body="A.", audience="group", group_id=group.pk)
    one = post(content)

    edit_annotation(
        actor=student,
        annotation_id=one.pk,
        content=Content(kind=Kind.COMMENT, body="B.", audience=Audience.SEMINAR),
    )

    one.refresh_from_db()
    assert (one.audience, one.group) == (Audience.GROUP, group)
    assert one.anchors.get().paragraph == paragraphs[0]


def test_edit_without_difference_changes_nothing(post, student):
    one = post()

    edit_annotation(actor=student, annotation_id=one.pk, content=COMMENT)

    one.refresh_from_db()
    assert (one.version, one.edited_at) == (1, None)
    assert Change.objects.count() == 1


def test_edit_evidence_without_difference_changes_nothing(post, student):
    one = post(EVIDENCE)

    edit_annotation(actor=student, annotation_id=one.pk, content=EVIDENCE)

    one.refresh_from_db()
    assert one.version == 1


def test_edit_of_a_version_that_is_no_longer_current_is_stale(post, student):
    one = post()
    better, best = (Content(kind=Kind.COMMENT, body=body) for body in ("Better.", "Best."))
    edit_annotation(actor=student, annotation_id=one.pk, content=better, version=1)
    edit = partial(edit_annotation, actor=student, annotation_id=one.pk, content=best)

    error = expect_refusal(Stale, partial(edit, version=1), code="stale_version", field="version")

    one.refresh_from_db()
    assert error.extra == {"current_version": 2}
    assert (one.body, one.version) == ("Better.", 2)


def test_edit_kind_before_anyone_has_replied_keeps_the_words(post, student):
    one = post(Content(kind=Kind.COUNTERARGUMENT, body="Not so.", attacks=Attacks.REASON))

    edit_annotation(
        actor=student, annotation_id=one.pk, content=Content(kind=Kind.COMMENT, body="Not so.")
    )

    one.refresh_from_db()
    assert (one.kind, one.body, one.attacks, one.counterclaim) == (
        Kind.COMMENT, "Not so.", "", "",
    )  # fmt: skip


def test_edit_kind_after_a_reply_is_refused(post, student, classmate):
    one = post()
    post(actor=classmate, targets=[], parent_id=one.pk)
    content = Content(kind=Kind.QUESTION, body="A remark.")

    expect_refusal(
        InvalidState,
        partial(edit_annotation, actor=student, annotation_id=one.pk, content=content),
        field="kind",
    )


def test_edit_content_that_cannot_be_taken_is_refused(post, student):
    one = post()
    content = Content(kind=Kind.COMMENT, body=" ")

    expect_refusal(
        Invalid,
        partial(edit_annotation, actor=student, annotation_id=one.pk, content=content),
        field="body",
        code="blank",
    )


# -- what edit and withdraw have in common -----------------------------------------------------

CHANGES = {
    "edit": partial(edit_annotation, content=Content(kind=Kind.COMMENT, body="Better.")),
    "withdraw": withdraw_annotation,
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["classmate", "observer", "assistant", "instructor"])
def test_change_by_each_other_member_is_not_allowed(change, role, post, request):
    one = post()
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, partial(CHANGES[change], actor=actor, annotation_id=one.pk))

    one.refresh_from_db()
    assert (one.version, one.status) == (1, Status.PUBLISHED)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["outsider", "operator"])
def test_change_by_each_stranger_is_missing(change, role, post, request):
    one = post()
    actor = request.getfixturevalue(role)

    expect_refusal(Missing, partial(CHANGES[change], actor=actor, annotation_id=one.pk))


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_what_is_out_of_sight_is_missing_whatever_the_version(
    change, assignment, student, classmate
):
    hidden = AnnotationFactory(assignment=assignment, author=classmate, audience=Audience.PRIVATE)

    for one in (hidden.pk, uuid.uuid4()):
        expect_refusal(
            Missing, partial(CHANGES[change], actor=student, annotation_id=one, version=99)
        )


@pytest.mark.parametrize("change", CHANGES)
def test_change_by_an_author_who_is_observer_now_is_not_allowed(change, post, student):
    one = post()
    Membership.objects.of(student).update(role="observer")

    expect_refusal(NotAllowed, partial(CHANGES[change], actor=student, annotation_id=one.pk))


@pytest.mark.parametrize("change", CHANGES)
def test_change_by_an_author_who_has_left_is_missing(change, post, student):
    one = post()
    Membership.objects.of(student).delete()

    expect_refusal(Missing, partial(CHANGES[change], actor=student, annotation_id=one.pk))


@pytest.mark.parametrize("change", CHANGES)
def test_change_after_closing_is_refused(change, post, student, assignment):
    one = post()
    assignment.closes_at = timezone.now()
    assignment.save()

    expect_refusal(
        InvalidState,
        partial(CHANGES[change], actor=student, annotation_id=one.pk),
        code="closed",
    )


@pytest.mark.parametrize("change", CHANGES)
def test_change_in_an_archived_seminar_is_not_allowed(change, post, student, seminar):
    one = post()
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, partial(CHANGES[change], actor=student, annotation_id=one.pk))


# -- withdraw ----------------------------------------------------------------------------------


def test_withdraw_hides_the_words_from_others_and_keeps_them(post, student, classmate, assistant):
    one = post()

    withdraw_annotation(actor=student, annotation_id=one.pk, version=1)

    one.refresh_from_db()
    assert (one.status, one.version, one.body) == (Status.WITHDRAWN, 2, "A remark.")
    assert list(one.history.values_list("version", "status")) == [
        (1, Status.PUBLISHED),
        (2, Status.WITHDRAWN),
    ]
    readers = {u for u in (student, classmate, assistant) if Annotation.objects.visible_to(u)}
    assert readers == {student, assistant}


def test_withdraw_again_does_nothing(post, student):
    one = post()
    withdraw_annotation(actor=student, annotation_id=one.pk)

    again = withdraw_annotation(actor=student, annotation_id=one.pk, version=1)

    assert (again.status, again.version) == (Status.WITHDRAWN, 2)
    assert Change.objects.count() == 2


def test_withdraw_of_a_version_that_is_no_longer_current_is_stale(post, student):
    one = post()
    edit_annotation(
        actor=student, annotation_id=one.pk, content=Content(kind=Kind.COMMENT, body="Better.")
    )

    expect_refusal(
        Stale, partial(withdraw_annotation, actor=student, annotation_id=one.pk, version=1)
    )


def test_withdraw_leaves_the_replies_standing(post, student, classmate):
    one = post()
    reply = post(actor=classmate, targets=[], parent_id=one.pk)

    withdraw_annotation(actor=student, annotation_id=one.pk)

    reply.refresh_from_db()
    assert (reply.status, reply.version) == (Status.PUBLISHED, 1)


def test_edit_what_was_withdrawn_is_told_so_to_its_author_alone(post, student, instructor):
    one = post()
    withdraw_annotation(actor=student, annotation_id=one.pk)

    for actor, kind in ((student, InvalidState), (instructor, NotAllowed)):
        edit = partial(edit_annotation, actor=actor, annotation_id=one.pk, content=COMMENT)
        expect_refusal(kind, edit)


# -- answers -----------------------------------------------------------------------------------


@pytest.fixture
def question(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student, kind=Kind.QUESTION)


@pytest.fixture
def answer(question, classmate):
    return ReplyFactory(parent=question, author=classmate)


@pytest.mark.parametrize("role", ["student", "assistant", "instructor"])
def test_mark_answer_by_the_asker_and_staff_takes_it(role, answer, request):
    actor = request.getfixturevalue(role)

    mark_answer(actor=actor, reply_id=answer.pk, is_answer=True)

    answer.refresh_from_db()
    assert (answer.is_answer, answer.version) == (True, 2)
    assert answer.history.get().by == actor


@pytest.mark.parametrize(
    ("role", "error"),
    [
        ("classmate", NotAllowed),
        ("observer", NotAllowed),
        ("outsider", Missing),
        ("operator", Missing),
    ],
)
def test_mark_answer_by_each_other_role_is_denied(role, error, answer, request):
    actor = request.getfixturevalue(role)

    expect_refusal(error, partial(mark_answer, actor=actor, reply_id=answer.pk, is_answer=True))

    answer.refresh_from_db()
    assert answer.is_answer is False


def test_mark_answer_another_reply_takes_its_place(answer, question, student, classmate):
    better = ReplyFactory(parent=question, author=classmate)
    mark_answer(actor=student, reply_id=answer.pk, is_answer=True)

    mark_answer(actor=student, reply_id=better.pk, is_answer=True)

    assert list(question.replies.values_list("id", "is_answer")) == [
        (answer.pk, False),
        (better.pk, True),
    ]


def test_mark_answer_again_changes_nothing(answer, student):
    mark_answer(actor=student, reply_id=answer.pk, is_answer=True)
    mark_answer(actor=student, reply_id=answer.pk, is_answer=True)

    answer.refresh_from_db()
    assert answer.version == 2


def test_mark_answer_taken_back_leaves_the_question_open(answer, student):
    mark_answer(actor=student, reply_id=answer.pk, is_answer=True)
    mark_answer(actor=student, reply_id=answer.pk, is_answer=False)

    answer.refresh_from_db()
    assert (answer.is_answer, answer.version) == (False, 3)


def test_mark_answer_of_no_reply_to_a_question_is_refused(assignment, student, question):
    comment = AnnotationFactory(assignment=assignment, author=student)
    reply = ReplyFactory(parent=comment, author=student)

    for one in (question, comment, reply):
        expect_refusal(
            InvalidState, partial(mark_answer, actor=student, reply_id=one.pk, is_answer=True)
        )


# -- the first sentence ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("One thing. Another.", "One thing."),
        ("  One\n thing. Another.", "One thing."),
        ("No stop", "No stop"),
        ("word " * 100, "word " * 58 + "word…"),
        ("x" * 400, "x" * 299 + "…"),
        ("Cafe\u0301 prices fell. Use rose.", "Café prices fell."),
    ],
)
def test_first_sentence_is_one_line_of_at_most_300(body, sentence):
    assert first_sentence(body) == sentence


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=700))
def test_first_sentence_of_any_body_fits_its_column(body):
    sentence = first_sentence(body)

    assert len(sentence) <= 300
    assert "\n" not in sentence
    assert bool(sentence) == bool(unicodedata.normalize("NFC", body).strip())
