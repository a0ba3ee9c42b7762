"""Works in the API: what was handed in, as it is graded; who marks it; the next one that waits.

In blind marking a work tells its alias and nothing else of its student: no ids of annotations,
no names, also none in what was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.enums import Kind
from annotations.grading.actions.judging import ask_third_marker
from annotations.grading.actions.queueing import assign_markers, take_next
from annotations.grading.enums import GradeState, MarkRole
from annotations.grading.models import Lease, Work
from annotations.grading.permissions import may_mark, may_set_up_grading
from annotations.grading.queries.facts import facts_of
from annotations.grading.queries.frozen import frozen_items
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.queue import CHANGED, counted_items
from annotations.grading.queries.veil import Veil, veil_of
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.assignments.models import Assignment
from debate.core.api.fields import Addressed, Change, Id, Shape
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.models import Group
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from annotations.grading.queries.facts import Fact
    from annotations.grading.queries.frozen import Item
    from debate.accounts.models import User


class WorkStudentSerializer(serializers.Serializer[Any]):
    """Whose work it is."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class WorkSerializer(serializers.ModelSerializer[Work]):
    """What one student wrote in an assignment, frozen as it stood at the closing.

    In blind marking `student` is null and `alias` stands for the student; else `alias` is null. Of
    the own work a student is told neither state nor markers.
    """

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    student = serializers.SerializerMethodField()
    alias = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    marker = serializers.SerializerMethodField()
    second_marker = serializers.SerializerMethodField()
    third_marker = serializers.SerializerMethodField()
    snapshot_hash = serializers.SerializerMethodField()
    item_count = serializers.IntegerField(read_only=True)
    late_count = serializers.IntegerField(read_only=True)
    changed_count = serializers.IntegerField(
        read_only=True, help_text="How many were changed, withdrawn or hidden since."
    )
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Work
        fields = [
            "id", "assignment", "student", "alias", "state", "frozen_at", "snapshot_hash",
            "first_at", "last_at", "item_count", "late_count", "changed_count", "marker",
            "second_marker", "third_marker", "version", "html_url",
        ]  # fmt: skip
        read_only_fields = fields

    def _is_own(self, work: Work) -> bool:
        return bool(work.student_id == self.context["request"].user.pk)

    @extend_schema_field(WorkStudentSerializer(allow_null=True))
    def get_student(self, work: Work) -> dict[str, Any] | None:
        """Whose it is; null while marking is blind."""
        plan = work.assignment.grading_plan
        if plan.hides_names and not self._is_own(work):
            return None
        name = work.student.display_name if self._is_own(work) else shown_name(work, plan)
        return {"id": str(work.student_id), "name": name}

    def get_alias(self, work: Work) -> str | None:
        """What stands for the student; null where names are known, and for the student."""
        plan = work.assignment.grading_plan
        return work.alias if plan.hides_names and not self._is_own(work) else None

    def get_snapshot_hash(self, work: Work) -> str | None:
        """SHA-256 over what is graded; null in blind marking, as ids of annotations are in it."""
        is_hidden = work.assignment.grading_plan.hides_names and not self._is_own(work)
        return None if is_hidden else work.snapshot_hash

    @extend_schema_field(serializers.ChoiceField(choices=GradeState.choices, allow_null=True))
    def get_state(self, work: Work) -> str | None:
        """Where its grade stands; null for the student."""
        return None if self._is_own(work) else work.grade.state

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_marker(self, work: Work) -> str | None:
        """To whom the first mark is assigned; null for whoever comes."""
        return _id(None if self._is_own(work) else work.marker_id)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_second_marker(self, work: Work) -> str | None:
        """To whom the second mark is assigned."""
        return _id(None if self._is_own(work) else work.second_marker_id)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_third_marker(self, work: Work) -> str | None:
        """Who is asked to judge between two marks that disagree."""
        return _id(None if self._is_own(work) else work.third_marker_id)

    def get_html_url(self, work: Work) -> str:
        """Its page: the desk, for the student the assignment's."""
        place = [work.assignment.seminar.slug, work.assignment.slug]
        if self._is_own(work):
            path = work.assignment.get_absolute_url()
        else:
            path = reverse("grading:desk", args=[*place, work.pk])
        return str(self.context["request"].build_absolute_uri(path))


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


class ItemSerializer(serializers.Serializer[Any]):
    """One contribution in the version that is graded.

    `annotation` is null in blind marking. `left_out` says that it came late and does not count.
    """

    id = serializers.UUIDField()
    annotation = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField()
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    posted_at = serializers.DateTimeField()
    late_by = serializers.IntegerField(help_text="Seconds after the student's due date.")
    left_out = serializers.BooleanField()
    paragraph = serializers.IntegerField(allow_null=True)
    exact = serializers.CharField(help_text="The words of the essay; empty for a whole paragraph.")
    body = serializers.CharField()
    body_html = serializers.CharField()
    attacks = serializers.CharField()
    counterclaim = serializers.CharField()
    warrant = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a member, not the option
    locator = serializers.CharField()
    quote = serializers.CharField()
    is_reply = serializers.BooleanField()
    replies_received = serializers.IntegerField()
    changed_since = serializers.BooleanField()


