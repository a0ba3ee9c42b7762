"""Sources and passages in the API."""

import uuid
from functools import partial

import pytest

from annotations.enums import Match
from annotations.models import Passage, PassageCheck, Source
from debate.assignments.enums import RoundMode
from debate.seminars.enums import Role
from tests.expect import expect_constant_queries, expect_denied, expect_problem
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.seminars import MembershipFactory

SOURCES = "/api/v1/sources/"
PASSAGES = "/api/v1/passages/"
QUOTE = "Prices cut use by a third. Rules did not."
SURVEY = "https://example.org/survey"


@pytest.fixture
def source(seminar, instructor):
    return SourceFactory(seminar=seminar, added_by=instructor, url=SURVEY, csl={"title": "Water", "type": "report"})  # fmt: skip


@pytest.fixture
def passage(source):
    return PassageFactory(source=source, quote=QUOTE, locator="p. 7", relied_on=[[0, 14]])


# -- sources -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lin WATER", True),
        ("example.org", True),
        ("water rain", False),
        ("press", True),
        ("%", False),
    ],
)
def test_sources_are_found_by_words(words, found, api, seminar, instructor, student):
    csl = {"title": "Water prices", "author": [{"family": "Lin"}], "publisher": "City Press"}
    source = SourceFactory(seminar=seminar, added_by=instructor, url=SURVEY, csl=csl)
    SourceFactory(seminar=seminar, added_by=instructor, url="https://other.test/", csl={"title": "Rain"})  # fmt: skip

    response = api(student).get(SOURCES, {"q": words})

    assert [one["id"] for one in response.json()["results"]] == [str(source.pk)] * found


def test_source_is_put_on_the_shelf(api, seminar, student):
    response = api(student).post(SOURCES, {"seminar": str(seminar.pk), "link": "10.1000/182", "title": "Water", "author": "Lin, Ada", "accessed_on": "2024-06-01", "not_given": ["page"]}, format="json")  # fmt: skip

    source = Source.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{SOURCES}{source.pk}/"
    assert {name: body[name] for name in ("id", "seminar", "title", "url", "doi", "csl")} == {
        "id": str(source.pk),
        "seminar": str(seminar.pk),
        "title": "Water",
        "url": "https://doi.org/10.1000/182",
        "doi": "10.1000/182",
        "csl": {"title": "Water", "author": [{"family": "Lin", "given": "Ada"}]},
    }
    assert (body["accessed_on"], body["not_given"]) == ("2024-06-01", ["page"])
    assert body["completeness"] == {
        "author": "given",
        "issued": "missing",
        "source": "missing",
        "title": "given",
        "accessed": "given",
        "url": "given",
        "qualifications": "missing",
        "page": "not_given",
    }


def test_source_that_stands_there_is_answered_as_it_is(api, seminar, student, source):
    given = {"seminar": str(seminar.pk), "link": SURVEY, "publisher": "River Press"}

    response = api(student).post(SOURCES, given, format="json")

    assert response.status_code == 200
    assert response.json()["id"] == str(source.pk)
    assert response.json()["csl"]["publisher"] == "River Press"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/title"),
        ({"link": "nowhere"}, "/link"),
        ({"title": 7}, "/title"),
        ({"title": "A", "colour": "red"}, "/colour"),
        ({"title": "A", "not_given": "page"}, "/not_given"),
        ({"title": "A", "type": "scroll"}, "/type"),
        ({"title": "A", "doi": "10.1000/182"}, "/doi"),
    ],
)
def test_source_with_what_cannot_be_is_refused(api, seminar, student, given, pointer):
    response = api(student).post(SOURCES, {"seminar": str(seminar.pk), **given}, format="json")

    expect_problem(response, 400, response.json()["code"], pointer)
    assert not Source.objects.exists()


def test_source_without_a_seminar_names_it(api, student):
    expect_problem(api(student).post(SOURCES, {"title": "A"}, format="json"), 400, "invalid", "/seminar")  # fmt: skip


@pytest.mark.parametrize("path", [SOURCES, f"{SOURCES}import/", f"{SOURCES}copy/"])
def test_source_for_a_seminar_that_is_hidden_is_absent(api, other_seminar, student, path):
    for one in (other_seminar.pk, uuid.uuid4()):
        expect_problem(api(student).post(path, {"seminar": str(one)}, format="json"), 404, "not_found")  # fmt: skip


