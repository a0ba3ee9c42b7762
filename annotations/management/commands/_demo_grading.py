"""The graded assignment of the demo seminar; a part of the command `demo`, which posts what is graded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from annotations.grading.actions.collecting import collect_works
from annotations.grading.actions.events import plain
from annotations.grading.actions.marking import (
    MarkChange,
    PartChange,
    change_work,
    save_item_feedback,
    submit_mark,
)
from annotations.grading.actions.plans import set_up_grading
from annotations.grading.actions.releasing import UNDONE_FOR, release_grades
from annotations.grading.actions.remarks import add_remark
from annotations.grading.actions.requests import ask_again
from annotations.grading.actions.rubrics import create_rubric
from annotations.grading.enums import GradeState, Verb
from annotations.grading.formats.starting import STARTING
from annotations.grading.models import (
    Criterion,
    Grade,
    GradeEvent,
    GradingPlan,
    Mark,
    RegradeMessage,
    RegradeRequest,
    Release,
    Remark,
    Sheet,
    Work,
)
from debate.notices.models import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from annotations.models import Annotation
    from debate.accounts.models import User
    from debate.assignments.models import Assignment


class DemoGrading:
    """Grades the assignment as `grading.json` tells it, everything through the actions.

    `posted` are the annotations by the names that the file has for them. What is done is dated to
    the days that it names, counted back from `now`, as the actions know only the present.
    """

    def __init__(
        self,
        content: dict[str, Any],
        assignment: Assignment,
        *,
        people: Mapping[str, User],
        posted: Mapping[str, Annotation],
        now: datetime,
    ) -> None:
        self.content = content
        self.assignment = assignment
        self.people = people
        self.posted = posted
        self.now = now
        self.criteria: dict[str, Criterion] = {}

    def load(self) -> None:
        """Set up, collect, mark and release; to be called in a transaction, once all has closed."""
        self._set_up()
        self._collect()
        for row in self.content["remarks"]:
            self._keep_remark(row)
        for row in self.content["marks"]:
            self._mark(row)
        self._release()
        self._ask_again()

    def _ago(self, row: Mapping[str, Any]) -> datetime:
        return self.now - timedelta(days=row["days_ago"])

    def _set_up(self) -> None:
        """The rubric to begin with that the file names, published in the seminar, and the plan."""
        instructor = self.people["instructor"]
        given = self.content["rubric"]
        title, _, content = STARTING[given["start"]]
        rubric = create_rubric(
            actor=instructor,
            title=title,
            seminar=self.assignment.seminar,
            content=content,
            note=given["note"],
        )
        plan = self.content["plan"]
        numbers = ("points", "late_percent", "late_floor")
        set_up_grading(
            actor=instructor,
            assignment_id=self.assignment.pk,
            rubric_id=rubric.pk,
            **plan | {name: Decimal(plan[name]) for name in numbers},
        )
        found = Criterion.objects.filter(rubric_version__rubric=rubric)
        self.criteria = {one.tag: one for one in found.prefetch_related("levels")}

    def _collect(self) -> None:
        moment = self._ago(self.content["collected"])
        collect_works(actor=self.people["instructor"], assignment_id=self.assignment.pk)
        GradingPlan.objects.filter(assignment=self.assignment).update(collected_at=moment)
        self._date_events(moment)

    def _keep_remark(self, row: Mapping[str, Any]) -> None:
        remark = add_remark(
            actor=self.people[row["by"]],
            seminar_id=self.assignment.seminar_id,
            text=row["text"],
            criterion_key=self.criteria[row["criterion"]].key,
            is_shared=True,
        )
        moment = self._ago(row)
        Remark.objects.filter(pk=remark.pk).update(created_at=moment, updated_at=moment)

    def _mark(self, row: Mapping[str, Any]) -> None:
        actor, moment = self.people[row["by"]], self._ago(row)
        work = self._work(row["student"])
        items = {one.annotation_id: one.pk for one in work.items.all()}
        change = MarkChange(
            comment=row["comment"],
            private_note=row["private_note"],
            parts={
                self.criteria[tag].key: PartChange(
                    level=self.criteria[tag].levels.all()[part["level"]].key,
                    comment=part["comment"],
                    cited=[items[self.posted[ref].pk] for ref in part["cited"]],
                )
                for tag, part in row["parts"].items()
            },
        )
        mark = change_work(actor=actor, work_id=work.pk, change=change, version=0)
        for ref, body in row["feedback"].items():
            save_item_feedback(
                actor=actor,
                mark_id=mark.pk,
                item_id=items[self.posted[ref].pk],
                body=body,
                version=None,
            )
        dates = {"created_at": moment, "updated_at": moment}
        if row["submitted"]:
            submit_mark(actor=actor, mark_id=mark.pk, version=None)
            dates["submitted_at"] = moment
        Mark.objects.filter(pk=mark.pk).update(**dates)
        self._date_events(moment)

    def _release(self) -> None:
        given = self.content["release"]
        moment = self._ago(given)
        release = release_grades(
            actor=self.people["instructor"],
            assignment_id=self.assignment.pk,
            works=[self._work(student).pk for student in given["works"]],
        )
        # Told of long ago: nobody wants an e-mail about it at the first start.
        Release.objects.filter(pk=release.pk).update(
            at=moment, undo_until=moment + UNDONE_FOR, announced_at=moment + UNDONE_FOR
        )
        Sheet.objects.filter(release=release).update(at=moment)
        Grade.objects.filter(sheets__release=release).update(released_at=moment)
        shown = {"state": GradeState.RELEASED, "released_at": plain(moment)}
        GradeEvent.objects.filter(grade__sheets__release=release, verb=Verb.RELEASED).update(
            after=shown
        )
        self._date_events(moment)

    def _ask_again(self) -> None:
        given = self.content["request"]
        moment = self._ago(given)
        request = ask_again(
            actor=self.people[given["by"]],
            grade_id=Grade.objects.get(work=self._work(given["by"])).pk,
            criterion_key=self.criteria[given["criterion"]].key,
            body=given["body"],
        )
        asked = RegradeRequest.objects.filter(pk=request.pk)
        asked.update(created_at=moment, updated_at=moment)
        RegradeMessage.objects.filter(request=request).update(at=moment)
        Notice.objects.filter(object_id=request.pk).update(created_at=moment)

    def _work(self, student: str) -> Work:
        return Work.objects.get(assignment=self.assignment, student=self.people[student])

    def _date_events(self, moment: datetime) -> None:
        """Make what has happened to grades since loading began an event of that moment."""
        GradeEvent.objects.filter(grade__work__assignment=self.assignment, at__gte=self.now).update(
            at=moment
        )
