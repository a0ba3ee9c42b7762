"""What is marked and not released shows nowhere, nor does a released grade to anybody else.

A new page or call that students can reach is one line more in PAGES or CALLS.
"""

import re

import pytest
from django.core import mail
from django.utils import timezone

from annotations.exchange.bulk.writing import BULK
from annotations.exchange.formats.registry import FORMATS
from annotations.grading.actions.announcing import announce_all
from annotations.grading.actions.releasing import release_grades
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, MarkState
from annotations.grading.models import Grade, Release
from tests.factories.annotations import annotation_on
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    ItemFeedbackFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    WorkItemFactory,
)

# Whole exports read a snapshot over a connection of their own.
pytestmark = pytest.mark.django_db(transaction=True)

SCORE = "8.73"
COMMENT = "Okapis agree wholly"
HERE = "/seminars/{seminar}/{assignment}/"
PAGES = [
    "/",
    "/inbox/",
    "/inbox/settings/",
    "/search/?q=Okapis",
    "/exports/",
    "/seminars/{seminar}/",
    "/seminars/{seminar}/-/export/",
    "/seminars/{seminar}/-/rubrics/",
    "/seminars/{seminar}/-/gradebook/",
    "/annotations/{note}/",
    "/annotations/{note}/history/",
    HERE,
    f"{HERE}progress/",
    f"{HERE}receipt/",
    f"{HERE}exchange/",
    f"{HERE}exchange/print/",
    f"{HERE}gradebook/",
    f"{HERE}grading/",
    f"{HERE}grading/mine/",
    f"{HERE}grading/release/",
    f"{HERE}grading/requests/",
    f"{HERE}grading/works/{{work}}/",
    f"{HERE}grading/works/{{work}}/grade/",
    *(f"{HERE}exchange/export/{name}/" for name in FORMATS),
    *(f"/exports/annotations/?assignment={{assignment_id}}&format={name}" for name in BULK),
]
CALLS = [
    "me/",
    "me/export/summary/",
    "me/export/grades/",
    "seminars/",
    "seminars/{seminar_id}/gradebook/",
    "seminars/{seminar_id}/remarks/",
    "assignments/",
    "assignments/{assignment_id}/",
    "assignments/{assignment_id}/grading-plan/",
    "assignments/{assignment_id}/gradebook/",
    "assignments/{assignment_id}/participation/",
    "assignments/{assignment_id}/graph/",
    "assignments/{assignment_id}/progress/",
    "annotations/",
    "annotations/?q=Okapis",
    "annotations/{note}/",
    "changes/",
    "evidence/",
    "claims/",
    "inferences/",
    "relations/",
    "concessions/",
    "sources/",
    "flags/",
    "quality-marks/",
    "notices/",
    "rubrics/",
    "works/",
    "works/{work}/",
    "works/?state=ready",
    "marks/",
    "marks/{mark}/",
    "grades/",
    "grades/?state=ready",
    "grades/?released=1",
    "grades/{grade}/",
    "grades/{grade}/events/",
    "assignments/{assignment_id}/releases/",
    "regrade-requests/",
    *(f"me/export/?format={name}" for name in BULK if not BULK[name].is_document),
    *(
        f"seminars/{{seminar_id}}/export/?format={name}"
        for name in BULK
        if not BULK[name].is_document
    ),
    *(f"assignments/{{assignment_id}}/export/?format={name}" for name in BULK),
]
# Its cursor is of the database's transactions, whoever's they are.
MOVED_BY_ANYBODY = {"/api/v1/me/export/summary/"}
# Where a student reads the own grade once it is released.
OWN = [
    f"{HERE}grading/mine/",
    "/api/v1/grades/",
    "/api/v1/grades/?released=1",
    "/api/v1/grades/{grade}/",
    "/api/v1/me/export/grades/",
]
PEOPLE = ["student", "classmate", "observer", "outsider", "anonymous"]


