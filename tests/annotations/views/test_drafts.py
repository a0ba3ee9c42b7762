"""Drafts by way of pages and scripts: kept, shown again, discarded; and the composer as a fragment."""

import json
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotations.models import Annotation, Draft
from tests.expect import expect_problem, expect_same_as_absent, expect_sign_in
from tests.factories.annotations import TagFactory, annotation_on

KEY = "7f0c1d5e-0000-7000-8000-000000000001"
OTHER_KEY = "7f0c1d5e-0000-7000-8000-000000000002"
FRAGMENT = {"X-Fragment": "1", "Accept": "application/json"}


def at(name, *args):
    return reverse(f"annotations:{name}", args=args)


def place(assignment):
    return [assignment.seminar.slug, assignment.slug]


def compose(assignment, number=1):
    return at("create", *place(assignment), 1, number)


def filled(**fields):
    return {"kind": "comment", "body": "I doubt it.", "submission_key": KEY, **fields}


def text_of(response):
    return response.content.decode()


@pytest.fixture
def url(assignment):
    return at("drafts", *place(assignment))


@pytest.fixture
def save(page, url, student):
    """`save(…)`: what the page's script sends, with what differs."""
    browser = page(student)

    def act(by=browser, **given):
        told = {"key": "p:1:1", "content": {"kind": "comment", "body": "Half a thought"}}
        told |= {"submission_key": KEY, "revision": 0} | given
        headers = {"X-Fragment": "1"}
        return by.post(url, json.dumps(told), content_type="application/json", headers=headers)

    return act


# --- for scripts ---


def test_first_save_is_created_and_later_ones_are_told_their_revision(save, paragraphs):
    first, later = save(), save(content={"body": "A whole thought"}, revision=1)

    assert (first.status_code, later.status_code) == (201, 200)
    assert later.json()["revision"] == 2
    assert later.json()["id"] == str(Draft.objects.get().pk)


def test_save_from_an_older_state_is_a_conflict_that_holds_the_newer_one(save, paragraphs):
    save()

    problem = expect_problem(save(content={"body": "Another"}), 409, "draft_changed")

    assert problem["current"]["content"]["body"] == "Half a thought"
    assert problem["current"]["words"] == ["Half a thought"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"key": 1}, "/key"),
        ({"key": "nowhere"}, "/key"),
        ({"content": None}, "/content"),
        ({"content": []}, "/content"),
        ({"content": {}}, "/content"),
        ({"content": {"body": 1}}, "/content/body"),
        ({"content": {"body": {"deep": "er"}}}, "/content/body"),
        ({"content": {"body": ["a", None]}}, "/content/body"),
        ({"content": {"body": "a\x00"}}, "/content/body"),
        ({"submission_key": "x"}, "/submission_key"),
        ({"submission_key": None}, "/submission_key"),
        ({"revision": -1}, "/revision"),
        ({"revision": True}, "/revision"),
        ({"revision": 2**31}, "/revision"),
        ({"revision": "²"}, "/revision"),
    ],
)
def test_hostile_member_is_named(given, pointer, save, paragraphs):
    response = save(**given)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"\xff", b'{"content": {"body": "\\ud800"}}', b"[" * 5000]
)
def test_body_that_is_no_object_is_refused(body, page, url, student):
    response = page(student).post(url, body, content_type="application/json")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_huge_draft_is_refused_before_it_is_read(page, url, student):
    response = page(student).post(url, b"x" * 2_000_000, content_type="application/json")

    expect_problem(response, 413, "too_large", "/content")


def test_draft_above_the_bound_names_its_longest_field(save, paragraphs):
    response = save(content={"body": "x" * 250_000})

    expect_problem(response, 413, "too_large", "/content/body")


def test_save_without_a_token_of_the_form_is_refused(student, url):
    client = Client(enforce_csrf_checks=True)
    client.force_login(student)

    response = client.post(url, "{}", content_type="application/json")

    assert response.status_code == 403
    assert not Draft.objects.exists()


