"""A student's own page of the grading: progress before a release, the sheet after it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from annotations.grading.actions.grades import adjust_grade, reopen_grade
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.actions.settling import settle
from annotations.grading.models import Grade, GradingPlan, RegradeRequest, Release, Sheet
from annotations.grading.queries.mine import late_in_words
from tests.annotations.grading.views.conftest import words
from tests.expect import expect_denied
from tests.factories.grading import RegradeRequestFactory


@pytest.fixture
def address(at_grading, graded_plan):
    return f"{at_grading}mine/"


def body(response):
    """The page without what each answer has of its own."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def reopened(work, actor):
    version = Grade.objects.get(work=work).version
    return reopen_grade(actor=actor, work_id=work.pk, reason="A slip.", version=version)


def adjusted(work, actor, points):
    version = Grade.objects.get(work=work).version
    return adjust_grade(
        actor=actor, work_id=work.pk, adjustment=Decimal(points), reason="A slip.", version=version
    )


def test_own_page_before_a_release_tells_what_is_asked_and_when(page, student, address, assignment):
    assignment.asked_comments = 2
    assignment.save()

    response = page(student).get(address)

    told = words(response)
    assert response["Cache-Control"] == "private, no-store"
    assert "Grades come out when your instructor releases them." in told
    assert "<b>Comments</b><span>0 of 2</span>" in told
    assert "What you show." in told
    assert "What to look for." not in told


def test_own_page_before_a_release_is_the_same_with_and_without_a_grade(
    page, student, instructor, address, graded_work
):
    client = page(student)
    marked = body(client.get(address))
    adjusted(graded_work, instructor, 1)
    assert body(client.get(address)) == marked
    Grade.objects.update(state="not_started", raw=None, final=None, basis={})
    assert body(client.get(address)) == marked


def test_own_page_after_a_release_tells_parts_citations_and_feedback(
    page, student, address, released, graded_work
):
    told = words(page(student).get(address))

    note = graded_work.items.get().annotation
    place = f'<a href="/annotations/{note.pk}/">Comment, paragraph 1</a>'
    assert "<b>8</b> of 10" in told
    assert "<h3>Claim</h3>" in told
    assert "3 of 3" in told
    assert "<b>Level 4</b>" in told
    assert "It names its claim." in told
    assert "Read <strong>all</strong> of it." in told
    assert f'{place} <q class="sub" dir="auto">Fairness</q>' in told
    feedback = told.partition("On single contributions")[2]
    assert f'<p dir="auto">Fairness</p>{place}' in feedback
    assert "<p>Well put.</p>" in feedback
    assert "Ask Ada." not in told


def test_own_page_tells_how_points_become_the_grade_and_heads_the_note_on_the_whole(
    page, student, address, graded_plan, graded_work, instructor
):
    graded_plan.points = 16
    graded_plan.save()
    settle(graded_plan, graded_work, actor=instructor)
    release_grades(actor=instructor, assignment_id=graded_work.assignment_id)

    told = words(page(student).get(address))

    assert "<b>12.80</b> of 16" in told
    assert "8 of 10 points are 12.80 of 16." in told
    whole = told.index('<h2 id="h-whole">On the whole</h2>')
    assert whole < told.index("Read <strong>all</strong> of it.") < told.index("By criterion")


def test_own_page_explains_what_lateness_took(
    page, student, instructor, assistant, address, graded_work
):
    graded_work.items.update(late_by=90_000)
    GradingPlan.objects.update(late_owner="us")
    adjusted(graded_work, instructor, 0)
    release_grades(actor=instructor, assignment_id=graded_work.assignment_id)

    told = words(page(student).get(address))

    assert "<dd>8</dd>" in told
    assert "<dd>−1.60</dd>" in told
    assert "<dd>6.40</dd>" in told
    assert "Each late contribution counts for less. These came late:" in told
    assert "2 days late" in told


