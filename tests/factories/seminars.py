from datetime import timedelta

import factory
from django.utils import timezone

from debate.seminars.enums import Role
from debate.seminars.models import Group, Invitation, Membership, RosterEntry, Seminar
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


class InvitationFactory(factory.django.DjangoModelFactory):
    """An invitation of students for a day; `token` and `code` are what lets in."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda n: f"link-of-an-invitation-{n}")
        code = factory.Sequence(lambda n: f"AAAAA{n:05}")

    seminar = factory.SubFactory(SeminarFactory)
    token_digest = factory.LazyAttribute(lambda one: Invitation.digest_of(one.token))
    code_digest = factory.LazyAttribute(lambda one: Invitation.digest_of(one.code))
    hint = factory.LazyAttribute(lambda one: one.code[:4])
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    created_by = factory.SubFactory(UserFactory)


class RosterEntryFactory(factory.django.DjangoModelFactory):
    """Somebody expected as a student, who has no account."""

    class Meta:
        model = RosterEntry

    seminar = factory.SubFactory(SeminarFactory)
    email = factory.Sequence(lambda n: f"expected{n}@example.org")
    created_by = factory.SubFactory(UserFactory)
