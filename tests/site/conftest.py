"""One small world with an object behind every address of the site, and its cast."""

import copy
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.urls import reverse
from lxml import html

from annotations.actions import Content, Target, create_annotation, place_annotation
from annotations.actions.vocabulary import add_tag
from annotations.models import Draft, ExportJob, LinkHealth
from annotations.presets import TagDraft
from debate.accounts.actions import create_token
from debate.assignments.models import Assignment
from debate.essays.actions import (
    Head,
    change_head,
    correct_import,
    start_import,
    start_revision,
)
from debate.essays.importing import edits
from debate.essays.importing.blocks import Block
from debate.essays.importing.blocks import Draft as EssayDraft
from debate.notices.mail import unsubscribe_token
from debate.notices.models import Notice
from debate.seminars.enums import Role
from tests.conftest import MARKS, PLAIN, REPEATS, member
from tests.factories.accounts import UserFactory
from tests.factories.annotations import (
    AnnotationFactory,
    ParagraphTagFactory,
    PassageFactory,
    SourceFactory,
    TagFactory,
    annotation_on,
)
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    ConcessionFactory,
    ImportedGraphFactory,
    InferenceFactory,
    QualityMarkFactory,
    RelationFactory,
)
from tests.factories.assignments import AssignmentTemplateFactory, ExtensionFactory, assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import (
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RosterEntryFactory,
    SeminarFactory,
)
from tests.site.fairness import addresses_of_fairness
from tests.site.gradebooks import addresses_of_gradebooks
from tests.site.grading import (
    addresses_of_grading,
    addresses_of_marking,
    graded,
    marked_beside,
)
from tests.site.programs import addresses_of_programs
from tests.site.releases import addresses_of_releases
from tests.site.rubrics import addresses_of_rubrics
from tests.site.test_urls import BEGUN, ELSEWHERE, MARKED, PAGES, SHELF, TAG, TWIN
from tests.tables import lines

ROLES = [
    "anonymous", "outsider", "operator", "observer", "classmate", "student", "assistant",
    "instructor",
]  # fmt: skip

ANSWERS = dict(lines(PAGES))
NOT_HTML = {
    "annotations:mentions",
    "live:changes",
    "live:stream",
    "annotations:progress_csv",
    "annotations:evidence_export",
    "annotations:sources_export",
    "annotations:flow_xlsx",
    "grading:rubric_export",
    "grading:seminar_gradebook_file",
    "grading:gradebook_file",
    "grading:agreement_csv",
    "grading:gradebook_work",  # leads to the desk
    "grading:participation_csv",
    "exchange:download",
    "exchange:schema",
    "exchange:annotations",
    "exchange:print",  # paper, without the frame of pages
    "exchange:job_file",
    "seminars:join_link",
    "seminars:roster_download",
    "healthz",
    "readyz",
    "robots",
    "favicon",
    "api_root",  # leads to the documentation
}
# Every page, and who looks at it in the tests of its markup: the first of these who may.
HTML_PAGES = [name for name in ANSWERS if name not in NOT_HTML]
READERS = ["student", "instructor"]


@pytest.fixture(scope="module")
def standing_world(django_db_setup, django_db_blocker):
    """The cast of tests/conftest.py and the world, built once for all tests of a module.

    Each test takes back what it writes, and has copies of the objects, so that it changes no other's.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        seminar = SeminarFactory(title="Water policy", slug="water-policy")
        elsewhere = SeminarFactory(title="Housing policy", slug="housing-policy")
        cast = {
            "anonymous": AnonymousUser(),
            "outsider": member(elsewhere, "outsider", Role.STUDENT),
            "operator": UserFactory(username="operator", is_staff=True, is_superuser=True),
            "observer": member(seminar, "observer", Role.OBSERVER),
            "classmate": member(seminar, "classmate", Role.STUDENT),
            "student": member(seminar, "student", Role.STUDENT),
            "assistant": member(seminar, "assistant", Role.ASSISTANT),
            "instructor": member(seminar, "instructor", Role.INSTRUCTOR),
        }
        title = "Who should pay for water?"
        essay = essay_of(PLAIN, REPEATS, MARKS, seminar=seminar, title=title)
        assignment = assignment_of(essay, slug="who-should-pay")
        paragraphs = list(assignment.revision.paragraphs.numbered())
        address = furnish(cast, seminar, assignment, paragraphs)
        things = {"other_seminar": elsewhere, "seminar": seminar, "essay": essay}
        things |= {"assignment": assignment, "paragraphs": paragraphs}
        yield SimpleNamespace(address=address, things=cast | things)
        transaction.set_rollback(True)


@pytest.fixture
def things(standing_world):
    """The test's own copies of the objects of the world."""
    return copy.deepcopy(standing_world.things)