def test_own_page_of_a_reopened_grade_says_so_and_keeps_the_old_numbers(
    page, student, instructor, address, released, graded_work
):
    reopened(graded_work, instructor)
    adjusted(graded_work, instructor, -1)
    client = page(student)

    told = words(client.get(address))
    assert "This grade is under review." in told
    assert "<b>8</b> of 10" in told
    assert "7" not in told.partition('<p class="final')[2].partition("</p>")[0]
    release_grades(actor=instructor, assignment_id=graded_work.assignment_id)
    told = words(client.get(address))

    assert "under review" not in told
    assert "<b>7</b> of 10" in told
    assert "Released before" in told
    assert "8 of 10" in told.partition("Released before")[2]


def test_own_page_after_a_release_was_taken_back_is_as_before_it(
    page, student, instructor, address, graded_work
):
    client = page(student)
    before = body(client.get(address))
    release = release_grades(actor=instructor, assignment_id=graded_work.assignment_id)
    assert body(client.get(address)) != before
    take_release_back(actor=instructor, release_id=release.pk)

    assert body(client.get(address)) == before


def test_own_page_of_excused_work_has_no_number(page, student, address, released):
    sheet = Sheet.objects.get()
    content = sheet.content | {"excused": True, "final": None, "marks": []}
    Sheet.objects.filter(pk=sheet.pk).update(content=content)

    told = words(page(student).get(address))

    assert '<p class="final">Excused</p>' in told
    assert "of 10" not in told


def test_own_page_without_a_plan_says_that_nothing_is_said(page, student, address):
    GradingPlan.objects.all().delete()

    assert "How this assignment is graded is not said yet." in words(page(student).get(address))


@pytest.mark.parametrize("who", ["instructor", "assistant", "observer"])
def test_own_page_is_for_students(page, address, who, request):
    expect_denied(page(request.getfixturevalue(who)).get(address))


def test_own_page_of_a_classmate_tells_nothing_of_the_student(page, classmate, address, released):
    told = words(page(classmate).get(address))

    assert "Well put." not in told
    assert "Grades come out when your instructor releases them." in told


def test_student_asks_about_a_criterion_and_reads_the_thread(
    page, student, instructor, address, released
):
    client = page(student)
    key = Sheet.objects.get().content["marks"][0]["parts"][1]["criterion"]

    response = client.post(
        address, {"criterion": key, "body": "The second note answers it."}, follow=True
    )

    asked = RegradeRequest.objects.get()
    told = words(response)
    assert (str(asked.criterion_key), asked.state) == (key, "open")
    assert "Your request is sent." in told
    assert "<h3>Evidence</h3>" in told
    assert "<p>The second note answers it.</p>" in told


def test_student_who_asks_twice_is_told_and_keeps_the_words(page, student, address, released):
    client = page(student)
    RegradeRequestFactory(grade=Grade.objects.get())

    response = client.post(address, {"criterion": "", "body": "Once more."})

    told = words(response)
    assert response.status_code == 409
    assert "You have asked about this already" in told
    assert ">\nOnce more.</textarea>" in response.content.decode().replace("\r", "")


def test_student_after_the_last_day_reads_until_when_one_could_ask(
    page, student, address, released
):
    Sheet.objects.update(at=timezone.now() - timedelta(days=8))
    Release.objects.update(at=timezone.now() - timedelta(days=8))
    client = page(student)

    assert "You could ask until" in words(client.get(address))
    response = client.post(address, {"criterion": "", "body": "Late."})

    assert response.status_code == 409
    assert not RegradeRequest.objects.exists()


def test_student_before_a_release_cannot_ask(page, student, address, graded_work):
    response = page(student).post(address, {"criterion": "", "body": "Early."})

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, ""),
        (1, "1 minute late"),
        (60, "1 minute late"),
        (61, "2 minutes late"),
        (3601, "2 hours late"),
        (86401, "2 days late"),
    ],
)
def test_lateness_in_words_counts_begun_units(seconds, said):
    assert late_in_words(seconds) == said
