"""Rubrics in the API."""

import json

import pytest

from annotations.grading.actions.rubrics import create_rubric
from annotations.grading.formats import as_csv, as_json
from annotations.grading.models import Rubric
from annotations.grading.queries.rubrics import content_of, latest_of
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.grading import GradingPlanFactory, RubricFactory, rubric_of

SCOPES = ("marks:read", "marks:write")
LIST = "/api/v1/rubrics/"
STYLE = {"title": "Style", "kind": "range", "points": 4}
CLAIM = {
    "title": "Claim",
    "tag": "claim",
    "weight": "2",
    "levels": [{"title": "Weak", "points": 0}, {"title": "Strong", "points": "2.5"}],
}


@pytest.fixture
def rubric(instructor, seminar):
    """Claim, Evidence and Style, with hashes of their own."""
    content = content_of(rubric_of(title="Elsewhere").rubric.versions.get())
    return create_rubric(actor=instructor, title="Commentary", seminar=seminar, content=content)


@pytest.fixture
def address(rubric):
    return f"{LIST}{rubric.pk}/"


@pytest.fixture
def program(api):
    """A client with a token that reads and writes rubrics."""
    return lambda user, **options: api(user, **{"scopes": SCOPES, **options})


def test_rubric_is_made_with_its_first_version(program, instructor, seminar):
    body = {"title": "Commentary", "seminar": str(seminar.pk), "criteria": [CLAIM, STYLE]}

    response = program(instructor).post(LIST, body, format="json")

    told = response.json()
    assert response.status_code == 201
    assert response["Location"].endswith(f"{LIST}{told['id']}/")
    assert (told["title"], told["latest_version"], told["points"], told["criteria_count"]) == (
        "Commentary",
        1,
        "9.00",
        2,
    )
    assert (told["seminar"], told["owner"]["name"], told["uses"]) == (
        str(seminar.pk),
        instructor.display_name,
        0,
    )
    assert told["html_url"].endswith(f"/rubrics/{told['id']}/")


def test_rubric_of_the_library_is_made_without_a_version(program, student):
    told = program(student).post(LIST, {"title": "Mine"}, format="json").json()

    assert (told["seminar"], told["latest_version"], told["points"]) == (None, None, None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/title"),
        ({"title": "T", "colour": 1}, "/colour"),
        ({"title": "T", "criteria": []}, "/criteria"),
        ({"title": "T", "criteria": [{**STYLE, "points": True}]}, "/criteria/0/points"),
        ({"title": "T", "criteria": [STYLE, {**STYLE, "weight": 0}]}, "/criteria/1/weight"),
        ({"title": "T", "criteria": [{**STYLE, "kind": "essay"}]}, "/criteria/0/kind"),
        (
            {"title": "T", "criteria": [{**CLAIM, "levels": [{"title": "A", "points": "x"}]}]},
            "/criteria/0/levels/0/points",
        ),
    ],
    ids=["title", "unknown", "none", "switch", "weight", "kind", "level"],
)
def test_rubric_with_a_wrong_member_is_refused(body, pointer, program, instructor):
    response = program(instructor).post(LIST, body, format="json")

    expect_problem(response, 400, "invalid", pointer)
    assert not Rubric.objects.exists()


def test_rubric_in_a_seminar_is_made_by_its_instructors(program, assistant, outsider, seminar):
    body = {"title": "Mine", "seminar": str(seminar.pk)}

    expect_problem(program(assistant).post(LIST, body, format="json"), 403, "not_allowed")
    unknown = program(outsider).post(LIST, body, format="json")
    expect_problem(unknown, 400, "invalid", "/seminar")


def test_rubrics_need_their_scopes(api, instructor, address):
    expect_problem(api(instructor).get(LIST), 403, "insufficient_scope")
    reader = api(instructor, scopes=["marks:read"])
    assert reader.get(address).status_code == 200
    expect_problem(reader.patch(address, {"title": "X"}), 403, "insufficient_scope")


