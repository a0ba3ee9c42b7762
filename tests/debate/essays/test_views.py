"""The library, an essay's page, and an import from the paste to the essay, without JavaScript."""

import html
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from debate.essays.actions import start_revision
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay, ImportDraft
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_same_as_absent,
    expect_sign_in,
)
from tests.factories.assignments import assignment_of
from tests.factories.essays import ImportDraftFactory, ParagraphFactory, RevisionFactory, essay_of
from tests.factories.seminars import MembershipFactory

IMPORT = "/seminars/water-policy/-/import/"
NOT_READ = (
    "This kind of file cannot be read. Please save it as DOCX, PDF, HTML, Markdown or plain text."
)
DRAFT = Draft(
    title="On water",
    author="E. Ostrom",
    affiliation="An Institute",
    blocks=[
        Block(kind="body", html="Water costs. It <em>always</em> did."),
        Block(kind="body", html="Pay for it."),
        Block(kind="body", html="A menu.", left_out=True),
    ],
)
HEAD = {
    "title": "On water",
    "author": "E. Ostrom",
    "affiliation": "",
    "language": "en",
    "source_url": "",
    "licence_note": "",
    "version": "1",
}


@pytest.fixture
def kept(instructor, seminar):
    return ImportDraftFactory(draft=DRAFT, created_by=instructor, seminar=seminar)


def at(kept, name="preview"):
    return reverse(f"essays:import_{name}", args=[kept.pk])


def upload(content, name="essay.md", media_type="application/octet-stream"):
    return {"file": SimpleUploadedFile(name, content, media_type)}


# The library.


def test_library_lists_what_one_may_read(page, student, essay, other_seminar):
    essay_of("Hidden.", seminar=other_seminar, title="Rents")

    response = page(student).get("/essays/")

    assert response.context["page"].essays == [essay]
    assert "Import an essay" not in response.content.decode()


def test_library_offers_instructors_an_import(page, instructor, essay):
    response = page(instructor).get("/essays/")

    assert f'href="{IMPORT}"' in response.content.decode()


def test_library_searched_keeps_the_words(page, student, essay):
    essay_of("Other.", seminar=essay.seminar, title="Rents")

    response = page(student).get("/essays/", {"q": "  who   should "})

    assert response.context["page"].essays == [essay]
    assert 'value="who should"' in response.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "There is no essay here yet."),
        ("none", "No essay that you may read has “none” in its title"),
    ],
)
def test_library_without_essays_says_so(page, db, query, sentence):
    assert sentence in page().get("/essays/", {"q": query}).content.decode()


def test_library_takes_constant_queries(page, student, essay):
    browser = page(student)

    expect_constant_queries(
        lambda: browser.get("/essays/"),
        grow=lambda: [essay_of("More.", seminar=essay.seminar) for _ in range(2)],
    )


# An essay's own page.


def test_essay_shows_text_source_and_licence(page, student, seminar):
    essay = essay_of(
        "One.",
        seminar=seminar,
        byline_author="E. Ostrom",
        source_url="https://example.org/a",
        licence_note="CC BY 4.0",
    )
    ParagraphFactory(
        revision=essay.current_revision, position=2, kind="note", label="1", html="A <em>note</em>."
    )

    content = page(student).get(essay.get_absolute_url()).content.decode()

    assert 'id="p-1"' in content
    assert 'id="note-1"' in content
    assert "A <em>note</em>." in content
    assert 'href="https://example.org/a"' in content
    assert "CC BY 4.0" in content
    assert "Set it to" not in content


def test_essay_leads_to_its_assignments(page, student, assignment):
    response = page(student).get(assignment.essay.get_absolute_url())

    assert list(response.context["assignments"]) == [assignment]
    assert f'href="{assignment.get_absolute_url()}"' in response.content.decode()


def test_essay_offers_instructors_to_set_it(page, instructor, essay):
    content = page(instructor).get(essay.get_absolute_url()).content.decode()

    assert f'href="/essays/{essay.pk}/set/"' in content


def test_older_revision_is_read_by_number(page, student, essay):
    old = essay.current_revision
    essay.current_revision = RevisionFactory(essay=essay, number=2)
    essay.save()
    ParagraphFactory(revision=essay.current_revision, text="New words.")

    current = page(student).get(essay.get_absolute_url())
    older = page(student).get(essay.get_absolute_url(), {"revision": "1"})

    assert [one.html for one in current.context["paragraphs"]] == ["New words."]
    assert older.context["revision"] == old


