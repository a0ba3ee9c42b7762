from functools import partial

import pytest
from django.utils import timezone

from debate.assignments.permissions import (
    may_extend,
    may_keep_template,
    may_read_extensions,
    may_read_reasons,
    may_set_essay,
)
from debate.essays.permissions import may_import
from debate.seminars.permissions import membership_of

ROLES = ["instructor", "assistant", "student", "observer", "outsider", "operator", "anonymous"]


def allowed(predicate, seminar, request):
    users = {role: request.getfixturevalue(role) for role in ROLES}
    return [role for role, user in users.items() if predicate(membership_of(user, seminar))]


@pytest.mark.parametrize("predicate", [may_set_essay, may_import, may_extend])
def test_essays_are_brought_and_set_and_time_given_by_instructors_only(predicate, seminar, request):
    assert allowed(partial(predicate, seminar=seminar), seminar, request) == ["instructor"]


@pytest.mark.parametrize("predicate", [may_set_essay, may_import, may_extend])
def test_essays_and_dates_of_an_archived_seminar_are_left_as_they_are(
    predicate, seminar, instructor
):
    seminar.archived_at = timezone.now()

    assert not predicate(membership_of(instructor, seminar), seminar)


@pytest.mark.parametrize(
    ("predicate", "roles"),
    [
        (may_read_extensions, ["instructor", "assistant"]),
        (may_read_reasons, ["instructor"]),
        (may_keep_template, ["instructor"]),
    ],
)
def test_extensions_are_read_by_staff_and_reasons_by_instructors(
    predicate, roles, seminar, request
):
    assert allowed(predicate, seminar, request) == roles
