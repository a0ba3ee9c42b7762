"""The moderator's sample on its page, in its record, and by programs."""

import pytest

from annotations.grading.actions.moderation import draw_sample, say_outcome
from annotations.grading.enums import GradeState, MarkingMode
from annotations.grading.models import Grade, GradingPlan, Mark, Sample
from tests.annotations.grading.test_second_marking import GRADING, mark_of, words
from tests.factories.grading import GradeFactory, GradingPlanFactory, SampleFactory, WorkFactory
from tests.factories.seminars import MembershipFactory

PAGE = f"{GRADING}moderation/"
RECORD = f"{GRADING}moderation/record/"


@pytest.fixture
def moderator(assignment):
    return MembershipFactory(
        seminar=assignment.seminar, role="assistant", user__name="Mona Rater"
    ).user


@pytest.fixture
def plan(assignment, assistant):
    """Three works that the assistant marked with 1, 5 and 9 of 10; a sample of one at least."""
    plan = GradingPlanFactory(
        assignment=assignment,
        marking_mode=MarkingMode.SAMPLED,
        sample_percent=0,
        sample_least=1,
        pass_percent=20,
    )
    for name, choices in (("Ana", (0, 0, 1)), ("Bo", (1, 1, 3)), ("Cy", (3, 3, 3))):
        student = MembershipFactory(seminar=assignment.seminar, user__name=f"{name} Onym").user
        work = WorkFactory(assignment=assignment, student=student, alias=f"Quiet {name}")
        total = sum(choices)
        GradeFactory(work=work, state=GradeState.MARKED, raw=total, final=total)
        mark_of(work, assistant, choices)
    return plan


@pytest.fixture
def samples(plan, instructor):
    draw_sample(actor=instructor, assignment_id=plan.assignment_id, seed="seven")
    return list(Sample.objects.order_by("work__alias"))


def form_of(sample, **form):
    return {"act": "outcome", "sample": str(sample.pk), "version": str(sample.version), **form}


def test_page_without_a_sample_offers_to_draw_it(plan, page, instructor):
    told = words(page(instructor).get(PAGE))
    assert "No sample has been drawn yet." in told
    assert 'value="draw"' in told


def test_page_of_an_assistant_draws_nothing(plan, page, assistant):
    told = words(page(assistant).get(PAGE))
    assert 'value="draw"' not in told
    assert page(assistant).post(PAGE, {"act": "draw"}).status_code == 403
    assert not Sample.objects.exists()


def test_drawing_shows_why_each_work_is_in_the_sample(plan, page, instructor):
    response = page(instructor).post(PAGE, {"act": "draw"}, follow=True)
    told = words(response)
    assert "3 works are drawn." in told
    assert "Fails" in told
    assert "Spread over the range" in told
    assert "0 of 3 looked at" in told


def test_drawing_again_after_an_outcome_says_why_not(samples, page, instructor, moderator):
    say_outcome(actor=moderator, sample_id=samples[0].pk, outcome="agree", version=1)
    told = words(page(instructor).post(PAGE, {"act": "draw"}, follow=True))
    assert "An outcome has been said, so this sample stands." in told


def test_work_is_added_by_hand(plan, page, instructor):
    work = plan.assignment.works.get(alias="Quiet Bo")
    told = words(page(instructor).post(PAGE, {"act": "flag", "work": str(work.pk)}, follow=True))
    assert "The work is in the sample." in told
    assert Sample.objects.get().why == "flagged"


@pytest.mark.parametrize("work", ["", "x", "01970000-0000-7000-8000-000000000001"])
def test_work_that_is_none_is_missing(plan, page, instructor, work):
    assert page(instructor).post(PAGE, {"act": "flag", "work": work}).status_code == 404


def test_first_marker_reads_the_sample_and_says_nothing(samples, page, assistant):
    told = words(page(assistant).get(PAGE))
    assert told.count("You marked this work, so somebody else moderates it.") == 3
    assert 'name="outcome"' not in told
    response = page(assistant).post(PAGE, form_of(samples[0], outcome="agree"))
    assert response.status_code == 403


def test_outcomes_are_said_one_after_another_until_all_is_ready(samples, page, moderator):
    client = page(moderator)
    for sample in samples:
        response = client.post(PAGE, form_of(sample, outcome="agree", note="Fair."), follow=True)
        assert response.status_code == 200
    assert "All of the sample is agreed with." in words(response)
    assert set(Grade.objects.values_list("state", flat=True)) == {GradeState.READY}


def test_concern_without_a_note_is_refused_at_the_field(samples, page, moderator):
    response = page(moderator).post(PAGE, form_of(samples[0], outcome="concern"))
    assert response.status_code == 400
    assert "Please look again at what is marked below." in words(response)
    assert not Sample.objects.exclude(outcome="").exists()


def test_outcome_of_an_older_version_shows_the_newer_one_and_keeps_the_form(
    samples, page, moderator, instructor
):
    say_outcome(actor=instructor, sample_id=samples[0].pk, outcome="agree", version=1)
    form = form_of(samples[0], outcome="concern", note="Too mild, I think.")
    response = page(moderator).post(PAGE, form)
    told = words(response)
    assert response.status_code == 412
    assert "Too mild, I think." in told
    assert "What stands beside your form is the newer outcome." in told
    assert 'name="version" value="2"' in told


def test_outcome_for_a_sample_of_another_assignment_is_missing(samples, page, moderator):
    other = SampleFactory()
    response = page(moderator).post(PAGE, form_of(other, outcome="agree"))
    assert response.status_code == 404


