"""The reading page of whoever has signed in is not made again, and each part of it that changes makes it so."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotations.actions import withdraw_annotation
from annotations.actions.annotations import edit_annotation, mark_answer
from annotations.actions.claims import mark_claim
from annotations.actions.drafts import DraftInput, discard_draft, save_draft
from annotations.actions.house_rules import set_house_rules
from annotations.actions.inputs import Content
from annotations.actions.moderation import hide_annotation, lock_thread, pin_thread
from annotations.actions.tags import tag_paragraph
from annotations.enums import Kind
from annotations.models import Draft, Source, Visit
from annotations.models.drafts import DraftPlace
from annotations.queries.page_state import STANDS_ON, STANDS_ON_TOO, page_state
from debate.accounts.models import User
from debate.assignments.models import Alias, Assignment, Round
from debate.notices.models import Notice
from debate.seminars.models import Group, Membership
from tests.annotations.live.conftest import post
from tests.factories.annotations import (
    ParagraphTagFactory,
    ReplyFactory,
    TagFactory,
    annotation_on,
)
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory, RelationFactory
from tests.factories.assignments import AccommodationFactory, ExtensionFactory, SideFactory
from tests.factories.notices import NoticeFactory
from tests.factories.seminars import GroupFactory, MembershipFactory


@pytest.fixture
def world(assignment, paragraphs, student, classmate, instructor, group, other_group):
    """An assignment with a bit of all that its reading page shows; the student has looked at it."""
    now = timezone.now()
    Assignment.objects.filter(pk=assignment.pk).update(
        asked_comments=3, due_at=now + timedelta(days=4), resolution="Water has a price."
    )
    note = annotation_on(
        paragraphs[0], "Cities", evidence=True, assignment=assignment, author=classmate
    )
    question = annotation_on(
        paragraphs[1], assignment=assignment, author=classmate, kind=Kind.QUESTION, tags=["tag"]
    )
    own = annotation_on(paragraphs[0], "price", assignment=assignment, author=student)
    TagFactory(vocabulary__seminar=assignment.seminar, key="tag", label="A tag")
    reply = ReplyFactory(parent=question, author=instructor)
    claim = ClaimFactory(assignment=assignment)
    ClaimAnchorFactory(claim=claim)
    return World(assignment, student, classmate, instructor, note, question, own, reply, claim)


class World:
    """What the changes change."""

    def __init__(
        self, assignment, student, classmate, instructor, note, question, own, reply, claim
    ):
        self.assignment = Assignment.objects.get(pk=assignment.pk)
        self.seminar = self.assignment.seminar
        self.student, self.classmate, self.instructor = student, classmate, instructor
        self.note, self.question, self.own, self.reply = note, question, own, reply
        self.claim = claim

    @property
    def mine(self):
        """The student's membership, as a set of one row."""
        return Membership.objects.filter(user=self.student, seminar=self.seminar)


def change(rows, **values):
    assert rows.update(**values) == 1


def user(person):
    return User.objects.filter(pk=person.pk)


def claims(world):
    mark_claim(
        actor=world.instructor,
        assignment_id=world.assignment.pk,
        text="Water is scarce.",
        is_explicit=False,
    )


def edit(world):
    edit_annotation(
        actor=world.student,
        annotation_id=world.own.pk,
        content=Content(kind=Kind.COMMENT, body="In other words."),
    )


def draft(world):
    return save_draft(
        actor=world.student,
        assignment_id=world.assignment.pk,
        given=DraftInput(
            key=DraftPlace(revision=1, number=1).key,
            content={"body": ["So far"]},
            submission_key=uuid4(),
        ),
    )


