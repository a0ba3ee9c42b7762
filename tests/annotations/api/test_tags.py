"""A seminar's vocabulary, and the tags of paragraphs, in the API."""

import uuid

import pytest
from django.utils import timezone

from annotations.models import ParagraphTag, Tag, Vocabulary
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import ParagraphTagFactory, TagFactory, VocabularyFactory
from tests.factories.essays import ParagraphFactory, RevisionFactory

ADMIN = ("read", "write", "admin")


@pytest.fixture
def vocabulary(seminar):
    return VocabularyFactory(seminar=seminar, version=3)


@pytest.fixture
def harms(vocabulary):
    return TagFactory(
        vocabulary=vocabulary, key="harms", label="Harms", definition="What is wrong."
    )


@pytest.fixture
def address(seminar):
    return f"/api/v1/seminars/{seminar.pk}/tags/"


def test_tags_are_listed_in_the_vocabularys_order(api, student, address, vocabulary, harms):
    retired = TagFactory(vocabulary=vocabulary, position=2, retired_at=timezone.now())
    first = TagFactory(vocabulary=vocabulary, position=1)
    client = api(student)

    assert keys(client.get(address)) == [harms.key, first.key, retired.key]
    assert keys(client.get(address, {"in_use": "1"})) == [harms.key, first.key]
    assert keys(client.get(address, {"in_use": "0"})) == [retired.key]


def keys(response):
    return [one["key"] for one in response.json()["results"]]


def test_tags_of_a_seminar_take_the_same_queries_for_three(api, student, address, vocabulary):
    TagFactory(vocabulary=vocabulary)
    client = api(student)

    expect_constant_queries(
        lambda: client.get(address),
        grow=lambda: TagFactory.create_batch(2, vocabulary=vocabulary),
    )


def test_tag_is_shown_whole(api, student, address, harms):
    body = api(student).get(f"{address}{harms.pk}/").json()

    assert body | {"created_at": "", "updated_at": ""} == {
        "id": str(harms.pk),
        "key": "harms",
        "label": "Harms",
        "definition": "What is wrong.",
        "example": "",
        "counter_example": "",
        "position": 0,
        "is_retired": False,
        "version": 3,
        "created_at": "",
        "updated_at": "",
    }


def test_tag_is_added(api, instructor, address):
    response = api(instructor, scopes=ADMIN).post(
        address, {"label": "Harms", "example": "People thirst."}
    )

    tag = Tag.objects.get()
    assert response.status_code == 201
    assert response["Location"].endswith(f"{address}{tag.pk}/")
    assert (response.json()["key"], response.json()["version"]) == ("harms", 1)


def test_tag_with_a_label_that_is_taken_is_refused(api, instructor, address, harms):
    response = api(instructor, scopes=ADMIN).post(address, {"label": "HARMS"})

    expect_problem(response, 409, "conflict", pointer="/label")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "/label"), ({"label": 7}, "/label"), ({"label": "Plan", "key": "plan"}, "/key")],
)
def test_tag_of_another_shape_is_refused(body, pointer, api, instructor, address):
    response = api(instructor, scopes=ADMIN).post(address, body)

    expect_problem(response, 400, "invalid", pointer=pointer)
    assert not Vocabulary.objects.exists()


def test_tag_without_the_scope_admin_is_refused(api, instructor, address):
    expect_problem(api(instructor).post(address, {"label": "Harms"}), 403, "insufficient_scope")


def test_tag_is_changed_moved_and_retired_at_once(api, instructor, address, vocabulary, harms):
    TagFactory(vocabulary=vocabulary, position=1)

    response = api(instructor, scopes=ADMIN).patch(
        f"{address}{harms.pk}/",
        {"label": "Harm", "position": 9, "is_retired": True, "version": 3},
    )

    body = response.json()
    assert response.status_code == 200
    assert (body["key"], body["label"], body["position"]) == ("harms", "Harm", 1)
    assert (body["is_retired"], body["version"]) == (True, 6)


def test_tag_is_restored(api, instructor, address, harms):
    harms.retired_at = timezone.now()
    harms.save()

    response = api(instructor, scopes=ADMIN).patch(f"{address}{harms.pk}/", {"is_retired": False})

    assert response.json()["is_retired"] is False


@pytest.mark.parametrize("position", [-1, "0", 1.5])
def test_place_before_the_first_is_refused(api, instructor, address, harms, position):
    response = api(instructor, scopes=ADMIN).patch(
        f"{address}{harms.pk}/", {"position": position}, format="json"
    )

    expect_problem(response, 400, "invalid", "/position")


