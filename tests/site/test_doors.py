"""The doors of the models and the predicates, against the permission matrix: no page between.

What a row says of a person holds at the door that all pages and calls begin with. Beside it stand
the cases that need a second seminar: nobody's rights reach from one into the other.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from annotations import permissions
from annotations.enums import Audience, Status
from annotations.models import (
    Annotation,
    Claim,
    Flag,
    HouseRules,
    ModerationEntry,
    ParagraphTag,
    Passage,
    PassageCheck,
    Presence,
    QualityMark,
    Relation,
    Source,
)
from annotations.models.tags import Tag, Vocabulary
from debate.accounts.authentication import TokenAuthentication, TokenScope, has_scope
from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken
from debate.assignments.models import (
    Accommodation,
    Assignment,
    AssignmentTemplate,
    Extension,
)
from debate.assignments.permissions import (
    may_extend,
    may_keep_template,
    may_read_extensions,
    may_read_reasons,
    may_set_essay,
)
from debate.essays.models import Essay, ImportDraft, Paragraph, Revision
from debate.essays.permissions import may_import
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Invitation, Membership, RosterEntry, Seminar
from debate.seminars.permissions import (
    is_instructor,
    is_staff,
    may_create_seminar,
    may_manage,
    may_take_part,
    may_write,
    membership_of,
    oversees,
)
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.annotations import (
    AnnotationFactory,
    ModerationEntryFactory,
    PassageFactory,
    SourceFactory,
)
from tests.factories.argument import (
    ClaimFactory,
    PassageCheckFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
    RelationFactory,
)
from tests.factories.assignments import (
    AccommodationFactory,
    AliasFactory,
    ExtensionFactory,
    RoundFactory,
    assignment_of,
)
from tests.factories.essays import essay_of
from tests.factories.seminars import (
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
)
from tests.site import people, standing
from tests.site.matrix import READING_AND_WRITING, rows, set_row
from tests.site.running import RUNNING

pytestmark = pytest.mark.django_db

BINDINGS = {**READING_AND_WRITING, **RUNNING}
ROWS = {row.code: row for row in rows()}


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One world for all tests; each has a transaction of its own inside."""
    with django_db_blocker.unblock(), standing.built() as world:
        yield world


@pytest.fixture
def world(built):
    return standing.own(built)


def said(code, *, also=()):
    """Who gets a yes in that row, or another of the cells named, by the names of the people."""
    return {
        name
        for column, names in people.COLUMNS.items()
        for name in names
        if ROWS[code].cells[column] in {"yes", *also}
    }


def let_in(world, door):
    """The people for whom `door(user)` holds."""
    return {name for names in people.COLUMNS.values() for name in names if door(world.person[name])}


def prepared(world, code):
    BINDINGS[code][0](world)
    world.note.refresh_from_db()
    return world


READS = [*(f"R{n}" for n in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19))]


@pytest.mark.parametrize("code", READS)
def test_annotation_is_visible_to_whom_the_row_says(code, world):
    prepared(world, code)

    seen = let_in(
        world, lambda user: Annotation.objects.visible_to(user).filter(pk=world.note.pk).exists()
    )

    assert seen == said(code)


def test_annotation_for_the_seminar_stays_in_it_though_others_are_public(world):
    prepared(world, "R6")
    set_row(world.note, audience=Audience.SEMINAR)

    seen = let_in(
        world, lambda user: Annotation.objects.visible_to(user).filter(pk=world.note.pk).exists()
    )

    assert seen == said("R1")


@pytest.mark.parametrize(("status", "code"), [("pending", "R9"), ("hidden", "R11")])
def test_public_annotation_is_public_only_while_published(status, code, world):
    prepared(world, "R6")
    set_row(world.note, status=status)

    seen = let_in(
        world, lambda user: Annotation.objects.visible_to(user).filter(pk=world.note.pk).exists()
    )

    assert seen == said(code)


@pytest.mark.parametrize("code", READS)
def test_reply_is_visible_as_its_thread(code, world):
    prepared(world, code)
    owners = {"author", "token", "mate"}

    seen = let_in(
        world, lambda user: Annotation.objects.visible_to(user).filter(pk=world.reply.pk).exists()
    )

    assert seen - owners == said(code) - owners


def test_note_of_an_instructor_to_staff_is_visible_to_all_staff(world):
    seen = let_in(
        world, lambda user: Annotation.objects.visible_to(user).filter(pk=world.remark.pk).exists()
    )

    assert seen == said("R4")


@pytest.mark.parametrize("code", ["R12", "R13"])
def test_withdrawn_annotation_is_known_to_whoever_could_read_it(code, world):
    prepared(world, code)

    known = let_in(
        world, lambda user: Annotation.objects.known_to(user).filter(pk=world.note.pk).exists()
    )
    seen = let_in(
        world, lambda user: Annotation.objects.visible_to(user).filter(pk=world.note.pk).exists()
    )

    assert (known, seen) == (said(code, also={"gone"}), said(code))


