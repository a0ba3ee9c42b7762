"""What every view of the API does alike, in which order, and the index of the whole."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpResponseNotModified, HttpResponsePermanentRedirect
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

from debate.core.api import idempotency, pagination, rates
from debate.core.api.conditional import (
    NEVER,
    etag,
    if_match,
    is_unmodified,
    names_version,
    refuse_stale,
    refuse_versions,
    tag_of,
    tags_of,
    version_in,
)
from debate.core.api.exceptions import BadParameters
from debate.core.api.parsers import BoundedJSONParser, MergePatchParser
from debate.core.errors import PreconditionRequired, Stale
from debate.core.policies import public

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase, QueryDict
    from rest_framework.parsers import BaseParser
    from rest_framework.request import Request

    from debate.core.api.fields import Shape

__all__ = ["NO_COPIES", "Answering", "ApiView", "ApiViewSet", "RootView", "if_match", "unknown"]

NO_COPIES = "private, no-store"
"""`caching` of answers that no copy may be kept of: grades, marks, addresses."""
CHANGING = frozenset({"PUT", "PATCH", "DELETE"})
TRUTH = {"true": True, "1": True, "false": False, "0": False, "": False}
PATCHES = f"{MergePatchParser.media_type}, {BoundedJSONParser.media_type}"
_ID = re.compile(r"(?<=/)[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(?=/|$)", re.ASCII | re.IGNORECASE)
# What an answer "not modified" repeats of the answer that it stands for (RFC 9110, 15.4.5).
REPEATED = ("Cache-Control", "Content-Location", "Date", "Expires", "Vary")


class Answering(APIView):
    """The order in which a request is judged, so that no answer tells what may not be known.

    The method; who asks, and how often; whether the scope suffices; whether the object may be seen
    and the act is allowed (`find`); the names of the query parameters; only then what the body says.
    """

    query_parameters: ClassVar[frozenset[str]] = frozenset()
    repeatable: ClassVar[frozenset[str]] = frozenset()
    # Whether a parameter without a value is judged as one; else it counts as not given.
    takes_blanks: ClassVar[bool] = False
    # Methods that change something of which the sender has to name the version.
    demands: ClassVar[frozenset[str]] = CHANGING
    # Whether a version is looked at all the same where none is demanded.
    compares: ClassVar[bool] = False
    # Members that change without the object: of the hour, of who asks, of where the site is.
    passing: ClassVar[frozenset[str]] = frozenset({"html_url"})
    # The address, by name, of the objects that changes answer with; else that of the request.
    address: ClassVar[str] = ""
    # Whether what is read has a tag; not where no two answers are alike.
    has_tags: ClassVar[bool] = True
    # How answers may be kept (RFC 9111): asked about each time, or not at all.
    caching: ClassVar[str] = "private, no-cache"
    # What the request counts as (a name of `settings.API_RATES`), else by its method.
    rate: ClassVar[str] = ""
    # Whether what is posted only computes, or was a trial: then no answer is kept under a key.
    makes_nothing: bool = False
    share: rates.Share | None = None

    @property
    def user(self) -> Any:
        """The person who asks, of the accounts; on safe methods it may be an anonymous visitor."""
        return self.request.user

    @public
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request. The mark, which the view function takes over, lets anybody in.

        As DRF does it, but that a creation with an `Idempotency-Key` is judged and made in one
        transaction with its key.
        """
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            makes = request.method == "POST" and self.request.user.is_authenticated
            key = idempotency.key_of(self.request) if makes and not self.makes_nothing else ""
            if key:
                response = idempotency.answered_once(
                    self.request, key, self._rendered, is_kept=lambda: not self.makes_nothing
                )
            else:
                response = self._answer()
        except Exception as error:  # noqa: BLE001 - DRF's handler raises again what is our fault
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def _answer(self) -> Any:
        """The answer of the method, once the rest of the request is judged."""
        self.judge(self.request)
        return getattr(self, str(self.request.method).lower())(
            self.request, *self.args, **self.kwargs
        )

    def _rendered(self) -> Any:
        """The same with its bytes, which are kept beside the key."""
        response = self.finalize_response(self.request, self._answer(), *self.args, **self.kwargs)
        return response.render() if hasattr(response, "render") else response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Judge the method, who asks, how often, and the scope. Raises what the problem tells."""
        if request.method not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if request.headers.get("Transfer-Encoding") and not request.headers.get("Content-Length"):
            raise exceptions.ParseError("Send the length of the body as Content-Length.")

    def perform_authentication(self, request: Request) -> None:
        """Know who asks, and count the request to that sender's share. Raises TooMany.

        Who could not be known is an address.
        """
        try:
            super().perform_authentication(request)
        finally:
            self.share = rates.take(request, self.rate)
            if self.share:
                self.share.check()

    def judge(self, request: Request) -> None:
        """Judge everything else but the body. Raises what the problem document then tells."""
        sent = request.query_params
        if not self.takes_blanks:
            _leave_out_blanks(request)
        self.find()
        self._check_parameters(sent)
        tags_of(request)
        if self.demands_version() and not names_version(request):
            raise PreconditionRequired
        if request.method in CHANGING:
            if not (self.compares or self.demands_version()):
                refuse_versions(request)
            self.refuse_present(request)

    def find(self) -> None:
        """Find what the address names, and whether the person may do this to it.

        Raises Missing, Gone or NotAllowed. Views of one object override it.
        """

    def demands_version(self) -> bool:
        """Whether the request has to say which version its change is made from."""
        return self.request.method in self.demands

    def current(self) -> Any:
        """What the object of the address is now, as a GET of it shows it; None for none."""
        return None

    def tag(self, shown: Any) -> str:
        """The tag under which the object is shown."""
        return tag_of(shown, passing=self.passing)

    def version(self, shape: Shape | None = None) -> int | None:
        """The version that the change was made from, by body or header; None for whatever there is.

        Where both say one, both have to hold.
        """
        said = shape.validated_data.get("version") if shape else None
        if said is None:
            return if_match(self.request)
        named = if_match(self.request) if "If-Match" in self.request.headers else None
        return said if named in {None, said} else NEVER

    def refuse_present(self, request: Request) -> None:
        """Raise Stale for what If-None-Match names and is there, such as anything for `*`."""
        if "If-None-Match" in request.headers:
            current = self.current()
            if current is not None and is_unmodified(request, self.tag(current)):
                raise Stale("This is here already, as you have it.", header="If-None-Match")

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Around a change of what has no version of its own: Stale unless If-Match still holds.

        What is compared is what the address shows, in the transaction of the change and under the
        lock of `hold`.
        """
        with transaction.atomic():
            self.hold()
            current = self.current()
            version = None if current is None else version_in(current, passing=self.passing)
            refuse_stale(self.request, version)
            self.refuse_present(self.request)
            yield

    def hold(self) -> None:
        """Lock what the change is of, in the order in which the action locks."""

    def get_parsers(self) -> list[BaseParser]:
        """Those of the view; a change of a part may also call itself a merge patch (RFC 7396)."""
        parsers = super().get_parsers()
        request = getattr(self, "request", None)
        if request is not None and request.method == "PATCH":
            return [*parsers, MergePatchParser()]
        return parsers

    def known_parameters(self) -> frozenset[str]:
        """The query parameters that this request may carry."""
        return self.query_parameters

    def is_trial(self) -> bool:
        """Whether the query asks for what would come of it alone (`dry_run`). Raises BadParameters.

        Then the request makes nothing.
        """
        given = self.request.query_params.get("dry_run", "").lower()
        if given not in TRUTH:
            raise BadParameters({"dry_run": ["Send true or false."]})
        self.makes_nothing = TRUTH[given]
        return TRUTH[given]

    def _check_parameters(self, sent: QueryDict) -> None:
        known = self.known_parameters()
        errors = {}
        for name, values in sent.lists():
            if name not in known:
                errors[name] = ["There is no such parameter here."]
            elif len(values) > 1 and name not in self.repeatable:
                errors[name] = ["This parameter is given more than once."]
        if errors:
            raise BadParameters(errors)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """The methods that are offered, as Allow, and what a PATCH takes; no body."""
        headers = {"Accept-Patch": PATCHES} if "PATCH" in self.allowed_methods else None
        return Response(status=204, headers=headers)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Say that the answer is for whoever asked, and what it depends on (RFC 9111)."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.share.headers() if self.share else {}).items():
            final[name] = value
        final["Cache-Control"] = self.caching
        patch_vary_headers(final, ["Accept", "Authorization", "Cookie"])
        if final.status_code in {200, 201}:
            self._name(request, final)
        if final.status_code == 415:  # noqa: PLR2004 - media type not taken
            taken = ", ".join(one.media_type for one in self.get_parsers())
            final["Accept"] = taken
            if request.method == "PATCH":
                final["Accept-Patch"] = PATCHES
        # So that compressing it leaves the tag a strong one.
        final.names_version = "ETag" in final  # type: ignore[attr-defined]  # for the middleware
        if request.method in SAFE_METHODS and "ETag" in final and final.status_code == 200:  # noqa: PLR2004 - OK
            final = self._as_asked(request, final)
        return final

    def _name(self, request: Request, response: Response) -> None:
        """Say which version is shown and, where it is not what was asked for, of what."""
        shown = getattr(response, "data", None)
        if request.method not in SAFE_METHODS:
            place = response.get("Location") or self._address(request, shown)
            if not place:
                return
            response["Content-Location"] = place
        if "ETag" in response or not self.has_tags:
            return
        if shown is not None:
            response["ETag"] = self.tag(shown)
        elif request.method in SAFE_METHODS and not response.streaming:
            response["ETag"] = etag(0, response.headers.get("Content-Type", ""), response.content)

    def _address(self, request: Request, shown: Any) -> str:
        """The address of the object that a change answers with; "" for none."""
        if self.address and isinstance(shown, dict) and "id" in shown:
            query = request.META.get("QUERY_STRING", "")
            return str(reverse(self.address, args=[shown["id"]])) + (f"?{query}" if query else "")
        return request.get_full_path() if request.method in CHANGING and not self.address else ""

    def _as_asked(self, request: Request, response: Response) -> Any:
        """The answer, or that it is not another than the asker has, or not the one wanted."""
        version = response["ETag"].strip('"').partition("-")[0]
        try:
            refuse_stale(request, version)
        except Stale as error:
            return self.finalize_response(request, self.handle_exception(error))
        tag = is_unmodified(request, response["ETag"])
        if tag is None:
            return response
        unmodified = HttpResponseNotModified(
            headers={name: response[name] for name in REPEATED if name in response}
        )
        unmodified["ETag"] = tag
        unmodified.names_version = True  # type: ignore[attr-defined]  # as of the answer
        return unmodified


