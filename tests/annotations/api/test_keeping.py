"""Found details, works that stand twice, the vocabulary's history, and Markdown shown, in the API."""

import pytest

from annotations.actions.vocabulary import add_tag, close_vocabulary
from annotations.models import Annotation, LinkHealth
from annotations.presets import TagDraft
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.annotations import SourceFactory

# -- what an address says of a work ----------------------------------------------------------------


@pytest.fixture
def source(seminar, student):
    source = SourceFactory(seminar=seminar, added_by=student)
    LinkHealth.objects.create(source=source, found={"title": "Meters", "publisher": "City"})
    return source


def found(source):
    return f"/api/v1/sources/{source.pk}/found/"


def test_found_details_are_read_and_taken_over(api, source, student):
    client = api(student)

    assert client.get(found(source)).json()["found"] == {"title": "Meters", "publisher": "City"}
    taken = client.post(found(source))

    assert taken.status_code == 200
    source.refresh_from_db()
    assert source.csl["publisher"] == "City"
    assert taken["Content-Location"] == f"/api/v1/sources/{source.pk}/"
    assert taken.json() == client.get(f"/api/v1/sources/{source.pk}/").json()


def test_found_details_of_an_older_version_are_stale(api, source, student):
    response = api(student, if_match='"99-0123456789abcdef"').post(found(source))

    expect_problem(response, 412, "stale_version")


def test_found_details_are_absent_where_nothing_was_found(api, seminar, student):
    source = SourceFactory(seminar=seminar, added_by=student)

    expect_problem(api(student).get(found(source)), 404, "not_found")


def test_found_details_are_for_who_describes_the_work(api, source, observer):
    assert api(observer).get(found(source)).status_code in {403, 404}


# -- works that stand twice ------------------------------------------------------------------------


def test_works_that_stand_twice_are_told_in_pairs(api, seminar, assistant):
    first, second = (
        SourceFactory(seminar=seminar, csl={"title": "Rivers and towns"}) for _ in range(2)
    )
    SourceFactory(seminar=seminar, csl={"title": "Something else"})
    address = f"/api/v1/seminars/{seminar.pk}/duplicate-sources/"

    body = api(assistant).get(address).json()

    assert body == {"results": [{"stays": str(first.pk), "goes": str(second.pk)}]}


def test_works_that_stand_twice_are_for_who_keeps_the_shelf(api, seminar, student):
    expect_denied(api(student).get(f"/api/v1/seminars/{seminar.pk}/duplicate-sources/"))


# -- the vocabulary's history ----------------------------------------------------------------------


def test_vocabulary_tells_what_each_version_changed(api, seminar, instructor, student):
    add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Harms", "What is bad."))
    close_vocabulary(actor=instructor, seminar=seminar, is_closed=True)
    client = api(student)
    address = f"/api/v1/seminars/{seminar.pk}/vocabulary/history/"

    page = client.get(address, {"limit": 1}).json()
    rest = client.get(page["next"]).json()["results"]

    [newest] = page["results"]
    assert (newest["version"], newest["by"]["id"]) == (2, str(instructor.pk))
    assert [one["what"] for one in newest["differences"]] == ["Closed: only its own tags are taken"]
    [first] = rest
    assert first["differences"] == [
        {"what": "Added", "label": "Harms", "before": "", "after": "What is bad."}
    ]


def test_vocabulary_without_versions_has_no_history(api, seminar, student):
    response = api(student).get(f"/api/v1/seminars/{seminar.pk}/vocabulary/history/")

    assert response.json()["results"] == []


def test_history_takes_constant_queries(api, seminar, instructor, student):
    client = api(student)
    address = f"/api/v1/seminars/{seminar.pk}/vocabulary/history/"
    add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Harms"))

    def grow():
        for label in ("Agency", "Needs"):
            add_tag(actor=instructor, seminar=seminar, draft=TagDraft(label))

    expect_constant_queries(lambda: client.get(address), grow=grow)


# -- Markdown as it will be shown ------------------------------------------------------------------


def test_preview_renders_as_a_post_does_and_keeps_nothing(api, outsider):
    sent = {"body": "*So* <script>x</script>"}

    response = api(outsider).post("/api/v1/preview/", sent, format="json")

    assert response.status_code == 200
    assert response.json()["body_html"].startswith("<p><em>So</em>")
    assert "<script" not in response.json()["body_html"]
    assert not Annotation.objects.exists()


def test_preview_of_more_than_a_note_holds_is_refused(api, student):
    sent = {"body": "x" * (Annotation.BODY_LIMIT + 1)}

    response = api(student).post("/api/v1/preview/", sent, format="json")

    expect_problem(response, 400, "too_long", "/body")
