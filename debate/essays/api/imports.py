"""Essays on their way in, and the next revisions of essays, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters
from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.fields import Choice, Id, Shape, Text, Whole
from debate.core.api.views import ApiView
from debate.core.errors import Invalid, Missing, NotAllowed, Stale, TooMany
from debate.essays.actions import (
    Head,
    change_head,
    correct_import,
    discard_import,
    finish_import,
    go_on_from,
    start_import,
    start_revision,
    undo_correction,
)
from debate.essays.api.essays import EssaySerializer
from debate.essays.forms import text_of
from debate.essays.importing import sandbox
from debate.essays.importing.blocks import numbered
from debate.essays.importing.errors import ImportRefused
from debate.essays.importing.formats import EXACT
from debate.essays.importing.markdown_writer import to_markdown
from debate.essays.models import Essay, ImportDraft
from debate.essays.permissions import may_import
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.accounts.models import User
    from debate.essays.importing.blocks import Draft

MEDIA_TYPES = (EXACT, "text/markdown", "text/html", "text/plain")
ORIGIN = ("source_url", "licence_note")
HEAD = ("title", "author", "affiliation", "language")
BUSY_SECONDS = 60
ONLY_INSTRUCTORS = "Only instructors of this seminar import essays."


def read_text(text: str, media_type: str) -> Draft:
    """The draft of an essay in the text. Raises Invalid on `text`, TooMany while others are read."""
    try:
        return sandbox.read_paste(text, media_type=media_type)
    except ImportRefused as refused:
        if refused.code == "busy":
            raise TooMany(refused.sentence, extra={"retry_after": BUSY_SECONDS}) from refused
        raise Invalid(refused.sentence, field="text") from refused


class BlockSerializer(serializers.Serializer[Any]):
    """A paragraph to be; one that is left out is not saved."""

    kind = serializers.CharField(read_only=True)
    number = serializers.IntegerField(read_only=True, allow_null=True)
    level = serializers.IntegerField(read_only=True, allow_null=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a member of that name
    text = serializers.CharField(read_only=True)
    html = serializers.CharField(read_only=True)
    left_out = serializers.BooleanField(read_only=True)
    remark = serializers.CharField(read_only=True, help_text="What reading did to it.")


class EssayImportSerializer(serializers.ModelSerializer[ImportDraft]):
    """An essay on its way in, or an essay's next revision, without its text."""

    seminar = serializers.UUIDField(source="seminar_id", read_only=True, allow_null=True)
    essay = serializers.UUIDField(source="essay_id", read_only=True, allow_null=True)
    base = serializers.IntegerField(
        source="base.number",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="The number of the revision that it was made from.",
    )
    title = serializers.CharField(source="draft.title", read_only=True)
    author = serializers.CharField(source="draft.author", read_only=True)
    affiliation = serializers.CharField(source="draft.affiliation", read_only=True)
    language = serializers.CharField(source="draft.language", read_only=True)
    has_undo = serializers.SerializerMethodField(help_text="Whether a change can be taken back.")
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = ImportDraft
        fields = [
            "id",
            "seminar",
            "essay",
            "base",
            "title",
            "author",
            "affiliation",
            "language",
            "source_url",
            "licence_note",
            "version",
            "has_undo",
            "created_at",
            "updated_at",
            "html_url",
        ]
        read_only_fields = fields

    def get_has_undo(self, kept: ImportDraft) -> bool:
        """Whether there is a last change to take back."""
        return bool(kept.previous)

    def get_html_url(self, kept: ImportDraft) -> str:
        """The preview's page."""
        return str(self.context["request"].build_absolute_uri(kept.get_absolute_url()))


