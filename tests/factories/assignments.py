from datetime import timedelta

import factory
from django.utils import timezone

from debate.assignments.models import (
    Accommodation,
    Alias,
    Assignment,
    AssignmentTemplate,
    Extension,
    Round,
    Side,
)
from debate.essays.models import Paragraph
from tests.factories.accounts import UserFactory
from tests.factories.essays import essay_of
from tests.factories.seminars import SeminarFactory


class AssignmentFactory(factory.django.DjangoModelFactory):
    """An assignment that opened a day ago and does not close; its essay has one paragraph."""

    class Meta:
        model = Assignment

    essay = factory.LazyFunction(lambda: essay_of("Prices tell people what water costs."))
    seminar = factory.SelfAttribute("essay.seminar")
    revision = factory.SelfAttribute("essay.current_revision")
    created_by = factory.SelfAttribute("essay.created_by")
    title = factory.SelfAttribute("essay.title")
    slug = factory.Sequence(lambda n: f"assignment-{n}")
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class RoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Round
        django_get_or_create = ["assignment", "number"]

    assignment = factory.SubFactory(AssignmentFactory)
    number = 1
    opens_at = factory.SelfAttribute("assignment.opens_at")


class AliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Alias

    assignment = factory.SubFactory(AssignmentFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Heron {n}")


class SideFactory(factory.django.DjangoModelFactory):
    """The affirmative side of a person in all rounds."""

    class Meta:
        model = Side

    assignment = factory.SubFactory(AssignmentFactory)
    user = factory.SubFactory(UserFactory)
    position = "affirmative"


class ExtensionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Extension

    assignment = factory.SubFactory(AssignmentFactory)
    user = factory.SubFactory(UserFactory)
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=3))
    granted_by = factory.SelfAttribute("assignment.created_by")


class AccommodationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Accommodation

    seminar = factory.SubFactory(SeminarFactory)
    user = factory.SubFactory(UserFactory)
    extra_days = 2
    granted_by = factory.SubFactory(UserFactory)


class AssignmentTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AssignmentTemplate

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Template {n}")
    setup: dict[str, object] = {}


def assignment_of(essay, **fields):
    """The essay set to its seminar, with one open round."""
    assignment = AssignmentFactory(essay=essay, **fields)
    RoundFactory(assignment=assignment)
    return assignment


def paragraph_of(assignment, number=1):
    """The assignment's paragraph of that number."""
    return Paragraph.objects.get(revision=assignment.revision_id, number=number)
