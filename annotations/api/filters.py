"""Which annotations, evidence and sources a list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Exists, F, OuterRef, Q

from annotations.enums import Kind, Stance, Status
from annotations.models import Anchor, Annotation, Source
from annotations.queries.hits import PageAsked
from annotations.queries.search import Question, matching
from debate.core.api.exceptions import BadParameters
from debate.core.api.filters import MomentFilter, SwitchFilter
from debate.core.errors import Invalid

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.models.annotation import AnnotationQuerySet


class EvidenceFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What is common to the lists of annotations and of evidence.

    Withdrawn annotations, which their authors and staff may still read, stand in a list only when
    their status is asked for.
    """

    assignment = django_filters.UUIDFilter(field_name="assignment_id", label="In that assignment.")
    seminar = django_filters.UUIDFilter(
        field_name="assignment__seminar_id", label="In that seminar."
    )
    essay = django_filters.UUIDFilter(field_name="assignment__essay_id", label="On that essay.")
    paragraph = django_filters.UUIDFilter(
        method="on_paragraph",
        label="Anchored in the paragraph of that id, or of that key in the revision shown.",
    )
    author = django_filters.UUIDFilter(
        field_name="shown_author_id", label="By that person, or that alias."
    )
    parent = django_filters.UUIDFilter(field_name="parent_id", label="Replies to that annotation.")
    root = django_filters.UUIDFilter(
        field_name="root_id", label="Replies of any depth in that annotation's thread."
    )
    status = django_filters.ChoiceFilter(
        choices=Status.choices, label="Of that status; else all but withdrawn ones."
    )
    tag = django_filters.CharFilter(method="with_tag", label="With exactly that tag.")
    q = django_filters.CharFilter(
        method="with_words",
        label="Holding the words, in any form of theirs, in the language of the essay; "
        '`"exact words"`, `or` and `-word` are understood. At most 200 characters.',
    )
    created_after = MomentFilter(
        field_name="created_at", lookup_expr="gte", label="Created at that time or later."
    )
    created_before = MomentFilter(
        field_name="created_at", lookup_expr="lt", label="Created before that time."
    )
    updated_after = MomentFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at that time or later."
    )
    updated_before = MomentFilter(
        field_name="updated_at", lookup_expr="lt", label="Last changed before that time."
    )

    class Meta:
        model = Annotation
        fields: list[str] = []

    def filter_queryset(self, queryset: AnnotationQuerySet) -> AnnotationQuerySet:
        """The annotations that all the parameters ask for."""
        found: AnnotationQuerySet = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.exclude(status="withdrawn")

    def on_paragraph(
        self,
        queryset: AnnotationQuerySet,
        name: str,  # noqa: ARG002 - django-filter's signature
        value: UUID,
    ) -> AnnotationQuerySet:
        """Annotations with an anchor in the paragraph."""
        shown = Q(paragraph__key=value, revision=F("annotation__assignment__revision"))
        anchors = Anchor.objects.filter(Q(paragraph=value) | shown, annotation=OuterRef("pk"))
        return queryset.filter(Exists(anchors))

    def with_tag(
        self,
        queryset: AnnotationQuerySet,
        name: str,  # noqa: ARG002 - django-filter's signature
        value: str,
    ) -> AnnotationQuerySet:
        """Annotations that carry the tag."""
        return queryset.filter(tags__contains=[value])

    def with_words(
        self,
        queryset: AnnotationQuerySet,
        name: str,
        value: str,
    ) -> AnnotationQuerySet:
        """Annotations that say the words, cite them or stand on them. Raises BadParameters."""
        given = self.form.cleaned_data
        inside = {name: given.get(name) for name in ("seminar", "assignment")}
        others = (set(self.data) & set(self.filters)) - {name, *inside}
        user = self.request.user
        view = self.request.parser_context["view"]
        try:
            question = Question.of(user, value, **inside)
            found, view.knows_rows = matching(
                queryset, user, question, plain=not others, page=self.page(view)
            )
        except Invalid as refused:
            raise BadParameters({name: [refused.sentence]}) from refused
        return found

    def page(self, view: Any) -> PageAsked | None:  # noqa: ARG002 - for those who override it
        """The page that is asked for, where the list is of all annotations by age."""
        return None


class EvidenceListFilters(EvidenceFilters):
    """Which evidence."""

    stance = django_filters.ChoiceFilter(choices=Stance.choices, label="Of that stance.")
    source = django_filters.UUIDFilter(
        field_name="passage__source_id", label="Resting on that source."
    )


class AnnotationFilters(EvidenceFilters):
    """Which annotations."""

    kind = django_filters.MultipleChoiceFilter(
        choices=Kind.choices, label="Of that kind; several kinds by giving it again."
    )
    top_level = SwitchFilter(
        field_name="parent", lookup_expr="isnull", label="1: no replies; 0: replies only."
    )
    unanswered = SwitchFilter(
        field_name="is_unanswered", label="1: open questions and challenges; 0: all others."
    )

    def page(self, view: Any) -> PageAsked | None:
        """The page that is asked for, where it is one by age. Raises BadParameters."""
        asked = view.paginator.by_age(self.request, view)
        return PageAsked(*asked) if asked else None


class SourceFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which sources."""

    seminar = django_filters.UUIDFilter(field_name="seminar_id", label="Of that seminar's shelf.")

    class Meta:
        model = Source
        fields: list[str] = []
