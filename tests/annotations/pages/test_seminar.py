"""A seminar's own page, as each role sees it."""

import re

import pytest
from django.utils import timezone

from annotations.enums import Audience
from debate.seminars.actions import begin_student_view
from debate.seminars.enums import Role
from debate.seminars.models import Seminar
from tests.expect import expect_constant_queries, expect_same_as_absent, expect_sign_in
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory

PATH = "/seminars/water-policy/"


def links(content):
    """The pages below the seminar's own to which something leads."""
    return re.findall(rf'(?:href|action)="{PATH}-/([\w/-]+)/"', content)


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("instructor", ["people", "groups", "vocabulary", "moderation", "settings"]),
        ("assistant", ["people", "groups", "vocabulary", "moderation"]),
        ("student", ["people", "groups", "vocabulary"]),
        ("observer", ["people", "groups", "vocabulary"]),
    ],
)
def test_pages_of_the_seminar_are_linked_for_those_who_may(request, page, role, pages, seminar):
    content = page(request.getfixturevalue(role)).get(PATH).content.decode()

    nav = content.partition('aria-label="Pages of this seminar"')[2].partition("</nav>")[0]
    assert links(nav) == pages


def test_seminar_of_many_names_the_first_and_leads_to_all(page, seminar, instructor):
    for number in range(20):
        MembershipFactory(seminar=seminar, user__name=f"Person {number:02}")
    begin_student_view(actor=instructor, seminar=seminar)

    response = page(instructor).get(PATH)

    shown = response.context["page"]
    assert (len(shown.people), shown.people_count) == (16, 21)
    assert "All 21 people" in response.content.decode()


@pytest.mark.parametrize("role", ["instructor", "assistant", "student", "observer"])
def test_member_reads_assignments_and_leads_to_the_others(request, page, role, assignment, group):
    response = page(request.getfixturevalue(role)).get(PATH)

    content = response.content.decode()
    assert [line.assignment for line in response.context["page"].assignments] == [assignment]
    assert f'href="{assignment.get_absolute_url()}"' in content
    own = [group] if role == "student" else []
    assert response.context["page"].groups == own
    assert ("Upstream" in content) is bool(own)


def test_people_stand_by_role_then_name(page, seminar):
    for username, role in [("zed", "instructor"), ("bea", "student"), ("ann", "student")]:
        MembershipFactory(seminar=seminar, role=role, user__username=username)
    observer = MembershipFactory(seminar=seminar, role=Role.OBSERVER, user__username="al").user

    people = page(observer).get(PATH).context["page"].people

    assert [person.user.username for person in people] == ["zed", "ann", "bea", "al"]


def test_essay_not_set_stands_on_the_shelf(page, student, assignment, seminar):
    shelved = essay_of("Later.", seminar=seminar, title="For later")

    assert page(student).get(PATH).context["page"].essays == [shelved]


@pytest.mark.parametrize(
    ("role", "manages"), [("instructor", True), ("assistant", False), ("student", False)]
)
def test_management_is_offered_to_instructors(request, page, assignment, role, manages):
    content = page(request.getfixturevalue(role)).get(PATH).content.decode()

    assert (f'href="{PATH}-/import/"' in content) is manages
    assert (f'href="{PATH}-/assignments/who-should-pay/"' in content) is manages


def test_archived_seminar_offers_nothing_to_manage(page, instructor, assignment):
    Seminar.objects.update(archived_at=timezone.now())

    content = page(instructor).get(PATH).content.decode()

    assert "This seminar has been archived since" in content
    assert links(content) == ["people", "groups", "vocabulary", "moderation", "settings"]


def test_counts_leave_out_what_one_may_not_read(page, student, classmate, assignment):
    AnnotationFactory(assignment=assignment, author=classmate)
    AnnotationFactory(assignment=assignment, author=classmate, audience=Audience.PRIVATE)

    lines = page(student).get(PATH).context["page"].assignments

    assert [line.note_count for line in lines] == [1]


def test_description_is_markdown(page, student, seminar):
    Seminar.objects.update(description="Read *slowly*. <script>alert(1)</script>")

    content = page(student).get(PATH).content.decode()

    assert "<em>slowly</em>" in content
    assert "<script>alert" not in content


@pytest.mark.parametrize("role", ["outsider", "operator"])
def test_seminar_of_others_looks_absent(request, page, assignment, role):
    browser = page(request.getfixturevalue(role))

    expect_same_as_absent(browser.get(PATH), browser.get("/seminars/none/"))


def test_seminar_needs_sign_in(page, seminar):
    expect_sign_in(page().get(PATH))


def test_seminar_takes_constant_queries(page, student, assignment, seminar):
    browser = page(student)
    GroupFactory(seminar=seminar, members=[student])

    def grow():
        for number in (1, 2):
            assignment_of(essay_of("More.", seminar=seminar))
            essay_of("Shelved.", seminar=seminar)
            member = MembershipFactory(seminar=seminar).user
            GroupFactory(seminar=seminar, name=f"Table {number}", members=[member, student])

    expect_constant_queries(lambda: browser.get(PATH), grow=grow)
