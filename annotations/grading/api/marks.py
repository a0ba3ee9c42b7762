"""Marks in the API: begun, filled in criterion by criterion, submitted and taken back by programs.

Nothing of a mark names a student: it leads to its work, which tells an alias in blind marking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.grading.actions.marking import (
    ARCHIVED,
    NOT_OWN_MARK,
    MarkChange,
    PartChange,
    change_mark,
    find_work,
    reopen_mark,
    save_item_feedback,
    start_mark,
    submit_mark,
    withdraw_mark,
)
from annotations.grading.enums import CriterionKind, MarkRole, MarkState, Via
from annotations.grading.models import Mark
from annotations.grading.permissions import may_mark
from annotations.grading.queries.marking import content_of, with_content
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.fields import Change, Id, Shape, Text
from debate.core.api.views import NO_COPIES, ApiView
from debate.core.errors import Invalid, Missing, NotAllowed, named_by
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.accounts.models import User

MOST_PARTS = 100
GIVEN_BY = {
    CriterionKind.LEVELS: {"level": None},
    CriterionKind.CHECKS: {"checks": None},
    CriterionKind.RANGE: {"points": None},
    CriterionKind.COMPLETION: {"points": None},
    CriterionKind.FEEDBACK: {},
}


class MarkPersonSerializer(serializers.Serializer[Any]):
    """Whose mark it is."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class MarkPartSerializer(serializers.Serializer[Any]):
    """What is said by one criterion. Levels and checks by their keys, contributions by their ids."""

    level = serializers.UUIDField(allow_null=True)
    checks = serializers.ListField(child=serializers.UUIDField())
    points = serializers.CharField(allow_null=True, help_text="Null while it is not set.")
    comment = serializers.CharField()
    cited = serializers.ListField(child=serializers.UUIDField())


class MarkFeedbackSerializer(serializers.Serializer[Any]):
    """What is said of one contribution of the work."""

    item = serializers.UUIDField()
    body = serializers.CharField()


class MarkSerializer(serializers.ModelSerializer[Mark]):
    """One marker's opinion of a work; `parts` by the criteria's keys.

    `total` is in the rubric's points, null while a row is not set. The private note is null for
    all but its marker and instructors.
    """

    work = serializers.UUIDField(source="work_id", read_only=True)
    assignment = serializers.UUIDField(source="work.assignment_id", read_only=True)
    rubric_version = serializers.UUIDField(source="rubric_version_id", read_only=True)
    marker = serializers.SerializerMethodField()
    private_note = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Mark
        fields = [
            "id", "work", "assignment", "role", "state", "marker", "rubric_version", "total",
            "comment", "private_note", "parts", "feedback", "submitted_at", "created_at",
            "updated_at", "version", "html_url",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MarkPersonSerializer)
    def get_marker(self, mark: Mark) -> dict[str, Any]:
        """Whose it is."""
        return {"id": str(mark.marker_id), "name": mark.marker.display_name}

    def get_private_note(self, mark: Mark) -> str | None:
        """For the marker and instructors alone."""
        user = self.context["request"].user
        if mark.marker_id == user.pk or mark.work.assignment.seminar_id in self._taught(user):
            return mark.private_note
        return None

    def _taught(self, user: User) -> frozenset[UUID]:
        """The seminars that the person teaches, asked for once."""
        if not hasattr(self, "_kept"):
            taught = Seminar.objects.taught_by(user).values_list("pk", flat=True)
            self._kept = frozenset(taught)
        return self._kept

    @extend_schema_field(serializers.DictField(child=MarkPartSerializer()))
    def get_parts(self, mark: Mark) -> dict[str, Any]:
        """What is said, by criterion."""
        return {
            key: {
                "level": part.level or None,
                "checks": sorted(part.checks),
                "points": part.points or None,
                "comment": part.comment,
                "cited": sorted(part.cited),
            }
            for key, part in sorted(content_of(mark).parts.items())
        }

    @extend_schema_field(MarkFeedbackSerializer(many=True))
    def get_feedback(self, mark: Mark) -> list[dict[str, Any]]:
        """What is said of contributions."""
        said = content_of(mark).feedback
        return [{"item": item, "body": body} for item, body in sorted(said.items())]

    def get_html_url(self, mark: Mark) -> str:
        """The desk of its work."""
        assignment = mark.work.assignment
        path = reverse(
            "grading:desk", args=[assignment.seminar.slug, assignment.slug, mark.work_id]
        )
        return str(self.context["request"].build_absolute_uri(path))


