"""Requests to look at a grade again, in the API: asked by students, answered and settled by staff.

Of staff a student is told no name; in blind marking staff are told the work's alias alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db import transaction
from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.grading.actions.locking import lock_plan
from annotations.grading.actions.requests import (
    answer_request,
    ask_again,
    decline_request,
    escalate_request,
    take_request_back,
    uphold_request,
)
from annotations.grading.api.grades import GradeStudentSerializer, NeverKept, told_student
from annotations.grading.enums import RequestState, Via
from annotations.grading.models import Grade, RegradeMessage, RegradeRequest
from annotations.grading.permissions import may_ask_again, may_mark, may_release
from annotations.grading.queries.grades import standing_sheets
from annotations.grading.queries.veil import Veil, veil_of
from debate.accounts.enums import Scope
from debate.core.api.fields import Choice, Id, Shape, Text
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

STEPS = [
    (state, label) for state, label in RequestState.choices if state != RequestState.OPEN.value
]
ONLY_STUDENTS = "Only students of this seminar ask, and while it is not archived."
ONLY_STAFF = "Only staff of this seminar do this, and while it is not archived."
ONLY_ITS_STUDENT = "Only who asked does this, and while the seminar is not archived."
ONLY_INSTRUCTORS = "Only instructors of this seminar do this."


class RegradeMessageSerializer(serializers.Serializer[Any]):
    """One message. `author` is a name; of staff a student is told none."""

    author = serializers.CharField(allow_null=True)
    by_student = serializers.BooleanField()
    body = serializers.CharField()
    at = serializers.DateTimeField()


class RegradeRequestSerializer(serializers.Serializer[Any]):
    """A student asks to have a criterion of a grade looked at again, or the whole (null).

    In blind marking `student` is null for staff, and `alias` stands for the student.
    """

    id = serializers.UUIDField()
    grade = serializers.UUIDField()
    assignment = serializers.UUIDField()
    student = GradeStudentSerializer(allow_null=True)
    alias = serializers.CharField(allow_null=True)
    criterion = serializers.UUIDField(allow_null=True, help_text="Its key.")
    state = serializers.ChoiceField(choices=RequestState.choices)
    messages = RegradeMessageSerializer(many=True, help_text="The first is the reason.")
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    html_url = serializers.URLField()

    def to_representation(self, instance: RegradeRequest) -> dict[str, Any]:
        """The request as the person who asks may read it."""
        work = instance.grade.work
        is_own = work.student_id == self.context["request"].user.pk
        own = {
            "student": {"id": work.student_id, "name": work.student.display_name},
            "alias": None,
        }
        path = reverse(
            "grading:mine" if is_own else "grading:requests",
            args=[work.assignment.seminar.slug, work.assignment.slug],
        )
        names = ("id", "state", "created_at", "settled_at", "version")
        told = {name: getattr(instance, name) for name in names}
        told |= own if is_own else told_student(work)
        told |= {
            "grade": instance.grade_id,
            "assignment": work.assignment_id,
            "criterion": instance.criterion_key,
            "messages": [
                {
                    "author": self._named(instance, one, is_own=is_own),
                    "by_student": one.author_id == work.student_id,
                    "body": one.body if is_own else self._veil(instance).over(one.body),
                    "at": one.at,
                }
                for one in instance.messages.all()
            ],
            "html_url": self.context["request"].build_absolute_uri(path),
        }
        return super().to_representation(told)

    def _named(
        self, request: RegradeRequest, message: RegradeMessage, *, is_own: bool
    ) -> str | None:
        if message.author_id == request.grade.work.student_id:
            told = told_student(request.grade.work)
            name: str = told["student"]["name"] if told["student"] else told["alias"]
            return request.grade.work.student.display_name if is_own else name
        return None if is_own else message.author.display_name

    def _veil(self, request: RegradeRequest) -> Veil:
        """What keeps students unknown in the assignment, made once for an answer."""
        if not hasattr(self, "_veils"):
            self._veils: dict[Any, Veil] = {}
        plan = request.grade.work.assignment.grading_plan
        if plan.pk not in self._veils:
            self._veils[plan.pk] = veil_of(plan)
        return self._veils[plan.pk]


class NamesGrade(serializers.Serializer[Any]):
    """The grade that a body names, whatever else it holds."""

    grade = Id()


class NamesStep(serializers.Serializer[Any]):
    """Where a body takes a request, whatever else it holds."""

    state = Choice(choices=STEPS)


class RegradeRequestShape(Shape):
    """Which criterion of an own grade, by its key, or the whole of it (null); and why."""

    grade = Id()
    criterion = Id(required=False, allow_null=True)
    body = Text()


class RegradeMessageShape(Shape):
    """What is said."""

    body = Text()


class RegradeStepShape(Shape):
    """Where the request is taken, and what is said of it.

    `declined` and `upheld` want words. `adjustment` goes with `upheld` and moves the grade at once.
    """

    state = Choice(choices=STEPS)
    body = Text(required=False)
    adjustment = serializers.DecimalField(max_digits=7, decimal_places=2, required=False)


class RegradeRequestFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which requests."""

    assignment = django_filters.UUIDFilter(
        field_name="grade__work__assignment_id", label="Of that assignment."
    )
    grade = django_filters.UUIDFilter(field_name="grade_id", label="About that grade.")
    state = django_filters.ChoiceFilter(choices=RequestState.choices, label="In that state.")

    class Meta:
        model = RegradeRequest
        fields: list[str] = []


