"""What the database refuses, each by the name of its constraint; and what rows say of themselves."""

import uuid

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from annotations.enums import AnchorState, Attacks, Audience, Kind, Stance, Status
from annotations.models import Anchor, Annotation, Source
from tests.factories.annotations import (
    AnchorFactory,
    AnnotationFactory,
    AnnotationVersionFactory,
    ChangeFactory,
    FlagFactory,
    MentionFactory,
    ModerationEntryFactory,
    ParagraphTagFactory,
    PassageFactory,
    PlacementFactory,
    ReplyFactory,
    SourceFactory,
    TagFactory,
    VisitFactory,
    VocabularyVersionFactory,
    annotation_on,
)
from tests.factories.seminars import GroupFactory

ONE_KEY = uuid.UUID(int=7)


def twice(factory, **fields):
    """Make the row, and once more with the same fields."""
    first = factory(**fields)
    named = {
        "assignment",
        "annotation",
        "author",
        "draft",
        "flagged_by",
        "tag",
        "user",
        "vocabulary",
    }
    shared = named & {f.name for f in first._meta.get_fields()}
    factory(**fields, **{name: getattr(first, name) for name in shared})


# Each constraint of the app, and a row that offends it and no other.
OFFENCES = {
    "annotation_kind_is_known": lambda: AnnotationFactory(kind="praise"),
    "annotation_status_is_known": lambda: AnnotationFactory(status="deleted"),
    "annotation_has_a_group_only_for_its_audience": lambda: AnnotationFactory(
        audience=Audience.GROUP
    ),
    "annotation_counterargument_has_its_shape": lambda: AnnotationFactory(
        kind=Kind.COUNTERARGUMENT
    ),
    "annotation_evidence_has_its_shape": lambda: AnnotationFactory(kind=Kind.EVIDENCE),
    "annotation_has_a_body": lambda: AnnotationFactory(body=""),
    "annotation_reply_has_a_root": lambda: ReplyFactory(root=None),
    "annotation_answer_is_a_reply": lambda: AnnotationFactory(is_answer=True),
    "annotation_is_not_its_own_parent": lambda: AnnotationFactory(
        id=ONE_KEY, parent_id=ONE_KEY, root_id=ONE_KEY
    ),
    "annotation_is_submitted_once": lambda: twice(AnnotationFactory, submission_key=ONE_KEY),
    "annotation_is_pinned_or_locked_as_a_thread": lambda: ReplyFactory(locked_at=timezone.now()),
    "annotation_late_is_for_staff": lambda: AnnotationFactory(is_late=True),
    "anchor_position_is_unique": lambda: twice(AnchorFactory),
    "anchor_is_a_run_or_a_whole_paragraph": lambda: AnchorFactory(start=3, end=3, exact=""),
    "anchor_is_orphaned_without_paragraph": lambda: AnchorFactory(
        state=AnchorState.ORPHANED, exact="lost words"
    ),
    "anchor_confidence_is_a_share": lambda: AnchorFactory(confidence=1.5),
    "annotation_version_is_unique": lambda: twice(AnnotationVersionFactory),
    "change_counter_is_unique": lambda: twice(ChangeFactory),
    "placement_is_decided_once": lambda: twice(PlacementFactory),
    "placement_is_a_run_a_paragraph_or_nothing": lambda: PlacementFactory(start=0, end=4),
    "source_doi_is_unique_on_its_shelf": lambda: same_shelf(url="", doi="10.1000/1"),
    "source_url_is_unique_on_its_shelf": lambda: same_shelf(url="https://example.org/"),
    "source_has_a_link_or_doi": lambda: SourceFactory(url="", doi=""),
    "flag_reason_is_known": lambda: FlagFactory(reason="boring"),
    "flag_is_resolved_by_somebody": lambda: FlagFactory(resolved_at=timezone.now()),
    "flag_is_open_once_a_person": lambda: twice(FlagFactory),
    "moderation_act_is_known": lambda: ModerationEntryFactory(act="burn"),
    "mention_is_made_once": lambda: twice(MentionFactory),
    "visit_is_one_a_person": lambda: twice(VisitFactory),
    "tag_key_is_unique": lambda: twice(TagFactory, key="harms"),
    "vocabulary_version_is_unique": lambda: twice(VocabularyVersionFactory),
    "paragraph_has_a_tag_once": lambda: twice(ParagraphTagFactory),
}


def same_shelf(**fields):
    first = SourceFactory(**fields)
    SourceFactory(**fields, seminar=first.seminar)


