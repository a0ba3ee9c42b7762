"""Rubrics in the API: listed, made, published in versions, copied, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db import transaction
from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import generics, permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.grading.actions.rubrics import (
    MOST_CRITERIA,
    MOST_LEVELS,
    ONLY_INSTRUCTORS,
    archive_rubric,
    copy_rubric,
    create_rubric,
    publish_rubric_version,
    refuse_others,
    rename_rubric,
)
from annotations.grading.enums import CriterionKind, CriterionTag
from annotations.grading.files import FORMATS, exported, read_file
from annotations.grading.formats.content import CriterionContent, LevelContent, RubricContent
from annotations.grading.formats.errors import Unreadable
from annotations.grading.models import Rubric, RubricVersion
from annotations.grading.permissions import may_change_rubric, may_read_marker_text
from annotations.grading.queries.rubrics import latest_of, with_content, with_latest
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.exceptions import BadParameters
from debate.core.api.fields import SENTENCES, Change, Choice, Id, Shape, Switch, Text, Whole
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse
    from rest_framework.request import Request

VERSION = "The rubric's `version` that you saw, if not sent as If-Match."


class Points(serializers.DecimalField):
    """A number with at most two decimal places, as JSON number or text."""

    default_error_messages = {**SENTENCES, "invalid": "Give a number."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=9, decimal_places=2, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        """The number; booleans are none."""
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


# -- what is answered --------------------------------------------------------------------------------


class RubricPersonSerializer(serializers.Serializer[Any]):
    """Who made something."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="display_name")


class LevelSerializer(serializers.Serializer[Any]):
    """A level of a criterion, or a check of it; `key` is the same in every version."""

    key = serializers.UUIDField()
    title = serializers.CharField()
    points = serializers.DecimalField(max_digits=7, decimal_places=2)
    description = serializers.CharField()


class CriterionSerializer(serializers.Serializer[Any]):
    """A criterion; `key` is the same in every version. `marker_text` is null for students."""

    key = serializers.UUIDField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=CriterionKind.choices)
    tag = serializers.CharField(help_text="Empty for none.")
    student_text = serializers.CharField()
    marker_text = serializers.SerializerMethodField()
    points = serializers.DecimalField(
        max_digits=7, decimal_places=2, help_text="The most that it gives, before its weight."
    )
    weight = serializers.DecimalField(max_digits=5, decimal_places=2)
    requires_citation = serializers.BooleanField()
    levels = LevelSerializer(many=True)

    def get_marker_text(self, one: Any) -> str | None:
        """What markers read."""
        return one.marker_text if self.context.get("for_markers") else None


class RubricVersionSerializer(serializers.ModelSerializer[RubricVersion]):
    """One published state of a rubric, which never changes."""

    rubric = serializers.UUIDField(source="rubric_id", read_only=True)
    published_by = RubricPersonSerializer(read_only=True)
    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = RubricVersion
        fields = [
            "id", "rubric", "number", "points", "note", "content_hash", "structure_hash",
            "published_by", "published_at", "criteria",
        ]  # fmt: skip
        read_only_fields = fields


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    """A rubric of a seminar or, with `seminar` null, of a person's library.

    `latest_version` is the number of its newest version, null before the first.
    """

    seminar = serializers.UUIDField(source="seminar_id", read_only=True, allow_null=True)
    owner = RubricPersonSerializer(read_only=True)
    copied_from = serializers.UUIDField(source="copied_from_id", read_only=True, allow_null=True)
    latest_version = serializers.IntegerField(
        source="latest_number", read_only=True, allow_null=True
    )
    points = serializers.DecimalField(
        source="latest_points", max_digits=7, decimal_places=2, read_only=True, allow_null=True
    )
    criteria_count = serializers.IntegerField(source="latest_criteria", read_only=True)
    uses = serializers.IntegerField(read_only=True, help_text="In how many assignments.")
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Rubric
        fields = [
            "id", "seminar", "owner", "title", "copied_from", "latest_version", "points",
            "criteria_count", "uses", "archived_at", "created_at", "updated_at", "version",
            "html_url",
        ]  # fmt: skip
        read_only_fields = fields

    def get_html_url(self, rubric: Rubric) -> str:
        """Its page."""
        path = reverse("grading:rubric", args=[rubric.pk])
        return str(self.context["request"].build_absolute_uri(path))


