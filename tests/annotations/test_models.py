"""What the database refuses, each by the name of its constraint; and what rows say of themselves."""

import uuid
from functools import partial

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from annotations.enums import AnchorState, Attacks, Audience, Kind, Stance, Status
from annotations.models import (
    Anchor,
    Annotation,
    Draft,
    ExportJob,
    MeToo,
    Passage,
    Presence,
    Source,
    WebIdentity,
)
from tests.factories.accounts import UserFactory
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
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    ClaimVersionFactory,
    ConcessionFactory,
    HouseRulesFactory,
    ImportedGraphFactory,
    InferenceFactory,
    LinkHealthFactory,
    PassageCheckFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
    RelationFactory,
)
from tests.factories.assignments import AssignmentFactory
from tests.factories.seminars import GroupFactory, SeminarFactory

ONE_KEY = uuid.UUID(int=7)


def draft(**fields):
    beside = {"user": UserFactory, "assignment": AssignmentFactory}
    made = {name: factory() for name, factory in beside.items() if name not in fields}
    return Draft.objects.create(
        **{"key": "p:1:1", "content": {}, "submission_key": ONE_KEY} | made | fields
    )


def twice(factory, **fields):
    """Make the row, and once more with the same fields."""
    first = factory(**fields)
    named = {
        "assignment",
        "annotation",
        "author",
        "by",
        "claim",
        "draft",
        "flagged_by",
        "source",
        "tag",
        "target_claim",
        "user",
        "vocabulary",
    }
    shared = named & {f.name for f in first._meta.fields}
    factory(**fields | {name: getattr(first, name) for name in shared})


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
    "source_has_a_link_a_doi_or_a_title": lambda: SourceFactory(url="", csl={"author": []}),
    "source_type_is_known": lambda: SourceFactory(source_type="rumour"),
    "flag_reason_is_known": lambda: FlagFactory(reason="boring"),
    "flag_is_resolved_by_somebody": lambda: FlagFactory(resolved_at=timezone.now()),
    "flag_is_open_once_a_person": lambda: twice(FlagFactory),
    "moderation_act_is_known": lambda: ModerationEntryFactory(act="burn"),
    "mention_is_made_once": lambda: twice(MentionFactory),
    "visit_is_one_a_person": lambda: twice(VisitFactory),
    "tag_key_is_unique": lambda: twice(TagFactory, key="harms"),
    "vocabulary_version_is_unique": lambda: twice(VocabularyVersionFactory),
    "paragraph_has_a_tag_once": lambda: twice(ParagraphTagFactory),
    "me_too_is_said_once": lambda: twice(
        MeToo.objects.create, annotation=AnnotationFactory(), user=UserFactory()
    ),
    "presence_is_one_a_person": lambda: twice(
        Presence.objects.create, user=UserFactory(), assignment=AssignmentFactory()
    ),
    "draft_is_one_for_each_thing": lambda: twice(draft, key="p:1:1"),
    "draft_has_a_key": lambda: draft(key=""),
    "claim_of_an_annotation_has_one": lambda: ClaimFactory(origin="annotation"),
    "claim_imported_names_its_file": lambda: ClaimFactory(origin="imported"),
    "claim_status_is_known": lambda: ClaimFactory(status="true"),
    "claim_type_is_known": lambda: ClaimFactory(type="opinion"),
    "claim_says_something": lambda: ClaimFactory(text=""),
    "claim_is_not_merged_into_itself": lambda: ClaimFactory(id=ONE_KEY, merged_into_id=ONE_KEY),
    "claim_thesis_stands_for_itself": lambda: ClaimFactory(
        is_thesis=True, merged_into=ClaimFactory()
    ),
    "claim_thesis_is_one_an_assignment": lambda: twice(ClaimFactory, is_thesis=True),
    "claim_version_is_unique": lambda: twice(ClaimVersionFactory),
    "claim_version_act_is_known": lambda: ClaimVersionFactory(act="praise"),
    "claimanchor_position_is_unique": lambda: twice(ClaimAnchorFactory),
    "claimanchor_is_a_run_or_a_whole_paragraph": lambda: ClaimAnchorFactory(
        start=3, end=3, exact=""
    ),
    "claimanchor_is_orphaned_without_paragraph": lambda: ClaimAnchorFactory(paragraph=None),
    "claimanchor_confidence_is_a_share": lambda: ClaimAnchorFactory(confidence=1.5),
    "inference_status_is_known": lambda: InferenceFactory(status="valid"),
    "relation_status_is_known": lambda: RelationFactory(status="refuted"),
    "relation_attacks_one_thing_of_its_kind": lambda: RelationFactory(kind="undercuts"),
    "relation_has_an_attacker": lambda: RelationFactory(
        source=None,
        assignment=AssignmentFactory(),
        target_claim=ClaimFactory(),
        added_by=UserFactory(),
    ),
    "relation_is_not_to_itself": lambda: to_itself(ClaimFactory()),
    "relation_is_made_once": lambda: twice(RelationFactory),
    "house_rules_version_is_unique": lambda: twice(HouseRulesFactory),
    "house_rules_burden_is_known": lambda: HouseRulesFactory(burden="everybody"),
    "passage_check_match_is_known": lambda: PassageCheckFactory(match="perhaps"),
    "passage_check_opened_what_it_vouches_for": lambda: PassageCheckFactory(opened=False),
    "link_health_status_is_known": lambda: LinkHealthFactory(status="ill"),
    "quality_mark_is_on_one_thing": lambda: QualityMarkFactory(passage=PassageFactory()),
    "quality_mark_type_is_known": lambda: QualityMarkFactory(type="boring"),
    "quality_mark_is_resolved_at_a_time": lambda: QualityMarkFactory(resolution="Done."),
    "quality_mark_is_open_once_a_person": lambda: twice(QualityMarkFactory),
    "quality_mark_answer_says_something": lambda: QualityMarkAnswerFactory(body=""),
    "export_job_state_is_known": lambda: export_job(state="lost"),
    "export_job_is_of_one_thing": lambda: export_job(of_both=True),
    "web_slug_is_unique_in_its_container": lambda: same_slug("first-thought"),
}


