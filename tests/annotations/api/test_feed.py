"""The change feed in the API: nothing is missed, and nothing is told to whom it does not concern."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import (
    Content,
    SourceInput,
    Target,
    change_audience,
    edit_annotation,
    hide_annotation,
    pin_thread,
    unhide_annotation,
    withdraw_annotation,
)
from annotations.actions.claims import change_claim, mark_claim, restore_claim, withdraw_claim
from annotations.actions.linking import link_claims, relate_claims, restore_link, withdraw_link
from annotations.actions.numbering import RETENTION, forget_lines, number_lines
from annotations.actions.quality import set_mark, settle_mark
from annotations.actions.sources import change_source
from annotations.actions.undoing import undo
from annotations.models import Annotation, Change, Claim, Inference, QualityMark, Relation
from annotations.queries.feed import feed_cursor
from debate.accounts.actions import change_profile
from debate.assignments.actions import change_sides
from debate.assignments.actions.extensions import (
    change_accommodations,
    grant_extension,
    withdraw_extension,
)
from debate.assignments.enums import RoundMode
from debate.seminars.actions.people import remove_member
from debate.seminars.models import Membership
from tests.annotations.api.mirrors import FEED, Mirror, full, said
from tests.annotations.live.conftest import Life, post
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.assignments import RoundFactory, assignment_of
from tests.factories.essays import essay_of


@pytest.fixture
def mirror(api, assignment):
    """`mirror(person)`: a client of the person's that has the full state."""

    def begun(person, **query):
        one = Mirror(api(person), query=query)
        one.pull()
        return one

    return begun


def one(op, note):
    return [(op, "annotation", str(note.pk))]


# --- everything, whatever happens ----------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_mirrors_are_as_if_they_began_anew_after_whatever_people_do(
    api, mirror, assignment, group, other_group, instructor, student, classmate, observer, seed
):
    mirrors = {one: mirror(one) for one in (instructor, student, observer)}
    life = Life(assignment, [instructor, student, classmate], [group, other_group], seed)

    for _ in range(2):
        for _ in range(15):
            life.step()
        for reader, one in mirrors.items():
            one.pull(limit=5)
            assert one.objects == full(api(reader)), reader

    assert [one.resets for one in mirrors.values()] == [[], [], []]


@pytest.mark.parametrize("limit", [7, 200])
def test_full_state_of_annotations_of_one_and_the_same_time_loses_none(
    api, student, assignment, limit
):
    notes = AnnotationFactory.build_batch(500, assignment=assignment, author=student, round=None)
    round_ = assignment.rounds.get()
    for note in notes:
        note.round = round_
    Annotation.objects.bulk_create(notes)
    Annotation.objects.update(created_at=timezone.now(), updated_at=timezone.now())
    client = Mirror(api(student), query={"assignment": str(assignment.pk)})

    told = client.pull(limit=limit)

    ids = [one["id"] for one in told if one["type"] == "annotation"]
    assert ids == sorted(str(note.pk) for note in notes)
    assert [one["type"] for one in told if one["type"] != "annotation"] == ["assignment"]


def test_what_is_posted_while_the_full_state_is_walked_is_told_afterwards(
    api, student, classmate, assignment
):
    kept = [post(assignment, classmate, body=f"Remark {n}.") for n in range(4)]
    client = api(student)
    first = client.get(FEED, {"limit": 2}).json()
    withdraw_annotation(actor=classmate, annotation_id=kept[0].pk)
    new = post(assignment, classmate)

    rest = Mirror(client, cursor=first["cursor"])
    for item in first["results"]:
        rest._take(item)
    rest.pull(limit=2)
    rest.pull(limit=2)

    assert rest.objects == full(client)
    assert ("annotation", str(new.pk)) in rest.objects
    assert ("annotation", str(kept[0].pk)) not in rest.objects


def test_change_is_told_whole(mirror, api, student, classmate, assignment):
    client = mirror(student)
    note = post(assignment, classmate)

    [item] = client.pull()

    line = Change.objects.get(object_id=note.pk)
    shown = api(student).get(f"/api/v1/annotations/{note.pk}/").json()
    assert item == {
        "cursor": item["cursor"],
        "op": "create",
        "type": "annotation",
        "id": str(note.pk),
        "version": 1,
        "at": line.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "object": shown,
    }


