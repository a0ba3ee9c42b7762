"""The claims of essays and of annotations in the API: read, marked, changed, merged, split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters
from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Prefetch, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, mixins, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.anchoring import MOST_TARGETS
from annotations.actions.claims import (
    ONLY_ITS_KEEPERS,
    ONLY_MARKERS,
    ONLY_READERS,
    accept_claim,
    change_claim,
    mark_claim,
    propose_claim,
    restore_claim,
    withdraw_claim,
)
from annotations.actions.inputs import Target
from annotations.actions.merging import (
    MOST_PARTS,
    ONLY_STAFF,
    merge_claims,
    split_claim,
    unmerge_claim,
)
from annotations.api.inputs import AnchorShape
from annotations.api.serializers import AnchorSerializer
from annotations.api.views import REVISION
from annotations.enums import ClaimOrigin, ClaimType, MapStatus
from annotations.models import Claim, ClaimAnchor, ClaimVersion
from annotations.models.named import is_named_to
from annotations.queries.claims import Keeper, readable_versions
from annotations.queries.graph import rules_of
from debate.assignments.models import Assignment
from debate.core.api.fields import Addressed, Change, Choice, Id, Shape, Switch, Text, Whole
from debate.core.api.filters import MomentFilter, SwitchFilter, whole_parameter
from debate.core.api.views import ApiView, ApiViewSet
from debate.core.errors import Missing, NotAllowed

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


SEMINAR = "assignment__seminar_id"
VERSION_HELP = "The one that you changed; 412 when it is outdated."


class MapPersonSerializer(serializers.Serializer[Any]):
    """Who did something on the map."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)


def named(row: Any, person: str) -> dict[str, Any] | None:
    """The person as the one who asks may know of them; null where the name is not for them."""
    if not row.is_named:
        return None
    user = getattr(row, person)
    return {"id": str(user.pk), "name": user.display_name}


def with_named(rows: QuerySet[Any], user: Any, *, person: str, seminar: str) -> QuerySet[Any]:
    """The rows with `is_named`: whether the user reads the name of `person` beside them."""
    rule = is_named_to(user, person=person, seminar=seminar)
    rows = rows.annotate(is_named=ExpressionWrapper(rule, output_field=BooleanField()))
    return rows.select_related(person)


class MapRowSerializer(serializers.ModelSerializer[Any]):
    """What rows of the map have in common."""

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    annotation = serializers.UUIDField(
        source="annotation_id",
        read_only=True,
        allow_null=True,
        help_text="What makes it; null for what is kept by hand.",
    )
    added_by = serializers.SerializerMethodField()

    @extend_schema_field(MapPersonSerializer(allow_null=True))
    def get_added_by(self, row: Any) -> dict[str, Any] | None:
        """Who added it; null for what an annotation made, and where the name is not for you."""
        return None if row.annotation_id else named(row, "added_by")


class ClaimSerializer(MapRowSerializer):
    """One proposition, of the essay or asserted by an annotation."""

    merged_into = serializers.UUIDField(
        source="shown_merged_into",
        read_only=True,
        allow_null=True,
        help_text="The claim that is shown instead, as it says the same.",
    )
    type = serializers.ChoiceField(choices=[("", "Not said"), *ClaimType.choices], read_only=True)
    anchors = AnchorSerializer(source="shown_anchors", many=True, read_only=True)
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields = [
            "id",
            "assignment",
            "text",
            "origin",
            "status",
            "type",
            "is_thesis",
            "has_burden",
            "is_explicit",
            "annotation",
            "merged_into",
            "anchors",
            "added_by",
            "version",
            "created_at",
            "updated_at",
            "html_url",
        ]
        read_only_fields = fields

    def get_html_url(self, claim: Claim) -> str:
        """The address of its page."""
        request: Request = self.context["request"]
        place = [claim.assignment.seminar.slug, claim.assignment.slug, claim.pk]
        return str(request.build_absolute_uri(reverse("annotations:claim", args=place)))