def export_job(*, of_both=False, **fields):
    assignment = AssignmentFactory()
    seminar = assignment.seminar if of_both else None
    ExportJob.objects.create(
        asked_by=UserFactory(), assignment=assignment, seminar=seminar, format="ndjson", **fields
    )


def same_slug(slug):
    first = AnnotationFactory()
    for annotation in (first, AnnotationFactory(assignment=first.assignment)):
        WebIdentity.objects.create(annotation=annotation, assignment=first.assignment, slug=slug)


def to_itself(claim):
    RelationFactory(source=claim, target_claim=claim)


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
@pytest.mark.parametrize(
    "fields",
    [
        {"target_claim": None},
        {"kind": "undermines", "target_claim": None},
        {"kind": "supports"},
        {"kind": "rebuts", "target": "inference"},
        {"kind": "rebuts", "target": "evidence"},
        {"kind": "undermines", "target": "inference"},
        {"kind": "undercuts", "target": "evidence"},
        {"kind": "undercuts", "target": "inference", "both": True},
        {"kind": "undermines", "target": "evidence", "both": True},
    ],
)
def test_relation_to_what_its_kind_cannot_attack_is_refused(fields):
    made = {"inference": InferenceFactory, "evidence": partial(AnnotationFactory, evidence=True)}
    target, both = fields.pop("target", None), fields.pop("both", False)
    others = {f"target_{target}": made[target]()} if target else {}
    claim = {} if both or not target else {"target_claim": None}

    with pytest.raises(IntegrityError, match='"relation_attacks_one_thing_of_its_kind"'):
        RelationFactory(**fields, **others, **claim)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "target", "make"),
    [
        ("undercuts", "inference", InferenceFactory),
        ("undermines", "evidence", partial(AnnotationFactory, evidence=True)),
        ("undermines", "claim", ClaimFactory),
        ("rebuts", "claim", ClaimFactory),
    ],
)
def test_relation_knows_what_it_attacks(kind, target, make):
    hit = make()

    relation = RelationFactory(kind=kind, **{"target_claim": None, f"target_{target}": hit})

    assert relation.target_id == hit.pk
    assert str(relation) == f"{kind} by {relation.source_id}"


