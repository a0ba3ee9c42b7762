"""Grades in the API: read by staff and, once released, by their students; changed and released.

What a student gets is the latest sheet that stands, and nothing else of the grade. In blind marking
a grade tells its work's alias and nothing else of the student.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import django_filters
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.settings import api_settings

from annotations.enums import Kind
from annotations.grading.actions.grades import (
    adjust_grade,
    agree_grade,
    excuse_work,
    most_of,
    reopen_grade,
)
from annotations.grading.actions.locking import NO_PLAN, lock_plan
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.enums import CriterionKind, GradeState, MarkState, Verb, Via
from annotations.grading.models import Grade, GradeEvent, Mark, Release, Sheet
from annotations.grading.permissions import may_mark, may_release, may_take_grades
from annotations.grading.queries.grades import moved_by, shown_to, with_is_known
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.veil import veil_of
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.assignments.models import Assignment
from debate.core.api.fields import Change, Id, Shape, Switch, Text, Whole
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import NO_COPIES, ApiView
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from annotations.grading.models import Work

ONLY_INSTRUCTORS = "Only instructors of this seminar change grades."
MOST_WORKS = 1000
NUMBERS = ("raw", "late_deduction", "adjustment", "final")


class GradeStudentSerializer(serializers.Serializer[Any]):
    """Whose grade it is."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class SheetLevelSerializer(serializers.Serializer[Any]):
    """The level that was chosen, in the words of then."""

    title = serializers.CharField()
    description = serializers.CharField()


class SheetPartSerializer(serializers.Serializer[Any]):
    """What one criterion came to, in the words of then."""

    criterion = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=CriterionKind.choices)
    points = serializers.CharField(allow_null=True)
    most = serializers.CharField(allow_null=True)
    weight = serializers.CharField(allow_null=True)
    level = SheetLevelSerializer(allow_null=True)
    checks = serializers.ListField(child=serializers.CharField())
    comment = serializers.CharField()
    cited = serializers.ListField(child=serializers.UUIDField())


class SheetFeedbackSerializer(serializers.Serializer[Any]):
    """What was said of one contribution."""

    item = serializers.UUIDField()
    body = serializers.CharField()


class SheetMarkSerializer(serializers.Serializer[Any]):
    """One of the marks on which the grade rests; who gave it is not told."""

    total = serializers.CharField(allow_null=True)
    of = serializers.CharField(allow_null=True)
    comment = serializers.CharField()
    parts = SheetPartSerializer(many=True)
    feedback = SheetFeedbackSerializer(many=True)


class SheetItemSerializer(serializers.Serializer[Any]):
    """One contribution as it was graded."""

    item = serializers.UUIDField()
    annotation = serializers.UUIDField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    paragraph = serializers.IntegerField(allow_null=True)
    quote = serializers.CharField()
    late_by = serializers.IntegerField(help_text="Seconds after the due date.")


class SheetSerializer(serializers.Serializer[Any]):
    """What a student was shown besides the numbers; never changed once it is released."""

    at = serializers.DateTimeField()
    marks = SheetMarkSerializer(many=True)
    items = SheetItemSerializer(many=True)


