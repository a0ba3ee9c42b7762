"""The doors of the demo: who may be entered as without a password, and what is worth seeing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404
from django.urls import reverse
from django.views.decorators.http import require_POST

from annotations.enums import Kind
from annotations.grading.enums import GradeState, MarkState
from annotations.grading.models import Work
from annotations.models import Annotation
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.core.http import redirect_to
from debate.core.policies import public

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse

SEMINAR = "policy-and-argument"
ROLES = {
    "student1": ("student", "Reads, annotates and replies."),
    "instructor": (
        "instructor",
        "Imports essays, sets them and sees everything but what is private.",
    ),
    "assistant": ("assistant", "Helps to run the seminar and reads along."),
    "outsider": ("outsider", "Belongs to no seminar, so sees nothing of this one."),
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody as whom one may enter."""

    username: str
    role: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class DemoLink:
    """A page worth seeing, and why; visitors enter as `username`."""

    title: str
    href: str
    why: str
    username: str = "student1"


def demo_people() -> list[DemoPerson]:
    """The people of the demo that has been loaded; none outside the demo. Takes 1 query."""
    if not settings.DEMO:
        return []
    names = dict(User.objects.filter(username__in=ROLES).values_list("username", "name"))
    return [
        DemoPerson(username, role, names[username], about)
        for username, (role, about) in ROLES.items()
        if username in names
    ]


def demo_links(user: User | AnonymousUser) -> list[DemoLink]:
    """The five pages of the demo worth seeing; none outside the demo. Takes 3 queries."""
    if not settings.DEMO:
        return []
    assignment = Assignment.objects.for_pages().filter(seminar__slug=SEMINAR).order_by("id").first()
    if assignment is None:
        return []
    reading = assignment.get_absolute_url()
    return [
        DemoLink(
            assignment.essay.title,
            reading,
            "An essay with comments, counterarguments and evidence beside its words.",
        ),
        DemoLink(
            "What nobody has answered",
            f"{reading}?unanswered=1",
            "The questions and challenges that still stand open.",
        ),
        *_longest_thread(assignment),
        _grading(user, assignment),
        DemoLink(
            "The API",
            "/api/docs/",
            "Everything that the pages show, for programs, with examples to copy.",
        ),
    ]


def _longest_thread(assignment: Assignment) -> list[DemoLink]:
    reply = (
        Annotation.objects.visible_to(assignment.created_by)
        .filter(assignment=assignment, audience="seminar", root__kind=Kind.COUNTERARGUMENT)
        .order_by("-depth", "id")
        .first()
    )
    if reply is None or reply.root_id is None:
        return []
    return [
        DemoLink(
            "A counterargument and its answers",
            reverse("annotations:detail", args=[reply.root_id]),
            "It says what it attacks; each reply says what it does in turn.",
        )
    ]


def _grading(user: User | AnonymousUser, assignment: Assignment) -> DemoLink:
    """A work on the desk, for visitors and for who may mark it; for others the seminar's page."""
    works = Work.objects.filter(assignment__seminar=assignment.seminar_id)
    if user.is_authenticated:
        works = works.marked_by(user)
    marked = works.filter(marks__state=MarkState.SUBMITTED).exclude(
        grade__state=GradeState.RELEASED
    )
    work = marked.select_related("assignment").order_by("alias").first()
    if work is None:
        return DemoLink(
            "The seminar’s page",
            assignment.seminar.get_absolute_url(),
            "What is read, by when, and who is in it.",
        )
    where = [assignment.seminar.slug, work.assignment.slug, work.pk]
    return DemoLink(
        "The grading desk",
        reverse("grading:desk", args=where),
        "A student’s work, the rubric beside it, and all of it by keys.",
        username="instructor",
    )


@public
@require_POST
def demo_entry(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. There is no such page outside the demo."""
    username = request.POST.get("username", "")
    person = User.objects.filter(username=username, is_active=True).first()
    if not settings.DEMO or username not in ROLES or person is None:
        raise Http404
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect_to(request, request.POST.get("next"), reverse("home"))
