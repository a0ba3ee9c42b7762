"""What the demo seminar shows, loaded once for all tests of the module: each takes back what it writes."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.utils import timezone

from annotations.arguments import Label
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
from tests.annotations.management.test_demo import CONTENT, ROWS, run


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
    assert Visit.objects.count() == 16
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
        assert assignment.opens_at < posted[0] < now < assignment.due_at < assignment.closes_at


def test_demo_keeps_the_history_of_an_edit(loaded):
    edited = Annotation.objects.get(edited_at__isnull=False)

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
    assert Annotation.objects.count() == 73


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
    assert Passage.objects.filter(checks=None).exclude(quote="").count() == 3
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