@pytest.mark.django_db
def test_relation_taken_off_the_map_can_be_made_again():
    first = RelationFactory(status="withdrawn")

    again = RelationFactory(source=first.source, target_claim=first.target_claim)

    assert again.status == "marked"


@pytest.mark.django_db
def test_thesis_taken_off_the_map_leaves_room_for_another():
    first = ClaimFactory(is_thesis=True, status="withdrawn")

    assert ClaimFactory(is_thesis=True, assignment=first.assignment).is_thesis


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"annotation": None}, {"annotation": None, "claim": True, "passage": True}]
)
def test_quality_mark_on_nothing_or_several_things_is_refused(fields):
    made = {"claim": ClaimFactory, "passage": PassageFactory}
    others = {name: made[name]() for name in made.keys() & fields}

    with pytest.raises(IntegrityError, match='"quality_mark_is_on_one_thing"'):
        QualityMarkFactory(**{**fields, **others}, seminar=SeminarFactory())


@pytest.mark.django_db
def test_quality_mark_settled_may_be_set_again():
    first = QualityMarkFactory(resolved_at=timezone.now(), resolution="Reworded.")

    again = QualityMarkFactory(annotation=first.annotation, by=first.by)

    assert (str(again), again.resolved_at) == (f"unsupported by {first.by_id}", None)


@pytest.mark.django_db
def test_rows_of_the_argument_say_what_they_are():
    claim = ClaimFactory()
    anchor = ClaimAnchorFactory(claim=claim)
    version = ClaimVersionFactory(claim=claim)
    inference = InferenceFactory(conclusion=claim)
    concession = ConcessionFactory(claim=claim)
    rules = HouseRulesFactory(assignment=claim.assignment)
    imported = ImportedGraphFactory(name="thesis.json")

    assert str(claim) == "Talks cut the risk of miscalculation."
    assert str(anchor) == f"{claim.pk} at {anchor.paragraph_id} None-None"
    assert str(version) == f"version 1 of {claim.pk}"
    assert str(inference) == f"a reason for {claim.pk}"
    assert str(concession) == f"{concession.annotation_id} grants {claim.pk}"
    assert str(rules) == f"rules 1 of {claim.assignment_id}"
    assert str(imported) == "aifdb thesis.json"


@pytest.mark.django_db
def test_what_is_said_of_evidence_says_what_it_is():
    check = PassageCheckFactory()
    health = LinkHealthFactory()
    answer = QualityMarkAnswerFactory()

    assert str(check) == f"verbatim for {check.passage_id}"
    assert str(health) == f"{health.source_id}: unchecked"
    assert str(answer) == "A reason has come since."


@pytest.mark.django_db
def test_source_with_a_title_alone_is_known_by_it():
    source = SourceFactory(url="", csl={"title": "Water ledgers"})

    assert (source.title, source.href, source.host) == ("Water ledgers", "", "")


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


@pytest.mark.parametrize(
    ("who", "for_note", "cited", "seen_by"),
    [
        ("student", False, None, {"student", "instructor", "assistant"}),
        ("student", True, None, {"student"}),
        ("student", True, Audience.PRIVATE, {"student"}),
        ("student", True, Audience.SEMINAR, {"student", "classmate", "instructor", "assistant"}),
        ("instructor", False, None, {"student", "classmate", "instructor", "assistant"}),
        ("instructor", True, None, {"instructor"}),
        ("instructor", True, Audience.PRIVATE, {"instructor"}),
        ("instructor", True, Audience.STAFF, {"instructor", "assistant"}),
    ],
)
def test_passage_for_a_note_is_seen_by_those_who_may_read_that(
    request, seminar, assignment, who, for_note, cited, seen_by
):
    people = {
        one: request.getfixturevalue(one)
        for one in ("student", "classmate", "instructor", "assistant", "outsider", "operator")
    }
    source = SourceFactory(seminar=seminar, added_by=people[who])
    passage = PassageFactory(source=source, for_note=for_note, added_by=people[who])
    if cited:
        AnnotationFactory(assignment=assignment, author=people[who], audience=cited, evidence=True, passage=passage)  # fmt: skip

    assert {name for name, one in people.items() if Passage.objects.visible_to(one).exists()} == seen_by  # fmt: skip


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
