"""The demo seminar, and what every screen needs beside it, made once and only looked at."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.management import call_command
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from annotations.actions import (
    Target,
    flag_annotation,
    hide_annotation,
    moderate,
    publish_revision,
)
from annotations.actions.claims import change_claim, mark_claim, propose_claim, withdraw_claim
from annotations.actions.house_rules import set_house_rules
from annotations.actions.linking import link_claims, relate_claims
from annotations.actions.passages import set_relied_on
from annotations.actions.quality import answer_mark, set_mark
from annotations.actions.tags import tag_paragraph
from annotations.actions.vocabulary import add_tag, retire_tag
from annotations.arguments import Label
from annotations.enums import Audience, Kind, Match, Status
from annotations.grading.actions.collecting import collect_works
from annotations.grading.actions.moderation import draw_sample, say_outcome
from annotations.grading.actions.releasing import release_grades
from annotations.grading.actions.requests import answer_request, ask_again
from annotations.grading.actions.settling import settle
from annotations.grading.enums import MarkingMode, MarkRole, MarkState
from annotations.models import Annotation, ExportJob, Passage, PassageCheck
from annotations.presets import TagDraft
from annotations.queries.graph import argument_graph
from debate.accounts.models import User
from debate.assignments.actions import RoundInput, save_template, set_essay
from debate.assignments.models import Assignment
from debate.essays.actions import correct_import, start_import, start_revision
from debate.essays.importing import edits, formats
from debate.notices.mail import unsubscribe_token
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Seminar
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.annotations import ReplyFactory, SourceFactory, annotation_on
from tests.factories.argument import ImportedGraphFactory
from tests.factories.assignments import (
    AccommodationFactory,
    ExtensionFactory,
    SideFactory,
    assignment_of,
)
from tests.factories.essays import essay_of
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    ItemFeedbackFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import (
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RosterEntryFactory,
    SeminarFactory,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from annotations.grading.models import Work, WorkItem
    from debate.essays.models import Essay, ImportDraft

ESSAY = Path(__file__).parents[1] / "data" / "essay.md"


@dataclass(frozen=True)
class World:
    """Who looks, and the addresses there are to look at."""

    people: dict[str, User]
    places: dict[str, str]


def make_world() -> World:
    call_command("demo", force=True, verbosity=0)
    people = {user.username: user for user in User.objects.all()}
    people["newcomer"] = UserFactory(username="newcomer", password="!")
    people["teacher"] = MembershipFactory(
        seminar=SeminarFactory(title="An empty seminar", slug="empty", asks_consent=True),
        user__username="teacher",
        role=Role.INSTRUCTOR,
    ).user
    seminar = Seminar.objects.get(slug="policy-and-argument")
    places = {**_places(people, seminar), **_account_places(people)}
    return World(people, places | _moderation_places(people))


def _places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    assignment = Assignment.objects.filter(seminar=seminar).order_by("id")[0]
    reading = assignment.get_absolute_url()
    imported = start_import(
        actor=people["instructor"],
        seminar=seminar,
        draft=formats.read_as("markdown", ESSAY.read_bytes()),
        filename="essay.md",
    )
    unset = essay_of(
        "It is not set to anybody yet.", "It may be one day.", seminar=seminar, title="On the shelf"
    )
    blind, closed = _strict(seminar)
    annotations = Annotation.objects.filter(assignment=assignment)
    shown = annotations.filter(audience=Audience.SEMINAR, status=Status.PUBLISHED)
    mine = shown.filter(author=people["student1"], parent=None)
    preview = imported.get_absolute_url()
    revision = _revision(people["instructor"], assignment.essay, leave_out=1)
    publication = reverse("annotations:publication", args=[revision.pk])
    return {
        **_people_places(people, seminar),
        "seminar": seminar.get_absolute_url(),
        "revision": revision.get_absolute_url(),
        "overtaken": _overtaken(people["instructor"], unset),
        "placement": f"{publication}{mine[0].pk}/",
        "import": reverse("essays:import", args=[seminar.slug]),
        "preview": preview,
        "discard": reverse("essays:import_discard", args=[imported.pk]),
        "essay": assignment.essay.get_absolute_url(),
        "shelf": unset.get_absolute_url(),
        "set": reverse("assignments:create", args=[unset.pk]),
        "assignment": reverse("assignments:edit", args=[seminar.slug, assignment.slug]),
        **_setting_places(people, seminar),
        **_group_places(people, seminar),
        **_vocabulary_places(people["instructor"], assignment),
        **_claim_places(people["instructor"], assignment),
        **_kept_places(people, assignment),
        **_source_places(people["instructor"], assignment),
        **_grading_places(people, seminar),
        **_released_places(people, seminar),
        **_fairness_places(people, seminar),
        "reading": reading,
        "blind": blind.get_absolute_url(),
        "closed": closed.get_absolute_url(),
        "undo_import": _taken_in(people["instructor"], closed),
        "export": _under_way(people["student1"], closed),
        "paragraph": f"{reading}paragraphs/4/",
        "compose": f"{reading}annotate/1/4/",
        "thread": _busiest(shown.filter(kind=Kind.COUNTERARGUMENT)).get_absolute_url(),
        "question": _busiest(shown.filter(kind=Kind.QUESTION)).get_absolute_url(),
        "evidence": shown.filter(kind=Kind.EVIDENCE)[0].get_absolute_url(),
        "mine": mine.filter(kind=Kind.COUNTERARGUMENT)[0].get_absolute_url(),
        "mine_evidence": annotations.filter(author=people["student2"], kind=Kind.EVIDENCE)[
            0
        ].get_absolute_url(),
        "edited": shown.exclude(edited_at=None)[0].get_absolute_url(),
        "withdrawn": annotations.filter(status=Status.WITHDRAWN)[0].get_absolute_url(),
        "missing": f"/annotations/{uuid.UUID(int=7)}/",
    }


def _source_places(instructor: User, assignment: Assignment) -> dict[str, str]:
    """The shelf of the demo's seminar with a doubled work, and a passage that is checked."""
    seminar = assignment.seminar
    MembershipFactory(
        seminar=SeminarFactory(title="The next term", slug="next-term"),
        user=instructor,
        role=Role.INSTRUCTOR,
    )
    passages = Passage.objects.filter(source__seminar=seminar, annotations__assignment=assignment)
    passage = passages.exclude(quote="").order_by("pk")[0]
    set_relied_on(actor=instructor, passage_id=passage.pk, relied_on=[[0, 20]])
    PassageCheck.objects.create(passage=passage, by=instructor, match=Match.VERBATIM)
    csl = {"title": passage.source.title}
    doubled = SourceFactory(seminar=seminar, added_by=instructor, csl=csl)
    sources = reverse("annotations:sources", args=[seminar.slug])
    source = f"{sources}{passage.source_id}/"
    return {
        "sources": sources,
        "no_sources": reverse("annotations:sources", args=["empty"]),
        "source": source,
        "merge": f"{sources}{doubled.pk}/merge/?into={passage.source_id}",
        "passage": f"{source}passages/{passage.pk}/",
    }


