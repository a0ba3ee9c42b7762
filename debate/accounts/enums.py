"""Words of accounts."""

from __future__ import annotations

from django.db import models


class Scope(models.TextChoices):
    """What a token may do on its owner's behalf; never more than the owner may."""

    READ = "read", "Read what I may read"
    WRITE = "write", "Annotate and reply as me"
    ADMIN = "admin", "Manage the seminars I teach"
