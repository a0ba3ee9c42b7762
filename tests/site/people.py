"""The people of the permission matrix, and what they wrote: one seminar, seen from all sides.

The author and a classmate are in the reading group Upstream and in Monday's section, another
classmate is in Downstream and in Tuesday's. The author asked, the classmate of the group answered.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.actions import Content, SourceInput, Target, create_annotation
from annotations.models import Annotation, Draft, ExportJob
from debate.accounts.actions import create_token
from debate.accounts.enums import Scope
from debate.essays.actions import Head, change_head, correct_import, start_import, start_revision
from debate.essays.importing import edits
from debate.essays.importing.blocks import Block
from debate.essays.importing.blocks import Draft as EssayDraft
from debate.notices.models import Notice
from debate.seminars.enums import GroupKind, Role
from tests.factories.accounts import UserFactory
from tests.factories.annotations import (
    AnnotationFactory,
    FlagFactory,
    ParagraphTagFactory,
    TagFactory,
)
from tests.factories.argument import (
    ClaimFactory,
    ConcessionFactory,
    HouseRulesFactory,
    ImportedGraphFactory,
    InferenceFactory,
    QualityMarkFactory,
    RelationFactory,
)
from tests.factories.assignments import (
    AliasFactory,
    AssignmentTemplateFactory,
    ExtensionFactory,
    assignment_of,
)
from tests.factories.essays import essay_of
from tests.factories.seminars import (
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RosterEntryFactory,
    SeminarFactory,
)
from tests.site.grading import graded

# The columns of the table in templates/docs/permissions.md, and who stands in each; the people of
# one column get the same.
COLUMNS = {
    "Visitor": ["visitor"],
    "Author": ["author"],
    "Same group": ["mate"],
    "Other group": ["other"],
    "Other seminar": ["outsider", "former"],
    "Observer": ["observer"],
    "Assistant of the section": ["section_assistant"],
    "Assistant of another section": ["other_assistant"],
    "Assistant": ["assistant"],
    "Instructor": ["instructor"],
    "Instructor elsewhere": ["instructor_elsewhere"],
    "Token to read": ["token"],
    "Operator": ["operator"],
}
# Words that stand in what the author wrote and nowhere else.
COOKIE = settings.SESSION_COOKIE_NAME
MARK = "Zebrafish pay"
REPLY_MARK = "Quaggas answer"
NAME_MARK = "Zenobia Xylander"
DRAFT_MARK = "Platypuses"
CLAIM_MARK = "Wombats"
PROPOSED_MARK = "Narwhals"


def build():
    """The world, in which `person` maps the names of COLUMNS to people."""
    seminar = SeminarFactory(title="Water policy", slug="water-policy")
    elsewhere = SeminarFactory(title="Housing policy", slug="housing-policy")
    person = _people(seminar, elsewhere)
    author, mate, other, instructor = (
        person[name] for name in ("author", "mate", "other", "instructor")
    )
    essay = essay_of(
        "Cities that price water by use need less of it.",
        "The council voted twice.",
        "A family paid too much.",
        seminar=seminar,
        title="Who should pay for water?",
        created_by=instructor,
    )
    assignment = assignment_of(
        essay,
        slug="who-should-pay",
        title="Who should pay?",
        due_at=timezone.now() + timedelta(days=7),
    )
    world = SimpleNamespace(
        person=person, seminar=seminar, elsewhere=elsewhere, essay=essay, assignment=assignment
    )
    world.former = person["former"]
    world.round = assignment.rounds.get()
    world.paragraph = assignment.revision.paragraphs.get(number=1)
    world.group = GroupFactory(
        seminar=seminar, name="Upstream", members=[author, mate, person["former"]]
    )
    world.other_group = GroupFactory(seminar=seminar, name="Downstream", members=[other])
    world.section = GroupFactory(
        seminar=seminar, name="Monday", kind=GroupKind.SECTION, members=[author, mate]
    )
    world.other_section = GroupFactory(
        seminar=seminar, name="Tuesday", kind=GroupKind.SECTION, members=[other]
    )
    for name, section in (
        ("section_assistant", world.section),
        ("other_assistant", world.other_section),
    ):
        membership = seminar.memberships.get(user=person[name])
        membership.is_limited = True
        membership.save()
        membership.sections.set([section])
    world.open_group = GroupFactory(seminar=seminar, name="Riverside", is_open=True)
    MembershipFactory(seminar=seminar, role=Role.INSTRUCTOR, user__username="colleague")
    world.pupil = MembershipFactory(seminar=seminar, user__username="pupil")
    world.joining = person["joining"] = UserFactory(username="joining")
    world.invitation = InvitationFactory(
        seminar=seminar, token="a-link-to-come-in-by", code="AAAAABBBBB"
    )
    world.expected = RosterEntryFactory(seminar=seminar)
    _words(world, author, mate)
    _argument(world, author)
    world.work = graded(assignment, author, world.note)
    _imports(world, instructor)
    _keys(world)
    return world


def _people(seminar, elsewhere):
    roles = {
        "author": Role.STUDENT,
        "mate": Role.STUDENT,
        "other": Role.STUDENT,
        "former": Role.STUDENT,
        "observer": Role.OBSERVER,
        "section_assistant": Role.ASSISTANT,
        "other_assistant": Role.ASSISTANT,
        "assistant": Role.ASSISTANT,
        "instructor": Role.INSTRUCTOR,
    }
    person = {
        name: MembershipFactory(seminar=seminar, role=role, user__username=name).user
        for name, role in roles.items()
    }
    person["author"].name = NAME_MARK
    person["author"].save()
    person["outsider"] = MembershipFactory(seminar=elsewhere, user__username="outsider").user
    person["instructor_elsewhere"] = MembershipFactory(
        seminar=elsewhere, role=Role.INSTRUCTOR, user__username="instructor_elsewhere"
    ).user
    person["operator"] = UserFactory(username="operator", is_staff=True, is_superuser=True)
    person["visitor"] = AnonymousUser()
    person["token"] = person["author"]
    return person


def _words(world, author, mate):
    post = partial(create_annotation, assignment_id=world.assignment.pk)
    where = [Target(paragraph_id=world.paragraph.pk)]
    world.note = post(
        actor=author, content=Content(kind="question", body=f"{MARK} whom?"), targets=where
    )
    world.reply = post(
        actor=mate,
        content=Content(kind="comment", body=f"{REPLY_MARK} everybody."),
        parent_id=world.note.pk,
    )
    world.evidence = post(
        actor=author,
        content=Content(
            kind="evidence",
            stance="supports",
            warrant=f"{MARK} less, it measured.",
            source=SourceInput(link="https://example.org/zebrafish"),
        ),
        targets=where,
    )
    world.source = world.evidence.passage.source
    world.taken_in = ImportedGraphFactory(
        assignment=world.assignment, by=world.person["instructor"]
    )
    world.remark = post(
        actor=world.person["instructor"],
        content=Content(kind="comment", body="Okapi among staff.", audience="staff"),
        targets=where,
    )
    world.job = ExportJob.objects.create(
        asked_by=author, assignment=world.assignment, format="ndjson"
    )
    world.left = post(
        actor=world.former, content=Content(kind="comment", body="Goodbye."), targets=where
    )
    world.begun = Draft.objects.create(
        user=author,
        assignment=world.assignment,
        key="p:1:2",
        content={"kind": "comment", "body": f"{DRAFT_MARK} pay."},
        submission_key=UUID(int=7),
    )
    world.notice = Notice.objects.get(recipient=author, kind="reply")
    world.tag = TagFactory(vocabulary__seminar=world.seminar, key="harms")
    world.needs = TagFactory(vocabulary=world.tag.vocabulary, key="needs")
    world.tagged = ParagraphTagFactory(assignment=world.assignment, tag=world.tag)
    world.flag = FlagFactory(annotation=world.note, flagged_by=mate, note="Ibex on it.")
    world.mark = QualityMarkFactory(annotation=world.note, by=mate, note="Lemurs on it.")
    world.extension = ExtensionFactory(
        assignment=world.assignment,
        user=author,
        due_at=datetime(2031, 3, 4, tzinfo=UTC),
        reason_code="accommodation",
    )
    world.alias = AliasFactory(assignment=world.assignment, user=author, name="Heron")
    world.seminar.memberships.filter(user=world.former).delete()


def _argument(world, author):
    """Claims on the map, what links them, and what the author proposed and countered."""
    instructor = world.person["instructor"]
    claim = partial(ClaimFactory, assignment=world.assignment, added_by=instructor)
    world.claim = claim(text=f"{CLAIM_MARK} are dear.")
    world.premise = claim(text="Demand falls.")
    world.proposed = claim(text=f"{PROPOSED_MARK} too.", status="proposed", added_by=author)
    world.link = InferenceFactory(conclusion=world.claim, premises=[world.premise])
    world.attack = RelationFactory(
        source=world.premise, target_claim=world.claim, added_by=instructor
    )
    world.rules = HouseRulesFactory(assignment=world.assignment, by=instructor)
    note = partial(AnnotationFactory, assignment=world.assignment, round=world.round)
    world.counter = note(author=author, counterargument=True, attacks="unspecified")
    countered = ClaimFactory(assignment=world.assignment, annotation=world.counter, asserted=True)
    RelationFactory(source=countered, target_claim=world.claim, annotation=world.counter)
    granting = note(author=instructor, kind="concession")
    world.granted = ConcessionFactory(annotation=granting, claim=world.claim)


def _imports(world, instructor):
    draft = EssayDraft(
        title="Rents",
        blocks=[Block(kind="body", html="One. Two."), Block(kind="body", html="Three.")],
    )
    kept = start_import(actor=instructor, seminar=world.seminar, draft=draft)
    head = Head(title="Rents and wages", author="", affiliation="", language="en")
    world.new_draft = start_import(actor=instructor, seminar=None, draft=draft)
    world.template = AssignmentTemplateFactory(owner=instructor)
    world.spare = assignment_of(world.essay, slug="spare", title="Nothing yet")
    world.draft = change_head(actor=instructor, import_id=kept.pk, version=1, head=head)
    revision = start_revision(actor=instructor, essay=world.essay)
    shorter = partial(edits.leave_out, index=0)
    world.revision_draft = correct_import(
        actor=instructor, import_id=revision.pk, version=1, edit=shorter
    )


def _keys(world):
    """Signs everybody in once: `world.cookies` and `world.secrets` by the name of the person."""
    world.cookies, world.secrets, world.tokens = {}, {}, {}
    for name, user in world.person.items():
        if not user.pk:
            continue
        scopes = [Scope.READ] if name == "token" else list(Scope)
        world.tokens[name], world.secrets[name] = create_token(
            actor=user, name=f"of {name}", scopes=scopes
        )
        client = Client()
        client.force_login(user)
        world.cookies[name] = client.cookies


def client_for(world, name, *, api):
    """A browser or program of that person that has not been used before."""
    if api or name == "token":
        client = APIClient() if api else Client()
        if name in world.secrets:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {world.secrets[name]}"
        if api:
            client.defaults["HTTP_IF_MATCH"] = "*"
        return client
    client = Client()
    if name in world.cookies:
        client.cookies[COOKIE] = world.cookies[name][COOKIE].value
    return client


def annotations(world):
    """What the author wrote, with the replies to it."""
    return Annotation.objects.filter(pk__in=[world.note.pk, world.reply.pk, world.evidence.pk])


def where(world):
    """The arguments of addresses of the reading page."""
    return {"seminar": world.seminar.slug, "assignment": world.assignment.slug}


def address(name, given):
    """The address of that name with those arguments."""
    if isinstance(given, dict):
        return reverse(name, kwargs=given)
    return reverse(name, args=given)
