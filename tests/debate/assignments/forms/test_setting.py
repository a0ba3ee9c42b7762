"""The long form: rounds added and removed with everything typed kept, and what is folded."""

import uuid
from datetime import UTC

import pytest
from django.http import QueryDict

from debate.assignments.actions import RoundInput
from debate.assignments.forms import AssignmentForm, initial_for_new, initial_of
from debate.core.errors import Invalid, NotAllowed
from tests.factories.assignments import AssignmentTemplateFactory

KINDS = ["comment", "question", "support", "counterargument", "evidence", "concession"]
GIVEN = {
    "title": "Water",
    "opens_at": "2026-03-02T09:00",
    "due_at": "2026-03-10T09:00",
    "asked_comments": "3",
    "audience": "seminar",
}


def one(number, **values):
    return {f"rounds-{number}-{name}": value for name, value in values.items()}


ROUNDS = {
    "rounds": "2",
    **one(0, name="Alone", mode="blind", reveals_after="2", allowed_kinds=KINDS),
    **one(1, name="Talk", mode="open", opens_at="2026-03-05T09:00", allowed_kinds=["comment"]),
}


def sent(*parts, groups=(), rounds=(), **extra):
    data = QueryDict(mutable=True)
    for part in (*parts, extra):
        for name, value in part.items():
            data.setlist(name, value if isinstance(value, list) else [value])
    return AssignmentForm(data, zone=UTC, initial={}, rounds=rounds, groups=groups)


def names(form):
    return [row["name"].value() for row in form.rounds]


def test_valid_input_is_given_as_the_actions_take_it(group):
    form = sent(GIVEN, ROUNDS, groups=[group], audience="groups")

    assert form.is_valid()
    given = form.given()
    assert given["asked"] == {
        "comments": 3,
        "counterarguments": 0,
        "evidence": 0,
        "replies": 0,
        "paragraphs": 0,
    }
    assert (given["is_for_groups"], given["group_ids"]) == (True, [])
    assert [(row.name, row.mode, row.reveals_after) for row in given["rounds"]] == [
        ("Alone", "blind", 2),
        ("Talk", "open", None),
    ]
    assert given["rounds"][1].allowed_kinds == ["comment"]


def test_groups_chosen_are_given(group):
    form = sent(GIVEN, {"audience": "groups", "groups": [str(group.pk)]}, groups=[group])

    assert form.is_valid()
    assert form.given()["group_ids"] == [str(group.pk)]


def test_form_without_rounds_leaves_them_as_they_are():
    form = sent(GIVEN)

    assert form.is_valid()
    assert "rounds" not in form.given()


@pytest.mark.parametrize("count", ["", "many", "٣", "-1"])
def test_number_of_rounds_that_is_none_counts_none(count):
    assert sent(GIVEN, {"rounds": count}).rounds == []


@pytest.mark.parametrize("count", ["1000000000", "9" * 5000])
def test_number_of_rounds_is_bounded(count):
    assert len(sent(GIVEN, {"rounds": count}).rounds) == 8


def test_later_round_needs_its_opening():
    form = sent(GIVEN, ROUNDS, **{"rounds-1-opens_at": ""})

    assert not form.is_valid()
    assert form.has_errors
    assert form.rounds[1].errors == {"opens_at": ["This field is required."]}


def test_round_added_keeps_everything_typed():
    form = sent(GIVEN, ROUNDS, add_round="1", due_at="soon", **{"rounds-1-opens_at": "later"})

    assert form.is_rearranged
    again = form.rearranged()
    assert names(again) == ["Alone", "Talk", "Round 3"]
    assert again["due_at"].value() == "soon"
    assert again.rounds[1]["opens_at"].value() == "later"
    assert again.rounds[1]["allowed_kinds"].value() == ["comment"]
    assert not again.has_errors


def test_round_removed_leaves_the_others_as_typed():
    assert names(sent(GIVEN, ROUNDS, remove_round="0").rearranged()) == ["Talk"]


def again(form, **pressed):
    """The form as its page sends it back, another button pressed."""
    data = QueryDict(mutable=True)
    data.update(GIVEN | {"rounds": str(len(form.places))})
    for row in form.places:
        for name, value in ((bound.html_name, bound.value()) for bound in row):
            data.setlist(name, value if isinstance(value, list) else [value or ""])
    data.update(pressed)
    return AssignmentForm(data, zone=UTC, initial={}, rounds=(), groups=())


def test_removed_round_comes_back_with_what_was_typed():
    removed = sent(GIVEN, ROUNDS, remove_round="0").rearranged()
    assert [(row.number, row.is_gone) for row in removed.places] == [(1, True), (1, False)]

    form = again(removed, undo_round="0")

    assert form.is_rearranged
    back = form.rearranged()
    assert names(back) == ["Alone", "Talk"]
    assert back.rounds[0]["reveals_after"].value() == "2"
    assert back.rounds[1]["opens_at"].value() == "2026-03-05T09:00"


def test_removed_round_is_not_saved_and_the_next_opens_with_the_assignment():
    removed = sent(GIVEN, ROUNDS, remove_round="0", **{"rounds-1-opens_at": "later"}).rearranged()

    form = again(removed)

    assert form.is_valid()
    assert [(row.name, row.opens_at) for row in form.given()["rounds"]] == [("Talk", None)]


def test_refusal_of_a_round_after_a_removed_one_is_shown_at_it():
    form = again(sent(GIVEN, ROUNDS, remove_round="0").rearranged())
    form.is_valid()

    form.show_refusal(Invalid("No.", field="rounds.0.name"))

    assert [row.errors for row in form.rounds] == [{"name": ["No."]}]