def test_items_cursor_goes_on_behind_the_item(mirror, student, classmate, assignment):
    client = mirror(student)
    notes = [post(assignment, classmate) for _ in range(3)]
    told = client.pull()

    again = Mirror(client.client, cursor=told[0]["cursor"]).pull()

    assert said(again) == [*one("create", notes[1]), *one("create", notes[2])]


def test_lines_of_one_object_are_told_as_one_on_a_page(mirror, student, classmate, assignment):
    client = mirror(student)
    note = post(assignment, classmate)
    content = Content(kind="comment", body="A better remark.")
    edit_annotation(actor=classmate, annotation_id=note.pk, content=content)

    [item] = client.pull()

    assert (item["op"], item["version"], item["object"]["body"]) == ("create", 2, content.body)


# --- who is told what ----------------------------------------------------------------------------


def test_withdrawal_is_a_tombstone_for_whoever_could_read_it(
    mirror, student, classmate, instructor, outsider, assignment
):
    note = post(assignment, classmate)
    clients = [mirror(one) for one in (student, classmate, instructor, outsider)]
    withdraw_annotation(actor=classmate, annotation_id=note.pk)

    *told, nothing = [said(client.pull()) for client in clients]

    assert told == [one("withdraw", note)] * 3
    assert nothing == []


def test_hiding_is_a_tombstone_for_readers_and_an_update_for_author_and_staff(
    mirror, student, classmate, instructor, assignment
):
    note = post(assignment, classmate)
    reader, author, staff = (mirror(one) for one in (student, classmate, instructor))
    hide_annotation(actor=instructor, annotation_id=note.pk, reason="No.")

    assert said(reader.pull()) == one("withdraw", note)
    assert said(author.pull()) == one("update", note)
    assert said(staff.pull()) == one("update", note)

    unhide_annotation(actor=instructor, annotation_id=note.pk)

    assert said(reader.pull()) == one("create", note)
    assert said(staff.pull()) == one("update", note)


def test_narrowing_is_a_tombstone_for_those_outside_and_widening_a_creation(
    mirror, student, classmate, observer, group, other_group, assignment
):
    group.members.add(classmate)
    note = post(assignment, student)
    inside, outside = mirror(classmate), mirror(observer)
    change_audience(actor=student, annotation_id=note.pk, audience="group", group_id=group.pk)

    assert said(inside.pull()) == one("update", note)
    assert said(outside.pull()) == one("withdraw", note)

    change_audience(actor=student, annotation_id=note.pk, audience="seminar")

    assert said(inside.pull()) == one("update", note)
    assert said(outside.pull()) == one("create", note)


@pytest.mark.parametrize("audience", ["private", "staff", "group"])
def test_who_never_could_see_it_is_told_nothing_at_all(
    mirror, student, classmate, group, assignment, audience
):
    client = mirror(classmate)
    given = {"group_id": group.pk} if audience == "group" else {}
    note = post(assignment, student, audience=audience, **given)
    content = Content(kind="comment", body="Again.")
    edit_annotation(actor=student, annotation_id=note.pk, content=content)
    withdraw_annotation(actor=student, annotation_id=note.pk)

    assert client.pull() == []
    assert client.resets == []


def test_change_of_group_calls_for_the_full_state(
    mirror, api, student, classmate, group, assignment
):
    note = post(assignment, student, audience="group", group_id=group.pk)
    client = mirror(classmate)
    group.members.add(classmate)

    client.pull()

    assert client.resets == ["view_changed"]
    assert client.objects == full(api(classmate))
    assert ("annotation", str(note.pk)) in client.objects


def test_who_leaves_the_seminar_begins_again_and_finds_nothing(
    mirror, api, student, instructor, seminar, assignment
):
    client = mirror(student)
    alone = f"/api/v1/assignments/{assignment.pk}/changes/"
    cursor = api(student).get(alone).json()["cursor"]
    membership = Membership.objects.get(seminar=seminar, user=student)
    remove_member(actor=instructor, membership_id=membership.pk)

    client.pull()

    assert (client.resets, client.objects) == (["view_changed"], {})
    expect_problem(api(student).get(alone, {"since": cursor}), 404, "not_found")


def test_round_that_turns_calls_for_the_full_state(mirror, api, student, classmate, assignment):
    assignment.rounds.update(mode=RoundMode.BLIND)
    note = post(assignment, classmate)
    client = mirror(student)
    hidden = post(assignment, classmate)

    assert client.pull() == []

    assignment.rounds.update(ends_at=timezone.now())
    client.pull()

    assert client.resets == ["view_changed"]
    notes = {pk for type_, pk in client.objects if type_ == "annotation"}
    assert notes == {str(note.pk), str(hidden.pk)}
    assert client.objects == full(api(student))


