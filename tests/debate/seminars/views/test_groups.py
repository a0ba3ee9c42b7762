"""The pages of groups: the list as each role sees it, forms, the draw, and what students do."""

import re

import pytest

from debate.seminars.actions import begin_student_view
from debate.seminars.models import Group
from tests.expect import expect_constant_queries
from tests.factories.annotations import AnnotationFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

PATH = "/seminars/water-policy/-/groups/"


@pytest.fixture
def free(seminar):
    """The seminar in which students make groups."""
    seminar.students_make_groups = True
    seminar.save()
    return seminar


def buttons(content):
    """What a person may do on the page, in words."""
    main = content.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'class="btn[^"]*"[^>]*>(.*?)</(?:a|button)>', main)
    return [re.sub(r"<[^>]+>", "", words) for words in found]


# -- the list ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("instructor", ["Make a group", "Draw at random", "Change Upstream"]),
        ("assistant", []),
        ("student", []),
        ("observer", []),
    ],
)
def test_groups_are_read_by_members_and_changed_by_instructors(request, role, offered, page, group):
    content = page(request.getfixturevalue(role)).get(PATH).content.decode()

    assert "<h3>Upstream</h3>" in content
    assert "<p>Student</p>" in content
    assert buttons(content) == offered


def test_own_groups_are_marked(page, student, classmate, group):
    assert ">yours<" in page(student).get(PATH).content.decode()
    assert ">yours<" not in page(classmate).get(PATH).content.decode()


def test_students_without_a_group_are_told_to_staff(page, assistant, student, classmate, group):
    staff, peer = (page(user).get(PATH).content.decode() for user in (assistant, student))

    assert "1 student in no reading group" in staff
    assert "in no reading group" not in peer


def test_empty_list_says_what_to_do(page, instructor, student):
    assert buttons(page(instructor).get(PATH).content.decode()) == [
        "Make a group", "Draw at random", "Draw groups at random",
    ]  # fmt: skip
    assert "There is no reading group yet." in page(student).get(PATH).content.decode()


def test_archived_seminar_offers_nothing(page, instructor, student, group, free):
    instructor_page, student_page = page(instructor), page(student)
    instructor_page.post("/seminars/water-policy/-/settings/archive/")

    for client in (instructor_page, student_page):
        content = client.get(PATH).content.decode()
        assert "This seminar has been archived since" in content
        assert buttons(content) == []


def test_stand_in_and_those_who_left_are_not_shown(page, instructor, seminar, group, student):
    stand_in = begin_student_view(actor=instructor, seminar=seminar)
    group.members.add(stand_in)
    seminar.memberships.filter(user=student).delete()

    lines = page(instructor).get(PATH).context["page"].reading

    assert [line.people for line in lines] == [[]]


def test_groups_take_constant_queries(page, instructor, seminar, group):
    client = page(instructor)

    def grow():
        for _ in range(2):
            GroupFactory(seminar=seminar, members=[MembershipFactory(seminar=seminar).user])

    expect_constant_queries(lambda: client.get(PATH), grow=grow)


# -- forms ------------------------------------------------------------------------------------------


def test_group_is_made_of_those_who_are_ticked(page, instructor, student, classmate, observer):
    client = page(instructor)
    shown = client.get(f"{PATH}new/").content.decode()
    assert re.findall(r'name="members" value="([\w-]+)"', shown) == [
        str(person.pk) for person in (classmate, instructor, student)
    ]
    assert "Instructor (instructor)" in shown

    response = client.post(
        f"{PATH}new/", {"name": "Delta", "kind": "section", "members": [str(student.pk)]}
    )

    made = Group.objects.get()
    assert response["Location"] == PATH
    assert (made.name, made.kind, list(made.members.all())) == ("Delta", "section", [student])


def test_refused_group_keeps_what_was_typed(page, instructor, group, classmate):
    response = page(instructor).post(
        f"{PATH}new/", {"name": "Upstream", "kind": "reading", "members": [str(classmate.pk)]}
    )

    content = response.content.decode()
    assert response.status_code == 400
    assert "This seminar has a group of that name." in content
    assert re.search(rf'value="{classmate.pk}"[^>]*checked', content)


def test_second_section_is_told_at_the_members(page, instructor, seminar, student):
    GroupFactory(seminar=seminar, name="Tuesday", kind="section", members=[student])

    response = page(instructor).post(
        f"{PATH}new/", {"name": "Friday", "kind": "section", "members": [str(student.pk)]}
    )

    assert "Student is in Tuesday." in response.context["form"].errors["members"][0]


def test_group_is_changed(page, instructor, group, student, classmate):
    client = page(instructor)
    shown = client.get(f"{PATH}{group.pk}/").content.decode()
    assert re.search(rf'value="{student.pk}"[^>]*checked', shown)

    client.post(
        f"{PATH}{group.pk}/", {"name": "Delta", "is_open": "on", "members": [str(classmate.pk)]}
    )

    group.refresh_from_db()
    assert (group.name, group.is_open, list(group.members.all())) == ("Delta", True, [classmate])


