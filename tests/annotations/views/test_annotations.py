"""The composer's terms: who reads it, which kinds are taken, and what comes late."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from annotations.actions.arguing import claim_borne_on
from annotations.models import Annotation
from debate.assignments.enums import RoundMode
from tests.expect import expect_denied
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory

KEY = "7f0c1d5e-0000-7000-8000-000000000001"


def compose(assignment):
    return reverse("annotations:create", args=[assignment.seminar.slug, assignment.slug, 1, 1])


def at(name, annotation):
    return reverse(f"annotations:{name}", args=[annotation.pk])


def filled(**fields):
    return {"kind": "comment", "body": "I doubt it.", "submission_key": KEY, **fields}


def text_of(response):
    return response.content.decode()


@pytest.fixture
def closed(assignment):
    assignment.closes_at = timezone.now() - timedelta(hours=1)
    assignment.save()
    return assignment


# --- who reads it ---


def test_composer_says_who_will_read_it_and_begins_with_the_seminar(page, assignment, student):
    content = text_of(page(student).get(compose(assignment)))

    assert "1 person in the seminar." in content
    assert re.search(r'name="audience" value="seminar" checked', content)


def test_composer_in_a_blind_round_says_who_reads_it_at_once(page, assignment, student):
    assignment.rounds.update(mode=RoundMode.BLIND)

    assert "For now only you and the staff read it" in text_of(
        page(student).get(compose(assignment))
    )


def test_reply_shows_who_reads_the_thread(page, assignment, paragraphs, student):
    root = annotation_on(paragraphs[0], author=student, assignment=assignment)

    content = text_of(page(student).get(at("reply", root)))

    assert (
        "Read by whoever reads the thread: The whole seminar. 1 person in the seminar." in content
    )


def test_audience_that_is_not_offered_is_refused_and_nothing_is_lost(page, assignment, student):
    response = page(student).post(compose(assignment), filled(audience="public"))

    assert response.status_code == 400
    assert "I doubt it." in text_of(response)
    assert not Annotation.objects.exists()


# --- kinds of the round ---


def test_kinds_that_the_round_does_not_take_are_shown_with_the_reason(page, assignment, student):
    assignment.rounds.update(allowed_kinds=["question"])

    response = page(student).get(compose(assignment))

    content = text_of(response)
    assert re.search(r'value="comment" disabled', content)
    assert re.search(r'value="question" checked>', content)
    assert "This round takes questions only." in content


def test_kind_that_the_round_does_not_take_is_refused_at_the_field(page, assignment, student):
    assignment.rounds.update(allowed_kinds=["question"])

    response = page(student).post(compose(assignment), filled())

    assert response.context["form"].errors == {"kind": ["This round takes only: question."]}


def test_edit_keeps_the_own_kind_where_the_round_takes_others(
    page, assignment, paragraphs, student
):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment)
    assignment.rounds.update(allowed_kinds=["question"])

    content = text_of(page(student).get(at("edit", mine)))

    assert re.search(r'value="comment" checked>', content)
    assert re.search(r'value="evidence" disabled>', content)


# --- late ---


def test_post_after_the_closing_keeps_its_words_and_is_offered_to_be_sent_late(
    page, closed, paragraphs, student
):
    response = page(student).post(compose(closed), filled(body="My long thought."))

    content = text_of(response)
    assert response.status_code == 400
    assert "My long thought." in content
    assert "it bears the time at which the server receives it; now that is" in content
    assert 'name="as_late" value="1"' in content
    assert not Annotation.objects.exists()


def test_post_sent_late_is_read_by_staff_alone_and_says_so(
    page, closed, paragraphs, student, classmate, instructor
):
    response = page(student).post(
        compose(closed), filled(as_late="1", audience="seminar"), follow=True
    )

    made = Annotation.objects.get()
    assert (made.is_late, made.audience) == (True, "staff")
    assert "Sent to staff as late, received " in text_of(response)
    assert "late, read by staff" in text_of(response)
    assert page(instructor).get(made.get_absolute_url()).status_code == 200
    assert page(classmate).get(made.get_absolute_url()).status_code == 404


def test_reply_to_others_after_the_closing_is_not_offered_to_be_sent_late(
    page, closed, paragraphs, student, classmate
):
    root = annotation_on(paragraphs[0], author=classmate, assignment=closed)

    content = text_of(page(student).get(at("reply", root)))

    assert "A reply to others cannot be sent late." in content
    assert "as_late" not in content


def test_post_in_time_is_not_late_whatever_the_form_says(page, assignment, paragraphs, student):
    page(student).post(compose(assignment), filled(as_late="1"))

    made = Annotation.objects.get()
    assert (made.is_late, made.audience) == (False, "seminar")


def test_post_that_waits_for_approval_is_told(page, assignment, paragraphs, student):
    assignment.requires_approval = True
    assignment.save()

    response = page(student).post(compose(assignment), filled(), follow=True)

    assert "Staff read it first; the others once it is approved." in text_of(response)


# --- changing who reads it ---


def test_author_changes_who_reads_it(page, assignment, paragraphs, student, group):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment)
    browser = page(student)

    thread = text_of(browser.get(mine.get_absolute_url()))
    form = text_of(browser.get(at("audience", mine)))
    response = browser.post(at("audience", mine), {"audience": f"group:{group.pk}", "version": 1})

    mine.refresh_from_db()
    assert f'href="{at("audience", mine)}">Change who reads it</a>' in thread
    assert re.search(r'value="seminar" checked', form)
    assert response["Location"] == mine.get_absolute_url()
    assert (mine.audience, mine.group, mine.version) == ("group", group, 2)


def test_staff_are_not_offered_to_make_it_private(
    page, assignment, paragraphs, student, instructor
):
    theirs = annotation_on(paragraphs[0], author=student, assignment=assignment)

    content = text_of(page(instructor).get(at("audience", theirs)))

    assert ('value="private"' in content, 'value="staff"' in content) == (False, True)


def test_change_of_what_was_changed_meanwhile_is_refused(page, assignment, paragraphs, student):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment, version=4)

    response = page(student).post(at("audience", mine), {"audience": "staff", "version": 3})

    assert response.status_code == 400
    assert "This annotation has been changed since you opened it." in text_of(response)


def test_author_whom_others_answered_is_told_who_may(
    page, assignment, paragraphs, student, classmate
):
    mine = annotation_on(paragraphs[0], author=student, assignment=assignment)
    ReplyFactory(parent=mine, author=classmate)

    response = page(student).post(at("audience", mine), {"audience": "staff", "version": 1})

    assert "Others have replied, so only an instructor or assistant changes" in text_of(response)


def test_audience_of_a_reply_and_of_others_is_not_the_persons_to_change(
    page, assignment, paragraphs, student, classmate
):
    root = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    reply = ReplyFactory(parent=root, author=student)
    browser = page(student)

    for one in (root, reply):
        expect_denied(browser.get(at("audience", one)))
        assert "Change who reads it" not in text_of(browser.get(root.get_absolute_url()))


# --- what it bears on ---


def claim_on(paragraph, assignment, text, **fields):
    claim = ClaimFactory(assignment=assignment, text=text, **fields)
    ClaimAnchorFactory(claim=claim, paragraph=paragraph)
    return claim


def options_of(response, name="claim"):
    """The options of a select, and the one that is chosen."""
    found = re.search(rf'<select name="{name}".*?</select>', text_of(response), re.DOTALL)
    options = re.findall(r'<option value="([^"]*)"( selected)?>', found[0]) if found else []
    return [value for value, _ in options], [value for value, chosen in options if chosen]


def test_composer_asks_which_claim_where_several_are_marked(page, assignment, paragraphs, student):
    client = page(student)
    first = claim_on(paragraphs[0], assignment, "Pricing saves water.")
    claim_on(paragraphs[1], assignment, "Elsewhere.")
    claim_on(paragraphs[0], assignment, "Implied.", status="implied", added_by=student)
    alone = client.get(compose(assignment))
    second = claim_on(paragraphs[0], assignment, "People want fairness.")

    several = client.get(compose(assignment))

    assert options_of(alone) == ([], [])
    assert options_of(several) == (["", str(first.pk), str(second.pk)], [""])
    assert "Pricing saves water." in text_of(several)


def test_composer_opened_for_a_claim_has_chosen_it(page, assignment, paragraphs, student):
    there = claim_on(paragraphs[0], assignment, "Pricing saves water.")
    asked = claim_on(paragraphs[1], assignment, "Councils waver.")

    response = page(student).get(f"{compose(assignment)}?kind=support&claim={asked.pk}")

    assert options_of(response) == (["", str(asked.pk), str(there.pk)], [str(asked.pk)])


@pytest.mark.parametrize("asked", ["nonsense", KEY])
def test_composer_opened_for_a_claim_that_there_is_not_asks_nothing(
    asked, page, assignment, paragraphs, student
):
    assert options_of(page(student).get(f"{compose(assignment)}?claim={asked}")) == ([], [])


def test_composer_opened_for_a_claim_that_one_may_not_know_of_asks_nothing(
    page, assignment, paragraphs, student, classmate
):
    hidden = claim_on(paragraphs[0], assignment, "Hm.", status="proposed", added_by=classmate)

    response = page(student).get(f"{compose(assignment)}?claim={hidden.pk}")

    assert options_of(response) == ([], [])
    assert "Hm." not in text_of(response)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("support", {}),
        ("counterargument", {"attacks": "reason"}),
        ("concession", {"scope": "in dry years"}),
        ("evidence", {"stance": "supports", "warrant": "It says so.", "link": "https://e.org/a"}),
    ],
)
def test_note_posted_for_a_claim_bears_on_it(kind, fields, page, assignment, paragraphs, student):
    asked = claim_on(paragraphs[1], assignment, "Councils waver.")

    page(student).post(
        f"{compose(assignment)}?claim={asked.pk}",
        filled(kind=kind, claim=str(asked.pk), audience="seminar", **fields),
    )

    assert claim_borne_on(Annotation.objects.get()) == asked


def test_comment_posted_for_a_claim_is_a_comment(page, assignment, paragraphs, student):
    asked = claim_on(paragraphs[0], assignment, "Pricing saves water.")

    page(student).post(compose(assignment), filled(claim=str(asked.pk), audience="seminar"))

    assert Annotation.objects.get().kind == "comment"


def test_claim_taken_off_the_map_meanwhile_is_told_and_nothing_is_lost(
    page, assignment, paragraphs, student
):
    gone = claim_on(paragraphs[0], assignment, "Gone.", status="withdrawn")
    for text in ("Pricing saves water.", "People want fairness."):
        claim_on(paragraphs[0], assignment, text)

    response = page(student).post(
        compose(assignment), filled(kind="support", claim=str(gone.pk), audience="seminar")
    )

    assert response.status_code == 400
    assert "I doubt it." in text_of(response)
    assert not Annotation.objects.exists()


def test_reply_opened_for_a_claim_can_name_it(page, assignment, paragraphs, student, classmate):
    parent = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    asked = claim_on(paragraphs[1], assignment, "Councils waver.")
    client = page(student)
    address = f"{at('reply', parent)}?kind=support&claim={asked.pk}"

    assert options_of(client.get(at("reply", parent))) == ([], [])
    assert options_of(client.get(address)) == (["", str(asked.pk)], [str(asked.pk)])
    client.post(address, filled(kind="support", claim=str(asked.pk)))

    assert claim_borne_on(Annotation.objects.get(author=student)) == asked


def test_composer_asks_what_is_wrong_in_plain_words(page, assignment, student):
    content = text_of(page(student).get(compose(assignment)))

    assert "What is wrong with it?" in content
    assert re.findall(r'<option value="(?:conclusion|reason|step|unspecified)"[^>]*>([^<]+)', content) == [
        "Not sure",
        "The opposite is so",
        "That reason or evidence is wrong",
        "Even if true, it does not follow",
    ]  # fmt: skip


def test_concession_posted_with_its_scope_shows_it_on_its_card(
    page, assignment, paragraphs, student
):
    client = page(student)
    client.post(
        compose(assignment), filled(kind="concession", scope="in dry years", audience="seminar")
    )
    note = Annotation.objects.get()

    for address in (assignment.get_absolute_url(), note.get_absolute_url()):
        assert "How far:</span> in dry years" in text_of(client.get(address))


def test_scope_too_long_is_told_at_its_field(page, assignment, student):
    response = page(student).post(
        compose(assignment), filled(kind="concession", scope="x" * 501, audience="seminar")
    )

    assert response.status_code == 400
    assert response.context["form"].errors.keys() == {"scope"}


def test_edit_shows_how_far_it_goes_and_keeps_the_claim(page, assignment, paragraphs, student):
    first = claim_on(paragraphs[0], assignment, "Pricing saves water.")
    second = claim_on(paragraphs[0], assignment, "People want fairness.")
    client = page(student)
    client.post(
        compose(assignment),
        filled(kind="concession", scope="in part", claim=str(second.pk), audience="seminar"),
    )
    note = Annotation.objects.get()

    shown = client.get(at("edit", note))
    again = {"kind": "concession", "body": "Granted.", "version": 1, "scope": "in full"}
    client.post(at("edit", note), again)

    assert 'name="scope" value="in part"' in text_of(shown)
    assert options_of(shown) == (["", str(first.pk), str(second.pk)], [""])
    assert (note.concession.claim, Annotation.objects.get().concession.scope) == (second, "in full")


def test_edit_can_name_another_claim(page, assignment, paragraphs, student):
    first = claim_on(paragraphs[0], assignment, "Pricing saves water.")
    claim_on(paragraphs[0], assignment, "People want fairness.")
    note = annotation_on(paragraphs[0], author=student, assignment=assignment, kind="support")
    again = {"kind": "support", "body": note.body, "version": 1, "claim": str(first.pk)}

    page(student).post(at("edit", note), again)

    assert claim_borne_on(note) == first
