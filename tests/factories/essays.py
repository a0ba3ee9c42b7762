import factory

from debate.essays import inline
from debate.essays.enums import NUMBERED, ParagraphKind
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay, ImportDraft, Paragraph, Revision
from tests.factories.accounts import UserFactory
from tests.factories.seminars import SeminarFactory


class EssayFactory(factory.django.DjangoModelFactory):
    """An essay without text; `essay_of` makes one with paragraphs."""

    class Meta:
        model = Essay

    seminar = factory.SubFactory(SeminarFactory)
    title = factory.Sequence(lambda n: f"Essay {n}")
    created_by = factory.SubFactory(UserFactory)


class RevisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Revision

    essay = factory.SubFactory(EssayFactory)
    number = 1
    created_by = factory.SelfAttribute("essay.created_by")


class ParagraphFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paragraph

    revision = factory.SubFactory(RevisionFactory)
    position = 1
    number = factory.LazyAttribute(lambda one: one.position if one.kind in NUMBERED else None)
    kind = ParagraphKind.BODY
    text = "Prices tell people what water costs."
    html = factory.LazyAttribute(lambda one: inline.from_plain(one.text))


class ImportDraftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportDraft

    class Params:
        draft = Draft(title="A draft", blocks=[Block(kind="body", html="One paragraph.")])

    seminar = factory.SubFactory(SeminarFactory)
    created_by = factory.SubFactory(UserFactory)
    content = factory.LazyAttribute(lambda kept: kept.draft.to_json())


def essay_of(*texts, **fields):
    """An essay whose current revision has the texts as its paragraphs 1, 2, 3 …"""
    essay = EssayFactory(**fields)
    essay.current_revision = RevisionFactory(essay=essay)
    essay.save()
    for position, text in enumerate(texts, start=1):
        ParagraphFactory(revision=essay.current_revision, position=position, text=text)
    return essay