class GradeSerializer(serializers.Serializer[Any]):
    """What counts of a work. Numbers are texts of two places, null while there is none.

    Students get the latest sheet that they were released, as `sheet` with its numbers; `state` is
    then `released`, or `reopened` while the grade is under review. Staff get the grade as it stands
    and no sheet. In blind marking `student` is null and `alias` stands for the student. Of two who
    mark without seeing one another, whoever is still to mark gets no numbers: `is_known` is false.
    """

    id = serializers.UUIDField()
    assignment = serializers.UUIDField()
    work = serializers.UUIDField()
    student = GradeStudentSerializer(allow_null=True)
    alias = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=GradeState.choices)
    is_known = serializers.BooleanField()
    raw = serializers.CharField(allow_null=True, help_text="What the marks make, of `points`.")
    late_deduction = serializers.CharField(allow_null=True)
    adjustment = serializers.CharField(allow_null=True)
    final = serializers.CharField(allow_null=True)
    points = serializers.CharField(help_text="The most that there is.")
    is_excused = serializers.BooleanField()
    rule = serializers.CharField(help_text="What it rests on, such as `mean`; empty for nothing.")
    released_at = serializers.DateTimeField(allow_null=True)
    sheet = SheetSerializer(allow_null=True)
    version = serializers.IntegerField()
    html_url = serializers.URLField()

    def to_representation(self, instance: Grade) -> dict[str, Any]:
        """The grade as the person who asks may know it."""
        work = instance.work
        is_own = work.student_id == self.context["request"].user.pk
        told = _as_student(instance) if is_own else _as_staff(instance)
        place = [work.assignment.seminar.slug, work.assignment.slug]
        path = (
            reverse("grading:mine", args=place)
            if is_own
            else reverse("grading:grade", args=[*place, work.pk])
        )
        told |= {
            "id": instance.pk,
            "assignment": work.assignment_id,
            "work": work.pk,
            "html_url": self.context["request"].build_absolute_uri(path),
        }
        return super().to_representation(told)


def _as_staff(grade: Grade) -> dict[str, Any]:
    is_known: bool = grade.is_known  # type: ignore[attr-defined]  # annotated
    numbers = {name: _text(getattr(grade, name)) if is_known else None for name in NUMBERS}
    return (
        numbers
        | told_student(grade.work)
        | {
            "state": grade.state,
            "is_known": is_known,
            "points": _text(most_of(grade.work.assignment.grading_plan)),
            "is_excused": grade.is_excused,
            "rule": grade.basis.get("rule", "") if is_known else "",
            "released_at": grade.released_at,
            "sheet": None,
            "version": grade.version,
        }
    )


def _as_student(grade: Grade) -> dict[str, Any]:
    """Of the grade itself nothing but whether it is still the one of the sheet."""
    sheet: Sheet = grade.standing[0]  # type: ignore[attr-defined]  # prefetched
    content = sheet.content
    is_released = grade.state == GradeState.RELEASED
    return {name: content.get(name) for name in NUMBERS} | {
        "student": {"id": grade.work.student_id, "name": grade.work.student.display_name},
        "alias": None,
        "state": GradeState.RELEASED if is_released else GradeState.REOPENED,
        "is_known": True,
        "points": content["points"],
        "is_excused": content.get("excused", False),
        "rule": content.get("rule", ""),
        "released_at": sheet.at,
        "sheet": {
            "at": sheet.at,
            "marks": content.get("marks", []),
            "items": content.get("items", []),
        },
        "version": sheet.grade_version,
    }


def told_student(work: Work) -> dict[str, Any]:
    """Whose work it is, for staff: `student`, or in blind marking `alias`."""
    plan = work.assignment.grading_plan
    if plan.hides_names:
        return {"student": None, "alias": work.alias}
    return {"student": {"id": work.student_id, "name": shown_name(work, plan)}, "alias": None}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.2f}"


class GradeMovedSerializer(serializers.Serializer[Any]):
    """A member that a step changed, in words; "–" for nothing."""

    label = serializers.CharField()  # type: ignore[assignment]  # a member, not the option
    before = serializers.CharField()
    after = serializers.CharField()


class GradeEventSerializer(serializers.Serializer[Any]):
    """One step of a grade. `number` is the grade's version after it; `actor` null for a rule."""

    number = serializers.IntegerField()
    verb = serializers.ChoiceField(choices=Verb.choices)
    actor = serializers.CharField(allow_null=True, help_text="Who did it, by name.")
    at = serializers.DateTimeField()
    via = serializers.ChoiceField(choices=Via.choices)
    reason = serializers.CharField()
    moved = GradeMovedSerializer(many=True)

    def to_representation(self, instance: GradeEvent) -> dict[str, Any]:
        """The step; in blind marking it names no student."""
        veil = self.context["veil"]
        names = ("number", "verb", "at", "via")
        told = {name: getattr(instance, name) for name in names} | {
            "actor": veil.name_of(instance.actor) if instance.actor else None,
            "reason": veil.over(instance.reason),
            "moved": moved_by(instance),
        }
        return super().to_representation(told)


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """Grades that were shown to students at once. `by` is null for what a set time released."""

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    by = serializers.SerializerMethodField()

    class Meta:
        model = Release
        fields = ["id", "assignment", "by", "at", "undo_until", "undone_at", "count"]
        read_only_fields = fields

    def get_by(self, release: Release) -> str | None:
        """Who released them, by name."""
        return release.by.display_name if release.by else None