@pytest.mark.django_db
@pytest.mark.parametrize("name", OFFENCES)
def test_constraint_offended_row_is_refused_by_name(name):
    with pytest.raises(IntegrityError, match=f'"{name}"'):
        OFFENCES[name]()


def test_offences_name_every_constraint_of_the_app():
    named = [
        constraint.name
        for model in apps.get_app_config("annotations").get_models()
        for constraint in model._meta.constraints
    ]

    assert sorted(OFFENCES) == sorted(named)


# Other ways to offend the constraints that hold each kind to its shape.
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("annotation_counterargument_has_its_shape", {"attacks": Attacks.REASON}),
        ("annotation_counterargument_has_its_shape", {"counterclaim": "Not so."}),
        (
            "annotation_counterargument_has_its_shape",
            {"counterargument": True, "counterclaim": ""},
        ),
        (
            "annotation_counterargument_has_its_shape",
            {"counterargument": True, "attacks": "everything"},
        ),
        ("annotation_evidence_has_its_shape", {"stance": Stance.SUPPORTS}),
        ("annotation_evidence_has_its_shape", {"warrant": "Because."}),
        ("annotation_evidence_has_its_shape", {"evidence": True, "stance": "proves"}),
        ("annotation_evidence_has_its_shape", {"evidence": True, "warrant": ""}),
        ("annotation_evidence_has_its_shape", {"evidence": True, "passage": None}),
        ("annotation_has_a_group_only_for_its_audience", {"audience": "everyone"}),
        ("annotation_has_a_body", {"counterargument": True, "body": ""}),
    ],
)
def test_annotation_of_a_wrong_shape_is_refused(name, fields):
    with pytest.raises(IntegrityError, match=f'"{name}"'):
        AnnotationFactory(**fields)


@pytest.mark.django_db
def test_annotation_for_the_seminar_with_a_group_is_refused():
    with pytest.raises(IntegrityError, match="annotation_has_a_group_only_for_its_audience"):
        AnnotationFactory(audience=Audience.SEMINAR, group=GroupFactory())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("anchor_is_a_run_or_a_whole_paragraph", {"start": 0, "end": None}),
        ("anchor_is_a_run_or_a_whole_paragraph", {"start": None, "end": 4}),
        ("anchor_is_a_run_or_a_whole_paragraph", {"start": 0, "end": 4, "exact": None}),
        ("anchor_is_a_run_or_a_whole_paragraph", {"start": 4, "end": 2, "exact": "ab"}),
        ("anchor_is_orphaned_without_paragraph", {"paragraph": None}),
        ("anchor_confidence_is_a_share", {"confidence": -0.1}),
    ],
)
def test_anchor_of_a_wrong_shape_is_refused(name, fields):
    with pytest.raises(IntegrityError, match=f'"{name}"'):
        AnchorFactory(**fields)


@pytest.mark.django_db
def test_anchor_orphaned_keeps_its_words_without_paragraph():
    anchor = AnchorFactory(paragraph=None, state=AnchorState.ORPHANED, exact="lost words")

    anchor.refresh_from_db()

    assert (anchor.exact, anchor.start, anchor.paragraph) == ("lost words", None, None)


@pytest.mark.django_db
def test_evidence_without_body_is_kept():
    annotation = AnnotationFactory(evidence=True, body="")

    assert Annotation.objects.get() == annotation


@pytest.mark.django_db
def test_full_clean_reports_a_wrong_shape_before_the_database_does():
    annotation = AnnotationFactory.build(
        assignment=None, round=None, author=None, kind=Kind.COUNTERARGUMENT
    )

    with pytest.raises(ValidationError, match="annotation_counterargument_has_its_shape"):
        annotation.validate_constraints()


def test_on_paragraph_finds_what_is_anchored_there(assignment, paragraphs, student):
    here = annotation_on(paragraphs[0], assignment=assignment, author=student)
    words = annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)
    annotation_on(paragraphs[1], assignment=assignment, author=student)

    assert list(Annotation.objects.on(paragraphs[0])) == [here, words]


def test_on_paragraph_anchored_twice_is_found_once(assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], "Cities", assignment=assignment, author=student)
    AnchorFactory(annotation=annotation, paragraph=paragraphs[0], position=1)

    assert list(Annotation.objects.on(paragraphs[0])) == [annotation]


def test_by_author_and_top_level_narrow_the_list(assignment, student, classmate):
    mine = AnnotationFactory(assignment=assignment, author=student)
    ReplyFactory(parent=mine, author=classmate)

    assert list(Annotation.objects.by(student)) == [mine]
    assert list(Annotation.objects.top_level()) == [mine]