def test_revision_that_is_not_there_is_not_found(page, student, essay):
    response = page(student).get(essay.get_absolute_url(), {"revision": "7"})

    assert response.status_code == 404


@pytest.mark.parametrize("role", ["outsider", "operator", "anonymous"])
def test_essay_of_another_seminar_looks_absent(request, page, essay, role):
    browser = page(request.getfixturevalue(role))

    expect_same_as_absent(
        browser.get(essay.get_absolute_url()), browser.get(f"/essays/{uuid.uuid4()}/")
    )


def test_public_essay_is_read_without_account(page, seminar):
    essay = essay_of("Open to all.", seminar=seminar, is_public=True)
    assignment_of(essay)

    response = page().get(essay.get_absolute_url())

    assert "Open to all." in response.content.decode()
    assert list(response.context["assignments"]) == []


def test_essay_takes_constant_queries(page, student, essay):
    browser = page(student)

    def grow():
        for position in (4, 5):
            ParagraphFactory(revision=essay.current_revision, position=position)
            assignment_of(essay)

    expect_constant_queries(lambda: browser.get(essay.get_absolute_url()), grow=grow)


# An import begins.


def test_paste_leads_to_its_preview(page, instructor, seminar):
    response = page(instructor).post(
        IMPORT,
        {
            "text": "# On water\n\nWater *costs*.\n\nPay for it.",
            "source_url": "https://example.org/a",
            "licence_note": "CC BY",
        },
    )

    kept = ImportDraft.objects.get()
    assert response["Location"] == f"/essays/imports/{kept.pk}/"
    assert (kept.seminar, kept.created_by, kept.filename) == (seminar, instructor, "")
    assert (kept.source_url, kept.licence_note) == ("https://example.org/a", "CC BY")
    assert kept.draft.title == "On water"
    assert [block.html for block in kept.draft.blocks] == ["Water <em>costs</em>.", "Pay for it."]


def test_upload_leads_to_its_preview(page, instructor, seminar):
    page(instructor).post(IMPORT, upload(b"# On water\n\nWater costs."))

    kept = ImportDraft.objects.get()
    assert (kept.filename, kept.draft.title) == ("essay.md", "On water")


def test_html_of_clipboard_is_read_when_present(page, instructor, seminar):
    given = {
        "text": "On water\nWater costs.",
        "html": "<h1>On water</h1><p>Water <b>costs</b>.</p>",
    }

    page(instructor).post(IMPORT, given)

    draft = ImportDraft.objects.get().draft
    assert (draft.title, draft.blocks[0].html) == ("On water", "Water <strong>costs</strong>.")


def test_paste_called_plain_is_read_without_its_html(page, instructor, seminar):
    given = {"text": "Water costs.", "html": "<p>Other.</p>", "media_type": "text/plain"}

    page(instructor).post(IMPORT, given)

    assert [block.text for block in ImportDraft.objects.get().draft.blocks] == ["Water costs."]


def test_windows_1251_upload_is_read(page, instructor, seminar):
    page(instructor).post(IMPORT, upload("Вода стоит денег. Это так.".encode("cp1251"), "a.txt"))

    texts = [block.text for block in ImportDraft.objects.get().draft.blocks]
    assert texts == ["Вода стоит денег. Это так."]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, {"text": ["Please paste the essay, or choose its file."]}),
        ({"text": " \n "}, {"text": ["Please paste the essay, or choose its file."]}),
        (
            {"text": "\x00"},
            {
                "text": ["Null characters are not allowed."],
            },
        ),
        (
            {"text": "One.", **upload(b"Two.")},
            {"file": ["Please give either the text or a file, not both."]},
        ),
        (
            {"text": "One.", "source_url": "javascript:alert(1)"},
            {"source_url": ["Enter a valid URL."]},
        ),
        (
            {"text": "One.", "source_url": "ftp://example.org/"},
            {"source_url": ["Please give an address that begins with https://."]},
        ),
        (
            upload(b""),
            {"file": ["There is no text here. Please paste the essay or choose its file."]},
        ),
        (
            upload(b"GIF89a", "a.gif", "image/gif"),
            {
                "file": [NOT_READ],
            },
        ),
    ],
)
def test_import_with_error_names_its_field(page, instructor, seminar, given, errors):
    response = page(instructor).post(IMPORT, {"licence_note": "CC BY", **given})

    assert response.status_code == 400
    assert response.context["form"].errors == errors
    assert response.context["form"]["licence_note"].value() == "CC BY"
    assert not ImportDraft.objects.exists()


