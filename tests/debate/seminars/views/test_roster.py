"""The roster's pages: a file looked at, corrected, applied and downloaded."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import html

from debate.seminars.models import RosterEntry
from tests.expect import expect_constant_queries, expect_same_as_absent
from tests.factories.accounts import UserFactory
from tests.factories.seminars import GroupFactory, RosterEntryFactory

ROSTER = "/seminars/water-policy/-/people/roster/"
TEXT = "email,name,role,section\nnew@example.org,José,student,Friday\n"


def text_of(response):
    return " ".join(html.document_fromstring(response.content).text_content().split())


def look(browser, text=TEXT, **more):
    return browser.post(ROSTER, {"text": text, "role": "student", **more})


def seen(response):
    """The form of the preview, as it is sent when it is applied."""
    return dict(response.context["form"].initial)


def test_roster_looked_at_changes_nothing_and_says_what_would(page, instructor, student):
    response = look(page(instructor))

    text = text_of(response)
    assert response.status_code == 200
    for words in (
        "becomes student in Friday at the first sign-in",
        "No e-mail is sent.",
        "New section: Friday.",
        "2 members of the seminar are not in the roster and stay.",
    ):
        assert words in text
    assert not RosterEntry.objects.exists()


def test_roster_applied_says_what_was_done(page, instructor, seminar):
    UserFactory(username="ada")
    browser = page(instructor)
    preview = look(
        browser, TEXT + "ada@example.org,,observer,\ninstructor@example.org,,instructor,"
    )

    response = browser.post(f"{ROSTER}apply/", seen(preview), follow=True)

    assert "The roster has been applied: 1 added, 1 expected, 1 left as they were." in text_of(
        response
    )
    assert RosterEntry.objects.get().name == "José"
    assert seminar.memberships.get(user__username="ada").role == "observer"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_roster_of_a_file_is_read(page, instructor, encoding):
    file = SimpleUploadedFile("roster.csv", TEXT.encode(encoding))

    response = look(page(instructor), "", file=file)

    assert "José" in text_of(response)
    assert "Windows-1252" not in text_of(response)


def test_roster_of_an_old_spreadsheet_is_read_and_said_to_be_so(page, instructor):
    file = SimpleUploadedFile("roster.csv", TEXT.encode("cp1252"))

    response = look(page(instructor), "", file=file)

    assert "José" in text_of(response)
    assert "was read as Windows-1252" in text_of(response)


@pytest.mark.parametrize(
    ("posted", "field", "words"),
    [
        ({"text": " "}, "text", "Please choose a file, or paste the lines."),
        ({"text": "name\nAda"}, "text", "The first line has to name the columns"),
        ({"file": b"\x81\x8d"}, "file", "The file is neither UTF-8 nor Windows-1252 text."),
        ({"file": b"a" * 1_048_577}, "file", "A roster may be 1 MiB large."),
        ({"file": b""}, "text", "There is nothing in it."),
        ({"text": TEXT, "role": "guest"}, "role", "Select a valid choice."),
    ],
)
def test_roster_that_is_none_says_why(page, instructor, posted, field, words):
    posted = {"role": "student"} | posted
    if "file" in posted:
        posted["file"] = SimpleUploadedFile("roster.csv", posted["file"])

    response = page(instructor).post(ROSTER, posted)

    assert response.status_code == 400
    assert response.context["form"].errors[field][0].startswith(words)


def test_roster_with_an_error_is_marked_and_cannot_be_applied(page, instructor):
    browser = page(instructor)

    preview = look(browser, TEXT + "nonsense,,,\n")

    assert "Email: This is no e-mail address." in text_of(preview)
    assert "Apply the roster" not in text_of(preview)
    refused = browser.post(f"{ROSTER}apply/", seen(preview))
    assert refused.status_code == 400
    assert "Please correct the lines that are marked." in text_of(refused)
    assert not RosterEntry.objects.exists()


def test_roster_edited_after_it_was_looked_at_is_shown_again(page, instructor):
    browser = page(instructor)
    edited = seen(look(browser)) | {"text": TEXT.replace("student", "assistant")}

    response = browser.post(f"{ROSTER}apply/", edited)

    assert response.status_code == 409
    assert "Please look at the lines again." in text_of(response)
    assert "becomes assistant limited to Friday" in text_of(response)
    assert not RosterEntry.objects.exists()
    browser.post(f"{ROSTER}apply/", seen(response))
    assert RosterEntry.objects.get().role == "assistant"


def test_roster_that_changes_nothing_offers_nothing(page, instructor):
    preview = look(page(instructor), "instructor@example.org", role="instructor")

    assert "Nothing would change." in text_of(preview)


@pytest.mark.parametrize("posted", [{}, {"text": "x", "role": "student", "mark": ""}])
def test_roster_applied_without_having_been_looked_at_begins_anew(page, instructor, posted):
    assert page(instructor).post(f"{ROSTER}apply/", posted)["Location"] == ROSTER


def test_hostile_cells_are_shown_as_text(page, instructor):
    response = look(page(instructor), 'email,name\na@example.org,"<script>alert(1)</script>"')

    assert b"<script>alert" not in response.content


def test_expected_people_are_listed_and_removed_after_the_question(page, instructor, seminar):
    entry = RosterEntryFactory(seminar=seminar, email="new@example.org")
    browser = page(instructor)
    address = f"{ROSTER}{entry.pk}/remove/"

    assert address in browser.get(ROSTER).content.decode()
    assert "Stop expecting new@example.org?" in text_of(browser.get(address))
    assert "new@example.org is no longer expected." in text_of(browser.post(address, follow=True))
    assert not RosterEntry.objects.exists()


def test_expected_person_of_another_seminar_is_as_none(page, instructor):
    entry = RosterEntryFactory()
    browser = page(instructor)

    expect_same_as_absent(
        browser.post(f"{ROSTER}{entry.pk}/remove/"),
        browser.post(f"{ROSTER}{uuid.UUID(int=7)}/remove/"),
    )
    assert RosterEntry.objects.exists()


def test_expected_people_take_a_fixed_number_of_queries(page, instructor, seminar):
    browser = page(instructor)
    section = GroupFactory(seminar=seminar, kind="section")

    expect_constant_queries(
        lambda: browser.get(ROSTER),
        grow=lambda: RosterEntryFactory.create_batch(3, seminar=seminar, section=section),
    )


def test_roster_downloaded_holds_no_formula(page, instructor, seminar):
    RosterEntryFactory(seminar=seminar, email="new@example.org", name='=HYPERLINK("x")')

    response = page(instructor).get(f"{ROSTER}download/")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="water-policy-roster.csv"'
    assert response.content.decode("utf-8-sig").splitlines() == [
        "name,email,role,section",
        "Instructor,instructor@example.org,instructor,",
        '"\'=HYPERLINK(""x"")",new@example.org,student,',
    ]
