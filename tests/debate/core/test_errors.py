import pytest

from debate.core import errors
from debate.core.errors import DomainError


def every_error(parent=DomainError):
    return [parent, *(one for child in parent.__subclasses__() for one in every_error(child))]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.DomainError("No."), 400, "invalid"),
        (errors.Invalid("No."), 400, "invalid"),
        (errors.NotAllowed("No."), 403, "not_allowed"),
        (errors.Missing(), 404, "not_found"),
        (errors.Conflict("No."), 409, "conflict"),
        (errors.InvalidState("No."), 409, "invalid_state"),
        (errors.Gone("No."), 410, "gone"),
        (errors.Stale("No."), 412, "stale_version"),
        (errors.TooLarge("No."), 413, "too_large"),
        (errors.Entangled(), 503, "unavailable"),
    ],
)
def test_error_of_each_class_has_its_status_and_code(error, status, code):
    assert (error.status, error.code) == (status, code)


def test_error_made_with_more_keeps_it_and_leaves_its_class_alone():
    error = errors.Invalid("Too long.", field="body", code="too_long", extra={"limit": 5})

    assert (str(error), error.sentence, error.field) == ("Too long.", "Too long.", "body")
    assert (error.code, error.extra) == ("too_long", {"limit": 5})
    assert (errors.Invalid("No.").code, errors.Invalid("No.").extra) == ("invalid", {})


def test_missing_says_the_same_of_what_is_hidden_and_what_is_not():
    assert errors.Missing().sentence == "There is nothing here, or nothing that you may see."


def test_what_is_missing_where_a_member_named_it_names_the_member():
    with pytest.raises(errors.Missing) as found, errors.named_by("assignment"):
        raise errors.Missing

    assert (found.value.field, found.value.sentence) == ("assignment", errors.Missing().sentence)


def test_other_refusals_of_what_a_member_named_stay_as_they_are():
    with pytest.raises(errors.NotAllowed) as found, errors.named_by("assignment"):
        raise errors.NotAllowed("No.")

    assert found.value.field == ""


def test_errors_are_refusals_not_faults_of_ours():
    # 503 refuses as well, for now: it says when to come back (RFC 9110, 15.6.4).
    assert all(400 <= one.status < 500 or one.status == 503 for one in every_error())
