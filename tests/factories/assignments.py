from datetime import timedelta

import factory
from django.utils import timezone

from debate.assignments.models import Assignment, Round
from debate.essays.models import Paragraph
from tests.factories.essays import essay_of


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


def assignment_of(essay, **fields):
    """The essay set to its seminar, with one open round."""
    assignment = AssignmentFactory(essay=essay, **fields)
    RoundFactory(assignment=assignment)
    return assignment


def paragraph_of(assignment, number=1):
    """The assignment's paragraph of that number."""
    return Paragraph.objects.get(revision=assignment.revision_id, number=number)