class RegradeRequestReader(NeverKept):
    """What views of requests share; `asked` is that of the address."""

    queryset: QuerySet[Any] = RegradeRequest.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = RegradeRequestSerializer
    address = "api:regrade-request-detail"

    def get_queryset(self) -> QuerySet[RegradeRequest]:
        """The requests that the person may see, as the API shows them."""
        seen = RegradeRequest.objects.visible_to(self.user).filter(
            grade__work__assignment__grading_plan__isnull=False
        )
        messages = RegradeMessage.objects.select_related("author")
        return seen.select_related(
            "grade__work__student",
            "grade__work__assignment__seminar",
            "grade__work__assignment__grading_plan",
        ).prefetch_related(Prefetch("messages", messages))

    @property
    def required_scope(self) -> str:
        """What a token needs for a change: `write` of who asked, `grades:write` of staff."""
        request = getattr(self, "request", None)
        if request is None or "pk" not in self.kwargs or not request.user.is_authenticated:
            return Scope.GRADES_WRITE
        seen = RegradeRequest.objects.visible_to(request.user)
        own = seen.filter(pk=self.kwargs["pk"], grade__work__student=request.user.pk)
        return Scope.WRITE if own.exists() else Scope.GRADES_WRITE

    def find(self) -> None:
        """The request of the address, and for a change whether it is the person's to make.

        Raises Missing, NotAllowed.
        """
        if "pk" not in self.kwargs:
            return
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.asked = found
        if self.request.method not in SAFE_METHODS:
            self.refuse(is_own=found.grade.work.student_id == self.user.pk)

    def refuse(self, *, is_own: bool) -> None:
        """Raise NotAllowed for who may say nothing in it."""
        seminar = self.asked.grade.work.assignment.seminar
        membership = membership_of(self.user, seminar)
        if is_own and not may_ask_again(membership, seminar):
            raise NotAllowed(ONLY_ITS_STUDENT)
        if not is_own and not may_mark(membership, seminar):
            raise NotAllowed(ONLY_STAFF)

    def version_now(self) -> int:
        """The version that the change was made from; that of now, under its lock, for any."""
        version = self.version()
        if version is not None:
            return version
        lock_plan(self.asked.grade.work.assignment_id)
        return RegradeRequest.objects.values_list("version", flat=True).get(pk=self.asked.pk)

    def shown(self, pk: UUID) -> Any:
        """The request as it stands now."""
        return self.get_serializer(self.get_queryset().get(pk=pk)).data


