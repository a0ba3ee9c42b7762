"""The settings of a seminar, its archive, and the way to the student's view."""

import pytest

from debate.seminars.models import Seminar

PATH = "/seminars/water-policy/-/settings/"
GIVEN = {
    "title": "Water, again",
    "description": "On *Thursdays*.",
    "time_zone": "Asia/Tokyo",
    "allows_public": "on",
    "students_make_groups": "on",
    "asks_consent": "on",
}


def test_settings_are_shown_and_changed(page, instructor, seminar):
    client = page(instructor)
    assert client.get(PATH).context["form"].initial == {
        "title": "Water policy",
        "description": "",
        "time_zone": "UTC",
        "allows_public": False,
        "students_make_groups": False,
        "asks_consent": False,
    }

    response = client.post(PATH, GIVEN, follow=True)

    assert "The settings have been changed." in response.content.decode()
    changed = Seminar.objects.get()
    assert (changed.title, changed.description) == ("Water, again", "On *Thursdays*.")
    assert changed.asks_consent is True
    assert (changed.time_zone, changed.allows_public, changed.students_make_groups) == (
        "Asia/Tokyo", True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [({"title": "\u200b"}, "title"), ({"time_zone": "Mars/Base"}, "time_zone")],
)
def test_refusal_stands_at_its_field_and_keeps_what_was_typed(
    given, field, page, instructor, seminar
):
    response = page(instructor).post(PATH, {**GIVEN, **given})

    form = response.context["form"]
    assert response.status_code == 400
    assert list(form.errors) == [field]
    assert form["description"].value() == "On *Thursdays*."


def test_seminar_is_archived_after_a_question_and_restored(page, instructor, student, assignment):
    client = page(instructor)
    assert "Archive Water policy?" in client.get(f"{PATH}archive/").content.decode()

    archived = client.post(f"{PATH}archive/", follow=True).content.decode()
    assert "This seminar has been archived since" in archived
    assert 'name="title"' not in archived
    assert page(student).get(assignment.get_absolute_url()).status_code == 200
    refused = client.post(PATH, GIVEN)
    assert refused.status_code == 400

    restored = client.post(f"{PATH}restore/", follow=True).content.decode()
    assert "The seminar is open again." in restored
    assert Seminar.objects.get().archived_at is None


def test_nothing_is_written_in_an_archived_seminar(page, instructor, student, assignment):
    writer = page(student)
    address = f"{assignment.get_absolute_url()}annotate/1/1/"
    assert writer.get(address).status_code == 200
    page(instructor).post(f"{PATH}archive/")

    assert writer.get(address).status_code == 403
    assert writer.post(address, {"kind": "comment", "body": "Too late."}).status_code == 403


def test_copying_is_offered_where_the_site_lets(page, instructor, settings):
    offer = 'href="/seminars/water-policy/-/copy/"'
    assert offer in page(instructor).get(PATH).content.decode()

    settings.SEMINAR_CREATORS = ["approved"]

    assert offer not in page(instructor).get(PATH).content.decode()


def test_student_view_leads_to_the_seminar_and_back(page, instructor):
    client = page(instructor)

    begun = client.post("/seminars/water-policy/-/student-view/", follow=True)
    ended = client.post("/seminars/water-policy/-/student-view/end/", follow=True)

    assert begun.wsgi_request.user.username.startswith("student-view-")
    assert ended.wsgi_request.user == instructor
