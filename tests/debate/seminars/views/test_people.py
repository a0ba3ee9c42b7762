"""The people pages: who reads what, found by what, changed by whom."""

import re
import uuid

import pytest
from lxml import html

from debate.seminars.models import Membership, RosterEntry
from debate.seminars.queries.people import PAGE_SIZE
from tests.expect import expect_constant_queries, expect_same_as_absent
from tests.factories.accounts import UserFactory
from tests.factories.seminars import GroupFactory, MembershipFactory, RosterEntryFactory

PEOPLE = "/seminars/water-policy/-/people/"


@pytest.fixture
def section(seminar, student):
    group = GroupFactory(seminar=seminar, name="Monday", kind="section")
    group.members.add(student)
    return group


def text_of(response):
    return " ".join(html.document_fromstring(response.content).text_content().split())


def names(response):
    tree = html.document_fromstring(response.content)
    return [one.text_content() for one in tree.xpath("//ul[@class='members']//b")]


# -- the list ----------------------------------------------------------------------------------


def test_people_are_listed_by_role_and_name(
    page, instructor, assistant, student, classmate, observer
):
    response = page(student).get(PEOPLE)

    assert names(response) == ["Instructor", "Assistant", "Classmate", "Student", "Observer"]
    headings = re.findall(r'<h2 id="h-(\w+)"', response.content.decode())
    assert headings == ["instructors", "assistants", "students", "observers"]


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("instructor", {"she/her", "STYOO", "Monday", "student@example.org"}),
        ("assistant", {"she/her", "STYOO", "Monday"}),
        ("student", set()),
        ("classmate", set()),
        ("observer", set()),
    ],
)
def test_people_are_shown_with_what_the_reader_may_know(
    request, page, student, section, role, reads
):
    type(student).objects.filter(pk=student.pk).update(pronouns="she/her", pronunciation="STYOO")

    body = page(request.getfixturevalue(role)).get(PEOPLE).content.decode()

    known = {"she/her", "STYOO", "Monday", "student@example.org"}
    assert {one for one in known if one in body} == reads


@pytest.mark.parametrize("role", ["instructor", "assistant", "student", "observer"])
def test_people_are_changed_from_the_list_by_instructors_only(request, page, classmate, role):
    body = page(request.getfixturevalue(role)).get(PEOPLE).content.decode()

    pk = Membership.objects.get(user=classmate).pk
    assert (f"{PEOPLE}{pk}/" in body) is (role == "instructor")
    assert (f"{PEOPLE}roster/" in body) is (role == "instructor")


def test_people_are_those_who_may_sign_in(page, student, seminar):
    MembershipFactory(seminar=seminar, user__name="Stand-in", user__is_active=False)

    assert names(page(student).get(PEOPLE)) == ["Student"]


def test_people_expected_are_counted_for_instructors(page, instructor, assistant, seminar):
    RosterEntryFactory.create_batch(2, seminar=seminar)

    assert "2 expected" in text_of(page(instructor).get(PEOPLE))
    assert "expected" not in text_of(page(assistant).get(PEOPLE))


@pytest.mark.parametrize(
    ("role", "query", "found"),
    [
        ("student", {"q": "stud"}, ["Student"]),
        ("student", {"role": "observer"}, []),
        ("student", {"q": "student@example"}, []),
        ("assistant", {"q": "student@example"}, []),
        ("instructor", {"q": "student@example"}, ["Student"]),
        ("student", {"q": "%"}, []),
        ("assistant", {"section": "Monday"}, ["Ben", "Student"]),
        ("assistant", {"section": "Monday", "role": "student"}, ["Student"]),
    ],
)
def test_people_are_found_by_what_the_reader_may_know(
    request, page, seminar, student, section, role, query, found
):
    limited = MembershipFactory(
        seminar=seminar, role="assistant", is_limited=True, user__name="Ben"
    )
    limited.sections.add(section)
    user = request.getfixturevalue(role)
    given = query | ({"section": section.pk} if "section" in query else {})

    assert names(page(user).get(PEOPLE, given)) == found