def test_page_of_somebody_who_has_left_saves_nothing_for_whoever_came(
    page, url, student, classmate
):
    response = page(classmate).post(
        url,
        json.dumps({"key": "p:1:1", "content": {"body": "Mine"}, "submission_key": KEY}),
        content_type="application/json",
        headers=FRAGMENT | {"X-Owner": str(student.pk)},
    )

    expect_problem(response, 409, "other_person")
    assert not Draft.objects.exists()


def test_page_of_somebody_who_has_left_posts_nothing_for_whoever_came(
    page, assignment, paragraphs, student, classmate
):
    response = page(classmate).post(
        compose(assignment), filled(), headers=FRAGMENT | {"X-Owner": str(student.pk)}
    )

    expect_problem(response, 409, "other_person")
    assert not Annotation.objects.exists()


def test_drafts_are_told_to_their_owner_alone(save, page, url, paragraphs, student, classmate):
    save()
    accept = {"Accept": "application/json"}

    mine = page(student).get(url, headers=accept).json()["drafts"]
    theirs = page(classmate).get(url, headers=accept).json()["drafts"]

    assert [one["content"]["body"] for one in mine] == ["Half a thought"]
    assert theirs == []


def test_drafts_are_for_those_who_signed_in_and_may_know_of_it(page, url, outsider):
    expect_sign_in(page().get(url))
    absent = page(outsider).get(url.replace("who-should-pay", "who-should-not"))
    expect_same_as_absent(page(outsider).get(url), absent)


def test_chip_lists_the_drafts_as_a_fragment(save, page, url, paragraphs, student):
    save()

    response = page(student).get(url, headers={"X-Fragment": "1"})

    assert 'data-draft-chip="1"' in text_of(response)
    assert "Half a thought" in text_of(response)
    assert {"X-Fragment", "Accept"} <= set(response["Vary"].split(", "))


# --- the page of drafts ---


def test_page_shows_drafts_in_full_and_where_to_go_on(save, page, url, paragraphs, student):
    save(content={"kind": "evidence", "warrant": "It counts.", "body": "And more of it."})

    content = text_of(page(student).get(url))

    assert "It counts." in content
    assert "And more of it." in content
    assert f"/annotate/1/1/?draft={Draft.objects.get().pk}" in content


def test_discarded_draft_can_be_kept_again_without_scripts(save, page, url, paragraphs, student):
    save()
    browser = page(student)

    response = browser.post(f"{url}discard/", {"id": Draft.objects.get().pk})
    assert not Draft.objects.exists()
    assert "Half a thought" in text_of(response)
    undo = {
        "key": "p:1:1",
        "content": json.dumps({"kind": "comment", "body": "Half a thought"}),
        "submission_key": KEY,
    }
    back = browser.post(url, undo)

    assert back["Location"] == url
    assert Draft.objects.get().words == ["Half a thought"]


@pytest.mark.parametrize("given", ["", "x", "0197f000-0000-7000-8000-000000000000"])
def test_discarding_what_there_is_not_is_absent(given, page, url, student):
    assert page(student).post(f"{url}discard/", {"id": given}).status_code == 404


def test_discarding_anothers_draft_is_absent(save, page, url, paragraphs, classmate):
    save()

    response = page(classmate).post(f"{url}discard/", {"id": Draft.objects.get().pk})

    assert response.status_code == 404
    assert Draft.objects.count() == 1


# --- the composer's page ---


def test_draft_is_kept_without_scripts_and_is_there_again(page, assignment, paragraphs, student):
    browser = page(student)

    kept = browser.post(
        compose(assignment), filled(keep="1", kind="evidence", warrant="It counts."), follow=True
    )
    again = text_of(browser.get(compose(assignment)))

    assert "Your draft is kept." in text_of(kept)
    assert not Annotation.objects.exists()
    assert "I doubt it." in again
    assert "It counts." in again
    assert re.search(r'value="evidence" checked', again)
    assert f'value="{KEY}"' in again


