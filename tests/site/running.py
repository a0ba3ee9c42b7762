"""What it takes to run a seminar, bound to the rows of the permission matrix: see matrix.py."""

import json
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from annotations.actions import (
    Target,
    hide_annotation,
    place_annotation,
    withdraw_annotation,
)
from annotations.enums import Status
from annotations.exchange.bulk.actions import make_export
from annotations.grading.enums import MarkState
from annotations.models import Annotation
from debate.notices.mail import unsubscribe_token
from tests.factories.argument import ClaimFactory
from tests.factories.grading import RemarkFactory
from tests.site.fairness import ROWS as FAIRNESS
from tests.site.gradebooks import ROWS as GRADEBOOKS
from tests.site.grading import criterion_of, marked
from tests.site.matrix import (
    archived,
    as_it_is,
    assignment_id,
    call,
    fixed,
    for_group,
    form,
    note,
    page,
    seminar,
    seminar_id,
    set_row,
    source,
    together,
)
from tests.site.people import CLAIM_MARK, DRAFT_MARK, MARK, NAME_MARK, PROPOSED_MARK, where
from tests.site.programs import COLLECTING, DRAWING, ROSTERS, TAKING
from tests.site.programs import ROWS as PROGRAMS
from tests.site.releases import ROWS as RELEASES
from tests.site.rubrics import ROWS

NEW_DATE = fixed(due_at="2031-01-01T12:00", reason_code="other")


def member(world):
    return [world.seminar.slug, world.pupil.pk]


def member_id(world):
    return [world.seminar.pk, world.pupil.user_id]


def expected(world):
    return [world.seminar.slug, world.expected.pk]


def invitation(world):
    return [world.seminar.slug, world.invitation.pk]


def invitation_id(world):
    return [world.seminar.pk, world.invitation.pk]


def group(world):
    return [world.seminar.slug, world.open_group.pk]


def group_id(world):
    return [world.seminar.pk, world.open_group.pk]


def student(world):
    return where(world) | {"user_id": world.person["author"].pk}


def of_the_seminar(world):
    return [world.seminar.pk, world.person["author"].pk]


def student_id(world):
    return [world.assignment.pk, world.person["author"].pk]


def notice(world):
    return [world.notice.pk]


def muted(world):
    return [world.note.pk]


def way_out(world):
    return [unsubscribe_token(world.person["author"], "reply")]


def way_in(_world):
    return ["a-link-to-come-in-by"]


def mark(world):
    return [world.mark.pk]


def to_mark(world):
    return ["annotation", world.note.pk]


def a_mark(world):
    return {"annotation": str(world.note.pk), "type": "move"}


def second_version(world):
    return [world.note.pk, 2]


def taken_back(world):
    withdraw_annotation(actor=world.person["author"], annotation_id=world.note.pk)


def put_elsewhere(world):
    target = Target(paragraph_id=world.assignment.revision.paragraphs.get(number=2).pk)
    place_annotation(actor=world.person["author"], annotation_id=world.note.pk, targets=[target])


def begun(world):
    return [world.assignment.pk, world.begun.pk]


def hidden(world):
    hide_annotation(
        actor=world.person["instructor"], annotation_id=world.note.pk, reason="Too harsh."
    )


def lock(world):
    return [world.note.pk, "lock"]


def students_make_groups(world):
    set_row(world.seminar, students_make_groups=True)


def in_the_open_group(world):
    world.open_group.members.set([world.person["author"], world.person["mate"]])


def on_the_shelf(world):
    return [world.seminar.slug, world.source.pk]


def alone(world):
    """Nobody has replied."""
    Annotation.objects.filter(pk=world.reply.pk).update(status=Status.WITHDRAWN)


def waiting(world):
    Annotation.objects.filter(pk=world.note.pk).update(status=Status.PENDING)


def joined(world):
    return reverse("seminars:join_link", args=way_in(world))


def of_the_assignment(world):
    return f"?assignment={world.assignment.pk}&format=ndjson"


def in_a_file(world):
    return where(world) | {"name": "native"}


def an_export(world):
    return [world.job.pk]


def made(world):
    """The author's export is made."""
    make_export(world.job.pk)


def asks_consent(world):
    set_row(world.seminar, asks_consent=True)


def to_take(world):
    return {"assignment": str(world.assignment.pk), "format": "ndjson"}


