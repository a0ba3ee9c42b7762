"""The demo seminar: its content fits its essays, and the command loads it once, whole and dated."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from annotations.bibliography.csl import TYPES
from annotations.bibliography.identifiers import normal_doi
from annotations.management.commands import demo
from annotations.models import (
    Annotation,
    Source,
)
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.essays.importing import formats
from debate.essays.importing.blocks import numbered
from debate.seminars.models import Group, Membership, Seminar
from tests.factories.accounts import UserFactory

CONTENT = demo.demo_content("seminar")
GRADED = demo.demo_content("grading")
ASSIGNMENTS = (*CONTENT["assignments"], GRADED["assignment"])
ROWS = {row["ref"]: row for row in (*CONTENT["annotations"], *GRADED["annotations"])}


def run(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def draft_of(setting):
    return formats.read_as("markdown", (demo.demo_folder() / setting["essay"]).read_bytes())


def numbered_text(setting):
    draft = draft_of(setting)
    return {number: block.text for block, number in zip(draft.blocks, numbered(draft), strict=True)}


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


@pytest.mark.parametrize("setting", ASSIGNMENTS, ids=lambda setting: setting["slug"])
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


def loading(hour, day):
    """How long before the demo is loaded, in that hour of that day in the seminar's zone."""
    zone = ZoneInfo(CONTENT["seminar"]["time_zone"])
    now = datetime.combine(day, time_of_day(hour), zone).astimezone(UTC)

    def ago(given):
        if "days_ago" in given:
            return timedelta(days=given["days_ago"])
        at = datetime.combine(
            day + timedelta(days=given["days"]), time_of_day.fromisoformat(given["time"]), zone
        )
        return now - at.astimezone(UTC)

    return ago


# An ordinary day, and some days after clocks were put forward and back.
DAYS = (date(2026, 7, 1), date(2026, 4, 3), date(2026, 11, 1))


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("hour", range(24))
def test_demo_days_follow_each_other_whenever_it_is_loaded(hour, day):
    ago = loading(hour, day)

    for setting in ASSIGNMENTS:
        posts = [row for row in ROWS.values() if row["assignment"] == setting["slug"]]
        first = max(ago(row.get("at", row)) for row in posts)
        last = min(ago(row.get("at", row)) for row in posts)
        open_round = next(
            (one for one in setting.get("rounds", ()) if one["mode"] == "open"), setting
        )
        assert ago(open_round["opens"]) > first
        assert last > max(ago(setting["closes"]), timedelta())
    marks = [ago(row) for row in GRADED["marks"]]
    steps = [GRADED["assignment"]["closes"], GRADED["collected"], GRADED["edited_after_closing"]]
    order = [*map(ago, steps), max(marks), ago(GRADED["release"]), ago(GRADED["request"])]
    assert order == sorted(order, reverse=True)
    assert min(marks) > timedelta()


@pytest.mark.parametrize("source", CONTENT["sources"], ids=lambda source: source["ref"])
def test_sources_say_who_wrote_what_when_and_where(source):
    csl = source["csl"]

    assert csl["type"] in TYPES
    assert csl["title"]
    assert csl["publisher"]
    assert all(name["family"] and name["given"] for name in csl["author"])
    assert [len(parts) for parts in csl["issued"]["date-parts"]] == [1]
    assert csl["type"] == "book" or (csl["container-title"] and csl["volume"] and csl["page"])
    assert csl["URL"].startswith("https://")
    assert normal_doi(csl.get("DOI", "")) == csl.get("DOI", "").lower()


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

    assert said == (
        "Demo seminar: loaded, 95 annotations by 8 people, 4 works marked (password: counterpoint)\n"
    )
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
        (0, 1, 1, 2),
    ]
    kinds = Counter(Annotation.objects.values_list("kind", flat=True))
    assert kinds == Counter(row["kind"] for row in ROWS.values())
    assert Annotation.objects.filter(status="withdrawn").count() == 1
    assert Annotation.objects.filter(is_answer=True).count() == 6


def test_demo_with_a_name_taken_loads_nothing(db):
    UserFactory(username="Student6")

    with pytest.raises(CommandError, match="exists already, so nothing was loaded"):
        run(force=True)

    assert list(User.objects.values_list("username", flat=True)) == ["Student6"]
    assert not Seminar.objects.exists()


# --- the argument ---


def test_quotes_of_claims_stand_once_in_their_paragraph():
    texts = numbered_text(CONTENT["assignments"][0])
    argument = CONTENT["argument"]
    rows = [*argument["claims"], *argument["proposed"]]

    assert [row for row in rows if texts[row["paragraph"]].count(row["quote"]) != 1] == []