@pytest.mark.parametrize("state", ["private", "held", "shared"])
def test_annotation_is_overseen_by_staff_of_its_author_unless_kept(state, world):
    kept = {"private": {"audience": Audience.PRIVATE}, "held": {"status": Status.HELD}}
    set_row(world.note, **kept.get(state, {}))

    seen = let_in(
        world, lambda user: Annotation.objects.overseen_by(user).filter(pk=world.note.pk).exists()
    )

    staff = said("R23") - {"author", "token"}
    assert seen == (staff if state == "shared" else set())


def test_name_behind_an_alias_is_shown_to_whom_the_row_says(world):
    prepared(world, "R20")

    def knows(user):
        shown = Annotation.objects.with_shown_author(user).get(pk=world.note.pk)
        is_name = shown.shown_author_name == people.NAME_MARK
        assert shown.shown_as_alias is not is_name
        assert shown.shown_author_id == (world.person["author"].pk if is_name else world.alias.pk)
        return is_name

    assert let_in(world, knows) == said("R20")


def test_name_without_alias_is_shown_to_all(world):
    shown = {
        Annotation.objects.with_shown_author(user).get(pk=world.reply.pk).shown_author_name
        for user in world.person.values()
    }

    assert shown == {"Mate"}


def test_author_without_a_name_is_shown_by_username(world):
    set_row(world.person["mate"], name="")

    shown = Annotation.objects.with_shown_author(AnonymousUser()).get(pk=world.reply.pk)

    assert shown.shown_author_name == "mate"


@pytest.mark.parametrize(
    ("audience", "status", "is_counted"),
    [
        ("seminar", "published", True),
        ("staff", "published", True),
        ("private", "published", False),
        ("seminar", "hidden", False),
        ("seminar", "pending", False),
        ("seminar", "withdrawn", False),
    ],
)
def test_annotation_counts_when_published_and_seen_by_staff(audience, status, is_counted, world):
    set_row(world.note, audience=audience, status=status)

    assert Annotation.objects.counted().filter(pk=world.note.pk).exists() is is_counted


@pytest.mark.parametrize("code", READS)
def test_what_a_note_argues_is_visible_to_whom_the_row_says(code, world):
    """The claim that it makes, the attack, and the words that nobody else has named."""
    author = world.person["author"]
    set_row(world.note, kind="support")
    claim = ClaimFactory(assignment=world.assignment, origin="annotation", annotation=world.note)
    implied = ClaimFactory(assignment=world.assignment, status="implied", added_by=author)
    relation = RelationFactory(source=claim, target_claim=implied, annotation=world.note)
    prepared(world, code)

    for model, row in ((Claim, claim), (Claim, implied), (Relation, relation)):
        seen = let_in(
            world, lambda user, m=model, r=row: m.objects.visible_to(user).filter(pk=r.pk).exists()
        )
        assert seen == said(code)


@pytest.mark.parametrize("code", ["C1", "C2", "R5"])
def test_check_of_a_passage_is_visible_as_its_words(code, world):
    check = PassageCheckFactory(passage=world.evidence.passage, by=world.person["mate"])
    prepared(world, code)

    seen = let_in(
        world, lambda user: PassageCheck.objects.visible_to(user).filter(pk=check.pk).exists()
    )

    assert seen == said(code)


# -- assignments, essays, works --------------------------------------------------------------------


@pytest.mark.parametrize("code", ["S2", "S3", "S4"])
def test_assignment_is_visible_to_whom_the_row_says(code, world):
    prepared(world, code)
    one = {"pk": world.assignment.pk}

    seen = let_in(world, lambda user: Assignment.objects.visible_to(user).filter(**one).exists())
    concerned = let_in(world, lambda user: Assignment.objects.set_to(user).filter(**one).exists())

    assert seen == said(code)
    assert concerned == (said("S2") if code == "S4" else said(code))


@pytest.mark.parametrize("missing", ["is_public", "allows_public"])
def test_assignment_is_closed_to_others_unless_both_are_public(missing, world):
    set_row(world.essay, is_public=missing != "is_public")
    set_row(world.seminar, allows_public=missing != "allows_public")

    assert not Assignment.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize("code", ["E1", "E2"])
def test_essay_and_its_text_are_visible_to_whom_the_row_says(code, world):
    prepared(world, code)

    for model, row in ((Essay, world.essay), (Revision, world.assignment.revision),
                       (Paragraph, world.paragraph)):  # fmt: skip
        seen = let_in(
            world, lambda user, m=model, r=row: m.objects.visible_to(user).filter(pk=r.pk).exists()
        )
        assert seen == said(code)


@pytest.mark.parametrize("code", ["C1", "C2", "C3"])
def test_work_is_visible_to_whom_the_row_says(code, world):
    prepared(world, code)

    seen = let_in(
        world, lambda user: Source.objects.visible_to(user).filter(pk=world.source.pk).exists()
    )

    assert seen == said(code)


