"""One level of one criterion for many works: chosen, looked at, given, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotations.grading.actions.bulk import give_level, take_levels_back
from annotations.grading.forms.bulk import LevelForm, signed, unsigned
from annotations.grading.models import Criterion, MarkPart
from annotations.grading.queries.completion import tasks_of
from annotations.grading.queries.marking import ungraded
from annotations.grading.queries.names import shown_name
from annotations.grading.views.finding import find_graded, never_stored
from annotations.queries.progress import is_done
from debate.core.errors import DomainError, NotAllowed
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Choose a level and look who would get it, by GET; posting gives it to those who are ticked."""
    graded = _found(request, seminar, assignment)
    plan = graded.planned
    criteria = list(
        Criterion.objects.filter(rubric_version=plan.rubric_version_id)
        .order_by("position")
        .prefetch_related("levels")
    )
    given = request.POST if request.method == "POST" else request.GET or None
    form = LevelForm(given, criteria=criteria)
    context = _context(graded) | {"form": form}
    if given is None or not form.is_valid():
        return render(request, "grading/bulk.html", context, status=200 if given is None else 400)
    if request.method == "POST":
        return _given(request, graded, form, context)
    criterion, level = form.keys
    context["preview"] = _preview(request, graded, criterion, form.cleaned_data["who"])
    context["chosen"] = _chosen(criteria, criterion, level)
    return render(request, "grading/bulk.html", context)


def _preview(request: SignedInRequest, graded: Graded, key: UUID, who: str) -> list[dict[str, Any]]:
    """Who would get it: the ungraded works, without those that are set by that criterion."""
    plan = graded.planned
    set_already = set(
        MarkPart.objects.filter(
            mark__work__assignment=graded.assignment,
            mark__marker=request.user,
            criterion__key=key,
            points__isnull=False,
        ).values_list("mark__work", flat=True)
    )
    works = [work for work in ungraded(request.user, plan) if work.pk not in set_already]
    tasks = tasks_of(plan, [work.pk for work in works])
    rows = [
        {"id": work.pk, "name": shown_name(work, plan), "tasks": tasks[work.pk]} for work in works
    ]
    rows.sort(key=lambda row: row["name"])
    return [row for row in rows if who == "all" or is_done(row["tasks"])]


def _given(
    request: SignedInRequest, graded: Graded, form: LevelForm, context: dict[str, Any]
) -> HttpResponse:
    criterion, level = form.keys
    try:
        given = give_level(
            actor=request.user,
            assignment_id=graded.assignment.pk,
            criterion_key=criterion,
            level_key=level,
            work_ids=_ids(request.POST.getlist("works")),
        )
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        form.add_error(None, error.sentence)
        return render(request, "grading/bulk.html", context, status=error.status)
    context |= {"given": len(given), "note": signed(criterion, level, given)}
    return render(request, "grading/bulk_done.html", context)


@never_stored
@signed_in
@require_POST
def bulk_undo(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Take back what was given within the last ten minutes and nobody has changed since."""
    graded = _found(request, seminar, assignment)
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    noted = unsigned(request.POST.get("note", ""))
    if noted is None:
        messages.error(request, "This can be taken back for ten minutes only.")
        return redirect("grading:bulk", *place)
    criterion, level, given = noted
    taken = take_levels_back(
        actor=request.user,
        assignment_id=graded.assignment.pk,
        criterion_key=criterion,
        level_key=level,
        given=given,
    )
    works = "work" if taken == 1 else "works"
    messages.success(request, f"Taken back in {taken} {works}; what was changed since stays.")
    return redirect("grading:bulk", *place)


def _found(request: SignedInRequest, seminar: str, assignment: str) -> Graded:
    graded = find_graded(request.user, seminar, assignment)
    if not graded.marks:
        raise NotAllowed("The seminar is archived, so its marks stay as they are.")
    graded.planned  # noqa: B018 - raises Missing without a plan
    return graded


def _context(graded: Graded) -> dict[str, Any]:
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": graded.planned,
    }


def _chosen(criteria: list[Criterion], key: UUID, level_key: UUID) -> dict[str, str]:
    """The words of the choice."""
    criterion = next(one for one in criteria if one.key == key)
    level = next(one for one in criterion.levels.all() if one.key == level_key)
    return {"criterion": criterion.title, "level": level.title}


def _ids(given: list[str]) -> list[UUID]:
    """The works' ids; what is none is passed over, as an unknown one is."""
    found = []
    for one in given:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