def _group_places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    """A section of the demo's seminar, a group that students join, and an archived seminar."""
    Seminar.objects.filter(pk=seminar.pk).update(students_make_groups=True)
    GroupFactory(seminar=seminar, name="Open table", is_open=True)
    section = GroupFactory(
        seminar=seminar, name="Tuesday", kind=GroupKind.SECTION, members=[people["student1"]]
    )
    founder = people["founder"] = UserFactory(username="founder", password="!")
    draft = formats.read_as("markdown", ESSAY.read_bytes())
    to_be = start_import(actor=founder, seminar=None, draft=draft)
    other = start_import(actor=founder, seminar=None, draft=draft)
    people["viewer"] = MembershipFactory(
        seminar=seminar, role=Role.INSTRUCTOR, user__username="viewer", user__name="Vera Lind"
    ).user
    finished = SeminarFactory(title="A finished seminar", archived_at=timezone.now())
    MembershipFactory(seminar=finished, user=people["teacher"], role=Role.INSTRUCTOR)
    essay_of("It was read.", seminar=finished)
    return {
        "groups": reverse("seminars:groups", args=[seminar.slug]),
        "group": reverse("seminars:group_edit", args=[seminar.slug, section.pk]),
        "settings": reverse("seminars:settings", args=[seminar.slug]),
        "copy": reverse("seminar_copy", args=[seminar.slug]),
        "confirm_seminar": reverse("seminar_confirm", args=[to_be.pk]),
        "make_seminar": reverse("seminar_confirm", args=[other.pk]),
        "to_be": to_be.get_absolute_url(),
        "finished": finished.get_absolute_url(),
        "finished_settings": reverse("seminars:settings", args=[finished.slug]),
    }


