"""A seminar's own page, as each role sees it."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from lxml import html

from annotations.enums import Audience
from annotations.models import Annotation
from annotations.pages.activity import SHOWN
from debate.seminars.actions import begin_student_view
from debate.seminars.enums import Role
from debate.seminars.models import Seminar
from tests.expect import expect_constant_queries, expect_same_as_absent, expect_sign_in
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.assignments import AliasFactory, assignment_of
from tests.factories.essays import essay_of
from tests.factories.grading import GradingPlanFactory
from tests.factories.seminars import GroupFactory, MembershipFactory

PATH = "/seminars/water-policy/"


def links(content):
    """The pages below the seminar's own to which something leads."""
    return re.findall(rf'(?:href|action)="{PATH}-/([\w/-]+)/"', content)


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (
            "instructor",
            [
                "people",
                "groups",
                "vocabulary",
                "sources",
                "export",
                "gradebook",
                "rubrics",
                "moderation",
                "settings",
            ],
        ),
        (
            "assistant",
            [
                "people",
                "groups",
                "vocabulary",
                "sources",
                "export",
                "gradebook",
                "rubrics",
                "moderation",
            ],
        ),
        ("student", ["people", "groups", "vocabulary", "sources", "export"]),
        ("observer", ["people", "groups", "vocabulary", "sources", "export"]),
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
    assert links(content) == [
        "people",
        "groups",
        "vocabulary",
        "sources",
        "export",
        "gradebook",
        "rubrics",
        "moderation",
        "settings",
    ]


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
            GradingPlanFactory(assignment=assignment_of(essay_of("More.", seminar=seminar)))
            essay_of("Shelved.", seminar=seminar)
            member = MembershipFactory(seminar=seminar).user
            GroupFactory(seminar=seminar, name=f"Table {number}", members=[member, student])

    expect_constant_queries(lambda: browser.get(PATH), grow=grow)


@pytest.mark.parametrize(
    ("role", "is_led"),
    [("student", True), ("observer", False), ("assistant", False), ("instructor", False)],
)
def test_seminar_leads_students_to_their_grade_where_there_is_a_plan(
    page, assignment, essay, request, role, is_led
):
    plain = assignment_of(essay, title="Ungraded")
    GradingPlanFactory(assignment=assignment)

    content = page(request.getfixturevalue(role)).get(PATH).content.decode()

    assert (f"{PATH}{assignment.slug}/grading/mine/" in content) is is_led
    assert f"{PATH}{plain.slug}/grading/mine/" not in content


# -- what has happened -----------------------------------------------------------------------------


def said(page, user, address=PATH):
    """The sentences of what happened, the newest first."""
    content = html.document_fromstring(page(user).get(address).content)
    links = content.xpath("//*[@id='activity']//section//li//a")
    return [" ".join(one.text_content().split()) for one in links]


TOP = {
    "comment": "commented on paragraph 1",
    "question": "asked about paragraph 1",
    "support": "gave a reason for paragraph 1",
    "counterargument": "countered paragraph 1",
    "evidence": "brought evidence on paragraph 1",
    "concession": "granted a point in paragraph 1",
}
REPLIES = {
    "comment": ("answered Student in paragraph 1", "answered you in paragraph 1"),
    "question": ("asked Student in paragraph 1", "asked you in paragraph 1"),
    "support": ("supported Student in paragraph 1", "supported you in paragraph 1"),
    "counterargument": ("countered Student in paragraph 1", "countered you in paragraph 1"),
    "evidence": (
        "answered Student with evidence in paragraph 1",
        "answered you with evidence in paragraph 1",
    ),
    "concession": ("granted Student a point in paragraph 1", "granted you a point in paragraph 1"),
}


def shape(kind):
    return {kind: True} if kind in {"counterargument", "evidence"} else {"kind": kind}


@pytest.mark.parametrize("kind", TOP)
def test_activity_says_who_wrote_what_where(kind, page, paragraphs, assignment, student, observer):
    annotation_on(paragraphs[0], assignment=assignment, author=student, **shape(kind))

    assert said(page, observer) == [f"Student {TOP[kind]}"]
    assert said(page, student) == [f"You {TOP[kind]}"]


@pytest.mark.parametrize("kind", REPLIES)
def test_activity_says_whom_a_reply_answers(
    kind, page, paragraphs, assignment, student, classmate, observer
):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student)
    reply = ReplyFactory(parent=note, author=classmate, **shape(kind))

    to_other, to_me = REPLIES[kind]
    assert said(page, observer)[0] == f"Classmate {to_other}"
    assert said(page, student)[0] == f"Classmate {to_me}"
    assert said(page, classmate)[0] == f"You {to_other}"
    assert reply.get_absolute_url() in page(student).get(PATH).content.decode()