def test_source_is_changed_by_staff_and_its_adder_alone(api, source, instructor, student):
    url = f"{SOURCES}{source.pk}/"

    response = api(instructor).patch(url, {"title": "Price"}, format="json")

    assert response.json()["csl"] == {"title": "Price", "type": "report"}
    expect_denied(api(student).patch(url, {"colour": "red"}, format="json"))


def test_source_changed_into_another_is_a_conflict(api, seminar, source, instructor):
    other = SourceFactory(seminar=seminar, url="", doi="10.1000/182")

    response = api(instructor).patch(f"{SOURCES}{source.pk}/", {"link": "10.1000/182"}, format="json")  # fmt: skip

    assert expect_problem(response, 409, "duplicate_source", "/link")["source"] == str(other.pk)


def test_source_is_cited_in_three_styles(api, source, student):
    body = api(student).get(f"{SOURCES}{source.pk}/citations/").json()

    assert body == {
        "apa": {
            "text": "Water. (n.d.). https://example.org/survey",
            "html": "<i>Water</i>. (n.d.). https://example.org/survey",
        },
        "mla": {
            "text": "Water. https://example.org/survey.",
            "html": "<i>Water</i>. https://example.org/survey.",
        },
        "chicago": {
            "text": "Water. n.d. https://example.org/survey.",
            "html": "<i>Water</i>. n.d. https://example.org/survey.",
        },
    }


def test_source_that_is_hidden_is_not_cited(api, seminar, student):
    hidden = SourceFactory(seminar=seminar)

    expect_problem(api(student).get(f"{SOURCES}{hidden.pk}/citations/"), 404, "not_found")


def test_sources_are_imported_from_a_paste(api, seminar, student, source):
    text = f"@book{{arms, title = {{Arms}}, keywords = {{war}}}}\n@report{{water, title = {{Water}}, url = {{{SURVEY}}}}}"  # fmt: skip

    response = api(student).post(f"{SOURCES}import/", {"seminar": str(seminar.pk), "text": text}, format="json")  # fmt: skip

    arms = Source.objects.get(csl__title="Arms")
    assert response.status_code == 201
    assert response.json() == {
        "results": [
            {"id": str(arms.pk), "entry": "arms", "is_new": True, "left_out": ["keywords"]},
            {"id": str(source.pk), "entry": "water", "is_new": False, "left_out": []},
        ]
    }


def test_sources_of_a_faulty_paste_are_refused_as_a_whole(api, seminar, student):
    text = "@book{arms, title = {Arms}}\n@book{none, year = 1966}"

    response = api(student).post(f"{SOURCES}import/", {"seminar": str(seminar.pk), "text": text}, format="json")  # fmt: skip

    body = expect_problem(response, 400, "unreadable", "/text")
    assert body["faults"] == [
        {"entry": "none", "line": 2, "field": "title", "detail": "The work has no title."}
    ]
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"), [("", "blank"), ("x" * 100_001, "too_long"), ("Waltz", "unreadable")]
)
def test_sources_of_a_paste_that_is_none_are_refused(api, seminar, student, text, code):
    response = api(student).post(f"{SOURCES}import/", {"seminar": str(seminar.pk), "text": text}, format="json")  # fmt: skip

    expect_problem(response, 400, code, "/text")


def test_sources_are_merged_by_staff(api, seminar, source, instructor, student):
    into = SourceFactory(seminar=seminar, added_by=instructor)
    url = f"{SOURCES}{source.pk}/merge/"

    expect_denied(api(student).post(url, {}, format="json"))
    response = api(instructor).post(url, {"into": str(into.pk)}, format="json")

    assert response.json()["id"] == str(into.pk)
    assert Source.objects.get() == into


def test_merging_into_nothing_names_the_member(api, source, other_seminar, instructor):
    for unknown in (uuid.uuid4(), SourceFactory(seminar=other_seminar).pk):
        given = {"into": str(unknown)}
        answer = api(instructor).post(f"{SOURCES}{source.pk}/merge/", given, format="json")
        expect_problem(answer, 404, "not_found", "/into")