def test_rubrics_are_listed_and_filtered(program, instructor, seminar, rubric):
    own = RubricFactory(owner=instructor, seminar=None, title="Own")
    RubricFactory(title="Hidden")
    client = program(instructor)

    def titles(query):
        return [one["title"] for one in client.get(LIST + query).json()["results"]]

    assert titles("") == ["Commentary", "Own"]
    assert titles(f"?seminar={seminar.pk}") == ["Commentary"]
    assert titles("?library=1") == ["Own"]
    assert titles("?q=comm") == ["Commentary"]
    client.patch(f"{LIST}{own.pk}/", {"is_archived": True}, format="json")
    assert titles("?archived=1") == ["Own"]
    assert titles("?archived=0") == ["Commentary"]


def test_rubrics_ask_as_often_for_three(program, instructor, seminar, rubric):
    client = program(instructor)

    expect_constant_queries(
        lambda: client.get(LIST),
        grow=lambda: [rubric_of(seminar=seminar), rubric_of(seminar=seminar)],
    )


def test_rubric_is_renamed_and_archived_with_its_version(program, instructor, address):
    client = program(instructor, if_match=None)
    tag = client.get(address)["ETag"]
    body = {"title": "Debate", "is_archived": True}

    missing = client.patch(address, body, format="json")
    done = client.patch(address, body, format="json", headers={"If-Match": tag})
    stale = client.patch(address, {"title": "X"}, format="json", headers={"If-Match": tag})

    expect_problem(missing, 428, "precondition_required")
    assert (done.json()["title"], done.json()["version"]) == ("Debate", 3)
    assert done.json()["archived_at"] is not None
    assert expect_problem(stale, 412, "stale_version")["current"]["version"] == 3


def test_rubric_of_others_is_absent(program, outsider, student, assistant, address):
    for user in (outsider, student):
        expect_problem(program(user).get(address), 404, "not_found")
        expect_problem(program(user).patch(address, "{"), 404, "not_found")
    expect_problem(program(assistant).patch(address, {"title": "X"}), 403, "not_allowed")


# -- versions ----------------------------------------------------------------------------------------


def test_version_is_published_and_the_same_makes_none(program, instructor, rubric, address):
    client = program(instructor)
    body = {"criteria": [CLAIM, STYLE], "note": "Fewer.", "version": 1}

    first = client.post(f"{address}versions/", body, format="json")
    again = client.post(f"{address}versions/", {**body, "version": 2}, format="json")
    stale = client.post(f"{address}versions/", body, format="json")

    told = first.json()
    assert (first.status_code, told["number"], told["points"], told["note"]) == (
        201,
        2,
        "9.00",
        "Fewer.",
    )
    assert first["Location"].endswith(f"{address}versions/2/")
    before = {one.title: str(one.key) for one in rubric.versions.get(number=1).criteria.all()}
    assert [one["key"] for one in told["criteria"]] == [before["Claim"], before["Style"]]
    assert told["criteria"][0]["levels"][1]["points"] == "2.50"
    assert told["criteria"][1]["marker_text"] == ""
    assert (again.status_code, again.json()["id"]) == (200, told["id"])
    expect_problem(stale, 412, "stale_version")
    assert rubric.versions.count() == 2


def test_version_wants_to_know_which_was_seen(program, instructor, address):
    response = program(instructor, if_match=None).post(
        f"{address}versions/", {"criteria": [STYLE]}, format="json"
    )

    expect_problem(response, 428, "precondition_required")


def test_version_sent_twice_with_a_key_is_made_once(program, instructor, rubric, address):
    client = program(instructor)
    sent = [
        client.post(
            f"{address}versions/",
            {"criteria": [STYLE], "version": 1},
            format="json",
            headers={"Idempotency-Key": "once"},
        )
        for _ in range(2)
    ]

    assert [one.status_code for one in sent] == [201, 201]
    assert rubric.versions.count() == 2


def test_versions_are_listed_with_what_they_say(program, assistant, instructor, rubric, address):
    program(instructor).post(f"{address}versions/", {"criteria": [STYLE]}, format="json")

    results = program(assistant).get(f"{address}versions/").json()["results"]

    assert [(one["number"], len(one["criteria"])) for one in results] == [(1, 3), (2, 1)]
    claim = results[0]["criteria"][0]
    assert (claim["title"], claim["marker_text"], len(claim["levels"])) == (
        "Claim",
        "What to look for.",
        4,
    )


