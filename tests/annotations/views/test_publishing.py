"""The pages on which a revision is looked through and published, and notes are placed by hand."""

import html
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.urls import reverse

from annotations.actions import decide_placement, publish_revision
from annotations.enums import Audience, Status
from annotations.models import Placement
from debate.essays.actions import correct_import, start_revision
from debate.essays.importing.blocks import Block
from debate.essays.models import ImportDraft
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from tests.conftest import MARKS, PLAIN, REPEATS
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_same_as_absent,
    expect_sign_in,
)
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.seminars import MembershipFactory
from tests.threads import waiting

NEW = "Nobody has yet asked the farmers, who use nine litres out of ten."


def revised(actor, essay, *texts, **head):
    """The actor's draft of the essay's next revision with the texts as its paragraphs."""
    draft = start_revision(actor=actor, essay=essay)
    blocks = [Block(kind="body", html=text) for text in texts]
    return correct_import(
        actor=actor,
        import_id=draft.pk,
        version=draft.version,
        edit=lambda one: replace(one, blocks=blocks, **head),
    )


def at(draft, annotation=None):
    if annotation:
        return reverse("annotations:placement", args=[draft.pk, annotation.pk])
    return reverse("annotations:publication", args=[draft.pk])


def place_at(annotation):
    return reverse("annotations:place", args=[annotation.pk])


def text_of(response):
    return html.unescape(response.content.decode())


def words_of(response):
    """What stands on the page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(response)).split())


@pytest.fixture
def colleague(seminar):
    """Another instructor of the seminar."""
    return MembershipFactory(
        seminar=seminar,
        role=Role.INSTRUCTOR,
        user__username="colleague",
        user__name="Nadia Berrada",
    ).user


@pytest.fixture
def note(assignment, paragraphs, student):
    """The student's comment on words that most drafts here remove."""
    return annotation_on(
        paragraphs[2], "the survey found", author=student, assignment=assignment, body="Which?"
    )


# --- the review ---


def test_review_shows_words_that_came_and_went(page, essay, assignment, instructor):
    draft = revised(instructor, essay, PLAIN.replace("need less", "use much less"), REPEATS, MARKS)

    shown = text_of(page(instructor).get(at(draft)))

    assert "by use<del> need</del><ins> use much</ins> less of it." in shown
    assert "Paragraphs 2 to 3 stay as they are" in shown


def marked(assignment, paragraph, text, **place):
    """A claim on the map, standing on the whole paragraph."""
    claim = ClaimFactory(assignment=assignment, text=text)
    ClaimAnchorFactory(claim=claim, paragraph=paragraph, **place)
    return claim


def test_review_names_the_claims_that_lose_their_words(
    page, essay, assignment, paragraphs, instructor
):
    marked(assignment, paragraphs[0], "Pricing saves water.")
    marked(assignment, paragraphs[2], "Families pay too much.")
    ClaimAnchorFactory(
        claim=ClaimFactory(assignment=assignment, status="implied", text="Implied."),
        paragraph=paragraphs[2],
    )
    draft = revised(instructor, essay, PLAIN, REPEATS)

    shown = words_of(page(instructor).get(at(draft)))

    assert "1 of 2 loses its words." in shown
    assert "Families pay too much." in shown
    assert "Pricing saves water." not in shown
    assert "Implied." not in shown


def test_review_says_that_all_claims_keep_their_words(
    page, essay, assignment, paragraphs, instructor
):
    marked(assignment, paragraphs[0], "Pricing saves water.")
    alone = words_of(page(instructor).get(at(revised(instructor, essay, PLAIN, REPEATS))))
    marked(assignment, paragraphs[1], "Councils waver.")
    both = words_of(page(instructor).get(at(revised(instructor, essay, PLAIN, REPEATS))))

    assert "The one claim keeps its words." in alone
    assert "All 2 claims keep their words." in both


