"""One small world with an object behind every address of the site, and its cast."""

from datetime import UTC, datetime
from functools import partial

import pytest
from django.urls import reverse
from lxml import html

from annotations.actions import Content, Target, create_annotation
from annotations.actions.vocabulary import add_tag
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
from debate.essays.importing.blocks import Block, Draft
from debate.notices.mail import unsubscribe_token
from debate.notices.models import Notice
from tests.factories.annotations import (
    ParagraphTagFactory,
    PassageFactory,
    SourceFactory,
    TagFactory,
    annotation_on,
)
from tests.factories.assignments import AssignmentTemplateFactory
from tests.factories.seminars import GroupFactory, InvitationFactory, RosterEntryFactory
from tests.site.test_urls import PAGES, TAG
from tests.tables import lines

ROLES = [
    "anonymous", "outsider", "operator", "observer", "classmate", "student", "assistant",
    "instructor",
]  # fmt: skip

ANSWERS = dict(lines(PAGES))
NOT_HTML = {
    "annotations:mentions",
    "annotations:progress_csv",
    "seminars:join_link",
    "seminars:roster_download",
    "healthz",
    "readyz",
    "robots",
    "favicon",
}
# Every page, and who looks at it in the tests of its markup: the first of these who may.
HTML_PAGES = [name for name in ANSWERS if name not in NOT_HTML]
READERS = ["student", "instructor"]


@pytest.fixture
def cast(anonymous, outsider, operator, observer, classmate, student, assistant, instructor):
    """The roles in the order of the tables."""
    people = (anonymous, outsider, operator, observer, classmate, student, assistant, instructor)
    return dict(zip(ROLES, people, strict=True))


@pytest.fixture
def world(cast, seminar, assignment, paragraphs):
    """`world(name)` is the address of that name, with an object of the world behind it.

    The student asks, the classmate answers; the instructor imports an essay and has changed it
    once, and has a draft of the essay's next revision; the student has a token; a source is on the
    shelf.
    """
    Assignment.objects.filter(pk=assignment.pk).update(due_at=datetime(2030, 1, 1, tzinfo=UTC))
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
    draft = Draft(
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
    annotation_on(
        paragraphs[0],
        assignment=assignment,
        author=cast["student"],
        evidence=True,
        passage=PassageFactory(source=source),
    )
    notice = Notice.objects.get(recipient=cast["student"])
    seminar.students_make_groups = True
    seminar.save()
    group = GroupFactory(seminar=seminar, name="Riverside", is_open=True)
    to_be = start_import(actor=cast["instructor"], seminar=None, draft=draft)
    tag = add_tag(actor=cast["instructor"], seminar=seminar, draft=TagDraft("Harms"))
    TagFactory(pk=TAG, vocabulary=tag.vocabulary, key="needs", label="Needs")
    tagged = ParagraphTagFactory(assignment=assignment, tag=tag)
    essay, paragraph = assignment.essay_id, paragraphs[0].pk
    where = {"seminar": seminar.slug, "assignment": assignment.slug}
    member = seminar.memberships.get(user=cast["student"])
    expected = RosterEntryFactory(seminar=seminar)
    invitation = InvitationFactory(
        seminar=seminar, code="AB2CDEF3GH", token="a-link-of-27-characters-long"
    )
    given = {
        "api:": [],
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
        "annotations:tag_move": [seminar.slug, tag.pk],
        "annotations:tag_retire": [seminar.slug, tag.pk],
        "annotations:tag_restore": [seminar.slug, tag.pk],
        "annotations:paragraph_tags": where | {"number": 1},
        "api:tag-list": [seminar.pk],
        "api:tag-detail": [seminar.pk, tag.pk],
        "api:paragraph-tag-list": [assignment.pk],
        "api:paragraph-tag-detail": [assignment.pk, tagged.pk],
        "annotations:progress": where,
        "annotations:progress_csv": where,
        "annotations:receipt": where,
        "api:progress-list": [assignment.pk],
        "annotations:paragraph": where | {"number": 1},
        "annotations:revision": where | {"number": 1},
        "annotations:revision_paragraph": where | {"revision": 1, "number": 1},
        "annotations:create": where | {"revision": 1, "number": 1},
        "annotations:answer": [reply.pk],
        "annotations:moderate": [question.pk, "lock"],
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
        "annotations:flag",
        "annotations:unflag",
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