class WholeEssayImportSerializer(EssayImportSerializer):
    """An essay on its way in, with its text: as paragraphs, and as Markdown to be changed."""

    blocks = serializers.SerializerMethodField()
    markdown = serializers.SerializerMethodField(
        help_text="The text as `PUT` to `text/` takes it back unchanged."
    )
    left_out = serializers.SerializerMethodField(help_text="What could not become a paragraph.")
    remarks = serializers.SerializerMethodField(help_text="What reading did to the text.")

    class Meta(EssayImportSerializer.Meta):
        fields = [*EssayImportSerializer.Meta.fields, "blocks", "markdown", "left_out", "remarks"]
        read_only_fields = fields

    @extend_schema_field(BlockSerializer(many=True))
    def get_blocks(self, kept: ImportDraft) -> list[dict[str, Any]]:
        """Its paragraphs, in order."""
        draft = kept.draft
        return [
            {
                "kind": block.kind,
                "number": number,
                "level": block.level,
                "label": block.label,
                "text": block.text,
                "html": block.html,
                "left_out": block.left_out,
                "remark": block.remark,
            }
            for block, number in zip(draft.blocks, numbered(draft), strict=True)
        ]

    def get_markdown(self, kept: ImportDraft) -> str:
        """The whole text."""
        return to_markdown(kept.draft)

    def get_left_out(self, kept: ImportDraft) -> list[str]:
        """What it is, and how often."""
        return [str(one) for one in kept.draft.left_out]

    def get_remarks(self, kept: ImportDraft) -> list[str]:
        """In sentences."""
        return list(kept.draft.remarks)


class HeadShape(Shape):
    """What stands above an essay's text, and where it comes from."""

    title = Text(required=False)
    author = Text(required=False)
    affiliation = Text(required=False)
    language = Text(required=False, help_text="As BCP 47 writes it, such as `en` or `pt-BR`.")
    source_url = Text(required=False)
    licence_note = Text(required=False)

    def head_over(self, draft: Draft) -> Head:
        """The head as it is to be: what was sent, over the draft's own."""
        given = self.validated_data
        return Head(**{name: given.get(name, getattr(draft, name)) for name in HEAD})

    def origin(self) -> dict[str, str]:
        """Where it comes from, as far as it was sent."""
        return {name: self.validated_data[name] for name in ORIGIN if name in self.validated_data}


class ReadShape(HeadShape):
    """A text to be read."""

    text = Text()
    media_type = Choice(
        choices=MEDIA_TYPES,
        required=False,
        help_text="What the text is; left out, it is found out.",
    )


class NewEssayShape(ReadShape):
    """An essay to be made in one go; the least is `seminar` and `text`, with its title above it."""

    seminar = Id()


class NewImportShape(ReadShape):
    """An import to be begun: of a new essay in a `seminar`, or of the next revision of an `essay`."""

    seminar = Id(required=False)
    essay = Id(required=False)
    text = Text(required=False, help_text="For a revision it may be left out: the text as it is.")


class ImportChangeShape(HeadShape):
    """What is to change above the text; the rest stays."""

    version = Whole(required=False, help_text="The one that you changed; 412 when it is outdated.")


class TextShape(Shape):
    """The whole text, in place of the one there is."""

    text = Text()
    media_type = Choice(
        choices=MEDIA_TYPES,
        required=False,
        help_text="What the text is; left out, it is Markdown as `markdown` gives it.",
    )
    version = Whole(required=False, help_text="The one that you changed; 412 when it is outdated.")


class VersionShape(Shape):
    """The version that one looked at."""

    version = Whole(
        required=False, help_text="The one that you looked at; 412 when it is outdated."
    )


class BaseShape(VersionShape):
    """The revision, by its number, with which the draft is compared from now on."""

    base = Whole()


class Named(serializers.Serializer[Any]):
    """What a body names, whatever else it holds."""

    seminar = Id(required=False)
    essay = Id(required=False)


