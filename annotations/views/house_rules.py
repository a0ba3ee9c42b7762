"""The house rules of an assignment: read and tried by whoever sees it, set by its instructors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotations.actions.house_rules import ONLY_INSTRUCTORS, RULES, set_house_rules
from annotations.forms.claims import KeepRulesForm, TryRulesForm
from annotations.models import HouseRules
from annotations.permissions import may_set_rules
from annotations.queries.graph import argument_graph
from annotations.queries.house_rules import rules_history, try_rules
from annotations.views.claims import GET_AND_POST, number_of, status_of
from annotations.views.reading import assignment_for
from debate.assignments.queries import zone_of
from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import public
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.queries.graph import ArgumentGraph
    from debate.assignments.models import Assignment


@public
@require_http_methods(GET_AND_POST)
def house_rules(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The rules in force, those before, and with `?burden=…` what others would change."""
    found = assignment_for(request.user, seminar, assignment)
    may_set = may_set_rules(membership_of(request.user, found.seminar), found.seminar)
    if request.method == "POST" and not may_set:
        raise NotAllowed(ONLY_INSTRUCTORS)
    graph = argument_graph(request.user, found)
    initial = KeepRulesForm.of(graph.rules) | {"version": graph.rules.version}
    given = request.POST if request.method == "POST" else request.GET
    is_asked = request.method == "POST" or "burden" in request.GET
    of_kind = KeepRulesForm if may_set else TryRulesForm
    form = of_kind(
        given if is_asked else None, zone=zone_of(found.seminar.time_zone), initial=initial
    )
    is_valid = is_asked and form.is_valid()
    if request.method == "POST" and is_valid and _kept(request, found, form):
        return redirect("annotations:house_rules", seminar, assignment)
    versions, following = rules_history(
        request.user, found, number_of(request.GET.get("before", ""))
    )
    context = {
        "assignment": found,
        "form": form,
        "graph": graph,
        "may_set": may_set,
        "versions": versions,
        "following": following,
        "at": timezone.now(),
        **(_tried(request, found, graph, form) if is_valid else {}),
    }
    return render(request, "annotations/house_rules.html", context, status=status_of(form))


def _kept(request: HttpRequest, assignment: Assignment, form: TryRulesForm) -> bool:
    """Whether the rules were taken; else the form tells why not."""
    given = form.cleaned_data
    try:
        rules = set_house_rules(
            actor=request.user,  # type: ignore[arg-type]  # an instructor has signed in
            assignment_id=assignment.pk,
            version=given["version"],
            note=given["note"],
            **{name: given[name] for name in RULES},
        )
    except DomainError as error:
        show_refusal(form, error)
        return False
    messages.success(request, f"These are the house rules now, as version {rules.version}.")
    return True


def _tried(
    request: HttpRequest, assignment: Assignment, graph: ArgumentGraph, form: TryRulesForm
) -> dict[str, object]:
    """What the typed rules would change."""
    tried = HouseRules(
        assignment=assignment,
        version=graph.rules.version,
        **{name: form.cleaned_data[name] for name in RULES},
    )
    is_other = any(getattr(tried, name) != getattr(graph.rules, name) for name in RULES)
    trial = try_rules(request.user, assignment, graph, tried) if is_other else None
    return {"tried": tried, "trial": trial}