@pytest.mark.parametrize(("given", "status"), [('"2"', 412), ('"3"', 200), ("x", 400)])
def test_version_of_a_tag_may_stand_in_the_header(api, instructor, address, harms, given, status):
    response = api(instructor, scopes=ADMIN).patch(
        f"{address}{harms.pk}/", {"label": "Harm"}, HTTP_IF_MATCH=given
    )

    assert response.status_code == status


def test_tag_of_an_older_version_is_refused(api, instructor, address, harms):
    response = api(instructor, scopes=ADMIN).patch(
        f"{address}{harms.pk}/", {"label": "Harm", "version": 2}
    )

    assert expect_problem(response, 412, "stale_version")["current_version"] == 3


def test_tag_of_another_seminar_is_absent(api, instructor, address, other_seminar):
    foreign = TagFactory(vocabulary__seminar=other_seminar)

    expect_problem(api(instructor).get(f"{address}{foreign.pk}/"), 404, "not_found")


# -- paragraphs ---------------------------------------------------------------------------------


@pytest.fixture
def tagged_at(assignment):
    return f"/api/v1/assignments/{assignment.pk}/paragraph-tags/"


def test_paragraph_tags_are_listed_with_their_place_in_the_text_shown(
    api, student, assignment, paragraphs, harms, tagged_at, instructor
):
    given = ParagraphTagFactory(assignment=assignment, tag=harms, given_by=instructor)
    second = RevisionFactory(essay=assignment.essay, number=2)
    later = ParagraphFactory(revision=second, key=paragraphs[0].key, position=5)
    assignment.revision = second
    assignment.save()

    [one] = api(student).get(tagged_at).json()["results"]

    assert one | {"created_at": ""} == {
        "id": str(given.pk),
        "assignment": str(assignment.pk),
        "paragraph": str(later.pk),
        "key": str(paragraphs[0].key),
        "number": 5,
        "tag": {"id": str(harms.pk), "key": "harms", "label": "Harms"},
        "given_by": one["given_by"],
        "created_at": "",
    }
    assert one["given_by"]["id"] == str(instructor.pk)


def test_paragraph_tag_of_a_paragraph_that_is_gone_has_no_place(
    api, student, assignment, harms, tagged_at
):
    ParagraphTagFactory(assignment=assignment, tag=harms, paragraph_key=uuid.uuid4())

    [one] = api(student).get(tagged_at).json()["results"]

    assert (one["paragraph"], one["number"]) == (None, None)


@pytest.mark.parametrize("by", ["pk", "key"])
def test_paragraph_is_tagged_by_id_or_key(by, api, assistant, paragraphs, harms, tagged_at):
    response = api(assistant).post(
        tagged_at, {"paragraph": str(getattr(paragraphs[1], by)), "tag": str(harms.pk)}
    )

    given = ParagraphTag.objects.get()
    assert response.status_code == 201
    assert response["Location"].endswith(f"{tagged_at}{given.pk}/")
    assert (given.paragraph_key, response.json()["number"]) == (paragraphs[1].key, 2)


@pytest.mark.parametrize("name", ["paragraph", "tag"])
def test_paragraph_or_tag_that_there_is_not_is_refused(
    name, api, assistant, paragraphs, harms, tagged_at
):
    body = {"paragraph": str(paragraphs[0].pk), "tag": str(harms.pk), name: str(uuid.uuid4())}

    expect_problem(api(assistant).post(tagged_at, body), 400, "invalid", pointer=f"/{name}")


def test_paragraph_tag_is_taken_off(api, assistant, assignment, harms, tagged_at):
    given = ParagraphTagFactory(assignment=assignment, tag=harms)
    client = api(assistant)

    assert client.get(f"{tagged_at}{given.pk}/").json()["tag"]["key"] == "harms"
    assert client.delete(f"{tagged_at}{given.pk}/").status_code == 204
    assert not ParagraphTag.objects.exists()
    expect_problem(client.delete(f"{tagged_at}{given.pk}/"), 404, "not_found")


def test_paragraph_tags_take_the_same_queries_for_three(
    api, student, assignment, paragraphs, harms, tagged_at
):
    ParagraphTagFactory(assignment=assignment, tag=harms)
    client = api(student)

    expect_constant_queries(
        lambda: client.get(tagged_at),
        grow=lambda: [
            ParagraphTagFactory(assignment=assignment, tag=harms, paragraph_key=one.key)
            for one in paragraphs[1:]
        ],
    )
