"""Query parameters as the API takes them: known ones only, and an error that names the bad one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.utils.dateparse import parse_datetime
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from debate.core.api.exceptions import BadParameters

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

LARGEST = 999_999_999  # so that the number fits into PostgreSQL's integer


class Filters(DjangoFilterBackend):  # type: ignore[misc]  # django-filter has no types
    """The view's `filterset_class`; a bad value is a 400 that names its parameter."""

    def get_filterset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """The filters of the view that the query names; None for a view without."""
        whole = self.get_filterset_class(view, queryset)
        if whole is None:
            return None
        asking = _asking(whole, frozenset(request.query_params) & frozenset(whole.base_filters))
        return asking(**self.get_filterset_kwargs(request, queryset, view))

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """The rows that the query asks for. Raises BadParameters."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise BadParameters(
                {name: _said(filterset.form, name, some) for name, some in filterset.errors.items()}
            )
        return filterset.qs


def _said(form: forms.Form, name: str, faults: Any) -> list[str]:
    """What is wrong with a parameter; of one that takes few words, which those are."""
    if any(one.code == "invalid_choice" for one in faults.as_data()):
        words = [str(word) for word, _ in form.fields[name].choices if word]  # type: ignore[attr-defined]  # those of a choice
        return [f"Choose one of: {', '.join(words)}."]
    return [str(one) for one in faults]


@lru_cache(maxsize=256)
def _asking(whole: Any, names: frozenset[str]) -> Any:
    """The filter set with those filters alone: to copy a form of all takes longer than the page."""
    some: Any = type(whole.__name__, (whole,), {})
    some.base_filters = {name: one for name, one in whole.base_filters.items() if name in names}
    return some


class MomentField(forms.CharField):
    """An ISO 8601 time; without offset it is UTC."""

    def to_python(self, value: Any) -> datetime | None:  # type: ignore[override]  # a narrower type
        """The moment. A `+` that the query turned into a space is read as what was meant."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            moment = parse_datetime(text.replace(" ", "+") if "T" in text else text)
            if moment:
                return _in_utc(moment)
        except (ValueError, OverflowError):
            pass  # refused like what has no form of a time at all
        raise forms.ValidationError("Give a time such as 2026-05-31T14:00:00Z.")


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(django_filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """Rows by a time; `lookup_expr` says on which side of it."""

    field_class = MomentField


class SwitchField(forms.CharField):
    """`1` or `0`; other words are refused rather than taken for one of them."""

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]  # a narrower type
        """Whether it is on; None when it was not given."""
        text = super().to_python(value)
        words = {"": None, "1": True, "true": True, "0": False, "false": False}
        if text not in words:
            raise forms.ValidationError("Give 1 or 0.")
        return words[text]


@extend_schema_field(OpenApiTypes.BOOL)
class SwitchFilter(django_filters.Filter):  # type: ignore[misc]  # django-filter has no types
    """Rows for which something holds (`1`) or does not (`0`)."""

    field_class = SwitchField


def whole_parameter(
    request: Request, name: str, *, least: int = 1, most: int = LARGEST
) -> int | None:
    """The query parameter as a whole number within bounds; None when it is not given.

    Raises BadParameters for anything else, also for more digits than the largest has.
    """
    given = request.query_params.get(name)
    if given is None:
        return None
    is_whole = given.isascii() and given.isdecimal() and len(given) <= len(str(most))
    if not (is_whole and least <= int(given) <= most):
        upwards = "" if most == LARGEST else f" to {most}"
        raise BadParameters({name: [f"Give a whole number from {least}{upwards}."]})
    return int(given)