def a_work(world):
    return where(world) | {"work_id": world.work.pk}


def a_criterion(world):
    return where(world) | {"key": criterion_of(world.work)}


def to_the_work(world):
    return {"work": str(world.work.pk), "version": "0"}


def a_work_id(world):
    return [world.work.pk]


def an_item(world):
    return a_work(world) | {"item_id": world.work.items.get().pk}


def a_graded_mark(world):
    return [world.graded_mark.pk]


def a_remark(world):
    return where(world) | {"remark_id": world.remark.pk}


def of_work(world):
    return {"work": str(world.work.pk)}


def feedback_on_it(world):
    return {"item": str(world.work.items.get().pk), "body": "Where from?"}


def a_level(world):
    criterion = world.work.assignment.grading_plan.rubric_version.criteria.first()
    return {"choice": f"{criterion.key}:{criterion.levels.first().key}", "who": "all"}


def marked_by_an_assistant(world):
    """The author's work has a mark, which the assistant has submitted."""
    marker = world.person["assistant"]
    world.graded_mark = marked(world.work, marker, state=MarkState.SUBMITTED)


def with_a_remark(world):
    """The instructor shares a remark."""
    owner = world.person["instructor"]
    world.remark = RemarkFactory(seminar=world.seminar, owner=owner, is_shared=True)


def of_assignment(world):
    return {"assignment": str(world.assignment.pk)}


def taken_in(world):
    return where(world) | {"graph_id": world.taken_in.pk}


def taken_in_id(world):
    return [world.assignment.pk, world.taken_in.pk]


def a_debate(_world):
    return {"file": SimpleUploadedFile("debate.json", json.dumps(DEBATE).encode())}


DEBATE = {"nodes": [{"nodeID": "1", "text": "Okapis are shy.", "type": "I"}], "edges": []}
EXCHANGE = [
    page("exchange:import", where),
    form("exchange:import", where, a_debate, to=frozenset({200})),
    form("exchange:import_confirm", where, fixed(kept="")),
    page("exchange:undo", taken_in),
    form("exchange:undo", taken_in),
]
EXCHANGE_CALLS = [
    call("POST", "graph-import", assignment_id, fixed(**DEBATE)),
    call("GET", "graph-import-detail", taken_in_id),
    call("DELETE", "graph-import-detail", taken_in_id),
]


QUALITY = [
    page("annotations:mark_new", to_mark),
    form("annotations:mark_new", to_mark, fixed(type="move")),
    call("POST", "quality-mark-list", sends=a_mark, names="annotation"),
]