def test_work_that_staff_put_on_the_shelf_is_visible_to_members(world):
    stocked = SourceFactory(seminar=world.seminar, added_by=world.person["assistant"])
    added = SourceFactory(seminar=world.seminar, added_by=world.person["mate"])
    foreign = SourceFactory(seminar=world.elsewhere, added_by=world.person["assistant"])

    def sees(row):
        return let_in(
            world, lambda user: Source.objects.visible_to(user).filter(pk=row.pk).exists()
        )

    assert sees(stocked) == said("S1")
    assert sees(added) == {"mate", "assistant", "instructor"}
    assert sees(foreign) == {"instructor_elsewhere"}


def test_import_is_visible_to_whoever_began_it(world):
    drafts = [world.draft.pk, world.new_draft.pk, world.revision_draft.pk]

    seen = let_in(
        world, lambda user: ImportDraft.objects.visible_to(user).filter(pk__in=drafts).exists()
    )

    assert seen == {"instructor"}


def test_extension_is_visible_to_whom_the_row_says(world):
    seen = let_in(
        world,
        lambda user: Extension.objects.visible_to(user).filter(pk=world.extension.pk).exists(),
    )

    assert seen == said("D1")


def test_assignment_of_another_group_concerns_nobody_else(world):
    """The author's group is set one assignment; another is set to the other group."""
    prepared(world, "S3")
    other = assignment_of(world.essay, slug="theirs", is_for_groups=True)
    other.groups.set([world.other_group])

    concerned = let_in(
        world, lambda user: Assignment.objects.set_to(user).filter(pk=other.pk).exists()
    )

    assert {"author", "mate"} & concerned == set()
    assert "other" in concerned


def test_accommodation_is_visible_to_whom_it_concerns_and_instructors(world):
    AccommodationFactory(seminar=world.seminar, user=world.person["author"])

    seen = let_in(world, lambda user: Accommodation.objects.visible_to(user).exists())

    assert seen == {"author", "token", "instructor"}


def test_expected_people_are_visible_to_instructors(world):
    assert let_in(world, lambda user: RosterEntry.objects.visible_to(user).exists()) == {
        "instructor"
    }


def test_template_is_visible_to_its_owner(world):
    seen = let_in(world, lambda user: AssignmentTemplate.objects.visible_to(user).exists())

    assert seen == {"instructor"}


def test_flag_is_visible_to_whom_the_row_says(world):
    seen = let_in(world, lambda user: Flag.objects.visible_to(user).exists())

    assert seen == said("M4")


def test_mark_and_its_answers_are_visible_to_whom_the_row_says(world):
    answer = QualityMarkAnswerFactory(mark=world.mark)
    marks, answers = (
        let_in(world, lambda user, one=one: type(one).objects.visible_to(user).contains(one))
        for one in (world.mark, answer)
    )

    assert marks == answers == said("Q3")


def test_mark_is_settled_by_whom_the_row_says_until_archived(world):
    def settling():
        mark = QualityMark.objects.select_related("seminar", "annotation").get(pk=world.mark.pk)
        return let_in(
            world,
            lambda user: permissions.may_settle_mark(user, membership_of(user, mark.seminar), mark),
        )

    assert settling() == said("Q4") - {"token"}

    set_row(world.seminar, archived_at=timezone.now())

    assert settling() == set()


def test_mark_on_no_note_is_settled_by_all_staff_and_who_set_it(world):
    mark = QualityMarkFactory(annotation=None, claim=world.claim, by=world.person["other"])
    staff = {"section_assistant", "other_assistant", "assistant", "instructor"}

    assert let_in(
        world,
        lambda user: permissions.may_settle_mark(user, membership_of(user, world.seminar), mark),
    ) == staff | {"other"}


def test_own_flag_goes_with_what_it_is_on(world):
    set_row(world.note, audience=Audience.PRIVATE)

    assert let_in(world, lambda user: Flag.objects.visible_to(user).exists()) == set()


def test_log_is_visible_to_staff_of_the_author(world):
    ModerationEntryFactory(annotation=world.note, actor=world.person["assistant"])

    seen = let_in(world, lambda user: ModerationEntry.objects.visible_to(user).exists())

    assert seen == said("R23") - {"author", "token"}


def test_vocabulary_and_tags_are_visible_to_members(world):
    for model in (Vocabulary, Tag, ParagraphTag):
        seen = let_in(world, lambda user, m=model: m.objects.visible_to(user).exists())
        assert seen == said("S1")


def test_who_reads_is_visible_to_those_who_see_who_is_in_the_seminar(world):
    Presence.objects.create(user=world.person["mate"], assignment=world.assignment)

    def seen():
        return let_in(world, lambda user: Presence.objects.visible_to(user).exists())

    assert seen() == said("P1")
    set_row(world.assignment, uses_pseudonyms=True)
    assert seen() == set()


# -- seminars and groups ---------------------------------------------------------------------------


def test_seminar_and_groups_are_visible_to_members(world):
    one = {"pk": world.seminar.pk}

    assert let_in(
        world, lambda user: Seminar.objects.visible_to(user).filter(**one).exists()
    ) == said("S1")
    assert let_in(
        world, lambda user: Group.objects.visible_to(user).filter(pk=world.group.pk).exists()
    ) == said("G1")
    assert let_in(world, lambda user: Seminar.objects.taught_by(user).filter(**one).exists()) == {
        "instructor"
    }