# --- what a change moves beside its object -------------------------------------------------------


def test_reply_brings_what_was_replied_to(mirror, student, classmate, assignment):
    note = post(assignment, classmate)
    client = mirror(student)
    reply = post(assignment, classmate, parent=note)

    told = client.pull()

    assert said(told) == [*one("create", reply), *one("update", note)]
    assert told[1]["object"]["reply_count"] == 1
    again = Mirror(client.client, cursor=told[0]["cursor"])
    assert said(again.pull()) == said(told)


def test_pinning_a_thread_brings_its_replies(mirror, student, instructor, assignment):
    note = post(assignment, student)
    reply = post(assignment, student, parent=note)
    client = mirror(student)
    pin_thread(actor=instructor, annotation_id=note.pk)

    told = client.pull()

    assert said(told) == [*one("update", note), *one("update", reply)]
    assert {item["object"]["pinned_at"] is not None for item in told} == {True}


def test_edited_source_brings_what_cites_it(mirror, student, instructor, seminar, assignment):
    passage = PassageFactory(source=SourceFactory(seminar=seminar, added_by=student))
    note = AnnotationFactory(assignment=assignment, author=student, evidence=True, passage=passage)
    AnnotationFactory(assignment=assignment, author=student)
    client = mirror(student)
    source = passage.source
    change_source(actor=instructor, source_id=source.pk, changes={"title": "On meters"})

    [item] = client.pull()

    assert said([item]) == one("update", note)
    assert item["version"] == 1
    assert item["object"]["evidence"]["source"]["title"] == "On meters"

    change_source(actor=instructor, source_id=source.pk, changes={"interest_note": "Sells meters."})

    assert client.pull() == []


def test_new_name_brings_the_notes_of_its_person(mirror, student, classmate, assignment):
    note = post(assignment, classmate)
    post(assignment, student)
    client = mirror(student)
    change_profile(actor=classmate, name="Ada", time_zone="UTC")

    [item] = client.pull()

    assert said([item]) == one("update", note)
    assert item["object"]["author"]["name"] == "Ada"

    change_profile(actor=classmate, name="Ada", time_zone="Europe/Berlin")

    assert client.pull() == []


def test_new_name_behind_an_alias_is_told_to_those_alone_who_know_it(
    mirror, student, classmate, instructor, assignment
):
    assignment.uses_pseudonyms = True
    assignment.save()
    note = post(assignment, classmate)
    kept = post(assignment, classmate, audience="private")
    reader, author, staff = (mirror(one) for one in (student, classmate, instructor))
    change_profile(actor=classmate, name="Ada", time_zone="UTC")

    assert reader.pull() == []
    assert said(author.pull()) == [*one("update", note), *one("update", kept)]
    assert said(staff.pull()) == one("update", note)


def test_note_brings_what_it_makes_on_the_map_and_takes_it_along(
    mirror, api, student, classmate, assignment
):
    client = mirror(student)
    note = post(assignment, classmate, kind="counterargument")
    claim, relation = Claim.objects.get(annotation=note), Relation.objects.get(annotation=note)
    implied = relation.target_claim

    told = client.pull()

    assert said(told) == [
        *one("create", note),
        *sorted(("create", "claim", str(pk)) for pk in (claim.pk, implied.pk)),
        ("create", "relation", str(relation.pk)),
    ]
    assert client.objects == full(api(student))

    withdraw_annotation(actor=classmate, annotation_id=note.pk)
    client.pull()

    assert client.objects == full(api(student))


@pytest.mark.parametrize("kind", ["counterargument", "support", "question"])
def test_note_that_goes_and_comes_back_brings_what_bears_on_its_claim(
    mirror, api, student, classmate, observer, instructor, assignment, kind
):
    note = post(assignment, classmate, kind=kind)
    replies = [
        post(assignment, instructor, parent=note, **given)
        for given in (
            {"kind": "counterargument"},
            {"kind": "counterargument", "attacks": "step"},
            {"kind": "concession"},
            {"kind": "support"},
        )
    ]
    post(assignment, student, parent=replies[-1], kind="counterargument", attacks="step")
    copies = {one: mirror(one) for one in (student, classmate, observer)}

    hide_annotation(actor=instructor, annotation_id=note.pk, reason="It is off the point.")
    for reader, one in copies.items():
        one.pull()
        assert one.objects == full(api(reader)), reader
    unhide_annotation(actor=instructor, annotation_id=note.pk)
    for reader, one in copies.items():
        one.pull()
        assert one.objects == full(api(reader)), reader
    withdraw_annotation(actor=classmate, annotation_id=note.pk)
    for reader, one in copies.items():
        one.pull()
        assert one.objects == full(api(reader)), reader