def _moderation_places(people: dict[str, User]) -> dict[str, str]:
    """A seminar in which something is flagged, waits, is hidden, locked and pinned."""
    essay = essay_of(
        "Trams carry more people than cars do on the same street.",
        "They also cost more before the first of them runs.",
        seminar=SeminarFactory(title="Streets and squares", slug="moderated"),
        title="Who owns the street?",
    )
    assignment = assignment_of(essay, slug="street", title="Who owns the street?")
    writer, flagger, moderator = (
        MembershipFactory(
            seminar=essay.seminar, user__username=name, user__name=shown, role=role
        ).user
        for name, shown, role in (
            ("writer", "Teodora Brankovic", Role.STUDENT),
            ("flagger", "Ines Okafor", Role.STUDENT),
            ("moderator", "Lucia Herrmann", Role.INSTRUCTOR),
        )
    )
    people.update(flagger=flagger, moderator=moderator)
    first = essay.current_revision.paragraphs.get(number=1)
    given = {"assignment": assignment, "author": writer}
    flagged = annotation_on(
        first, "more people", body="Only a fool counts passengers alone.", **given
    )
    other = annotation_on(first, body="Count the waiting as well.", counterargument=True, **given)
    ReplyFactory(parent=flagged, author=writer, body="I stand by it.")
    for _ in range(2):
        annotation_on(first, "on the same street", status=Status.PENDING, body="A *note*.", **given)
    hidden = annotation_on(first, body="An unkind remark about a neighbour.", **given)
    flag_annotation(
        actor=flagger,
        annotation_id=flagged.pk,
        reason="offensive",
        note="It calls whoever thinks otherwise a fool.",
    )
    reason = "It speaks about a person and not about the essay."
    hide_annotation(actor=moderator, annotation_id=hidden.pk, reason=reason)
    for act in ("lock", "pin"):
        moderate(actor=moderator, annotation_id=flagged.pk, act=act)
    cited = annotation_on(first, evidence=True, warrant="It counts the passengers.", **given)
    unclear, misquoted = (
        set_mark(actor=flagger, on="annotation", target_id=one.pk, type=type_, note=note)
        for one, type_, note in (
            (other, "unclear", "Who waits, and where?"),
            (cited, "misquote", "The table has other years."),
        )
    )
    answer_mark(actor=writer, mark_id=unclear.pk, body="Those at the stops, at eight o’clock.")
    return {
        "marked": unclear.get_absolute_url(),
        "misquoted": misquoted.get_absolute_url(),
        "to_mark": reverse("annotations:mark_new", args=["annotation", cited.pk]),
        "flagged": flagged.get_absolute_url(),
        "unflagged": other.get_absolute_url(),
        "moderation": reverse("annotations:moderation", args=[essay.seminar.slug]),
    }


