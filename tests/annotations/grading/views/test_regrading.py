"""The page of requests to look at grades again, and each step from it."""

from decimal import Decimal

import pytest

from annotations.grading.actions.requests import ask_again
from annotations.grading.enums import GradeState
from annotations.grading.models import Grade, GradingPlan, RegradeRequest, Sheet
from tests.annotations.grading.views.conftest import words
from tests.expect import expect_constant_queries, expect_denied
from tests.factories.grading import GradeFactory, RegradeRequestFactory, WorkFactory


@pytest.fixture
def key(released):
    """The criterion Evidence of the released grade."""
    return Sheet.objects.get().content["marks"][0]["parts"][1]["criterion"]


@pytest.fixture
def asked(released, student, key):
    return ask_again(
        actor=student,
        grade_id=Grade.objects.get().pk,
        criterion_key=key,
        body=f"I am {student.name}, look again.",
    )


@pytest.fixture
def address(at_grading, graded_plan):
    return f"{at_grading}requests/"


def sent(request, act, **given):
    version = RegradeRequest.objects.get(pk=request.pk).version
    return {"act": act, "version": version, "body": "So."} | given


def test_requests_page_tells_thread_counts_and_what_is_asked_about(
    page, assistant, address, asked, student
):
    response = page(assistant).get(address)

    told = words(response)
    assert response["Cache-Control"] == "private, no-store"
    assert f"{student.display_name} on Evidence" in told
    assert "look again." in told
    assert '<th scope="row">Evidence</th><td class="num" data-label="Asked">1</td>' in told
    assert "Unsettled <b>1</b>" in told
    assert "The grade changes" not in told


def test_requests_page_in_blind_marking_names_nobody(page, instructor, address, asked, student):
    GradingPlan.objects.update(is_blind=True)

    told = words(page(instructor).get(address))

    assert "Quiet Lever on Evidence" in told
    assert "I am Quiet Lever, look again." in told
    for hidden in (student.name, student.username, student.email, str(student.pk)):
        assert hidden not in told


@pytest.mark.parametrize(
    ("query", "shown"),
    [({}, True), ({"state": "upheld"}, False), ({"state": "all"}, True), ({"state": "?"}, True)],
    ids=["unsettled", "upheld", "all", "unknown"],
)
def test_requests_page_shows_those_of_a_state(page, assistant, address, asked, query, shown):
    told = words(page(assistant).get(address, query))

    assert ("on Evidence" in told) == shown


def test_requests_page_shows_those_of_a_criterion(page, assistant, address, asked, key):
    client = page(assistant)

    assert "on Evidence" in words(client.get(address, {"criterion": key}))
    assert "No request fits this choice." in words(client.get(address, {"criterion": "other"}))


def test_requests_page_without_any_says_until_when_students_can_ask(page, assistant, address):
    told = words(page(assistant).get(address))
    assert "Students can for 7 days after a release." in told
    GradingPlan.objects.update(regrade_days=0)
    assert "Nobody can ask" in words(page(assistant).get(address))


def test_request_is_upheld_with_an_adjustment_from_the_page(page, instructor, address, asked):
    response = page(instructor).post(
        f"{address}{asked.pk}/", sent(asked, "uphold", adjustment="1.5"), follow=True
    )

    grade = Grade.objects.get()
    assert "Settled: the grade changes." in words(response)
    assert (grade.state, grade.final) == (GradeState.READY, Decimal("9.5"))


def test_request_upheld_without_a_change_keeps_what_was_typed(page, instructor, address, asked):
    response = page(instructor).post(f"{address}{asked.pk}/", sent(asked, "uphold"))

    told = words(response)
    assert response.status_code == 409
    assert "Say by how much the grade moves" in told
    assert "So.</textarea>" in told


def test_request_answered_meanwhile_shows_both_and_takes_the_next_try(
    page, instructor, assistant, address, asked
):
    form = sent(asked, "decline", body="It stands.")
    page(assistant).post(f"{address}{asked.pk}/", sent(asked, "answer", body="Which note?"))

    response = page(instructor).post(f"{address}{asked.pk}/", form)

    told = words(response)
    assert response.status_code == 412
    assert "Which note?" in told
    assert "It stands.</textarea>" in told
    assert '<input type="hidden" name="version" value="2">' in told


def test_request_is_answered_and_taken_back_by_its_student(page, student, address, asked):
    client = page(student)

    told = words(client.post(f"{address}{asked.pk}/", sent(asked, "answer"), follow=True))
    assert "<p>So.</p>" in told
    told = words(client.post(f"{address}{asked.pk}/", sent(asked, "take_back"), follow=True))
    assert "You have taken your request back." in told
    refused = client.post(f"{address}{asked.pk}/", sent(asked, "answer", body="One thing more."))

    told = words(refused)
    assert refused.status_code == 409
    assert "This request is settled." in told
    assert 'What you wrote was not sent:</p><blockquote dir="auto"><p>One thing more.</p>' in told


def test_answer_of_a_student_that_is_refused_keeps_what_was_typed(
    page, student, assistant, address, asked
):
    form = sent(asked, "answer", body="It is in the second note.")
    page(assistant).post(f"{address}{asked.pk}/", sent(asked, "answer", body="Which note?"))

    response = page(student).post(f"{address}{asked.pk}/", form)

    told = words(response)
    assert response.status_code == 412
    assert "Somebody has answered meanwhile" in told
    assert "Which note?" in told
    assert "It is in the second note.</textarea>" in told
    assert 'data-leaving="unsaved"' in told
    assert '<input type="hidden" name="version" value="2">' in told


def test_answer_of_staff_to_what_is_settled_by_now_shows_what_was_typed(
    page, instructor, assistant, address, asked
):
    form = sent(asked, "decline", body="It stands, as the rubric says.")
    page(assistant).post(f"{address}{asked.pk}/", sent(asked, "decline", body="It stands."))

    told = words(page(instructor).post(f"{address}{asked.pk}/", form))

    assert "What you wrote is kept below." not in told
    assert '<blockquote dir="auto"><p>It stands, as the rubric says.</p>' in told


@pytest.mark.parametrize("who", ["student", "observer"])
def test_requests_page_is_for_staff(page, address, who, request):
    expect_denied(page(request.getfixturevalue(who)).get(address))


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider"])
def test_request_of_somebody_else_is_absent(page, address, asked, who, request):
    client = page(request.getfixturevalue(who))

    assert client.post(f"{address}{asked.pk}/", sent(asked, "answer")).status_code == 404


def test_requests_page_asks_as_often_for_many(page, instructor, address, asked, graded_plan):
    client = page(instructor)

    def grow():
        for _ in range(3):
            work = WorkFactory(assignment=graded_plan.assignment)
            RegradeRequestFactory(grade=GradeFactory(work=work))

    assert expect_constant_queries(lambda: client.get(address), grow=grow) <= 16
