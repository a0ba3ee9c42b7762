"""Pages of annotations: what they show, what they refuse, and that nothing typed is lost."""

import html
import uuid

import pytest
from django.urls import reverse

from annotations.actions import withdraw_annotation
from annotations.enums import Kind, Status
from annotations.models import Annotation, Source
from tests.expect import expect_denied, expect_same_as_absent, expect_sign_in
from tests.factories.annotations import ReplyFactory, SourceFactory, annotation_on

KEY = "7f0c1d5e-0000-7000-8000-000000000001"


def compose(assignment, number=1):
    return reverse("annotations:create", args=[assignment.seminar.slug, assignment.slug, 1, number])


def at(name, annotation):
    return reverse(f"annotations:{name}", args=[annotation.pk])


def filled(**fields):
    return {"kind": "comment", "body": "I doubt it.", "submission_key": KEY, **fields}


def text_of(response):
    return html.unescape(response.content.decode())


# --- reading ---


def test_reading_page_shows_words_marks_and_cards(page, assignment, paragraphs, student):
    annotation = annotation_on(
        paragraphs[0], "Fairness", author=student, assignment=assignment, body="Says who?"
    )

    response = page(student).get(assignment.get_absolute_url())

    mark = f'<mark class="k-comment my" aria-details="a-{annotation.pk}">Fairness</mark>'
    assert mark in text_of(response)
    assert f'id="a-{annotation.pk}"' in text_of(response)
    assert "<p>Says who?</p>" in text_of(response)


def test_reading_page_of_another_seminar_is_absent(page, assignment, outsider):
    absent = reverse("annotations:reading", args=["no-such-seminar", "x"])

    for user in (outsider, None):
        browser = page(user)
        expect_same_as_absent(browser.get(assignment.get_absolute_url()), browser.get(absent))


def test_text_alone_is_remembered_until_notes_are_asked_for(page, assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment, body="Says who?")
    browser = page(student)
    url = assignment.get_absolute_url()

    seen = [
        "Says who?" in text_of(browser.get(url + query))
        for query in ("?notes=none", "", "?notes=all", "")
    ]

    assert seen == [False, False, True, True]


@pytest.mark.parametrize(
    "query", ["?kind=nonsense", "?author=nobody", "?mine=%FF", "?unanswered=2"]
)
def test_reading_page_passes_over_what_is_no_filter(query, page, assignment, student):
    assert page(student).get(assignment.get_absolute_url() + query).status_code == 200


def test_public_essay_is_read_by_all_with_its_public_annotations(
    page, assignment, paragraphs, student
):
    assignment.essay.is_public = True
    assignment.essay.save()
    assignment.seminar.allows_public = True
    assignment.seminar.save()
    annotation_on(
        paragraphs[0], author=student, assignment=assignment, body="For all", audience="public"
    )
    annotation_on(paragraphs[0], author=student, assignment=assignment, body="For us")

    shown = text_of(page(None).get(assignment.get_absolute_url()))

    assert ("For all" in shown, "For us" in shown) == (True, False)


def test_paragraph_page_shows_every_note(page, assignment, paragraphs, student):
    for n in range(6):
        annotation_on(paragraphs[0], author=student, assignment=assignment, body=f"Note {n}.")
    url = reverse("annotations:paragraph", args=[assignment.seminar.slug, assignment.slug, 1])

    shown = text_of(page(student).get(url))

    assert all(f"<p>Note {n}.</p>" in shown for n in range(6))


@pytest.mark.parametrize("query", ["?after=x", "?after=%00"])
def test_paragraph_page_after_nonsense_is_no_fault_of_ours(query, page, assignment, student):
    url = reverse("annotations:paragraph", args=[assignment.seminar.slug, assignment.slug, 1])

    assert page(student).get(url + query).status_code in {400, 404}


# --- composing ---


def test_comment_on_a_sentence_is_posted_and_found_beside_it(page, assignment, student):
    response = page(student).post(compose(assignment), filled(sentence="48-85"))

    annotation = Annotation.objects.get()
    assert response["Location"] == f"{assignment.get_absolute_url()}#a-{annotation.pk}"
    assert annotation.anchors.get().exact == "Fairness, not scarcity, moves people."


def test_form_sent_twice_posts_once(page, assignment, student):
    browser = page(student)

    locations = [browser.post(compose(assignment), filled())["Location"] for _ in range(2)]

    assert locations[0] == locations[1]
    assert Annotation.objects.count() == 1