def test_copying_what_is_not_there_or_there_already_names_the_member(api, other_seminar, source, instructor):  # fmt: skip
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)
    there = SourceFactory(seminar=other_seminar, added_by=instructor)

    for wanted, status, code in (
        ([source.pk, uuid.uuid4()], 404, "not_found"),
        ([source.pk, there.pk], 400, "invalid"),
    ):
        given = {"seminar": str(other_seminar.pk), "sources": [str(one) for one in wanted]}
        answer = api(instructor).post(f"{SOURCES}copy/", given, format="json")
        expect_problem(answer, status, code, "/sources")


def test_sources_are_copied_to_a_seminar_of_ones_own(api, other_seminar, source, passage, instructor, student):  # fmt: skip
    MembershipFactory(seminar=other_seminar, user=instructor, role=Role.INSTRUCTOR)
    MembershipFactory(seminar=other_seminar, user=student, role=Role.STUDENT)
    given = {"seminar": str(other_seminar.pk), "sources": [str(source.pk)]}

    expect_denied(api(student).post(f"{SOURCES}copy/", given, format="json"))
    response = api(instructor).post(f"{SOURCES}copy/", given, format="json")

    made = Source.objects.get(seminar=other_seminar)
    assert response.status_code == 201
    assert [one["id"] for one in response.json()] == [str(made.pk)]
    assert made.passages.get().quote == QUOTE


# -- what others hide ----------------------------------------------------------------------------

BLIND = "10.5555/blind.7"
FOUND = {
    "title": "What I found",
    "author": "Doe, Jane",
    "publisher": "Secret Press",
    "issued": "2021",
}
PRIVATE_WORDS = "Private quote words"


def evidence_note(paragraph, **evidence):
    return {
        "kind": "evidence",
        "paragraph": str(paragraph.pk),
        "evidence": {"stance": "supports", "warrant": "It measured it.", **evidence},
    }


@pytest.fixture(params=["blind", "private"])
def hidden(request, api, assignment, paragraphs, classmate):
    """A work that the classmate cites where other students may not read it."""
    note = evidence_note(paragraphs[0], source={"doi": BLIND, **FOUND}, quote=PRIVATE_WORDS)
    if request.param == "blind":
        assignment.rounds.update(mode=RoundMode.BLIND)
    else:
        note["audience"] = "private"
    body = {"assignment": str(assignment.pk), **note}
    assert api(classmate).post("/api/v1/annotations/", body, format="json").status_code == 201
    return Source.objects.get()


def told(body):
    """What an answer tells but for what is of the row alone."""
    own = {"id", "doi", "url", "link", "created_at", "updated_at"}
    return {name: value for name, value in body.items() if name not in own}


def test_source_that_is_hidden_is_answered_as_one_that_nobody_has(api, seminar, student, hidden):
    client = api(student)

    posted = client.post(SOURCES, {"seminar": str(seminar.pk), "link": BLIND}, format="json")
    nobodys = client.post(SOURCES, {"seminar": str(seminar.pk), "link": "10.5555/nobody.1"}, format="json")  # fmt: skip

    body = posted.json()
    assert (posted.status_code, body["title"], body["csl"]) == (201, BLIND, {})
    assert told({**body, "title": ""}) == told({**nobodys.json(), "title": ""})
    assert body["created_at"] > hidden.created_at.isoformat()
    assert {one["id"] for one in client.get(SOURCES).json()["results"]} == {body["id"], nobodys.json()["id"]}  # fmt: skip
    assert client.get(PASSAGES).json()["results"] == []
    expect_problem(client.get(f"{SOURCES}{hidden.pk}/"), 404, "not_found")


def test_source_that_is_hidden_is_new_in_a_paste(api, seminar, student, hidden):
    text = f"@misc{{a, title = {{Any}}, doi = {{{BLIND}}}}}"

    response = api(student).post(f"{SOURCES}import/", {"seminar": str(seminar.pk), "text": text}, format="json")  # fmt: skip

    [taken] = response.json()["results"]
    assert taken["is_new"]
    assert Source.objects.get(pk=taken["id"]).added_by == student
    assert taken["id"] != str(hidden.pk)