def test_for_display_needs_no_further_query(assignment, student, django_assert_num_queries):
    AnnotationFactory(assignment=assignment, author=student, evidence=True)

    with django_assert_num_queries(1):
        (one,) = Annotation.objects.for_display(student)
        shown = (str(one.author), one.group, one.passage.source.href)

    assert shown == ("Student", None, Source.objects.get().url)


def test_annotation_order_is_that_of_creation(assignment, student):
    written = AnnotationFactory.create_batch(3, assignment=assignment, author=student)

    assert list(Annotation.objects.all()) == written


def test_annotation_says_its_kind_and_address(assignment, student):
    annotation = AnnotationFactory(assignment=assignment, author=student, counterargument=True)

    assert str(annotation) == f"Counterargument {annotation.pk}"
    assert annotation.get_absolute_url() == f"/annotations/{annotation.pk}/"


@pytest.mark.parametrize(
    ("state", "confidence", "label"),
    [
        (AnchorState.CREATED, 1.0, "exact"),
        (AnchorState.KEPT, 1.0, "exact"),
        (AnchorState.MOVED, 0.9, "moved"),
        (AnchorState.EDITED, 0.82, "text edited (82 %)"),
        (AnchorState.BY_HAND, 1.0, "placed by hand"),
        (AnchorState.ORPHANED, 0.0, "text removed"),
    ],
)
def test_anchor_state_is_said_in_words(state, confidence, label):
    assert Anchor(state=state, confidence=confidence).state_label == label


@pytest.mark.parametrize(
    ("fields", "title", "href", "host"),
    [
        (
            {"url": "https://www.example.org/a?b=1"},
            "https://www.example.org/a?b=1",
            "https://www.example.org/a?b=1",
            "example.org",
        ),
        ({"doi": "10.1000/182"}, "10.1000/182", "https://doi.org/10.1000/182", "doi.org"),
        (
            {"doi": "10.1000/182", "url": "https://example.org/x", "csl": {"title": "Water"}},
            "Water",
            "https://doi.org/10.1000/182",
            "doi.org",
        ),
    ],
)
def test_source_shows_title_link_and_host(fields, title, href, host):
    source = Source(**fields)

    assert (source.title, source.href, source.host, str(source)) == (title, href, host, title)


def test_source_that_the_seminar_cites_is_seen_by_its_members_only(
    assignment, seminar, observer, student, outsider, operator, anonymous
):
    source = SourceFactory(seminar=seminar)
    AnnotationFactory(assignment=assignment, evidence=True, passage=PassageFactory(source=source))
    seen = {
        user: list(Source.objects.visible_to(user))
        for user in (observer, student, outsider, operator, anonymous)
    }

    assert seen == {
        observer: [source],
        student: [source],
        outsider: [],
        operator: [],
        anonymous: [],
    }


def test_source_that_staff_put_on_the_shelf_is_seen_uncited(seminar, assistant, observer):
    source = SourceFactory(seminar=seminar, added_by=assistant)

    assert list(Source.objects.visible_to(observer)) == [source]


def test_source_that_only_a_private_note_cites_is_seen_by_its_author_and_staff(
    assignment, seminar, student, classmate, instructor
):
    source = SourceFactory(seminar=seminar, added_by=student)
    AnnotationFactory(
        assignment=assignment,
        author=student,
        audience=Audience.PRIVATE,
        evidence=True,
        passage=PassageFactory(source=source),
    )
    seen = {
        user: list(Source.objects.visible_to(user)) for user in (student, instructor, classmate)
    }

    assert seen == {student: [source], instructor: [source], classmate: []}


@pytest.mark.django_db
def test_source_same_link_on_two_shelves_stands_on_both():
    SourceFactory.create_batch(2, url="https://example.org/same")

    assert Source.objects.filter(url="https://example.org/same").count() == 2


@pytest.mark.django_db
def test_passage_without_quote_says_so():
    passage = PassageFactory()

    assert str(passage) == f"no quote yet from {passage.source_id}"
    assert str(PassageFactory(quote="Use fell by a tenth.")) == "Use fell by a tenth."


@pytest.mark.django_db
def test_change_line_keeps_what_it_says():
    change = ChangeFactory(audience_after=Audience.STAFF)

    change.refresh_from_db()

    assert str(change) == f"create annotation {uuid.UUID(int=1)}"
    assert (change.status_before, change.audience_before, change.group_before) == ("", "", None)
    assert (change.status_after, change.audience_after) == (Status.PUBLISHED, Audience.STAFF)


@pytest.mark.django_db
def test_annotation_version_names_its_annotation():
    version = AnnotationVersionFactory()

    assert str(version) == f"version 1 of {version.annotation_id}"
