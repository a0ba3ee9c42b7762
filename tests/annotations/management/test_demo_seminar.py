"""What the demo seminar shows, loaded once for all tests of the module: each takes back what it writes."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.utils import timezone

from annotations.arguments import Label
from annotations.grading.actions.events import plain
from annotations.grading.folding import fold
from annotations.grading.models import (
    Grade,
    GradeEvent,
    Mark,
    RegradeRequest,
    Release,
    Remark,
    Sheet,
    WorkItem,
)
from annotations.management.commands import demo
from annotations.management.commands.demo import LAST_VISIT
from annotations.models import (
    Anchor,
    Annotation,
    AnnotationVersion,
    Change,
    Claim,
    ClaimVersion,
    Flag,
    HouseRules,
    Passage,
    QualityMark,
    QualityMarkAnswer,
    Relation,
    Source,
    Visit,
)
from annotations.queries.graph import argument_graph
from debate.accounts.models import User
from debate.assignments.models import Assignment, Extension
from debate.notices.models import Delivery, Notice
from tests.annotations.management.test_demo import CONTENT, GRADED, ROWS, run


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        run(force=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(standing, db):
    """The demo seminar in the database."""


def test_demo_shows_rounds_sides_and_what_staff_have_to_do(loaded):
    phones = Assignment.objects.get(slug="phones-at-the-gate")

    assert list(phones.rounds.values_list("mode", flat=True)) == ["blind", "open", "rebuttal"]
    assert Counter(phones.sides.values_list("position", flat=True)) == {
        "affirmative": 1,
        "negative": 1,
    }
    assert Flag.objects.open().count() == 1
    assert Annotation.objects.exclude(pinned_at=None).count() == 1
    assert Extension.objects.get().user.username == "student4"


def test_demo_people_were_there_yesterday_and_have_no_mail_waiting(loaded):
    assert Visit.objects.count() == 24
    assert not Delivery.objects.exists()
    assert Notice.objects.unread().exists()
    assert not Notice.objects.unread().filter(created_at__lt=timezone.now() - LAST_VISIT).exists()


def test_demo_again_changes_nothing(loaded, django_assert_num_queries):
    with django_assert_num_queries(1):
        said = run(force=True)

    assert said == "Demo seminar: already loaded\n"


def test_demo_anchors_every_quote_exactly(loaded):
    anchors = Anchor.objects.filter(exact__isnull=False)

    found = anchors.values_list("state", "confidence", "paragraph__number", "exact")

    assert sorted(found) == sorted(
        ("created", 1.0, row["paragraph"], row["quote"])
        for row in ROWS.values()
        if row.get("quote")
    )


def test_demo_is_dated_in_the_past_and_in_order(loaded):
    now = timezone.now()

    for assignment in Assignment.objects.all():
        changes = list(Change.objects.filter(assignment=assignment))
        posted = assignment.annotations.order_by("id").values_list("created_at", flat=True)
        assert [change.counter for change in changes] == [*range(1, assignment.change_counter + 1)]
        assert [change.at for change in changes] == sorted(change.at for change in changes)
        assert list(posted) == sorted(posted)
        assert assignment.opens_at < posted[0] < now
        assert assignment.due_at < assignment.closes_at
    closed = Assignment.objects.filter(due_at__lt=now, closes_at__lt=now)
    assert closed.get().slug == "first-look-phones"


def test_demo_keeps_the_history_of_an_edit(loaded):
    edited = Annotation.objects.get(edited_at__isnull=False, assignment__slug="duty-to-turn-up")

    first, second = AnnotationVersion.objects.filter(annotation=edited)
    assert first.body == "More essays should say what would prove them wrong."
    assert (second.body, second.at) == (edited.body, edited.edited_at)
    assert edited.edited_at - edited.created_at == demo.SECOND_THOUGHTS


def test_demo_people_sign_in_with_the_shared_password(loaded, client):
    names = [person["username"] for person in CONTENT["people"]]

    assert [
        name for name in names if not client.login(username=name, password="counterpoint")
    ] == []


def test_demo_live_posts_until_interrupted(loaded, monkeypatch):
    pauses = []

    def interrupt_the_third(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt_the_third)

    said = run(force=True, live=True)

    assert said.splitlines() == [
        "Demo seminar: already loaded",
        "Ingrid Solheim: comment on paragraph 7",
        "Mateo Fuentes: question on paragraph 1",
        "Oliver Brandt: comment on paragraph 14",
        "Stopped after 3 posts.",
    ]
    assert pauses == [10, 10, 10]
    assert Annotation.objects.count() == 98


def test_demo_live_after_closing_says_why_it_stops(loaded):
    Assignment.objects.update(
        opens_at=timezone.now() - timedelta(days=3),
        due_at=None,
        closes_at=timezone.now() - timedelta(days=1),
    )

    with pytest.raises(CommandError, match="Demo seminar: This assignment has closed"):
        run(force=True, live=True)


def test_demo_shows_a_map_at_its_best(loaded):
    duty = Assignment.objects.get(slug="duty-to-turn-up")
    instructor = User.objects.get(username="instructor")

    graph = argument_graph(instructor, duty)

    marked = [one for one in graph.essay_claims if one.claim.status == "marked"]
    assert graph.thesis.claim.text.startswith("Turning up to vote should be a legal duty")
    assert len(marked) == 12
    assert Counter(len(step.premises) for step in graph.steps.values() if not step.note) == {
        1: 4,
        2: 2,
    }
    assert Claim.objects.filter(status="proposed").count() == 1
    assert (graph.rules.burden, graph.rules.version) == ("thesis", 1)
    assert {one.label for one in marked} == set(Label)
    assert 0 < graph.counts["unanswered"] < graph.counts["challenges"]
    assert any(edge.note.kind == "evidence" for edge in graph.attacks.values())
    assert [grant.concession.scope for grant in graph.grants].count("") == 1


def test_demo_notes_bear_on_the_claims_that_are_marked(loaded):
    bearing = Relation.objects.filter(annotation__isnull=False, target_claim__status="marked")

    assert bearing.filter(target_claim__origin="essay").count() > 5


def test_demo_shows_evidence_checked_and_not_and_marks_open_and_settled(loaded):
    checked = Passage.objects.filter(checks__match="verbatim").distinct()
    relied_on = [passage.quote[start:end] for passage in Passage.objects.order_by("id")
                 for start, end in passage.relied_on]  # fmt: skip

    assert checked.count() == 3
    assert Passage.objects.filter(checks=None).exclude(quote="").count() == 8
    assert sorted(relied_on) == sorted(
        row["passage"]["relied_on"]
        for row in ROWS.values()
        if "relied_on" in row.get("passage", {})
    )
    assert QualityMark.objects.open().count() == 3
    assert QualityMark.objects.exclude(resolved_at=None).count() == 1
    assert QualityMarkAnswer.objects.count() == 1
    whole = Source.objects.exclude(author_qualifications="").exclude(accessed_on=None)
    assert whole.count() == 2


def test_demo_dates_the_map_before_the_notes(loaded):
    duty = Assignment.objects.get(slug="duty-to-turn-up")
    first = duty.annotations.earliest("created_at").created_at

    assert (
        duty.opens_at
        < duty.claims.filter(status="marked", annotation=None).latest("created_at").created_at
        < first
    )
    assert ClaimVersion.objects.filter(claim__status="marked", at__gte=first).count() == 0
    assert HouseRules.objects.get().at < first


# --- the grades ---


def test_demo_grades_stand_everywhere_between_not_started_and_released(loaded):
    works = Grade.objects.order_by("work__student__username")
    shown = works.values_list("work__student__username", "state", "raw", "late_deduction", "final")

    assert [tuple(map(str, row)) for row in shown] == [
        ("student1", "released", "14.55", "0.00", "14.55"),
        ("student2", "released", "11.64", "0.00", "11.64"),
        ("student3", "ready", "13.09", "0.00", "13.09"),
        ("student4", "in_progress", "None", "0.00", "None"),
        ("student5", "not_started", "None", "0.00", "None"),
        ("student6", "not_started", "None", "0.00", "None"),
    ]
    drafts = Mark.objects.filter(state="draft")
    assert list(drafts.values_list("marker__username", "work__student__username")) == [
        ("assistant", "student4")
    ]
    for grade in works:
        folded = fold(grade.events.values_list("after", flat=True))
        assert folded == {name: plain(getattr(grade, name)) for name in folded}


def test_demo_works_hold_what_was_posted_in_time_late_and_changed_since(loaded):
    items = WorkItem.objects.select_related("annotation__author", "work")

    assert items.count() == len(GRADED["annotations"])
    late = items.get(late_by__gt=0)
    assert (late.annotation.author.username, late.annotation.kind) == ("student4", "evidence")
    assert timedelta(hours=14) < timedelta(seconds=late.late_by) < timedelta(hours=17)
    changed = [one for one in items if one.annotation.version > one.annotation_version]
    assert [one.annotation.author.username for one in changed] == ["student3"]
    assert Counter(items.values_list("work__student__username", flat=True)) == Counter(
        row["author"] for row in GRADED["annotations"]
    )


def test_demo_grades_are_dated_in_the_past_and_in_order(loaded):
    week = timezone.now() - timedelta(days=7.5)
    release = Release.objects.get()

    for grade in Grade.objects.all():
        at = list(grade.events.values_list("at", flat=True))
        assert at == sorted(at)
        assert grade.work.frozen_at < at[0] < week
    assert release.at < release.undo_until < timezone.now()
    assert {sheet.at for sheet in Sheet.objects.all()} == {release.at}
    released = Grade.objects.filter(state="released").values_list("released_at", flat=True)
    assert list(released) == [release.at] * 2
    assert release.announced_at == release.undo_until
    assert Remark.objects.filter(is_shared=True, created_at__lt=week).count() == 2
    assert not GradeEvent.objects.filter(at__gt=timezone.now() - timedelta(hours=1)).exists()


def test_demo_student_asks_for_another_look_which_staff_have_not_read(loaded):
    request = RegradeRequest.objects.get()

    assert (request.state, request.grade.work.student.username) == ("open", "student2")
    message = request.messages.get()
    assert (message.author, message.at) == (request.grade.work.student, request.created_at)
    told = Notice.objects.unread().filter(object_id=request.pk)
    assert Counter(told.values_list("recipient__username", flat=True)) == {
        "instructor": 1,
        "assistant": 1,
    }
    assert set(told.values_list("created_at", flat=True)) == {request.created_at}