def test_whole_paragraphs_through_another_are_one_annotation(page, assignment, paragraphs, student):
    page(student).post(compose(assignment), filled(through="3"))

    anchors = Annotation.objects.get().anchors.all()
    assert [(one.paragraph_id, one.exact) for one in anchors] == [
        (paragraph.pk, None) for paragraph in paragraphs
    ]


def test_exact_words_are_found_though_typed_with_straight_quotes(page, assignment, student):
    page(student).post(compose(assignment, 3), filled(exact='paid "too much"'))

    assert Annotation.objects.get().anchors.get().exact == "paid “too much”"


def test_repeated_words_offer_their_places_and_keep_what_was_typed(page, assignment, student):
    browser = page(student)
    typed = filled(exact="the plan", body="Which one?")

    refused = browser.post(compose(assignment, 2), typed)
    browser.post(compose(assignment, 2), {**typed, "asked": "the plan", "place": "59-67"})

    assert refused.status_code == 400
    assert text_of(refused).count('name="place"') == 2
    assert "Which one?" in text_of(refused)
    assert "These words stand 2 times in the paragraph." in text_of(refused)
    assert Annotation.objects.get().anchors.get().start == 59


def test_place_offered_for_other_words_counts_for_nothing(page, assignment, student):
    mended = filled(exact="moves people", asked="moove people", place="0-6", body="Does it?")

    page(student).post(compose(assignment), mended)

    assert Annotation.objects.get().anchors.get().exact == "moves people"


def test_page_of_what_was_withdrawn_leads_back_to_its_essay(
    page, assignment, paragraphs, student, classmate
):
    annotation = annotation_on(paragraphs[0], assignment=assignment, author=student)
    withdraw_annotation(actor=student, annotation_id=annotation.pk)

    gone = page(classmate).get(annotation.get_absolute_url())

    assert gone.status_code == 410
    assert f'class="btn primary" href="{assignment.get_absolute_url()}"' in text_of(gone)


def test_reply_has_neither_audience_nor_more_kinds(page, assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], assignment=assignment, author=student)

    form = text_of(page(student).get(f"{annotation.get_absolute_url()}reply/"))

    assert ("More: support" in form, 'name="audience"' in form) == (False, False)
    assert ('value="support"' in form, "<summary>Tags</summary>" in form) == (True, True)


def test_words_that_do_not_stand_there_offer_the_likest(page, assignment, student):
    refused = page(student).post(compose(assignment), filled(exact="Fairnes, not scarcty"))

    assert "These words do not stand there in the essay." in text_of(refused)
    assert "Fairness, not scarcity" in text_of(refused)
    assert 'name="place"' in text_of(refused)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": "  \u200b "}, "Please write something here."),
        ({"body": "a" * 10_001}, "This is 10,001 characters long; at most 10,000 are taken."),
        (
            {"kind": "evidence", "warrant": "It shows it.", "stance": "supports"},
            "Give a link, a DOI",
        ),
        (
            {"kind": "evidence", "warrant": "", "stance": "supports", "link": "10.1000/1"},
            "Please write",
        ),
        (
            {"kind": "evidence", "warrant": "It does.", "link": "10.1000/1"},
            "Choose one of: supports",
        ),
        (
            {
                "kind": "evidence",
                "warrant": "It does.",
                "stance": "supports",
                "link": "javascript:alert(1)",
            },
            "Please give an address that begins with https://.",
        ),
        ({"kind": "slander"}, "Select a valid choice."),
        ({"sentence": "0-999"}, "Select a valid choice."),
        ({"place": "5000-9000"}, "this lies outside"),
        ({"tags": ",".join(f"t{n}" for n in range(11))}, "At most 10 tags are taken."),
    ],
)
def test_refused_post_says_why_and_keeps_the_words(fields, sentence, page, assignment, student):
    typed = filled(**fields)

    response = page(student).post(compose(assignment), typed)

    assert response.status_code == 400
    assert sentence in text_of(response)
    assert typed["body"].strip("\u200b ") in text_of(response)
    assert not Annotation.objects.exists()


def test_counterargument_takes_its_claim_from_the_first_sentence(page, assignment, student):
    page(student).post(
        compose(assignment),
        filled(kind="counterargument", body="It is fair. Rich people use more.", attacks="reason"),
    )

    annotation = Annotation.objects.get()
    assert (annotation.counterclaim, annotation.attacks) == ("It is fair.", "reason")