def test_review_without_claims_says_nothing_of_them(page, essay, assignment, instructor):
    shown = words_of(page(instructor).get(at(revised(instructor, essay, PLAIN, REPEATS))))

    assert "The claims on the map" not in shown


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (1, "1 claim of the map has no words in the new text."),
        (2, "2 claims of the map have no words in the new text."),
    ],
)
def test_publish_tells_how_many_claims_stand_in_no_words(
    lost, words, page, essay, assignment, paragraphs, instructor
):
    for _ in range(lost):
        marked(assignment, paragraphs[2], "Families pay too much.")
    draft = revised(instructor, essay, PLAIN, REPEATS)

    response = page(instructor).post(at(draft), {"version": draft.version, "note": ""}, follow=True)

    assert words in words_of(response)


def test_review_counts_what_stays_and_shows_what_does_not(
    page, essay, assignment, paragraphs, instructor, student, note
):
    annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    annotation_on(paragraphs[0], author=student, assignment=assignment)
    draft = revised(instructor, essay, NEW, PLAIN, REPEATS)

    shown = words_of(page(instructor).get(at(draft)))

    assert "2 of 3 stay exactly where they are. This one does not:" in shown
    assert "text removed Now 3 , paragraph:" in shown
    assert "“too much”, the survey found ." in shown
    assert "Nowhere: its words are gone." in shown


def test_review_tells_how_sure_an_edited_place_is(
    page, essay, assignment, paragraphs, instructor, student
):
    annotation_on(paragraphs[0], "Fairness, not scarcity", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN.replace("scarcity", "thirst"), REPEATS, MARKS)

    shown = text_of(page(instructor).get(at(draft)))

    assert re.search(r'<span class="tag strong">text edited \(\d\d %\)</span>', shown)
    assert '<mark class="k-pending">Fairness, not thirst</mark>' in shown


def test_review_counts_private_notes_and_shows_none_of_them(
    page, essay, assignment, paragraphs, instructor, student
):
    for fields in ({"audience": Audience.PRIVATE}, {"status": Status.HELD}):
        annotation_on(
            paragraphs[2],
            "the survey found",
            author=student,
            assignment=assignment,
            body="A secret",
            **fields,
        )
    draft = revised(instructor, essay, PLAIN, REPEATS)

    shown = words_of(page(instructor).get(at(draft)))

    assert "Nobody has written a note that you may read on it yet." in shown
    assert "2 private notes are carried over as well." in shown
    assert "A secret" not in shown
    assert student.display_name not in shown


def test_review_passes_over_withdrawn_notes(
    page, essay, assignment, paragraphs, instructor, student
):
    annotation_on(
        paragraphs[2],
        "the survey found",
        author=student,
        assignment=assignment,
        status=Status.WITHDRAWN,
    )
    draft = revised(instructor, essay, PLAIN, REPEATS)

    shown = words_of(page(instructor).get(at(draft)))

    assert "Nobody has written a note that you may read on it yet." in shown
    assert "private" not in shown


def test_review_of_the_head_alone_says_so(page, essay, assignment, instructor):
    draft = revised(instructor, essay, PLAIN, REPEATS, MARKS, title="Who pays?")

    shown = text_of(page(instructor).get(at(draft)))

    assert "<del>Who should pay for water?</del> <ins>Who pays?</ins>" in shown
    assert "The paragraphs stay as they are." in shown


def test_review_of_nothing_new_offers_nothing_to_publish(page, essay, assignment, instructor):
    draft = start_revision(actor=instructor, essay=essay)

    shown = text_of(page(instructor).get(at(draft)))

    assert "This is the text as it stands already, so there is nothing to publish." in shown
    assert "Publish revision 2</button>" not in shown


def test_review_of_what_cannot_be_an_essay_says_why(page, essay, assignment, instructor):
    draft = revised(instructor, essay)

    shown = text_of(page(instructor).get(at(draft)))

    assert "An essay needs at least one paragraph. Restore one or more." in shown
    assert "Publish revision 2</button>" not in shown


def test_review_shows_fifty_notes_a_page(page, essay, assignment, paragraphs, instructor, student):
    for _ in range(51):
        annotation_on(paragraphs[2], "the survey found", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)
    browser = page(instructor)

    shown = [text_of(browser.get(at(draft) + query)) for query in ("", "?page=2", "?page=x")]

    assert [one.count("Decide where it goes<") for one in shown] == [50, 1, 50]
    assert "Page 2 of 2" in shown[1]