# -- what is sent ------------------------------------------------------------------------------------


class LevelShape(Shape):
    """A level or a check. Without `key` it is the same as one of its title before, or new."""

    key = Id(required=False, allow_null=True)
    title = Text()
    points = Points()
    description = Text(required=False)


class CriterionShape(Shape):
    """A criterion. Without `key` it is the same as one of its title before, or new.

    `points` is for ranges and completion; of levels and checks they follow.
    """

    key = Id(required=False, allow_null=True)
    title = Text()
    kind = Choice(choices=CriterionKind.choices, required=False)
    tag = Choice(choices=[("", "None"), *CriterionTag.choices], required=False)
    student_text = Text(required=False)
    marker_text = Text(required=False)
    points = Points(required=False)
    weight = Points(required=False)
    requires_citation = Switch(required=False)
    levels = LevelShape(many=True, required=False, max_length=MOST_LEVELS)  # type: ignore[call-arg]  # of the list that many=True makes


def content_from(criteria: list[dict[str, Any]]) -> RubricContent:
    """What valid shapes say, as a value."""
    return RubricContent(
        criteria=tuple(
            CriterionContent(
                **one | {"levels": tuple(LevelContent(**level) for level in one.get("levels", []))}
            )
            for one in criteria
        )
    )


class RubricShape(Shape):
    """A new rubric; with `criteria`, its first version is published at once."""

    title = Text()
    seminar = Id(required=False, allow_null=True, help_text="Null: your own library.")
    criteria = CriterionShape(many=True, required=False, max_length=MOST_CRITERIA)  # type: ignore[call-arg]  # as above
    note = Text(required=False)


class RubricChangeShape(Change):
    """What is to change of a rubric itself."""

    title = Text(required=False)
    is_archived = Switch(required=False)
    version = Whole(required=False, help_text=VERSION)


class RubricVersionShape(Shape):
    """The whole of a rubric's next version."""

    criteria = CriterionShape(many=True, max_length=MOST_CRITERIA)  # type: ignore[call-arg]  # as above
    note = Text(required=False, help_text="What has changed, and why.")
    version = Whole(required=False, help_text=VERSION)


class CopyRubricShape(Shape):
    """Where the copy goes; null for your own library."""

    seminar = Id(required=False, allow_null=True)
    title = Text(required=False)


class ImportRubricShape(Shape):
    """A file's text, JSON or a table, and where the rubric goes."""

    text = Text()
    title = Text(required=False, help_text="Demanded of a table, which has none.")
    seminar = Id(required=False, allow_null=True)


class RubricFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which rubrics."""

    seminar = django_filters.UUIDFilter(field_name="seminar_id", label="Of that seminar.")
    library = SwitchFilter(
        field_name="seminar", lookup_expr="isnull", label="1: of your own library; 0: of seminars."
    )
    archived = SwitchFilter(
        method="put_away", label="1: archived ones; 0: the others. All without."
    )
    q = django_filters.CharFilter(method="with_words", label="Words of the title.")

    class Meta:
        model = Rubric
        fields: list[str] = []

    def put_away(self, queryset: QuerySet[Rubric], _: str, value: bool) -> QuerySet[Rubric]:
        """Those that are archived, or not."""
        return queryset.filter(archived_at__isnull=not value)

    def with_words(self, queryset: QuerySet[Rubric], _: str, value: str) -> QuerySet[Rubric]:
        """Those whose title has the words."""
        return queryset.filter(Q(title__icontains=value))


# -- views -------------------------------------------------------------------------------------------


class RubricReader(ApiView):
    """What views of rubrics share; `rubric` is that of the address."""

    queryset: QuerySet[Any] = Rubric.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = RubricSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    required_scope = Scope.MARKS_WRITE
    address = "api:rubric-detail"
    # Whether a change is of the rubric itself, rather than of a copy.
    changes: bool = True

    def rubrics(self) -> QuerySet[Rubric]:
        """The rubrics that the person sees, as the API shows them."""
        visible = Rubric.objects.visible_to(self.user)
        return with_latest(visible).select_related("owner", "seminar")

    def get_queryset(self) -> QuerySet[Any]:
        """Those that the person sees."""
        return self.rubrics()

    def find(self) -> None:
        """The rubric of the address, and whether the person changes it. Raises Missing, NotAllowed."""
        found = self.rubrics().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.rubric = found
        if self.request.method in SAFE_METHODS or not self.changes:
            return
        membership = membership_of(self.user, found.seminar) if found.seminar else None
        if not may_change_rubric(self.user, membership, found):
            raise NotAllowed(ONLY_INSTRUCTORS)

    def current(self) -> Any:
        """The rubric as it stands now."""
        return self.shown(self.rubric)

    def shown(self, rubric: Rubric) -> dict[str, Any]:
        """The rubric as the person sees it now."""
        fresh = self.rubrics().get(pk=rubric.pk)
        return dict(RubricSerializer(fresh, context=self.get_serializer_context()).data)

    def given(self, shape: type[Shape]) -> Any:
        """The body by that shape, once it is judged."""
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body

    def made(self, rubric: Rubric) -> Response:
        """The answer for a rubric that was just made."""
        address = reverse("api:rubric-detail", args=[rubric.pk], request=self.request)
        return Response(self.shown(rubric), status=201, headers={"Location": address})

    def seminar_named(self, seminar_id: UUID | None) -> Seminar | None:
        """The seminar that a body names. Raises Invalid, NotAllowed."""
        if seminar_id is None:
            return None
        found = Seminar.objects.visible_to(self.user).filter(pk=seminar_id).first()
        if found is None:
            raise Invalid("There is no such seminar.", field="seminar")
        refuse_others(self.user, found)
        return found


@extend_schema_view(
    get=extend_schema(
        description="The rubrics of your library, and of the seminars in which you are staff."
    ),
    post=extend_schema(
        request=RubricShape,
        responses={201: RubricSerializer},
        description="Make a rubric: in your library, or as its instructor in a seminar. With "
        "`criteria` they are published as version 1.",
    ),
)
class RubricList(RubricReader, generics.ListAPIView[Rubric]):
    """The rubrics."""

    has_pages = True
    filterset_class = RubricFilters

    def find(self) -> None:
        """Nothing is named by the address."""

    def current(self) -> Any:
        """Nothing is named by the address."""
        return None

    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Make one."""
        given = self.given(RubricShape).validated_data
        criteria = given.get("criteria")
        rubric = create_rubric(
            actor=self.user,
            title=given["title"],
            seminar=self.seminar_named(given.get("seminar")),
            content=None if criteria is None else content_from(criteria),
            note=given.get("note", ""),
        )
        return self.made(rubric)


class RubricDetail(RubricReader):
    """One rubric."""

    @extend_schema(responses={200: RubricSerializer}, description="One rubric.")
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The rubric."""
        return Response(self.get_serializer(self.rubric).data)

    @extend_schema(
        request=RubricChangeShape,
        responses={200: RubricSerializer},
        description="Call it otherwise, archive it, or take it out of the archive.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change it."""
        shape = self.given(RubricChangeShape)
        given, version = shape.validated_data, self.version(shape)
        with transaction.atomic():
            rubric = self.rubric
            if "title" in given:
                rubric = rename_rubric(
                    actor=self.user, rubric_id=pk, version=version, title=given["title"]
                )
            if "is_archived" in given:
                rubric = archive_rubric(
                    actor=self.user,
                    rubric_id=pk,
                    version=None if "title" in given else version,
                    is_archived=given["is_archived"],
                )
        return Response(self.shown(rubric))


@extend_schema_view(
    get=extend_schema(
        operation_id="rubrics_versions_list",
        description="The versions of a rubric with all that they say, the first one first.",
    ),
    post=extend_schema(
        request=RubricVersionShape,
        responses={200: RubricVersionSerializer, 201: RubricVersionSerializer},
        operation_id="rubrics_versions_create",
        description="Publish the whole of the next version. Assignments stay on the version they "
        "have. What says the same as the newest version makes none: then that one is the answer, "
        "with 200.",
    ),
)
class RubricVersionList(RubricReader, generics.ListAPIView[RubricVersion]):
    """The versions of one rubric."""

    has_pages = True
    page_order = ("number",)
    demands = frozenset({"POST"})
    queryset = RubricVersion.objects.none()
    serializer_class = RubricVersionSerializer

    def get_queryset(self) -> QuerySet[Any]:
        """All of them, with what they say."""
        versions = RubricVersion.objects.filter(rubric=self.rubric)
        return versions.select_related("published_by").prefetch_related(with_content())

    def get_serializer_context(self) -> dict[str, Any]:
        """Whoever sees a rubric itself reads what markers read."""
        return {**super().get_serializer_context(), "for_markers": True}

    def post(self, request: Request, pk: UUID) -> Response:
        """Publish the next one."""
        shape = self.given(RubricVersionShape)
        given = shape.validated_data
        version, is_new = publish_rubric_version(
            actor=self.user,
            rubric_id=pk,
            version=self.version(shape),
            content=content_from(given["criteria"]),
            note=given.get("note", ""),
        )
        fresh = self.get_queryset().get(pk=version.pk)
        address = reverse("api:rubric-version-detail", args=[pk, version.number], request=request)
        data = RubricVersionSerializer(fresh, context=self.get_serializer_context()).data
        headers = {"Location": address} if is_new else {"Content-Location": address}
        return Response(data, status=201 if is_new else 200, headers=headers)