PEOPLE = [
    page("seminars:person_add", seminar),
    form("seminars:person_add", seminar, fixed(who="joining", role="student")),
    page("seminars:person", member),
    form("seminars:person", member, fixed(role="observer")),
    page("seminars:person_remove", member),
    form("seminars:person_remove", member),
    page("seminars:roster", seminar),
    form(
        "seminars:roster", seminar, fixed(text="email\nnew@example.org", role="student"),
        to=frozenset({200}),
    ),
    form("seminars:roster_apply", seminar, fixed(text="email\nnew@example.org", role="student")),
    page("seminars:roster_download", seminar),
    page("seminars:expected_remove", expected),
    form("seminars:expected_remove", expected),
]  # fmt: skip
PEOPLE_CALLS = [
    call("POST", "member-list", seminar_id, fixed(username="joining")),
    call("PATCH", "member-detail", member_id, fixed(role="observer")),
    call("DELETE", "member-detail", member_id),
]
INVITATIONS = [
    page("seminars:invitations", seminar),
    page("seminars:invitation_create", seminar),
    form("seminars:invitation_create", seminar, fixed(role="student", days=7), to=frozenset({200})),
    page("seminars:invitation_revoke", invitation),
    form("seminars:invitation_revoke", invitation),
]
INVITATION_CALLS = [
    call("GET", "invitation-list", seminar_id),
    call("GET", "invitation-detail", invitation_id),
    call("POST", "invitation-list", seminar_id),
    call("DELETE", "invitation-detail", invitation_id),
]
SETTINGS = [
    page("seminars:settings", seminar),
    form("seminars:settings", seminar, fixed(title="Water", time_zone="UTC")),
    page("seminars:archive", seminar),
    form("seminars:archive", seminar),
    form("seminars:student_view", seminar),
    page("seminar_copy", seminar),
    form("seminar_copy", seminar, fixed(title="Again", starts_on="2027-04-12")),
    call("PATCH", "seminar-detail", seminar_id, fixed(title="Water")),
    call("PUT", "seminar-archive", seminar_id),
    call("POST", "seminar-copy", seminar_id, fixed(title="Again", starts_on="2027-04-12")),
]
GROUPS = [
    page("seminars:groups", seminar),
    call("GET", "group-list", seminar_id),
    call("GET", "group-detail", group_id),
]
GROUP_CHANGES = [
    page("seminars:group_create", seminar),
    form("seminars:group_create", seminar, fixed(name="Delta", kind="reading")),
    page("seminars:group_edit", group),
    form("seminars:group_edit", group, fixed(name="Delta")),
    page("seminars:group_delete", group),
    form("seminars:group_delete", group),
    page("seminars:groups_random", seminar),
    form(
        "seminars:groups_random", seminar, fixed(kind="reading", by="size", number=2),
        to=frozenset({200}),
    ),
    form("seminars:groups_make", seminar),
    call("POST", "group-list", seminar_id, fixed(name="Delta")),
    call("PATCH", "group-detail", group_id, fixed(name="Delta")),
    call("DELETE", "group-detail", group_id),
]  # fmt: skip
EXTENDING = [
    page("assignments:extension", student),
    form("assignments:extension", student, NEW_DATE),
    form("assignments:extension_withdraw", student),
    page("assignments:accommodations", seminar),
    form("assignments:accommodations", seminar),
    call("PUT", "extension-detail", student_id, fixed(due_at="2031-01-01T12:00:00Z")),
    call("DELETE", "extension-detail", student_id),
    call("GET", "accommodation-list", seminar_id),
    call("PUT", "accommodation-detail", of_the_seminar, fixed(extra_days=2)),
]
FLAGGING = [
    page("annotations:flag", note),
    form("annotations:flag", note, fixed(reason="off_topic")),
    call("POST", "annotation-flag-list", note, fixed(reason="off_topic")),
]
MODERATING = [
    page("annotations:moderate", lock),
    form("annotations:moderate", lock, fixed(version=1)),
    call("GET", "moderation-list", note),
    call("POST", "moderation-list", note, fixed(act="lock")),
]
BEGUN = fixed(
    key="p:1:3", content=json.dumps({"body": "Half a thought"}), submission_key=str(UUID(int=8))
)
BEGUN_BY_A_PROGRAM = fixed(
    key="p:1:3", content={"body": "Half a thought"}, submission_key=str(UUID(int=8))
)
UNDOING = [
    form("annotations:undo", second_version),
    call("POST", "undo", note, fixed(version=2)),
]
AUDIENCES = [
    page("annotations:audience", note),
    form("annotations:audience", note, fixed(version=1, audience="staff")),
    call("PUT", "audience", note, fixed(audience="staff")),
]


def tag(world):
    return [world.seminar.slug, world.tag.pk]


def tag_id(world):
    return [world.seminar.pk, world.tag.pk]


def tagged(world):
    return [world.assignment.pk, world.tagged.pk]


def first_paragraph(world):
    return where(world) | {"number": 1}


def paragraph_and_tag(world):
    return {"paragraph": str(world.paragraph.pk), "tag": str(world.needs.pk)}


def beginning_of_a_name(world):
    return f"?q=ma&assignment={world.assignment.pk}"


VOCABULARY = [
    page("annotations:vocabulary", seminar),
    page("annotations:vocabulary_history", seminar),
    call("GET", "vocabulary", seminar_id),
    call("GET", "vocabulary-history", seminar_id),
    call("GET", "tag-list", seminar_id),
    call("GET", "tag-detail", tag_id),
    call("GET", "paragraph-tag-list", assignment_id),
    call("GET", "paragraph-tag-detail", tagged),
]
VOCABULARY_CHANGES = [
    form("annotations:vocabulary_copy", seminar, fixed(preset="toulmin")),
    form("annotations:vocabulary_close", seminar, fixed(is_closed="on")),
    page("annotations:tag_add", seminar),
    form("annotations:tag_add", seminar, fixed(label="Agency")),
    page("annotations:tag_edit", tag),
    form("annotations:tag_edit", tag, fixed(label="Harm")),
    form("annotations:tag_move", tag, fixed(by="1")),
    form("annotations:tag_retire", tag),
    form("annotations:tag_restore", tag),
    call("PATCH", "vocabulary", seminar_id, fixed(is_closed=True)),
    call("POST", "vocabulary-copy", seminar_id, fixed(preset="toulmin")),
    call("POST", "tag-list", seminar_id, fixed(label="Agency")),
    call("PATCH", "tag-detail", tag_id, fixed(is_retired=True)),
]
TAGGING = [
    page("annotations:paragraph_tags", first_paragraph),
    form("annotations:paragraph_tags", first_paragraph),
    call("POST", "paragraph-tag-list", assignment_id, paragraph_and_tag),
    call("DELETE", "paragraph-tag-detail", tagged),
]