def _setting_places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    """An assignment in three rounds with sides, an extension, an accommodation and a template."""
    students = [people["student1"], people["student2"]]
    actor, now = people["instructor"], timezone.now()
    assignment = set_essay(
        actor=actor,
        essay=essay_of("Water is priced.", "Use is not.", seminar=seminar, title="Water"),
        title="A debate in three rounds",
        resolution="Cities should price water by use.",
        due_at=now + timedelta(days=9),
        closes_at=now + timedelta(days=10),
        rounds=[
            RoundInput(name="First reading", mode="blind", reveals_after=2),
            RoundInput(opens_at=now + timedelta(days=3)),
            RoundInput(name="Rebuttal", mode="rebuttal", opens_at=now + timedelta(days=6)),
        ],
    )
    SideFactory(assignment=assignment, user=students[0])
    SideFactory(assignment=assignment, user=students[1], position="negative")
    ExtensionFactory(
        assignment=assignment,
        user=students[0],
        due_at=now + timedelta(days=12),
        reason_code="technical",
    )
    AccommodationFactory(seminar=seminar, user=students[1])
    template = save_template(actor=actor, assignment_id=assignment.pk, name="Three rounds")
    where = [seminar.slug, assignment.slug]
    return {
        "rounds": reverse("assignments:edit", args=where),
        "extension": reverse("assignments:extension", args=[*where, students[0].pk]),
        "accommodations": reverse("assignments:accommodations", args=[seminar.slug]),
        "template": reverse("assignments:template_delete", args=[template.pk]),
    }


def _people_places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    """Where people come in and are changed; one has a section, one waits without an account."""
    section = GroupFactory(seminar=seminar, name="Monday", kind=GroupKind.SECTION)
    User.objects.filter(pk=people["student1"].pk).update(pronouns="she/her", pronunciation="MEE-na")
    people["reader"] = MembershipFactory(
        seminar=seminar,
        user__username="reader",
        user__theme="dark",
        user__face="sans",
        user__text_size=5,
        user__spacing="wide",
        user__highlights="none",
        user__motion="reduced",
    ).user
    section.members.add(people["reader"])
    invitation = InvitationFactory(
        seminar=seminar, created_by=people["instructor"], section=section, token="a-way-in-" * 3
    )
    expected = RosterEntryFactory(seminar=seminar, section=section, name="Noor Haddad")
    member = seminar.memberships.get(user=people["reader"])
    listed = reverse("seminars:people", args=[seminar.slug])
    made = reverse("seminars:invitations", args=[seminar.slug])
    return {
        "people": listed,
        "person": reverse("seminars:person", args=[seminar.slug, member.pk]),
        "expected": reverse("seminars:expected_remove", args=[seminar.slug, expected.pk]),
        "invitations": made,
        "invitation": reverse("seminars:invitation_revoke", args=[seminar.slug, invitation.pk]),
        "join": reverse("seminars:join_link", args=["a-way-in-" * 3]),
    }


def _taken_in(actor: User, assignment: Assignment) -> str:
    """The page that undoes the import of a file."""
    taken = ImportedGraphFactory(assignment=assignment, by=actor, name="debate.json")
    return f"{assignment.get_absolute_url()}exchange/imports/{taken.pk}/undo/"


def _under_way(actor: User, assignment: Assignment) -> str:
    """The page of an export that is being made."""
    job = ExportJob.objects.create(
        asked_by=actor, assignment=assignment, format="tables", state="running", done=6, total=14
    )
    return reverse("exchange:job", args=[job.pk])


def _vocabulary_places(actor: User, assignment: Assignment) -> dict[str, str]:
    """The seminar's vocabulary, with a retired tag, and a paragraph that has some."""
    seminar = assignment.seminar
    drafts = [TagDraft("Framing", "How a question is put.", "“Who pays?”"), TagDraft("Old word")]
    framing, old = (add_tag(actor=actor, seminar=seminar, draft=draft) for draft in drafts)
    retire_tag(actor=actor, tag_id=old.pk)
    paragraph = assignment.revision.paragraphs.get(number=3)
    tag_paragraph(
        actor=actor,
        assignment_id=assignment.pk,
        paragraph_key=paragraph.key,
        tag_ids=[framing.pk],
    )
    return {
        "vocabulary": reverse("annotations:vocabulary", args=[seminar.slug]),
        "tag": reverse("annotations:tag_edit", args=[seminar.slug, framing.pk]),
        "paragraph_tags": reverse(
            "annotations:paragraph_tags", args=[seminar.slug, assignment.slug, 3]
        ),
    }


