"""Sources and passages in the API: put on shelves, described, cited, merged, copied, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, mixins, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.passages import (
    add_passage,
    changeable_passage,
    check_passage,
    checkable_passage,
    set_relied_on,
)
from annotations.actions.sources import (
    DETAILS,
    ONLY_ITS_OWN,
    ONLY_KEEPERS,
    SourceDetails,
    add_source,
    change_source,
    check_shelf,
    copy_sources,
    import_sources,
    lock_works,
    merge_sources,
)
from annotations.api.filters import SourceFilters
from annotations.api.serializers import SourceSerializer
from annotations.bibliography.citations import cite_all
from annotations.bibliography.reading import read_references
from annotations.enums import Match
from annotations.forms.sources import LONGEST_PASTE
from annotations.models import Passage, PassageCheck, Source
from annotations.models.named import is_named_to
from annotations.permissions import may_change_source, may_keep_shelf
from annotations.queries.shelf import with_words
from debate.core.api.fields import Change, Choice, Id, Shape, Switch, Text, Texts
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView, ApiViewSet
from debate.core.errors import Invalid, Missing, NotAllowed, named_by
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from annotations.models.evidence import SourceQuerySet


ADDRESS = "source__seminar_id"
LONGEST_WORDS = 200


# -- what is sent --------------------------------------------------------------------------------


class InSeminar(serializers.Serializer[Any]):
    """The seminar that a body names, whatever else it holds."""

    seminar = Id()


class OfSource(serializers.Serializer[Any]):
    """The source that a body names, whatever else it holds."""

    source = Id()  # type: ignore[assignment]  # a member of that name


class DetailsShape(Change):
    """What is known of a work. Members that are left out stay as they are."""

    empty = {**dict.fromkeys(set(DETAILS) - {"not_given"}, ""), "not_given": ()}

    link = Text(required=False, help_text="A DOI, or an address.")
    type = Text(required=False, help_text="A CSL type, such as `article-journal` or `webpage`.")
    title = Text(required=False)
    author = Text(required=False, help_text="Family, Given; several apart by semicolons.")
    editor = Text(required=False, help_text="As `author`.")
    container_title = Text(required=False, help_text="Journal, newspaper, website or book.")
    publisher = Text(required=False)
    publisher_place = Text(required=False)
    issued = Text(required=False, help_text="2024, 2024-05 or 2024-05-31")
    volume = Text(required=False)
    issue = Text(required=False)
    page = Text(required=False)
    number = Text(required=False)
    edition = Text(required=False)
    language = Text(required=False)
    source_type = Text(required=False, help_text="What kind of witness it is.")
    author_qualifications = Text(required=False)
    accessed_on = Text(required=False, help_text="2024-05-31")
    archived_url = Text(required=False)
    interest_note = Text(required=False)
    retraction_note = Text(required=False)
    not_given = Texts(
        required=False,
        help_text="Which of the eight fields of a citation the source does not give: author, "
        "issued, source, title, accessed, url, qualifications, page.",
    )

    def changes(self) -> dict[str, Any]:
        """The members that were sent, by the names of `SourceDetails`."""
        sent = {name: self.validated_data[name] for name in DETAILS if name in self.validated_data}
        return sent | ({"not_given": tuple(sent["not_given"])} if "not_given" in sent else {})


class NewSourceShape(DetailsShape):
    """A work for the shelf of a seminar: at least its title, a link or a DOI."""

    seminar = Id()


class ImportShape(Shape):
    """References as BibTeX or RIS for the shelf of a seminar."""

    seminar = Id()
    text = Text()


class MergeShape(Shape):
    """The work that stays."""

    into = Id()


class CopyShape(Shape):
    """Works for the shelf of another seminar."""

    seminar = Id()
    sources = serializers.ListField(child=Id())


class RunsShape(Change):
    """Which words of a passage are relied on."""

    empty = {"relied_on": ()}

    relied_on = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Pairs of start and end that count code points of `quote`, half-open.",
    )


class PassageShape(Shape):
    """Words taken from a work."""

    source = Id()  # type: ignore[assignment]  # a member of that name
    quote = Text()
    locator = Text(required=False)
    relied_on = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), required=False
    )


class CheckShape(Shape):
    """What a second reader found."""

    opened = Switch(help_text="Whether you opened the source.")
    match = Choice(choices=Match.choices)
    note = Text(required=False)


# -- what is answered ----------------------------------------------------------------------------


class ReaderSerializer(serializers.Serializer[Any]):
    """Who took or checked a passage."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(read_only=True)