def test_evidence_keeps_its_source_with_details(page, assignment, student):
    page(student).post(
        compose(assignment),
        filled(
            kind="evidence",
            body="",
            stance="attacks",
            warrant="It measured the opposite.",
            link="https://doi.org/10.1000/ABC",
            title="A study",
            author="Rivera, Ana; World Bank",
            issued="2021-05",
            cited="Demand did not fall.",
            locator="p. 4",
        ),
    )

    source = Source.objects.get()
    passage = Annotation.objects.get().passage
    assert (source.doi, source.csl) == (
        "10.1000/abc",
        {
            "title": "A study",
            "author": [{"family": "Rivera", "given": "Ana"}, {"literal": "World Bank"}],
            "issued": {"date-parts": [[2021, 5]]},
        },
    )
    assert (passage.quote, passage.locator) == ("Demand did not fall.", "p. 4")


def test_evidence_can_rest_on_a_source_of_the_shelf_only(page, assignment, student, other_seminar):
    mine = SourceFactory(seminar=assignment.seminar, added_by=student)
    foreign = SourceFactory(seminar=other_seminar)
    fields = filled(kind="evidence", body="", stance="supports", warrant="It says so.")
    browser = page(student)

    refused = browser.post(compose(assignment), {**fields, "source": foreign.pk})
    browser.post(compose(assignment), {**fields, "source": mine.pk})

    assert refused.status_code == 400
    assert Annotation.objects.get().passage.source == mine


def test_group_is_kept_for_its_audience_only(page, assignment, student, group):
    browser = page(student)

    browser.post(compose(assignment), filled(audience=f"group:{group.pk}"))
    browser.post(
        compose(assignment),
        filled(audience="seminar", submission_key=str(uuid.uuid4())),
    )

    kept = Annotation.objects.order_by("pk").values_list("audience", "group")
    assert list(kept) == [("group", group.pk), ("seminar", None)]


def test_group_is_not_offered_to_whoever_is_in_none(page, assignment, student, other_group):
    response = page(student).get(compose(assignment))

    assert response.context["form"].fields["audience"].choices == [
        ("private", "Only me"),
        ("staff", "Instructors and assistants"),
        ("seminar", "The whole seminar"),
    ]


def test_composer_begins_with_the_kind_asked_for(page, assignment, student):
    response = page(student).get(compose(assignment) + "?kind=evidence")

    assert response.context["form"]["kind"].value() == "evidence"


def test_composer_is_for_those_who_write(page, assignment, observer, outsider):
    expect_denied(page(observer).get(compose(assignment)))
    expect_denied(page(observer).post(compose(assignment), filled()))
    expect_sign_in(page(None).get(compose(assignment)))
    stranger = page(outsider)
    expect_same_as_absent(
        stranger.get(compose(assignment)), stranger.get("/seminars/no/no/annotate/1/1/")
    )
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(("revision", "number"), [(1, 99), (9, 1)])
def test_composer_of_a_paragraph_that_is_not_there_is_absent(
    revision, number, page, assignment, student
):
    url = reverse(
        "annotations:create", args=[assignment.seminar.slug, assignment.slug, revision, number]
    )

    assert page(student).get(url).status_code == 404


def test_closed_assignment_keeps_what_was_typed(page, assignment, student):
    assignment.closes_at = assignment.opens_at
    assignment.save()

    response = page(student).post(compose(assignment), filled(body="Too late?"))

    assert response.status_code == 400
    assert "This assignment has closed" in text_of(response)
    assert "Too late?" in text_of(response)


# --- threads ---


def test_reply_joins_the_thread(page, assignment, paragraphs, student, classmate):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)

    response = page(classmate).post(at("reply", root), filled(kind="support", body="Quite."))

    reply = root.replies.get()
    assert response["Location"] == f"{root.get_absolute_url()}#a-{reply.pk}"
    assert (reply.kind, reply.root, reply.audience) == ("support", root, "seminar")


def test_reply_is_for_those_who_see_and_write(
    page, assignment, paragraphs, student, observer, outsider
):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)

    expect_denied(page(observer).get(at("reply", root)))
    expect_denied(page(observer).post(at("reply", root), filled()))
    stranger = page(outsider)
    absent = reverse("annotations:reply", args=[uuid.UUID(int=1)])
    expect_same_as_absent(stranger.post(at("reply", root), {}), stranger.post(absent, {}))


def test_thread_of_a_withdrawn_annotation_is_gone(
    page, assignment, paragraphs, student, classmate, outsider
):
    root = annotation_on(
        paragraphs[0], author=student, assignment=assignment, status=Status.WITHDRAWN
    )

    statuses = [
        page(user).get(at("detail", root)).status_code for user in (student, classmate, outsider)
    ]

    assert statuses == [200, 410, 404]


def test_private_annotation_is_absent_for_staff(page, assignment, paragraphs, student, instructor):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment, audience="private")
    browser = page(instructor)

    for name in ("detail", "reply", "edit", "withdraw", "history"):
        absent = reverse(f"annotations:{name}", args=[uuid.UUID(int=1)])
        expect_same_as_absent(browser.get(at(name, mine)), browser.get(absent))