def test_page_of_another_way_of_marking_shows_no_sample(samples, page, instructor):
    GradingPlan.objects.update(marking_mode=MarkingMode.BLIND_DOUBLE)
    told = words(page(instructor).get(PAGE))
    assert "No sample of this assignment is moderated" in told
    assert "Ana Onym" not in told


def test_page_and_record_show_aliases_where_names_are_hidden(samples, page, moderator):
    GradingPlan.objects.update(is_blind=True)
    for address in (PAGE, RECORD):
        told = words(page(moderator).get(address))
        assert "Quiet Ana" in told
        assert "Onym" not in told


def test_page_leads_to_desks_on_which_a_moderator_changes_nothing(samples, page, moderator):
    address = f"{GRADING}works/{samples[0].work_id}/"
    assert f'href="{address}"' in words(page(moderator).get(PAGE))
    before = list(Mark.objects.values_list("pk", "version"))
    page(moderator).post(f"{address}mark/", {"version": "0", "comment": "Hm.", "then": "submit"})
    assert list(Mark.objects.values_list("pk", "version")) == before


def test_record_tells_rule_seed_outcomes_and_what_changed_after(
    samples, page, moderator, instructor
):
    for sample in samples:
        say_outcome(actor=moderator, sample_id=sample.pk, outcome="agree", version=1)
    say_outcome(
        actor=moderator, sample_id=samples[0].pk, outcome="concern", note="Mild.", version=2
    )
    told = words(page(instructor).get(RECORD))
    assert "drew 3 of 3 marked works: all below 20 percent" in told
    assert "Seed seven." in told
    assert "Of 3 works 3 are in the sample. There is an outcome for 3: 2 agreed, 1" in told
    assert "Moderated by Mona Rater." in told
    assert '<span dir="auto">Has a concern. Mild.</span>' in told
    assert '<span dir="auto">Agrees.</span>' in told


def test_record_tells_of_a_mark_that_moved_after_the_outcome(samples, page, api, moderator):
    say_outcome(
        actor=moderator, sample_id=samples[0].pk, outcome="concern", note="Mild.", version=1
    )
    mark = Mark.objects.get(work=samples[0].work)
    style = mark.rubric_version.criteria.get(title="Style")
    client = api(mark.marker, scopes=("marks:read", "marks:write"))
    change = {"parts": {str(style.key): {"points": 2}}}
    assert client.patch(f"/api/v1/marks/{mark.pk}/", change, format="json").status_code == 200
    assert "1.00 → 2.00" in words(page(moderator).get(RECORD))
    assert "mark changed since" in words(page(moderator).get(PAGE))


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_as_many_queries_for_any_sample(
    samples, page, moderator, django_assert_max_num_queries, count
):
    Sample.objects.exclude(pk__in=[one.pk for one in samples[:count]]).delete()
    client = page(moderator)
    client.get(PAGE)
    with django_assert_max_num_queries(16):
        client.get(PAGE)


# -- by programs -----------------------------------------------------------------------------------


def test_call_draws_and_tells_the_sample(plan, api, instructor):
    client = api(instructor, scopes=("marks:read", "marks:write"))
    response = client.post(
        f"/api/v1/assignments/{plan.assignment_id}/moderation/", {}, format="json"
    )
    told = response.json()
    assert response.status_code == 201
    assert (told["works"], told["said"], told["is_done"]) == (3, 0, False)
    assert [one["name"] for one in told["samples"]] == ["Ana Onym", "Bo Onym", "Cy Onym"]
    assert told["draws"][0]["of"] == 3


def test_call_adds_a_work(plan, api, instructor):
    work = plan.assignment.works.get(alias="Quiet Bo")
    client = api(instructor, scopes=("marks:read", "marks:write"))
    response = client.post(
        f"/api/v1/assignments/{plan.assignment_id}/moderation/",
        {"work": str(work.pk)},
        format="json",
    )
    assert response.status_code == 201
    assert [one["work"] for one in response.json()["samples"]] == [str(work.pk)]


def test_call_that_adds_a_work_of_another_assignment_is_missing(plan, api, instructor):
    client = api(instructor, scopes=("marks:read", "marks:write"))
    response = client.post(
        f"/api/v1/assignments/{plan.assignment_id}/moderation/",
        {"work": str(WorkFactory().pk)},
        format="json",
    )
    assert response.status_code == 404


def test_call_says_an_outcome_from_its_version(samples, api, moderator):
    client = api(moderator, scopes=("marks:read", "marks:write"), if_match="")
    address = f"/api/v1/samples/{samples[0].pk}/"
    tag = client.get(address)["ETag"]
    said = {"outcome": "concern", "note": "Mild."}
    assert client.patch(address, said, format="json").status_code == 428
    response = client.patch(address, said, format="json", HTTP_IF_MATCH=tag)
    assert (response.status_code, response.json()["outcome"]) == (200, "concern")
    assert response.json()["moderator"] == "Mona Rater"
    again = client.patch(address, said, format="json", HTTP_IF_MATCH=tag)
    assert (again.status_code, again.json()["code"]) == (412, "stale_version")


def test_call_by_the_first_marker_is_refused(samples, api, assistant):
    client = api(assistant, scopes=("marks:read", "marks:write"))
    response = client.patch(
        f"/api/v1/samples/{samples[0].pk}/", {"outcome": "agree"}, format="json"
    )
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")


def test_call_without_the_scope_is_refused(samples, api, moderator):
    client = api(moderator, scopes=("marks:read",))
    response = client.patch(
        f"/api/v1/samples/{samples[0].pk}/", {"outcome": "agree"}, format="json"
    )
    assert response.status_code == 403