def test_three_mebibytes_uploaded_are_refused_at_their_field(page, instructor, seminar):
    response = page(instructor).post(IMPORT, upload(b"word " * 629_146))

    assert response.context["form"].errors == {
        "file": ["This is larger than 2 MiB. Please take images out or import a part of it."]
    }


def test_three_mebibytes_pasted_are_refused_and_kept(page, instructor, seminar):
    text = "word " * 629_146

    response = page(instructor).post(IMPORT, {"text": text})

    assert response.context["form"].errors == {
        "text": ["This is larger than 2 MiB. Please take images out or import a part of it."]
    }
    assert response.context["form"]["text"].value() == text


def test_more_than_any_form_takes_is_a_page_of_its_own(page, instructor, seminar):
    response = page(instructor).post(IMPORT, {"text": "word " * 1_300_000})

    assert response.status_code == 413
    assert "This is more than is taken in one go." in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_import_is_begun_by_instructors_only(request, page, seminar, role, method):
    browser = page(request.getfixturevalue(role))

    expect_denied(getattr(browser, method)(IMPORT, {"text": "One."}))

    assert not ImportDraft.objects.exists()


def test_import_into_another_seminar_looks_absent(page, outsider, seminar):
    browser = page(outsider)

    expect_same_as_absent(browser.get(IMPORT), browser.get("/seminars/none/-/import/"))


def test_import_needs_sign_in(page, seminar):
    expect_sign_in(page().get(IMPORT))


# The preview.


def test_preview_shows_numbers_and_what_is_left_out(page, instructor, kept):
    response = page(instructor).get(at(kept))

    blocks = response.context["preview"].blocks
    assert [(one.index, one.number, one.block.left_out) for one in blocks] == [
        (0, 1, False),
        (1, 2, False),
        (2, None, True),
    ]
    assert "It <em>always</em> did." in response.content.decode()


def test_preview_takes_constant_queries(page, instructor, kept):
    browser = page(instructor)
    more = Draft(title="A", blocks=[Block(kind="body", html=f"P{n}.") for n in range(9)])

    expect_constant_queries(
        lambda: browser.get(at(kept)),
        grow=lambda: ImportDraft.objects.update(content=more.to_json()),
    )


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        (
            {"operation": "merge", "block": "0"},
            ["Water costs. It always did. Pay for it.", "A menu."],
        ),
        (
            {"operation": "split", "block": "0", "at": "13"},
            ["Water costs.", "It always did.", "Pay for it.", "A menu."],
        ),
        (
            {"operation": "split", "block": "0", "words": "always"},
            ["Water costs. It", "always did.", "Pay for it.", "A menu."],
        ),
        (
            {"operation": "correct", "block": "1", "text": "Do pay for it."},
            ["Water costs. It always did.", "Do pay for it.", "A menu."],
        ),
    ],
)
def test_operation_changes_the_words_and_returns(page, instructor, kept, given, texts):
    response = page(instructor).post(at(kept, "correct"), {"version": "1", **given})

    assert response["Location"] == f"{at(kept)}?page=1#b-{given['block']}"
    assert [block.text for block in ImportDraft.objects.get().draft.blocks] == texts


@pytest.mark.parametrize(
    ("given", "attribute", "value"),
    [
        ({"operation": "retype", "block": "1", "kind": "quote"}, "kind", "quote"),
        ({"operation": "retype", "block": "1", "kind": "heading", "level": "3"}, "level", 3),
        ({"operation": "leave_out", "block": "1"}, "left_out", True),
        ({"operation": "restore", "block": "2"}, "left_out", False),
    ],
)
def test_operation_changes_the_block(page, instructor, kept, given, attribute, value):
    page(instructor).post(at(kept, "correct"), {"version": "1", **given})

    block = ImportDraft.objects.get().draft.blocks[int(given["block"])]
    assert getattr(block, attribute) == value


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"operation": "correct", "block": "0", "text": " "}, "A paragraph needs words."),
        ({"operation": "split", "block": "0", "at": "0"}, "Choose a place inside the paragraph"),
        (
            {"operation": "split", "block": "0", "words": "s"},
            "These words stand in it 3 times.",
        ),
        ({"operation": "split", "block": "0", "words": "xyz"}, "These words do not stand in it."),
        ({"operation": "split", "block": "9", "words": "xyz"}, "These words do not stand in it."),
        ({"operation": "merge", "block": "1"}, "There is no paragraph after this one"),
        ({"operation": "retype", "block": "0", "kind": "break"}, "A break has no words."),
        ({"operation": "leave_out", "block": "9"}, "This paragraph is not in the draft any more."),
    ],
)
def test_operation_that_does_not_fit_is_told(page, instructor, kept, given, sentence):
    response = page(instructor).post(at(kept, "correct"), {"version": "1", **given})

    assert response.status_code == 400
    assert response.context["refusal"].sentence.startswith(sentence)
    assert sentence in response.content.decode()
    assert ImportDraft.objects.get().draft == DRAFT