class GradeChangeShape(Change):
    """What is to change of a grade: one of `raw`, `adjustment` and `is_excused`, and why."""

    empty = {"adjustment": Decimal(0)}

    raw = serializers.DecimalField(
        max_digits=7,
        decimal_places=2,
        required=False,
        help_text="What the markers agreed on, whose marks disagree.",
    )
    adjustment = serializers.DecimalField(max_digits=7, decimal_places=2, required=False)
    is_excused = Switch(required=False)
    reason = Text(required=False)


class GradeReopenShape(Shape):
    """Why it is done; it stands in the history."""

    reason = Text()


class Works(serializers.ListField):
    """The works whose grades are meant."""

    child = Id()
    default_error_messages = {
        "not_a_list": "Give a list of ids.",
        "max_length": f"At most {MOST_WORKS} are taken.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_WORKS, **options)


class ReleaseShape(Shape):
    """Of which works, else of all; `counter` is the plan's of what you looked at before."""

    works = Works(required=False)
    counter = Whole(required=False, min_value=0)


class GradeFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which grades. Of the own ones it asks what their student reads alone."""

    assignment = django_filters.UUIDFilter(
        field_name="work__assignment_id", label="Of that assignment."
    )
    seminar = django_filters.UUIDFilter(
        field_name="work__assignment__seminar_id", label="Of that seminar."
    )
    state = django_filters.ChoiceFilter(
        choices=GradeState.choices, method="in_state", label="In that state."
    )
    released = SwitchFilter(method="is_shown", label="1: its student reads a sheet; 0: none.")

    class Meta:
        model = Grade
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[Grade], _: str, value: str) -> QuerySet[Grade]:
        """Those that are told to be in that state."""
        own = Q(work__student=self.request.user.pk)
        if value == GradeState.RELEASED:
            return queryset.filter(state=value)
        if value == GradeState.REOPENED:
            reviewed = own & ~Q(state=GradeState.RELEASED)
            return queryset.filter(reviewed | (~own & Q(state=value)))
        return queryset.filter(~own, state=value)

    def is_shown(self, queryset: QuerySet[Grade], _: str, value: bool) -> QuerySet[Grade]:
        """Those of which a sheet stands, or none."""
        standing = Exists(Sheet.objects.filter(grade=OuterRef("pk"), release__undone_at=None))
        return queryset.filter(standing if value else ~standing)


class NeverKept(ApiView):
    """What views of grades share: their scopes, and that no copy of an answer is kept anywhere."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope: str = Scope.GRADES_READ
    caching = NO_COPIES

    def given(self, shape: type[Shape]) -> dict[str, Any]:
        """The members of the body by that shape, once it is judged."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)


class GradeReader(NeverKept):
    """What views of grades share; `grade` is that of the address."""

    queryset: QuerySet[Any] = Grade.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = GradeSerializer
    required_scope = Scope.GRADES_WRITE
    address = "api:grade-detail"

    def get_queryset(self) -> QuerySet[Any]:
        """The grades that the person may see, as the API shows them."""
        seen = shown_to(self.user).filter(work__assignment__grading_plan__isnull=False)
        return with_is_known(seen, self.user).select_related(
            "work__student",
            "work__assignment__seminar",
            "work__assignment__grading_plan__rubric_version",
        )

    def find(self) -> None:
        """The grade of the address, and for a change whether the person makes such.

        Raises Missing, NotAllowed.
        """
        if "pk" not in self.kwargs:
            return
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.grade: Grade = found
        if self.request.method not in SAFE_METHODS:
            self.refuse()

    def refuse(self) -> None:
        """Raise NotAllowed for whoever changes no grade of the seminar."""
        seminar = self.grade.work.assignment.seminar
        is_own = self.grade.work.student_id == self.user.pk
        if is_own or not may_release(membership_of(self.user, seminar), seminar):
            raise NotAllowed(ONLY_INSTRUCTORS)

    def version_now(self) -> int:
        """The version that the change was made from; that of now, under its lock, for any."""
        version = self.version()
        if version is not None:
            return version
        lock_plan(self.grade.work.assignment_id)
        return Grade.objects.values_list("version", flat=True).get(pk=self.grade.pk)

    def shown(self) -> Any:
        """The grade as it stands now."""
        return self.get_serializer(self.get_queryset().get(pk=self.grade.pk)).data


@extend_schema_view(
    get=extend_schema(
        description="As staff the grades of the works that you see; as a student your own that "
        "were released, as you were shown them. In no order that tells anything."
    )
)
class GradeList(GradeReader, generics.ListAPIView[Grade]):
    """The grades."""

    has_pages = True
    page_order = ("work_id",)
    filterset_class = GradeFilters


class GradeDetail(GradeReader):
    """One grade."""

    def refuse(self) -> None:
        """Raise NotAllowed for all but instructors, and who has marked the work.

        The latter say with the other markers what they agreed on.
        """
        work = self.grade.work
        seminar = work.assignment.seminar
        marks = Mark.objects.filter(work=work, marker=self.user.pk, state=MarkState.SUBMITTED)
        is_staff = may_mark(membership_of(self.user, seminar), seminar)
        if not (is_staff and work.student_id != self.user.pk and marks.exists()):
            super().refuse()

    @extend_schema(
        responses={200: GradeSerializer},
        description="One grade: for staff as it stands, for its student as it was released.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The grade."""
        return Response(self.get_serializer(self.grade).data)

    @extend_schema(
        request=GradeChangeShape,
        responses={200: GradeSerializer},
        description="Change a grade, and say why: adjust it or excuse its work, for instructors; or "
        "with `raw` say what the markers agreed on, for them as well. One of these at a time. A "
        "released grade is a 409 (`released`) until it is reopened. From an older version it is a 412 with the "
        "grade as it stands.",
    )
    @transaction.atomic
    def patch(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change it."""
        given = self.given(GradeChangeShape)
        reason = given.pop("reason", "")
        if len(given) != 1:
            places = given or [api_settings.NON_FIELD_ERRORS_KEY]
            raise serializers.ValidationError(
                {one: ["Give one of raw, adjustment and is_excused."] for one in places}
            )
        said: dict[str, Any] = {
            "actor": self.user,
            "work_id": self.grade.work_id,
            "reason": reason,
            "version": self.version_now(),
            "via": Via.API,
        }
        if "raw" in given:
            try:
                agree_grade(points=given["raw"], **said)
            except Invalid as error:
                field = "raw" if error.field == "points" else error.field
                raise Invalid(error.sentence, field=field, code=error.code) from error
        elif "adjustment" in given:
            adjust_grade(adjustment=given["adjustment"], **said)
        else:
            excuse_work(is_excused=given["is_excused"], **said)
        return Response(self.shown())


class GradeReopen(GradeReader):
    """How a released grade comes to be changed."""

    demands = frozenset({"POST"})

    @extend_schema(
        request=GradeReopenShape,
        responses={200: GradeSerializer},
        operation_id="grades_reopen_create",
        description="Let a released grade be changed, for instructors. Its student keeps the sheet "
        "and reads that it is under review.",
    )
    @transaction.atomic
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Reopen it."""
        reason = self.given(GradeReopenShape)["reason"]
        reopen_grade(
            actor=self.user,
            work_id=self.grade.work_id,
            reason=reason,
            version=self.version_now(),
            via=Via.API,
        )
        return Response(self.shown())


@extend_schema_view(
    get=extend_schema(
        operation_id="grades_events_list",
        description="Each step of a grade, the last one first, for staff. Of two who mark without "
        "seeing one another, whoever is still to mark gets none.",
    )
)
class GradeEventList(NeverKept, generics.ListAPIView[GradeEvent]):
    """The history of a grade."""

    queryset: QuerySet[Any] = GradeEvent.objects.none()
    serializer_class = GradeEventSerializer
    has_pages = True
    page_order = ("-number",)

    def find(self) -> None:
        """The grade of the address. Raises Missing, NotAllowed for its student."""
        seen = shown_to(self.user).filter(work__assignment__grading_plan__isnull=False)
        related = seen.select_related("work__assignment__grading_plan")
        found = with_is_known(related, self.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        if found.work.student_id == self.user.pk:
            raise NotAllowed("Only staff of this seminar read how a grade came about.")
        self.grade: Any = found

    def get_queryset(self) -> QuerySet[GradeEvent]:
        """The steps that the person may know of."""
        events = GradeEvent.objects.visible_to(self.user)
        if not self.grade.is_known:
            return events.none()
        return events.filter(grade=self.grade).select_related("actor")

    def get_serializer_context(self) -> dict[str, Any]:
        """With what keeps students unknown."""
        context = dict(super().get_serializer_context())
        if hasattr(self, "grade"):
            context["veil"] = veil_of(self.grade.work.assignment.grading_plan)
        return context


@extend_schema_view(
    get=extend_schema(
        operation_id="assignments_releases_list",
        description="The releases of an assignment's grades, the last one first, for instructors.",
    )
)
class ReleaseList(NeverKept, generics.ListAPIView[Release]):
    """The releases of an assignment."""

    queryset: QuerySet[Any] = Release.objects.none()
    serializer_class = ReleaseSerializer
    required_scope = Scope.GRADES_WRITE
    has_pages = True
    page_order = ("-id",)

    def find(self) -> None:
        """The assignment, and whether the person releases its grades. Raises Missing, NotAllowed."""
        concerned = Assignment.objects.set_to(self.user).select_related("seminar", "grading_plan")
        found = concerned.filter(pk=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        membership = membership_of(self.user, found.seminar)
        reads = self.request.method in SAFE_METHODS
        if not (may_take_grades(membership) if reads else may_release(membership, found.seminar)):
            raise NotAllowed("Only instructors of this seminar release grades.")
        if not hasattr(found, "grading_plan"):
            raise Missing(NO_PLAN)

    def get_queryset(self) -> QuerySet[Release]:
        """Those of the assignment."""
        seen = Release.objects.visible_to(self.user).select_related("by")
        return seen.filter(assignment=self.kwargs["assignment_id"])

    @extend_schema(
        request=ReleaseShape,
        responses={201: ReleaseSerializer},
        operation_id="assignments_releases_create",
        description="Show students the grades that are ready, of `works` or of all, as they stand "
        "at one moment. With `counter`, that of the grading plan, it is a 412 if anything was "
        "graded since. It can be taken back for ten minutes.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Release them."""
        given = self.given(ReleaseShape)
        works = given.get("works")
        release = release_grades(
            actor=self.user,
            assignment_id=assignment_id,
            counter=given.get("counter"),
            works=works,
            choice={} if works is None else {"works": len(works)},
            via=Via.API,
        )
        return Response(self.get_serializer(release).data, status=201)


class ReleaseUndo(NeverKept):
    """How a release is taken back."""

    queryset: QuerySet[Any] = Release.objects.none()
    serializer_class = ReleaseSerializer
    required_scope = Scope.GRADES_WRITE

    def get_queryset(self) -> QuerySet[Release]:
        """The releases that the person may see."""
        return Release.objects.visible_to(self.user).select_related("by", "assignment__seminar")

    def find(self) -> None:
        """The release, and whether the person takes it back. Raises Missing, NotAllowed."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        seminar = found.assignment.seminar
        if not may_release(membership_of(self.user, seminar), seminar):
            raise NotAllowed("The seminar is archived, so its grades stay as they are.")

    @extend_schema(
        request=None,
        responses={200: ReleaseSerializer},
        operation_id="releases_undo_create",
        description="Hide again what a release has shown, within ten minutes; again does nothing. "
        "Students see what they saw before it.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it back."""
        take_release_back(actor=self.user, release_id=pk, via=Via.API)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)
