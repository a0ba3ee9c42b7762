"""The pages of the queue and of the desk, and what a work says of itself there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.grading.enums import (
    GradeState,
    LateOwner,
    LateRule,
    MarkingMode,
    MarkRole,
    MarkState,
    RequestState,
)
from annotations.grading.models import Lease, Work
from annotations.grading.queries.facts import facts_of
from annotations.grading.queries.frozen import by_paragraph, difference, frozen_items
from annotations.grading.queries.queue import QueueChoice, queue_of
from annotations.grading.queries.veil import Veil, veil_of
from annotations.models import Annotation
from debate.seminars.enums import GroupKind
from tests.expect import expect_constant_queries, expect_denied
from tests.factories.annotations import (
    AnnotationFactory,
    AnnotationVersionFactory,
    ReplyFactory,
    annotation_on,
)
from tests.factories.assignments import AliasFactory
from tests.factories.grading import (
    CriterionFactory,
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    MarkFactory,
    RegradeRequestFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import GroupFactory

QUEUE = "/seminars/water-policy/who-should-pay/grading/"


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student, alias="Quiet Lever")
    GradeFactory(work=work)
    return work


def item_of(work, note, **fields):
    return WorkItemFactory(work=work, annotation=note, **fields)


def desk_at(work):
    return f"{QUEUE}works/{work.pk}/"


def shown(user, plan, work):
    return frozen_items(user, plan, [work], veil_of(plan))[work.pk]


def counts(facts):
    return {one.name: (one.count, one.of) for one in facts}


# -- the queue -------------------------------------------------------------------------------------


def test_queue_without_plan_leads_to_the_set_up(assignment, instructor, page):
    response = page(instructor).get(QUEUE)

    assert response.status_code == 200
    assert "It is not said yet how this assignment is graded" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


def test_queue_before_the_closing_says_when_works_are_collected(plan, assignment, instructor, page):
    assignment.closes_at = timezone.now() + timedelta(days=1)
    assignment.save()

    assert (
        "Works are collected then, as they stand." in page(instructor).get(QUEUE).content.decode()
    )


def test_queue_without_closing_offers_to_collect(plan, instructor, page):
    assert "Collect now…" in page(instructor).get(QUEUE).content.decode()


def test_queue_after_the_closing_collects(plan, assignment, student, instructor, page):
    assignment.closes_at = timezone.now() - timedelta(seconds=5)
    assignment.save()

    page(instructor).get(QUEUE)

    assert Work.objects.get().student == student


def test_queue_names_students_and_who_is_here(plan, work, instructor, assistant, page):
    LeaseFactory(work=work, holder=assistant)

    html = page(instructor).get(QUEUE).content.decode()

    assert "Student</a>" in html
    assert "Assistant is here" in html
    assert "Quiet Lever" not in html


def test_blind_queue_shows_aliases(plan, work, instructor, page):
    plan.is_blind = True
    plan.save()

    html = page(instructor).get(QUEUE).content.decode()

    assert "Quiet Lever</a>" in html
    assert ">Student<" not in html


@pytest.mark.parametrize(
    ("query", "aliases"),
    [
        ({"state": "ungraded"}, ["Begun", "Free"]),
        ({"state": "mine"}, ["Begun"]),
        ({"state": "held"}, ["Free"]),
        ({"state": "ready"}, ["Ready"]),
        ({"state": "disagree"}, ["Differs"]),
        ({"late": "1"}, ["Ready"]),
        ({"changed": "1"}, ["Begun"]),
        ({"held": "1"}, ["Free"]),
        ({"section": "monday"}, ["Free"]),
        ({"marker": "assistant"}, ["Differs", "Free"]),
    ],
    ids=lambda one: "_".join(one) if isinstance(one, dict) else "",
)
def test_queue_is_filtered_by_its_address(query, aliases, plan, assignment, instructor, assistant):
    plan.is_blind = True
    works = {}
    for alias, state in (
        ("Begun", "in_progress"),
        ("Free", "not_started"),
        ("Ready", "ready"),
        ("Differs", "disagreed"),
    ):
        works[alias] = WorkFactory(assignment=assignment, alias=alias)
        GradeFactory(work=works[alias], state=state, final=5 if state == "ready" else None)
    MarkFactory(work=works["Begun"], marker=instructor)
    note = AnnotationFactory(assignment=assignment, author=works["Begun"].student, version=3)
    item_of(works["Begun"], note, annotation_version=2)
    WorkItemFactory(work=works["Ready"], late_by=60)
    LeaseFactory(work=works["Free"], holder=assistant)
    Work.objects.filter(pk=works["Free"].pk).update(marker=assistant)
    for role, person in ((MarkRole.FIRST, assistant), (MarkRole.SECOND, instructor)):
        MarkFactory(
            work=works["Differs"],
            marker=person,
            role=role,
            state=MarkState.SUBMITTED,
            total=4 if person == assistant else 9,
        )
    monday = GroupFactory(
        seminar=assignment.seminar, kind=GroupKind.SECTION, members=[works["Free"].student]
    )
    ids = {"monday": str(monday.pk), "assistant": str(assistant.pk)}
    query = {name: ids.get(value, value) for name, value in query.items()}

    found = queue_of(instructor, plan, QueueChoice(**query, sort="name"))

    expected = aliases if query != {"state": "mine"} else ["Begun", "Differs"]
    assert [row.name for row in found.rows] == expected
    assert {one.key: one.count for one in found.tallies} == {
        "ungraded": 2,
        "mine": 2,
        "held": 1,
        "marked": 0,
        "disagree": 1,
        "ready": 1,
        "released": 0,
    }
    (differs,) = (row for row in queue_of(instructor, plan, QueueChoice()).rows if row.difference)
    assert (differs.name, differs.difference) == ("Differs", 5)


def test_blind_queue_is_in_an_order_of_ones_own(plan, assignment, instructor, assistant):
    plan.is_blind = True
    for work in WorkFactory.create_batch(9, assignment=assignment):
        GradeFactory(work=work)

    mine, theirs = (
        [row.id for row in queue_of(one, plan, QueueChoice()).rows]
        for one in (instructor, assistant)
    )

    assert mine != theirs
    assert mine == [row.id for row in queue_of(instructor, plan, QueueChoice()).rows]


def test_second_marker_does_not_see_the_first_mark_in_the_queue(plan, work, instructor, assistant):
    plan.marking_mode = MarkingMode.BLIND_DOUBLE
    plan.save()
    MarkFactory(work=work, marker=instructor, state=MarkState.SUBMITTED, total=4)

    (row,) = queue_of(assistant, plan, QueueChoice()).rows

    assert row.marks == []


def test_queue_counts_the_requests_that_wait(plan, work, instructor, page):
    assert "Regrade requests</a>" in page(instructor).get(QUEUE).content.decode()

    for number, state in enumerate(RequestState.values):
        key = CriterionFactory(rubric_version=plan.rubric_version, title=f"C{number}").key
        settled = {"settled_by": instructor, "settled_at": timezone.now()}
        is_settled = state in {RequestState.UPHELD, RequestState.DECLINED}
        RegradeRequestFactory(
            grade=work.grade, state=state, criterion_key=key, **(settled if is_settled else {})
        )

    assert "Regrade requests (2)</a>" in page(instructor).get(QUEUE).content.decode()


@pytest.mark.parametrize(
    ("asked", "is_open"),
    [("", False), ("?state=ready", False), ("?held=1", True), ("?sort=state", True)],
)
def test_queue_opens_its_form_for_what_was_chosen_there(
    plan, work, instructor, page, asked, is_open
):
    content = page(instructor).get(f"{QUEUE}{asked}").content.decode()

    (attributes,) = re.findall(r"<details([^>]*)><summary>Choose and order", content)
    assert (" open" in attributes) is is_open


def test_queue_takes_as_many_queries_for_many_works(plan, work, instructor, page):
    client = page(instructor)

    def grow():
        for one in WorkFactory.create_batch(3, assignment=plan.assignment):
            GradeFactory(work=one)
            WorkItemFactory(work=one)
            MarkFactory(work=one, rubric_version=plan.rubric_version)

    assert expect_constant_queries(lambda: client.get(QUEUE), grow=grow) <= 8


def test_start_next_leads_to_the_desk_and_holds_the_work(plan, work, instructor, page):
    response = page(instructor).post(f"{QUEUE}next/")

    assert response["Location"] == desk_at(work)
    assert Lease.objects.get().holder == instructor

    response = page(instructor).post(f"{QUEUE}next/", {"after": "nonsense"})
    assert response["Location"] == desk_at(work)


def test_start_next_without_more_leads_back(plan, instructor, page):
    assert page(instructor).post(f"{QUEUE}next/")["Location"] == QUEUE


def test_collecting_by_hand_asks_first(plan, student, instructor, page):
    client = page(instructor)

    assert "no closing" in client.get(f"{QUEUE}collect/").content.decode()
    assert Work.objects.count() == 0
    response = client.post(f"{QUEUE}collect/")
    assert response["Location"] == QUEUE
    assert Work.objects.get().student == student


def test_taking_in_from_the_desk(plan, work, student, instructor, page):
    AnnotationFactory(assignment=plan.assignment, author=student)

    response = page(instructor).post(f"{desk_at(work)}take-in/", {"version": "1"}, follow=True)

    assert "1 more taken in." in response.content.decode()
    assert work.items.count() == 1

    response = page(instructor).post(f"{desk_at(work)}take-in/", {"version": "1"}, follow=True)
    assert "changed since you read it" in response.content.decode()


def test_heartbeat_renews_and_releases_the_lease(plan, work, instructor, assistant, page):
    client = page(instructor)

    answer = client.post(f"{desk_at(work)}lease/", {"role": "second"})
    assert answer.json()["until"] == Lease.objects.get().expires_at.isoformat()
    refused = page(assistant).post(f"{desk_at(work)}lease/", {"role": "second"})
    assert (refused.status_code, refused.json()["until"]) == (200, None)
    assert client.post(f"{desk_at(work)}lease/", {"release": "1"}).status_code == 204
    assert Lease.objects.count() == 0


# -- the split -------------------------------------------------------------------------------------


def test_split_is_shown_before_it_is_done(plan, work, instructor, assistant, page):
    client = page(instructor)

    shown = client.post(
        f"{QUEUE}split/", {"role": "first", "way": "even", "markers": [str(assistant.pk)]}
    ).content.decode()
    assert "1 work gets this marker" in shown
    assert Work.objects.get().marker is None

    fields = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([\w-]*)"', shown))
    fields.pop("csrfmiddlewaretoken", None)
    response = client.post(f"{QUEUE}split/", fields)
    assert response["Location"] == QUEUE
    assert Work.objects.get().marker == assistant


def test_split_preview_keeps_marked_works_and_shows_the_marker_now(
    plan, work, instructor, assistant, page
):
    begun, released = WorkFactory.create_batch(2, assignment=plan.assignment)
    GradeFactory(work=begun)
    GradeFactory(work=released, state=GradeState.RELEASED, raw=5, final=5)
    MarkFactory(work=begun, marker=instructor)
    Work.objects.filter(pk=work.pk).update(marker=instructor)

    even, by_hand = (
        page(instructor).post(f"{QUEUE}split/", {"role": "first", **given}).content.decode()
        for given in (
            {"way": "even", "markers": [str(assistant.pk)]},
            {"way": "hand", "works": [str(work.pk)], "marker": str(assistant.pk)},
        )
    )

    assert "No work would change" in even
    assert f'name="work-{work.pk}" value="{assistant.pk}"' in by_hand
    now, then = re.findall(r'<td data-label="Marker \w+">(?:<b>)?([^<]+)', by_hand)
    assert (now, then) == (instructor.display_name, assistant.display_name)
    assert "2 works stay as they are." in by_hand
    assert f'value="{released.pk}"' not in by_hand


def test_split_by_section_is_offered_where_there_are_sections(plan, work, instructor, page):
    offer = 'value="section"'

    assert offer not in page(instructor).get(f"{QUEUE}split/").content.decode()
    GroupFactory(seminar=plan.assignment.seminar, kind=GroupKind.SECTION)
    assert offer in page(instructor).get(f"{QUEUE}split/").content.decode()


@pytest.mark.parametrize("way", ["hand", "section"])
def test_split_by_hand_and_by_section(way, plan, work, student, instructor, assistant, page):
    section = GroupFactory(
        seminar=plan.assignment.seminar, kind=GroupKind.SECTION, members=[student]
    )
    given = {
        "hand": {"works": [str(work.pk)], "marker": str(assistant.pk)},
        "section": {f"section-{section.pk}": str(assistant.pk)},
    }

    html = page(instructor).post(f"{QUEUE}split/", {"role": "first", "way": way, **given[way]})

    assert f'name="work-{work.pk}" value="{assistant.pk}"' in html.content.decode()


@pytest.mark.parametrize("way", ["even", "hand", "section"])
def test_split_that_names_nobody_is_refused_at_its_field(way, plan, work, instructor, page):
    html = page(instructor).post(f"{QUEUE}split/", {"role": "first", "way": way}).content.decode()

    assert "errorlist" in html
    assert "What this would do" not in html


@pytest.mark.parametrize(
    ("given", "said"),
    [({"counter": "9"}, "Somebody has changed the works"), ({"counter": "x"}, "choose again")],
    ids=["old", "nonsense"],
)
def test_split_of_another_moment_is_not_done(given, said, plan, work, instructor, page):
    given = {"step": "apply", "role": "first", f"work-{work.pk}": str(instructor.pk), **given}

    response = page(instructor).post(f"{QUEUE}split/", given, follow=True)

    assert said in response.content.decode()
    assert Work.objects.get().marker is None


def test_split_is_for_instructors(plan, assistant, page):
    expect_denied(page(assistant).get(f"{QUEUE}split/"))


# -- the desk --------------------------------------------------------------------------------------


def test_desk_shows_the_frozen_words_and_how_they_differ(plan, work, student, instructor, page):
    note = AnnotationFactory(assignment=plan.assignment, author=student, body="Water is dear.")
    AnnotationVersionFactory(annotation=note, version=1)
    Annotation.objects.filter(pk=note.pk).update(version=2, body="Water is cheap.")
    item_of(work, note, annotation_version=1)

    html = page(instructor).get(desk_at(work)).content.decode()

    assert "<p>Water is dear.</p>" in html
    assert "Water is<del> dear.</del><ins> cheap.</ins>" in html
    assert "changed since" in html


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "withdrawn", "version": 2}, "Withdrawn by its author since."),
        ({"status": "hidden", "version": 2}, "Hidden by staff since."),
        ({"version": 2, "tags": ["x"]}, "Changed since, but not its words."),
    ],
    ids=["withdrawn", "hidden", "tagged"],
)
def test_item_says_what_has_become_of_it(fields, sentence, plan, work, student, instructor):
    note = AnnotationFactory(assignment=plan.assignment, author=student)
    AnnotationVersionFactory(annotation=note, version=1)
    Annotation.objects.filter(pk=note.pk).update(**fields)
    item_of(work, note, annotation_version=1)

    (item,) = shown(instructor, plan, work)

    assert item.changed.sentence == sentence
    assert item.html == "<p>A remark.</p>"


def test_item_that_stands_as_it_was_is_not_changed(plan, work, student, instructor):
    item_of(work, AnnotationFactory(assignment=plan.assignment, author=student))

    (item,) = shown(instructor, plan, work)

    assert item.changed is None


def test_item_tells_its_place_its_parent_and_its_replies(
    plan, work, student, classmate, instructor, paragraphs
):
    theirs = annotation_on(
        paragraphs[0], "water", assignment=plan.assignment, author=classmate, body="Theirs."
    )
    own = ReplyFactory(parent=theirs, author=student)
    ReplyFactory(parent=own, author=classmate, body="Back.")
    ReplyFactory(parent=own, author=classmate, audience="private", body="Secret.")
    item_of(work, own)

    (item,) = shown(instructor, plan, work)

    assert (item.place.number, item.place.before, item.place.quote) == (
        1,
        "Cities that price ",
        "water",
    )
    assert (item.parent.name, item.parent.html) == ("Classmate", "<p>Theirs.</p>")
    assert [(one.name, one.body) for one in item.replies] == [("Classmate", "Back.")]
    assert item.url == own.get_absolute_url()


def test_items_are_grouped_by_paragraph(plan, work, student, instructor, paragraphs):
    by = {"assignment": plan.assignment, "author": student}
    notes = [AnnotationFactory(**by), annotation_on(paragraphs[2], **by)]
    notes += [annotation_on(paragraphs[0], "water", **by), annotation_on(paragraphs[0], **by)]
    for note in notes:
        item_of(work, note)

    groups = by_paragraph(shown(instructor, plan, work))

    assert [(number, [one.number for one in group]) for number, group in groups] == [
        (1, [4, 3]),
        (3, [2]),
        (None, [1]),
    ]


def test_desk_goes_by_paragraph_when_its_address_says_so(
    plan, work, student, instructor, paragraphs, page
):
    item_of(work, annotation_on(paragraphs[1], assignment=plan.assignment, author=student))
    client = page(instructor)

    assert (
        '<h2 class="place">Paragraph 2</h2>'
        in client.get(f"{desk_at(work)}?order=paragraph").content.decode()
    )
    assert 'class="place"' not in client.get(desk_at(work)).content.decode()


def test_late_items_are_told_and_left_out_where_late_work_does_not_count(
    plan, work, student, instructor
):
    by = {"assignment": plan.assignment, "author": student}
    item_of(work, AnnotationFactory(**by))
    item_of(work, AnnotationFactory(**by), late_by=60)

    assert [(one.is_late, one.is_left_out) for one in shown(instructor, plan, work)] == [
        (False, False),
        (True, False),
    ]
    plan.late_owner, plan.late_rule = LateOwner.US, LateRule.DROP
    items = shown(instructor, plan, work)
    assert [one.is_left_out for one in items] == [False, True]
    told = counts(facts_of(items)[""])
    assert (told["comment"], told["left_out"], "late" in told) == ((1, None), (1, None), False)


def test_big_work_is_shown_in_pages(plan, work, student, instructor, page):
    for note in AnnotationFactory.create_batch(61, assignment=plan.assignment, author=student):
        item_of(work, note)
    client = page(instructor)

    first, second = (
        client.get(f"{desk_at(work)}?page={number}").content.decode().count("<article")
        for number in (1, 2)
    )

    assert (first, second) == (60, 1)


def test_desk_of_sixty_notes_takes_fifteen_queries_at_most(
    plan, work, student, classmate, instructor, paragraphs, page, django_assert_max_num_queries
):
    for at in range(60):
        note = annotation_on(paragraphs[at % 3], assignment=plan.assignment, author=student)
        item_of(work, note)
        ReplyFactory(parent=note, author=classmate)
    for one in WorkFactory.create_batch(5, assignment=plan.assignment):
        GradeFactory(work=one)
    MarkFactory(work=work, marker=instructor, rubric_version=plan.rubric_version)
    client = page(instructor)
    client.get(desk_at(work))

    for is_blind in (False, True):
        plan.is_blind = is_blind
        plan.save()
        with django_assert_max_num_queries(15):
            assert client.get(desk_at(work)).status_code == 200


def test_desk_tells_how_many_are_graded_and_leads_on(plan, work, instructor, page):
    other = WorkFactory(assignment=plan.assignment)
    GradeFactory(work=other, state="ready", final=5)

    html = page(instructor).get(desk_at(work)).content.decode()

    assert "1 of 2 graded" in html
    assert desk_at(other) in html


def test_desk_of_another_assignments_work_is_missing(plan, instructor, page):
    assert page(instructor).get(desk_at(WorkFactory())).status_code == 404


# -- facts -----------------------------------------------------------------------------------------


def test_facts_count_what_each_part_of_an_argument_is_made_of(
    plan, work, student, classmate, instructor, paragraphs
):
    by = {"assignment": plan.assignment, "author": student}
    challenge = annotation_on(paragraphs[0], **by, counterargument=True)
    for note in (
        challenge,
        annotation_on(paragraphs[1], **by, counterargument=True, attacks="step"),
        annotation_on(paragraphs[1], **by, evidence=True),
        AnnotationFactory(**by, kind="concession"),
        AnnotationFactory(**by, kind="support"),
    ):
        item_of(work, note)
    met = ReplyFactory(parent=challenge, author=classmate, counterargument=True)
    ReplyFactory(parent=challenge, author=classmate, counterargument=True)
    item_of(work, ReplyFactory(parent=met, author=student, kind="concession"), late_by=5)

    facts = facts_of(shown(instructor, plan, work))

    assert counts(facts["rebuttal"]) == {
        "counterarguments": (2, None),
        "attacks_conclusion": (1, None),
        "attacks_reason": (0, None),
        "attacks_step": (1, None),
        "attacks_unspecified": (0, None),
        "challenges_answered": (1, 2),
        "challenges_met": (1, 2),
    }
    assert counts(facts["evidence"]) == {
        "evidence": (1, None),
        "sources": (1, None),
        "with_source": (1, 1),
        "with_locator": (0, 1),
        "with_quote": (0, 1),
        "with_warrant": (1, 1),
    }
    assert counts(facts["concession"]) == {"concessions": (2, None)}
    assert counts(facts["claim"]) == {"claims": (2, None), "supports": (1, None)}
    assert counts(facts[""]) == {
        "support": (1, None),
        "counterargument": (2, None),
        "evidence": (1, None),
        "concession": (2, None),
        "paragraphs": (2, None),
        "replies_given": (1, None),
        "replies_received": (2, None),
        "late": (1, None),
    }
    assert [one.words for one in facts["evidence"]][:3] == [
        "1 piece of evidence",
        "1 source",
        "1 of 1 name a source",
    ]


# -- the veil --------------------------------------------------------------------------------------


def test_veil_covers_names_mentions_and_pseudonyms(plan, work, student, classmate, instructor):
    student.name, student.email = "Amira Solberg", "amira@example.org"
    student.save()
    plan.is_blind = True
    plan.assignment.uses_pseudonyms = True
    AliasFactory(assignment=plan.assignment, user=student, name="Heron")

    veil = veil_of(plan)

    said = "@student, AMIRA SOLBERG, Amira (amira@example.org) and @Heron agree; students do not."
    assert veil.over(said) == (
        "@Quiet Lever, Quiet Lever, Quiet Lever (Quiet Lever) and @Quiet Lever agree; "
        "students do not."
    )
    assert veil.over("Classmate says") == "A student says"
    assert veil.name_of(student) == "Quiet Lever"
    assert veil.name_of(classmate) == "A student"
    assert veil.name_of(instructor) == "Instructor"


def test_without_blind_marking_nothing_is_covered(plan, student):
    veil = veil_of(plan)

    assert veil == Veil()
    assert veil.over("@student") == "@student"
    assert veil.name_of(student) == "Student"


def test_difference_tells_words_that_stayed_went_and_came():
    assert [(one.op, one.text) for one in difference("a b c", "a c d")] == [
        ("same", "a"),
        ("del", " b"),
        ("same", " c"),
        ("ins", " d"),
    ]


def test_difference_of_few_words_over_and_over_is_told_in_one_piece():
    before, after = "x" + " a" * 4_000 + " z", "x" + " a b" * 2_000 + " z"

    assert [(one.op, one.text) for one in difference(before, after)] == [
        ("same", "x a"),
        ("del", " a" * 3_999),
        ("ins", " b" + " a b" * 1_999),
        ("same", " z"),
    ]


def test_difference_of_as_many_words_as_a_note_holds_is_told_by_words():
    words = [f"{'the' if number % 10 == 0 else number}" for number in range(2_000)]
    before, after = " ".join(words), " ".join([*words[:999], "new", *words[1_000:1_500]])

    assert [(one.op, len(one.text)) for one in difference(before, after)] == [
        ("same", len(" ".join(words[:999]))),
        ("del", len(" 999")),
        ("ins", len(" new")),
        ("same", len(" ".join(words[1_000:1_500])) + 1),
        ("del", len(" ".join(words[1_500:])) + 1),
    ]


def test_difference_of_a_text_that_ends_in_white_space_leaves_it_out():
    assert [(one.op, one.text) for one in difference("a" + " " * 50_000, "a\n b ")] == [
        ("same", "a"),
        ("ins", "\n b"),
    ]
