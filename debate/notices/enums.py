"""Words of notices."""

from __future__ import annotations

from django.db import models


class Cadence(models.TextChoices):
    """How soon a notice is sent by e-mail; in the inbox it stands at once."""

    NEVER = "never", "Never"
    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day"
    WEEKLY = "weekly", "Once a week"


class DeliveryState(models.TextChoices):
    """Where an e-mail stands."""

    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Not sent: no longer to be seen, or not wanted"
    FAILED = "failed", "Given up after several tries"