@pytest.fixture
def marked(assignment, student, assistant, paragraphs, instructor):
    """The student's work, whose mark has the score and says the comment in each of its places."""
    plan = GradingPlanFactory(assignment=assignment, created_by=instructor)
    note = annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)
    work = WorkFactory(assignment=assignment, student=student)
    grade = GradeFactory(work=work)
    item = WorkItemFactory(work=work, annotation=note)
    said = {"comment": COMMENT, "private_note": COMMENT}
    mark = MarkFactory(work=work, marker=assistant, **said)
    criterion = mark.rubric_version.criteria.last()
    part = MarkPartFactory(mark=mark, criterion=criterion, points=SCORE, comment=COMMENT)
    part.cited.add(item)
    ItemFeedbackFactory(mark=mark, item=item, body=COMMENT)
    return {
        "plan": plan,
        "work": work,
        "mark": mark,
        "where": {
            "seminar": assignment.seminar.slug,
            "seminar_id": assignment.seminar_id,
            "assignment": assignment.slug,
            "assignment_id": assignment.pk,
            "note": note.pk,
            "work": work.pk,
            "mark": mark.pk,
            "grade": grade.pk,
        },
    }


def submit(marked, assistant):
    """Make a grade of the mark, as its submission does."""
    mark = marked["mark"]
    mark.state, mark.total, mark.submitted_at = MarkState.SUBMITTED, SCORE, timezone.now()
    mark.save()
    mark.refresh_from_db()
    grade = settle(marked["plan"], marked["work"], actor=assistant)
    assert (str(grade.final), grade.state) == (SCORE, GradeState.READY)


@pytest.fixture
def clients(page, api):
    """The browser and the program of a person."""
    return lambda person: (page(person), api(person, scopes=("read", "marks:read", "grades:read")))


def walk(clients, where):
    """What each address answers the person, with its tag: all of it, by the address."""
    browser, program = clients
    asked = [(browser, path) for path in PAGES] + [(program, f"/api/v1/{path}") for path in CALLS]
    return {path: _seen(client.get(path.format(**where))) for client, path in asked}


def _seen(response):
    content = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return response.status_code, response.get("ETag", ""), f"{headers}\n{content.decode('latin-1')}"


def expect_silence(answers):
    """Neither score nor comment stands in any of these answers."""
    told = {
        path: word
        for path, (_, _, text) in answers.items()
        for word in (SCORE, COMMENT)
        if re.search(rf"(?<![\d.]){re.escape(word)}(?!\d)", text)
    }
    assert told == {}


@pytest.mark.parametrize("who", PEOPLE)
def test_mark_that_is_not_released_shows_nowhere_and_moves_no_tag(
    who, request, marked, assistant, clients
):
    both = clients(request.getfixturevalue(who))
    before = walk(both, marked["where"])
    submit(marked, assistant)

    after = walk(both, marked["where"])

    expect_silence(after)
    moved = {path for path, one in after.items() if one[:2] != before[path][:2]}
    assert moved <= MOVED_BY_ANYBODY
    assert mail.outbox == []


@pytest.mark.parametrize("who", [one for one in PEOPLE if one != "student"])
def test_released_grade_shows_to_nobody_else(who, request, marked, assistant, instructor, clients):
    both = clients(request.getfixturevalue(who))
    submit(marked, assistant)
    release_grades(actor=instructor, assignment_id=marked["plan"].assignment_id)
    Release.objects.update(undo_until=timezone.now())
    announce_all()

    expect_silence(walk(both, marked["where"]))


def test_released_grade_shows_to_its_student_on_one_page_and_in_one_call_alone(
    marked, student, assistant, instructor, clients
):
    submit(marked, assistant)
    release_grades(actor=instructor, assignment_id=marked["plan"].assignment_id)
    Release.objects.update(undo_until=timezone.now())
    announce_all()

    answers = walk(clients(student), marked["where"])

    for path in OWN:
        own = answers.pop(path)
        assert SCORE in own[2]
        assert COMMENT in own[2]
    expect_silence(answers)
    assert Grade.objects.get().state == GradeState.RELEASED
