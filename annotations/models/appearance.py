"""How often that changed which is shown beside annotations without a change of theirs."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import models

NAMES: Final = UUID(int=0)
"""What the names of people are kept under, as they belong to no seminar."""


class Appearance(models.Model):
    """A number that moves when something shown beside annotations is called otherwise.

    `about` is a seminar for the sources and passages of its shelf, an assignment for its aliases,
    and NAMES for all people. Triggers raise it in the end of the transaction of the change, so that
    whoever reads a number sees all that it counts.
    """

    about = models.UUIDField(primary_key=True)
    changes = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.changes} of {self.about}"