class RubricVersionDetail(RubricReader):
    """One version of a rubric."""

    serializer_class = RubricVersionSerializer

    def find(self) -> None:
        """The version, as staff or as a student of whom it is asked. Raises Missing."""
        visible = RubricVersion.objects.visible_to(self.user).select_related(
            "published_by", "rubric__seminar"
        )
        rows = visible.prefetch_related(with_content())
        found = rows.filter(rubric=self.kwargs["pk"], number=self.kwargs["number"]).first()
        if found is None:
            raise Missing
        self.found = found

    def get_serializer_context(self) -> dict[str, Any]:
        """To students the text for markers is not shown."""
        rubric = self.found.rubric if hasattr(self, "found") else None
        seminar = rubric.seminar if rubric else None
        member = membership_of(self.user, seminar) if seminar else None
        is_own = rubric is not None and seminar is None
        reads = is_own or may_read_marker_text(member)
        return {**super().get_serializer_context(), "for_markers": reads}

    @extend_schema(
        responses={200: RubricVersionSerializer},
        operation_id="rubrics_versions_retrieve",
        description="One version, by its number. Students see those that they are asked by.",
    )
    def get(self, request: Request, pk: UUID, number: int) -> Response:  # noqa: ARG002 - DRF's signature
        """The version."""
        return Response(self.get_serializer(self.found).data)


class RubricCopy(RubricReader):
    """A rubric copied."""

    changes = False

    @extend_schema(
        request=CopyRubricShape,
        responses={201: RubricSerializer},
        operation_id="rubrics_copy_create",
        description="Copy the newest version into your library, or as its instructor into a "
        "seminar. Keys of criteria and levels stay the same.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Copy it."""
        given = self.given(CopyRubricShape).validated_data
        copied = copy_rubric(
            actor=self.user,
            rubric_id=pk,
            seminar=self.seminar_named(given.get("seminar")),
            title=given.get("title", ""),
        )
        return self.made(copied)


class RubricExport(RubricReader):
    """A rubric as a file."""

    query_parameters = frozenset({"format"})

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=list(FORMATS), description="json if none.")
        ],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiTypes.STR,
        },
        operation_id="rubrics_export_retrieve",
        description="The newest version as a file: JSON with its keys, or a table with one row a "
        "level.",
    )
    def get(self, request: Request, pk: UUID) -> HttpResponse:  # noqa: ARG002 - DRF's signature
        """The file."""
        form = request.query_params.get("format", "json")
        if form not in FORMATS:
            raise BadParameters({"format": ["Choose one of: " + ", ".join(FORMATS) + "."]})
        newest = latest_of(self.rubric)
        if newest is None:
            raise Missing
        return exported(self.rubric, newest, form)


class RubricImport(RubricReader):
    """A rubric read from a file."""

    def find(self) -> None:
        """Nothing is named by the address."""

    @extend_schema(
        request=ImportRubricShape,
        responses={201: RubricSerializer},
        operation_id="rubrics_import_create",
        description="Make a rubric of a file's text. What is wrong with it is a 400 with the code "
        "`unreadable`, which says line and column.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Read it."""
        given = self.given(ImportRubricShape).validated_data
        seminar = self.seminar_named(given.get("seminar"))
        try:
            title, content = read_file(given["text"])
        except Unreadable as error:
            raise Invalid(str(error), field="text", code="unreadable") from error
        rubric = create_rubric(
            actor=self.user,
            title=given.get("title") or title,
            seminar=seminar,
            content=content,
        )
        return self.made(rubric)