def test_who_is_taken_out_reads_nothing_of_the_group_from_then_on(
    page, instructor, group, student, assignment
):
    hidden = AnnotationFactory(
        assignment=assignment, author=instructor, audience="group", group=group
    )
    reader = page(student)
    assert reader.get(hidden.get_absolute_url(), follow=True).status_code == 200

    page(instructor).post(f"{PATH}{group.pk}/", {"name": "Upstream"})

    assert reader.get(hidden.get_absolute_url(), follow=True).status_code == 404


def test_group_is_removed_after_a_question(page, instructor, group):
    client = page(instructor)
    assert "Remove Upstream?" in client.get(f"{PATH}{group.pk}/delete/").content.decode()

    response = client.post(f"{PATH}{group.pk}/delete/", follow=True)

    assert "“Upstream” has been removed." in response.content.decode()
    assert not Group.objects.exists()


def test_group_in_use_says_why_it_stays(page, instructor, group, assignment):
    assignment.groups.add(group)

    response = page(instructor).post(f"{PATH}{group.pk}/delete/", follow=True)

    assert "An assignment is set to this group, so it stays." in response.content.decode()
    assert Group.objects.get() == group


@pytest.mark.parametrize("ending", ["", "delete/", "join/", "leave/"])
def test_group_of_another_seminar_is_absent(ending, page, instructor, free, other_seminar):
    group = GroupFactory(seminar=other_seminar)
    MembershipFactory(seminar=other_seminar, user=instructor, role="instructor")

    response = page(instructor).post(f"{PATH}{group.pk}/{ending}", {"name": "Mine"})

    assert response.status_code == 404


# -- the draw ---------------------------------------------------------------------------------------

CHANCE = {"kind": "reading", "by": "size", "number": 2}


def hidden(content):
    """The fields that go along when what was drawn is made."""
    form = content.partition('action="/seminars/water-policy/-/groups/random/make/"')[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


@pytest.fixture
def students(seminar):
    return [MembershipFactory(seminar=seminar, user__name=f"S{number}").user for number in range(5)]


def test_what_was_looked_at_is_made(page, instructor, students):
    client = page(instructor)
    shown = client.post(f"{PATH}random/", {**CHANCE, "only_free": "on"})
    drawn = {one.name: set(one.members) for one in shown.context["draw"].groups}
    assert not Group.objects.exists()

    response = client.post(f"{PATH}random/make/", hidden(shown.content.decode()), follow=True)

    assert {one.name: set(one.members.all()) for one in Group.objects.all()} == drawn
    assert "2 groups have been made." in response.content.decode()


def test_draw_that_has_changed_is_shown_anew(page, instructor, seminar, students):
    client = page(instructor)
    fields = hidden(client.post(f"{PATH}random/", CHANCE).content.decode())
    MembershipFactory(seminar=seminar)

    response = client.post(f"{PATH}random/make/", fields)

    content = response.content.decode()
    assert response.status_code == 409
    assert "The seminar has changed since." in content
    assert hidden(content)["digest"] != fields["digest"]
    assert not Group.objects.exists()


def test_draw_that_is_not_understood_begins_again(page, instructor, students):
    response = page(instructor).post(f"{PATH}random/make/", {"seed": "x"})

    assert response["Location"] == f"{PATH}random/"


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"number": 0}, "number", "greater than or equal to 1"),
        ({"number": 201, "by": "count"}, "number", "less than or equal to 200"),
        ({"kind": "section", "within_sections": "on"}, "within_sections", "within sections"),
    ],
)
def test_draw_that_cannot_be_is_told(given, field, sentence, page, instructor, students):
    response = page(instructor).post(f"{PATH}random/", {**CHANCE, **given})

    assert response.status_code == 400
    assert sentence in response.context["form"].errors[field][0]


def test_draw_without_students_is_told(page, instructor):
    response = page(instructor).post(f"{PATH}random/", CHANCE)

    assert response.status_code == 400
    assert "There is no student to put into a group." in response.content.decode()


# -- students ---------------------------------------------------------------------------------------


def test_student_makes_joins_and_leaves_groups(page, free, student, classmate):
    mine, theirs = page(student), page(classmate)
    mine.post(f"{PATH}own/", {"name": "Delta"})
    made = Group.objects.get()
    assert buttons(mine.get(PATH).content.decode()) == ["Leave Delta", "Make the group"]
    assert buttons(theirs.get(PATH).content.decode()) == ["Join Delta", "Make the group"]

    theirs.post(f"{PATH}{made.pk}/join/")
    mine.post(f"{PATH}{made.pk}/leave/")

    assert list(made.members.all()) == [classmate]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "This field is required."), ("Upstream", "This seminar has a group of that name.")],
)
def test_own_group_that_cannot_be_is_told(name, sentence, page, free, student, group):
    response = page(student).post(f"{PATH}own/", {"name": name})

    assert response.status_code == 400
    assert sentence in response.content.decode()


@pytest.mark.parametrize("name", ["", "Delta"])
def test_own_group_where_that_is_not_allowed_is_refused(name, page, seminar, student):
    assert page(student).post(f"{PATH}own/", {"name": name}).status_code == 403
