"""The student's view: while it is on, pages are answered as to the seminar's stand-in, read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from debate.accounts.models import User
from debate.core.errors import NotAllowed
from debate.core.middleware import API_PREFIX, refusal
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponseBase

KEY = "student_view"
"""Where the session keeps the id of the seminar that is seen as a student sees it."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN = ("/accounts/", "/admin/")
"""Where pages are about the person who has signed in, whatever view is on."""
PREFERENCES = (
    "time_zone", "theme", "face", "text_size", "spacing", "highlights", "motion", "single_keys",
    "announcements",
)  # fmt: skip
READ_ONLY = (
    "You are looking at the seminar as a student does, and nothing can be changed from there. "
    "End the student’s view first."
)


class StudentViewMiddleware:
    """Let an instructor see what a student sees; comes after the authentication.

    The session names the seminar. Whether the person is its instructor is asked at every request,
    and the view ends when not. Signing out ends it with the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as to the stand-in; refuse whatever would change something."""
        seminar = _seminar_of(request)
        if seminar is None or request.path in _ways_out(seminar):
            return self.get_response(request)
        if request.method not in SAFE or request.path.startswith(API_PREFIX):
            return refusal(request, NotAllowed(READ_ONLY))
        request.student_view = seminar  # type: ignore[attr-defined]  # for the frame of the page
        if not request.path.startswith(OWN):
            request.user = _stand_in(seminar, request.user)
        return self.get_response(request)


def _seminar_of(request: HttpRequest) -> Seminar | None:
    """The seminar that this session sees as a student does, while the person may."""
    given = request.session.get(KEY)
    if given is None or _is_of_a_token(request):
        return None
    seminar = Seminar.objects.taught_by(request.user).filter(pk=given).first()
    if seminar is None:
        del request.session[KEY]
    return seminar


def _is_of_a_token(request: HttpRequest) -> bool:
    """Whether a program asks with a token, which has nothing to do with a session beside it."""
    return request.path.startswith(API_PREFIX) and "Authorization" in request.headers


def _ways_out(seminar: Seminar) -> set[str]:
    return {reverse("seminars:student_view_end", args=[seminar.slug]), reverse("account_logout")}


def _stand_in(seminar: Seminar, person: User | AnonymousUser) -> User:
    """The stand-in, reading at the person's hours and with the person's type."""
    found = User.objects.get(username=seminar.stand_in_username)
    for name in PREFERENCES:
        setattr(found, name, getattr(person, name))
    return found