# --- editing ---


def test_edit_saves_and_keeps_the_earlier_wording(page, assignment, student):
    browser = page(student)
    browser.post(compose(assignment), filled(body="Frist."))
    annotation = Annotation.objects.get()

    browser.post(at("edit", annotation), {"kind": "comment", "body": "First.", "version": 1})

    history = text_of(browser.get(at("history", annotation)))
    annotation.refresh_from_db()
    assert (annotation.body, annotation.version) == ("First.", 2)
    assert ("Frist." in history, "First." in history) == (True, True)


def test_edit_shows_evidence_as_it_stands(page, assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment, evidence=True)
    annotation.passage.source.csl = {
        "title": "A study",
        "author": [{"family": "Rivera", "given": "Ana"}, {"literal": "World Bank"}],
        "issued": {"date-parts": [[2021, 5]]},
        "type": "report",
    }
    annotation.passage.source.save()

    form = page(student).get(at("edit", annotation)).context["form"]

    shown = {
        name: form[name].value() for name in ("link", "title", "author", "issued", "type", "stance")
    }
    assert shown == {
        "link": annotation.passage.source.url,
        "title": "A study",
        "author": "Rivera, Ana; World Bank",
        "issued": "2021-05",
        "type": "report",
        "stance": "supports",
    }


def test_edit_of_a_stale_version_is_told_and_keeps_the_words(page, assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment, version=3)

    response = page(student).post(
        at("edit", annotation), {"kind": "comment", "body": "My new words.", "version": 2}
    )

    assert response.status_code == 400
    assert "has been changed since you opened it" in text_of(response)
    assert "My new words." in text_of(response)


@pytest.mark.parametrize("name", ["edit", "withdraw"])
def test_change_is_for_the_author_only(
    name, page, assignment, paragraphs, student, classmate, instructor
):
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment)

    for user in (classmate, instructor):
        expect_denied(page(user).get(at(name, annotation)))
        expect_denied(page(user).post(at(name, annotation), {"version": "rubbish"}))
    expect_sign_in(page(None).get(at(name, annotation)))


def test_withdraw_asks_first_and_can_be_repeated(page, assignment, paragraphs, student):
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment)
    browser = page(student)

    asked = browser.get(at("withdraw", annotation))
    response = browser.post(at("withdraw", annotation))

    annotation.refresh_from_db()
    assert "Withdraw your comment?" in text_of(asked)
    assert f'href="{at("edit", annotation)}"' not in text_of(asked)
    assert response["Location"] == assignment.get_absolute_url()
    assert annotation.status == Status.WITHDRAWN


def test_history_is_for_author_and_staff(
    page, assignment, paragraphs, student, classmate, instructor
):
    annotation = annotation_on(paragraphs[0], author=student, assignment=assignment)

    assert page(instructor).get(at("history", annotation)).status_code == 200
    expect_denied(page(classmate).get(at("history", annotation)))


def test_answer_is_marked_and_taken_back(page, assignment, paragraphs, student, classmate):
    question = annotation_on(
        paragraphs[0], author=student, assignment=assignment, kind=Kind.QUESTION
    )
    reply = ReplyFactory(parent=question, author=classmate)
    browser = page(student)
    expect_denied(page(classmate).post(at("answer", reply)))

    marks = []
    for is_answer in ("1", "0"):
        response = browser.post(at("answer", reply), {"is_answer": is_answer})
        reply.refresh_from_db()
        marks.append(reply.is_answer)

    assert marks == [True, False]
    assert response["Location"] == f"{question.get_absolute_url()}#a-{reply.pk}"


# --- words selected in the essay ---


def test_selected_words_of_two_paragraphs_are_shown_and_anchored(page, assignment, student):
    browser = page(student)

    shown = text_of(browser.get(compose(assignment) + "?kind=question&spans=1:48-56;2:4-11"))
    browser.post(compose(assignment), filled(spans="1:48-56;2:4-11", sentence="selected"))

    assert '<mark class="k-pending">Fairness</mark>' in shown
    assert [one.exact for one in Annotation.objects.get().anchors.all()] == ["Fairness", "council"]


@pytest.mark.parametrize("spans", ["1:0-9999", "99:0-1", "1:5-5", "rubbish", "1:0-1;" * 30])
def test_spans_that_are_off_leave_the_ordinary_composer(spans, page, assignment, student):
    response = page(student).get(f"{compose(assignment)}?spans={spans}")

    assert (response.status_code, response.context["selected"]) == (200, [])
