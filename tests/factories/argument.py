"""Factories of claims, of what links them, and of what is said of evidence."""

import factory

from annotations.enums import (
    ClaimAct,
    ClaimOrigin,
    Match,
    QualityMarkType,
    RelationKind,
)
from annotations.models import (
    Claim,
    ClaimAnchor,
    ClaimVersion,
    Concession,
    HouseRules,
    ImportedGraph,
    Inference,
    LinkHealth,
    PassageCheck,
    QualityMark,
    QualityMarkAnswer,
    Relation,
)
from tests.factories.accounts import UserFactory
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.assignments import AssignmentFactory, paragraph_of


class ImportedGraphFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportedGraph

    assignment = factory.SubFactory(AssignmentFactory)
    by = factory.SubFactory(UserFactory)
    format = "aifdb"
    content = factory.Dict({"nodes": [], "edges": [], "locutions": []})


class ClaimFactory(factory.django.DjangoModelFactory):
    """A claim of the essay on the map; `asserted=True` makes it a counterargument's."""

    class Meta:
        model = Claim

    class Params:
        asserted = factory.Trait(
            origin=ClaimOrigin.ANNOTATION,
            annotation=factory.SubFactory(
                AnnotationFactory,
                counterargument=True,
                assignment=factory.SelfAttribute("..assignment"),
            ),
            added_by=factory.SelfAttribute("annotation.author"),
        )

    assignment = factory.SubFactory(AssignmentFactory)
    text = "Talks cut the risk of miscalculation."
    added_by = factory.SubFactory(UserFactory)


class ClaimAnchorFactory(factory.django.DjangoModelFactory):
    """An anchor on the whole first paragraph of the claim's assignment."""

    class Meta:
        model = ClaimAnchor

    claim = factory.SubFactory(ClaimFactory)
    revision = factory.SelfAttribute("claim.assignment.revision")
    paragraph = factory.LazyAttribute(lambda anchor: paragraph_of(anchor.claim.assignment))


class ClaimVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ClaimVersion

    claim = factory.SubFactory(ClaimFactory)
    version = factory.SelfAttribute("claim.version")
    act = ClaimAct.CREATE
    text = factory.SelfAttribute("claim.text")
    by = factory.SelfAttribute("claim.added_by")


class InferenceFactory(factory.django.DjangoModelFactory):
    """A reason for a claim on the map; `premises=[…]` adds its premises."""

    class Meta:
        model = Inference
        skip_postgeneration_save = True

    assignment = factory.SelfAttribute("conclusion.assignment")
    conclusion = factory.SubFactory(ClaimFactory)
    added_by = factory.SelfAttribute("conclusion.added_by")

    @factory.post_generation
    def premises(self, create, extracted, **kwargs):  # noqa: ARG002 - the signature factory-boy calls
        self.premises.set(extracted or [])


class RelationFactory(factory.django.DjangoModelFactory):
    """One claim rebuts another; give other targets with `target_claim=None` and their kind."""

    class Meta:
        model = Relation

    assignment = factory.SelfAttribute("source.assignment")
    kind = RelationKind.REBUTS
    source = factory.SubFactory(ClaimFactory, text="Past calm had other causes.")
    target_claim = factory.SubFactory(
        ClaimFactory, assignment=factory.SelfAttribute("..source.assignment")
    )
    added_by = factory.SelfAttribute("source.added_by")


class ConcessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Concession

    annotation = factory.SubFactory(AnnotationFactory, kind="concession")
    claim = factory.SubFactory(
        ClaimFactory, assignment=factory.SelfAttribute("..annotation.assignment")
    )
    scope = "as far as the first treaty goes"


class HouseRulesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HouseRules

    assignment = factory.SubFactory(AssignmentFactory)
    by = factory.SubFactory(UserFactory)


class PassageCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PassageCheck

    passage = factory.SubFactory(PassageFactory)
    by = factory.SubFactory(UserFactory)
    match = Match.VERBATIM


class LinkHealthFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LinkHealth

    source = factory.SubFactory(SourceFactory)


def _seminar_of(mark):
    if mark.annotation:
        return mark.annotation.assignment.seminar
    if getattr(mark, "claim", None):
        return mark.claim.assignment.seminar
    return mark.passage.source.seminar


class QualityMarkFactory(factory.django.DjangoModelFactory):
    """A mark on an annotation; give `annotation=None` and `claim` or `passage` for the others."""

    class Meta:
        model = QualityMark

    annotation = factory.SubFactory(AnnotationFactory)
    seminar = factory.LazyAttribute(_seminar_of)
    type = QualityMarkType.UNSUPPORTED
    by = factory.SubFactory(UserFactory)


class QualityMarkAnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QualityMarkAnswer

    mark = factory.SubFactory(QualityMarkFactory)
    body = "A reason has come since."
    by = factory.SubFactory(UserFactory)