LINKS = [
    form("annotations:link_check", on_the_shelf),
    call("POST", "link-check", source, to=frozenset({202})),
]


def claim(world):
    return where(world) | {"claim_id": world.claim.pk}


def proposed(world):
    return where(world) | {"claim_id": world.proposed.pk}


def link(world):
    return where(world) | {"pk": world.link.pk}


def attack(world):
    return where(world) | {"pk": world.attack.pk}


def its_id(name):
    """The id of the thing of that name, as addresses of the API have it."""
    return lambda world: [getattr(world, name).pk]


def into(world):
    return {"into": str(world.other_claim.pk)}


def another_claim(world):
    """A claim on which nothing bears."""
    world.other_claim = ClaimFactory(assignment=world.assignment, text="Meters are cheap.")


def students_mark(world):
    set_row(world.rules, students_mark_claims=True)


def a_reason(world):
    return {
        "assignment": str(world.assignment.pk),
        "conclusion": str(world.other_claim.pk),
        "premises": [str(world.claim.pk)],
    }


def a_reason_in_a_form(world):
    return {"conclusion": world.other_claim.pk, "premises": [world.claim.pk]}


def an_attack(world):
    return {
        "assignment": str(world.assignment.pk),
        "kind": "rebuts",
        "source": str(world.other_claim.pk),
        "target": {"type": "claim", "id": str(world.claim.pk)},
    }


def an_attack_in_a_form(world):
    return {"kind": "rebuts", "target": f"claim:{world.other_claim.pk}"}


def a_claim(status):
    def sends(world):
        about = {"assignment": str(world.assignment.pk), "is_explicit": False}
        return {**about, "text": "Okapis pay.", "status": status}

    return sends


