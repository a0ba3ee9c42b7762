"""Loads the demo seminar: people, two essays, the debate about them and its grades, written for this project."""

from __future__ import annotations

import itertools
import json
import time
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotations.actions.annotations import (
    create_annotation,
    edit_annotation,
    mark_answer,
    withdraw_annotation,
)
from annotations.actions.claims import mark_claim, propose_claim
from annotations.actions.house_rules import set_house_rules
from annotations.actions.inputs import Content, SourceInput, Target
from annotations.actions.linking import link_claims
from annotations.actions.moderation import flag_annotation, pin_thread
from annotations.actions.passages import check_passage, set_relied_on
from annotations.actions.quality import answer_mark, set_mark, settle_mark
from annotations.actions.vocabulary import copy_preset
from annotations.bibliography.identifiers import work_key
from annotations.management.commands._demo_grading import DemoGrading
from annotations.models import (
    Annotation,
    AnnotationVersion,
    Change,
    Claim,
    ClaimVersion,
    HouseRules,
    Inference,
    Passage,
    Source,
    Visit,
)
from debate.accounts.models import User
from debate.assignments.actions import (
    RoundInput,
    change_assignment,
    change_sides,
    grant_extension,
    set_essay,
)
from debate.assignments.models import Assignment
from debate.core.errors import DomainError
from debate.essays.actions import create_essay
from debate.essays.importing import formats
from debate.notices.models import Delivery, Notice
from debate.seminars.actions import add_member, create_group, create_seminar
from debate.seminars.models import Group, Seminar

if TYPE_CHECKING:
    from uuid import UUID

    from debate.essays.models import Essay

PASSWORD = "counterpoint"  # noqa: S105 - known to everybody, which is why DEMO=1 is asked for
SECOND_THOUGHTS = timedelta(minutes=12)
"""How long after posting an annotation it was edited, withdrawn or taken as the answer."""
FIRST_CLAIM = timedelta(minutes=30)
"""How long after the opening the instructor began to mark the claims of the essay."""
LAST_PROPOSAL = timedelta(hours=1)
"""How long ago the claims that wait for an answer were proposed."""
LAST_VISIT = timedelta(hours=22)
"""How long ago the demo people looked last, so that some notes are new to them."""
PAUSE = 10
"""Seconds between two posts of `--live`."""


def demo_folder() -> Path:
    """Where the essays, `seminar.json` and `grading.json` lie."""
    return Path(apps.get_app_config("annotations").path) / "demo"


def demo_content(name: str) -> dict[str, Any]:
    """What the file of that name tells: `seminar`, or `grading` of the assignment that is graded."""
    content: dict[str, Any] = json.loads((demo_folder() / f"{name}.json").read_text("utf-8"))
    return content