def test_note_that_goes_tells_of_its_replies_to_those_alone_who_read_them(
    mirror, student, classmate, observer, instructor, assignment
):
    note = post(assignment, classmate, kind="counterargument")
    reply = post(assignment, student, kind="counterargument", parent=note)
    relation = Relation.objects.get(annotation=reply)
    hide_annotation(actor=instructor, annotation_id=reply.pk, reason="It is off the point.")
    author, stranger = mirror(student), mirror(observer)
    withdraw_annotation(actor=classmate, annotation_id=note.pk)
    thing = ("withdraw", "relation", str(relation.pk))

    assert thing in said(author.pull())
    told = stranger.pull()
    assert thing not in said(told)
    assert str(reply.pk) not in {one["id"] for one in told}


def test_note_and_its_reply_that_go_together_take_the_link_between_them_along(
    mirror, api, student, classmate, instructor, assignment
):
    note = post(assignment, classmate, kind="counterargument")
    reply = post(assignment, instructor, kind="counterargument", parent=note)
    relation = Relation.objects.get(annotation=reply)
    client = mirror(student)
    withdraw_annotation(actor=instructor, annotation_id=reply.pk)
    withdraw_annotation(actor=classmate, annotation_id=note.pk)

    told = said(client.pull())

    assert told.count(("withdraw", "relation", str(relation.pk))) == 1
    assert client.objects == full(api(student))


def test_note_of_another_kind_takes_off_what_the_former_made(
    mirror, api, student, classmate, assignment
):
    note = post(assignment, classmate, kind="support")
    inference = Inference.objects.get(annotation=note)
    client = mirror(student)
    content = Content(kind="comment", body="Only a remark.")
    edit_annotation(actor=classmate, annotation_id=note.pk, content=content)

    told = said(client.pull())

    assert ("withdraw", "inference", str(inference.pk)) in told
    assert ("withdraw", "claim", str(inference.conclusion_id)) in told
    assert client.objects == full(api(student))


def test_set_up_of_an_assignment_is_told_without_a_line(mirror, api, student, assignment):
    client = mirror(student)
    assert client.pull() == []
    assignment.title = "Who pays?"
    assignment.save()

    [item] = client.pull()

    assert (item["op"], item["type"], item["object"]["title"]) == (
        "update",
        "assignment",
        "Who pays?",
    )
    assert client.pull() == []
    assert client.objects == full(api(student))


def test_withdrawn_note_takes_no_claim_along_that_only_a_hidden_reply_made(
    mirror, observer, student, classmate, instructor, assignment
):
    note = post(assignment, classmate)
    reply = post(assignment, student, kind="counterargument", parent=note)
    hide_annotation(actor=instructor, annotation_id=reply.pk, reason="It is about another essay.")
    client = mirror(observer)
    withdraw_annotation(actor=classmate, annotation_id=note.pk)

    assert Claim.objects.filter(annotation=note).exists()
    assert said(client.pull()) == one("withdraw", note)


def test_withdrawn_public_note_takes_nothing_along_that_visitors_never_saw(
    mirror, instructor, student, classmate, seminar, assignment
):
    seminar.allows_public = True
    seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()
    note = post(assignment, student, audience="public")
    mark = set_mark(actor=classmate, on="annotation", target_id=note.pk, type="unclear")
    visitor, member = mirror(None), mirror(classmate)
    settle_mark(actor=instructor, mark_id=mark.pk, resolution="It is given in the reply.")
    assert visitor.pull() == []
    withdraw_annotation(actor=student, annotation_id=note.pk)

    assert said(visitor.pull()) == one("withdraw", note)
    assert ("withdraw", "quality_mark", str(mark.pk)) in said(member.pull())