def _named(row: Any, person: str) -> dict[str, Any] | None:
    if not row.is_named:
        return None
    user = getattr(row, person)
    return {"id": str(user.pk), "name": user.display_name}


def _with_named(rows: QuerySet[Any], user: Any, person: str, seminar: str) -> QuerySet[Any]:
    rule = is_named_to(user, person=person, seminar=seminar)
    named = rows.annotate(is_named=ExpressionWrapper(rule, output_field=BooleanField()))
    joined: QuerySet[Any] = named.select_related(person)
    return joined


class CheckSerializer(serializers.ModelSerializer[PassageCheck]):
    """What a second reader found; the last check of a passage counts."""

    passage = serializers.UUIDField(source="passage_id", read_only=True)
    by = serializers.SerializerMethodField()

    class Meta:
        model = PassageCheck
        fields = ["id", "passage", "opened", "match", "note", "by", "at"]
        read_only_fields = fields

    @extend_schema_field(ReaderSerializer(allow_null=True))
    def get_by(self, check: PassageCheck) -> dict[str, Any] | None:
        """Who it was; null where the name is not for you."""
        return _named(check, "by")


class PassageSerializer(serializers.ModelSerializer[Passage]):
    """Verbatim words of a source."""

    source = serializers.UUIDField(source="source_id", read_only=True)  # type: ignore[assignment]  # a member of that name
    relied_on = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), read_only=True
    )
    added_by = serializers.SerializerMethodField()
    check = serializers.SerializerMethodField()

    class Meta:
        model = Passage
        fields = [
            "id", "source", "quote", "locator", "relied_on", "added_by", "check", "created_at",
            "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ReaderSerializer(allow_null=True))
    def get_added_by(self, passage: Passage) -> dict[str, Any] | None:
        """Who took it; null where the name is not for you."""
        return _named(passage, "added_by")

    @extend_schema_field(CheckSerializer(allow_null=True))
    def get_check(self, passage: Passage) -> dict[str, Any] | None:
        """The last check; null for none."""
        checks: list[PassageCheck] = passage.shown_checks  # type: ignore[attr-defined]  # prefetched
        return dict(CheckSerializer(checks[-1]).data) if checks else None


class CitationSerializer(serializers.Serializer[Any]):
    """A work as cited in one style: as text, and as HTML with nothing but <i>."""

    text = serializers.CharField(read_only=True)
    html = serializers.CharField(read_only=True)


class CitationsSerializer(serializers.Serializer[Any]):
    """A work as cited in each style."""

    apa = CitationSerializer(read_only=True)
    mla = CitationSerializer(read_only=True)
    chicago = CitationSerializer(read_only=True)


class ImportedSerializer(serializers.Serializer[Any]):
    """A work that was taken from a paste."""

    id = serializers.UUIDField(read_only=True)
    entry = serializers.CharField(read_only=True, help_text="Where it stood in the paste.")
    is_new = serializers.BooleanField(read_only=True)
    left_out = serializers.ListField(child=serializers.CharField(), read_only=True)


class ImportResultSerializer(serializers.Serializer[Any]):
    """What became of a paste, in its order."""

    results = ImportedSerializer(many=True, read_only=True)


def shown_checks(user: Any) -> Prefetch[str, QuerySet[PassageCheck], str]:
    """The checks of passages as the person may know of them, the oldest first, as `shown_checks`."""
    checks = _with_named(PassageCheck.objects.all(), user, "by", f"passage__{ADDRESS}")
    return Prefetch("checks", checks.order_by("pk"), to_attr="shown_checks")


# -- sources -------------------------------------------------------------------------------------


class ShelfFilters(SourceFilters):
    """Which works of the shelves."""

    q = django_filters.CharFilter(
        method="with_words",
        max_length=LONGEST_WORDS,
        label="With each of these words in title, author, publisher or address.",
    )

    def with_words(
        self,
        queryset: SourceQuerySet,
        name: str,  # noqa: ARG002 - django-filter's signature
        value: str,
    ) -> SourceQuerySet:
        """Works with the words."""
        return with_words(queryset, value)


class OfShelves(ApiView):
    """What views of shelves share."""

    def seminar_named(self, body: Any, shape: type[Shape]) -> Seminar:
        """The seminar that the body names, where the person writes, before the rest is judged."""
        named = InSeminar(data=body)
        if not named.is_valid():
            shape(data=body).is_valid(raise_exception=True)
        seminars = Seminar.objects.visible_to(self.user)
        seminar = seminars.filter(pk=named.validated_data["seminar"]).first()
        if seminar is None:
            raise Missing(field="seminar")
        return seminar

    def source_of(self, source_id: UUID) -> Source:
        """The source that the person may know. Raises Missing."""
        sources = Source.objects.visible_to(self.user).select_related("seminar")
        source = sources.filter(pk=source_id).first()
        if source is None:
            raise Missing
        return source


@extend_schema_view(
    list=extend_schema(description="The sources on the shelves of your seminars."),
    retrieve=extend_schema(description="One source."),
)
class SourceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfShelves, ApiViewSet):
    """Sources that the person may see."""

    queryset = Source.objects.none()
    serializer_class = SourceSerializer
    filterset_class = ShelfFilters

    def find(self) -> None:
        """For a change: the source, and whether the person may. Raises Missing, NotAllowed."""
        if "pk" in self.kwargs and self.request.method not in SAFE_METHODS:
            source = self.source_of(self.kwargs["pk"])
            membership = membership_of(self.user, source.seminar)
            if not may_change_source(self.user, membership, source):
                raise NotAllowed(ONLY_ITS_OWN)

    def get_queryset(self) -> QuerySet[Source]:
        """The sources the person may see."""
        return Source.objects.visible_to(self.request.user)

    def hold(self) -> None:
        """Lock the source, as changing does."""
        lock_works(self.kwargs["pk"])

    def shown(self, source: Source) -> dict[str, Any]:
        """The source as it stands now."""
        fresh = Source.objects.get(pk=source.pk)
        return dict(self.get_serializer(fresh).data)

    @extend_schema(
        request=NewSourceShape,
        responses={200: SourceSerializer, 201: SourceSerializer},
        description="Put a work on a shelf. One that stands there already is completed by what was "
        "not known of it, and answered with 200. What others cite where you may not read it is not "
        "found: yours is a work of its own.",
    )
    def create(self, request: Request) -> Response:
        """Put a work on the shelf."""
        seminar = self.seminar_named(request.data, NewSourceShape)
        check_shelf(self.user, seminar)
        shape = NewSourceShape(data=request.data)
        shape.is_valid(raise_exception=True)
        details = SourceDetails(**shape.changes())
        source, is_new = add_source(actor=self.user, seminar=seminar, details=details)
        address = reverse("api:source-detail", args=[source.pk], request=request)
        status = 201 if is_new else 200
        return Response(self.shown(source), status=status, headers={"Location": address})

    @extend_schema(
        request=DetailsShape,
        responses={200: SourceSerializer},
        description="Say otherwise what is known of a work; staff do, and whoever put it there.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what is known of the work."""
        shape = DetailsShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            source = change_source(actor=self.user, source_id=pk, changes=shape.changes())
        return Response(self.shown(source))


class CitationsView(OfShelves):
    """One work as cited in each style."""

    queryset = Source.objects.none()
    serializer_class = CitationsSerializer

    def find(self) -> None:
        """The source. Raises Missing."""
        self.source = self.source_of(self.kwargs["pk"])

    @extend_schema(
        operation_id="sources_citations_retrieve",
        description="The work as cited in APA (7th edition), MLA (9th) and Chicago (18th, notes "
        "and bibliography).",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The citations."""
        cited = cite_all(self.source.item)
        return Response({one.style: {"text": one.text, "html": one.html} for one in cited})


class SourceImportView(OfShelves):
    """References pasted."""

    queryset = Source.objects.none()
    serializer_class = ImportResultSerializer

    @extend_schema(
        request=ImportShape,
        responses={201: ImportResultSerializer},
        operation_id="sources_import_create",
        description="Put the works of a paste in BibTeX or RIS on a shelf, all or none: what "
        "cannot be read is told by entry and line, in `faults`.",
    )
    def post(self, request: Request) -> Response:
        """Read the paste and put its works on the shelf."""
        seminar = self.seminar_named(request.data, ImportShape)
        check_shelf(self.user, seminar)
        shape = ImportShape(data=request.data)
        shape.is_valid(raise_exception=True)
        references = _read(shape.validated_data["text"])
        taken = import_sources(actor=self.user, seminar=seminar, references=references)
        results = [
            {
                "id": str(source.pk),
                "entry": reference.label,
                "is_new": is_new,
                "left_out": list(reference.left_out),
            }
            for reference, (source, is_new) in zip(references, taken, strict=True)
        ]
        return Response({"results": results}, status=201)


def _read(text: str) -> Any:
    if len(text) > LONGEST_PASTE:
        raise Invalid(
            f"At most {LONGEST_PASTE:,} characters are taken.", field="text", code="too_long"
        )
    reading = read_references(text)
    if reading.faults:
        faults = [
            {"entry": one.label, "line": one.line, "field": one.field, "detail": one.sentence}
            for one in reading.faults
        ]
        raise Invalid(
            str(reading.faults[0]), field="text", code="unreadable", extra={"faults": faults}
        )
    if not reading.references:
        raise Invalid("There is nothing to read here.", field="text", code="blank")
    return reading.references


class SourceMergeView(OfShelves):
    """Two works made one."""

    queryset = Source.objects.none()
    serializer_class = SourceSerializer
    demands = frozenset({"POST"})
    address = "api:source-detail"

    def find(self) -> None:
        """The source that goes, and whether the person merges there."""
        source = self.source_of(self.kwargs["pk"])
        if not may_keep_shelf(membership_of(self.user, source.seminar), source.seminar):
            raise NotAllowed(ONLY_KEEPERS)

    def get_queryset(self) -> QuerySet[Source]:
        """The sources the person may see."""
        return Source.objects.visible_to(self.user)

    def hold(self) -> None:
        """Lock the sources, as merging does."""
        named = MergeShape(data=self.request.data)
        into = [named.validated_data["into"]] if named.is_valid() else []
        known = self.get_queryset().filter(pk__in=[self.kwargs["pk"], *into])
        lock_works(*known.values_list("pk", flat=True))

    @extend_schema(
        request=MergeShape,
        responses={200: SourceSerializer},
        operation_id="sources_merge_create",
        description="Make this work and `into` one, which stays; staff of the whole seminar do.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Merge the works."""
        shape = MergeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            into = merge_sources(
                actor=self.user, source_id=pk, into_id=shape.validated_data["into"]
            )
        return Response(SourceSerializer(into, context=self.get_serializer_context()).data)


class SourceCopyView(OfShelves):
    """Works copied to another shelf, which are answered all at once."""

    pagination_class = None
    queryset = Source.objects.none()
    serializer_class = SourceSerializer

    @extend_schema(
        request=CopyShape,
        responses={201: SourceSerializer(many=True)},
        operation_id="sources_copy_create",
        description="Copy works with passages and checks to the shelf of a seminar whose staff you "
        "are.",
    )
    def post(self, request: Request) -> Response:
        """Copy the works."""
        seminar = self.seminar_named(request.data, CopyShape)
        if not may_keep_shelf(membership_of(self.user, seminar), seminar):
            raise NotAllowed("Works are copied to seminars by their instructors and assistants.")
        shape = CopyShape(data=request.data)
        shape.is_valid(raise_exception=True)
        made = copy_sources(actor=self.user, source_ids=shape.validated_data["sources"], to=seminar)
        context = self.get_serializer_context()
        return Response(SourceSerializer(made, many=True, context=context).data, status=201)


# -- passages ------------------------------------------------------------------------------------


class PassageFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which passages."""

    source = django_filters.UUIDFilter(field_name="source_id", label="Of that source.")
    seminar = django_filters.UUIDFilter(field_name=ADDRESS, label="Of that seminar's shelf.")
    checked = SwitchFilter(
        field_name="is_checked", label="1: checked by a second reader; 0: not checked."
    )

    class Meta:
        model = Passage
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        description="The passages that you may know: your own, those of notes that you may read, "
        "and those taken on the shelf, by staff or told to staff."
    ),
    retrieve=extend_schema(description="One passage."),
)
class PassageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfShelves, ApiViewSet):
    """Passages that the person may know."""

    queryset = Passage.objects.none()
    serializer_class = PassageSerializer
    filterset_class = PassageFilters
    # What second readers find is not the passage's.
    passing = frozenset({"check"})

    def find(self) -> None:
        """For a change: the passage, and whether the person may. Raises Missing, NotAllowed."""
        if "pk" in self.kwargs and self.request.method not in SAFE_METHODS:
            changeable_passage(self.user, self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Passage]:
        """The passages with their checks."""
        checks = PassageCheck.objects.filter(passage=OuterRef("pk"))
        passages = Passage.objects.visible_to(self.user).annotate(is_checked=Exists(checks))
        named = _with_named(passages, self.user, "added_by", ADDRESS)
        return named.prefetch_related(shown_checks(self.user))

    def hold(self) -> None:
        """Lock the passage."""
        list(Passage.objects.select_for_update(of=("self",)).filter(pk=self.kwargs["pk"]))

    def shown(self, passage: Passage) -> dict[str, Any]:
        """The passage as the person may know it now."""
        return dict(PassageSerializer(self.get_queryset().get(pk=passage.pk)).data)

    @extend_schema(
        request=PassageShape,
        responses={201: PassageSerializer},
        description="Take words from a source.",
    )
    def create(self, request: Request) -> Response:
        """Take words from a source."""
        named = OfSource(data=request.data)
        if not named.is_valid():
            PassageShape(data=request.data).is_valid(raise_exception=True)
        with named_by("source"):
            source = self.source_of(named.validated_data["source"])
        check_shelf(self.user, source.seminar)
        shape = PassageShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = {name: value for name, value in shape.validated_data.items() if name != "source"}
        passage = add_passage(actor=self.user, source_id=source.pk, **given)
        address = reverse("api:passage-detail", args=[passage.pk], request=request)
        return Response(self.shown(passage), status=201, headers={"Location": address})

    @extend_schema(
        request=RunsShape,
        responses={200: PassageSerializer},
        description="Say which words are relied on; staff do, and whoever took the passage.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Mark the words that are relied on."""
        shape = RunsShape(data=request.data)
        shape.is_valid(raise_exception=True)
        relied_on = shape.validated_data["relied_on"]
        with self.unchanged():
            passage = set_relied_on(actor=self.user, passage_id=pk, relied_on=relied_on)
        return Response(self.shown(passage))


@extend_schema_view(
    get=extend_schema(
        operation_id="passages_checks_list",
        description="What second readers found, the oldest check first.",
    ),
    post=extend_schema(
        request=CheckShape,
        responses={201: CheckSerializer},
        operation_id="passages_checks_create",
        description="Check a passage that somebody else took.",
    ),
)
class CheckList(OfShelves, generics.ListAPIView[PassageCheck]):
    """The checks of one passage."""

    has_pages = True
    queryset = PassageCheck.objects.none()
    serializer_class = CheckSerializer

    def find(self) -> None:
        """The passage; for a post whether the person checks it. Raises Missing, NotAllowed."""
        pk = self.kwargs["pk"]
        if self.request.method not in SAFE_METHODS:
            checkable_passage(self.user, pk)
        elif not Passage.objects.visible_to(self.user).filter(pk=pk).exists():
            raise Missing

    def get_queryset(self) -> QuerySet[PassageCheck]:
        """Its checks, with who made them."""
        checks = PassageCheck.objects.visible_to(self.user).filter(passage=self.kwargs["pk"])
        return _with_named(checks, self.user, "by", f"passage__{ADDRESS}")

    def post(self, request: Request, pk: UUID) -> Response:
        """Check the passage."""
        shape = CheckShape(data=request.data)
        shape.is_valid(raise_exception=True)
        check = check_passage(actor=self.user, passage_id=pk, **shape.validated_data)
        shown = self.get_queryset().get(pk=check.pk)
        return Response(CheckSerializer(shown).data, status=201)