class FactSerializer(serializers.Serializer[Any]):
    """Something that was counted in what is graded; never points. `of` is of how many, or null."""

    tag = serializers.CharField(help_text="Of the criteria beside which it stands; empty for all.")
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member, not the option
    count = serializers.IntegerField()
    of = serializers.IntegerField(allow_null=True)


class WorkDetailSerializer(WorkSerializer):
    """A work with its contributions and what is counted in them."""

    items = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    class Meta(WorkSerializer.Meta):
        fields = [*WorkSerializer.Meta.fields, "items", "facts"]
        read_only_fields = fields

    def _read(self, work: Work) -> list[Item]:
        """The contributions as the person may read them; whoever wrote them, as they are."""
        if not hasattr(self, "_items"):
            plan = work.assignment.grading_plan
            veil = Veil() if self._is_own(work) else veil_of(plan)
            found = frozen_items(self.context["request"].user, plan, [work], veil)
            self._items = found[work.pk]
        return self._items

    @extend_schema_field(ItemSerializer(many=True))
    def get_items(self, work: Work) -> list[dict[str, Any]]:
        """What is graded, in the order of the essay."""
        return [_told_item(one) for one in self._read(work)]

    @extend_schema_field(FactSerializer(many=True))
    def get_facts(self, work: Work) -> list[dict[str, Any]]:
        """What is counted in it, by the tag of the criteria beside which it stands."""
        facts = facts_of(self._read(work))
        return [_told_fact(str(tag), one) for tag, group in facts.items() for one in group]


def _told_item(item: Item) -> dict[str, Any]:
    place = item.place
    shown = {
        "id": str(item.id),
        "annotation": _id(item.annotation_id),
        "version": item.version,
        "number": item.number,
        "kind": item.kind,
        "posted_at": serializers.DateTimeField().to_representation(item.posted_at),
        "late_by": item.late_by,
        "left_out": item.is_left_out,
        "paragraph": place.number if place else None,
        "exact": place.quote if place else "",
        "body": item.body,
        "body_html": str(item.html),
        "is_reply": item.is_reply,
        "replies_received": item.reply_count,
        "changed_since": item.changed is not None,
    }
    words = ("attacks", "counterclaim", "warrant", "source", "locator", "quote")
    return shown | {name: getattr(item, name) for name in words}


def _told_fact(tag: str, fact: Fact) -> dict[str, Any]:
    return {"tag": tag, "name": fact.name, "label": fact.label, "count": fact.count, "of": fact.of}


class NextSerializer(serializers.Serializer[Any]):
    """A work that you hold from now on, and in which part you mark it."""

    role = serializers.ChoiceField(choices=MarkRole.choices)
    held_until = serializers.DateTimeField()
    work = WorkSerializer()


class NextShape(Shape):
    """Of which assignment, and which work you leave, if any: that one comes last."""

    assignment = Id()
    after = Id(required=False)


class MarkersShape(Change):
    """Who marks the work, null for whoever comes; who judges as a third, null for nobody."""

    marker = Id(required=False, allow_null=True)
    second_marker = Id(required=False, allow_null=True)
    third_marker = Id(required=False, allow_null=True)


class WorkFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which works. What staff alone know is asked of works that the person sees as staff alone."""

    assignment = django_filters.UUIDFilter(field_name="assignment_id", label="Of that assignment.")
    state = django_filters.ChoiceFilter(
        choices=GradeState.choices,
        method="in_state",
        label="Whose grade stands so.",
    )
    marker = django_filters.UUIDFilter(method="marked_by", label="Assigned to that person.")
    section = django_filters.UUIDFilter(method="in_section", label="Of students of that section.")
    held = SwitchFilter(method="is_held", label="1: somebody has it open; 0: nobody.")
    changed = SwitchFilter(
        field_name="changed_count", method="over_nothing", label="1: something was changed since."
    )
    late = SwitchFilter(
        field_name="late_count", method="over_nothing", label="1: something came late."
    )

    class Meta:
        model = Work
        fields: list[str] = []

    def _of_others(self, queryset: QuerySet[Work]) -> QuerySet[Work]:
        return queryset.exclude(student=self.request.user.pk)

    def in_state(self, queryset: QuerySet[Work], _: str, value: str) -> QuerySet[Work]:
        """Those of others whose grade stands so."""
        return self._of_others(queryset).filter(grade__state=value)

    def marked_by(self, queryset: QuerySet[Work], _: str, value: UUID) -> QuerySet[Work]:
        """Those of others that are assigned to that person."""
        return self._of_others(queryset).filter(Q(marker=value) | Q(second_marker=value))

    def in_section(self, queryset: QuerySet[Work], _: str, value: UUID) -> QuerySet[Work]:
        """Those of others who are in that section of the work's seminar."""
        members = Group.members.through.objects.filter(
            user=OuterRef("student"),
            group=value,
            group__seminar=OuterRef("assignment__seminar"),
        )
        return self._of_others(queryset).filter(Exists(members))

    def is_held(self, queryset: QuerySet[Work], _: str, value: bool) -> QuerySet[Work]:
        """Those of others that somebody has open, or nobody."""
        held = Exists(Lease.objects.filter(work=OuterRef("pk"), expires_at__gt=Now()))
        return self._of_others(queryset).filter(held if value else ~held)

    def over_nothing(self, queryset: QuerySet[Work], name: str, value: bool) -> QuerySet[Work]:
        """Those of which there are some, or none."""
        return queryset.filter(**{f"{name}__gt" if value else name: 0})