def test_author_of_a_note_for_staff_is_told_of_the_marks_on_it(
    mirror, instructor, student, classmate, assignment
):
    note = post(assignment, student, audience="staff")
    author, other = mirror(student), mirror(classmate)

    mark = set_mark(actor=instructor, on="annotation", target_id=note.pk, type="unclear")
    assert ("create", "quality_mark", str(mark.pk)) in said(author.pull())
    settle_mark(actor=instructor, mark_id=mark.pk, resolution="It is given in the reply.")
    assert ("update", "quality_mark", str(mark.pk)) in said(author.pull())

    assert other.pull() == []


def test_what_is_of_no_round_is_told_while_the_last_round_is_blind(
    mirror, student, instructor, assignment
):
    later = timezone.now() + timedelta(days=1)
    RoundFactory(assignment=assignment, number=2, opens_at=later, mode=RoundMode.BLIND)
    client = mirror(student)
    paragraph = assignment.revision.paragraphs.get(number=1)
    target = Target(paragraph_id=paragraph.pk)
    claim = mark_claim(actor=instructor, assignment_id=assignment.pk, targets=[target])

    assert said(client.pull()) == [("create", "claim", str(claim.pk))]


# --- what goes with what it hangs on ---------------------------------------------------------------


@dataclass
class Copies:
    """Copies of several readers, and of the same who read all at the end, a line a page."""

    api: object
    prompt: dict
    late: dict

    def agree(self, *, late=False):
        for reader, one in (self.late if late else self.prompt).items():
            one.pull(limit=1 if late else 200)
            known, there = one.objects, full(self.api(reader))
            assert known.keys() == there.keys(), reader
            assert known == there, reader
            assert one.resets == []


@pytest.fixture
def copies(api, mirror, instructor, student, classmate, observer):
    """What instructor, student, classmate and observer have; `agree` says that it is all there is."""

    def begun():
        prompt = {one: mirror(one) for one in (instructor, student, classmate, observer)}
        late = {
            who: Mirror(one.client, objects=dict(one.objects), cursor=one.cursor)
            for who, one in prompt.items()
        }
        return Copies(api, prompt, late)

    return begun


ANSWERS = ["counterargument", "concession", "support", "evidence"]


def answered(assignment, author, parent, kind):
    """A reply by the factory's words and the action's rows, of any kind that makes a claim of it."""
    if kind != "evidence":
        return post(assignment, author, kind=kind, parent=parent)
    source = SourceInput(link="https://example.org/survey", title="Survey")
    more = {"stance": "supports", "warrant": "It was measured.", "source": source}
    return post(assignment, author, kind=kind, parent=parent, **more)


@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("act", ["withdraw reply", "hide reply", "withdraw root"])
def test_claim_that_only_an_answer_made_known_goes_with_it(
    copies, student, classmate, observer, instructor, assignment, kind, act
):
    root = post(assignment, student)
    reply = answered(assignment, classmate, root, kind)
    claim = ("claim", str(Claim.objects.get(annotation=root).pk))
    everybody = copies()
    watcher = everybody.prompt[observer]
    assert claim in watcher.objects

    if act == "withdraw reply":
        withdraw_annotation(actor=classmate, annotation_id=reply.pk)
    elif act == "hide reply":
        hide_annotation(actor=instructor, annotation_id=reply.pk, reason="It is off the point.")
    else:
        withdraw_annotation(actor=student, annotation_id=root.pk)

    everybody.agree()
    assert said(watcher.told).count(("withdraw", *claim)) == 1


def test_claim_in_the_middle_of_a_thread_goes_with_its_note(
    copies, student, classmate, observer, assignment
):
    root = post(assignment, student)
    middle = post(assignment, classmate, parent=root, kind="counterargument")
    post(assignment, student, parent=middle, kind="counterargument")
    everybody = copies()
    withdraw_annotation(actor=classmate, annotation_id=middle.pk)

    everybody.agree()
    everybody.agree(late=True)


def test_claim_that_goes_with_its_answer_is_told_to_those_alone_who_knew_it(
    mirror, student, classmate, observer, instructor, group, assignment
):
    group.members.add(classmate)
    root = post(assignment, student)
    reply = post(assignment, instructor, parent=root, kind="concession")
    borne = Claim.objects.get(annotation=root)
    given = {"claim_id": borne.pk, "audience": "group", "group_id": group.pk}
    note = post(assignment, student, kind="counterargument", **given)
    withdraw_annotation(actor=instructor, annotation_id=reply.pk)
    claim = ("withdraw", "claim", str(borne.pk))
    inside, outside = mirror(classmate), mirror(observer)
    withdraw_annotation(actor=student, annotation_id=note.pk)

    assert claim in said(inside.pull())
    assert outside.pull() == []