@extend_schema_view(
    get=extend_schema(
        operation_id="regrade_requests_list",
        description="Your own requests, and as staff those about works that you see.",
    ),
    post=extend_schema(
        request=RegradeRequestShape,
        responses={201: RegradeRequestSerializer},
        operation_id="regrade_requests_create",
        description="Ask as a student to have one criterion of your released grade looked at again, "
        "or the whole, within the days that the set-up gives. A token needs the scope `write`.",
    ),
)
class RegradeRequestList(RegradeRequestReader, generics.ListAPIView[RegradeRequest]):
    """The requests."""

    has_pages = True
    filterset_class = RegradeRequestFilters
    required_scope = Scope.WRITE  # only students ask

    def find(self) -> None:
        """The grade that the body names, before the rest is looked at. Raises Missing, NotAllowed."""
        if self.request.method in SAFE_METHODS:
            return
        named = NamesGrade(data=self.request.data)
        if not named.is_valid():
            return
        grade = named.validated_data["grade"]
        if standing_sheets(self.user).filter(grade=grade).exists():
            return
        if Grade.objects.visible_to(self.user).filter(pk=grade).exists():
            raise NotAllowed(ONLY_STUDENTS)
        raise Missing(field="grade")

    def post(self, request: Request) -> Response:
        """Ask."""
        given = self.given(RegradeRequestShape)
        made = ask_again(
            actor=self.user,
            grade_id=given["grade"],
            criterion_key=given.get("criterion"),
            body=given["body"],
        )
        address = reverse(self.address, args=[made.pk], request=request)
        return Response(self.shown(made.pk), status=201, headers={"Location": address})


class RegradeRequestDetail(RegradeRequestReader):
    """One request."""

    def refuse(self, *, is_own: bool) -> None:
        """Raise NotAllowed for a step that is not the person's, as soon as the body names one."""
        super().refuse(is_own=is_own)
        named = NamesStep(data=self.request.data)
        if not named.is_valid():
            return
        step = named.validated_data["state"]
        if is_own != (step == RequestState.TAKEN_BACK):
            raise NotAllowed(ONLY_STAFF if is_own else ONLY_ITS_STUDENT)
        settles = step == RequestState.UPHELD or (
            step == RequestState.DECLINED and self.asked.state == RequestState.ESCALATED
        )
        seminar = self.asked.grade.work.assignment.seminar
        if settles and not may_release(membership_of(self.user, seminar), seminar):
            raise NotAllowed(ONLY_INSTRUCTORS)

    @extend_schema(
        responses={200: RegradeRequestSerializer},
        operation_id="regrade_requests_retrieve",
        description="One request with its messages.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The request."""
        return Response(self.get_serializer(self.asked).data)

    @extend_schema(
        request=RegradeStepShape,
        responses={200: RegradeRequestSerializer},
        operation_id="regrade_requests_partial_update",
        description="Take a step by setting `state`. Staff, with the scope `grades:write`: "
        "`escalated` hands it to the instructors, `declined` lets the grade stand, and `upheld`, for "
        "instructors, moves it by `adjustment`, or says that it was changed before. Who asked, with "
        "the scope `write`: `taken_back`. From an older version it is a 412 with the request as it "
        "stands.",
    )
    @transaction.atomic
    def patch(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the step."""
        given = self.given(RegradeStepShape)
        step, body = given["state"], given.get("body", "")
        if "adjustment" in given and step != RequestState.UPHELD:
            raise Invalid("An adjustment goes with upheld alone.", field="adjustment")
        said: dict[str, Any] = {
            "actor": self.user,
            "request_id": pk,
            "version": self.version_now(),
        }
        if step == RequestState.TAKEN_BACK:
            take_request_back(**said)
        elif step == RequestState.ESCALATED:
            escalate_request(body=body, **said)
        elif step == RequestState.DECLINED:
            decline_request(body=body, **said)
        else:
            adjustment = given.get("adjustment")
            uphold_request(body=body, adjustment=adjustment, via=Via.API, **said)
        return Response(self.shown(pk))


class RegradeMessages(RegradeRequestReader):
    """What is said in a request."""

    demands = frozenset({"POST"})

    @extend_schema(
        request=RegradeMessageShape,
        responses={201: RegradeRequestSerializer},
        operation_id="regrade_requests_messages_create",
        description="Say something in a request that is not settled. A token needs the scope "
        "`grades:write` of staff, and `write` of who asked. From an older version it is a 412 with "
        "the request as it stands, as somebody has said something meanwhile.",
    )
    @transaction.atomic
    def post(self, request: Request, pk: UUID) -> Response:
        """Say it."""
        body = self.given(RegradeMessageShape)["body"]
        answer_request(actor=self.user, request_id=pk, body=body, version=self.version_now())
        address = reverse(self.address, args=[pk], request=request)
        return Response(self.shown(pk), status=201, headers={"Location": address})