def find_seminar(user: User, body: Any, shape: type[Shape]) -> Seminar:
    """The seminar that the body names, before the rest of it is judged. Raises Missing, NotAllowed."""
    named = Named(data=body)
    if not named.is_valid() or "seminar" not in named.validated_data:
        shape(data=body).is_valid(raise_exception=True)
        raise Invalid("This member is required.", field="seminar")
    seminar = Seminar.objects.visible_to(user).filter(pk=named.validated_data["seminar"]).first()
    if seminar is None:
        raise Missing(field="seminar")
    if not may_import(membership_of(user, seminar), seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    return seminar


def find_essay(user: User, essay_id: UUID) -> Essay:
    """The essay that the person revises. Raises Missing, NotAllowed."""
    visible = Essay.objects.visible_to(user).select_related("seminar")
    essay = visible.filter(pk=essay_id).first()
    if essay is None:
        raise Missing
    if not may_import(membership_of(user, essay.seminar), essay.seminar):
        raise NotAllowed("Only instructors of this seminar revise essays.")
    return essay


def put_head(user: User, kept: ImportDraft, shape: HeadShape) -> ImportDraft:
    """The import under the head that was sent, as far as it was; the rest stays."""
    if not shape.validated_data.keys() & {*HEAD, *ORIGIN}:
        return kept
    origin = {name: getattr(kept, name) for name in ORIGIN} | shape.origin()
    return change_head(
        actor=user,
        import_id=kept.pk,
        version=kept.version,
        head=shape.head_over(kept.draft),
        **origin,
    )


class ImportFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which imports."""

    seminar = django_filters.UUIDFilter(field_name="seminar_id", label="Into that seminar.")
    essay = django_filters.UUIDFilter(
        field_name="essay_id", label="The next revision of that essay."
    )

    class Meta:
        model = ImportDraft
        fields: list[str] = []


class ImportReader(ApiView):
    """What views of imports share: one's own are all there are."""

    required_scope = Scope.ADMIN
    queryset = ImportDraft.objects.none()
    serializer_class = EssayImportSerializer

    def get_queryset(self) -> QuerySet[ImportDraft]:
        """The person's imports."""
        mine = ImportDraft.objects.visible_to(self.user)
        return mine.select_related("seminar", "essay", "base")

    def shown(self, import_id: UUID) -> dict[str, Any]:
        """The import as it is now, whole."""
        kept = self.get_queryset().get(pk=import_id)
        return dict(WholeEssayImportSerializer(kept, context=self.get_serializer_context()).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="imports_list",
        description="Your imports under way: essays to be, and next revisions of essays.",
    )
)
class ImportList(ImportReader, generics.ListAPIView[ImportDraft]):
    """The imports of the person who asks."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    has_pages = True
    filterset_class = ImportFilters

    @extend_schema(
        request=NewImportShape,
        responses={200: WholeEssayImportSerializer, 201: WholeEssayImportSerializer},
        operation_id="imports_create",
        description="Read a text as an essay of a `seminar`, to be looked at before it is one, or "
        "begin the next revision of an `essay`; of that you have one, which is answered with 200 if "
        "it is there already. For instructors, with the scope `admin`.",
    )
    def post(self, request: Request) -> Response:
        """Begin an import."""
        named = Named(data=request.data)
        is_revision = named.is_valid() and "essay" in named.validated_data
        if is_revision:
            essay = find_essay(self.user, named.validated_data["essay"])
        else:
            seminar = find_seminar(self.user, request.data, NewImportShape)
        shape = NewImportShape(data=request.data)
        shape.is_valid(raise_exception=True)
        kept, is_new = (
            self._revision(essay, shape) if is_revision else (self._essay(seminar, shape), True)
        )
        address = reverse("api:import-detail", args=[kept.pk], request=request)
        headers = {"Location": address} if is_new else None
        return Response(self.shown(kept.pk), status=201 if is_new else 200, headers=headers)

    def _essay(self, seminar: Seminar, shape: NewImportShape) -> ImportDraft:
        given = shape.validated_data
        if "text" not in given:
            raise Invalid("This member is required.", field="text")
        draft = read_text(given["text"], given.get("media_type", ""))
        with transaction.atomic():
            kept = start_import(actor=self.user, seminar=seminar, draft=draft, **shape.origin())
            return put_head(self.user, kept, shape)

    def _revision(self, essay: Essay, shape: NewImportShape) -> tuple[ImportDraft, bool]:
        given = shape.validated_data
        read = read_text(given["text"], given.get("media_type", EXACT)) if "text" in given else None
        is_new = not ImportDraft.objects.visible_to(self.user).filter(essay=essay).exists()
        with transaction.atomic():
            kept = start_revision(actor=self.user, essay=essay)
            if read is not None:
                kept = correct_import(
                    actor=self.user, import_id=kept.pk, version=kept.version, edit=text_of(read)
                )
            return put_head(self.user, kept, shape), is_new


class ImportOne(ImportReader):
    """What views of one import share."""

    serializer_class = WholeEssayImportSerializer

    def find(self) -> None:
        """The person's import. Raises Missing."""
        kept = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if kept is None:
            raise Missing
        self.kept = kept

    def seen(self, shape: Shape | None = None) -> int:
        """The version that was looked at; the current one where none is named. Raises Stale."""
        if self.version(shape) not in {None, self.kept.version}:
            raise Stale("This import has been changed since you read it.", field="version")
        return self.kept.version


