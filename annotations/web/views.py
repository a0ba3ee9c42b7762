"""The Web Annotation Protocol: containers, their pages and annotations (W3C, 2017-02-23)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import orjson
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from annotations.actions import withdraw_annotation
from annotations.actions.refusing import ONLY_ITS_AUTHOR, check_change
from annotations.permissions import may_annotate
from annotations.web import reading, vocabulary
from annotations.web.actions import create_named, replace
from annotations.web.places import resolve
from annotations.web.queries import START, Container, document, find_contained
from annotations.web.rendering import (
    PROFILE,
    ByPreference,
    Json,
    JsonLd,
    LdParser,
    Turtle,
    quality,
)
from annotations.web.turtle import to_turtle
from debate.assignments.models import Assignment
from debate.core.api.conditional import digest, etag, if_match
from debate.core.api.errors import BadMember
from debate.core.api.exceptions import BadParameters
from debate.core.api.filters import whole_parameter
from debate.core.api.parsers import BoundedJSONParser, MergePatchParser
from debate.core.api.views import Answering
from debate.core.errors import Conflict, DomainError, Missing, NotAllowed
from debate.core.policies import public
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from rest_framework.negotiation import BaseContentNegotiation
    from rest_framework.parsers import BaseParser
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from annotations.web.reading import Incoming

RESOURCE = '<http://www.w3.org/ns/ldp#Resource>; rel="type"'
CONTAINER = (
    '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type", '
    "<http://www.w3.org/TR/annotation-protocol/>; "
    'rel="http://www.w3.org/ns/ldp#constrainedBy"'
)
MINIMAL = "http://www.w3.org/ns/ldp#PreferMinimalContainer"
ONLY_IRIS = "http://www.w3.org/ns/oa#PreferContainedIRIs"
DESCRIPTIONS = "http://www.w3.org/ns/oa#PreferContainedDescriptions"
LONGEST_WISH = 2_000
"""Characters of `Prefer` that are read: to search it takes a time that grows with its square."""
_INCLUDED = re.compile(r'\breturn\s*=\s*"?representation"?[^,]*?\binclude\s*=\s*"([^"]*)"')

# What the actions call their input → the member of an annotation that says it.
_MEMBERS = {
    "kind": "motivation",
    "audience": "audience",
    "group": "audience",
    "paragraph": "target",
    "anchors": "target",
    "claim": "target",
    "canonical": "canonical",
    "via": "via",
    "version": "",
}
_OF_A_TARGET = {"paragraph": "source", "source": "source"}


def tag_in_form(shown: dict[str, Any], request: Request) -> str:
    """The tag of a document in the form in which it is sent."""
    content = orjson.dumps(shown)
    version = shown.get("schema:version")
    form = request.accepted_renderer.format
    return etag(version if isinstance(version, int) else digest(content), form, content)


class InWebForms:
    """For the API's view of one annotation: JSON-LD and Turtle for those who ask for them."""

    content_negotiation_class: type[BaseContentNegotiation] = ByPreference

    def get_renderers(self) -> list[BaseRenderer]:
        """Also those of the Web, for reading one annotation."""
        found: list[BaseRenderer] = super().get_renderers()  # type: ignore[misc]  # of the view
        request = getattr(self, "request", None)
        if request is None or request.method not in SAFE_METHODS or "pk" not in self.kwargs:  # type: ignore[attr-defined]
            return found
        return [*found, JsonLd(), Turtle()]

    def in_web_form(self, request: Request) -> Response | None:
        """The annotation, where it is not plain JSON that is asked for."""
        form = request.accepted_renderer
        if not isinstance(form, JsonLd):
            return None
        shown = document(
            request.user,
            self.annotation,  # type: ignore[attr-defined]  # found by the view
            str(request.build_absolute_uri("/"))[:-1],
            revision=whole_parameter(request, "revision"),
        )
        headers = {"ETag": tag_in_form(shown, request), "Link": RESOURCE}
        return Response(shown, headers=headers, content_type=form.sent_as)


class Unrecognized(DomainError):
    """The body is no annotation, or in a context that is not known here (Protocol, 6)."""

    status = 415
    code = "unsupported_media_type"


