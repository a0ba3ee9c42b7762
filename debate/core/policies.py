"""Who may call a view: decorators that mark it, so that a test can find a view without one.

A view says here only whether a visitor must have signed in. What of the data the person sees is
decided by `visible_to`, what the person may do by the action that does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required, login_required

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anybody may call the view; what it shows still starts from `visible_to`."""
    view = login_not_required(view)
    view.policy = "public"  # type: ignore[attr-defined]  # read by the site tests
    return view


def signed_in(view: View) -> View:
    """Only people who have signed in may call the view; others are sent to the sign-in page."""
    view = login_required(view)
    view.policy = "signed_in"  # type: ignore[attr-defined]  # read by the site tests
    return view
