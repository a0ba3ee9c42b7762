"""Lists of annotations: some members of them, what they bring along, their order and their tags."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.actions import create_annotation
from annotations.actions.inputs import Content
from annotations.api.wired import MOST_REPLIES, window
from annotations.enums import Audience, Kind, Status
from annotations.models import Annotation
from debate.assignments.enums import RoundMode
from debate.core.models import uuid7
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from tests.expect import expect_problem
from tests.factories.annotations import (
    AnnotationFactory,
    ReplyFactory,
    SourceFactory,
    annotation_on,
)
from tests.factories.argument import ClaimFactory, InferenceFactory
from tests.factories.assignments import AliasFactory, assignment_of

URL = "/api/v1/annotations/"


def ids(response):
    return [one["id"] for one in response.json()["results"]]


# -- members and what is brought along -------------------------------------------------------------


def test_list_of_some_fields_has_these_alone(api, student, assignment):
    note = AnnotationFactory(assignment=assignment, body="Why?")

    response = api(student).get(URL, {"fields": "body,id,anchors"})

    assert response.json()["results"] == [{"id": str(note.pk), "body": "Why?", "anchors": []}]


def test_lists_of_words_are_taken_one_by_one_as_well(api, student, assignment):
    note = AnnotationFactory(assignment=assignment, author=student)

    response = api(student).get(f"{URL}?fields=id&fields=body,kind&embed=root&embed=replies")

    body = response.json()
    assert [list(one) for one in body["results"]] == [["id", "kind", "body"]]
    assert body["results"][0]["id"] == str(note.pk)
    assert sorted(body["included"]) == ["replies", "root"]


def test_one_of_some_fields_has_these_alone(api, student, assignment):
    note = AnnotationFactory(assignment=assignment, kind=Kind.SUPPORT)

    response = api(student).get(f"{URL}{note.pk}/", {"fields": "support"})

    assert response.content == b'{"support":{"claim":null}}'
    assert response["ETag"].startswith('"1-')


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("fields", "id,words,password", "There is no “words”, “password” here."),
        ("fields", "id,", "There is no “” here."),
        ("embed", "replies,author", "There is no “author” here."),
        ("sort", "author", "Choose one of: created, -created, updated, -updated."),
    ],
)
def test_unknown_word_of_a_list_is_named(name, value, said, api, student, assignment):
    note = AnnotationFactory(assignment=assignment)

    response = api(student).get(URL, {name: value})

    problem = expect_problem(response, 400, "invalid")
    assert [one["parameter"] for one in problem["errors"]] == [name]
    assert problem["errors"][0]["detail"].startswith(said)
    if name != "sort":
        expect_problem(api(student).get(f"{URL}{note.pk}/", {name: value}), 400, "invalid")


def test_unknown_field_of_what_one_may_not_read_is_not_told(api, outsider, assignment):
    note = AnnotationFactory(assignment=assignment)

    expect_problem(api(outsider).get(f"{URL}{note.pk}/", {"fields": "words"}), 404, "not_found")


def test_list_brings_along_what_is_asked(api, student, assignment, paragraphs):
    first = annotation_on(paragraphs[1], "voted", assignment=assignment)
    other = annotation_on(paragraphs[1], "twice", assignment=assignment)
    reply = ReplyFactory(parent=first)
    ReplyFactory(parent=first, status=Status.WITHDRAWN)
    ReplyFactory(parent=first, audience=Audience.PRIVATE)
    later = ReplyFactory(parent=reply)

    response = api(student).get(URL, {"embed": "paragraphs,replies,root", "fields": "id"})

    assert response.json() == {
        "results": [{"id": str(one.pk)} for one in (first, other, reply, later)],
        "next": None,
        "previous": None,
        "included": {
            "replies": [{"id": str(reply.pk)}, {"id": str(later.pk)}],
            "root": [{"id": str(first.pk)}],
            "paragraphs": [
                {
                    "id": str(paragraphs[1].pk),
                    "key": str(paragraphs[1].key),
                    "revision": 1,
                    "position": paragraphs[1].position,
                    "number": 2,
                    "kind": "body",
                    "level": paragraphs[1].level,
                    "label": paragraphs[1].label,
                    "text": paragraphs[1].text,
                    "html": paragraphs[1].html,
                }
            ],
        },
    }


def test_one_brings_along_its_replies(api, student, assignment):
    note = AnnotationFactory(assignment=assignment)
    reply = ReplyFactory(parent=note)

    body = api(student).get(f"{URL}{note.pk}/", {"embed": "replies", "fields": "id"}).json()

    assert body == {"id": str(note.pk), "included": {"replies": [{"id": str(reply.pk)}]}}
    assert MOST_REPLIES == 1_000


def test_list_is_one_query_beside_those_of_asking_and_embedding(api, student, assignment):
    note = AnnotationFactory(assignment=assignment)
    client = api(student)
    counts = []
    for number in (1, 3):
        ReplyFactory.create_batch(number, parent=note)
        with CaptureQueriesContext(connection) as made:
            client.get(URL, {"assignment": assignment.pk, "embed": "replies,root,paragraphs"})
        counts.append([one["sql"] for one in made if "annotations_annotation" in one["sql"]])

    assert [len(some) for some in counts] == [4, 4]


def test_answer_to_a_post_is_what_a_read_shows(api, student, assignment, paragraphs):
    client = api(student)

    made = client.post(
        URL,
        {
            "assignment": str(assignment.pk),
            "paragraph": str(paragraphs[0].pk),
            "kind": "question",
            "body": "Why “so”?",
        },
    )

    read = client.get(made["Location"])
    assert (made.status_code, made.json()) == (201, read.json())
    assert made["ETag"] == read["ETag"]
    assert orjson.loads(read.content)["is_unanswered"] is True


# -- pages ---------------------------------------------------------------------------------------

SAME = datetime(2026, 5, 31, 14, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def simultaneous(assignment, student):
    """500 annotations with one and the same times, in the order of their ids."""
    made = [
        Annotation(
            id=uuid7(),
            assignment=assignment,
            round=assignment.rounds.get(),
            author=student,
            kind=Kind.COMMENT,
            body=f"{number}",
            status=Status.PUBLISHED,
        )
        for number in range(500)
    ]
    Annotation.objects.bulk_create(made)
    Annotation.objects.update(created_at=SAME, updated_at=SAME)
    return sorted(str(one.pk) for one in made)


def walk(client, address, way="next"):
    found = []
    while address:
        page = client.get(address).json()
        found += [one["id"] for one in page["results"]]
        address = page[way]
    return found


MOMENT = "2026-05-31T14:00:00.123456Z"
AFTER = "2026-05-31T14:00:00.123457Z"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&sort=-created",
        "&sort=updated",
        "&sort=-updated",
        f"&created_after={MOMENT}",
        f"&created_before={AFTER}",
        f"&sort=updated&updated_after={MOMENT}&updated_before={AFTER}",
        "&kind=comment&status=published&top_level=1",
        "&revision=1",
    ],
)
def test_annotations_of_one_moment_are_walked_without_loss(
    query, api, student, assignment, simultaneous
):
    client = api(student)

    found = walk(client, f"{URL}?assignment={assignment.pk}&limit=97&fields=id{query}")

    assert found == (simultaneous[::-1] if "sort=-" in query else simultaneous)


@pytest.mark.parametrize("sort", ["created", "-created", "updated", "-updated"])
def test_annotations_of_one_moment_are_walked_back_without_loss(
    sort, api, student, assignment, simultaneous
):
    client = api(student)
    address = f"{URL}?assignment={assignment.pk}&limit=200&fields=id&sort={sort}"
    pages = [client.get(address).json()]
    while pages[-1]["next"]:
        pages.append(client.get(pages[-1]["next"]).json())

    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).json())

    order = simultaneous[::-1] if sort.startswith("-") else simultaneous
    assert [one["id"] for page in pages for one in page["results"]] == order
    assert [one["id"] for page in reversed(back) for one in page["results"]] == order


def test_annotations_of_one_moment_are_counted_exactly(api, student, assignment, simultaneous):
    response = api(student).get(
        URL, {"assignment": assignment.pk, "count": 1, "limit": 1, "created_after": MOMENT}
    )

    assert response.json()["total"] == 500
    assert ids(response) == simultaneous[:1]


@pytest.mark.parametrize("sort", ["created", "-created"])
def test_list_narrowed_by_ids_is_walked_as_one_that_is_counted(
    sort, api, student, outsider, assignment
):
    first = AnnotationFactory(assignment=assignment, author=student)
    some = [ReplyFactory(parent=first, author=student) for _ in range(4)]
    ReplyFactory(parent=some[0], author=student)
    AnnotationFactory(assignment=assignment)
    AnnotationFactory(author=student)
    values = {
        "assignment": assignment.pk,
        "seminar": assignment.seminar_id,
        "essay": assignment.essay_id,
        "author": student.pk,
        "parent": first.pk,
        "root": first.pk,
    }
    wanted = [str(one.pk) for one in some]
    wanted = wanted[::-1] if sort == "-created" else wanted

    def walked(client, given):
        found, pages = [], []
        url = f"{URL}?{urlencode({**given, 'sort': sort, 'limit': 3})}"
        while url:
            page = client.get(url).json()
            found += [one["id"] for one in page["results"]]
            url = page["next"]
            pages.append(page)
        while page["previous"]:
            page = client.get(page["previous"]).json()
            pages.append(page)
        return found, pages[0]["results"] == pages[-1]["results"]

    for name, value in values.items():
        alone = walked(api(student), {name: value})
        assert alone == walked(api(student), {name: value, "count": 1}), name
        assert alone[1], name
    assert walked(api(student), values) == (wanted, True)
    assert walked(api(outsider), values) == ([], True)


@pytest.mark.parametrize("hidden", [0, 2, 3, 4, 9])
def test_page_behind_many_that_one_may_not_read_is_found(hidden, api, student, assignment):
    for _ in range(hidden):
        AnnotationFactory(assignment=assignment, audience=Audience.PRIVATE)
    wanted = [str(AnnotationFactory(assignment=assignment).pk) for _ in range(3)]
    url, found, asked = f"{URL}?assignment={assignment.pk}&limit=1", [], []

    while url:
        with CaptureQueriesContext(connection) as queries:
            page = api(student).get(url).json()
        found += [one["id"] for one in page["results"]]
        asked.append(sum("few" in one["sql"] or "body_html" in one["sql"] for one in queries))
        url = page["next"]

    assert found == wanted
    # What stands behind more than are looked at first is looked for among all.
    assert asked == [1 if hidden + 2 <= window(2) else 2, 1, 1]


@pytest.mark.parametrize("name", ["assignment", "seminar", "essay", "author", "parent", "root"])
def test_list_narrowed_by_what_is_no_id_names_it(name, api, student):
    problem = expect_problem(api(student).get(URL, {name: "none"}), 400, "invalid")

    assert [one["parameter"] for one in problem["errors"]] == [name]


def test_replies_are_walked_in_the_order_that_is_asked(api, student, assignment):
    note = AnnotationFactory(assignment=assignment)
    replies = [str(one.pk) for one in ReplyFactory.create_batch(5, parent=note)]

    found = walk(api(student), f"{URL}{note.pk}/replies/?limit=2&sort=-created&fields=id")

    assert found == replies[::-1]


def test_cursor_of_another_order_is_refused(api, student, assignment):
    AnnotationFactory.create_batch(2, assignment=assignment)
    client = api(student)
    following = client.get(URL, {"limit": 1}).json()["next"]

    problem = expect_problem(client.get(f"{following}&sort=-created"), 400, "invalid")

    assert problem["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("sort", "lost", "repeated"), [("updated", [], ["read"]), ("-updated", ["unread"], [])]
)
def test_walk_by_the_last_change_loses_or_repeats_what_changes_meanwhile_alone(
    sort, lost, repeated, api, student, assignment
):
    """What is changed goes to the end of `updated`, and to the beginning of `-updated`."""
    made = [str(one.pk) for one in AnnotationFactory.create_batch(9, assignment=assignment)]
    client = api(student)
    first = client.get(f"{URL}?assignment={assignment.pk}&sort={sort}&limit=3&fields=id")
    changed = {"read": ids(first)[0], "unread": next(one for one in made if one not in ids(first))}
    Annotation.objects.filter(pk__in=changed.values()).update(updated_at=timezone.now())

    found = ids(first) + walk(client, first.json()["next"])

    assert [one for one in made if one not in found] == [changed[one] for one in lost]
    assert [one for one in made if found.count(one) > 1] == [changed[one] for one in repeated]


# -- tags ----------------------------------------------------------------------------------------


@pytest.fixture
def note(assignment, classmate, seminar):
    source = SourceFactory(seminar=seminar, csl={"title": "Meters"})
    return AnnotationFactory(
        assignment=assignment, author=classmate, evidence=True, passage__source=source
    )


def addresses(note):
    return (f"{URL}?assignment={note.assignment_id}", f"{URL}{note.pk}/replies/")


def tags(client, note):
    # What is deferred to the end of a transaction is done, as if it had ended.
    connection.check_constraints()
    return [client.get(address)["ETag"] for address in addresses(note)]


def expect_other_tags(client, note, change):
    before = tags(client, note)
    assert tags(client, note) == before
    change()
    assert [old == new for old, new in zip(before, tags(client, note), strict=True)] == [
        False,
        False,
    ]


def test_tags_change_when_the_author_is_called_otherwise(api, student, classmate, note):
    def rename():
        classmate.name = "Robin"
        classmate.save()

    expect_other_tags(api(student), note, rename)


def test_tags_stay_when_a_person_only_looks_otherwise(api, student, classmate, note):
    client = api(student)
    before = tags(client, note)

    classmate.theme = "dark"
    classmate.save()

    assert tags(client, note) == before


def test_tags_change_when_an_alias_is_called_otherwise(api, student, classmate, note):
    alias = AliasFactory(assignment=note.assignment, user=classmate)

    def rename():
        alias.name = "Egret"
        alias.save()

    expect_other_tags(api(student), note, rename)


def test_tags_change_when_a_source_is_edited(api, student, note):
    source = note.passage.source

    def edit():
        source.csl = {"title": "Water meters"}
        source.save()

    expect_other_tags(api(student), note, edit)


def test_tags_change_when_a_passage_is_edited(api, student, note):
    def edit():
        note.passage.locator = "p. 4"
        note.passage.save()

    expect_other_tags(api(student), note, edit)


def test_tags_change_when_somebody_replies(api, student, classmate, note):
    def reply():
        create_annotation(
            actor=classmate,
            assignment_id=note.assignment_id,
            content=Content(kind=Kind.COMMENT, body="Because."),
            targets=[],
            parent_id=note.pk,
        )

    expect_other_tags(api(student), note, reply)


def test_tags_change_when_a_round_turns(api, student, note):
    note.assignment.rounds.update(mode=RoundMode.BLIND, ends_at=timezone.now() + timedelta(days=1))
    note.author = student
    note.save()

    def turn():
        note.assignment.rounds.update(ends_at=timezone.now() - timedelta(seconds=1))

    expect_other_tags(api(student), note, turn)


def test_tags_change_when_the_last_post_reveals_a_round(api, student, note):
    note.assignment.rounds.update(mode=RoundMode.BLIND, reveals_after=1)
    note.author = student
    Annotation.objects.filter(pk=note.pk).update(author=student, audience=Audience.PRIVATE)

    expect_other_tags(
        api(student), note, lambda: AnnotationFactory(assignment=note.assignment, author=student)
    )


def test_tags_change_with_the_groups_of_the_reader(api, student, note, other_group):
    expect_other_tags(api(student), note, lambda: other_group.members.add(student))


def test_tags_change_with_the_role_of_the_reader(api, student, note):
    def promote():
        Membership.objects.filter(user=student).update(role=Role.ASSISTANT)

    expect_other_tags(api(student), note, promote)


def test_tags_differ_between_readers(api, student, classmate, note):
    assert tags(api(student), note) != tags(api(classmate), note)


def test_tag_of_one_changes_with_a_claim_that_it_bears_on(api, student, classmate, assignment):
    note = AnnotationFactory(assignment=assignment, author=classmate, kind=Kind.SUPPORT)
    client = api(student)
    before = client.get(f"{URL}{note.pk}/")["ETag"]

    InferenceFactory(annotation=note, conclusion=ClaimFactory(assignment=assignment))

    assert client.get(f"{URL}{note.pk}/")["ETag"] != before


@pytest.mark.parametrize("form", ["{}", "W/{}", '"0-0", {}', "*"])
def test_list_that_the_asker_has_is_told_so_without_a_look(form, api, student, note):
    client = api(student)
    for address in addresses(note)[:1]:
        tag = client.get(address)["ETag"]
        with CaptureQueriesContext(connection) as made:
            response = client.get(address, headers={"If-None-Match": form.format(tag)})

        assert (response.status_code, response.content) == (304, b"")
        assert (response["ETag"], response["Cache-Control"]) == (tag, "private, no-cache")
        assert response["Vary"] == client.get(address)["Vary"]
        assert [one["sql"] for one in made if "annotations_annotation" in one["sql"]] == []


def test_list_that_has_changed_is_sent_again(api, student, assignment, note):
    client = api(student)
    address = addresses(note)[0]

    response = client.get(address, headers={"If-None-Match": '"0-0123456789abcdef"'})

    assert (response.status_code, ids(response)) == (200, [str(note.pk)])


def test_list_of_several_assignments_has_the_tag_of_what_it_tells(api, student, essay, note):
    client = api(student)
    tag = client.get(URL)["ETag"]
    assert client.get(URL, headers={"If-None-Match": tag}).status_code == 304

    AnnotationFactory(assignment=assignment_of(essay, slug="another"))

    assert client.get(URL, headers={"If-None-Match": tag}).status_code == 200


def test_page_of_several_assignments_that_leads_on_is_not_sent_again(
    api, student, essay, note, monkeypatch
):
    AnnotationFactory(assignment=assignment_of(essay, slug="another"))
    client = api(student)
    page = client.get(URL, {"limit": 1})
    later = time.time() + 3_600
    monkeypatch.setattr(time, "time", lambda: later)

    again = client.get(URL, {"limit": 1}, headers={"If-None-Match": page["ETag"]})

    assert page.json()["next"]
    assert (again.status_code, again["ETag"]) == (304, page["ETag"])


@pytest.mark.parametrize("query", ["limit=1", "fields=id", "sort=-created", "kind=evidence"])
def test_tags_of_other_representations_differ(query, api, student, note):
    client = api(student)
    address = addresses(note)[0]

    assert client.get(f"{address}&{query}")["ETag"] != client.get(address)["ETag"]


def test_tag_of_a_visitor_follows_what_is_public(api, seminar, essay, note):
    seminar.allows_public = essay.is_public = True
    seminar.save()
    essay.save()
    note.audience = Audience.PUBLIC
    note.save()
    client = api(None)
    address = addresses(note)[0]
    first = client.get(address)
    assert ids(first) == [str(note.pk)]
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304

    essay.is_public = False
    essay.save()

    assert ids(client.get(address, headers={"If-None-Match": first["ETag"]})) == []
