"""Quality marks in the API: set, read, answered, settled; and who asks the same as a question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.attending import ask_no_longer, ask_too
from annotations.actions.quality import (
    ONLY_STAFF,
    ONLY_WRITERS,
    answer_mark,
    find_target,
    lock_target,
    set_mark,
    settle_mark,
)
from annotations.api.claims import MapPersonSerializer
from annotations.api.views import AnnotationReader
from annotations.enums import QualityMarkType
from annotations.models import Annotation, MeToo, QualityMark, QualityMarkAnswer
from annotations.permissions import may_ask_too, may_set_mark, may_settle_mark
from debate.assignments.actions import lock_assignment
from debate.core.api.fields import Choice, Id, Shape, Switch, Text
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed, named_by
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.accounts.models import User

TARGETS = ("annotation", "claim", "passage")


def _person(user: User | None, *, is_named: bool) -> dict[str, Any] | None:
    """The person as the one who asks may know of them; null where the name is not for them."""
    if user is None or not is_named:
        return None
    return {"id": str(user.pk), "name": user.display_name}


class QualityMarkSerializer(serializers.ModelSerializer[QualityMark]):
    """A mark on exactly one annotation, claim or passage; never a score."""

    seminar = serializers.UUIDField(source="seminar_id", read_only=True)
    annotation = serializers.UUIDField(source="annotation_id", read_only=True, allow_null=True)
    claim = serializers.UUIDField(source="claim_id", read_only=True, allow_null=True)
    passage = serializers.UUIDField(source="passage_id", read_only=True, allow_null=True)
    by = serializers.SerializerMethodField()
    resolved_by = serializers.SerializerMethodField()
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = QualityMark
        fields = [
            "id", "seminar", "annotation", "claim", "passage", "type", "note", "by", "created_at",
            "updated_at", "resolved_at", "resolved_by", "resolution", "html_url",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MapPersonSerializer(allow_null=True))
    def get_by(self, mark: QualityMark) -> dict[str, Any] | None:
        """Who set it; null where pseudonyms hide it."""
        return _person(mark.by, is_named=mark.names_marker)  # type: ignore[attr-defined]  # with_shown_marker

    @extend_schema_field(MapPersonSerializer(allow_null=True))
    def get_resolved_by(self, mark: QualityMark) -> dict[str, Any] | None:
        """Who settled it; null for one that is open, or that settled itself."""
        return _person(mark.resolved_by, is_named=mark.names_settler)  # type: ignore[attr-defined]  # with_shown_marker

    def get_html_url(self, mark: QualityMark) -> str:
        """Its page."""
        return str(self.context["request"].build_absolute_uri(mark.get_absolute_url()))


class QualityMarkAnswerSerializer(serializers.ModelSerializer[QualityMarkAnswer]):
    """What somebody says to a mark."""

    mark = serializers.UUIDField(source="mark_id", read_only=True)
    by = serializers.SerializerMethodField()

    class Meta:
        model = QualityMarkAnswer
        fields = ["id", "mark", "body", "by", "at"]
        read_only_fields = fields

    @extend_schema_field(MapPersonSerializer(allow_null=True))
    def get_by(self, answer: QualityMarkAnswer) -> dict[str, Any] | None:
        """Who answered; null where pseudonyms hide it."""
        return _person(answer.by, is_named=answer.names_writer)  # type: ignore[attr-defined]  # with_shown_writer


class MarkedShape(Shape):
    """What a mark is on: exactly one of the three."""

    annotation = Id(required=False)
    claim = Id(required=False)
    passage = Id(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one."""
        if sum(name in attrs for name in TARGETS) != 1:
            raise serializers.ValidationError("Give exactly one of: " + ", ".join(TARGETS) + ".")
        return attrs


class QualityMarkShape(MarkedShape):
    """A new mark: on what, which, and why."""

    type = Choice(choices=QualityMarkType.choices)
    note = Text(required=False)


class QualityMarkAnswerShape(Shape):
    """What is answered."""

    body = Text()


class SettleShape(Shape):
    """How a mark is settled; `is_confirmed` is for staff, of a misquote whose words they looked for."""

    resolution = Text(required=False)
    is_confirmed = Switch(required=False)


class MeTooSerializer(serializers.Serializer[Any]):
    """How many ask the same as a question, and whether you do."""

    count = serializers.IntegerField()
    is_mine = serializers.BooleanField()


class QualityMarkFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which marks."""

    seminar = django_filters.UUIDFilter(field_name="seminar_id", label="In that seminar.")
    assignment = django_filters.UUIDFilter(
        method="in_assignment", label="On notes and claims of that assignment."
    )
    annotation = django_filters.UUIDFilter(field_name="annotation_id", label="On that annotation.")
    claim = django_filters.UUIDFilter(field_name="claim_id", label="On that claim.")
    passage = django_filters.UUIDFilter(field_name="passage_id", label="On that passage.")
    type = django_filters.ChoiceFilter(choices=QualityMarkType.choices, label="Of that type.")
    open = SwitchFilter(
        field_name="resolved_at", lookup_expr="isnull", label="1: open ones; 0: settled ones."
    )

    class Meta:
        model = QualityMark
        fields: list[str] = []

    def in_assignment(
        self,
        queryset: QuerySet[QualityMark],
        name: str,  # noqa: ARG002 - django-filter's signature
        value: UUID,
    ) -> QuerySet[QualityMark]:
        """Those on notes and claims of the assignment."""
        return queryset.filter(Q(annotation__assignment=value) | Q(claim__assignment=value))


class MarkReader(ApiView):
    """What views of quality marks share; `mark` is that of the address."""

    queryset: QuerySet[Any] = QualityMark.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = QualityMarkSerializer
    address = "api:quality-mark-detail"

    def marks(self) -> QuerySet[QualityMark]:
        """The marks that the person may read, as the API shows them."""
        marks = QualityMark.objects.visible_to(self.user).with_shown_marker(self.user)
        return marks.select_related("by", "resolved_by", "seminar", "annotation")

    def shown(self, mark: QualityMark) -> dict[str, Any]:
        """The mark as the person may read it now."""
        fresh = self.marks().get(pk=mark.pk)
        return dict(QualityMarkSerializer(fresh, context=self.get_serializer_context()).data)

    def current(self) -> Any:
        """The mark of the address as it is now."""
        return self.shown(self.mark)

    def hold(self) -> None:
        """Lock what the mark is on, as every change of a mark does."""
        lock_target(self.mark)

    def find(self) -> None:
        """The mark of the address, if it has one. Raises Missing."""
        if "pk" not in self.kwargs:
            return
        found = self.marks().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.mark = found

    def refuse_readers(self) -> None:
        """Raise NotAllowed for whoever does not write in the mark's seminar."""
        if not may_set_mark(membership_of(self.user, self.mark.seminar), self.mark.seminar):
            raise NotAllowed(ONLY_WRITERS)


@extend_schema_view(
    get=extend_schema(description="The quality marks that you may read, the oldest first."),
    post=extend_schema(
        request=QualityMarkShape,
        responses={201: QualityMarkSerializer},
        description="Mark an annotation, a claim or a passage as wanting. The same again replaces "
        "the note of your open mark.",
    ),
)
class QualityMarkList(MarkReader, generics.ListAPIView[QualityMark]):
    """The quality marks."""

    has_pages = True
    filterset_class = QualityMarkFilters

    def get_queryset(self) -> QuerySet[QualityMark]:
        """Those that the person may read."""
        return self.marks()

    def post(self, request: Request) -> Response:
        """Set a mark."""
        on, target_id = self._open_to_marking(request.data)
        shape = QualityMarkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        mark = set_mark(
            actor=self.user,
            on=on,
            target_id=target_id,
            type=given["type"],
            note=given.get("note", ""),
        )
        address = reverse("api:quality-mark-detail", args=[mark.pk], request=request)
        return Response(self.shown(mark), status=201, headers={"Location": address})

    def _open_to_marking(self, body: Any) -> tuple[str, UUID]:
        """What the body says the mark is on, before the rest of the body is judged."""
        known = {name: body[name] for name in TARGETS if name in body} if _is_object(body) else body
        named = MarkedShape(data=known)
        if not named.is_valid():
            QualityMarkShape(data=body).is_valid(raise_exception=True)
        ((on, target_id),) = named.validated_data.items()
        with named_by(on):
            _, seminar = find_target(self.user, on, target_id)
        if not may_set_mark(membership_of(self.user, seminar), seminar):
            raise NotAllowed(ONLY_WRITERS)
        return on, target_id


def _is_object(body: Any) -> bool:
    return isinstance(body, dict)


