import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from tests.expect import expect_problem
from tests.factories.essays import EssayFactory, ParagraphFactory, essay_of

SALT = "debate.api.cursor"


@pytest.fixture
def essays(seminar):
    return EssayFactory.create_batch(7, seminar=seminar)


def ids(response):
    return [one["id"] for one in response.json()["results"]]


def test_pages_forwards_give_every_row_once_in_order(api, student, essays):
    client = api(student)
    first = client.get("/api/v1/essays/?limit=3")
    second = client.get(first.json()["next"])
    third = client.get(second.json()["next"])

    assert ids(first) + ids(second) + ids(third) == [str(essay.pk) for essay in essays]
    assert (first.json()["previous"], third.json()["next"]) == (None, None)


def test_pages_backwards_give_the_same_pages(api, student, essays):
    client = api(student)
    first = client.get("/api/v1/essays/?limit=3")
    second = client.get(first.json()["next"])
    third = client.get(second.json()["next"])

    back = client.get(third.json()["previous"])
    again = client.get(back.json()["previous"])

    assert ids(back) == ids(second)
    assert ids(again) == ids(first)
    assert again.json()["previous"] is None


def test_pages_while_others_write_neither_skip_nor_repeat(api, student, essays, seminar):
    client = api(student)
    first = client.get("/api/v1/essays/?limit=4")
    essays[1].delete()
    new = EssayFactory(seminar=seminar)

    second = client.get(first.json()["next"])

    assert ids(second) == [str(essay.pk) for essay in [*essays[4:], new]]


def test_page_names_its_neighbours_in_the_link_header(api, student, essays):
    response = api(student).get("/api/v1/essays/?limit=3")

    assert response["Link"] == f'<{response.json()["next"]}>; rel="next"'


def test_page_asked_to_count_tells_the_exact_total(api, student, essays):
    response = api(student).get("/api/v1/essays/?limit=3&count=1")

    assert response.json()["total"] == 7
    assert "count" not in response.json()["next"]


def test_page_not_asked_to_count_has_no_total(api, student, essays):
    assert api(student).get("/api/v1/essays/").json().keys() == {"results", "next", "previous"}


def test_page_without_limit_has_50_rows(api, student, seminar):
    EssayFactory.create_batch(51, seminar=seminar)

    assert len(ids(api(student).get("/api/v1/essays/"))) == 50


def test_page_keeps_the_filters_of_its_list(api, student, seminar, essays):
    response = api(student).get(f"/api/v1/essays/?limit=3&seminar={seminar.pk}")

    assert f"seminar={seminar.pk}" in response.json()["next"]


def test_pages_of_paragraphs_follow_the_text(api, student, seminar):
    essay = essay_of(seminar=seminar)
    last = ParagraphFactory(revision=essay.current_revision, position=3)
    first = ParagraphFactory(revision=essay.current_revision, position=1)
    middle = ParagraphFactory(revision=essay.current_revision, position=2)
    client = api(student)

    page = client.get(f"/api/v1/essays/{essay.pk}/paragraphs/?limit=2")
    following = client.get(page.json()["next"])

    assert ids(page) == [str(first.pk), str(middle.pk)]
    assert ids(following) == [str(last.pk)]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", " ", "1e2", "9" * 40, "0001999", "٣"])
def test_limit_outside_its_bounds_is_refused_and_named(api, student, limit):
    response = api(student).get("/api/v1/essays/", {"limit": limit})

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [
        {"parameter": "limit", "detail": "Give a whole number from 1 to 200."}
    ]


def test_limit_at_its_bound_is_taken(api, student, essays):
    assert len(ids(api(student).get("/api/v1/essays/?limit=200"))) == 7


@pytest.mark.parametrize("cursor", ["x", "WyJuIl0", "a:b:c", "🙂"])
def test_cursor_that_was_made_up_is_refused(api, student, cursor):
    response = api(student).get("/api/v1/essays/", {"cursor": cursor})

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [{"parameter": "cursor", "detail": "This is no cursor of ours."}]


def test_cursor_of_another_list_is_refused(api, student, seminar, essays):
    client = api(student)
    url = client.get("/api/v1/essays/?limit=3").json()["next"]

    response = client.get(url.replace("/essays/", "/seminars/"))

    body = expect_problem(response, 400, "invalid")
    assert body["errors"][0]["detail"] == "This cursor belongs to another list."


def test_cursor_with_other_filters_is_refused(api, student, seminar, essays):
    client = api(student)
    url = client.get("/api/v1/essays/?limit=3").json()["next"]

    response = client.get(f"{url}&seminar={seminar.pk}")

    assert expect_problem(response, 400, "invalid")["errors"][0]["parameter"] == "cursor"


def test_page_that_has_neighbours_is_not_sent_again_while_it_is_the_same(
    api, student, essays, monkeypatch
):
    client = api(student)
    first = client.get("/api/v1/essays/?limit=3")
    middle = client.get(first.json()["next"])
    later = time.time() + 3_600
    monkeypatch.setattr(time, "time", lambda: later)

    for page, address in ((first, "/api/v1/essays/?limit=3"), (middle, first.json()["next"])):
        again = client.get(address, HTTP_IF_NONE_MATCH=page["ETag"])
        assert (again.status_code, again["ETag"]) == (304, page["ETag"])
        assert client.get(address)["Link"] == page["Link"]


def test_cursor_that_bears_a_time_is_taken_as_before(api, student, essays):
    client = api(student)
    following = client.get("/api/v1/essays/?limit=3").json()["next"]
    [cursor] = parse_qs(urlsplit(following).query)["cursor"]
    timed = signing.dumps(signing.Signer(salt=SALT).unsign_object(cursor), salt=SALT)

    page = client.get("/api/v1/essays/", {"limit": 3, "cursor": timed})

    assert ids(page) == ids(client.get(following)) == [str(one.pk) for one in essays[3:6]]


def test_count_of_another_word_is_refused(api, student):
    response = api(student).get("/api/v1/essays/?count=yes")

    assert expect_problem(response, 400, "invalid")["errors"][0]["parameter"] == "count"