def test_claim_that_another_answer_makes_known_stays(
    copies, student, classmate, observer, assignment
):
    root = post(assignment, student)
    replies = [post(assignment, classmate, parent=root, kind="concession") for _ in range(2)]
    claim = ("claim", str(Claim.objects.get(annotation=root).pk))
    everybody = copies()
    withdraw_annotation(actor=classmate, annotation_id=replies[0].pk)

    everybody.agree()
    assert claim in everybody.prompt[observer].objects


@pytest.fixture
def on_map(assignment, instructor, student):
    """Two claims put on the map by hand with a step between them, an attack and a mark on the one."""
    premise, conclusion, other = (
        mark_claim(actor=instructor, assignment_id=assignment.pk, text=text, is_explicit=False)
        for text in ("Prices lower demand.", "Price water.", "Demand is fixed.")
    )
    step = link_claims(
        actor=instructor,
        assignment_id=assignment.pk,
        conclusion_id=conclusion.pk,
        premise_ids=[premise.pk],
    )
    relate_claims(
        actor=instructor,
        assignment_id=assignment.pk,
        kind="undercuts",
        source_id=other.pk,
        target_inference_id=step.pk,
    )
    set_mark(actor=student, on="claim", target_id=premise.pk, type="unclear")
    return premise, step


def test_claim_taken_off_takes_along_and_brings_back_what_bears_on_it(
    copies, assignment, instructor, classmate, observer, on_map
):
    premise, step = on_map
    note = post(assignment, classmate, kind="counterargument", claim_id=premise.pk)
    granted = post(assignment, classmate, kind="concession", claim_id=premise.pk)
    things = {
        ("claim", str(premise.pk)),
        ("inference", str(step.pk)),
        ("concession", str(granted.concession.pk)),
        ("quality_mark", str(QualityMark.objects.get().pk)),
        *(("relation", str(one.pk)) for one in Relation.objects.all()),
    }
    assert len(things) == 6
    everybody = copies()
    withdraw_claim(actor=instructor, claim_id=premise.pk)

    everybody.agree()
    watcher = everybody.prompt[observer]
    gone = {one[1:] for one in said(watcher.told) if one[0] == "withdraw"}
    assert gone == things
    assert ("annotation", str(note.pk)) in watcher.objects

    restore_claim(actor=instructor, claim_id=premise.pk)

    everybody.agree()
    everybody.agree(late=True)
    assert things <= watcher.objects.keys()


def test_proposal_taken_off_is_told_to_those_alone_who_knew_it(
    copies, assignment, instructor, student, classmate, observer, group
):
    note = post(assignment, student, kind="counterargument", audience="group", group_id=group.pk)
    implied = Relation.objects.get(annotation=note).target_claim
    everybody = copies()
    told = list(everybody.prompt[observer].told)
    change_claim(actor=instructor, claim_id=implied.pk, text="Water is dear.")
    everybody.agree()
    withdraw_claim(actor=instructor, claim_id=implied.pk)
    everybody.agree()

    gone = ("withdraw", "claim", str(implied.pk))
    assert gone in said(everybody.prompt[student].told)
    assert everybody.prompt[observer].told == told


def test_copies_are_whole_after_each_act_on_notes_and_the_map(
    copies, assignment, instructor, student, classmate, observer, group, on_map
):
    premise, step = on_map
    root = post(assignment, student)
    reply = post(assignment, classmate, parent=root, kind="counterargument")
    last = post(assignment, student, parent=reply, kind="support")
    group.members.add(classmate)
    borne = Claim.objects.get(annotation=root)
    given = {"claim_id": borne.pk, "audience": "group", "group_id": group.pk}
    apart = post(assignment, student, kind="concession", **given)
    everybody = copies()
    acts = [
        lambda: set_mark(actor=student, on="claim", target_id=borne.pk, type="unclear"),
        lambda: hide_annotation(actor=instructor, annotation_id=reply.pk, reason="Off the point."),
        lambda: unhide_annotation(actor=instructor, annotation_id=reply.pk),
        lambda: post(assignment, classmate, kind="counterargument", claim_id=premise.pk),
        lambda: withdraw_claim(actor=instructor, claim_id=premise.pk),
        lambda: withdraw_link(actor=instructor, inference_id=step.pk),
        lambda: restore_claim(actor=instructor, claim_id=premise.pk),
        lambda: restore_link(actor=instructor, inference_id=step.pk),
        lambda: withdraw_annotation(actor=classmate, annotation_id=reply.pk),
        lambda: undo(actor=classmate, annotation_id=reply.pk, version=version(reply)),
        lambda: change_audience(actor=student, annotation_id=apart.pk, audience="private"),
        lambda: change_audience(actor=student, annotation_id=apart.pk, audience="seminar"),
        lambda: edit_annotation(actor=student, annotation_id=last.pk,
                                content=Content(kind="comment", body="Only a remark.")),
        lambda: withdraw_annotation(actor=student, annotation_id=root.pk),
    ]  # fmt: skip

    for act in acts:
        act()
        everybody.agree()