def _leave_out_blanks(request: Request) -> None:
    """Let the query be what has a value in it."""
    sent = request.query_params
    if all(one for _, values in sent.lists() for one in values):
        return
    given = sent.copy()
    for name, values in sent.lists():
        if some := [one for one in values if one]:
            given.setlist(name, some)
        else:
            del given[name]
    request._request.GET = given  # type: ignore[assignment]  # noqa: SLF001 - where DRF reads it from


class ApiView(Answering, GenericAPIView[Any]):
    """A view of one resource, or of a list that belongs to one object.

    `page_order` names the fields by which a list is paged, unique together.
    """

    page_order: ClassVar[tuple[str, ...]] = ("id",)
    has_pages: ClassVar[bool] = False

    def current(self) -> Any:
        """The object with the id of the address, through the door of the view's queryset."""
        row = (
            self.get_queryset().filter(pk=self.kwargs["pk"]).first()
            if "pk" in self.kwargs
            else None
        )
        return None if row is None else self.get_serializer(row).data

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
    """No such address: 404, or the way to the same one as it is written here (308).

    That is with a slash at its end, and with ids in small letters.
    """
    address = _as_written(request.path)
    if address != request.path:
        try:
            found = resolve(_as_written(request.path_info))
        except Resolver404:
            raise Http404 from None
        if found.func is not unknown:
            query = request.META.get("QUERY_STRING", "")
            address = f"{address}?{query}" if query else address
            return HttpResponsePermanentRedirect(address, preserve_request=True)
    raise Http404


def _as_written(path: str) -> str:
    """The path with a slash at its end, and with ids in small letters (RFC 9562, 4)."""
    lowered = _ID.sub(lambda one: one[0].lower(), path)
    return lowered if lowered.endswith("/") else f"{lowered}/"