def test_invitations_are_visible_to_instructors(world):
    assert let_in(world, lambda user: Invitation.objects.visible_to(user).exists()) == {
        "instructor"
    }


@pytest.mark.parametrize(("code", "name"), [("W6", "group"), ("W7", "section")])
def test_group_is_addressed_by_whom_the_row_says(code, name, world):
    group = getattr(world, name)

    can = let_in(
        world, lambda user: Group.objects.addressable_by(user).filter(pk=group.pk).exists()
    )

    assert can - {"token"} == said(code)


def test_observer_takes_part_in_no_group(world):
    world.group.members.add(world.person["observer"])

    taking_part = let_in(world, lambda user: world.group in Group.objects.of(user))

    assert taking_part == {"author", "token", "mate"}


def test_membership_goes_by_person_and_seminar(world):
    members = let_in(world, lambda user: membership_of(user, world.seminar) is not None)

    assert members == said("S1")


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (is_instructor, {"instructor"}),
        (may_keep_template, {"instructor"}),
        (may_read_reasons, {"instructor"}),
        (is_staff, {"section_assistant", "other_assistant", "assistant", "instructor"}),
        (may_read_extensions, {"section_assistant", "other_assistant", "assistant", "instructor"}),
    ],
)
def test_role_is_told_by_the_membership(predicate, expected, world):
    assert let_in(world, lambda user: predicate(membership_of(user, world.seminar))) == expected


@pytest.mark.parametrize("predicate", [may_manage, may_set_essay, may_extend, may_import])
@pytest.mark.parametrize("is_archived", [False, True])
def test_seminar_is_managed_by_instructors_until_archived(predicate, is_archived, world):
    set_row(world.seminar, archived_at=timezone.now() if is_archived else None)
    world.seminar.refresh_from_db()

    managing = let_in(
        world, lambda user: predicate(membership_of(user, world.seminar), world.seminar)
    )

    assert managing == (set() if is_archived else {"instructor"})


@pytest.mark.parametrize("predicate", [may_write, permissions.may_annotate])
@pytest.mark.parametrize("is_archived", [False, True])
def test_members_but_observers_write_until_archived(predicate, is_archived, world):
    set_row(world.seminar, archived_at=timezone.now() if is_archived else None)
    world.seminar.refresh_from_db()

    writing = let_in(
        world, lambda user: predicate(membership_of(user, world.seminar), world.seminar)
    )

    assert writing - {"token"} == (set() if is_archived else said("W1"))


@pytest.mark.parametrize("state", ["may", "closed to it", "archived"])
def test_students_take_part_in_groups_where_they_may(state, world):
    set_row(
        world.seminar,
        students_make_groups=state != "closed to it",
        archived_at=timezone.now() if state == "archived" else None,
    )
    world.seminar.refresh_from_db()

    taking_part = let_in(
        world, lambda user: may_take_part(membership_of(user, world.seminar), world.seminar)
    )

    assert taking_part - {"token"} == (said("G3") if state == "may" else set())


def test_author_is_overseen_by_staff_of_the_section_and_of_all(world):
    author = world.person["author"].pk

    overseeing = let_in(world, lambda user: oversees(membership_of(user, world.seminar), author))

    assert overseeing == {"section_assistant", "assistant", "instructor"}


# -- what may be done to an annotation -------------------------------------------------------------


def fresh(world, one):
    """The annotation with what the predicates ask of it."""
    return Annotation.objects.select_related("assignment__seminar", "root", "parent").get(pk=one.pk)


def may(world, predicate, one):
    """For whom the predicate about the annotation holds; the token writes nothing."""
    about = fresh(world, one)
    takes_user = predicate.__code__.co_varnames[0] == "user"

    def holds(user):
        membership = membership_of(user, about.assignment.seminar)
        return predicate(*([user] if takes_user else []), membership, about)

    return let_in(world, holds) - {"token"}


EVERYWHERE = {
    permissions.may_change: "W16",
    permissions.may_place: "W22",
    permissions.may_take_back: "W28",
    permissions.may_mark_answer: "W24",
    permissions.may_moderate: "M5",
    permissions.may_flag: "M1",
    permissions.may_ask_too: "Q6",
    permissions.may_reply: "W10",
    permissions.may_change_audience: "W26",
}


@pytest.mark.parametrize("predicate", EVERYWHERE)
def test_act_is_allowed_to_whom_the_row_says(predicate, world):
    assert may(world, predicate, world.note) == said(EVERYWHERE[predicate])


@pytest.mark.parametrize("predicate", EVERYWHERE)
def test_act_is_allowed_to_nobody_in_an_archived_seminar(predicate, world):
    set_row(world.seminar, archived_at=timezone.now())

    assert may(world, predicate, world.note) == set()


def test_history_is_read_by_whom_the_row_says_archived_or_not(world):
    set_row(world.seminar, archived_at=timezone.now())

    assert may(world, permissions.may_read_history, world.note) == said("R23") - {"token"}


