import uuid

import factory
from django.utils import timezone

from annotations import selectors
from annotations.enums import Attacks, Kind, Op, Stance, Status
from annotations.models import (
    Anchor,
    Annotation,
    AnnotationVersion,
    Change,
    Flag,
    Mention,
    ModerationEntry,
    ParagraphTag,
    Passage,
    Placement,
    Source,
    Tag,
    Visit,
    Vocabulary,
    VocabularyVersion,
)
from debate.core.text import render_markdown
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AssignmentFactory, RoundFactory, paragraph_of
from tests.factories.essays import ImportDraftFactory
from tests.factories.seminars import SeminarFactory


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    seminar = factory.SubFactory(SeminarFactory)
    url = factory.Sequence(lambda n: f"https://example.org/works/{n}")
    added_by = factory.SubFactory(UserFactory)


class PassageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Passage

    source = factory.SubFactory(SourceFactory)
    added_by = factory.SelfAttribute("source.added_by")


class AnnotationFactory(factory.django.DjangoModelFactory):
    """A published comment for the whole seminar, without anchor.

    `counterargument=True` and `evidence=True` give it the shape of those kinds.
    """

    class Meta:
        model = Annotation

    class Params:
        counterargument = factory.Trait(
            kind=Kind.COUNTERARGUMENT,
            attacks=Attacks.CONCLUSION,
            counterclaim="It does not follow.",
        )
        evidence = factory.Trait(
            kind=Kind.EVIDENCE,
            stance=Stance.SUPPORTS,
            warrant="It measured what the paragraph claims.",
            passage=factory.SubFactory(
                PassageFactory,
                source__seminar=factory.SelfAttribute("...assignment.seminar"),
                for_note=True,
            ),
        )

    assignment = factory.SubFactory(AssignmentFactory)
    round = factory.SubFactory(RoundFactory, assignment=factory.SelfAttribute("..assignment"))
    author = factory.SubFactory(UserFactory)
    kind = Kind.COMMENT
    body = "A remark."
    body_html = factory.LazyAttribute(lambda one: render_markdown(one.body))
    status = Status.PUBLISHED
    published_at = factory.LazyAttribute(
        lambda one: None if one.status in {Status.HELD, Status.PENDING} else timezone.now()
    )


class ReplyFactory(AnnotationFactory):
    """A reply to `parent`, with the audience of its thread."""

    parent = factory.SubFactory(AnnotationFactory)
    root = factory.LazyAttribute(lambda reply: reply.parent.root or reply.parent)
    depth = factory.LazyAttribute(lambda reply: reply.parent.depth + 1)
    assignment = factory.SelfAttribute("parent.assignment")
    round = factory.SelfAttribute("parent.round")
    audience = factory.SelfAttribute("parent.audience")
    group = factory.SelfAttribute("parent.group")


class AnchorFactory(factory.django.DjangoModelFactory):
    """An anchor on the whole first paragraph of the annotation's assignment."""

    class Meta:
        model = Anchor

    annotation = factory.SubFactory(AnnotationFactory)
    revision = factory.SelfAttribute("annotation.assignment.revision")
    paragraph = factory.LazyAttribute(lambda anchor: paragraph_of(anchor.annotation.assignment))


class AnnotationVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AnnotationVersion

    annotation = factory.SubFactory(AnnotationFactory)
    version = factory.SelfAttribute("annotation.version")
    kind = factory.SelfAttribute("annotation.kind")
    status = factory.SelfAttribute("annotation.status")
    body = factory.SelfAttribute("annotation.body")
    by = factory.SelfAttribute("annotation.author")


class ChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Change

    assignment = factory.SubFactory(AssignmentFactory)
    counter = 1
    object_id = uuid.UUID(int=1)
    op = Op.CREATE
    version = 1
    author_id = uuid.UUID(int=2)
    round_id = uuid.UUID(int=3)
    status_after = Status.PUBLISHED
    audience_after = "seminar"


class PlacementFactory(factory.django.DjangoModelFactory):
    """The decision that the annotation is left without place."""

    class Meta:
        model = Placement

    draft = factory.SubFactory(ImportDraftFactory)
    annotation = factory.SubFactory(AnnotationFactory)


class FlagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Flag

    annotation = factory.SubFactory(AnnotationFactory)
    flagged_by = factory.SubFactory(UserFactory)
    reason = "off_topic"


class ModerationEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ModerationEntry

    annotation = factory.SubFactory(AnnotationFactory)
    actor = factory.SubFactory(UserFactory)
    act = "hide"


class MentionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mention

    annotation = factory.SubFactory(AnnotationFactory)
    user = factory.SubFactory(UserFactory)


class VisitFactory(factory.django.DjangoModelFactory):
    """A visit that is going on, the first one."""

    class Meta:
        model = Visit

    user = factory.SubFactory(UserFactory)
    assignment = factory.SubFactory(AssignmentFactory)
    last_at = factory.LazyFunction(timezone.now)


class VocabularyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vocabulary

    seminar = factory.SubFactory(SeminarFactory)


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag

    vocabulary = factory.SubFactory(VocabularyFactory)
    key = factory.Sequence(lambda n: f"tag-{n}")
    label = factory.Sequence(lambda n: f"Tag {n}")


class VocabularyVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VocabularyVersion

    vocabulary = factory.SubFactory(VocabularyFactory)
    version = factory.SelfAttribute("vocabulary.version")
    entries: list[object] = []
    by = factory.SubFactory(UserFactory)


class ParagraphTagFactory(factory.django.DjangoModelFactory):
    """A tag of the assignment's seminar on its first paragraph."""

    class Meta:
        model = ParagraphTag

    assignment = factory.SubFactory(AssignmentFactory)
    paragraph_key = factory.LazyAttribute(lambda one: paragraph_of(one.assignment).key)
    tag = factory.SubFactory(
        TagFactory, vocabulary__seminar=factory.SelfAttribute("...assignment.seminar")
    )
    given_by = factory.SelfAttribute("assignment.created_by")


def annotation_on(paragraph, quote="", **fields):
    """An annotation anchored on the whole paragraph, or on the first place of the quoted words."""
    annotation = AnnotationFactory(**fields)
    words = {}
    if quote:
        start = paragraph.text.index(quote)
        found = selectors.select(paragraph.text, start, start + len(quote))
        words = {name: getattr(found, name) for name in selectors.Selector.__slots__}
    AnchorFactory(annotation=annotation, revision=paragraph.revision, paragraph=paragraph, **words)
    return annotation