def test_draft_on_selected_words_is_found_by_its_id(page, assignment, paragraphs, student):
    browser = page(student)
    browser.post(compose(assignment), filled(keep="1", spans="1:0-6;2:0-3", sentence="selected"))
    draft = Draft.objects.get()

    shown = text_of(browser.get(f"{compose(assignment)}?draft={draft.pk}"))

    assert draft.key == "p:1:1:0-6;2:0-3"
    assert '<mark class="k-pending">Cities</mark>' in shown
    assert "I doubt it." in shown
    assert "I doubt it." not in text_of(browser.get(compose(assignment)))


def test_draft_of_another_or_of_another_place_is_absent(
    save, page, assignment, paragraphs, student, classmate
):
    save()
    draft = Draft.objects.get()
    note = annotation_on(paragraphs[0], author=classmate, assignment=assignment)

    for who, address in (
        (classmate, compose(assignment)),
        (student, compose(assignment, 2)),
        (student, at("reply", note.pk)),
    ):
        assert page(who).get(f"{address}?draft={draft.pk}").status_code == 404
    assert page(student).get(f"{compose(assignment)}?draft=x").status_code == 404


def test_draft_with_ticked_tags_ticks_them_again(page, assignment, paragraphs, student):
    tag = TagFactory(vocabulary__seminar=assignment.seminar, label="Harms")
    browser = page(student)

    browser.post(compose(assignment), filled(keep="1", vocabulary=[tag.key]))
    shown = text_of(browser.get(compose(assignment)))

    assert re.search(rf'name="vocabulary" value="{tag.key}"[^>]*checked', shown)


def test_nothing_is_no_draft(page, assignment, paragraphs, student):
    response = page(student).post(compose(assignment), filled(keep="1", body=" "))

    assert response.status_code == 400
    assert "There is nothing to keep yet." in text_of(response)


def test_draft_changed_elsewhere_is_shown_beside_and_may_be_replaced(
    save, page, assignment, paragraphs, student
):
    save()
    browser = page(student)

    refused = browser.post(compose(assignment), filled(keep="1", draft_revision="0"))
    content = text_of(refused)
    assert refused.status_code == 400
    assert "Half a thought" in content
    assert "I doubt it." in content
    revision = re.search(r'name="draft_revision" value="(\d+)"', content)[1]
    browser.post(compose(assignment), filled(keep="1", draft_revision=revision))

    assert Draft.objects.get().content["body"] == "I doubt it."


def test_post_from_a_draft_that_is_gone_loses_nothing(page, assignment, paragraphs, student):
    response = page(student).post(f"{compose(assignment)}?draft={uuid4()}", filled())

    assert response.status_code == 302
    assert Annotation.objects.get().body == "I doubt it."


def test_draft_of_a_change_tells_that_it_was_changed_since(
    save, page, assignment, paragraphs, student
):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment, version=3)
    save(key=f"e:{note.pk}", content={"body": "Begun on the first", "version": "1"})

    content = text_of(page(student).get(at("edit", note.pk)))

    assert "This was changed since you began." in content
    assert "Begun on the first" in content
    assert 'name="version" value="3"' in content


def test_refused_stale_change_can_be_saved_over_what_it_says_now(
    page, assignment, paragraphs, student
):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment, version=3)
    browser = page(student)
    change = {"kind": note.kind, "body": "My new words.", "submission_key": KEY}

    refused = text_of(browser.post(at("edit", note.pk), change | {"version": 2}))
    version = re.search(r'name="version" value="(\d+)"', refused)[1]
    saved = browser.post(at("edit", note.pk), change | {"version": version})

    assert note.body in refused
    assert saved.status_code == 302
    note.refresh_from_db()
    assert note.body == "My new words."