class WorkReader(ApiView):
    """What views of works share."""

    queryset: QuerySet[Any] = Work.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = WorkSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    required_scope = Scope.MARKS_WRITE
    address = "api:work-detail"

    @property
    def user(self) -> User:
        """The person who asks."""
        return cast("User", self.request.user)

    def works(self) -> QuerySet[Work]:
        """The works that the person may see, as the API shows them."""
        works = Work.objects.visible_to(self.user).filter(assignment__grading_plan__isnull=False)
        return works.select_related(
            "student", "grade", "assignment__seminar", "assignment__grading_plan"
        ).annotate(
            item_count=counted_items(Q()),
            late_count=counted_items(Q(late_by__gt=0)),
            changed_count=counted_items(CHANGED),
        )

    def get_queryset(self) -> QuerySet[Work]:
        """Those that the person may see."""
        return self.works()


@extend_schema_view(
    get=extend_schema(
        description="The works that you may mark, and your own. In no order that tells anything."
    )
)
class WorkList(WorkReader, generics.ListAPIView[Work]):
    """The works."""

    has_pages = True
    filterset_class = WorkFilters


class WorkDetail(WorkReader):
    """One work."""

    serializer_class = WorkDetailSerializer

    def find(self) -> None:
        """The work, and whether the person says who marks it. Raises Missing, NotAllowed."""
        found = self.works().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.work = found
        if self.request.method == "PATCH":
            seminar = found.assignment.seminar
            membership = membership_of(self.user, seminar)
            if found.student_id == self.user.pk or not may_set_up_grading(membership, seminar):
                raise NotAllowed("Only instructors of this seminar say who marks what.")

    @extend_schema(
        responses={200: WorkDetailSerializer},
        description="One work, with its contributions as they are graded and what is counted in "
        "them. Facts are never points.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The work."""
        return Response(self.get_serializer(self.work).data)

    @extend_schema(
        request=MarkersShape,
        responses={200: WorkDetailSerializer},
        description="Say who marks the work, for instructors. A person marks a work once. A "
        "`third_marker` is asked to judge where two marks disagree; elsewhere that is a 409 "
        "(`no_disagreement`).",
    )
    @transaction.atomic
    def patch(self, request: Request, pk: UUID) -> Response:
        """Assign its markers."""
        shape = MarkersShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given, version = shape.validated_data, self.version()
        roles = {"marker": MarkRole.FIRST, "second_marker": MarkRole.SECOND}
        changes = [(pk, role, given[name]) for name, role in roles.items() if name in given]
        assign_markers(
            actor=self.user,
            assignment_id=self.work.assignment_id,
            changes=changes,
            versions=None if version is None else {pk: version},
        )
        if "third_marker" in given:
            self._ask_third(given["third_marker"])
        return Response(self.get_serializer(self.works().get(pk=pk)).data)

    def _ask_third(self, marker: UUID | None) -> None:
        """Ask somebody to judge; the version has been looked at. Raises what the action does."""
        try:
            ask_third_marker(actor=self.user, work_id=self.work.pk, marker_id=marker)
        except Invalid as error:
            field = "third_marker" if error.field == "marker" else error.field
            raise Invalid(error.sentence, field=field, code=error.code) from error


class WorkNext(WorkReader):
    """The next work that waits for whoever asks."""

    demands = frozenset()
    address = ""

    def find(self) -> None:
        """The assignment that the body names, before the rest is looked at. Raises Missing."""
        named = Addressed(data=self.request.data)
        if not named.is_valid():
            return
        known = Assignment.objects.set_to(self.user).select_related("seminar")
        found = known.filter(pk=named.validated_data["assignment"]).first()
        if found is None:
            raise Missing(field="assignment")
        if not may_mark(membership_of(self.user, found.seminar), found.seminar):
            raise NotAllowed("Only staff of this seminar mark works.")

    @extend_schema(
        request=NextShape,
        responses={200: NextSerializer, 204: None},
        operation_id="works_next_create",
        description="Take the next work to mark: what you began, then what is assigned to you, then "
        "what is free. You hold it for a quarter of an hour. 204 when none waits for you.",
    )
    def post(self, request: Request) -> Response:
        """Take the next one."""
        shape = NextShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        taken = take_next(
            actor=self.user, assignment_id=given["assignment"], after=given.get("after")
        )
        if taken is None:
            return Response(status=204)
        work = self.works().get(pk=taken.work.pk)
        lease = Lease.objects.get(work=work, role=taken.role)
        context = self.get_serializer_context()
        return Response(
            {
                "role": taken.role,
                "held_until": serializers.DateTimeField().to_representation(lease.expires_at),
                "work": WorkSerializer(work, context=context).data,
            }
        )