class ClaimVersionSerializer(serializers.ModelSerializer[ClaimVersion]):
    """A claim as it stood after one of its changes."""

    by = serializers.SerializerMethodField()
    details = serializers.SerializerMethodField()

    class Meta:
        model = ClaimVersion
        fields = ["version", "act", "text", "details", "by", "at"]
        read_only_fields = fields

    @extend_schema_field(MapPersonSerializer(allow_null=True))
    def get_by(self, version: ClaimVersion) -> dict[str, Any] | None:
        """Who changed it; null where the name is not for you."""
        return named(version, "by")

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_details(self, version: ClaimVersion) -> dict[str, Any]:
        """What it was: type, status, thesis, burden, whether the essay says it."""
        names = ("type", "status", "is_thesis", "has_burden", "is_explicit")
        return {name: version.details[name] for name in names if name in version.details}


# --- what is sent --------------------------------------------------------------------------------


class ClaimWordsShape(Shape):
    """What a claim says and is."""

    text = Text(required=False, help_text="At most 300 characters; else the words themselves.")
    type = Choice(choices=[("", "Not said"), *ClaimType.choices], required=False)
    is_thesis = Switch(required=False)
    is_explicit = Switch(
        required=False, help_text="False for what the essay takes for granted without saying it."
    )


class ClaimShape(ClaimWordsShape):
    """A new claim: of words of the essay, or of what an annotation says."""

    assignment = Id()
    status = Choice(
        choices=[MapStatus.MARKED, MapStatus.PROPOSED],
        required=False,
        help_text="`proposed` when left out. Students mark where the house rules let them.",
    )
    anchors = AnchorShape(  # type: ignore[call-arg]  # of the list that many=True makes
        many=True,
        required=False,
        max_length=MOST_TARGETS,
        error_messages={"max_length": f"At most {MOST_TARGETS} targets are taken."},
    )
    annotation = Id(required=False, allow_null=True)

    def claim(self) -> dict[str, Any]:
        """The claim as the actions take it."""
        given = self.validated_data
        names = ("text", "type", "is_explicit")
        found = {name: given[name] for name in names if name in given}
        found["annotation_id"] = given.get("annotation")
        found["targets"] = [
            Target(
                paragraph_id=one["paragraph"],
                start=one.get("start"),
                end=one.get("end"),
                quote=one.get("quote") or one.get("exact") or "",
                prefix=one.get("prefix", ""),
                suffix=one.get("suffix", ""),
                field=f"anchors.{number}",
            )
            for number, one in enumerate(given.get("anchors", []))
        ]
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A thesis is marked, not proposed."""
        attrs = cast("dict[str, Any]", super().validate(attrs))
        if attrs.get("is_thesis") and attrs.get("status") != MapStatus.MARKED:
            raise serializers.ValidationError({"is_thesis": "This goes with the status `marked`."})
        return attrs


class ClaimChangeShape(Change, ClaimWordsShape):
    """What is to change; what is left out stays."""

    empty = {"type": ""}

    has_burden = Switch(required=False, help_text="For staff.")
    version = Whole(required=False, help_text=VERSION_HELP)


class MapVersionShape(Shape):
    """Nothing but the version that was read."""

    version = Whole(required=False, help_text=VERSION_HELP)


class ClaimMergeShape(MapVersionShape):
    """The claim that is shown instead."""

    into = Id()


class ClaimSplitShape(MapVersionShape):
    """The claims that one claim becomes."""

    texts = serializers.ListField(
        child=Text(),
        max_length=MOST_PARTS,
        error_messages={"max_length": f"Give from 2 to {MOST_PARTS} texts."},
    )
    bearing = serializers.DictField(
        child=Whole(),
        required=False,
        help_text="Ids of inferences, relations and concessions that go with another text than "
        "the first, with its number from 0.",
    )

    def moves(self) -> dict[UUID, int]:
        """What goes with which text, by id. Raises ValidationError for what is no id."""
        ids = serializers.DictField(child=Whole()).run_validation(
            self.validated_data.get("bearing", {})
        )
        to_id = Id().run_validation
        try:
            return {to_id(name): number for name, number in ids.items()}
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"bearing": error.detail}) from error


# --- which are listed ----------------------------------------------------------------------------


class MapFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What is common to lists of the map. What was taken off stands in one when asked for.

    So does what bears on it, whose own status is as it was.
    """

    assignment = django_filters.UUIDFilter(field_name="assignment_id", label="In that assignment.")
    seminar = django_filters.UUIDFilter(field_name=SEMINAR, label="In that seminar.")
    essay = django_filters.UUIDFilter(field_name="assignment__essay_id", label="On that essay.")
    annotation = django_filters.UUIDFilter(
        field_name="annotation_id", label="Made by that annotation."
    )
    status = django_filters.ChoiceFilter(
        choices=MapStatus.choices,
        label="Of that status; else all but what was taken off, and what bears on that.",
    )
    updated_after = MomentFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at that time or later."
    )
    updated_before = MomentFilter(
        field_name="updated_at", lookup_expr="lt", label="Last changed before that time."
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that all the parameters ask for."""
        found: Any = super().filter_queryset(queryset)
        asks = self.form.cleaned_data.get("status")
        return cast("QuerySet[Any]", found if asks else found.standing())


class ClaimFilters(MapFilters):
    """Which claims."""

    origin = django_filters.ChoiceFilter(choices=ClaimOrigin.choices, label="Of that origin.")
    type = django_filters.ChoiceFilter(choices=ClaimType.choices, label="Of that type.")
    thesis = SwitchFilter(field_name="is_thesis", label="1: the thesis; 0: all others.")
    merged = SwitchFilter(
        field_name="merged_into",
        lookup_expr="isnull",
        exclude=True,
        label="1: shown as another claim; 0: those that stand for themselves.",
    )
    paragraph = django_filters.UUIDFilter(
        method="in_paragraph",
        label="Said in the paragraph of that id, or of that key in the revision shown.",
    )
    q = django_filters.CharFilter(
        field_name="text", lookup_expr="icontains", label="With these words."
    )

    class Meta:
        model = Claim
        fields: list[str] = []

    def in_paragraph(
        self,
        queryset: QuerySet[Claim],
        name: str,  # noqa: ARG002 - django-filter's signature
        value: UUID,
    ) -> QuerySet[Claim]:
        """Claims with an anchor in the paragraph."""
        places = ClaimAnchor.objects.filter(paragraph=value) | ClaimAnchor.objects.filter(
            paragraph__key=value, revision=F("claim__assignment__revision")
        )
        return queryset.filter(pk__in=places.values("claim"))


# --- views ---------------------------------------------------------------------------------------


class MapReader(ApiView):
    """What views of an assignment's map share."""

    def keeper(self, assignment: Assignment) -> Keeper:
        """What the person may do on the map."""
        return Keeper.of(self.user, assignment, rules_of(assignment))

    def open_assignment(self, body: Any, shape: type[Shape]) -> tuple[Assignment, Keeper]:
        """The assignment that the body names, before the rest of it is judged. Raises Missing."""
        addressed = Addressed(data=body)
        if not addressed.is_valid():
            shape(data=body).is_valid(raise_exception=True)
        known = Assignment.objects.set_to(self.user).select_related("seminar")
        assignment = known.filter(pk=addressed.validated_data["assignment"]).first()
        if assignment is None:
            raise Missing(field="assignment")
        return assignment, self.keeper(assignment)


class ClaimReader(MapReader):
    """What views that answer with claims share."""

    query_parameters = frozenset({"revision"})
    queryset = Claim.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = ClaimSerializer
    address = "api:claim-detail"

    def get_queryset(self) -> QuerySet[Any]:
        """The claims that the person may know of, as the API shows them."""
        revision = whole_parameter(self.request, "revision")
        anchors = ClaimAnchor.objects.select_related("revision", "paragraph").defer(
            "paragraph__text", "paragraph__html"
        )
        shown = (
            anchors.filter(revision__number=revision)
            if revision
            else anchors.filter(revision=F("claim__assignment__revision"))
        )
        known = Claim.objects.visible_to(self.user)
        into = Claim.objects.visible_to(self.user).filter(pk=OuterRef("merged_into_id"))
        placed = known.annotate(shown_merged_into=Subquery(into.values("pk")))
        claims = with_named(placed, self.user, person="added_by", seminar=SEMINAR)
        return claims.select_related("assignment__seminar").prefetch_related(
            Prefetch("anchors", shown.order_by("position"), to_attr="shown_anchors")
        )

    def find_one(self) -> Claim:
        """The claim of the address. Raises Missing."""
        known = Claim.objects.visible_to(self.user).select_related("assignment__seminar")
        claim = known.filter(pk=self.kwargs["pk"]).first()
        if claim is None:
            raise Missing
        return claim

    def shown(self, claim: Claim) -> dict[str, Any]:
        """The claim as it is now."""
        fresh = self.get_queryset().get(pk=claim.pk)
        return dict(ClaimSerializer(fresh, context=self.get_serializer_context()).data)


@extend_schema_view(
    list=extend_schema(
        parameters=[REVISION],
        description="The claims that you may know of, oldest first: of essays and of annotations; "
        "those taken off only when you ask for their status.",
    ),
    retrieve=extend_schema(parameters=[REVISION], description="One claim."),
)
class ClaimViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ClaimReader, ApiViewSet):
    """Claims: read, mark or propose, change, take off."""

    filterset_class = ClaimFilters

    def find(self) -> None:
        """For a change, whether the person changes the claim. Raises Missing, NotAllowed."""
        if self.request.method in SAFE_METHODS or "pk" not in self.kwargs:
            return
        claim = self.find_one()
        if not self.keeper(claim.assignment).may_change(claim):
            raise NotAllowed(ONLY_ITS_KEEPERS)

    @extend_schema(
        request=ClaimShape,
        responses={201: ClaimSerializer},
        description="Mark or propose a claim. The least is `assignment` and `anchors`, or "
        "`annotation`, or a `text` that the essay does not say.",
    )
    def create(self, request: Request) -> Response:
        """Mark or propose a claim."""
        assignment, keeper = self.open_assignment(request.data, ClaimShape)
        if not keeper.proposes:
            raise NotAllowed(ONLY_READERS)
        wants = request.data.get("status") if isinstance(request.data, dict) else None
        if wants == MapStatus.MARKED and not keeper.marks:
            raise NotAllowed(ONLY_MARKERS)
        shape = ClaimShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.claim()
        if wants == MapStatus.MARKED:
            thesis = shape.validated_data.get("is_thesis", False)
            claim = mark_claim(
                actor=self.user, assignment_id=assignment.pk, is_thesis=thesis, **given
            )
        else:
            claim = propose_claim(actor=self.user, assignment_id=assignment.pk, **given)
        address = reverse("api:claim-detail", args=[claim.pk], request=request)
        return Response(self.shown(claim), status=201, headers={"Location": address})

    @extend_schema(
        request=ClaimChangeShape,
        responses={200: ClaimSerializer},
        description="Reword a claim of the essay, or say what it is. For staff, and for whoever "
        "proposed it.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the claim."""
        shape = ClaimChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        version = self.version(shape)
        changes = {name: one for name, one in shape.validated_data.items() if name != "version"}
        claim = change_claim(actor=self.user, claim_id=pk, version=version, **changes)
        return Response(self.shown(claim))

    @extend_schema(
        responses={204: None},
        description="Take a claim of the essay off the map, or dismiss a proposal. What bears on "
        "it goes and comes back with it.",
    )
    def destroy(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the claim off."""
        withdraw_claim(actor=self.user, claim_id=pk, version=self.version())
        return Response(status=204)


class AcceptView(ClaimReader):
    """A proposed or implied claim put on the map."""

    def find(self) -> None:
        """The claim, and whether the person marks claims. Raises Missing, NotAllowed."""
        claim = self.find_one()
        if claim.annotation_id or not self.keeper(claim.assignment).marks:
            raise NotAllowed(ONLY_MARKERS)

    @extend_schema(
        request=ClaimChangeShape,
        responses={200: ClaimSerializer},
        operation_id="claims_accept_update",
        description="Put a proposed claim on the map, in its words or others.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Put the claim on the map."""
        shape = ClaimChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        version = self.version(shape)
        changes = {name: one for name, one in shape.validated_data.items() if name != "version"}
        claim = accept_claim(actor=self.user, claim_id=pk, version=version, **changes)
        return Response(self.shown(claim))


class RestoreView(ClaimReader):
    """A claim put back that was taken off."""

    def find(self) -> None:
        """The claim, and whether the person puts it back. Raises Missing, NotAllowed."""
        claim = self.find_one()
        if not self.keeper(claim.assignment).may_restore(claim):
            raise NotAllowed(ONLY_ITS_KEEPERS)

    @extend_schema(
        request=MapVersionShape,
        responses={200: ClaimSerializer},
        operation_id="claims_restore_update",
        description="Put a claim back as it stood before it was taken off. For staff, and for "
        "whoever took it off.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Put the claim back."""
        shape = MapVersionShape(data=request.data)
        shape.is_valid(raise_exception=True)
        claim = restore_claim(actor=self.user, claim_id=pk, version=self.version(shape))
        return Response(self.shown(claim))


class KeptClaim(ClaimReader):
    """A claim that staff merge and split."""

    def find(self) -> None:
        """The claim, and whether the person keeps the map. Raises Missing, NotAllowed."""
        self.claim = self.find_one()
        if not self.keeper(self.claim.assignment).keeps_map:
            raise NotAllowed(ONLY_STAFF)


class MergeView(KeptClaim):
    """Another claim shown instead of one, as they say the same."""

    @extend_schema(
        request=ClaimMergeShape,
        responses={200: ClaimSerializer},
        operation_id="claims_merge_update",
        description="Show another claim instead of this one. What bears on both meets there. For "
        "staff.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Merge the claim."""
        shape = ClaimMergeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        into = shape.validated_data["into"]
        claim = merge_claims(
            actor=self.user, claim_id=pk, into_id=into, version=self.version(shape)
        )
        return Response(self.shown(claim))

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="claims_merge_destroy",
        description="Show the claim by itself again. For staff.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the claims apart."""
        unmerge_claim(actor=self.user, claim_id=pk, version=self.version())
        return Response(status=204)


class SplitView(KeptClaim):
    """Several claims made of one, which are answered all at once."""

    pagination_class = None
    demands = frozenset({"POST"})

    @extend_schema(
        request=ClaimSplitShape,
        responses={201: ClaimSerializer(many=True)},
        operation_id="claims_split_create",
        description="Make two or more claims of one; it says the first text from now on. Answers "
        "with all of them. For staff.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Split the claim."""
        shape = ClaimSplitShape(data=request.data)
        shape.is_valid(raise_exception=True)
        parts = split_claim(
            actor=self.user,
            claim_id=pk,
            texts=shape.validated_data["texts"],
            version=self.version(shape),
            bearing=shape.moves(),
        )
        return Response([self.shown(part) for part in parts], status=201)


@extend_schema_view(
    get=extend_schema(
        operation_id="claims_history_list",
        description="What a claim was before. What it was before it came on the map is for staff "
        "and its proposer.",
    )
)
class ClaimHistoryList(ClaimReader, generics.ListAPIView[ClaimVersion]):
    """The states that one claim has had."""

    has_pages = True
    page_order = ("version",)
    query_parameters = frozenset()
    serializer_class = ClaimVersionSerializer

    def find(self) -> None:
        """The claim. Raises Missing."""
        self.claim = self.find_one()

    def get_queryset(self) -> QuerySet[Any]:
        """The states that the person may read, with who made them."""
        versions = readable_versions(self.user, self.claim)
        seminar = f"claim__{SEMINAR}"
        return with_named(versions, self.user, person="by", seminar=seminar)