def _claim_places(person: User, assignment: Assignment) -> dict[str, str]:
    """A claim of the essay that is challenged, and one that meets its challenge in a circle."""
    graph = argument_graph(person, assignment)
    contested = [one for one in graph.claims.values() if one.label is Label.UNDECIDED]
    where = [assignment.seminar.slug, assignment.slug]
    return {
        name: reverse("annotations:claim", args=[*where, node.id])
        for name, node in {
            "claim": next(one for one in graph.essay_claims if one.open_challenges),
            "contested": contested[0],
        }.items()
    }


def _kept_places(people: dict[str, User], assignment: Assignment) -> dict[str, str]:
    """Claims on the map, proposed and taken off; what links them; an unsure counterargument."""
    by = {"actor": people["instructor"], "assignment_id": assignment.pk}
    first, second = assignment.revision.paragraphs.numbered()[:2]
    marked, reason, other = (
        mark_claim(**by, targets=[Target(paragraph_id=place.pk)], text=text, type="policy")
        for place, text in (
            (first, "Staying at home must be harder than going to the polls."),
            (second, "Whoever need not go leaves the choice to those who do."),
            (second, "A duty that nobody enforces is a wish."),
        )
    )
    change_claim(actor=people["instructor"], claim_id=marked.pk, has_burden=True)
    link = link_claims(
        **by, conclusion_id=marked.pk, premise_ids=[reason.pk], scheme="Cause to Effect"
    )
    attack = relate_claims(
        **by, kind="rebuts", source_id=other.pk, target_claim_id=reason.pk, rationale="So it is."
    )
    proposed = propose_claim(
        actor=people["student1"],
        assignment_id=assignment.pk,
        targets=[Target(paragraph_id=first.pk)],
        text="A small fine is enough to change habits.",
    )
    off = mark_claim(**by, text="Nobody reads leaflets.", is_explicit=False)
    withdraw_claim(actor=people["instructor"], claim_id=off.pk)
    set_house_rules(**by, burden="marked", note="As we agreed in the first week.")
    unsure = annotation_on(
        first,
        assignment=assignment,
        author=people["student1"],
        counterargument=True,
        counterclaim="Who stays away may be content with either result.",
        body="The paragraph counts absence as a verdict before it has asked the absent.",
        attacks="unspecified",
    )
    base = f"{assignment.get_absolute_url()}claims/"
    return {
        "claims": base,
        "kept_claim": f"{base}{marked.pk}/",
        "split_claim": f"{base}{reason.pk}/",
        "proposed_claim": f"{base}{proposed.pk}/",
        "link": f"{base}links/{link.pk}/",
        "attack": f"{base}relations/{attack.pk}/",
        "link_to": f"{base}link/?conclusion={other.pk}",
        "unsure": unsure.get_absolute_url(),
        "rules": f"{assignment.get_absolute_url()}rules/",
    }


def _strict(seminar: Seminar) -> tuple[Assignment, Assignment]:
    """An assignment with all that a round can ask for, and one that has closed."""
    texts = ("Rent is a price.", "A price can be capped.")
    blind = assignment_of(
        essay_of(*texts, seminar=seminar, title="Rent, capped"),
        uses_pseudonyms=True,
        requires_approval=True,
        resolution="Rents should be capped.",
        instructions="Write before you read the others.",
        asked_replies=2,
        asked_paragraphs=2,
        due_at=timezone.now() + timedelta(hours=5),
    )
    blind.rounds.update(
        mode="blind",
        reveals_after=3,
        ends_at=timezone.now() + timedelta(days=3),
        allowed_kinds=["comment", "counterargument"],
    )
    for member in seminar.memberships.filter(role=Role.STUDENT):
        SideFactory(assignment=blind, user=member.user)
    yesterday = timezone.now() - timedelta(days=1)
    closed = assignment_of(
        essay_of(*texts, seminar=seminar, title="Rent, closed"),
        opens_at=yesterday - timedelta(days=7),
        due_at=yesterday,
        closes_at=yesterday,
    )
    return blind, closed


