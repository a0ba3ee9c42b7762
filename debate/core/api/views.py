"""What every view of the API does alike, in which order, and the index of the whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from debate.core.api import pagination
from debate.core.api.exceptions import BadParameters
from debate.core.errors import Invalid
from debate.core.policies import public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase
    from rest_framework.request import Request

CHANGING = ("PUT", "PATCH", "DELETE")
_VERSION = re.compile(r'"?([1-9]\d{0,8})"?', re.ASCII)


def if_match(request: Request) -> int | None:
    """The version of If-Match (RFC 9110, 13.1.1), which is one strong tag here; None without."""
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    match = _VERSION.fullmatch(given)
    if not match:
        raise Invalid('Send the version as If-Match: "3".', code="malformed")
    return int(match.group(1))


class Answering(APIView):
    """The order in which a request is judged, so that no answer tells what may not be known.

    The method; who asks; whether the scope suffices; whether the object may be seen and the act is
    allowed (`find`); the names of the query parameters; only then what the body says.
    """

    query_parameters: ClassVar[frozenset[str]] = frozenset()
    repeatable: ClassVar[frozenset[str]] = frozenset()
    # Whether a change may name the version that it was made from.
    keeps_versions: ClassVar[bool] = False

    @public
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request. The mark, which the view function takes over, lets anybody in."""
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Judge everything but the body. Raises what the problem document then tells."""
        if request.method not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if request.headers.get("Transfer-Encoding") and not request.headers.get("Content-Length"):
            raise exceptions.ParseError("Send the length of the body as Content-Length.")
        self.find()
        self._check_parameters(request)
        if request.method in CHANGING and not self.keeps_versions and if_match(request):
            # Obeyed or refused, but never passed over: its sender relies on it (RFC 9110, 13.1.1).
            raise Invalid("Nothing here has a version: leave If-Match out.", code="malformed")

    def find(self) -> None:
        """Find what the address names, and whether the person may do this to it.

        Raises Missing, Gone or NotAllowed. Views of one object override it.
        """

    def known_parameters(self) -> frozenset[str]:
        """The query parameters that this request may carry."""
        return self.query_parameters

    def _check_parameters(self, request: Request) -> None:
        known = self.known_parameters()
        errors = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[name] = ["There is no such parameter here."]
            elif len(values) > 1 and name not in self.repeatable:
                errors[name] = ["This parameter is given more than once."]
        if errors:
            raise BadParameters(errors)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """The methods that are offered, as Allow; no body."""
        return Response(status=204)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Say that the answer is for whoever asked, and what it depends on (RFC 9111)."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-cache"
        patch_vary_headers(final, ["Accept", "Authorization", "Cookie"])
        return final


class ApiView(Answering, GenericAPIView[Any]):
    """A view of one resource, or of a list that belongs to one object.

    `page_order` names the fields by which a list is paged, unique together.
    """

    page_order: ClassVar[tuple[str, ...]] = ("id",)
    has_pages: ClassVar[bool] = False

    def is_list(self) -> bool:
        """Whether the request reads a list."""
        return self.has_pages and self.request.method in SAFE_METHODS

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists are filtered; an object is there or not."""
        return super().filter_queryset(queryset) if self.is_list() else queryset

    def known_parameters(self) -> frozenset[str]:
        """Those of the view; on lists also those of pages and filters."""
        known = super().known_parameters()
        if not self.is_list():
            return known
        filterset = getattr(self, "filterset_class", None)
        return (
            known | pagination.PARAMETERS | frozenset(filterset.base_filters if filterset else ())
        )


class ApiViewSet(ApiView, GenericViewSet[Any]):
    """Views of one noun: its list and its objects."""

    has_pages = True
    lookup_value_converter = "uuid"

    def is_list(self) -> bool:
        """As of a view; the address of one object is none."""
        return super().is_list() and "pk" not in self.kwargs


class RootView(Answering):
    """The resources of this version of the API, by name."""

    links: Mapping[str, str] = {}

    @extend_schema(responses={200: OpenApiTypes.OBJECT}, operation_id="root_retrieve")
    def get(self, request: Request) -> Response:
        """The address of each resource."""
        return Response({name: reverse(view, request=request) for name, view in self.links.items()})


@public
@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponseBase:
    """No such address: 404, or the way to the same one with a slash at its end (308)."""
    if not request.path.endswith("/"):
        try:
            found = resolve(request.path_info + "/")
        except Resolver404:
            raise Http404 from None
        if found.func is not unknown:
            query = request.META.get("QUERY_STRING", "")
            address = f"{request.path}/?{query}" if query else f"{request.path}/"
            return HttpResponsePermanentRedirect(address, preserve_request=True)
    raise Http404