PREFERENCES = ("theme", "face", "text_size", "spacing", "highlights", "motion", "announcements")
PARTS = {
    # what stands beside the essay
    "a note of another": lambda w: post(w.assignment, w.classmate),
    "an own note that is private": lambda w: post(w.assignment, w.student, audience="private"),
    "an own note with other words": edit,
    "a note taken back": lambda w: withdraw_annotation(actor=w.classmate, annotation_id=w.note.pk),
    "a note hidden": lambda w: hide_annotation(
        actor=w.instructor, annotation_id=w.note.pk, reason="It names somebody."
    ),
    "a thread pinned": lambda w: pin_thread(actor=w.instructor, annotation_id=w.note.pk),
    "a thread locked": lambda w: lock_thread(actor=w.instructor, annotation_id=w.note.pk),
    "an answer marked": lambda w: mark_answer(
        actor=w.classmate, reply_id=w.reply.pk, is_answer=True
    ),
    "a claim marked": claims,
    "other house rules": lambda w: set_house_rules(
        actor=w.instructor, assignment_id=w.assignment.pk, symmetric_rebuts=False
    ),
    "a paragraph's tag": lambda w: tag_paragraph(
        actor=w.instructor,
        assignment_id=w.assignment.pk,
        paragraph_key=w.assignment.revision.paragraphs.first().key,
        tag_ids=[w.seminar.vocabulary.tags.create(key="other", label="Other").pk],
    ),
    "a tag's label": lambda w: change(
        w.seminar.vocabulary.tags.filter(key="tag"), label="Another label"
    ),
    "an author's name": lambda w: change(user(w.classmate), name="Somebody else"),
    "an alias": lambda w: Alias.objects.create(
        assignment=w.assignment, user=w.student, name="Quiet Heron"
    ),
    "a source": lambda w: change(
        Source.objects.filter(pk=w.note.passage.source_id), archived_url="https://example.org/1"
    ),
    # the essay and what is asked
    "the essay's title": lambda w: change(
        type(w.assignment.essay).objects.filter(pk=w.assignment.essay_id), title="Another title"
    ),
    "the seminar's title": lambda w: change(
        type(w.seminar).objects.filter(pk=w.seminar.pk), title="Another title"
    ),
    "an archived seminar": lambda w: change(
        type(w.seminar).objects.filter(pk=w.seminar.pk), archived_at=timezone.now()
    ),
    "instructions": lambda w: change(
        Assignment.objects.filter(pk=w.assignment.pk), instructions="Read it twice."
    ),
    "the due date": lambda w: change(
        Assignment.objects.filter(pk=w.assignment.pk), due_at=timezone.now()
    ),
    "the round": lambda w: change(Round.objects.filter(assignment=w.assignment), mode="blind"),
    "kinds of the round": lambda w: change(
        Round.objects.filter(assignment=w.assignment), allowed_kinds=["comment"]
    ),
    "an extension": lambda w: ExtensionFactory(assignment=w.assignment, user=w.student),
    "an accommodation": lambda w: AccommodationFactory(seminar=w.seminar, user=w.student),
    "a side": lambda w: SideFactory(assignment=w.assignment, user=w.student),
    # who reads
    "another role": lambda w: change(w.mine, role="observer"),
    "staff": lambda w: change(w.mine, role="assistant", is_limited=True),
    "a member more": lambda w: MembershipFactory(seminar=w.seminar),
    "a group": lambda w: GroupFactory(seminar=w.seminar, members=[w.classmate]),
    "a group's name": lambda _w: change(Group.objects.filter(name="Upstream"), name="Source"),
    "a group's members": lambda w: Group.objects.get(name="Upstream").members.add(w.classmate),
    "a group that it is set to": lambda w: w.assignment.groups.add(
        Group.objects.get(name="Upstream")
    ),
    "the own name": lambda w: change(user(w.student), name="Another name"),
    "the colours": lambda w: change(user(w.student), theme="dark"),
    "the time zone": lambda w: change(user(w.student), time_zone="Asia/Tokyo"),
    "whose words are marked": lambda w: change(user(w.student), highlights="mine"),
    # what waits for the person
    "a draft": draft,
    "a notice": lambda w: NoticeFactory(
        recipient=w.student, kind="reply", object_id=w.reply.pk, context_id=w.question.pk
    ),
    "a visit that has ended": lambda w: change(
        Visit.objects.filter(user=w.student), last_at=timezone.now() - timedelta(hours=1)
    ),
}


@pytest.fixture
def browser(page, world):
    """The student's, which has opened the page before, and so keeps the secret of its forms."""
    opened = page(world.student)
    opened.get(world.assignment.get_absolute_url())
    return opened