@pytest.fixture(scope="module", autouse=True)
def has_a_world(request):
    """Whether a test of the module asks for `world`: all of them are then in it, with its people."""
    asks = any(
        "standing_world" in item.fixturenames
        for item in request.session.items
        if item.path == request.path
    )
    if asks:
        request.getfixturevalue("standing_world")
    return asks


def of_the_world(name):
    """The fixture of that name: the world's if the module has one, else that of tests/conftest.py."""

    @pytest.fixture(name=name)
    def fixture(request, has_a_world, db):
        return (
            request.getfixturevalue("things")[name]
            if has_a_world
            else request.getfixturevalue(name)
        )

    return fixture


seminar = of_the_world("seminar")
other_seminar = of_the_world("other_seminar")
instructor = of_the_world("instructor")
assistant = of_the_world("assistant")
student = of_the_world("student")
classmate = of_the_world("classmate")
observer = of_the_world("observer")
outsider = of_the_world("outsider")
operator = of_the_world("operator")
essay = of_the_world("essay")
assignment = of_the_world("assignment")
paragraphs = of_the_world("paragraphs")


@pytest.fixture(autouse=True)
def outgoing(settings):
    """The site as it is by default: it opens links. No test here has a worker that would."""
    settings.OUTGOING_REQUESTS = True


@pytest.fixture
def cast(anonymous, outsider, operator, observer, classmate, student, assistant, instructor):
    """The roles in the order of the tables."""
    people = (anonymous, outsider, operator, observer, classmate, student, assistant, instructor)
    return dict(zip(ROLES, people, strict=True))


@pytest.fixture
def world(standing_world, db):
    """`world(name)` is the address of that name, with an object of the world behind it."""
    return standing_world.address


def argue(cast, assignment):
    """Two claims on the map and what links them, one that the student proposed, and one countered."""
    claim = partial(ClaimFactory, assignment=assignment, added_by=cast["instructor"])
    dear, scarce = claim(text="Water is costly."), claim(text="Water is scarce.")
    counter = AnnotationFactory(
        assignment=assignment,
        author=cast["student"],
        counterargument=True,
        attacks="unspecified",
    )
    countered = ClaimFactory(assignment=assignment, annotation=counter, asserted=True)
    RelationFactory(source=countered, target_claim=dear, annotation=counter)
    granting = AnnotationFactory(
        assignment=assignment, author=cast["instructor"], kind="concession"
    )
    return {
        "claim": dear,
        "proposed": claim(text="Draft.", status="proposed", added_by=cast["student"]),
        "link": InferenceFactory(conclusion=dear, premises=[scarce]),
        "attack": RelationFactory(source=scarce, target_claim=dear, added_by=cast["instructor"]),
        "counter": counter,
        "granted": ConcessionFactory(annotation=granting, claim=dear),
    }