def test_page_with_a_removed_round_keeps_its_rounds_in_sight():
    form = again(sent(GIVEN, ROUNDS, remove_round="0").rearranged())

    assert (form.has_several_rounds, form.has_plain_rounds) == (False, False)


def test_removed_rounds_leave_room_for_others_but_not_for_a_ninth():
    eight = {
        "rounds": "8",
        **{name: v for n in range(8) for name, v in one(n, name=f"R{n}").items()},
    }
    form = again(sent(GIVEN, eight, remove_round="0").rearranged(), add_round="1").rearranged()
    assert names(form) == [*(f"R{n}" for n in range(1, 8)), "Round 8"]

    assert not form.may_add_round
    full = again(form, undo_round="0").rearranged()

    assert names(full) == names(form)
    assert [row["name"].value() for row in full.places if row.is_gone] == ["R0"]


@pytest.mark.parametrize("which", ["7", "x", ""])
def test_round_that_is_not_there_is_not_removed(which):
    assert names(sent(GIVEN, ROUNDS, remove_round=which).rearranged()) == ["Alone", "Talk"]


def test_last_round_is_not_removed_and_a_ninth_not_added():
    last = sent(GIVEN, {"rounds": "1", **one(0, name="Alone")}, remove_round="0")
    full = sent(GIVEN, {"rounds": "8"}, add_round="1")

    assert names(last.rearranged()) == ["Alone"]
    assert len(full.rearranged().rounds) == 8


def test_preset_fills_the_rounds_and_keeps_the_first_ones_rows():
    row = str(uuid.UUID(int=7))
    form = sent(GIVEN, ROUNDS, preset="rebuttal", **{"rounds-0-id": row})

    again = form.rearranged()

    assert names(again) == ["First reading", "Open discussion", "Rebuttal"]
    assert again.rounds[0]["id"].value() == row
    assert again.rounds[2]["allowed_kinds"].value() == [
        "comment", "counterargument", "evidence", "concession",
    ]  # fmt: skip


def test_preset_of_bad_dates_still_fills_the_rounds():
    form = sent(GIVEN, preset="blind", opens_at="soon", due_at="later")

    assert names(form.rearranged()) == ["First reading", "Open discussion"]


def test_preset_that_is_not_known_changes_nothing():
    assert names(sent(GIVEN, ROUNDS, preset="chaos").rearranged()) == ["Alone", "Talk"]


@pytest.mark.parametrize(
    ("field", "shown_at"),
    [("title", "title"), ("asked.comments", "asked_comments"), ("groups", "groups"), ("essay", "__all__")],
)  # fmt: skip
def test_refusal_is_shown_at_its_field(field, shown_at):
    form = sent(GIVEN, ROUNDS)
    form.is_valid()

    form.show_refusal(Invalid("No.", field=field))

    assert form.errors == {shown_at: ["No."]}


def test_refusal_of_a_round_is_shown_in_that_round():
    form = sent(GIVEN, ROUNDS)
    form.is_valid()

    form.show_refusal(Invalid("No.", field="rounds.1.allowed_kinds"))

    assert (form.rounds[1].errors, form.errors) == ({"allowed_kinds": ["No."]}, {})


def test_refusal_of_rounds_that_were_not_sent_is_shown_above():
    form = sent(GIVEN)
    form.is_valid()

    form.show_refusal(Invalid("No.", field="rounds.1.allowed_kinds"))

    assert form.errors == {"__all__": ["No."]}


def test_refusal_that_is_no_matter_of_the_form_is_raised_again():
    form = sent(GIVEN)
    form.is_valid()

    with pytest.raises(NotAllowed):
        form.show_refusal(NotAllowed("No."))


def test_new_form_folds_what_is_as_usual():
    fields, rounds = initial_for_new("Water", UTC)
    form = AssignmentForm(zone=UTC, initial=fields, rounds=rounds, groups=[])

    assert form.has_plain_rounds
    assert not form.has_chosen_people
    assert not form.has_chosen_names
    assert not form.has_resolution


def test_form_shows_what_is_not_as_usual(assignment, instructor):
    assignment.uses_pseudonyms = assignment.is_for_groups = True
    assignment.resolution = "It should."
    fields, rounds = initial_of(assignment)
    form = AssignmentForm(zone=UTC, initial=fields, rounds=[*rounds, *rounds], groups=[])

    assert not form.has_plain_rounds
    assert form.has_chosen_people
    assert form.has_chosen_names
    assert form.has_resolution


def test_template_fills_the_form():
    template = AssignmentTemplateFactory.build(
        setup={
            "asked_comments": 9,
            "due_at": {"days": 2, "time": "12:00"},
            "rounds": [
                {"name": "Alone", "mode": "blind", "opens_at": {"days": 0, "time": "09:00"}}
            ],
        },
        owner=None,
    )

    fields, rounds = initial_for_new("Water", UTC, template)

    assert (fields["title"], fields["asked_comments"], fields["asked_evidence"]) == ("Water", 9, 2)
    assert (fields["due_at"].date() - fields["opens_at"].date()).days == 2
    assert [(row["name"], row["allowed_kinds"]) for row in rounds] == [("Alone", KINDS)]


def test_round_input_is_made_of_a_round_that_is_kept(assignment):
    row = assignment.rounds.get()

    assert RoundInput.of(row) == RoundInput(round_id=row.pk, opens_at=row.opens_at)