@pytest.mark.parametrize("status", ["withdrawn", "hidden", "pending"])
@pytest.mark.parametrize(
    ("predicate", "states"),
    [
        (permissions.may_change, {"hidden", "pending"}),
        (permissions.may_place, {"hidden", "pending"}),
        (permissions.may_change_audience, {"hidden", "pending"}),
        (permissions.may_reply, set()),
        (permissions.may_flag, set()),
    ],
)
def test_act_depends_on_the_state(predicate, states, status, world):
    before = may(world, predicate, world.note)
    set_row(world.note, status=status)

    assert may(world, predicate, world.note) == (before if status in states else set())


def test_locked_thread_takes_replies_of_staff_only(world):
    set_row(world.note, locked_at=timezone.now())
    staff = {"section_assistant", "other_assistant", "assistant", "instructor"}

    assert may(world, permissions.may_reply, world.note) == staff
    assert may(world, permissions.may_reply, world.reply) == staff


def test_audience_of_a_reply_is_nobodys_to_change(world):
    assert may(world, permissions.may_change_audience, world.reply) == set()


def test_answer_is_taken_to_questions_only(world):
    set_row(world.note, kind="comment")

    assert may(world, permissions.may_mark_answer, world.note) == set()


def test_staff_annotate_outside_dates_and_tag_paragraphs(world):
    staff = {"section_assistant", "other_assistant", "assistant", "instructor"}

    assert (
        let_in(
            world,
            lambda user: permissions.may_annotate_outside_dates(membership_of(user, world.seminar)),
        )
        == staff
    )


def test_receipts_are_had_by_students(world):
    assert let_in(
        world, lambda user: permissions.may_have_receipt(membership_of(user, world.seminar))
    ) - {"token"} == said("D7")


def test_paragraphs_are_tagged_by_staff_until_archived(world):
    world.seminar.refresh_from_db()

    def tagging():
        return let_in(
            world,
            lambda user: permissions.may_tag_paragraphs(
                membership_of(user, world.seminar), world.seminar
            ),
        )

    assert tagging() == {"section_assistant", "other_assistant", "assistant", "instructor"}

    set_row(world.seminar, archived_at=timezone.now())
    world.seminar.refresh_from_db()

    assert tagging() == set()


ABOUT_SHELVES = {permissions.may_add_sources: "C4", permissions.may_keep_shelf: "C6"}
ABOUT_SOURCES = {
    permissions.may_change_source: "C5",
    permissions.may_check_passage: "C8",
    permissions.may_change_passage: "C9",
}


def may_on_the_shelf(world, predicate):
    """The people for whom the predicate holds of the shelf, its source or the passage of that."""
    source = Source.objects.select_related("seminar").get(pk=world.source.pk)
    passage = Passage.objects.select_related("source__seminar").get(source=source)
    target = source if predicate == permissions.may_change_source else passage

    def holds(user):
        membership = membership_of(user, source.seminar)
        if predicate in ABOUT_SHELVES:
            return predicate(membership, source.seminar)
        return predicate(user, membership, target)

    return let_in(world, holds) - {"token"}


@pytest.mark.parametrize("predicate", [*ABOUT_SHELVES, *ABOUT_SOURCES])
def test_shelf_is_kept_by_whom_the_row_says_until_archived(predicate, world):
    code = (ABOUT_SHELVES | ABOUT_SOURCES)[predicate]

    assert may_on_the_shelf(world, predicate) == said(code) - {"token"}

    set_row(world.seminar, archived_at=timezone.now())

    assert may_on_the_shelf(world, predicate) == set()


@pytest.mark.parametrize("code", ["C1", "C2", "R5"])
def test_passage_is_visible_to_whom_the_row_says(code, world):
    prepared(world, code)
    passage = world.evidence.passage_id

    seen = let_in(world, lambda user: Passage.objects.visible_to(user).filter(pk=passage).exists())

    assert seen == said(code)


def test_source_is_known_to_who_took_a_passage_from_it(world):
    source = SourceFactory(seminar=world.seminar, added_by=world.person["mate"])
    PassageFactory(source=source, added_by=world.person["other"])

    seen = let_in(world, lambda user: Source.objects.visible_to(user).filter(pk=source.pk).exists())

    assert seen == {"mate", "other", "assistant", "instructor"}


ON_THE_MAP = {
    permissions.may_keep_map: "K2",
    permissions.may_propose_claim: "K3",
    permissions.may_set_rules: "K8",
}


@pytest.mark.parametrize("predicate", ON_THE_MAP)
def test_map_is_kept_by_whom_the_row_says_until_archived(predicate, world):
    def keeping():
        seminar = Seminar.objects.get(pk=world.seminar.pk)
        return let_in(world, lambda user: predicate(membership_of(user, seminar), seminar))

    assert keeping() - {"token"} == said(ON_THE_MAP[predicate]) - {"token"}

    set_row(world.seminar, archived_at=timezone.now())

    assert keeping() == set()