def settle():
    """What a commit does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def again(browser, url, tag):
    return browser.get(url, headers={"If-None-Match": tag})


def test_page_that_a_person_has_is_not_made_again(browser, world):
    url = world.assignment.get_absolute_url()
    first = browser.get(url)
    with CaptureQueriesContext(connection) as made:
        answer = again(browser, url, first["ETag"])

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["ETag"] == first["ETag"]
    assert first["Cache-Control"] == answer["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "X-Fragment"} <= set(first["Vary"].split(", "))
    # The session, the person, and all that the page depends on.
    assert len(made) == 3


@pytest.mark.parametrize("name", PARTS)
def test_page_of_a_person_is_made_again_after_a_change_of(name, browser, world):
    settle()
    url = world.assignment.get_absolute_url()
    tag = browser.get(url)["ETag"]
    assert again(browser, url, tag).status_code == 304

    PARTS[name](world)
    settle()
    answer = again(browser, url, tag)

    assert answer.status_code == 200
    assert answer["ETag"] != tag


def test_page_is_made_again_when_a_draft_goes_or_a_notice_is_read(browser, world):
    url = world.assignment.get_absolute_url()
    draft(world)
    notice = NoticeFactory(
        recipient=world.student,
        kind="reply",
        object_id=world.reply.pk,
        context_id=world.question.pk,
    )
    first = browser.get(url)["ETag"]

    Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
    second = again(browser, url, first)
    discard_draft(
        actor=world.student,
        assignment_id=world.assignment.pk,
        draft_id=Draft.objects.get(user=world.student).pk,
    )
    third = again(browser, url, second["ETag"])

    assert (second.status_code, third.status_code) == (200, 200)


def test_page_is_made_again_when_a_claim_stands_otherwise(browser, world):
    url = world.assignment.get_absolute_url()
    tag = browser.get(url)["ETag"]

    post(
        world.assignment,
        world.classmate,
        kind="counterargument",
        counterclaim="No.",
        attacks="conclusion",
    )

    assert again(browser, url, tag).status_code == 200


def test_page_of_one_person_is_no_answer_to_another(page, browser, world):
    url = world.assignment.get_absolute_url()
    other = page(world.classmate)
    other.get(url)
    tag = browser.get(url)["ETag"]

    assert again(other, url, tag).status_code == 200
    assert again(page(), url, tag).status_code == 404


def test_page_is_made_again_in_another_session_and_for_another_secret(page, browser, world):
    url = world.assignment.get_absolute_url()
    elsewhere, secret = page(world.student), page(world.student)
    secret.cookies["session"] = browser.cookies["session"].value
    secret.get(url)
    tag = browser.get(url)["ETag"]
    elsewhere.cookies["csrf"] = browser.cookies["csrf"].value

    assert again(elsewhere, url, tag).status_code == 200
    assert again(secret, url, tag).status_code == 200
    assert again(browser, url, tag).status_code == 304


def test_page_without_the_secret_of_its_forms_has_no_tag(page, world):
    first = page(world.student).get(world.assignment.get_absolute_url())

    assert "ETag" not in first
    assert "csrf" in first.cookies


def test_page_with_what_is_said_once_has_no_tag_and_is_not_passed_over(browser, world):
    url = world.assignment.get_absolute_url()
    chosen = {name: getattr(world.student, name) for name in PREFERENCES}
    browser.post(reverse("accounts:reading"), {**chosen, "next": url})
    said = browser.get(url)
    tag = browser.get(url)["ETag"]
    browser.post(reverse("accounts:reading"), {**chosen, "next": url})

    assert "Your pages look as you chose." in said.content.decode()
    assert "ETag" not in said
    assert again(browser, url, tag).status_code == 200
    assert again(browser, url, tag).status_code == 304


def test_text_alone_and_what_is_asked_of_the_page_have_tags_of_their_own(browser, world):
    url = world.assignment.get_absolute_url()
    tag = browser.get(url)["ETag"]

    assert again(browser, f"{url}?kind=comment", tag).status_code == 200
    assert "ETag" not in browser.get(f"{url}?notes=none")
    assert again(browser, url, tag).status_code == 200


def test_page_as_a_student_sees_it_has_no_tag(page, world):
    teacher = page(world.instructor)
    url = world.assignment.get_absolute_url()
    teacher.get(url)
    tag = teacher.get(url)["ETag"]
    teacher.post(reverse("seminars:student_view", args=[world.seminar.slug]))

    seen = again(teacher, url, tag)

    assert seen.status_code == 200
    assert "studentview" in seen.content.decode()
    assert "ETag" not in seen


def test_page_of_who_has_left_is_absent(browser, world):
    url = world.assignment.get_absolute_url()
    tag = browser.get(url)["ETag"]
    world.mine.delete()

    assert again(browser, url, tag).status_code == 404


def test_page_that_has_not_changed_is_a_visit_all_the_same(browser, world):
    url = world.assignment.get_absolute_url()
    tag = browser.get(url)["ETag"]
    visit = Visit.objects.filter(user=world.student)
    visit.update(last_at=timezone.now() - timedelta(minutes=5))

    assert again(browser, url, tag).status_code == 304
    assert timezone.now() - visit.get().last_at < timedelta(minutes=1)


READERS = ("student", "instructor", "assistant", "observer", "section assistant")


@pytest.mark.parametrize("who", READERS)
def test_page_reads_nothing_that_its_tag_does_not_stand_on(who, page, world, assistant, observer):
    people = {
        "student": world.student,
        "instructor": world.instructor,
        "assistant": assistant,
        "observer": observer,
        "section assistant": assistant,
    }
    if who == "section assistant":
        Membership.objects.filter(user=assistant).update(is_limited=True)
    reader = people[who]
    save = {"recipient": reader, "object_id": world.reply.pk, "context_id": world.question.pk}
    RelationFactory(source=ClaimFactory(assignment=world.assignment), target_claim=world.claim)
    ParagraphTagFactory(assignment=world.assignment, tag=world.seminar.vocabulary.tags.first())
    browser = page(reader)
    browser.get(world.assignment.get_absolute_url())
    NoticeFactory(**save)

    with CaptureQueriesContext(connection) as made:
        browser.get(world.assignment.get_absolute_url())

    # Counting notices asks who may see what they are of; the count itself is in the tag.
    pages = [one["sql"] for one in made if '"notices_notice"' not in one["sql"]]
    read = {table for one in pages for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', one)}
    assert read - STANDS_ON - STANDS_ON_TOO - {"django_session"} == set()


def test_state_of_what_a_person_may_not_see_is_none(world, outsider):
    place = (world.seminar.slug, world.assignment.slug)

    assert page_state(outsider, *place) is None
    assert page_state(AnonymousUser(), *place) is None
    assert page_state(world.student, world.seminar.slug, "another") is None
    assert page_state(world.student, *place).visit is None