def test_words_corrected_in_an_old_window_are_kept(page, instructor, kept):
    browser = page(instructor)
    browser.post(at(kept, "correct"), {"version": "1", "operation": "leave_out", "block": "1"})
    given = {"version": "1", "operation": "correct", "block": "0", "text": "My words."}

    response = browser.post(at(kept, "correct"), given)

    assert response.status_code == 409
    assert response.context["preview"].blocks[0].source == "My words."
    assert 'name="version" value="2"' in response.content.decode()


def field_of(response, name):
    """The field of the first block, as the page shows it, and the sentence that describes it."""
    content = response.content.decode()
    (field,) = re.findall(rf'<(?:input|select|textarea) id="{name}-0"[^>]*>', content)
    described = re.search(r'aria-describedby="([^"]*)"', field)
    if not described:
        return field, ""
    (sentence,) = re.findall(rf'<p class="errorlist" id="{described[1]}">([^<]*)</p>', content)
    return field, html.unescape(sentence)


@pytest.mark.parametrize(
    ("given", "name", "sentence"),
    [
        (
            {"operation": "split", "words": "<xyz> & co"},
            "words",
            "These words do not stand in it. Please type words that stand there once.",
        ),
        (
            {"operation": "split", "words": "Water costs."},
            "words",
            "Choose a place inside the paragraph, with words on both sides.",
        ),
        (
            {"operation": "split", "words": " "},
            "words",
            "Choose a place inside the paragraph, with words on both sides.",
        ),
        (
            {"operation": "split", "at": "900"},
            "at",
            "Choose a place inside the paragraph, with words on both sides.",
        ),
        (
            {"operation": "retype", "kind": "break"},
            "kind",
            "A break has no words. Leave this paragraph out instead.",
        ),
        (
            {"operation": "correct", "text": " "},
            "text",
            "A paragraph needs words. To take it away, leave it out.",
        ),
    ],
)
def test_refused_operation_is_told_at_its_field(page, instructor, kept, given, name, sentence):
    given |= {"version": "1", "block": "0"}

    response = page(instructor).post(at(kept, "correct"), given)

    field, told = field_of(response, name)
    assert told == sentence
    content = response.content.decode()
    assert content.count('aria-invalid="true"') == 1
    assert 'aria-invalid="true"' in field
    assert content.count('class="errorlist"') == 1


def test_words_of_a_refused_split_come_back_as_unsaved(page, instructor, kept):
    given = {"version": "1", "block": "0", "operation": "split", "at": "13", "words": '"xyz" & co'}

    response = page(instructor).post(at(kept, "correct"), given)

    assert 'value="&quot;xyz&quot; &amp; co"' in field_of(response, "words")[0]
    content = response.content.decode()
    assert '<option value="13" selected>' in content
    assert content.count('data-leaving="unsaved"') == 1
    assert 'value="split"' in content.split('data-leaving="unsaved"')[1].split("</form>")[0]


def test_kind_that_was_refused_stays_chosen(page, instructor, kept):
    given = {"version": "1", "block": "0", "operation": "retype", "kind": "break"}

    content = page(instructor).post(at(kept, "correct"), given).content.decode()

    first, second = content.split('id="b-1"')
    assert '<option value="break" selected>' in first
    assert '<option value="body" selected>' not in first
    assert '<option value="body" selected>' in second


