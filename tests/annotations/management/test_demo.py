"""The demo seminar: its content fits its essays, and the command loads it once, whole and dated."""

import json
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotations.actions.evidence import SOURCE_TYPES, doi_of
from annotations.management.commands import demo
from annotations.management.commands.demo import LAST_VISIT
from annotations.models import (
    Anchor,
    Annotation,
    AnnotationVersion,
    Change,
    Flag,
    Source,
    Visit,
)
from debate.accounts.models import User
from debate.assignments.models import Assignment, Extension
from debate.essays.importing import formats
from debate.essays.importing.blocks import numbered
from debate.notices.models import Delivery, Notice
from debate.seminars.models import Group, Membership, Seminar
from tests.factories.accounts import UserFactory

CONTENT = json.loads((demo.demo_folder() / "seminar.json").read_text(encoding="utf-8"))
ROWS = {row["ref"]: row for row in CONTENT["annotations"]}


def run(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def draft_of(setting):
    return formats.read_as("markdown", (demo.demo_folder() / setting["essay"]).read_bytes())


def numbered_text(setting):
    draft = draft_of(setting)
    return {number: block.text for block, number in zip(draft.blocks, numbered(draft), strict=True)}


@pytest.fixture
def loaded(db):
    return run(force=True)


def test_main_essay_is_read_as_it_was_written():
    draft = draft_of(CONTENT["assignments"][0])

    kinds = Counter(block.kind for block in draft.blocks)
    assert (draft.title, draft.author) == ("The Duty to Turn Up", "Rosalind Achterberg")
    assert draft.affiliation == "Ashdown School of Public Affairs"
    assert draft.left_out == []
    assert kinds == {
        "byline": 1,
        "body": 14,
        "quote": 1,
        "list_item": 3,
        "heading": 3,
        "break": 1,
        "note": 2,
    }


@pytest.mark.parametrize("setting", CONTENT["assignments"], ids=lambda setting: setting["slug"])
def test_quotes_stand_once_in_their_paragraph(setting):
    texts = numbered_text(setting)
    rows = [row for row in ROWS.values() if row["assignment"] == setting["slug"]]

    misplaced = [
        row["ref"]
        for row in rows
        if "paragraph" in row and row["quote"] and texts[row["paragraph"]].count(row["quote"]) != 1
    ]

    assert misplaced == []


def test_replies_come_after_what_they_answer():
    early = [
        row["ref"]
        for row in ROWS.values()
        if "parent" in row and row["days_ago"] >= ROWS[row["parent"]]["days_ago"]
    ]

    assert early == []


@pytest.mark.parametrize("source", CONTENT["sources"], ids=lambda source: source["ref"])
def test_sources_say_who_wrote_what_when_and_where(source):
    csl = source["csl"]

    assert csl["type"] in SOURCE_TYPES
    assert csl["title"]
    assert csl["publisher"]
    assert all(name["family"] and name["given"] for name in csl["author"])
    assert [len(parts) for parts in csl["issued"]["date-parts"]] == [1]
    assert csl["type"] == "book" or (csl["container-title"] and csl["volume"] and csl["page"])
    assert csl["URL"].startswith("https://")
    assert doi_of(csl.get("DOI", "")) == csl.get("DOI", "").lower()


def test_sources_are_all_used():
    used = {row["source"] for row in ROWS.values() if row["kind"] == "evidence"}

    assert used == {source["ref"] for source in CONTENT["sources"]}


def test_demo_without_setting_or_force_is_refused(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match=r"Set DEMO=1, or add --force"):
        run()

    assert User.objects.count() == 0


def test_demo_with_setting_loads_what_it_promises(db, settings):
    settings.DEMO = True

    said = run()

    assert said == ("Demo seminar: loaded, 70 annotations by 8 people (password: counterpoint)\n")
    roles = Counter(Membership.objects.values_list("role", flat=True))
    assert roles == {"instructor": 1, "assistant": 1, "student": 6}
    assert User.objects.count() == 9
    assert not User.objects.get(username="outsider").memberships.exists()
    assert Group.objects.count() == 2
    assert Source.objects.count() == 8
    asked = ("asked_comments", "asked_counterarguments", "asked_evidence", "asked_replies")
    assert list(Assignment.objects.order_by("pk").values_list(*asked)) == [
        (3, 2, 2, 0),
        (0, 2, 1, 2),
    ]
    kinds = Counter(Annotation.objects.values_list("kind", flat=True))
    assert kinds == Counter(row["kind"] for row in ROWS.values())
    assert Annotation.objects.filter(status="withdrawn").count() == 1
    assert Annotation.objects.filter(is_answer=True).count() == 4


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


def test_demo_with_a_name_taken_loads_nothing(db):
    UserFactory(username="Student6")

    with pytest.raises(CommandError, match="exists already, so nothing was loaded"):
        run(force=True)

    assert list(User.objects.values_list("username", flat=True)) == ["Student6"]
    assert not Seminar.objects.exists()


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
