"""Readers of one essay whose pages stand open, and what they write."""

import random
from dataclasses import dataclass, field

import pytest
from django.http import QueryDict

from annotations.actions import (
    Content,
    Target,
    approve_annotation,
    change_audience,
    create_annotation,
    edit_annotation,
    hide_annotation,
    lock_thread,
    pin_thread,
    place_annotation,
    unhide_annotation,
    withdraw_annotation,
)
from annotations.live import fragments
from annotations.live.answers import answer
from annotations.models import Annotation
from annotations.queries import ReadingFilters, reading_page
from annotations.queries.cursors import Cursor
from annotations.queries.view_keys import view_of
from annotations.queries.visits import last_visit
from debate.assignments.models import Assignment
from debate.core.errors import DomainError, Missing
from debate.seminars.enums import GroupKind, Role
from tests.factories.seminars import GroupFactory, MembershipFactory


@pytest.fixture(autouse=True)
def _nothing_kept():
    """Each test begins with nothing rendered."""
    fragments.forget()


def fresh(assignment):
    """The assignment as a request finds it."""
    return Assignment.objects.for_pages().get(pk=assignment.pk)


def cursor_of(user, assignment):
    """The cursor of a page that is loaded now."""
    found = fresh(assignment)
    return str(Cursor.at(found.change_counter, view_of(user, found)))


def ask(user, assignment, after, query=""):
    """What changes/ answers."""
    return answer(user, fresh(assignment), after, QueryDict(query))


def loaded(user, assignment, **filters):
    """The page as it is when it is loaded now: each paragraph's fragment by its id."""
    found = fresh(assignment)
    page = reading_page(
        user=user,
        assignment=found,
        filters=ReadingFilters(**filters),
        since=last_visit(user, found),
    )
    return {one.dom_id: fragments.fragment(page, one) for one in page.paragraphs if one.number}


def post(assignment, actor, *, number=1, body="A remark.", kind="comment", **given):
    """A new annotation on the paragraph of that number, by the action."""
    parent = given.pop("parent", None)
    target = Target(paragraph_id=assignment.revision.paragraphs.get(number=number).pk)
    return create_annotation(
        actor=actor,
        assignment_id=assignment.pk,
        content=Content(kind=kind, body=body, **given),
        targets=[] if parent else [target],
        parent_id=parent.pk if parent else None,
    )


@dataclass
class OpenPage:
    """A page that stands open, and keeps itself as it would be if it were loaded now."""

    user: object
    assignment: object
    shown: dict = field(default_factory=dict)
    cursor: str = ""
    heard: list = field(default_factory=list)
    lost: list = field(default_factory=list)

    def load(self):
        self.cursor = cursor_of(self.user, self.assignment)
        self.shown = loaded(self.user, self.assignment)
        return self

    def sync(self):
        told = ask(self.user, self.assignment, self.cursor)
        self.cursor = told["cursor"]
        self.shown |= {one["id"]: one for one in told["paragraphs"]}
        self.heard += [one["id"] for one in told["arrivals"]]
        self.lost += told["gone"]
        return told


@pytest.fixture
def limited(seminar, student):
    """An assistant who acts for the section of `student` alone."""
    section = GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[student])
    membership = MembershipFactory(seminar=seminar, role=Role.ASSISTANT, is_limited=True)
    membership.sections.add(section)
    return membership.user


@pytest.fixture
def readers(instructor, assistant, limited, student, classmate, observer):
    return [instructor, assistant, limited, student, classmate, observer]


class Life:
    """What people do in an assignment, by chance."""

    def __init__(self, assignment, writers, groups, seed):
        self.assignment, self.writers, self.groups = assignment, writers, groups
        self.random = random.Random(seed)
        self.acts = [
            self.post, self.post, self.post, self.reply, self.edit, self.withdraw, self.hide,
            self.unhide, self.approve, self.readdress, self.pin, self.lock, self.move,
        ]  # fmt: skip

    def step(self):
        """One act that was not refused."""
        while True:
            try:
                return self.random.choice(self.acts)()
            except DomainError:
                continue

    def any(self, **which):
        rows = Annotation.objects.filter(assignment=self.assignment, **which).order_by("pk")
        found = list(rows.select_related("author"))
        if not found:
            raise Missing  # another act is chosen: each step is one, after which readers are asked
        return self.random.choice(found)

    def audience(self):
        audience = self.random.choice(["private", "staff", "group", "seminar", "seminar"])
        group = self.random.choice(self.groups).pk if audience == "group" else None
        return {"audience": audience, "group_id": group}

    def post(self):
        return post(
            self.assignment,
            self.random.choice(self.writers),
            number=self.random.randint(1, 3),
            kind=self.random.choice(["comment", "question", "support", "counterargument"]),
            **self.audience(),
        )

    def reply(self):
        return post(
            self.assignment,
            self.random.choice(self.writers),
            parent=self.any(),
            kind=self.random.choice(["comment", "counterargument"]),
        )

    def edit(self):
        one = self.any()
        content = Content(kind=one.kind, body=f"Again: {one.body}"[:200])
        return edit_annotation(
            actor=one.author, annotation_id=one.pk, content=content, version=one.version
        )

    def withdraw(self):
        one = self.any()
        return withdraw_annotation(actor=one.author, annotation_id=one.pk)

    def staff(self):
        return self.writers[0]

    def hide(self):
        return hide_annotation(actor=self.staff(), annotation_id=self.any().pk, reason="No.")

    def unhide(self):
        return unhide_annotation(actor=self.staff(), annotation_id=self.any(status="hidden").pk)

    def approve(self):
        return approve_annotation(actor=self.staff(), annotation_id=self.any(status="pending").pk)

    def readdress(self):
        one = self.any(parent=None)
        return change_audience(actor=one.author, annotation_id=one.pk, **self.audience())

    def pin(self):
        return pin_thread(actor=self.staff(), annotation_id=self.any(parent=None).pk)

    def lock(self):
        return lock_thread(actor=self.staff(), annotation_id=self.any(parent=None).pk)

    def move(self):
        one = self.any(parent=None)
        paragraph = self.assignment.revision.paragraphs.get(number=self.random.randint(1, 3))
        return place_annotation(
            actor=one.author, annotation_id=one.pk, targets=[Target(paragraph_id=paragraph.pk)]
        )