class WebView(Answering):
    """What containers and annotations have in common."""

    takes_blanks = True
    schema = None  # the protocol is described by its Recommendation, not by OpenAPI
    renderer_classes: ClassVar[list[type[JsonLd]]] = [JsonLd, Turtle, Json]  # type: ignore[misc]  # DRF's own stubs say an instance's
    parser_classes = [LdParser, BoundedJSONParser]
    content_negotiation_class = ByPreference
    # If-Match is obeyed where it is sent (Protocol, 5.3), never demanded.
    demands = frozenset()
    compares = True
    link = RESOURCE

    @property
    def base(self) -> str:
        """The site's scheme and host."""
        return str(self.request.build_absolute_uri("/"))[:-1]

    def find(self) -> None:
        """The assignment. Raises Missing."""
        seen = Assignment.objects.visible_to(self.user).for_pages()
        assignment = seen.filter(pk=self.kwargs["assignment_id"]).first()
        if assignment is None:
            raise Missing
        self.assignment = assignment

    def tag(self, shown: Any) -> str:
        """One tag for each representation (Protocol, 4.1)."""
        return tag_in_form(shown, self.request)

    def read(self, content: Any) -> Incoming:
        """The annotation that was sent. Raises BadMember, Unrecognized."""
        try:
            return reading.read(content)
        except reading.NoAnnotation as fault:
            raise Unrecognized(fault.sentence, field=".".join(map(str, fault.path))) from fault
        except reading.Fault as fault:
            raise BadMember(fault.path, fault.sentence) from fault

    @contextmanager
    def naming_members(self, parent_at: str = "") -> Iterator[None]:
        """Refusals inside name members as the client sent them."""
        try:
            yield
        except DomainError as error:
            error.field = _member(error.field, parent_at)
            raise

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Say on every answer what this is, errors and "not modified" included."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if isinstance(final, Response) and final.data is not None and not final.exception:
            final.content_type = getattr(request.accepted_renderer, "sent_as", None)
        final["Link"] = self.link
        final["Allow"] = ", ".join(self.allowed_methods)
        return final


def _member(field: str, parent_at: str) -> str:
    """Where in the annotation stands what an action calls so."""
    head, *rest = field.split(".")
    if head == "parent":
        return parent_at
    if head == "target":
        place = [one for one in rest if one.isdigit()]
        inner = [one for one in rest if not one.isdigit()]
        return ".".join(["target", *place, *(_OF_A_TARGET.get(one, "selector") for one in inner)])
    return _MEMBERS.get(head, "body") if head else ""


class ContainerView(WebView):
    """An assignment's container: what it holds, and the way to add to it."""

    link = CONTAINER

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As everywhere; pages are only read. Raises MethodNotAllowed."""
        if self._names_page() and request.method == "POST":
            self.http_method_names = ["get", "head", "options"]
        super().initial(request, *args, **kwargs)

    def _names_page(self) -> bool:
        return not {"after", "before"}.isdisjoint(self.request.query_params)

    def find(self) -> None:
        """The assignment, and for a post whether the person writes there. Raises NotAllowed."""
        super().find()
        if self.request.method not in SAFE_METHODS:
            seminar = self.assignment.seminar
            if not may_annotate(membership_of(self.user, seminar), seminar):
                raise NotAllowed("You may read here, but not write.")

    def known_parameters(self) -> frozenset[str]:
        """Those of a reading; a post takes none."""
        if self.request.method in SAFE_METHODS:
            return frozenset({"iris", "anchored", "after", "before"})
        return frozenset()

    def get(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """The container, with its first page or without, or one of its pages."""
        preferred = _preferred(request)
        iris = self._switch("iris")
        if iris is None:
            iris = ONLY_IRIS in preferred and DESCRIPTIONS not in preferred
        container = Container(
            self.user,
            self.assignment,
            self.base,
            iris=iris,
            anchored=self._switch("anchored") or False,
        )
        if self._names_page():
            return Response(container.page(**self._place()))
        headers = {"Content-Location": container.iri}
        if preferred:
            headers["Preference-Applied"] = (
                f'return=representation; include="{_applied(preferred, iris=iris)}"'
            )
        shown = container.description(is_minimal=MINIMAL in preferred)
        return Response(shown, headers=headers)

    def _switch(self, name: str) -> bool | None:
        given = self.request.query_params.get(name)
        if given not in {None, "0", "1"}:
            raise BadParameters({name: ["Give 1 or 0."]})
        return None if given is None else given == "1"

    def _place(self) -> dict[str, UUID | str]:
        """Behind or before which annotation the page lies. Raises BadParameters."""
        query = self.request.query_params
        if "after" in query and "before" in query:
            raise BadParameters({"before": ["Give `after` or `before`, not both."]})
        name = "after" if "after" in query else "before"
        given = query[name]
        if (name, given) == ("after", START):
            return {name: START}
        try:
            return {name: UUID(given)}
        except ValueError:
            raise BadParameters({name: ["This is no page of ours."]}) from None

    def post(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Attach an annotation (Protocol, 5.1)."""
        given = self.read(request.data)
        with self.naming_members():
            where = resolve(given.places, assignment=self.assignment, base=self.base)
        with self.naming_members(where.parent_at):
            made = create_named(
                actor=self.user,
                assignment=self.assignment,
                given=given,
                where=where,
                slug=request.headers.get("Slug", ""),
            )
        made.assignment = self.assignment
        shown = document(self.user, made, self.base)
        return Response(shown, status=201, headers={"Location": shown["id"]})

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Also what a post takes, and that preferences are heard (Protocol, 4.1, 4.2)."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if request.method in SAFE_METHODS:
            final["Accept-Post"] = f"{PROFILE}, {BoundedJSONParser.media_type}"
            final["Vary"] = f"{final['Vary']}, Prefer"
        return final