class Command(BaseCommand):
    """Load the demo seminar once; a second run finds it there and changes nothing."""

    help = (
        "Loads the demo seminar (people, essays, annotations) unless it is there. Its accounts share "
        f"the password {PASSWORD!r}, so DEMO=1 or --force is asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="load it without DEMO=1")
        parser.add_argument(
            "--live",
            action="store_true",
            help=f"then let demo people post every {PAUSE} seconds until Ctrl-C",
        )

    def handle(self, *_args: Any, force: bool, live: bool, **_options: Any) -> None:
        if not (settings.DEMO or force):
            raise CommandError(
                "The demo accounts share a password that everybody knows. Set DEMO=1, or add "
                "--force, to load them all the same."
            )
        content = demo_content("seminar")
        try:
            self._load(content)
            if live:
                self._post_live(content)
        except DomainError as error:
            raise CommandError(f"Demo seminar: {error.sentence}") from error

    def _load(self, content: dict[str, Any]) -> None:
        if Seminar.objects.filter(slug=content["seminar"]["slug"]).exists():
            self.stdout.write("Demo seminar: already loaded")
            return
        graded = demo_content("grading")
        try:
            _Loader(content, graded).load()
        except IntegrityError as error:
            raise CommandError(
                "An account with a demo person's name or address exists already, so nothing was "
                "loaded."
            ) from error
        self.stdout.write(
            f"Demo seminar: loaded, {len(content['annotations']) + len(graded['annotations'])} "
            f"annotations by {len(content['people']) - 1} people, {len(graded['marks'])} works "
            f"marked (password: {PASSWORD})"
        )

    def _post_live(self, content: dict[str, Any]) -> None:
        assignment = Assignment.objects.get(
            seminar__slug=content["seminar"]["slug"], slug=content["assignments"][0]["slug"]
        )
        paragraphs = _paragraph_ids(assignment)
        people = {
            user.username: user
            for user in User.objects.filter(memberships__seminar=assignment.seminar)
        }
        posted = 0
        try:
            for line in itertools.cycle(content["live"]):
                create_annotation(
                    actor=people[line["author"]],
                    assignment_id=assignment.pk,
                    content=Content(kind=line["kind"], body=line["body"]),
                    targets=[Target(paragraph_id=paragraphs[line["paragraph"]])],
                )
                posted += 1
                name = people[line["author"]].display_name
                self.stdout.write(f"{name}: {line['kind']} on paragraph {line['paragraph']}")
                time.sleep(PAUSE)
        except KeyboardInterrupt:
            self.stdout.write(f"Stopped after {posted} posts.")


class _Loader:
    """Loads everything through the actions, in one transaction and in the order it was written."""

    def __init__(self, content: dict[str, Any], graded: dict[str, Any]) -> None:
        self.content = content
        self.graded = graded
        self.zone = ZoneInfo(content["seminar"]["time_zone"])
        self.now = timezone.now()
        self.people: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.sources: dict[str, Source] = {}
        self.essays: dict[str, Essay] = {}
        self.assignments: dict[str, Assignment] = {}
        self.paragraphs: dict[str, dict[int, UUID]] = {}
        self.posted: dict[str, Annotation] = {}
        self.claims: dict[str, Claim] = {}

    @transaction.atomic
    def load(self) -> None:
        """Raises IntegrityError when an account of a demo person's name exists."""
        self._add_people()
        instructor = self.people["instructor"]
        seminar = create_seminar(actor=instructor, **self.content["seminar"])
        self._add_members(instructor, seminar)
        self._add_sources(instructor, seminar)
        for preset in self.content["vocabulary"]:
            copy_preset(actor=instructor, seminar=seminar, preset=preset)
        for setting in (*self.content["assignments"], self.graded["assignment"]):
            self._set_essay(instructor, seminar, setting)
        self._map_essay(instructor)
        posts = (*self.content["annotations"], *self.graded["annotations"])
        for row in sorted(posts, key=self._posted_at):
            self._post(row)
        self._propose()
        self._judge()
        self._moderate(instructor)
        self._grade(instructor)
        self._look_back()

    def _add_people(self) -> None:
        password = make_password(PASSWORD)
        people = [
            User(
                username=person["username"],
                name=person["name"],
                email=person["email"],
                time_zone=self.zone.key,
                pronouns=person.get("pronouns", ""),
                pronunciation=person.get("pronunciation", ""),
                password=password,
            )
            for person in self.content["people"]
        ]
        User.objects.bulk_create(people)
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True)
            for user in people
        )
        self.people = {user.username: user for user in people}

    def _add_members(self, instructor: User, seminar: Seminar) -> None:
        for person in self.content["people"]:
            user = self.people[person["username"]]
            if person["role"] and user != instructor:
                add_member(actor=instructor, seminar=seminar, user=user, role=person["role"])
        for group in self.content["groups"]:
            members = [self.people[username] for username in group["members"]]
            self.groups[group["name"]] = create_group(
                actor=instructor, seminar=seminar, name=group["name"], members=members
            )

    def _add_sources(self, instructor: User, seminar: Seminar) -> None:
        """The shelf; straight into its table, as posting evidence takes fewer details of a work."""
        for source in self.content["sources"]:
            csl, known = source["csl"], dict(source.get("shelf", {}))
            if "accessed_days" in known:
                days = timedelta(days=known.pop("accessed_days"))
                known["accessed_on"] = (self.now - days).date()
            doi = csl.get("DOI", "").lower()
            self.sources[source["ref"]] = Source.objects.create(
                seminar=seminar,
                doi=doi,
                url="" if doi else csl["URL"],
                canonical=work_key(csl),
                csl=csl,
                added_by=instructor,
                **known,
            )

    def _set_essay(self, instructor: User, seminar: Seminar, setting: dict[str, Any]) -> None:
        if setting["essay"] not in self.essays:
            draft = formats.read_as("markdown", (demo_folder() / setting["essay"]).read_bytes())
            essay = create_essay(actor=instructor, seminar=seminar, draft=draft)
            self.essays[setting["essay"]] = essay
        assignment = set_essay(
            actor=instructor,
            essay=self.essays[setting["essay"]],
            title=setting["title"],
            slug=setting["slug"],
            instructions=setting["instructions"],
            opens_at=self._moment(setting["opens"]),
            due_at=self._moment(setting["due"]),
            # What has closed is closed once all has been posted.
            closes_at=None if setting["closes"]["days"] < 0 else self._moment(setting["closes"]),
            asked=setting["asked"],
            resolution=setting.get("resolution", ""),
            rounds=[
                RoundInput(
                    name=one["name"],
                    mode=one["mode"],
                    opens_at=self._moment(one["opens"]),
                    allowed_kinds=one.get("allowed_kinds", ()),
                )
                for one in setting.get("rounds", ())
            ],
        )
        sides = setting.get("sides", {})
        groups = {self.groups[name].pk: side for name, side in sides.items()}
        change_sides(actor=instructor, assignment_id=assignment.pk, people={}, groups=groups)
        self.assignments[assignment.slug] = assignment
        self.paragraphs[assignment.slug] = _paragraph_ids(assignment)

    def _map_essay(self, instructor: User) -> None:
        """The thesis and claims of the essay, the reasons between them, and the house rules."""
        given = self.content["argument"]
        assignment = self.assignments[given["assignment"]]
        moment = assignment.opens_at + FIRST_CLAIM
        for row in given["claims"]:
            moment += timedelta(minutes=1)
            claim = mark_claim(
                actor=instructor,
                assignment_id=assignment.pk,
                targets=self._targets({"assignment": assignment.slug, **row}),
                text=row["text"],
                type=row["type"],
                is_thesis=row.get("is_thesis", False),
            )
            self.claims[row["ref"]] = claim
            _date_on_map(claim, moment)
        for row in given["reasons"]:
            moment += timedelta(minutes=1)
            step = link_claims(
                actor=instructor,
                assignment_id=assignment.pk,
                conclusion_id=self.claims[row["conclusion"]].pk,
                premise_ids=[self.claims[ref].pk for ref in row["premises"]],
                scheme=row.get("scheme", ""),
                warrant=row["warrant"],
            )
            _date_on_map(step, moment)
        rules = set_house_rules(actor=instructor, assignment_id=assignment.pk, **given["rules"])
        HouseRules.objects.filter(pk=rules.pk).update(at=moment)
        Change.objects.filter(object_id=rules.pk).update(at=moment)

    def _propose(self) -> None:
        """Claims that students found and nobody has answered yet."""
        given = self.content["argument"]
        assignment = self.assignments[given["assignment"]]
        for row in given["proposed"]:
            claim = propose_claim(
                actor=self.people[row["by"]],
                assignment_id=assignment.pk,
                targets=self._targets({"assignment": assignment.slug, **row}),
                text=row["text"],
                type=row["type"],
            )
            _date_on_map(claim, self.now - LAST_PROPOSAL)

    def _judge(self) -> None:
        """What second readers found in the sources, and what readers find wanting."""
        for row in self.content["checks"]:
            check_passage(
                actor=self.people[row["by"]],
                passage_id=self._passage(row["annotation"]).pk,
                opened=True,
                match=row["match"],
                note=row["note"],
            )
        for row in self.content["quality_marks"]:
            on, target = self._judged(row)
            mark = set_mark(
                actor=self.people[row["by"]],
                on=on,
                target_id=target.pk,
                type=row["type"],
                note=row["note"],
            )
            for answer in row.get("answers", ()):
                answer_mark(actor=self.people[answer["by"]], mark_id=mark.pk, body=answer["body"])
            if "resolution" in row:
                settle_mark(
                    actor=self.people["assistant"], mark_id=mark.pk, resolution=row["resolution"]
                )

    def _judged(self, row: dict[str, Any]) -> tuple[str, Annotation | Claim | Passage]:
        if "claim" in row:
            return "claim", self.claims[row["claim"]]
        if "passage" in row:
            return "passage", self._passage(row["passage"])
        return "annotation", self.posted[row["annotation"]]

    def _passage(self, ref: str) -> Passage:
        """What the annotation of that name cites."""
        return Passage.objects.get(annotations=self.posted[ref])

    def _grade(self, instructor: User) -> None:
        """Close the assignment that is graded, and grade what stood in it then.

        Afterwards somebody wrote one note anew: it was opened once more for a day.
        """
        given = self.graded["assignment"]
        assignment = self.assignments[given["slug"]]
        edit = self.graded["edited_after_closing"]
        note = self.posted[edit["annotation"]]
        row = next(one for one in self.graded["annotations"] if one["ref"] == edit["annotation"])
        moment = self.now - timedelta(days=edit["days_ago"])
        content = self._content({**row, "body": edit["body"]})
        edited = edit_annotation(actor=note.author, annotation_id=note.pk, content=content)
        _date(edited, moment, edited_at=moment)
        closes_at = self._moment(given["closes"])
        change_assignment(actor=instructor, assignment_id=assignment.pk, closes_at=closes_at)
        DemoGrading(
            self.graded, assignment, people=self.people, posted=self.posted, now=self.now
        ).load()

    def _posted_at(self, row: dict[str, Any]) -> datetime:
        """So many days ago, or at a time of day where a deadline is near."""
        if "at" in row:
            return self._moment(row["at"])
        return self.now - timedelta(days=row["days_ago"])

    def _moment(self, given: dict[str, Any]) -> datetime:
        """A day counted from today, and a time of day in the seminar's zone."""
        day = self.now.astimezone(self.zone).date() + timedelta(days=given["days"])
        return datetime.combine(day, time_of_day.fromisoformat(given["time"]), self.zone)

    def _post(self, row: dict[str, Any]) -> None:
        author = self.people[row["author"]]
        content = self._content(row)
        moment = self._posted_at(row)
        first = self._content({**row, "body": row.get("edited_body", row["body"])})
        annotation = create_annotation(
            actor=author,
            assignment_id=self.assignments[row["assignment"]].pk,
            content=first,
            targets=self._targets(row),
            parent_id=self.posted[row["parent"]].pk if "parent" in row else None,
        )
        self.posted[row["ref"]] = annotation
        self._rely(annotation, row.get("passage", {}))
        _date(annotation, moment, created_at=moment, published_at=moment)
        later = moment + SECOND_THOUGHTS
        if "edited_body" in row:
            edited = edit_annotation(actor=author, annotation_id=annotation.pk, content=content)
            _date(edited, later, edited_at=later)
        if row.get("withdrawn"):
            _date(withdraw_annotation(actor=author, annotation_id=annotation.pk), later)
        if row.get("answer"):
            asker = self.posted[row["parent"]].author
            _date(mark_answer(actor=asker, reply_id=annotation.pk, is_answer=True), later)

    def _rely(self, annotation: Annotation, passage: dict[str, str]) -> None:
        """Mark the words of the passage that the argument rests on."""
        if annotation.passage_id and "relied_on" in passage:
            start = passage["quote"].index(passage["relied_on"])
            set_relied_on(
                actor=annotation.author,
                passage_id=annotation.passage_id,
                relied_on=[(start, start + len(passage["relied_on"]))],
            )

    def _moderate(self, instructor: User) -> None:
        """What staff have done and have still to look at."""
        for ref in self.content["pinned"]:
            pin_thread(actor=instructor, annotation_id=self.posted[ref].pk)
        for flag in self.content["flags"]:
            flag_annotation(
                actor=self.people[flag["by"]],
                annotation_id=self.posted[flag["annotation"]].pk,
                reason=flag["reason"],
                note=flag["note"],
            )
        for extension in self.content["extensions"]:
            grant_extension(
                actor=instructor,
                assignment_id=self.assignments[extension["assignment"]].pk,
                user_id=self.people[extension["person"]].pk,
                due_at=self._moment(extension["due"]),
                reason_code=extension["reason_code"],
            )

    def _look_back(self) -> None:
        """Notices as old as what they tell of, and everybody last there yesterday.

        The e-mails of that time are left out: nobody wants them all at the first start.
        """
        notices = Notice.objects.filter(recipient__in=self.people.values())
        told = dict(Annotation.objects.values_list("pk", "published_at"))
        for notice in notices:
            notice.created_at = told.get(notice.object_id) or notice.created_at
            if notice.created_at < self.now - LAST_VISIT:
                notice.read_at = notice.created_at + SECOND_THOUGHTS
        Notice.objects.bulk_update(notices, ["created_at", "read_at"])
        Delivery.objects.filter(notice__in=notices).delete()
        visited = self.now - LAST_VISIT
        Visit.objects.bulk_create(
            Visit(user=user, assignment=assignment, last_at=visited)
            for user in self.people.values()
            for assignment in Assignment.objects.set_to(user)
        )

    def _content(self, row: dict[str, Any]) -> Content:
        group = self.groups.get(row.get("group", ""))
        source = self.sources.get(row.get("source", ""))
        passage = row.get("passage", {})
        return Content(
            kind=row["kind"],
            body=row["body"],
            audience=row["audience"],
            group_id=group.pk if group else None,
            tags=tuple(row.get("tags", ())),
            attacks=row.get("attacks", ""),
            counterclaim=row.get("counterclaim", ""),
            stance=row.get("stance", ""),
            warrant=row.get("warrant", ""),
            source=SourceInput(source_id=source.pk if source else None),
            quote=passage.get("quote", ""),
            locator=passage.get("locator", ""),
            scope=row.get("scope", ""),
        )

    def _targets(self, row: dict[str, Any]) -> list[Target]:
        ids = self.paragraphs[row["assignment"]]
        if "paragraphs" in row:
            return [Target(paragraph_id=ids[number]) for number in row["paragraphs"]]
        if "paragraph" in row:
            return [Target(paragraph_id=ids[row["paragraph"]], quote=row["quote"])]
        return []


def _paragraph_ids(assignment: Assignment) -> dict[int, UUID]:
    numbered = assignment.revision.paragraphs.numbered()
    return {one.number: one.pk for one in numbered if one.number}


def _date(annotation: Annotation, moment: datetime, **times: datetime) -> None:
    """Make the annotation's newest version one of the past.

    The actions know only the present; these three tables tell a reader when something was said.
    """
    Annotation.objects.filter(pk=annotation.pk).update(updated_at=moment, **times)
    version = annotation.version
    AnnotationVersion.objects.filter(annotation=annotation, version=version).update(at=moment)
    Change.objects.filter(object_id=annotation.pk, version=version).update(at=moment)


def _date_on_map(row: Claim | Inference, moment: datetime) -> None:
    """As `_date`, of what stands on the map since then."""
    type(row).objects.filter(pk=row.pk).update(created_at=moment, updated_at=moment)
    ClaimVersion.objects.filter(claim=row.pk).update(at=moment)
    Change.objects.filter(object_id=row.pk).update(at=moment)
