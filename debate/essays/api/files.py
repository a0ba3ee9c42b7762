"""Essays as files in the API: Word, PDF, HTML, Markdown or plain text, sent as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.core.api.exceptions import BadParameters
from debate.core.api.parsers import FileParser
from debate.core.errors import Invalid, Missing, NotAllowed, TooMany
from debate.core.text import clean_name
from debate.essays.actions import correct_import, start_import
from debate.essays.api.imports import (
    BUSY_SECONDS,
    ONLY_INSTRUCTORS,
    ImportOne,
    ImportReader,
    WholeEssayImportSerializer,
)
from debate.essays.forms import text_of
from debate.essays.importing import sandbox
from debate.essays.importing.blocks import BYTES_UPLOADED
from debate.essays.importing.errors import ImportRefused
from debate.essays.permissions import may_import
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.essays.importing.blocks import Draft

LONGEST_NAME = 200
NAMELESS = "essay"
FILENAME = OpenApiParameter(
    "filename", str, description="What the file is called; its ending tells what it is."
)
FILE = {"application/octet-stream": OpenApiTypes.BINARY}


class EssayParser(FileParser):
    """An essay in any format that is read."""

    most = BYTES_UPLOADED
    sentence = "The file is larger than 2 MiB."


class FileReader(ImportReader):
    """What views that take a file share."""

    parser_classes = [EssayParser]
    query_parameters = frozenset({"filename"})

    def filename(self) -> str:
        """What the file is called. Raises BadParameters."""
        given = self.request.query_params.get("filename", "")
        try:
            return clean_name(given, field="filename", limit=LONGEST_NAME, required=False)
        except Invalid as error:
            raise BadParameters({"filename": [error.sentence]}) from error

    def read(self, filename: str) -> Draft:
        """The draft of an essay in the file. Raises Invalid on `file`, TooMany while others are read."""
        body: Any = self.request.data
        try:
            return sandbox.read(
                body if isinstance(body, bytes) else b"",
                filename=filename or NAMELESS,
                media_type=self.request.content_type or "",
            )
        except ImportRefused as refused:
            if refused.code == "busy":
                raise TooMany(refused.sentence, extra={"retry_after": BUSY_SECONDS}) from refused
            raise Invalid(refused.sentence, field="file") from refused


class ImportUpload(FileReader):
    """An import begun with a file."""

    def find(self) -> None:
        """The seminar, whose instructor the person is. Raises Missing, NotAllowed."""
        visible = Seminar.objects.visible_to(self.user).filter(pk=self.kwargs["seminar_id"])
        seminar = visible.first()
        if seminar is None:
            raise Missing
        if not may_import(membership_of(self.user, seminar), seminar):
            raise NotAllowed(ONLY_INSTRUCTORS)
        self.seminar = seminar

    @extend_schema(
        parameters=[FILENAME],
        request=FILE,
        responses={201: WholeEssayImportSerializer},
        operation_id="seminars_import_file_create",
        description="Read a file (DOCX, PDF, HTML, Markdown or plain text, at most 2 MiB), which is "
        "the body, as an essay of the seminar, to be looked at before it is one. For instructors, "
        "with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Begin an import."""
        filename = self.filename()
        draft = self.read(filename)
        kept = start_import(actor=self.user, seminar=self.seminar, draft=draft, filename=filename)
        address = reverse("api:import-detail", args=[kept.pk], request=request)
        return Response(self.shown(kept.pk), status=201, headers={"Location": address})


class ImportFile(FileReader, ImportOne):
    """The text of one import, from a file."""

    @extend_schema(
        parameters=[FILENAME],
        request=FILE,
        responses={200: WholeEssayImportSerializer},
        operation_id="imports_file_update",
        description="Put the text of a file, which is the body, in place of the import's; what "
        "stands above it stays.",
    )
    def put(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Replace the text."""
        draft = self.read(self.filename())
        correct_import(actor=self.user, import_id=pk, version=self.seen(), edit=text_of(draft))
        return Response(self.shown(pk))