class QualityMarkDetail(MarkReader):
    """One quality mark."""

    def find(self) -> None:
        """The mark, and whether it is the person's to take back. Raises Missing, NotAllowed."""
        super().find()
        if self.request.method in SAFE_METHODS:
            return
        if self.mark.by_id != self.user.pk:
            raise NotAllowed("Only whoever set a mark takes it back; staff settle it.")
        self.refuse_readers()

    @extend_schema(responses={200: QualityMarkSerializer}, description="One quality mark.")
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The mark."""
        return Response(self.get_serializer(self.mark).data)

    @extend_schema(responses={204: None}, description="Take back your own mark: it is settled.")
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it back."""
        with self.unchanged():
            settle_mark(actor=self.user, mark_id=pk)
        return Response(status=204)


@extend_schema_view(
    get=extend_schema(
        operation_id="quality_marks_answers_list",
        description="What was answered to a mark, the oldest first.",
    ),
    post=extend_schema(
        request=QualityMarkAnswerShape,
        responses={201: QualityMarkAnswerSerializer},
        operation_id="quality_marks_answers_create",
        description="Answer an open mark.",
    ),
)
class QualityMarkAnswerList(MarkReader, generics.ListAPIView[QualityMarkAnswer]):
    """The answers to one mark."""

    has_pages = True
    queryset = QualityMarkAnswer.objects.none()
    serializer_class = QualityMarkAnswerSerializer

    def find(self) -> None:
        """The mark, and for a post whether the person answers. Raises Missing, NotAllowed."""
        super().find()
        if self.request.method not in SAFE_METHODS:
            self.refuse_readers()

    def get_queryset(self) -> QuerySet[QualityMarkAnswer]:
        """The answers."""
        answers = QualityMarkAnswer.objects.filter(mark=self.mark)
        return answers.with_shown_writer(self.user).select_related("by")

    def post(self, request: Request, pk: UUID) -> Response:
        """Answer it."""
        shape = QualityMarkAnswerShape(data=request.data)
        shape.is_valid(raise_exception=True)
        answer = answer_mark(actor=self.user, mark_id=pk, body=shape.validated_data["body"])
        fresh = self.get_queryset().get(pk=answer.pk)
        return Response(QualityMarkAnswerSerializer(fresh).data, status=201)


class QualityMarkResolve(MarkReader):
    """How one mark is settled."""

    demands = frozenset({"POST"})

    def find(self) -> None:
        """The mark, and whether the person settles it. Raises Missing, NotAllowed."""
        super().find()
        membership = membership_of(self.user, self.mark.seminar)
        if not may_settle_mark(self.user, membership, self.mark):
            raise NotAllowed(ONLY_STAFF)

    @extend_schema(
        request=SettleShape,
        responses={200: QualityMarkSerializer},
        operation_id="quality_marks_resolve_create",
        description="Settle a mark, as staff or as who set it. A misquote that staff confirm gives "
        "its passage the check `not_found`. Settling again does nothing.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Settle it."""
        shape = SettleShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            mark = settle_mark(actor=self.user, mark_id=pk, **shape.validated_data)
        return Response(self.shown(mark))


class MeTooView(AnnotationReader):
    """Who asks the same as a question. Saying so needs no version: it is the person's own word."""

    demands = frozenset()
    compares = True
    passing = frozenset({"count"})
    address = ""
    query_parameters = frozenset()

    def find(self) -> None:
        """The annotation, and whether the person says so. Raises Missing, Gone, NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        if self.request.method == "PUT" and not may_ask_too(
            self.user, self.membership(self.annotation), self.annotation
        ):
            raise NotAllowed("You say so of what others ask, where you write yourself.")

    @extend_schema(
        responses={200: MeTooSerializer},
        operation_id="annotations_me_too_retrieve",
        description="How many ask the same as a question, and whether you do.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The count."""
        return Response(self._told(self.annotation))

    @extend_schema(
        request=None,
        responses={200: MeTooSerializer},
        operation_id="annotations_me_too_update",
        description="Say that you ask the same; it counts once.",
    )
    def put(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Say so."""
        with self.unchanged():
            question = ask_too(actor=self.user, annotation_id=pk)
        return Response(self._told(question))

    @extend_schema(
        responses={204: None},
        operation_id="annotations_me_too_destroy",
        description="Take it back.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it back."""
        with self.unchanged():
            ask_no_longer(actor=self.user, annotation_id=pk)
        return Response(status=204)

    def current(self) -> Any:
        """The count as it is now."""
        return self._told(self.annotation)

    def hold(self) -> None:
        """Lock the assignment, as what is said in it does."""
        lock_assignment(self.annotation.assignment_id)

    def _told(self, question: Annotation) -> dict[str, Any]:
        said = MeToo.objects.filter(annotation=question)
        mine = bool(self.user.pk) and said.filter(user=self.user).exists()
        return {"count": said.count(), "is_mine": mine}