def test_words_to_split_before_in_an_old_window_are_kept(page, instructor, kept):
    browser = page(instructor)
    browser.post(at(kept, "correct"), {"version": "1", "operation": "leave_out", "block": "1"})
    given = {"version": "1", "operation": "split", "block": "0", "words": "always"}

    response = browser.post(at(kept, "correct"), given)

    assert response.status_code == 409
    field, told = field_of(response, "words")
    assert (told, 'value="always"' in field, "aria-invalid" in field) == ("", True, False)
    assert response.context["refusal"].sentence in response.content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"version": "1", "operation": "explode", "block": "0"},
        {"version": "1", "operation": "merge", "block": "-1"},
        {"version": "9" * 30, "operation": "merge", "block": "0"},
        {"version": "1", "operation": "retype", "block": "0", "kind": "poem"},
    ],
)
def test_form_of_no_page_is_refused(page, instructor, kept, given):
    response = page(instructor).post(at(kept, "correct"), given)

    assert response.status_code == 400
    assert "This form could not be understood." in response.content.decode()


def test_last_change_is_taken_back(page, instructor, kept):
    browser = page(instructor)
    browser.post(at(kept, "correct"), {"version": "1", "operation": "merge", "block": "0"})

    response = browser.post(at(kept, "undo"), {"version": "2"}, follow=True)

    assert "The last change has been taken back." in response.content.decode()
    assert ImportDraft.objects.get().draft == DRAFT


def test_nothing_to_take_back_is_told(page, instructor, kept):
    response = page(instructor).post(at(kept, "undo"), {"version": "1"}, follow=True)

    assert "There is nothing to take back." in response.content.decode()


def test_undo_without_version_is_refused(page, instructor, kept):
    assert page(instructor).post(at(kept, "undo")).status_code == 400


def test_head_kept_goes_on_with_the_import(page, instructor, kept):
    response = page(instructor).post(at(kept, "head"), HEAD | {"title": "Water"})

    assert response["Location"] == at(kept)
    assert ImportDraft.objects.get().draft.title == "Water"


@pytest.mark.parametrize("name", ["head", "finish"])
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": ""}, "title"),
        ({"language": "no language"}, "language"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"version": "7"}, "__all__"),
    ],
)
def test_head_refused_keeps_what_was_typed(page, instructor, kept, name, given, field):
    response = page(instructor).post(at(kept, name), HEAD | {"author": "Somebody"} | given)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["author"].value() == "Somebody"
    assert ImportDraft.objects.get().draft == DRAFT


def test_import_finished_leads_to_the_essay(page, instructor, kept):
    response = page(instructor).post(at(kept, "finish"), HEAD, follow=True)

    essay = Essay.objects.get()
    assert response.redirect_chain == [(f"/essays/{essay.pk}/", 302)]
    assert "Set it to Water policy" in response.content.decode()
    assert not ImportDraft.objects.exists()


def test_import_dropped_after_question(page, instructor, kept):
    browser = page(instructor)

    question = browser.get(at(kept, "discard"))
    answer = browser.post(at(kept, "discard"))

    assert "Drop this import?" in question.content.decode()
    assert answer["Location"] == "/seminars/water-policy/"
    assert not ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("method", "name", "given"),
    [
        ("get", "preview", {}),
        ("post", "correct", {"version": "1", "operation": "merge", "block": "0"}),
        ("post", "undo", {"version": "1"}),
        ("post", "head", HEAD),
        ("post", "finish", HEAD),
        ("get", "discard", {}),
        ("post", "discard", {}),
    ],
)
@pytest.mark.parametrize("role", ["assistant", "student", "observer", "outsider"])
def test_import_of_another_looks_absent(request, page, kept, role, method, name, given):
    browser = page(request.getfixturevalue(role))

    hidden = getattr(browser, method)(at(kept, name), given)
    nowhere = reverse(f"essays:import_{name}", args=[uuid.uuid4()])

    expect_same_as_absent(hidden, getattr(browser, method)(nowhere, given))
    assert ImportDraft.objects.get().draft == DRAFT


@pytest.mark.parametrize("name", ["preview", "discard"])
def test_import_under_way_needs_sign_in(page, kept, name):
    expect_sign_in(page().get(at(kept, name)))


# Revising an essay.


@pytest.fixture
def colleague(seminar):
    """Another instructor of the seminar."""
    return MembershipFactory(
        seminar=seminar, role="instructor", user__username="colleague", user__name="Nadia Berrada"
    ).user


@pytest.fixture
def revised(instructor, essay):
    """The instructor's draft of the essay's next revision."""
    return start_revision(actor=instructor, essay=essay)


def text_of(response):
    return html.unescape(response.content.decode())