def test_person_without_name_is_listed_and_found_by_username(page, student, seminar):
    MembershipFactory(seminar=seminar, user__username="zoe", user__name="")

    assert names(page(student).get(PEOPLE)) == ["Student", "zoe"]
    assert names(page(student).get(PEOPLE, {"q": "ZO"})) == ["zoe"]


@pytest.mark.parametrize("query", [{"role": "guest"}, {"section": "Monday"}])
def test_people_asked_for_wrongly_are_all_shown_with_the_refusal(
    page, assistant, student, section, query
):
    response = page(assistant).get(PEOPLE, query)

    assert response.status_code == 400
    assert names(response) == ["Assistant", "Student"]
    assert response.context["form"].errors.keys() == query.keys()


def test_people_are_leafed_through_both_ways(page, instructor, seminar):
    for number in range(PAGE_SIZE * 2):
        MembershipFactory(seminar=seminar, user__name=f"Same {number % 3}")
    browser = page(instructor)

    def leaf(response, way):
        tree = html.document_fromstring(response.content)
        links = tree.xpath("//nav[@class='pages']/a[@rel=$way]", way=way)
        return browser.get(PEOPLE + links[0].get("href")) if links else None

    pages = [browser.get(PEOPLE)]
    while following := leaf(pages[-1], "next"):
        pages.append(following)
    rows = [[line.membership.pk for _, some in one.context["page"].groups for line in some]
            for one in pages]  # fmt: skip
    assert [len(one) for one in rows] == [50, 50, 1]
    assert len({pk for one in rows for pk in one}) == 101
    back = leaf(pages[-1], "prev")
    assert back.context["page"].groups == pages[1].context["page"].groups
    first = leaf(back, "prev")
    assert first.context["page"].groups == pages[0].context["page"].groups
    assert leaf(first, "prev") is None


@pytest.mark.parametrize("cursor", ["nonsense", "a:b:c"])
def test_people_behind_what_is_no_cursor_begin_anew(page, student, cursor):
    assert names(page(student).get(PEOPLE, {"after": cursor})) == ["Student"]


def test_people_take_a_fixed_number_of_queries(page, instructor, seminar, section):
    browser = page(instructor)

    count = expect_constant_queries(
        lambda: browser.get(PEOPLE),
        grow=lambda: section.members.set(
            [MembershipFactory(seminar=seminar).user for _ in range(2)]
        ),
    )

    assert count <= 14


def test_people_of_nobody_found_lead_on(page, student):
    response = page(student).get(PEOPLE, {"q": "nobody like it"})

    assert "Nobody here fits what you asked for." in text_of(response)


# -- by hand -----------------------------------------------------------------------------------


def test_person_added_on_the_page_is_a_member(page, instructor, seminar):
    UserFactory(username="ada", name="Ada")

    response = page(instructor).post(
        f"{PEOPLE}add/", {"who": "ada", "role": "observer"}, follow=True
    )

    assert "Ada is now a member, as observer." in text_of(response)
    assert seminar.memberships.get(user__username="ada").role == "observer"


def test_person_without_account_added_on_the_page_is_expected(page, instructor):
    posted = {"who": "new@example.org", "role": "student"}

    response = page(instructor).post(f"{PEOPLE}add/", posted, follow=True)

    assert "new@example.org (Student) is expected" in text_of(response)
    assert RosterEntry.objects.get().email == "new@example.org"


def test_person_added_wrongly_keeps_what_was_typed(page, instructor):
    response = page(instructor).post(f"{PEOPLE}add/", {"who": "nobody", "role": "assistant"})

    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"who"}
    assert response.context["form"]["who"].value() == "nobody"
    assert response.context["form"]["role"].value() == "assistant"


def member_page(user):
    return f"{PEOPLE}{Membership.objects.get(user=user).pk}/"


