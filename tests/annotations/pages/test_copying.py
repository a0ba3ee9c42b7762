"""The page on which a seminar is copied to a new term."""

import pytest

from debate.seminars.models import Seminar

PATH = "/seminars/water-policy/-/copy/"
GIVEN = {"title": "Summer", "starts_on": "2027-04-12"}


def test_copy_is_made_and_led_to(page, instructor, assignment):
    client = page(instructor)
    assert 'value="Water policy"' in client.get(PATH).content.decode()

    response = client.post(PATH, GIVEN)

    assert response["Location"] == "/seminars/summer/"
    made = Seminar.objects.get(slug="summer")
    opens = made.assignments.get().opens_at
    assert (opens.year, opens.month, opens.day) == (2027, 4, 12)
    assert (
        "Look at its dates, then invite people." in client.get("/seminars/summer/").content.decode()
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": "\u200b"}, "Please write something here."),
        ({"starts_on": "soon"}, "Enter a valid date."),
        ({"starts_on": "2199-01-01"}, "Please give a year from 2000 to 2150."),
    ],
)
def test_refusal_stands_at_its_field(given, sentence, page, instructor, seminar):
    response = page(instructor).post(PATH, {**GIVEN, **given})

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert Seminar.objects.get() == seminar


def test_whom_the_site_does_not_let_is_told(page, instructor, settings):
    settings.SEMINAR_CREATORS = ["approved"]

    assert page(instructor).get(PATH).status_code == 403