def test_review_asks_as_often_for_three_notes_as_for_one(
    page, essay, assignment, paragraphs, instructor, student, note
):
    draft = revised(instructor, essay, PLAIN, REPEATS)
    browser = page(instructor)

    def grow():
        for _ in range(2):
            annotation_on(paragraphs[2], "the survey found", author=student, assignment=assignment)

    expect_constant_queries(lambda: browser.get(at(draft)), grow=grow)


@pytest.mark.parametrize("actor", ["student", "assistant", "colleague"])
def test_review_of_another_persons_draft_is_absent(actor, page, essay, instructor, request):
    draft = revised(instructor, essay, PLAIN)
    browser = page(request.getfixturevalue(actor))
    absent = reverse("annotations:publication", args=[uuid.uuid4()])

    expect_same_as_absent(browser.get(at(draft)), browser.get(absent))


def test_review_asks_visitors_to_sign_in(page, essay, instructor):
    expect_sign_in(page().get(at(revised(instructor, essay, PLAIN))))


def test_review_of_an_import_that_is_no_revision_is_absent(page, essay, instructor):
    draft = revised(instructor, essay, PLAIN)
    draft.essay = draft.base = None
    draft.save()

    assert page(instructor).get(at(draft)).status_code == 404


# --- publishing ---


def test_publish_goes_to_the_reading_page_and_names_the_revision(
    page, essay, assignment, instructor
):
    draft = revised(instructor, essay, PLAIN, REPEATS)

    response = page(instructor).post(
        at(draft), {"version": draft.version, "note": "Shorter"}, follow=True
    )

    assert response.redirect_chain == [(assignment.get_absolute_url(), 302)]
    assert "Revision 2 of “Who should pay for water?” is published." in text_of(response)
    essay.refresh_from_db()
    assert (essay.current_revision.number, essay.current_revision.note) == (2, "Shorter")


def test_publish_without_an_assignment_goes_to_the_essay(page, essay, instructor):
    draft = revised(instructor, essay, PLAIN)

    response = page(instructor).post(at(draft), {"version": draft.version})

    assert response["Location"] == essay.get_absolute_url()


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"version": 1, "note": "My words"}, 409, "This draft was changed in another window."),
        ({"version": 2, "note": "My words" * 63}, 400, "at most 500 characters"),
        ({"note": "My words"}, 400, "Please look again"),
    ],
)
def test_publish_that_is_refused_keeps_the_note(
    given, status, sentence, page, essay, assignment, instructor
):
    draft = revised(instructor, essay, PLAIN)

    response = page(instructor).post(at(draft), given)

    assert response.status_code == status
    assert sentence in text_of(response)
    assert given["note"] in text_of(response)
    assert '<input type="hidden" name="version" value="2">' in text_of(response)
    assert essay.revisions.count() == 1


def test_second_of_two_instructors_sees_both_texts_and_goes_on(
    page, essay, assignment, instructor, colleague
):
    mine = revised(instructor, essay, PLAIN, REPEATS)
    theirs = revised(colleague, essay, PLAIN, REPEATS, MARKS, NEW)
    publish_revision(
        actor=colleague, import_id=theirs.pk, version=theirs.version, note="With farmers"
    )
    browser = page(instructor)

    refused = browser.post(at(mine), {"version": mine.version, "note": "Mine"})
    shown = words_of(refused)
    went_on = browser.post(
        reverse("essays:go_on", args=[mine.pk]), {"version": mine.version, "base": 2}, follow=True
    )
    published = browser.post(at(mine), {"version": mine.version + 1})

    assert refused.status_code == 409
    assert "Revision 2 was published meanwhile Revision 2, by Nadia Berrada," in shown
    assert ": With farmers" in shown
    assert "From revision 1 to revision 2: their changes" in shown
    assert f"<ins>{NEW}</ins>" in text_of(refused)
    assert "From revision 2 to your text" in shown
    assert f"<del>{NEW}</del>" in text_of(refused)
    assert "Go on from revision 2 with my text" in shown
    assert "What revision 3 changes" in words_of(went_on)
    assert published["Location"] == assignment.get_absolute_url()
    essay.refresh_from_db()
    texts = essay.current_revision.paragraphs.values_list("text", flat=True)
    assert (essay.current_revision.number, list(texts)) == (3, [PLAIN, REPEATS])


# --- one note's place ---


