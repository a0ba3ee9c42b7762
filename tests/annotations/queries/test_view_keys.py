from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from annotations.enums import Audience, Status
from annotations.models import Annotation
from annotations.queries.conditions import state_of, view_in
from annotations.queries.view_keys import view_of, views_of
from debate.assignments.enums import RoundMode
from debate.assignments.models import Assignment
from debate.seminars.enums import GroupKind, Role
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import RoundFactory, assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory, SeminarFactory

pytestmark = pytest.mark.django_db


def rows_of(assignment, authors, groups):
    """An annotation of each author, status, audience and round that there can be."""
    rounds = assignment.rounds.all()
    return Annotation.objects.bulk_create(
        AnnotationFactory.build(
            assignment=assignment,
            round=round_,
            author=author,
            status=status,
            audience=audience,
            group=group,
        )
        for author, status, audience, round_ in product(
            authors, Status.values, Audience.values, rounds
        )
        for group in (groups if audience == Audience.GROUP else [None])
    )


def told(view, row):
    return view.reads(
        author_id=row.author_id,
        round_id=row.round_id,
        status=row.status,
        audience=row.audience,
        group_id=row.group_id,
    )


def expect_as_the_door(assignment, people, rows):
    """The rules in Python say of each row and person what `visible_to` does."""
    found = Assignment.objects.for_pages().get(pk=assignment.pk)
    for person in people:
        view = view_of(person, found)
        door = set(
            Annotation.objects.visible_to(person)
            .filter(assignment=found)
            .values_list("pk", flat=True)
        )
        rules = {row.pk for row in rows if told(view, row)}
        assert rules == door, person
        assert view.is_open == Assignment.objects.visible_to(person).filter(pk=found.pk).exists()


@pytest.fixture
def people(seminar, instructor, assistant, student, classmate, observer, outsider):
    """The cast, and two assistants who act for the sections of one student each."""
    limited = []
    for one in (student, classmate):
        section = GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[one])
        membership = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
        membership.sections.add(section)
        limited.append(membership.user)
    nobody = AnonymousUser()
    return [instructor, assistant, student, classmate, observer, outsider, nobody, *limited]


def set_essay(seminar, *, is_public=False, allows_public=False, **fields):
    seminar.allows_public = allows_public
    seminar.save()
    essay = essay_of("Prices tell people what water costs.", seminar=seminar)
    essay.is_public = is_public
    essay.save()
    return assignment_of(essay, **fields)


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize("allows_public", [False, True])
def test_reads_is_as_visible_to_of_whoever_it_is(
    is_public, allows_public, seminar, people, group, other_group
):
    assignment = set_essay(seminar, is_public=is_public, allows_public=allows_public)
    authors = [one for one in people if one.pk]

    rows = rows_of(assignment, authors, [group, other_group])

    expect_as_the_door(assignment, people, rows)


@pytest.mark.parametrize(
    "round_",
    [
        {"mode": "blind"},
        {"mode": "blind", "reveals_after": 2},
        {"mode": "blind", "reveals_after": 400},
        {"mode": "blind", "ends_at": timezone.now() - timedelta(minutes=1)},
        {"mode": "rebuttal"},
        {"mode": "closed"},
    ],
)
def test_reads_is_as_visible_to_in_every_round(round_, seminar, people, student, group):
    assignment = set_essay(seminar, is_public=True, allows_public=True)
    RoundFactory(assignment=assignment, number=2, **round_)

    rows = rows_of(assignment, people[:4], [group])

    expect_as_the_door(assignment, people, rows)


def test_reads_is_as_visible_to_where_it_is_set_to_a_group(
    seminar, people, group, other_group, student
):
    assignment = set_essay(seminar, is_for_groups=True)
    assignment.groups.add(group)

    rows = rows_of(assignment, people[:5], [group, other_group])

    expect_as_the_door(assignment, people, rows)


def test_view_in_a_state_is_the_view_of_whoever_is_known(seminar, people, group, other_group):
    assignment = set_essay(seminar, is_public=True, allows_public=True, is_for_groups=True)
    assignment.groups.add(group)
    RoundFactory(assignment=assignment, number=2, mode="blind")
    found = Assignment.objects.for_pages().get(pk=assignment.pk)
    known = [one for one in people if one.pk]

    views = [view_in(state_of(one, found.pk)) for one in known]

    whole = [view_of(one, found) for one in known]
    assert views == [replace(one, is_blind_now=False) for one in whole]
    assert [one.key for one in views] == [one.key for one in whole]


def test_view_in_a_state_that_does_not_tell_it_is_none(seminar, student, anonymous):
    assignment = set_essay(seminar, is_public=True, allows_public=True)
    by_visitor = view_in(state_of(anonymous, assignment.pk))
    RoundFactory(assignment=assignment, number=2, mode="blind", reveals_after=2)

    assert (by_visitor, view_in(state_of(student, assignment.pk))) == (None, None)