@pytest.mark.parametrize(("students", "code"), [(False, "K2"), (True, "K7")])
def test_claims_are_marked_by_whom_row_and_rules_say(students, code, world):
    rules = HouseRules(students_mark_claims=students)

    def marking():
        seminar = Seminar.objects.get(pk=world.seminar.pk)
        return let_in(
            world,
            lambda user: permissions.may_mark_claims(
                membership_of(user, seminar), seminar, rules=rules
            ),
        )

    assert marking() - {"token"} == said(code) - {"token"}

    set_row(world.seminar, archived_at=timezone.now())

    assert marking() == set()


def changing(world, claim, *, students=False):
    """The people who see the claim and may change it by rules that let students mark, or not."""
    rules = HouseRules(students_mark_claims=students)
    fresh = Claim.objects.select_related("assignment__seminar").get(pk=claim.pk)

    def may(user):
        membership = membership_of(user, world.seminar)
        seen = Claim.objects.visible_to(user).filter(pk=claim.pk).exists()
        return seen and permissions.may_change_claim(user, membership, fresh, rules=rules)

    return let_in(world, may) - {"token"}


def test_claim_is_changed_by_whom_the_row_says_until_archived(world):
    assert changing(world, world.claim) == said("K2") - {"token"}
    assert changing(world, world.proposed) == said("K6") - {"token"}

    set_row(world.seminar, archived_at=timezone.now())

    assert changing(world, world.proposed) == set()


def test_claim_on_the_map_is_changed_by_the_student_who_marked_it_where_rules_let(world):
    set_row(world.claim, added_by=world.person["author"])

    assert changing(world, world.claim) == said("K2") - {"token"}
    assert changing(world, world.claim, students=True) == {*said("K2"), "author"} - {"token"}


def test_claim_of_an_annotation_is_changed_by_nobody(world):
    claim = Claim.objects.get(annotation=world.counter)

    assert changing(world, claim, students=True) == set()


def test_counterargument_is_coded_by_whom_the_row_says(world):
    def coding(note):
        return let_in(
            world,
            lambda user: permissions.may_code_attack(
                user, membership_of(user, world.seminar), note
            ),
        )

    assert coding(world.counter) - {"token"} == said("K10") - {"token"}
    assert coding(world.note) == set()


@pytest.mark.parametrize("name", ["claim", "link", "attack", "granted", "rules"])
def test_map_is_visible_to_whom_the_row_says(name, world):
    row = getattr(world, name)

    seen = let_in(world, lambda user: type(row).objects.visible_to(user).filter(pk=row.pk).exists())

    assert seen == said("K1")


@pytest.mark.parametrize("status", ["proposed", "withdrawn"])
def test_claim_in_hand_is_visible_to_whom_the_row_says(status, world):
    set_row(world.proposed, status=status)

    seen = let_in(
        world, lambda user: Claim.objects.visible_to(user).filter(pk=world.proposed.pk).exists()
    )

    assert seen == said("K4")


@pytest.mark.parametrize("name", ["link", "attack"])
def test_links_with_an_end_in_hand_are_hidden_with_it(name, world):
    set_row(world.premise, status="withdrawn", added_by=world.person["author"])
    row = getattr(world, name)

    seen = let_in(world, lambda user: type(row).objects.visible_to(user).filter(pk=row.pk).exists())

    assert seen == said("K4")


# -- two seminars ----------------------------------------------------------------------------------


@pytest.fixture
def both(world):
    """An assistant limited to Monday here and to a section elsewhere; each has a student there.

    `lodger` is a student of both, in Monday's section; `guest` is instructor there and student here.
    """
    seminar, elsewhere = world.seminar, world.elsewhere
    assistant = world.person["section_assistant"]
    there = GroupFactory(seminar=elsewhere, kind=GroupKind.SECTION, name="Evening")
    limited = MembershipFactory(
        seminar=elsewhere, user=assistant, role=Role.ASSISTANT, is_limited=True
    )
    limited.sections.set([there])
    lodger, guest = UserFactory(username="lodger"), UserFactory(username="guest")
    for place in (seminar, elsewhere):
        MembershipFactory(seminar=place, user=lodger)
    world.section.members.add(lodger)
    MembershipFactory(seminar=elsewhere, user=guest, role=Role.INSTRUCTOR)
    MembershipFactory(seminar=seminar, user=guest)
    assignment = assignment_of(essay_of("Rents rise.", seminar=elsewhere))
    return SimpleNamespace(
        assistant=assistant, lodger=lodger, guest=guest, assignment=assignment, there=there
    )


def sees(user, one):
    return Annotation.objects.visible_to(user).filter(pk=one.pk).exists()


def test_section_of_one_seminar_gives_no_rights_in_another(world, both):
    """The lodger is in Monday's section here, and not in the assistant's section there."""
    there = AnnotationFactory(assignment=both.assignment, author=both.lodger, audience="staff")
    here = AnnotationFactory(
        assignment=world.assignment, round=world.round, author=both.lodger, audience="staff"
    )
    extension = ExtensionFactory(assignment=both.assignment, user=both.lodger)

    assert (sees(both.assistant, here), sees(both.assistant, there)) == (True, False)
    assert not Annotation.objects.overseen_by(both.assistant).filter(pk=there.pk).exists()
    assert not Extension.objects.visible_to(both.assistant).filter(pk=extension.pk).exists()
    elsewhere = membership_of(both.assistant, world.elsewhere)
    assert not oversees(elsewhere, both.lodger.pk)