def test_placement_shows_the_note_its_words_and_the_paragraphs(
    page, essay, assignment, instructor, note
):
    draft = revised(instructor, essay, PLAIN, REPEATS)

    shown = text_of(page(instructor).get(f"{at(draft, note)}?block=1"))

    assert "Where does this comment go?" in shown
    assert '<mark class="k-pending">the survey found</mark>' in shown
    assert '<option value="1" selected>2: The council' in shown
    assert "Let it lose its place</button>" in shown


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"exact": "Fairness"}, (0, 48, 56, "Fairness")),
        ({"sentence": "48-85"}, (0, 48, 85, "Fairness, not scarcity, moves people.")),
        ({}, (0, None, None, PLAIN)),
    ],
)
def test_placement_by_hand_is_kept_and_shown(
    given, expected, page, essay, assignment, instructor, note
):
    draft = revised(instructor, essay, PLAIN, REPEATS)
    browser = page(instructor)

    response = browser.post(
        at(draft, note), {"choice": "by_hand", "block": 0, "version": draft.version, **given}
    )

    assert response["Location"] == at(draft)
    one = Placement.objects.get()
    assert (one.block, one.start, one.end, one.exact) == expected
    assert "You placed it by hand." in words_of(browser.get(at(draft)))
    assert "You placed it by hand." in words_of(browser.get(at(draft, note)))


def test_placement_on_repeated_words_asks_which_and_takes_one(
    page, essay, assignment, instructor, note
):
    draft = revised(instructor, essay, PLAIN, REPEATS)
    browser = page(instructor)
    given = {"choice": "by_hand", "block": 1, "version": draft.version, "exact": "the plan"}

    asked = browser.post(at(draft, note), given)
    second = f"{REPEATS.rindex('the plan')}-{len(REPEATS) - 1}"
    again = {**given, "asked": "the plan", "place": second}
    taken = browser.post(at(draft, note), again)

    assert asked.status_code == 400
    assert "These words stand 2 times in the paragraph. Choose one of them." in text_of(asked)
    assert f'name="place" value="{second}"' in text_of(asked)
    assert taken["Location"] == at(draft)
    one = Placement.objects.get()
    assert (f"{one.start}-{one.end}", one.exact) == (second, "the plan")


def test_placement_on_other_words_than_asked_for_looks_again(
    page, essay, assignment, instructor, note
):
    draft = revised(instructor, essay, PLAIN, REPEATS)

    page(instructor).post(
        at(draft, note),
        {
            "choice": "by_hand",
            "block": 1,
            "version": draft.version,
            "exact": "council",
            "asked": "the plan",
            "place": "56-64",
        },
    )

    assert Placement.objects.get().exact == "council"


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"exact": "nowhere to be seen"}, 400, "These words do not stand in this paragraph."),
        ({"sentence": "5-99999"}, 400, "Select a valid choice."),
        ({"exact": "x", "asked": "x", "place": "5-99999"}, 400, "These words lie outside"),
        ({"version": 1}, 400, "This draft was changed in another window."),
        ({"choice": "elsewhere"}, 400, "This form could not be understood."),
    ],
)
def test_placement_that_is_refused_says_why(
    given, status, sentence, page, essay, assignment, instructor, note
):
    draft = revised(instructor, essay, PLAIN, REPEATS)
    whole = {"choice": "by_hand", "block": 0, "version": draft.version, **given}

    response = page(instructor).post(at(draft, note), whole)

    assert response.status_code == status
    assert sentence in text_of(response)
    assert not Placement.objects.exists()


def test_note_left_without_a_place_can_take_the_proposal_again(
    page, essay, assignment, paragraphs, instructor, student
):
    kept = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)
    browser = page(instructor)

    browser.post(at(draft, kept), {"choice": "orphan", "version": draft.version})
    left = words_of(browser.get(at(draft)))
    browser.post(at(draft, kept), {"choice": "proposed", "version": draft.version})
    back = words_of(browser.get(at(draft)))

    assert "You leave it without a place." in left
    assert "The one note stays exactly where it is." in back