def addresses_of_the_argument(argued, where, assignment):
    """What stands behind the addresses of claims, of what links them, and of the house rules."""
    given = {f"annotations:{name}": where for name in ("claims", "claim_new", "claims_link")}
    given["annotations:house_rules"] = where
    for act in ("edit", "history", "merge", "unmerge", "split", "withdraw", "restore"):
        given[f"annotations:claim_{act}"] = where | {"claim_id": argued["claim"].pk}
    given["annotations:claims_relate"] = where | {"claim_id": argued["claim"].pk}
    given["annotations:claim_accept"] = where | {"claim_id": argued["proposed"].pk}
    for act in ("edit", "withdraw", "restore"):
        given[f"annotations:inference_{act}"] = where | {"pk": argued["link"].pk}
    for act in ("withdraw", "restore"):
        given[f"annotations:relation_{act}"] = where | {"pk": argued["attack"].pk}
    given["annotations:code"] = given["api:attacks"] = [argued["counter"].pk]
    for act in ("detail", "restore", "merge", "split", "history"):
        given[f"api:claim-{act}"] = [argued["claim"].pk]
    given["api:claim-accept"] = [argued["proposed"].pk]
    for act in ("detail", "restore"):
        given[f"api:inference-{act}"] = [argued["link"].pk]
        given[f"api:relation-{act}"] = [argued["attack"].pk]
    given["api:concession-detail"] = [argued["granted"].pk]
    given["api:house-rules-list"] = given["api:assignment-change-list"] = [assignment.pk]
    return given


def _undoable(actor, assignment, paragraph):
    """A comment that the actor has just put onto the paragraph, and the version of that."""
    comment = AnnotationFactory(assignment=assignment, author=actor)
    placed = place_annotation(
        actor=actor, annotation_id=comment.pk, targets=[Target(paragraph_id=paragraph.pk)]
    )
    return [placed.pk, placed.version]


def draft_at(where, user, assignment):
    """Where what the student has begun to write is listed."""
    content = {"kind": "comment", "body": "Half a thought."}
    Draft.objects.create(
        pk=BEGUN,
        user=user,
        assignment=assignment,
        key="p:1:3",
        content=content,
        submission_key=BEGUN,
    )
    return where


def _give_dates(assignment, student):
    """When it is due, and a later date for the student."""
    Assignment.objects.filter(pk=assignment.pk).update(due_at=datetime(2030, 1, 1, tzinfo=UTC))
    due_at = datetime(2030, 2, 1, tzinfo=UTC)
    ExtensionFactory(assignment=assignment, user=student, due_at=due_at)


def _fill_another_shelf(instructor):
    """A seminar of the instructor's with a source, to copy from."""
    shelf = SeminarFactory(pk=SHELF, title="Energy policy", slug="energy-policy")
    MembershipFactory(seminar=shelf, user=instructor, role=Role.INSTRUCTOR)
    SourceFactory(pk=ELSEWHERE, seminar=shelf)