def key_of(user, assignment):
    return view_of(user, Assignment.objects.for_pages().get(pk=assignment.pk)).key


@pytest.fixture
def moves(seminar, assignment, student, classmate, assistant, group):
    """By name, what moves what somebody sees without a change of any object."""
    membership = student.memberships.get()
    helps = assistant.memberships.get()
    section = GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[classmate])
    round_ = assignment.rounds.get()

    def change(row, **fields):
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()

    def post():
        AnnotationFactory(assignment=assignment, round=round_, author=student)

    def limit():
        change(helps, is_limited=True)

    return {
        "role": ([], student, lambda: change(membership, role=Role.OBSERVER)),
        "leaving a group": ([], student, lambda: group.members.remove(student)),
        "becoming limited": ([], assistant, limit),
        "a section more": ([limit], assistant, lambda: helps.sections.add(section)),
        "somebody in the section": (
            [limit, lambda: helps.sections.add(section)],
            assistant,
            lambda: section.members.add(student),
        ),
        "a colleague more": (
            [limit],
            assistant,
            lambda: MembershipFactory(seminar=seminar, role=Role.INSTRUCTOR),
        ),
        "a blind round": ([], student, lambda: change(round_, mode="blind")),
        "the end of a blind round": (
            [lambda: change(round_, mode="blind")],
            student,
            lambda: change(round_, ends_at=timezone.now()),
        ),
        "the post that reveals": (
            [lambda: change(round_, mode="blind", reveals_after=1)],
            student,
            post,
        ),
        "a seminar that allows public notes": (
            [lambda: change(assignment.essay, is_public=True)],
            student,
            lambda: change(seminar, allows_public=True),
        ),
        "pseudonyms": ([], student, lambda: change(assignment, uses_pseudonyms=True)),
        "an archived seminar": ([], student, lambda: change(seminar, archived_at=timezone.now())),
        "another revision": (
            [],
            student,
            lambda: change(
                assignment, revision=essay_of("Another text.", seminar=seminar).current_revision
            ),
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "role", "leaving a group", "becoming limited", "a section more", "somebody in the section",
        "a colleague more", "a blind round", "the end of a blind round", "the post that reveals",
        "a seminar that allows public notes", "pseudonyms", "an archived seminar",
        "another revision",
    ],
)  # fmt: skip
def test_key_moves_with_what_decides_what_the_person_sees(name, moves, assignment):
    given, person, move = moves[name]
    for act in given:
        act()
    before = key_of(person, assignment)

    assert key_of(person, assignment) == before
    move()

    assert key_of(person, assignment) != before


def test_key_stays_when_others_post_and_come(assignment, seminar, student, classmate, instructor):
    before = {one.pk: key_of(one, assignment) for one in (student, instructor)}

    AnnotationFactory(assignment=assignment, round=assignment.rounds.get(), author=classmate)
    MembershipFactory(seminar=seminar, role=Role.STUDENT)

    assert {one.pk: key_of(one, assignment) for one in (student, instructor)} == before


def test_blind_round_opens_by_the_clock_of_the_database(
    assignment, student, classmate, monkeypatch
):
    """As for `visible_to`: a key that is ahead of what is shown would leave the round untold."""
    assignment.rounds.update(mode=RoundMode.BLIND, ends_at=timezone.now() + timedelta(minutes=1))
    round_ = assignment.rounds.get()
    note = AnnotationFactory(assignment=assignment, round=round_, author=classmate)
    ahead = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: ahead)

    view = view_of(student, Assignment.objects.for_pages().get(pk=assignment.pk))

    assert note not in Annotation.objects.visible_to(student)
    assert view.closed_rounds == {round_.pk}
    assert view.is_blind_now


def test_key_is_nobody_elses(assignment, student, classmate):
    assert key_of(student, assignment) != key_of(classmate, assignment)


def test_views_of_many_takes_as_many_queries_as_of_few(seminar, assignment):
    found = Assignment.objects.for_pages().filter(seminar=seminar)

    def look():
        people = seminar.members.values_list("pk", flat=True)
        return views_of([(pk, assignment.pk) for pk in people], found)

    MembershipFactory(seminar=seminar, role=Role.STUDENT)
    expect_constant_queries(
        look, grow=lambda: MembershipFactory.create_batch(5, seminar=seminar, role=Role.STUDENT)
    )


def test_views_of_leaves_out_assignments_that_are_not_given(assignment, student):
    other = assignment_of(essay_of("Elsewhere.", seminar=SeminarFactory()))
    given = Assignment.objects.for_pages().filter(pk=assignment.pk)

    views = views_of([(student.pk, assignment.pk), (student.pk, other.pk)], given)

    assert set(views) == {(student.pk, assignment.pk)}