def test_decision_that_no_longer_fits_is_told(
    page, essay, assignment, paragraphs, instructor, student
):
    kept = annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment)
    draft = revised(instructor, essay, PLAIN, REPEATS)
    decide_placement(
        actor=instructor, import_id=draft.pk, annotation_id=kept.pk, choice="by_hand", block=1
    )
    draft = revised(instructor, essay, PLAIN, NEW)

    shown = words_of(page(instructor).get(at(draft)))

    assert "The words you chose are no longer there, so the proposal stands." in shown


def test_placement_of_what_may_not_be_read_is_absent(
    page, essay, assignment, paragraphs, instructor, student
):
    private = annotation_on(
        paragraphs[0], author=student, assignment=assignment, audience=Audience.PRIVATE
    )
    draft = revised(instructor, essay, PLAIN)
    browser = page(instructor)
    absent = reverse("annotations:placement", args=[draft.pk, uuid.uuid4()])

    expect_same_as_absent(browser.get(at(draft, private)), browser.get(absent))


def test_placement_of_a_note_without_a_place_in_the_essay_is_absent(
    page, essay, assignment, instructor, note
):
    reply = ReplyFactory(parent=note, author=note.author)
    draft = revised(instructor, essay, PLAIN)

    assert page(instructor).get(at(draft, reply)).status_code == 404


# --- after it ---


@pytest.fixture
def published(essay, instructor, note):
    """The essay's second revision, without the words that the note stood on."""
    draft = revised(instructor, essay, PLAIN, REPEATS)
    return publish_revision(actor=instructor, import_id=draft.pk, version=draft.version)


def test_earlier_revision_says_so_and_leads_to_the_current_one(
    page, assignment, student, note, published
):
    browser = page(student)

    now = text_of(browser.get(assignment.get_absolute_url()))
    earlier = text_of(browser.get(f"{assignment.get_absolute_url()}revisions/1/"))

    assert "Revision 1 of 2, as it stood." in earlier
    mark = f'<mark class="k-comment my" aria-details="a-{note.pk}">the survey found</mark>'
    assert mark in earlier
    assert f'href="{assignment.get_absolute_url()}revisions/1/">revision 1</a>' in now
    assert "as it stood" not in now


def test_reading_page_tells_authors_what_became_of_their_notes(
    page, assignment, student, classmate, note, published
):
    url = assignment.get_absolute_url()

    mine, others = (text_of(page(one).get(url)) for one in (student, classmate))

    assert "<summary>Revision 2 changed 1 of your notes</summary>" in mine
    assert f'<a href="{note.get_absolute_url()}">Comment</a>' in mine
    assert "of your notes" not in others


def test_reading_page_tells_of_each_note_once_and_only_of_the_newest_revision(
    page, essay, assignment, paragraphs, instructor, student, note, published
):
    edited = annotation_on(
        published.paragraphs.get(number=1),
        "Fairness, not scarcity",
        author=student,
        assignment=assignment,
    )
    edited.anchors.create(
        revision=published, paragraph=published.paragraphs.get(number=2), position=1
    )
    draft = revised(
        instructor, essay, PLAIN.replace("scarcity", "thirst"), REPEATS.replace("once", "twice")
    )
    publish_revision(actor=instructor, import_id=draft.pk, version=draft.version)

    shown = text_of(page(student).get(assignment.get_absolute_url()))

    told = shown.split('<details class="fold moved">')[1].split("</details>")[0]
    assert "<summary>Revision 3 changed 1 of your notes</summary>" in told
    assert re.findall(r'href="([^"]+)"', told) == [edited.get_absolute_url()]


def test_thread_of_an_orphan_shows_its_words_and_where_it_was_written(
    page, assignment, student, classmate, note, published
):
    mine = text_of(page(student).get(note.get_absolute_url()))
    others = text_of(page(classmate).get(note.get_absolute_url()))

    assert "<del>the survey found</del>" in mine
    assert f"{assignment.get_absolute_url()}revisions/1/#a-{note.pk}" in mine
    assert "Written on revision 1" in others
    assert (place_at(note) in mine, place_at(note) in others) == (True, False)


