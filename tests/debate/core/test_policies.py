from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from debate.accounts.models import User
from debate.core.policies import public, signed_in


def answer(request):
    return HttpResponse("Here you are.")


def request_of(user):
    request = RequestFactory().get("/somewhere/?page=2")
    request.user = user
    return request


def test_public_view_is_marked_and_needs_no_sign_in():
    view = public(answer)

    assert (view.policy, view.login_required) == ("public", False)
    assert view(request_of(AnonymousUser())).content == b"Here you are."


def test_signed_in_view_is_marked_and_sends_a_visitor_to_sign_in():
    view = signed_in(answer)

    response = view(request_of(AnonymousUser()))

    assert view.policy == "signed_in"
    assert (response.status_code, response["Location"]) == (
        302,
        "/accounts/login/?next=/somewhere/%3Fpage%3D2",
    )


def test_signed_in_view_answers_whoever_has_signed_in():
    assert signed_in(answer)(request_of(User(username="ada"))).status_code == 200