def test_versions_ask_as_often_for_three(program, instructor, rubric, address):
    client = program(instructor)

    def grow():
        for points in (1, 2):
            body = {"criteria": [{**STYLE, "points": points}]}
            client.post(f"{address}versions/", body, format="json")

    expect_constant_queries(lambda: client.get(f"{address}versions/"), grow=grow)


def test_version_that_is_asked_is_read_by_students_without_text_for_markers(
    program, student, instructor, outsider, rubric, address, assignment
):
    GradingPlanFactory(assignment=assignment, rubric_version=latest_of(rubric))
    program(instructor).post(f"{address}versions/", {"criteria": [STYLE]}, format="json")

    told = program(student).get(f"{address}versions/1/").json()

    assert [one["marker_text"] for one in told["criteria"]] == [None] * 3
    assert told["criteria"][0]["student_text"] == "What you show."
    for user, number in ((student, 2), (outsider, 1)):
        expect_problem(program(user).get(f"{address}versions/{number}/"), 404, "not_found")
    staff = program(instructor).get(f"{address}versions/1/").json()
    assert staff["criteria"][0]["marker_text"] == "What to look for."


def test_version_of_the_own_library_is_read_whole(program, student):
    version = rubric_of(owner=student, seminar=None)

    told = program(student).get(f"{LIST}{version.rubric_id}/versions/1/").json()

    assert told["criteria"][0]["marker_text"] == "What to look for."


# -- copies and files --------------------------------------------------------------------------------


def test_rubric_is_copied(program, assistant, rubric, address):
    response = program(assistant).post(f"{address}copy/", {"title": "Mine"}, format="json")

    told = response.json()
    assert (response.status_code, told["copied_from"], told["seminar"]) == (
        201,
        str(rubric.pk),
        None,
    )
    copied = Rubric.objects.get(pk=told["id"])
    assert content_of(latest_of(copied)) == content_of(latest_of(rubric))


def test_rubric_is_copied_into_a_seminar_by_its_instructors(
    program, assistant, instructor, seminar, address
):
    body = {"seminar": str(seminar.pk)}

    expect_problem(
        program(assistant).post(f"{address}copy/", body, format="json"), 403, "not_allowed"
    )
    assert program(instructor).post(f"{address}copy/", body, format="json").status_code == 201


@pytest.mark.parametrize("form", ["json", "csv"])
def test_rubric_goes_out_as_a_file_and_comes_in_again(form, program, assistant, rubric, address):
    client = program(assistant)
    text = client.get(f"{address}export/?format={form}").content.decode()

    response = client.post(f"{LIST}import/", {"text": text, "title": "Again"}, format="json")

    assert response.status_code == 201
    made = Rubric.objects.get(pk=response.json()["id"])
    assert content_of(latest_of(made)) == content_of(latest_of(rubric))
    read = as_json.loaded(text)[1] if form == "json" else as_csv.loaded(text)
    assert read == content_of(latest_of(rubric))


def test_export_in_no_known_form_or_of_nothing_is_refused(program, instructor, seminar, address):
    client = program(instructor)
    empty = RubricFactory(seminar=seminar)

    expect_problem(client.get(f"{address}export/?format=pdf"), 400, "invalid")
    expect_problem(client.get(f"{LIST}{empty.pk}/export/"), 404, "not_found")


def test_import_says_line_and_column(program, instructor):
    text = "criterion,level,points\nClaim,Weak,two\n"

    response = program(instructor).post(f"{LIST}import/", {"text": text}, format="json")

    problem = expect_problem(response, 400, "unreadable", "/text")
    assert problem["detail"] == "line 2, column points: “two” is no number."


def test_import_of_a_table_wants_a_title(program, instructor):
    text = "criterion,level,points\nClaim,Weak,0\n,Strong,1\n"
    client = program(instructor)

    expect_problem(client.post(f"{LIST}import/", {"text": text}), 400, "blank", "/title")
    named = client.post(f"{LIST}import/", {"text": json.dumps({"title": "T"})}, format="json")
    expect_problem(named, 400, "invalid", "/criteria")