def test_activity_says_what_somebody_adds_to_an_own_note(
    page, paragraphs, assignment, student, classmate
):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student)
    ReplyFactory(parent=note, author=student)

    assert said(page, student)[0] == "You added to your own note in paragraph 1"
    assert said(page, classmate)[0] == "Student added to a note of theirs in paragraph 1"


def test_activity_of_a_note_without_a_place_names_none(
    page, paragraphs, assignment, student, classmate
):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student)
    ReplyFactory(parent=note, author=classmate, kind="question")
    note.anchors.update(paragraph=None, start=None, end=None, state="orphaned")

    assert said(page, student) == ["Classmate asked you", "You wrote a note"]


def test_activity_does_not_name_whom_one_may_not_read(
    page, paragraphs, assignment, student, classmate
):
    note = annotation_on(
        paragraphs[0], assignment=assignment, author=student, audience=Audience.PRIVATE
    )
    ReplyFactory(parent=note, author=classmate, audience=Audience.SEMINAR)

    assert said(page, classmate) == ["You replied in paragraph 1"]


@pytest.mark.parametrize(
    "fields",
    [
        {"audience": Audience.STAFF},
        {"audience": Audience.PRIVATE},
        {"status": "withdrawn"},
        {"status": "hidden"},
        {"status": "pending"},
        {"status": "held"},
    ],
)
def test_activity_shows_only_what_one_may_read(
    fields, page, paragraphs, assignment, student, classmate
):
    annotation_on(paragraphs[0], assignment=assignment, author=student, **fields)

    assert said(page, classmate) == []
    assert "Nobody has written anything that you can read yet." in text(page, classmate)


def test_activity_of_a_blind_round_is_ones_own(page, paragraphs, assignment, student, classmate):
    assignment.rounds.update(mode="blind")
    annotation_on(paragraphs[0], assignment=assignment, author=student)

    assert said(page, classmate) == []
    assert said(page, student) == ["You commented on paragraph 1"]


def test_activity_under_pseudonyms_names_the_alias(
    page, paragraphs, assignment, student, classmate, instructor
):
    alias = AliasFactory(assignment=assignment, user=student, name="Heron")
    note = annotation_on(paragraphs[0], assignment=assignment, author=student, alias=alias)
    ReplyFactory(parent=note, author=instructor)

    assert said(page, classmate) == [
        "Instructor answered Heron in paragraph 1",
        "Heron commented on paragraph 1",
    ]
    assert said(page, instructor)[1] == "Student commented on paragraph 1"


def test_activity_of_what_is_set_to_another_group_stays_out(
    page, paragraphs, assignment, student, group, classmate
):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.set([group])
    annotation_on(paragraphs[0], assignment=assignment, author=student)

    assert said(page, classmate) == []
    assert said(page, student) == ["You commented on paragraph 1"]


def test_activity_stands_by_day_and_goes_back_page_by_page(page, paragraphs, assignment, student):
    notes = [
        annotation_on(paragraphs[0], assignment=assignment, author=student)
        for _ in range(SHOWN + 2)
    ]
    days = [datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 5, 5, 9, tzinfo=UTC)]
    for number, note in enumerate(notes):
        Annotation.objects.filter(pk=note.pk).update(created_at=days[number > SHOWN])

    first = page(student).get(PATH).context["page"].activity
    earlier = f"{PATH}?before={first.before}"
    second = page(student).get(earlier).context["page"].activity

    assert [(day.date.day, len(day.events)) for day in first.days] == [(5, 1), (4, SHOWN - 1)]
    assert [event.href for day in second.days for event in day.events] == [
        notes[1].get_absolute_url(), notes[0].get_absolute_url(),
    ]  # fmt: skip
    assert (second.before, second.is_first) == (None, False)
    assert f'href="?before={first.before}#activity"' in page(student).get(PATH).content.decode()
    assert 'href="?#activity"' in page(student).get(earlier).content.decode()


@pytest.mark.parametrize("before", ["x", "1", "%00"])
def test_activity_before_nothing_of_ours_is_missing(before, page, student, assignment):
    assert page(student).get(f"{PATH}?before={before}").status_code in {400, 404}


def test_activity_names_the_essay_where_several_are_set(
    page, paragraphs, assignment, essay, student
):
    annotation_on(paragraphs[0], assignment=assignment, author=student)
    title = f'<span class="sub">{assignment.title}</span>'
    assert title not in page(student).get(PATH).content.decode()

    assignment_of(essay)

    assert title in page(student).get(PATH).content.decode()


def test_seminar_page_asks_as_often_for_one_note_as_for_three(
    page, paragraphs, assignment, student, classmate
):
    note = annotation_on(paragraphs[0], assignment=assignment, author=student)
    ReplyFactory(parent=note, author=classmate)
    browser = page(student)

    expect_constant_queries(
        lambda: browser.get(PATH),
        grow=lambda: [ReplyFactory(parent=note, author=classmate) for _ in range(2)],
    )


def text(page, user):
    return " ".join(html.document_fromstring(page(user).get(PATH).content).text_content().split())
