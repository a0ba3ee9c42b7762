"""A baseline: the same resource with django-ninja, by its nested schemas, as its guide shows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from debate.accounts.models import ApiToken
from tests.bench.usual_drf import Annotations


class Bearer(HttpBearer):
    def authenticate(self, request, token):
        known = ApiToken.objects.active().select_related("user")
        found = known.filter(digest=ApiToken.digest_of(token)).first()
        if found:
            request.user = found.user
        return found


class AuthorOut(Schema):
    id: UUID
    name: str
    username: str


class AnchorOut(Schema):
    paragraph_id: UUID | None
    revision_id: UUID
    start: int | None
    end: int | None
    exact: str | None
    prefix: str
    suffix: str
    state: str
    confidence: float


class SourceOut(Schema):
    id: UUID
    csl: dict[str, Any]
    url: str
    doi: str


class PassageOut(Schema):
    quote: str
    locator: str
    source: SourceOut


class AnnotationOut(Schema):
    id: UUID
    kind: str
    status: str
    status_reason: str
    audience: str
    group_id: UUID | None
    round_id: UUID
    author: AuthorOut
    assignment_id: UUID
    body: str
    body_html: str
    anchors: list[AnchorOut]
    parent_id: UUID | None
    root_id: UUID | None
    reply_count: int
    is_answer: bool
    is_met: bool
    is_late: bool
    pinned_at: datetime | None
    locked_at: datetime | None
    tags: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    attacks: str
    counterclaim: str
    stance: str
    warrant: str
    passage: PassageOut | None


class PageOut(Schema):
    items: list[AnnotationOut]
    count: int


api = NinjaAPI(auth=Bearer(), docs_url=None, openapi_url=None)


def rows(request, assignment, since=None):
    view = Annotations()
    request.query_params = {"assignment": assignment, "since": since}
    view.request = request
    return view.get_queryset()


@api.get("/", response=PageOut)
def page(request, assignment: UUID, page: int = 1, since: datetime | None = None):
    found = rows(request, assignment, since)
    return {"items": list(found[100 * (page - 1) : 100 * page]), "count": found.count()}


@api.get("/export/", response=list[AnnotationOut])
def export(request, assignment: UUID):
    return list(rows(request, assignment))