def version(note):
    return Annotation.objects.get(pk=note.pk).version


# --- what is the reader's own ----------------------------------------------------------------------


def own(client, assignment):
    """What the copy says of the reader's own dates and side."""
    shown = client.objects["assignment", str(assignment.pk)]
    return shown["dates"], shown["side"]


def test_own_dates_and_side_are_told_to_their_reader_alone(
    mirror, api, instructor, student, classmate, assignment
):
    assignment.due_at = timezone.now() + timedelta(days=2)
    assignment.save()
    reader, other, staff = mirror(student), mirror(classmate), mirror(instructor)
    later = assignment.due_at + timedelta(days=3)
    days = {"actor": instructor, "seminar_id": assignment.seminar_id}
    of = {"actor": instructor, "assignment_id": assignment.pk}
    acts = [
        lambda: grant_extension(**of, user_id=student.pk, due_at=later),
        lambda: withdraw_extension(**of, user_id=student.pk),
        lambda: change_accommodations(**days, days={student.pk: 2}),
        lambda: change_sides(**of, people={student.pk: "affirmative"}, groups={}),
    ]
    for act in acts:
        before = own(reader, assignment)
        act()

        assert said(reader.pull()) == [("update", "assignment", str(assignment.pk))]
        assert own(reader, assignment) != before
        assert reader.objects == full(api(student))
        assert (reader.pull(), other.pull(), staff.pull()) == ([], [], [])


# --- what is asked for ---------------------------------------------------------------------------


def test_feed_is_of_the_seminar_or_assignment_that_is_asked_for(
    mirror, api, student, classmate, seminar, assignment
):
    other = assignment_of(essay_of("Prices.", seminar=seminar), slug="prices")
    here = mirror(student, assignment=str(assignment.pk))
    inside = mirror(student, seminar=str(seminar.pk))
    alone = Mirror(api(student), f"/api/v1/assignments/{assignment.pk}/changes/")
    nowhere = mirror(student, seminar=str(uuid.uuid4()))
    alone.pull()
    notes = [post(one, classmate) for one in (assignment, other)]

    assert said(here.pull()) == said(alone.pull()) == one("create", notes[0])
    assert said(inside.pull()) == [line for note in notes for line in one("create", note)]
    assert (nowhere.pull(), nowhere.objects) == ([], {})


def test_visitor_follows_what_is_public(mirror, student, seminar, assignment):
    seminar.allows_public = True
    seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()
    visitor = mirror(None)
    note = post(assignment, student, audience="public")
    post(assignment, student)

    assert said(visitor.pull()) == one("create", note)


def test_next_is_the_address_of_the_next_page(api, student, classmate, assignment):
    notes = [post(assignment, classmate) for _ in range(3)]
    client = api(student)

    first = client.get(FEED, {"limit": 2, "assignment": str(assignment.pk)})
    second = client.get(first.json()["next"])

    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert first["Content-Type"] == "application/json"
    assert said(second.json()["results"]) == [*one("create", notes[1]), *one("create", notes[2])]
    assert (second.json()["next"], second.json()["more"], "Link" in second) == (None, False, False)


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ({"limit": "201"}, "from 1 to 200"),
        ({"limit": "0"}, "from 1 to 200"),
        ({"wait": "26"}, "from 0 to 25"),
        ({"wait": "-1"}, "from 0 to 25"),
        ({"wait": "٣"}, "from 0 to 25"),
    ],
)
def test_bound_that_is_passed_is_named(api, student, query, bound):
    body = expect_problem(api(student).get(FEED, query), 400, "invalid")

    [error] = body["errors"]
    assert error["parameter"] == next(iter(query))
    assert bound in error["detail"]