def test_late_post_tells_when_the_server_last_saw_the_draft(
    save, page, assignment, paragraphs, student
):
    save()
    assignment.closes_at = timezone.now()
    assignment.save()
    browser = page(student)

    refused = text_of(browser.post(compose(assignment), filled()))
    sent = text_of(browser.post(compose(assignment), filled(as_late="1"), follow=True))

    assert "the server last saw it on" in refused
    assert "we last saw your draft" in sent
    assert not Draft.objects.exists()


def test_words_posted_from_elsewhere_meanwhile_are_not_lost(page, assignment, paragraphs, student):
    browser = page(student)
    browser.post(compose(assignment), filled(body="From the phone."))

    refused = browser.post(compose(assignment), filled(body="From the laptop."))
    key = re.search(r'name="submission_key" value="([^"]+)"', text_of(refused))[1]
    again = browser.post(compose(assignment), filled(body="From the laptop.", submission_key=key))

    assert refused.status_code == 400
    assert "From the laptop." in text_of(refused)
    assert again.status_code == 302
    assert Annotation.objects.count() == 2


# --- the composer as a fragment ---


def test_fragment_is_the_form_alone(page, assignment, paragraphs, student):
    response = page(student).get(
        f"{compose(assignment)}?kind=question&spans=1:0-6", headers={"X-Fragment": "1"}
    )

    content = text_of(response)
    assert content.lstrip().startswith("<form")
    assert "<html" not in content
    assert 'data-draft="p:1:1:0-6"' in content
    assert f'action="{compose(assignment)}"' in content
    assert re.search(r'value="question" checked', content)
    assert "X-Fragment" in response["Vary"]


def test_post_from_a_fragment_tells_what_was_posted(page, assignment, paragraphs, student):
    response = page(student).post(compose(assignment, 2), filled(), headers=FRAGMENT)

    made = Annotation.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": str(made.pk),
        "root": str(made.pk),
        "paragraph": "p-2",
        "said": "Your comment is posted.",
    }


def test_reply_from_a_fragment_tells_the_paragraph_of_its_thread(
    page, assignment, paragraphs, student, classmate
):
    note = annotation_on(paragraphs[1], author=classmate, assignment=assignment)

    told = page(student).post(at("reply", note.pk), filled(), headers=FRAGMENT).json()

    assert (told["root"], told["paragraph"]) == (str(note.pk), "p-2")


def test_refused_post_from_a_fragment_is_the_form_with_what_was_typed(
    page, assignment, paragraphs, student
):
    response = page(student).post(
        compose(assignment), filled(kind="evidence", warrant="It counts."), headers=FRAGMENT
    )

    content = text_of(response)
    assert response.status_code == 400
    assert content.lstrip().startswith("<form")
    assert "It counts." in content
    assert 'aria-invalid="true"' in content


def test_refusal_that_is_not_about_the_form_is_a_problem_document(
    page, assignment, paragraphs, observer
):
    response = page(observer).get(compose(assignment), headers=FRAGMENT)

    expect_problem(response, 403, "not_allowed")


def test_saved_change_from_a_fragment_is_told(page, assignment, paragraphs, student):
    note = annotation_on(paragraphs[0], author=student, assignment=assignment)
    change = {"kind": note.kind, "body": "New words.", "version": 1}

    response = page(student).post(at("edit", note.pk), change, headers=FRAGMENT)

    assert (response.status_code, response.json()["said"]) == (200, "Your changes are saved.")


# --- preview ---


def test_preview_is_what_posting_would_show(page, student):
    response = page(student).post(at("preview"), {"body": "I *doubt* it. <script>x</script>"})

    assert text_of(response) == "<p>I <em>doubt</em> it. &lt;script&gt;x&lt;/script&gt;</p>"


def test_preview_is_bounded(page, student):
    expect_problem(
        page(student).post(at("preview"), {"body": "x" * 200_000}), 400, "too_long", "/body"
    )


def test_preview_is_for_those_who_signed_in(page, db):
    expect_sign_in(page().post(at("preview"), {"body": "x"}))