def test_staff_oversee_people_of_their_own_seminar(world, both):
    def overseen(user, seminar):
        found = Membership.objects.overseen_by(membership_of(user, seminar))
        return {(one.user.username, one.seminar_id) for one in found.select_related("user")}

    here, there = world.seminar.pk, world.elsewhere.pk
    assert overseen(both.assistant, world.seminar) == {
        ("author", here),
        ("mate", here),
        ("lodger", here),
    }
    assert overseen(both.assistant, world.elsewhere) == set()
    assert overseen(both.guest, world.seminar) == set()
    assert overseen(both.guest, world.elsewhere) == {
        (name, there)
        for name in ("outsider", "instructor_elsewhere", "section_assistant", "lodger", "guest")
    }


def test_staff_of_one_seminar_are_no_staff_in_another(world, both):
    """What a student writes to staff is not a colleague's, though the student teaches elsewhere."""
    note = AnnotationFactory(
        assignment=world.assignment, round=world.round, author=both.guest, audience="staff"
    )

    assert not sees(both.assistant, note)
    assert not sees(both.guest, world.remark)
    assert not Annotation.objects.overseen_by(both.guest).filter(pk=world.note.pk).exists()


def test_colleagues_note_is_not_read_by_staff_of_another_seminar(world, both):
    assert not sees(both.guest, world.remark)
    assert not sees(world.person["other"], world.remark)


def test_work_is_known_in_its_own_seminar_only(world, both):
    """Staff of one seminar added it in the other, where they are students."""
    added = SourceFactory(seminar=world.seminar, added_by=both.guest)
    cited = SourceFactory(seminar=world.elsewhere, added_by=world.person["outsider"])
    PassageFactory(source=cited)

    assert not Source.objects.visible_to(world.person["other"]).filter(pk=added.pk).exists()
    assert not Source.objects.visible_to(both.lodger).filter(pk=cited.pk).exists()
    assert not Source.objects.visible_to(world.person["author"]).filter(pk=cited.pk).exists()


def test_group_of_a_former_seminar_is_no_group(world):
    """Who has left and is member elsewhere reads nothing of the group that still names them."""
    former = world.former
    MembershipFactory(seminar=world.elsewhere, user=former)
    set_row(world.note, audience=Audience.GROUP, group=world.group)

    assert world.group not in Group.objects.of(former)
    assert world.group not in Group.objects.addressable_by(former)
    assert not sees(former, world.note)


def test_posts_of_another_round_or_person_reveal_nothing(world):
    """Only what one has posted in the blind round itself counts, and only the own."""
    mate = world.person["mate"]
    set_row(world.round, mode="blind", reveals_after=3)
    later = RoundFactory(assignment=world.assignment, number=2, mode="open")
    for _ in range(3):
        AnnotationFactory(assignment=world.assignment, round=later, author=mate)
        AnnotationFactory(
            assignment=world.assignment, round=world.round, author=world.person["author"]
        )

    assert not sees(mate, world.note)

    for _ in range(2):
        AnnotationFactory(assignment=world.assignment, round=world.round, author=mate)

    assert sees(mate, world.note)
    assert not sees(AnonymousUser(), world.note)


def test_private_posts_reveal_nothing(world):
    mate = world.person["mate"]
    set_row(world.round, mode="blind", reveals_after=2)
    AnnotationFactory(
        assignment=world.assignment, round=world.round, author=mate, audience="private"
    )

    assert not sees(mate, world.note)


def test_alias_is_kept_from_staff_of_another_seminar(world, both):
    alias = AliasFactory(assignment=world.assignment, user=both.lodger, name="Plover")
    note = AnnotationFactory(
        assignment=world.assignment, round=world.round, author=both.lodger, alias=alias
    )

    shown = Annotation.objects.with_shown_author(both.guest).get(pk=note.pk)

    assert shown.shown_author_name == "Plover"


# -- ways in, and scopes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "lets_in"),
    [
        ({}, True),
        ({"most_uses": 2, "uses": 1}, True),
        ({"most_uses": 1, "uses": 1}, False),
        ({"revoked_at": timezone.now()}, False),
        ({"expires_at": timezone.now()}, False),
    ],
)
def test_invitation_lets_in_while_it_holds(fields, lets_in, world):
    invitation = InvitationFactory(seminar=world.seminar, **fields)

    assert Invitation.objects.acceptable().filter(pk=invitation.pk).exists() is lets_in


def test_invitation_of_an_archived_seminar_lets_nobody_in(world):
    set_row(world.seminar, archived_at=timezone.now())

    assert not Invitation.objects.acceptable().filter(pk=world.invitation.pk).exists()