def _grading_places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    """An assignment that has closed, with a rubric, and what students wrote in it collected."""
    yesterday = timezone.now() - timedelta(days=1)
    graded = assignment_of(
        essay_of(
            "Rent is a price, and a price can be graded.",
            "A cap is a promise.",
            seminar=seminar,
            title="Rent, graded",
        ),
        slug="rent-graded",
        opens_at=yesterday - timedelta(days=7),
        due_at=yesterday,
        closes_at=yesterday,
    )
    plan = GradingPlanFactory(assignment=graded, created_by=people["instructor"])
    criterion = plan.rubric_version.criteria.first()
    first, second = graded.revision.paragraphs.numbered()
    author = {"assignment": graded, "author": people["student1"]}
    note = annotation_on(first, "a price", **author, counterargument=True)
    annotation_on(second, **author, body="Who promises it, and to whom?", kind=Kind.QUESTION)
    ReplyFactory(parent=note, author=people["student2"], body="It was paid all the same.")
    collect_works(actor=people["instructor"], assignment_id=graded.pk)
    where = [seminar.slug, graded.slug]
    work = graded.works.get(student=people["student1"])
    return {
        "grading": reverse("grading:works", args=where),
        "rubrics": reverse("grading:seminar_rubrics", args=[seminar.slug]),
        "gradebook": reverse("grading:seminar_gradebook", args=[seminar.slug]),
        "grades": reverse("grading:gradebook", args=where),
        "rubric": reverse("grading:rubric", args=[plan.rubric_version.rubric_id]),
        "desk": reverse("grading:desk", args=[*where, work.pk]),
        "criterion": reverse("grading:criterion", args=[*where, criterion.key]),
    }


def _released_places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    """An assignment of which one grade is released, asked about and answered, and one is ready."""
    graded = assignment_of(
        essay_of("Who builds decides who pays.", seminar=seminar, title="Rent, released"),
        slug="rent-released",
    )
    plan = GradingPlanFactory(assignment=graded, created_by=people["instructor"])
    (paragraph,) = graded.revision.paragraphs.numbered()
    works = []
    for name in ("student1", "student2"):
        author = {"assignment": graded, "author": people[name]}
        note = annotation_on(paragraph, "decides", **author, body="Nobody builds alone.")
        work = WorkFactory(assignment=graded, student=people[name])
        GradeFactory(work=work)
        item = WorkItemFactory(work=work, annotation=note, late_by=90_000)
        mark = MarkFactory(
            work=work,
            marker=people["assistant"],
            total=8,
            state=MarkState.SUBMITTED,
            submitted_at=timezone.now(),
            comment="You answer the strongest reply.",
        )
        for criterion in mark.rubric_version.criteria.all():
            level = criterion.levels.last()
            part = MarkPartFactory(mark=mark, criterion=criterion, level=level, points=3)
            part.cited.add(item)
        ItemFeedbackFactory(mark=mark, item=item, body="Well put.")
        settle(plan, work, actor=people["assistant"])
        works.append(work)
    release_grades(actor=people["instructor"], assignment_id=graded.pk, works=[works[0].pk])
    asked = ask_again(
        actor=people["student1"],
        grade_id=works[0].grade.pk,
        criterion_key=mark.rubric_version.criteria.first().key,
        body="The second sentence names the claim.",
    )
    answer_request(actor=people["assistant"], request_id=asked.pk, body="Which one?", version=1)
    where = [seminar.slug, graded.slug]
    return {
        "released": reverse("grading:works", args=where),
        "grade": reverse("grading:grade", args=[*where, works[0].pk]),
    }