def test_member_changed_on_the_page(page, instructor, assistant, section):
    browser = page(instructor)
    posted = {"role": "assistant", "is_limited": "on", "sections": [str(section.pk)]}

    response = browser.post(member_page(assistant), posted)

    assert response["Location"] == PEOPLE
    assert "only Monday" in text_of(browser.get(PEOPLE))
    form = browser.get(member_page(assistant)).context["form"]
    assert form.initial == {
        "role": "assistant", "is_limited": True, "sections": [str(section.pk)]
    }  # fmt: skip


def test_member_changed_wrongly_says_so_at_the_field(page, instructor, student, section):
    posted = {"role": "student", "is_limited": "on", "sections": [str(section.pk)]}

    response = page(instructor).post(member_page(student), posted)

    assert response.status_code == 400
    assert set(response.context["form"].errors) == {"is_limited"}


def test_student_without_section_ticked_leaves_it(page, instructor, student, section):
    page(instructor).post(member_page(student), {"role": "student"})

    assert not section.members.exists()


def test_member_removed_after_the_question(page, instructor, student):
    browser = page(instructor)
    address = f"{member_page(student)}remove/"

    question = browser.get(address)
    answer = browser.post(address, follow=True)

    assert "Remove Student?" in text_of(question)
    assert "Student has been removed. What Student wrote stays." in text_of(answer)
    assert not Membership.objects.filter(user=student).exists()


@pytest.mark.parametrize("where", ["", "remove/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_member_of_another_seminar_is_as_none(page, instructor, outsider, where, method):
    browser = page(instructor)

    expect_same_as_absent(
        getattr(browser, method)(f"{member_page(outsider)}{where}"),
        getattr(browser, method)(f"{PEOPLE}{uuid.UUID(int=7)}/{where}"),
    )


def test_last_instructor_is_not_removed(page, instructor):
    response = page(instructor).post(f"{member_page(instructor)}remove/")

    assert response.status_code == 409
    assert "A seminar keeps at least one instructor." in text_of(response)


# -- leaving -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_member_leaves_after_the_question(request, page, role):
    user = request.getfixturevalue(role)
    browser = page(user)

    question = browser.get(f"{PEOPLE}leave/")
    answer = browser.post(f"{PEOPLE}leave/", follow=True)

    assert "Leave Water policy?" in text_of(question)
    assert "You have left Water policy." in text_of(answer)
    assert not Membership.objects.filter(user=user).exists()


def test_last_instructor_is_told_what_to_do_first(page, instructor, seminar):
    browser = page(instructor)

    assert "You are its last instructor" in text_of(browser.get(f"{PEOPLE}leave/"))
    assert browser.post(f"{PEOPLE}leave/").status_code == 409
    MembershipFactory(seminar=seminar, role="instructor")
    assert "Leave Water policy?" in text_of(browser.get(f"{PEOPLE}leave/"))


def test_member_is_asked_on_the_page_of_the_seminar_and_answers(page, seminar, student):
    client = page(student)
    address = seminar.get_absolute_url()
    assert "Research" not in client.get(address).content.decode()
    type(seminar).objects.update(asks_consent=True)
    asked = client.get(address).content.decode()

    said = client.post(f"{address}-/people/consent/", {"consents": "yes"}, follow=True)

    assert "You have not answered yet" in asked
    assert "You have said yes." in said.content.decode()
    assert "Yes, it may" not in said.content.decode()
    client.post(f"{address}-/people/consent/", {"consents": "no"})
    assert seminar.memberships.get(user=student).consents is False


def test_answer_that_nobody_asked_for_is_not_kept(page, seminar, student):
    address = f"{seminar.get_absolute_url()}-/people/consent/"

    said = page(student).post(address, {"consents": "yes"}, follow=True)

    assert "This seminar does not ask" in said.content.decode()
    assert seminar.memberships.get(user=student).consents is None
