"""A seminar copied to a new term: what goes along, and when it is due."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from debate.assignments.actions import RoundInput, set_essay
from debate.assignments.actions.copying import copy_seminar
from debate.assignments.models import Assignment
from debate.core.errors import Invalid, NotAllowed
from debate.essays.actions import create_essay
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay
from debate.seminars.actions import archive_seminar
from debate.seminars.models import Membership, Seminar
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import SideFactory
from tests.factories.essays import EssayFactory, RevisionFactory
from tests.factories.seminars import MembershipFactory

BERLIN = ZoneInfo("Europe/Berlin")
START = date(2027, 4, 12)
BLOCKS = [
    Block(kind="heading", html="Why", level=2),
    Block(kind="body", html="One <em>two</em>."),
    Block(kind="note", html="See there.", label="1"),
]


def berlin(*numbers):
    return datetime(*numbers, tzinfo=BERLIN)


@pytest.fixture
def seminar(seminar):
    seminar.time_zone = "Europe/Berlin"
    seminar.description = "Thursdays."
    seminar.allows_public = seminar.students_make_groups = True
    seminar.save()
    return seminar


@pytest.fixture
def taught(seminar, instructor):
    """An essay of the seminar, not set yet."""
    return create_essay(
        actor=instructor,
        seminar=seminar,
        draft=Draft(title="Rents", author="A. Ng", language="de", blocks=BLOCKS),
        source_url="https://example.org/rents",
        licence_note="CC BY 4.0",
        is_public=True,
    )


@pytest.fixture
def set_up(taught, instructor, group):
    """The essay set for winter, to a group, with two rounds."""
    return set_essay(
        actor=instructor,
        essay=taught,
        slug="week-1",
        title="Week 1",
        instructions="Read *slowly*.",
        opens_at=berlin(2026, 10, 12, 9),
        due_at=berlin(2026, 10, 19, 23, 59),
        closes_at=berlin(2026, 11, 9, 12),
        asked={"comments": 1, "counterarguments": 0, "evidence": 4, "replies": 2, "paragraphs": 3},
        is_for_groups=True,
        group_ids=[group.pk],
        uses_pseudonyms=True,
        requires_approval=True,
        resolution="Rents shall fall.",
        rounds=[
            RoundInput(name="Alone", mode="blind", reveals_after=2),
            RoundInput(
                name="Answers",
                mode="rebuttal",
                opens_at=berlin(2026, 10, 26, 9),
                allowed_kinds=["comment", "evidence"],
            ),
        ],
    )


def copied(instructor, seminar, **given):
    given = {"title": "Water, summer", "starts_on": START} | given
    return copy_seminar(actor=instructor, seminar=seminar, **given)


def test_copy_has_the_settings_and_its_copier_only(instructor, seminar, student):
    made = copied(instructor, seminar)

    assert (made.title, made.slug, made.description) == (
        "Water, summer", "water-summer", "Thursdays.",
    )  # fmt: skip
    assert (made.time_zone, made.allows_public, made.students_make_groups) == (
        "Europe/Berlin", True, True,
    )  # fmt: skip
    assert [(one.user, one.role) for one in made.memberships.all()] == [(instructor, "instructor")]


def test_copy_has_the_essays_with_their_current_text(instructor, seminar, taught):
    EssayFactory(seminar=seminar, title="Without text")

    made = copied(instructor, seminar)

    essay = Essay.objects.get(seminar=made)
    assert (essay.title, essay.byline_author, essay.language) == ("Rents", "A. Ng", "de")
    assert (essay.source_url, essay.licence_note) == ("https://example.org/rents", "CC BY 4.0")
    assert (essay.is_public, essay.current_revision.number) == (True, 1)
    fields = ("kind", "number", "level", "label", "html", "text")
    shown = [
        list(one.current_revision.paragraphs.order_by("position").values_list(*fields))
        for one in (essay, taught)
    ]
    assert shown[0] == shown[1]


def test_copy_takes_the_newest_revision(instructor, seminar, taught):
    newer = RevisionFactory(essay=taught, number=2)
    newer.paragraphs.create(position=1, number=1, kind="body", text="New.", html="New.")
    taught.current_revision = newer
    taught.save()

    made = copied(instructor, seminar)

    paragraphs = Essay.objects.get(seminar=made).current_revision.paragraphs
    assert list(paragraphs.values_list("text", flat=True)) == ["New."]


def test_copy_has_the_assignment_as_many_days_later_at_its_hour(instructor, seminar, set_up):
    made = Assignment.objects.get(seminar=copied(instructor, seminar))

    assert (made.opens_at, made.due_at, made.closes_at) == (
        berlin(2027, 4, 12, 9),
        berlin(2027, 4, 19, 23, 59),
        berlin(2027, 5, 10, 12),
    )
    first, second = made.rounds.all()
    assert (first.name, first.mode, first.reveals_after, first.opens_at, first.ends_at) == (
        "Alone", "blind", 2, berlin(2027, 4, 12, 9), berlin(2027, 4, 26, 9),
    )  # fmt: skip
    assert (second.name, second.mode, second.allowed_kinds, second.ends_at) == (
        "Answers", "rebuttal", ["comment", "evidence"], None,
    )  # fmt: skip


def test_copy_asks_for_the_same(instructor, seminar, set_up):
    made = Assignment.objects.get(seminar=copied(instructor, seminar))

    same = (
        "slug", "title", "instructions", "uses_pseudonyms", "requires_approval", "resolution",
        "is_for_groups", "asked_comments", "asked_counterarguments", "asked_evidence",
        "asked_replies", "asked_paragraphs",
    )  # fmt: skip
    assert [getattr(made, name) for name in same] == [getattr(set_up, name) for name in same]
    assert made.essay.seminar == made.seminar


def test_copy_has_the_groups_of_assignments_without_their_people(
    instructor, seminar, set_up, other_group
):
    made = copied(instructor, seminar)

    assert [(one.name, one.members.count()) for one in made.groups.all()] == [("Upstream", 0)]
    assert list(Assignment.objects.get(seminar=made).groups.all()) == list(made.groups.all())


def test_copy_has_no_annotation_and_no_side(instructor, seminar, set_up, student):
    AnnotationFactory(assignment=set_up, author=student)
    SideFactory(assignment=set_up, user=student, position="negative")

    made = Assignment.objects.get(seminar=copied(instructor, seminar))

    assert not made.annotations.exists()
    assert not made.sides.exists()


def test_assignments_keep_their_distance(instructor, seminar, taught):
    for week, day in (("week-2", 19), ("week-1", 12)):
        set_essay(
            actor=instructor,
            essay=taught,
            slug=week,
            opens_at=berlin(2026, 10, day, 9),
        )

    made = copied(instructor, seminar)

    opens = dict(Assignment.objects.filter(seminar=made).values_list("slug", "opens_at"))
    assert opens == {"week-1": berlin(2027, 4, 12, 9), "week-2": berlin(2027, 4, 19, 9)}
    assert Essay.objects.filter(seminar=made).count() == 1


def test_assignment_that_was_closed_early_is_open_in_its_copy(instructor, seminar, set_up):
    Assignment.objects.update(closes_at=berlin(2026, 10, 20, 9))

    made = Assignment.objects.get(seminar=copied(instructor, seminar))

    assert made.closes_at is None
    assert made.rounds.count() == 2


def test_archived_seminar_is_copied(instructor, seminar, set_up):
    archive_seminar(actor=instructor, seminar=seminar)

    made = copied(instructor, seminar)

    assert made.archived_at is None
    assert Assignment.objects.filter(seminar=made).count() == 1


def test_copy_without_a_title_leaves_nothing(instructor, seminar, set_up):
    expect_refusal(Invalid, lambda: copied(instructor, seminar, title=" "), field="title")

    assert Seminar.objects.get() == seminar


@pytest.mark.parametrize("role", ["assistant", "student", "observer", "outsider", "operator"])
def test_seminar_is_copied_by_its_instructors_only(request, seminar, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: copied(actor, seminar))


def test_seminar_is_copied_by_whom_the_site_lets(instructor, seminar, settings):
    settings.SEMINAR_CREATORS = ["approved"]

    expect_refusal(NotAllowed, lambda: copied(instructor, seminar))


def test_copy_tells_nothing_to_the_first_seminars_people(instructor, seminar, student):
    MembershipFactory(seminar=seminar, role="instructor")

    made = copied(instructor, seminar)

    assert Membership.objects.filter(seminar=made).count() == 1