def _fairness_places(people: dict[str, User], seminar: Seminar) -> dict[str, str]:
    """One assignment that two marked, who disagree once, and one with a sample to be moderated."""
    places = {}
    for name, mode in (
        ("double", MarkingMode.OPEN_SECOND),
        ("sampled", MarkingMode.SAMPLED),
    ):
        graded = assignment_of(
            essay_of("A price tells a want.", seminar=seminar, title=f"Rent, {name}"),
            slug=f"rent-{name}",
        )
        plan = GradingPlanFactory(
            assignment=graded, created_by=people["instructor"], marking_mode=mode, tolerance=1
        )
        (paragraph,) = graded.revision.paragraphs.numbered()
        for number in range(1, 7):
            student = people[f"student{number}"]
            note = annotation_on(
                paragraph, "a want", assignment=graded, author=student, body="Whose want?"
            )
            work = WorkFactory(assignment=graded, student=student)
            GradeFactory(work=work)
            item = WorkItemFactory(work=work, annotation=note)
            _marked(work, people["assistant"], number % 4, item)
            if mode == MarkingMode.OPEN_SECOND:
                points = 3 if number == 1 else number % 4
                _marked(work, people["instructor"], points, item, MarkRole.SECOND)
            settle(plan, work, actor=people["assistant"])
        places[name] = reverse("grading:works", args=[seminar.slug, graded.slug])
        if mode == MarkingMode.OPEN_SECOND:
            first = graded.works.get(student=people["student1"])
            places["compare"] = f"{places[name]}compare/{first.pk}/"
    instructor = people["instructor"]
    one, other, *_ = draw_sample(actor=instructor, assignment_id=graded.pk, seed="a seed")
    note = "The second note answers, and got nothing for it."
    say_outcome(actor=instructor, sample_id=one.pk, outcome="concern", note=note, version=1)
    say_outcome(actor=instructor, sample_id=other.pk, outcome="agree", version=1)
    return places


def _marked(
    work: Work, marker: User, points: int, item: WorkItem, role: MarkRole = MarkRole.FIRST
) -> None:
    """A submitted mark that gives so many points by each criterion and cites the contribution."""
    mark = MarkFactory(
        work=work,
        marker=marker,
        role=role,
        total=3 * points,
        state=MarkState.SUBMITTED,
        submitted_at=timezone.now(),
        comment="Say whose price it is.",
    )
    for criterion in mark.rubric_version.criteria.all():
        level = criterion.levels.filter(points=points).first()
        part = MarkPartFactory(mark=mark, criterion=criterion, level=level, points=points)
        part.comment = "A claim, and who denies it."
        part.save()
        part.cited.add(item)


def _revision(actor: User, essay: Essay, *, leave_out: int) -> ImportDraft:
    """The person's draft of the essay's next revision, in which one paragraph goes."""
    return correct_import(
        actor=actor,
        import_id=start_revision(actor=actor, essay=essay).pk,
        version=1,
        edit=lambda draft: edits.leave_out(draft, leave_out),
    )


def _overtaken(actor: User, essay: Essay) -> str:
    """Where the person finds that a colleague has published another revision meanwhile."""
    mine = _revision(actor, essay, leave_out=1)
    member = MembershipFactory(seminar=essay.seminar, role=Role.INSTRUCTOR, user__name="Ana Duarte")
    theirs = _revision(member.user, essay, leave_out=0)
    publish_revision(actor=member.user, import_id=theirs.pk, version=2, note="Shorter")
    return reverse("annotations:publication", args=[mine.pk])


def _busiest(annotations: QuerySet[Annotation]) -> Annotation:
    return annotations.alias(size=Count("thread")).order_by("-size", "id")[0]


def _account_places(people: dict[str, User]) -> dict[str, str]:
    newcomer = people["newcomer"]
    address = EmailAddress.objects.create(user=newcomer, email=newcomer.email, primary=True)
    token = ApiTokenFactory(user=people["student1"])
    reset = [
        user_pk_to_url_str(people["student6"]),
        default_token_generator.make_token(people["student6"]),
    ]
    return {
        "confirm": reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]),
        "reset": reverse("account_reset_password_from_key", args=reset),
        "revoke": reverse("accounts:token_revoke", args=[token.pk]),
        "unsubscribe": reverse(
            "notices:unsubscribe", args=[unsubscribe_token(people["student1"], "reply")]
        ),
    }
