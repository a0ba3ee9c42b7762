"""The pages of rubrics: lists, what one says, the editor, files, and assignments taken along."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from lxml import html

from annotations.grading.actions.rubrics import (
    MOST_CRITERIA,
    create_rubric,
    publish_rubric_version,
)
from annotations.grading.formats import as_csv, as_json
from annotations.grading.formats.content import CriterionContent, RubricContent
from annotations.grading.formats.starting import STARTING
from annotations.grading.models import GradingPlan, Rubric
from annotations.grading.queries.rubrics import content_of, latest_of
from tests.expect import expect_constant_queries
from tests.factories.assignments import AssignmentFactory
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    MarkPartFactory,
    RubricFactory,
    WorkFactory,
    rubric_of,
)


@pytest.fixture
def rubric(instructor, seminar):
    """Claim, Evidence and Style, with hashes of their own."""
    content = content_of(rubric_of(title="Elsewhere").rubric.versions.get())
    return create_rubric(actor=instructor, title="Commentary", seminar=seminar, content=content)


@pytest.fixture
def address(rubric):
    return f"/rubrics/{rubric.pk}/"


def words(response):
    return " ".join(response.content.decode().split())


def typed(content, *, title="Commentary", **more):
    """The editor's form filled in with the content."""
    data = {"title": title, "note": "", "criteria": str(len(content.criteria))} | more
    for index, one in enumerate(content.criteria):
        place = f"c{index}"
        data |= {
            f"{place}-key": str(one.key or ""),
            f"{place}-title": one.title,
            f"{place}-kind": one.kind,
            f"{place}-points": str(one.points),
            f"{place}-weight": str(one.weight),
            f"{place}-tag": one.tag,
            f"{place}-student_text": one.student_text,
            f"{place}-marker_text": one.marker_text,
            f"{place}-levels": str(len(one.levels)),
        }
        for number, level in enumerate(one.levels):
            data |= {
                f"{place}-l{number}-key": str(level.key or ""),
                f"{place}-l{number}-title": level.title,
                f"{place}-l{number}-points": str(level.points),
                f"{place}-l{number}-description": level.description,
            }
    return data


def content_now(rubric):
    return content_of(latest_of(rubric))


# -- lists -------------------------------------------------------------------------------------------


def test_empty_library_offers_a_few_to_begin_with(page, instructor):
    response = page(instructor).get("/rubrics/")

    told = words(response)
    assert response.status_code == 200
    for word, (title, _, _) in STARTING.items():
        assert f'href="/rubrics/new/?start={word}">{title}</a>' in told
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("start", STARTING)
def test_rubric_to_begin_with_can_be_published_as_it_is(start, page, instructor):
    title, _, content = STARTING[start]
    opened = page(instructor).get(f"/rubrics/new/?start={start}")
    assert f'value="{title}"' in words(opened)

    response = page(instructor).post("/rubrics/new/", typed(content, title=title, act="publish"))

    made = Rubric.objects.get(owner=instructor, seminar=None)
    assert (response.status_code, response["Location"]) == (302, f"/rubrics/{made.pk}/")
    assert [one.title for one in content_now(made).criteria] == [
        one.title for one in content.criteria
    ]
    assert content_now(made).points == content.points


def test_list_finds_by_title_and_criteria_and_leaves_archived_ones_out(page, instructor, seminar):
    rubric_of(title="Commentary", seminar=seminar)
    RubricFactory(title="Old", seminar=seminar, archived_at=timezone.now())
    RubricFactory(title="Elsewhere")
    client = page(instructor)
    address = f"/seminars/{seminar.slug}/-/rubrics/"

    def titles(query):
        told = words(client.get(address + query))
        return [one for one in ("Commentary", "Old", "Elsewhere") if f">{one}</a>" in told]

    assert titles("") == ["Commentary"]
    assert titles("?q=evid") == ["Commentary"]
    assert titles("?q=COMM") == ["Commentary"]
    assert titles("?q=nothing") == []
    assert titles("?archived=1") == ["Old"]


