import pytest
from django.utils import timezone

from debate.assignments.permissions import may_set_essay
from debate.essays.permissions import may_import
from debate.seminars.permissions import membership_of

ROLES = ["instructor", "assistant", "student", "observer", "outsider", "operator", "anonymous"]


@pytest.mark.parametrize("predicate", [may_set_essay, may_import])
def test_essays_are_brought_and_set_by_instructors_only(predicate, seminar, request):
    users = {role: request.getfixturevalue(role) for role in ROLES}

    allowed = [
        role for role, user in users.items() if predicate(membership_of(user, seminar), seminar)
    ]

    assert allowed == ["instructor"]


@pytest.mark.parametrize("predicate", [may_set_essay, may_import])
def test_essays_of_an_archived_seminar_are_left_as_they_are(predicate, seminar, instructor):
    seminar.archived_at = timezone.now()

    assert not predicate(membership_of(instructor, seminar), seminar)