ARGUMENT = [
    page("annotations:claims", where, shows=CLAIM_MARK, lists=True),
    page("annotations:claim_history", claim),
    page("annotations:house_rules", where),
    call("GET", "claim-list", shows=CLAIM_MARK, lists=True),
    call("GET", "claim-detail", its_id("claim")),
    call("GET", "claim-history", its_id("claim")),
    call("GET", "inference-list", shows='"conclusion"', lists=True),
    call("GET", "inference-detail", its_id("link")),
    call("GET", "relation-list", shows='"is_one_way"', lists=True),
    call("GET", "relation-detail", its_id("attack")),
    call("GET", "concession-list", shows='"scope"', lists=True),
    call("GET", "concession-detail", its_id("granted")),
    call("GET", "house-rules-list", assignment_id),
]
KEEPING = [
    page("annotations:claim_edit", claim),
    form("annotations:claim_edit", claim, fixed(text="Wombats pay.")),
    page("annotations:claim_accept", claim),
    form("annotations:claim_accept", claim, fixed(text="Wombats pay.")),
    page("annotations:claim_merge", claim),
    form("annotations:claim_merge", claim, into),
    form("annotations:claim_unmerge", claim),
    page("annotations:claim_split", claim),
    form("annotations:claim_split", claim, fixed(texts="One.\nTwo.")),
    page("annotations:claim_withdraw", claim),
    form("annotations:claim_withdraw", claim),
    form("annotations:claim_restore", claim),
    page("annotations:claims_relate", claim),
    form("annotations:claims_relate", claim, an_attack_in_a_form),
    page("annotations:claims_link", where),
    form("annotations:claims_link", where, a_reason_in_a_form),
    page("annotations:inference_edit", link),
    form("annotations:inference_edit", link, lambda world: {"premises": [world.other_claim.pk]}),
    page("annotations:inference_withdraw", link),
    form("annotations:inference_withdraw", link),
    form("annotations:inference_restore", link),
    page("annotations:relation_withdraw", attack),
    form("annotations:relation_withdraw", attack),
    form("annotations:relation_restore", attack),
    call("POST", "claim-list", sends=a_claim("marked"), names="assignment"),
    call("PATCH", "claim-detail", its_id("claim"), fixed(type="fact")),
    call("DELETE", "claim-detail", its_id("claim")),
    call("PUT", "claim-accept", its_id("claim")),
    call("PUT", "claim-restore", its_id("claim")),
    call("PUT", "claim-merge", its_id("claim"), into),
    call("DELETE", "claim-merge", its_id("claim")),
    call("POST", "claim-split", its_id("claim"), fixed(texts=["One.", "Two."])),
    call("POST", "inference-list", sends=a_reason, names="assignment"),
    call("PATCH", "inference-detail", its_id("link"), fixed(warrant="So.")),
    call("DELETE", "inference-detail", its_id("link")),
    call("PUT", "inference-restore", its_id("link")),
    call("POST", "relation-list", sends=an_attack, names="assignment"),
    call("PATCH", "relation-detail", its_id("attack"), fixed(rationale="So.")),
    call("DELETE", "relation-detail", its_id("attack")),
    call("PUT", "relation-restore", its_id("attack")),
]
PROPOSING = [
    page("annotations:claim_new", where),
    form("annotations:claim_new", where, fixed(text="Okapis pay.")),
    call("POST", "claim-list", sends=a_claim("proposed"), names="assignment"),
]
PROPOSED = [
    page("annotations:claims", where, query="?show=decide", shows=PROPOSED_MARK, lists=True),
    page("annotations:claim_history", proposed),
    call("GET", "claim-detail", its_id("proposed")),
    call("GET", "claim-history", its_id("proposed")),
    call("GET", "claim-list", shows=PROPOSED_MARK, lists=True),
]
DECIDING = [
    page("annotations:claim_accept", proposed),
    form("annotations:claim_accept", proposed, fixed(text="Narwhals pay.")),
    call("PUT", "claim-accept", its_id("proposed")),
]
REWORDING = [
    page("annotations:claim_edit", proposed),
    form("annotations:claim_edit", proposed, fixed(text="Narwhals pay.")),
    page("annotations:claim_withdraw", proposed),
    form("annotations:claim_withdraw", proposed),
    call("PATCH", "claim-detail", its_id("proposed"), fixed(text="Narwhals pay.")),
    call("DELETE", "claim-detail", its_id("proposed")),
]
MARKING = [
    page("annotations:claims_link", where),
    form("annotations:claims_link", where, a_reason_in_a_form),
    call("POST", "claim-list", sends=a_claim("marked"), names="assignment"),
    call("POST", "inference-list", sends=a_reason, names="assignment"),
]
OTHER_RULES = fixed(burden="essay", symmetric_rebuts="1", students_mark_claims="0")
CODING = [
    page("annotations:code", its_id("counter")),
    form("annotations:code", its_id("counter"), fixed(attacks="reason")),
    call("PUT", "attacks", its_id("counter"), fixed(attacks="reason")),
]

MUTING = [
    form("annotations:mute", note),
    call("PUT", "mute", note),
    call("DELETE", "mute", note),
]