def test_list_says_version_criteria_points_and_uses(page, assistant, assignment, seminar):
    version = rubric_of(title="Commentary", seminar=seminar)
    GradingPlanFactory(assignment=assignment, rubric_version=version)

    told = words(page(assistant).get(f"/seminars/{seminar.slug}/-/rubrics/"))

    for said in ("version 1", "3 criteria", "10 points", "in 1 assignment"):
        assert f"<span>{said}</span>" in told
    assert "Make a rubric" not in told


def test_list_asks_as_often_for_three(page, instructor, seminar):
    rubric_of(seminar=seminar)
    client = page(instructor)

    expect_constant_queries(
        lambda: client.get(f"/seminars/{seminar.slug}/-/rubrics/"),
        grow=lambda: [rubric_of(seminar=seminar), rubric_of(seminar=seminar)],
    )


# -- one rubric --------------------------------------------------------------------------------------


def test_rubric_is_shown_as_students_and_as_markers_see_it(page, assistant, address):
    as_students = words(page(assistant).get(address))
    as_markers = words(page(assistant).get(f"{address}?as=markers"))

    for told in (as_students, as_markers):
        assert "What you show." in told
        assert "Level 4" in told
    assert "What to look for." not in as_students
    assert "What to look for." in as_markers


def test_rubric_tells_what_has_changed_and_where_it_is_used(
    page, instructor, rubric, address, assignment
):
    GradingPlanFactory(assignment=assignment, rubric_version=latest_of(rubric))
    content = RubricContent(criteria=content_now(rubric).criteria[:2])
    publish_rubric_version(
        actor=instructor, rubric_id=rubric.pk, version=1, content=content, note="Less."
    )

    told = words(page(instructor).get(address))

    assert "<li>“Style” is gone.</li>" in told
    assert "<span>by version 1</span>" in told
    assert f'href="{address}versions/2/move/"' in told
    first = words(page(instructor).get(f"{address}versions/1/"))
    assert "This is an earlier version; version 2 is the newest." in first
    assert "Style" in first


def test_rubric_of_others_is_absent(page, student, outsider, address):
    for user in (student, outsider):
        assert page(user).get(address).status_code == 404
    assert page(student).get(f"{address}edit/").status_code == 404


def test_version_that_is_not_there_is_absent(page, instructor, address):
    assert page(instructor).get(f"{address}versions/9/").status_code == 404
    assert page(instructor).get(f"{address}versions/9/move/").status_code == 404


def test_rubric_without_a_version_says_so(page, instructor, seminar):
    empty = RubricFactory(seminar=seminar)

    told = words(page(instructor).get(f"/rubrics/{empty.pk}/"))

    assert "Nothing of it is published yet." in told
    assert page(instructor).get(f"/rubrics/{empty.pk}/export/").status_code == 404


def test_rubric_asks_as_often_with_three_versions(page, instructor, rubric, address):
    client = page(instructor)

    def publish(*names):
        for name in names:
            criterion = CriterionContent(title=name, kind="range", points=Decimal(4))
            publish_rubric_version(
                actor=instructor,
                rubric_id=rubric.pk,
                version=None,
                content=RubricContent(criteria=(criterion,)),
            )

    publish("One")

    expect_constant_queries(lambda: client.get(address), grow=lambda: publish("Two", "Three"))


# -- the editor --------------------------------------------------------------------------------------


def test_rubric_is_made_in_a_seminar(page, instructor, seminar):
    content = RubricContent(
        criteria=(CriterionContent(title="Style", kind="range", points=Decimal(4)),)
    )

    page(instructor).post(
        f"/rubrics/new/?seminar={seminar.slug}", typed(content, title="New", act="publish")
    )

    made = Rubric.objects.get(seminar=seminar)
    assert (made.title, content_now(made).points) == ("New", 4)


def test_rubric_in_a_seminar_is_not_for_assistants(page, assistant, student, seminar):
    for user in (assistant, student):
        response = page(user).get(f"/rubrics/new/?seminar={seminar.slug}")
        assert response.status_code == 403


