"""The mark of the rules: another as soon as anybody sees by other rules, the same until then."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from annotations.live.standing import standing_of
from annotations.queries.view_keys import views_of
from debate.accounts.models import User
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Membership
from tests.annotations.live.conftest import fresh, post
from tests.annotations.live.server import cookie_of
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory, SeminarFactory

pytestmark = pytest.mark.django_db


def mark_of(assignment):
    return standing_of([assignment.pk], [], []).marks[assignment.pk]


def _role(world):
    world.of(world.student).update(role=Role.OBSERVER)


def _limits(world):
    world.of(world.assistant).update(is_limited=True)


def _leaves(world):
    world.of(world.classmate).delete()


def _comes(world):
    MembershipFactory(seminar=world.assignment.seminar, role=Role.STUDENT)


def _group(world):
    world.group.members.add(world.classmate)


def _ungrouped(world):
    world.group.members.remove(world.student)


def _group_elsewhere(world):
    GroupFactory(seminar=SeminarFactory(), members=[world.student])


def _section(world):
    section = GroupFactory(seminar=world.assignment.seminar, kind=GroupKind.SECTION)
    world.of(world.limited).get().sections.add(section)


def _of_a_section(world):
    world.of(world.limited).get().sections.get().members.add(world.classmate)


def _for_groups(world):
    world.assignment.is_for_groups = True
    world.assignment.save()


def _set_to(world):
    world.assignment.groups.add(world.group)


def _pseudonyms(world):
    world.assignment.uses_pseudonyms = True
    world.assignment.save()


def _public_essay(world):
    world.assignment.essay.is_public = True
    world.assignment.essay.save()


def _public_seminar(world):
    world.assignment.seminar.allows_public = True
    world.assignment.seminar.save()


def _archived(world):
    world.assignment.seminar.archived_at = timezone.now()
    world.assignment.seminar.save()


def _blind(world):
    world.assignment.rounds.update(mode="blind")


def _over(world):
    now = timezone.now()
    world.assignment.rounds.update(
        opens_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
    )


def _to_come(world):
    world.assignment.rounds.update(opens_at=timezone.now() + timedelta(hours=1))


def _revision(world):
    essay = world.assignment.essay
    world.assignment.revision = essay.revisions.create(number=2, created_by=essay.created_by)
    world.assignment.save()


class World:
    def __init__(self, **people):
        self.__dict__.update(people)

    def of(self, user):
        return Membership.objects.filter(seminar=self.assignment.seminar, user=user)


@pytest.fixture
def world(assignment, assistant, limited, student, classmate, group):
    return World(
        assignment=assignment, assistant=assistant, limited=limited, student=student,
        classmate=classmate, group=group,
    )  # fmt: skip


CHANGES = [
    _role, _limits, _leaves, _comes, _group, _ungrouped, _group_elsewhere, _section, _of_a_section,
    _for_groups, _set_to, _pseudonyms, _public_essay, _public_seminar, _archived, _blind, _over,
    _to_come, _revision,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_mark_is_another_once_the_rules_are(world, change):
    before = mark_of(world.assignment)

    change(world)

    assert before is not None
    assert mark_of(world.assignment) != before


@pytest.mark.parametrize("change", CHANGES)
def test_mark_is_another_wherever_a_view_is(world, change):
    """Whatever `views_of` finds changed, for anybody, the mark tells."""
    people = [*Membership.objects.values_list("user_id", flat=True), None]

    def views():
        pairs = [(pk, world.assignment.pk) for pk in people]
        found = views_of(pairs, [fresh(world.assignment)])
        return [found[pair].key for pair in pairs]

    before, mark = views(), mark_of(world.assignment)
    change(world)

    assert views() == before or mark_of(world.assignment) != mark


def test_mark_is_the_same_after_a_post_and_in_another_place(world, student):
    before = mark_of(world.assignment)

    post(world.assignment, student)
    elsewhere = assignment_of(essay_of("Elsewhere.", seminar=SeminarFactory()), slug="elsewhere")
    post_elsewhere = MembershipFactory(seminar=elsewhere.seminar, role=Role.STUDENT).user
    post(elsewhere, post_elsewhere)

    assert mark_of(world.assignment) == before


def test_mark_is_none_while_a_round_reveals_itself_after_posts(world):
    rounds = world.assignment.rounds
    rounds.update(mode="blind", reveals_after=2)
    now = timezone.now()

    assert mark_of(world.assignment) is None
    rounds.update(opens_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    assert mark_of(world.assignment) is not None


def test_mark_goes_by_the_clock_of_the_database(world, monkeypatch):
    """As the views: with a mark that is ahead of them, a round that opens would not be told of."""
    ends = timezone.now() + timedelta(minutes=1)
    world.assignment.rounds.update(mode="blind", ends_at=ends)
    before = mark_of(world.assignment)
    monkeypatch.setattr(timezone, "now", lambda: ends + timedelta(minutes=1))

    assert mark_of(world.assignment) == before


def test_standing_counts_accounts_and_sessions_that_stand(
    assignment, student, classmate, django_assert_num_queries
):
    keys = [cookie_of(one)["Cookie"].partition("=")[2] for one in (student, classmate)]
    everybody = [student.pk, classmate.pk, uuid4()]

    def counts():
        with django_assert_num_queries(1):
            found = standing_of([assignment.pk, uuid4()], everybody, [*keys, "none"])
        assert set(found.marks) == {assignment.pk}
        return found.accounts, found.sessions

    assert counts() == (2, 2)
    User.objects.filter(pk=student.pk).update(is_active=False)
    Session.objects.filter(session_key=keys[0]).update(expire_date=timezone.now())
    assert counts() == (1, 1)