@pytest.mark.parametrize(
    ("fields", "is_active"),
    [
        ({}, True),
        ({"revoked_at": timezone.now()}, False),
        ({"expires_at": timezone.now()}, False),
        ({"user__is_active": False}, False),
    ],
)
def test_token_holds_until_revoked_expired_or_its_owner_leaves(fields, is_active):
    token = ApiTokenFactory(**fields)

    assert ApiToken.objects.active().filter(pk=token.pk).exists() is is_active
    assert ApiToken.objects.visible_to(token.user).get() == token
    assert not ApiToken.objects.visible_to(UserFactory()).exists()


def authenticated(value):
    headers = {"Authorization": value} if value is not None else {}
    request = SimpleNamespace(headers=headers, method="GET", parser_context={})
    return TokenAuthentication().authenticate(request)


def test_bearer_of_a_token_is_its_owner_and_the_use_is_noted(world):
    secret, token = world.secrets["author"], world.tokens["author"]
    before = timezone.now()

    assert authenticated(f"Bearer {secret}") == (world.person["author"], token)
    assert authenticated(None) is None
    token.refresh_from_db()
    noted = token.last_used_at
    authenticated(f"bearer {secret}")
    token.refresh_from_db()

    assert noted is not None
    assert noted >= before
    assert token.last_used_at == noted
    assert not ApiToken.objects.exclude(pk=token.pk).exclude(last_used_at=None).exists()

    set_row(token, last_used_at=before - timedelta(minutes=2))
    authenticated(f"Bearer {secret}")
    token.refresh_from_db()

    assert token.last_used_at >= before


@pytest.mark.parametrize("given", ["Basic {}", "Bearer", "Bearer  ", "Bearer unknown"])
def test_other_credentials_are_refused(given, world):
    with pytest.raises(AuthenticationFailed) as caught:
        authenticated(given.format(world.secrets["author"]))

    is_unknown = given == "Bearer unknown"
    assert ("unknown, expired or revoked" in str(caught.value)) is is_unknown


SAFE = SimpleNamespace()
FOR_ADMIN = SimpleNamespace(required_scope=Scope.ADMIN, required_read_scope=Scope.ADMIN)


def request_of(method, *scopes, user=None):
    """A request with a token of those scopes."""
    person = user or SimpleNamespace(is_authenticated=True)
    return SimpleNamespace(method=method, user=person, auth=ApiToken(scopes=list(scopes)))


@pytest.mark.parametrize(
    ("method", "scopes", "view", "is_let"),
    [
        ("GET", ["read"], SAFE, True),
        ("HEAD", ["read"], SAFE, True),
        ("GET", ["write"], SAFE, False),
        ("POST", ["read"], SAFE, False),
        ("POST", ["write"], SAFE, True),
        ("POST", ["read", "write"], FOR_ADMIN, False),
        ("POST", ["admin"], FOR_ADMIN, True),
    ],
)
def test_token_does_what_its_scopes_say(method, scopes, view, is_let):
    request = request_of(method, *scopes)

    if is_let:
        assert TokenScope().has_permission(request, view) is True
    else:
        with pytest.raises(PermissionDenied) as caught:
            TokenScope().has_permission(request, view)
        assert caught.value.detail.code == "insufficient_scope"


@pytest.mark.parametrize(("method", "is_let"), [("GET", True), ("POST", False)])
def test_visitor_reads_only(method, is_let):
    visitor = SimpleNamespace(method=method, user=AnonymousUser(), auth=None)

    assert TokenScope().has_permission(visitor, SAFE) is is_let


def test_session_has_every_scope_and_a_visitor_none():
    person = SimpleNamespace(user=SimpleNamespace(is_authenticated=True), auth=None)
    visitor = SimpleNamespace(user=AnonymousUser(), auth=None)

    assert has_scope(person, Scope.ROSTER_READ)
    assert not has_scope(visitor, Scope.ROSTER_READ)
    assert not has_scope(request_of("GET", "read"), Scope.ROSTER_READ)
    assert has_scope(request_of("GET", "roster:read"), Scope.ROSTER_READ)
    assert TokenScope().has_permission(SimpleNamespace(method="POST", **vars(person)), SAFE)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (["anyone"], {"plain", "approved", "operator"}),
        (["approved"], {"approved", "operator"}),
        (["example.org"], {"approved", "operator", "verified"}),
    ],
)
def test_seminars_are_made_by_whom_the_site_lets(policy, expected, settings):
    settings.SEMINAR_CREATORS = policy
    made = {
        "plain": UserFactory(),
        "approved": UserFactory(may_create_seminars=True),
        "operator": UserFactory(is_superuser=True),
        "inactive": UserFactory(is_superuser=True, is_active=False),
        "visitor": AnonymousUser(),
    }
    if policy == ["example.org"]:
        made["verified"] = UserFactory()
        made["verified"].emailaddress_set.create(email="a@EXAMPLE.org", verified=True)
        made["plain"].emailaddress_set.create(email="b@example.org", verified=False)
        other = made["elsewhere"] = UserFactory()
        other.emailaddress_set.create(email="c@example.com", verified=True)

    assert {name for name, user in made.items() if may_create_seminar(user)} == expected