def test_next_version_is_published_with_its_note(page, instructor, rubric, address):
    content = content_now(rubric)
    data = typed(content, title="Debate", version="1", note="Renamed.", act="publish")
    data["c2-points"] = "5"

    response = page(instructor).post(f"{address}edit/", data)

    rubric.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, address)
    assert (rubric.title, latest_of(rubric).number, latest_of(rubric).note) == (
        "Debate",
        2,
        "Renamed.",
    )
    assert latest_of(rubric).points == 11
    assert [one.key for one in content_now(rubric).criteria] == [
        one.key for one in content.criteria
    ]


def test_same_words_make_no_version(page, instructor, rubric, address):
    data = typed(content_now(rubric), version="1", act="publish")

    response = page(instructor).post(f"{address}edit/", data, follow=True)

    assert "this makes no new version" in words(response)
    assert latest_of(rubric).number == 1


def test_refusal_stands_at_its_row_and_keeps_what_was_typed(page, instructor, rubric, address):
    data = typed(content_now(rubric), version="1", act="publish")
    data |= {"c1-title": "", "c0-l2-points": "-1", "c2-student_text": "Kept words"}

    first = page(instructor).post(f"{address}edit/", data)
    second = page(instructor).post(f"{address}edit/", data | {"c0-l2-points": "1"})

    assert first.status_code == second.status_code == 400
    assert 'id="id_c0-l2-points_error"' in words(first)
    assert 'id="id_c1-title_error"' in words(second)
    assert "Kept words" in words(first)
    assert latest_of(rubric).number == 1


def test_level_without_points_is_refused_and_a_blank_one_left_out(
    page, instructor, rubric, address
):
    data = typed(content_now(rubric), version="1", act="publish")
    blank = {"c0-levels": "5", "c0-l4-title": "", "c0-l4-points": ""}
    refused = page(instructor).post(f"{address}edit/", data | blank | {"c0-l4-title": "Best"})
    assert refused.status_code == 400

    response = page(instructor).post(f"{address}edit/", data | blank)

    assert response.status_code == 302
    assert len(content_now(rubric).criteria[0].levels) == 4


def test_version_published_meanwhile_shows_both_and_asks(page, instructor, rubric, address):
    content = content_now(rubric)
    other = RubricContent(criteria=content.criteria[:2])
    publish_rubric_version(actor=instructor, rubric_id=rubric.pk, version=1, content=other)
    data = typed(content, version="1", act="publish")

    response = page(instructor).post(f"{address}edit/", data)

    told = words(response)
    assert response.status_code == 412
    assert "Somebody has changed this rubric since you opened it." in told
    assert "<li>“Style” is new, with 4 points.</li>" in told
    assert '<input type="hidden" name="version" value="2">' in told
    again = page(instructor).post(f"{address}edit/", data | {"version": "2"})
    assert (again.status_code, latest_of(rubric).number) == (302, 3)


def shown_titles(response):
    """The titles of criteria in the editor, in their order."""
    form = response.context["form"]
    return [row["title"].value() for row in form.rows]


@pytest.mark.parametrize(
    ("act", "titles"),
    [
        ("add", ["Claim", "Evidence", "Style", None]),
        ("remove-0", ["Evidence", "Style"]),
        ("up-1", ["Evidence", "Claim", "Style"]),
        ("down-0", ["Evidence", "Claim", "Style"]),
        ("up-0", ["Claim", "Evidence", "Style"]),
        ("down-2", ["Claim", "Evidence", "Style"]),
        ("remove-9", ["Claim", "Evidence", "Style"]),
    ],
)
def test_criteria_are_rearranged_without_judging(act, titles, page, instructor, rubric, address):
    data = typed(content_now(rubric), version="1", act=act) | {"c2-points": "many"}

    response = page(instructor).post(f"{address}edit/", data)

    assert response.status_code == 200
    assert shown_titles(response) == titles
    assert 'value="many"' in words(response)
    assert latest_of(rubric).number == 1


@pytest.mark.parametrize(
    ("act", "levels"),
    [
        ("add-level-0", ["Level 1", "Level 2", "Level 3", "Level 4", None]),
        ("add-level-9", ["Level 1", "Level 2", "Level 3", "Level 4"]),
        ("remove-0-0", ["Level 2", "Level 3", "Level 4"]),
        ("up-0-1", ["Level 2", "Level 1", "Level 3", "Level 4"]),
        ("down-0-0", ["Level 2", "Level 1", "Level 3", "Level 4"]),
        ("remove-9-0", ["Level 1", "Level 2", "Level 3", "Level 4"]),
    ],
)
def test_levels_are_rearranged_without_judging(act, levels, page, instructor, rubric, address):
    data = typed(content_now(rubric), version="1", act=act)

    response = page(instructor).post(f"{address}edit/", data)

    row = response.context["form"].rows[0]
    assert [level["title"].value() for level in row.levels] == levels