def test_cursor_of_another_reader_or_feed_and_words_that_are_none_are_refused(
    api, student, classmate, seminar, assignment
):
    client = api(student)
    foreign = [
        "x",
        api(classmate).get(FEED).json()["cursor"],
        client.get(FEED, {"seminar": str(seminar.pk)}).json()["cursor"],
        client.get(f"/api/v1/assignments/{assignment.pk}/changes/").json()["cursor"],
    ]

    for words in foreign:
        body = expect_problem(client.get(FEED, {"since": words}), 400, "invalid")
        assert [error["parameter"] for error in body["errors"]] == ["since"]


def test_cursor_that_is_older_than_what_is_kept_says_where_to_begin_again(
    mirror, api, student, classmate, assignment
):
    client = mirror(student, assignment=str(assignment.pk))
    post(assignment, classmate)
    fresh = mirror(student, assignment=str(assignment.pk))
    Change.objects.update(at=timezone.now() - RETENTION - timedelta(days=1))
    assert forget_lines() == 1

    query = {**client.query, "since": client.cursor, "wait": "1"}
    body = expect_problem(client.client.get(FEED, query), 410, "cursor_expired")

    assert body["full"] == f"http://testserver{FEED}?assignment={assignment.pk}"
    assert fresh.pull() == []
    assert fresh.resets == []


def test_export_cursor_goes_on_after_what_was_exported(api, student, classmate, assignment):
    known = post(assignment, classmate)
    number_lines()
    everywhere = feed_cursor(student)
    here = feed_cursor(student, [assignment])
    inside = feed_cursor(student, seminar=assignment.seminar_id)
    new = post(assignment, classmate)
    client = api(student)

    told = [
        Mirror(client, cursor=everywhere).pull(),
        Mirror(client, f"/api/v1/assignments/{assignment.pk}/changes/", cursor=here).pull(),
        Mirror(client, query={"seminar": str(assignment.seminar_id)}, cursor=inside).pull(),
    ]

    assert [said(one) for one in told] == [one("create", new)] * 3
    assert str(known.pk) not in {item["id"] for some in told for item in some}


@pytest.mark.parametrize("name", ["since", "limit", "wait", "seminar", "assignment"])
def test_parameter_of_the_feed_without_a_value_counts_as_not_given(api, student, assignment, name):
    client = api(student)

    whole, page = client.get(FEED), client.get(FEED, {name: ""})

    assert said(page.json()["results"]) == said(whole.json()["results"])


def test_feed_has_no_tag_as_each_answer_has_a_cursor_of_its_own(mirror, student, assignment):
    client = mirror(student).client

    for address in (FEED, f"/api/v1/assignments/{assignment.pk}/changes/"):
        first, second = client.get(address), client.get(address)
        assert first.json()["cursor"] != second.json()["cursor"]
        assert "ETag" not in first


@pytest.mark.parametrize("name", ["limit", "wait"])
def test_stream_refuses_what_only_pages_take(api, student, name):
    problem = expect_problem(api(student).get(f"{FEED}stream/", {name: "2"}), 400, "invalid")

    assert [one["parameter"] for one in problem["errors"]] == [name]


def test_server_that_cannot_wait_answers_at_once(mirror, student):
    client = mirror(student)

    answer = client.client.get(FEED, {"since": client.cursor, "wait": "25"})

    assert answer.json()["results"] == []
    stream = client.client.get(f"{FEED}stream/", headers={"Accept": "text/event-stream"})
    assert stream.status_code == 204


# --- what it costs -------------------------------------------------------------------------------


@pytest.fixture
def grow(assignment, classmate):
    """Two counterarguments more, with what they make, numbered by somebody else."""

    def posted():
        for _ in range(2):
            post(assignment, classmate, kind="counterargument")
        number_lines()

    return posted


def test_changes_take_the_same_queries_for_more(mirror, student, grow):
    client = mirror(student)
    begun = client.cursor
    grow()

    count = expect_constant_queries(lambda: client.client.get(FEED, {"since": begun}), grow=grow)

    assert count <= 20


def test_no_changes_take_few_queries_and_the_full_state_two_a_type(mirror, student, grow):
    grow()
    client = mirror(student)

    nothing = expect_constant_queries(
        lambda: client.client.get(FEED, {"since": client.cursor}), grow=lambda: None
    )
    everything = expect_constant_queries(lambda: client.client.get(FEED), grow=grow)

    assert nothing <= 10
    assert everything <= 24
