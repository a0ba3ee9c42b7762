"""The marker's column as pages: one form, its parts for scripts, remarks, many works at once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from annotations.grading.actions.marking import start_mark, submit_mark
from annotations.grading.actions.remarks import MOST_REMARKS
from annotations.grading.enums import CriterionKind, GradeState, MarkingMode, MarkRole, MarkState
from annotations.grading.forms import bulk as bulk_forms
from annotations.grading.models import (
    Criterion,
    Grade,
    ItemFeedback,
    Mark,
    MarkPart,
    Remark,
    WorkItem,
)
from annotations.grading.queries.frozen import frozen_items
from annotations.grading.queries.marking import marking_for, ungraded
from annotations.grading.queries.veil import veil_of
from debate.seminars.enums import Role
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.accounts import UserFactory
from tests.factories.grading import (
    CriterionFactory,
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    LevelFactory,
    MarkFactory,
    MarkPartFactory,
    RemarkFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import MembershipFactory

FRAGMENT = {"HTTP_X_FRAGMENT": "1", "HTTP_ACCEPT": "application/json"}


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student, alias="Red Otter")
    GradeFactory(work=work)
    return work


@pytest.fixture
def item(work):
    return WorkItemFactory(work=work)


@pytest.fixture
def at(assignment, work):
    """`at("part")`: the address of that name for the work; `at("bulk", None)`, for none."""

    def address(name, *more):
        place = [assignment.seminar.slug, assignment.slug]
        ids = [] if more == (None,) else [work.pk, *more]
        return reverse(f"grading:{name}", args=[*place, *ids])

    return address


def criteria(plan):
    return list(plan.rubric_version.criteria.prefetch_related("levels"))


def chosen(plan, **more):
    """A whole form: 2 and 3 of 3, 2.5 of 4."""
    claim, evidence, style = criteria(plan)
    return {
        "version": "0",
        f"level-{claim.key}": str(claim.levels.all()[2].key),
        f"level-{evidence.key}": str(evidence.levels.all()[3].key),
        f"points-{style.key}": "2.5",
        "comment": "Well argued.",
        "private_note": "Ask Ben.",
        **more,
    }


def own(work):
    return Mark.objects.standing().get(work=work)


# -- the whole form, without scripts ----------------------------------------------------------------


def test_save_keeps_everything_as_a_draft_and_leads_back_to_the_desk(
    page, assistant, plan, work, at
):
    response = page(assistant).post(at("mark"), chosen(plan, then="save"))

    assert (response.status_code, response["Location"]) == (302, at("desk"))
    mark = own(work)
    assert (mark.state, mark.comment, mark.private_note) == ("draft", "Well argued.", "Ask Ben.")
    assert [part.points for part in mark.parts.order_by("criterion__position")] == [2, 3, 2.5]


def test_submit_hands_in_and_stays(page, assistant, plan, work, at):
    response = page(assistant).post(at("mark"), chosen(plan, then="submit"))

    assert response["Location"] == at("desk")
    assert (own(work).state, Grade.objects.get().final) == (MarkState.SUBMITTED, 7.5)


def test_submit_and_next_holds_the_next_work_and_leads_to_it(
    page, assistant, plan, work, at, classmate
):
    other = WorkFactory(assignment=plan.assignment, student=classmate)
    GradeFactory(work=other)

    response = page(assistant).post(at("mark"), chosen(plan, then="next"))

    assert response["Location"] == at("desk").replace(str(work.pk), str(other.pk))
    assert other.leases.get().holder == assistant


def test_submit_and_next_of_the_last_work_leads_to_the_queue(page, assistant, plan, at):
    response = page(assistant).post(at("mark"), chosen(plan, then="next"))

    assert response["Location"] == at("works", None)


def test_submit_with_a_row_not_set_shows_the_form_with_what_was_typed(
    page, assistant, plan, work, at
):
    style = criteria(plan)[2]

    response = page(assistant).post(
        at("mark"), chosen(plan, then="submit", **{f"points-{style.key}": ""})
    )

    assert response.status_code == 400
    html = response.content.decode()
    assert "“Style” is not set yet." in html
    assert "Well argued." in html
    assert own(work).state == MarkState.DRAFT
    assert f'name="version" value="{own(work).version}"' in html


def test_submit_with_rows_missing_shows_the_desk_that_names_each(
    page, assistant, plan, work, item, at
):
    claim, evidence, style = criteria(plan)
    Criterion.objects.filter(pk=claim.pk).update(requires_citation=True)
    given = chosen(plan, then="next", **{f"points-{style.key}": ""})
    given.pop(f"level-{evidence.key}")

    response = page(assistant).post(at("mark"), given)

    assert response.status_code == 400
    html = response.content.decode()
    for row, said in (
        (claim, "“Claim” has to rest on a contribution: cite at least one."),
        (evidence, "“Evidence” is not set yet."),
        (style, "“Style” is not set yet."),
    ):
        assert f'<a href="#row-{row.key}">{said}</a>' in html
        assert f'<fieldset class="crit missing" id="row-{row.key}"' in html
    assert f'id="i-{item.pk}"' in html
    assert "Saved meanwhile" not in html
    assert f'href="{at("desk")}?order=paragraph"' in html


def test_change_that_leaves_a_submitted_mark_unwhole_keeps_what_was_typed(
    page, assistant, plan, work, at
):
    style = criteria(plan)[2]
    browser = page(assistant)
    browser.post(at("mark"), chosen(plan, then="submit"))
    given = chosen(plan, version=own(work).version, comment="Two\r\nlines.", private_note="")

    response = browser.post(at("mark"), given | {f"points-{style.key}": ""})

    assert response.status_code == 400
    html = response.content.decode()
    assert "“Style” is not set yet." in html
    assert "lines." in html
    assert html.count("Saved meanwhile") == 1
    assert "Saved meanwhile: 2.5" in html


def test_an_older_form_tells_what_was_saved_only_where_it_differs(page, assistant, plan, work, at):
    style = criteria(plan)[2]
    browser = page(assistant)
    more = {f"comment-{one.key}": "Two\r\nlines. " for one in criteria(plan)}
    browser.post(at("mark"), chosen(plan, **more))

    response = browser.post(at("mark"), chosen(plan, **more, **{f"points-{style.key}": "2.50"}))

    assert response.status_code == 412
    assert "Saved meanwhile" not in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("many", "Give a number."),
        ("1234567890123", "Give a number."),
        ("sNaN", "Give a number from 0 to 4."),
        ("1e999999", "Give a number from 0 to 4."),
        ("-1", "Give a number from 0 to 4."),
        ("1.005", "Give at most two digits after the point."),
    ],
    ids=["a-word", "too-long", "no-number", "huge", "negative", "three-digits"],
)
def test_a_number_that_cannot_be_taken_is_shown_again(typed, said, page, assistant, plan, work, at):
    style = criteria(plan)[2]

    response = page(assistant).post(at("mark"), chosen(plan, **{f"points-{style.key}": typed}))

    assert response.status_code == 400
    html = response.content.decode()
    assert said in html
    assert f'value="{typed}"' in html
    assert not Mark.objects.exists()


def test_an_older_form_shows_both_values_and_saves_when_it_is_sent_again(
    page, assistant, plan, work, at
):
    claim = criteria(plan)[0]
    high, low = claim.levels.all()[3], claim.levels.all()[0]
    browser = page(assistant)
    browser.post(at("mark"), {"version": "0", f"level-{claim.key}": str(high.key)})
    mine = {"version": "0", f"level-{claim.key}": str(low.key), "comment": "Mine."}

    response = browser.post(at("mark"), mine)

    assert response.status_code == 412
    html = response.content.decode()
    assert f"Saved meanwhile: {high.title}" in html
    assert "Mine." in html
    assert MarkPart.objects.get().level == high
    browser.post(at("mark"), mine | {"version": own(work).version})
    assert MarkPart.objects.get().level == low


def test_checks_of_the_form_tell_none_from_not_set(page, assistant, plan, work, at):
    style = criteria(plan)[2]
    Criterion.objects.filter(pk=style.pk).update(kind=CriterionKind.CHECKS)
    check = LevelFactory(criterion=Criterion.objects.get(pk=style.pk), position=1, points=2)
    browser = page(assistant)

    def send(*checks):
        version = Mark.objects.values_list("version", flat=True).first() or 0
        browser.post(at("mark"), {"version": version, f"checks-{style.key}": checks})
        return MarkPart.objects.values_list("points", flat=True).first()

    assert send() is None
    assert send(str(check.key)) == 2
    assert send("none") == 0
    assert send() is None


def test_citations_of_the_form_are_added_and_taken_away(page, assistant, plan, work, item, at):
    claim = criteria(plan)[0]
    browser = page(assistant)
    browser.post(
        at("mark"), {"version": "0", f"cites-{claim.key}": "1", f"cited-{claim.key}": str(item.pk)}
    )
    assert list(MarkPart.objects.get().cited.all()) == [item]

    browser.post(at("mark"), {"version": own(work).version, f"cites-{claim.key}": "1"})

    assert not MarkPart.objects.get().cited.exists()


@pytest.mark.parametrize("name", ["mark", "part", "mark_reopen", "mark_withdraw"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("student", 403), ("observer", 403), ("outsider", 404), ("operator", 404)],
    ids=["student", "observer", "outsider", "operator"],
)
def test_who_does_not_mark_gets_nothing(name, who, status, page, at, request):
    person = request.getfixturevalue(who)

    assert page(person).post(at(name), {"version": "0"}).status_code == status


@pytest.mark.parametrize("name", ["mark", "part", "mark_reopen", "mark_withdraw", "bulk_undo"])
def test_what_changes_marks_is_posted(name, page, assistant, at):
    address = at(name, None) if name == "bulk_undo" else at(name)

    assert page(assistant).get(address).status_code == 405


def test_pages_of_marking_are_stored_nowhere(page, assistant, plan, at):
    for response in (
        page(assistant).post(at("mark"), {"version": "7"}),
        page(assistant).get(at("bulk", None)),
        page(assistant).get(at("remarks", None)),
    ):
        assert response["Cache-Control"] == "private, no-store"


# -- parts, for scripts ------------------------------------------------------------------------------


def test_part_keeps_what_set_names_and_tells_what_is_kept(page, assistant, plan, work, at):
    claim, _, style = criteria(plan)
    body = {
        "version": "0",
        "set": f"level-{claim.key}",
        f"level-{claim.key}": str(claim.levels.all()[2].key),
        f"points-{style.key}": "4",
    }

    response = page(assistant).post(at("part"), body, **FRAGMENT)

    mark = own(work)
    assert response.status_code == 200
    told = response.json()
    assert told["saved"] == timezone.localtime(mark.updated_at).strftime("%H:%M")
    assert (told["version"], told["state"]) == (2, "draft")
    assert told["total"] == {"points": "2", "most": "10", "unset": 2}
    assert told["rows"][str(claim.key)] == {
        "points": "2",
        "most": "3",
        "is_proposed": False,
        "lacks_citation": False,
    }
    assert not MarkPart.objects.filter(criterion=style).exists()


def test_part_and_desk_tell_how_points_become_the_grade(page, assistant, plan, work, at):
    plan.points = 16
    plan.save()
    claim = criteria(plan)[0]
    browser = page(assistant)
    body = {"version": "0", "set": f"level-{claim.key}"}
    body[f"level-{claim.key}"] = str(claim.levels.all()[2].key)

    told = browser.post(at("part"), body, **FRAGMENT).json()

    assert told["scale"] == {"scaled": "3.20", "to": "16"}
    html = browser.get(at("desk")).content.decode()
    assert "2 of 10 points are 3.20 of 16." in html


def test_part_takes_a_choice_away_where_nothing_is_sent_of_it(page, assistant, plan, work, at):
    claim = criteria(plan)[0]
    name = f"level-{claim.key}"
    browser = page(assistant)
    browser.post(
        at("part"), {"version": 0, "set": name, name: claim.levels.all()[1].key}, **FRAGMENT
    )

    browser.post(at("part"), {"version": 2, "set": name}, **FRAGMENT)

    assert MarkPart.objects.get().level is None


def test_part_from_an_older_version_is_a_412_with_both(page, assistant, plan, work, at):
    browser = page(assistant)
    browser.post(at("part"), {"version": 0, "set": "comment", "comment": "First."}, **FRAGMENT)

    response = browser.post(
        at("part"), {"version": 0, "set": "comment", "comment": "Second."}, **FRAGMENT
    )

    body = expect_problem(response, 412, "stale_version")
    assert (body["version"], body["theirs"]) == (2, {"comment": "First."})
    assert body["saved_by"] == assistant.display_name


def test_part_of_a_released_grade_is_a_409(page, assistant, plan, work, at):
    start_mark(actor=assistant, work_id=work.pk)
    Grade.objects.filter(work=work).update(state=GradeState.RELEASED, final=7)

    response = page(assistant).post(
        at("part"), {"version": 1, "set": "comment", "comment": "Late."}, **FRAGMENT
    )

    expect_problem(response, 409, "released")


def test_part_of_somebody_elses_page_keeps_nothing(page, assistant, instructor, at):
    response = page(assistant).post(
        at("part"),
        {"version": 0, "set": "comment", "comment": "Mine?"},
        HTTP_X_OWNER=str(instructor.pk),
        **FRAGMENT,
    )

    expect_problem(response, 409, "other_person")
    assert not Mark.objects.exists()


def test_feedback_begins_the_mark_and_is_told_by_the_page(page, assistant, work, item, at):
    browser = page(assistant)
    browser.post(at("item_feedback", item.pk), {"version": 0, "body": "Where from?"})

    assert ItemFeedback.objects.get().body == "Where from?"
    response = browser.post(
        at("item_feedback", item.pk), {"version": own(work).version, "body": ""}, **FRAGMENT
    )
    assert response.json()["version"] == own(work).version
    assert not ItemFeedback.objects.exists()


def test_feedback_from_an_older_version_keeps_the_words_on_a_page(page, assistant, work, item, at):
    browser = page(assistant)
    browser.post(at("item_feedback", item.pk), {"version": 0, "body": "First."})

    response = browser.post(at("item_feedback", item.pk), {"version": 1, "body": "Second."})

    assert response.status_code == 412
    assert b"Second." in response.content
    assert ItemFeedback.objects.get().body == "First."


def test_reopen_and_withdraw_lead_back_to_the_desk(page, assistant, plan, work, at):
    browser = page(assistant)
    browser.post(at("mark"), chosen(plan, then="submit"))

    response = browser.post(at("mark_reopen"), {"version": own(work).version})
    assert (response["Location"], own(work).state) == (at("desk"), MarkState.DRAFT)

    response = browser.post(at("mark_withdraw"), {"version": own(work).version})
    assert response["Location"] == at("desk")
    assert Mark.objects.get().state == MarkState.WITHDRAWN
    assert browser.post(at("mark_withdraw"), {"version": 1}).status_code == 404


# -- what the column shows --------------------------------------------------------------------------


def column(user, plan, work, **more):
    items = frozen_items(user, plan, [work], veil_of(plan))[work.pk]
    return marking_for(user, plan, work, items, **more)


def test_the_total_is_honest_about_rows_that_are_not_set(assistant, plan, work):
    mark = MarkFactory(work=work, marker=assistant)
    MarkPartFactory(mark=mark, criterion=criteria(plan)[2], points=2)

    total = column(assistant, plan, work).total

    assert (total.points, total.most, total.unset) == (2, 10, 2)


def test_a_proposal_counts_as_set_and_is_told_as_such(assistant, plan, work, item, assignment):
    assignment.asked_comments, assignment.asked_counterarguments = 2, 0
    assignment.asked_evidence = 0
    assignment.save()
    plan.assignment.refresh_from_db()
    CriterionFactory(
        rubric_version=plan.rubric_version, kind=CriterionKind.COMPLETION, points=4, title="Done"
    )

    row = column(assistant, plan, work).rows[3]

    assert (row.is_proposed, row.points, row.proposal.words) == (True, 2, "Comments 1/2")


def test_what_suits_a_criterion_is_offered_first(assistant, plan, work, item):
    evidence = WorkItemFactory(work=work, annotation__evidence=True)

    rows = column(assistant, plan, work).rows

    assert [one.item.id for one in rows[1].offered] == [evidence.pk, item.pk]
    assert [one.suits for one in rows[1].offered] == [True, False]
    assert all(one.suits for one in rows[2].offered)


def test_others_marks_are_shown_where_they_may_be_seen(assistant, instructor, plan, work):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    theirs = MarkFactory(
        work=work,
        marker=instructor,
        state=MarkState.SUBMITTED,
        total=5,
        private_note="Between us.",
    )
    MarkPartFactory(mark=theirs, points=2, comment="Weak.")

    assert column(assistant, plan, work).others == []
    MarkFactory(
        work=work, marker=assistant, role=MarkRole.SECOND, state=MarkState.SUBMITTED, total=6
    )
    (other,) = column(assistant, plan, work).others
    assert (other.marker, other.private_note) == (instructor.display_name, "")
    (part,) = column(assistant, plan, work).rows[0].others
    assert (part.words, part.comment) == ("2", "Weak.")


def test_a_private_note_of_others_is_told_to_instructors(assistant, instructor, plan, work):
    MarkFactory(
        work=work, marker=assistant, state=MarkState.SUBMITTED, total=5, private_note="Between us."
    )

    (other,) = column(instructor, plan, work).others

    assert other.private_note == "Between us."


def test_the_column_is_closed_where_nothing_can_be_marked(assistant, instructor, plan, work):
    assert column(assistant, plan, work).closed == ""
    MarkFactory(work=work, marker=instructor)
    assert column(assistant, plan, work).closed == "marked_already"
    assert column(instructor, plan, work).closed == ""
    work.grade.state = GradeState.RELEASED
    assert column(instructor, plan, work).closed == "released"


def test_the_column_tells_who_is_here(assistant, instructor, plan, work):
    LeaseFactory(work=work, holder=instructor, role=MarkRole.SECOND)
    lease = LeaseFactory(work=work, holder=assistant)
    gone = LeaseFactory(work=work, role=MarkRole.THIRD)
    gone.expires_at = timezone.now() - timedelta(minutes=1)
    gone.save()

    shown = column(assistant, plan, work)

    assert (shown.lease, shown.holder) == (lease, instructor.display_name)


def test_the_column_takes_six_queries_whatever_there_is(
    assistant, instructor, plan, work, item, django_assert_num_queries
):
    items = frozen_items(assistant, plan, [work], veil_of(plan))[work.pk]

    def grow():
        mark = MarkFactory(work=work, marker=assistant)
        for criterion in criteria(plan):
            part = MarkPartFactory(mark=mark, criterion=criterion, points=1)
            part.cited.add(item)
        RemarkFactory(seminar=plan.assignment.seminar, owner=assistant)

    def visit():
        shown = marking_for(assistant, plan, work, items)
        return [(row.cited, row.choices, row.others) for row in shown.rows], shown.total

    assert expect_constant_queries(visit, grow=grow) == 5
    CriterionFactory(rubric_version=plan.rubric_version, kind=CriterionKind.COMPLETION)
    plan.assignment.asked_paragraphs = 0
    with django_assert_num_queries(6):
        visit()


def test_the_desk_shows_the_column_with_digits_and_without_names_where_blind(
    page, assistant, plan, work, item, at
):
    plan.is_blind = True
    plan.save()
    work.student.name = "Zenobia Xylander"
    work.student.save()

    html = page(assistant).get(at("desk")).content.decode()

    assert "Note to Red Otter" in html
    assert "Zenobia" not in html
    assert html.count('data-digit="1"') == 2
    assert "So far" in html


def test_desk_of_a_released_grade_tells_when_and_leads_instructors_to_reopening(
    page, assistant, instructor, plan, work, at
):
    MarkFactory(work=work, marker=assistant, state=MarkState.SUBMITTED, total=5)
    Grade.objects.update(
        state=GradeState.RELEASED,
        raw=5,
        final=5,
        released_at=datetime(2026, 11, 17, 12, 30, tzinfo=UTC),
    )

    told = {who: page(who).get(at("desk")).content.decode() for who in (assistant, instructor)}

    assert all("Released on 17 November 2026, " in html for html in told.values())
    assert not any("Not released" in html for html in told.values())
    reopening = f'href="{at("grade")}#h-reopen"'
    assert (reopening in told[assistant], reopening in told[instructor]) == (False, True)


def test_desk_of_a_reopened_grade_tells_what_its_student_reads(page, assistant, work, at):
    Grade.objects.update(state=GradeState.REOPENED)

    html = page(assistant).get(at("desk")).content.decode()

    assert "Reopened: its student reads the old grade" in html
    assert "Not released" not in html


def test_desk_marked_by_another_names_who_it_is(page, assistant, instructor, plan, work, at):
    MarkFactory(work=work, marker=instructor, state=MarkState.SUBMITTED, total=5)

    html = page(assistant).get(at("desk")).content.decode()

    assert f"This work is marked by {instructor.display_name}." in html
    assert "You have marked nothing here" in html
    assert "Nothing marked yet" not in html


def test_desk_marked_by_another_unseen_names_nobody(page, assistant, instructor, plan, work, at):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    for marker, role in ((instructor, MarkRole.FIRST), (UserFactory(), MarkRole.SECOND)):
        MarkFactory(work=work, marker=marker, role=role, state=MarkState.SUBMITTED, total=5)

    html = page(assistant).get(at("desk")).content.decode()

    assert "This work is marked by somebody else." in html
    assert instructor.display_name not in html


# -- remarks -----------------------------------------------------------------------------------------


def test_a_remark_is_kept_shared_used_and_removed(page, assistant, instructor, plan, at, work):
    browser = page(assistant)
    claim = criteria(plan)[0]
    browser.post(at("remarks", None), {"text": "Name your source.", "criterion": claim.key})
    remark = Remark.objects.get()
    assert (remark.criterion_key, remark.is_shared) == (claim.key, False)
    place = [plan.assignment.seminar.slug, plan.assignment.slug, remark.pk]
    address = reverse("grading:remark", args=place)
    assert page(instructor).post(address, {"act": "use"}).status_code == 404

    browser.post(address, {"act": "share"})
    used = page(instructor).post(address, {"act": "use"}, **FRAGMENT)
    assert used.json() == {"uses": 1}
    assert page(instructor).post(address, {"act": "unshare"}).status_code == 403
    browser.post(address, {"act": "unshare"})
    assert not Remark.objects.get().is_shared
    browser.post(address, {"act": "remove"})
    assert not Remark.objects.exists()


def test_a_shared_remark_is_removed_by_instructors_and_no_other(
    page, assistant, instructor, seminar, plan, at
):
    remark = RemarkFactory(seminar=seminar, owner=assistant, is_shared=True)
    colleague = MembershipFactory(seminar=seminar, role=Role.ASSISTANT).user
    address = reverse(
        "grading:remark", args=[plan.assignment.seminar.slug, plan.assignment.slug, remark.pk]
    )

    assert page(colleague).post(address, {"act": "remove"}).status_code == 403
    assert page(instructor).post(address, {"act": "remove"}).status_code == 302
    assert not Remark.objects.exists()


def test_a_remark_without_words_is_refused_and_the_same_is_kept_once(page, assistant, at, work):
    browser = page(assistant)

    assert browser.post(at("remarks", None), {"text": " "}).status_code == 400
    for _ in range(2):
        browser.post(at("remarks", None), {"text": "Quote the sentence."})
    assert Remark.objects.count() == 1


def test_remarks_are_kept_up_to_a_bound(page, assistant, seminar, at, work):
    RemarkFactory.create_batch(MOST_REMARKS, seminar=seminar, owner=assistant)

    response = page(assistant).post(at("remarks", None), {"text": "One more."})

    assert response.status_code == 409
    assert b"One more." in response.content
    assert Remark.objects.count() == MOST_REMARKS


def test_remarks_are_absent_to_students(page, student, at, work):
    assert page(student).get(at("remarks", None)).status_code == 403


# -- many works at once ------------------------------------------------------------------------------


@pytest.fixture
def others(plan, seminar):
    """Three more works that wait."""
    works = [
        WorkFactory(
            assignment=plan.assignment,
            student=MembershipFactory(seminar=seminar).user,
            alias=f"Blue Heron {n}",
        )
        for n in range(3)
    ]
    for one in works:
        GradeFactory(work=one)
    return works


def choice(plan):
    claim = criteria(plan)[0]
    return claim, claim.levels.all()[3], f"{claim.key}:{claim.levels.all()[3].key}"


def test_bulk_previews_the_works_that_meet_the_ask(
    page, assistant, plan, work, others, at, assignment
):
    assignment.asked_comments = 1
    assignment.asked_counterarguments = assignment.asked_evidence = 0
    assignment.save()
    WorkItemFactory(work=others[0])
    _, _, chosen_level = choice(plan)

    response = page(assistant).get(at("bulk", None), {"choice": chosen_level, "who": "met"})

    assert [row["id"] for row in response.context["preview"]] == [others[0].pk]
    everybody = page(assistant).get(at("bulk", None), {"choice": chosen_level, "who": "all"})
    assert len(everybody.context["preview"]) == 4
    assert not Mark.objects.exists()


def test_bulk_gives_the_level_to_those_that_are_ticked_and_passes_over_others_marks(
    page, assistant, instructor, plan, work, others, at
):
    claim, level, chosen_level = choice(plan)
    MarkFactory(work=others[1], marker=instructor)
    LeaseFactory(work=others[2], holder=instructor)
    body = {"choice": chosen_level, "who": "all", "works": [one.pk for one in (work, *others)]}

    response = page(assistant).post(at("bulk", None), body)

    assert response.context["given"] == 2
    parts = MarkPart.objects.filter(level=level, criterion=claim, mark__marker=assistant)
    assert {part.mark.work_id for part in parts} == {work.pk, others[0].pk}


def test_bulk_is_taken_back_where_nobody_changed_it(page, assistant, plan, work, others, at):
    claim, _level, chosen_level = choice(plan)
    browser = page(assistant)
    MarkFactory(work=others[0], marker=assistant)
    body = {"choice": chosen_level, "who": "all", "works": [one.pk for one in (work, *others)]}
    note = browser.post(at("bulk", None), body).context["note"]
    changed = Mark.objects.get(work=others[1])
    low = claim.levels.all()[0]
    name = f"level-{claim.key}"
    address = at("part").replace(str(work.pk), str(others[1].pk))
    browser.post(address, {"version": changed.version, "set": name, name: low.key}, **FRAGMENT)

    browser.post(at("bulk_undo", None), {"note": note})

    kept = MarkPart.objects.filter(mark__state=MarkState.DRAFT, level__isnull=False)
    assert [part.mark for part in kept] == [changed]
    assert Mark.objects.get(work=others[0]).state == MarkState.DRAFT
    assert Mark.objects.get(work=work).state == MarkState.WITHDRAWN
    assert work.grade.__class__.objects.get(work=work).state == GradeState.NOT_STARTED


def test_bulk_is_taken_back_for_ten_minutes_and_by_our_own_note_alone(
    page, assistant, plan, work, at, monkeypatch
):
    _, _, chosen_level = choice(plan)
    browser = page(assistant)
    body = {"choice": chosen_level, "who": "all", "works": [work.pk]}
    note = browser.post(at("bulk", None), body).context["note"]

    browser.post(at("bulk_undo", None), {"note": signing.dumps(["x"], salt="another")})
    monkeypatch.setattr(bulk_forms, "UNDO_SECONDS", -1)
    browser.post(at("bulk_undo", None), {"note": note})

    assert MarkPart.objects.filter(level__isnull=False).count() == 1


def test_bulk_hides_names_where_marking_is_blind(page, assistant, plan, work, at):
    plan.is_blind = True
    plan.save()
    work.student.name = "Zenobia Xylander"
    work.student.save()
    _, _, chosen_level = choice(plan)

    html = page(assistant).get(at("bulk", None), {"choice": chosen_level, "who": "all"}).content

    assert b"Red Otter" in html
    assert b"Zenobia" not in html


def test_ungraded_leaves_out_what_is_submitted_excused_or_others(
    assistant, instructor, plan, work, others
):
    MarkFactory(work=others[0], marker=instructor)
    Grade.objects.filter(work=others[1]).update(is_excused=True)
    Grade.objects.filter(work=others[2]).update(state=GradeState.READY, final=3)

    assert list(ungraded(assistant, plan)) == [work]


def test_json_of_a_part_names_no_student(page, assistant, plan, work, at, item):
    plan.is_blind = True
    plan.save()

    response = page(assistant).post(
        at("part"), {"version": 0, "set": "comment", "comment": "Hm."}, **FRAGMENT
    )

    body = json.dumps(response.json())
    assert work.student.username not in body
    assert str(work.student_id) not in body


def test_submit_through_the_action_and_the_page_agree(page, assistant, plan, work, at):
    page(assistant).post(at("mark"), chosen(plan, then="save"))
    mark = own(work)

    submit_mark(actor=assistant, mark_id=mark.pk, version=mark.version)

    assert WorkItem.objects.count() == 0
    assert own(work).total == 7.5