def hidden_of(response):
    """The editor's form as a browser would send it on, without what its buttons say."""
    (form,) = html.document_fromstring(response.content).xpath("//form[@data-rubric]")
    for area in form.iter("textarea"):
        area.text = (area.text or "").removeprefix("\n")  # which belongs to the tag
    return {name: value or "" for name, value in form.fields.items() if name != "act"}


@pytest.mark.parametrize("place", ["0", "0-1", "1-3", "2"])
def test_row_that_was_removed_comes_back_in_its_place_with_what_was_typed(
    place, page, instructor, rubric, address
):
    client, edit = page(instructor), f"{address}edit/"
    told = {"c0-student_text": "Of two\r\nlines.", "c0-l1-title": "Halfway", "c2-points": "many"}
    data = typed(content_now(rubric), version="1") | told

    removed = client.post(edit, data | {"act": f"remove-{place}"})
    back = client.post(edit, hidden_of(removed) | {"act": f"undo-{place}"})

    assert b"the removal of" in removed.content
    assert b"the removal of" not in back.content
    shown = hidden_of(back)
    shown = {name: value.replace("\n", "\r\n") for name, value in shown.items()}
    assert {name: shown[name] for name in data} == data


def test_rows_that_were_removed_are_not_published(page, instructor, rubric, address):
    client, edit = page(instructor), f"{address}edit/"
    data = typed(content_now(rubric), version="1") | {"c1-title": "", "c1-points": "many"}
    for act in ("remove-1", "remove-0-2"):
        data = hidden_of(client.post(edit, data | {"act": act}))

    response = client.post(edit, data | {"act": "publish"})

    assert response.status_code == 302
    claim, style = content_now(rubric).criteria
    assert (claim.title, style.title) == ("Claim", "Style")
    assert [one.title for one in claim.levels] == ["Level 1", "Level 2", "Level 4"]


def test_row_moves_past_those_that_were_removed(page, instructor, rubric, address):
    client, edit = page(instructor), f"{address}edit/"
    data = typed(content_now(rubric), version="1")
    removed = client.post(edit, data | {"act": "remove-1"})
    assert 'Move up<span class="vh"> criterion 2</span>' in words(removed)

    moved = client.post(edit, hidden_of(removed) | {"act": "up-2"})

    assert shown_titles(moved) == ["Style", "Claim"]
    back = client.post(edit, hidden_of(moved) | {"act": "undo-2"})
    assert shown_titles(back) == ["Style", "Claim", "Evidence"]


def test_refusal_stands_at_its_row_beside_one_that_was_removed(page, instructor, rubric, address):
    client, edit = page(instructor), f"{address}edit/"
    data = typed(content_now(rubric), version="1") | {"c2-title": ""}
    data = hidden_of(client.post(edit, data | {"act": "remove-0"}))

    response = client.post(edit, data | {"act": "publish"})

    rows = response.context["form"].rows
    assert response.status_code == 400
    assert [bool(row.errors) for row in rows] == [False, True]


def test_full_rubric_makes_room_for_one_more_by_the_row_removed_first(
    page, instructor, rubric, address
):
    one = CriterionContent(title="One", kind="range", points=Decimal(1))
    data = typed(RubricContent(criteria=(one,) * (2 * MOST_CRITERIA)), version="1")
    gone = {f"c{index}-gone": "1" for index in range(MOST_CRITERIA + 1)}
    names = {"c0-title": "First", "c1-title": "Second"}

    response = page(instructor).post(f"{address}edit/", data | gone | names | {"act": "add"})

    form = response.context["form"]
    assert (len(form.places), len(form.rows)) == (2 * MOST_CRITERIA, MOST_CRITERIA)
    assert form.places[0]["title"].value() == "Second"


