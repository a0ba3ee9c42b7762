"""The invitations of a seminar as its page lists them, and how a new one is handed out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.urls import reverse

from debate.seminars.models import Invitation

if TYPE_CHECKING:
    from django.http import HttpRequest

    from debate.accounts.models import User
    from debate.seminars.models import Seminar

LISTED = 100
# Wrong codes an hour. A whole class may sit behind one address.
OF_AN_ACCOUNT, OF_AN_ADDRESS = 20, 60
PREFIX_OF_ONE_LINE = 64  # what one customer of a provider has of IPv6


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What lets people in, to be shown once.

    `page` is where the short code is typed; `picture` is the link as a QR code, a `data:` address.
    """

    link: str
    code: str
    page: str
    picture: str


def ways_in(request: HttpRequest, token: str, code: str) -> WaysIn:
    """How the new invitation of that token and code is handed out."""
    link = request.build_absolute_uri(reverse("seminars:join_link", args=[token]))
    # Dark on light in every theme: many cameras do not read the reverse.
    picture = segno.make(link, error="m").svg_data_uri(scale=4, border=4, light="#fff")
    return WaysIn(
        link=link,
        code=f"{code[:5]}-{code[5:]}",
        page=request.build_absolute_uri(reverse("seminars:join")),
        picture=picture,
    )


def invitations_of(user: User, seminar: Seminar) -> list[Invitation]:
    """The seminar's newest invitations, for its instructors. Takes 1 query."""
    visible = Invitation.objects.visible_to(user).filter(seminar=seminar)
    return list(visible.select_related("section", "created_by")[:LISTED])


def invitation_at_hand(invitation_id: object) -> Invitation | None:
    """The invitation that a visitor brought along, if it still lets somebody in."""
    if not isinstance(invitation_id, str):
        return None
    found = Invitation.objects.acceptable().filter(pk=invitation_id)
    return found.select_related("seminar", "section", "created_by").first()


def tries_of(request: HttpRequest) -> dict[str, int]:
    """How often an hour the account and the address of the request may give a wrong code."""
    limits = {f"address:{_line(request.META.get('REMOTE_ADDR', ''))}": OF_AN_ADDRESS}
    if request.user.is_authenticated:
        limits[f"account:{request.user.pk}"] = OF_AN_ACCOUNT
    return limits


def _line(address: str) -> str:
    """The address, or the whole network of IPv6 that belongs to one line."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004 - of the protocol
        return str(known)
    return str(ipaddress.ip_network((known, PREFIX_OF_ONE_LINE), strict=False))
