from uuid import uuid4

import pytest

from annotations.models import Annotation
from annotations.naming import Nameable, nameable, named_in, names_like, readers_among
from debate.accounts.models import User
from debate.seminars.enums import Role
from tests.factories.accounts import UserFactory
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import AliasFactory
from tests.factories.seminars import MembershipFactory

NAMES = {
    "ada": ("Ada", "ada.l"),
    "ada lovelace": ("Ada Lovelace", "lovelace"),
    "strasse": ("Große Straße", "gs"),
    "twin1": ("Kim", "kim1"),
    "twin2": ("Kim", "kim2"),
}
IDS = {name: uuid4() for name in NAMES}
PEOPLE = [Nameable(IDS[name], names) for name, names in NAMES.items()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("@Ada says", ["ada"]),
        ("@ada lovelace says", ["ada lovelace"]),
        ("(@lovelace)", ["ada lovelace"]),
        ("@Ada Lovelaces", ["ada"]),
        ("@Adam", []),
        ("mail ada@ada.l", []),
        ("@ Ada", []),
        ("@@Ada", ["ada"]),
        ("@ada.l.", ["ada"]),
        ("@GROSSE Straße, who", ["strasse"]),
        ("@große straße!", ["strasse"]),
        ("@Kim", ["twin1", "twin2"]),
        ("@lovelace and @ada and @lovelace", ["ada lovelace", "ada"]),
        ("@", []),
        ("nobody", []),
        ("@nobody", []),
    ],
)
def test_named_in_takes_the_longest_name_that_ends_with_its_word(body, expected):
    assert named_in(body, PEOPLE) == [IDS[name] for name in expected]


def test_named_in_names_twenty_five_at_most():
    people = [Nameable(uuid4(), (f"p{n}",)) for n in range(40)]

    named = named_in(" ".join(f"@p{n}" for n in range(40)), people)

    assert named == [one.user_id for one in people[:25]]


@pytest.mark.django_db
def test_nameable_are_the_people_to_whom_the_essay_is_set(
    assignment, student, classmate, instructor, outsider, group
):
    MembershipFactory(seminar=assignment.seminar, user__is_active=False)
    everybody = {one.user_id for one in nameable(assignment)}
    assignment.is_for_groups = True
    assignment.groups.add(group)

    assert everybody == {student.pk, classmate.pk, instructor.pk}
    assert {one.user_id for one in nameable(assignment)} == {student.pk, instructor.pk}


@pytest.mark.django_db
def test_nameable_under_pseudonyms_are_aliases_and_staff(
    assignment, student, classmate, instructor
):
    assignment.uses_pseudonyms = True
    AliasFactory(assignment=assignment, user=student, name="Heron")

    assert {one.user_id: one.names for one in nameable(assignment)} == {
        student.pk: ("Heron",),
        instructor.pk: (instructor.display_name, instructor.username),
    }


@pytest.fixture
def named(assignment):
    """`named(name, …)`: a member of the seminar of that name."""

    def make(name, role=Role.STUDENT):
        return MembershipFactory(seminar=assignment.seminar, role=role, user__name=name).user

    return make


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ("lo", ["Lora Ames", "Ada Lovelace"]),
        ("ADA  lo", ["Ada Lovelace"]),
        ("", ["Ada Lovelace", "Lora Ames"]),
        ("velace", []),
    ],
)
@pytest.mark.django_db
def test_names_like_are_those_of_which_a_word_begins_so(begun, expected, named, assignment):
    me = named("Me")
    named("Ada Lovelace")
    named("Lora Ames")

    assert names_like(begun, assignment=assignment, parent=None, asked_by=me) == expected


@pytest.mark.django_db
def test_names_like_usernames_are_not_offered(assignment, student):
    MembershipFactory(seminar=assignment.seminar, user__name="Ann", user__username="zoe")

    assert names_like("zoe", assignment=assignment, parent=None, asked_by=student) == []


@pytest.mark.django_db
def test_names_like_in_a_thread_are_those_who_can_see_it(named, assignment, student):
    teacher = named("Tess", Role.INSTRUCTOR)
    named("Tom")
    parent = AnnotationFactory(assignment=assignment, author=student, audience="staff")

    names = names_like("t", assignment=assignment, parent=parent, asked_by=student)

    assert names == [teacher.name]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"audience": "private"},
        {"audience": "staff"},
        {"status": "hidden"},
        {"status": "pending"},
        {"status": "held"},
        {"status": "withdrawn"},
    ],
)
@pytest.mark.parametrize("mode", ["open", "blind"])
@pytest.mark.django_db
def test_readers_among_are_those_to_whom_it_is_visible(
    mode, fields, assignment, instructor, assistant, student, classmate, observer, outsider
):
    annotation = AnnotationFactory(assignment=assignment, author=student, **fields)
    annotation.round.mode = mode
    annotation.round.save()
    people = [*User.objects.all(), UserFactory()]

    readers = readers_among(annotation, [one.pk for one in people])

    assert readers == {
        one.pk
        for one in people
        if Annotation.objects.visible_to(one).filter(pk=annotation.pk).exists()
    }