def furnish(cast, seminar, assignment, paragraphs):
    """Put an object behind every address; return what tells the address of a name.

    The student has more time and asks, the classmate answers; the instructor imports an essay and has changed it
    once, and has a draft of the essay's next revision; the student has a token, and has put a
    comment elsewhere; a source is on the shelf.
    """
    _give_dates(assignment, cast["student"])
    question = create_annotation(
        actor=cast["student"],
        assignment_id=assignment.pk,
        content=Content(kind="question", body="Who pays?"),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )
    reply = create_annotation(
        actor=cast["classmate"],
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="Everybody."),
        parent_id=question.pk,
    )
    draft = EssayDraft(
        title="Rents",
        blocks=[Block(kind="body", html="One. Two."), Block(kind="body", html="Three.")],
    )
    kept = start_import(actor=cast["instructor"], seminar=seminar, draft=draft)
    head = Head(title="Rents and wages", author="", affiliation="", language="en")
    kept = change_head(actor=cast["instructor"], import_id=kept.pk, version=1, head=head)
    revision = start_revision(actor=cast["instructor"], essay=assignment.essay)
    shorter = partial(edits.leave_out, index=0)
    correct_import(actor=cast["instructor"], import_id=revision.pk, version=1, edit=shorter)
    token, _ = create_token(actor=cast["student"], name="notebook")
    source = SourceFactory(seminar=seminar, added_by=cast["student"])
    SourceFactory(pk=TWIN, seminar=seminar, added_by=cast["instructor"])
    _fill_another_shelf(cast["instructor"])
    LinkHealth.objects.create(source=source, found={"title": "Meters"})
    passage = PassageFactory(source=source)
    evidence = annotation_on(
        paragraphs[0],
        assignment=assignment,
        author=cast["student"],
        evidence=True,
        passage=passage,
    )
    job = ExportJob.objects.create(asked_by=cast["student"], assignment=assignment, format="ndjson")
    taken_in = ImportedGraphFactory(assignment=assignment, by=cast["instructor"])
    notice = Notice.objects.get(recipient=cast["student"])
    seminar.students_make_groups = True
    seminar.save()
    group = GroupFactory(seminar=seminar, name="Riverside", is_open=True)
    to_be = start_import(actor=cast["instructor"], seminar=None, draft=draft)
    tag = add_tag(actor=cast["instructor"], seminar=seminar, draft=TagDraft("Harms"))
    TagFactory(pk=TAG, vocabulary=tag.vocabulary, key="needs", label="Needs")
    tagged = ParagraphTagFactory(assignment=assignment, tag=tag)
    claim = ClaimFactory(assignment=assignment, added_by=cast["instructor"], is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    mark = QualityMarkFactory(annotation=question, by=cast["classmate"])
    argued = argue(cast, assignment)
    work = graded(assignment, cast["student"], question)
    essay, paragraph = assignment.essay_id, paragraphs[0].pk
    where = {"seminar": seminar.slug, "assignment": assignment.slug}
    member = seminar.memberships.get(user=cast["student"])
    expected = RosterEntryFactory(seminar=seminar)
    invitation = InvitationFactory(
        seminar=seminar, code="AB2CDEF3GH", token="a-link-of-27-characters-long"
    )
    given = {
        "api:": [],
        "wa:container": [assignment.pk],
        "wa:annotation": [assignment.pk, str(question.pk)],
        "api:seminar-archive": [seminar.pk],
        "api:seminar-copy": [seminar.pk],
        "api:group-own": [seminar.pk],
        "api:group-membership": [seminar.pk, group.pk],
        "api:accommodation-list": [seminar.pk],
        "api:accommodation-detail": [seminar.pk, cast["student"].pk],
        "api:token-detail": [token.pk],
        "api:revision-detail": [essay, 1],
        "api:import-detail": [kept.pk],
        "api:import-text": [kept.pk],
        "api:import-file": [kept.pk],
        "api:import-upload": [seminar.pk],
        "api:import-undo": [kept.pk],
        "api:import-finish": [kept.pk],
        "api:import-go-on": [revision.pk],
        "api:import-changes": [revision.pk],
        "api:import-publish": [revision.pk],
        "api:import-placement": [revision.pk, question.pk],
        "api:assignment-close": [assignment.pk],
        "api:side-list": [assignment.pk],
        "api:assignment-template-detail": [AssignmentTemplateFactory(owner=cast["instructor"]).pk],
        "api:undo": _undoable(cast["student"], assignment, paragraphs[1])[:1],
        "api:draft-list": [assignment.pk],
        "api:draft-detail": [assignment.pk, BEGUN],
        "api:mention-list": [assignment.pk],
        "api:evidence-detail": [evidence.pk],
        "api:moderation-log": [seminar.pk],
        "api:vocabulary": [seminar.pk],
        "api:vocabulary-history": [seminar.pk],
        "api:source-found": [source.pk],
        "api:duplicate-list": [seminar.pk],
        "api:vocabulary-copy": [seminar.pk],
        "docs_page": ["reading"],
        "seminar_detail": [seminar.slug],
        "seminar_copy": [seminar.slug],
        "seminar_confirm": [to_be.pk],
        "seminar_keep": [to_be.pk],
        "seminars:person": [seminar.slug, member.pk],
        "seminars:person_remove": [seminar.slug, member.pk],
        "seminars:expected_remove": [seminar.slug, expected.pk],
        "seminars:invitation_revoke": [seminar.slug, invitation.pk],
        "seminars:join_link": ["a-link-of-27-characters-long"],
        "api:member-list": [seminar.pk],
        "api:member-detail": [seminar.pk, cast["student"].pk],
        "api:invitation-list": [seminar.pk],
        "api:invitation-detail": [seminar.pk, invitation.pk],
        "api:group-list": [seminar.pk],
        "api:group-detail": [seminar.pk, group.pk],
        "accounts:token_revoke": [token.pk],
        "notices:open": [notice.pk],
        "notices:read": [notice.pk],
        "notices:unmute": [question.pk],
        "notices:unsubscribe": [unsubscribe_token(cast["student"], "reply")],
        "api:notice-detail": [notice.pk],
        "api:notice-read": [notice.pk],
        "essays:import": [seminar.slug],
        "assignments:create": [essay],
        "assignments:edit": where,
        "assignments:delete": where,
        "assignments:close": where,
        "assignments:template_create": where,
        "assignments:sides": where,
        "assignments:extensions": where,
        "assignments:extension": {**where, "user_id": cast["student"].pk},
        "assignments:extension_withdraw": {**where, "user_id": cast["student"].pk},
        "assignments:accommodations": [seminar.slug],
        "assignments:template_delete": [
            AssignmentTemplateFactory(owner=cast["instructor"], setup={"rounds": []}).pk
        ],
        "annotations:reading": where,
        "annotations:vocabulary": [seminar.slug],
        "annotations:vocabulary_history": [seminar.slug],
        "annotations:vocabulary_copy": [seminar.slug],
        "annotations:vocabulary_close": [seminar.slug],
        "annotations:tag_add": [seminar.slug],
        "annotations:tag_edit": [seminar.slug, tag.pk],
        "annotations:link_check": [seminar.slug, source.pk],
        "annotations:sources": [seminar.slug],
        "annotations:sources_export": [seminar.slug, "bib"],
        "annotations:source_add": [seminar.slug],
        "annotations:source_import": [seminar.slug],
        "annotations:source_duplicates": [seminar.slug],
        "annotations:source_copy": [seminar.slug],
        "annotations:source": [seminar.slug, source.pk],
        "annotations:source_edit": [seminar.slug, source.pk],
        "annotations:source_take": [seminar.slug, source.pk],
        "annotations:source_merge": [seminar.slug, source.pk],
        "annotations:passage_add": [seminar.slug, source.pk],
        "annotations:passage_check": [seminar.slug, source.pk, passage.pk],
        "annotations:passage_mark": [seminar.slug, source.pk, passage.pk],
        "annotations:evidence": where,
        "annotations:evidence_cards": where,
        "annotations:evidence_export": where | {"form": "csv"},
        "api:source-citations": [source.pk],
        "api:source-merge": [source.pk],
        "api:passage-detail": [passage.pk],
        "api:passage-check-list": [passage.pk],
        "api:link-check": [source.pk],
        "annotations:tag_move": [seminar.slug, tag.pk],
        "annotations:tag_retire": [seminar.slug, tag.pk],
        "annotations:tag_restore": [seminar.slug, tag.pk],
        "annotations:paragraph_tags": where | {"number": 1},
        "api:tag-list": [seminar.pk],
        "api:tag-detail": [seminar.pk, tag.pk],
        "api:paragraph-tag-list": [assignment.pk],
        "api:paragraph-tag-detail": [assignment.pk, tagged.pk],
        **addresses_of_the_argument(argued, where, assignment),
        **addresses_of_grading(work, where),
        **addresses_of_rubrics(work, where),
        **addresses_of_gradebooks(work, where),
        **addresses_of_releases(work, where),
        **addresses_of_fairness(work, where),
        **addresses_of_programs(work, cast["instructor"], expected),
        **addresses_of_marking(work, marked_beside(reply, cast["assistant"], pk=MARKED), where),
        "annotations:progress": where,
        "annotations:progress_csv": where,
        "annotations:receipt": where,
        "exchange:exchange": where,
        "exchange:download": where | {"name": "native"},
        "exchange:print": where,
        "exchange:seminar": [seminar.slug],
        "exchange:job": [job.pk],
        "exchange:job_cancel": [job.pk],
        "exchange:job_file": [job.pk],
        "api:export-summary": [assignment.pk],
        "api:seminar-export": [seminar.pk],
        "api:seminar-export-summary": [seminar.pk],
        "api:consent": [seminar.pk],
        "exchange:import": where,
        "exchange:import_confirm": where,
        "exchange:undo": where | {"graph_id": taken_in.pk},
        "api:export": [assignment.pk],
        "api:graph-import": [assignment.pk],
        "api:graph-import-detail": [assignment.pk, taken_in.pk],
        "api:progress-list": [assignment.pk],
        "annotations:map": where,
        "annotations:flow": where,
        "annotations:flow_xlsx": where,
        "annotations:open_items": where,
        "annotations:concessions": where,
        "annotations:brief": where,
        "annotations:mark_new": ["annotation", question.pk],
        "annotations:mark": [mark.pk],
        "annotations:mark_settle": [mark.pk],
        "api:quality-mark-detail": [mark.pk],
        "api:quality-mark-answer-list": [mark.pk],
        "api:quality-mark-resolve": [mark.pk],
        "annotations:map_outline": where,
        "annotations:claim": where | {"claim_id": claim.pk},
        "api:graph": [assignment.pk],
        "api:labels": [assignment.pk],
        "annotations:paragraph": where | {"number": 1},
        "annotations:revision": where | {"number": 1},
        "annotations:revision_paragraph": where | {"revision": 1, "number": 1},
        "annotations:create": where | {"revision": 1, "number": 1},
        "annotations:drafts": draft_at(where, cast["student"], assignment),
        "annotations:draft_discard": where,
        "live:stream": where,
        "live:changes": where,
        "live:presence": where,
        "annotations:answer": [reply.pk],
        "annotations:moderate": [question.pk, "lock"],
        "annotations:undo": _undoable(cast["student"], assignment, paragraphs[1]),
        "annotations:moderation": [seminar.slug],
        "annotations:moderation_approve": [seminar.slug],
        "annotations:moderation_log": [seminar.slug],
        "api:answer": [reply.pk],
        "api:seminar-detail": [seminar.pk],
        "api:essay-detail": [essay],
        "api:revision-list": [essay],
        "api:paragraph-list": [essay],
        "api:paragraph-detail": [paragraph],
        "api:assignment-detail": [assignment.pk],
        "api:extension-list": [assignment.pk],
        "api:extension-detail": [assignment.pk, cast["student"].pk],
        "api:source-detail": [source.pk],
        "essays:detail": [essay],
        "essays:revise": [essay],
        "essays:go_on": [revision.pk],
        "annotations:publication": [revision.pk],
        "annotations:placement": [revision.pk, question.pk],
    }
    for name in (
        "people",
        "person_add",
        "leave",
        "consent",
        "roster",
        "roster_apply",
        "roster_download",
        "invitations",
        "invitation_create",
        "settings",
        "archive",
        "restore",
        "student_view",
        "student_view_end",
        "groups",
        "group_create",
        "group_found",
        "groups_random",
        "groups_make",
    ):
        given[f"seminars:{name}"] = [seminar.slug]
    for name in ("edit", "delete", "join", "leave"):
        given[f"seminars:group_{name}"] = [seminar.slug, group.pk]
    steps = ("preview", "correct", "text", "replace", "undo", "head", "finish", "discard")
    for name in steps:
        given[f"essays:import_{name}"] = [kept.pk]
    for name in (
        "annotations:detail",
        "annotations:reply",
        "annotations:edit",
        "annotations:withdraw",
        "annotations:audience",
        "api:audience",
        "annotations:place",
        "annotations:history",
        "annotations:mute",
        "api:mute",
        "api:anchors",
        "annotations:flag",
        "annotations:unflag",
        "annotations:me_too",
        "api:me-too",
        "api:annotation-flag-list",
        "api:moderation-list",
        "api:annotation-detail",
        "api:reply-list",
        "api:history-list",
    ):
        given[name] = [question.pk]

    def address(name):
        if name == "api:":
            return "/api/v1/no/such/address/"
        if name == "annotations:mentions":
            return f"{reverse(name)}?assignment={assignment.pk}"
        if name == "annotations:source_merge":
            return f"{reverse(name, args=given[name])}?into={TWIN}"
        arguments = given.get(name, [])
        if isinstance(arguments, dict):
            return reverse(name, kwargs=arguments)
        return reverse(name, args=arguments)

    return address


@pytest.fixture
def shown(world, cast, page):
    """`shown(name)`: the tree of the page of that name, as a person sees it who may."""

    def render(name):
        role = next(role for role in READERS if ANSWERS[name][role] == "200")
        return html.document_fromstring(page(cast[role]).get(world(name)).content)

    return render
