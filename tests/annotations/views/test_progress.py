"""Pages of progress and receipts."""

import csv
from io import StringIO

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from annotations.queries.receipts import receipt
from annotations.tasks import mail_receipt
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.seminars import GroupFactory, MembershipFactory


def url(assignment, ending="progress/"):
    return assignment.get_absolute_url() + ending


def text_of(response):
    return response.content.decode()


def test_student_reads_the_own_progress_and_nobody_elses(
    page, assignment, paragraphs, student, classmate
):
    annotation_on(paragraphs[0], author=student, assignment=assignment)
    annotation_on(paragraphs[1], author=classmate, assignment=assignment)

    response = page(student).get(url(assignment))

    assert "So far: 1 of 7 asked." in text_of(response)
    assert [note.place for note in response.context["own"].notes] == ["paragraph 1"]
    assert classmate.display_name not in text_of(response)


def test_student_who_wrote_nothing_is_shown_where_to_begin(page, assignment, student):
    assert "You have not written anything here yet." in text_of(page(student).get(url(assignment)))


def test_staff_read_each_student_with_counts_by_kind(
    page, assignment, paragraphs, student, classmate, instructor, group
):
    annotation_on(paragraphs[0], author=student, assignment=assignment)

    content = text_of(page(instructor).get(url(assignment)))

    assert "0 of 2 students are done" in content
    assert "1 of 7 asked" in content
    assert "nothing yet" in content
    assert '<td class="num" data-label="Comments">1/3</td>' in content
    assert f'href="{assignment.get_absolute_url()}?author={student.pk}"' in content


@pytest.mark.parametrize(
    "query", ["?state=nonsense&sort=best", "?group=x", "?after=x", "?state=done&after=%FF"]
)
def test_choice_that_is_none_is_passed_over(query, page, assignment, student, instructor):
    assert page(instructor).get(url(assignment) + query).status_code == 200


def test_choice_that_nobody_fits_is_told(page, assignment, student, instructor):
    content = text_of(page(instructor).get(url(assignment) + "?state=done"))

    assert "Nobody fits this choice." in content


def test_seminar_without_students_is_told(page, assignment, instructor):
    content = text_of(page(instructor).get(url(assignment)))

    assert "There is no student here whom you look after yet." in content


def test_further_people_keep_the_choice(
    page, assignment, student, classmate, instructor, monkeypatch
):
    monkeypatch.setattr("annotations.queries.progress.PEOPLE_A_PAGE", 1)

    response = page(instructor).get(url(assignment) + "?sort=last&state=none")

    people = response.context["page"].people
    assert f"?sort=last&amp;state=none&amp;after={people[0].user_id}" in text_of(response)


def test_table_to_download_holds_no_formula(
    page, assignment, paragraphs, student, classmate, instructor
):
    student.name = "=HYPERLINK(1)"
    student.save()
    Group.objects.filter(pk=GroupFactory(seminar=assignment.seminar, members=[student]).pk).update(
        name="+1"
    )
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    annotation_on(paragraphs[0], author=student, assignment=assignment, kind="support")
    ReplyFactory(parent=note, author=student, evidence=True)

    response = page(instructor).get(url(assignment, "progress/progress.csv"))

    rows = list(csv.reader(StringIO(text_of(response))))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert rows[0] == [
        "name", "groups", "comment", "counterargument", "evidence", "other kinds", "replies",
        "paragraphs", "late", "state", "last activity",
    ]  # fmt: skip
    assert rows[1][:10] == [
        "'=HYPERLINK(1)", "'+1", "1", "0", "1", "1", "1", "1", "0", "2 of 7 asked",
    ]  # fmt: skip
    assert rows[2] == [
        classmate.display_name, "", "0", "0", "0", "0", "0", "0", "0", "nothing yet", "",
    ]  # fmt: skip


def test_table_of_a_limited_assistant_holds_the_own_section(page, assignment, student, classmate):
    section = GroupFactory(seminar=assignment.seminar, kind=GroupKind.SECTION, members=[student])
    helper = MembershipFactory(seminar=assignment.seminar, role=Role.ASSISTANT, is_limited=True)
    helper.sections.set([section])

    content = text_of(page(helper.user).get(url(assignment, "progress/progress.csv")))

    assert student.display_name in content
    assert classmate.display_name not in content


def test_receipt_shows_what_counts_and_its_digest(page, assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment)

    content = text_of(page(student).get(url(assignment, "receipt/")))

    made = receipt(student, assignment)
    assert f"SHA-256: {made.digest}" in content
    assert "counterpoint-receipt-1" in content


def test_receipt_is_sent_to_the_own_address(page, assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment)

    response = page(student).post(url(assignment, "receipt/"), follow=True)

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name) == ("annotations.mail_receipt", "mail")
    mail_receipt(**job.args)
    sent = mail.outbox[0]
    assert [one.to for one in mail.outbox] == [[student.email]]
    assert sent.subject == f"Receipt: {assignment.title}"
    assert receipt(student, assignment).digest in sent.body
    assert "- Comment, paragraph 1, received " in sent.body
    assert f"http://testserver{url(assignment, 'receipt/')}" in sent.body
    assert f"The receipt is on its way to {student.email}." in text_of(response)


def test_receipt_without_an_address_is_refused_in_words(page, assignment, student):
    student.email = ""
    student.save()

    response = page(student).post(url(assignment, "receipt/"), follow=True)

    assert "Your profile has no e-mail address." in text_of(response)
    assert not ProcrastinateJob.objects.exists()