class NamesWork(serializers.Serializer[Any]):
    """The work that a body names, whatever else it holds."""

    work = Id()


class MarkStartShape(Shape):
    """Which work is to be marked."""

    work = Id()


class Ids(serializers.ListField):
    """A list of UUIDs."""

    child = Id()
    default_error_messages = {
        "not_a_list": "Give a list of ids.",
        "max_length": f"At most {MOST_PARTS} are taken.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_PARTS, **options)


class MarkPartShape(Change):
    """What is to change by one criterion: `level`, `checks` or `points`, as its kind takes them."""

    empty = {"level": None, "checks": None, "points": None, "comment": "", "cited": []}

    level = Id(required=False)
    checks = Ids(required=False)
    points = serializers.DecimalField(max_digits=7, decimal_places=2, required=False)
    comment = Text(required=False)
    cited = Ids(required=False)


class MarkPartShapes(serializers.DictField):
    """Parts by the criteria's keys; null leaves a criterion as if nothing had been said."""

    child = MarkPartShape(allow_null=True)
    default_error_messages = {"not_a_dict": "Give an object."}


class MarkChangeShape(Change):
    """What is to change of a mark."""

    empty = {"comment": "", "private_note": "", "parts": {}}

    comment = Text(required=False)
    private_note = Text(required=False)
    parts = MarkPartShapes(required=False)

    def change(self, mark: Mark) -> MarkChange:
        """The change that it asks for. Raises Invalid for a criterion that the rubric has not."""
        given = dict(self.validated_data)
        parts = given.pop("parts", {})
        kinds = dict(mark.rubric_version.criteria.values_list("key", "kind"))
        told = {}
        for text, members in parts.items():
            key = _key(text)
            if key not in kinds:
                raise Invalid("The mark's rubric has no such criterion.", field=f"parts.{text}")
            nothing = GIVEN_BY[CriterionKind(kinds[key])] | {"comment": "", "cited": []}
            told[key] = PartChange(**(nothing if members is None else members))
        return MarkChange(**given, parts=told)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class WithdrawMarkShape(Shape):
    """Why a mark is taken back; demanded of one that was submitted."""

    reason = Text(required=False)


class MarkFeedbackShape(Shape):
    """What is said of which contribution; no words at all take it away."""

    item = Id()
    body = Text()


class MarkFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which marks."""

    assignment = django_filters.UUIDFilter(
        field_name="work__assignment_id", label="Of works of that assignment."
    )
    work = django_filters.UUIDFilter(field_name="work_id", label="Of that work.")
    marker = django_filters.UUIDFilter(field_name="marker_id", label="By that person.")
    state = django_filters.ChoiceFilter(choices=MarkState.choices, label="In that state.")
    role = django_filters.ChoiceFilter(choices=MarkRole.choices, label="In that part.")

    class Meta:
        model = Mark
        fields: list[str] = []


class MarkReader(ApiView):
    """What views of marks share; `mark` is that of the address."""

    queryset: QuerySet[Any] = Mark.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = MarkSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    required_scope = Scope.MARKS_WRITE
    address = "api:mark-detail"
    caching = NO_COPIES

    def get_queryset(self) -> QuerySet[Mark]:
        """The marks that the person sees, as the API shows them."""
        marks = Mark.objects.visible_to(self.user)
        related = marks.select_related("marker", "work__assignment__seminar")
        return cast("QuerySet[Mark]", with_content(related))

    def find(self) -> None:
        """The mark of the address, and for a change whether it is the person's.

        Raises Missing, NotAllowed.
        """
        if "pk" not in self.kwargs:
            return
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.mark = found
        if self.request.method in SAFE_METHODS:
            return
        seminar = found.work.assignment.seminar
        if not may_mark(membership_of(self.user, seminar), seminar):
            raise NotAllowed(ARCHIVED)
        if found.marker_id != self.user.pk:
            raise NotAllowed(NOT_OWN_MARK)

    def shown(self, mark: Mark) -> dict[str, Any]:
        """The mark as it stands now."""
        return dict(self.get_serializer(self.get_queryset().get(pk=mark.pk)).data)

    def given(self, shape: type[Shape]) -> Any:
        """The body by that shape, once it is judged."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body


@extend_schema_view(
    get=extend_schema(
        description="The marks that you see: your own, and others' where you may know them."
    ),
    post=extend_schema(
        request=MarkStartShape,
        responses={201: MarkSerializer},
        description="Begin to mark a work, in the part that is yours or free. Where you mark it "
        "already, your mark is what you get.",
    ),
)
class MarkList(MarkReader, generics.ListAPIView[Mark]):
    """The marks."""

    has_pages = True
    filterset_class = MarkFilters

    def find(self) -> None:
        """The work that the body names, before the rest is looked at. Raises Missing, NotAllowed."""
        if self.request.method in SAFE_METHODS:
            return
        named = NamesWork(data=self.request.data)
        if named.is_valid():
            with named_by("work"):
                find_work(self.user, named.validated_data["work"])

    def post(self, request: Request) -> Response:
        """Begin a mark."""
        work = self.given(MarkStartShape).validated_data["work"]
        mark = start_mark(actor=self.user, work_id=work, via=Via.API)
        address = reverse("api:mark-detail", args=[mark.pk], request=request)
        return Response(self.shown(mark), status=201, headers={"Location": address})


class MarkDetail(MarkReader):
    """One mark."""

    @extend_schema(responses={200: MarkSerializer}, description="One mark.")
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The mark."""
        return Response(self.get_serializer(self.mark).data)

    @extend_schema(
        request=MarkChangeShape,
        responses={200: MarkSerializer},
        description="Change your mark. What you leave out stays; of a part as well. A submitted "
        "mark stays submitted, and the grade follows. From an older version it is a 412 with the "
        "mark as it stands.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change it."""
        change = self.given(MarkChangeShape).change(self.mark)
        mark = change_mark(
            actor=self.user, mark_id=pk, change=change, version=self.version(), via=Via.API
        )
        return Response(self.shown(mark))


class MarkSubmit(MarkReader):
    """How a mark comes to count."""

    demands = frozenset({"POST"})

    @extend_schema(
        request=None,
        responses={200: MarkSerializer},
        operation_id="marks_submit_create",
        description="Submit your mark. What is computed from what is in counts where you said "
        "nothing else. A row that is not set is a 400 that names it.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Submit it."""
        mark = submit_mark(actor=self.user, mark_id=pk, version=self.version(), via=Via.API)
        return Response(self.shown(mark))


class MarkReopen(MarkReader):
    """How a submitted mark becomes a draft again."""

    demands = frozenset({"POST"})

    @extend_schema(
        request=None,
        responses={200: MarkSerializer},
        operation_id="marks_reopen_create",
        description="Make your submitted mark a draft again, which counts for nothing.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Reopen it."""
        mark = reopen_mark(actor=self.user, mark_id=pk, version=self.version(), via=Via.API)
        return Response(self.shown(mark))


class MarkWithdraw(MarkReader):
    """How a mark is taken back."""

    demands = frozenset({"POST"})

    @extend_schema(
        request=WithdrawMarkShape,
        responses={200: MarkSerializer},
        operation_id="marks_withdraw_create",
        description="Take your mark back: it is kept, and its part is free again.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it back."""
        reason = self.given(WithdrawMarkShape).validated_data.get("reason", "")
        mark = withdraw_mark(
            actor=self.user, mark_id=pk, version=self.version(), reason=reason, via=Via.API
        )
        return Response(self.shown(mark))


class MarkFeedback(MarkReader):
    """What a mark says of one contribution."""

    demands = frozenset({"POST"})

    @extend_schema(
        request=MarkFeedbackShape,
        responses={200: MarkSerializer},
        operation_id="marks_feedback_create",
        description="Say something of one contribution, or take it away with an empty body. Its "
        "author reads it once the grade is released.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Say it."""
        given = self.given(MarkFeedbackShape).validated_data
        save_item_feedback(
            actor=self.user,
            mark_id=pk,
            item_id=given["item"],
            body=given["body"],
            version=self.version(),
            via=Via.API,
        )
        return Response(self.shown(self.mark))
