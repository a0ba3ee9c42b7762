"""The e-mail to the owner of a token that expires soon."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from debate.accounts.models import ApiToken
from debate.core.moments import time_zones

if TYPE_CHECKING:
    from uuid import UUID


def mail_warning(*, token_id: UUID) -> bool:
    """Tell the token's owner when it expires; whether it was sent.

    Not when it was revoked meanwhile, or its owner is gone or has no address. Sent twice, it has
    the same Message-ID, so that receivers see one.
    """
    token = ApiToken.objects.active().select_related("user").filter(pk=token_id).first()
    if token is None or not token.user.email:
        return False
    context = {"token": token, "tokens_url": settings.SITE_URL + reverse("accounts:token_list")}
    zone = token.user.time_zone if token.user.time_zone in time_zones() else "UTC"
    with timezone.override(zoneinfo.ZoneInfo(zone)):
        subject, text = (
            render_to_string(f"emails/token/{name}.txt", context) for name in ("subject", "body")
        )
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    letter = EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        to=[token.user.email],
        headers={
            "Message-ID": f"<token.{token.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    return bool(letter.send())