def test_source_that_is_hidden_is_not_told_by_evidence_of_ones_own(
    api, assignment, paragraphs, student, hidden
):
    note = evidence_note(paragraphs[0], source={"url": f"https://doi.org/{BLIND}"})
    body = {"assignment": str(assignment.pk), "audience": "private", **note}

    response = api(student).post("/api/v1/annotations/", body, format="json")

    assert response.status_code == 201
    for words in (*FOUND.values(), "Doe", str(hidden.pk)):
        assert words not in response.content.decode()


def test_source_changed_into_a_hidden_one_is_no_conflict(api, seminar, student, hidden):
    own = SourceFactory(seminar=seminar, added_by=student)

    response = api(student).patch(f"{SOURCES}{own.pk}/", {"link": BLIND}, format="json")

    assert (response.status_code, response.json()["doi"]) == (200, BLIND)


@pytest.mark.parametrize("hidden", ["private"], indirect=True)
@pytest.mark.parametrize("who", ["instructor", "assistant", "student"])
@pytest.mark.parametrize("is_edited", [False, True])
def test_words_of_a_private_note_are_told_to_nobody(
    request, api, page, seminar, paragraphs, classmate, hidden, who, is_edited
):
    passage = hidden.passages.get()
    if is_edited:
        [note] = api(classmate).get("/api/v1/annotations/").json()["results"]
        change = {"evidence": {"quote": "Other."}}
        url = f"/api/v1/annotations/{note['id']}/"
        assert api(classmate).patch(url, change, format="json").status_code == 200
    person = request.getfixturevalue(who)
    client = api(person)

    listed = client.get(PASSAGES, {"source": str(hidden.pk)}).json()["results"]
    shown = page(person).get(f"/seminars/{seminar.slug}/-/sources/{hidden.pk}/")

    assert listed == []
    expect_problem(client.get(f"{PASSAGES}{passage.pk}/"), 404, "not_found")
    expect_problem(client.get(f"{PASSAGES}{passage.pk}/checks/"), 404, "not_found")
    assert client.get(f"{SOURCES}{hidden.pk}/").status_code == (404 if who == "student" else 200)
    assert shown.status_code == (404 if who == "student" else 200)
    assert PRIVATE_WORDS not in shown.content.decode()


# -- passages ----------------------------------------------------------------------------------


def test_passage_is_taken_from_a_source(api, source, student):
    given = {"source": str(source.pk), "quote": QUOTE, "relied_on": [[0, 14]]}

    response = api(student).post(PASSAGES, given, format="json")

    passage = Passage.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{PASSAGES}{passage.pk}/"
    assert {name: body[name] for name in ("id", "source", "quote", "locator", "relied_on", "added_by", "check")} == {
        "id": str(passage.pk),
        "source": str(source.pk),
        "quote": QUOTE,
        "locator": "",
        "relied_on": [[0, 14]],
        "added_by": {"id": str(student.pk), "name": student.display_name},
        "check": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/quote"),
        ({"quote": " "}, "/quote"),
        ({"quote": QUOTE, "relied_on": [[0, 99]]}, "/relied_on"),
        ({"quote": QUOTE, "colour": "red"}, "/colour"),
    ],
)
def test_passage_with_what_cannot_be_is_refused(api, source, student, given, pointer):
    response = api(student).post(PASSAGES, {"source": str(source.pk), **given}, format="json")

    expect_problem(response, 400, response.json()["code"], pointer)
    assert not Passage.objects.exists()


def test_passage_without_a_source_names_it(api, student):
    response = api(student).post(PASSAGES, {"quote": QUOTE}, format="json")

    expect_problem(response, 400, "invalid", "/source")


def test_passage_of_a_source_that_is_hidden_is_absent(api, seminar, student):
    hidden = SourceFactory(seminar=seminar)

    for one in (hidden.pk, uuid.uuid4()):
        answer = api(student).post(PASSAGES, {"source": str(one)}, format="json")
        expect_problem(answer, 404, "not_found", "/source")


def test_passages_are_listed_as_one_may_know_them(api, source, passage, student, classmate):
    PassageFactory(source=source, quote="Hidden.", added_by=classmate)
    PassageCheck.objects.create(passage=passage, by=classmate, match=Match.VERBATIM)

    [body] = api(student).get(PASSAGES, {"source": str(source.pk)}).json()["results"]

    assert (body["id"], body["check"]["match"]) == (str(passage.pk), "verbatim")
    assert body["check"]["by"] == {"id": str(classmate.pk), "name": classmate.display_name}