def test_revise_begins_a_draft_once_and_goes_to_it(page, essay, instructor):
    browser = page(instructor)
    url = reverse("essays:revise", args=[essay.pk])

    places = [browser.post(url)["Location"] for _ in range(2)]

    kept = ImportDraft.objects.get()
    assert places == [kept.get_absolute_url()] * 2
    assert (kept.essay, kept.base) == (essay, essay.current_revision)
    shown = text_of(browser.get(places[0]))
    assert "<h1>Revision 2 of Who should pay for water?</h1>" in shown
    assert "See what changes</button>" in shown
    assert "Save the essay" not in shown


@pytest.mark.parametrize("actor", ["student", "assistant", "observer"])
def test_revise_is_for_instructors(actor, page, essay, request):
    browser = page(request.getfixturevalue(actor))

    expect_denied(browser.post(reverse("essays:revise", args=[essay.pk])))
    assert "Revise</button>" not in text_of(browser.get(essay.get_absolute_url()))


def test_essay_tells_who_else_revises_it_and_since_when(page, essay, instructor, colleague):
    other = start_revision(actor=colleague, essay=essay)
    mine = start_revision(actor=instructor, essay=essay)
    since = timezone.localtime(other.created_at).strftime("%H:%M")

    pages = [
        text_of(page(instructor).get(url))
        for url in (essay.get_absolute_url(), mine.get_absolute_url())
    ]

    for shown in pages:
        sentence = re.sub(r"<[^>]+>", "", shown)
        assert f"Nadia Berrada is also revising this essay, since {since}." in sentence
    assert "Go on with your revision</button>" in pages[0]


def test_essay_lists_its_revisions(page, essay, student):
    RevisionFactory(essay=essay, number=2, note="Clearer")

    shown = text_of(page(student).get(essay.get_absolute_url()))

    assert '<a href="?revision=2">Revision 2</a>' in shown
    assert "<b>Revision 1</b>" in shown
    assert ": Clearer</li>" in shown


def test_whole_text_is_given_as_markdown_and_taken_back(page, kept, instructor):
    browser = page(instructor)

    shown = text_of(browser.get(at(kept, "text")))
    response = browser.post(
        at(kept, "text"), {"version": 1, "text": "# Not a title\n\nWater *costs*.\n\n> So it is."}
    )

    assert "Water costs. It *always* did.\n\nPay for it.\n\n{left out body} A menu.\n" in shown
    assert response["Location"] == kept.get_absolute_url()
    kept.refresh_from_db()
    assert [(one.kind, one.html) for one in kept.draft.blocks] == [
        ("heading", "Not a title"),
        ("body", "Water <em>costs</em>."),
        ("quote", "So it is."),
    ]
    assert (kept.draft.title, kept.draft.author, kept.version) == ("On water", "E. Ostrom", 2)
    assert Draft.from_json(kept.previous) == DRAFT


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"version": 1, "text": "\n  \n"}, "There is no text here."),
        ({"version": 7, "text": "My words."}, "This import was changed in another window."),
        ({"version": 1, "text": "x" * 20_001}, "has more than 20,000 characters."),
    ],
)
def test_whole_text_that_is_refused_stays_in_its_field(given, sentence, page, kept, instructor):
    response = page(instructor).post(at(kept, "text"), given)

    assert response.status_code == 400
    assert sentence in text_of(response)
    assert given["text"] in text_of(response)
    assert '<input type="hidden" name="version" value="1">' in text_of(response)
    kept.refresh_from_db()
    assert kept.draft == DRAFT


def test_new_file_takes_the_place_of_the_text_under_the_same_head(page, kept, instructor):
    given = {"version": 1, **upload(b"# Another title\n\nWater costs more now.", "new.md")}

    response = page(instructor).post(at(kept, "replace"), given)

    assert response["Location"] == kept.get_absolute_url()
    kept.refresh_from_db()
    assert [one.text for one in kept.draft.blocks] == ["Water costs more now."]
    assert kept.draft.title == "On water"
    assert kept.draft.remarks[-1] == "The file's title, “Another title”, was not taken over."


def test_new_file_that_cannot_be_read_changes_nothing(page, kept, instructor):
    given = {"version": 1, **upload(b"\xd0\xcf\x11\xe0", "old.doc")}

    response = page(instructor).post(at(kept, "replace"), given)

    assert response.status_code == 400
    assert NOT_READ in text_of(response)
    kept.refresh_from_db()
    assert kept.version == 1