def test_preview_tells_what_would_change_and_move(page, instructor, rubric, address, assignment):
    plan = GradingPlanFactory(assignment=assignment, rubric_version=latest_of(rubric))
    marked(plan)
    data = typed(content_now(rubric), version="1", act="preview") | {"c0-l2-points": "1"}

    response = page(instructor).post(f"{address}edit/", data)

    told = words(response)
    assert response.status_code == 200
    assert "<li>“Claim”: “Level 3” gives 1 point instead of 2.</li>" in told
    assert f"{assignment.title}: moves 1 score, by −1 to −1" in told
    assert latest_of(rubric).number == 1


def marked(plan):
    """A work with a draft: 2, 2 and 3 points."""
    work = WorkFactory(assignment=plan.assignment, alias="Otter")
    GradeFactory(work=work)
    mark = MarkFactory(work=work, total=7)
    claim, evidence, style = plan.rubric_version.criteria.all()
    for criterion in (claim, evidence):
        level = criterion.levels.get(points=2)
        MarkPartFactory(mark=mark, criterion=criterion, points=2, level=level)
    MarkPartFactory(mark=mark, criterion=style, points=3)
    return work


# -- assignments taken along -------------------------------------------------------------------------


@pytest.fixture
def stricter(instructor, rubric, assignment):
    """Version 2, in which Claim's third level gives 1, and a plan on version 1 with a mark."""
    plan = GradingPlanFactory(assignment=assignment, rubric_version=latest_of(rubric))
    marked(plan)
    content = content_now(rubric)
    value = as_json.as_value("", content)
    value["criteria"][0]["levels"][2]["points"] = "1"
    publish_rubric_version(
        actor=instructor, rubric_id=rubric.pk, version=None, content=as_json.read(value)[1]
    )
    return plan


def test_publishing_a_used_rubric_leads_to_what_it_would_move(
    page, instructor, rubric, address, assignment
):
    GradingPlanFactory(assignment=assignment, rubric_version=latest_of(rubric))
    data = typed(content_now(rubric), version="1", act="publish") | {"c2-points": "5"}

    response = page(instructor).post(f"{address}edit/", data)

    assert response["Location"] == f"{address}versions/2/move/"
    assert GradingPlan.objects.get().rubric_version.number == 1


def test_move_is_shown_and_asks_for_a_reason(page, instructor, stricter, address):
    client = page(instructor)
    told = words(client.get(f"{address}versions/2/move/"))
    assert "From version 1 to 2: moves 1 score, by −1 to −1" in told
    data = {"assignment": str(stricter.assignment_id), "version": "1", "reason": ""}

    refused = client.post(f"{address}versions/2/move/", data)
    done = client.post(f"{address}versions/2/move/", data | {"reason": "Too kind."})

    assert refused.status_code == 400
    assert "This moves scores that have been given. Say why." in words(refused)
    assert (done.status_code, done["Location"]) == (302, f"{address}versions/2/move/")
    stricter.refresh_from_db()
    assert (stricter.rubric_version.number, stricter.version) == (2, 2)
    assert "asks by this version." in words(client.get(f"{address}versions/2/move/"))


def test_move_hides_names_where_marking_is_blind(page, instructor, stricter, address):
    named = words(page(instructor).get(f"{address}versions/2/move/"))
    GradingPlan.objects.update(is_blind=True)
    blind = words(page(instructor).get(f"{address}versions/2/move/"))

    name = stricter.assignment.works.get().student.display_name
    assert (name in named, "Otter" in named) == (True, False)
    assert (name in blind, "Otter" in blind) == (False, True)


def test_move_asks_as_often_for_three_assignments(page, instructor, stricter, address):
    client = page(instructor)

    def grow():
        for _ in range(2):
            other = AssignmentFactory(essay=stricter.assignment.essay)
            marked(GradingPlanFactory(assignment=other, rubric_version=stricter.rubric_version))

    expect_constant_queries(lambda: client.get(f"{address}versions/2/move/"), grow=grow)


def test_move_is_not_for_assistants(page, assistant, stricter, address):
    assert page(assistant).get(f"{address}versions/2/move/").status_code == 403
    assert page(assistant).post(f"{address}versions/2/move/", {}).status_code == 403