def _preferred(request: Request) -> set[str]:
    """What the client wants a container's answer to hold (RFC 7240; Protocol, 4.2.1)."""
    match = _INCLUDED.search(request.headers.get("Prefer", "")[:LONGEST_WISH])
    known = {MINIMAL, ONLY_IRIS, DESCRIPTIONS}
    return known.intersection(match.group(1).split()) if match else set()


def _applied(preferred: set[str], *, iris: bool) -> str:
    applied = [MINIMAL] * (MINIMAL in preferred)
    applied += [ONLY_IRIS if iris else DESCRIPTIONS] * (bool(preferred - {MINIMAL}))
    return " ".join(applied)


class AnnotationView(WebView):
    """One annotation of a container: read, replaced, changed, deleted."""

    def find(self) -> None:
        """The annotation, and for a change whether it is the person's. Raises Gone, NotAllowed."""
        super().find()
        self.annotation = find_contained(self.user, self.assignment, self.kwargs["segment"])
        self.annotation.assignment = self.assignment
        if self.request.method in SAFE_METHODS:
            return
        membership = membership_of(self.user, self.assignment.seminar)
        check_change(self.user, membership, self.annotation, ONLY_ITS_AUTHOR)

    def get_parsers(self) -> list[BaseParser]:
        """A change of a part is a merge patch (RFC 7396), whatever it is called."""
        if self.request is not None and self.request.method == "PATCH":
            return [BoundedJSONParser(), MergePatchParser()]
        return super().get_parsers()

    def current(self) -> dict[str, Any]:
        """The annotation as JSON-LD."""
        return document(self.user, self.annotation, self.base)

    def get(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """The annotation."""
        return Response(self.current())

    def put(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Let the annotation be what the document says (Protocol, 5.3)."""
        return self._replaced(request.data, self.current(), self._named_version())

    def patch(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Change the members that are sent; those sent as null are taken away."""
        if not isinstance(request.data, dict):
            raise BadMember((), "Send the members to change: a JSON object.")
        current = self.current()
        version = self._named_version()
        # What was left out was read at this version; another one may not be overwritten.
        version = current["schema:version"] if version is None else version
        for name in {"canonical", "via"} & request.data.keys():
            if request.data[name] is None and name in current:
                raise Conflict("Once set, this stays as it is.", field=name)
        return self._replaced(_merged(current, request.data), current, version)

    def _replaced(self, content: Any, current: dict[str, Any], version: int | None) -> Response:
        given = self.read(content)
        where = None
        if content.get("target") != current["target"]:
            with self.naming_members():
                where = resolve(given.places, assignment=self.assignment, base=self.base)
        with self.naming_members(where.parent_at if where else ""):
            replace(
                actor=self.user,
                annotation=self.annotation,
                given=given,
                where=where,
                version=version,
            )
        return Response(self.current())

    def delete(self, request: Request, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """Withdraw the annotation (Protocol, 5.4)."""
        withdraw_annotation(
            actor=self.user, annotation_id=self.annotation.pk, version=self._named_version()
        )
        return Response(status=204)

    def _named_version(self) -> int | None:
        """The version that If-Match names, of several the annotation's own; None without."""
        return if_match(self.request, self.annotation.version)


def _merged(whole: Any, patch: Any) -> Any:
    """The JSON value with the merge patch applied (RFC 7396, 2)."""
    if not isinstance(patch, dict):
        return patch
    found = dict(whole) if isinstance(whole, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(found.get(name), value)
    return found


@public
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Our vocabulary: a page for people, SKOS as JSON-LD or Turtle for programs that ask for it."""
    base = request.build_absolute_uri("/")[:-1]
    offered = ("text/html", "text/turtle", "application/ld+json", "application/json")
    chosen = max(offered, key=lambda one: quality(request, one))
    graph = vocabulary.to_graph(base)
    if chosen == "text/html":
        context = {
            "concepts": [_term(one, base) for one in vocabulary.CONCEPTS],
            "properties": [_term(one, base) for one in vocabulary.PROPERTIES],
        }
        response = render(request, "web/terms.html", context)
    elif chosen == "text/turtle":
        response = HttpResponse(to_turtle(graph), content_type="text/turtle; charset=utf-8")
    else:
        response = HttpResponse(orjson.dumps(graph), content_type=chosen)
    patch_vary_headers(response, ["Accept"])
    return response


def _term(one: vocabulary.Concept | vocabulary.Property, base: str) -> dict[str, str]:
    """A word as the page shows it, its relations as addresses."""
    found = {name: getattr(one, name, "") for name in one.__slots__}
    for relation in ("broader", "exact"):
        other = found.get(relation, "")
        found[relation] = other if not other or ":" in other else vocabulary.term(base, other)
    return {**found, "iri": vocabulary.term(base, one.name)}