@pytest.mark.parametrize("name", ["text", "replace"])
def test_text_larger_than_what_is_read_is_refused(name, page, kept, instructor):
    much = "word " * 420_000
    given = {"text": much} if name == "text" else upload(much.encode(), "new.md")

    response = page(instructor).post(at(kept, name), {"version": 1, **given})

    assert response.status_code == 400
    assert "This is larger than 2 MiB." in text_of(response)
    kept.refresh_from_db()
    assert kept.version == 1


def test_head_of_a_revision_is_kept_on_the_way_to_what_changes(page, revised, instructor):
    head = {**HEAD, "title": "Who pays?", "author": ""}

    response = page(instructor).post(f"{at(revised, 'head')}?then=changes", head)

    assert response["Location"] == reverse("annotations:publication", args=[revised.pk])
    revised.refresh_from_db()
    assert revised.draft.title == "Who pays?"


def test_head_that_stands_already_makes_no_new_version(page, revised, instructor):
    head = {**HEAD, "title": "Who should pay for water?", "author": ""}

    page(instructor).post(f"{at(revised, 'head')}?then=changes", head)

    revised.refresh_from_db()
    assert (revised.version, revised.previous) == (1, "")


def test_revision_is_dropped_and_the_essay_stays(page, essay, revised, instructor):
    browser = page(instructor)

    asked = text_of(browser.get(at(revised, "discard")))
    response = browser.post(at(revised, "discard"))

    assert "Drop this revision?" in asked
    assert response["Location"] == essay.get_absolute_url()
    assert not ImportDraft.objects.exists()
    assert essay.revisions.count() == 1


def test_revision_cannot_be_saved_as_an_essay_of_its_own(page, revised, instructor):
    response = page(instructor).post(at(revised, "finish"), {**HEAD, "title": "Again"})

    assert response.status_code == 400
    assert Essay.objects.count() == 1


def test_going_on_from_a_newer_revision_keeps_the_text(page, essay, revised, instructor):
    newer = RevisionFactory(essay=essay, number=2)
    url = reverse("essays:go_on", args=[revised.pk])

    response = page(instructor).post(url, {"version": 1, "base": 2})

    assert response["Location"] == reverse("annotations:publication", args=[revised.pk])
    before = revised.content
    revised.refresh_from_db()
    assert (revised.base, revised.content, revised.version) == (newer, before, 2)


def test_preview_tells_of_a_revision_published_meanwhile(page, essay, revised, instructor):
    browser = page(instructor)
    before = text_of(browser.get(revised.get_absolute_url()))
    essay.current_revision = RevisionFactory(essay=essay, number=2)
    essay.save()

    after = text_of(browser.get(revised.get_absolute_url()))

    sentence = "Revision 2 was published since you began."
    assert (sentence in before, sentence in after) == (False, True)
    assert reverse("annotations:publication", args=[revised.pk]) in after


@pytest.mark.parametrize(
    ("given", "status"), [({}, 400), ({"version": 1, "base": 9}, 404), ({"base": 1}, 400)]
)
def test_going_on_from_no_revision_is_refused(given, status, page, revised, instructor):
    url = reverse("essays:go_on", args=[revised.pk])

    assert page(instructor).post(url, given).status_code == status


def test_going_on_with_a_draft_that_changed_elsewhere_is_told(page, revised, instructor):
    url = reverse("essays:go_on", args=[revised.pk])

    response = page(instructor).post(url, {"version": 9, "base": 1}, follow=True)

    assert "This import was changed in another window." in text_of(response)
    revised.refresh_from_db()
    assert revised.version == 1


@pytest.mark.parametrize("name", ["text", "replace"])
def test_text_of_another_persons_import_is_absent(name, page, kept, colleague):
    browser = page(colleague)
    absent = reverse(f"essays:import_{name}", args=[uuid.uuid4()])

    expect_same_as_absent(browser.get(at(kept, name)), browser.get(absent))


def test_preview_of_a_revision_asks_as_often_with_three_people_revising(
    page, essay, revised, instructor, seminar
):
    browser = page(instructor)

    def grow():
        for _ in range(2):
            other = MembershipFactory(seminar=seminar, role="instructor").user
            start_revision(actor=other, essay=essay)

    expect_constant_queries(lambda: browser.get(revised.get_absolute_url()), grow=grow)