GRADING = ROWS | RELEASES | GRADEBOOKS | FAIRNESS | PROGRAMS
RUNNING = GRADING | {
    "K1": (as_it_is, ARGUMENT),
    "K2": (another_claim, KEEPING),
    "K3": (as_it_is, PROPOSING),
    "K4": (as_it_is, PROPOSED),
    "K5": (as_it_is, DECIDING),
    "K6": (as_it_is, REWORDING),
    "K7": (together(another_claim, students_mark), MARKING),
    "K8": (as_it_is, [form("annotations:house_rules", where, OTHER_RULES)]),
    "K9": (as_it_is, [call("POST", "house-rules-list", assignment_id, fixed(burden="essay"))]),
    "K10": (as_it_is, CODING),
    "L1": (as_it_is, LINKS),
    "V1": (as_it_is, VOCABULARY),
    "V2": (as_it_is, VOCABULARY_CHANGES),
    "V3": (as_it_is, TAGGING),
    "N8": (
        as_it_is,
        [
            page("annotations:mentions", query=beginning_of_a_name),
            call("GET", "mention-list", assignment_id, query="?q=ma"),
        ],
    ),
    "P1": (
        as_it_is,
        [
            page("seminars:people", seminar, shows=NAME_MARK),
            call("GET", "member-list", seminar_id, shows=NAME_MARK),
            call("GET", "member-detail", member_id),
        ],
    ),
    "P2": (
        as_it_is,
        [
            page("seminars:people", seminar, shows="mate@example.org", lists=True),
            call("GET", "member-list", seminar_id, shows="mate@example.org", lists=True),
        ],
    ),
    "P3": (as_it_is, PEOPLE),
    "P4": (as_it_is, [*PEOPLE_CALLS, *ROSTERS]),
    "P5": (as_it_is, [page("seminars:leave", seminar), form("seminars:leave", seminar)]),
    "P6": (as_it_is, INVITATIONS),
    "P7": (as_it_is, INVITATION_CALLS),
    "P8": (
        as_it_is,
        [
            page("seminars:join_link", way_in),
            page("seminars:join"),
            form("seminars:join", sends=fixed(code="AAAAABBBBB")),
            form("seminars:join_decline"),
        ],
    ),
    "P9": (
        as_it_is,
        [
            form("seminars:join_accept", after=joined, lands="/seminars/water-policy/"),
            call("PUT", "join", sends=fixed(code="AAAAABBBBB")),
        ],
    ),
    "P10": (as_it_is, SETTINGS),
    "P11": (
        archived,
        [form("seminars:restore", seminar), call("DELETE", "seminar-archive", seminar_id)],
    ),
    "P12": (archived, [*PEOPLE[:2], *INVITATIONS[:1], *GROUP_CHANGES[:2]]),
    "P13": (as_it_is, [form("seminars:student_view_end", seminar)]),
    "P14": (
        as_it_is,
        [
            page("seminar_new"),
            form("seminar_new", sends=fixed(text="# A title\n\nOne paragraph of words.")),
            call("POST", "seminar-list", sends=fixed(title="Water")),
        ],
    ),
    "G1": (as_it_is, GROUPS),
    "G2": (as_it_is, [*GROUP_CHANGES, *DRAWING]),
    "G3": (
        students_make_groups,
        [
            form("seminars:group_found", seminar, fixed(name="Delta")),
            form("seminars:group_join", group),
            form("seminars:group_leave", group),
            call("POST", "group-own", seminar_id, fixed(name="Delta")),
            call("PUT", "group-membership", group_id),
            call("DELETE", "group-membership", group_id),
        ],
    ),
    "D1": (
        as_it_is,
        [
            page("assignments:extensions", where, shows="2031", lists=True),
            call("GET", "extension-list", assignment_id, shows="2031", lists=True),
            call("GET", "extension-detail", student_id, shows="2031"),
        ],
    ),
    "D2": (
        as_it_is,
        [call("GET", "extension-list", assignment_id, shows='"accommodation"', lists=True)],
    ),
    "D8": (
        as_it_is,
        [page("assignments:extensions", where, shows="Agreed accommodation", lists=True)],
    ),
    "D3": (as_it_is, EXTENDING),
    "D4": (as_it_is, [page("annotations:progress", where)]),
    "D5": (as_it_is, [call("GET", "progress-list", assignment_id, shows=NAME_MARK)]),
    "D6": (as_it_is, [page("annotations:progress_csv", where, shows=NAME_MARK)]),
    "S6": (
        as_it_is,
        [form("live:presence", where, fixed(paragraph="1"), to=frozenset({204}))],
    ),
    "D7": (as_it_is, [page("annotations:receipt", where), form("annotations:receipt", where)]),
    "H1": (
        as_it_is,
        [
            page("grading:works", where),
            form("grading:next", where),
            page("grading:collect", where),
            form("grading:collect", where),
            page("grading:criterion", a_criterion),
        ],
    ),
    "H2": (
        as_it_is,
        [
            page("grading:desk", a_work, shows=MARK),
            form("grading:lease", a_work, to=frozenset({200})),
            form("grading:take_in", a_work),
            form("grading:criterion", a_criterion, to_the_work),
        ],
    ),
    "H3": (
        as_it_is,
        [
            page("grading:split", where),
            form("grading:split", where, to=frozenset({200})),
        ],
    ),
    "H4": (
        as_it_is,
        [
            call("GET", "work-list", shows=NAME_MARK, lists=True),
            call("GET", "work-detail", a_work_id, shows=NAME_MARK),
        ],
    ),
    "H5": (as_it_is, [call("PATCH", "work-detail", a_work_id, fixed(marker=None))]),
    "H6": (
        as_it_is,
        [call("POST", "work-next", sends=of_assignment, names="assignment"), *COLLECTING],
    ),
    "H83": (GRADEBOOKS["H83"][0], [*GRADEBOOKS["H83"][1], *TAKING]),
    "H20": (
        as_it_is,
        [
            form("grading:mark", a_work, fixed(version="0", comment="Hm.")),
            form(
                "grading:part",
                a_work,
                fixed(version="0", set="comment", comment="Hm."),
                to=frozenset({200}),
            ),
            form("grading:item_feedback", an_item, fixed(version="0", body="Where from?")),
        ],
    ),
    "H21": (
        marked_by_an_assistant,
        [
            form("grading:mark_reopen", a_work, fixed(version="1")),
            form("grading:mark_withdraw", a_work, fixed(version="1", reason="Wrong work.")),
        ],
    ),
    "H22": (
        with_a_remark,
        [
            page("grading:remarks", where),
            form("grading:remarks", where, fixed(text="Name your source.")),
            form("grading:remark", a_remark, fixed(act="use"), to=frozenset({200})),
            page("grading:bulk", where),
            form("grading:bulk", where, a_level, to=frozenset({200})),
            form("grading:bulk_undo", where),
        ],
    ),
    "H23": (as_it_is, [call("POST", "mark-list", sends=of_work, names="work")]),
    "H24": (
        marked_by_an_assistant,
        [
            call("GET", "mark-list", shows="Okapis", lists=True),
            call("GET", "mark-detail", a_graded_mark, shows="Okapis"),
        ],
    ),
    "H25": (
        marked_by_an_assistant,
        [
            call("PATCH", "mark-detail", a_graded_mark, fixed(comment="Hm.")),
            call("POST", "mark-submit", a_graded_mark, fixed()),
            call("POST", "mark-reopen", a_graded_mark, fixed()),
            call("POST", "mark-withdraw", a_graded_mark, fixed(reason="Wrong work.")),
            call("POST", "mark-feedback", a_graded_mark, feedback_on_it),
        ],
    ),
    "F1": (
        as_it_is,
        [
            page("exchange:exchange", where),
            page("exchange:download", in_a_file),
            call("GET", "export", assignment_id),
            call("GET", "export-summary", assignment_id),
            page("exchange:print", where),
            page("exchange:annotations", query=of_the_assignment),
            form("exchange:take", sends=to_take),
        ],
    ),
    "F4": (
        as_it_is,
        [
            page("exchange:seminar", seminar),
            call("GET", "seminar-export", seminar_id),
            call("GET", "seminar-export-summary", seminar_id),
        ],
    ),
    "F5": (
        as_it_is,
        [
            page("exchange:mine"),
            call("GET", "me-export"),
            call("GET", "me-export-summary"),
        ],
    ),
    "F6": (
        as_it_is,
        [page("exchange:job", an_export), form("exchange:job_cancel", an_export)],
    ),
    "F7": (made, [page("exchange:job_file", an_export)]),
    "P15": (
        asks_consent,
        [
            form("seminars:consent", seminar, fixed(consents="yes")),
            call("PUT", "consent", seminar_id, fixed(consents=True)),
        ],
    ),
    "P16": (asks_consent, [call("GET", "consent", seminar_id)]),
    "F2": (as_it_is, EXCHANGE),
    "F3": (as_it_is, EXCHANGE_CALLS),
    "M1": (as_it_is, FLAGGING),
    "M2": (for_group, FLAGGING),
    "Q1": (
        as_it_is,
        [
            *QUALITY,
            form("annotations:mark", mark, fixed(body="It is clear.")),
            call("POST", "quality-mark-answer-list", mark, fixed(body="It is clear.")),
        ],
    ),
    "Q2": (for_group, QUALITY),
    "Q3": (
        as_it_is,
        [
            page("annotations:mark", mark, shows="Lemurs"),
            call("GET", "quality-mark-list", shows="Lemurs", lists=True),
            call("GET", "quality-mark-detail", mark, shows="Lemurs"),
            call("GET", "quality-mark-answer-list", mark),
            call("GET", "me-too", note),
        ],
    ),
    "Q4": (
        as_it_is,
        [
            page("annotations:mark_settle", mark),
            form("annotations:mark_settle", mark),
            call("POST", "quality-mark-resolve", mark, fixed(resolution="It is clear.")),
        ],
    ),
    "Q5": (as_it_is, [call("DELETE", "quality-mark-detail", mark)]),
    "Q6": (
        as_it_is,
        [form("annotations:me_too", note, fixed(on="1")), call("PUT", "me-too", note)],
    ),
    "Q7": (as_it_is, [call("DELETE", "me-too", note)]),
    "M3": (
        as_it_is,
        [
            form("annotations:unflag", note),
            call("DELETE", "annotation-flag-list", note),
        ],
    ),
    "M4": (
        as_it_is,
        [
            call("GET", "annotation-flag-list", note, shows="Ibex"),
            call("GET", "flag-list", shows="Ibex", lists=True),
        ],
    ),
    "M5": (as_it_is, MODERATING),
    "M6": (for_group, MODERATING),
    "M7": (
        as_it_is,
        [
            page("annotations:moderation", seminar),
            page("annotations:moderation_approve", seminar),
            form("annotations:moderation_approve", seminar),
            page("annotations:moderation_log", seminar),
            call("GET", "moderation-log", seminar_id),
        ],
    ),
    "M8": (waiting, [page("annotations:moderation", seminar, shows=MARK)]),
    "W26": (alone, AUDIENCES),
    "W27": (as_it_is, AUDIENCES[2:]),
    "W28": (taken_back, UNDOING),
    "W29": (put_elsewhere, UNDOING),
    "W30": (
        as_it_is,
        [
            form("annotations:drafts", where, BEGUN),
            call("POST", "draft-list", assignment_id, BEGUN_BY_A_PROGRAM),
        ],
    ),
    "W31": (
        as_it_is,
        [page("annotations:drafts", where), call("GET", "draft-list", assignment_id)],
    ),
    "W34": (
        as_it_is,
        [
            call("GET", "draft-list", assignment_id, shows=DRAFT_MARK, lists=True),
            call("GET", "draft-detail", begun),
        ],
    ),
    "W35": (as_it_is, [call("DELETE", "draft-detail", begun)]),
    "W32": (
        as_it_is,
        [
            page("annotations:drafts", where, shows=DRAFT_MARK, lists=True),
            form(
                "annotations:draft_discard",
                where,
                lambda world: {"id": str(world.begun.pk)},
                to=frozenset({200}),
            ),
        ],
    ),
    "W33": (as_it_is, [form("annotations:preview", sends=fixed(body="So."), to=frozenset({200}))]),
    "W36": (
        as_it_is,
        [call("POST", "annotation-batch", sends=fixed(items=[]), to=frozenset({200}))],
    ),
    "M9": (hidden, UNDOING),
    "N1": (
        as_it_is,
        [
            page("notices:inbox"),
            page("notices:settings"),
            call("GET", "notice-list"),
            call("GET", "notice-preferences"),
        ],
    ),
    "N2": (
        as_it_is,
        [
            form(
                "notices:settings",
                sends=fixed(
                    **dict.fromkeys(
                        [
                            "reply",
                            "counterargument",
                            "mention",
                            "moderation",
                            "flag",
                            "assignment_opens",
                            "assignment_closes",
                            "revision",
                            "quality_mark",
                            "quality_answer",
                            "grade_released",
                            "regrade_answered",
                            "regrade_asked",
                        ],
                        "daily",
                    )
                ),
            ),
            form("notices:read_all"),
            form("notices:unmute", muted),
            call("POST", "notices-read"),
            call("PUT", "notice-preferences"),
        ],
    ),
    "N3": (as_it_is, [call("GET", "notice-detail", notice)]),
    "N4": (
        as_it_is,
        [
            form("notices:open", notice),
            form("notices:read", notice),
            call("POST", "notice-read", notice),
        ],
    ),
    "N5": (
        as_it_is,
        [
            page("notices:unsubscribe", way_out),
            form("notices:unsubscribe", way_out, to=frozenset({200})),
        ],
    ),
    "N6": (as_it_is, MUTING),
    "N7": (for_group, MUTING),
}