def test_passages_are_filtered_by_whether_they_are_checked(api, source, passage, instructor):
    other = PassageFactory(source=source, quote="Other.")
    PassageCheck.objects.create(passage=passage, by=instructor, match=Match.VERBATIM)
    client = api(instructor)

    checked = client.get(PASSAGES, {"checked": "1"}).json()["results"]
    unchecked = client.get(PASSAGES, {"checked": "0"}).json()["results"]

    assert [one["id"] for one in checked] == [str(passage.pk)]
    assert [one["id"] for one in unchecked] == [str(other.pk)]


def test_passages_ask_the_same_of_the_database_for_one_and_three(api, source, student):
    def more(count):
        for _ in range(count):
            one = PassageFactory(source=source, quote=QUOTE)
            PassageCheck.objects.create(passage=one, by=student, match=Match.VERBATIM)

    more(1)
    expect_constant_queries(partial(api(student).get, PASSAGES), grow=partial(more, 2))


def test_passage_is_marked_by_staff_and_who_took_it(api, passage, instructor, student):
    url = f"{PASSAGES}{passage.pk}/"

    response = api(instructor).patch(url, {"relied_on": [[20, 25], [0, 6]]}, format="json")

    assert response.json()["relied_on"] == [[0, 6], [20, 25]]
    expect_denied(api(student).patch(url, {"colour": "red"}, format="json"))
    expect_problem(api(instructor).patch(url, {"relied_on": [[0, 99]]}, format="json"), 400, "invalid", "/relied_on")  # fmt: skip


def test_passage_is_checked_by_a_second_reader(api, passage, student, instructor):
    url = f"{PASSAGES}{passage.pk}/checks/"

    response = api(student).post(url, {"opened": True, "match": "verbatim"}, format="json")
    listed = api(instructor).get(url).json()["results"]

    assert response.status_code == 201
    assert listed == [response.json()]
    assert (listed[0]["match"], listed[0]["opened"], listed[0]["by"]["id"]) == ("verbatim", True, str(student.pk))  # fmt: skip
    expect_denied(api(instructor).post(url, {}, format="json"))


def test_passage_checked_unseen_is_refused(api, passage, student):
    url = f"{PASSAGES}{passage.pk}/checks/"

    response = api(student).post(url, {"opened": False, "match": "verbatim"}, format="json")

    expect_problem(response, 400, "invalid", "/opened")


def test_checks_name_nobody_where_pseudonyms_are_used(api, passage, assignment, student, classmate):
    assignment.uses_pseudonyms = True
    assignment.save()
    PassageCheck.objects.create(passage=passage, by=classmate, match=Match.VERBATIM)

    [body] = api(student).get(f"{PASSAGES}{passage.pk}/checks/").json()["results"]

    assert body["by"] is None


def test_checks_of_a_passage_that_is_hidden_are_absent(api, source, student, classmate):
    hidden = PassageFactory(source=source, quote="Hidden.", added_by=classmate)

    expect_problem(api(student).get(f"{PASSAGES}{hidden.pk}/checks/"), 404, "not_found")


# -- evidence ----------------------------------------------------------------------------------


def test_evidence_tells_of_completeness_and_check(api, source, passage, assignment, student, classmate):  # fmt: skip
    AnnotationFactory(evidence=True, passage=passage, assignment=assignment)
    PassageCheck.objects.create(passage=passage, by=classmate, match=Match.PARAPHRASE)

    [body] = api(student).get("/api/v1/evidence/").json()["results"]

    assert body["completeness"]["page"] == "given"  # by the locator
    assert body["completeness"]["author"] == "missing"
    assert (body["check"]["match"], body["check"]["by"]) == ("paraphrase", classmate.display_name)


def test_evidence_that_nobody_checked_has_no_check(api, passage, assignment, student):
    AnnotationFactory(evidence=True, passage=passage, assignment=assignment)

    [body] = api(student).get("/api/v1/evidence/").json()["results"]

    assert body["check"] is None
