"""Whether one's own words may go into research, by a program."""

import pytest
from django.urls import reverse


@pytest.fixture
def address(seminar):
    seminar.asks_consent = True
    seminar.save()
    return reverse("api:consent", args=[seminar.pk])


def test_consent_is_given_and_taken_back(api, address, seminar, student):
    client = api(student)
    before = client.get(address)

    for answer in (True, False, None):
        told = client.put(address, {"consents": answer})
        assert (told.status_code, told.json()) == (
            200,
            {"asks_consent": True, "consents": answer},
        )

    assert before.json() == {"asks_consent": True, "consents": None}
    assert seminar.memberships.get(user=student).consents is None


@pytest.mark.parametrize("body", [{}, {"consents": "perhaps"}, {"consents": []}], ids=str)
def test_consent_that_is_no_answer_is_refused(body, api, address, student):
    response = api(student).put(address, body)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == ["/consents"]


def test_consent_that_was_changed_meanwhile_is_stale(api, address, student):
    client = api(student, if_match="")
    first = client.get(address)["ETag"]
    client.put(address, {"consents": True}, headers={"If-Match": first})

    again = client.put(address, {"consents": False}, headers={"If-Match": first})

    assert (again.status_code, again.json()["current"]["consents"]) == (412, True)


def test_consent_is_not_taken_where_nobody_asks(api, seminar, student):
    response = api(student).put(reverse("api:consent", args=[seminar.pk]), {"consents": True})

    assert (response.status_code, response.json()["code"]) == (409, "invalid_state")
