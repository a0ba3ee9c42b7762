"""Rubrics made, published, renamed, put away and copied."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from annotations.grading.actions.rubrics import (
    archive_rubric,
    copy_rubric,
    create_rubric,
    publish_rubric_version,
    rename_rubric,
)
from annotations.grading.formats.content import CriterionContent, LevelContent, RubricContent
from annotations.grading.models import Criterion, Level, Rubric, RubricVersion
from annotations.grading.queries.rubrics import content_of, latest_of
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import Role
from tests.expect import expect_refusal
from tests.factories.grading import RubricFactory
from tests.factories.seminars import MembershipFactory

LOW = LevelContent(title="Weak", points=Decimal(0))
HIGH = LevelContent(title="Strong", points=Decimal(3))
CLAIM = CriterionContent(title="Claim", tag="claim", levels=(LOW, HIGH), weight=Decimal(2))
STYLE = CriterionContent(title="Style", kind="range", points=Decimal(4))


def rubric_with(*criteria):
    return RubricContent(criteria=criteria)


CONTENT = rubric_with(CLAIM, STYLE)


@pytest.fixture
def rubric(instructor, seminar):
    return create_rubric(actor=instructor, title="Commentary", seminar=seminar, content=CONTENT)


def published(rubric, actor, content, version=None, note=""):
    return publish_rubric_version(
        actor=actor, rubric_id=rubric.pk, version=version, content=content, note=note
    )


def test_rubric_is_made_with_its_first_version(rubric, instructor, seminar):
    version = latest_of(rubric)
    claim, style = version.criteria.all()

    assert (rubric.title, rubric.owner, rubric.seminar, rubric.version) == (
        "Commentary",
        instructor,
        seminar,
        1,
    )
    assert (version.number, version.points, version.published_by) == (1, 10, instructor)
    assert (claim.title, claim.tag, claim.points, claim.weight, claim.position) == (
        "Claim",
        "claim",
        3,
        2,
        1,
    )
    assert [(one.title, one.points) for one in claim.levels.all()] == [("Weak", 0), ("Strong", 3)]
    assert (style.kind, style.points, style.levels.count()) == ("range", 4, 0)
    assert (len(version.content_hash), len(version.structure_hash)) == (64, 64)


def test_rubric_of_a_library_is_its_owners(student):
    rubric = create_rubric(actor=student, title=" My  own ")

    assert (rubric.title, rubric.seminar, rubric.owner) == ("My own", None, student)
    assert latest_of(rubric) is None


@pytest.mark.parametrize("who", ["assistant", "student", "observer", "outsider"])
def test_rubric_of_a_seminar_is_made_by_its_instructors_alone(who, request, seminar):
    actor = request.getfixturevalue(who)

    expect_refusal(NotAllowed, lambda: create_rubric(actor=actor, title="Mine", seminar=seminar))


def test_content_that_has_changed_makes_the_next_version(rubric, instructor):
    before = content_of(latest_of(rubric))

    made, is_new = published(
        rubric, instructor, replace(before, criteria=before.criteria[:1]), 1, " Less. "
    )

    rubric.refresh_from_db()
    assert (made.number, is_new, made.points, made.note) == (2, True, 6, "Less.")
    assert rubric.version == 2
    assert [one.key for one in made.criteria.all()] == [before.criteria[0].key]
    assert RubricVersion.objects.get(rubric=rubric, number=1).points == 10


def test_content_that_is_the_same_makes_no_version(rubric, instructor):
    made, is_new = published(rubric, instructor, CONTENT)

    rubric.refresh_from_db()
    assert (made.number, is_new, rubric.version) == (1, False, 1)
    assert RubricVersion.objects.filter(rubric=rubric).count() == 1


def test_words_alone_keep_the_structure(rubric, instructor):
    before = latest_of(rubric)
    content = rubric_with(replace(CLAIM, student_text="Say it."), STYLE)

    made, _ = published(rubric, instructor, content)

    assert made.structure_hash == before.structure_hash
    assert made.content_hash != before.content_hash


def test_version_made_from_an_old_one_is_stale(rubric, instructor):
    error = expect_refusal(Stale, lambda: published(rubric, instructor, CONTENT, 7))

    assert error.extra == {"version": 1}


def test_rubric_nobody_may_know_of_is_missing(rubric, outsider, student):
    for actor in (outsider, student):
        expect_refusal(Missing, lambda actor=actor: published(rubric, actor, CONTENT))


def test_assistant_reads_a_rubric_and_does_not_change_it(rubric, assistant):
    for act in (
        lambda: published(rubric, assistant, CONTENT),
        lambda: rename_rubric(actor=assistant, rubric_id=rubric.pk, version=1, title="Mine"),
        lambda: archive_rubric(actor=assistant, rubric_id=rubric.pk, version=1),
    ):
        expect_refusal(NotAllowed, act)


def test_archived_seminar_keeps_its_rubrics(rubric, instructor, seminar):
    seminar.archived_at = seminar.created_at
    seminar.save()

    expect_refusal(NotAllowed, lambda: published(rubric, instructor, CONTENT))


def level(**members):
    return replace(HIGH, **members)


WRONG = {
    "none": (rubric_with(), "criteria"),
    "many": (rubric_with(*[STYLE] * 31), "criteria"),
    "title": (rubric_with(STYLE, replace(STYLE, title=" ")), "criteria.1.title"),
    "kind": (rubric_with(replace(STYLE, kind="essay")), "criteria.0.kind"),
    "tag": (rubric_with(replace(STYLE, tag="humour")), "criteria.0.tag"),
    "text": (rubric_with(replace(STYLE, student_text="x" * 4001)), "criteria.0.student_text"),
    "marker": (rubric_with(replace(STYLE, marker_text="\x00")), "criteria.0.marker_text"),
    "points": (rubric_with(replace(STYLE, points=Decimal(-1))), "criteria.0.points"),
    "most": (rubric_with(replace(STYLE, points=Decimal("1000.01"))), "criteria.0.points"),
    "places": (rubric_with(replace(STYLE, points=Decimal("1.005"))), "criteria.0.points"),
    "nan": (rubric_with(replace(STYLE, points=Decimal("NaN"))), "criteria.0.points"),
    "nothing": (rubric_with(replace(STYLE, points=Decimal(0))), "criteria.0.points"),
    "weight": (rubric_with(replace(STYLE, weight=Decimal(101))), "criteria.0.weight"),
    "weightless": (rubric_with(replace(STYLE, weight=Decimal(0))), "criteria.0.weight"),
    "levels": (rubric_with(replace(CLAIM, levels=(HIGH,))), "criteria.0.levels"),
    "checks": (rubric_with(replace(CLAIM, kind="checks", levels=())), "criteria.0.levels"),
    "eleven": (rubric_with(replace(CLAIM, levels=(HIGH,) * 11)), "criteria.0.levels"),
    "range": (rubric_with(replace(CLAIM, kind="range", points=Decimal(1))), "criteria.0.levels"),
    "level": (
        rubric_with(replace(CLAIM, levels=(LOW, level(title="")))),
        "criteria.0.levels.1.title",
    ),
    "minus": (
        rubric_with(replace(CLAIM, levels=(LOW, level(points=Decimal(-1))))),
        "criteria.0.levels.1.points",
    ),
    "zero": (rubric_with(replace(CLAIM, levels=(LOW, LOW))), "criteria.0.points"),
    "described": (
        rubric_with(replace(CLAIM, levels=(LOW, level(description="x" * 2001)))),
        "criteria.0.levels.1.description",
    ),
    "twins": (
        rubric_with(replace(STYLE, key=UUID(int=1)), replace(STYLE, key=UUID(int=1))),
        "criteria.1.key",
    ),
    "level twins": (
        rubric_with(replace(CLAIM, levels=(level(key=UUID(int=1)), level(key=UUID(int=1))))),
        "criteria.0.levels.1.key",
    ),
    "in all": (
        rubric_with(replace(STYLE, points=Decimal(1000), weight=Decimal(11))),
        "criteria",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_content_that_cannot_be_names_criterion_and_member(what, rubric, instructor):
    content, field = WRONG[what]

    expect_refusal(Invalid, lambda: published(rubric, instructor, content), field=field)

    assert RubricVersion.objects.filter(rubric=rubric).count() == 1


def test_check_may_take_points_and_stand_alone(rubric, instructor):
    checks = replace(CLAIM, kind="checks", levels=(HIGH, level(title="Late", points=Decimal(-2))))
    one = replace(CLAIM, title="Done", kind="checks", levels=(HIGH,))

    made, _ = published(rubric, instructor, rubric_with(checks, one))

    assert [criterion.points for criterion in made.criteria.all()] == [3, 3]


def test_feedback_gives_no_points_whatever_is_said(rubric, instructor):
    feedback = replace(STYLE, title="Words", kind="feedback")

    made, _ = published(rubric, instructor, rubric_with(STYLE, feedback))

    assert [one.points for one in made.criteria.all()] == [4, 0]


def test_bounds_themselves_are_taken(rubric, instructor):
    criteria = [replace(STYLE, title=f"Style {one}") for one in range(29)]
    full = replace(CLAIM, levels=tuple(level(title=f"L{one}") for one in range(10)))

    made, _ = published(rubric, instructor, rubric_with(full, *criteria))

    assert made.criteria.count() == 30
    assert Level.objects.filter(criterion__rubric_version=made).count() == 10


def test_rubric_is_renamed(rubric, instructor):
    named = rename_rubric(actor=instructor, rubric_id=rubric.pk, version=1, title="Debate")

    assert (named.title, named.version) == ("Debate", 2)


def test_rubric_renamed_as_it_is_stays_in_its_version(rubric, instructor):
    named = rename_rubric(actor=instructor, rubric_id=rubric.pk, version=None, title="Commentary")

    assert named.version == 1


def test_rubric_is_archived_and_taken_out_again(rubric, instructor):
    put_away = archive_rubric(actor=instructor, rubric_id=rubric.pk, version=1)
    assert put_away.archived_at is not None
    expect_refusal(InvalidState, lambda: published(rubric, instructor, CONTENT))

    again = archive_rubric(actor=instructor, rubric_id=rubric.pk, version=2, is_archived=False)

    assert (again.archived_at, again.version) == (None, 3)


def test_rubric_archived_twice_stays_in_its_version(rubric, instructor):
    archive_rubric(actor=instructor, rubric_id=rubric.pk, version=1)

    assert archive_rubric(actor=instructor, rubric_id=rubric.pk, version=2).version == 2


def test_rubric_is_copied_into_the_library_with_its_keys(rubric, assistant):
    copied = copy_rubric(actor=assistant, rubric_id=rubric.pk)

    assert (copied.owner, copied.seminar, copied.copied_from) == (assistant, None, rubric)
    assert content_of(latest_of(copied)) == content_of(latest_of(rubric))
    assert latest_of(copied).content_hash == latest_of(rubric).content_hash
    assert Criterion.objects.count() == 4


def test_rubric_of_a_library_is_copied_into_a_seminar(rubric, instructor, other_seminar):
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)
    own = copy_rubric(actor=instructor, rubric_id=rubric.pk)

    copied = copy_rubric(
        actor=instructor, rubric_id=own.pk, seminar=other_seminar, title="For housing"
    )

    assert (copied.title, copied.seminar, copied.copied_from) == ("For housing", other_seminar, own)


def test_copy_into_a_seminar_is_its_instructors(rubric, instructor, other_seminar):
    expect_refusal(
        NotAllowed,
        lambda: copy_rubric(actor=instructor, rubric_id=rubric.pk, seminar=other_seminar),
    )


def test_copy_of_what_is_unknown_or_unpublished_is_refused(instructor, seminar):
    expect_refusal(Missing, lambda: copy_rubric(actor=instructor, rubric_id=uuid4()))
    empty = RubricFactory(seminar=seminar)
    expect_refusal(InvalidState, lambda: copy_rubric(actor=instructor, rubric_id=empty.pk))
    assert Rubric.objects.count() == 1
