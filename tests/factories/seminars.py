import factory

from debate.seminars.enums import Role
from debate.seminars.models import Group, Membership, Seminar
from tests.factories.accounts import UserFactory


class SeminarFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seminar

    title = factory.Sequence(lambda n: f"Seminar {n}")
    slug = factory.Sequence(lambda n: f"seminar-{n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    seminar = factory.SubFactory(SeminarFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.STUDENT


class GroupFactory(factory.django.DjangoModelFactory):
    """A reading group; `members` are the people to put into it."""

    class Meta:
        model = Group
        skip_postgeneration_save = True

    seminar = factory.SubFactory(SeminarFactory)
    name = factory.Sequence(lambda n: f"Group {n}")

    @factory.post_generation
    def members(self, _create, people, **_kwargs):
        self.members.set(people or [])
