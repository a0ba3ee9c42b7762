import pytest

from tests.expect import expect_constant_queries, expect_problem, expect_same_as_absent
from tests.factories.essays import (
    EssayFactory,
    ParagraphFactory,
    RevisionFactory,
    essay_of,
)

NOBODY = "00000000-0000-7000-8000-000000000000"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def test_essay_is_shown_whole(api, student, seminar):
    essay = essay_of(
        "Words.",
        seminar=seminar,
        title="On words",
        byline_author="A. Author",
        affiliation="Somewhere",
        source_url="https://example.org/essay",
        licence_note="With leave.",
        language="en",
    )

    response = api(student).get(f"/api/v1/essays/{essay.pk}/")

    assert response.json() == {
        "id": str(essay.pk),
        "seminar": str(seminar.pk),
        "title": "On words",
        "byline": "A. Author",
        "affiliation": "Somewhere",
        "source_url": "https://example.org/essay",
        "licence_note": "With leave.",
        "language": "en",
        "is_public": False,
        "revision": 1,
        "created_at": iso(essay.created_at),
        "updated_at": iso(essay.updated_at),
        "html_url": f"http://testserver/essays/{essay.pk}/",
    }


def test_essays_are_those_of_the_persons_seminars_and_public_ones(api, student, essay):
    public = essay_of("Words.", is_public=True)
    essay_of("Hidden words.")

    response = api(student).get("/api/v1/essays/")

    assert [one["id"] for one in response.json()["results"]] == [str(essay.pk), str(public.pk)]


def test_essays_for_a_visitor_are_public_ones(api, essay):
    public = essay_of("Words.", is_public=True)

    response = api(None).get("/api/v1/essays/")

    assert [one["id"] for one in response.json()["results"]] == [str(public.pk)]


def test_essays_of_one_seminar_are_filtered(api, student, seminar, essay):
    essay_of("Words.", is_public=True)

    response = api(student).get(f"/api/v1/essays/?seminar={seminar.pk}")

    assert [one["id"] for one in response.json()["results"]] == [str(essay.pk)]


def test_essays_of_what_is_no_id_are_refused(api, student):
    response = api(student).get("/api/v1/essays/?seminar=water")

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [{"parameter": "seminar", "detail": "Enter a valid UUID."}]


@pytest.mark.parametrize("part", ["", "paragraphs/", "revisions/", "paragraphs/?revision=1"])
def test_essay_that_is_hidden_is_as_one_that_is_absent(api, outsider, essay, part):
    client = api(outsider)

    expect_same_as_absent(
        client.get(f"/api/v1/essays/{essay.pk}/{part}"),
        client.get(f"/api/v1/essays/{NOBODY}/{part}"),
    )


def test_paragraphs_are_shown_whole(api, student, seminar):
    essay = essay_of(seminar=seminar)
    heading = ParagraphFactory(
        revision=essay.current_revision, position=1, kind="heading", level=2, text="Why"
    )
    body = ParagraphFactory(
        revision=essay.current_revision, position=2, number=1, text="Q̃ 🙂", html="<em>Q̃</em> 🙂"
    )

    response = api(student).get(f"/api/v1/essays/{essay.pk}/paragraphs/")

    assert response.json()["results"] == [
        {
            "id": str(heading.pk),
            "key": str(heading.key),
            "revision": 1,
            "position": 1,
            "number": None,
            "kind": "heading",
            "level": 2,
            "label": "",
            "text": "Why",
            "html": "Why",
        },
        {
            "id": str(body.pk),
            "key": str(body.key),
            "revision": 1,
            "position": 2,
            "number": 1,
            "kind": "body",
            "level": None,
            "label": "",
            "text": "Q̃ 🙂",
            "html": "<em>Q̃</em> 🙂",
        },
    ]


def test_paragraphs_of_another_revision_are_given_when_asked_for(api, student, essay):
    second = RevisionFactory(essay=essay, number=2)
    newer = ParagraphFactory(revision=second)
    client = api(student)

    current = client.get(f"/api/v1/essays/{essay.pk}/paragraphs/").json()["results"]
    other = client.get(f"/api/v1/essays/{essay.pk}/paragraphs/?revision=2").json()["results"]

    assert {one["revision"] for one in current} == {1}
    assert [one["id"] for one in other] == [str(newer.pk)]


def test_paragraphs_of_a_revision_that_is_not_there_are_not_found(api, student, essay):
    response = api(student).get(f"/api/v1/essays/{essay.pk}/paragraphs/?revision=9")

    expect_problem(response, 404, "not_found")


@pytest.mark.parametrize("given", ["0", "-1", "latest", "%20", "1" + "0" * 30])
def test_paragraphs_of_what_is_no_revision_are_refused(api, student, essay, given):
    response = api(student).get(f"/api/v1/essays/{essay.pk}/paragraphs/?revision={given}")

    body = expect_problem(response, 400, "invalid")
    assert body["errors"] == [{"parameter": "revision", "detail": "Give a whole number from 1."}]


def test_paragraph_is_found_by_its_id(api, student, paragraphs):
    response = api(student).get(f"/api/v1/paragraphs/{paragraphs[1].pk}/")

    assert response.json()["text"] == paragraphs[1].text


def test_paragraph_of_a_hidden_essay_is_as_one_that_is_absent(api, outsider, paragraphs):
    client = api(outsider)

    expect_same_as_absent(
        client.get(f"/api/v1/paragraphs/{paragraphs[0].pk}/"),
        client.get(f"/api/v1/paragraphs/{NOBODY}/"),
    )


def test_revisions_are_listed_oldest_first(api, student, essay):
    second = RevisionFactory(essay=essay, number=2, note="Two words mended.")

    response = api(student).get(f"/api/v1/essays/{essay.pk}/revisions/")

    assert [one["number"] for one in response.json()["results"]] == [1, 2]
    assert response.json()["results"][1] == {
        "id": str(second.pk),
        "essay": str(essay.pk),
        "number": 2,
        "note": "Two words mended.",
        "published_at": iso(second.published_at),
    }


def test_essays_take_a_fixed_number_of_queries(api, student, essay, seminar):
    client = api(student)

    queries = expect_constant_queries(
        lambda: client.get("/api/v1/essays/"),
        grow=lambda: [essay_of("Words.", seminar=seminar) for _ in range(2)],
    )

    assert queries <= 3


def test_paragraphs_take_a_fixed_number_of_queries(api, student, seminar):
    essay = essay_of("One.", seminar=seminar)
    client = api(student)

    expect_constant_queries(
        lambda: client.get(f"/api/v1/essays/{essay.pk}/paragraphs/"),
        grow=lambda: [
            ParagraphFactory(revision=essay.current_revision, position=at) for at in (2, 3)
        ],
    )


def test_essay_without_a_revision_yet_has_none(api, student, seminar):
    essay = EssayFactory(seminar=seminar)
    client = api(student)

    assert client.get(f"/api/v1/essays/{essay.pk}/").json()["revision"] is None
    expect_problem(client.get(f"/api/v1/essays/{essay.pk}/paragraphs/"), 404, "not_found")