# -- copies, archive, files --------------------------------------------------------------------------


def test_rubric_is_copied_into_the_library(page, assistant, rubric, address):
    response = page(assistant).post(f"{address}copy/", {"title": "Mine", "where": ""})

    made = Rubric.objects.get(owner=assistant)
    assert (response["Location"], made.title, made.seminar) == (
        f"/rubrics/{made.pk}/",
        "Mine",
        None,
    )
    assert "Copied from “Commentary”." in words(page(assistant).get(f"/rubrics/{made.pk}/"))


def test_rubric_is_copied_into_a_seminar_one_teaches_alone(
    page, instructor, rubric, address, seminar, other_seminar
):
    client = page(instructor)
    data = {"title": "", "where": str(seminar.pk)}
    assert client.get(f"{address}copy/").status_code == 200
    assert client.post(f"{address}copy/", data).status_code == 302
    assert (
        client.post(f"{address}copy/", data | {"where": str(other_seminar.pk)}).status_code == 400
    )

    assert Rubric.objects.filter(seminar=seminar, title="Commentary").count() == 2


def test_rubric_is_archived_and_taken_out_again(page, instructor, rubric, address):
    client = page(instructor)

    client.post(f"{address}archive/", {"archived": "1", "version": "1"})
    rubric.refresh_from_db()
    assert rubric.archived_at is not None
    assert "This rubric is archived." in words(client.get(address))
    stale = client.post(f"{address}archive/", {"archived": "0", "version": "1"}, follow=True)
    assert "Somebody has changed this rubric" in words(stale)
    client.post(f"{address}archive/", {"archived": "0", "version": "2"})

    rubric.refresh_from_db()
    assert rubric.archived_at is None


def test_rubric_is_written_to_files(page, assistant, rubric, address):
    as_text = page(assistant).get(f"{address}export/")
    as_table = page(assistant).get(f"{address}export/?format=csv")

    assert as_json.loaded(as_text.content.decode()) == ("Commentary", content_now(rubric))
    assert as_csv.loaded(as_table.content.decode()) == content_now(rubric)
    assert as_text["Content-Disposition"] == 'attachment; filename="commentary-1.json"'
    assert as_table.content.startswith(b"\xef\xbb\xbfcriterion,")
    assert page(assistant).get(f"{address}export/?format=pdf").status_code == 404


@pytest.mark.parametrize("form", ["json", "csv"])
def test_file_is_read_into_the_editor_and_published_there(form, page, instructor, rubric, seminar):
    content = content_now(rubric)
    text = as_json.dumped("From a file", content) if form == "json" else as_csv.dumped(content)
    given = SimpleUploadedFile(f"From_a file.{form}", b"\xef\xbb\xbf" + text.encode())

    response = page(instructor).post(
        "/rubrics/import/", {"file": given, "where": str(seminar.pk), "title": ""}
    )

    told = words(response)
    assert response.status_code == 200
    assert "Read from the file" in told
    assert 'value="From a file"' in told
    assert f'action="/rubrics/new/?seminar={seminar.slug}"' in told
    assert shown_titles(response) == ["Claim", "Evidence", "Style"]
    assert Rubric.objects.filter(seminar=seminar).count() == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("criterion,level,points\nClaim,Weak,two\n", "line 2, column points: “two” is no number."),
        (json.dumps({"title": 7}), "title: give a text."),
        ("", "Choose a file, or paste its text."),
    ],
    ids=["csv", "json", "nothing"],
)
def test_file_that_is_no_rubric_says_where(text, said, page, instructor):
    response = page(instructor).post("/rubrics/import/", {"text": text, "where": ""})

    assert response.status_code == 400
    assert said in words(response)


def test_file_that_is_no_text_or_too_large_is_refused(page, instructor):
    for body, said in ((b"\xff\xfe", "not written in UTF-8"), (b"x" * 1_000_001, "at most 1 MB")):
        given = SimpleUploadedFile("rubric.csv", body)
        response = page(instructor).post("/rubrics/import/", {"file": given, "where": ""})
        assert response.status_code == 400
        assert said in words(response)