def test_orphan_is_placed_by_hand_on_its_page(page, student, note, published):
    browser = page(student)

    shown = text_of(browser.get(f"{place_at(note)}?paragraph=2"))
    response = browser.post(
        place_at(note), {"paragraph": "1", "exact": "Fairness", "version": 1}, follow=True
    )

    assert "<h2>Paragraph 2</h2>" in shown
    assert "<del>the survey found</del>" in shown
    assert response.redirect_chain == [(note.get_absolute_url(), 302)]
    assert "It stands in paragraph 1 now." in text_of(response)
    assert '<span class="tag">placed by hand</span>' in text_of(response)
    assert "Written on revision 1" in text_of(response)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"exact": "nowhere at all", "version": 1}, "These words do not stand in this paragraph."),
        ({"exact": "Fairness", "version": 9}, "This annotation has been changed since"),
    ],
)
def test_placing_that_is_refused_keeps_the_words(given, sentence, page, student, note, published):
    response = page(student).post(place_at(note), {"paragraph": "1", **given})

    assert response.status_code == 400
    assert sentence in text_of(response)
    assert given["exact"] in text_of(response)
    assert not note.anchors.filter(state="by_hand").exists()


def test_placing_is_for_author_and_staff(page, assistant, classmate, outsider, note, published):
    assert page(assistant).get(place_at(note)).status_code == 200
    expect_denied(page(classmate).get(place_at(note)))
    expect_same_as_absent(
        page(outsider).get(place_at(note)),
        page(outsider).get(reverse("annotations:place", args=[uuid.uuid4()])),
    )


def test_reply_has_no_place_of_its_own(page, student, note):
    reply = ReplyFactory(parent=note, author=student)

    assert page(student).get(place_at(reply)).status_code == 404


def test_note_begun_on_the_older_revision_is_posted_on_its_words(
    page, assignment, student, published
):
    url = reverse("annotations:create", args=[assignment.seminar.slug, assignment.slug, 1, 3])
    browser = page(student)
    given = {
        "kind": "comment",
        "body": "I doubt it.",
        "exact": "the survey found",
        "submission_key": uuid.uuid4(),
    }

    shown = text_of(browser.get(url))
    response = browser.post(url, given, follow=True)

    assert "You read revision 1; revision 2 has been published since." in shown
    assert "Your comment is posted." in text_of(response)
    made = student.annotations.get(body="I doubt it.")
    assert list(made.anchors.order_by("revision__number").values_list("state", "exact")) == [
        ("created", "the survey found"),
        ("orphaned", "the survey found"),
    ]


def test_note_on_a_revision_to_come_is_absent(page, assignment, student):
    url = reverse("annotations:create", args=[assignment.seminar.slug, assignment.slug, 2, 1])

    assert page(student).get(url).status_code == 404


def test_revision_that_is_not_there_is_absent(page, assignment, student):
    url = assignment.get_absolute_url()

    for number in (2, 9):
        assert page(student).get(f"{url}revisions/{number}/").status_code == 404


def test_placing_by_who_leaves_the_seminar_meanwhile_is_denied(page, student, note, published):
    browser = page(student)
    browser.get(place_at(note))
    Membership.objects.filter(user=student).update(role=Role.OBSERVER)

    expect_denied(browser.post(place_at(note), {"paragraph": "1", "version": 1}))


def test_review_by_who_is_no_instructor_any_more_is_denied(page, essay, instructor):
    draft = revised(instructor, essay, PLAIN)
    Membership.objects.filter(user=instructor).update(role=Role.ASSISTANT)
    browser = page(instructor)

    expect_denied(browser.get(at(draft)))
    expect_denied(browser.post(at(draft), {"version": draft.version}))
    assert essay.revisions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_draft_published_in_two_windows_at_once_leads_both_to_the_text(
    page, essay, assignment, instructor
):
    draft = revised(instructor, essay, PLAIN)

    def post():
        try:
            return page(instructor).post(at(draft), {"version": draft.version}, follow=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            ImportDraft.objects.select_for_update().get(pk=draft.pk)
            posted = [pool.submit(post) for _ in range(2)]
            assert waiting(2)
        shown = [one.result() for one in posted]

    assert [one.redirect_chain for one in shown] == [[(assignment.get_absolute_url(), 302)]] * 2
    sentences = [
        f"Revision 2 of “{essay.title}” is published.",
        "This draft was published or discarded in another window.",
    ]
    told = [[one for one in sentences if one in text_of(answer)] for answer in shown]
    assert sorted(told) == [[one] for one in sentences]
    assert essay.revisions.count() == 2