class ImportDetail(ImportOne):
    """One import."""

    @extend_schema(
        responses={200: WholeEssayImportSerializer},
        operation_id="imports_retrieve",
        description="One of your imports, with its text.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The import."""
        return Response(self.shown(pk))

    @extend_schema(
        request=ImportChangeShape,
        responses={200: WholeEssayImportSerializer},
        operation_id="imports_partial_update",
        description="Change what stands above the text, and where it comes from. For instructors, "
        "with the scope `admin`.",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change the head."""
        shape = ImportChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        self.seen(shape)
        put_head(self.user, self.kept, shape)
        return Response(self.shown(pk))

    @extend_schema(
        responses={204: None},
        operation_id="imports_destroy",
        description="Drop the import: no essay, and no revision, comes of it.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Drop it."""
        self.seen()
        discard_import(actor=self.user, import_id=pk)
        return Response(status=204)


class ImportText(ImportOne):
    """The text of one import."""

    @extend_schema(
        request=TextShape,
        responses={200: WholeEssayImportSerializer},
        operation_id="imports_text_update",
        description="Put another text in place of the import's; what stands above it stays.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Replace the text."""
        shape = TextShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        read = read_text(given["text"], given.get("media_type", EXACT))
        correct_import(actor=self.user, import_id=pk, version=self.seen(shape), edit=text_of(read))
        return Response(self.shown(pk))


class ImportUndo(ImportOne):
    """The last change of one import, taken back."""

    @extend_schema(
        request=VersionShape,
        responses={200: WholeEssayImportSerializer},
        operation_id="imports_undo_create",
        description="Take the last change of the import back; only one is kept.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Take it back."""
        shape = VersionShape(data=request.data)
        shape.is_valid(raise_exception=True)
        undo_correction(actor=self.user, import_id=pk, version=self.seen(shape))
        return Response(self.shown(pk))


class ImportGoOn(ImportOne):
    """Another revision for the draft to be compared with."""

    def find(self) -> None:
        """The person's draft of a revision. Raises Missing for one of a new essay."""
        super().find()
        if self.kept.essay is None:
            raise Missing

    @extend_schema(
        request=BaseShape,
        responses={200: WholeEssayImportSerializer},
        operation_id="imports_go_on_create",
        description="Where somebody else published a revision meanwhile: keep your text, and "
        "compare it from now on with the revision of that number.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Go on from that revision."""
        shape = BaseShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        revisions = cast("Essay", self.kept.essay).revisions
        number = given["base"]
        base = revisions.filter(number=number).first() if 0 < number < 2**31 else None
        if base is None:
            raise Invalid("This is no revision of the essay.", field="base")
        go_on_from(actor=self.user, import_id=pk, version=self.seen(shape), base=base)
        return Response(self.shown(pk))


class FinishShape(HeadShape):
    """What stands above the essay to be, where it is to be otherwise than in the import."""

    version = Whole(
        required=False, help_text="The one that you looked at; 412 when it is outdated."
    )


class ImportFinish(ImportOne):
    """One import made an essay."""

    @extend_schema(
        request=FinishShape,
        responses={201: EssaySerializer},
        operation_id="imports_finish_create",
        description="Make the essay that the import shows. For instructors, with the scope `admin`; "
        "the next revision of an essay is published instead.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Make the essay."""
        shape = FinishShape(data=request.data)
        shape.is_valid(raise_exception=True)
        essay = finish_import(
            actor=self.user,
            import_id=pk,
            version=self.seen(shape),
            head=shape.head_over(self.kept.draft),
            **shape.origin(),
        )
        return made(self, essay)


def made(view: ApiView, essay: Essay) -> Response:
    """The answer to what made an essay: the essay, and its address."""
    fresh = Essay.objects.for_library().get(pk=essay.pk)
    address = reverse("api:essay-detail", args=[essay.pk], request=view.request)
    body = EssaySerializer(fresh, context=view.get_serializer_context()).data
    return Response(body, status=201, headers={"Location": address})


def make_essay(*, actor: User, seminar: Seminar, shape: NewEssayShape) -> Essay:
    """Read the text and make an essay of it in one go. Raises what reading and finishing do."""
    given = shape.validated_data
    draft = read_text(given["text"], given.get("media_type", ""))
    with transaction.atomic():
        kept = start_import(actor=actor, seminar=seminar, draft=draft, **shape.origin())
        return finish_import(
            actor=actor, import_id=kept.pk, version=kept.version, head=shape.head_over(draft)
        )
